//! The engine on a virtual clock: scripted steps, no AWS.

#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use proptest::prelude::*;
use sitecast::apply::event::{Event, Fact, Outcome, RunOutcome};
use sitecast::apply::retry::Backoff;
use sitecast::apply::run::run_by_clock;
use sitecast::apply::{Ended, Failure, Perform, Performed, Reporter, Stop};
use sitecast::blueprint::plan::{Action, Plan, Stage, Step, StepId, Work};
use sitecast::blueprint::resource::{
    BucketPolicySpec, BucketSpec, Kind, Output, Outputs, Ref, ResourceId, Spec,
};
use sitecast::profile::answers::Region;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// What a scripted step does after its latency.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Act {
    Well,
    Fail,
    Unfinished,
    Panic,
    /// Fails this many times with an error that may be retried.
    RetryTimes(u32),
    /// Waits until the run should stop.
    UntilStop,
    TalkAfterTheEnd,
    /// Says something with its last breath.
    LastWords,
}

/// Carries out steps by script, and remembers when each began and ended.
#[derive(Default)]
struct Script {
    steps: BTreeMap<String, (u64, Act)>,
    seen: Mutex<Vec<Step>>,
}

impl Perform for Script {
    async fn perform(&self, step: Step, outputs: Outputs, report: Reporter) -> Result<Performed, Failure> {
        let (seconds, act) = self.steps[&step.resource.name];
        self.seen.lock().unwrap().push(step.clone());
        sleep(Duration::from_secs(seconds)).await;
        let made = Output { id: format!("id-{}-{}", step.resource.name, outputs.len()), ..Output::default() };
        match act {
            Act::Well => Ok(Performed::done("made").with_output(made)),
            Act::Fail => Err(Failure::new("no luck")),
            Act::Unfinished => Ok(Performed::unfinished("AWS needs hours")),
            Act::Panic => panic!("a scripted fault"),
            Act::RetryTimes(times) => self.retry(times, &report).await,
            Act::UntilStop => {
                report.waiting("ever");
                report.stop().until_requested().await;
                Ok(Performed::done("seen off"))
            }
            Act::LastWords => {
                report.note("I go");
                Ok(Performed::done("made"))
            }
            Act::TalkAfterTheEnd => {
                tokio::spawn(async move {
                    sleep(Duration::from_secs(1)).await;
                    report.note("still here");
                });
                Ok(Performed::done("made"))
            }
        }
    }
}

impl Script {
    async fn retry(&self, times: u32, report: &Reporter) -> Result<Performed, Failure> {
        let calls = Mutex::new(0);
        let backoff = Backoff { jitter: || 1.0, ..Backoff::bounded(Duration::from_secs(20)) };
        let call = || async {
            let mut calls = calls.lock().unwrap();
            *calls += 1;
            if *calls > times { Ok(*calls) } else { Err("not yet") }
        };
        let result = backoff.retry("the role to be known", report, |error| *error == "not yet", call).await;
        result.map(|calls| Performed::done(format!("{calls} calls"))).map_err(Failure::new)
    }
}

fn bucket(name: &str) -> ResourceId {
    ResourceId::new(Kind::Bucket, name)
}

fn id(name: &str) -> StepId {
    StepId::of(&bucket(name))
}

fn step(name: &str, after: &[&str]) -> Step {
    let resource = bucket(name);
    Step {
        id: StepId::of(&resource),
        action: Action::Create,
        name: name.to_owned(),
        resource,
        stage: Stage::Distribution,
        reason: "missing".to_owned(),
        changes: Vec::new(),
        after: after.iter().map(|name| id(name)).collect(),
        work: Work::Create(Spec::Bucket(BucketSpec { region: Region("eu-west-1".to_owned()) })),
    }
}

fn plan(steps: Vec<Step>) -> Plan {
    let (site, account) = ("acme".to_owned(), "123456789012".to_owned());
    Plan { site, account, steps, known: Outputs::new(), notices: Vec::new() }
}

/// A plan and its script: name, what it comes after, seconds, what it does.
fn scripted(rows: &[(&str, &[&str], u64, Act)]) -> (Plan, Arc<Script>) {
    let steps = rows.iter().map(|(name, _, seconds, act)| (name.to_string(), (*seconds, *act))).collect();
    let script = Script { steps, ..Script::default() };
    (plan(rows.iter().map(|(name, after, ..)| step(name, after)).collect()), Arc::new(script))
}

async fn go(plan: &Plan, script: Arc<Script>, stop: Stop) -> (Ended, Vec<Event>) {
    let mut events = Vec::new();
    let ended = run_by_clock(plan, script, stop, |event| events.push(event), || 1_700_000_000_000).await;
    (ended.unwrap(), events)
}

fn ends(events: &[Event]) -> Vec<(String, Outcome, String)> {
    let end = |event: &Event| match &event.fact {
        Fact::StepFinished { resource, outcome, message, .. } => {
            Some((resource.name.clone(), *outcome, message.clone()))
        }
        _ => None,
    };
    events.iter().filter_map(end).collect()
}

fn end_of(events: &[Event], name: &str) -> (Outcome, String) {
    let found: Vec<_> = ends(events).into_iter().filter(|(step, ..)| step == name).collect();
    assert_eq!(found.len(), 1, "{name} must end exactly once: {found:?}");
    (found[0].1, found[0].2.clone())
}

#[tokio::test(start_paused = true)]
async fn a_run_takes_as_long_as_its_critical_path() {
    let (plan, script) = scripted(&[
        ("a", &[], 10, Act::Well),
        ("b", &[], 300, Act::Well),
        ("c", &["a"], 20, Act::Well),
        ("d", &["a", "c"], 30, Act::Well),
        ("e", &["b"], 5, Act::Well),
    ]);
    let began = Instant::now();
    let (ended, events) = go(&plan, script, Stop::new()).await;
    assert_eq!(began.elapsed().as_secs(), 305);
    assert_eq!(ended.elapsed.as_secs(), 305);
    assert_eq!(ended.outcome, RunOutcome::Done);
    assert_eq!(ended.done, [id("a"), id("c"), id("d"), id("b"), id("e")]);
    assert_eq!(events.last().unwrap().elapsed_ms / 1000, 305);
    assert_eq!(events[0].ts, 1_700_000_000_000);
}

#[tokio::test(start_paused = true)]
async fn a_failure_skips_its_dependents_and_nothing_else() {
    let (plan, script) = scripted(&[
        ("a", &[], 1, Act::Fail),
        ("b", &["a"], 1, Act::Well),
        ("c", &["b"], 1, Act::Well),
        ("d", &[], 9, Act::Well),
        ("e", &["d"], 1, Act::Well),
    ]);
    let (ended, events) = go(&plan, script, Stop::new()).await;
    assert_eq!(ended.outcome, RunOutcome::Failed);
    assert_eq!(ended.failures, [(id("a"), Failure::new("no luck"))]);
    let reason = "create bucket a failed".to_owned();
    assert_eq!(ended.skipped, [(id("b"), reason.clone()), (id("c"), reason.clone())]);
    assert_eq!(ended.done, [id("d"), id("e")]);
    assert_eq!(end_of(&events, "c"), (Outcome::Skipped, reason));
    let Fact::RunFinished { failed, skipped, .. } = events.last().unwrap().fact else { panic!("no end") };
    assert_eq!((failed, skipped), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn an_unfinished_step_holds_back_its_dependents_without_failing_the_run() {
    let (plan, script) = scripted(&[("a", &[], 1, Act::Unfinished), ("b", &["a"], 1, Act::Well)]);
    let (ended, _) = go(&plan, script, Stop::new()).await;
    assert_eq!(ended.outcome, RunOutcome::Unfinished);
    assert_eq!(ended.failures, []);
    assert_eq!(ended.unfinished[0].0, id("a"));
    assert_eq!(ended.skipped, [(id("b"), "create bucket a is unfinished".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_calls_in_flight_finish_and_starts_nothing_new() {
    let (plan, script) =
        scripted(&[("a", &[], 10, Act::Well), ("b", &["a"], 1, Act::Well), ("w", &[], 0, Act::UntilStop)]);
    let stop = Stop::new();
    let pressed = stop.clone();
    tokio::spawn(async move {
        sleep(Duration::from_secs(4)).await;
        pressed.request();
    });
    let (ended, events) = go(&plan, script, stop).await;
    assert_eq!(ended.outcome, RunOutcome::Interrupted);
    assert_eq!(ended.elapsed.as_secs(), 10);
    assert_eq!(end_of(&events, "a").0, Outcome::Done);
    assert_eq!(end_of(&events, "w"), (Outcome::Done, "seen off".to_owned()));
    assert_eq!(end_of(&events, "b"), (Outcome::Skipped, "the run was stopped".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_stop_tells_at_once_what_will_not_start() {
    let (plan, script) = scripted(&[("a", &[], 10, Act::Well), ("b", &["a"], 1, Act::Well)]);
    let stop = Stop::new();
    let pressed = stop.clone();
    tokio::spawn(async move {
        sleep(Duration::from_secs(4)).await;
        pressed.request();
    });
    let (_, events) = go(&plan, script, stop).await;
    let skipped = events.iter().find(|event| event.fact.step() == Some(&id("b"))).unwrap();
    assert_eq!(skipped.elapsed_ms / 1000, 4);
}

#[tokio::test(start_paused = true)]
async fn a_stop_before_the_run_starts_nothing() {
    let (plan, script) = scripted(&[("a", &[], 10, Act::Well)]);
    let stop = Stop::new();
    stop.request();
    let (ended, _) = go(&plan, script.clone(), stop).await;
    assert_eq!(ended.outcome, RunOutcome::Interrupted);
    assert!(script.seen.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_second_stop_leaves_at_once() {
    let (plan, script) = scripted(&[("a", &[], 600, Act::Well), ("b", &["a"], 1, Act::Well)]);
    let stop = Stop::new();
    let pressed = stop.clone();
    tokio::spawn(async move {
        for _ in 0..2 {
            sleep(Duration::from_secs(3)).await;
            pressed.request();
        }
    });
    let (ended, events) = go(&plan, script.clone(), stop).await;
    tokio::task::yield_now().await;
    assert_eq!(Arc::strong_count(&script), 1, "no step is left running");
    assert_eq!(ended.outcome, RunOutcome::Interrupted);
    assert_eq!(ended.elapsed.as_secs(), 6);
    assert_eq!(end_of(&events, "a").0, Outcome::Unfinished);
    assert_eq!(end_of(&events, "b").0, Outcome::Skipped);
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_keeps_nothing_from_happening_interrupts_nothing() {
    let (plan, script) = scripted(&[("w", &[], 0, Act::UntilStop)]);
    let stop = Stop::new();
    let pressed = stop.clone();
    tokio::spawn(async move {
        sleep(Duration::from_secs(1)).await;
        pressed.request();
    });
    assert_eq!(go(&plan, script, stop).await.0.outcome, RunOutcome::Done);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failed_step() {
    let (plan, script) =
        scripted(&[("a", &[], 1, Act::Panic), ("b", &["a"], 1, Act::Well), ("c", &[], 2, Act::Well)]);
    let (ended, events) = go(&plan, script, Stop::new()).await;
    assert_eq!(ended.failures[0].1.causes, ["a scripted fault"]);
    assert_eq!(end_of(&events, "b").0, Outcome::Skipped);
    assert_eq!(end_of(&events, "c").0, Outcome::Done);
}

#[tokio::test(start_paused = true)]
async fn a_retry_shows_as_waiting_once_and_takes_its_pauses() {
    let (plan, script) = scripted(&[("a", &[], 0, Act::RetryTimes(5)), ("b", &[], 0, Act::RetryTimes(0))]);
    let (ended, events) = go(&plan, script, Stop::new()).await;
    // 0.5 + 1 + 2 + 4 + 5 seconds.
    assert_eq!(ended.elapsed.as_millis(), 12_500);
    assert_eq!(end_of(&events, "a"), (Outcome::Done, "6 calls".to_owned()));
    let waits: Vec<_> =
        events.iter().filter(|event| matches!(event.fact, Fact::StepWaiting { .. })).collect();
    assert_eq!(waits.len(), 1);
    assert_eq!(waits[0].fact.step(), Some(&id("a")));
}

#[tokio::test(start_paused = true)]
async fn a_retry_ends_within_its_bound() {
    let (plan, script) = scripted(&[("a", &[], 0, Act::RetryTimes(u32::MAX))]);
    let (ended, events) = go(&plan, script, Stop::new()).await;
    assert_eq!(end_of(&events, "a"), (Outcome::Failed, "not yet".to_owned()));
    assert!(ended.elapsed <= Duration::from_secs(20), "{:?}", ended.elapsed);
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_is_cut_short_is_unfinished_and_not_failed() {
    let (plan, script) = scripted(&[("a", &[], 0, Act::RetryTimes(u32::MAX))]);
    let stop = Stop::new();
    let pressed = stop.clone();
    tokio::spawn(async move {
        sleep(Duration::from_millis(2200)).await;
        pressed.request();
    });
    let (ended, events) = go(&plan, script, stop).await;
    assert_eq!(end_of(&events, "a").0, Outcome::Unfinished);
    assert_eq!(ended.failures, []);
    assert_eq!(ended.elapsed.as_millis(), 2200);
}

fn policy_step(after: &[StepId]) -> Step {
    let spec = BucketPolicySpec {
        region: Region("eu-west-1".to_owned()),
        distribution: Ref::IdOf(bucket("a")),
        prefix: "site/".to_owned(),
        may_list: true,
        altered: Vec::new(),
    };
    Step { work: Work::Create(Spec::BucketPolicy(spec)), after: after.to_vec(), ..step("policy", &[]) }
}

#[tokio::test(start_paused = true)]
async fn what_a_step_makes_is_known_to_the_steps_after_it() {
    let (_, script) = scripted(&[("a", &[], 1, Act::Well), ("policy", &[], 1, Act::Well)]);
    let known = Outputs::from([(bucket("old"), Output::default())]);
    let plan = Plan { known, ..plan(vec![step("a", &[]), policy_step(&[id("a")])]) };
    let (ended, _) = go(&plan, script.clone(), Stop::new()).await;
    let seen = script.seen.lock().unwrap();
    let Work::Create(Spec::BucketPolicy(spec)) = &seen[1].work else { panic!("{seen:?}") };
    assert_eq!(spec.distribution, Ref::Known("id-a-1".to_owned()));
    assert_eq!(ended.outputs[&bucket("a")].id, "id-a-1");
    assert!(ended.outputs.contains_key(&bucket("old")));
}

#[tokio::test(start_paused = true)]
async fn a_reference_that_nobody_fills_in_fails_the_step_and_names_it() {
    let (_, script) = scripted(&[("policy", &[], 1, Act::Well)]);
    let (ended, events) = go(&plan(vec![policy_step(&[])]), script.clone(), Stop::new()).await;
    assert_eq!(ended.outcome, RunOutcome::Failed);
    let (outcome, message) = end_of(&events, "policy");
    assert_eq!(outcome, Outcome::Failed);
    assert!(message.contains("bucket/a"), "{message}");
    assert!(script.seen.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_wait_learns_the_id_of_what_was_made() {
    let (_, script) = scripted(&[("a", &[], 1, Act::Well)]);
    let wait = Step {
        id: StepId::also(&bucket("a"), "deployed"),
        action: Action::Await,
        work: Work::AwaitDeployed { id: None },
        ..step("a", &["a"])
    };
    go(&plan(vec![step("a", &[]), wait]), script.clone(), Stop::new()).await;
    let seen = script.seen.lock().unwrap();
    assert_eq!(seen[1].work, Work::AwaitDeployed { id: Some("id-a-0".to_owned()) });
}

#[tokio::test(start_paused = true)]
async fn a_step_with_nothing_to_do_is_not_performed() {
    let nothing = Step { action: Action::Keep, work: Work::Nothing, ..step("kept", &[]) };
    let (_, script) = scripted(&[("b", &[], 1, Act::Well)]);
    let (ended, events) = go(&plan(vec![nothing, step("b", &["kept"])]), script.clone(), Stop::new()).await;
    assert_eq!(end_of(&events, "kept").0, Outcome::Unneeded);
    assert_eq!(ended.done, [id("b")]);
    assert_eq!(script.seen.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_heard_of_a_step_after_its_end() {
    let (plan, script) = scripted(&[("a", &[], 1, Act::TalkAfterTheEnd), ("b", &[], 9, Act::Well)]);
    let (_, events) = go(&plan, script, Stop::new()).await;
    assert!(!events.iter().any(|event| matches!(event.fact, Fact::StepNoted { .. })), "{events:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_words_of_a_step_are_heard_on_many_threads() {
    let names: Vec<String> = (0..500).map(|number| format!("s{number}")).collect();
    let rows: Vec<(&str, &[&str], u64, Act)> =
        names.iter().map(|name| (name.as_str(), &[] as &[&str], 0, Act::LastWords)).collect();
    let (plan, script) = scripted(&rows);
    let (_, events) = go(&plan, script, Stop::new()).await;
    check_order(&plan, &events);
    let notes = events.iter().filter(|event| matches!(event.fact, Fact::StepNoted { .. }));
    assert_eq!(notes.count(), names.len());
}

#[tokio::test(start_paused = true)]
async fn an_impossible_order_is_refused_before_anything_starts() {
    let (plan, script) = scripted(&[("a", &["b"], 1, Act::Well), ("b", &["a"], 1, Act::Well)]);
    let error = run_by_clock(&plan, script.clone(), Stop::new(), |_| {}, || 0).await.unwrap_err();
    assert!(error.to_string().contains("bucket/a waits for itself"), "{error}");
    assert!(script.seen.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn no_more_than_the_limit_run_at_once() {
    let names: Vec<String> = (0..40).map(|number| format!("s{number}")).collect();
    let rows: Vec<(&str, &[&str], u64, Act)> =
        names.iter().map(|name| (name.as_str(), &[] as &[&str], 1, Act::Well)).collect();
    let (plan, script) = scripted(&rows);
    let (ended, _) = go(&plan, script, Stop::new()).await;
    // Forty steps, sixteen at once: three waves.
    assert_eq!(ended.elapsed.as_secs(), 3);
}

/// One random step: what it comes after, its latency, and what it does.
type Wish = (Vec<prop::sample::Index>, u64, Act);

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let act = prop_oneof![
        8 => Just(Act::Well), 1 => Just(Act::Fail), 1 => Just(Act::Unfinished),
        1 => (0_u32..9).prop_map(Act::RetryTimes),
    ];
    prop::collection::vec((prop::collection::vec(any::<prop::sample::Index>(), 0..4), 0_u64..90, act), 1..25)
}

fn random_plan(wishes: &[Wish]) -> (Plan, Arc<Script>) {
    let names: Vec<String> = (0..wishes.len()).map(|number| format!("s{number}")).collect();
    let after = |number: usize| -> Vec<&str> {
        let earlier = wishes[number].0.iter().filter(|_| number > 0);
        earlier.map(|index| names[index.index(number)].as_str()).collect()
    };
    let steps = (0..wishes.len()).map(|number| step(&names[number], &after(number))).collect();
    let script = names.iter().zip(wishes).map(|(name, (_, seconds, act))| (name.clone(), (*seconds, *act)));
    (plan(steps), Arc::new(Script { steps: script.collect(), ..Script::default() }))
}

fn check_order(plan: &Plan, events: &[Event]) {
    let mut ended: BTreeMap<&StepId, Outcome> = BTreeMap::new();
    let mut started: BTreeSet<&StepId> = BTreeSet::new();
    for (number, event) in events.iter().enumerate() {
        assert_eq!(event.seq, number as u64 + 1);
        let Some(id) = event.fact.step() else { continue };
        assert!(!ended.contains_key(id), "{id} was over before {event:?}");
        match &event.fact {
            Fact::StepStarted { .. } => {
                assert!(started.insert(id));
                let after = &plan.step(id).unwrap().after;
                assert!(after.iter().all(|earlier| ended.get(earlier).is_some_and(|end| end.is_well())));
            }
            Fact::StepFinished { outcome, .. } => {
                assert_eq!(started.contains(id), *outcome != Outcome::Skipped);
                ended.insert(id, *outcome);
            }
            _ => assert!(started.contains(id)),
        }
    }
    assert_eq!(ended.len(), plan.steps.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the plan, whatever fails and whenever it is stopped: every step ends exactly once, and nothing
    /// starts before all that it comes after ended well.
    #[test]
    fn every_step_ends_exactly_once(wishes in wishes(), stop_after in prop::option::of(0_u64..300)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (plan, script) = random_plan(&wishes);
            let stop = Stop::new();
            if let Some(seconds) = stop_after {
                let stop = stop.clone();
                tokio::spawn(async move {
                    sleep(Duration::from_secs(seconds)).await;
                    stop.request();
                    sleep(Duration::from_secs(10)).await;
                    stop.request();
                });
            }
            let (ended, events) = go(&plan, script, stop).await;
            check_order(&plan, &events);
            let well = ended.failures.is_empty() && ended.unfinished.is_empty() && ended.skipped.is_empty();
            assert_eq!(ended.outcome == RunOutcome::Done, well);
        });
    }
}
