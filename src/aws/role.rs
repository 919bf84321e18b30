//! IAM roles with a trust and one inline policy: what every role of a site is.

use super::policy_document::parse;
use super::refusal::Refusal;
use crate::apply::{Reporter, retry};
use crate::blueprint::inventory::Observed;
use crate::blueprint::names::SITE_TAG;
use crate::blueprint::resource::Output;
use crate::error::{Error, Result};
use aws_sdk_iam::Client;
use aws_sdk_iam::types::{Role, Tag};
use serde_json::Value;
use std::time::Duration;

/// The name of a role's one policy.
const POLICY: &str = "sitecast";

/// Codes by which IAM says that another change of the same role is still under way (aws-facts.md A.6).
const UNSETTLED: &[&str] = &["ConcurrentModification", "EntityTemporarilyUnmodifiable"];

/// How long such a change may take (aws-facts.md H).
const SETTLING: Duration = Duration::from_secs(2 * 60);

/// What there is under a role's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<S> {
    /// Nothing.
    Absent,
    /// This site's role.
    Ours(Observed<S>),
    /// A role that isn't this site's.
    Foreign,
}

/// A role as it is to be.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleText<'a> {
    /// Its name.
    pub name: &'a str,
    /// The site that it belongs to.
    pub site: &'a str,
    /// What it is for.
    pub description: &'static str,
    /// Who may act as it.
    pub trust: Value,
    /// What it may do.
    pub permissions: Value,
}

/// What there is under that name; `spec_of` makes a specification of the trust and the permissions.
pub async fn observe<S>(
    iam: &Client,
    name: &str,
    site: &str,
    spec_of: impl FnOnce(Option<Value>, Option<Value>) -> S,
) -> Result<Found<S>, Refusal> {
    let (role, policy) = tokio::join!(read_role(iam, name), read_policy(iam, name));
    let Some(role) = role? else { return Ok(Found::Absent) };
    if !is_ours(&role, site) {
        return Ok(Found::Foreign);
    }
    let spec = spec_of(role.assume_role_policy_document().and_then(parse), policy?);
    Ok(Found::Ours(Observed { name: name.to_owned(), output: output(&role), spec }))
}

/// Makes the role and its policy, or finishes one that an earlier run began.
pub async fn create(iam: &Client, text: &RoleText<'_>, report: &Reporter) -> Result<Output> {
    const ACTION: &str = "iam:CreateRole";
    let words = format!("create role {}", text.name);
    let ours = |error| Refusal::of_ours(ACTION, words.clone(), error);
    let tag = Tag::builder().key(SITE_TAG).value(text.site).build().map_err(ours)?;
    let call = iam.create_role().role_name(text.name).assume_role_policy_document(text.trust.to_string());
    let call = call.tags(tag).description(text.description);
    let made = settled(text.name, report, || async {
        call.clone().send().await.map_err(Refusal::to(ACTION, words.clone()))
    });
    match made.await {
        Ok(answer) => {
            write_policy(iam, text, report).await?;
            Ok(answer.role().map(output).unwrap_or_default())
        }
        Err(refusal) if refusal.is("EntityAlreadyExists") => update(iam, text, report).await,
        Err(refusal) => Err(refusal.into()),
    }
}

/// Sets the role's trust and policy.
pub async fn update(iam: &Client, text: &RoleText<'_>, report: &Reporter) -> Result<Output> {
    let name = text.name;
    let Some(role) = read_role(iam, name).await? else {
        return Err(Error::failed(format!("Could not update role {name}")).why("it does not exist"));
    };
    ensure_ours(&role, name, text.site)?;
    let call = iam.update_assume_role_policy().role_name(name).policy_document(text.trust.to_string());
    let words = format!("set the trust of role {name}");
    settled(name, report, || async {
        let answer = call.clone().send().await;
        answer.map_err(Refusal::to("iam:UpdateAssumeRolePolicy", words.clone()))
    })
    .await?;
    write_policy(iam, text, report).await?;
    Ok(output(&role))
}

/// Removes the role. One that is gone is as good.
pub async fn delete(iam: &Client, name: &str, site: &str, report: &Reporter) -> Result<()> {
    let Some(role) = read_role(iam, name).await? else { return Ok(()) };
    ensure_ours(&role, name, site)?;
    let without_policy = settled(name, report, || async {
        let answer = iam.delete_role_policy().role_name(name).policy_name(POLICY).send().await;
        answer.map_err(Refusal::to("iam:DeleteRolePolicy", format!("remove the policy of role {name}")))
    });
    unless_gone(without_policy.await)?;
    let deleted = settled(name, report, || async {
        let answer = iam.delete_role().role_name(name).send().await;
        answer.map_err(Refusal::to("iam:DeleteRole", format!("delete role {name}")))
    });
    Ok(unless_gone(deleted.await)?)
}

/// Calls until no other change of the role is in the way.
async fn settled<T, F: Future<Output = Result<T, Refusal>>>(
    name: &str,
    report: &Reporter,
    call: impl FnMut() -> F,
) -> Result<T, Refusal> {
    let waiting_for = format!("another change of role {name} to settle");
    retry::retry(SETTLING, &waiting_for, report, |refusal: &Refusal| refusal.is_any(UNSETTLED), call).await
}

fn unless_gone<T>(answer: Result<T, Refusal>) -> Result<(), Refusal> {
    match answer {
        Err(refusal) if refusal.is("NoSuchEntity") => Ok(()),
        other => other.map(drop),
    }
}

async fn read_role(iam: &Client, name: &str) -> Result<Option<Role>, Refusal> {
    let words = format!("read role {name}");
    match iam.get_role().role_name(name).send().await.map_err(Refusal::to("iam:GetRole", words)) {
        Ok(answer) => Ok(answer.role),
        Err(refusal) if refusal.is("NoSuchEntity") => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

async fn read_policy(iam: &Client, name: &str) -> Result<Option<Value>, Refusal> {
    let call = iam.get_role_policy().role_name(name).policy_name(POLICY).send().await;
    let words = format!("read the policy of role {name}");
    match call.map_err(Refusal::to("iam:GetRolePolicy", words)) {
        Ok(answer) => Ok(parse(answer.policy_document())),
        Err(refusal) if refusal.is("NoSuchEntity") => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

async fn write_policy(iam: &Client, text: &RoleText<'_>, report: &Reporter) -> Result<(), Refusal> {
    let document = text.permissions.to_string();
    let call = iam.put_role_policy().role_name(text.name).policy_name(POLICY).policy_document(document);
    let words = format!("set the policy of role {}", text.name);
    settled(text.name, report, || async {
        call.clone().send().await.map(drop).map_err(Refusal::to("iam:PutRolePolicy", words.clone()))
    })
    .await
}

fn is_ours(role: &Role, site: &str) -> bool {
    role.tags().iter().any(|tag| tag.key() == SITE_TAG && tag.value() == site)
}

fn ensure_ours(role: &Role, name: &str, site: &str) -> Result<()> {
    if is_ours(role, site) {
        return Ok(());
    }
    Err(Error::failed(format!("Could not use role {name}"))
        .why(format!("it has no tag {SITE_TAG}={site}, so it isn't this site's"))
        .hint("nothing was changed; remove or rename that role, then run the same command again"))
}

fn output(role: &Role) -> Output {
    Output { id: role.role_name().to_owned(), arn: role.arn().to_owned(), ..Output::default() }
}
