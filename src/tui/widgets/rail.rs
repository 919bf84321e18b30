//! The stages with their state, always in sight.

use super::super::screens::found;
use super::super::state::{Screen, State};
use super::super::text::span;
use super::super::theme::{DOUBTFUL, FAINT, FOCUS, GOOD, PLAIN};
use crate::profile::question::Stage;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// One entry of the rail.
struct Entry {
    number: usize,
    title: &'static str,
    mark: String,
    style: Style,
    is_here: bool,
}

fn entries(state: &State) -> Vec<Entry> {
    let stages = Stage::ALL.into_iter().enumerate().map(|(index, stage)| stage_entry(state, index, stage));
    let here = state.screen == Screen::Review;
    let mark = if here { "●" } else { "○" }.to_owned();
    let style = if here { FOCUS } else { PLAIN };
    stages.chain([Entry { number: 6, title: "Review", mark, style, is_here: here }]).collect()
}

fn stage_entry(state: &State, index: usize, stage: Stage) -> Entry {
    let is_here = state.page().is_some_and(|page| page.stage == stage);
    let answers = state.editing.as_ref().map_or(0, |editing| editing.problems_of(stage));
    let problems = answers + found::faults(state, stage);
    let visited = state.editing.as_ref().is_some_and(|editing| editing.visited.contains(&stage));
    let (mark, style) = match (problems, is_here, visited) {
        (1.., _, _) => (format!("!{problems}"), DOUBTFUL),
        (0, true, _) => ("●".to_owned(), FOCUS),
        (0, false, true) => ("✓".to_owned(), GOOD),
        (0, false, false) => ("○".to_owned(), PLAIN),
    };
    Entry { number: index + 1, title: stage.title(), mark, style, is_here }
}

/// The rail as one line; where it is too long, only the stage that one is on has its name, or none has.
pub fn across(state: &State, columns: usize) -> Line<'static> {
    let entries = entries(state);
    let forms = [
        one_line(&entries, |_| true, " "),
        one_line(&entries, |entry| entry.is_here, " "),
        one_line(&entries, |entry| entry.is_here, ""),
    ];
    let fitting = forms.into_iter().find(|line| line.width() <= columns);
    fitting.unwrap_or_else(|| one_line(&entries, |_| false, ""))
}

fn one_line(entries: &[Entry], is_named: impl Fn(&Entry) -> bool, between: &'static str) -> Line<'static> {
    let mut spans = Vec::new();
    for entry in entries {
        let style = if entry.is_here { FOCUS } else { PLAIN };
        spans.extend(marked(entry));
        spans.extend(is_named(entry).then(|| span(style, format!(" {}", entry.title))));
        spans.push(Span::raw(between));
    }
    spans.pop();
    Line::from(spans)
}

fn marked(entry: &Entry) -> [Span<'static>; 2] {
    [span(FAINT, format!(" {} ", entry.number)), span(entry.style, entry.mark.clone())]
}

/// The rail as a column.
pub fn down(state: &State) -> Vec<Line<'static>> {
    let told = |entry: Entry| {
        let [number, mark] = marked(&entry);
        let style = if entry.is_here { FOCUS } else { PLAIN };
        let gap = " ".repeat(3_usize.saturating_sub(mark.width()));
        Line::from(vec![number, mark, Span::raw(gap), span(style, entry.title)])
    };
    entries(state).into_iter().map(told).collect()
}
