//! The DNS records that a person has to write, while a run waits for them.

use super::super::message::{RunEnd, WantedRecord};
use super::super::state::Run;
use super::super::text::{counted, line, pieces, span, width};
use super::super::theme::{DOUBTFUL, FAINT, FOCUS, GOOD, HEADING, PLAIN, WRONG};
use super::super::widgets::body::Body;
use crate::apply::event::RunOutcome;
use crate::apply::progress::{State as Doing, StepProgress};
use crate::blueprint::dns::{Check, Outcome};
use crate::blueprint::resource::Kind;
use ratatui::text::Line;

/// Whether a step waits for the records.
pub fn waits_for_dns(step: &StepProgress) -> bool {
    step.state == Doing::Waiting && step.planned.resource.kind == Kind::Certificate
}

/// The records that the person has to add, and what is known of them. Nothing stands right of what is copied.
pub fn lines(body: &mut Body, run: &Run, columns: usize) {
    if run.records.is_empty() {
        return;
    }
    body.push(line(HEADING, heading(run)));
    for (number, record) in run.records.iter().enumerate() {
        if number > 0 {
            body.gap();
        }
        let mark = if run.records.len() > 1 && number == run.record { "▸" } else { " " };
        record_lines(body, mark, record, columns);
    }
    let waiting = run.progress.steps.iter().filter(|step| waits_for_dns(step));
    let is_new = |words: &&str| !run.records.iter().any(|record| record.verdict.contains(*words));
    for words in waiting.flat_map(|step| step.message.split("; ")).filter(is_new) {
        body.remark(3, (DOUBTFUL, "!"), words, columns);
    }
    // Nothing goes on before these are there, so they stay in sight.
    body.focus = Some((0, body.lines.len() - 1));
    body.gap();
}

fn heading(run: &Run) -> String {
    match &run.ended {
        Some(Ok(RunEnd { outcome: RunOutcome::Done, .. })) => {
            " These records lead the domains to the site".to_owned()
        }
        Some(_) | None => format!(" Add {} to your DNS", counted(run.records.len(), "record")),
    }
}

/// How many columns stand before a record's name and value.
const LABEL: usize = 11;

fn record_lines(body: &mut Body, mark: &str, record: &WantedRecord, columns: usize) {
    let WantedRecord { kind, name, value, checks, is_right, verdict } = record;
    body.push(Line::from(vec![span(FOCUS, format!(" {mark} ")), span(FAINT, "Type    "), span(PLAIN, kind)]));
    for (label, text) in [("Name ", name), ("Value", value)] {
        // Cut off, it would still look whole.
        for (number, piece) in pieces(text, columns.saturating_sub(LABEL).max(1)).into_iter().enumerate() {
            let label = if number == 0 { label } else { "     " };
            body.push(Line::from(vec![span(FAINT, format!("   {label}   ")), span(PLAIN, piece)]));
        }
    }
    body.lines.extend(check_lines(checks, columns));
    body.remark(3, if *is_right { (GOOD, "✓") } else { (DOUBTFUL, "!") }, verdict, columns);
}

/// Each check with its sign, as many on a line as fit whole.
fn check_lines(checks: &[Check], columns: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    for check in checks {
        let (style, sign) = match check.outcome {
            Outcome::Right => (GOOD, "✓"),
            Outcome::Wrong => (WRONG, "✗"),
            Outcome::Unknown => (DOUBTFUL, "?"),
        };
        let words = format!(" {}", check.what);
        if lines.last().is_none_or(|line| line.width() + width(&words) + 3 > columns) {
            lines.push(Line::from("  "));
        }
        if let Some(line) = lines.last_mut() {
            line.spans.extend([span(style, format!(" {sign}")), span(PLAIN, words + " ")]);
        }
    }
    lines
}
