//! The face for logs, pipes and screen readers: one line for each change, and a sign of life.

use super::text::{Look, Text};
use super::{Face, live, words};
use crate::apply::progress::StepProgress;
use crate::apply::{Event, Progress};
use std::io::{self, Write};

/// How long nothing may be heard while something runs.
const HEARTBEAT_MS: u64 = 30_000;

/// Writes one line for each change of state, and a sign of life while nothing changes.
#[derive(Debug)]
pub struct Plain<W> {
    out: W,
    look: Look,
    heartbeat: Heartbeat,
    error: Option<io::Error>,
}

impl<W: Write> Plain<W> {
    /// Writes to `out`.
    pub fn new(out: W, look: Look) -> Self {
        Plain { out, look, heartbeat: Heartbeat::default(), error: None }
    }

    fn write(&mut self, now_ms: u64, line: &Text) {
        let line = format!("{:>7}  {}\n", words::duration(now_ms), line.painted(self.look).trim_end());
        if self.error.is_none() {
            self.error = self.out.write_all(line.as_bytes()).and_then(|()| self.out.flush()).err();
        }
    }
}

impl<W: Write> Face for Plain<W> {
    fn on(&mut self, event: &Event, progress: &Progress) {
        if let Some(line) = live::change(&event.fact, progress, self.look) {
            self.heartbeat.heard(event.elapsed_ms);
            self.write(event.elapsed_ms, &line);
        }
    }

    fn tick(&mut self, now_ms: u64, progress: &Progress) {
        if let Some(line) = self.heartbeat.line(now_ms, progress) {
            self.write(now_ms, &line);
        }
    }

    fn finish(&mut self, _progress: &Progress) -> io::Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }
}

/// Knows when something was last heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Heartbeat {
    last_ms: u64,
}

impl Heartbeat {
    /// Something was heard.
    pub(super) fn heard(&mut self, now_ms: u64) {
        self.last_ms = now_ms;
    }

    /// What runs, if it is time to say so.
    pub(super) fn line(&mut self, now_ms: u64, progress: &Progress) -> Option<Text> {
        let still: Vec<String> = progress.running().map(|step| still_running(step, now_ms)).collect();
        if still.is_empty() || now_ms < self.last_ms + HEARTBEAT_MS {
            return None;
        }
        self.heard(now_ms);
        Some(Text::new().plain(format!("still running: {}", still.join("; "))))
    }
}

fn still_running(step: &StepProgress, now_ms: u64) -> String {
    let since = words::duration(step.elapsed_ms(now_ms));
    match live::doing(step, now_ms) {
        nothing if nothing.is_empty() => format!("{} ({since})", live::what(step)),
        doing => format!("{}, {doing} ({since})", live::what(step)),
    }
}
