//! The plan that removes a site, in the order in which AWS lets things go.

use super::certificates;
use super::domain_steps::{alias_removals, leading_here};
use super::existing::known;
use super::inventory::{Inventory, ObservedDistribution};
use super::plan::{Action, Plan, STAYS, Stage, Step, StepId, Work};
use super::resource::{Kind, ResourceId};
use super::{names, removal, zones};

/// What a teardown leaves standing, and whether it waits for what takes hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeepOnDestroy {
    /// Leave the buckets with everything in them.
    pub buckets: bool,
    /// Leave what edge functions wrote.
    pub logs: bool,
    /// Wait until edge locations have let go of edge functions, instead of leaving those to another run.
    pub until_replicas_are_gone: bool,
}

/// Plans the removal of everything of `site` that is ours.
///
/// The buckets go after the distribution: one whose origin is gone could be taken over by whoever makes a
/// bucket of that name.
pub fn teardown(site: &str, account: &str, inventory: &Inventory, keep: KeepOnDestroy) -> Plan {
    let distribution = ResourceId::new(Kind::Distribution, site);
    let gone = vec![StepId::of(&distribution)];
    let mut steps = alias_removals(inventory);
    let records_gone = steps.iter().map(|step| step.id.clone()).collect();
    if let Some(found) = &inventory.distribution {
        steps.extend(distribution_removal(&distribution, found, records_gone));
    }
    let certificates = certificates::removal(inventory, None, &[], &|_| gone.clone());
    steps.extend(certificates.steps);
    steps.extend(removal::policies_and_functions(inventory, gone.clone()));
    steps.extend(edge_removal(site, inventory, keep, &gone));
    let buckets: Vec<_> = inventory.buckets.iter().collect();
    // Rules go with their bucket, whoever made them.
    let staying = if keep.buckets { buckets.as_slice() } else { &[] };
    let role_stays = removal::role_of_others(inventory, staying);
    let rules = removal::replication(inventory, &buckets, role_stays.is_some());
    if !keep.buckets {
        let settled = rules.iter().map(|step| step.id.clone()).chain(gone).collect();
        steps.extend(removal::buckets(&buckets, settled));
    }
    steps.extend(rules);
    let plan = Plan {
        site: site.to_owned(),
        account: account.to_owned(),
        steps,
        known: known(site, inventory),
        notices: notices(inventory, keep).into_iter().chain(certificates.notices).chain(role_stays).collect(),
    };
    plan.ordered()
}

/// The logs go before the functions, by whose names alone they are known.
fn edge_removal(site: &str, inventory: &Inventory, keep: KeepOnDestroy, gone: &[StepId]) -> Vec<Step> {
    let functions = inventory.edge_functions.iter().map(|found| found.name.clone()).collect();
    let logs = removal::edge_logs(site, functions, gone.to_vec()).filter(|_| !keep.logs);
    let after: Vec<_> = gone.iter().cloned().chain(logs.iter().map(|step| step.id.clone())).collect();
    let functions = removal::edge(inventory, &after, keep.until_replicas_are_gone);
    logs.into_iter().chain(functions).collect()
}

/// Disable, wait for every edge location, delete (aws-facts.md A.2: `DistributionNotDisabled`).
fn distribution_removal(
    resource: &ResourceId,
    found: &ObservedDistribution,
    records_gone: Vec<StepId>,
) -> Vec<Step> {
    let id = found.output.id.clone();
    let disable = StepId::also(resource, "disable");
    let idle = StepId::also(resource, "idle");
    let step = |id: StepId, action, reason: &str, after: Vec<StepId>, work| Step {
        id,
        action,
        resource: resource.clone(),
        name: resource.name.clone(),
        stage: Stage::Distribution,
        reason: reason.to_owned(),
        changes: Vec::new(),
        after,
        work,
    };
    let mut steps = Vec::new();
    if found.spec.enabled {
        let work = Work::Disable { id: id.clone() };
        steps.push(step(
            disable.clone(),
            Action::Update,
            "AWS deletes only what is disabled",
            records_gone.clone(),
            work,
        ));
    }
    if found.spec.enabled || !found.deployed {
        let work = Work::AwaitDeployed { id: Some(id.clone()) };
        let reason = "AWS deletes only what no edge location serves";
        steps.push(step(idle.clone(), Action::Await, reason, vec![disable], work));
    }
    let work = Work::Delete { id, region: super::planner::global() };
    steps.push(step(
        StepId::of(resource),
        Action::Delete,
        "no longer part of the site",
        [vec![idle], records_gone].concat(),
        work,
    ));
    steps
}

fn notices(inventory: &Inventory, keep: KeepOnDestroy) -> Vec<String> {
    let foreign = inventory.foreign.iter().map(|it| format!("{STAYS}{} ({})", it.resource, it.why));
    let led = inventory.distribution.iter().flat_map(|found| leading_here(inventory, found));
    let led = led.filter(|record| !zones::is_ours(inventory, record));
    let led = led
        .map(|record| format!("{STAYS}the record {} {}, which was there before", record.kind, record.name));
    let kept = inventory
        .buckets
        .keys()
        .filter(|_| keep.buckets)
        .map(|name| format!("{STAYS}bucket {name}, with everything in it"));
    let logs = inventory.edge_functions.iter().filter(|_| keep.logs);
    let logs =
        logs.map(|it| format!("{STAYS}log group {}, in every region", names::edge_log_group(&it.name)));
    inventory.notices.iter().cloned().chain(foreign).chain(led).chain(kept).chain(logs).collect()
}
