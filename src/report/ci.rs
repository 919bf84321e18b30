//! The face for GitHub Actions: a folded group for each stage, annotations, and a summary page.
//!
//! Stages overlap and groups can't, so a stage's lines are kept until it is over. Meanwhile a sign of life tells
//! what runs.

use super::plain::Heartbeat;
use super::text::{Look, Text};
use super::{Face, live, words};
use crate::apply::Event;
use crate::apply::event::{Fact, Outcome};
use crate::apply::progress::{Progress, State, StepProgress};
use crate::blueprint::plan::Stage;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

/// Writes workflow commands and a summary.
#[derive(Debug)]
pub struct Ci<W> {
    out: W,
    look: Look,
    summary: Option<PathBuf>,
    heartbeat: Heartbeat,
    open: BTreeMap<Stage, Vec<String>>,
    error: Option<io::Error>,
}

impl<W: Write> Ci<W> {
    /// Writes to `out`, and appends a table to the file `summary`, which is what `$GITHUB_STEP_SUMMARY` names.
    pub fn new(out: W, look: Look, summary: Option<PathBuf>) -> Self {
        Ci { out, look, summary, heartbeat: Heartbeat::default(), open: BTreeMap::new(), error: None }
    }

    fn write(&mut self, line: &str) {
        if self.error.is_none() {
            self.error = writeln!(self.out, "{line}").and_then(|()| self.out.flush()).err();
        }
    }

    fn timed(&self, now_ms: u64, line: &Text) -> String {
        format!("{:>7}  {}", words::duration(now_ms), line.painted(self.look).trim_end())
    }

    fn close_if_over(&mut self, stage: Stage, progress: &Progress) {
        let mut steps = progress.steps.iter().filter(|step| step.planned.stage == stage);
        if steps.all(|step| step.ended_ms.is_some()) {
            self.close(stage);
        }
    }

    fn close(&mut self, stage: Stage) {
        let Some(lines) = self.open.remove(&stage) else { return };
        self.write(&format!("::group::{}", stage.title()));
        lines.iter().for_each(|line| self.write(line));
        self.write("::endgroup::");
    }

    fn annotate(&mut self, step: &StepProgress) {
        let command = match step.state {
            State::Ended(Outcome::Failed) => "error",
            State::Ended(Outcome::Unfinished) => "warning",
            State::Ended(Outcome::Done | Outcome::Unneeded | Outcome::Skipped)
            | State::Queued
            | State::Running
            | State::Waiting => return,
        };
        let title = escaped(&live::what(step)).replace(':', "%3A").replace(',', "%2C");
        self.write(&format!("::{command} title={title}::{}", escaped(&step.message)));
    }
}

/// As workflow commands want their values.
fn escaped(value: &str) -> String {
    value.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

impl<W: Write> Face for Ci<W> {
    fn on(&mut self, event: &Event, progress: &Progress) {
        let Some(step) = event.fact.step().and_then(|id| progress.step(id)) else { return };
        let stage = step.planned.stage;
        if let Some(line) = live::change(&event.fact, progress, self.look) {
            let line = self.timed(event.elapsed_ms, &line);
            self.open.entry(stage).or_default().push(line);
        }
        if let Fact::StepFinished { .. } = event.fact {
            self.annotate(step);
            self.close_if_over(stage, progress);
        }
    }

    fn tick(&mut self, now_ms: u64, progress: &Progress) {
        if let Some(line) = self.heartbeat.line(now_ms, progress) {
            let line = self.timed(now_ms, &line);
            self.write(&line);
        }
    }

    fn finish(&mut self, progress: &Progress) -> io::Result<()> {
        let left: Vec<Stage> = self.open.keys().copied().collect();
        left.into_iter().for_each(|stage| self.close(stage));
        if let Some(path) = &self.summary {
            let mut file = OpenOptions::new().create(true).append(true).open(path)?;
            file.write_all(summary(progress).as_bytes())?;
        }
        self.error.take().map_or(Ok(()), Err)
    }
}

/// The run as a table in Markdown.
pub fn summary(progress: &Progress) -> String {
    let end = progress.outcome.map_or("broken off", |outcome| words::run_outcome(outcome).word);
    let head = format!("### {}: {end} in {}\n\n", progress.site, words::duration(progress.elapsed_ms));
    let rows = progress.steps.iter().filter(|step| !is_kept(step)).map(|step| {
        let took = words::duration(step.elapsed_ms(progress.elapsed_ms));
        let cells = [live::what(step), words::state(step.state).word.to_owned(), took, step.message.clone()];
        format!("| {} |\n", cells.map(|cell| markdown_cell(&cell)).join(" | "))
    });
    let table: String = rows.collect();
    if table.is_empty() {
        return format!("{head}No changes.\n\n");
    }
    format!("{head}| Step | Result | Time | Details |\n| --- | --- | --- | --- |\n{table}\n")
}

fn is_kept(step: &StepProgress) -> bool {
    step.state == State::Ended(Outcome::Unneeded) && step.started_ms.is_none()
}

fn markdown_cell(words: &str) -> String {
    words.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace(['\n', '\r'], " ")
}
