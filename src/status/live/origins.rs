//! Both buckets: whether they answer, and what they hold.

use super::{FRESH, Live, SHARED};
use crate::aws::bucket::Bucket;
use crate::aws::look::bucket::{ManifestSeen, is_pending, manifest};
use crate::aws::refusal::Refusal;
use crate::blueprint::resource::ReleaseBucket;
use crate::content::manifest::Manifest;
use crate::status::panels::{OriginView, OriginsView, Parity, Reach, Role};
use crate::status::reading::{Failed, Trouble};
use crate::status::sources::Answer;
use futures::future::try_join_all;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The manifest of each bucket with its ETag, for as long as that stays.
pub(super) type Manifests = BTreeMap<String, (String, Arc<Manifest>)>;

/// A bucket as it is now.
#[derive(Debug, Clone)]
pub(super) struct BucketSeen {
    pub(super) view: OriginView,
    pub(super) manifest: Option<Arc<Manifest>>,
}

/// What a bucket that answers holds.
struct Held {
    manifest: Option<Arc<Manifest>>,
    pending: bool,
    exists: bool,
    took: Duration,
}

impl Live {
    pub(super) async fn view_origins(&self) -> Answer<OriginsView> {
        let seen = self.buckets.get(FRESH, self.read_buckets()).await?;
        let parity = parity(&seen);
        Ok(OriginsView { origins: seen.into_iter().map(|seen| seen.view).collect(), parity })
    }

    /// Both buckets, read once for all panels that are made of them.
    pub(super) async fn seen_buckets(&self) -> Answer<Vec<BucketSeen>> {
        self.buckets.get_known(SHARED, self.read_buckets()).await
    }

    async fn read_buckets(&self) -> Answer<Vec<BucketSeen>> {
        let roles = [Role::Primary, Role::Backup].into_iter().zip(&self.subject.blueprint.buckets);
        try_join_all(roles.map(|(role, named)| self.see(role, named))).await
    }

    async fn see(&self, role: Role, named: &ReleaseBucket) -> Answer<BucketSeen> {
        let bucket = Bucket::reach(&self.subject.session, named).await?;
        let held = self.held(&bucket).await;
        let reach = match &held {
            Ok(held) if held.exists => {
                Reach::Answers { milliseconds: u64::try_from(held.took.as_millis()).unwrap_or(u64::MAX) }
            }
            Ok(_) => Reach::Missing,
            Err(refusal) => out_of_reach(refusal)?,
        };
        let manifest = held.as_ref().ok().and_then(|held| held.manifest.clone());
        let view = OriginView {
            role,
            bucket: named.name.clone(),
            region: named.region.clone(),
            reach,
            objects: manifest.as_ref().map(|manifest| manifest.files.len()),
            bytes: manifest.as_ref().map(|manifest| bytes(manifest)),
            release: manifest.as_ref().map(|manifest| manifest.hash()),
            unfinished: held.is_ok_and(|held| held.pending),
        };
        Ok(BucketSeen { view, manifest })
    }

    async fn held(&self, bucket: &Bucket) -> Result<Held, Refusal> {
        let known = self.known(&bucket.name);
        let begun = Instant::now();
        let (seen, pending) = tokio::try_join!(
            manifest(bucket, known.as_ref().map(|(etag, _)| etag.as_str())),
            is_pending(bucket)
        )?;
        let took = begun.elapsed();
        let exists = seen != ManifestSeen::NoBucket;
        let manifest = match seen {
            ManifestSeen::Unchanged => known.map(|(_, manifest)| manifest),
            ManifestSeen::NoManifest | ManifestSeen::NoBucket => self.forget(&bucket.name),
            ManifestSeen::Read { manifest: None, .. } => self.forget(&bucket.name),
            ManifestSeen::Read { etag, manifest: Some(manifest) } => {
                Some(self.remember(&bucket.name, etag, *manifest))
            }
        };
        Ok(Held { manifest, pending, exists, took })
    }

    fn known(&self, bucket: &str) -> Option<(String, Arc<Manifest>)> {
        self.manifests.lock().unwrap_or_else(PoisonError::into_inner).get(bucket).cloned()
    }

    fn forget(&self, bucket: &str) -> Option<Arc<Manifest>> {
        self.manifests.lock().unwrap_or_else(PoisonError::into_inner).remove(bucket);
        None
    }

    fn remember(&self, bucket: &str, etag: String, manifest: Manifest) -> Arc<Manifest> {
        let manifest = Arc::new(manifest);
        let mut manifests = self.manifests.lock().unwrap_or_else(PoisonError::into_inner);
        manifests.insert(bucket.to_owned(), (etag, manifest.clone()));
        manifest
    }
}

/// What a refusal says of the bucket; a failure where it says something of the caller only.
fn out_of_reach(refusal: &Refusal) -> Answer<Reach> {
    let failed = Failed::from(refusal.clone());
    match failed.trouble {
        // That S3 asks to go slower is told by a status that an outage has as well.
        Trouble::Unreachable => Ok(Reach::Unreachable { why: failed.why }),
        Trouble::Denied | Trouble::Other => Ok(Reach::Refused { why: failed.why }),
        Trouble::Throttled | Trouble::Credentials => Err(failed),
    }
}

pub(super) fn bytes(manifest: &Manifest) -> u64 {
    manifest.files.values().map(|entry| entry.size).sum()
}

fn parity(seen: &[BucketSeen]) -> Parity {
    let [primary, backup] = seen else { return Parity::OneBucket };
    match (&primary.manifest, &backup.manifest) {
        (Some(one), Some(other)) => {
            let (ahead, behind) = (only_in(one, other), only_in(other, one));
            if ahead == 0 && behind == 0 { Parity::Same } else { Parity::Different { ahead, behind } }
        }
        (None, _) => unknown(primary),
        (Some(_), None) => unknown(backup),
    }
}

fn unknown(seen: &BucketSeen) -> Parity {
    let why = match &seen.view.reach {
        Reach::Answers { .. } => "holds no release",
        Reach::Missing => "is missing",
        Reach::Refused { .. } | Reach::Unreachable { .. } => "can't be read",
    };
    Parity::Unknown { why: format!("the {} bucket {why}", seen.view.role.word()) }
}

/// How many files one has that the other lacks, or has otherwise.
fn only_in(one: &Manifest, other: &Manifest) -> usize {
    let alike = |key: &String| {
        let (this, that) = (one.files.get(key), other.files.get(key));
        matches!((this, that), (Some(this), Some(that)) if this.sha256 == that.sha256 && this.headers == that.headers)
    };
    one.files.keys().filter(|key| !alike(key)).count()
}
