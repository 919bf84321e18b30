//! GetObject and HeadObject.

use super::buckets::Bucket;
use super::call::Call;
use super::checksum;
use super::conditions::{ReadConditions, check_read};
use super::index::Index;
use super::rules;
use super::version::{Content, Version};
use super::write::shown_id;
use crate::sandbox::call::Refusal;
use bytes::{Bytes, BytesMut};
use futures::stream;
use http_body_util::StreamBody;
use hyper::body::Frame;
use s3s::dto::{
    GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, ReplicationStatus,
    ServerSideEncryption, StorageClass, StreamingBlob, Timestamp,
};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;
use tokio::io::AsyncReadExt;

/// The version that a read names, or the current one.
pub(super) fn find(index: &Index, key: &str, id: Option<&str>, now: i64) -> Result<Arc<Version>, Refusal> {
    let no_such_key = || rules::KEY_UNKNOWN.refusal("The specified key does not exist.");
    match id {
        None => {
            index.current(key, now).filter(|version| !version.is_marker()).cloned().ok_or_else(no_such_key)
        }
        Some(id) => {
            match index.version(key, id, now) {
                None => Err(rules::VERSION_UNKNOWN.refusal("The specified version does not exist.")),
                Some(version) if version.is_marker() => Err(rules::VERSION_MARKER
                    .refusal("The specified method is not allowed against this resource.")),
                Some(version) => Ok(version.clone()),
            }
        }
    }
}

/// A version together with its opened body, so that a write that comes between can't take it away.
pub(super) fn open(
    call: &Call,
    bucket: &Bucket,
    key: &str,
    id: Option<&str>,
) -> Result<(Arc<Version>, Content, File), Refusal> {
    call.read(bucket, |index| {
        let version = find(index, key, id, call.now())?;
        let content = version.content.clone().unwrap_or_default();
        let file = File::open(call.body_file(bucket, &content.body))?;
        Ok((version, content, file))
    })
}

/// How much of a body is in memory at once.
const PIECE: usize = 256 * 1024;

/// Goes through a file piece by piece.
pub(super) fn each_piece(
    mut file: impl Read,
    mut use_piece: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            size => use_piece(&buffer[..size])?,
        }
    }
}

/// A part of a body, read as the client takes it.
fn range_of(mut file: File, range: &Range<u64>) -> io::Result<s3s::Body> {
    file.seek(SeekFrom::Start(range.start))?;
    let size = range.end - range.start;
    if size <= PIECE as u64 {
        let mut bytes = Vec::new();
        file.take(size).read_to_end(&mut bytes)?;
        return Ok(s3s::Body::from(Bytes::from(bytes)));
    }
    let pieces = stream::try_unfold(tokio::fs::File::from_std(file).take(size), async |mut file| {
        let mut piece = BytesMut::with_capacity(PIECE);
        let read = file.read_buf(&mut piece).await?;
        Ok::<_, io::Error>((read > 0).then(|| (Frame::data(piece.freeze()), file)))
    });
    Ok(s3s::Body::http_body_unsync(StreamBody::new(pieces)))
}

pub(super) fn get(call: &Call, input: GetObjectInput) -> Result<GetObjectOutput, Refusal> {
    let bucket = call.bucket(&input.bucket)?;
    let (version, content, file) = open(call, &bucket, &input.key, input.version_id.as_deref())?;
    let conditions = ReadConditions {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
    };
    check_read(&conditions, &version)?;
    let range = asked_range(input.range.as_ref(), content.size)?;
    let body = range_of(file, range.as_ref().unwrap_or(&(0..content.size)))?;
    // A checksum is of the whole, so an answer with a part of it carries none.
    let head = described(call, &bucket, &version, content, input.checksum_mode.is_some() && range.is_none());
    Ok(with_body(head, Some(StreamingBlob::from(body)), range))
}

fn asked_range(range: Option<&s3s::dto::Range>, size: u64) -> Result<Option<Range<u64>>, Refusal> {
    let unsatisfiable = |_| rules::RANGE.refusal("The requested range is not satisfiable");
    range.map(|range| range.check(size)).transpose().map_err(unsatisfiable)
}

pub(super) fn head(call: &Call, input: HeadObjectInput) -> Result<HeadObjectOutput, Refusal> {
    let bucket = call.bucket(&input.bucket)?;
    let version =
        call.read(&bucket, |index| find(index, &input.key, input.version_id.as_deref(), call.now()))?;
    let conditions = ReadConditions {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
    };
    check_read(&conditions, &version)?;
    let content = version.content.clone().unwrap_or_default();
    Ok(described(call, &bucket, &version, content, input.checksum_mode.is_some()))
}

fn described(
    call: &Call,
    bucket: &Bucket,
    version: &Version,
    content: Content,
    with_checksums: bool,
) -> HeadObjectOutput {
    let (said, size) = (content.description, content.size);
    let sums =
        if with_checksums { checksum::answer(&content.checksums, content.composite) } else { <_>::default() };
    HeadObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        cache_control: said.cache_control,
        checksum_crc32: sums.checksum_crc32,
        checksum_crc32c: sums.checksum_crc32c,
        checksum_crc64nvme: sums.checksum_crc64nvme,
        checksum_sha1: sums.checksum_sha1,
        checksum_sha256: sums.checksum_sha256,
        checksum_type: sums.checksum_type,
        content_disposition: said.content_disposition,
        content_encoding: said.content_encoding,
        content_language: said.content_language,
        content_length: Some(size as i64),
        content_type: Some(said.content_type.unwrap_or_else(|| "binary/octet-stream".to_owned())),
        e_tag: version.etag(),
        expires: said.expires.map(Timestamp::from),
        last_modified: Some(version.last_modified()),
        metadata: Some(said.metadata.into_iter().collect()),
        replication_status: replication_status(version, call.now()),
        server_side_encryption: said.encryption.map(ServerSideEncryption::from),
        storage_class: said.storage_class.filter(|class| class != "STANDARD").map(StorageClass::from),
        version_id: shown_id(bucket, version),
        website_redirect_location: said.website_redirect_location,
        ..HeadObjectOutput::default()
    }
}

fn replication_status(version: &Version, now: i64) -> Option<ReplicationStatus> {
    let status = match version.replicated {
        _ if version.replica => ReplicationStatus::REPLICA,
        Some(arrival) if arrival <= now => ReplicationStatus::COMPLETED,
        Some(_) => ReplicationStatus::PENDING,
        None => return None,
    };
    Some(ReplicationStatus::from_static(status))
}

fn with_body(
    head: HeadObjectOutput,
    body: Option<StreamingBlob>,
    range: Option<Range<u64>>,
) -> GetObjectOutput {
    let size = head.content_length.unwrap_or_default();
    let content_range = range.as_ref().map(|range| format!("bytes {}-{}/{size}", range.start, range.end - 1));
    GetObjectOutput {
        accept_ranges: head.accept_ranges,
        body,
        cache_control: head.cache_control,
        checksum_crc32: head.checksum_crc32,
        checksum_crc32c: head.checksum_crc32c,
        checksum_crc64nvme: head.checksum_crc64nvme,
        checksum_sha1: head.checksum_sha1,
        checksum_sha256: head.checksum_sha256,
        checksum_type: head.checksum_type,
        content_disposition: head.content_disposition,
        content_encoding: head.content_encoding,
        content_language: head.content_language,
        content_length: Some(range.map_or(size, |range| (range.end - range.start) as i64)),
        content_range,
        content_type: head.content_type,
        e_tag: head.e_tag,
        expires: head.expires,
        last_modified: head.last_modified,
        metadata: head.metadata,
        replication_status: head.replication_status,
        server_side_encryption: head.server_side_encryption,
        storage_class: head.storage_class,
        version_id: head.version_id,
        website_redirect_location: head.website_redirect_location,
        ..GetObjectOutput::default()
    }
}
