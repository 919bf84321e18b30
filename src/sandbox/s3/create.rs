//! Makes, finds and removes buckets.

use super::buckets::{self, Bucket};
use super::call::Call;
use super::names;
use super::rules;
use crate::sandbox::call::Refusal;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use s3s::dto::{
    BucketLocationConstraint, CreateBucketInput, CreateBucketOutput, DeleteBucketInput, DeleteBucketOutput,
    GetBucketLocationInput, GetBucketLocationOutput, HeadBucketInput, HeadBucketOutput, ListBucketsInput,
    ListBucketsOutput, Owner, Tag, Timestamp,
};
use serde::Deserialize;
use std::sync::PoisonError;

/// An account has at most so many buckets (aws-facts.md G).
const BUCKETS: usize = 10_000;

/// What the body of CreateBucket asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Creation {
    location_constraint: Option<String>,
    tags: Option<Tags>,
}

#[derive(Debug, Deserialize)]
struct Tags {
    #[serde(rename = "Tag", default)]
    all: Vec<XmlTag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct XmlTag {
    key: String,
    #[serde(default)]
    value: String,
}

impl Creation {
    /// Reads the body of CreateBucket, which may be empty.
    pub(super) fn read(body: &[u8]) -> Result<Creation, Refusal> {
        if body.is_empty() {
            return Ok(Creation::default());
        }
        let malformed = || {
            let message =
                "The XML you provided was not well-formed or did not validate against our published schema";
            rules::MALFORMED.refusal(message)
        };
        let text = std::str::from_utf8(body).map_err(|_| malformed())?;
        quick_xml::de::from_str(text).map_err(|_| malformed())
    }

    fn tags(&self) -> Vec<Tag> {
        let all = self.tags.iter().flat_map(|tags| &tags.all);
        all.map(|tag| Tag { key: Some(tag.key.clone()), value: Some(tag.value.clone()) }).collect()
    }
}

pub(super) fn create(call: &Call, input: CreateBucketInput) -> Result<CreateBucketOutput, Refusal> {
    let name = &input.bucket;
    let creation = call.creation.as_ref();
    let account_regional =
        call.headers.get("x-amz-bucket-namespace").is_some_and(|value| value == "account-regional");
    names::check_name(name, account_regional, &call.region)?;
    names::check_location(
        creation.and_then(|creation| creation.location_constraint.as_deref()),
        &call.region,
    )?;
    let _lock = buckets::lock(&call.world.store, name)?;
    let location = Some(format!("/{name}"));
    if let Some(existing) = buckets::find(&call.world.store, name)? {
        return check_existing(&existing, &call.region).map(|()| CreateBucketOutput { location });
    }
    check_quota(buckets::count(&call.world.store)?)?;
    let mut bucket = Bucket::new(name, &call.region, call.world.now);
    bucket.tags = creation.map(Creation::tags).unwrap_or_default();
    bucket.was_tagged = !bucket.tags.is_empty();
    super::settings::check_tags(&bucket.tags)?;
    if let Some(ownership) = input.object_ownership {
        bucket.ownership = Some(ownership.as_str().to_owned());
    }
    if input.acl.is_some_and(|acl| acl.as_str() != "private")
        && bucket.ownership.as_deref() == Some("BucketOwnerEnforced")
    {
        let message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
        return Err(rules::BUCKET_ACL.refusal(message));
    }
    buckets::save(&call.world.store, &bucket)?;
    Ok(CreateBucketOutput { location })
}

fn check_quota(count: usize) -> Result<(), Refusal> {
    if count < BUCKETS {
        return Ok(());
    }
    Err(rules::BUCKET_QUOTA.refusal("You have attempted to create more buckets than allowed"))
}

/// In us-east-1 making one's own bucket again succeeds (aws-facts.md A.3).
fn check_existing(existing: &Bucket, region: &str) -> Result<(), Refusal> {
    if !existing.is_ours() {
        let message = "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.";
        return Err(rules::BUCKET_TAKEN.refusal(message));
    }
    if existing.region == "us-east-1" && region == "us-east-1" {
        return Ok(());
    }
    let message = "Your previous request to create the named bucket succeeded and you already own it.";
    Err(rules::BUCKET_OWNED.refusal(message))
}

pub(super) fn delete(call: &Call, input: DeleteBucketInput) -> Result<DeleteBucketOutput, Refusal> {
    let _lock = buckets::lock(&call.world.store, &input.bucket)?;
    let bucket = call.bucket(&input.bucket)?;
    let index = call.indexes.of(&call.world.store, &bucket);
    let mut index = index.lock().unwrap_or_else(PoisonError::into_inner);
    index.catch_up()?;
    if !index.is_empty() {
        let message = match bucket.versioning {
            Some(_) => {
                "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
            }
            None => "The bucket you tried to delete is not empty",
        };
        return Err(rules::BUCKET_NOT_EMPTY.refusal(message));
    }
    buckets::remove(&call.world.store, &bucket)?;
    call.indexes.forget(&call.world.store, &bucket);
    Ok(DeleteBucketOutput {})
}

pub(super) fn head(call: &Call, input: HeadBucketInput) -> Result<HeadBucketOutput, Refusal> {
    let bucket = call.bucket(&input.bucket)?;
    Ok(HeadBucketOutput { bucket_region: Some(bucket.region), ..HeadBucketOutput::default() })
}

pub(super) fn location(
    call: &Call,
    input: GetBucketLocationInput,
) -> Result<GetBucketLocationOutput, Refusal> {
    let region = call.bucket(&input.bucket)?.region;
    // us-east-1 has no constraint: the answer is an empty element.
    let constraint = if region == "us-east-1" { String::new() } else { region };
    Ok(GetBucketLocationOutput { location_constraint: Some(BucketLocationConstraint::from(constraint)) })
}

pub(super) fn list(call: &Call, input: ListBucketsInput) -> Result<ListBucketsOutput, Refusal> {
    let after = input.continuation_token.as_deref().map(decode_token).transpose()?.unwrap_or_default();
    let prefix = input.prefix.clone().unwrap_or_default();
    let in_region =
        |bucket: &Bucket| input.bucket_region.as_ref().is_none_or(|region| bucket.region == *region);
    let mut found: Vec<Bucket> = buckets::all(&call.world.store)?
        .into_iter()
        .filter(|bucket| bucket.name > after && bucket.name.starts_with(&prefix) && in_region(bucket))
        .collect();
    let page = usize::try_from(input.max_buckets.unwrap_or(10_000)).unwrap_or(10_000);
    let more = found.len() > page;
    found.truncate(page);
    let continuation_token = found.last().filter(|_| more).map(|last| encode_token(&last.name));
    Ok(ListBucketsOutput {
        buckets: Some(found.into_iter().map(listed).collect()),
        continuation_token,
        owner: Some(owner()),
        prefix: input.prefix,
    })
}

fn listed(bucket: Bucket) -> s3s::dto::Bucket {
    s3s::dto::Bucket {
        bucket_region: Some(bucket.region),
        creation_date: Some(Timestamp::from(bucket.created)),
        name: Some(bucket.name),
    }
}

/// The sandbox's account as S3 names it.
pub(super) fn owner() -> Owner {
    Owner { display_name: None, id: Some("5a".repeat(32)) }
}

/// An opaque token that says where a listing goes on.
pub(super) fn encode_token(last: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(last)
}

/// Where a listing goes on.
pub(super) fn decode_token(token: &str) -> Result<String, Refusal> {
    let invalid = || rules::TOKEN.refusal("The continuation token provided is incorrect");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| invalid())?;
    String::from_utf8(bytes).map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_ten_thousand_buckets_at_most() {
        assert_eq!(check_quota(9_999), Ok(()));
        assert_eq!(check_quota(10_000).unwrap_err().code, "TooManyBuckets");
    }
}
