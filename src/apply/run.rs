//! The one loop: start what is ready, report what happens, repeat.

use super::event::{Event, Fact, Outcome, PlannedStep, RunOutcome};
use super::perform::{Failure, Perform, Performed};
use super::queue::Queue;
use super::reporter::Reporter;
use super::stop::Stop;
use crate::blueprint::plan::{Plan, Step, StepId, Summary, Work};
use crate::blueprint::resource::{Outputs, ResourceId};
use crate::error::{Error, Kind, Result};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{self, JoinError, JoinSet};
use tokio::time::Instant;

/// How many steps run at once. Plans are rarely wider; the bound keeps us under the request rates of CloudFront
/// and IAM, which are far lower than those of S3.
pub const STEPS_AT_ONCE: usize = 16;

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// How it ended.
    pub outcome: RunOutcome,
    /// What AWS calls everything that exists now.
    pub outputs: Outputs,
    /// The steps that did what they should, in the order in which they ended.
    pub done: Vec<StepId>,
    /// The steps that failed, and why.
    pub failures: Vec<(StepId, Failure)>,
    /// The steps that another run goes on with, and why.
    pub unfinished: Vec<(StepId, Failure)>,
    /// The steps that never ran, and why.
    pub skipped: Vec<(StepId, String)>,
    /// What was planned.
    pub summary: Summary,
    /// How long it took.
    pub elapsed: Duration,
}

impl Ended {
    /// What the whole program ends with; `None` when all went well.
    pub fn kind(&self) -> Option<Kind> {
        match self.outcome {
            RunOutcome::Done => None,
            RunOutcome::Failed => Some(self.kind_of_failures()),
            RunOutcome::Unfinished => Some(Kind::Unfinished),
            RunOutcome::Interrupted => Some(Kind::Interrupted),
        }
    }

    /// Credentials that expired on the way fail whatever comes after them, so they are what ended the run.
    fn kind_of_failures(&self) -> Kind {
        let expired = self.failures.iter().any(|(_, failure)| failure.kind == Kind::Credentials);
        if expired { Kind::Credentials } else { Kind::Failed }
    }
}

/// Runs `plan`, and tells `on_event` all that happens, in order. It is an error only when the plan can't be run at
/// all; then nothing was started.
pub async fn run<P: Perform>(
    plan: &Plan,
    performer: Arc<P>,
    stop: Stop,
    on_event: impl FnMut(Event),
) -> Result<Ended> {
    run_by_clock(plan, performer, stop, on_event, milliseconds_since_epoch).await
}

/// [`run`] with a wall clock of the caller's, in milliseconds since the epoch.
pub async fn run_by_clock<P: Perform>(
    plan: &Plan,
    performer: Arc<P>,
    stop: Stop,
    on_event: impl FnMut(Event),
    wall_clock: impl Fn() -> u64,
) -> Result<Ended> {
    let queue = Queue::new(plan.steps.iter().map(|step| (step.id.clone(), step.after.clone())))
        .map_err(|broken| Error::failed(format!("can't run the plan for {}", plan.site)).because(broken))?;
    let announcer =
        Announcer { began: Instant::now(), told: 0, progressed: HashMap::new(), wall_clock, on_event };
    Ok(Run::new(plan, performer, stop, queue, announcer).drive().await)
}

fn milliseconds_since_epoch() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// Gives each fact its place and its time.
struct Announcer<C, E> {
    began: Instant,
    told: u64,
    progressed: HashMap<StepId, Progressed>,
    wall_clock: C,
    on_event: E,
}

/// When a step last told how far it was, and what it would have told since.
struct Progressed {
    told_at: Instant,
    held_back: Option<Fact>,
}

/// How long a step's next progress is held back.
const PROGRESS_PAUSE: Duration = Duration::from_millis(250);

impl<C: Fn() -> u64, E: FnMut(Event)> Announcer<C, E> {
    /// Tells it, unless it is one of many small steps forward that come faster than anyone reads. The newest of
    /// these is told before the next other fact of its step.
    fn tell_in_time(&mut self, fact: Fact) {
        let Some(step) = fact.step().cloned() else { return self.tell(fact) };
        if let Fact::StepProgressed { .. } = fact {
            let last = self.progressed.get(&step).map(|progressed| progressed.told_at);
            if last.is_some_and(|last| last.elapsed() < PROGRESS_PAUSE) {
                self.progressed.entry(step).and_modify(|progressed| progressed.held_back = Some(fact));
                return;
            }
            self.progressed.insert(step, Progressed { told_at: Instant::now(), held_back: None });
        } else {
            self.tell_what_was_held_back(&step);
        }
        self.tell(fact);
    }

    fn tell_what_was_held_back(&mut self, step: &StepId) {
        if let Some(fact) = self.progressed.get_mut(step).and_then(|progressed| progressed.held_back.take()) {
            self.tell(fact);
        }
    }

    fn tell(&mut self, fact: Fact) {
        self.told += 1;
        let elapsed_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        (self.on_event)(Event { ts: (self.wall_clock)(), seq: self.told, elapsed_ms, fact });
    }
}

type Ending = Result<Performed, Failure>;
type Joined = Result<(task::Id, Ending), JoinError>;

struct Run<'a, P, C, E> {
    plan: &'a Plan,
    steps: BTreeMap<&'a StepId, &'a Step>,
    performer: Arc<P>,
    stop: Stop,
    queue: Queue<StepId>,
    announcer: Announcer<C, E>,
    tasks: JoinSet<Ending>,
    running: HashMap<task::Id, Reporter>,
    facts_in: UnboundedSender<Fact>,
    facts_out: UnboundedReceiver<Fact>,
    stopped: bool,
    ended: Ended,
}

/// What the loop wakes up for.
enum Happening {
    Told(Fact),
    StepEnded(Joined),
    StopRequested,
    StopInsisted,
}

impl<'a, P: Perform, C: Fn() -> u64, E: FnMut(Event)> Run<'a, P, C, E> {
    fn new(
        plan: &'a Plan,
        performer: Arc<P>,
        stop: Stop,
        queue: Queue<StepId>,
        announcer: Announcer<C, E>,
    ) -> Self {
        let (facts_in, facts_out) = unbounded_channel();
        Run {
            plan,
            steps: plan.steps.iter().map(|step| (&step.id, step)).collect(),
            performer,
            stop,
            queue,
            announcer,
            tasks: JoinSet::new(),
            running: HashMap::new(),
            facts_in,
            facts_out,
            stopped: false,
            ended: Ended {
                outcome: RunOutcome::Done,
                outputs: plan.known.clone(),
                done: Vec::new(),
                failures: Vec::new(),
                unfinished: Vec::new(),
                skipped: Vec::new(),
                summary: plan.summary(),
                elapsed: Duration::ZERO,
            },
        }
    }

    async fn drive(mut self) -> Ended {
        self.announcer.tell(run_started(self.plan));
        loop {
            self.start_what_is_ready();
            if self.running.is_empty() {
                return self.finish();
            }
            match self.next_happening().await {
                Happening::Told(fact) => self.pass_on(fact),
                Happening::StepEnded(joined) => self.end_joined(joined),
                Happening::StopRequested => self.start_nothing_new(),
                Happening::StopInsisted => self.leave_running_steps(),
            }
        }
    }

    async fn next_happening(&mut self) -> Happening {
        tokio::select! {
            // What a step says comes before its end, and a wish to leave before all else.
            biased;
            () = self.stop.until_insisted() => Happening::StopInsisted,
            () = self.stop.until_requested(), if !self.stopped => Happening::StopRequested,
            Some(fact) = self.facts_out.recv() => Happening::Told(fact),
            Some(joined) = self.tasks.join_next_with_id() => Happening::StepEnded(joined),
        }
    }

    fn start_what_is_ready(&mut self) {
        if self.stop.requested() {
            self.start_nothing_new();
        }
        while self.running.len() < STEPS_AT_ONCE
            && let Some(id) = self.queue.next_ready()
        {
            // The queue was made of these very steps.
            if let Some(step) = self.steps.get(&id) {
                self.start(step);
            }
        }
    }

    fn start(&mut self, step: &Step) {
        if step.work == Work::Nothing {
            return self.end(step, Ok(Performed::unneeded("already as it should be")));
        }
        let mut step = step.clone();
        if let Err(failure) = fill_in(&mut step, &self.ended.outputs) {
            return self.end(&step, Err(failure));
        }
        let (id, resource, action) = (step.id.clone(), step.resource.clone(), step.action);
        self.announcer.tell(Fact::StepStarted { step: id, resource, action });
        let report = Reporter::speaking_to(self.facts_in.clone(), &step, self.stop.clone());
        let (performer, outputs, voice) =
            (self.performer.clone(), self.ended.outputs.clone(), report.clone());
        let handle = self.tasks.spawn(async move { performer.perform(step, outputs, voice).await });
        self.running.insert(handle.id(), report);
    }

    /// A step that has ended may have left work behind that still talks; nobody wants to hear it.
    fn pass_on(&mut self, fact: Fact) {
        if self.running.values().any(|report| fact.step() == Some(report.step())) {
            self.announcer.tell_in_time(fact);
        }
    }

    fn end_joined(&mut self, joined: Joined) {
        let (task, ending) = match joined {
            Ok((task, ending)) => (task, ending),
            Err(error) => (error.id(), Err(Failure::from(error))),
        };
        // On several threads, the step may have spoken and ended since we last listened.
        while let Ok(fact) = self.facts_out.try_recv() {
            self.pass_on(fact);
        }
        let Some(report) = self.running.remove(&task) else { return };
        let ending = ending.map_err(|failure| match report.was_cut_short() {
            true => Failure { kind: Kind::Interrupted, ..failure },
            false => failure,
        });
        if let Some(step) = self.steps.get(report.step()) {
            self.end(step, ending);
        }
    }

    fn end(&mut self, step: &Step, ending: Ending) {
        let (outcome, message) = match ending {
            Ok(performed) => self.keep(step, performed),
            Err(failure) => {
                self.announce_why(step, &failure);
                (failure.outcome(), self.keep_failure(step, failure))
            }
        };
        self.announce_end(step, outcome, message);
        let verb = if outcome == Outcome::Unfinished { "is unfinished" } else { "failed" };
        for skipped in self.queue.finish(&step.id, outcome.is_well()) {
            let cause = self.steps.get(&skipped.because_of).map(|step| in_words(step)).unwrap_or_default();
            self.skip(&skipped.id, format!("{cause} {verb}"));
        }
    }

    fn keep(&mut self, step: &Step, performed: Performed) -> (Outcome, String) {
        let Performed { output, outcome, message } = performed;
        if let Some(output) = output {
            self.ended.outputs.insert(step.resource.clone(), output);
        }
        match outcome {
            Outcome::Done => self.ended.done.push(step.id.clone()),
            Outcome::Unneeded => {}
            Outcome::Unfinished => {
                self.ended.unfinished.push((step.id.clone(), Failure::unfinished(message.clone())));
            }
            Outcome::Failed | Outcome::Skipped => {
                self.ended.failures.push((step.id.clone(), Failure::new(message.clone())));
            }
        }
        (outcome, message)
    }

    fn keep_failure(&mut self, step: &Step, failure: Failure) -> String {
        let message = failure.to_string();
        let kept =
            if failure.is_unfinished() { &mut self.ended.unfinished } else { &mut self.ended.failures };
        kept.push((step.id.clone(), failure));
        message
    }

    fn skip(&mut self, id: &StepId, reason: String) {
        let Some(step) = self.steps.get(id).copied() else { return };
        self.ended.skipped.push((id.clone(), reason.clone()));
        self.announce_end(step, Outcome::Skipped, reason);
    }

    fn announce_end(&mut self, step: &Step, outcome: Outcome, message: String) {
        self.announcer.tell_what_was_held_back(&step.id);
        let (step, resource) = (step.id.clone(), step.resource.clone());
        self.announcer.tell(Fact::StepFinished { step, resource, outcome, message });
    }

    /// A failure that is a mere sentence is told whole by the end of the step.
    fn announce_why(&mut self, step: &Step, failure: &Failure) {
        let Failure { message, causes, hint, kind: _ } = failure.clone();
        if causes.is_empty() && hint.is_none() {
            return;
        }
        self.announcer.tell_what_was_held_back(&step.id);
        let (step, resource) = (step.id.clone(), step.resource.clone());
        self.announcer.tell(Fact::StepExplained { step, resource, message, causes, hint });
    }

    fn start_nothing_new(&mut self) {
        self.stopped = true;
        for id in self.queue.abandon() {
            self.skip(&id, "the run was stopped".to_owned());
        }
    }

    /// Their tasks are aborted with the set that holds them, as soon as the run is over.
    fn leave_running_steps(&mut self) {
        self.start_nothing_new();
        let left: Vec<StepId> = self.running.drain().map(|(_, report)| report.step().clone()).collect();
        let steps = self.plan.steps.iter().filter(|step| left.contains(&step.id));
        for step in steps {
            let message = "left while it was running; the next run looks at it again";
            self.end(step, Err(Failure::unfinished(message)));
        }
    }

    fn finish(mut self) -> Ended {
        self.ended.outcome = self.outcome();
        self.ended.elapsed = self.announcer.began.elapsed();
        self.announcer.tell(Fact::RunFinished {
            outcome: self.ended.outcome,
            summary: self.ended.summary,
            failed: self.ended.failures.len(),
            skipped: self.ended.skipped.len(),
        });
        self.ended
    }

    fn outcome(&self) -> RunOutcome {
        let Ended { failures, unfinished, skipped, .. } = &self.ended;
        // A request to stop that came too late to keep anything from happening has stopped nothing.
        if self.stopped && !(skipped.is_empty() && unfinished.is_empty()) {
            RunOutcome::Interrupted
        } else if !failures.is_empty() {
            RunOutcome::Failed
        } else if !unfinished.is_empty() {
            RunOutcome::Unfinished
        } else {
            RunOutcome::Done
        }
    }
}

/// A step as people call it.
fn in_words(step: &Step) -> String {
    format!("{} {} {}", step.action, step.resource.kind, step.resource.name)
}

fn run_started(plan: &Plan) -> Fact {
    let planned = |step: &Step| PlannedStep {
        step: step.id.clone(),
        resource: step.resource.clone(),
        action: step.action,
        stage: step.stage,
        after: step.after.clone(),
    };
    Fact::RunStarted {
        site: plan.site.clone(),
        account: plan.account.clone(),
        steps: plan.steps.iter().map(planned).collect(),
    }
}

/// Fills in what earlier steps have found out. What is still unknown then is a plan that lacks an order between
/// two of its steps.
fn fill_in(step: &mut Step, outputs: &Outputs) -> Result<(), Failure> {
    let missing = match &mut step.work {
        Work::Create(spec) | Work::Update { spec, .. } | Work::UpdateMade(spec) => {
            spec.resolve(outputs);
            spec.awaits().into_iter().next()
        }
        Work::AwaitDeployed { id: id @ None } => {
            *id = outputs.get(&step.resource).map(|output| output.id.clone());
            id.is_none().then(|| step.resource.clone())
        }
        Work::AwaitIssued { arn: arn @ None, .. } => {
            *arn = outputs.get(&step.resource).map(|output| output.arn.clone());
            arn.is_none().then(|| step.resource.clone())
        }
        Work::AwaitDeployed { id: Some(_) }
        | Work::AwaitIssued { arn: Some(_), .. }
        | Work::RemoveRecords(_)
        | Work::Nothing
        | Work::Delete { .. }
        | Work::DeleteReplicated { .. }
        | Work::PruneVersions
        | Work::DeleteLogs { .. }
        | Work::Disable { .. }
        | Work::Purge { .. }
        | Work::Tag { .. }
        | Work::Empty(_)
        | Work::BackUp(_) => None,
    };
    missing.map_or(Ok(()), |missing| Err(unknown_reference(step, &missing)))
}

fn unknown_reference(step: &Step, missing: &ResourceId) -> Failure {
    Failure {
        causes: vec![format!("it needs the id of {missing}, which no step before it has made")],
        ..Failure::new(format!("can't {} {}: the plan itself is at fault", step.action, step.resource))
    }
}
