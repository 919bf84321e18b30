//! The plan that takes back what one run made, and nothing that was there before it.

use super::domain_steps::alias_removals;
use super::inventory::{Inventory, ObservedCertificate, ObservedDistribution};
use super::names::{bucket_domain, certificate_name};
use super::plan::{Action, Plan, STAYS, Step};
use super::resource::{Kind, ResourceId};
use super::teardown::{KeepOnDestroy, teardown};
use std::collections::BTreeSet;

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Made {
    /// What it made, or was about to, none of which was there before.
    pub created: BTreeSet<ResourceId>,
    /// What was there before, and was changed by it.
    pub changed: BTreeSet<ResourceId>,
}

impl Made {
    /// What a run did by these steps: each one's resource, and what was done to it.
    pub fn of<'a>(done: impl IntoIterator<Item = (&'a ResourceId, Action)>) -> Made {
        let mut made = Made::default();
        for (resource, action) in done {
            match action {
                Action::Create => drop(made.created.insert(resource.clone())),
                Action::Update | Action::Adopt => drop(made.changed.insert(resource.clone())),
                Action::Delete | Action::Keep | Action::Await | Action::BackUp => {}
            }
        }
        made
    }
}

/// Plans the removal of what `made` says was created, as far as `inventory` still holds it. What goes on being used
/// by something that stays, stays with it; the plan's notices name all that stays.
pub fn undo(site: &str, account: &str, made: &Made, inventory: &Inventory) -> Plan {
    let undone = Undone { site, made, inventory };
    let taken_down = teardown(site, account, &undone.only_made(), KeepOnDestroy::default());
    let records = alias_removals(inventory).into_iter();
    let records = records.filter(|step| taken_down.step(&step.id).is_none());
    let steps = taken_down.steps.clone().into_iter().chain(records).filter(|step| undone.removes(step));
    let steps = steps.map(|step| Step { reason: "this run made it".to_owned(), ..step }).collect();
    Plan { steps, notices: undone.stays(), ..taken_down }.ordered()
}

struct Undone<'a> {
    site: &'a str,
    made: &'a Made,
    inventory: &'a Inventory,
}

impl Undone<'_> {
    fn created(&self, kind: Kind, name: &str) -> bool {
        self.made.created.contains(&ResourceId::new(kind, name))
    }

    /// The inventory as if nothing had been there before the run, so that nothing else can be taken down.
    fn only_made(&self) -> Inventory {
        let free = |kind, name: &str| self.created(kind, name) && !self.is_used(kind, name);
        let mut inventory = self.inventory.clone();
        inventory.foreign.clear();
        inventory.notices.clear();
        // One that was there before is kept in sight where a rule was made in it, for the sake of that rule.
        inventory.buckets.retain(|name, _| free(Kind::Bucket, name) || self.created(Kind::Replication, name));
        inventory.replication_role.take_if(|found| !free(Kind::ReplicationRole, &found.name));
        inventory.origin_access_control.take_if(|found| !free(Kind::OriginAccessControl, &found.name));
        inventory.cache_policies.retain(|found| free(Kind::CachePolicy, &found.name));
        inventory.response_headers_policy.take_if(|found| !free(Kind::ResponseHeadersPolicy, &found.name));
        inventory.functions.retain(|found| free(Kind::Function, &found.name));
        inventory.edge_functions.retain(|found| free(Kind::EdgeFunction, &found.name));
        inventory.edge_role.take_if(|found| !free(Kind::EdgeRole, &found.name));
        inventory.distribution.take_if(|_| !self.created(Kind::Distribution, self.site));
        let newest = self.newest_certificate();
        for found in &mut inventory.https.certificates {
            found.ours = newest.as_deref() == Some(found.arn.as_str());
        }
        inventory
    }

    /// The certificate that the run asked for: of those with its names the one of the latest attempt.
    fn newest_certificate(&self) -> Option<String> {
        let ours = self.inventory.https.certificates.iter().filter(|found| found.ours);
        let made = ours.filter(|found| {
            certificate_of(found).is_some_and(|id| self.made.created.contains(&id))
                && !self.is_named(&found.arn)
        });
        made.max_by_key(|found| found.attempt).map(|found| found.arn.clone())
    }

    /// The distribution, where it was there before the run.
    fn staying(&self) -> Option<&ObservedDistribution> {
        self.inventory.distribution.as_ref().filter(|_| !self.created(Kind::Distribution, self.site))
    }

    /// Whether the distribution that stays names this id, ARN or host.
    fn is_named(&self, name: &str) -> bool {
        let spec = self.staying().and_then(|found| serde_json::to_string(&found.spec).ok());
        !name.is_empty() && spec.is_some_and(|spec| spec.contains(&format!("\"{name}\"")))
    }

    /// Whether something that stays uses it.
    fn is_used(&self, kind: Kind, name: &str) -> bool {
        let held = self.inventory;
        let any_named = |outputs: Vec<&str>| outputs.into_iter().any(|output| self.is_named(output));
        let edge = |of: &dyn Fn(&str) -> bool| held.edge_functions.iter().any(|found| of(&found.name));
        match kind {
            Kind::Bucket => held
                .buckets
                .get(name)
                .is_some_and(|bucket| self.is_named(&bucket_domain(name, &bucket.region))),
            Kind::CachePolicy => {
                held.cache_policies.iter().any(|it| it.name == name && self.is_named(&it.output.id))
            }
            Kind::Function => held
                .functions
                .iter()
                .any(|it| it.name == name && any_named(vec![&it.output.id, &it.output.arn])),
            Kind::EdgeFunction => held
                .edge_functions
                .iter()
                .any(|it| it.name == name && it.versions.iter().any(|version| self.is_named(&version.arn))),
            Kind::EdgeRole => edge(&|function| {
                !self.created(Kind::EdgeFunction, function) || self.is_used(Kind::EdgeFunction, function)
            }),
            Kind::ResponseHeadersPolicy => {
                held.response_headers_policy.iter().any(|it| self.is_named(&it.output.id))
            }
            Kind::OriginAccessControl => {
                held.origin_access_control.iter().any(|it| self.is_named(&it.output.id))
            }
            Kind::ReplicationRole => held.buckets.iter().any(|(bucket, found)| {
                found.replication.is_some() && !self.created(Kind::Replication, bucket)
            }),
            Kind::Certificate => held
                .https
                .certificates
                .iter()
                .any(|it| certificate_of(it).is_some_and(|id| id.name == name) && self.is_named(&it.arn)),
            Kind::BucketSettings
            | Kind::BucketPolicy
            | Kind::Replication
            | Kind::EdgeLogs
            | Kind::Distribution
            | Kind::Release
            | Kind::ValidationRecord
            | Kind::AliasRecord => false,
        }
    }

    /// Whether a step removes only what the run made.
    fn removes(&self, step: &Step) -> bool {
        let resource = &step.resource;
        match resource.kind {
            // Emptying and removing a bucket go together.
            Kind::Bucket | Kind::Release => self.created(Kind::Bucket, &resource.name),
            // Which certificates go was decided by their ARNs, and their records go with them.
            Kind::Certificate | Kind::ValidationRecord | Kind::EdgeLogs => true,
            Kind::Distribution => self.created(Kind::Distribution, self.site),
            Kind::BucketSettings
            | Kind::BucketPolicy
            | Kind::ReplicationRole
            | Kind::Replication
            | Kind::OriginAccessControl
            | Kind::CachePolicy
            | Kind::ResponseHeadersPolicy
            | Kind::Function
            | Kind::EdgeRole
            | Kind::EdgeFunction
            | Kind::AliasRecord => self.made.created.contains(resource),
        }
    }

    /// What stays of the run, and why.
    fn stays(&self) -> Vec<String> {
        let used = self.made.created.iter().filter(|id| self.is_used(id.kind, &id.name));
        let used = used.map(|id| format!("{STAYS}{id}, which is used by what was there before"));
        let within = self.made.created.iter().filter(|id| self.is_part_of_what_stays(id));
        let within = within.map(|id| format!("{STAYS}{id}, a part of what was there before"));
        let changed = self.made.changed.difference(&self.made.created);
        let changed = changed.map(|id| format!("{STAYS}the change to {id}, which was there before"));
        used.chain(within).chain(changed).collect()
    }

    /// Settings, policies and files have no life of their own: they go with their bucket, or stay with it.
    fn is_part_of_what_stays(&self, id: &ResourceId) -> bool {
        match id.kind {
            Kind::BucketSettings | Kind::BucketPolicy => {
                self.inventory.buckets.contains_key(&id.name) && !self.created(Kind::Bucket, &id.name)
            }
            Kind::Release => self.inventory.buckets.keys().any(|bucket| !self.created(Kind::Bucket, bucket)),
            Kind::Bucket
            | Kind::ReplicationRole
            | Kind::Replication
            | Kind::OriginAccessControl
            | Kind::CachePolicy
            | Kind::ResponseHeadersPolicy
            | Kind::Function
            | Kind::EdgeRole
            | Kind::EdgeFunction
            | Kind::EdgeLogs
            | Kind::Distribution
            | Kind::Certificate
            | Kind::ValidationRecord
            | Kind::AliasRecord => false,
        }
    }
}

/// The certificate as a plan names it.
fn certificate_of(found: &ObservedCertificate) -> Option<ResourceId> {
    found.key.map(|key| ResourceId::new(Kind::Certificate, certificate_name(&found.names, key)))
}
