//! One bucket's way for whole files: as many requests at once as S3 takes, from bytes that were read for all.

use super::bucket::Bucket;
use super::bucket_settings::settled;
use super::direct::Heard;
use super::listing::key_of;
use super::pace::Pace;
use super::reading::Loaded;
use super::refusal::Refusal;
use super::signed::{NewObject, address};
use super::upload::{Parcel, Sender, Sent};
use crate::content::release::SiteFile;
use crate::error::Result;
use futures::stream::{FuturesUnordered, StreamExt};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::mpsc::UnboundedReceiver;

/// One bucket's way for whole files.
#[derive(Debug)]
pub struct Lane<'a> {
    sender: &'a Sender<'a>,
    /// The bucket, by which its answers are known.
    number: usize,
    bucket: &'a Bucket,
    address: String,
    pace: &'a Mutex<Pace>,
}

impl<'a> Lane<'a> {
    /// A lane to the bucket of that number, at the pace that was found so far.
    pub async fn open(
        sender: &'a Sender<'a>,
        number: usize,
        bucket: &'a Bucket,
        pace: &'a Mutex<Pace>,
    ) -> Result<Lane<'a>, Refusal> {
        let address = address(&bucket.s3, &bucket.name).await?;
        Ok(Lane { sender, number, bucket, address, pace })
    }

    /// Sends what arrives until nothing more does. A run that is to stop sends what is on its way, and no more.
    pub async fn send(
        &self,
        parcels: &[Parcel<'_>],
        mut arriving: UnboundedReceiver<Loaded>,
    ) -> Result<Vec<Sent>> {
        let (mut flying, mut sent) = (FuturesUnordered::new(), Vec::new());
        let mut outcome = Ok(());
        let mut is_open = true;
        while is_open || !flying.is_empty() {
            let has_room = flying.len() < self.pace().limit();
            tokio::select! {
                loaded = arriving.recv(), if is_open && has_room => match loaded {
                    None => is_open = false,
                    Some(loaded) => {
                        outcome = self.sender.ensure_going_on().await;
                        is_open = outcome.is_ok();
                        if is_open {
                            flying.push(self.put(parcels[loaded.index].file, loaded));
                        }
                    }
                },
                Some(arrived) = flying.next() => match arrived {
                    Ok(arrived) => sent.push(arrived),
                    // The others still arrive: dropped, they might do so after whoever comes next has looked.
                    Err(refusal) => {
                        is_open = false;
                        self.sender.end(refusal.into());
                    }
                },
            }
        }
        outcome.map(|()| sent)
    }

    async fn put(&self, file: &SiteFile, loaded: Loaded) -> Result<Sent, Refusal> {
        let (hex, base64) = (file.sha256.hex(), file.sha256.base64());
        let object = NewObject {
            address: &self.address,
            owner: &self.bucket.owner,
            key: &key_of(file.key()),
            headers: &headers(file),
            bytes: loaded.bytes.clone(),
            sha256_hex: &hex,
            sha256_base64: &base64,
            words: &format!("upload {} to bucket {}", file.key(), self.bucket.name),
        };
        let put = || self.bucket.direct.put(&object, |heard| self.hear(heard));
        let etag = settled(self.bucket, self.sender.report(), put).await?;
        self.sender.count(1, file.size());
        Ok(Sent { bucket: self.number, key: file.key().to_owned(), etag })
    }

    fn hear(&self, heard: Heard) {
        match heard {
            Heard::Arrived(took) => self.pace().arrived(took),
            Heard::Busy => self.pace().slow_down(Instant::now()),
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a file is served with, as a request has it.
fn headers(file: &SiteFile) -> Vec<(&'static str, &str)> {
    let headers = &file.headers;
    let encoding = headers.content_encoding.as_deref().map(|encoding| ("content-encoding", encoding));
    let always =
        [("content-type", headers.content_type.as_str()), ("cache-control", headers.cache_control.as_str())];
    always.into_iter().chain(encoding).collect()
}
