//! PutObject, and how any new version comes to be.

use super::buckets::Bucket;
use super::call::{Call, no_such_bucket};
use super::conditions::check_write;
use super::index::Change;
use super::rules;
use super::version::{Content, Description, NULL_VERSION, Version};
use super::{checksum, describe};
use crate::sandbox::call::Refusal;
use crate::sandbox::request_id;
use s3s::dto::{ETag, ETagCondition, ObjectCannedACL, PutObjectInput, PutObjectOutput, ServerSideEncryption};

/// A version about to be written.
pub(super) struct NewVersion {
    pub(super) key: String,
    pub(super) content: Content,
    pub(super) if_match: Option<ETagCondition>,
    pub(super) if_none_match: Option<ETagCondition>,
}

pub(super) fn put(call: &Call, input: PutObjectInput) -> Result<PutObjectOutput, Refusal> {
    let bucket = call.bucket(&input.bucket)?;
    check_acl(&bucket, input.acl.as_ref())?;
    let description = describe::put(&input, &bucket);
    check_description(&input.key, &description)?;
    let content = Content {
        body: call.write_body(&bucket, &call.body)?,
        size: call.body.len() as u64,
        etag: etag(checksum::md5_hex(&call.body), &description),
        checksums: checksum::kept(&call.headers, &call.body),
        composite: false,
        description,
    };
    let (if_match, if_none_match) = (input.if_match, input.if_none_match);
    let written = commit(
        call,
        &bucket,
        NewVersion { key: input.key, content: content.clone(), if_match, if_none_match },
    )?;
    let sums = checksum::answer(&content.checksums, false);
    Ok(PutObjectOutput {
        checksum_crc32: sums.checksum_crc32,
        checksum_crc32c: sums.checksum_crc32c,
        checksum_crc64nvme: sums.checksum_crc64nvme,
        checksum_sha1: sums.checksum_sha1,
        checksum_sha256: sums.checksum_sha256,
        checksum_type: sums.checksum_type,
        e_tag: Some(ETag::Strong(content.etag)),
        server_side_encryption: content.description.encryption.map(ServerSideEncryption::from),
        version_id: shown_id(&bucket, &written),
        ..PutObjectOutput::default()
    })
}

/// An object's ETag: the body's MD5, unless a KMS key encrypts it (aws-facts.md G).
pub(super) fn etag(md5: String, description: &Description) -> String {
    match description.encryption.as_deref() {
        Some(ServerSideEncryption::AES256) | None => md5,
        Some(_) => request_id::random_hex(16),
    }
}

/// A bucket whose owner owns everything takes no ACL but the one that says so.
fn check_acl(bucket: &Bucket, acl: Option<&ObjectCannedACL>) -> Result<(), Refusal> {
    let harmless = acl.is_none_or(|acl| acl.as_str() == ObjectCannedACL::BUCKET_OWNER_FULL_CONTROL);
    if harmless || bucket.ownership.as_deref() != Some("BucketOwnerEnforced") {
        return Ok(());
    }
    Err(rules::OBJECT_ACL.refusal("The bucket does not allow ACLs"))
}

/// Refuses what is too much: a key past 1,024 bytes, user metadata past 2 KB, more than ten tags.
pub(super) fn check_description(key: &str, description: &Description) -> Result<(), Refusal> {
    if key.len() > 1024 {
        return Err(rules::KEY_LENGTH.refusal("Your key is too long"));
    }
    let size: usize = description.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > 2048 {
        let message = "Your metadata headers exceed the maximum allowed metadata size";
        return Err(rules::METADATA_SIZE.refusal(message));
    }
    check_tag_count(description.tags.len())
}

/// An object has at most ten tags, however they are set.
pub(super) fn check_tag_count(count: usize) -> Result<(), Refusal> {
    if count > 10 {
        return Err(rules::TAG_QUOTA.refusal("Object tags cannot be greater than 10"));
    }
    Ok(())
}

/// Makes a version that is decided on the one that readers see. Its body goes again if that fails.
pub(super) fn commit(call: &Call, bucket: &Bucket, new: NewVersion) -> Result<Version, Refusal> {
    let body = new.content.body.clone();
    let committed = call.change(&bucket.name, |there, index, moment| {
        if there.id != bucket.id {
            return Err(no_such_bucket());
        }
        let current = index.current(&new.key, moment).map(AsRef::as_ref);
        check_write(new.if_match.as_ref(), new.if_none_match.as_ref(), current)?;
        let version = next_version(there, new.key, Some(new.content), moment);
        Ok((vec![Change::Put(Box::new(version.clone()))], version))
    });
    if committed.is_err() {
        call.discard_body(bucket, &body)?;
    }
    committed
}

/// The next version of a key: its own where the bucket keeps versions, else the null version anew.
pub(super) fn next_version(bucket: &Bucket, key: String, content: Option<Content>, since: i64) -> Version {
    let id = if bucket.keeps_versions() { request_id::random_hex(16) } else { NULL_VERSION.to_owned() };
    Version { key, id, since, content, replicated: None, replica: false }
}

/// The version id as answers show it: not at all while versioning was never on.
pub(super) fn shown_id(bucket: &Bucket, version: &Version) -> Option<String> {
    bucket.versioning.as_ref().map(|_| version.id.clone())
}
