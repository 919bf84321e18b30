//! Which objects a bucket holds: a log on disk, and the sorted picture of it in memory.
//!
//! Each change appends a line, so a write costs the same however many objects there are, and a kill leaves
//! whole lines and at most one broken tail, which the next writer cuts off. Other processes append to the same
//! log under the bucket's lock; before anything is read or decided, the new lines are taken in.

use super::buckets::{Bucket, contents_folder};
use super::version::Version;
use crate::sandbox::store::Store;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// One line of the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Change {
    /// A version is there; one of the same key and id gives way.
    Put(Box<Version>),
    /// A version is gone for good.
    Remove {
        /// The object's key.
        key: String,
        /// The version's id.
        id: String,
    },
}

/// What one bucket holds.
#[derive(Debug)]
pub(super) struct Index {
    log: PathBuf,
    taken_in: u64,
    /// Versions of each key, oldest first.
    keys: BTreeMap<String, Vec<Arc<Version>>>,
}

/// The indexes of all buckets that this process has looked into.
#[derive(Debug, Default)]
pub(super) struct Indexes {
    open: Mutex<HashMap<PathBuf, Arc<Mutex<Index>>>>,
}

impl Indexes {
    /// The index of a bucket. Whoever holds its mutex reads; to change it the bucket's lock is needed too.
    pub(super) fn of(&self, store: &Store, bucket: &Bucket) -> Arc<Mutex<Index>> {
        let log = contents_folder(store, bucket).join("objects.log");
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let index = || Arc::new(Mutex::new(Index { log: log.clone(), taken_in: 0, keys: BTreeMap::new() }));
        open.entry(log.clone()).or_insert_with(index).clone()
    }

    /// Forgets a bucket that is gone.
    pub(super) fn forget(&self, store: &Store, bucket: &Bucket) {
        let log = contents_folder(store, bucket).join("objects.log");
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&log);
    }
}

impl Index {
    /// Takes in the lines that were appended since the last time.
    pub(super) fn catch_up(&mut self) -> io::Result<()> {
        let length = match fs::metadata(&self.log) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        if length <= self.taken_in {
            return Ok(());
        }
        let mut log = File::open(&self.log)?;
        log.seek(SeekFrom::Start(self.taken_in))?;
        let mut lines = Vec::new();
        log.read_to_end(&mut lines)?;
        // What follows the last line end is still being written, or was broken off by a kill.
        let whole = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        for line in lines[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            self.take_in(serde_json::from_slice(line)?);
        }
        self.taken_in += whole as u64;
        Ok(())
    }

    /// Appends changes. The caller holds the bucket's lock and has caught up under it.
    pub(super) fn append(&mut self, changes: Vec<Change>) -> io::Result<()> {
        let mut lines = Vec::new();
        for change in &changes {
            serde_json::to_writer(&mut lines, change)?;
            lines.push(b'\n');
        }
        let mut log = File::options().create(true).truncate(false).write(true).open(&self.log)?;
        if log.metadata()?.len() > self.taken_in {
            log.set_len(self.taken_in)?;
        }
        log.seek(SeekFrom::Start(self.taken_in))?;
        log.write_all(&lines)?;
        self.taken_in += lines.len() as u64;
        changes.into_iter().for_each(|change| self.take_in(change));
        Ok(())
    }

    fn take_in(&mut self, change: Change) {
        match change {
            Change::Put(version) => {
                let versions = self.keys.entry(version.key.clone()).or_default();
                versions.retain(|other| other.id != version.id);
                let place = versions.partition_point(|other| other.since <= version.since);
                versions.insert(place, Arc::from(version));
            }
            Change::Remove { key, id } => {
                let Some(versions) = self.keys.get_mut(&key) else { return };
                versions.retain(|other| other.id != id);
                if versions.is_empty() {
                    self.keys.remove(&key);
                }
            }
        }
    }

    /// The bodies that nothing will name any more once these changes are made.
    pub(super) fn superseded_bodies(&self, changes: &[Change]) -> Vec<String> {
        let body_of = |key: &str, id: &str| {
            let version = self.keys.get(key)?.iter().find(|version| version.id == id)?;
            Some(version.content.as_ref()?.body.clone())
        };
        let superseded = |change: &Change| match change {
            Change::Remove { key, id } => body_of(key, id),
            Change::Put(version) => {
                let kept = version.content.as_ref().map(|content| content.body.as_str());
                body_of(&version.key, &version.id).filter(|body| Some(body.as_str()) != kept)
            }
        };
        changes.iter().filter_map(superseded).collect()
    }

    /// The version that a plain GET sees, be it a delete marker.
    pub(super) fn current(&self, key: &str, now: i64) -> Option<&Arc<Version>> {
        self.keys.get(key)?.iter().rev().find(|version| version.since <= now)
    }

    /// The version of this id.
    pub(super) fn version(&self, key: &str, id: &str, now: i64) -> Option<&Arc<Version>> {
        self.keys.get(key)?.iter().find(|version| version.id == id && version.since <= now)
    }

    /// Whether it holds nothing, not even a delete marker or a replica under way.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Keys from `first` on, each with its versions, newest first.
    pub(super) fn starting_at(
        &self,
        first: &str,
        now: i64,
    ) -> impl Iterator<Item = (&str, Vec<&Arc<Version>>)> + use<'_> {
        self.keys.range(first.to_owned()..).filter_map(move |(key, versions)| {
            let there: Vec<_> = versions.iter().rev().filter(|version| version.since <= now).collect();
            (!there.is_empty()).then_some((key.as_str(), there))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(folder: &tempfile::TempDir) -> Index {
        Index { log: folder.path().join("objects.log"), taken_in: 0, keys: BTreeMap::new() }
    }

    fn put(key: &str, id: &str, since: i64) -> Change {
        let (key, id) = (key.to_owned(), id.to_owned());
        Change::Put(Box::new(Version { key, id, since, content: None, replicated: None, replica: false }))
    }

    #[test]
    fn a_second_reader_sees_what_the_first_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writer, mut reader) = (index(&folder), index(&folder));
        writer.append(vec![put("a", "1", 1), put("b", "1", 1)]).unwrap();
        reader.catch_up().unwrap();
        writer.append(vec![Change::Remove { key: "a".into(), id: "1".into() }]).unwrap();
        reader.catch_up().unwrap();
        assert_eq!(reader.starting_at("", 9).map(|(key, _)| key).collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn a_broken_tail_is_ignored_and_then_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        index(&folder).append(vec![put("a", "1", 1)]).unwrap();
        let mut log = File::options().append(true).open(folder.path().join("objects.log")).unwrap();
        log.write_all(b"{\"Put\":{\"ke").unwrap();
        let mut after_kill = index(&folder);
        after_kill.catch_up().unwrap();
        after_kill.append(vec![put("b", "1", 2)]).unwrap();
        let mut fresh = index(&folder);
        fresh.catch_up().unwrap();
        assert_eq!(fresh.starting_at("", 9).map(|(key, _)| key).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_version_to_come_is_not_there_yet() {
        let folder = tempfile::tempdir().unwrap();
        let mut index = index(&folder);
        index.append(vec![put("a", "new", 20), put("a", "old", 10)]).unwrap();
        assert_eq!(index.current("a", 15).map(|version| version.id.as_str()), Some("old"));
        assert_eq!(index.current("a", 20).map(|version| version.id.as_str()), Some("new"));
        assert!(index.current("a", 5).is_none() && !index.is_empty());
    }
}
