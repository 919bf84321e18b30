//! What a bucket remembers of its releases, outside the folder that is served: the manifest, the marker of an
//! upload under way, and a copy of the profile.

use super::bucket::{Bucket, SETTLING, UNSETTLED};
use super::bucket_settings::settled;
use super::refusal::Refusal;
use crate::apply::{Reporter, retry};
use crate::content::manifest::{Manifest, SCHEMA};
use crate::content::manifest_copy::ManifestCopy;
use crate::error::{Error, Result};
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// How long an object that was just written may seem not to be there, once versions were enabled
/// (aws-facts.md G). Longer than this is not worth the wait: another run goes on from here.
pub const FLICKER: Duration = Duration::from_secs(5);

/// The record of what is published.
pub const MANIFEST: &str = "sitecast/manifest.json";
/// There while an upload is under way, or was cut short.
pub const PENDING: &str = "sitecast/pending";
/// The profile of the last release.
pub const PROFILE: &str = "sitecast/profile.toml";
/// What the copy of the profile says about itself: the mark of the file that it was deployed from.
pub const FILE_MARK: &str = "file-mark";

/// The status by which a conditional read says that nothing has changed.
const NOT_MODIFIED: u16 = 304;

/// What a bucket remembers of its releases.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    /// The manifest; `None` also where it can't be read.
    pub manifest: Option<Manifest>,
    /// The ETag of the manifest object.
    pub manifest_etag: Option<String>,
    /// The version of the manifest object.
    pub manifest_version: Option<String>,
    /// The ETag of the marker of an upload that was begun and not finished.
    pub pending_etag: Option<String>,
}

/// An object as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What is in it.
    pub bytes: Bytes,
    /// Its ETag, as S3 writes it.
    pub etag: String,
    /// Its version, where the bucket keeps versions.
    pub version: Option<String>,
    /// The mark of the file that it is a copy of, where it says so.
    pub file: Option<String>,
}

/// How long after a marker was seen something may begin. Whoever takes over waits for longer before looking at what
/// there is, so that nothing of this run arrives later, even where it is killed before the next look.
const SIGHT_HOLDS_FOR: Duration = Duration::from_secs(2);

/// The marker that one run has put into a bucket. Its text tells it from those of all other runs.
#[derive(Debug, Clone, Default)]
pub struct Marker {
    text: Bytes,
    etag: String,
    /// The marker that it replaced: of a run that is taken over, and puts it back when it notices.
    replaced: Option<String>,
    /// Whether another run came between that gives way to this one.
    gave_way: Arc<AtomicBool>,
    /// When it was last seen there, by a clock that goes on while the machine sleeps.
    seen: Arc<Mutex<Option<SystemTime>>>,
}

impl Marker {
    /// Puts a marker of this text in place of the one with `replaces`; `None` where another run was faster.
    pub async fn put(
        bucket: &Bucket,
        text: Bytes,
        replaces: Option<String>,
        report: &Reporter,
    ) -> Result<Option<Marker>> {
        let begun = SystemTime::now();
        let put = put_unless_rivalled(bucket, PENDING, text.clone(), replaces.as_deref(), report).await?;
        let seen = Arc::new(Mutex::new(Some(begun)));
        Ok(put.map(|etag| Marker { text, etag, replaced: replaces, seen, ..Marker::default() }))
    }

    /// Whether a run stands in the bucket's record that has not ended, or not well.
    pub async fn is_any(bucket: &Bucket) -> Result<bool> {
        Ok(get(bucket, PENDING).await?.is_some())
    }

    /// Whether this run, though another came between, is the one to begin anew: the other gives way.
    pub fn may_begin_anew(&self) -> bool {
        self.gave_way.load(Ordering::Relaxed)
    }

    /// Replaces the manifest with `replaces`, as the last thing that is written. Who finds another there than was
    /// read begins anew.
    pub async fn put_manifest(
        &self,
        bucket: &Bucket,
        bytes: Bytes,
        replaces: Option<&str>,
        report: &Reporter,
    ) -> Result<String> {
        let put = put_unless_rivalled(bucket, MANIFEST, bytes, replaces, report).await?;
        put.ok_or_else(|| {
            self.gave_way.store(true, Ordering::Relaxed);
            overtaken(bucket)
        })
    }

    /// That another marker stands here: that of a run which took this one over, unless it is the one that this run has
    /// taken over itself.
    fn overtaken_by(&self, bucket: &Bucket, other: &Stored) -> Error {
        if self.replaced.as_ref() == Some(&other.etag) {
            self.gave_way.store(true, Ordering::Relaxed);
        }
        overtaken(bucket)
    }

    /// What tells this run from all others.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// [`Marker::ensure_stands`], unless it was seen a moment ago; one look does for all who ask meanwhile.
    pub async fn ensure_seen(&self, bucket: &Bucket, report: &Reporter) -> Result<()> {
        let mut seen = self.seen.lock().await;
        let age = seen.and_then(|seen| seen.elapsed().ok());
        if age.is_none_or(|age| age >= SIGHT_HOLDS_FOR) {
            *seen = Some(self.look(bucket, report).await?);
        }
        Ok(())
    }

    /// An error once another run has put its own marker, or has even finished.
    pub async fn ensure_stands(&self, bucket: &Bucket, report: &Reporter) -> Result<()> {
        let looked = self.look(bucket, report).await?;
        *self.seen.lock().await = Some(looked);
        Ok(())
    }

    /// Gives the time before which it stood for sure.
    async fn look(&self, bucket: &Bucket, report: &Reporter) -> Result<SystemTime> {
        let begun = SystemTime::now();
        let waiting_for = format!("bucket {} to show the marker", bucket.name);
        let absent = || Refusal::of_words("s3:GetObject", "see the marker", "it is not there");
        let look = || async { get(bucket, PENDING).await?.ok_or_else(absent) };
        let is_absent = |refusal: &Refusal| *refusal == absent();
        match retry::retry(FLICKER, &waiting_for, report, is_absent, look).await {
            Ok(stored) if stored.bytes == self.text => Ok(begun),
            Ok(other) => Err(self.overtaken_by(bucket, &other)),
            Err(refusal) if is_absent(&refusal) => Err(overtaken(bucket)),
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// Makes sure that the next run finds a marker, whatever other runs have done to it. One of another run is
    /// replaced, so that it can't vouch for what this run has written in between.
    pub async fn put_back(&self, bucket: &Bucket, report: &Reporter) -> Result<()> {
        let stands = get(bucket, PENDING).await?.is_some_and(|stored| stored.bytes == self.text);
        if stands { Ok(()) } else { put_always(bucket, PENDING, self.text.clone(), report).await }
    }

    /// Takes the marker away; an error when another run has put its own.
    pub async fn remove(&self, bucket: &Bucket, report: &Reporter) -> Result<()> {
        match conditionally(bucket, report, || delete_if(bucket, PENDING, &self.etag)).await {
            // The answer to an earlier try may have been lost; then there is none any more.
            Err(refusal) if refusal.is_precondition() => match get(bucket, PENDING).await? {
                Some(other) => Err(self.overtaken_by(bucket, &other)),
                None => Ok(()),
            },
            Err(refusal) if refusal.is_not_found() => Ok(()),
            other => Ok(other?),
        }
    }
}

impl Record {
    /// What the bucket remembers; nothing where there is no bucket.
    pub async fn read(bucket: &Bucket) -> Result<Record> {
        Record::read_unless_kept(bucket, None).await
    }

    /// [`Record::read`], where the manifest need not be sent if this copy of it is still the newest.
    pub async fn read_unless_kept(bucket: &Bucket, copy: Option<Arc<ManifestCopy>>) -> Result<Record> {
        let etag = copy.as_ref().map(|copy| copy.etag.clone());
        // The copy is taken apart while S3 is asked whether it counts.
        let known = async {
            let parsing = copy.map(|copy| tokio::task::spawn_blocking(move || copy.manifest()));
            match parsing {
                Some(parsing) => parsing.await.ok().flatten(),
                None => None,
            }
        };
        let (known, found, pending) =
            tokio::join!(known, get_unless(bucket, MANIFEST, etag.as_deref()), get(bucket, PENDING));
        let pending_etag = pending?.map(|stored| stored.etag);
        let newest = match found? {
            Found::Other(stored) => Some(stored),
            Found::Absent => None,
            Found::Same if known.is_some() => {
                let (manifest, manifest_etag) = (known, etag);
                return Ok(Record { manifest, manifest_etag, manifest_version: None, pending_etag });
            }
            // A copy that can't be understood counts for nothing.
            Found::Same => get(bucket, MANIFEST).await?,
        };
        let parsed = newest.as_ref().map(|stored| parse(&stored.bytes)).transpose()?;
        Ok(Record {
            manifest: parsed.flatten(),
            manifest_etag: newest.as_ref().map(|stored| stored.etag.clone()),
            manifest_version: newest.and_then(|stored| stored.version),
            pending_etag,
        })
    }

    /// The manifest, if nothing casts doubt on it.
    pub fn trusted(&self) -> Option<&Manifest> {
        self.manifest.as_ref().filter(|_| self.pending_etag.is_none())
    }

    /// Whether the bucket never had a release, as far as it remembers.
    pub fn is_blank(&self) -> bool {
        self.manifest_etag.is_none() && self.pending_etag.is_none()
    }

    /// What stands for the manifest that the next one replaces. Where only its ETag is known, the marker tells two
    /// releases that replace the same manifest apart.
    pub fn replaced(&self) -> &str {
        self.manifest_version.as_deref().or(self.manifest_etag.as_deref()).unwrap_or("none")
    }
}

/// A damaged manifest is as good as none; one of a newer program must not be overwritten.
fn parse(bytes: &[u8]) -> Result<Option<Manifest>> {
    match Manifest::parse(bytes) {
        Ok(manifest) => Ok(Some(manifest)),
        Err(error) if is_newer(bytes) => Err(error),
        Err(_) => Ok(None),
    }
}

fn is_newer(bytes: &[u8]) -> bool {
    let document: Option<serde_json::Value> = serde_json::from_slice(bytes).ok();
    document.and_then(|document| document["schema"].as_u64()).is_some_and(|schema| schema > u64::from(SCHEMA))
}

/// Reads an object; `None` where there is no such object, or no such bucket.
pub async fn get(bucket: &Bucket, key: &str) -> Result<Option<Stored>, Refusal> {
    match get_unless(bucket, key, None).await? {
        Found::Other(stored) => Ok(Some(stored)),
        Found::Absent | Found::Same => Ok(None),
    }
}

/// What was found where an object of a known ETag was before.
enum Found {
    Absent,
    Same,
    Other(Stored),
}

/// Reads an object, unless it still has the ETag that is known.
async fn get_unless(bucket: &Bucket, key: &str, known: Option<&str>) -> Result<Found, Refusal> {
    let words = format!("read {key} in bucket {}", bucket.name);
    let call = bucket.s3.get_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner).key(key);
    let call = call.set_if_none_match(known.map(str::to_owned));
    let answer = match call.send().await.map_err(Refusal::to("s3:GetObject", words.clone())) {
        Err(refusal) if refusal.is_not_found() => return Ok(Found::Absent),
        Err(refusal) if known.is_some() && refusal.status == Some(NOT_MODIFIED) => return Ok(Found::Same),
        other => other?,
    };
    let etag = answer.e_tag.unwrap_or_default();
    let version = answer.version_id;
    let file = answer.metadata.and_then(|mut said| said.remove(FILE_MARK));
    let collected = answer.body.collect().await;
    let bytes = collected.map_err(|error| Refusal::of_ours("s3:GetObject", words, error))?.into_bytes();
    Ok(Found::Other(Stored { bytes, etag, version, file }))
}

/// Writes an object, provided that it is still the one with `replaces`, or that there is none. Gives its ETag; `None`
/// where it is another by now, or was already when it was read: a bucket that has just begun to keep versions hides
/// what it has (aws-facts.md G).
async fn put_unless_rivalled(
    bucket: &Bucket,
    key: &str,
    bytes: Bytes,
    replaces: Option<&str>,
    report: &Reporter,
) -> Result<Option<String>> {
    match conditionally(bucket, report, || put(bucket, key, bytes.clone(), Some(replaces))).await {
        Ok(etag) => Ok(Some(etag)),
        Err(refusal) if refusal.is_precondition() || refusal.is_not_found() => {
            // The answer to an earlier try may have been lost; then our own bytes are there already.
            let there = get(bucket, key).await?.filter(|stored| stored.bytes == bytes);
            Ok(there.map(|stored| stored.etag))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Writes an object, whatever is there.
pub async fn put_always(bucket: &Bucket, key: &str, bytes: Bytes, report: &Reporter) -> Result<()> {
    settled(bucket, report, || put(bucket, key, bytes.clone(), None)).await?;
    Ok(())
}

/// Calls with a condition until it is decided: one that meets another is to be tried again (aws-facts.md G).
async fn conditionally<T, F: Future<Output = Result<T, Refusal>>>(
    bucket: &Bucket,
    report: &Reporter,
    call: impl FnMut() -> F,
) -> Result<T, Refusal> {
    let waiting_for = format!("bucket {} to decide between two writes", bucket.name);
    let may_pass = |refusal: &Refusal| refusal.is("ConditionalRequestConflict") || refusal.is_any(UNSETTLED);
    retry::retry(SETTLING, &waiting_for, report, may_pass, call).await
}

async fn delete_if(bucket: &Bucket, key: &str, etag: &str) -> Result<(), Refusal> {
    let call = bucket.s3.delete_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let words = format!("remove {key} in bucket {}", bucket.name);
    let answer = call.key(key).if_match(etag).send().await;
    answer.map(drop).map_err(Refusal::to("s3:DeleteObject", words))
}

async fn put(
    bucket: &Bucket,
    key: &str,
    bytes: Bytes,
    condition: Option<Option<&str>>,
) -> Result<String, Refusal> {
    let call = bucket.s3.put_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner).key(key);
    let call = match condition {
        None => call,
        Some(None) => call.if_none_match("*"),
        Some(Some(etag)) => call.if_match(etag),
    };
    let answer = call.body(ByteStream::from(bytes)).send().await;
    let words = format!("write {key} in bucket {}", bucket.name);
    answer.map(|answer| answer.e_tag.unwrap_or_default()).map_err(Refusal::to("s3:PutObject", words))
}

pub(super) fn overtaken(bucket: &Bucket) -> Error {
    Error::failed(format!("Could not publish into bucket {}", bucket.name))
        .why("another deploy of this site ran at the same time, and took over")
        .hint("once it has ended, run the same command again")
}
