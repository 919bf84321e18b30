//! Buckets that a site has outgrown: remembered before the switch, purged after it, removed, forgotten.
//!
//! Once the distribution asks another bucket, no origin names the old one any more. Its name is therefore kept in
//! a tag of the distribution until the bucket is gone, so that a run that was stopped in between is finished by
//! the next.

use super::inventory::{ObservedBucket, ObservedDistribution};
use super::names::{OLD_BUCKET_TAG, bucket_domain};
use super::plan::{Action, Stage, Step, StepId, Work};
use super::planner::Planner;
use super::resource::{Kind, ResourceId};
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Planner<'a> {
    /// Our buckets that the blueprint has no use for any more.
    pub(super) fn old_buckets(&self) -> Vec<(&'a String, &'a ObservedBucket)> {
        let wanted: BTreeSet<_> = self.blueprint.buckets.iter().map(|bucket| &bucket.name).collect();
        self.inventory.buckets.iter().filter(|(name, _)| !wanted.contains(name)).collect()
    }

    pub(super) fn remember_id(&self) -> StepId {
        StepId::also(&self.distribution_id(), "remember")
    }

    /// Before the switch: the distribution remembers the buckets that it is about to let go of.
    pub(super) fn remember_old_buckets(&mut self) {
        let Some(distribution) = &self.inventory.distribution else { return };
        let set: Vec<_> = self.fresh_tags(distribution).into_iter().collect();
        if !set.is_empty() {
            let reason = "remembers the buckets to remove after the switch";
            let work = Work::Tag { id: distribution.output.id.clone(), set, remove: Vec::new() };
            self.of_distribution(self.remember_id(), reason, Vec::new(), work);
        }
    }

    /// After the switch, once no edge location asks an old bucket any more: what was fetched from it meanwhile is
    /// forgotten. Without this, a file that changed together with the region would stay as it was until its
    /// lifetime ends. A bucket that was only the backup never answered for the site. The same holds for a page that
    /// another one takes the place of.
    pub(super) fn purge_after_switch(&mut self) {
        let Some(distribution) = &self.inventory.distribution else { return };
        let asked = |(name, bucket): &(&String, &ObservedBucket)| !is_backup(distribution, name, bucket);
        let reason = if self.old_buckets().iter().any(asked) {
            "edge locations forget what they had from the old bucket"
        } else if self.wants_other_pages() {
            "edge locations forget what other pages answer now"
        } else {
            return;
        };
        let work = Work::Purge { id: distribution.output.id.clone() };
        self.of_distribution(self.purge_id(), reason, vec![self.deployed_id()], work);
    }

    /// At the end: the distribution forgets the buckets that are gone. One that can't be looked at is remembered
    /// on.
    pub(super) fn forget_old_buckets(&mut self) {
        let Some(distribution) = &self.inventory.distribution else { return };
        let remembered = distribution.old_buckets.clone().into_iter();
        let all: BTreeMap<_, _> = remembered.chain(self.fresh_tags(distribution)).collect();
        let out_of_reach = |name: &String| {
            let id = ResourceId::new(Kind::Bucket, name);
            self.inventory.foreign.iter().any(|foreign| foreign.resource == id)
        };
        let gone = all.into_iter().filter(|(_, name)| !out_of_reach(name));
        let remove: Vec<_> = gone.map(|(tag, _)| tag).collect();
        if remove.is_empty() {
            return;
        }
        let removed = self.old_buckets().into_iter();
        let removed = removed.map(|(name, _)| StepId::of(&ResourceId::new(Kind::Bucket, name)));
        let after = removed.chain([self.purge_id()]).collect();
        let work = Work::Tag { id: distribution.output.id.clone(), set: Vec::new(), remove };
        let id = StepId::also(&self.distribution_id(), "forget");
        self.of_distribution(id, "the old buckets are gone", after, work);
    }

    fn purge_id(&self) -> StepId {
        StepId::also(&self.distribution_id(), "purge")
    }

    /// A tag for each old bucket that is not remembered yet.
    fn fresh_tags(&self, distribution: &ObservedDistribution) -> BTreeMap<String, String> {
        let remembered: BTreeSet<_> = distribution.old_buckets.values().collect();
        let unremembered = self.old_buckets().into_iter().filter(|(name, _)| !remembered.contains(name));
        let tags = (1..).map(|number| format!("{OLD_BUCKET_TAG}{number}"));
        let free = tags.filter(|tag| !distribution.old_buckets.contains_key(tag));
        free.zip(unremembered.map(|(name, _)| name.clone())).collect()
    }

    fn of_distribution(&mut self, id: StepId, reason: &str, after: Vec<StepId>, work: Work) {
        self.steps.push(Step {
            id,
            action: Action::Update,
            resource: self.distribution_id(),
            name: self.blueprint.site.clone(),
            stage: Stage::Distribution,
            reason: reason.to_owned(),
            changes: Vec::new(),
            after,
            work,
        });
    }
}

/// Whether a bucket is what the distribution asks only when another fails.
fn is_backup(distribution: &ObservedDistribution, name: &str, bucket: &ObservedBucket) -> bool {
    let domain = bucket_domain(name, &bucket.region);
    distribution.spec.origins.iter().skip(1).any(|origin| origin.domain == domain)
}
