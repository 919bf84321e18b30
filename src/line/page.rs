//! What one page asks: the rows of a stage, or of one item of a list.

use super::{Form, summary};
use crate::profile::question::{Group, Kind, Question, Shape, Stage};
use crate::profile::questions::{groups, questions_of};

/// One numbered row of a page.
#[derive(Debug, Clone, Copy)]
pub enum Row {
    /// An answer.
    Answer(&'static Question),
    /// A list of tables.
    List(&'static Group),
}

/// The rows of a stage that have a meaning, given the other answers.
pub fn of_stage(form: &Form, stage: Stage) -> Vec<(Row, String)> {
    let answers = questions_of(stage).iter().filter(|question| !question.key.contains("[]"));
    let answers = answers.filter(|question| leaves_a_choice(question));
    let shown = answers.filter(|question| form.reading().sheet.is_shown(question.key));
    let lists = groups().iter().filter(|group| group.stage == stage && group.shape == Shape::List);
    let answers = shown.map(|question| (Row::Answer(question), question.key.to_owned()));
    answers.chain(lists.map(|group| (Row::List(group), group.key.to_owned()))).collect()
}

/// A number that can only be one is not worth asking.
fn leaves_a_choice(question: &Question) -> bool {
    !matches!(question.kind, Kind::Integer { min, max } if min == max)
}

/// The rows of one item of a list of tables.
pub fn of_item(form: &Form, list: &Group, index: usize) -> Vec<(Row, String)> {
    let within = format!("{}[].", list.key);
    let questions = questions_of(list.stage).iter().filter(|question| question.key.starts_with(&within));
    let rows = questions.map(|question| {
        let key = question.key.replacen("[]", &format!("[{index}]"), 1);
        (Row::Answer(question), key)
    });
    rows.filter(|(_, key)| form.reading().sheet.is_shown(key)).collect()
}

impl Row {
    /// The row as it is read: its label, what holds, and how many problems it has.
    pub fn line(self, form: &Form, key: &str) -> String {
        let label = self.label();
        let holds = match self {
            Row::Answer(question) => form.shown(question, key),
            Row::List(group) => list_words(form, group),
        };
        match form.problems_of(key).as_slice() {
            [] => format!("{label}: {holds}"),
            [problem] => format!("{label}: {holds}. {}", summary::in_short(problem)),
            problems => format!("{label}: {holds}. {}", summary::count(problems)),
        }
    }

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Row::Answer(question) => question.prompt,
            Row::List(group) => group.title,
        }
    }

    /// Why it is asked.
    pub fn help(self) -> &'static str {
        match self {
            Row::Answer(question) => question.help,
            Row::List(_) => "A list: choose it to add, change, move or remove items.",
        }
    }
}

fn list_words(form: &Form, group: &Group) -> String {
    match form.reading().sheet.length(group.key) {
        0 => "none".to_owned(),
        count => {
            let names: Vec<_> = (0..count).map(|index| form.item_name(group.key, index)).collect();
            format!("{count}; {}", names.join("; "))
        }
    }
}
