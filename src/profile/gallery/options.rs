//! Reading the options of a ready function by its table.

use serde_json::{Map, Value as Json};
use std::fmt;

/// Options by name, as a profile holds them.
pub type Options = Map<String, Json>;

/// One thing that can be chosen.
#[derive(Debug)]
pub struct OptionRow {
    /// Its name in the profile.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// What may be written.
    pub kind: OptionKind,
    /// What holds when nothing is written.
    pub default: OptionDefault,
    /// What each text in it must also be.
    pub check: Option<TextCheck>,
    /// Whether its value must not be shown.
    pub secret: bool,
}

/// Says what is wrong with a text, as the end of a sentence that begins with it.
pub type TextCheck = fn(&str) -> Result<(), String>;

/// What may be written for an option.
#[derive(Debug)]
pub enum OptionKind {
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
    /// One of these numbers.
    NumberOf(&'static [u64]),
    /// A text.
    Text {
        /// The most characters.
        max: usize,
    },
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A list of texts.
    Texts {
        /// The fewest entries.
        min: usize,
        /// The most entries.
        max: usize,
    },
    /// A list of tables that all have these options.
    Rows(&'static [OptionRow]),
    /// A table from names that the person chooses to values of one kind.
    Named {
        /// What a name must be.
        name: TextCheck,
        /// What each value is.
        value: &'static OptionKind,
        /// The fewest entries.
        min: usize,
    },
}

/// What holds when an option isn't written.
#[derive(Debug, Clone, Copy)]
pub enum OptionDefault {
    /// It must be written.
    Required,
    /// `true` or `false`.
    Flag(bool),
    /// A number.
    Number(u64),
    /// A text.
    Text(&'static str),
    /// A list of texts.
    Texts(&'static [&'static str]),
}

/// What is wrong with one option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionProblem {
    /// Where it stands, such as `rules[0].from`.
    pub option: String,
    /// What is wrong.
    pub message: String,
}

impl OptionProblem {
    pub(super) fn new(option: impl Into<String>, message: impl Into<String>) -> Self {
        OptionProblem { option: option.into(), message: message.into() }
    }
}

impl fmt::Display for OptionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.option, self.message)
    }
}

/// The longest text within a list.
const LONGEST_ENTRY: usize = 1000;

/// The most rows or names.
const MOST_ROWS: usize = 1000;

/// The options with all defaults filled in, or everything that is wrong.
pub(super) fn read(rows: &[OptionRow], written: &Options) -> Result<Options, Vec<OptionProblem>> {
    let mut reader = Reader::default();
    let options = reader.table(rows, written, "");
    if reader.problems.is_empty() { Ok(options) } else { Err(reader.problems) }
}

/// The options as a JavaScript constant.
pub(super) fn rendered(options: &Options) -> String {
    format!("{:#}", Json::Object(options.clone()))
}

/// A secret value as it may be shown: of a table, the names alone.
pub(super) fn hidden(value: &Json) -> Json {
    let mark = || Json::from("(hidden)");
    match value.as_object() {
        Some(table) => table.keys().map(|name| (name.clone(), mark())).collect(),
        None => mark(),
    }
}

#[derive(Default)]
struct Reader {
    problems: Vec<OptionProblem>,
}

impl Reader {
    fn table(&mut self, rows: &[OptionRow], written: &Options, place: &str) -> Options {
        let known: Vec<_> = rows.iter().map(|row| row.name).collect();
        for unknown in written.keys().filter(|name| !known.contains(&name.as_str())) {
            self.wrong(&at(place, unknown), format!("is not known; there are: {}", known.join(", ")));
        }
        let values = rows.iter().map(|row| {
            let place = at(place, row.name);
            let value = match written.get(row.name) {
                Some(value) => self.value(&row.kind, row.check, value, &place),
                None => self.default_value(row.default, &place),
            };
            (row.name.to_owned(), value)
        });
        values.collect()
    }

    fn default_value(&mut self, default: OptionDefault, place: &str) -> Json {
        match default {
            OptionDefault::Required => {
                self.wrong(place, "is missing");
                Json::Null
            }
            OptionDefault::Flag(flag) => flag.into(),
            OptionDefault::Number(number) => number.into(),
            OptionDefault::Text(text) => text.into(),
            OptionDefault::Texts(texts) => texts.iter().copied().collect(),
        }
    }

    fn value(&mut self, kind: &OptionKind, check: Option<TextCheck>, value: &Json, place: &str) -> Json {
        match (kind, value) {
            (OptionKind::Flag, Json::Bool(_)) => {}
            (OptionKind::Number { min, max }, Json::Number(number)) => {
                if !number.as_u64().is_some_and(|number| (*min..=*max).contains(&number)) {
                    self.wrong(place, format!("must be a whole number from {min} to {max}"));
                }
            }
            (OptionKind::NumberOf(numbers), value)
                if value.as_u64().is_some_and(|number| numbers.contains(&number)) => {}
            (OptionKind::Text { max }, Json::String(text)) => self.text(text, *max, check, place),
            (OptionKind::Choice(choices), Json::String(text)) if choices.contains(&text.as_str()) => {}
            (OptionKind::Texts { min, max }, Json::Array(entries)) => {
                self.count(entries.len(), *min, *max, place);
                for (index, entry) in entries.iter().enumerate() {
                    let kind = OptionKind::Text { max: LONGEST_ENTRY };
                    self.value(&kind, check, entry, &format!("{place}[{index}]"));
                }
            }
            (OptionKind::Rows(rows), Json::Array(entries)) => return self.rows(rows, entries, place),
            (OptionKind::Named { name, value: kind, min }, Json::Object(entries)) => {
                self.count(entries.len(), *min, MOST_ROWS, place);
                for (key, value) in entries {
                    self.name(key, *name, place);
                    self.value(kind, check, value, &at(place, key));
                }
            }
            (
                OptionKind::Flag
                | OptionKind::Number { .. }
                | OptionKind::NumberOf(_)
                | OptionKind::Text { .. }
                | OptionKind::Choice(_)
                | OptionKind::Texts { .. }
                | OptionKind::Rows(_)
                | OptionKind::Named { .. },
                _,
            ) => self.wrong(place, format!("must be {}", wanted(kind))),
        }
        value.clone()
    }

    fn rows(&mut self, rows: &[OptionRow], entries: &[Json], place: &str) -> Json {
        self.count(entries.len(), 1, MOST_ROWS, place);
        let read = entries.iter().enumerate().map(|(index, entry)| {
            let place = format!("{place}[{index}]");
            match entry.as_object() {
                Some(table) => Json::Object(self.table(rows, table, &place)),
                None => {
                    self.wrong(&place, "must be a table");
                    Json::Null
                }
            }
        });
        read.collect()
    }

    fn text(&mut self, text: &str, max: usize, check: Option<TextCheck>, place: &str) {
        let length = text.chars().count();
        if length > max {
            self.wrong(place, format!("has {length} characters; at most {max} are allowed"));
        } else if let Some(Err(message)) = check.map(|check| check(text)) {
            self.wrong(place, message);
        }
    }

    fn name(&mut self, name: &str, check: TextCheck, place: &str) {
        // In a JavaScript object that one name means something else.
        let reserved = if name == "__proto__" { Err("can't be used as a name".to_owned()) } else { Ok(()) };
        if let Err(message) = reserved.and_then(|()| check(name)) {
            self.wrong(&at(place, name), message);
        }
    }

    fn count(&mut self, count: usize, min: usize, max: usize, place: &str) {
        if count < min {
            self.wrong(place, format!("needs at least {min}; there are {count}"));
        } else if count > max {
            self.wrong(place, format!("takes at most {max}; there are {count}"));
        }
    }

    fn wrong(&mut self, place: &str, message: impl Into<String>) {
        self.problems.push(OptionProblem::new(place, message));
    }
}

fn at(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

/// What may be written, in words.
fn wanted(kind: &OptionKind) -> String {
    match kind {
        OptionKind::Flag => "`true` or `false`".into(),
        OptionKind::Number { min, max } => format!("a whole number from {min} to {max}"),
        OptionKind::NumberOf(numbers) => format!("one of {numbers:?}"),
        OptionKind::Text { .. } => "a text in quotes".into(),
        OptionKind::Choice(choices) => format!("one of \"{}\"", choices.join("\", \"")),
        OptionKind::Texts { .. } => "a list of texts".into(),
        OptionKind::Rows(_) => "a list of tables".into(),
        OptionKind::Named { value, .. } => format!("a table of names, each with {}", wanted(value)),
    }
}
