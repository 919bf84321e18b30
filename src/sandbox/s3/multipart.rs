//! Multipart uploads: `uploads/ID.json` says what is uploaded, `uploads/ID/` holds the parts.

use super::buckets::{Bucket, contents_folder};
use super::call::Call;
use super::checksum::{self, Sums};
use super::create::owner;
use super::describe;
use super::listing::encoded;
use super::rules;
use super::version::{Content, Description};
use super::write::{NewVersion, check_description, commit, shown_id};
use crate::sandbox::call::Refusal;
use crate::sandbox::request_id;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use s3s::dto::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use time::OffsetDateTime;

const SMALLEST_PART: u64 = 5 * 1024 * 1024;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Upload {
    key: String,
    initiated: OffsetDateTime,
    pub(super) description: Description,
    /// The lower-case algorithm of its checksums, if the uploader chose one.
    pub(super) algorithm: Option<String>,
    /// Whether the checksum is to be of the whole object rather than of the parts' checksums.
    whole: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredPart {
    pub(super) number: i32,
    pub(super) etag: String,
    pub(super) size: u64,
    pub(super) checksums: BTreeMap<String, String>,
    pub(super) written: OffsetDateTime,
}

fn uploads_folder(call: &Call, bucket: &Bucket) -> PathBuf {
    contents_folder(&call.world.store, bucket).join("uploads")
}

fn write_json(file: &Path, value: &impl Serialize) -> io::Result<()> {
    let folder = file.parent().ok_or_else(|| io::Error::other("an upload's files are in a folder"))?;
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(&serde_json::to_vec(value)?)?;
    beside.persist(file)?;
    Ok(())
}

fn no_such_upload() -> Refusal {
    let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
    rules::UPLOAD_UNKNOWN.refusal(message)
}

/// The upload of this id and the folder of its parts.
pub(super) fn find(call: &Call, bucket: &Bucket, id: &str, key: &str) -> Result<(Upload, PathBuf), Refusal> {
    // Ids become file names, so only what can be an id is looked for.
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(no_such_upload());
    }
    let folder = uploads_folder(call, bucket).join(id);
    match fs::read(folder.with_extension("json")) {
        Ok(bytes) => {
            let upload: Upload = serde_json::from_slice(&bytes).map_err(io::Error::from)?;
            if upload.key == key { Ok((upload, folder)) } else { Err(no_such_upload()) }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(no_such_upload()),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn create(
    call: &Call,
    input: CreateMultipartUploadInput,
) -> Result<CreateMultipartUploadOutput, Refusal> {
    let bucket = call.bucket(&input.bucket)?;
    let description = describe::multipart(&input, &bucket);
    check_description(&input.key, &description)?;
    let algorithm = input.checksum_algorithm.as_ref().map(|algorithm| algorithm.as_str().to_lowercase());
    let asked_whole =
        input.checksum_type.as_ref().map(ChecksumType::as_str) == Some(ChecksumType::FULL_OBJECT);
    let whole = asked_whole || algorithm.as_deref().is_none_or(|algorithm| algorithm == "crc64nvme");
    let encryption = description.encryption.clone().map(ServerSideEncryption::from);
    let upload = Upload { key: input.key.clone(), initiated: call.world.now, description, algorithm, whole };
    let id = request_id::random_hex(24);
    let folder = uploads_folder(call, &bucket).join(&id);
    fs::create_dir_all(&folder)?;
    write_json(&folder.with_extension("json"), &upload)?;
    Ok(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        checksum_algorithm: input.checksum_algorithm,
        checksum_type: input.checksum_type,
        key: Some(input.key),
        server_side_encryption: encryption,
        upload_id: Some(id),
        ..CreateMultipartUploadOutput::default()
    })
}

pub(super) fn upload_part(call: &Call, input: UploadPartInput) -> Result<UploadPartOutput, Refusal> {
    let bucket = call.bucket(&input.bucket)?;
    let (upload, folder) = find(call, &bucket, &input.upload_id, &input.key)?;
    check_part_number(input.part_number)?;
    let mut checksums = checksum::sent(&call.headers);
    if let Some(algorithm) = upload.algorithm.filter(|algorithm| !checksums.contains_key(algorithm)) {
        checksums.insert(algorithm.clone(), checksum::of(&algorithm, &call.body));
    }
    let part = StoredPart {
        number: input.part_number,
        etag: checksum::md5_hex(&call.body),
        size: call.body.len() as u64,
        checksums,
        written: call.world.now,
    };
    // The body's name follows from its content, so a part sent again never mixes two bodies.
    fs::write(folder.join(body_name(&part)), &call.body)?;
    keep_part(&folder, &part)?;
    let sums = checksum::answer(&part.checksums, false);
    Ok(UploadPartOutput {
        checksum_crc32: sums.checksum_crc32,
        checksum_crc32c: sums.checksum_crc32c,
        checksum_crc64nvme: sums.checksum_crc64nvme,
        checksum_sha1: sums.checksum_sha1,
        checksum_sha256: sums.checksum_sha256,
        e_tag: Some(ETag::Strong(part.etag)),
        server_side_encryption: upload.description.encryption.map(ServerSideEncryption::from),
        ..UploadPartOutput::default()
    })
}

pub(super) fn check_part_number(number: i32) -> Result<(), Refusal> {
    let message = "Part number must be an integer between 1 and 10000, inclusive";
    if (1..=10_000).contains(&number) { Ok(()) } else { Err(rules::PART_NUMBER.refusal(message)) }
}

/// Has the upload know of a part whose body is there.
pub(super) fn keep_part(folder: &Path, part: &StoredPart) -> io::Result<()> {
    write_json(&folder.join(format!("{:05}.json", part.number)), part)
}

pub(super) fn body_name(part: &StoredPart) -> String {
    format!("{:05}-{}", part.number, part.etag)
}

fn stored_parts(folder: &Path) -> Result<Vec<StoredPart>, Refusal> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "json") {
            let part: StoredPart = serde_json::from_slice(&fs::read(file)?).map_err(io::Error::from)?;
            parts.push(part);
        }
    }
    parts.sort_by_key(|part| part.number);
    Ok(parts)
}

pub(super) fn complete(
    call: &Call,
    input: CompleteMultipartUploadInput,
) -> Result<CompleteMultipartUploadOutput, Refusal> {
    let bucket = call.bucket(&input.bucket)?;
    let (upload, folder) = find(call, &bucket, &input.upload_id, &input.key)?;
    let asked = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
    let content = joined(call, &bucket, upload, &folder, &asked)?;
    let new = NewVersion {
        key: input.key.clone(),
        content: content.clone(),
        if_match: input.if_match,
        if_none_match: input.if_none_match,
    };
    let written = commit(call, &bucket, new)?;
    remove(&folder)?;
    let sums = checksum::answer(&content.checksums, content.composite);
    Ok(CompleteMultipartUploadOutput {
        location: Some(format!("/{}/{}", input.bucket, input.key)),
        bucket: Some(input.bucket),
        checksum_crc32: sums.checksum_crc32,
        checksum_crc32c: sums.checksum_crc32c,
        checksum_crc64nvme: sums.checksum_crc64nvme,
        checksum_sha1: sums.checksum_sha1,
        checksum_sha256: sums.checksum_sha256,
        checksum_type: sums.checksum_type,
        e_tag: Some(ETag::Strong(content.etag)),
        key: Some(input.key),
        server_side_encryption: content.description.encryption.map(ServerSideEncryption::from),
        version_id: shown_id(&bucket, &written),
        ..CompleteMultipartUploadOutput::default()
    })
}

/// The parts in one body.
fn joined(
    call: &Call,
    bucket: &Bucket,
    upload: Upload,
    folder: &Path,
    asked: &[CompletedPart],
) -> Result<Content, Refusal> {
    let parts = chosen_parts(asked, &stored_parts(folder)?)?;
    let algorithm = upload.algorithm.clone().unwrap_or_else(|| checksum::OWN.to_owned());
    let mut sums = Sums::with(&algorithm);
    let files = parts.iter().map(|part| File::open(folder.join(body_name(part))));
    let body = call.write_body_from(bucket, files, &mut sums)?;
    let (_, of_whole) = sums.finish();
    let sum = if upload.whole { of_whole } else { sum_of_sums(&algorithm, &parts) };
    Ok(Content {
        body,
        size: parts.iter().map(|part| part.size).sum(),
        etag: etag_of_parts(&parts),
        checksums: BTreeMap::from([(algorithm, sum)]),
        composite: !upload.whole,
        description: upload.description,
    })
}

fn chosen_parts(asked: &[CompletedPart], stored: &[StoredPart]) -> Result<Vec<StoredPart>, Refusal> {
    let invalid = || {
        let message = "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
        rules::PART_UNKNOWN.refusal(message)
    };
    if asked.is_empty() {
        return Err(rules::MALFORMED.refusal("The XML you provided was not well-formed"));
    }
    if asked.windows(2).any(|pair| pair[0].part_number >= pair[1].part_number) {
        let message = "The list of parts was not in ascending order. Parts must be ordered by part number.";
        return Err(rules::PART_ORDER.refusal(message));
    }
    let mut chosen = Vec::new();
    for part in asked {
        let same_number = |stored: &&StoredPart| Some(stored.number) == part.part_number;
        let found = stored.iter().find(same_number).ok_or_else(invalid)?;
        if part.e_tag.as_ref().is_none_or(|etag| etag.value() != found.etag) {
            return Err(invalid());
        }
        chosen.push(found.clone());
    }
    let all_but_last = &chosen[..chosen.len() - 1];
    if all_but_last.iter().any(|part| part.size < SMALLEST_PART) {
        let message = "Your proposed upload is smaller than the minimum allowed size";
        return Err(rules::PART_SIZE.refusal(message));
    }
    Ok(chosen)
}

fn etag_of_parts(parts: &[StoredPart]) -> String {
    let digests: Vec<u8> =
        parts.iter().flat_map(|part| hex::decode(&part.etag).unwrap_or_default()).collect();
    format!("{}-{}", checksum::md5_hex(&digests), parts.len())
}

fn sum_of_sums(algorithm: &str, parts: &[StoredPart]) -> String {
    let decoded =
        |part: &StoredPart| part.checksums.get(algorithm).and_then(|sum| BASE64_STANDARD.decode(sum).ok());
    let sums: Vec<u8> = parts.iter().filter_map(decoded).flatten().collect();
    format!("{}-{}", checksum::of(algorithm, &sums), parts.len())
}

fn remove(folder: &Path) -> Result<(), Refusal> {
    // The description first: without it the upload is gone, whatever happens to its parts.
    fs::remove_file(folder.with_extension("json"))?;
    Ok(fs::remove_dir_all(folder)?)
}

pub(super) fn abort(
    call: &Call,
    input: AbortMultipartUploadInput,
) -> Result<AbortMultipartUploadOutput, Refusal> {
    let bucket = call.bucket(&input.bucket)?;
    let (_, folder) = find(call, &bucket, &input.upload_id, &input.key)?;
    remove(&folder)?;
    Ok(AbortMultipartUploadOutput::default())
}

pub(super) fn list_parts(call: &Call, input: ListPartsInput) -> Result<ListPartsOutput, Refusal> {
    let bucket = call.bucket(&input.bucket)?;
    let (_, folder) = find(call, &bucket, &input.upload_id, &input.key)?;
    let marker = input.part_number_marker.unwrap_or(0);
    let limit = usize::try_from(input.max_parts.unwrap_or(1000)).unwrap_or(1000).min(1000);
    let mut parts: Vec<StoredPart> = stored_parts(&folder)?;
    parts.retain(|part| part.number > marker);
    let more = parts.len() > limit;
    parts.truncate(limit);
    let next_part_number_marker = parts.last().map(|part| part.number);
    Ok(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        owner: Some(owner()),
        part_number_marker: Some(marker),
        next_part_number_marker,
        max_parts: Some(limit as i32),
        is_truncated: Some(more),
        parts: Some(parts.into_iter().map(listed_part).collect()),
        storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
        ..ListPartsOutput::default()
    })
}

fn listed_part(part: StoredPart) -> Part {
    let sums = checksum::answer(&part.checksums, false);
    Part {
        checksum_crc32: sums.checksum_crc32,
        checksum_crc32c: sums.checksum_crc32c,
        checksum_crc64nvme: sums.checksum_crc64nvme,
        checksum_sha1: sums.checksum_sha1,
        checksum_sha256: sums.checksum_sha256,
        e_tag: Some(ETag::Strong(part.etag)),
        last_modified: Some(Timestamp::from(part.written)),
        part_number: Some(part.number),
        size: Some(part.size as i64),
    }
}

pub(super) fn list(
    call: &Call,
    input: ListMultipartUploadsInput,
) -> Result<ListMultipartUploadsOutput, Refusal> {
    let bucket = call.bucket(&input.bucket)?;
    let prefix = input.prefix.clone().unwrap_or_default();
    let limit = usize::try_from(input.max_uploads.unwrap_or(1000)).unwrap_or(1000).min(1000);
    let marker =
        (input.key_marker.clone().unwrap_or_default(), input.upload_id_marker.clone().unwrap_or_default());
    let past_marker = |key: &str, id: &str| match marker.1.is_empty() {
        true => key > marker.0.as_str(),
        false => (key, id) > (marker.0.as_str(), marker.1.as_str()),
    };
    let mut uploads = unfinished(&uploads_folder(call, &bucket))?;
    uploads.retain(|(upload, id)| upload.key.starts_with(&prefix) && past_marker(&upload.key, id));
    let more = uploads.len() > limit;
    uploads.truncate(limit);
    let url = input.encoding_type.is_some();
    let last = uploads.last().filter(|_| more);
    Ok(ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        encoding_type: input.encoding_type,
        is_truncated: Some(more),
        key_marker: input.key_marker.map(|key| encoded(&key, url)),
        upload_id_marker: input.upload_id_marker,
        max_uploads: Some(limit as i32),
        next_key_marker: last.map(|(upload, _)| encoded(&upload.key, url)),
        next_upload_id_marker: last.map(|(_, id)| id.clone()),
        prefix: Some(encoded(&prefix, url)),
        uploads: Some(uploads.into_iter().map(|(upload, id)| listed_upload(upload, id, url)).collect()),
        ..ListMultipartUploadsOutput::default()
    })
}

/// Uploads under way, by key and id.
fn unfinished(folder: &Path) -> Result<Vec<(Upload, String)>, Refusal> {
    let mut uploads = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        let id = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if file.extension().is_some_and(|extension| extension == "json") {
            let upload: Upload = serde_json::from_slice(&fs::read(&file)?).map_err(io::Error::from)?;
            uploads.push((upload, id));
        }
    }
    uploads.sort_by(|one, other| (&one.0.key, &one.1).cmp(&(&other.0.key, &other.1)));
    Ok(uploads)
}

fn listed_upload(upload: Upload, id: String, url: bool) -> MultipartUpload {
    MultipartUpload {
        initiated: Some(Timestamp::from(upload.initiated)),
        key: Some(encoded(&upload.key, url)),
        owner: Some(owner()),
        storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
        upload_id: Some(id),
        ..MultipartUpload::default()
    }
}
