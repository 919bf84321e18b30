//! The role by which S3 copies from the primary bucket to the backup.

use super::policy_document::{parse, same};
use super::refusal::Refusal;
use crate::apply::{Reporter, retry};
use crate::blueprint::inventory::Observed;
use crate::blueprint::names::SITE_TAG;
use crate::blueprint::resource::{Output, ReplicationRoleSpec};
use crate::error::{Error, Result};
use aws_sdk_iam::Client;
use aws_sdk_iam::types::{Role, Tag};
use serde_json::{Value, json};
use std::time::Duration;

/// The name of the role's one policy.
const POLICY: &str = "sitecast";

/// Codes by which IAM says that another change of the same role is still under way (aws-facts.md A.6).
const UNSETTLED: &[&str] = &["ConcurrentModification", "EntityTemporarilyUnmodifiable"];

/// How long such a change may take (aws-facts.md H).
const SETTLING: Duration = Duration::from_secs(2 * 60);

/// What there is under the role's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Absent,
    /// This site's role.
    Ours(Observed<ReplicationRoleSpec>),
    /// A role that isn't this site's.
    Foreign,
}

/// What there is under that name.
pub async fn observe(iam: &Client, name: &str, site: &str) -> Result<Found, Refusal> {
    let (role, policy) = tokio::join!(read_role(iam, name), read_policy(iam, name));
    let Some(role) = role? else { return Ok(Found::Absent) };
    if !is_ours(&role, site) {
        return Ok(Found::Foreign);
    }
    let spec = spec_of(role.assume_role_policy_document().and_then(parse), policy?);
    Ok(Found::Ours(Observed { name: name.to_owned(), output: output(&role), spec }))
}

/// Makes the role and its policy, or finishes one that an earlier run began.
pub async fn create(
    iam: &Client,
    name: &str,
    site: &str,
    spec: &ReplicationRoleSpec,
    report: &Reporter,
) -> Result<Output> {
    const ACTION: &str = "iam:CreateRole";
    let words = format!("create role {name}");
    let ours = |error| Refusal::of_ours(ACTION, words.clone(), error);
    let tag = Tag::builder().key(SITE_TAG).value(site).build().map_err(ours)?;
    let call =
        iam.create_role().role_name(name).assume_role_policy_document(trust(spec).to_string()).tags(tag);
    let call = call.description("Lets S3 copy the site's files from its primary bucket to its backup");
    let made = settled(name, report, || async {
        call.clone().send().await.map_err(Refusal::to(ACTION, words.clone()))
    });
    match made.await {
        Ok(answer) => {
            write_policy(iam, name, spec, report).await?;
            Ok(answer.role().map(output).unwrap_or_default())
        }
        Err(refusal) if refusal.is("EntityAlreadyExists") => update(iam, name, site, spec, report).await,
        Err(refusal) => Err(refusal.into()),
    }
}

/// Sets the role's trust and policy.
pub async fn update(
    iam: &Client,
    name: &str,
    site: &str,
    spec: &ReplicationRoleSpec,
    report: &Reporter,
) -> Result<Output> {
    let Some(role) = read_role(iam, name).await? else {
        return Err(Error::failed(format!("Could not update role {name}")).why("it does not exist"));
    };
    ensure_ours(&role, name, site)?;
    let call = iam.update_assume_role_policy().role_name(name).policy_document(trust(spec).to_string());
    let words = format!("set the trust of role {name}");
    settled(name, report, || async {
        let answer = call.clone().send().await;
        answer.map_err(Refusal::to("iam:UpdateAssumeRolePolicy", words.clone()))
    })
    .await?;
    write_policy(iam, name, spec, report).await?;
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

async fn write_policy(
    iam: &Client,
    name: &str,
    spec: &ReplicationRoleSpec,
    report: &Reporter,
) -> Result<(), Refusal> {
    let document = permissions(spec).to_string();
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

/// Bound to one account and one bucket, so that nobody else's bucket can make S3 use the role.
fn trust(spec: &ReplicationRoleSpec) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": spec.account},
                "ArnLike": {"aws:SourceArn": bucket_arn(spec, &spec.source)},
            },
        }],
    })
}

/// What S3 needs on both sides (aws-facts.md G).
fn permissions(spec: &ReplicationRoleSpec) -> Value {
    let (source, destination) = (bucket_arn(spec, &spec.source), bucket_arn(spec, &spec.destination));
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
                "Resource": source,
            },
            {
                "Effect": "Allow",
                "Action": [
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionTagging",
                ],
                "Resource": format!("{source}/*"),
            },
            {
                "Effect": "Allow",
                "Action": ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
                "Resource": format!("{destination}/*"),
            },
        ],
    })
}

fn bucket_arn(spec: &ReplicationRoleSpec, bucket: &str) -> String {
    format!("arn:{}:s3:::{bucket}", spec.partition)
}

/// The spec of which these are the trust and the permissions; one that equals no other where there is none.
fn spec_of(trust_found: Option<Value>, permissions_found: Option<Value>) -> ReplicationRoleSpec {
    let (trust_found, permissions_found) =
        (trust_found.unwrap_or_default(), permissions_found.unwrap_or_default());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let bucket =
        |arn: &Value| text(arn).trim_end_matches("/*").rsplit(':').next().unwrap_or_default().to_owned();
    let condition = &trust_found["Statement"][0]["Condition"];
    let source_arn = &condition["ArnLike"]["aws:SourceArn"];
    let spec = ReplicationRoleSpec {
        source: bucket(source_arn),
        destination: bucket(&permissions_found["Statement"][2]["Resource"]),
        account: text(&condition["StringEquals"]["aws:SourceAccount"]),
        partition: text(source_arn).split(':').nth(1).unwrap_or_default().to_owned(),
    };
    if same(&trust(&spec), &trust_found) && same(&permissions(&spec), &permissions_found) {
        spec
    } else {
        ReplicationRoleSpec { destination: String::new(), ..spec }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> ReplicationRoleSpec {
        ReplicationRoleSpec {
            source: "one".into(),
            destination: "two".into(),
            account: "123456789012".into(),
            partition: "aws".into(),
        }
    }

    #[test]
    fn a_role_reads_back_as_it_was_written() {
        assert_eq!(spec_of(Some(trust(&spec())), Some(permissions(&spec()))), spec());
    }

    #[test]
    fn a_role_without_its_policy_or_with_another_trust_equals_no_spec() {
        assert_ne!(spec_of(Some(trust(&spec())), None), spec());
        let mut loose = trust(&spec());
        loose["Statement"][0]["Principal"]["AWS"] = json!("*");
        assert_ne!(spec_of(Some(loose), Some(permissions(&spec()))), spec());
    }
}
