//! How long a frame takes to draw, how many bytes it is, and how long a key takes to become bytes, also while many
//! events arrive; how soon the program shows something, and whether it rests, also on the dashboard of a live site:
//! `cargo bench --bench screen`.

#![expect(clippy::unwrap_used, reason = "a measurement that can't be taken has failed")]

#[cfg(target_os = "linux")]
#[path = "screen/dashboard.rs"]
mod dashboard;
#[cfg(target_os = "linux")]
#[path = "screen/program.rs"]
mod program;

use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::{CrosstermBackend, TestBackend};
use ratatui::{TerminalOptions, Viewport, layout::Rect};
use sitecast::apply::Event;
use sitecast::apply::event::{Amount, Fact, PlannedStep};
use sitecast::blueprint::plan::Plan;
use sitecast::blueprint::{self, Facts, Inventory};
use sitecast::tui::message::Planned;
use sitecast::tui::state::{Happening, Setup, Start};
use sitecast::tui::{Command, Message, State, Theme, run, update, view};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const SHOP: &str = include_str!("../presets/everything.toml");
const SIZE: (u16, u16) = (120, 36);

/// The limits of a frame, of a key, and of a steady frame's bytes. Other work shares the processor, so a measurement
/// fails only past twice the limit.
const DRAW: Duration = Duration::from_millis(2);
const KEY: Duration = Duration::from_millis(16);
const BYTES: usize = 2_000;
const FIRST_FRAME: Duration = Duration::from_millis(50);
const HELP: Duration = Duration::from_millis(15);
/// How soon the first answer is on the dashboard, each call as it comes; the slowest is far later.
const FIRST_DATA: Duration = Duration::from_secs(1);
/// What a dashboard may take of a core, in percent, while nothing happens.
const CORE: f64 = 0.5;
/// A screen at rest isn't woken at all; a few times are forgiven, since a lookup may end late.
const WAKES: u64 = 5;

fn main() {
    // `cargo test --all-targets` runs benches too, without this flag; then nothing is measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (calm, _) = runtime.block_on(keys(0));
    let (flooded, frames) = runtime.block_on(keys(5_000));
    let mut rows = vec![
        Row::times("draw at 120x36", drawing(), DRAW),
        Row::times("key to bytes", calm, KEY),
        Row::times("key to bytes, 5,000 events a second", flooded, KEY),
        Row::bytes("bytes a frame, moving in a stage", bytes(), BYTES),
        Row::bytes("bytes a frame, 5,000 events a second", frames, BYTES),
    ];
    rows.extend(of_program());
    println!("{:<38} {:>10} {:>10} {:>10}", "", "median", "p99", "target");
    rows.iter().for_each(Row::print);
    assert!(rows.iter().all(|row| row.is_within), "past twice the target");
}

/// One measurement beside its target.
struct Row {
    what: &'static str,
    median: String,
    p99: String,
    target: String,
    is_within: bool,
}

impl Row {
    fn times(what: &'static str, mut times: Vec<Duration>, target: Duration) -> Row {
        times.sort_unstable();
        let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        Row {
            what,
            median: format!("{median:.2?}"),
            p99: format!("{p99:.2?}"),
            target: format!("{target:?}"),
            is_within: p99 <= 2 * target,
        }
    }

    fn bytes(what: &'static str, mut sizes: Vec<usize>, target: usize) -> Row {
        sizes.sort_unstable();
        let (median, p99) = (sizes[sizes.len() / 2], sizes[sizes.len() * 99 / 100]);
        Row {
            what,
            median: median.to_string(),
            p99: p99.to_string(),
            target: target.to_string(),
            is_within: p99 <= 2 * target,
        }
    }

    /// How often the program was woken at rest, where the system tells.
    fn wakes(what: &'static str, wakes: Option<u64>) -> Row {
        let told = wakes.map_or_else(|| "not told".to_owned(), |wakes| wakes.to_string());
        let is_within = wakes.is_none_or(|wakes| wakes <= WAKES);
        Row { what, median: told.clone(), p99: told, target: "0".to_owned(), is_within }
    }

    /// What the program takes of a core at rest, and how often it was woken for that, where the system tells.
    fn share(what: &'static str, share: Option<f64>, wakes: Option<u64>) -> Row {
        let percent = share.map(|share| share * 100.0);
        Row {
            what,
            median: percent.map_or_else(|| "not told".to_owned(), |percent| format!("{percent:.2} %")),
            p99: wakes.map_or_else(String::new, |wakes| format!("{wakes} wakes")),
            target: format!("{CORE} %"),
            is_within: percent.is_none_or(|percent| percent <= 2.0 * CORE),
        }
    }

    fn print(&self) {
        let Row { what, median, p99, target, is_within } = self;
        let verdict = if *is_within { "" } else { "  past twice the target" };
        println!("{what:<38} {median:>10} {p99:>10} {target:>10}{verdict}");
    }
}

/// What the real program shows on a terminal of its own.
#[cfg(target_os = "linux")]
fn of_program() -> Vec<Row> {
    vec![
        Row::times("start to first frame", program::first_frame_times(), FIRST_FRAME),
        Row::times("--help, start to end", program::help_times(), HELP),
        Row::wakes("woken at rest, in 5 s", program::idle_wakes()),
    ]
    .into_iter()
    .chain(of_dashboard())
    .collect()
}

/// What the dashboard of a deployed site takes.
#[cfg(target_os = "linux")]
fn of_dashboard() -> Vec<Row> {
    let dashboard::Measured { first_paint, first_data, share_of_a_core, wakes } = dashboard::measure();
    vec![
        Row::times("dashboard, start to first paint", first_paint, FIRST_FRAME),
        Row::times("dashboard, start to first answer", first_data, FIRST_DATA),
        Row::share("dashboard at rest, of a core", share_of_a_core, wakes),
    ]
}

/// Elsewhere there is no terminal to try it on.
#[cfg(not(target_os = "linux"))]
fn of_program() -> Vec<Row> {
    println!("start, --help and rest: {FIRST_FRAME:?}, {HELP:?} and {WAKES} are measured on Linux alone");
    Vec::new()
}

fn setup(start: Start) -> Setup {
    Setup { theme: Theme { colour: true, unicode: true }, start, sandbox: false }
}

fn open() -> State {
    let mut state = State::new(setup(Start::Welcome), SIZE);
    let opened = Message::Opened { path: "shop.toml".into(), text: SHOP.into() };
    update::update(&mut state, Happening::Told(Box::new(opened)), 0);
    state
}

fn drawing() -> Vec<Duration> {
    let mut state = open();
    let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
    let mut times = Vec::new();
    for _ in 0..1_000 {
        update::update(&mut state, Happening::Input(key(KeyCode::Down)), 0);
        let began = Instant::now();
        terminal.draw(|frame| view::view(&state, frame)).unwrap();
        times.push(began.elapsed());
    }
    times
}

fn bytes() -> Vec<usize> {
    let mut state = open();
    let sink = Sink::default();
    let mut terminal = terminal_on(&sink);
    terminal.draw(|frame| view::view(&state, frame)).unwrap();
    sink.taken();
    let frame = |_| {
        update::update(&mut state, Happening::Input(key(KeyCode::Down)), 0);
        terminal.draw(|frame| view::view(&state, frame)).unwrap();
        sink.taken()
    };
    (0..12).map(frame).collect()
}

/// From a key to the bytes of its frame while a run is watched of which so many events a second are told; and how
/// many bytes these were.
async fn keys(events_a_second: u64) -> (Vec<Duration>, Vec<usize>) {
    let sink = Sink::default();
    let mut terminal = terminal_on(&sink);
    let (commands, wanted) = unbounded_channel();
    let (messages, told_to_screen) = unbounded_channel();
    let (keys, input) = unbounded_channel();
    drop(messages.send(Message::Opened { path: "shop.toml".into(), text: SHOP.into() }));
    let measuring = tokio::spawn(async move {
        let plan = begin_run(&keys, wanted, &messages).await;
        let flood = tokio::spawn(flood(messages, plan, events_a_second));
        let measured = measure(keys, sink).await;
        flood.abort();
        measured
    });
    let input = futures::stream::unfold(input, async |mut input| Some((input.recv().await?, input)));
    let started = setup(Start::Deploy { path: "shop.toml".into() });
    run(&mut terminal, started, Box::pin(input), commands, told_to_screen).await.unwrap();
    measuring.await.unwrap()
}

type Keys = UnboundedSender<std::io::Result<Input>>;

/// Presses keys until the run begins, and returns what it carries out.
async fn begin_run(
    keys: &Keys,
    mut wanted: UnboundedReceiver<Command>,
    messages: &UnboundedSender<Message>,
) -> Plan {
    let planned = planned();
    loop {
        match tokio::time::timeout(Duration::from_millis(50), wanted.recv()).await {
            Ok(Some(Command::Plan { .. })) => {
                drop(messages.send(Message::Planned(Ok(Box::new(planned.clone())))));
            }
            Ok(Some(Command::Deploy)) => return planned.plan,
            Ok(Some(_)) => {}
            Ok(None) => panic!("the screen was left"),
            // The plan is shown by now, and is agreed to.
            Err(_) => ['a', 'y'].into_iter().for_each(|letter| press(keys, KeyCode::Char(letter))),
        }
    }
}

fn planned() -> Planned {
    let profile = sitecast::profile::parse(SHOP, "shop.toml").unwrap();
    let facts = Facts {
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
        folder: None,
        edge: Default::default(),
    };
    let plan = blueprint::plan(&blueprint::blueprint(&profile, &facts), &Inventory::default()).unwrap();
    Planned {
        plan,
        address: None,
        usual_seconds: None,
        expected_seconds: None,
        command: String::new(),
        plain_command: String::new(),
        drift: Vec::new(),
        costs: Vec::new(),
        doubts: Vec::new(),
        obstacles: Vec::new(),
        takeover: None,
    }
}

fn key(code: KeyCode) -> Input {
    Input::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn press(keys: &Keys, code: KeyCode) {
    keys.send(Ok(key(code))).unwrap();
}

async fn measure(keys: Keys, sink: Sink) -> (Vec<Duration>, Vec<usize>) {
    let (mut times, mut sizes) = (Vec::new(), Vec::new());
    for number in 0..300 {
        tokio::time::sleep(Duration::from_millis(7)).await;
        sink.taken();
        let before = sink.flushes();
        let began = Instant::now();
        press(&keys, if number % 30 < 10 { KeyCode::Down } else { KeyCode::Up });
        while sink.flushes() == before {
            tokio::task::yield_now().await;
        }
        times.push(began.elapsed());
        let size = sink.taken();
        // Ten times down and ten times up the whole screen moves; after that nothing but what happens changes it.
        if number % 30 >= 20 {
            sizes.push(size);
        }
    }
    (times, sizes)
}

/// Tells how every step of the plan goes on, again and again.
async fn flood(messages: UnboundedSender<Message>, plan: Plan, events_a_second: u64) {
    let mut seq = 0;
    let mut tell = |fact| {
        seq += 1;
        drop(messages.send(Message::Happened(Event { ts: 0, seq, elapsed_ms: seq * 10, fact })));
    };
    tell(started(&plan));
    for step in &plan.steps {
        let (id, resource) = (step.id.clone(), step.resource.clone());
        tell(Fact::StepStarted { step: id, resource, action: step.action });
    }
    let steps: Vec<_> = plan.steps.iter().map(|step| (step.id.clone(), step.resource.clone())).collect();
    if events_a_second == 0 {
        return;
    }
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    for (files, (step, resource)) in (1..).zip(steps.iter().cycle()) {
        if files % (events_a_second / 100) == 0 {
            ticks.tick().await;
        }
        let amount =
            Amount { files, files_total: 9_999_999, bytes: files * 1_000, bytes_total: 9_999_999_000 };
        tell(Fact::StepProgressed { step: step.clone(), resource: resource.clone(), amount });
    }
}

fn started(plan: &Plan) -> Fact {
    let steps = plan.steps.iter().map(|step| PlannedStep {
        step: step.id.clone(),
        resource: step.resource.clone(),
        action: step.action,
        stage: step.stage,
        after: step.after.clone(),
    });
    Fact::RunStarted { site: plan.site.clone(), account: plan.account.clone(), steps: steps.collect() }
}

/// Counts what is written to it.
#[derive(Debug, Clone, Default)]
struct Sink(Arc<Mutex<(usize, usize)>>);

impl Sink {
    fn taken(&self) -> usize {
        std::mem::take(&mut self.0.lock().unwrap().0)
    }

    fn flushes(&self) -> usize {
        self.0.lock().unwrap().1
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.lock().unwrap().1 += 1;
        Ok(())
    }
}

fn terminal_on(sink: &Sink) -> Terminal<CrosstermBackend<Sink>> {
    let viewport = Viewport::Fixed(Rect::new(0, 0, SIZE.0, SIZE.1));
    Terminal::with_options(CrosstermBackend::new(sink.clone()), TerminalOptions { viewport }).unwrap()
}
