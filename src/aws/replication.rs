//! The rule by which S3 copies from the primary bucket to the backup.

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

/// Our rule, if the bucket has it.
pub async fn observe(bucket: &Bucket) -> Result<Option<ReplicationSpec>, Refusal> {
    let configuration = read(bucket).await?;
    Ok(configuration.and_then(|configuration| {
        let rule = configuration.rules().iter().find(|rule| rule.id() == Some(RULE))?;
        Some(spec_of(bucket, configuration.role(), rule))
    }))
}

/// Sets our rule. The role may not be known everywhere yet, nor versioning (aws-facts.md G).
pub async fn write(bucket: &Bucket, spec: &ReplicationSpec, report: &Reporter) -> Result<(), Refusal> {
    let may_pass = |refusal: &Refusal| {
        refusal.is_any(&["InvalidRequest", "NoSuchBucket", "OperationAborted"])
            || (refusal.is("InvalidArgument") && refusal.said.to_lowercase().contains("role"))
    };
    let waiting_for = format!("S3 to take the replication rule of {}", bucket.name);
    retry::retry(SETTLING, &waiting_for, report, may_pass, || put(bucket, spec)).await
}

/// Removes the replication of the bucket.
pub async fn delete(bucket: &Bucket, report: &Reporter) -> Result<(), Refusal> {
    let deleted = settled(bucket, report, || async {
        let call =
            bucket.s3.delete_bucket_replication().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
        let words = bucket.words("end the replication of");
        call.send().await.map(drop).map_err(Refusal::to("s3:PutReplicationConfiguration", words))
    });
    or_absent(deleted.await, &["NoSuchBucket", "ReplicationConfigurationNotFoundError"], ())
}

async fn read(bucket: &Bucket) -> Result<Option<ReplicationConfiguration>, Refusal> {
    let call = bucket.s3.get_bucket_replication().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let words = bucket.words("read the replication of");
    let answer = call.send().await.map_err(Refusal::to("s3:GetReplicationConfiguration", words));
    let configuration = answer.map(|answer| answer.replication_configuration);
    or_absent(configuration, &["ReplicationConfigurationNotFoundError"], None)
}

async fn put(bucket: &Bucket, spec: &ReplicationSpec) -> Result<(), Refusal> {
    const ACTION: &str = "s3:PutReplicationConfiguration";
    let words = bucket.words("replicate");
    let ours = |error| Refusal::of_ours(ACTION, words.clone(), error);
    let configuration = ReplicationConfiguration::builder()
        .role(spec.role.known().unwrap_or_default())
        .rules(rule(spec).map_err(ours)?)
        .build()
        .map_err(ours)?;
    let call = bucket.s3.put_bucket_replication().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let answer = call.replication_configuration(configuration).send().await;
    answer.map(drop).map_err(Refusal::to(ACTION, words))
}

/// A rule with a filter must say its priority and what happens to delete markers (aws-facts.md G).
fn rule(spec: &ReplicationSpec) -> Result<ReplicationRule, BuildError> {
    let markers = if spec.delete_markers {
        DeleteMarkerReplicationStatus::Enabled
    } else {
        DeleteMarkerReplicationStatus::Disabled
    };
    let partition = spec.role.known().and_then(|role| role.split(':').nth(1)).unwrap_or("aws");
    let destination = format!("arn:{partition}:s3:::{}", spec.destination);
    ReplicationRule::builder()
        .id(RULE)
        .priority(1)
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
