//! One call to S3: what every operation can see, and the two ways to touch a bucket.

use super::buckets::{self, Bucket, contents_folder};
use super::create::Creation;
use super::index::{Change, Index, Indexes};
use super::version::milliseconds;
use super::{checksum, read, replication, rules};
use crate::sandbox::call::{Refusal, World};
use crate::sandbox::{pace::Pace, request_id};
use bytes::Bytes;
use http::HeaderMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// How long AWS takes over a setting.
const SETTING_TAKES: Duration = Duration::from_millis(40);

/// One call to S3, with its body decoded and its checksums verified.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) world: World,
    /// The region that it was signed for.
    pub(super) region: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// What CreateBucket asks for.
    pub(super) creation: Option<Creation>,
    pub(super) indexes: Arc<Indexes>,
}

impl Call {
    /// The moment of this call, in milliseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        milliseconds(self.world.now)
    }

    /// The bucket of this name.
    pub(super) fn bucket(&self, name: &str) -> Result<Bucket, Refusal> {
        buckets::find(&self.world.store, name)?.ok_or_else(no_such_bucket)
    }

    /// Looks into a bucket.
    pub(super) fn read<T>(
        &self,
        bucket: &Bucket,
        look: impl FnOnce(&Index) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let index = self.indexes.of(&self.world.store, bucket);
        let mut index = index.lock().unwrap_or_else(PoisonError::into_inner);
        index.catch_up()?;
        look(&index)
    }

    /// Decides on changes while nobody else changes the bucket, and makes them. Replicas are written along.
    /// `decide` is told the moment at which the changes happen.
    pub(super) fn change<T>(
        &self,
        name: &str,
        decide: impl FnOnce(&Bucket, &Index, i64) -> Result<(Vec<Change>, T), Refusal>,
    ) -> Result<T, Refusal> {
        // Locks are taken in the order of names, lest two buckets that replicate to each other wait for ever.
        let mut names = replication::destinations(&self.bucket(name)?);
        names.push(name.to_owned());
        names.sort();
        names.dedup();
        let locks = names.iter().map(|name| buckets::lock(&self.world.store, name));
        let _locks = locks.collect::<io::Result<Vec<_>>>()?;
        let bucket = self.bucket(name)?;
        let (mut changes, value) =
            self.read(&bucket, |index| decide(&bucket, index, index.moment(self.now())))?;
        let replicas = replication::replicate(self, &bucket, &mut changes)?;
        self.append(&bucket, changes)?;
        let mut changed = vec![bucket];
        for (destination, changes) in replicas {
            self.append(&destination, changes)?;
            changed.push(destination);
        }
        // Only now: what is still to be appended goes to the log that was found above.
        changed.iter().try_for_each(|bucket| self.indexes.compact(&self.world.store, bucket))?;
        Ok(value)
    }

    fn append(&self, bucket: &Bucket, changes: Vec<Change>) -> Result<(), Refusal> {
        if changes.is_empty() {
            return Ok(());
        }
        let index = self.indexes.of(&self.world.store, bucket);
        let mut index = index.lock().unwrap_or_else(PoisonError::into_inner);
        index.catch_up()?;
        let superseded = index.superseded_bodies(&changes);
        index.append(changes)?;
        for body in superseded {
            remove_if_there(self.body_file(bucket, &body))?;
        }
        Ok(())
    }

    /// Changes a bucket's settings.
    pub(super) fn set(
        &self,
        name: &str,
        change: impl FnOnce(&mut Bucket) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let _claim = self.claim_settings(name)?;
        let _lock = buckets::lock(&self.world.store, name)?;
        let mut bucket = self.bucket(name)?;
        change(&mut bucket)?;
        Ok(buckets::save(&self.world.store, &bucket)?)
    }

    /// AWS takes a moment over a setting and refuses another one meanwhile (aws-facts.md A.3, K). At the
    /// instant pace there is no such moment, so writers wait for one another.
    fn claim_settings(&self, name: &str) -> Result<Option<File>, Refusal> {
        if self.world.pace == Pace::Instant {
            return Ok(None);
        }
        let aborted = || {
            let message = "A conflicting conditional operation is currently in progress against this resource. Please try again.";
            rules::SETTING_AT_ONCE.refusal(message)
        };
        let claim = buckets::claim_settings(&self.world.store, name)?.ok_or_else(aborted)?;
        std::thread::sleep(SETTING_TAKES);
        Ok(Some(claim))
    }

    /// Stores a body. It belongs to nothing until a version names it.
    pub(super) fn write_body(&self, bucket: &Bucket, bytes: &[u8]) -> Result<String, Refusal> {
        let body = request_id::random_hex(16);
        fs::write(self.body_file(bucket, &body), bytes).map_err(gone_or_broken)?;
        Ok(body)
    }

    /// Stores a body that is read from files, one after another, and adds it to the sums. However large it is, only
    /// a piece of it is in memory.
    pub(super) fn write_body_from(
        &self,
        bucket: &Bucket,
        files: impl IntoIterator<Item = io::Result<File>>,
        sums: &mut checksum::Sums,
    ) -> Result<String, Refusal> {
        let body = request_id::random_hex(16);
        let mut written = File::create(self.body_file(bucket, &body)).map_err(gone_or_broken)?;
        for file in files {
            read::each_piece(file?, |piece| {
                sums.update(piece);
                written.write_all(piece)
            })?;
        }
        Ok(body)
    }

    /// Removes a body that no version came to name.
    pub(super) fn discard_body(&self, bucket: &Bucket, body: &str) -> Result<(), Refusal> {
        Ok(remove_if_there(self.body_file(bucket, body))?)
    }

    /// The file that holds a body.
    pub(super) fn body_file(&self, bucket: &Bucket, body: &str) -> PathBuf {
        contents_folder(&self.world.store, bucket).join(body)
    }
}

fn remove_if_there(file: PathBuf) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A bucket's folder goes with the bucket.
fn gone_or_broken(error: io::Error) -> Refusal {
    if error.kind() == io::ErrorKind::NotFound { no_such_bucket() } else { error.into() }
}

/// There is no such bucket, or it can't be seen yet.
pub(super) fn no_such_bucket() -> Refusal {
    rules::BUCKET_UNKNOWN.refusal("The specified bucket does not exist")
}
