//! `sitecast status`: the deployed site, and where it differs from the profile.

use super::args::Status;
use super::site::{Folder, Ground, Site};
use super::status_domains::{self, Domains};
use super::status_facts::{age, facts, figures};
use super::{Console, Ending, status_watch, watching};
use crate::blueprint::inventory::{EdgeVersion, ObservedEdgeFunction};
use crate::blueprint::plan::Step;
use crate::blueprint::{Inventory, Plan};
use crate::error::{Error, Kind, Result};
use crate::report;
use crate::status::{Health, Panel, State, View, look_once};
use serde_json::{Value, json};
use std::time::SystemTime;

/// Shows the deployed site.
pub async fn run(console: &Console, arguments: &Status) -> Result<Ending> {
    if arguments.watch {
        return status_watch::run(console, arguments).await;
    }
    let ground = Ground::open(console, &arguments.file, Folder::IfThere).await?;
    let (health, otherwise) = match ground.observe().await {
        Ok(inventory) => (whole(console, &ground.holding(inventory)).await?, Ending::Fine),
        Err(error) if error.kind == Kind::Credentials => return Err(error),
        Err(error) => (panels_alone(console, &ground, &error).await?, Ending::Of(error.kind)),
    };
    Ok(if arguments.check { ending(health.state) } else { otherwise })
}

async fn whole(console: &Console, site: &Site) -> Result<Health> {
    let plan = if site.inventory.unreachable.is_empty() { Some(site.plan()?) } else { None };
    let sources = watching::sources(console, site);
    let (view, domains) = tokio::join!(look_once(&sources), status_domains::look(site));
    let health = view.health();
    let object = with_domains(object(site, plan.as_ref(), &health), domains.as_ref());
    // The plan below tells more of what differs than its panel.
    let panels = Panel::ALL.iter().filter(|panel| plan.is_none() || **panel != Panel::Drift);
    console.give(with_panels(object, &view), text(&site.blueprint.site, &view, &health, panels))?;
    match &plan {
        Some(_) if console.is_for_program() => {}
        Some(plan) => console.lines(&report::plan::lines(plan, console.look())),
        None => console.say("what differs from the profile can't be told while a bucket can't be reached"),
    }
    Ok(health)
}

/// What can be told where AWS refuses to show all of the site: a call that fails costs no panel but its own.
async fn panels_alone(console: &Console, ground: &Ground, error: &Error) -> Result<Health> {
    let view = look_once(&watching::fresh_sources(console, ground)).await;
    let health = view.health();
    let object = json!({
        "site": ground.blueprint.site,
        "account": ground.connection.identity.account,
        "health": health.state.word(),
        "reasons": health.reasons,
        "incomplete": error.told(),
    });
    let text = text(&ground.blueprint.site, &view, &health, Panel::ALL.iter());
    console.give(with_panels(object, &view), text)?;
    console.error(error);
    Ok(health)
}

/// What is worth an alarm, by how a check ends.
fn ending(state: State) -> Ending {
    match state {
        // A change that is on its way was asked for.
        State::Healthy | State::Deploying => Ending::Fine,
        State::Absent | State::Drifted => Ending::Of(Kind::Changes),
        State::Degraded => Ending::Of(Kind::Degraded),
        // What can't be told must not pass for well.
        State::Unknown => Ending::Of(Kind::Failed),
    }
}

fn text<'a>(site: &str, view: &View, health: &Health, panels: impl Iterator<Item = &'a Panel>) -> String {
    let heading = format!("{site}  {}", health.state.word());
    let reasons = health.reasons.iter().map(|reason| format!("  ! {}", reason.says));
    let now = SystemTime::now();
    let panels = panels.flat_map(|panel| panel_lines(view, *panel, now));
    std::iter::once(heading).chain(reasons).chain(panels).collect::<Vec<_>>().join("\n")
}

/// A panel's facts and figures under its title; the first line says how old they are.
fn panel_lines(view: &View, panel: Panel, now: SystemTime) -> Vec<String> {
    let mut said = [facts(view, panel), figures(view, panel)].concat();
    if said.is_empty() {
        said.push("none".to_owned());
    }
    let age = age(view, panel, now);
    let titled = said.into_iter().enumerate().map(|(at, line)| match at {
        0 => format!("  {:14}  {line}  ({age})", panel.title()),
        _ => format!("  {:14}  {line}", ""),
    });
    titled.collect()
}

/// The version that the distribution names.
fn served<'a>(site: &Site, function: &'a ObservedEdgeFunction) -> Option<&'a EdgeVersion> {
    let distribution = &site.inventory.distribution.as_ref()?.spec;
    let paths = distribution.behaviors.iter().map(|path| &path.behavior);
    let calls = paths.chain([&distribution.default_behavior]).flat_map(|behavior| behavior.edge.values());
    let named: Vec<_> = calls.filter_map(|call| call.function.known()).collect();
    function.versions.iter().find(|version| named.contains(&version.arn.as_str()))
}

fn role(site: &Site, bucket: &str) -> &'static str {
    let position = site.blueprint.buckets.iter().position(|wanted| wanted.name == bucket);
    match position {
        Some(0) => "primary",
        Some(_) => "backup",
        None => "left over",
    }
}

fn object(site: &Site, plan: Option<&Plan>, health: &Health) -> Value {
    let Inventory { distribution, buckets, unreachable, .. } = &site.inventory;
    let drift = plan.into_iter().flat_map(|plan| &plan.steps).filter(|step| step.action.changes_aws());
    json!({
        "site": site.blueprint.site,
        "account": site.connection.identity.account,
        "health": health.state.word(),
        "reasons": health.reasons,
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

fn with_panels(mut object: Value, view: &View) -> Value {
    object["panels"] = json!(view);
    object
}

fn drifted(step: &Step) -> Value {
    json!({ "resource": step.resource, "action": step.action, "reason": step.reason, "changes": step.changes })
}
