//! The answers as they stand in one file: each with its value and its place, before they become a profile.

use super::lists::Remainder;
use super::nearest::nearest;
use super::problem::Problem;
use super::question::{Default, Fault, Question, Shape, ShownWhen};
use super::questions::{Entry, entries, entry, groups, question, questions, table_of};
use super::values::{found, read_answer};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml_edit::{Item, TableLike, Value};

/// What one file answers. Keys carry their list index: `edge[0].name`.
#[derive(Debug, Clone, std::default::Default)]
pub struct Sheet {
    answers: BTreeMap<String, Json>,
    places: BTreeMap<String, Range<usize>>,
    lengths: BTreeMap<String, usize>,
    unusable: BTreeSet<String>,
    remainders: BTreeMap<String, Remainder>,
    pub(super) problems: Vec<Problem>,
}

impl Sheet {
    /// Reads every answer in the document, and everything in it that is none.
    pub(super) fn read(document: &toml_edit::Document<&str>) -> Self {
        let mut sheet = Sheet::default();
        sheet.table(document.as_table(), "", "");
        sheet.missing();
        sheet
    }

    /// Whether the file answers this question or holds this table.
    pub fn is_written(&self, key: &str) -> bool {
        self.places.contains_key(key)
    }

    /// The answer that holds: the written one or the default. `None` if there is neither.
    pub fn value(&self, key: &str) -> Option<Json> {
        let given = self.answers.get(key).cloned();
        given.or_else(|| self.default_value(question(key)?, key))
    }

    /// How many items a list of tables has.
    pub fn length(&self, key: &str) -> usize {
        self.lengths.get(key).copied().unwrap_or(0)
    }

    /// Whether the question has a meaning, given the other answers.
    pub fn is_shown(&self, key: &str) -> bool {
        let beside = |other: &str| beside(key, other);
        match question(key).map(|question| question.shown_when) {
            None | Some(ShownWhen::Always) => true,
            Some(ShownWhen::Yes(other)) => self.is_yes(&beside(other)),
            Some(ShownWhen::No(other)) => !self.is_yes(&beside(other)),
            Some(ShownWhen::Given(other)) => self.is_written(&beside(other)),
            Some(ShownWhen::OneOf(other, values)) => {
                let value = self.value(&beside(other));
                value.is_some_and(|value| values.iter().any(|allowed| value == *allowed))
            }
            Some(ShownWhen::ReadyFunction(other)) => {
                self.value(&beside(other)).is_some_and(|value| value.get("builtin").is_some())
            }
        }
    }

    /// Whether an answer is needed: there is no default, and the table it belongs to isn't switched off.
    pub fn is_needed(&self, key: &str) -> bool {
        let required = question(key).is_some_and(|question| question.default == Default::Required);
        required && self.is_shown(key) && self.table_counts(table_of(key))
    }

    /// The bytes of the file that the key's answer stands in, or those nearest to where it would.
    pub fn place(&self, key: &str) -> Range<usize> {
        let mut key = key;
        loop {
            if let Some(place) = self.places.get(key) {
                return place.clone();
            }
            match key.rfind(['.', '[']) {
                Some(end) => key = &key[..end],
                None => return 0..0,
            }
        }
    }

    /// Whether nothing can be said about `key`, since it, a part of it or what it is part of couldn't be read.
    pub(super) fn is_unusable(&self, key: &str) -> bool {
        // The elements of a list that are wrong themselves are left out of its remainder, and never asked for.
        let is_lost = |bad: &str| is_within(key, bad) && (key == bad || !self.has_elements(bad));
        self.unusable.iter().any(|bad| is_within(bad, key) || is_lost(bad))
    }

    /// Whether what a clash says of `key` can be true, since what it looks at could be read.
    pub(super) fn holds(&self, key: &str, regard: Regard) -> bool {
        match regard {
            Regard::Value => !self.is_unusable(key),
            Regard::Presence => true,
            Regard::Spelling => {
                let spelt = matches!(self.remainders.get(key), Some(Remainder::Spelling(_)));
                spelt || !self.is_unusable(key)
            }
            Regard::Elements => self.has_elements(key) || !self.is_unusable(key),
        }
    }

    /// What is left of an answer that was refused.
    pub(super) fn remainder(&self, key: &str) -> Option<Json> {
        self.remainders.get(key).map(Remainder::value)
    }

    /// Where in the file's list the text stands that is the `nth` to count, in a list that keeps its order.
    pub(super) fn index_as_written(&self, list: &str, nth: usize) -> usize {
        match self.remainders.get(list) {
            Some(Remainder::Elements { indices, .. }) => indices.get(nth).copied().unwrap_or(nth),
            Some(Remainder::Spelling(_)) | None => nth,
        }
    }

    fn has_elements(&self, key: &str) -> bool {
        matches!(self.remainders.get(key), Some(Remainder::Elements { .. }))
    }

    /// Whether the table couldn't be read, so that nothing is known of what it holds.
    fn is_lost(&self, table: &str) -> bool {
        self.unusable.iter().any(|bad| bad == table)
    }

    fn is_yes(&self, key: &str) -> bool {
        self.value(key) == Some(Json::Bool(true))
    }

    fn table_counts(&self, table: &str) -> bool {
        match entry(table) {
            Some(Entry::Group(group)) => match group.shape {
                Shape::Always => self.table_counts(table_of(table)),
                Shape::Optional | Shape::List => self.is_written(table),
            },
            Some(Entry::Question(_)) | None => table.is_empty() || self.is_written(table),
        }
    }

    fn default_value(&self, question: &Question, key: &str) -> Option<Json> {
        match question.default {
            Default::Required | Default::Nothing(_) => None,
            Default::Value(text) => parse_default(question, text),
            Default::Opposite(other) => Some(Json::Bool(!self.is_yes(&beside(key, other)))),
            Default::TableWritten => Some(Json::Bool(self.is_written(table_of(key)))),
        }
    }

    fn table(&mut self, table: &dyn TableLike, general: &str, exact: &str) {
        for (key, item) in table.iter() {
            let written = table.key(key).and_then(toml_edit::Key::span);
            let place = written.or_else(|| item.span()).unwrap_or_else(|| self.place(exact));
            let known = entries(general).find(|entry| entry.name() == key);
            let exact = joined(exact, key);
            match known {
                Some(entry) => self.entry(entry, item, &exact, place),
                None => self.fault(&exact, place, unknown_key(general, key)),
            }
        }
    }

    fn entry(&mut self, entry: Entry, item: &Item, exact: &str, place: Range<usize>) {
        match entry {
            Entry::Question(question) => {
                self.places.insert(exact.to_owned(), item.span().unwrap_or(place));
                self.answer(question, item, exact);
            }
            Entry::Group(group) => {
                self.places.insert(exact.to_owned(), place.clone());
                match group.shape {
                    Shape::List => self.list(group.key, item, exact, place),
                    Shape::Always | Shape::Optional => match item.as_table_like() {
                        Some(table) => self.table(table, group.key, exact),
                        None => self.fault(exact, place, not_a_table(exact, item)),
                    },
                }
            }
        }
    }

    fn answer(&mut self, question: &Question, item: &Item, exact: &str) {
        for (index, value) in item.as_array().into_iter().flatten().enumerate() {
            let place = value.span().unwrap_or_else(|| self.place(exact));
            self.places.insert(format!("{exact}[{index}]"), place);
        }
        match read_answer(question, item) {
            Ok(value) => {
                self.answers.insert(exact.to_owned(), value);
            }
            Err(faults) => {
                for located in faults {
                    let place = located.place.unwrap_or_else(|| self.place(exact));
                    self.fault(exact, place, located.fault);
                }
                let left = Remainder::of(question, item).map(|left| (exact.to_owned(), left));
                self.remainders.extend(left);
            }
        }
    }

    fn list(&mut self, general: &str, item: &Item, exact: &str, place: Range<usize>) {
        let Some(tables) = tables(item) else {
            let fault = Fault::new(format!("`{exact}` is a list of tables, not {}", found(item)))
                .help(format!("write each item under `[[{general}]]`"));
            return self.fault(exact, place, fault);
        };
        self.lengths.insert(exact.to_owned(), tables.len());
        for (index, (table, span)) in tables.into_iter().enumerate() {
            let exact = format!("{exact}[{index}]");
            self.places.insert(exact.clone(), span.unwrap_or_else(|| place.clone()));
            self.table(table, &format!("{general}[]"), &exact);
        }
    }

    /// One problem for each table in which an answer is missing.
    fn missing(&mut self) {
        let mut by_table: BTreeMap<String, Vec<&'static Question>> = BTreeMap::new();
        for question in questions() {
            for key in self.exact_keys(question.key) {
                if self.is_needed(&key) && !self.is_written(&key) && !self.is_lost(table_of(&key)) {
                    by_table.entry(table_of(&key).to_owned()).or_default().push(question);
                }
            }
        }
        for (table, questions) in by_table {
            self.missing_in(&table, &questions);
        }
    }

    fn missing_in(&mut self, table: &str, questions: &[&'static Question]) {
        let names: Vec<&str> = questions.iter().map(|row| Entry::Question(row).name()).collect();
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let examples: Vec<String> = questions
            .iter()
            .zip(&names)
            .map(|(row, name)| format!("{name} = {}", super::edit::typed(row, row.example)))
            .collect();
        let header =
            if table.is_empty() || self.is_written(table) { String::new() } else { format!("[{table}]\n") };
        let wher = if table.is_empty() { "the profile".to_owned() } else { format!("`{table}`") };
        let fault = Fault::new(format!("{wher} needs {}", quoted.join(" and ")))
            .help(format!("for example\n{header}{}", examples.join("\n")));
        let place = self.place(table);
        let mut problem = Problem::new(joined(table, names[0]), place, fault);
        problem.keys = names.iter().map(|name| joined(table, name)).collect();
        self.unusable.extend(problem.keys.iter().cloned());
        self.problems.push(problem);
    }

    /// The keys that a row stands for in this file: one for each item of the list it is in.
    pub fn exact_keys(&self, key: &str) -> Vec<String> {
        match key.split_once("[]") {
            None => vec![key.to_owned()],
            Some((list, rest)) => {
                (0..self.length(list)).map(|index| format!("{list}[{index}]{rest}")).collect()
            }
        }
    }

    fn fault(&mut self, key: &str, place: Range<usize>, fault: Fault) {
        self.unusable.insert(key.to_owned());
        self.problems.push(Problem::new(key, place, fault));
    }
}

/// What of an answer a clash looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Regard {
    /// Its value.
    Value,
    /// Those texts of a list that nothing is wrong with: further ones would change nothing.
    Elements,
    /// The letters of a text, whether or not they may be in it.
    Spelling,
    /// Whether it is there, however wrong.
    Presence,
}

/// Whether `inner` is `outer`, or in it.
fn is_within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

type PlacedTable<'a> = (&'a dyn TableLike, Option<Range<usize>>);

/// The tables of a list, however it is written, each with its place.
fn tables(item: &Item) -> Option<Vec<PlacedTable<'_>>> {
    match item {
        Item::ArrayOfTables(tables) => {
            Some(tables.iter().map(|table| (table as &dyn TableLike, table.span())).collect())
        }
        Item::Value(Value::Array(array)) => {
            let tables = array.iter().map(Value::as_inline_table);
            tables.map(|table| table.map(|table| (table as &dyn TableLike, table.span()))).collect()
        }
        Item::None | Item::Table(_) | Item::Value(_) => None,
    }
}

/// The key of `other` for the list item that `key` is about.
fn beside(key: &str, other: &str) -> String {
    match (key.find('[').zip(key.find(']')), other.find("[]")) {
        (Some((start, end)), Some(at)) => {
            format!("{}{}{}", &other[..at], &key[start..=end], &other[at + 2..])
        }
        _ => other.to_owned(),
    }
}

fn joined(table: &str, name: &str) -> String {
    if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") }
}

/// A default is written as in a file, and read the same way.
pub(super) fn parse_default(question: &Question, text: &str) -> Option<Json> {
    let value: Value = text.parse().ok()?;
    read_answer(question, &Item::Value(value)).ok()
}

fn not_a_table(key: &str, item: &Item) -> Fault {
    Fault::new(format!("`{key}` is a table, not {}", found(item)))
        .help(format!("write its keys under `[{key}]`"))
}

fn unknown_key(table: &str, key: &str) -> Fault {
    let names: Vec<&str> = entries(table).map(Entry::name).collect();
    let place =
        if table.is_empty() { "a profile".to_owned() } else { format!("`{}`", table.trim_end_matches("[]")) };
    let fault = Fault::new(format!("there is no key `{key}` in {place}"));
    if let Some(meant) = nearest(key, names.iter().copied()) {
        return fault.help(format!("did you mean `{meant}`?"));
    }
    let elsewhere = questions().map(|row| row.key).chain(groups().iter().map(|row| row.key));
    let elsewhere = elsewhere.into_iter().find(|other| other.rsplit('.').next() == Some(key));
    fault.help(match elsewhere {
        Some(other) => match table_of(other).trim_end_matches("[]") {
            "" => format!("`{key}` belongs before the first table"),
            table => format!("`{key}` belongs in `{table}`"),
        },
        None => format!("allowed are {}", names.join(", ")),
    })
}
