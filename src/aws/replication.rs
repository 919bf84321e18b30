//! The rule by which S3 copies from the primary bucket to the backup, beside the rules of others.

use super::bucket::{Bucket, SETTLING};
use super::bucket_settings::{or_absent, settled};
use super::refusal::Refusal;
use crate::apply::{Reporter, retry};
use crate::blueprint::resource::{Ref, ReplicationSpec};
use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::types::{
    DeleteMarkerReplication, DeleteMarkerReplicationStatus, Destination, ReplicationConfiguration,
    ReplicationRule, ReplicationRuleFilter, ReplicationRuleStatus,
};

/// The id of our rule.
const RULE: &str = "sitecast";

/// The action that sets and removes rules.
const SET: &str = "s3:PutReplicationConfiguration";

/// The rules of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// Our rule, if the bucket has it.
    pub ours: Option<ReplicationSpec>,
    /// The role under which rules of others copy, if there are any.
    pub role_of_others: Option<String>,
}

/// The rules of a bucket.
///
/// # Errors
/// When AWS refuses to read them.
pub async fn observe(bucket: &Bucket) -> Result<Rules, Refusal> {
    let Some(configuration) = read(bucket).await? else { return Ok(Rules::default()) };
    let ours = configuration.rules().iter().find(|rule| is_ours(rule));
    let has_others = configuration.rules().iter().any(|rule| !is_ours(rule));
    Ok(Rules {
        ours: ours.map(|rule| spec_of(bucket, configuration.role(), rule)),
        role_of_others: has_others.then(|| configuration.role().to_owned()),
    })
}

/// Puts our rule beside those of others. The role may not be known everywhere yet, nor versioning (aws-facts.md G).
pub async fn write(bucket: &Bucket, spec: &ReplicationSpec, report: &Reporter) -> Result<(), Refusal> {
    let may_pass = |refusal: &Refusal| {
        refusal.is_any(&["InvalidRequest", "NoSuchBucket", "OperationAborted"])
            || (refusal.is("InvalidArgument") && refusal.said.to_lowercase().contains("role"))
    };
    let waiting_for = format!("S3 to take the replication rule of {}", bucket.name);
    retry::retry(SETTLING, &waiting_for, report, may_pass, || add(bucket, spec)).await
}

/// Takes our rule out; those of others stay.
pub async fn delete(bucket: &Bucket, report: &Reporter) -> Result<(), Refusal> {
    let deleted = settled(bucket, report, || async {
        let Some(mut configuration) = read(bucket).await? else { return Ok(()) };
        let before = configuration.rules.len();
        configuration.rules.retain(|rule| !is_ours(rule));
        match configuration.rules.len() {
            0 => remove(bucket).await,
            left if left == before => Ok(()),
            _ => put(bucket, configuration).await,
        }
    });
    or_absent(deleted.await, &["NoSuchBucket", "ReplicationConfigurationNotFoundError"], ())
}

fn is_ours(rule: &ReplicationRule) -> bool {
    rule.id() == Some(RULE)
}

async fn read(bucket: &Bucket) -> Result<Option<ReplicationConfiguration>, Refusal> {
    let call = bucket.s3.get_bucket_replication().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let words = bucket.words("read the replication of");
    let answer = call.send().await.map_err(Refusal::to("s3:GetReplicationConfiguration", words));
    let configuration = answer.map(|answer| answer.replication_configuration);
    or_absent(configuration, &["ReplicationConfigurationNotFoundError"], None)
}

async fn add(bucket: &Bucket, spec: &ReplicationSpec) -> Result<(), Refusal> {
    let present = read(bucket).await?;
    let others = others_under(bucket, present, spec.role.known().unwrap_or_default())?;
    let ours = |error| Refusal::of_ours(SET, bucket.words("replicate"), error);
    let rule = rule(spec, free_priority(&others)).map_err(ours)?;
    let configuration = ReplicationConfiguration::builder()
        .role(spec.role.known().unwrap_or_default())
        .set_rules(Some(others))
        .rules(rule);
    put(bucket, configuration.build().map_err(ours)?).await
}

/// The rules of others. A bucket has one role for all of its rules, so those under another role would lose
/// theirs if ours took its place.
fn others_under(
    bucket: &Bucket,
    present: Option<ReplicationConfiguration>,
    role: &str,
) -> Result<Vec<ReplicationRule>, Refusal> {
    let Some(present) = present else { return Ok(Vec::new()) };
    let others: Vec<ReplicationRule> = present.rules.into_iter().filter(|rule| !is_ours(rule)).collect();
    if others.is_empty() || present.role == role {
        return Ok(others);
    }
    let ids: Vec<&str> = others.iter().map(|rule| rule.id().unwrap_or("without an id")).collect();
    let why = format!(
        "it has rules that aren't this site's ({}), under the role {}, and a bucket's rules share one role; \
         remove them, or set `copy = \"upload\"` in the profile",
        ids.join(", "),
        present.role,
    );
    Err(Refusal::of_words(SET, bucket.words("replicate"), &why))
}

/// No two rules of a bucket may have the same priority.
fn free_priority(others: &[ReplicationRule]) -> i32 {
    let is_free = |priority: &i32| others.iter().all(|rule| rule.priority() != Some(*priority));
    (1..).find(is_free).unwrap_or(1)
}

async fn put(bucket: &Bucket, configuration: ReplicationConfiguration) -> Result<(), Refusal> {
    let call = bucket.s3.put_bucket_replication().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let answer = call.replication_configuration(configuration).send().await;
    answer.map(drop).map_err(Refusal::to(SET, bucket.words("replicate")))
}

async fn remove(bucket: &Bucket) -> Result<(), Refusal> {
    let call =
        bucket.s3.delete_bucket_replication().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    call.send().await.map(drop).map_err(Refusal::to(SET, bucket.words("end the replication of")))
}

/// A rule with a filter must say its priority and what happens to delete markers (aws-facts.md G).
fn rule(spec: &ReplicationSpec, priority: i32) -> Result<ReplicationRule, BuildError> {
    let markers = if spec.delete_markers {
        DeleteMarkerReplicationStatus::Enabled
    } else {
        DeleteMarkerReplicationStatus::Disabled
    };
    let partition = spec.role.known().and_then(|role| role.split(':').nth(1)).unwrap_or("aws");
    let destination = format!("arn:{partition}:s3:::{}", spec.destination);
    ReplicationRule::builder()
        .id(RULE)
        .priority(priority)
        .status(ReplicationRuleStatus::Enabled)
        .filter(ReplicationRuleFilter::builder().prefix(&spec.prefix).build())
        .delete_marker_replication(DeleteMarkerReplication::builder().status(markers).build())
        .destination(Destination::builder().bucket(destination).build()?)
        .build()
}

fn spec_of(bucket: &Bucket, role: &str, rule: &ReplicationRule) -> ReplicationSpec {
    let destination = rule.destination().map(|destination| destination.bucket()).unwrap_or_default();
    let prefix = rule.filter().and_then(|filter| filter.prefix()).unwrap_or_default();
    let markers = rule.delete_marker_replication().and_then(|markers| markers.status());
    // A rule that is switched off copies nothing, and so goes to no bucket.
    let is_enabled = *rule.status() == ReplicationRuleStatus::Enabled;
    let destination = destination.rsplit(':').next().filter(|_| is_enabled).unwrap_or_default();
    ReplicationSpec {
        region: bucket.region.clone(),
        destination: destination.to_owned(),
        prefix: prefix.to_owned(),
        role: Ref::Known(role.to_owned()),
        delete_markers: markers == Some(&DeleteMarkerReplicationStatus::Enabled),
    }
}
