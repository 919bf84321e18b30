//! Remembers hashes between runs, so that a folder nobody touched needn't be read.
//!
//! An entry holds for exactly one stamp of a file. A stamp can't tell two writes within the clock's grain
//! apart, so a file that was written to shortly before it was hashed isn't remembered at all: every entry in
//! the cache can be trusted. The cache only ever saves time; a lost or damaged one is no error.

use super::hash::ContentHash;
use super::stamp::Stamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SCHEMA: u32 = 1;

/// Some file systems keep times to two seconds, most to one or much less.
const CLOCK_GRAIN: Duration = Duration::from_secs(2);

/// The hashes of one folder's files as of earlier runs.
#[derive(Debug, Default)]
pub struct HashCache {
    path: Option<PathBuf>,
    files: BTreeMap<String, (Stamp, ContentHash)>,
    changed: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    schema: u32,
    /// Each as size, modified, changed, inode, device, hash.
    files: BTreeMap<String, (u64, i64, i64, u64, u64, ContentHash)>,
}

impl HashCache {
    /// A cache that starts empty and is never saved.
    pub fn none() -> HashCache {
        HashCache::default()
    }

    /// The cache kept in the file at `path`; empty when there is none, or none that can be understood.
    pub fn load(path: &Path) -> HashCache {
        let stored = fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<Stored>(&bytes).ok());
        let files = stored.filter(|stored| stored.schema == SCHEMA).map(|stored| stored.files);
        let files = files.unwrap_or_default().into_iter().map(|(key, entry)| {
            let (size, modified_ns, changed_ns, inode, device, hash) = entry;
            (key, (Stamp { size, modified_ns, changed_ns, inode, device }, hash))
        });
        HashCache { path: Some(path.to_path_buf()), files: files.collect(), changed: false }
    }

    /// The hash of a file, if it still has the stamp it was hashed with.
    pub fn get(&self, key: &str, stamp: &Stamp) -> Option<ContentHash> {
        self.files.get(key).filter(|(known, _)| known == stamp).map(|(_, hash)| *hash)
    }

    /// Remembers these files, and none besides; `hashed_from` is a time before the first of them was read.
    pub fn replace<'a>(
        &mut self,
        files: impl Iterator<Item = (&'a str, Stamp, ContentHash)>,
        hashed_from: SystemTime,
    ) {
        let settled = files.filter(|(_, stamp, _)| is_settled(stamp, hashed_from));
        let files = settled.map(|(key, stamp, hash)| (key.to_owned(), (stamp, hash))).collect();
        self.changed |= self.files != files;
        self.files = files;
    }

    /// Writes the cache back to its file, all or nothing.
    pub fn save(&self) -> io::Result<()> {
        let Some(path) = self.path.as_deref().filter(|_| self.changed) else { return Ok(()) };
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new("."));
        fs::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(&serde_json::to_vec(&self.stored())?)?;
        file.persist(path)?;
        Ok(())
    }

    fn stored(&self) -> Stored {
        let files = self.files.iter().map(|(key, (stamp, hash))| {
            let Stamp { size, modified_ns, changed_ns, inode, device } = *stamp;
            (key.clone(), (size, modified_ns, changed_ns, inode, device, *hash))
        });
        Stored { schema: SCHEMA, files: files.collect() }
    }
}

/// Whether the last write lies so far before the hashing that a later one must show in the stamp.
fn is_settled(stamp: &Stamp, hashed_from: SystemTime) -> bool {
    let settled_before =
        hashed_from.checked_sub(CLOCK_GRAIN).and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let settled_before =
        settled_before.and_then(|time| i64::try_from(time.as_nanos()).ok()).unwrap_or(i64::MIN);
    stamp.modified_ns < settled_before && stamp.changed_ns < settled_before
}
