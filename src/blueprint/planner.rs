//! From blueprint and inventory to a plan: what to make, change, finish, keep and remove, and in which order.

use super::build::{Blueprint, Wanted};
use super::diff::{Change, changes};
use super::distribution::DistributionSpec;
use super::existing::{known, observed};
use super::inventory::{Inventory, ObservedBucket, ObservedRelease};
use super::plan::{Action, Plan, Stage, Step, StepId, Work};
use super::resource::{
    EdgeFunctionSpec, FunctionSpec, Kind, Output, Outputs, ReleaseBucket, ReleaseSpec, ResourceId, Spec,
};
use super::{lint, removal};
use crate::error::Result;
use crate::profile::answers::Region;
use std::collections::BTreeSet;

/// The region by which everything global is reached (aws-facts.md A.1).
pub(super) const GLOBAL_REGION: &str = "us-east-1";

/// Plans how `inventory` becomes `blueprint`.
///
/// # Errors
/// When something that is not ours is in the way, when a bucket would have to move, when the account has no
/// room left, or when the plan would be dangerous. Then nothing may be changed.
pub fn plan(blueprint: &Blueprint, inventory: &Inventory) -> Result<Plan> {
    inventory.insist_on_reach()?;
    lint::obstacles(blueprint, inventory)?;
    let mut planner = Planner::new(blueprint, inventory);
    planner.remember_old_buckets();
    for wanted in &blueprint.resources {
        planner.consider(wanted);
    }
    for proof in planner.further_proofs() {
        planner.consider(&proof);
    }
    planner.take_domains_once_issued();
    planner.await_deployed();
    planner.prune_versions();
    planner.purge_after_switch();
    planner.remove_leftovers();
    planner.remove_old_domains();
    planner.forget_old_buckets();
    let plan = planner.finish();
    lint::dangers(&plan, inventory)?;
    Ok(plan)
}

pub(super) struct Planner<'a> {
    pub(super) blueprint: &'a Blueprint,
    pub(super) inventory: &'a Inventory,
    pub(super) known: Outputs,
    pub(super) steps: Vec<Step>,
    pub(super) notices: Vec<String>,
}

impl<'a> Planner<'a> {
    fn new(blueprint: &'a Blueprint, inventory: &'a Inventory) -> Self {
        let known = known(&blueprint.site, inventory);
        let mut planner = Planner { blueprint, inventory, known, steps: Vec::new(), notices: Vec::new() };
        planner.know_certificate();
        planner
    }

    fn finish(self) -> Plan {
        let plan = Plan {
            site: self.blueprint.site.clone(),
            account: self.blueprint.account.clone(),
            steps: self.steps,
            known: self.known,
            notices: [&self.blueprint.notices, &self.inventory.notices, &self.notices]
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
        };
        plan.ordered()
    }

    fn consider(&mut self, wanted: &Wanted) {
        if self.is_for_others(&wanted.id) {
            return;
        }
        let mut spec = self.resolved(&wanted.spec);
        let (action, reason, changes) = self.compare(&wanted.id, &mut spec);
        self.note_version(&wanted.id, &spec);
        let after = self.prerequisites(&wanted.id, &spec, action);
        let work = match action {
            Action::Keep => Work::Nothing,
            Action::Update => Work::Update { id: self.aws_id(&wanted.id), spec },
            Action::Create | Action::Adopt | Action::Delete | Action::Await | Action::BackUp => {
                Work::Create(spec)
            }
        };
        self.steps.push(Step {
            id: StepId::of(&wanted.id),
            action,
            name: wanted.id.name.clone(),
            resource: wanted.id.clone(),
            stage: wanted.stage,
            reason,
            changes,
            after,
            work,
        });
    }

    /// A specification with everything filled in that AWS has given out already.
    pub(super) fn resolved(&self, spec: &Spec) -> Spec {
        let mut spec = spec.clone();
        spec.resolve(&self.known);
        spec
    }

    /// The id of what exists already.
    pub(super) fn known_id(&self, resource: &ResourceId) -> Option<String> {
        self.known.get(resource).map(|output| output.id.clone())
    }

    /// A certificate has no name of ours, so that only the blueprint tells which one is meant.
    fn know_certificate(&mut self) {
        let wanted = self.blueprint.domains.as_ref().map(|domains| domains.certificate.clone());
        if let (Some(wanted), Some(found)) = (wanted, self.certificate()) {
            let output = Output { id: found.arn.clone(), arn: found.arn.clone(), ..Output::default() };
            self.known.insert(wanted, output);
        }
    }

    /// What is to be done about one resource, why, and what differs.
    fn compare(&self, id: &ResourceId, spec: &mut Spec) -> (Action, String, Vec<Change>) {
        match spec {
            Spec::Certificate(certificate) => return self.compare_certificate(certificate),
            Spec::ValidationRecord(record) => return self.compare_validation(id, record),
            Spec::AliasRecord(record) => return self.compare_alias(id, record),
            Spec::Release(release) => {
                release.distribution = self.known_id(&self.distribution_id());
                release.spared = self.pages_answered_with();
                return self.compare_release(release);
            }
            Spec::Function(function) => {
                if let Some(half_made) = self.half_made(id, function) {
                    return half_made;
                }
            }
            Spec::EdgeFunction(function) => {
                if let Some(unpublished) = self.unpublished(id, function) {
                    return unpublished;
                }
            }
            Spec::Distribution(distribution) => self.hold_back_domains(distribution),
            Spec::Bucket(_)
            | Spec::BucketSettings(_)
            | Spec::BucketPolicy(_)
            | Spec::ReplicationRole(_)
            | Spec::Replication(_)
            | Spec::OriginAccessControl(_)
            | Spec::CachePolicy(_)
            | Spec::ResponseHeadersPolicy(_)
            | Spec::EdgeRole(_) => {}
        }
        let Some(observed) = observed(self.inventory, id) else {
            return (Action::Create, creation_reason(id.kind).to_owned(), Vec::new());
        };
        let mut changes = changes(&observed, spec);
        changes.extend(observed.altered().iter().cloned());
        match changes.len() {
            0 => (Action::Keep, "as the profile asks".to_owned(), changes),
            1 => (Action::Update, "one field differs from the profile".to_owned(), changes),
            count => (Action::Update, format!("{count} fields differ from the profile"), changes),
        }
    }

    /// A function at the edge that exists as it should be, and was not published like this.
    fn unpublished(
        &self,
        id: &ResourceId,
        function: &mut EdgeFunctionSpec,
    ) -> Option<(Action, String, Vec<Change>)> {
        let found = self.edge_function(id)?;
        function.keep_unknown(&found.latest);
        let is_unpublished = found.latest == *function && found.version_of(function).is_none();
        let reason = format!("{} was made, but not published as it is", found.name);
        is_unpublished.then(|| (Action::Adopt, reason, Vec::new()))
    }

    /// A function that was made but never published is finished, whatever it says.
    fn half_made(
        &self,
        id: &ResourceId,
        function: &mut FunctionSpec,
    ) -> Option<(Action, String, Vec<Change>)> {
        let observed = self.inventory.functions.iter().find(|function| function.name == id.name)?;
        // Without the folder the code can't be known, so what AWS has is left.
        function.code = function.code.take().or_else(|| observed.development.code.clone());
        let reason = format!("{} was made but never published", observed.name);
        observed.live.is_none().then_some((Action::Adopt, reason, Vec::new()))
    }

    fn compare_release(&self, release: &ReleaseSpec) -> (Action, String, Vec<Change>) {
        let states: Vec<_> = release.buckets.iter().map(|bucket| self.release_in(&bucket.name)).collect();
        let published = |state: &&ObservedRelease| matches!(state, ObservedRelease::Published { hash, .. } if *hash == release.hash);
        if states.iter().all(|state| state.as_ref().is_some_and(published)) {
            return (Action::Keep, "every bucket holds this release".to_owned(), Vec::new());
        }
        let first = states.iter().flatten().all(|state| matches!(state, ObservedRelease::Never));
        let action = if first { Action::Create } else { Action::Update };
        (action, release_reason(release, &states), Vec::new())
    }

    fn release_in(&self, bucket: &str) -> Option<&'a ObservedRelease> {
        self.inventory.buckets.get(bucket).map(|bucket| &bucket.release)
    }

    /// The steps that must end well before this one: those that make what it names, and those without which
    /// AWS refuses it or visitors would notice.
    fn prerequisites(&self, id: &ResourceId, spec: &Spec, action: Action) -> Vec<StepId> {
        let mut after: BTreeSet<StepId> = spec.awaits().iter().map(StepId::of).collect();
        let same_bucket = |kind| vec![StepId::of(&ResourceId::new(kind, &id.name))];
        after.extend(match spec {
            Spec::BucketSettings(_) => same_bucket(Kind::Bucket),
            // The public access block first: otherwise two writes to one bucket collide (aws-facts.md G).
            Spec::BucketPolicy(_) => same_bucket(Kind::BucketSettings),
            // Both buckets must keep versions before S3 takes the rule (aws-facts.md G).
            Spec::Replication(_) => self.each_bucket(Kind::BucketSettings),
            Spec::Release(release) if release.replicated => {
                [self.each_bucket(Kind::BucketSettings), self.each_bucket(Kind::Replication)].concat()
            }
            Spec::Release(_) => self.each_bucket(Kind::BucketSettings),
            Spec::Distribution(spec)
                if action == Action::Update && (self.asks_anew(spec) || self.wants_other_pages()) =>
            {
                let ready = vec![StepId::of(&self.release_id()), self.remember_id()];
                let first =
                    [ready, self.records_before_aliases(), self.edge_role_step().into_iter().collect()];
                [self.each_bucket(Kind::BucketPolicy), first.concat()].concat()
            }
            // CloudFront looks for the buckets (aws-facts.md K11).
            Spec::Distribution(_) => {
                let before = std::iter::once(self.remember_id()).chain(self.edge_role_step());
                [self.each_bucket(Kind::Bucket), before.collect(), self.records_before_aliases()].concat()
            }
            Spec::AliasRecord(_) => self.domains_served(),
            Spec::Bucket(_)
            | Spec::ReplicationRole(_)
            | Spec::OriginAccessControl(_)
            | Spec::CachePolicy(_)
            | Spec::ResponseHeadersPolicy(_)
            | Spec::EdgeRole(_)
            | Spec::Certificate(_)
            | Spec::ValidationRecord(_) => Vec::new(),
            // It leads to pages that must be there first.
            Spec::Function(_) if action == Action::Update && self.wants_other_pages() => {
                vec![StepId::of(&self.release_id())]
            }
            Spec::Function(_) => Vec::new(),
            Spec::EdgeFunction(_) => self.edge_role_step().into_iter().collect(),
        });
        after.into_iter().collect()
    }

    fn each_bucket(&self, kind: Kind) -> Vec<StepId> {
        let of = |bucket: &ReleaseBucket| StepId::of(&ResourceId::new(kind, &bucket.name));
        self.blueprint.buckets.iter().map(of).collect()
    }

    /// Whether the distribution will ask a bucket that it does not ask now. That bucket must be able to answer
    /// first.
    fn asks_anew(&self, wanted: &DistributionSpec) -> bool {
        let observed = self.inventory.distribution.iter().flat_map(|found| &found.spec.origins);
        let asked: BTreeSet<_> = observed.map(|origin| &origin.domain).collect();
        wanted.origins.iter().any(|origin| !asked.contains(&origin.domain))
    }

    /// The files that the distribution answers with by itself as it stands.
    fn pages_answered_with(&self) -> Vec<String> {
        let observed = self.inventory.distribution.iter();
        observed.flat_map(|found| found.spec.pages().map(str::to_owned)).collect()
    }

    /// Whether the distribution is to answer with a file that it does not answer with now. That file must be
    /// there first.
    pub(super) fn wants_other_pages(&self) -> bool {
        let observed = self.pages_answered_with();
        let mut wanted = self.blueprint.distribution().into_iter().flat_map(DistributionSpec::pages);
        !observed.is_empty() && wanted.any(|page| !observed.iter().any(|known| known == page))
    }

    fn aws_id(&self, id: &ResourceId) -> String {
        self.known.get(id).map_or_else(|| id.name.clone(), |output| output.id.clone())
    }

    pub(super) fn distribution_id(&self) -> ResourceId {
        ResourceId::new(Kind::Distribution, &self.blueprint.site)
    }

    pub(super) fn deployed_id(&self) -> StepId {
        StepId::also(&self.distribution_id(), "deployed")
    }

    fn release_id(&self) -> ResourceId {
        ResourceId::new(Kind::Release, &self.blueprint.site)
    }

    /// Waits for the edge locations, after a change of this run or one that an earlier run left under way.
    fn await_deployed(&mut self) {
        let distribution = self.distribution_id();
        let id = StepId::of(&distribution);
        let changed = self.steps.iter().any(|step| step.id == id && step.action.changes_aws());
        let under_way = self.inventory.distribution.as_ref().is_some_and(|found| !found.deployed);
        if !changed && !under_way {
            return;
        }
        self.steps.push(Step {
            id: self.deployed_id(),
            action: Action::Await,
            name: distribution.name.clone(),
            stage: Stage::Distribution,
            reason: "every edge location has the new configuration".to_owned(),
            changes: Vec::new(),
            after: vec![id],
            work: Work::AwaitDeployed { id: self.known.get(&distribution).map(|output| output.id.clone()) },
            resource: distribution,
        });
    }

    fn remove_leftovers(&mut self) {
        let blueprint = self.blueprint;
        let wanted: BTreeSet<_> = blueprint.resources.iter().map(|wanted| wanted.id.clone()).collect();
        let unwanted = |step: &Step| !wanted.contains(&step.resource);
        let deployed = self.deployed_id();
        let rules: Vec<_> = self.unwanted_replication(&wanted).into_iter().filter(unwanted).collect();
        // Copies may still arrive while a rule stands (aws-facts.md G).
        let settled = rules.iter().map(|step| step.id.clone()).chain([deployed.clone()]).collect();
        let buckets = removal::buckets(&self.old_buckets(), settled);
        let policies = removal::policies_and_functions(self.inventory, vec![deployed]);
        self.steps.extend(rules.into_iter().chain(buckets).chain(policies.into_iter().filter(unwanted)));
        self.remove_edge_leftovers(&wanted);
    }

    fn unwanted_replication(&mut self, wanted: &BTreeSet<ResourceId>) -> Vec<Step> {
        let stays = |name: &String| self.blueprint.buckets.iter().any(|bucket| bucket.name == *name);
        let staying: Vec<_> = self.inventory.buckets.iter().filter(|(name, _)| stays(name)).collect();
        let role_stays = removal::role_of_others(self.inventory, &staying);
        let role_stays = role_stays.filter(|_| !wanted.iter().any(|id| id.kind == Kind::ReplicationRole));
        let steps = removal::replication(self.inventory, &staying, role_stays.is_some());
        self.notices.extend(role_stays);
        steps
    }
}

impl Plan {
    /// Drops every wait for a step that is not there or has nothing to do, and puts each step behind those
    /// that it waits for.
    pub(super) fn ordered(mut self) -> Plan {
        let real: BTreeSet<_> = self
            .steps
            .iter()
            .filter(|step| step.action != Action::Keep)
            .map(|step| step.id.clone())
            .collect();
        for step in &mut self.steps {
            step.after.retain(|id| real.contains(id) && step.action != Action::Keep);
        }
        self.steps = in_order(self.steps);
        self
    }
}

/// The steps in an order in which each could run, otherwise as they stand. Steps that wait for one another
/// are left at the end, where the lint finds them.
fn in_order(mut waiting: Vec<Step>) -> Vec<Step> {
    let mut ordered: Vec<Step> = Vec::with_capacity(waiting.len());
    let mut placed = BTreeSet::new();
    while let Some(next) = waiting.iter().position(|step| step.after.iter().all(|id| placed.contains(id))) {
        let step = waiting.remove(next);
        placed.insert(step.id.clone());
        ordered.push(step);
    }
    ordered.extend(waiting);
    ordered
}

fn creation_reason(kind: Kind) -> &'static str {
    match kind {
        Kind::Bucket => "no bucket of this name exists yet",
        Kind::BucketSettings => "a new bucket has none of them",
        Kind::BucketPolicy => "only this distribution may read the bucket",
        Kind::ReplicationRole => "S3 needs it to copy into the backup",
        Kind::Replication => "S3 is to copy into the backup",
        Kind::OriginAccessControl => "CloudFront signs its requests to the buckets with it",
        Kind::CachePolicy => "no managed policy equals these caching answers",
        Kind::ResponseHeadersPolicy => "every answer gets these headers",
        Kind::Function => "paths of folders are answered by their pages",
        Kind::EdgeRole => "edge functions run under it",
        Kind::EdgeFunction => "the profile asks for it at the edge",
        Kind::EdgeLogs => "edge functions write them",
        Kind::Distribution => "no distribution of this site exists yet",
        Kind::Release => "the folder was never published",
        Kind::Certificate | Kind::ValidationRecord | Kind::AliasRecord => "the site's own domains need it",
    }
}

fn release_reason(release: &ReleaseSpec, states: &[Option<&ObservedRelease>]) -> String {
    let told = release.buckets.iter().zip(states).map(|(bucket, state)| {
        let what = match state {
            None | Some(ObservedRelease::Never) => "never published here".to_owned(),
            Some(ObservedRelease::Unfinished { .. }) => "an upload was not finished".to_owned(),
            Some(ObservedRelease::Published { hash, .. }) if *hash == release.hash => "up to date".to_owned(),
            Some(ObservedRelease::Altered { missing, overwritten, strange }) => format!(
                "{missing} missing from the bucket, {overwritten} written over, {strange} that no release put there"
            ),
            Some(ObservedRelease::Published { changes: None, .. }) => "another release".to_owned(),
            Some(ObservedRelease::Published { changes: Some(changes), .. }) => format!(
                "{} to upload, {} with new headers, {} to delete",
                changes.uploads, changes.header_changes, changes.deletions
            ),
        };
        format!("{}: {what}", bucket.name)
    });
    told.collect::<Vec<_>>().join("; ")
}

/// A step that removes something global.
pub(super) fn global() -> Region {
    Region(GLOBAL_REGION.to_owned())
}

impl ReleaseBucket {
    pub(super) fn observed(name: &str, bucket: &ObservedBucket) -> Self {
        ReleaseBucket { name: name.to_owned(), region: bucket.region.clone() }
    }
}
