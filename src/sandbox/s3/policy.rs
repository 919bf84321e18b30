//! Bucket policies: what AWS refuses in one, and whether one is public (aws-facts.md G).

use super::rules;
use crate::sandbox::call::Refusal;
use serde_json::Value;

/// Condition keys that, fixed to values without wildcards, make a grant non-public.
const FIXING_KEYS: [&str; 9] = [
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:principalorgid",
    "aws:userid",
    "s3:dataaccesspointaccount",
];

/// Refuses a policy that is malformed or speaks of another bucket.
pub(super) fn check(policy: &str, bucket: &str) -> Result<(), Refusal> {
    let parsed: Value = serde_json::from_str(policy)
        .map_err(|_| malformed("Policies must be valid JSON and the first byte must be '{'"))?;
    let statements = many(&parsed["Statement"]);
    if statements.is_empty() {
        return Err(malformed("Missing required field Statement"));
    }
    statements.into_iter().try_for_each(|statement| check_statement(statement, bucket))
}

fn check_statement(statement: &Value, bucket: &str) -> Result<(), Refusal> {
    if !matches!(statement["Effect"].as_str(), Some("Allow" | "Deny")) {
        return Err(malformed("Invalid effect in policy"));
    }
    if statement.get("Principal").or(statement.get("NotPrincipal")).is_none() {
        return Err(malformed("Missing required field Principal"));
    }
    if statement.get("Action").or(statement.get("NotAction")).is_none() {
        return Err(malformed("Missing required field Action"));
    }
    let actions = texts(&statement["Action"]);
    if actions.iter().any(|action| *action != "*" && !action.starts_with("s3:")) {
        return Err(malformed("Policy has invalid action"));
    }
    let resources = many(statement.get("Resource").or(statement.get("NotResource")).unwrap_or(&Value::Null));
    if resources.is_empty() {
        return Err(malformed("Missing required field Resource"));
    }
    if resources.iter().any(|resource| !is_within(resource.as_str().unwrap_or_default(), bucket)) {
        return Err(malformed("Policy has invalid resource"));
    }
    Ok(())
}

fn is_within(resource: &str, bucket: &str) -> bool {
    let named = resource.strip_prefix("arn:aws:s3:::").and_then(|rest| rest.strip_prefix(bucket));
    named.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether the policy lets in anybody who isn't fixed by principal or condition.
pub(super) fn is_public(policy: &str) -> bool {
    let parsed: Value = serde_json::from_str(policy).unwrap_or_default();
    many(&parsed["Statement"]).into_iter().any(grants_publicly)
}

fn grants_publicly(statement: &Value) -> bool {
    let principal = &statement["Principal"];
    let anybody = principal == "*" || texts(&principal["AWS"]).contains(&"*");
    // A service acts for any account, so a wildcard in what fixes it opens the bucket to strangers.
    let by_service = principal.get("Service").is_some();
    statement["Effect"] == "Allow"
        && match fixing(statement) {
            Fixing::Fixed => false,
            Fixing::Wildcard => anybody || by_service,
            Fixing::Absent => anybody,
        }
}

enum Fixing {
    Absent,
    Wildcard,
    Fixed,
}

fn fixing(statement: &Value) -> Fixing {
    let conditions = statement["Condition"].as_object();
    let operators = conditions.into_iter().flatten().filter(|(operator, _)| {
        let operator = operator.to_lowercase();
        !operator.contains("not") && !operator.ends_with("ifexists")
    });
    let keys = operators.filter_map(|(_, keys)| keys.as_object()).flatten();
    let values: Vec<Vec<&str>> = keys
        .filter(|(key, _)| FIXING_KEYS.contains(&key.to_lowercase().as_str()))
        .map(|(_, values)| texts(values))
        .collect();
    let is_fixed = |values: &Vec<&str>| !values.iter().any(|value| value.contains(['*', '?']));
    match values.iter().any(is_fixed) {
        true => Fixing::Fixed,
        false if values.is_empty() => Fixing::Absent,
        false => Fixing::Wildcard,
    }
}

fn many(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().collect(),
        single => vec![single],
    }
}

fn texts(value: &Value) -> Vec<&str> {
    many(value).into_iter().filter_map(Value::as_str).collect()
}

fn malformed(message: &str) -> Refusal {
    rules::POLICY_FORM.refusal(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(principal: &str, condition: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{principal},"Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"{condition}}}}}"#
        )
    }

    #[test]
    fn a_policy_stays_with_its_bucket() {
        let sound = policy(r#""*""#, "");
        let code = |policy: &str, bucket| check(policy, bucket).map_err(|refusal| refusal.code);
        assert_eq!(code(&sound, "site"), Ok(()));
        assert_eq!(code(&sound, "sit"), Err("MalformedPolicy".into()));
        assert_eq!(code(&sound, "other"), Err("MalformedPolicy".into()));
        assert_eq!(code("not json", "site"), Err("MalformedPolicy".into()));
        assert_eq!(code(&sound.replace("Principal", "Principle"), "site"), Err("MalformedPolicy".into()));
    }

    #[test]
    fn grants_to_anybody_are_public_unless_fixed() {
        let service = r#"{"Service":"cloudfront.amazonaws.com"}"#;
        let arn = |id: &str| {
            format!(
                r#","Condition":{{"StringLike":{{"AWS:SourceArn":"arn:aws:cloudfront::1:distribution/{id}"}}}}"#
            )
        };
        assert!(is_public(&policy(r#""*""#, "")));
        assert!(is_public(&policy(r#"{"AWS":"*"}"#, "")));
        assert!(is_public(&policy(service, &arn("*"))));
        assert!(!is_public(&policy(service, &arn("E1"))));
        assert!(!is_public(&policy(r#""*""#, &arn("E1"))));
        assert!(!is_public(&policy(r#"{"AWS":"arn:aws:iam::1:root"}"#, "")));
    }
}
