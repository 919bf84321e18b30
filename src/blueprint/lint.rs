//! What makes a plan impossible or dangerous, said before anything is changed.

use super::build::Blueprint;
use super::inventory::Inventory;
use super::plan::{Plan, Step, StepId, Work};
use super::resource::{Kind, ResourceId, Spec};
use super::{names, urls, zones};
use crate::error::{Error, Result};
use std::collections::BTreeSet;

/// How many custom policies of one sort an account may hold (aws-facts.md B, default quotas).
const POLICY_QUOTA: usize = 20;

/// How many headers a cache key may have (aws-facts.md B, default quotas).
const HEADERS_QUOTA: usize = 10;

/// Refuses what can't be planned at all; lists every obstacle at once.
pub(super) fn obstacles(blueprint: &Blueprint, inventory: &Inventory) -> Result<()> {
    let found: Vec<String> = foreign(blueprint, inventory)
        .chain(moved_buckets(blueprint, inventory))
        .chain(names_of_another_account(blueprint))
        .chain(full_account(blueprint, inventory))
        .chain(large_functions(blueprint))
        .chain(zones::obstacles(blueprint, inventory))
        .chain(many_headers(blueprint))
        .collect();
    refuse(format!("can't plan {}; nothing was changed", blueprint.site), found)
}

/// Refuses a plan that would harm the site. None of these can come from a right planner, which is why they
/// are looked for again here.
pub(super) fn dangers(plan: &Plan, inventory: &Inventory) -> Result<()> {
    let found: Vec<String> = duplicate_steps(plan)
        .chain(waits_for_ever(plan))
        .chain(deletes_what_serves(plan))
        .chain(removes_too_early(plan, inventory))
        .collect();
    refuse(format!("the plan for {} would be dangerous; nothing was changed", plan.site), found)
}

fn refuse(message: String, causes: Vec<String>) -> Result<()> {
    if causes.is_empty() { Ok(()) } else { Err(Error { causes, ..Error::failed(message) }) }
}

fn foreign<'a>(blueprint: &'a Blueprint, inventory: &'a Inventory) -> impl Iterator<Item = String> + 'a {
    let wanted = |id: &ResourceId| blueprint.resources.iter().any(|resource| resource.id == *id);
    let in_the_way = inventory.foreign.iter().filter(move |foreign| wanted(&foreign.resource));
    in_the_way.map(|foreign| {
        let advice = match foreign.resource.kind {
            Kind::Bucket => "choose another `bucket` in the profile, or leave the key out",
            _ => "choose another `name` in the profile, or remove it by hand if nobody needs it",
        };
        format!("{} exists and isn't ours: {}; {advice}", foreign.resource, foreign.why)
    })
}

fn moved_buckets<'a>(
    blueprint: &'a Blueprint,
    inventory: &'a Inventory,
) -> impl Iterator<Item = String> + 'a {
    let tables = ["distribution", "failover"];
    blueprint.buckets.iter().zip(tables).filter_map(|(wanted, table)| {
        let found = inventory.buckets.get(&wanted.name).filter(|found| found.region != wanted.region)?;
        Some(format!(
            "bucket {} lives in {} and can't move to {}: change `{table}.bucket` together with \
             `{table}.region`, or set the region back",
            wanted.name, found.region, wanted.region
        ))
    })
}

/// S3 gives a name that ends so only to the account in it (aws-facts.md G), which no check of the profile knows.
fn names_of_another_account(blueprint: &Blueprint) -> impl Iterator<Item = String> + '_ {
    blueprint.buckets.iter().filter_map(|bucket| {
        let here = format!("-{}-{}-an", blueprint.account, bucket.region);
        let reserved = names::is_account_regional(&bucket.name) && !bucket.name.ends_with(&here);
        reserved.then(|| {
            format!(
                "S3 keeps the name {} for another account than {}: end it with {here}, or leave `bucket` out",
                bucket.name, blueprint.account
            )
        })
    })
}

/// Old policies of ours still count while new ones are made, since they go last.
fn full_account<'a>(blueprint: &'a Blueprint, inventory: &'a Inventory) -> impl Iterator<Item = String> + 'a {
    let caches = inventory.cache_policies.iter().map(|found| found.name.as_str()).collect();
    let headers = inventory.response_headers_policy.iter().map(|found| found.name.as_str()).collect();
    let counts: [(Kind, BTreeSet<&str>, usize); 2] = [
        (Kind::CachePolicy, caches, inventory.other_cache_policies),
        (Kind::ResponseHeadersPolicy, headers, inventory.other_response_headers_policies),
    ];
    counts.into_iter().filter_map(|(kind, mut ours, others)| {
        let before = ours.len();
        let wanted = blueprint.resources.iter().filter(|resource| resource.id.kind == kind);
        ours.extend(wanted.map(|resource| resource.id.name.as_str()));
        let needed =
            format!("{} needed, {others} taken by others, {POLICY_QUOTA} allowed in an account", ours.len());
        (ours.len() > before && ours.len() + others > POLICY_QUOTA)
            .then(|| format!("the account has no room for another {kind}: {needed}"))
    })
}

fn large_functions(blueprint: &Blueprint) -> impl Iterator<Item = String> + '_ {
    blueprint.resources.iter().filter_map(|resource| match &resource.spec {
        Spec::Function(function) if !urls::fits(function) => Some(format!(
            "{} would be over CloudFront's 10 KB: too many files without an extension; set \
             `distribution.pretty_urls = false`, or give the files extensions",
            resource.id
        )),
        _ => None,
    })
}

/// Edge functions bring headers into the key that the caching answers don't show.
fn many_headers(blueprint: &Blueprint) -> impl Iterator<Item = String> + '_ {
    blueprint.resources.iter().filter_map(|resource| match &resource.spec {
        Spec::CachePolicy(policy) if policy.headers.len() > HEADERS_QUOTA => Some(format!(
            "a cache key would have {} headers, and CloudFront takes {HEADERS_QUOTA} ({}); take some out of the \
             caching rule, or give the edge function that needs the others a path of its own",
            policy.headers.len(),
            policy.headers.join(", ")
        )),
        _ => None,
    })
}

fn duplicate_steps(plan: &Plan) -> impl Iterator<Item = String> + '_ {
    let mut seen = BTreeSet::new();
    plan.steps
        .iter()
        .filter(move |step| !seen.insert(&step.id))
        .map(|step| format!("{} stands twice", step.id))
}

fn waits_for_ever(plan: &Plan) -> impl Iterator<Item = String> + '_ {
    let never_starts =
        |step: &&Step| step.after.iter().any(|id| plan.step(id).is_none() || reaches(plan, id, &step.id));
    plan.steps.iter().filter(never_starts).map(|step| format!("{} waits for itself, or for nothing", step.id))
}

/// Whether `from` waits for `target`, directly or through others.
fn reaches(plan: &Plan, from: &StepId, target: &StepId) -> bool {
    let mut open = vec![from.clone()];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if id == *target {
            return true;
        }
        if seen.insert(id.clone()) {
            open.extend(plan.step(&id).into_iter().flat_map(|step| step.after.clone()));
        }
    }
    false
}

fn deletes_what_serves(plan: &Plan) -> impl Iterator<Item = String> + '_ {
    plan.of_kind(Kind::Distribution)
        .filter(|step| matches!(step.work, Work::Delete { .. } | Work::Disable { .. }))
        .map(|step| format!("{} would take the site off the air", step.id))
}

/// A bucket may only go once the distribution has stopped asking it.
fn removes_too_early<'a>(plan: &'a Plan, inventory: &'a Inventory) -> impl Iterator<Item = String> + 'a {
    let asked = |bucket: &str| {
        let prefix = format!("{bucket}.s3.");
        let origins = inventory.distribution.iter().flat_map(|found| &found.spec.origins);
        origins.into_iter().any(|origin| origin.domain.starts_with(&prefix))
    };
    let switch = StepId(format!("{}/{}", Kind::Distribution, plan.site));
    plan.steps.iter().filter_map(move |step| match &step.work {
        Work::Empty(bucket) if asked(&bucket.name) && !reaches(plan, &step.id, &switch) => {
            Some(format!("{} would empty a bucket that the site is served from", step.id))
        }
        _ => None,
    })
}
