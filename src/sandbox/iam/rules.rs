//! What IAM refuses about roles, beside what the documents themselves get wrong.

use super::roles::invalid;
use crate::sandbox::call::Refusal;
use crate::sandbox::rules::RuleRow;

/// How many roles an account may have.
const ROLES: usize = 1_000;

/// A role's name: letters, digits and `_+=,.@-`, at most 64 (aws-facts.md A.6).
pub fn check_role_name(name: &str) -> Result<(), Refusal> {
    check_name("roleName", name, 64)
}

/// An inline policy's name: the same letters, at most 128.
pub fn check_policy_name(name: &str) -> Result<(), Refusal> {
    check_name("policyName", name, 128)
}

fn check_name(place: &str, name: &str, longest: usize) -> Result<(), Refusal> {
    if name.len() > longest {
        return Err(invalid(place, name, &format!("have length less than or equal to {longest}")));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if name.is_empty() || !name.bytes().all(allowed) {
        return Err(invalid(place, name, "satisfy regular expression pattern: [\\w+=,.@-]+"));
    }
    Ok(())
}

/// A path begins and ends with a slash.
pub fn check_path(path: &str) -> Result<(), Refusal> {
    let graphic = path.bytes().all(|byte| byte.is_ascii_graphic());
    let reserved = path.starts_with("/aws-service-role/");
    if path.starts_with('/') && path.ends_with('/') && graphic && path.len() <= 512 && !reserved {
        return Ok(());
    }
    let message = "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.";
    Err(Refusal::new(400, "ValidationError", message))
}

/// At most 1,000 characters.
pub fn check_description(description: Option<&str>) -> Result<(), Refusal> {
    match description {
        Some(words) if words.chars().count() > 1_000 => {
            Err(invalid("description", words, "have length less than or equal to 1000"))
        }
        Some(_) | None => Ok(()),
    }
}

/// Between one hour and twelve.
pub fn session_seconds(sent: Option<&str>) -> Result<u32, Refusal> {
    match sent.map(|seconds| (seconds, seconds.parse())) {
        None => Ok(3_600),
        Some((_, Ok(seconds @ 3_600..=43_200))) => Ok(seconds),
        Some((sent, Ok(_) | Err(_))) => {
            Err(invalid("maxSessionDuration", sent, "have value between 3600 and 43200"))
        }
    }
}

/// At most a thousand roles.
pub fn check_role_quota(count: usize) -> Result<(), Refusal> {
    if count < ROLES {
        return Ok(());
    }
    Err(Refusal::new(409, "LimitExceeded", format!("Cannot exceed quota for RolesPerAccount: {ROLES}")))
}

/// Every rule of IAM, for people.
pub fn rules() -> Vec<RuleRow> {
    ROWS.iter().map(|[id, code, about, source]| RuleRow { service: "iam", id, about, code, source }).collect()
}

const ROWS: &[[&str; 4]] = &[
    [
        "role-name",
        "ValidationError",
        "a role's name that is empty, has more than 64 characters or one that isn't allowed",
        "aws-facts.md A.6",
    ],
    ["role-path", "ValidationError", "a path that doesn't begin and end with a slash", "service model"],
    ["role-description", "ValidationError", "a description of more than 1,000 characters", "service model"],
    [
        "role-session",
        "ValidationError",
        "sessions shorter than an hour or longer than twelve",
        "service model",
    ],
    [
        "role-taken",
        "EntityAlreadyExists",
        "a role with a name that is taken, in any case",
        "aws-facts.md A.6",
    ],
    ["role-quota", "LimitExceeded", "more than 1,000 roles", "IAM quotas"],
    ["role-unknown", "NoSuchEntity", "a role that doesn't exist", "service model"],
    ["role-attached", "DeleteConflict", "deleting a role with attached policies", "aws-facts.md A.6, K32"],
    ["role-inline", "DeleteConflict", "deleting a role with inline policies", "aws-facts.md A.6, K32"],
    [
        "role-service-linked",
        "UnmodifiableEntity",
        "changing a role that belongs to a service",
        "service model",
    ],
    [
        "service-linked-taken",
        "InvalidInput",
        "a service-linked role that is there already",
        "aws-facts.md A.6",
    ],
    [
        "service-linked-unknown",
        "InvalidInput",
        "a service-linked role of a service without them",
        "service model",
    ],
    [
        "trust-document",
        "MalformedPolicyDocument",
        "a trust policy that is no policy, has resources, or lacks a principal or an sts action",
        "service model",
    ],
    [
        "policy-document",
        "MalformedPolicyDocument",
        "an inline policy that is no policy, has principals, or lacks resources",
        "service model",
    ],
    [
        "trust-length",
        "LimitExceeded",
        "a trust policy of more than 2,048 characters without white space",
        "IAM quotas",
    ],
    [
        "policies-length",
        "LimitExceeded",
        "inline policies of more than 10,240 characters without white space",
        "IAM quotas",
    ],
    [
        "policy-name",
        "ValidationError",
        "an inline policy's name that is empty, has more than 128 characters or one that isn't allowed",
        "service model",
    ],
    [
        "policy-unknown",
        "NoSuchEntity",
        "a policy that the role doesn't have, or that AWS doesn't have",
        "service model",
    ],
    ["policy-quota", "LimitExceeded", "more than 10 attached policies", "IAM quotas"],
    ["role-tag-quota", "LimitExceeded", "more than 50 tags", "IAM quotas"],
    ["role-tags", "InvalidInput", "a tag's key twice, or one of AWS's own", "IAM quotas"],
];
