//! One bucket as AWS has it: whose, its settings, and what it holds of the site's files.

use super::attempt::Problem;
use super::bucket::{self, Bucket, Standing, once_settled};
use super::difference::{Difference, work_out};
use super::record::Record;
use super::upcoming::Upcoming;
use super::{bucket_policy, bucket_settings, remembered, replication};
use crate::blueprint::answers::Region;
use crate::blueprint::inventory::{ObservedBucket, ObservedRelease, ReleaseChanges};
use crate::content::change::Upload;
use crate::content::drift::Drift;
use crate::content::publication::Publication;
use crate::error::Result;

/// What there is under a bucket's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Nothing.
    Absent,
    /// This site's bucket.
    Ours(Box<ObservedBucket>),
    /// A bucket in another region.
    Elsewhere(Region),
    /// A bucket that isn't this site's; the reason is for people.
    Foreign(String),
    /// Nobody knows: S3 does not answer for it. The reason is for people.
    Unreachable(String),
}

/// Looks at everything about a bucket at once.
pub async fn see(bucket: &Bucket, site: &str, files: Option<&Upcoming>) -> Result<Seen> {
    let is_unsettled = |problem: &Problem| problem.refusal().is_some_and(bucket::is_unsettled);
    Ok(once_settled(is_unsettled, || see_now(bucket, site, files)).await?)
}

async fn see_now(bucket: &Bucket, site: &str, files: Option<&Upcoming>) -> Result<Seen, Problem> {
    let (standing, settings, policy, replication, record) = tokio::join!(
        bucket.standing_now(site),
        bucket_settings::observe(bucket),
        bucket_policy::observe(bucket),
        replication::observe(bucket),
        record(bucket, files),
    );
    match standing {
        Err(refusal) if refusal.is_outage() => Ok(Seen::Unreachable(refusal.to_string())),
        Err(refusal) => Err(refusal.into()),
        Ok(Standing::Absent) => Ok(Seen::Absent),
        Ok(Standing::Elsewhere(region)) => Ok(Seen::Elsewhere(region)),
        Ok(Standing::Foreign(why)) => Ok(Seen::Foreign(why)),
        Ok(Standing::Ours) => {
            let rules = replication?;
            Ok(Seen::Ours(Box::new(ObservedBucket {
                region: bucket.region.clone(),
                settings: settings?,
                policy: policy?,
                replication: rules.ours,
                role_of_others: rules.role_of_others,
                release: release(bucket, &record?, files).await?,
            })))
        }
    }
}

async fn record(bucket: &Bucket, files: Option<&Upcoming>) -> Result<Record> {
    let Some(files) = files else { return Record::read(bucket).await };
    let copy = remembered::copy_of(bucket, files.copies.as_ref()).await;
    remembered::read(bucket, copy, files.copies.as_ref()).await
}

async fn release(bucket: &Bucket, record: &Record, files: Option<&Upcoming>) -> Result<ObservedRelease> {
    if record.is_blank() {
        return Ok(ObservedRelease::Never);
    }
    let (changes, drift) = match files {
        Some(files) => {
            let publication = files.made().await?;
            let Difference { upload, drift } = work_out(bucket, record, &publication).await?;
            (Some(changes(&upload, &publication)), drift)
        }
        None => (None, Drift::default()),
    };
    let Drift { missing, overwritten, strange } = drift;
    Ok(match record.trusted() {
        Some(_) if !drift.is_none() => ObservedRelease::Altered { missing, overwritten, strange },
        Some(manifest) => ObservedRelease::Published { hash: manifest.hash(), changes },
        None => ObservedRelease::Unfinished { changes },
    })
}

fn changes(upload: &Upload, publication: &Publication) -> ReleaseChanges {
    ReleaseChanges {
        uploads: upload.assets.len() + upload.html.len(),
        header_changes: upload.header_only.len(),
        deletions: upload.deleted().count(),
        bytes: upload.bytes,
        invalidations: publication.invalidations(upload, None),
    }
}
