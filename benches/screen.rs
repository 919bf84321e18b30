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
use sitecast::apply::event::{Amount, Fact};
use sitecast::blueprint::plan::StepId;
use sitecast::blueprint::resource::{Kind, ResourceId};
use sitecast::tui::state::{Happening, Setup, Start};
use sitecast::tui::{Message, State, Theme, run, update, view};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

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
    let measured = [drawing(), bytes(), runtime.block_on(keys(0)), runtime.block_on(keys(5_000))];
    let measured = measured.into_iter().chain(of_program()).collect::<Vec<_>>();
    assert!(measured.into_iter().all(|within| within), "past twice the limit");
}

/// What the real program shows on a terminal of its own.
#[cfg(target_os = "linux")]
fn of_program() -> Vec<bool> {
    let wakes = program::idle_wakes();
    match wakes {
        Some(wakes) => println!("at rest: woken {wakes} times in 5 s, limit 0"),
        None => println!("at rest: this system doesn't tell"),
    }
    vec![
        told("start to first frame", program::first_frame_times(), FIRST_FRAME),
        told("--help", program::help_times(), HELP),
        wakes.is_none_or(|wakes| wakes <= WAKES),
    ]
    .into_iter()
    .chain(of_dashboard())
    .collect()
}

/// What the dashboard of a deployed site takes.
#[cfg(target_os = "linux")]
fn of_dashboard() -> Vec<bool> {
    let dashboard::Measured { first_paint, first_data, share_of_a_core, wakes } = dashboard::measure();
    let percent = share_of_a_core.map(|share| share * 100.0);
    match percent.zip(wakes) {
        Some((percent, wakes)) => {
            println!(
                "dashboard at rest: {percent:.2} % of a core, limit {CORE} %; woken {wakes} times in 60 s"
            );
        }
        None => println!("dashboard at rest: this system doesn't tell"),
    }
    vec![
        told("dashboard, start to first paint", first_paint, FIRST_FRAME),
        told("dashboard, start to first answer", first_data, FIRST_DATA),
        percent.is_none_or(|percent| percent <= 2.0 * CORE),
    ]
}

/// Elsewhere there is no terminal to try it on.
#[cfg(not(target_os = "linux"))]
fn of_program() -> Vec<bool> {
    println!("start, --help and rest: {FIRST_FRAME:?}, {HELP:?} and {WAKES} are measured on Linux alone");
    Vec::new()
}

fn setup(start: Start) -> Setup {
    Setup { theme: Theme { colour: true, unicode: true }, start, sandbox: false, ready_functions: Vec::new() }
}

fn open() -> State {
    let mut state = State::new(setup(Start::Welcome), SIZE);
    let opened = Message::Opened { path: "shop.toml".into(), text: SHOP.into() };
    update::update(&mut state, Happening::Told(Box::new(opened)), 0);
    state
}

fn down() -> Input {
    Input::Key(KeyEvent::new(KeyCode::Down, KeyModifiers::NONE))
}

fn drawing() -> bool {
    let mut state = open();
    let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
    let mut times = Vec::new();
    for _ in 0..1_000 {
        update::update(&mut state, Happening::Input(down()), 0);
        let began = Instant::now();
        terminal.draw(|frame| view::view(&state, frame)).unwrap();
        times.push(began.elapsed());
    }
    told("draw at 120x36", times, DRAW)
}

fn bytes() -> bool {
    let mut state = open();
    let sink = Sink::default();
    let mut terminal = terminal_on(&sink);
    terminal.draw(|frame| view::view(&state, frame)).unwrap();
    let first = sink.taken();
    let mut sizes: Vec<usize> = (0..12)
        .map(|_| {
            update::update(&mut state, Happening::Input(down()), 0);
            terminal.draw(|frame| view::view(&state, frame)).unwrap();
            sink.taken()
        })
        .collect();
    sizes.sort_unstable();
    let largest = sizes[sizes.len() - 1];
    println!("bytes: first frame {first}, next {} in the middle, {largest} at most", sizes[sizes.len() / 2]);
    largest <= 2 * BYTES
}

/// From a key to the bytes of its frame, while so many events a second arrive.
async fn keys(events_a_second: u64) -> bool {
    let sink = Sink::default();
    let mut terminal = terminal_on(&sink);
    let (commands, _wanted) = unbounded_channel();
    let (messages, told_to_screen) = unbounded_channel();
    let (keys, input) = unbounded_channel();
    drop(messages.send(Message::Opened { path: "shop.toml".into(), text: SHOP.into() }));
    let flood = tokio::spawn(flood(messages, events_a_second));
    let measuring = tokio::spawn(measure(keys, sink));
    let input = futures::stream::unfold(input, async |mut input| Some((input.recv().await?, input)));
    let started = setup(Start::Welcome);
    run(&mut terminal, started, Box::pin(input), commands, told_to_screen).await.unwrap();
    flood.abort();
    told(&format!("key to bytes at {events_a_second} events a second"), measuring.await.unwrap(), KEY)
}

async fn measure(keys: UnboundedSender<std::io::Result<Input>>, sink: Sink) -> Vec<Duration> {
    let mut times = Vec::new();
    for number in 0..300 {
        tokio::time::sleep(Duration::from_millis(7)).await;
        let before = sink.flushes();
        let code = if number % 20 < 10 { KeyCode::Down } else { KeyCode::Up };
        let began = Instant::now();
        keys.send(Ok(Input::Key(KeyEvent::new(code, KeyModifiers::NONE)))).unwrap();
        while sink.flushes() == before {
            tokio::task::yield_now().await;
        }
        times.push(began.elapsed());
    }
    times
}

async fn flood(messages: UnboundedSender<Message>, events_a_second: u64) {
    let resource = ResourceId::new(Kind::Release, "shop");
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    for seq in 1.. {
        ticks.tick().await;
        for _ in 0..events_a_second / 100 {
            let amount = Amount { files: seq, files_total: 9_999, bytes: seq, bytes_total: 9_999 };
            let fact =
                Fact::StepProgressed { step: StepId::of(&resource), resource: resource.clone(), amount };
            drop(messages.send(Message::Happened(Event { ts: 0, seq, elapsed_ms: seq * 10, fact })));
        }
    }
}

/// Tells a measurement; whether it is within twice its limit.
fn told(what: &str, mut times: Vec<Duration>, limit: Duration) -> bool {
    times.sort_unstable();
    let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!("{what}: median {median:.2?}, p99 {p99:.2?}, limit {limit:?}");
    p99 <= 2 * limit
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
