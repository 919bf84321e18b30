//! How a run ended: what it came to, what visitors get now, and what to do next.

use super::super::message::RunEnd;
use super::super::state::{Run, RunPurpose};
use super::super::text::{clock, line, span, with_right};
use super::super::theme::{DOUBTFUL, FAINT, GOOD, PLAIN, WRONG};
use super::super::widgets::body::Body;
use super::teardown::receipt;
use crate::apply::event::RunOutcome;
use crate::status::panels::ProbeView;
use ratatui::style::Style;
use ratatui::text::Line;

/// Adds how the run ended; `file` is the profile.
pub fn lines(body: &mut Body, run: &Run, end: &RunEnd, file: Option<String>, columns: usize) {
    outcome_lines(body, run, end, columns);
    let stays = run.planned.plan.notices.iter().filter(|_| run.undoes());
    for trouble in end.troubles.iter().chain(stays) {
        body.words(3, PLAIN, trouble, columns);
    }
    body.gap();
    if let Some(told) = &run.receipt {
        receipt(body, told, columns);
    }
    if let (RunPurpose::Deploy, RunOutcome::Done) = (run.purpose, end.outcome) {
        let distribution = end.distribution.as_ref().map(|domain| format!("https://{domain}/"));
        let also = distribution.filter(|address| Some(address) != end.address.as_ref());
        let first = first_response(&run.answers);
        let known = [("Answers as well at", also), ("First response", first), ("Profile", file)];
        for (label, words) in known.into_iter().filter_map(|(label, words)| Some((label, words?))) {
            labelled(body, label, &words, columns);
        }
        body.gap();
    }
    for (label, command) in next_steps(run, end) {
        labelled(body, label, &command, columns);
    }
}

/// How the run ended and how long it took, on one line where both fit.
fn outcome_lines(body: &mut Body, run: &Run, end: &RunEnd, columns: usize) {
    let (sign, style, words) = outcome_words(run, end);
    let took = format!("{} in all", clock(run.progress.elapsed_ms));
    let (head, time) = (line(style, format!(" {sign} {words}")), line(FAINT, format!("{took} ")));
    if head.width() + time.width() < columns {
        body.push(with_right(head, time, columns));
    } else {
        body.remark(1, (style, sign), &words, columns);
        body.push(line(FAINT, format!("   {took}")));
    }
}

fn outcome_words(run: &Run, end: &RunEnd) -> (&'static str, Style, String) {
    let site = &run.planned.plan.site;
    match (end.outcome, &end.address) {
        (RunOutcome::Done, _) if run.purpose == RunPurpose::TearDown => {
            ("✓", GOOD, format!("{site} is gone"))
        }
        (RunOutcome::Done, Some(address)) => ("✓", GOOD, format!("{address} is live")),
        (RunOutcome::Done, None) if run.undoes() => ("✓", GOOD, "What the run made is gone again".to_owned()),
        (RunOutcome::Done, None) => ("✓", GOOD, format!("{site} is done")),
        (RunOutcome::Failed, _) => ("✗", WRONG, "Something failed; what was done is kept".to_owned()),
        (RunOutcome::Unfinished, _) => ("!", DOUBTFUL, "Not finished yet; going on is safe".to_owned()),
        (RunOutcome::Interrupted, _) => ("!", DOUBTFUL, "Stopped; going on is safe".to_owned()),
    }
}

/// What a visitor got first, and what the cache said then and the second time.
fn first_response(answers: &[ProbeView]) -> Option<String> {
    let first = match &answers.first()?.answer {
        Ok(first) => first,
        Err(failed) => return Some(format!("none yet: {}", failed.why)),
    };
    let place = first.edge_location.as_deref().unwrap_or("an edge location that isn't named");
    let said = answers.iter().filter_map(|found| found.answer.as_ref().ok()?.x_cache.as_deref());
    let said: Vec<_> = said.map(|said| said.trim_end_matches(" from cloudfront")).collect();
    let cache = if said.is_empty() { "not told".to_owned() } else { said.join(", then ") };
    Some(format!("{} from {place}, cache: {cache}", first.status))
}

/// A command beside its label, or below it where it would be cut.
fn labelled(body: &mut Body, label: &str, command: &str, columns: usize) {
    if command.chars().count() + 23 <= columns {
        body.push(Line::from(vec![span(FAINT, format!("   {label:<20}")), span(PLAIN, command)]));
        return;
    }
    body.push(line(FAINT, format!("   {label}")));
    body.words(5, PLAIN, command, columns);
}

fn next_steps(run: &Run, end: &RunEnd) -> Vec<(&'static str, String)> {
    let command = |verb: &str| run.planned.plain_command.replacen("deploy", verb, 1);
    if run.purpose == RunPurpose::TearDown {
        let is_over = end.outcome == RunOutcome::Done;
        return if is_over { Vec::new() } else { vec![("Go on with", end.go_on.clone())] };
    }
    match end.outcome {
        RunOutcome::Done if run.undoes() => vec![("Deploy again", command("deploy"))],
        RunOutcome::Done => vec![
            ("Upload changes", command("deploy")),
            ("How it is doing", command("status")),
            ("Take it all away", command("destroy")),
        ],
        RunOutcome::Failed | RunOutcome::Unfinished | RunOutcome::Interrupted => {
            vec![("Go on with", end.go_on.clone()), ("Take it all away", command("destroy"))]
        }
    }
}
