//! UploadPartCopy: a part of a multipart upload that is read from an object which is there already.

use super::call::Call;
use super::checksum::{self, Sums};
use super::copy::{check_source, source};
use super::multipart::{StoredPart, body_name, check_part_number, find, keep_part};
use super::rules;
use super::version::Content;
use super::write::shown_id;
use super::{conditions::ReadConditions, read};
use crate::sandbox::call::Refusal;
use s3s::dto::{
    CopyPartResult, ETag, ServerSideEncryption, Timestamp, UploadPartCopyInput, UploadPartCopyOutput,
};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;

pub(super) fn copy(call: &Call, input: UploadPartCopyInput) -> Result<UploadPartCopyOutput, Refusal> {
    let owner = input.expected_source_bucket_owner.as_deref();
    let (source_bucket, source_key, source_id) = source(call, &input.copy_source, owner)?;
    let bucket = call.bucket(&input.bucket)?;
    let (upload, folder) = find(call, &bucket, &input.upload_id, &input.key)?;
    check_part_number(input.part_number)?;
    let (version, content, mut file) = read::open(call, &source_bucket, &source_key, source_id.as_deref())?;
    check_source(&conditions(&input), &version)?;
    let range = range(input.copy_source_range.as_deref(), &content)?;
    let algorithm = upload.algorithm.unwrap_or_else(|| checksum::OWN.to_owned());
    let mut sums = Sums::with(&algorithm);
    let mut written = tempfile::NamedTempFile::new_in(&folder)?;
    file.seek(SeekFrom::Start(range.start))?;
    read::each_piece(file.take(range.end - range.start), |piece| {
        sums.update(piece);
        written.write_all(piece)
    })?;
    let (etag, sum) = sums.finish();
    let part = StoredPart {
        number: input.part_number,
        etag,
        size: range.end - range.start,
        checksums: BTreeMap::from([(algorithm, sum)]),
        written: call.world.now,
    };
    let _: File = written.persist(folder.join(body_name(&part))).map_err(|error| error.error)?;
    keep_part(&folder, &part)?;
    Ok(UploadPartCopyOutput {
        copy_part_result: Some(result(part)),
        copy_source_version_id: shown_id(&source_bucket, &version),
        server_side_encryption: upload.description.encryption.map(ServerSideEncryption::from),
        ..UploadPartCopyOutput::default()
    })
}

fn conditions(input: &UploadPartCopyInput) -> ReadConditions {
    ReadConditions {
        if_match: input.copy_source_if_match.clone(),
        if_none_match: input.copy_source_if_none_match.clone(),
        if_modified_since: input.copy_source_if_modified_since.clone(),
        if_unmodified_since: input.copy_source_if_unmodified_since.clone(),
    }
}

/// The bytes asked for, by the first and the last of them; else all (service model).
fn range(asked: Option<&str>, source: &Content) -> Result<Range<u64>, Refusal> {
    let Some(asked) = asked else { return Ok(0..source.size) };
    let ends = asked.strip_prefix("bytes=").and_then(|ends| ends.split_once('-'));
    let ends = ends.and_then(|(first, last)| Some((first.parse::<u64>().ok()?, last.parse::<u64>().ok()?)));
    let message = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy";
    let (first, last) = ends.ok_or_else(|| rules::COPY_RANGE.refusal(message))?;
    if first > last || last >= source.size {
        let message = format!("Range specified is not valid for source object of size: {}", source.size);
        return Err(rules::COPY_RANGE.refusal(message));
    }
    Ok(first..last + 1)
}

fn result(part: StoredPart) -> CopyPartResult {
    let sums = checksum::answer(&part.checksums, false);
    CopyPartResult {
        checksum_crc32: sums.checksum_crc32,
        checksum_crc32c: sums.checksum_crc32c,
        checksum_crc64nvme: sums.checksum_crc64nvme,
        checksum_sha1: sums.checksum_sha1,
        checksum_sha256: sums.checksum_sha256,
        e_tag: Some(ETag::Strong(part.etag)),
        last_modified: Some(Timestamp::from(part.written)),
    }
}
