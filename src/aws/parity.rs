//! Whether the backup that S3 fills holds what the primary holds: checked, not assumed.

use super::listing::{self, key_of};
use super::refusal::Refusal;
use super::release::{Job, Place, counted};
use super::upload::{LARGEST_COPY, Parcel, Sender, bare, copied, copy_source};
use super::wait::{Poll, until};
use crate::content::change::Listed;
use crate::content::manifest::Manifest;
use crate::content::release::SiteFile;
use crate::error::{Error, Kind, Result};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// How many objects are looked at or copied at once.
const OBJECTS_AT_ONCE: usize = 32;

/// Waits until the backup has every file of the primary. What S3 will never replicate, since it was in the
/// primary before the rule, is copied at once (aws-facts.md G); what it has not replicated in time, at last.
pub(super) async fn reach(job: Job<'_>, primary: &Place, backup: &mut Place) -> Result<()> {
    let expected = primary.manifest(job);
    let on_their_way: BTreeSet<&str> = primary.upload.written().collect();
    let lacking = lacking(job, &expected, primary, backup).await?;
    let (coming, left_out): (Vec<_>, Vec<_>) =
        lacking.into_iter().partition(|key| on_their_way.contains(key.as_str()));
    if !left_out.is_empty() {
        let files = counted(left_out.len(), "file");
        job.report.note(format!("copying {files} to the backup: from before replication"));
        copy_all(job, primary, backup, &left_out).await?;
    }
    let late =
        if coming.is_empty() { Vec::new() } else { await_replicas(job, &expected, primary, backup).await? };
    if !late.is_empty() {
        let files = counted(late.len(), "file");
        job.report.note(format!("copying {files} to the backup: not replicated in time"));
        copy_all(job, primary, backup, &late).await?;
    }
    let listed = listing::list(&backup.bucket, &job.publication.release, None).await?;
    backup.etags = listed.into_iter().map(|(key, listed)| (key, bare(Some(listed.etag)))).collect();
    Ok(())
}

/// What is still lacking when the patience for S3 has ended.
async fn await_replicas(
    job: Job<'_>,
    expected: &Manifest,
    primary: &Place,
    backup: &Place,
) -> Result<Vec<String>> {
    let poll = Poll::for_replication(job.session);
    let look = || async {
        let lacking = lacking(job, expected, primary, backup).await?;
        Ok::<_, Refusal>(lacking.is_empty().then_some(()))
    };
    let seen = until(poll, "S3 to replicate the files to the backup", job.report, look).await?;
    if seen.is_some() {
        return Ok(Vec::new());
    }
    ensure_going_on(job)?;
    Ok(lacking(job, expected, primary, backup).await?)
}

/// A run that is to stop begins no copies.
fn ensure_going_on(job: Job<'_>) -> Result<()> {
    if !job.report.stop().requested() {
        return Ok(());
    }
    job.report.cut_short();
    Err(Error::new(Kind::Interrupted, "Stopped before the backup had every file"))
}

/// The files that the backup doesn't have as the primary has them.
async fn lacking(
    job: Job<'_>,
    expected: &Manifest,
    primary: &Place,
    backup: &Place,
) -> Result<Vec<String>, Refusal> {
    let unlike = unlike(expected, &listing::list(&backup.bucket, &job.publication.release, None).await?);
    // Other headers leave a file's size and ETag as they are.
    let header_only = primary.upload.header_only.iter().chain(&backup.upload.header_only);
    let doubtful: BTreeSet<&String> = header_only.filter(|key| !unlike.contains(*key)).collect();
    let files: Vec<&SiteFile> =
        doubtful.into_iter().filter_map(|key| job.publication.release.get(key)).collect();
    let looks = stream::iter(0..files.len()).map(|index| has_headers(backup, files[index]));
    let fitting: Vec<bool> = looks.buffered(OBJECTS_AT_ONCE).try_collect().await?;
    let unfitting = files.iter().zip(fitting).filter(|(_, fits)| !fits);
    Ok(unfitting.map(|(file, _)| file.key().to_owned()).chain(unlike.iter().cloned()).collect())
}

async fn has_headers(place: &Place, file: &SiteFile) -> Result<bool, Refusal> {
    let bucket = &place.bucket;
    let call = bucket.s3.head_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let words = format!("look at {} in bucket {}", file.key(), bucket.name);
    match call.key(key_of(file.key())).send().await.map_err(Refusal::to("s3:GetObject", words)) {
        Err(refusal) if refusal.is_not_found() => Ok(false),
        Err(refusal) => Err(refusal),
        Ok(there) => Ok(there.content_type() == Some(file.headers.content_type.as_str())
            && there.cache_control() == Some(file.headers.cache_control.as_str())
            && there.content_encoding() == file.headers.content_encoding.as_deref()),
    }
}

/// The files that the listing doesn't show as the primary has them. A file that was sent in parts has another
/// ETag once it is copied whole, so there only its size tells.
fn unlike(expected: &Manifest, listed: &BTreeMap<String, Listed>) -> BTreeSet<String> {
    let is_there = |key: &str, size: u64, etag: Option<&str>| {
        listed.get(key).is_some_and(|listed| {
            let there = listed.etag.trim_matches('"');
            let by_size = etag.is_none_or(|etag| etag.contains('-'));
            listed.size == size && (by_size || etag == Some(there))
        })
    };
    let unlike =
        expected.files.iter().filter(|(key, entry)| !is_there(key, entry.size, entry.etag.as_deref()));
    unlike.map(|(key, _)| key.clone()).collect()
}

async fn copy_all(job: Job<'_>, primary: &Place, backup: &Place, keys: &[String]) -> Result<()> {
    ensure_going_on(job)?;
    backup.marked().marker.ensure_stands(&backup.bucket, job.report).await?;
    let files: Vec<&SiteFile> = keys.iter().filter_map(|key| job.publication.release.get(key)).collect();
    let (large, small): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.size() > LARGEST_COPY);
    let copies = stream::iter(0..small.len()).map(|index| {
        copied(&backup.bucket, job.report, {
            let file = small[index].key();
            move || copy(primary, backup, file)
        })
    });
    copies.buffer_unordered(OBJECTS_AT_ONCE).try_collect::<Vec<()>>().await?;
    let parcel = |file| Parcel { file, bytes_to: vec![0], headers_to: Vec::new() };
    let parcels: Vec<Parcel<'_>> = large.into_iter().map(parcel).collect();
    let sender = Sender::new(vec![backup.marked()], job.report, &parcels).await;
    sender.send_all(&parcels).await.map(drop)
}

async fn copy(primary: &Place, backup: &Place, file: &str) -> Result<(), Refusal> {
    let (from, to, key) = (&primary.bucket, &backup.bucket, key_of(file));
    let call = to.s3.copy_object().bucket(&to.name).expected_bucket_owner(&to.owner);
    let call = call.copy_source(copy_source(&from.name, &key)).expected_source_bucket_owner(&from.owner);
    let words = format!("copy {file} from bucket {} to bucket {}", from.name, to.name);
    call.key(key).send().await.map(drop).map_err(Refusal::to("s3:PutObject", words))
}
