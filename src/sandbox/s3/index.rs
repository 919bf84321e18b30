//! Which objects a bucket holds: a log on disk, and the sorted picture of it in memory.
//!
//! Each change appends a line, so a write costs the same however many objects there are, and a kill leaves
//! whole lines and at most one broken tail, which the next writer cuts off. Other processes append to the same
//! log under the bucket's lock; before anything is read or decided, the new lines are taken in.
//!
//! A log that is mostly about what is gone is written anew under the next number. The bucket's settings say
//! which number counts, so whoever reads them first finds the right log, and whoever had read them before
//! still finds the one that was right then: it goes only when the next one is replaced.

use super::buckets::{self, Bucket, contents_folder, log_file};
use super::version::Version;
use crate::sandbox::store::Store;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
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

/// A log of so few changes is never worth writing anew.
const SHORT_LOG: usize = 2_000;

/// What one bucket holds.
#[derive(Debug)]
pub(super) struct Index {
    log: PathBuf,
    taken_in: u64,
    /// How many changes the log holds.
    changes: usize,
    /// How many versions there are, delete markers included.
    live: usize,
    /// Since when the newest version is there that was written here, rather than replicated from elsewhere.
    newest: i64,
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
        let log = log_file(store, bucket);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.entry(log.clone()).or_insert_with(|| Arc::new(Mutex::new(Index::of_log(log)))).clone()
    }

    /// Forgets a bucket that is gone, or whose log was written anew.
    pub(super) fn forget(&self, store: &Store, bucket: &Bucket) {
        let folder = contents_folder(store, bucket);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|log, _| log.parent() != Some(folder.as_path()));
    }

    /// Writes a bucket's log anew if most of it is about what is gone. The caller holds the bucket's lock.
    pub(super) fn compact(&self, store: &Store, bucket: &Bucket) -> io::Result<()> {
        let index = self.of(store, bucket);
        let index = index.lock().unwrap_or_else(PoisonError::into_inner);
        if !index.is_mostly_gone() {
            return Ok(());
        }
        let next = Bucket { log: bucket.log + 1, ..bucket.clone() };
        index.write_to(&log_file(store, &next))?;
        buckets::save(store, &next)?;
        self.forget(store, bucket);
        let earlier = bucket.log.checked_sub(1).map(|log| Bucket { log, ..bucket.clone() });
        match earlier.map_or(Ok(()), |earlier| fs::remove_file(log_file(store, &earlier))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Index {
    fn of_log(log: PathBuf) -> Self {
        Index { log, taken_in: 0, changes: 0, live: 0, newest: 0, keys: BTreeMap::new() }
    }

    /// Whether the log is long, and three of four lines are about what is gone.
    fn is_mostly_gone(&self) -> bool {
        self.changes >= SHORT_LOG && self.changes / 4 >= self.live
    }

    /// Writes a log that holds what is there and nothing else.
    fn write_to(&self, log: &Path) -> io::Result<()> {
        let folder = log.parent().ok_or_else(|| io::Error::other("a log is in a folder"))?;
        let mut beside = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
        for version in self.keys.values().flatten() {
            serde_json::to_writer(&mut beside, &Change::Put(Box::new(Version::clone(version))))?;
            beside.write_all(b"\n")?;
        }
        beside.into_inner().map_err(io::IntoInnerError::into_error)?.persist(log)?;
        Ok(())
    }

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
        self.changes += 1;
        match change {
            Change::Put(version) => {
                let versions = self.keys.entry(version.key.clone()).or_default();
                self.live -= remove(versions, &version.id);
                let place = versions.partition_point(|other| other.since <= version.since);
                if !version.replica {
                    self.newest = self.newest.max(version.since);
                }
                versions.insert(place, Arc::from(version));
                self.live += 1;
            }
            Change::Remove { key, id } => {
                let Some(versions) = self.keys.get_mut(&key) else { return };
                self.live -= remove(versions, &id);
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

    /// The moment that counts for a change asked for at `asked`: calls begin in one order and get the bucket's lock
    /// in another, and whoever gets it later must see what the others wrote under it.
    pub(super) fn moment(&self, asked: i64) -> i64 {
        asked.max(self.newest)
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

/// Removes the version of this id and says how many that were.
fn remove(versions: &mut Vec<Arc<Version>>, id: &str) -> usize {
    let before = versions.len();
    versions.retain(|other| other.id != id);
    before - versions.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(folder: &tempfile::TempDir) -> Index {
        Index::of_log(folder.path().join("objects.log"))
    }

    fn keys(index: &Index) -> Vec<&str> {
        index.starting_at("", 9).map(|(key, _)| key).collect()
    }

    #[test]
    fn a_log_that_is_mostly_about_what_is_gone_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let old = Bucket::new("site", "us-east-1", time::OffsetDateTime::UNIX_EPOCH);
        buckets::save(&store, &old).unwrap();
        let indexes = Indexes::default();
        let append = |bucket: &Bucket, count: usize| {
            let writes = (0..count).map(|_| put("same", "null", 1)).collect();
            indexes.of(&store, bucket).lock().unwrap().append(writes).unwrap();
            indexes.compact(&store, bucket).unwrap();
            buckets::find(&store, "site").unwrap().unwrap()
        };
        assert_eq!(append(&old, SHORT_LOG - 1).log, 0, "it is still short");
        let newer = append(&old, 1);
        assert_eq!(
            (newer.log, fs::read_to_string(log_file(&store, &newer)).unwrap().lines().count()),
            (1, 1)
        );
        assert!(log_file(&store, &old).exists(), "somebody may still read it");
        let newest = append(&newer, SHORT_LOG);
        assert!(!log_file(&store, &old).exists());
        let elsewhere = Indexes::default().of(&store, &newest);
        elsewhere.lock().unwrap().catch_up().unwrap();
        assert_eq!(keys(&elsewhere.lock().unwrap()), ["same"]);
    }

    #[test]
    fn a_log_of_what_is_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut index = index(&folder);
        index.append((0..SHORT_LOG * 2).map(|n| put(&n.to_string(), "null", 1)).collect()).unwrap();
        assert!(!index.is_mostly_gone());
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
    fn a_change_sees_what_was_written_before_it_by_a_call_that_began_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut index = index(&folder);
        index.append(vec![put("a", "null", 20)]).unwrap();
        assert!(index.current("a", index.moment(19)).is_some());
        let Change::Put(version) = put("b", "null", 90) else { panic!("a put") };
        index.append(vec![Change::Put(Box::new(Version { replica: true, ..*version }))]).unwrap();
        assert!(index.current("b", index.moment(19)).is_none(), "its replica is still under way");
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
