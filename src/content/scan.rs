//! Finds every file of the folder, or everything that is wrong with the folder.

use super::problem::{MissingPage, Problem, error_of};
use super::stamp::Stamp;
use crate::error::Result;
use crate::profile::answers::Distribution;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io};
use walkdir::{DirEntry, WalkDir};

/// The longest key that S3 takes, in bytes of UTF-8.
pub const LONGEST_KEY: usize = 1024;

/// What a scan takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanOptions {
    /// Whether files and folders whose name starts with a dot are taken. `.well-known` always is, since
    /// certificate authorities, app stores and mail clients look there.
    pub hidden: bool,
    /// How many bytes of a key the prefix in the bucket takes up, slash included.
    pub prefix_bytes: usize,
}

/// One file of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Its path within the folder, with `/` between the names.
    pub key: String,
    /// Where it is on disk.
    pub path: PathBuf,
    /// What the file system says about it; of a link, what it leads to.
    pub stamp: Stamp,
}

/// All files of the folder, sorted by key. A `.gitignore` has no say: what a build writes is mostly ignored
/// by git, and is just what must be published.
pub fn scan(folder: &Path, options: ScanOptions) -> Result<Vec<FoundFile>> {
    let Found { files, problems, .. } = find(folder, options);
    if problems.is_empty() { Ok(files) } else { Err(error_of(folder, problems)) }
}

/// The pages that the profile names and the folder lacks.
pub fn missing_pages(files: &[FoundFile], distribution: &Distribution) -> Vec<MissingPage> {
    let error_page = distribution.error_page.as_deref().map(|page| ("distribution.error_page", page));
    [Some(("distribution.index", distribution.index.as_str())), error_page]
        .into_iter()
        .flatten()
        .map(|(answer, page)| MissingPage { key: page.trim_start_matches('/').to_owned(), answer })
        .filter(|page| files.binary_search_by(|file| file.key.as_str().cmp(&page.key)).is_err())
        .collect()
}

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The files that could be found.
    pub files: Vec<FoundFile>,
    /// Files and folders that are left out since their names begin with a dot.
    pub hidden: Vec<String>,
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
}

impl Found {
    fn wrong(problem: Problem) -> Found {
        Found { problems: vec![problem], ..Found::default() }
    }
}

/// What a folder holds, and everything that is wrong with it.
pub(super) fn find(folder: &Path, options: ScanOptions) -> Found {
    let root = match folder.canonicalize() {
        Ok(root) if root.is_dir() => root,
        Ok(_) => return Found::wrong(Problem::NotAFolder),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Found::wrong(Problem::NoFolder);
        }
        Err(error) => return Found::wrong(Problem::unreadable(Path::new("."), &error)),
    };
    let mut found = walk(&root, options);
    found.files.sort_by(|one, other| one.key.cmp(&other.key));
    found.hidden.sort();
    found.problems.extend(same_keys(&found.files));
    if found.files.is_empty() && found.problems.is_empty() {
        found.problems.push(Problem::NoFiles);
    }
    found
}

fn walk(root: &Path, options: ScanOptions) -> Found {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    let mut refused = Found::default();
    let walk = WalkDir::new(root).follow_links(true).into_iter();
    let walk = walk.filter_entry(|entry| enters(root, options, entry, &mut refused));
    let mut hidden = Vec::new();
    for entry in walk {
        if let Err(error) = &entry
            && let Some(path) = error.path().filter(|_| !options.hidden && error.depth() > 0)
            && path.file_name().is_some_and(is_hidden)
        {
            // A link that leads nowhere or round and round is seen before its name is.
            hidden.push(within(root, path).display().to_string());
            continue;
        }
        match entry.map_err(|error| walk_problem(root, &error)).and_then(|entry| found(root, options, &entry))
        {
            Ok(file) => files.extend(file),
            Err(problem) => problems.push(problem),
        }
    }
    problems.append(&mut refused.problems);
    hidden.append(&mut refused.hidden);
    Found { files, problems, hidden }
}

/// Decides, before anything is read, whether an entry is entered: hidden ones not, and links that leave the folder
/// not either, since the walk would publish whatever lies there.
fn enters(root: &Path, options: ScanOptions, entry: &DirEntry, refused: &mut Found) -> bool {
    if entry.depth() == 0 {
        return true;
    }
    if !options.hidden && is_hidden(entry.file_name()) {
        refused.hidden.push(within(root, entry.path()).display().to_string());
        return false;
    }
    let leaving = entry.path_is_symlink().then(|| leaves(root, entry.path())).flatten();
    let stays = leaving.is_none();
    refused.problems.extend(leaving);
    stays
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") && name != ".well-known"
}

fn leaves(root: &Path, link: &Path) -> Option<Problem> {
    // A link that can't be resolved is told by the walk itself.
    let target = link.canonicalize().ok()?;
    (!target.starts_with(root)).then(|| Problem::LinkLeaves { link: within(root, link), target })
}

/// The file at an entry; `None` for a folder.
fn found(root: &Path, options: ScanOptions, entry: &DirEntry) -> Result<Option<FoundFile>, Problem> {
    let path = entry.path();
    let metadata = entry.metadata().map_err(|error| walk_problem(root, &error))?;
    if metadata.is_dir() {
        return Ok(None);
    }
    if !metadata.is_file() {
        return Err(Problem::NotAFile { path: within(root, path) });
    }
    let key = key_of(&within(root, path), LONGEST_KEY.saturating_sub(options.prefix_bytes))?;
    Ok(Some(FoundFile { key, path: path.to_path_buf(), stamp: Stamp::of(&metadata) }))
}

fn key_of(path: &Path, longest: usize) -> Result<String, Problem> {
    let names: Option<Vec<&str>> = path.iter().map(OsStr::to_str).collect();
    let Some(names) = names else { return Err(Problem::NameNotText { path: path.to_path_buf() }) };
    let key = names.join("/");
    if key.contains(is_no_xml) {
        return Err(Problem::NameUntold { key });
    }
    if key.len() > longest {
        return Err(Problem::NameTooLong { key, longest });
    }
    Ok(key)
}

/// Whether XML 1.0 can't hold a character as it is: S3 takes such a key, but neither a plain list nor an order to
/// delete several can name it, so that most tools stumble over the bucket from then on.
pub fn is_no_xml(letter: char) -> bool {
    (letter < ' ' && letter != '\t' && letter != '\n') || matches!(letter, '\u{FFFE}' | '\u{FFFF}')
}

fn same_keys(sorted: &[FoundFile]) -> Vec<Problem> {
    let pairs = sorted.windows(2).filter(|pair| pair[0].key == pair[1].key);
    pairs.map(|pair| Problem::SameKey { key: pair[0].key.clone() }).collect()
}

fn walk_problem(root: &Path, error: &walkdir::Error) -> Problem {
    let path = error.path().unwrap_or(root);
    if let Some(ancestor) = error.loop_ancestor() {
        return Problem::LinkCycle { link: within(root, path), target: within(root, ancestor) };
    }
    let Some(system) = error.io_error() else {
        return Problem::Unreadable { path: within(root, path), reason: error.to_string() };
    };
    match fs::read_link(path) {
        Ok(target) if system.kind() == io::ErrorKind::NotFound => {
            Problem::LinkBroken { link: within(root, path), target }
        }
        _ => Problem::unreadable(&within(root, path), system),
    }
}

/// `path` as seen from the folder; the folder itself is `.`.
fn within(root: &Path, path: &Path) -> PathBuf {
    match path.strip_prefix(root) {
        Ok(inner) if !inner.as_os_str().is_empty() => inner.to_path_buf(),
        Ok(_) => PathBuf::from("."),
        Err(_) => path.to_path_buf(),
    }
}
