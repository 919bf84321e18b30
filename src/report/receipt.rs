//! The receipt of a teardown: what is gone, what stays and why, and what is still to go, after looking again.

use super::text::{Look, Text};
use super::words;
use crate::apply::Ended;
use crate::blueprint::Plan;
use crate::blueprint::plan::{Action, STAYS, StepId};
use crate::blueprint::resource::{Kind, ResourceId};
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
        let left: BTreeSet<_> =
            removed_by(after).into_iter().filter(|id| !is_only_looked_for(id, ended)).collect();
        let gone = removed_by(before).difference(&left).map(|id| (*id).clone()).collect();
        let pending =
            left.iter().map(|id| Pending { resource: (*id).clone(), why: why(id, ended) }).collect();
        Receipt { gone, pending, kept: kept(before, after) }
    }

    /// The receipt for people: one line each.
    pub fn lines(&self, look: Look) -> Vec<Text> {
        let gone = self.gone.iter().map(|id| words::GONE.text(look).plain(named(id)));
        let kept = self.kept.iter().map(|what| words::KEPT.text(look).plain(what.clone()));
        let pending = self.pending.iter().map(|Pending { resource, why }| {
            words::PENDING.text(look).plain(named(resource)).styled(words::FAINT, format!("  {why}"))
        });
        let heading = Text::new().styled(words::HEADING, "Looked at again in every service and region:");
        std::iter::once(heading).chain(gone).chain(kept).chain(pending).collect()
    }
}

/// What was found to stay when AWS is looked at again, after what was left aside from the beginning: a record or a log
/// group is known by a distribution or a function that is gone by now.
fn kept(before: &Plan, after: &Plan) -> Vec<String> {
    let from_the_beginning: Vec<_> =
        before.notices.iter().filter(|notice| notice.starts_with(STAYS)).cloned().collect();
    let found_now = after.notices.iter().filter(|notice| !from_the_beginning.contains(notice));
    from_the_beginning.iter().chain(found_now).cloned().collect()
}

/// Nobody knows beforehand in which regions functions left logs, so every teardown looks for them anew.
fn is_only_looked_for(id: &ResourceId, ended: &Ended) -> bool {
    id.kind == Kind::EdgeLogs && ended.done.contains(&StepId::of(id))
}

/// Everything that a plan removes.
fn removed_by(plan: &Plan) -> BTreeSet<&ResourceId> {
    plan.steps.iter().filter(|step| step.action == Action::Delete).map(|step| &step.resource).collect()
}

/// A resource as the receipt names it.
pub fn named(id: &ResourceId) -> String {
    format!("{} {}", id.kind, id.name)
}

fn why(id: &ResourceId, ended: &Ended) -> String {
    let told = ended.unfinished.iter().chain(&ended.failures);
    let told = told.filter(|(step, _)| step.to_string().starts_with(&id.to_string()));
    let reasons = told.map(|(_, failure)| failure.message.clone());
    let skipped = ended.skipped.iter().filter(|(step, _)| step.to_string() == id.to_string());
    let mut reasons = reasons.chain(skipped.map(|(_, reason)| reason.clone()));
    reasons.next().unwrap_or_else(|| "AWS still shows it".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::{Failure, Perform, Performed, Reporter, Stop, run};
    use crate::blueprint::answers::Region;
    use crate::blueprint::plan::{Stage, Step, Work};
    use crate::blueprint::resource::Outputs;
    use crate::error::Error;
    use std::sync::Arc;

    /// Removes everything but functions.
    struct Remover;

    impl Perform for Remover {
        async fn perform(&self, step: Step, _: Outputs, _: Reporter) -> Result<Performed, Failure> {
            match step.resource.kind {
                Kind::EdgeFunction => {
                    Err(Error::new(crate::error::Kind::Unfinished, "copies of it remain").into())
                }
                _ => Ok(Performed::done("removed")),
            }
        }
    }

    fn teardown(kinds: &[Kind]) -> Plan {
        let step = |kind: &Kind| {
            let resource = ResourceId::new(*kind, "acme");
            Step {
                id: StepId::of(&resource),
                action: Action::Delete,
                name: "acme".into(),
                resource,
                stage: Stage::Edge,
                reason: String::new(),
                changes: vec![],
                after: vec![],
                work: Work::Delete { id: "acme".into(), region: Region("us-east-1".into()) },
            }
        };
        Plan {
            site: "acme".into(),
            account: "123456789012".into(),
            steps: kinds.iter().map(step).collect(),
            known: Outputs::new(),
            notices: vec!["stays: bucket photos".into()],
        }
    }

    #[tokio::test]
    async fn what_went_what_stays_and_what_is_still_to_go_are_told_apart() {
        let before = teardown(&[Kind::Distribution, Kind::EdgeFunction, Kind::EdgeLogs]);
        let ended = run(&before, Arc::new(Remover), Stop::new(), |_| {}).await.unwrap();
        let receipt = Receipt::new(&before, &teardown(&[Kind::EdgeFunction, Kind::EdgeLogs]), &ended);
        let kinds: Vec<_> = receipt.gone.iter().map(|id| id.kind).collect();
        assert!(
            kinds.contains(&Kind::Distribution) && kinds.contains(&Kind::EdgeLogs),
            "{receipt:?} {ended:?}"
        );
        let [pending] = receipt.pending.as_slice() else { panic!("{receipt:?}") };
        assert_eq!(
            (pending.resource.kind, pending.why.as_str()),
            (Kind::EdgeFunction, "copies of it remain")
        );
        assert_eq!(receipt.kept, ["stays: bucket photos"]);
    }
}
