//! Policy documents: what makes one, in a role's trust and in a role's permissions.

use crate::sandbox::call::Refusal;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

/// IAM writes documents with everything encoded but the characters that RFC 3986 leaves unreserved.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A document as IAM gives it back (aws-facts.md A.6).
pub fn encode(document: &str) -> String {
    utf8_percent_encode(document, ENCODED).to_string()
}

/// A statement: JSON with an effect.
pub type Statement = Map<String, Value>;

/// Checks a trust policy: each statement names principals and sts actions, and no resource.
pub fn check_trust(document: &str) -> Result<(), Refusal> {
    check_length(document, 2_048, "ACLSizePerRole")?;
    for statement in &statements(document)? {
        check_statement(statement)?;
        if statement.contains_key("Resource") || statement.contains_key("NotResource") {
            return Err(malformed("Has prohibited field Resource"));
        }
        check_principal(statement.get("Principal").or(statement.get("NotPrincipal")))?;
        if !texts(statement.get("Action")).iter().all(|action| action.starts_with("sts:") || *action == "*") {
            return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
        }
    }
    Ok(())
}

/// Checks an inline policy: each statement names actions and resources, and no principal.
pub fn check_permissions(document: &str) -> Result<(), Refusal> {
    for statement in &statements(document)? {
        check_statement(statement)?;
        if statement.contains_key("Principal") || statement.contains_key("NotPrincipal") {
            return Err(malformed("Policy document should not specify a principal."));
        }
        let resources = texts(statement.get("Resource").or(statement.get("NotResource")));
        if resources.is_empty() {
            return Err(malformed("Policy statement must contain resources."));
        }
        if let Some(resource) =
            resources.iter().find(|resource| **resource != "*" && !resource.starts_with("arn:"))
        {
            return Err(malformed(&format!("Resource {resource} must be in ARN format or \"*\".")));
        }
        if let Some(action) =
            actions(statement).iter().find(|action| **action != "*" && !action.contains(':'))
        {
            return Err(malformed(&format!(
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. ({action})"
            )));
        }
    }
    Ok(())
}

/// The length that counts against quotas: without white space.
pub fn length(document: &str) -> usize {
    document.chars().filter(|character| !character.is_whitespace()).count()
}

fn check_length(document: &str, longest: usize, quota: &str) -> Result<(), Refusal> {
    if length(document) > longest {
        return Err(Refusal::new(
            409,
            "LimitExceeded",
            format!("Cannot exceed quota for {quota}: {longest}"),
        ));
    }
    Ok(())
}

/// Every statement of a document.
pub fn statements(document: &str) -> Result<Vec<Statement>, Refusal> {
    let parsed: Statement =
        serde_json::from_str(document).map_err(|_| malformed("This policy contains invalid Json"))?;
    let known = ["Version", "Id", "Statement"];
    if let Some(unknown) = parsed.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(malformed(&format!("Syntax errors in policy: unknown field {unknown}.")));
    }
    let version = parsed.get("Version").map_or(Some("2008-10-17"), Value::as_str);
    if !matches!(version, Some("2012-10-17" | "2008-10-17")) {
        return Err(malformed("The policy must contain a valid version string"));
    }
    let statements = match parsed.get("Statement") {
        Some(Value::Array(statements)) => statements.clone(),
        Some(statement) => vec![statement.clone()],
        None => Vec::new(),
    };
    let objects: Option<Vec<Statement>> =
        statements.iter().map(|statement| statement.as_object().cloned()).collect();
    objects.filter(|statements| !statements.is_empty()).ok_or_else(|| malformed("Syntax errors in policy."))
}

fn check_statement(statement: &Statement) -> Result<(), Refusal> {
    const KNOWN: [&str; 9] = [
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    if statement.keys().any(|key| !KNOWN.contains(&key.as_str())) {
        return Err(malformed("Syntax errors in policy."));
    }
    if !matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny")) {
        return Err(malformed("Missing required field Effect"));
    }
    if actions(statement).is_empty() {
        return Err(malformed("Missing required field Action"));
    }
    let sid = statement.get("Sid").and_then(Value::as_str).unwrap_or_default();
    if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(malformed("Statement IDs (SID) in a single policy must be alphanumeric."));
    }
    match statement.get("Condition") {
        None | Some(Value::Object(_)) => Ok(()),
        Some(_) => Err(malformed("Syntax errors in policy.")),
    }
}

/// Principals are AWS accounts and identities, services, or federations.
fn check_principal(principal: Option<&Value>) -> Result<(), Refusal> {
    let Some(principal) = principal else {
        return Err(malformed("Missing required field Principal"));
    };
    let Some(kinds) = principal.as_object() else {
        let everyone = principal.as_str() == Some("*");
        return if everyone { Ok(()) } else { Err(malformed("Invalid principal in policy")) };
    };
    for (kind, named) in kinds {
        let named = texts(Some(named));
        let fits = |name: &&str| match kind.as_str() {
            "Service" => name.ends_with(".amazonaws.com") && !name.contains(['/', ':']),
            "AWS" => {
                *name == "*"
                    || name.starts_with("arn:aws:")
                    || (name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()))
            }
            "Federated" | "CanonicalUser" => !name.is_empty(),
            _ => false,
        };
        if named.is_empty() || !named.iter().all(fits) {
            let named = named.join("\", \"");
            return Err(malformed(&format!(
                "Invalid principal in policy: \"{}\":\"{named}\"",
                kind.to_uppercase()
            )));
        }
    }
    Ok(())
}

/// The actions of a statement.
pub fn actions(statement: &Statement) -> Vec<&str> {
    texts(statement.get("Action").or(statement.get("NotAction")))
}

/// A text, or every text of a list; what is neither has none.
pub fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
    }
}

fn malformed(message: &str) -> Refusal {
    Refusal::new(400, "MalformedPolicyDocument", message)
}
