//! Steps that remove what is ours and no longer wanted. Planner and teardown share them.

use super::inventory::{Inventory, ObservedBucket};
use super::names;
use super::plan::{Action, STAYS, Stage, Step, StepId, Work};
use super::planner::global;
use super::resource::{Kind, Output, ReleaseBucket, ResourceId};
use crate::profile::answers::Region;

/// Removes every policy, function and access control of the site.
pub(super) fn policies_and_functions(inventory: &Inventory, after: Vec<StepId>) -> Vec<Step> {
    let cache = inventory.cache_policies.iter().map(|it| (Kind::CachePolicy, &it.name, &it.output));
    let headers = inventory
        .response_headers_policy
        .iter()
        .map(|it| (Kind::ResponseHeadersPolicy, &it.name, &it.output));
    let access =
        inventory.origin_access_control.iter().map(|it| (Kind::OriginAccessControl, &it.name, &it.output));
    let functions = inventory.functions.iter().map(|it| (Kind::Function, &it.name, &it.output));
    let all = access.chain(cache).chain(headers).chain(functions);
    all.map(|(kind, name, output)| global_removal(kind, name, output, after.clone())).collect()
}

/// What is left standing because rules of others copy from one of these buckets under the site's own role.
pub(super) fn role_of_others(
    inventory: &Inventory,
    staying: &[(&String, &ObservedBucket)],
) -> Option<String> {
    let role = inventory.replication_role.as_ref()?;
    let copies =
        |(_, bucket): &&(&String, &ObservedBucket)| bucket.role_of_others.as_ref() == Some(&role.output.arn);
    let (name, _) = staying.iter().find(copies)?;
    Some(format!("{STAYS}role {}, under which rules that aren't this site's copy from {name}", role.name))
}

/// Removes the replication rules of `sources`, then the role that they used, unless others use it.
pub(super) fn replication(
    inventory: &Inventory,
    sources: &[(&String, &ObservedBucket)],
    role_stays: bool,
) -> Vec<Step> {
    let rules = sources.iter().filter(|(_, bucket)| bucket.replication.is_some());
    let mut steps: Vec<_> = rules
        .map(|(name, bucket)| {
            let id = ResourceId::new(Kind::Replication, *name);
            removal(id, Stage::Failover, (*name).clone(), bucket.region.clone(), Vec::new())
        })
        .collect();
    let after: Vec<_> = steps.iter().map(|step| step.id.clone()).collect();
    let role = inventory.replication_role.iter().filter(|_| !role_stays);
    steps.extend(role.map(|it| global_removal(Kind::ReplicationRole, &it.name, &it.output, after.clone())));
    steps
}

/// Removes every edge function, then the role under which they ran: it is needed for as long as a copy of one is
/// at an edge location (aws-facts.md D.6).
pub(super) fn edge(inventory: &Inventory, after: &[StepId], awaited: bool) -> Vec<Step> {
    let functions = inventory.edge_functions.iter().map(|found| {
        let id = ResourceId::new(Kind::EdgeFunction, &found.name);
        let removed = removal(id, Stage::Edge, found.name.clone(), global(), after.to_vec());
        Step { work: Work::DeleteReplicated { awaited }, ..removed }
    });
    let mut steps: Vec<_> = functions.collect();
    let gone: Vec<_> = after.iter().cloned().chain(steps.iter().map(|step| step.id.clone())).collect();
    let role = inventory.edge_role.iter();
    steps.extend(role.map(|it| global_removal(Kind::EdgeRole, &it.name, &it.output, gone.clone())));
    steps
}

/// Removes what these edge functions wrote.
pub(super) fn edge_logs(site: &str, functions: Vec<String>, after: Vec<StepId>) -> Option<Step> {
    (!functions.is_empty()).then(|| {
        let id = ResourceId::new(Kind::EdgeLogs, names::site_resource_name(site));
        let removed = removal(id, Stage::Edge, String::new(), global(), after);
        let reason = "the log groups of the edge functions, in every region".to_owned();
        Step { work: Work::DeleteLogs { functions }, reason, ..removed }
    })
}

/// Empties and removes buckets, the one that S3 copies from before the one that it copies into, since copies may
/// still arrive (aws-facts.md G).
pub(super) fn buckets(buckets: &[(&String, &ObservedBucket)], after: Vec<StepId>) -> Vec<Step> {
    let mut ordered = buckets.to_vec();
    ordered.sort_by_key(|(_, bucket)| bucket.replication.is_none());
    let source = ordered.iter().find(|(_, bucket)| bucket.replication.is_some()).map(|(name, _)| *name);
    let removals = ordered.into_iter().flat_map(|(name, bucket)| {
        let source = source.filter(|source| *source != name);
        let source_gone = source.map(|source| StepId::of(&ResourceId::new(Kind::Bucket, source)));
        bucket_removal(name, bucket, after.iter().cloned().chain(source_gone).collect())
    });
    removals.collect()
}

fn bucket_removal(name: &String, bucket: &ObservedBucket, after: Vec<StepId>) -> [Step; 2] {
    let id = ResourceId::new(Kind::Bucket, name);
    let empty = Step {
        id: StepId::also(&id, "empty"),
        action: Action::Delete,
        resource: ResourceId::new(Kind::Release, name),
        name: name.clone(),
        stage: Stage::Distribution,
        reason: "every object and version, so that the bucket can go".to_owned(),
        changes: Vec::new(),
        after,
        work: Work::Empty(ReleaseBucket::observed(name, bucket)),
    };
    let emptied = vec![empty.id.clone()];
    [empty, removal(id, Stage::Distribution, name.clone(), bucket.region.clone(), emptied)]
}

pub(super) fn global_removal(kind: Kind, name: &str, output: &Output, after: Vec<StepId>) -> Step {
    let stage = match kind {
        Kind::CachePolicy => Stage::Caching,
        Kind::Certificate | Kind::ValidationRecord | Kind::AliasRecord => Stage::Https,
        Kind::ReplicationRole | Kind::Replication => Stage::Failover,
        Kind::EdgeRole | Kind::EdgeFunction | Kind::EdgeLogs => Stage::Edge,
        Kind::Bucket
        | Kind::BucketSettings
        | Kind::BucketPolicy
        | Kind::OriginAccessControl
        | Kind::ResponseHeadersPolicy
        | Kind::Function
        | Kind::Distribution
        | Kind::Release => Stage::Distribution,
    };
    removal(ResourceId::new(kind, name), stage, output.id.clone(), global(), after)
}

fn removal(resource: ResourceId, stage: Stage, id: String, region: Region, after: Vec<StepId>) -> Step {
    Step {
        id: StepId::of(&resource),
        action: Action::Delete,
        name: resource.name.clone(),
        stage,
        reason: "no longer part of the site".to_owned(),
        changes: Vec::new(),
        after,
        work: Work::Delete { id, region },
        resource,
    }
}
