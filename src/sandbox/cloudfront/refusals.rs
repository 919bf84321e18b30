//! CloudFront's error codes, with the status that its service model gives each.

use crate::sandbox::call::Refusal;

/// A refusal with one of CloudFront's codes, at that code's own status.
pub fn refusal(code: &str, message: impl Into<String>) -> Refusal {
    Refusal::new(status(code), code, message)
}

/// The status of a code: the service model's, by the families that its names fall into.
pub fn status(code: &str) -> u16 {
    match code {
        "AccessDenied" => 403,
        "PreconditionFailed" => 412,
        "BatchTooLarge" | "FunctionSizeLimitExceeded" | "EntitySizeLimitExceeded" => 413,
        "TestFunctionFailed" | "InternalFailure" => 500,
        "EntityNotFound" => 404,
        "CannotDeleteEntityWhileInUse" | "CannotUpdateEntityWhileInUse" => 409,
        _ if code.starts_with("NoSuch") => 404,
        _ if code.ends_with("AlreadyExists") || code.ends_with("InUse") || code.ends_with("NotDisabled") => {
            409
        }
        _ => 400,
    }
}

/// The refusal of a change that was not made against the newest version (aws-facts.md K3).
pub fn precondition_failed() -> Refusal {
    refusal(
        "PreconditionFailed",
        "The request failed because it didn't meet the preconditions in one or more request-header fields.",
    )
}

/// The refusal of a change without a version (aws-facts.md K3).
pub fn invalid_if_match() -> Refusal {
    refusal("InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.")
}
