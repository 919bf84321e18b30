//! What every request to CloudFront needs while it is put together.

use crate::blueprint::resource::Ref;
use crate::error::Error;
use aws_sdk_cloudfront::error::BuildError;

/// The `Quantity` that CloudFront wants beside every list (aws-facts.md B).
pub fn quantity<T>(items: &[T]) -> i32 {
    i32::try_from(items.len()).unwrap_or(i32::MAX)
}

/// The value of a reference that is known to be resolved; empty otherwise, which CloudFront refuses.
pub fn resolved(reference: &Ref) -> String {
    reference.known().unwrap_or_default().to_owned()
}

/// A request that the SDK would not put together, which only a mistake of ours can cause.
pub fn unbuildable(subject: &str, error: BuildError) -> Error {
    Error::failed(format!("Could not put together the request for the {subject}")).because(error)
}

/// An answer that lacks what it is for.
pub fn unanswered(subject: &str) -> Error {
    Error::failed(format!("Could not read CloudFront's answer about the {subject}"))
        .why("CloudFront answered without it")
}
