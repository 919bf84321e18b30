//! Buckets in the state folder.
//!
//! `s3/NAME/bucket.json` holds a bucket's settings, and the bucket exists as long as that file does.
//! `s3/NAME/ID/` holds its contents; a bucket that is made anew under an old name has a new id, so nothing of
//! the old one can show through. `s3/NAME/lock` is held while anything in the bucket changes.

use super::names;
use crate::sandbox::call::ACCOUNT;
use crate::sandbox::{request_id, store::Store};
use fs4::FileExt;
use s3s::dto::{
    BucketLifecycleConfiguration, CORSConfiguration, PublicAccessBlockConfiguration,
    ReplicationConfiguration, ServerSideEncryptionConfiguration, Tag,
};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use time::OffsetDateTime;

/// Buckets whose names begin so belong to somebody else, in us-east-1.
pub(super) const FOREIGN_PREFIX: &str = "foreign-taken-";

const FOREIGN_ACCOUNT: &str = "999999999999";

/// A bucket with its settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bucket {
    /// The bucket's name.
    pub name: String,
    /// The account that owns it.
    pub owner: String,
    /// The region that it is in.
    pub region: String,
    /// When it was created.
    pub created: OffsetDateTime,
    /// Tells it from earlier buckets of the same name.
    pub id: String,
    /// Which log of objects is the current one: it is written anew when most of it is about what is gone.
    pub log: u64,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Whether it ever had tags: the tagging API then tells it for good.
    pub was_tagged: bool,
    /// `Enabled` or `Suspended`, once versioning was ever set.
    pub versioning: Option<String>,
    /// Who owns objects, such as `BucketOwnerEnforced`; with anything else it takes ACLs.
    pub ownership: Option<String>,
    /// What of public access is blocked.
    pub public_access_block: Option<PublicAccessBlockConfiguration>,
    /// How objects are encrypted, if that was set; AES256 otherwise.
    pub encryption: Option<ServerSideEncryptionConfiguration>,
    /// The bucket policy, as sent.
    pub policy: Option<String>,
    /// When objects expire.
    pub lifecycle: Option<BucketLifecycleConfiguration>,
    /// Which other origins may read.
    pub cors: Option<CORSConfiguration>,
    /// What is copied where.
    pub replication: Option<ReplicationConfiguration>,
}

impl Bucket {
    /// A new bucket of the sandbox's account, as AWS makes them since 2023: private and without ACLs.
    pub(super) fn new(name: &str, region: &str, created: OffsetDateTime) -> Self {
        Bucket {
            name: name.to_owned(),
            owner: ACCOUNT.to_owned(),
            region: region.to_owned(),
            created,
            id: request_id::random_hex(8),
            log: 0,
            tags: Vec::new(),
            was_tagged: false,
            versioning: None,
            ownership: Some("BucketOwnerEnforced".to_owned()),
            public_access_block: Some(PublicAccessBlockConfiguration {
                block_public_acls: Some(true),
                block_public_policy: Some(true),
                ignore_public_acls: Some(true),
                restrict_public_buckets: Some(true),
            }),
            encryption: None,
            policy: None,
            lifecycle: None,
            cors: None,
            replication: None,
        }
    }

    fn foreign(name: &str) -> Self {
        let owner = FOREIGN_ACCOUNT.to_owned();
        Bucket { owner, ..Bucket::new(name, "us-east-1", OffsetDateTime::UNIX_EPOCH) }
    }

    /// Whether the sandbox's account owns it.
    pub fn is_ours(&self) -> bool {
        self.owner == ACCOUNT
    }

    /// Whether every object gets a version id of its own.
    pub(super) fn keeps_versions(&self) -> bool {
        self.versioning.as_deref() == Some("Enabled")
    }
}

/// The bucket of this name, whoever owns it.
pub fn find(store: &Store, name: &str) -> io::Result<Option<Bucket>> {
    if name.starts_with(FOREIGN_PREFIX) {
        return Ok(Some(Bucket::foreign(name)));
    }
    // Names become folders, so what can't be a bucket's name is never looked for.
    if !names::has_sound_form(name) {
        return Ok(None);
    }
    match fs::read(settings_file(store, name)) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// All buckets of the sandbox's account, by name.
pub fn all(store: &Store) -> io::Result<Vec<Bucket>> {
    let mut names = folders(store)?;
    // A refused CreateBucket of a foreign name leaves that name's lock behind, but no bucket of ours.
    names.retain(|name| !name.starts_with(FOREIGN_PREFIX));
    names.sort();
    let found = names.iter().map(|name| find(store, name));
    Ok(found.collect::<io::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// How many buckets the sandbox's account has.
pub(super) fn count(store: &Store) -> io::Result<usize> {
    Ok(folders(store)?.iter().filter(|name| settings_file(store, name).exists()).count())
}

/// The names of all folders of buckets; one that was deleted leaves its folder behind.
fn folders(store: &Store) -> io::Result<Vec<String>> {
    match fs::read_dir(store.folder().join("s3")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
        Ok(entries) => entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect(),
    }
}

/// Waits until nobody else changes anything in this bucket. The lock lasts until the file is dropped.
pub(super) fn lock(store: &Store, name: &str) -> io::Result<File> {
    let folder = store.folder().join("s3").join(name);
    fs::create_dir_all(&folder)?;
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    FileExt::lock(&lock)?;
    Ok(lock)
}

/// Claims the settings of this bucket until the file is dropped; nothing if somebody else has.
pub(super) fn claim_settings(store: &Store, name: &str) -> io::Result<Option<File>> {
    let folder = store.folder().join("s3").join(name);
    let claim = File::options().create(true).truncate(false).write(true).open(folder.join("settings"))?;
    match FileExt::try_lock(&claim) {
        Ok(()) => Ok(Some(claim)),
        Err(fs4::TryLockError::WouldBlock) => Ok(None),
        Err(fs4::TryLockError::Error(error)) => Err(error),
    }
}

/// Writes a bucket's settings. The caller holds its lock.
pub(super) fn save(store: &Store, bucket: &Bucket) -> io::Result<()> {
    fs::create_dir_all(contents_folder(store, bucket).join("uploads"))?;
    let file = settings_file(store, &bucket.name);
    let folder = file.parent().ok_or_else(|| io::Error::other("a bucket's settings are in a folder"))?;
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(&serde_json::to_vec(bucket)?)?;
    beside.persist(file)?;
    Ok(())
}

/// Removes a bucket. The caller holds its lock and has seen that it is empty.
pub(super) fn remove(store: &Store, bucket: &Bucket) -> io::Result<()> {
    fs::remove_file(settings_file(store, &bucket.name))?;
    fs::remove_dir_all(contents_folder(store, bucket))
}

/// The folder of a bucket's logs of objects, their bodies and unfinished uploads.
pub(super) fn contents_folder(store: &Store, bucket: &Bucket) -> PathBuf {
    store.folder().join("s3").join(&bucket.name).join(&bucket.id)
}

/// A bucket's log of objects.
pub(super) fn log_file(store: &Store, bucket: &Bucket) -> PathBuf {
    contents_folder(store, bucket).join(format!("objects-{}.log", bucket.log))
}

fn settings_file(store: &Store, name: &str) -> PathBuf {
    store.folder().join("s3").join(name).join("bucket.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let bucket = Bucket::new("real", "us-east-1", OffsetDateTime::UNIX_EPOCH);
        fs::write(folder.path().join("bucket.json"), serde_json::to_vec(&bucket).unwrap()).unwrap();
        save(&store, &bucket).unwrap();
        assert!(find(&store, "real").unwrap().is_some());
        for name in ["..", "../s3/real", "/real", ""] {
            assert!(find(&store, name).unwrap().is_none(), "{name}");
        }
    }

    #[test]
    fn a_bucket_that_is_gone_is_not_counted() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(count(&store).unwrap(), 0);
        for name in ["one", "two"] {
            save(&store, &Bucket::new(name, "us-east-1", OffsetDateTime::UNIX_EPOCH)).unwrap();
        }
        remove(&store, &find(&store, "one").unwrap().unwrap()).unwrap();
        assert_eq!(count(&store).unwrap(), 1);
    }
}
