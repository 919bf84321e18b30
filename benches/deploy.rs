//! How close a deploy comes to the calls that it can't avoid: `cargo bench --bench deploy`.
//!
//! Every call to the sandbox takes a given time. The critical path is the longest chain of steps that wait for
//! one another, each as long as it took, after the calls of looking; what a deploy takes beyond it is ours.

#![expect(clippy::unwrap_used, reason = "a benchmark that can't run has failed")]

#[expect(dead_code, reason = "only some of the clients are needed here")]
#[path = "../tests/sandbox/mod.rs"]
mod sandbox;

use sitecast::apply::event::{Event, Fact};
use sitecast::apply::{self, Stop};
use sitecast::aws::{ConnectOptions, Performer, Publication, Session, facts, observe};
use sitecast::blueprint::plan::StepId;
use sitecast::blueprint::{self, Plan};
use sitecast::content::hash_cache::HashCache;
use sitecast::content::release::Release;
use sitecast::content::scan::ScanOptions;
use sitecast::sandbox::calls::CallRecord;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::Running;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

const PROFILE: &str = r#"
schema = 1
name = "bench"
[distribution]
folder = "public"
region = "eu-west-1"
[failover]
region = "eu-central-1"
[[caching.rule]]
path = "/search/*"
edge = "5m"
query = "all"
"#;

const LATENCIES: [u64; 3] = [20, 60, 150];

/// How often each latency is measured; the row is the run with the median ratio.
const RUNS: usize = 3;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    println!(
        "{:>8}  {:>9}  {:>13}  {:>6}  {:>13}  {:>11}",
        "latency", "deploy", "critical path", "ratio", "calls, no-op", "rounds"
    );
    for latency in LATENCIES {
        let mut rows: Vec<Row> = (0..RUNS).map(|_| runtime.block_on(measured(latency))).collect();
        rows.sort_by(|one, other| one.ratio().total_cmp(&other.ratio()));
        let Row { wall, critical_path, calls, rounds } = &rows[RUNS / 2];
        println!(
            "{latency:>5} ms  {:>6} ms  {:>10} ms  {:>6.2}  {calls:>13}  {rounds:>11}",
            wall.as_millis(),
            critical_path.as_millis(),
            rows[RUNS / 2].ratio(),
        );
    }
}

struct Row {
    wall: Duration,
    critical_path: Duration,
    calls: usize,
    rounds: usize,
}

impl Row {
    fn ratio(&self) -> f64 {
        self.wall.as_secs_f64() / self.critical_path.as_secs_f64()
    }
}

async fn measured(latency: u64) -> Row {
    let (folder, state) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for name in ["index.html", "a.css", "b.js"] {
        std::fs::write(folder.path().join(name), name).unwrap();
    }
    let running = sandbox::start(state.path(), Pace::Instant, &[&format!("delay={latency}")]).await;
    let began = Instant::now();
    let (plan, publication, session) = look(&running, folder.path()).await;
    let looked = began.elapsed();
    let events = carry_out(&plan, publication, session).await;
    let wall = began.elapsed();
    let critical_path = looked + longest_chain(&plan, &events);
    let before = running.calls().len();
    let (again, ..) = look(&running, folder.path()).await;
    assert!(!again.changes_aws());
    let calls = running.calls().split_off(before);
    Row { wall, critical_path, calls: calls.len(), rounds: rounds(&calls) }
}

async fn look(running: &Running, folder: &Path) -> (Plan, Arc<Publication>, Arc<Session>) {
    let options = ConnectOptions {
        sandbox: Some(running.url()),
        poll: Some(Duration::from_millis(5)),
        ..ConnectOptions::default()
    };
    let session = Arc::new(Session::connect(options).await.unwrap());
    let profile = sitecast::profile::parse(PROFILE, "bench.toml").unwrap();
    let mut cache = HashCache::none();
    let options = ScanOptions::default();
    let release = Release::prepare(folder, &profile, options, &mut cache, SystemTime::now()).unwrap();
    let (folder, profile_text) = (folder.to_path_buf(), PROFILE.to_owned());
    let publication =
        Publication { release, profile: profile.clone(), folder, profile_text, verify: false, copies: None };
    let publication = Arc::new(publication);
    let facts = facts(session.identify().await.unwrap(), Some(&publication));
    let blueprint = blueprint::blueprint(&profile, &facts);
    let inventory =
        observe(&session, "bench", &blueprint.buckets, &[], Some(&publication.clone().into())).await.unwrap();
    (blueprint::plan(&blueprint, &inventory).unwrap(), publication, session)
}

async fn carry_out(plan: &Plan, publication: Arc<Publication>, session: Arc<Session>) -> Vec<Event> {
    let identity = session.identify().await.unwrap().clone();
    let performer = Performer {
        session,
        site: plan.site.clone(),
        account: identity.account,
        partition: identity.partition,
        publication: Some(publication),
        archives: Default::default(),
        waiting: Default::default(),
    };
    let mut events = Vec::new();
    let ended = apply::run(plan, Arc::new(performer), Stop::new(), |event| events.push(event)).await.unwrap();
    assert!(ended.kind().is_none(), "{:?}", ended.failures);
    events
}

/// The longest chain of steps that wait for one another, each as long as it took.
fn longest_chain(plan: &Plan, events: &[Event]) -> Duration {
    let mut started: BTreeMap<StepId, u64> = BTreeMap::new();
    let mut took: BTreeMap<StepId, u64> = BTreeMap::new();
    for event in events {
        match &event.fact {
            Fact::StepStarted { step, .. } => drop(started.insert(step.clone(), event.elapsed_ms)),
            Fact::StepFinished { step, .. } => {
                let start = started.get(step).copied().unwrap_or(event.elapsed_ms);
                took.insert(step.clone(), event.elapsed_ms - start);
            }
            _ => {}
        }
    }
    let mut ends: BTreeMap<StepId, u64> = BTreeMap::new();
    for step in &plan.steps {
        let ready = step.after.iter().map(|id| ends[id]).max().unwrap_or(0);
        ends.insert(step.id.clone(), ready + took[&step.id]);
    }
    Duration::from_millis(ends.into_values().max().unwrap_or(0))
}

/// How many calls came one after another: the longest chain of which each began when the one before was over.
fn rounds(calls: &[CallRecord]) -> usize {
    let mut spans: Vec<(u64, u64)> =
        calls.iter().map(|call| (call.ended_ms.unwrap_or(call.started_ms), call.started_ms)).collect();
    spans.sort_unstable();
    let mut free_from = 0;
    spans
        .iter()
        .filter(|(end, start)| {
            *start >= free_from && {
                free_from = *end;
                true
            }
        })
        .count()
}
