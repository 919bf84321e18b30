//! What happened, as past facts. Every face of a run is a reading of these.

use crate::blueprint::plan::{Action, Stage, StepId, Summary};
use crate::blueprint::resource::ResourceId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the event schema: a new minor adds, a new major breaks.
pub const SCHEMA: &str = "1.1";

/// A past fact about a running plan, with its place in the order and its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Event {
    /// When, in milliseconds since the epoch.
    pub ts: u64,
    /// Counts from 1 within a run, without gaps.
    pub seq: u64,
    /// Since the run began, in milliseconds.
    pub elapsed_ms: u64,
    /// What happened.
    #[serde(flatten)]
    pub fact: Fact,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Fact {
    /// A plan began to run.
    RunStarted {
        /// The site's name.
        site: String,
        /// The AWS account.
        account: String,
        /// Every step, in the plan's order, so that a reader needs nothing else.
        steps: Vec<PlannedStep>,
    },
    /// A step began.
    StepStarted {
        /// Which.
        step: StepId,
        /// To what.
        #[schemars(with = "String")]
        resource: ResourceId,
        /// What it does.
        action: Action,
    },
    /// A step now waits for something that takes a while.
    StepWaiting {
        /// Which.
        step: StepId,
        /// To what.
        #[schemars(with = "String")]
        resource: ResourceId,
        /// What for, in words that follow "waiting for".
        message: String,
    },
    /// A step got further in work that can be counted.
    StepProgressed {
        /// Which.
        step: StepId,
        /// To what.
        #[schemars(with = "String")]
        resource: ResourceId,
        /// How far.
        amount: Amount,
    },
    /// A step did something worth telling, such as repairing a file.
    StepNoted {
        /// Which.
        step: StepId,
        /// To what.
        #[schemars(with = "String")]
        resource: ResourceId,
        /// What.
        message: String,
    },
    /// Why a step that is about to end does not end well, part by part.
    StepExplained {
        /// Which.
        step: StepId,
        /// To what.
        #[schemars(with = "String")]
        resource: ResourceId,
        /// What was tried, and on what.
        message: String,
        /// Why that failed, outermost first.
        causes: Vec<String>,
        /// What to do next.
        hint: Option<String>,
    },
    /// A step ended.
    StepFinished {
        /// Which.
        step: StepId,
        /// To what.
        #[schemars(with = "String")]
        resource: ResourceId,
        /// How.
        outcome: Outcome,
        /// What was done, why it failed, or why it was skipped; all on one line.
        message: String,
    },
    /// The run ended.
    RunFinished {
        /// How.
        outcome: RunOutcome,
        /// What was planned.
        summary: Summary,
        /// Steps that failed.
        failed: usize,
        /// Steps that never ran.
        skipped: usize,
    },
}

impl Fact {
    /// The step that it is about; `None` when it is about the whole run.
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Fact::StepStarted { step, .. }
            | Fact::StepWaiting { step, .. }
            | Fact::StepProgressed { step, .. }
            | Fact::StepNoted { step, .. }
            | Fact::StepExplained { step, .. }
            | Fact::StepFinished { step, .. } => Some(step),
            Fact::RunStarted { .. } | Fact::RunFinished { .. } => None,
        }
    }
}

/// A step as a reader of events needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlannedStep {
    /// Its identity.
    pub step: StepId,
    /// To what.
    #[schemars(with = "String")]
    pub resource: ResourceId,
    /// What it does.
    pub action: Action,
    /// The stage that asked for it.
    pub stage: Stage,
    /// The steps that must end well before it.
    pub after: Vec<StepId>,
}

/// How far something countable has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Amount {
    /// Files done.
    pub files: u64,
    /// Files in all.
    pub files_total: u64,
    /// Bytes done.
    pub bytes: u64,
    /// Bytes in all.
    pub bytes_total: u64,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It did what it should.
    Done,
    /// There was nothing to do after all.
    Unneeded,
    /// It failed.
    Failed,
    /// It never ran, because a step before it failed or the run was stopped.
    Skipped,
    /// AWS needs longer than we wait; another run goes on from here.
    Unfinished,
}

impl Outcome {
    /// Whether the steps after it may start.
    pub fn is_well(self) -> bool {
        match self {
            Outcome::Done | Outcome::Unneeded => true,
            Outcome::Failed | Outcome::Skipped | Outcome::Unfinished => false,
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunOutcome {
    /// Everything was done.
    Done,
    /// Something failed.
    Failed,
    /// Nothing failed, but something needs another run.
    Unfinished,
    /// The person stopped it.
    Interrupted,
}
