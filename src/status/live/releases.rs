//! What was lately published.

use super::Live;
use super::origins::{BucketSeen, bytes};
use crate::aws::bucket::Bucket;
use crate::aws::look::bucket::{ManifestVersion, manifest_of, manifest_versions};
use crate::status::moment::Moment;
use crate::status::panels::{BucketRelease, PublishedRelease, Reach, ReleasesView};
use crate::status::sources::Answer;
use std::collections::BTreeMap;

/// How many are shown.
const SHOWN: i32 = 5;

/// The releases that are shown, by the version of their manifest: they never change. One whose manifest can't be
/// read is none.
pub(super) type Known = BTreeMap<String, Option<PublishedRelease>>;

impl Live {
    pub(super) async fn view_releases(&self) -> Answer<ReleasesView> {
        let seen = self.seen_buckets().await?;
        let reached = seen.iter().position(|seen| matches!(seen.view.reach, Reach::Answers { .. }));
        let newest = match reached.and_then(|place| self.subject.blueprint.buckets.get(place)) {
            Some(named) => self.newest(&Bucket::reach(&self.subject.session, named).await?).await?,
            None => Vec::new(),
        };
        Ok(ReleasesView { current: seen.iter().map(current).collect(), newest })
    }

    async fn newest(&self, bucket: &Bucket) -> Answer<Vec<PublishedRelease>> {
        let versions = manifest_versions(bucket, SHOWN).await?;
        let mut known = self.releases.lock().await;
        known.retain(|id, _| versions.iter().any(|version| version.id == *id));
        for version in &versions {
            if !known.contains_key(&version.id) {
                known.insert(version.id.clone(), read(bucket, version).await?);
            }
        }
        Ok(versions.iter().filter_map(|version| known.get(&version.id)?.clone()).collect())
    }
}

async fn read(bucket: &Bucket, version: &ManifestVersion) -> Answer<Option<PublishedRelease>> {
    let manifest = manifest_of(bucket, &version.id).await?;
    Ok(manifest.map(|manifest| PublishedRelease {
        generation: manifest.generation,
        hash: manifest.hash(),
        published: Some(Moment::of_seconds(version.written)),
        files: manifest.files.len(),
        bytes: bytes(&manifest),
    }))
}

fn current(seen: &BucketSeen) -> BucketRelease {
    BucketRelease {
        role: seen.view.role,
        bucket: seen.view.bucket.clone(),
        hash: seen.view.release.clone().filter(|_| !seen.view.unfinished),
    }
}
