//! The profile as it is being answered: its text, read anew after each change.

use crate::error::Result;
use crate::profile::question::{Default, Kind, Question};
use crate::profile::questions::{self, Entry};
use crate::profile::{self, Problem, Profile, Reading};
use serde_json::Value as Json;
use std::path::Path;

/// What only the disk can tell of a profile's answers, given its file; it keeps nobody from going on.
pub type Look = fn(&Path, &Reading) -> Vec<Problem>;

/// The profile as it is being answered.
#[derive(Debug, Clone)]
pub struct Form {
    text: String,
    file_name: String,
    reading: Reading,
    /// The profile that a site may have been deployed with, which not every edit can follow.
    before: Option<Profile>,
    look: Look,
}

impl Form {
    /// The form of a profile's text; `file_name` is shown where something is wrong with it.
    pub fn new(text: String, file_name: impl Into<String>) -> Self {
        let file_name = file_name.into();
        Form {
            reading: profile::read(&text, &file_name),
            text,
            file_name,
            before: None,
            look: |_, _| Vec::new(),
        }
    }

    /// The same, where a site may stand that was deployed with these answers.
    pub fn of_a_site(mut self) -> Self {
        self.before = self.reading.profile.clone();
        self
    }

    /// The same, with a look at what the answers name each time somebody is told what is wrong with them.
    pub fn looking(self, look: Look) -> Self {
        Form { look, ..self }
    }

    /// The profile's text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the text answers, and what is wrong with the text by itself.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Writes an answer as it is typed; an empty one is taken out, and so is an item of a list.
    ///
    /// # Errors
    /// When the answer can't be taken. Then nothing changes.
    pub fn answer(&mut self, key: &str, text: &str) -> Result<()> {
        let text = profile::edited(&self.text, &[(key.to_owned(), text.to_owned())])?;
        self.become_text(text)
    }

    fn become_text(&mut self, text: String) -> Result<()> {
        let reading = profile::read(&text, &self.file_name);
        if let (Some(before), Some(after)) = (&self.before, &reading.profile) {
            profile::check_edit(before, after)?;
        }
        (self.text, self.reading) = (text, reading);
        Ok(())
    }

    /// Puts an item of a list of tables before the one above it; the first stays where it is.
    ///
    /// # Errors
    /// When there is no such item.
    pub fn move_up(&mut self, list: &str, index: usize) -> Result<()> {
        self.become_text(profile::reordered(&self.text, list, index, index.saturating_sub(1))?)
    }

    /// All that is wrong, in the order of the file.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.reading.problems.problems.clone();
        problems.extend((self.look)(Path::new(&self.file_name), &self.reading));
        problems.sort_by_key(|problem| problem.place.start);
        problems
    }

    /// The problems that are about this answer, or about something in this table.
    pub fn problems_of(&self, key: &str) -> Vec<Problem> {
        let within = |about: &String| {
            about.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.problems().into_iter().filter(|problem| problem.keys.iter().any(within)).collect()
    }

    /// The answer that holds, in words, and whether it is the default.
    pub fn shown(&self, question: &Question, key: &str) -> String {
        let sheet = &self.reading.sheet;
        match (sheet.is_written(key), sheet.value(key), question.default) {
            (true, value, _) => self.written(question, key, value.as_ref()),
            (false, Some(value), _) => format!("{} (default)", in_words(&question.kind, &value)),
            (false, None, Default::Nothing(words)) => format!("none: {words}"),
            (false, None, _) => "no answer yet".to_owned(),
        }
    }

    /// The answer as it would be typed; empty where none is written.
    pub fn typed(&self, question: &Question, key: &str) -> String {
        let sheet = &self.reading.sheet;
        if sheet.is_written(key) { self.written(question, key, None) } else { String::new() }
    }

    /// What can't be read is shown as it stands in the file.
    fn written(&self, question: &Question, key: &str, value: Option<&Json>) -> String {
        match (&question.kind, value) {
            (Kind::Options, _) => "given in the file".to_owned(),
            (kind @ (Kind::Bool | Kind::Choice(_)), Some(value)) => in_words(kind, value),
            (_, _) => bare(self.text.get(self.reading.sheet.place(key)).unwrap_or_default().trim()),
        }
    }

    /// What one item of a list of tables is called: its first answers.
    pub fn item_name(&self, list: &str, index: usize) -> String {
        let (item, table) = (format!("{list}[{index}]"), format!("{list}[]"));
        let answers = questions::entries(&table).filter_map(|entry| match entry {
            Entry::Question(question) => Some((question, format!("{item}.{}", entry.name()))),
            Entry::Group(_) => None,
        });
        let written = answers.filter(|(_, key)| self.reading.sheet.is_written(key));
        let shown: Vec<_> = written.take(3).map(|(question, key)| self.shown(question, &key)).collect();
        if shown.is_empty() { "no answer yet".to_owned() } else { shown.join(", ") }
    }
}

/// TOML without the quotes and brackets that a person need not type.
fn bare(source: &str) -> String {
    let inner = source.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(source);
    if inner.starts_with('{') { inner.to_owned() } else { inner.replace('"', "").trim().to_owned() }
}

fn in_words(kind: &Kind, value: &Json) -> String {
    match (kind, value) {
        (Kind::Choice(choices), Json::String(value)) => {
            let label = choices.iter().find(|choice| choice.value == value).map(|choice| choice.label);
            label.map_or_else(|| value.clone(), |label| format!("{value}, {label}"))
        }
        (_, Json::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        (_, Json::String(text)) if !text.is_empty() => text.clone(),
        (_, Json::Array(items)) if !items.is_empty() => {
            items.iter().map(|item| in_words(kind, item)).collect::<Vec<_>>().join(", ")
        }
        (_, Json::String(_) | Json::Array(_)) => "none".to_owned(),
        (_, Json::Object(map)) if map.is_empty() => "none".to_owned(),
        (_, Json::Null | Json::Number(_) | Json::Object(_)) => value.to_string(),
    }
}
