//! The rows of a page, from the table of questions and what is answered so far.

use crate::profile::Sheet;
use crate::profile::question::{Group, Question, Shape, Stage};
use crate::profile::questions::{Entry, entry, groups, questions_of, table_of};

/// One page of the wizard: a stage, or one item of its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Page {
    /// The stage.
    pub stage: Stage,
    /// The item of the stage's list, counted from nought.
    pub item: Option<usize>,
}

impl Page {
    /// The first page of a stage.
    pub fn of(stage: Stage) -> Self {
        Page { stage, item: None }
    }
}

/// One row of a page.
#[derive(Debug, Clone)]
pub enum Row {
    /// What the rows below it have in common.
    Heading(&'static str),
    /// An answer.
    Answer {
        /// The key, with its list index.
        key: String,
        /// The question.
        question: &'static Question,
    },
    /// An item of the stage's list.
    Item {
        /// The list's key.
        list: &'static str,
        /// Which.
        index: usize,
    },
    /// Adds an item to the stage's list.
    Add {
        /// The list's key.
        list: &'static str,
    },
    /// A rule that fits the files in the folder, for the person to take.
    Proposal {
        /// Which of the proposals that are open.
        index: usize,
    },
    /// Where an address can be typed, to see what holds for it.
    Tester,
}

impl Row {
    /// Whether one can go there.
    pub fn is_reachable(&self) -> bool {
        match self {
            Row::Heading(_) => false,
            Row::Answer { .. } | Row::Item { .. } | Row::Add { .. } | Row::Proposal { .. } | Row::Tester => {
                true
            }
        }
    }
}

/// The list of tables that belongs to a stage.
pub fn list_of(stage: Stage) -> Option<&'static Group> {
    groups().iter().find(|group| group.stage == stage && group.shape == Shape::List)
}

/// What one item of a stage's list is called.
pub fn item_word(stage: Stage) -> &'static str {
    match stage {
        Stage::Edge => "Edge function",
        Stage::Caching => "Rule",
        Stage::Distribution | Stage::Failover | Stage::Https => "Item",
    }
}

/// The rows of a page, headings included. An answer that has no meaning beside the others is asked for only where it
/// is written and is one of those that something is wrong with, so that it can be taken out.
pub fn rows(page: Page, sheet: &Sheet, wrong: &[&str]) -> Vec<Row> {
    let is_asked = |key: &str| sheet.is_shown(key) || (wrong.contains(&key) && sheet.is_written(key));
    match page.item {
        Some(index) => item_rows(page.stage, index, is_asked),
        None => stage_rows(page.stage, sheet, is_asked),
    }
}

/// Rows for so many proposals of caching rules, before the last heading, which is the one of the tester.
pub fn with_proposals(mut rows: Vec<Row>, proposals: usize) -> Vec<Row> {
    let Some(place) = rows.iter().rposition(|row| matches!(row, Row::Heading(_))) else { return rows };
    let heading = (proposals > 0).then_some(Row::Heading("Proposed, from what is in the folder"));
    let proposed = heading.into_iter().chain((0..proposals).map(|index| Row::Proposal { index }));
    rows.splice(place..place, proposed);
    rows
}

fn item_rows(stage: Stage, index: usize, is_asked: impl Fn(&str) -> bool) -> Vec<Row> {
    let questions = questions_of(stage).iter().filter(|question| question.key.contains("[]"));
    let keyed = questions.map(|question| (question.key.replace("[]", &format!("[{index}]")), question));
    keyed.filter(|(key, _)| is_asked(key)).map(|(key, question)| Row::Answer { key, question }).collect()
}

fn stage_rows(stage: Stage, sheet: &Sheet, is_asked: impl Fn(&str) -> bool) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut table = "";
    let own = questions_of(stage).iter().filter(|question| is_of_first_page(question));
    for question in own.filter(|question| is_asked(question.key)) {
        let inside = table_of(question.key);
        if inside != table && inside.contains('.') {
            rows.extend(heading(inside));
        }
        table = inside;
        rows.push(Row::Answer { key: question.key.to_owned(), question });
    }
    rows.extend(list_of(stage).into_iter().flat_map(|group| list_rows(group, sheet)));
    if stage == Stage::Caching {
        rows.push(Row::Heading("Which rule holds for an address?"));
        rows.push(Row::Tester);
    }
    rows
}

/// Whether it belongs to a stage's first page. The file's format is no question for a person.
fn is_of_first_page(question: &Question) -> bool {
    question.key != "schema" && !question.key.contains("[]")
}

fn heading(table: &str) -> Option<Row> {
    match entry(table) {
        Some(Entry::Group(group)) => Some(Row::Heading(group.title)),
        Some(Entry::Question(_)) | None => None,
    }
}

fn list_rows(group: &'static Group, sheet: &Sheet) -> Vec<Row> {
    let items = (0..sheet.length(group.key)).map(|index| Row::Item { list: group.key, index });
    let heading = group.key.contains('.').then_some(Row::Heading(group.title));
    heading.into_iter().chain(items).chain([Row::Add { list: group.key }]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::read;

    fn keys(page: Page, text: &str) -> Vec<String> {
        let sheet = read(text, "site.toml").sheet;
        let told = |row: Row| match row {
            Row::Heading(title) => format!("# {title}"),
            Row::Answer { key, .. } => key,
            Row::Item { list, index } => format!("{list}[{index}]"),
            Row::Add { list } => format!("{list}+"),
            Row::Proposal { index } => format!("proposal {index}"),
            Row::Tester => "tester".to_owned(),
        };
        rows(page, &sheet, &[]).into_iter().map(told).collect()
    }

    #[test]
    fn a_switched_off_stage_asks_one_question() {
        assert_eq!(keys(Page::of(Stage::Failover), "schema = 1"), ["failover.enabled"]);
    }

    #[test]
    fn caching_has_defaults_rules_and_a_tester() {
        let text = include_str!("../../presets/everything.toml");
        let keys = keys(Page::of(Stage::Caching), text);
        assert_eq!(keys[..2], ["# Where no rule holds", "caching.default.browser"]);
        let rules = ["# Rules by path", "caching.rule[0]", "caching.rule[1]", "caching.rule+"];
        assert_eq!(keys[8..12], rules);
        assert_eq!(keys.last().map(String::as_str), Some("tester"));
    }

    #[test]
    fn every_question_but_the_format_is_on_some_page() {
        let text = include_str!("../../presets/everything.toml")
            .replace("pretty_urls = true", "pretty_urls = false");
        let text = text.replace("event = \"viewer-response\"", "event = \"viewer-request\"");
        let sheet = read(&text, "site.toml").sheet;
        let pages = Stage::ALL.into_iter().flat_map(|stage| [Page::of(stage), Page { stage, item: Some(0) }]);
        let asked: Vec<String> = pages
            .flat_map(|page| rows(page, &sheet, &[]))
            .filter_map(|row| match row {
                Row::Answer { question, .. } => Some(question.key.to_owned()),
                Row::Heading(_) | Row::Item { .. } | Row::Add { .. } | Row::Proposal { .. } | Row::Tester => {
                    None
                }
            })
            .collect();
        for question in crate::profile::questions::questions().filter(|question| question.key != "schema") {
            assert!(asked.iter().any(|key| key == question.key), "{}", question.key);
        }
    }
}
