//! The least that whoever deploys a profile must be allowed to do, as an IAM policy.
//!
//! One [`Statement`] is both: what the policy grants, and what the permissions check asks IAM about. So the
//! check can't ask for anything that the policy does not grant.

mod scope;
mod statements;

pub use scope::Scope;

use serde_json::{Map, Value, json};

/// Actions that are granted together, and on what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its name in the policy: letters and digits only.
    pub sid: &'static str,
    /// Whether deploying fails without it; if not, less is checked beforehand.
    pub needed: bool,
    /// The actions, such as `s3:PutObject`.
    pub actions: Vec<&'static str>,
    /// The resources, as patterns.
    pub resources: Vec<String>,
    /// What must hold besides.
    pub condition: Option<Condition>,
}

/// What must hold for a statement to grant anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// How values are compared, such as `StringEquals`.
    pub operator: &'static str,
    /// The key, such as `iam:PassedToService`.
    pub key: &'static str,
    /// The values that it may have.
    pub values: Vec<String>,
}

/// What deploying, looking after and destroying the scope's site takes.
pub fn statements(scope: &Scope<'_>) -> Vec<Statement> {
    statements::of_operator(scope)
}

/// What the role of the site's edge functions may do.
pub fn edge_role_statements(scope: &Scope<'_>) -> Vec<Statement> {
    statements::of_edge_role(scope)
}

/// How much a managed policy may hold; IAM does not count white space (IAM guide, quotas).
pub const MANAGED_POLICY_CHARACTERS: usize = 6144;

/// Statements as a policy document. What is granted on the same resources under the same condition is granted together,
/// since a policy must not be long.
pub fn document(statements: &[Statement]) -> Value {
    written(&merged(statements))
}

/// Statements as policy documents that are each short enough for a managed policy.
pub fn documents(statements: &[Statement]) -> Vec<Value> {
    let mut parts: Vec<Vec<Statement>> = Vec::new();
    for statement in merged(statements) {
        let room = parts.last_mut().filter(|part| {
            let longer = [part.as_slice(), std::slice::from_ref(&statement)].concat();
            characters(&written(&longer)) <= MANAGED_POLICY_CHARACTERS
        });
        match room {
            Some(part) => part.push(statement),
            None => parts.push(vec![statement]),
        }
    }
    parts.iter().map(|part| written(part)).collect()
}

/// How long a policy is, as IAM counts.
pub fn characters(document: &Value) -> usize {
    document.to_string().chars().filter(|letter| !letter.is_whitespace()).count()
}

fn merged(statements: &[Statement]) -> Vec<Statement> {
    let mut merged: Vec<Statement> = Vec::new();
    for statement in statements {
        let same = |other: &&mut Statement| {
            other.resources == statement.resources && other.condition == statement.condition
        };
        match merged.iter_mut().find(same) {
            Some(other) => other.actions.extend(&statement.actions),
            None => merged.push(statement.clone()),
        }
    }
    merged
}

fn written(statements: &[Statement]) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": statements.iter().map(Statement::json).collect::<Vec<_>>(),
    })
}

impl Statement {
    fn json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("Sid".to_owned(), json!(self.sid));
        fields.insert("Effect".to_owned(), json!("Allow"));
        fields.insert("Action".to_owned(), json!(self.actions));
        fields.insert("Resource".to_owned(), json!(self.resources));
        if let Some(Condition { operator, key, values }) = &self.condition {
            fields.insert("Condition".to_owned(), json!({ *operator: { *key: values } }));
        }
        Value::Object(fields)
    }

    /// Resources that could exist, for each pattern one: IAM judges those, and not patterns.
    pub fn examples(&self) -> Vec<String> {
        self.resources
            .iter()
            .map(|resource| if resource == "*" { resource.clone() } else { resource.replace('*', "EXAMPLE") })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn actions_of(preset: &str) -> BTreeSet<&'static str> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets").join(preset);
        let loaded = profile::load(&file).unwrap();
        let scope = Scope::new(&loaded.profile, "aws", "123456789012");
        statements(&scope).into_iter().flat_map(|statement| statement.actions).collect()
    }

    #[test]
    fn what_a_profile_does_not_ask_for_is_not_granted() {
        let small = actions_of("blog.toml");
        for action in
            ["lambda:CreateFunction", "iam:PassRole", "acm:RequestCertificate", "route53:ListHostedZones"]
        {
            assert!(!small.contains(action), "{action}");
        }
        assert!(small.contains("cloudfront:CreateDistribution"));
    }

    fn statements_of(file: &str, domains: &[String]) -> Vec<Statement> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let mut profile = profile::load(&file).unwrap().profile;
        if let Some(https) = profile.https.as_mut() {
            https.domains.extend(domains.iter().cloned());
        }
        statements(&Scope::new(&profile, "aws", "123456789012"))
    }

    #[test]
    fn a_site_with_everything_takes_one_managed_policy() {
        for file in ["presets/everything.toml", "tests/interop/full.toml", "tests/interop/policy.toml"] {
            let statements = statements_of(file, &[]);
            let length = characters(&document(&statements));
            assert!(length <= MANAGED_POLICY_CHARACTERS, "{file}: {length}");
            assert_eq!(documents(&statements), [document(&statements)]);
        }
    }

    #[test]
    fn what_is_too_long_for_one_policy_is_told_in_several() {
        let domains: Vec<_> = (0..40).map(|number| format!("shop-{number}.some-long-name.example")).collect();
        let statements = statements_of("presets/everything.toml", &domains);
        let parts = documents(&statements);
        assert!(parts.len() > 1);
        let of = |document: &Value| document["Statement"].as_array().unwrap().clone();
        let all: Vec<_> = parts.iter().flat_map(of).collect();
        assert_eq!(all, of(&document(&statements)));
        assert!(parts.iter().all(|part| characters(part) <= MANAGED_POLICY_CHARACTERS));
    }

    #[test]
    fn examples_are_of_every_resource_that_a_pattern_covers() {
        let statement = Statement {
            sid: "Any",
            needed: true,
            actions: vec![],
            resources: vec!["*".into(), "arn:aws:s3:::b/*".into()],
            condition: None,
        };
        assert_eq!(statement.examples(), ["*", "arn:aws:s3:::b/EXAMPLE"]);
    }
}
