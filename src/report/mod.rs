//! The faces of a run: terminal, plain lines, GitHub Actions, JSON, and none.
//!
//! A face is told each event together with the progress so far, and draws. It decides nothing, and calls nobody.
//! What it draws is computed by functions from values to text, so that it can be compared as text.

pub mod ci;
pub mod closing;
pub mod ended;
pub mod json;
pub mod live;
pub mod plain;
pub mod plan;
pub mod quiet;
pub mod receipt;
pub mod schema;
pub mod text;
pub mod tty;
pub mod words;

pub use text::Look;

use crate::apply::{Event, Progress};
use std::io;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// One way to show a run.
pub trait Face {
    /// Something happened; `progress` has taken it in already.
    fn on(&mut self, event: &Event, progress: &Progress);

    /// Time passed: the run is `now_ms` old. Comes a few times a second while a run goes on.
    fn tick(&mut self, now_ms: u64, progress: &Progress);

    /// Nothing more will come. Returns what kept the face from showing everything.
    fn finish(&mut self, progress: &Progress) -> io::Result<()>;
}

/// How often faces are told that time passed.
const TICK: Duration = Duration::from_millis(200);

/// Shows a run until its events end.
pub async fn show(face: &mut dyn Face, mut events: UnboundedReceiver<Event>) -> io::Result<Progress> {
    let mut progress = Progress::default();
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Between events, time is counted on from the newest one.
    let mut newest = (0, Instant::now());
    loop {
        tokio::select! {
            biased;
            event = events.recv() => match event {
                Some(event) => {
                    newest = (event.elapsed_ms, Instant::now());
                    progress.apply(&event);
                    face.on(&event, &progress);
                }
                None => break,
            },
            _ = ticks.tick() => {
                let since = u64::try_from(newest.1.elapsed().as_millis()).unwrap_or(u64::MAX);
                face.tick(newest.0 + since, &progress);
            }
        }
    }
    face.finish(&progress)?;
    Ok(progress)
}
