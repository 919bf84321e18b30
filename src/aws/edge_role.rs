//! The role under which edge functions run: it may write their logs, and nothing else.

use super::policy_document::same;
use super::role::RoleSpec;
use crate::blueprint::resource::EdgeRoleSpec;
use serde_json::{Value, json};

impl RoleSpec for EdgeRoleSpec {
    const DESCRIPTION: &'static str = "Lets the site's edge functions write their logs";

    fn trust(&self) -> Value {
        trust(self)
    }

    fn permissions(&self) -> Value {
        permissions(self)
    }

    fn of(trust: Option<Value>, permissions: Option<Value>) -> Self {
        spec_of(trust, permissions)
    }
}

fn trust(spec: &EdgeRoleSpec) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": spec.trusted},
            "Action": "sts:AssumeRole",
        }],
    })
}

/// What a function needs to write its log (aws-facts.md I).
fn permissions(spec: &EdgeRoleSpec) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": spec.log_groups,
        }],
    })
}

/// The spec of which these are the trust and the permissions; what says anything else reads as nothing.
fn spec_of(trust_found: Option<Value>, permissions_found: Option<Value>) -> EdgeRoleSpec {
    let (trust_found, permissions_found) =
        (trust_found.unwrap_or_default(), permissions_found.unwrap_or_default());
    let mut spec = EdgeRoleSpec {
        trusted: texts(&trust_found["Statement"][0]["Principal"]["Service"]),
        log_groups: texts(&permissions_found["Statement"][0]["Resource"]).join(" "),
    };
    if !same(&trust(&spec), &trust_found) {
        spec.trusted.clear();
    }
    if !same(&permissions(&spec), &permissions_found) {
        spec.log_groups.clear();
    }
    spec
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> EdgeRoleSpec {
        EdgeRoleSpec {
            trusted: vec!["edgelambda.amazonaws.com".into(), "lambda.amazonaws.com".into()],
            log_groups: "arn:aws:logs:*:123456789012:log-group:/aws/lambda/us-east-1.sitecast_acme_*".into(),
        }
    }

    #[test]
    fn a_role_reads_back_as_it_was_written() {
        assert_eq!(spec_of(Some(trust(&spec())), Some(permissions(&spec()))), spec());
    }

    #[test]
    fn each_half_that_says_something_else_shows_by_itself() {
        let half_made = spec_of(Some(trust(&spec())), None);
        assert_eq!(half_made, EdgeRoleSpec { log_groups: String::new(), ..spec() });
        let mut open = trust(&spec());
        open["Statement"][0]["Principal"]["AWS"] = json!("*");
        let opened = spec_of(Some(open), Some(permissions(&spec())));
        assert_eq!(opened, EdgeRoleSpec { trusted: Vec::new(), ..spec() });
    }
}
