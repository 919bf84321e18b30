//! `sitecast status`: the deployed site, and where it differs from the profile.

use super::args::Status;
use super::site::{Folder, Site};
use super::status_domains::{self, Domains};
use super::{Console, Ending};
use crate::blueprint::inventory::{EdgeVersion, ObservedBucket, ObservedEdgeFunction, ObservedRelease};
use crate::blueprint::plan::{Action, Step};
use crate::blueprint::{Inventory, Plan};
use crate::error::{Kind, Result};
use crate::report;
use serde_json::{Value, json};

/// What is worth an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    /// Nothing of the site exists.
    Absent,
    /// It serves, and is as the profile asks.
    Fine,
    /// It serves, and differs from the profile.
    Drifted,
    /// Visitors may notice: it is switched off, or a bucket lacks what it should hold.
    Degraded,
}

impl Health {
    fn word(self) -> &'static str {
        match self {
            Health::Absent => "not deployed",
            Health::Fine => "healthy",
            Health::Drifted => "differs from the profile",
            Health::Degraded => "degraded",
        }
    }

    fn ending(self) -> Ending {
        match self {
            Health::Fine => Ending::Fine,
            Health::Absent | Health::Drifted => Ending::Of(Kind::Changes),
            Health::Degraded => Ending::Of(Kind::Degraded),
        }
    }
}

/// Shows the deployed site.
pub async fn run(console: &Console, arguments: &Status) -> Result<Ending> {
    let site = Site::open(console, &arguments.file, Folder::IfThere).await?;
    let plan = if site.inventory.unreachable.is_empty() { Some(site.plan()?) } else { None };
    let health = plan.as_ref().map_or(Health::Degraded, |plan| health(&site, plan));
    let domains = status_domains::look(&site).await;
    let object = with_domains(object(&site, plan.as_ref(), health), domains.as_ref());
    let lines: Vec<_> = domains.iter().flat_map(Domains::lines).collect();
    console.give(object, [vec![text(&site, health)], lines].concat().join("\n"))?;
    match &plan {
        Some(_) if console.is_for_program() => {}
        Some(plan) => console.lines(&report::plan::lines(plan, console.look())),
        None => console.say("what differs from the profile can't be told while a bucket can't be reached"),
    }
    Ok(if arguments.check { health.ending() } else { Ending::Fine })
}

fn health(site: &Site, plan: &Plan) -> Health {
    let Some(distribution) = &site.inventory.distribution else { return Health::Absent };
    let lacks_files = |name: &String| {
        let bucket = site.inventory.buckets.get(name);
        bucket.is_none_or(|bucket| {
            !matches!(bucket.release, ObservedRelease::Published { .. }) || bucket.policy.is_none()
        })
    };
    if !distribution.spec.enabled || site.blueprint.buckets.iter().any(|bucket| lacks_files(&bucket.name)) {
        Health::Degraded
    } else if plan.changes_aws() {
        Health::Drifted
    } else {
        Health::Fine
    }
}

fn text(site: &Site, health: Health) -> String {
    let mut lines = vec![format!("{}  {}", site.blueprint.site, health.word())];
    if let Some(distribution) = &site.inventory.distribution {
        let state = if distribution.deployed { "deployed" } else { "being deployed" };
        let served = if distribution.spec.enabled { state } else { "disabled" };
        lines.push(format!(
            "  distribution  {}  {served}  https://{}/",
            distribution.output.id, distribution.output.domain
        ));
    }
    let mut buckets: Vec<_> = site.inventory.buckets.iter().collect();
    buckets.sort_by_key(|(name, _)| std::cmp::Reverse(role(site, name)));
    lines.extend(buckets.into_iter().map(|(name, bucket)| {
        format!("  {:12}  {name}  {}  {}", role(site, name), bucket.region, release(bucket))
    }));
    let unreachable = &site.inventory.unreachable;
    lines.extend(
        unreachable
            .iter()
            .map(|(name, why)| format!("  {:12}  {name}  can't be reached: {why}", role(site, name))),
    );
    lines.extend(
        site.inventory
            .edge_functions
            .iter()
            .map(|function| format!("  {:12}  {}  {}", "edge", function.name, version(site, function))),
    );
    lines.join("\n")
}

/// The version that the distribution names.
fn served<'a>(site: &Site, function: &'a ObservedEdgeFunction) -> Option<&'a EdgeVersion> {
    let distribution = &site.inventory.distribution.as_ref()?.spec;
    let paths = distribution.behaviors.iter().map(|path| &path.behavior);
    let calls = paths.chain([&distribution.default_behavior]).flat_map(|behavior| behavior.edge.values());
    let named: Vec<_> = calls.filter_map(|call| call.function.known()).collect();
    function.versions.iter().find(|version| named.contains(&version.arn.as_str()))
}

fn version(site: &Site, function: &ObservedEdgeFunction) -> String {
    match served(site, function) {
        Some(version) => format!("version {}", version.number),
        None => "runs nowhere".to_owned(),
    }
}

fn role(site: &Site, bucket: &str) -> &'static str {
    let position = site.blueprint.buckets.iter().position(|wanted| wanted.name == bucket);
    match position {
        Some(0) => "primary",
        Some(_) => "backup",
        None => "left over",
    }
}

fn release(bucket: &ObservedBucket) -> String {
    match &bucket.release {
        ObservedRelease::Never => "nothing published".to_owned(),
        ObservedRelease::Unfinished { .. } => "an upload was not finished".to_owned(),
        ObservedRelease::Altered { .. } => "changed by something else".to_owned(),
        ObservedRelease::Published { hash, .. } => format!("release {}", hash.get(..12).unwrap_or(hash)),
    }
}

fn object(site: &Site, plan: Option<&Plan>, health: Health) -> Value {
    let Inventory { distribution, buckets, unreachable, .. } = &site.inventory;
    let drift = plan.into_iter().flat_map(|plan| &plan.steps).filter(|step| step.action != Action::Keep);
    json!({
        "site": site.blueprint.site,
        "account": site.connection.identity.account,
        "health": health.word(),
        "distribution": distribution.as_ref().map(|found| json!({
            "id": found.output.id,
            "arn": found.output.arn,
            "domain": found.output.domain,
            "enabled": found.spec.enabled,
            "deployed": found.deployed,
        })),
        "buckets": buckets.iter().map(|(name, bucket)| json!({
            "name": name,
            "role": role(site, name),
            "region": bucket.region,
            "release": bucket.release,
        })).collect::<Vec<_>>(),
        "unreachable": unreachable.iter().map(|(name, why)| json!({
            "name": name,
            "role": role(site, name),
            "why": why,
        })).collect::<Vec<_>>(),
        "edge": site.inventory.edge_functions.iter().map(|function| json!({
            "name": function.name,
            "runtime": function.latest.runtime,
            "version": served(site, function).map(|version| &version.number),
        })).collect::<Vec<_>>(),
        "drift": drift.map(drifted).collect::<Vec<_>>(),
        "notices": plan.map_or(&site.inventory.notices, |plan| &plan.notices),
    })
}

fn with_domains(mut object: Value, domains: Option<&Domains<'_>>) -> Value {
    if let Some(domains) = domains {
        object["address"] = json!(domains.address());
        object["domains"] = domains.domains_json();
        object["certificate"] = domains.certificate_json();
    }
    object
}

fn drifted(step: &Step) -> Value {
    json!({ "resource": step.resource, "action": step.action, "reason": step.reason, "changes": step.changes })
}
