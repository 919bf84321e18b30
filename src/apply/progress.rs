//! The fold of all events so far: where each step, each stage and the whole run stand.

use super::event::{Amount, Event, Fact, Outcome, PlannedStep, RunOutcome};
use crate::blueprint::plan::{Stage, StepId};
use std::collections::BTreeMap;

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// The site's name.
    pub site: String,
    /// The AWS account.
    pub account: String,
    /// Every step, in the plan's order.
    pub steps: Vec<StepProgress>,
    /// The time of the newest event, since the run began.
    pub elapsed_ms: u64,
    /// How the run ended, once it has.
    pub outcome: Option<RunOutcome>,
    places: BTreeMap<StepId, usize>,
}

/// How long something must have been counted before it is judged how long it will go on.
const JUDGED_AFTER_MS: u64 = 2_000;

/// How small a share must be done before that: one in so many.
const JUDGED_SHARE: u64 = 50;

/// How many bytes are about as much work as one more file: what a request costs beside its bytes. So many small files
/// count by their number, and a few large ones by their bytes.
const A_FILE: u64 = 100_000;

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepProgress {
    /// The step as it was planned.
    pub planned: PlannedStep,
    /// What it is doing.
    pub state: State,
    /// When it began, since the run began.
    pub started_ms: Option<u64>,
    /// When it ended, since the run began.
    pub ended_ms: Option<u64>,
    /// When it was first told how far it is, since the run began.
    pub counted_from_ms: Option<u64>,
    /// How far it is, when that can be counted.
    pub amount: Option<Amount>,
    /// What it last said.
    pub message: String,
    /// What was tried, where it did not end well and there is more to say than that.
    pub tried: Option<String>,
}

/// What a step is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for the steps before it.
    Queued,
    /// It runs.
    Running,
    /// It runs, and waits for what its message says.
    Waiting,
    /// It is over.
    Ended(Outcome),
}

/// Where a stage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageProgress {
    /// Which.
    pub stage: Stage,
    /// Its steps by what they are doing.
    pub counts: Counts,
    /// From the start of its first step to the end of its last one.
    pub elapsed_ms: u64,
}

/// Steps by what they are doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Those that wait for the steps before them.
    pub queued: usize,
    /// Those that run, whether they wait for something or not.
    pub running: usize,
    /// Those that ended well.
    pub well: usize,
    /// Those that failed.
    pub failed: usize,
    /// Those that never ran.
    pub skipped: usize,
    /// Those that another run goes on with.
    pub unfinished: usize,
}

impl Progress {
    /// Takes in the next event.
    pub fn apply(&mut self, event: &Event) {
        self.elapsed_ms = event.elapsed_ms;
        match &event.fact {
            Fact::RunStarted { site, account, steps } => self.begin(site, account, steps),
            Fact::RunFinished { outcome, .. } => self.outcome = Some(*outcome),
            Fact::StepStarted { step, .. }
            | Fact::StepWaiting { step, .. }
            | Fact::StepProgressed { step, .. }
            | Fact::StepNoted { step, .. }
            | Fact::StepExplained { step, .. }
            | Fact::StepFinished { step, .. } => {
                let place = self.places.get(step).copied();
                if let Some(step) = place.and_then(|place| self.steps.get_mut(place)) {
                    step.apply(event);
                }
            }
        }
    }

    /// The step with this identity.
    pub fn step(&self, id: &StepId) -> Option<&StepProgress> {
        self.places.get(id).and_then(|place| self.steps.get(*place))
    }

    /// The steps that run now, in the plan's order.
    pub fn running(&self) -> impl Iterator<Item = &StepProgress> {
        self.steps.iter().filter(|step| step.is_running())
    }

    /// All steps by what they are doing.
    pub fn counts(&self) -> Counts {
        Counts::of(self.steps.iter())
    }

    /// Every stage that has steps, in the order of the wizard, as it stands `now_ms` into the run.
    pub fn stages(&self, now_ms: u64) -> Vec<StageProgress> {
        let mut stages: BTreeMap<Stage, Vec<&StepProgress>> = BTreeMap::new();
        for step in &self.steps {
            stages.entry(step.planned.stage).or_default().push(step);
        }
        let roll_up = |(stage, steps): (Stage, Vec<&StepProgress>)| StageProgress {
            stage,
            counts: Counts::of(steps.iter().copied()),
            elapsed_ms: span(&steps, now_ms),
        };
        stages.into_iter().map(roll_up).collect()
    }

    fn begin(&mut self, site: &str, account: &str, steps: &[PlannedStep]) {
        self.site = site.to_owned();
        self.account = account.to_owned();
        self.places = steps.iter().enumerate().map(|(place, step)| (step.step.clone(), place)).collect();
        self.steps = steps.iter().cloned().map(StepProgress::queued).collect();
    }
}

impl StepProgress {
    /// Whether it runs, waiting or not.
    pub fn is_running(&self) -> bool {
        match self.state {
            State::Running | State::Waiting => true,
            State::Queued | State::Ended(_) => false,
        }
    }

    /// How long it has been running, `now_ms` into the run, or how long it ran; nothing before it began.
    pub fn elapsed_ms(&self, now_ms: u64) -> u64 {
        self.took(now_ms).unwrap_or(0)
    }

    /// The same; `None` before it began.
    pub fn took(&self, now_ms: u64) -> Option<u64> {
        let until = self.ended_ms.unwrap_or(now_ms);
        self.started_ms.map(|started| until.saturating_sub(started))
    }

    /// Bytes in a second since it began; `None` before there is anything to divide.
    pub fn bytes_per_second(&self, now_ms: u64) -> Option<u64> {
        let bytes = self.amount.filter(|amount| amount.bytes > 0)?.bytes;
        bytes.saturating_mul(1000).checked_div(self.elapsed_ms(now_ms))
    }

    /// How long it will go on at the pace so far. `None` until there is enough to judge by, since a wrong number is
    /// worse than none.
    pub fn left_ms(&self, now_ms: u64) -> Option<u64> {
        let (amount, since) = (self.amount?, self.counted_from_ms?);
        let counted_for = now_ms.checked_sub(since).filter(|counted_for| *counted_for >= JUDGED_AFTER_MS)?;
        let work = |files: u64, bytes: u64| files.saturating_mul(A_FILE).saturating_add(bytes);
        let (done, total) = (work(amount.files, amount.bytes), work(amount.files_total, amount.bytes_total));
        let is_judged = done > 0 && done.saturating_mul(JUDGED_SHARE) >= total;
        let left = || u128::from(counted_for) * u128::from(total.saturating_sub(done)) / u128::from(done);
        if is_judged { u64::try_from(left()).ok() } else { None }
    }

    fn queued(planned: PlannedStep) -> Self {
        StepProgress {
            planned,
            state: State::Queued,
            started_ms: None,
            ended_ms: None,
            counted_from_ms: None,
            amount: None,
            message: String::new(),
            tried: None,
        }
    }

    fn apply(&mut self, event: &Event) {
        match &event.fact {
            Fact::StepStarted { .. } => {
                self.state = State::Running;
                self.started_ms = Some(event.elapsed_ms);
            }
            Fact::StepWaiting { message, .. } => {
                self.state = State::Waiting;
                self.message.clone_from(message);
            }
            Fact::StepProgressed { amount, .. } => {
                // What gets further waits no longer.
                self.state = State::Running;
                self.counted_from_ms.get_or_insert(event.elapsed_ms);
                self.amount = Some(*amount);
            }
            Fact::StepNoted { message, .. } => self.message.clone_from(message),
            Fact::StepExplained { message, .. } => self.tried = Some(message.clone()),
            Fact::StepFinished { outcome, message, .. } => {
                self.state = State::Ended(*outcome);
                self.ended_ms = Some(event.elapsed_ms);
                self.message.clone_from(message);
            }
            Fact::RunStarted { .. } | Fact::RunFinished { .. } => {}
        }
    }
}

impl Counts {
    /// How many steps there are.
    pub fn total(&self) -> usize {
        self.queued + self.running + self.ended()
    }

    /// How many steps are over, however they ended.
    pub fn ended(&self) -> usize {
        self.well + self.failed + self.skipped + self.unfinished
    }

    fn of<'a>(steps: impl Iterator<Item = &'a StepProgress>) -> Self {
        let mut counts = Counts::default();
        for step in steps {
            match step.state {
                State::Queued => counts.queued += 1,
                State::Running | State::Waiting => counts.running += 1,
                State::Ended(Outcome::Done | Outcome::Unneeded) => counts.well += 1,
                State::Ended(Outcome::Failed) => counts.failed += 1,
                State::Ended(Outcome::Skipped) => counts.skipped += 1,
                State::Ended(Outcome::Unfinished) => counts.unfinished += 1,
            }
        }
        counts
    }
}

fn span(steps: &[&StepProgress], now_ms: u64) -> u64 {
    let started = steps.iter().filter_map(|step| step.started_ms).min();
    let over = steps.iter().all(|step| step.ended_ms.is_some());
    let last = steps.iter().filter_map(|step| step.ended_ms).max().filter(|_| over);
    started.map_or(0, |started| last.unwrap_or(now_ms).saturating_sub(started))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blueprint::plan::{Action, Summary};
    use crate::blueprint::resource::{Kind, ResourceId};

    fn resource(name: &str) -> ResourceId {
        ResourceId::new(Kind::Bucket, name)
    }

    fn id(name: &str) -> StepId {
        StepId::of(&resource(name))
    }

    fn planned(name: &str, stage: Stage) -> PlannedStep {
        PlannedStep {
            step: id(name),
            resource: resource(name),
            action: Action::Create,
            stage,
            after: Vec::new(),
        }
    }

    fn fold(facts: Vec<(u64, Fact)>) -> Progress {
        let mut progress = Progress::default();
        for (seq, (elapsed_ms, fact)) in facts.into_iter().enumerate() {
            progress.apply(&Event { ts: 0, seq: seq as u64 + 1, elapsed_ms, fact });
        }
        progress
    }

    fn started() -> (u64, Fact) {
        let steps = vec![
            planned("a", Stage::Distribution),
            planned("b", Stage::Distribution),
            planned("c", Stage::Failover),
        ];
        (0, Fact::RunStarted { site: "acme".into(), account: "1".into(), steps })
    }

    fn start(name: &str) -> Fact {
        Fact::StepStarted { step: id(name), resource: resource(name), action: Action::Create }
    }

    fn wait(name: &str) -> Fact {
        Fact::StepWaiting { step: id(name), resource: resource(name), message: "edges".into() }
    }

    fn uploaded(name: &str, bytes: u64) -> Fact {
        let amount = Amount { files: 1, files_total: 2, bytes, bytes_total: 4000 };
        Fact::StepProgressed { step: id(name), resource: resource(name), amount }
    }

    fn end(name: &str, outcome: Outcome) -> Fact {
        Fact::StepFinished { step: id(name), resource: resource(name), outcome, message: "over".into() }
    }

    #[test]
    fn a_step_goes_through_its_states() {
        let mut facts = vec![started(), (1000, start("a")), (2000, wait("a"))];
        let waiting = fold(facts.clone());
        let step = waiting.step(&id("a")).unwrap();
        assert_eq!(
            (step.state, step.message.as_str(), step.elapsed_ms(5000)),
            (State::Waiting, "edges", 4000)
        );
        facts.push((3000, uploaded("a", 2000)));
        let running = fold(facts.clone());
        let step = running.step(&id("a")).unwrap();
        assert_eq!((step.state, step.bytes_per_second(3000)), (State::Running, Some(1000)));
        facts.push((6000, end("a", Outcome::Done)));
        let ended = fold(facts);
        let step = ended.step(&id("a")).unwrap();
        assert_eq!((step.state, step.elapsed_ms(99_000)), (State::Ended(Outcome::Done), 5000));
        assert_eq!(ended.elapsed_ms, 6000);
    }

    #[test]
    fn how_long_it_goes_on_follows_files_where_they_are_small_and_bytes_where_they_are_large() {
        let left = |done: (u64, u64), total: (u64, u64), now: u64| {
            let counted = |at, (files, bytes)| {
                let amount = Amount { files, files_total: total.0, bytes, bytes_total: total.1 };
                (at, Fact::StepProgressed { step: id("a"), resource: resource("a"), amount })
            };
            let told = fold(vec![started(), (0, start("a")), counted(1000, (0, 0)), counted(now, done)]);
            told.step(&id("a")).unwrap().left_ms(now)
        };
        let (small, large) = ((100, 1_000), (2, 1_000_000_000));
        assert_eq!(left((50, 500), small, 5000), Some(4000));
        assert_eq!(left((25, 900), small, 5000).map(|left| left / 1000), Some(11));
        assert_eq!(left((1, 500_000_000), large, 5000), Some(4000));
        assert_eq!(left((1, 1_000_000_000), large, 5000), Some(0), "only the last answer is missing");
        assert_eq!(left((10, 0), (40, 0), 5000), Some(12_000), "nothing but files");
        assert_eq!(left((100, 1_000), small, 5000), Some(0));
        assert_eq!(left((50, 500), small, 2999), None, "too soon");
        assert_eq!(left((1, 1_000), (100, 1_000), 5000), None, "too little");
    }

    #[test]
    fn steps_are_counted_overall_and_by_stage() {
        let facts =
            vec![started(), (1000, start("a")), (2000, end("a", Outcome::Failed)), (3000, start("c"))];
        let progress = fold(facts);
        assert_eq!(progress.counts(), Counts { queued: 1, running: 1, failed: 1, ..Counts::default() });
        assert_eq!(progress.counts().total(), 3);
        assert_eq!(progress.running().map(|step| &step.planned.step).collect::<Vec<_>>(), [&id("c")]);
        let [distribution, failover] = progress.stages(9000).try_into().unwrap();
        assert_eq!((distribution.stage, distribution.elapsed_ms), (Stage::Distribution, 8000));
        assert_eq!(distribution.counts, Counts { queued: 1, failed: 1, ..Counts::default() });
        assert_eq!((failover.stage, failover.elapsed_ms), (Stage::Failover, 6000));
    }

    #[test]
    fn a_stage_that_is_over_stops_its_clock() {
        let facts = vec![started(), (1000, start("c")), (2500, end("c", Outcome::Done))];
        assert_eq!(fold(facts).stages(9000)[1].elapsed_ms, 1500);
    }

    #[test]
    fn the_end_of_the_run_is_kept() {
        let summary = Summary::default();
        let finished = Fact::RunFinished { outcome: RunOutcome::Failed, summary, failed: 1, skipped: 0 };
        assert_eq!(fold(vec![started(), (7, finished)]).outcome, Some(RunOutcome::Failed));
    }
}
