//! Sends the site's files: each is read once, and goes to every bucket that needs it.

use super::bucket::Bucket;
use super::bucket_settings::settled;
use super::listing::key_of;
use super::multipart;
use super::record::{FLICKER, Marker};
use super::refusal::Refusal;
use crate::apply::event::Amount;
use crate::apply::{Reporter, retry};
use crate::content::release::SiteFile;
use crate::error::{Error, Kind, Result};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, MetadataDirective};
use bytes::Bytes;
use futures::future::try_join_all;
use futures::stream::{self, StreamExt, TryStreamExt};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::{Mutex, PoisonError};
use tokio::sync::Semaphore;

/// How many files are on their way to each bucket at once: enough to hide the round trip, and far below the
/// rate at which S3 asks to go slower (aws-facts.md G).
const FILES_AT_ONCE: usize = 64;

/// Larger files go in parts.
const LARGEST_WHOLE: u64 = 8 * 1024 * 1024;

/// The largest object that one CopyObject takes: 5 GB, as the operation's own documentation says. Its authors
/// don't say which GB, so this is the smaller.
pub const LARGEST_COPY: u64 = 5_000_000_000;

/// After how many files it is checked again that no other run has taken over.
const FILES_BETWEEN_CHECKS: usize = 200;

/// How many large files are on their way at once.
const LARGE_AT_ONCE: usize = 2;

/// How many KiB of files that go whole are held in memory at once.
const MEMORY_KIB: usize = 64 * 1024;

/// One file and the buckets, by index, that need it.
#[derive(Debug, Clone)]
pub struct Parcel<'a> {
    /// The file.
    pub file: &'a SiteFile,
    /// The buckets that need its bytes.
    pub bytes_to: Vec<usize>,
    /// The buckets that only need its headers.
    pub headers_to: Vec<usize>,
}

/// What came of a file in one bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The bucket's index.
    pub bucket: usize,
    /// The file's key within the site.
    pub key: String,
    /// The ETag that S3 gave it, without quotes.
    pub etag: String,
}

/// A bucket with the marker of the run that writes to it.
#[derive(Debug, Clone)]
pub struct Marked {
    /// The bucket.
    pub bucket: Bucket,
    /// The run's marker.
    pub marker: Marker,
}

/// Sends files to buckets.
#[derive(Debug)]
pub struct Sender<'a> {
    places: Vec<Marked>,
    report: &'a Reporter,
    memory: Semaphore,
    large: Semaphore,
    amount: Mutex<Amount>,
}

impl<'a> Sender<'a> {
    /// A sender to these buckets that has this much to do in all.
    pub fn new(places: Vec<Marked>, report: &'a Reporter, all: &[Parcel<'_>]) -> Self {
        let amount = Amount {
            files_total: all
                .iter()
                .map(|parcel| (parcel.bytes_to.len() + parcel.headers_to.len()) as u64)
                .sum(),
            bytes_total: all.iter().map(|parcel| parcel.file.size() * parcel.bytes_to.len() as u64).sum(),
            ..Amount::default()
        };
        let (memory, large) = (Semaphore::new(MEMORY_KIB), Semaphore::new(LARGE_AT_ONCE));
        Sender { places, report, memory, large, amount: Mutex::new(amount) }
    }

    /// Sends all of these; in no order among themselves.
    pub async fn send_all(&self, parcels: &[Parcel<'_>]) -> Result<Vec<Sent>> {
        // By index: a closure over references could not be told to be sendable between threads.
        let sending = stream::iter(0..parcels.len())
            .map(|index| self.send(index, &parcels[index]))
            .buffer_unordered(FILES_AT_ONCE);
        let sent: Vec<Vec<Sent>> = sending.try_collect().await?;
        Ok(sent.into_iter().flatten().collect())
    }

    /// Counts bytes that have arrived.
    pub fn count_bytes(&self, bytes: u64) {
        self.count(0, bytes);
    }

    /// Where what is sent is told of.
    pub fn report(&self) -> &Reporter {
        self.report
    }

    async fn send(&self, index: usize, parcel: &Parcel<'_>) -> Result<Vec<Sent>> {
        if self.report.stop().requested() {
            self.report.cut_short();
            return Err(Error::new(Kind::Interrupted, "Stopped before all files were sent"));
        }
        let takes_long = parcel.file.size() > LARGEST_WHOLE;
        if takes_long || (index + 1).is_multiple_of(FILES_BETWEEN_CHECKS) {
            self.ensure_marked().await?;
        }
        let mut sent = self.send_bytes(parcel).await?;
        let copies = parcel.headers_to.iter().map(|bucket| self.replace_headers(parcel.file, *bucket));
        sent.extend(try_join_all(copies).await?);
        self.count(sent.len() as u64, 0);
        Ok(sent)
    }

    async fn ensure_marked(&self) -> Result<()> {
        let looks = self.places.iter().map(|place| place.marker.ensure_stands(&place.bucket, self.report));
        try_join_all(looks).await.map(drop)
    }

    async fn send_bytes(&self, parcel: &Parcel<'_>) -> Result<Vec<Sent>> {
        if parcel.bytes_to.is_empty() {
            return Ok(Vec::new());
        }
        let file = parcel.file;
        let buckets: Vec<&Bucket> = parcel.bytes_to.iter().map(|index| &self.places[*index].bucket).collect();
        let etags = if file.size() > LARGEST_WHOLE {
            let _turn = self.large.acquire().await.map_err(closed)?;
            multipart::send(file, &buckets, self).await?
        } else {
            self.send_whole(file, &buckets).await?
        };
        let key = file.key();
        let sent = parcel.bytes_to.iter().zip(etags);
        Ok(sent.map(|(bucket, etag)| Sent { bucket: *bucket, key: key.to_owned(), etag }).collect())
    }

    async fn send_whole(&self, file: &SiteFile, buckets: &[&Bucket]) -> Result<Vec<String>> {
        let kib = u32::try_from(file.size().div_ceil(1024)).unwrap_or(u32::MAX);
        let _share = self.memory.acquire_many(kib).await.map_err(closed)?;
        let bytes = read(file).await?;
        let puts = buckets.iter().map(|bucket| async {
            let etag = settled(bucket, self.report, || put(bucket, file, bytes.clone())).await?;
            self.count(0, file.size());
            Ok::<_, Refusal>(etag)
        });
        Ok(try_join_all(puts).await?)
    }

    async fn replace_headers(&self, file: &SiteFile, index: usize) -> Result<Sent, Refusal> {
        let bucket = &self.places[index].bucket;
        let etag = copied(bucket, self.report, || copy_onto_itself(bucket, file)).await?;
        Ok(Sent { bucket: index, key: file.key().to_owned(), etag })
    }

    fn count(&self, files: u64, bytes: u64) {
        let mut amount = self.amount.lock().unwrap_or_else(PoisonError::into_inner);
        amount.files += files;
        amount.bytes += bytes;
        self.report.progress(*amount);
    }
}

/// Copies until the bucket has settled: what is to be copied was seen before, so that it seems not to be there
/// may pass (aws-facts.md G).
pub async fn copied<T, F: Future<Output = Result<T, Refusal>>>(
    bucket: &Bucket,
    report: &Reporter,
    copy: impl Fn() -> F,
) -> Result<T, Refusal> {
    let waiting_for = format!("bucket {} to show its files", bucket.name);
    let is_hidden = |refusal: &Refusal| refusal.is("NoSuchKey");
    retry::retry(FLICKER, &waiting_for, report, is_hidden, || settled(bucket, report, &copy)).await
}

/// What the source of a copy is called.
pub fn copy_source(bucket: &str, key: &str) -> String {
    let escaped: Vec<String> =
        key.split('/').map(|name| utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()).collect();
    format!("{bucket}/{}", escaped.join("/"))
}

/// An ETag without its quotes.
pub fn bare(etag: Option<String>) -> String {
    etag.unwrap_or_default().trim_matches('"').to_owned()
}

async fn read(file: &SiteFile) -> Result<Bytes> {
    let owned = file.clone();
    let reading = tokio::task::spawn_blocking(move || owned.read().map(Bytes::from));
    reading
        .await
        .map_err(|error| Error::failed(format!("Could not read {}", file.path().display())).because(error))?
}

async fn put(bucket: &Bucket, file: &SiteFile, bytes: Bytes) -> Result<String, Refusal> {
    let call = bucket.s3.put_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let answer = call
        .key(key_of(file.key()))
        .content_type(&file.headers.content_type)
        .cache_control(&file.headers.cache_control)
        .set_content_encoding(file.headers.content_encoding.clone())
        .checksum_algorithm(ChecksumAlgorithm::Sha256)
        .checksum_sha256(file.sha256.base64())
        .body(ByteStream::from(bytes))
        .send()
        .await;
    let words = format!("upload {} to bucket {}", file.key(), bucket.name);
    answer.map(|answer| bare(answer.e_tag)).map_err(Refusal::to("s3:PutObject", words))
}

async fn copy_onto_itself(bucket: &Bucket, file: &SiteFile) -> Result<String, Refusal> {
    let key = key_of(file.key());
    let call = bucket.s3.copy_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let answer = call
        .copy_source(copy_source(&bucket.name, &key))
        .expected_source_bucket_owner(&bucket.owner)
        .key(key)
        .metadata_directive(MetadataDirective::Replace)
        .content_type(&file.headers.content_type)
        .cache_control(&file.headers.cache_control)
        .set_content_encoding(file.headers.content_encoding.clone())
        .send()
        .await;
    let words = format!("replace the headers of {} in bucket {}", file.key(), bucket.name);
    let etag = answer.map(|answer| bare(answer.copy_object_result.and_then(|result| result.e_tag)));
    etag.map_err(Refusal::to("s3:PutObject", words))
}

fn closed(error: tokio::sync::AcquireError) -> Error {
    Error::failed("Could not go on sending files").because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_of_a_copy_is_escaped_but_for_its_slashes() {
        assert_eq!(copy_source("b", "site/a b/ü+1.txt"), "b/site/a%20b/%C3%BC%2B1%2Etxt");
    }
}
