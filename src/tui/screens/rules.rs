//! The rows of lists on a stage's page: edge functions and caching rules, and the line that tests an address.

use super::super::answer;
use super::super::editing::Editing;
use super::super::text::{fit, line, padded, span, wrapped_code};
use super::super::theme::{DOUBTFUL, FAINT, FOCUS, GOOD, PLAIN, WRONG};
use super::super::widgets::body::Body;
use super::super::widgets::field::{self, Columns};
use crate::profile::questions::question;
use crate::profile::{Severity, pattern};
use ratatui::style::Style;
use ratatui::text::Line;

/// Adds one item of a list; what it names can be broken though its answers are sound.
pub fn draw_item(body: &mut Body, editing: &Editing, item: (&str, usize, bool), at: (Columns, bool)) {
    let ((list, index, is_broken), (columns, is_here)) = (item, at);
    let told = |name: &str| answer_in(editing, list, index, name);
    let (first, rest) = match list {
        "edge" => (told("name"), vec![told("event"), listed(editing, list, index), told("function")]),
        _ => (told("path"), rule_words(editing, list, index)),
    };
    let first = if first.is_empty() { "to be answered".to_owned() } else { first };
    let (style_of_sign, sign) = trouble_sign(is_broken, editing, &format!("{list}[{index}]"));
    let (mark, style) = if is_here { (" ▸ ", FOCUS) } else { ("   ", PLAIN) };
    if is_here {
        body.focus = Some((body.lines.len(), body.lines.len()));
    }
    let rest: Vec<String> = rest.into_iter().filter(|word| !word.is_empty()).collect();
    let room = columns.all.saturating_sub(columns.value() + 4);
    body.push(Line::from(vec![
        span(FOCUS, mark),
        span(style, padded(&fit(&first, columns.label - 2), columns.label)),
        span(FAINT, fit(&rest.join(" · "), room)),
        span(style_of_sign, sign),
    ]));
}

/// Adds a rule that is proposed.
pub fn draw_proposal(body: &mut Body, editing: &Editing, index: usize, at: (Columns, bool)) {
    let (columns, is_here) = at;
    let Some(rule) = editing.proposals.get(index) else { return };
    let (mark, style) = if is_here { (" ▸ ", FOCUS) } else { ("   ", PLAIN) };
    if is_here {
        body.focus = Some((body.lines.len(), body.lines.len()));
    }
    let path = rule.path.as_deref().unwrap_or("where no rule holds");
    let words = format!("{} · {}", rule.words(), rule.reason);
    body.push(Line::from(vec![
        span(FOCUS, mark),
        span(GOOD, "? "),
        span(style, padded(&fit(path, columns.label - 4), columns.label - 2)),
        span(FAINT, fit(&words, columns.room())),
    ]));
}

/// Adds the line that tests an address, and what holds for it.
pub fn draw_tester(body: &mut Body, editing: &Editing, at: (Columns, bool)) {
    let (columns, is_here) = at;
    let row = body.lines.len();
    let mut spans = field::label("Address", is_here, columns);
    if editing.tested.value().is_empty() {
        spans.push(span(FAINT, "such as /assets/app.js"));
        body.cursor = if is_here { Some((row, columns.value())) } else { body.cursor };
    } else {
        let before = body.cursor;
        spans.push(field::typed(body, &editing.tested, columns));
        body.cursor = if is_here { body.cursor } else { before };
    }
    body.push(Line::from(spans));
    for text in verdict(editing) {
        let lines = wrapped_code(&text, columns.room()).into_iter();
        body.lines.extend(lines.map(|text| line(GOOD, " ".repeat(columns.value()) + &text)));
    }
    if is_here {
        body.focus = Some((row, body.lines.len() - 1));
    }
}

/// Which rule holds for the address, what it says, and which functions run.
fn verdict(editing: &Editing) -> Vec<String> {
    let path = path_of(editing.tested.value());
    if path.is_empty() {
        return Vec::new();
    }
    let patterns = |list: &str, name: &str| {
        let count = editing.reading.sheet.length(list);
        (0..count).map(|index| editing.typed(&format!("{list}[{index}].{name}"))).collect::<Vec<_>>()
    };
    let rules = patterns("caching.rule", "path");
    let rule = rules.iter().position(|rule| !rule.is_empty() && pattern::matches(rule, &path));
    let (first, words) = match rule {
        Some(index) => {
            (format!("→ rule {}, {}", index + 1, rules[index]), rule_words(editing, "caching.rule", index))
        }
        None => ("→ no rule: what holds elsewhere".to_owned(), words_of(editing, "caching.default")),
    };
    let functions = functions_on(editing, &path);
    let functions = (!functions.is_empty()).then(|| format!("  runs {}", functions.join(", ")));
    [first, format!("  {}", words.join(" · "))].into_iter().chain(functions).collect()
}

fn functions_on(editing: &Editing, path: &str) -> Vec<String> {
    let count = editing.reading.sheet.length("edge");
    let covers = |index: &usize| {
        let paths = editing.reading.sheet.value(&format!("edge[{index}].paths"));
        let paths = paths.and_then(|paths| paths.as_array().cloned()).unwrap_or_default();
        paths.iter().filter_map(|pattern| pattern.as_str()).any(|pattern| pattern::matches(pattern, path))
    };
    let name = |index| Some(answer_in(editing, "edge", index, "name")).filter(|name| !name.is_empty());
    (0..count).filter(covers).map(|index| name(index).unwrap_or("one without a name".to_owned())).collect()
}

/// The path of an address as one types it: a whole URL, or a path with or without its slash.
fn path_of(address: &str) -> String {
    let address = address.trim();
    let after_host = match address.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("/".to_owned(), |(_, path)| format!("/{path}")),
        None => address.to_owned(),
    };
    after_host.split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn rule_words(editing: &Editing, list: &str, index: usize) -> Vec<String> {
    words_of(editing, &format!("{list}[{index}]"))
}

/// How long what a table covers is kept, and what tells two answers apart.
fn words_of(editing: &Editing, table: &str) -> Vec<String> {
    let told = |name: &str| answer_at(editing, &format!("{table}.{name}"));
    let mut words = vec![format!("browsers {}", told("browser")), format!("edge {}", told("edge"))];
    words.extend((told("immutable") == "on").then(|| "never changes".to_owned()));
    for (name, label) in [("query", "query"), ("headers", "headers"), ("cookies", "cookies")] {
        let value = told(name);
        words.extend((value != "none").then(|| format!("{label} {value}")));
    }
    words.extend((told("compress") == "off").then(|| "not compressed".to_owned()));
    words
}

fn listed(editing: &Editing, list: &str, index: usize) -> String {
    answer_in(editing, list, index, "paths")
}

fn answer_in(editing: &Editing, list: &str, index: usize, name: &str) -> String {
    answer_at(editing, &format!("{list}[{index}].{name}"))
}

fn answer_at(editing: &Editing, key: &str) -> String {
    let value = question(key).zip(editing.reading.sheet.value(key));
    value
        .map(|(question, value)| match name_of_event(key) {
            true => answer::typed(question, &value),
            false => answer::shown(question, &value),
        })
        .unwrap_or_default()
}

/// Events are known by their own names, which are shorter than what they mean.
fn name_of_event(key: &str) -> bool {
    key.ends_with(".event")
}

/// The sign behind an item: whether something of it can't be used, or may not do what was meant.
fn trouble_sign(is_broken: bool, editing: &Editing, item: &str) -> (Style, &'static str) {
    let within = |key: &String| key.starts_with(item);
    let problems = editing.reading.problems.problems.iter();
    let severities =
        problems.filter(|problem| problem.keys.iter().any(within)).map(|problem| problem.severity);
    let is_refused = is_broken || editing.version.refused.keys().any(within);
    match severities.chain(is_refused.then_some(Severity::Error)).min() {
        Some(Severity::Error) => (WRONG, "  ✗"),
        Some(Severity::Warning) => (DOUBTFUL, "  !"),
        None => (PLAIN, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn verdict_on(address: &str) -> String {
        let text = include_str!("../../../presets/everything.toml").to_owned();
        let mut editing = Editing::open(PathBuf::from("site.toml"), text).unwrap();
        editing.tested = address.into();
        verdict(&editing).join("\n")
    }

    #[test]
    fn an_address_finds_its_rule_however_it_is_typed() {
        for address in ["/assets/app.js", "assets/app.js?v=2", "https://example.com/assets/app.js#top"] {
            assert!(verdict_on(address).starts_with("→ rule 1, /assets/*\n"), "{}", verdict_on(address));
        }
        insta::assert_snapshot!(verdict_on("/about/"), @"
        → no rule: what holds elsewhere
          browsers 0s · edge 1d
          runs security-headers
        ");
    }
}
