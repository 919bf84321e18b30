//! What is wrong with a profile, and how it is shown: the line, a marker under it, and what is allowed.

use super::question::Fault;
use crate::error::{Error, Kind, Listing, Located};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::ops::Range;

/// One thing wrong with a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether the profile can be used all the same.
    pub severity: Severity,
    /// The keys it is about, the main one first: beside which answers a form shows it.
    pub keys: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// What is allowed, or what to write instead.
    pub help: Option<String>,
    /// Where it is; the bytes of the file.
    pub place: Range<usize>,
    /// Other places that have to do with it, each with a word on why.
    pub related: Vec<(Range<usize>, String)>,
}

/// Whether a profile with a [`Problem`] can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It can't.
    Error,
    /// It can, but it may not do what was meant.
    Warning,
}

/// Whether output has colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Off,
    /// ANSI colours.
    On,
}

impl Problem {
    /// An error at `place` about one answer.
    pub(super) fn new(key: impl Into<String>, place: Range<usize>, fault: Fault) -> Self {
        Problem {
            severity: Severity::Error,
            keys: vec![key.into()],
            message: fault.message,
            help: fault.help,
            place,
            related: Vec::new(),
        }
    }

    /// The same problem, each place of it somewhere else.
    pub(super) fn moved(self, to: impl Fn(usize) -> usize) -> Self {
        let range = |range: Range<usize>| to(range.start)..to(range.end);
        let related = self.related.into_iter().map(|(place, word)| (range(place), word)).collect();
        Problem { place: range(self.place), related, ..self }
    }

    /// The line and column of its place, both from one; the column in characters.
    pub fn line_and_column(&self, text: &str) -> (usize, usize) {
        let before = &text[..floor_boundary(text, self.place.start)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    fn located(&self, file: &str, text: &str) -> Located {
        let (line, column) = self.line_and_column(text);
        Located {
            severity: match self.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            file: file.to_owned(),
            line,
            column,
            keys: self.keys.iter().filter(|key| !key.is_empty()).cloned().collect(),
            message: self.message.clone(),
            help: self.help.clone(),
        }
    }
}

/// All that is wrong with one profile, in the order of the file, and the text it is wrong in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The file's name, as shown.
    pub file_name: String,
    /// The text of the file, with what is secret starred out.
    pub text: String,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

impl Problems {
    /// Each problem with its place, its line and a marker.
    pub fn render(&self, colour: Colour) -> String {
        let renderer = match colour {
            Colour::Off => Renderer::plain(),
            Colour::On => Renderer::styled(),
        };
        // A marker needs a character to stand under, also past the end of the text.
        let source = format!("{}\n", self.text);
        let shown = self.problems.iter().map(|problem| renderer.render(&[self.report(problem, &source)]));
        shown.collect::<Vec<_>>().join("\n\n")
    }

    fn report<'a>(&'a self, problem: &'a Problem, source: &'a str) -> Group<'a> {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mark = |range: &Range<usize>, kind: AnnotationKind| {
            let start = floor_boundary(source, range.start);
            kind.span(start..floor_boundary(source, range.end).max(start))
        };
        let related =
            problem.related.iter().map(|(range, label)| mark(range, AnnotationKind::Context).label(label));
        let snippet = Snippet::source(source)
            .path(&self.file_name)
            .annotation(mark(&problem.place, AnnotationKind::Primary))
            .annotations(related);
        let group = level.primary_title(&problem.message).element(snippet);
        match &problem.help {
            Some(help) => group.element(Level::HELP.message(help)),
            None => group,
        }
    }

    /// The error that ends a command which can't go on with this profile.
    pub fn into_error(self, colour: Colour) -> Error {
        let error = Error::new(Kind::Usage, format!("{} has {}", self.file_name, self.count()))
            .hint("`sitecast schema` prints all that a profile can hold");
        let listing = Listing { shown: self.render(colour), problems: self.located() };
        Error { listing: Some(Box::new(listing)), ..error }
    }

    /// How many there are, in words.
    pub fn count(&self) -> String {
        match self.problems.len() {
            1 => "one problem".to_owned(),
            several => format!("{several} problems"),
        }
    }

    /// Each problem with its place in the file.
    pub fn located(&self) -> Vec<Located> {
        self.problems.iter().map(|problem| problem.located(&self.file_name, &self.text)).collect()
    }
}

impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        problems.into_error(Colour::Off)
    }
}

fn floor_boundary(text: &str, position: usize) -> usize {
    text.floor_char_boundary(position)
}
