//! A run's file read again.

use super::{Heading, Purpose, Record};
use crate::apply::event::{Outcome, RunOutcome};
use crate::apply::tally::Tally;
use crate::blueprint::plan::Action;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// The part of each event that a record needs.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line {
    StepStarted {
        step: String,
        action: Action,
    },
    StepFinished {
        step: String,
        outcome: Outcome,
    },
    RunFinished {
        elapsed_ms: u64,
        outcome: RunOutcome,
        summary: BTreeMap<String, usize>,
        failed: usize,
    },
    #[serde(other)]
    Other,
}

/// What the steps of a run came to.
#[derive(Debug, Default)]
struct Steps {
    begun: BTreeMap<String, Action>,
    done: Vec<Action>,
    failed: usize,
    skipped: usize,
}

impl Steps {
    /// Whether they never waited until every edge location knew. Older versions did not tell such runs from others.
    fn did_without_wait(&self) -> bool {
        !self.begun.is_empty() && self.begun.values().all(|action| *action != Action::Await)
    }

    fn end(&mut self, step: &str, outcome: Outcome) {
        match outcome {
            Outcome::Done => self.done.extend(self.begun.get(step)),
            Outcome::Failed => self.failed += 1,
            Outcome::Skipped => self.skipped += 1,
            Outcome::Unneeded | Outcome::Unfinished => {}
        }
    }
}

/// The record of the run in this file. One that was killed has no end, and its last line may be cut off.
pub(super) fn read_record(path: &Path) -> io::Result<Record> {
    // A line may be cut off inside a letter.
    let mut lines = BufReader::new(File::open(path)?).split(b'\n');
    let first = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
    let Heading { purpose, account, who, ts } = serde_json::from_slice(&first)?;
    let mut record = Record {
        purpose,
        account,
        who,
        ts,
        outcome: None,
        elapsed_ms: 0,
        summary: BTreeMap::new(),
        failed: 0,
        tally: Tally::default(),
    };
    let mut steps = Steps::default();
    for line in lines {
        match serde_json::from_slice(&line?).unwrap_or(Line::Other) {
            Line::StepStarted { step, action } => drop(steps.begun.insert(step, action)),
            Line::StepFinished { step, outcome } => steps.end(&step, outcome),
            Line::RunFinished { elapsed_ms, outcome, summary, failed } => {
                record = Record { elapsed_ms, outcome: Some(outcome), summary, failed, ..record };
            }
            Line::Other => {}
        }
    }
    let is_upload = purpose == Purpose::Deploy && record.outcome.is_some() && steps.did_without_wait();
    let purpose = if is_upload { Purpose::Upload } else { purpose };
    Ok(Record { purpose, tally: Tally::new(steps.done, steps.failed, steps.skipped), ..record })
}
