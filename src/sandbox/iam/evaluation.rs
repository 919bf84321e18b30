//! Whether a policy allows an action: the part of IAM's logic that a policy of one identity takes.

use super::policy_document::{Statement, texts};
use serde_json::Value;
use std::collections::BTreeMap;

/// What is asked for.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The action.
    pub action: &'a str,
    /// The resource.
    pub resource: &'a str,
    /// Condition keys in lower case, with the values that the request would have.
    pub context: &'a BTreeMap<String, Vec<&'a str>>,
}

/// IAM's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it, and none denies it.
    Allowed,
    /// No statement allows it.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny,
}

impl Decision {
    /// As IAM writes it.
    pub fn name(self) -> &'static str {
        match self {
            Decision::Allowed => "allowed",
            Decision::ImplicitDeny => "implicitDeny",
            Decision::ExplicitDeny => "explicitDeny",
        }
    }
}

/// What the statements say together: a denial wins, and what nothing allows is denied.
pub fn decide(statements: &[Statement], asked: &Asked) -> Decision {
    let matching = |effect: &str| {
        let of_effect =
            |statement: &&Statement| statement.get("Effect").and_then(Value::as_str) == Some(effect);
        statements.iter().filter(of_effect).any(|statement| matches(statement, asked))
    };
    match (matching("Deny"), matching("Allow")) {
        (true, _) => Decision::ExplicitDeny,
        (false, true) => Decision::Allowed,
        (false, false) => Decision::ImplicitDeny,
    }
}

fn matches(statement: &Statement, asked: &Asked) -> bool {
    let any = |patterns: Vec<&str>, text: &str| patterns.iter().any(|pattern| is_like(pattern, text));
    let action = asked.action.to_lowercase();
    let lower: Vec<String> = texts(statement.get("Action")).iter().map(|text| text.to_lowercase()).collect();
    any(lower.iter().map(String::as_str).collect(), &action)
        && any(texts(statement.get("Resource")), asked.resource)
        && conditions_hold(statement.get("Condition"), asked)
}

fn conditions_hold(conditions: Option<&Value>, asked: &Asked) -> bool {
    let operators = conditions.and_then(Value::as_object).into_iter().flatten();
    let mut each = operators.flat_map(|(operator, keys)| {
        keys.as_object().into_iter().flatten().map(move |(key, allowed)| (operator, key, allowed))
    });
    each.all(|(operator, key, allowed)| {
        let present = asked.context.get(&key.to_lowercase()).map(Vec::as_slice).unwrap_or_default();
        holds(operator, &texts(Some(allowed)), present)
    })
}

/// `ForAllValues:` holds where the request has no value at all, unlike every other comparison.
fn holds(operator: &str, allowed: &[&str], present: &[&str]) -> bool {
    let (for_all, comparison) = match operator.strip_prefix("ForAllValues:") {
        Some(comparison) => (true, comparison),
        None => (false, operator),
    };
    let fits = |value: &&str| match comparison {
        "StringEquals" | "ArnEquals" => allowed.contains(value),
        "StringLike" | "ArnLike" => allowed.iter().any(|pattern| is_like(pattern, value)),
        // Others are not known here, so what they guard is not granted.
        _ => false,
    };
    if for_all { present.iter().all(fits) } else { present.iter().any(fits) }
}

/// Whether `text` fits a pattern in which `*` stands for anything and `?` for one character.
fn is_like(pattern: &str, text: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return text.is_empty() };
    let rest = &pattern[first.len_utf8()..];
    match first {
        '*' => (0..=text.len()).any(|at| text.is_char_boundary(at) && is_like(rest, &text[at..])),
        '?' => text.chars().next().is_some_and(|skipped| is_like(rest, &text[skipped.len_utf8()..])),
        other => text.strip_prefix(other).is_some_and(|left| is_like(rest, left)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::policy_document::statements;
    use super::*;

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["s3:Get*","lambda:EnableReplication*"],"Resource":"arn:aws:s3:::b/*"},
        {"Effect":"Allow","Action":"iam:PassRole","Resource":"*",
         "Condition":{"StringEquals":{"iam:PassedToService":"s3.amazonaws.com"}}},
        {"Effect":"Allow","Action":"acm:RequestCertificate","Resource":"*",
         "Condition":{"ForAllValues:StringLike":{"acm:DomainNames":["*.example.com"]}}},
        {"Effect":"Deny","Action":"s3:GetObjectAcl","Resource":"*"}]}"#;

    #[test]
    fn a_policy_allows_what_it_says_and_nothing_else() {
        let file = "arn:aws:s3:::b/x";
        let statements = statements(POLICY).unwrap();
        for (action, resource, context, expected) in [
            ("s3:GetObject", file, None, Decision::Allowed),
            ("S3:getobject", file, None, Decision::Allowed),
            ("lambda:EnableReplication", file, None, Decision::Allowed),
            ("s3:GetObject", "arn:aws:s3:::c/x", None, Decision::ImplicitDeny),
            ("s3:PutObject", file, None, Decision::ImplicitDeny),
            ("s3:GetObjectAcl", file, None, Decision::ExplicitDeny),
            ("iam:PassRole", "*", None, Decision::ImplicitDeny),
            ("iam:PassRole", "*", Some(("iam:passedtoservice", "s3.amazonaws.com")), Decision::Allowed),
            ("iam:PassRole", "*", Some(("iam:passedtoservice", "ec2.amazonaws.com")), Decision::ImplicitDeny),
            ("acm:RequestCertificate", "*", None, Decision::Allowed),
            ("acm:RequestCertificate", "*", Some(("acm:domainnames", "example.org")), Decision::ImplicitDeny),
        ] {
            let context = context.into_iter().map(|(key, value)| (key.to_owned(), vec![value])).collect();
            let asked = Asked { action, resource, context: &context };
            assert_eq!(decide(&statements, &asked), expected, "{asked:?}");
        }
    }
}
