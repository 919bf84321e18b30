//! What S3 checks of a bucket before any operation on it: that it is there, seen, ours, and in this region.

use super::buckets::{self, Bucket};
use super::call::{Call, no_such_bucket};
use super::rules;
use crate::sandbox::call::Refusal;
use crate::sandbox::pace::Wait;

/// A refusal, and the region of the bucket that it concerns.
pub(super) struct Stopped {
    pub(super) refusal: Refusal,
    pub(super) bucket_region: Option<String>,
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Stopped { refusal, bucket_region: None }
    }
}

/// Stops a call that may not reach the bucket.
pub(super) fn check(call: &Call, operation: &str, name: &str) -> Result<(), Stopped> {
    if name.is_empty() || operation == "CreateBucket" {
        return Ok(());
    }
    let found = buckets::find(&call.world.store, name).map_err(|error| stopped(error.into(), None))?;
    let bucket = found.ok_or_else(|| stopped(no_such_bucket(), None))?;
    let passed = check_visible(call, operation, &bucket)
        .and_then(|()| check_region(call, operation, &bucket))
        .and_then(|()| check_owner(call, &bucket));
    passed.map_err(|refusal| stopped(refusal, Some(bucket.region)))
}

fn stopped(refusal: Refusal, bucket_region: Option<String>) -> Stopped {
    // A bucket that can't be seen yet has no region to tell either.
    let bucket_region = bucket_region.filter(|_| refusal.code != rules::BUCKET_UNKNOWN.row.code);
    Stopped { refusal, bucket_region }
}

fn check_visible(call: &Call, operation: &str, bucket: &Bucket) -> Result<(), Refusal> {
    let visible = bucket.created + call.world.pace.duration(Wait::BucketVisible);
    if operation == "HeadBucket" || call.world.now >= visible { Ok(()) } else { Err(no_such_bucket()) }
}

/// The global endpoint reaches every region, so there only the signature is wrong; a regional one redirects.
fn check_region(call: &Call, operation: &str, bucket: &Bucket) -> Result<(), Refusal> {
    if call.region == bucket.region {
        return Ok(());
    }
    if call.region == "us-east-1" && operation != "HeadBucket" {
        let message = format!(
            "The authorization header is malformed; the region '{}' is wrong; expecting '{}'",
            call.region, bucket.region
        );
        return Err(rules::REGION_SIGNED.refusal(message));
    }
    let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.";
    Err(rules::REGION_ELSEWHERE.refusal(message))
}

fn check_owner(call: &Call, bucket: &Bucket) -> Result<(), Refusal> {
    let expected = call.headers.get("x-amz-expected-bucket-owner");
    let as_expected = expected.is_none_or(|expected| expected.as_bytes() == bucket.owner.as_bytes());
    if bucket.is_ours() && as_expected {
        return Ok(());
    }
    Err(rules::BUCKET_FOREIGN.refusal("Access Denied"))
}
