//! CopyObject.

use super::buckets::Bucket;
use super::call::Call;
use super::checksum::{self, Sums};
use super::conditions::{ReadConditions, check_read};
use super::rules;
use super::version::{Content, Description, Version};
use super::write::{NewVersion, check_description, commit, etag, shown_id};
use super::{describe, read};
use crate::sandbox::call::Refusal;
use s3s::dto::{
    CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, ETag, MetadataDirective,
    ServerSideEncryption, TaggingDirective,
};
use std::collections::BTreeMap;

pub(super) fn copy(call: &Call, input: CopyObjectInput) -> Result<CopyObjectOutput, Refusal> {
    let owner = input.expected_source_bucket_owner.as_deref();
    let (source_bucket, source_key, source_id) = source(call, &input.copy_source, owner)?;
    let bucket = call.bucket(&input.bucket)?;
    let (version, content, file) = read::open(call, &source_bucket, &source_key, source_id.as_deref())?;
    let conditions = ReadConditions {
        if_match: input.copy_source_if_match.clone(),
        if_none_match: input.copy_source_if_none_match.clone(),
        if_modified_since: input.copy_source_if_modified_since.clone(),
        if_unmodified_since: input.copy_source_if_unmodified_since.clone(),
    };
    check_source(&conditions, &version)?;
    let description = description(&input, &bucket, &content.description);
    check_description(&input.key, &description)?;
    let to_itself = source_bucket.name == bucket.name && source_key == input.key && source_id.is_none();
    // With REPLACE nothing has to differ.
    if to_itself && !replaces_description(&input) && description == content.description {
        let message = "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";
        return Err(rules::COPY_ITSELF.refusal(message));
    }
    let algorithm = algorithm(&input, &content);
    let mut sums = Sums::with(&algorithm);
    let body = call.write_body_from(&bucket, [Ok(file)], &mut sums)?;
    let (md5, sum) = sums.finish();
    let copied = Content {
        body,
        size: content.size,
        etag: etag(md5, &description),
        checksums: BTreeMap::from([(algorithm, sum)]),
        composite: false,
        description,
    };
    finish(call, &bucket, input.key, copied, shown_id(&source_bucket, &version))
}

/// A copy has no 304: either condition that fails is a 412.
pub(super) fn check_source(conditions: &ReadConditions, version: &Version) -> Result<(), Refusal> {
    check_read(conditions, version).map_err(|refusal| Refusal {
        status: 412,
        code: "PreconditionFailed".into(),
        ..refusal
    })
}

/// A copy's checksum: by the algorithm asked for, else as the source's, if that is of the whole body.
fn algorithm(input: &CopyObjectInput, source: &Content) -> String {
    let asked = input.checksum_algorithm.as_ref().map(|algorithm| algorithm.as_str().to_lowercase());
    let kept = || source.checksums.keys().next().filter(|_| !source.composite).cloned();
    asked.or_else(kept).unwrap_or_else(|| checksum::OWN.to_owned())
}

fn finish(
    call: &Call,
    bucket: &Bucket,
    key: String,
    content: Content,
    copy_source_version_id: Option<String>,
) -> Result<CopyObjectOutput, Refusal> {
    let new = NewVersion { key, content: content.clone(), if_match: None, if_none_match: None };
    let written = commit(call, bucket, new)?;
    let sums = checksum::answer(&content.checksums, false);
    let result = CopyObjectResult {
        checksum_crc32: sums.checksum_crc32,
        checksum_crc32c: sums.checksum_crc32c,
        checksum_crc64nvme: sums.checksum_crc64nvme,
        checksum_sha1: sums.checksum_sha1,
        checksum_sha256: sums.checksum_sha256,
        checksum_type: sums.checksum_type,
        e_tag: Some(ETag::Strong(content.etag)),
        last_modified: Some(written.last_modified()),
    };
    Ok(CopyObjectOutput {
        copy_object_result: Some(result),
        copy_source_version_id,
        server_side_encryption: content.description.encryption.map(ServerSideEncryption::from),
        version_id: shown_id(bucket, &written),
        ..CopyObjectOutput::default()
    })
}

/// The bucket, key and version that a copy is made of.
pub(super) fn source(
    call: &Call,
    named: &CopySource,
    expected_owner: Option<&str>,
) -> Result<(Bucket, String, Option<String>), Refusal> {
    let CopySource::Bucket { bucket, key, version_id } = named else {
        return Err(Refusal::new(501, "NotImplemented", "The sandbox has no access points."));
    };
    let found = call.bucket(bucket)?;
    let as_expected = expected_owner.is_none_or(|owner| owner == found.owner);
    if !found.is_ours() || !as_expected {
        return Err(rules::BUCKET_FOREIGN.refusal("Access Denied"));
    }
    Ok((found, key.to_string(), version_id.as_deref().map(str::to_owned)))
}

fn replaces_description(input: &CopyObjectInput) -> bool {
    input.metadata_directive.as_ref().map(MetadataDirective::as_str) == Some(MetadataDirective::REPLACE)
}

fn description(input: &CopyObjectInput, bucket: &Bucket, source: &Description) -> Description {
    let said = describe::copy(input, bucket);
    let replaces = replaces_description(input);
    let replaces_tags =
        input.tagging_directive.as_ref().map(TaggingDirective::as_str) == Some(TaggingDirective::REPLACE);
    let tags = if replaces_tags { said.tags.clone() } else { source.tags.clone() };
    let kept = if replaces { said.clone() } else { source.clone() };
    Description {
        tags,
        storage_class: said.storage_class,
        encryption: said.encryption,
        website_redirect_location: said.website_redirect_location,
        ..kept
    }
}
