//! The release that a folder and a profile ask for.

use super::hash::{ContentHash, hash_all};
use super::hash_cache::HashCache;
use super::headers::{Class, Headers, HeadersHash};
use super::manifest::{Entry, hash_of};
use super::media_type;
use super::problem::{Problem, all, error_of};
use super::scan::{Found, FoundFile, ScanOptions, find, missing_pages};
use super::stamp::Stamp;
use crate::error::{Error, Result};
use crate::profile::answers::Profile;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::SystemTime;

/// How much of a file is read to tell its type.
const BEGINNING: u64 = 1024;

/// One file of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFile {
    /// Its key and where it is on disk.
    pub found: FoundFile,
    /// What is in it.
    pub sha256: ContentHash,
    /// The headers it is served with.
    pub headers: Headers,
    /// [`Headers::hash`] of those headers.
    pub headers_hash: HeadersHash,
    /// Whether it is a page or an asset.
    pub class: Class,
}

impl SiteFile {
    /// Its path within the site, without a leading slash.
    pub fn key(&self) -> &str {
        &self.found.key
    }

    /// Where it is on disk.
    pub fn path(&self) -> &Path {
        &self.found.path
    }

    /// Its length in bytes.
    pub fn size(&self) -> u64 {
        self.found.stamp.size
    }

    /// All that is in it, provided that this is still what was hashed.
    pub fn read(&self) -> Result<Vec<u8>> {
        let bytes = fs::read(self.path()).map_err(|error| self.read_error().because(error))?;
        if ContentHash::of(&bytes) == self.sha256 { Ok(bytes) } else { Err(self.changed()) }
    }

    /// Checks that nobody has written to it since it was hashed, for files too large to read at once.
    pub fn ensure_unchanged(&self) -> Result<()> {
        let metadata = fs::metadata(self.path()).map_err(|error| self.read_error().because(error))?;
        if Stamp::of(&metadata) == self.found.stamp { Ok(()) } else { Err(self.changed()) }
    }

    /// What a manifest records of it; the ETag is for the upload to tell.
    pub fn entry(&self) -> Entry {
        let (sha256, size) = (self.sha256, self.size());
        Entry { sha256, size, headers: self.headers_hash.clone(), etag: None, class: self.class }
    }

    fn read_error(&self) -> Error {
        Error::failed(format!("reading {}", self.path().display()))
    }

    fn changed(&self) -> Error {
        self.read_error()
            .why("it changed after the release was planned")
            .hint("wait until the site's build has ended, then run the same command again")
    }
}

/// Every file that a site is to consist of, sorted by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    files: Vec<SiteFile>,
    left_out: Vec<String>,
}

impl Release {
    /// Reads the folder; everything that is wrong with it comes as one error. `now` is the time at which
    /// this begins; the cache is brought up to date but not saved.
    pub fn prepare(
        folder: &Path,
        profile: &Profile,
        options: ScanOptions,
        cache: &mut HashCache,
        now: SystemTime,
    ) -> Result<Release> {
        let Found { files: found, hidden, mut problems } = find(folder, options);
        if !found.is_empty() {
            let missing = missing_pages(&found, &profile.distribution);
            problems.extend(missing.into_iter().map(Problem::MissingPage));
        }
        let hashes = hash_all(&found, cache, now).unwrap_or_else(|unreadable| {
            problems.extend(unreadable);
            Vec::new()
        });
        if !problems.is_empty() {
            return Err(error_of(folder, problems));
        }
        let files = found.into_iter().zip(hashes).map(|(file, hash)| site_file(file, hash, profile));
        let files = all(files).map_err(|problems| error_of(folder, problems))?;
        Ok(Release { files, left_out: hidden })
    }

    /// The same release without the file at this path, should it be in the folder, be it by a link.
    pub fn without(mut self, path: &Path) -> Release {
        let (Ok(path), Ok(metadata)) = (path.canonicalize(), fs::metadata(path)) else { return self };
        let stamp = Stamp::of(&metadata);
        let is_it = |file: &SiteFile| {
            let is_linked = || file.path().canonicalize().is_ok_and(|other| other == path);
            file.path() == path || (file.found.stamp == stamp && is_linked())
        };
        let left_out = self.files.extract_if(.., |file| is_it(file));
        self.left_out.extend(left_out.map(|file| file.found.key));
        self
    }

    /// Files and folders that are not published: those whose names begin with a dot, and what was left out by its path.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// A release of these files.
    pub fn new(mut files: Vec<SiteFile>) -> Release {
        files.sort_by(|one, other| one.found.key.cmp(&other.found.key));
        Release { files, left_out: Vec::new() }
    }

    /// Its files, sorted by key.
    pub fn files(&self) -> &[SiteFile] {
        &self.files
    }

    /// The file with that key.
    pub fn get(&self, key: &str) -> Option<&SiteFile> {
        self.files.binary_search_by(|file| file.key().cmp(key)).ok().map(|index| &self.files[index])
    }

    /// Tells this release from any other; equals the hash of the manifest it will leave.
    pub fn hash(&self) -> String {
        hash_of(self.files.iter().map(|file| (file.key(), &file.sha256, &file.headers_hash)))
    }

    /// What is in it, in figures.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary { files: self.files.len(), ..Summary::default() };
        for file in &self.files {
            summary.bytes += file.size();
            let tally = summary.types.entry(file.headers.content_type.clone()).or_default();
            tally.files += 1;
            tally.bytes += file.size();
            if media_type::extension(file.key()).is_none() {
                summary.extensionless.push(file.key().to_owned());
            }
        }
        summary
    }
}

/// A release in figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// How many files.
    pub files: usize,
    /// How many bytes they have together.
    pub bytes: u64,
    /// The same by content type.
    pub types: BTreeMap<String, Tally>,
    /// Keys without an extension, sorted: a single-page app would answer these with its index page.
    pub extensionless: Vec<String>,
}

/// The files of one content type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many files.
    pub files: usize,
    /// How many bytes they have together.
    pub bytes: u64,
}

fn site_file(found: FoundFile, sha256: ContentHash, profile: &Profile) -> Result<SiteFile, Problem> {
    let headers = Headers::of(&found.key, &profile.caching, || beginning(&found))?;
    let class = Class::of(&found.key, &headers.content_type);
    Ok(SiteFile { found, sha256, headers_hash: headers.hash(), headers, class })
}

fn beginning(file: &FoundFile) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let read = File::open(&file.path).and_then(|opened| opened.take(BEGINNING).read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| Problem::unreadable(Path::new(&file.key), &error))
}
