//! The table of questions. A new question is one row here and one field in [`super::answers`].
//!
//! Tables of the profile are rows as well ([`groups`]): they say whether leaving one out switches something
//! off, and which of them repeat.

mod caching;
mod distribution;
mod edge;
mod failover;
mod https;

use super::question::{Group, Question, Shape, Stage};

/// Every question, in the order it is asked.
pub fn questions() -> impl Iterator<Item = &'static Question> {
    Stage::ALL.into_iter().flat_map(questions_of)
}

/// The questions of one stage, in order.
pub fn questions_of(stage: Stage) -> &'static [Question] {
    match stage {
        Stage::Distribution => distribution::QUESTIONS,
        Stage::Failover => failover::QUESTIONS,
        Stage::Edge => edge::QUESTIONS,
        Stage::Caching => caching::QUESTIONS,
        Stage::Https => https::QUESTIONS,
    }
}

/// Every table of the profile, outer ones first.
pub fn groups() -> &'static [Group] {
    GROUPS
}

/// What a key of the profile can be.
#[derive(Debug, Clone, Copy)]
pub enum Entry {
    /// A question: the key holds its answer.
    Question(&'static Question),
    /// A table, or a list of them.
    Group(&'static Group),
}

impl Entry {
    /// The dotted key.
    pub fn key(self) -> &'static str {
        match self {
            Entry::Question(question) => question.key,
            Entry::Group(group) => group.key,
        }
    }

    /// The last part of the key.
    pub fn name(self) -> &'static str {
        self.key().rsplit('.').next().unwrap_or_default()
    }
}

/// What the table with this key can hold: questions first, then inner tables. The outermost key is empty.
pub fn entries(table: &str) -> impl Iterator<Item = Entry> {
    let rows = questions().map(Entry::Question).chain(GROUPS.iter().map(Entry::Group));
    rows.filter(move |entry| table_of(entry.key()) == table)
}

/// The row for a key, in which a list index may stand: `edge[2].event` finds `edge[].event`.
pub fn entry(key: &str) -> Option<Entry> {
    let general = generalise(key);
    let rows = questions().map(Entry::Question).chain(GROUPS.iter().map(Entry::Group));
    rows.into_iter().find(|entry| entry.key() == general)
}

/// The question with this key, in which a list index may stand.
pub fn question(key: &str) -> Option<&'static Question> {
    match entry(key)? {
        Entry::Question(question) => Some(question),
        Entry::Group(_) => None,
    }
}

/// The key without its indices.
pub fn generalise(key: &str) -> String {
    let mut inside = false;
    let keep = |letter: &char| {
        inside = *letter == '[' || (inside && *letter != ']');
        !inside || *letter == '['
    };
    key.chars().filter(keep).collect()
}

/// The key of the table that a key stands in; empty for the outermost.
pub fn table_of(key: &str) -> &str {
    key.rsplit_once('.').map_or("", |(table, _)| table)
}

const GROUPS: &[Group] = &[
    group("distribution", Stage::Distribution, "Distribution and bucket", Shape::Always),
    group("distribution.geo", Stage::Distribution, "Countries", Shape::Always),
    group("failover", Stage::Failover, "Regional failover", Shape::Optional),
    group("edge", Stage::Edge, "Edge functions", Shape::List),
    group("caching", Stage::Caching, "Caching", Shape::Always),
    group("caching.default", Stage::Caching, "Where no rule holds", Shape::Always),
    group("caching.rule", Stage::Caching, "Rules by path", Shape::List),
    group("https", Stage::Https, "Own domains and HTTPS", Shape::Optional),
    group("https.hsts", Stage::Https, "Strict-Transport-Security", Shape::Optional),
];

const fn group(key: &'static str, stage: Stage, title: &'static str, shape: Shape) -> Group {
    Group { key, stage, title, shape }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_row_stands_alone_and_in_a_table_that_exists() {
        let keys: Vec<&str> =
            questions().map(|row| row.key).chain(GROUPS.iter().map(|row| row.key)).collect();
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
        for key in &keys {
            let table = table_of(key).trim_end_matches("[]");
            assert!(table.is_empty() || GROUPS.iter().any(|group| group.key == table), "{key}");
        }
    }

    #[test]
    fn conditions_name_rows_that_exist() {
        use crate::profile::question::ShownWhen::*;
        for row in questions() {
            match row.shown_when {
                Always => {}
                Yes(key) | No(key) | Given(key) | OneOf(key, _) | ReadyFunction(key) => {
                    assert!(entry(key).is_some(), "{}: {key}", row.key);
                }
            }
        }
    }

    #[test]
    fn every_row_explains_itself() {
        for row in questions() {
            assert!(row.help.ends_with('.') && row.prompt.len() <= 24, "{}", row.key);
        }
    }

    #[test]
    fn defaults_and_examples_are_answers_that_would_be_taken() {
        use crate::profile::edit::typed;
        use crate::profile::question::Default;
        use crate::profile::sheet::parse_default;
        for row in questions() {
            assert!(parse_default(row, &typed(row, row.example)).is_some(), "{}", row.key);
            if let Default::Value(text) = row.default {
                assert!(parse_default(row, text).is_some(), "{}", row.key);
            }
        }
    }

    #[test]
    fn an_index_is_no_part_of_the_row() {
        assert_eq!(generalise("caching.rule[12].path"), "caching.rule[].path");
        assert_eq!(question("edge[0].event").map(|row| row.key), Some("edge[].event"));
    }
}
