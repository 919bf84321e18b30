//! Sends the site's files: each is read once, and goes to every bucket that needs it.

use super::bucket::Bucket;
use super::bucket_settings::settled;
use super::descriptors::connections_each;
use super::lane::Lane;
use super::listing::key_of;
use super::multipart;
use super::pace::Pace;
use super::reading::{Wanted, read_ahead};
use super::record::{FLICKER, Marker};
use super::refusal::Refusal;
use crate::apply::event::Amount;
use crate::apply::{Reporter, retry};
use crate::content::release::SiteFile;
use crate::error::{Error, Kind, Result};
use aws_sdk_s3::types::MetadataDirective;
use futures::future::{join_all, try_join_all};
use futures::stream::{self, StreamExt};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::unbounded_channel;

/// Larger files go in parts.
const LARGEST_WHOLE: u64 = 8 * 1024 * 1024;

/// The largest object that one CopyObject takes: 5 GB, as the operation's own documentation says. Its authors
/// don't say which GB, so this is the smaller.
pub const LARGEST_COPY: u64 = 5_000_000_000;

/// How often it is checked that no other run has taken over.
const BETWEEN_CHECKS: Duration = Duration::from_secs(1);

/// How often it is told how far the upload got.
const BETWEEN_TELLINGS: Duration = Duration::from_millis(100);

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
    /// How fast each of them takes files.
    paces: Vec<Mutex<Pace>>,
    report: &'a Reporter,
    /// How many parts of large files may be in memory.
    parts: Arc<Semaphore>,
    tally: Mutex<Tally>,
    /// Why nothing more is begun: another run has taken over, or something can't be sent.
    ended: OnceLock<Error>,
}

/// How far the upload got, and when that was told last.
#[derive(Debug)]
struct Tally {
    amount: Amount,
    told: Option<Instant>,
}

impl<'a> Sender<'a> {
    /// A sender to these buckets that has this much to do in all.
    pub async fn new(places: Vec<Marked>, report: &'a Reporter, all: &[Parcel<'_>]) -> Self {
        let amount = Amount {
            files_total: all
                .iter()
                .map(|parcel| (parcel.bytes_to.len() + parcel.headers_to.len()) as u64)
                .sum(),
            bytes_total: all.iter().map(|parcel| parcel.file.size() * parcel.bytes_to.len() as u64).sum(),
            ..Amount::default()
        };
        let most = connections_each(places.len());
        let paces =
            places.iter().map(|place| async move { Pace::new(most, place.bucket.round_trip().await) });
        let paces = join_all(paces).await.into_iter().map(Mutex::new).collect();
        Sender {
            places,
            paces,
            report,
            parts: Arc::new(Semaphore::new(multipart::PARTS_AT_ONCE)),
            tally: Mutex::new(Tally { amount, told: None }),
            ended: OnceLock::new(),
        }
    }

    /// Sends all of these; in no order among themselves.
    pub async fn send_all(&self, parcels: &[Parcel<'_>]) -> Result<Vec<Sent>> {
        self.ensure_going_on().await?;
        self.report.progress(self.tally().amount);
        let sending = async {
            tokio::join!(self.send_whole(parcels), self.send_large(parcels), self.replace_headers(parcels))
        };
        let (whole, large, copied) = tokio::select! {
            sent = sending => sent,
            never = self.notice_overtaking() => match never {},
        };
        self.ensure_not_ended()?;
        self.report.progress(self.tally().amount);
        Ok([whole, large, copied].into_iter().flatten().collect())
    }

    /// Sends; where that fails nothing more is begun, and what is on its way elsewhere comes to its end: dropped, an
    /// upload in parts would stay in the bucket.
    async fn or_end<T: Default>(&self, sending: impl Future<Output = Result<T>>) -> T {
        sending.await.unwrap_or_else(|error| {
            self.end(error);
            T::default()
        })
    }

    /// From now on nothing more is begun.
    pub fn end(&self, why: Error) {
        // Whatever failed first tells why.
        let _ = self.ended.set(why);
    }

    /// Counts files and bytes that have arrived.
    pub fn count(&self, files: u64, bytes: u64) {
        let mut tally = self.tally();
        tally.amount.files += files;
        tally.amount.bytes += bytes;
        if tally.told.is_none_or(|told| told.elapsed() >= BETWEEN_TELLINGS) {
            tally.told = Some(Instant::now());
            self.report.progress(tally.amount);
        }
    }

    /// Of which one is held for each part of a large file that is in memory.
    pub fn parts(&self) -> &Arc<Semaphore> {
        &self.parts
    }

    /// Where what is sent is told of.
    pub fn report(&self) -> &Reporter {
        self.report
    }

    /// A run that is to stop, or that was overtaken, begins nothing new. What is on its way still arrives: given
    /// up, it might arrive after whoever comes next has looked.
    pub async fn ensure_going_on(&self) -> Result<()> {
        if !self.report.stop().requested() {
            return self.ensure_checked().await;
        }
        self.ensure_not_ended()?;
        self.report.cut_short();
        Err(Error::new(Kind::Interrupted, "Stopped before all files were sent"))
    }

    /// An error once another run has taken over.
    pub async fn ensure_checked(&self) -> Result<()> {
        self.ensure_not_ended()?;
        let looks = self.places.iter().map(|place| place.marker.ensure_seen(&place.bucket, self.report));
        try_join_all(looks).await.map(drop)
    }

    fn ensure_not_ended(&self) -> Result<()> {
        self.ended.get().cloned().map_or(Ok(()), Err)
    }

    /// Looks again and again whether another run has taken over. Once one has, the next must find a marker from
    /// then on: what is on its way may take long to arrive, and this run may not live to see it.
    async fn notice_overtaking(&self) -> Infallible {
        loop {
            tokio::time::sleep(BETWEEN_CHECKS).await;
            if let Err(error) = self.ensure_marked().await {
                // Whoever was first to notice has told why.
                let _ = self.ended.set(error);
                let places = self.places.iter();
                // The run ends with an error, and tries this once more before it does.
                let _ = join_all(places.map(|place| place.marker.put_back(&place.bucket, self.report))).await;
            }
        }
    }

    async fn ensure_marked(&self) -> Result<()> {
        let looks = self.places.iter().map(|place| place.marker.ensure_stands(&place.bucket, self.report));
        try_join_all(looks).await.map(drop)
    }

    async fn send_whole(&self, parcels: &[Parcel<'_>]) -> Vec<Sent> {
        let whole = parcels.iter().enumerate().filter(|(_, parcel)| parcel.is_whole());
        let wanted: Vec<Wanted> = whole
            .map(|(index, parcel)| Wanted {
                index,
                file: parcel.file.clone(),
                lanes: parcel.bytes_to.clone(),
            })
            .collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let (inlets, outlets): (Vec<_>, Vec<_>) = self.places.iter().map(|_| unbounded_channel()).unzip();
        let ways = self.places.iter().zip(&self.paces).zip(outlets).enumerate();
        let lanes = ways.map(|(number, ((place, pace), outlet))| {
            self.or_end(async move {
                Lane::open(self, number, &place.bucket, pace).await?.send(parcels, outlet).await
            })
        });
        let (sent, ()) = tokio::join!(join_all(lanes), self.or_end(read_ahead(wanted, inlets)));
        sent.into_iter().flatten().collect()
    }

    async fn send_large(&self, parcels: &[Parcel<'_>]) -> Vec<Sent> {
        let large: Vec<&Parcel<'_>> = parcels.iter().filter(|parcel| parcel.is_large()).collect();
        // By index: a closure over references could not be told to be sendable between threads. Each file has at least
        // one part, and no more files can be on their way than parts.
        let sending = stream::iter(0..large.len()).map(|index| self.or_end(self.send_in_parts(large[index])));
        sending.buffer_unordered(multipart::PARTS_AT_ONCE).concat().await
    }

    async fn send_in_parts(&self, parcel: &Parcel<'_>) -> Result<Vec<Sent>> {
        self.ensure_going_on().await?;
        let file = parcel.file;
        let buckets: Vec<&Bucket> = parcel.bytes_to.iter().map(|index| &self.places[*index].bucket).collect();
        let etags = multipart::send(file, &buckets, self).await?;
        self.count(etags.len() as u64, 0);
        let sent = parcel.bytes_to.iter().zip(etags);
        Ok(sent.map(|(bucket, etag)| Sent { bucket: *bucket, key: file.key().to_owned(), etag }).collect())
    }

    async fn replace_headers(&self, parcels: &[Parcel<'_>]) -> Vec<Sent> {
        let all =
            parcels.iter().flat_map(|parcel| parcel.headers_to.iter().map(|bucket| (parcel.file, *bucket)));
        let all: Vec<(&SiteFile, usize)> = all.collect();
        let copies = stream::iter(0..all.len())
            .map(|index| self.or_end(self.replace_headers_of(all[index].0, all[index].1)));
        let at_once =
            self.paces.iter().map(|pace| pace.lock().unwrap_or_else(PoisonError::into_inner).limit()).sum();
        copies.buffer_unordered(at_once).concat().await
    }

    async fn replace_headers_of(&self, file: &SiteFile, number: usize) -> Result<Vec<Sent>> {
        self.ensure_going_on().await?;
        let bucket = &self.places[number].bucket;
        let etag = copied(bucket, self.report, || copy_onto_itself(bucket, file)).await?;
        self.count(1, 0);
        Ok(vec![Sent { bucket: number, key: file.key().to_owned(), etag }])
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Parcel<'_> {
    /// Whether its bytes go in one request.
    fn is_whole(&self) -> bool {
        !self.bytes_to.is_empty() && self.file.size() <= LARGEST_WHOLE
    }

    /// Whether its bytes go in parts.
    fn is_large(&self) -> bool {
        !self.bytes_to.is_empty() && self.file.size() > LARGEST_WHOLE
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_of_a_copy_is_escaped_but_for_its_slashes() {
        assert_eq!(copy_source("b", "site/a b/ü+1.txt"), "b/site/a%20b/%C3%BC%2B1%2Etxt");
    }
}
