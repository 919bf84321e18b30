//! Replication: which rules AWS takes, and what is copied where (aws-facts.md G).
//!
//! A replica is written along with its source but is dated into the future: it is there once that time has
//! come, so nothing has to run in the background.

use super::buckets::{self, Bucket};
use super::call::Call;
use super::index::Change;
use super::rules;
use super::version::{NULL_VERSION, Version, milliseconds};
use crate::sandbox::call::Refusal;
use crate::sandbox::pace::Wait;
use s3s::dto::{ReplicationConfiguration, ReplicationRule};
use std::fs;

/// Refuses rules that AWS doesn't take for this bucket.
pub(super) fn check(
    call: &Call,
    bucket: &Bucket,
    configuration: &ReplicationConfiguration,
) -> Result<(), Refusal> {
    if !bucket.keeps_versions() {
        return Err(rules::REPLICATION_VERSIONING
            .refusal("Versioning must be 'Enabled' on the bucket to apply a replication configuration"));
    }
    if !configuration.role.starts_with("arn:aws:iam::") {
        return Err(rules::REPLICATION_ROLE.refusal("Invalid Role ARN"));
    }
    if configuration.rules.is_empty() {
        return Err(rules::MALFORMED.refusal("The XML you provided was not well-formed"));
    }
    configuration.rules.iter().try_for_each(|rule| check_rule(call, bucket, rule))
}

fn check_rule(call: &Call, bucket: &Bucket, rule: &ReplicationRule) -> Result<(), Refusal> {
    let unspecified = |what: &str| {
        rules::REPLICATION_SCHEMA.refusal(format!(
            "{what} must be specified for this version of Cross Region Replication configuration schema. Please refer to S3 Developer Guide for more information."
        ))
    };
    if rule.filter.is_some() && rule.priority.is_none() {
        return Err(unspecified("Priority"));
    }
    if rule.filter.is_some() && rule.delete_marker_replication.is_none() {
        return Err(unspecified("DeleteMarkerReplication"));
    }
    let name = destination(rule);
    if name == bucket.name {
        return Err(rules::REPLICATION_DESTINATION
            .refusal("Destination bucket cannot be the same as the source bucket."));
    }
    match buckets::find(&call.world.store, name)? {
        None => Err(rules::REPLICATION_DESTINATION.refusal("Destination bucket must exist.")),
        Some(found) if !found.keeps_versions() => {
            Err(rules::REPLICATION_DESTINATION.refusal("Destination bucket must have versioning enabled."))
        }
        Some(_) => Ok(()),
    }
}

/// The names of the buckets that this bucket's rules copy to.
pub(super) fn destinations(bucket: &Bucket) -> Vec<String> {
    enabled_rules(bucket).map(|rule| destination(rule).to_owned()).collect()
}

/// Marks the versions that the rules cover, and says what each destination gets. The caller holds all locks.
pub(super) fn replicate(
    call: &Call,
    bucket: &Bucket,
    changes: &mut [Change],
) -> Result<Vec<(Bucket, Vec<Change>)>, Refusal> {
    let wait = call.world.pace.duration(Wait::Replication);
    let arrival = milliseconds(call.world.now + wait);
    let mut replicas = Vec::new();
    for rule in enabled_rules(bucket) {
        let Some(to) = buckets::find(&call.world.store, destination(rule))? else { continue };
        let mut copies = Vec::new();
        for change in changes.iter_mut() {
            let Change::Put(version) = change else { continue };
            if !covers(rule, version) {
                continue;
            }
            version.replicated = Some(arrival);
            copies.push(Change::Put(Box::new(copy(call, bucket, &to, version, arrival)?)));
        }
        replicas.push((to, copies));
    }
    Ok(replicas)
}

fn copy(
    call: &Call,
    from: &Bucket,
    to: &Bucket,
    version: &Version,
    arrival: i64,
) -> Result<Version, Refusal> {
    if let Some(content) = &version.content {
        let (source, target) = (call.body_file(from, &content.body), call.body_file(to, &content.body));
        // Bodies never change, so a second name for the same file is a copy. A rule that names a
        // destination twice finds the name taken.
        if !target.exists() {
            fs::hard_link(source, target)?;
        }
    }
    Ok(Version { since: arrival.max(version.since), replicated: None, replica: true, ..version.clone() })
}

fn covers(rule: &ReplicationRule, version: &Version) -> bool {
    let markers = rule.delete_marker_replication.as_ref().and_then(|markers| markers.status.as_ref());
    let takes_markers = markers.is_some_and(|status| status.as_str() == "Enabled");
    let filter = rule.filter.as_ref();
    let both = filter.and_then(|filter| filter.and.as_ref());
    let prefixes = [
        rule.prefix.as_deref(),
        filter.and_then(|filter| filter.prefix.as_deref()),
        both.and_then(|both| both.prefix.as_deref()),
    ];
    !version.replica
        && version.replicated.is_none()
        && version.id != NULL_VERSION
        && (takes_markers || !version.is_marker())
        && prefixes.into_iter().flatten().all(|prefix| version.key.starts_with(prefix))
}

fn enabled_rules(bucket: &Bucket) -> impl Iterator<Item = &ReplicationRule> {
    let rules = bucket.replication.iter().flat_map(|configuration| &configuration.rules);
    rules.filter(|rule| rule.status.as_str() == "Enabled")
}

fn destination(rule: &ReplicationRule) -> &str {
    let arn = rule.destination.bucket.as_str();
    arn.strip_prefix("arn:aws:s3:::").unwrap_or(arn)
}
