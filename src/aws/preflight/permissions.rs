//! Whether the caller may do something, as far as IAM can tell beforehand.

use crate::aws::refusal::Refusal;
use crate::aws::session::{Identity, Session};
use aws_sdk_iam::types::{
    ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType as Decision,
};
use futures::future::try_join_all;

/// Actions on resources, under a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The actions, such as `s3:PutObject`.
    pub actions: Vec<&'static str>,
    /// The resources.
    pub resources: Vec<String>,
    /// A condition key with its value in the request.
    pub context: Option<(&'static str, String)>,
}

/// Who a caller's permissions belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// The account's root, who may do everything.
    Root,
    /// A user or role.
    Named(String),
    /// Somebody whom IAM can't be asked about, such as a federated user.
    Unknown,
}

/// The actions of each ask that the caller may not take on all of its resources.
pub async fn denied(
    session: &Session,
    principal: &str,
    asks: &[Ask],
) -> Result<Vec<Vec<&'static str>>, Refusal> {
    try_join_all(asks.iter().map(|ask| denied_of(session.iam(), principal, ask))).await
}

/// Whose permissions count. A session of a role has the role's, whose path only IAM knows.
pub async fn principal(session: &Session, identity: &Identity) -> Principal {
    let by_name = plain_principal(identity);
    let (Principal::Named(arn), Some(role)) = (&by_name, assumed_role(&identity.arn)) else {
        return by_name;
    };
    let answer = session.iam().get_role().role_name(role).send().await;
    let known = answer.ok().and_then(|answer| answer.role).map(|role| role.arn);
    Principal::Named(known.unwrap_or_else(|| arn.clone()))
}

fn plain_principal(identity: &Identity) -> Principal {
    let Identity { account, arn, partition } = identity;
    if arn.ends_with(":root") {
        return Principal::Root;
    }
    match assumed_role(arn) {
        Some(role) => Principal::Named(format!("arn:{partition}:iam::{account}:role/{role}")),
        None if arn.contains(":user/") => Principal::Named(arn.clone()),
        None => Principal::Unknown,
    }
}

/// The role of a session such as `arn:aws:sts::123456789012:assumed-role/NAME/SESSION`.
fn assumed_role(arn: &str) -> Option<&str> {
    arn.split_once(":assumed-role/")?.1.split('/').next()
}

async fn denied_of(
    iam: &aws_sdk_iam::Client,
    principal: &str,
    ask: &Ask,
) -> Result<Vec<&'static str>, Refusal> {
    let mut pages = iam
        .simulate_principal_policy()
        .policy_source_arn(principal)
        .set_action_names(Some(ask.actions.iter().map(|action| asked(action).to_owned()).collect()))
        .set_resource_arns(Some(ask.resources.clone()))
        .set_context_entries(ask.context.as_ref().map(|(key, value)| vec![entry(key, value)]))
        .into_paginator()
        .send();
    let mut refused = Vec::new();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(Refusal::to("iam:SimulatePrincipalPolicy", "ask IAM what the caller may do"))?;
        let results = page.evaluation_results.unwrap_or_default();
        refused.extend(results.into_iter().filter(is_refused).map(|result| result.eval_action_name));
    }
    let denied = |action: &&&str| refused.iter().any(|name| name.eq_ignore_ascii_case(asked(action)));
    Ok(ask.actions.iter().filter(denied).copied().collect())
}

/// An action as IAM lets it be asked about: without the star that some names end in.
fn asked(action: &str) -> &str {
    action.trim_end_matches('*')
}

fn entry(key: &str, value: &str) -> ContextEntry {
    ContextEntry::builder()
        .context_key_name(key)
        .context_key_type(ContextKeyTypeEnum::StringList)
        .context_key_values(value)
        .build()
}

fn is_refused(result: &EvaluationResult) -> bool {
    let each = result.resource_specific_results();
    result.eval_decision != Decision::Allowed
        || each.iter().any(|result| result.eval_resource_decision != Decision::Allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_the_permissions_of_its_role() {
        let principal = |arn: &str| {
            plain_principal(&Identity {
                account: "123456789012".into(),
                arn: arn.into(),
                partition: "aws".into(),
            })
        };
        let named = |arn: &str| Principal::Named(arn.to_owned());
        for (arn, expected) in [
            ("arn:aws:iam::123456789012:root", Principal::Root),
            ("arn:aws:iam::123456789012:user/team/ann", named("arn:aws:iam::123456789012:user/team/ann")),
            (
                "arn:aws:sts::123456789012:assumed-role/deployer/ci-7",
                named("arn:aws:iam::123456789012:role/deployer"),
            ),
            ("arn:aws:sts::123456789012:federated-user/bob", Principal::Unknown),
        ] {
            assert_eq!(principal(arn), expected, "{arn}");
        }
    }
}
