//! Files too large to hold in memory go in parts, each read once and sent to every bucket.

use super::bucket::Bucket;
use super::emptying::abort;
use super::listing::key_of;
use super::refusal::Refusal;
use super::upload::{Sender, bare};
use crate::content::hash::ContentHash;
use crate::content::release::SiteFile;
use crate::error::{Error, Result};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, CompletedMultipartUpload, CompletedPart};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::future::{join_all, try_join_all};
use futures::stream::{self, TryStreamExt};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The smallest part that we send.
const PART: u64 = 8 * 1024 * 1024;

/// How many parts a file may have (aws-facts.md G).
const MOST_PARTS: u64 = 10_000;

/// How many parts of all files are in memory at once: few, since each is as large as everything that goes whole beside them.
pub const PARTS_AT_ONCE: usize = 3;

/// Sends a file to each of these buckets; gives its ETags there.
pub async fn send(file: &SiteFile, buckets: &[&Bucket], sender: &Sender<'_>) -> Result<Vec<String>> {
    let begun = join_all(buckets.iter().map(|bucket| Upload::begin(bucket, file))).await;
    let (begun, refused): (Vec<_>, Vec<_>) = begun.into_iter().partition(Result::is_ok);
    let uploads: Vec<_> = begun.into_iter().flatten().collect();
    let finished = match refused.into_iter().find_map(Result::err) {
        None => send_to(file, &uploads, sender).await,
        Some(refusal) => Err(refusal.into()),
    };
    if finished.is_err() {
        // The error at hand tells more than one from giving up; a lifecycle rule clears what stays.
        let _ = join_all(uploads.iter().map(Upload::give_up)).await;
    }
    finished
}

async fn send_to(file: &SiteFile, uploads: &[Upload<'_>], sender: &Sender<'_>) -> Result<Vec<String>> {
    let parts = send_parts(file, uploads, sender).await?;
    // Each is waited for: dropped, one might become a file after it was given up.
    join_all(uploads.iter().map(|upload| upload.finish(&parts))).await.into_iter().collect()
}

/// A file's way into one bucket.
struct Upload<'a> {
    bucket: &'a Bucket,
    file: &'a SiteFile,
    id: String,
}

/// One part of a file, in memory.
struct Part {
    number: i32,
    bytes: Bytes,
    sha256: ContentHash,
    /// Its share of the memory, given back once every bucket has it.
    _room: OwnedSemaphorePermit,
}

/// A part that every bucket has, with its ETag in each.
struct SentPart {
    number: i32,
    sha256: ContentHash,
    etags: Vec<(String, String)>,
}

async fn send_parts(file: &SiteFile, uploads: &[Upload<'_>], sender: &Sender<'_>) -> Result<Vec<SentPart>> {
    let parts = stream::try_unfold(PartReader::open(file, sender.parts())?, |reader| async {
        let room = reader.room().await?;
        // Reading and hashing would hold up everything else on this thread.
        let reading = tokio::task::spawn_blocking(move || reader.next(room));
        reading.await.map_err(|error| Error::failed("Could not read a part of a file").because(error))?
    });
    let sending = parts.map_ok(|part| send_part(part, uploads, sender));
    let mut sent: Vec<SentPart> = sending.try_buffer_unordered(PARTS_AT_ONCE).try_collect().await?;
    file.ensure_unchanged()?;
    // Sending may have taken long, and only now do the parts become a file.
    sender.ensure_checked().await?;
    sent.sort_by_key(|part| part.number);
    Ok(sent)
}

async fn send_part(part: Part, uploads: &[Upload<'_>], sender: &Sender<'_>) -> Result<SentPart> {
    sender.ensure_going_on().await?;
    let etags = try_join_all(uploads.iter().map(|upload| async {
        let etag = upload.send(&part).await?;
        sender.count(0, part.bytes.len() as u64);
        Ok::<_, Refusal>((upload.bucket.name.clone(), etag))
    }));
    Ok(SentPart { number: part.number, sha256: part.sha256, etags: etags.await? })
}

impl<'a> Upload<'a> {
    async fn begin(bucket: &'a Bucket, file: &'a SiteFile) -> Result<Upload<'a>, Refusal> {
        let call =
            bucket.s3.create_multipart_upload().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
        let answer = call
            .key(key_of(file.key()))
            .content_type(&file.headers.content_type)
            .cache_control(&file.headers.cache_control)
            .set_content_encoding(file.headers.content_encoding.clone())
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .send()
            .await;
        let words = format!("begin the upload of {} to bucket {}", file.key(), bucket.name);
        let id = answer.map_err(Refusal::to("s3:PutObject", words))?.upload_id.unwrap_or_default();
        Ok(Upload { bucket, file, id })
    }

    async fn send(&self, part: &Part) -> Result<String, Refusal> {
        let call = self.bucket.s3.upload_part().bucket(&self.bucket.name);
        let answer = call
            .expected_bucket_owner(&self.bucket.owner)
            .key(key_of(self.file.key()))
            .upload_id(&self.id)
            .part_number(part.number)
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .checksum_sha256(part.sha256.base64())
            .body(ByteStream::from(part.bytes.clone()))
            .send()
            .await;
        let words = self.words(&format!("upload part {} of", part.number));
        answer.map(|answer| answer.e_tag.unwrap_or_default()).map_err(Refusal::to("s3:PutObject", words))
    }

    async fn finish(&self, parts: &[SentPart]) -> Result<String> {
        let completed = parts.iter().map(|part| {
            let etag = part.etags.iter().find(|(bucket, _)| *bucket == self.bucket.name);
            CompletedPart::builder()
                .part_number(part.number)
                .checksum_sha256(part.sha256.base64())
                .set_e_tag(etag.map(|(_, etag)| etag.clone()))
                .build()
        });
        let completed = CompletedMultipartUpload::builder().set_parts(Some(completed.collect())).build();
        let call = self.bucket.s3.complete_multipart_upload().bucket(&self.bucket.name);
        let answer = call
            .expected_bucket_owner(&self.bucket.owner)
            .key(key_of(self.file.key()))
            .upload_id(&self.id)
            .multipart_upload(completed)
            .send()
            .await;
        match answer.map_err(Refusal::to("s3:PutObject", self.words("finish the upload of"))) {
            Ok(answer) => Ok(bare(answer.e_tag)),
            // The answer to an earlier try may have been lost.
            Err(refusal) if refusal.is("NoSuchUpload") => {
                let finished = self.already_finished(parts).await?;
                finished.ok_or_else(|| refusal.into())
            }
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// The object's ETag, if it is just what these parts make up.
    async fn already_finished(&self, parts: &[SentPart]) -> Result<Option<String>, Refusal> {
        let call = self.bucket.s3.head_object().bucket(&self.bucket.name);
        let call = call.expected_bucket_owner(&self.bucket.owner).key(key_of(self.file.key()));
        let answer = call.checksum_mode(ChecksumMode::Enabled).send().await;
        let there = answer.map_err(Refusal::to("s3:GetObject", self.words("look at")))?;
        let is_it = there.checksum_sha256() == Some(composite(parts).as_str());
        Ok(is_it.then(|| bare(there.e_tag)))
    }

    async fn give_up(&self) -> Result<(), Refusal> {
        abort(self.bucket, &key_of(self.file.key()), &self.id).await
    }

    fn words(&self, verb: &str) -> String {
        format!("{verb} {} in bucket {}", self.file.key(), self.bucket.name)
    }
}

/// The checksum that S3 gives an object of these parts: the hash of their hashes, and their count.
fn composite(parts: &[SentPart]) -> String {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part.sha256.0));
    format!("{}-{}", STANDARD.encode(hasher.finalize()), parts.len())
}

/// Reads a file part by part, and makes sure at the end that it is the file that was hashed.
struct PartReader {
    file: SiteFile,
    opened: File,
    whole: Sha256,
    number: i32,
    rooms: Arc<Semaphore>,
}

impl PartReader {
    fn open(file: &SiteFile, rooms: &Arc<Semaphore>) -> Result<PartReader> {
        let opened = File::open(file.path()).map_err(|error| unreadable(file, error))?;
        Ok(PartReader {
            file: file.clone(),
            opened,
            whole: Sha256::new(),
            number: 0,
            rooms: Arc::clone(rooms),
        })
    }

    /// Waits until one more part may be in memory.
    async fn room(&self) -> Result<OwnedSemaphorePermit> {
        let room = Arc::clone(&self.rooms).acquire_owned().await;
        room.map_err(|error| Error::failed("Could not read a part of a file").because(error))
    }

    fn next(mut self, room: OwnedSemaphorePermit) -> Result<Option<(Part, PartReader)>> {
        let size = part_size(self.file.size());
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        let read = (&mut self.opened).take(size).read_to_end(&mut bytes);
        read.map_err(|error| unreadable(&self.file, error))?;
        if bytes.is_empty() {
            return self.ensure_whole().map(|()| None);
        }
        self.whole.update(&bytes);
        self.number += 1;
        let sha256 = ContentHash::of(&bytes);
        let part = Part { number: self.number, sha256, bytes: Bytes::from(bytes), _room: room };
        Ok(Some((part, self)))
    }

    fn ensure_whole(self) -> Result<()> {
        if self.whole.finalize().as_slice() == self.file.sha256.0 {
            return Ok(());
        }
        Err(Error::failed(format!("Could not read {}", self.file.path().display()))
            .why("it changed after the release was planned")
            .hint("wait until the site's build has ended, then run the same command again"))
    }
}

/// The size of each part but the last.
fn part_size(size: u64) -> u64 {
    PART.max(size.div_ceil(MOST_PARTS))
}

fn unreadable(file: &SiteFile, error: io::Error) -> Error {
    Error::failed(format!("Could not read {}", file.path().display())).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_never_has_more_parts_than_s3_takes() {
        assert_eq!(part_size(1), PART);
        let huge: u64 = 5 * 1024 * 1024 * 1024 * 1024;
        assert!(huge.div_ceil(part_size(huge)) <= MOST_PARTS);
    }
}
