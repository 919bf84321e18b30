//! The receipt of a teardown: what is gone, what stays and why, and what is still to go, after looking again.

use super::text::{Look, Text};
use super::words;
use crate::apply::Ended;
use crate::blueprint::Plan;
use crate::blueprint::plan::Action;
use crate::blueprint::resource::ResourceId;
use serde::Serialize;
use std::collections::BTreeSet;

/// What a teardown came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// What was there before, and is no longer.
    pub gone: Vec<ResourceId>,
    /// What is still to go, each with the reason.
    pub pending: Vec<Pending>,
    /// What stays, and why.
    pub kept: Vec<String>,
}

/// Something that is still to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pending {
    /// What.
    pub resource: ResourceId,
    /// Why it isn't gone yet.
    pub why: String,
}

impl Receipt {
    /// The receipt of `ended`, which carried out `before`; `after` is the teardown that is planned when AWS is looked
    /// at again.
    pub fn new(before: &Plan, after: &Plan, ended: &Ended) -> Self {
        let left = removed_by(after);
        let gone = removed_by(before).difference(&left).map(|id| (*id).clone()).collect();
        let pending =
            left.iter().map(|id| Pending { resource: (*id).clone(), why: why(id, ended) }).collect();
        let kept = after.notices.clone();
        Receipt { gone, pending, kept }
    }

    /// The receipt for people: one line each.
    pub fn lines(&self, look: Look) -> Vec<Text> {
        let gone = self.gone.iter().map(|id| words::GONE.text(look).plain(id.to_string()));
        let kept = self.kept.iter().map(|what| words::KEPT.text(look).plain(what.clone()));
        let pending = self.pending.iter().map(|Pending { resource, why }| {
            words::PENDING.text(look).plain(resource.to_string()).styled(words::FAINT, format!("  {why}"))
        });
        let heading = Text::new().styled(words::HEADING, "Looked at again in every service and region:");
        std::iter::once(heading).chain(gone).chain(kept).chain(pending).collect()
    }
}

/// Everything that a plan removes.
fn removed_by(plan: &Plan) -> BTreeSet<&ResourceId> {
    plan.steps.iter().filter(|step| step.action == Action::Delete).map(|step| &step.resource).collect()
}

fn why(id: &ResourceId, ended: &Ended) -> String {
    let told = ended.unfinished.iter().chain(&ended.failures);
    let told = told.filter(|(step, _)| step.to_string().starts_with(&id.to_string()));
    let reasons = told.map(|(_, failure)| failure.message.clone());
    let skipped = ended.skipped.iter().filter(|(step, _)| step.to_string() == id.to_string());
    let mut reasons = reasons.chain(skipped.map(|(_, reason)| reason.clone()));
    reasons.next().unwrap_or_else(|| "AWS still shows it".to_owned())
}
