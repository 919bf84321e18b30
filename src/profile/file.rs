//! The file that a profile is kept in.

use super::answers::Profile;
use super::build::build;
use super::clashes::clashes;
use super::line_ends;
use super::problem::{Colour, Problem, Problems, Severity};
use super::question::Fault;
use super::secrets::{starred, starred_lines};
use super::sheet::Sheet;
use super::syntax::mend;
use crate::error::{Error, Kind, Result};
use std::io::Write;
use std::path::{Path, PathBuf};
use toml_edit::{Document, DocumentMut};

/// A profile, and the file that it was read from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The answers.
    pub profile: Profile,
    /// The file as a document, for changing answers in it.
    pub document: DocumentMut,
    /// The folder with the site's files, resolved.
    pub folder: PathBuf,
    /// Where the file is.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
    /// What may not do what was meant.
    pub warnings: Problems,
}

/// All that one text says: what it answers, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The profile, if nothing keeps it from being used.
    pub profile: Option<Profile>,
    /// Each answer by itself, for showing them one by one.
    pub sheet: Sheet,
    /// Errors and warnings, in the order of the file.
    pub problems: Problems,
}

impl Loaded {
    /// The file's text with the changes made to the document, and every other character as it was.
    pub fn changed_text(&self) -> String {
        line_ends::like(&self.text, &self.document.to_string())
    }
}

/// Reads the profile at `path`; what is wrong with it is shown without colour.
pub fn load(path: &Path) -> Result<Loaded> {
    load_in(path, Colour::Off)
}

/// The error of a profile that can't be read; only where there is none is one to be made.
pub fn unread(path: &Path, cause: std::io::Error) -> Error {
    let hint = match cause.kind() {
        std::io::ErrorKind::NotFound => format!("`sitecast new {}` makes one", path.display()),
        _ => "let yourself read it, or name another file".to_owned(),
    };
    Error::new(Kind::Usage, format!("can't read the profile {}", path.display())).because(cause).hint(hint)
}

/// Reads the profile at `path`; what is wrong with it is shown in `colour`.
pub fn load_in(path: &Path, colour: Colour) -> Result<Loaded> {
    let bytes = std::fs::read(path).map_err(|cause| unread(path, cause))?;
    let text = String::from_utf8(bytes).map_err(|cause| {
        Error::new(Kind::Usage, format!("the profile {} is not text in UTF-8", path.display())).because(cause)
    })?;
    let Reading { profile, problems, .. } = read(&text, &path.display().to_string());
    let (Some(profile), Ok(document)) = (profile, text.parse::<DocumentMut>()) else {
        return Err(problems.into_error(colour));
    };
    let folder = path.parent().unwrap_or(Path::new("")).join(&profile.distribution.folder);
    Ok(Loaded { profile, document, folder, path: path.to_owned(), text, warnings: problems })
}

/// Writes `text` to `path` whole or not at all: beside it first, then in its place.
///
/// A file that is there keeps its permissions, and a link keeps leading to it.
pub fn save(path: &Path, text: &str) -> Result<()> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    replace(&target, text)
        .map_err(|cause| Error::failed(format!("can't save the profile {}", path.display())).because(cause))
}

fn replace(target: &Path, text: &str) -> std::io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = new_file_in(folder)?;
    beside.write_all(text.as_bytes())?;
    if let Ok(before) = std::fs::metadata(target) {
        beside.as_file().set_permissions(before.permissions())?;
    }
    beside.as_file().sync_all()?;
    beside.persist(target)?;
    // The new name is only sure to outlive a power cut once the folder is written as well.
    std::fs::File::open(folder)?.sync_all()
}

/// A file with the permissions that any new file gets, not the narrow ones of a temporary file.
#[cfg(unix)]
fn new_file_in(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    let permissions = std::fs::Permissions::from_mode(0o666);
    tempfile::Builder::new().prefix(".sitecast-").permissions(permissions).tempfile_in(folder)
}

#[cfg(not(unix))]
fn new_file_in(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(".sitecast-").tempfile_in(folder)
}

/// The profile in `text`, or everything that is wrong with it.
pub fn parse(text: &str, file_name: &str) -> Result<Profile, Problems> {
    let reading = read(text, file_name);
    reading.profile.ok_or(reading.problems)
}

/// Reads as much of `text` as can be read.
pub fn read(text: &str, file_name: &str) -> Reading {
    let (shown, (profile, sheet, mut problems)) = match Document::parse(text) {
        Ok(document) => (starred(&document, text), answers(Sheet::read(&document))),
        Err(_) => (starred_lines(text), (None, Sheet::default(), of_broken(text))),
    };
    problems.sort_by_key(|problem| problem.place.start);
    let problems = Problems { file_name: file_name.to_owned(), text: shown, problems };
    Reading { profile, sheet, problems }
}

fn answers(mut sheet: Sheet) -> (Option<Profile>, Sheet, Vec<Problem>) {
    let mut problems = std::mem::take(&mut sheet.problems);
    let profile = match build(&sheet) {
        Ok(profile) => profile,
        Err(error) => {
            problems.push(Problem::new(
                "",
                0..0,
                Fault::new(format!("these answers make no profile: {error}")),
            ));
            return (None, sheet, problems);
        }
    };
    problems.extend(clashes(&profile, &sheet));
    let usable = problems.iter().all(|problem| problem.severity == Severity::Warning);
    (usable.then_some(profile), sheet, problems)
}

/// All that is wrong with a text that is not TOML: the mistakes, and what is wrong with the answers between them.
fn of_broken(text: &str) -> Vec<Problem> {
    let mended = mend(text);
    let sound = mended.sound.as_deref().and_then(|sound| Document::parse(sound).ok());
    let others = sound.map(|document| Sheet::read(&document).problems).unwrap_or_default();
    // An answer that can't be read is not one that is missing.
    let is_mistaken =
        |key: &String| mended.keys.iter().any(|mistaken| key.rsplit('.').next() == Some(mistaken));
    let others = others.into_iter().filter(|problem| !problem.keys.iter().any(is_mistaken));
    let others: Vec<_> = others.map(|problem| mended.in_text(problem)).collect();
    [mended.problems, others].concat()
}
