//! One answer of a page: its label, what holds, and what is wrong with it.

use super::super::answer;
use super::super::editing::{Editing, Trouble};
use super::super::text::{fit, line, padded, span, width, wrapped};
use super::super::theme::{DOUBTFUL, FAINT, FOCUS, PLAIN, WRONG};
use super::body::{Body, MEASURE};
use crate::profile::Severity;
use crate::profile::question::{Default, Question};
use crate::profile::questions::table_of;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use tui_input::Input;

/// Where the columns of a page are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// How wide labels are.
    pub label: usize,
    /// How wide the page is.
    pub all: usize,
}

/// Before every label.
pub const MARGIN: usize = 3;

/// Where the word is that says where a value comes from.
const ORIGIN: usize = 60;

impl Columns {
    /// The columns of a page this wide.
    pub fn of(all: usize) -> Self {
        Columns { label: if all < 60 { 18 } else { 23 }, all }
    }

    /// Where values begin.
    pub fn value(self) -> usize {
        MARGIN + self.label
    }

    /// How wide values may be.
    pub fn room(self) -> usize {
        self.all.saturating_sub(self.value() + 1)
    }
}

/// What is shown of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    text: String,
    style: Style,
    /// Where it comes from, if it isn't written.
    origin: &'static str,
}

/// Adds an answer to a page.
pub fn draw(body: &mut Body, editing: &Editing, key: &str, question: &Question, at: (Columns, bool)) {
    let (columns, is_here) = at;
    let start = body.lines.len();
    let typing = editing.typing.as_ref().filter(|(other, _)| other == key).map(|(_, input)| input);
    let mut spans = label(question.prompt, is_here, columns);
    match typing {
        Some(input) => spans.push(typed(body, input, columns)),
        None => {
            let shown = shown(editing, key, question);
            if is_here && answer::is_typed(&question.kind) {
                let column = if editing.is_written(key) { width(&shown.text) } else { 0 };
                body.cursor = Some((start, columns.value() + column.min(columns.room())));
            }
            spans.extend(value(shown, columns));
        }
    }
    body.push(Line::from(spans));
    let is_retyped = typing.is_some_and(|input| input.value().trim() != editing.typed(key));
    let is_quiet = is_retyped || is_missing(editing, key, question);
    let troubles = if is_quiet { Vec::new() } else { editing.troubles(key) };
    troubles.iter().for_each(|trouble| body.lines.extend(trouble_lines(trouble, columns)));
    if is_here {
        body.focus = Some((start, body.lines.len() - 1));
    }
}

/// Whether an answer is only missing: its row says so itself, and no more has to be said.
fn is_missing(editing: &Editing, key: &str, question: &Question) -> bool {
    question.default == Default::Required && !editing.is_written(key)
}

/// The label of a row, with a mark where the focus is.
pub fn label(text: &str, is_here: bool, columns: Columns) -> Vec<Span<'static>> {
    let (mark, style) = if is_here { (" ▸ ", FOCUS) } else { ("   ", PLAIN) };
    vec![span(FOCUS, mark), span(style, padded(&fit(text, columns.label - 1), columns.label))]
}

/// What is being typed, with the part of it that holds the cursor.
pub fn typed(body: &mut Body, input: &Input, columns: Columns) -> Span<'static> {
    let scroll = input.visual_scroll(columns.room());
    body.cursor = Some((body.lines.len(), columns.value() + input.visual_cursor().saturating_sub(scroll)));
    let mut left = scroll;
    let hidden = |letter: &char| {
        let wide = unicode_width::UnicodeWidthChar::width(*letter).unwrap_or(0);
        let hides = left > 0;
        left = left.saturating_sub(wide);
        hides
    };
    let seen: String = input.value().chars().skip_while(hidden).collect();
    span(PLAIN, fit(&seen, columns.room() + 1))
}

fn value(shown: Shown, columns: Columns) -> Vec<Span<'static>> {
    let room = columns.room();
    if shown.origin.is_empty() {
        return vec![span(shown.style, fit(&shown.text, room))];
    }
    // The words on where values come from stand in one column, unless a value is too long for that.
    let column = ORIGIN.saturating_sub(columns.value());
    let text = fit(&shown.text, room.saturating_sub(width(shown.origin) + 2));
    let gap = column.saturating_sub(width(&text)).max(2);
    let gap = gap.min(room.saturating_sub(width(&text) + width(shown.origin)));
    vec![span(shown.style, text), span(PLAIN, " ".repeat(gap)), span(FAINT, shown.origin)]
}

fn shown(editing: &Editing, key: &str, question: &Question) -> Shown {
    if let Some(refused) = editing.version.refused.get(key) {
        return Shown { text: refused.typed.clone(), style: WRONG, origin: "" };
    }
    let sheet = &editing.reading.sheet;
    if sheet.is_written(key) {
        return match sheet.value(key) {
            Some(value) => Shown { text: answer::shown(question, &value), style: PLAIN, origin: "" },
            None => Shown { text: raw(editing, key), style: WRONG, origin: "" },
        };
    }
    let quiet = |text: String| Shown { text, style: FAINT, origin: "default" };
    if editing.is_switched_off(key) && question.default != Default::TableWritten {
        return quiet(if key.ends_with(".domains") { "the CloudFront name only" } else { "off" }.to_owned());
    }
    match (question.default, sheet.value(key)) {
        // A new item of a list is no mistake yet.
        (Default::Required, _) if !sheet.is_written(table_of(key)) && key.contains('[') => {
            let text = format!("to be answered, such as {}", question.example);
            Shown { text, style: FAINT, origin: "" }
        }
        (Default::Required, _) => {
            let text = format!("✗ to be answered, such as {}", question.example);
            Shown { text, style: DOUBTFUL, origin: "" }
        }
        (Default::Nothing(words), _) => quiet(words.to_owned()),
        // Whether it is on is said by what else is answered.
        (Default::TableWritten, Some(value)) if sheet.is_written(table_of(key)) => {
            Shown { text: answer::shown(question, &value), style: PLAIN, origin: "" }
        }
        (Default::Value(_) | Default::Opposite(_) | Default::TableWritten, Some(value)) => {
            let text = answer::shown(question, &value);
            quiet(if text.is_empty() { "none".to_owned() } else { text })
        }
        (Default::Value(_) | Default::Opposite(_) | Default::TableWritten, None) => quiet("none".to_owned()),
    }
}

/// What stands in the file, where it isn't an answer.
fn raw(editing: &Editing, key: &str) -> String {
    editing.text().get(editing.reading.sheet.place(key)).unwrap_or_default().to_owned()
}

/// What is wrong, with what would be right below it.
pub fn trouble_lines(trouble: &Trouble, columns: Columns) -> Vec<Line<'static>> {
    let (sign, style) = match trouble.severity {
        Severity::Error => ("✗", WRONG),
        Severity::Warning => ("!", DOUBTFUL),
    };
    let room = columns.all.min(MEASURE).saturating_sub(columns.value() + 3).max(12);
    let indent = " ".repeat(columns.value());
    let mut lines = Vec::new();
    for (number, text) in wrapped(&trouble.message, room).into_iter().enumerate() {
        let sign = if number == 0 { sign } else { " " };
        lines.push(line(style, format!("{indent}{sign} {text}")));
    }
    for text in wrapped(trouble.help.as_deref().unwrap_or_default(), room) {
        lines.push(line(FAINT, format!("{indent}  {text}")));
    }
    lines
}
