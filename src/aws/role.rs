//! IAM roles with a trust and one inline policy: what every role of a site is.
//!
//! What one role says is in its own file; how a role is made, changed and removed is here, once.

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

/// A role of a site, by its name.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Where it is.
    pub iam: &'a Client,
    /// Its name.
    pub name: &'a str,
    /// The site that it must belong to.
    pub site: &'a str,
}

/// A role's specification, as IAM holds it.
pub trait RoleSpec: Sized {
    /// What the role is for.
    const DESCRIPTION: &'static str;

    /// Who may act as it.
    fn trust(&self) -> Value;

    /// What it may do.
    fn permissions(&self) -> Value;

    /// The specification of which these are the trust and the permissions; one that equals no other where they say
    /// anything else.
    fn of(trust: Option<Value>, permissions: Option<Value>) -> Self;
}

/// What there is under that name.
pub async fn observe<S: RoleSpec>(iam: &Client, name: &str, site: &str) -> Result<Found<S>, Refusal> {
    let (role, policy) = tokio::join!(read_role(iam, name), read_policy(iam, name));
    let Some(role) = role? else { return Ok(Found::Absent) };
    if !is_ours(&role, site) {
        return Ok(Found::Foreign);
    }
    let spec = S::of(role.assume_role_policy_document().and_then(parse), policy?);
    Ok(Found::Ours(Observed { name: name.to_owned(), output: output(&role), spec }))
}

/// Makes the role and its policy, or finishes one that an earlier run began.
pub async fn create<S: RoleSpec>(role: Named<'_>, spec: &S, report: &Reporter) -> Result<Output> {
    let Named { iam, name, site } = role;
    const ACTION: &str = "iam:CreateRole";
    let words = format!("create role {name}");
    let ours = |error| Refusal::of_ours(ACTION, words.clone(), error);
    let tag = Tag::builder().key(SITE_TAG).value(site).build().map_err(ours)?;
    let call = iam.create_role().role_name(name).assume_role_policy_document(spec.trust().to_string());
    let call = call.tags(tag).description(S::DESCRIPTION);
    let made = settled(name, report, || async {
        call.clone().send().await.map_err(Refusal::to(ACTION, words.clone()))
    });
    match made.await {
        Ok(answer) => {
            write_policy(role, spec, report).await?;
            Ok(answer.role().map(output).unwrap_or_default())
        }
        Err(refusal) if refusal.is("EntityAlreadyExists") => update(role, spec, report).await,
        Err(refusal) => Err(refusal.into()),
    }
}

/// Sets the role's trust and policy.
pub async fn update<S: RoleSpec>(role: Named<'_>, spec: &S, report: &Reporter) -> Result<Output> {
    let Named { iam, name, site } = role;
    let Some(found) = read_role(iam, name).await? else {
        return Err(Error::failed(format!("Could not update role {name}")).why("it does not exist"));
    };
    ensure_ours(&found, name, site)?;
    let call = iam.update_assume_role_policy().role_name(name).policy_document(spec.trust().to_string());
    let words = format!("set the trust of role {name}");
    settled(name, report, || async {
        let answer = call.clone().send().await;
        answer.map_err(Refusal::to("iam:UpdateAssumeRolePolicy", words.clone()))
    })
    .await?;
    write_policy(role, spec, report).await?;
    Ok(output(&found))
}

/// Removes the role. One that is gone is as good.
pub async fn delete(role: Named<'_>, report: &Reporter) -> Result<()> {
    let Named { iam, name, site } = role;
    let Some(found) = read_role(iam, name).await? else { return Ok(()) };
    ensure_ours(&found, name, site)?;
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

async fn write_policy<S: RoleSpec>(role: Named<'_>, spec: &S, report: &Reporter) -> Result<(), Refusal> {
    let Named { iam, name, .. } = role;
    let document = spec.permissions().to_string();
    let call = iam.put_role_policy().role_name(name).policy_name(POLICY).policy_document(document);
    let words = format!("set the policy of role {name}");
    settled(name, report, || async {
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
