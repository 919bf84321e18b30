//! How a step says what it is doing.

use super::event::{Amount, Fact};
use super::stop::Stop;
use crate::blueprint::plan::{Step, StepId};
use crate::blueprint::resource::ResourceId;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// One step's voice: what it says becomes events of that step, in the order in which it is said.
#[derive(Debug, Clone)]
pub struct Reporter {
    step: StepId,
    resource: ResourceId,
    facts: UnboundedSender<Fact>,
    stop: Stop,
    cut_short: Arc<AtomicBool>,
}

impl Reporter {
    /// A voice for `step`, and the other end, where its facts arrive.
    pub fn new(step: &Step, stop: Stop) -> (Self, UnboundedReceiver<Fact>) {
        let (facts, receiver) = unbounded_channel();
        (Reporter::speaking_to(facts, step, stop), receiver)
    }

    pub(super) fn speaking_to(facts: UnboundedSender<Fact>, step: &Step, stop: Stop) -> Self {
        let (step, resource) = (step.id.clone(), step.resource.clone());
        Reporter { step, resource, facts, stop, cut_short: Arc::default() }
    }

    /// The step waits for something that takes a while; `message` follows the words "waiting for".
    pub fn waiting(&self, message: impl Into<String>) {
        self.tell(|step, resource| Fact::StepWaiting { step, resource, message: message.into() });
    }

    /// The step got this far in work that can be counted.
    pub fn progress(&self, amount: Amount) {
        self.tell(|step, resource| Fact::StepProgressed { step, resource, amount });
    }

    /// The step did something worth telling.
    pub fn note(&self, message: impl Into<String>) {
        self.tell(|step, resource| Fact::StepNoted { step, resource, message: message.into() });
    }

    /// By which a step sees that the run should stop.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Says that the step gives up only because the run should stop, so that the error it is about to return
    /// counts as unfinished rather than failed.
    pub fn cut_short(&self) {
        self.cut_short.store(true, Ordering::Relaxed);
    }

    pub(super) fn step(&self) -> &StepId {
        &self.step
    }

    pub(super) fn was_cut_short(&self) -> bool {
        self.cut_short.load(Ordering::Relaxed)
    }

    fn tell(&self, fact: impl FnOnce(StepId, ResourceId) -> Fact) {
        // Nobody listens once the run was left at once; then there is nobody to tell.
        let _ = self.facts.send(fact(self.step.clone(), self.resource.clone()));
    }
}
