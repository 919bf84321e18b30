//! Publishing the site's files: into every bucket, in an order that no interruption can turn into stale or mixed
//! content unnoticed.
//!
//! 1. A marker in each bucket says that its manifest can't be trusted from now on. Where it replaces the marker of
//!    another run, that one is given the time to notice before anything is looked at.
//! 2. Assets go first, then the pages that load them, then what the release no longer has is deleted.
//! 3. Where the bucket's state was in doubt, it is listed and repaired.
//! 4. Edge locations are told what to forget; that is accepted before the new manifest stands.
//! 5. The manifest replaces just the one that was read.
//! 6. The marker goes.
//!
//! Nothing is begun unless the marker was seen to be this run's a moment ago: a run that was overtaken stops, and
//! leaves a marker behind for what it may have spoiled. That nothing wrong can be vouched for hangs on none of these
//! looks: the manifest replaces just the one that was read, and a run takes away no marker but its own.
//!
//! Of two runs at once, one ends well: who finds that another has just put its marker lets it go first, and who takes
//! over a marker goes on, beginning anew when the run that had put it notices and puts it back.

use super::bucket::Bucket;
use super::descriptors::connections_each;
use super::difference::work_out;
use super::emptying::{BATCH, delete_batch};
use super::invalidation;
use super::listing::{self, key_of};
use super::pace::{FIRST, Pace};
use super::parity;
use super::record::{Marker, PROFILE, Record, overtaken, put_always};
use super::refusal::Refusal;
use super::remembered;
use super::session::Session;
use super::upload::{LARGEST_COPY, Marked, Parcel, Sender, Sent};
use crate::apply::{Performed, Reporter, retry};
use crate::blueprint::resource::ReleaseSpec;
use crate::content::change::{Basis, Held, Upload, change};
use crate::content::headers::Class;
use crate::content::invalidate::caller_reference;
use crate::content::manifest::Manifest;
use crate::content::publication::Publication;
use crate::error::{Error, Kind, Result};
use aws_sdk_s3::types::ObjectIdentifier;
use bytes::Bytes;
use futures::future::{join_all, try_join_all};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How often a bucket is listed and repaired before we give up.
const REPAIRS: usize = 3;

/// How long a run that is taken over may go on writing: until a second after its last look has lost its worth, and
/// the time of one request. That it is then killed before it has told anybody makes no difference.
const LAST_WRITES: Duration = Duration::from_secs(5);

/// How often a release is begun anew because another run came between.
const TRIES: usize = 8;

/// How long a run that was faster is waited for, and the pause between two looks at it.
const PATIENCE: Duration = Duration::from_secs(2 * 60);
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// A release to publish.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The connection to AWS.
    pub session: &'a Session,
    /// The site's name.
    pub site: &'a str,
    /// The files.
    pub publication: &'a Arc<Publication>,
    /// Where they go.
    pub spec: &'a ReleaseSpec,
    /// Where it is told how far it got.
    pub report: &'a Reporter,
}

/// One bucket's part of a release.
#[derive(Debug)]
pub(super) struct Place {
    /// The bucket.
    pub(super) bucket: Bucket,
    /// Whether S3 fills it from the primary.
    pub(super) replicated: bool,
    /// What to do in it.
    pub(super) upload: Upload,
    /// The ETags of what it has by now, without quotes.
    pub(super) etags: BTreeMap<String, String>,
    record: Record,
    marker: Marker,
}

/// Publishes the release into every bucket.
pub async fn publish(job: Job<'_>) -> Result<Performed> {
    if job.publication.release.hash() != job.spec.hash {
        return Err(Error::failed("can't publish the site's files")
            .why("the folder is no longer what was planned")
            .hint("run the same command again"));
    }
    for _ in 0..TRIES {
        if let Some(performed) = try_to_publish(job).await? {
            return Ok(performed);
        }
    }
    let first = Bucket::reach(job.session, &job.spec.buckets[0]).await?;
    Err(overtaken(&first))
}

/// `None` where another run came between, and this one is to begin anew.
async fn try_to_publish(job: Job<'_>) -> Result<Option<Performed>> {
    let mut places = reach(job).await?;
    if places.iter().any(Place::is_marked) {
        if mark(job, &mut places).await? == Marks::Lacking {
            return Ok(None);
        }
        take_over(job, &mut places).await?;
        work_out_all(job, &mut places).await?;
    } else {
        work_out_all(job, &mut places).await?;
        if places.iter().all(|place| place.upload.is_empty()) {
            return Ok(Some(Performed::unneeded("every bucket has this release")));
        }
        if mark(job, &mut places).await? == Marks::Lacking {
            return Ok(None);
        }
    }
    let ended = fill(job, &mut places).await;
    if ended.is_err() {
        if places.iter().any(|place| place.marker.may_begin_anew()) {
            return Ok(None);
        }
        // The error at hand tells more than one from here.
        let _ = join_all(places.iter().map(|place| place.marker.put_back(&place.bucket, job.report))).await;
    }
    Ok(Some(Performed::done(told(&places, ended?))))
}

/// Waits until a run that was faster has ended. One that does not end is taken over.
async fn let_go_first(job: Job<'_>, places: &[Place]) -> Result<()> {
    job.report.waiting("another deploy of this site to end");
    let patience = Instant::now() + PATIENCE;
    while Instant::now() < patience {
        // Two that wait must not begin again in step.
        let pause = job.session.poll().unwrap_or(BETWEEN_LOOKS).mul_f64(0.5 + retry::random_fraction());
        if retry::stopped_before(Instant::now() + pause, job.report).await {
            return Err(Error::new(Kind::Interrupted, "Stopped before any file was sent"));
        }
        let looks = try_join_all(places.iter().map(|place| Marker::is_any(&place.bucket))).await?;
        if !looks.contains(&true) {
            break;
        }
    }
    Ok(())
}

/// Gives how many paths edge locations were told to forget.
async fn fill(job: Job<'_>, places: &mut [Place]) -> Result<usize> {
    send(job, places).await?;
    delete_dropped(job, places).await?;
    repair(job, places).await?;
    if let Some((primary, backup)) = replicated_pair(places) {
        parity::reach(job, primary, backup).await?;
    }
    let forgotten = invalidate(job, places).await?;
    conclude(job, places).await?;
    Ok(forgotten)
}

impl Place {
    /// Whether a run has begun to write here that has not ended, or not well.
    fn is_marked(&self) -> bool {
        self.record.pending_etag.is_some()
    }

    /// The bucket with this run's marker.
    pub(super) fn marked(&self) -> Marked {
        Marked { bucket: self.bucket.clone(), marker: self.marker.clone() }
    }

    /// The record of the release as it stands in this bucket.
    pub(super) fn manifest(&self, job: Job<'_>) -> Manifest {
        let before = self.record.manifest.as_ref();
        Manifest::after(job.site, &job.publication.release, &self.upload, before, &self.etags)
    }
}

async fn reach(job: Job<'_>) -> Result<Vec<Place>> {
    let places = job.spec.buckets.iter().enumerate().map(|(index, named)| async move {
        let bucket = Bucket::reach(job.session, named).await?;
        let copy = remembered::copy_of(&bucket, job.publication.copies.as_ref()).await;
        if copy.as_ref().is_none_or(|copy| copy.release != job.spec.hash) {
            bucket.open_ahead(at_first(job)).await;
        }
        let record = remembered::read(&bucket, copy, job.publication.copies.as_ref()).await?;
        let replicated = job.spec.replicated && index > 0;
        let (upload, etags, marker) = (Upload::default(), BTreeMap::new(), Marker::default());
        Ok::<_, Error>(Place { bucket, replicated, upload, etags, record, marker })
    });
    try_join_all(places).await
}

/// Waits until a run that was taken over writes no more, and reads again what it may have written.
async fn take_over(job: Job<'_>, places: &mut [Place]) -> Result<()> {
    let until = Instant::now() + job.session.poll().unwrap_or(LAST_WRITES);
    job.report.waiting("the deploy that did not end to write no more, should it still run");
    if retry::stopped_before(until, job.report).await {
        return Err(Error::new(Kind::Interrupted, "Stopped before any file was sent"));
    }
    let records = places.iter_mut().map(|place| async {
        place.record = Record::read(&place.bucket).await?;
        Ok::<_, Error>(())
    });
    try_join_all(records).await.map(drop)
}

async fn work_out_all(job: Job<'_>, places: &mut [Place]) -> Result<()> {
    let differences = places.iter_mut().map(|place| async {
        place.upload = work_out(&place.bucket, &place.record, job.publication).await?.upload;
        place.upload.spare(&job.spec.spared);
        Ok::<_, Error>(())
    });
    try_join_all(differences).await.map(drop)
}

/// How marking went.
#[derive(Debug, PartialEq, Eq)]
enum Marks {
    /// Every bucket has this run's marker.
    Whole,
    /// Another run was faster in one, so this one begins anew.
    Lacking,
}

/// The marker tells this run's upload from any other, so that only its own is ever taken away.
async fn mark(job: Job<'_>, places: &mut [Place]) -> Result<Marks> {
    let nonce =
        getrandom::u64().map_err(|error| Error::failed("can't draw a random number").because(error))?;
    let text = Bytes::from(format!("{} {nonce:016x}\n", job.spec.hash));
    open_ahead(places).await;
    let marks = places.iter_mut().map(|place| async {
        let replaced = place.record.pending_etag.clone();
        let marker = Marker::put(&place.bucket, text.clone(), replaced, job.report).await?;
        let is_put = marker.is_some();
        place.marker = marker.unwrap_or_default();
        Ok::<_, Error>(is_put)
    });
    let put = try_join_all(marks).await?;
    if !put.contains(&false) {
        return Ok(Marks::Whole);
    }
    let ours: Vec<_> = places.iter().zip(put).filter_map(|(place, put)| put.then_some(place)).collect();
    // Where a marker was replaced, its run gives way; this one's stays, as what that one may have spoiled does.
    let (replacing, new): (Vec<_>, Vec<_>) = ours.into_iter().partition(|place| place.is_marked());
    try_join_all(new.iter().map(|place| place.marker.remove(&place.bucket, job.report))).await?;
    if replacing.is_empty() {
        let_go_first(job, places).await?;
    }
    Ok(Marks::Lacking)
}

/// How many connections a release of so many files is worth before anything is known of S3's answers.
fn at_first(job: Job<'_>) -> usize {
    FIRST.min(connections_each(job.spec.buckets.len())).min(job.publication.release.files().len())
}

/// Opens the connections of the first files, each of which would else wait for its own.
async fn open_ahead(places: &[Place]) {
    let most = connections_each(places.len());
    let opening = places.iter().filter(|place| !place.replicated).map(|place| async move {
        let at_once = Pace::new(most, place.bucket.round_trip().await).limit();
        place.bucket.open_ahead(at_once.min(place.upload.written().count())).await;
    });
    join_all(opening).await;
}

async fn ensure_marked(job: Job<'_>, places: &[Place]) -> Result<()> {
    let looks = places.iter().map(|place| place.marker.ensure_seen(&place.bucket, job.report));
    try_join_all(looks).await.map(drop)
}

async fn send(job: Job<'_>, places: &mut [Place]) -> Result<()> {
    let parcels = parcels(job, places.iter().map(|place| (!place.replicated).then_some(&place.upload)));
    let (assets, pages): (Vec<_>, Vec<_>) =
        parcels.iter().cloned().partition(|parcel| parcel.file.class == Class::Asset);
    let sender = Sender::new(places.iter().map(Place::marked).collect(), job.report, &parcels).await;
    for these in [assets, pages].iter().filter(|these| !these.is_empty()) {
        take_note(places, sender.send_all(these).await?);
    }
    Ok(())
}

/// One parcel for each file that any of these uploads sends. The places' order is kept.
fn parcels<'a, 'u>(job: Job<'a>, uploads: impl Iterator<Item = Option<&'u Upload>>) -> Vec<Parcel<'a>> {
    let mut parcels: BTreeMap<&str, Parcel<'a>> = BTreeMap::new();
    for (index, upload) in uploads.enumerate() {
        let Some(upload) = upload else { continue };
        let with_bytes = upload.assets.iter().chain(&upload.html).map(|key| (key, true));
        for (key, bytes) in with_bytes.chain(upload.header_only.iter().map(|key| (key, false))) {
            let Some(file) = job.publication.release.get(key) else { continue };
            let new = || Parcel { file, bytes_to: Vec::new(), headers_to: Vec::new() };
            let parcel = parcels.entry(file.key()).or_insert_with(new);
            if bytes || file.size() > LARGEST_COPY {
                parcel.bytes_to.push(index)
            } else {
                parcel.headers_to.push(index)
            }
        }
    }
    parcels.into_values().collect()
}

fn take_note(places: &mut [Place], sent: Vec<Sent>) {
    for Sent { bucket, key, etag } in sent {
        if let Some(place) = places.get_mut(bucket) {
            place.etags.insert(key, etag);
        }
    }
}

/// Deletions happen in each bucket by itself: a rule that copies delete markers finds nothing left to do.
async fn delete_dropped(job: Job<'_>, places: &[Place]) -> Result<()> {
    if job.report.stop().requested() {
        job.report.cut_short();
        return Err(Error::new(Kind::Interrupted, "Stopped before anything was deleted"));
    }
    if places.iter().all(|place| place.upload.deleted().next().is_none()) {
        return Ok(());
    }
    try_join_all(places.iter().map(|place| delete_files(job, place))).await.map(drop)
}

async fn delete_files(job: Job<'_>, place: &Place) -> Result<()> {
    let (bucket, files) = (&place.bucket, place.upload.deleted().collect::<Vec<_>>());
    for batch in files.chunks(BATCH) {
        place.marker.ensure_seen(bucket, job.report).await?;
        let objects = batch.iter().map(|file| ObjectIdentifier::builder().key(key_of(file)).build());
        let objects = objects
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Refusal::of_ours("s3:DeleteObject", bucket.words("delete files of"), error))?;
        delete_batch(bucket, objects).await?;
    }
    Ok(())
}

/// Lists each bucket whose state was in doubt, or that is new and may still lose sight of what it was given
/// (aws-facts.md G), and sends again what isn't there as it should be.
async fn repair(job: Job<'_>, places: &mut [Place]) -> Result<()> {
    for _ in 0..REPAIRS {
        let lacks = try_join_all(places.iter().map(|place| lacking(job, place))).await?;
        let parcels = parcels(job, lacks.iter().map(Option::as_ref));
        if parcels.is_empty() {
            return Ok(());
        }
        job.report.note(format!("sending {} again: not in place", counted(parcels.len(), "file")));
        let sender = Sender::new(places.iter().map(Place::marked).collect(), job.report, &parcels).await;
        let sent = sender.send_all(&parcels).await?;
        take_note(places, sent);
    }
    Err(Error::failed("can't bring every file in place")
        .why("something else changes the bucket at the same time")
        .hint("run the same command again; it goes on from here"))
}

async fn lacking(job: Job<'_>, place: &Place) -> Result<Option<Upload>> {
    let is_in_doubt = match place.upload.basis {
        Basis::Nothing | Basis::Listing => true,
        Basis::Manifest => false,
    };
    if place.replicated || !is_in_doubt {
        return Ok(None);
    }
    let objects = listing::list(&place.bucket, &job.publication.release, None).await?;
    let manifest = place.manifest(job);
    Ok(Some(change(&job.publication.release, Held::Verified { manifest: &manifest, objects: &objects })))
}

fn replicated_pair(places: &mut [Place]) -> Option<(&Place, &mut Place)> {
    match places {
        [primary, backup] if backup.replicated => Some((primary, backup)),
        _ => None,
    }
}

/// Gives how many paths edge locations were told to forget.
async fn invalidate(job: Job<'_>, places: &[Place]) -> Result<usize> {
    let (Some(distribution), Some(primary)) = (&job.spec.distribution, places.first()) else { return Ok(0) };
    let paths = job.publication.invalidations(&primary.upload, places.get(1).map(|backup| &backup.upload));
    if paths.is_empty() {
        return Ok(0);
    }
    // What the next release replaces is told by both buckets, since either may be the one that changes.
    let replaced: Vec<&str> = places.iter().map(|place| place.record.replaced()).collect();
    let reference = caller_reference(&replaced.join(" "), &job.spec.hash, primary.marker.text(), &paths);
    ensure_marked(job, places).await?;
    invalidation::request(job.session.cloudfront(), distribution, &paths, &reference, job.report).await?;
    Ok(paths.len())
}

async fn conclude(job: Job<'_>, places: &[Place]) -> Result<()> {
    let profile = Bytes::from(job.publication.profile_text.clone());
    try_join_all(places.iter().map(|place| async {
        let manifest = place.manifest(job);
        let bytes = Bytes::from(manifest.to_bytes()?);
        let replaced = place.record.manifest_etag.as_deref();
        // Only who has the manifest may say which profile it is of: another run may have ended meanwhile.
        let etag = place.marker.put_manifest(&place.bucket, bytes.clone(), replaced, job.report).await?;
        put_always(&place.bucket, PROFILE, profile.clone(), job.report).await?;
        let keeping = async {
            let Some(copies) = job.publication.copies.clone() else { return };
            remembered::keep(&place.bucket, copies, etag, bytes.into(), &manifest).await;
        };
        let (removed, ()) = tokio::join!(place.marker.remove(&place.bucket, job.report), keeping);
        removed
    }))
    .await
    .map(drop)
}

fn told(places: &[Place], forgotten: usize) -> String {
    // What an earlier run that was cut short has written counts no more, nor what S3 copies by itself.
    let own = places.iter().filter(|place| !place.replicated);
    let written: BTreeSet<&String> = own.flat_map(|place| place.etags.keys()).collect();
    let deleted: BTreeSet<&str> = places.iter().flat_map(|place| place.upload.deleted()).collect();
    let (written, forgotten) = (counted(written.len(), "file"), counted(forgotten, "path"));
    format!("{written} written, {} deleted, {forgotten} invalidated", deleted.len())
}

/// A number of things as a person says it.
pub fn counted(count: usize, thing: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_not_told_as_many() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "file")), ["0 files", "1 file", "2 files"]);
    }
}
