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

#[cfg(test)]
mod tests {
    use super::*;

    const HASHED_FROM: Duration = Duration::from_secs(1_000_000);

    fn stamp(modified: Duration, changed: Duration) -> Stamp {
        let nanoseconds = |time: Duration| i64::try_from(time.as_nanos()).unwrap();
        Stamp {
            size: 3,
            modified_ns: nanoseconds(modified),
            changed_ns: nanoseconds(changed),
            inode: 7,
            device: 1,
        }
    }

    fn remembered(path: &Path, stamp: Stamp) -> HashCache {
        let mut cache = HashCache::load(path);
        cache.replace([("a.txt", stamp, ContentHash::of(b"abc"))].into_iter(), UNIX_EPOCH + HASHED_FROM);
        cache
    }

    #[test]
    fn a_hash_is_remembered_across_runs_for_the_very_same_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("cache.json");
        let old = stamp(HASHED_FROM / 2, HASHED_FROM / 2);
        remembered(&path, old).save().unwrap();
        let cache = HashCache::load(&path);
        assert_eq!(cache.get("a.txt", &old), Some(ContentHash::of(b"abc")));
        let others = [
            Stamp { size: 4, ..old },
            Stamp { modified_ns: 1, ..old },
            Stamp { changed_ns: 1, ..old },
            Stamp { inode: 8, ..old },
            Stamp { device: 2, ..old },
        ];
        for other in others {
            assert_eq!(cache.get("a.txt", &other), None, "{other:?}");
        }
    }

    #[test]
    fn a_file_written_to_just_before_it_was_hashed_is_not_remembered() {
        let old = HASHED_FROM / 2;
        for (modified, changed, is_remembered) in [
            (HASHED_FROM - Duration::from_millis(2001), old, true),
            (HASHED_FROM - Duration::from_millis(1999), old, false),
            (old, HASHED_FROM - Duration::from_millis(1999), false),
            (old, HASHED_FROM + Duration::from_secs(60), false),
        ] {
            let stamp = stamp(modified, changed);
            let cache = remembered(Path::new("no/such/cache"), stamp);
            assert_eq!(cache.get("a.txt", &stamp).is_some(), is_remembered, "{stamp:?}");
        }
    }

    #[test]
    fn a_damaged_or_foreign_cache_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache.json");
        let old = stamp(HASHED_FROM / 2, HASHED_FROM / 2);
        remembered(&path, old).save().unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        let cut = whole[..whole.len() / 2].to_owned();
        for damaged in [cut, whole.replace("\"schema\":1", "\"schema\":2"), String::new(), "\0".to_owned()] {
            fs::write(&path, &damaged).unwrap();
            assert_eq!(HashCache::load(&path).get("a.txt", &old), None, "{damaged}");
        }
    }

    #[test]
    fn an_unchanged_cache_is_not_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache.json");
        let old = stamp(HASHED_FROM / 2, HASHED_FROM / 2);
        remembered(&path, old).save().unwrap();
        let cache = remembered(&path, old);
        fs::remove_file(&path).unwrap();
        cache.save().unwrap();
        assert!(!path.exists());
    }
}
