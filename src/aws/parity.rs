//! Whether the backup that S3 fills holds what the primary holds: checked, not assumed.

use super::bucket_settings::settled;
use super::listing::{self, key_of};
use super::refusal::Refusal;
use super::release::{Job, Place};
use super::upload::{bare, copy_source};
use super::wait::{Poll, until};
use crate::content::change::Listed;
use crate::content::manifest::Manifest;
use crate::error::Result;
use futures::stream::{self, StreamExt, TryStreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// How many objects are copied at once.
const COPIES_AT_ONCE: usize = 32;

/// Waits until the backup has every file of the primary. What S3 will never replicate, since it was in the
/// primary before the rule, is copied at once (aws-facts.md G); what it has not replicated in time, at last.
pub(super) async fn reach(job: Job<'_>, primary: &Place, backup: &mut Place) -> Result<()> {
    let expected = primary.manifest(job);
    let on_their_way: BTreeSet<&str> = primary.upload.written().collect();
    let lacking = lacking(&expected, &listing::list(&backup.bucket).await?);
    let (coming, left_out): (Vec<_>, Vec<_>) =
        lacking.into_iter().partition(|key| on_their_way.contains(key.as_str()));
    if !left_out.is_empty() {
        job.report.note(format!("{} files from before replication are copied to the backup", left_out.len()));
        copy_all(job, primary, backup, &left_out).await?;
    }
    let late = if coming.is_empty() { Vec::new() } else { await_replicas(job, &expected, backup).await? };
    if !late.is_empty() {
        job.report.note(format!("{} files were not replicated in time and are copied", late.len()));
        copy_all(job, primary, backup, &late).await?;
    }
    let listed = listing::list(&backup.bucket).await?;
    backup.etags = listed.into_iter().map(|(key, listed)| (key, bare(Some(listed.etag)))).collect();
    Ok(())
}

/// What is still lacking when the patience for S3 has ended.
async fn await_replicas(job: Job<'_>, expected: &Manifest, backup: &Place) -> Result<Vec<String>> {
    let poll = Poll::for_replication(job.session);
    let look = || async {
        let lacking = lacking(expected, &listing::list(&backup.bucket).await?);
        Ok::<_, Refusal>(lacking.is_empty().then_some(()))
    };
    match until(poll, "S3 to replicate the files to the backup", job.report, look).await? {
        Some(()) => Ok(Vec::new()),
        None => Ok(lacking(expected, &listing::list(&backup.bucket).await?)),
    }
}

/// The files that the listing doesn't show as the primary has them. A file that was sent in parts has another
/// ETag once it is copied whole, so there only its size tells.
fn lacking(expected: &Manifest, listed: &BTreeMap<String, Listed>) -> Vec<String> {
    let is_there = |key: &str, size: u64, etag: Option<&str>| {
        listed.get(key).is_some_and(|listed| {
            let there = listed.etag.trim_matches('"');
            let by_size = etag.is_none_or(|etag| etag.contains('-'));
            listed.size == size && (by_size || etag == Some(there))
        })
    };
    let lacking =
        expected.files.iter().filter(|(key, entry)| !is_there(key, entry.size, entry.etag.as_deref()));
    lacking.map(|(key, _)| key.clone()).collect()
}

async fn copy_all(job: Job<'_>, primary: &Place, backup: &Place, keys: &[String]) -> Result<(), Refusal> {
    let copies = stream::iter(0..keys.len())
        .map(|index| settled(&backup.bucket, job.report, move || copy(primary, backup, &keys[index])));
    copies.buffer_unordered(COPIES_AT_ONCE).try_collect::<Vec<()>>().await.map(drop)
}

async fn copy(primary: &Place, backup: &Place, file: &str) -> Result<(), Refusal> {
    let (from, to, key) = (&primary.bucket, &backup.bucket, key_of(file));
    let call = to.s3.copy_object().bucket(&to.name).expected_bucket_owner(&to.owner);
    let call = call.copy_source(copy_source(&from.name, &key)).expected_source_bucket_owner(&from.owner);
    let words = format!("copy {file} from bucket {} to bucket {}", from.name, to.name);
    call.key(key).send().await.map(drop).map_err(Refusal::to("s3:PutObject", words))
}
