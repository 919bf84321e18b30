//! What is opened over the panels: paths to forget, logs, a drill.

use super::super::super::dashboard::{
    Asking, Covered, Dashboard, Drill, Invalidating, LogLine, LogLines, Logs, Pane,
};
use super::super::super::message::{Command, OnWatched};
use super::super::super::state::State;
use super::super::super::text::{counted, line, padded, span, wrapped};
use super::super::super::theme::{DOUBTFUL, FAINT, FOCUS, GOOD, HEADING, PLAIN, WRONG};
use super::super::super::widgets::body::{Body, MEASURE};
use super::super::review::failure;
use super::super::teardown::split;
use crate::error::Error;
use ratatui::text::Line;
use tui_input::{Input, InputRequest};

/// What the paths begin as: everything.
const EVERYTHING: &str = "/*";

/// Asks which paths edge locations are to forget.
pub(super) fn invalidate(state: &mut State) -> Vec<Command> {
    let invalidating = Invalidating { typed: Input::from(EVERYTHING), covered: None, stage: Asking::Open };
    open(state, Pane::Invalidate(invalidating));
    vec![Command::OnWatched(OnWatched::FindCovered { typed: EVERYTHING.to_owned() })]
}

/// Shows what edge functions wrote.
pub(super) fn logs(state: &mut State) -> Vec<Command> {
    open(state, Pane::Logs(Logs::default()));
    vec![Command::OnWatched(OnWatched::ReadLogs)]
}

/// Asks whether the failover is to be tried.
pub(super) fn drill(state: &mut State) -> Vec<Command> {
    open(state, Pane::Drill(Drill { stage: Asking::Asked, lines: Vec::new() }));
    Vec::new()
}

fn open(state: &mut State, pane: Pane) {
    state.scroll = 0;
    if let Some(dashboard) = state.dashboard.as_mut() {
        dashboard.pane = pane;
    }
}

/// Types a letter, or what else a key does to a text, and finds out what is covered now.
pub fn edit(state: &mut State, request: InputRequest) -> Vec<Command> {
    let Some(typed) = state.dashboard.as_mut().and_then(Dashboard::typed) else { return Vec::new() };
    typed.handle(request);
    vec![Command::OnWatched(OnWatched::FindCovered { typed: typed.value().to_owned() })]
}

/// What some paths cover was found out; an answer about what was typed before is of no use any more.
pub fn covered(state: &mut State, typed: &str, covered: Result<Covered, Error>) {
    let Some(Pane::Invalidate(invalidating)) = state.dashboard.as_mut().map(|dashboard| &mut dashboard.pane)
    else {
        return;
    };
    if invalidating.typed.value() == typed {
        invalidating.covered = Some(covered);
    }
}

/// Enter asks; only the question's own key has it done.
pub(super) fn ask_to_invalidate(state: &mut State) {
    let Some(Pane::Invalidate(invalidating)) = state.dashboard.as_mut().map(|dashboard| &mut dashboard.pane)
    else {
        return;
    };
    let is_known =
        matches!(&invalidating.covered, Some(Ok(covered)) if covered.typed == invalidating.typed.value());
    if invalidating.stage == Asking::Open && is_known {
        invalidating.stage = Asking::Asked;
    }
}

/// What was asked is really meant.
pub(super) fn agreed(state: &mut State) -> Vec<Command> {
    let Some(dashboard) = state.dashboard.as_mut() else { return Vec::new() };
    match &mut dashboard.pane {
        Pane::Invalidate(Invalidating { covered: Some(Ok(covered)), stage, .. })
            if *stage == Asking::Asked =>
        {
            *stage = Asking::UnderWay;
            vec![Command::OnWatched(OnWatched::Invalidate { paths: covered.paths.clone() })]
        }
        Pane::Drill(drill) if drill.stage == Asking::Asked => {
            drill.stage = Asking::UnderWay;
            vec![Command::OnWatched(OnWatched::Drill)]
        }
        Pane::Invalidate(_) | Pane::Drill(_) | Pane::None | Pane::Details | Pane::Logs(_) => Vec::new(),
    }
}

/// Edge locations were told, or could not be.
pub fn invalidated(state: &mut State, told: Result<String, Error>) {
    if let Some(Pane::Invalidate(invalidating)) = state.dashboard.as_mut().map(|it| &mut it.pane) {
        invalidating.stage = Asking::Done(told);
    }
}

/// What edge functions wrote was read, or could not be.
pub fn read(state: &mut State, lines: Result<LogLines, Error>) {
    if let Some(Pane::Logs(logs)) = state.dashboard.as_mut().map(|dashboard| &mut dashboard.pane) {
        // The newest are at the end, and that is where one looks first.
        state.scroll = lines.as_ref().map_or(0, |lines| lines.lines.len() + lines.notices.len() + 1);
        logs.read = Some(lines);
    }
}

/// A drill ended, or could not be run.
pub fn drilled(state: &mut State, told: Result<(String, Vec<String>), Error>) {
    if let Some(Pane::Drill(drill)) = state.dashboard.as_mut().map(|dashboard| &mut dashboard.pane) {
        let (sum, lines) = match told {
            Ok((sum, lines)) => (Ok(sum), lines),
            Err(error) => (Err(error), Vec::new()),
        };
        *drill = Drill { stage: Asking::Done(sum), lines };
    }
}

/// What is open.
pub(super) fn body(dashboard: &Dashboard, columns: usize) -> Body {
    let mut body = Body::default();
    match &dashboard.pane {
        Pane::Invalidate(invalidating) => invalidate_body(&mut body, invalidating, columns),
        Pane::Logs(logs) => logs_body(&mut body, logs, columns),
        Pane::Drill(drill) => drill_body(&mut body, drill, columns),
        Pane::None | Pane::Details => {}
    }
    body
}

fn invalidate_body(body: &mut Body, invalidating: &Invalidating, columns: usize) {
    body.push(line(HEADING, " Have edge locations forget paths"));
    body.gap();
    let (before, after) = split(&invalidating.typed);
    let cursor = if invalidating.stage == Asking::Open { "▏" } else { "" };
    body.push(Line::from(vec![
        span(FAINT, "   Paths  "),
        span(PLAIN, before),
        span(FOCUS, cursor),
        span(PLAIN, after),
    ]));
    body.words(10, FAINT, "begin with /, may end in *, several with spaces between", columns);
    body.gap();
    match &invalidating.covered {
        None => body.push(line(FAINT, "   Comparing with what is published…")),
        Some(Err(error)) => fault(body, error, columns),
        Some(Ok(covered)) => covered_lines(body, covered, columns),
    }
    body.gap();
    let question = match &invalidating.covered {
        Some(Ok(covered)) => {
            format!("Have {} forgotten everywhere? Press y, not Enter.", counted(covered.paths.len(), "path"))
        }
        Some(Err(_)) | None => String::new(),
    };
    asking(body, &invalidating.stage, (&question, "Telling edge locations…"), columns);
}

/// What is typed can't be taken.
fn fault(body: &mut Body, error: &Error, columns: usize) {
    let words = std::iter::once(&error.message).chain(&error.causes).cloned().collect::<Vec<_>>().join(": ");
    let room = columns.min(MEASURE).saturating_sub(6);
    let lines = wrapped(&words, room).into_iter().enumerate();
    body.lines.extend(
        lines.map(|(number, text)| line(WRONG, format!("   {} {text}", if number == 0 { "✗" } else { " " }))),
    );
}

fn covered_lines(body: &mut Body, covered: &Covered, columns: usize) {
    let Covered { paths: _, files, first, of, typed: _ } = covered;
    let words = match files {
        0 => format!("matches none of the {} that are published", counted(*of, "file")),
        files => format!("matches {files} of {} published files", of),
    };
    let style = if *files == 0 { DOUBTFUL } else { PLAIN };
    body.push(line(style, format!("   {words}")));
    let room = columns.saturating_sub(8);
    body.lines.extend(
        first.iter().map(|file| line(FAINT, format!("     /{}", super::super::super::text::fit(file, room)))),
    );
    if *files > first.len() {
        body.push(line(FAINT, format!("     and {} more", files - first.len())));
    }
}

/// The question, what is under way, or what came of it.
fn asking(body: &mut Body, stage: &Asking, (question, doing): (&str, &str), columns: usize) {
    let room = columns.min(MEASURE).saturating_sub(6);
    match stage {
        Asking::Open => {}
        Asking::Asked => {
            body.words(3, DOUBTFUL, question, columns);
        }
        Asking::UnderWay => body.push(line(FOCUS, format!("   ◐ {doing}"))),
        Asking::Done(Ok(words)) => {
            let lines = wrapped(words, room).into_iter().enumerate();
            body.lines.extend(lines.map(|(number, text)| {
                line(GOOD, format!("   {} {text}", if number == 0 { "✓" } else { " " }))
            }));
        }
        Asking::Done(Err(error)) => failure(body, error, columns),
    }
}

fn logs_body(body: &mut Body, logs: &Logs, columns: usize) {
    body.push(line(HEADING, " What edge functions wrote lately, in every region, newest last"));
    match &logs.read {
        None => body.push(line(FAINT, "   Asking every region…")),
        Some(Err(error)) => failure(body, error, columns),
        Some(Ok(LogLines { lines, notices })) => {
            for notice in notices {
                let texts = wrapped(notice, columns.saturating_sub(6)).into_iter().enumerate();
                body.lines.extend(texts.map(|(number, text)| {
                    line(DOUBTFUL, format!(" {} {text}", if number == 0 { "!" } else { " " }))
                }));
            }
            if lines.is_empty() {
                body.push(line(FAINT, "   They wrote nothing in the last three hours."));
            }
            lines.iter().for_each(|told| log_line(body, told, columns));
        }
    }
}

fn log_line(body: &mut Body, told: &LogLine, columns: usize) {
    let LogLine { at, region, function, text } = told;
    let time = at.to_string();
    let time = time.get(11..19).unwrap_or(&time).to_owned();
    let head = format!(" {time}  {}  {}  ", padded(region, 14), function);
    // On a narrow screen what was written stands below where and when.
    if columns < 100 {
        body.push(line(FAINT, head));
        body.words(4, PLAIN, text, columns);
    } else {
        let room = columns.saturating_sub(head.chars().count() + 1);
        for (number, text) in wrapped(text, room.max(20)).into_iter().enumerate() {
            let head = if number == 0 { head.clone() } else { " ".repeat(head.chars().count()) };
            body.push(Line::from(vec![span(FAINT, head), span(PLAIN, text)]));
        }
    }
}

fn drill_body(body: &mut Body, drill: &Drill, columns: usize) {
    body.push(line(HEADING, " Failover drill"));
    body.gap();
    let words = "A file that exists only in the backup bucket is asked for through the distribution, on a path that \
                 no visitor uses. It is removed afterwards; nothing of the site changes.";
    body.words(3, PLAIN, words, columns);
    body.gap();
    asking(body, &drill.stage, ("Run it? Press y, not Enter.", "Running the drill…"), columns);
    let lines = drill.lines.iter().flat_map(|text| wrapped(text, columns.saturating_sub(6)));
    body.lines.extend(lines.map(|text| line(PLAIN, format!("     {text}"))));
}
