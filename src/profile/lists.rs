//! Lists of texts, of which some may be wrong while the others count.

use super::question::{Fault, Kind, Order, Question, Text, What};
use super::values::{Located, Read, at, read_text};
use serde_json::{Value as Json, json};
use toml_edit::{Array, Item, Value};

/// What a list of texts comes to.
pub(super) struct Texts {
    /// Each text that could be read, once, with its index in the file.
    sound: Vec<(usize, String)>,
    wrong: usize,
    faults: Vec<Located>,
    order: Order,
}

impl Texts {
    /// Reads each text by itself.
    pub(super) fn read(question: &Question, of: &Text, order: Order, array: &Array) -> Self {
        let mut texts = Texts { sound: Vec::new(), wrong: 0, faults: Vec::new(), order };
        for (index, value) in array.iter().enumerate() {
            match one(question, of, order, value) {
                Ok(text) if texts.sound.iter().any(|(_, earlier)| *earlier == text) => {
                    let written = value.as_str().unwrap_or_default();
                    texts.faults.push(at(value, Fault::new(format!("`{written}` is here twice"))));
                }
                Ok(text) => texts.sound.push((index, text)),
                Err(fault) => {
                    texts.wrong += 1;
                    texts.faults.push(at(value, fault));
                }
            }
        }
        texts
    }

    /// All of them, if nothing is wrong with any and there are as many as may be.
    pub(super) fn within(mut self, min: usize, max: usize, list: &Item) -> Read<Vec<String>> {
        let counted = counted(self.sound.len() + self.wrong, min, max);
        self.faults.extend(counted.err().map(|fault| Located { place: list.span(), fault }));
        if self.faults.is_empty() { Ok(self.ordered()) } else { Err(self.faults) }
    }

    fn ordered(self) -> Vec<String> {
        let mut texts: Vec<String> = self.sound.into_iter().map(|(_, text)| text).collect();
        match self.order {
            Order::Kept => {}
            Order::Sorted | Order::SortedLowercase => texts.sort(),
        }
        texts
    }
}

fn one(question: &Question, of: &Text, order: Order, value: &Value) -> Result<String, Fault> {
    let written = value.as_str().ok_or_else(|| Fault::new("expected a text in quotes"))?;
    let text = read_text(question, of, written)?;
    Ok(match order {
        Order::Kept | Order::Sorted => text,
        Order::SortedLowercase => text.to_ascii_lowercase(),
    })
}

fn counted(count: usize, min: usize, max: usize) -> Result<(), Fault> {
    if count < min {
        return Err(empty_list());
    }
    if count > max {
        return Err(Fault::new(format!("the list has {count} entries; at most {max} are allowed")));
    }
    Ok(())
}

/// The fault of a list that must name something.
pub(super) fn empty_list() -> Fault {
    Fault::new("the list is empty").help("name at least one, or leave the key out")
}

/// What a refused answer holds all the same, for comparing it with others.
#[derive(Debug, Clone)]
pub(super) enum Remainder {
    /// The text as it is written.
    Spelling(String),
    /// The texts of a list that nothing is wrong with; never none.
    Elements {
        /// The texts, in the order of the answer.
        texts: Vec<String>,
        /// The index of each text in the file, in the order of the file.
        indices: Vec<usize>,
    },
}

impl Remainder {
    /// What is left of an answer that was refused; `None` where nothing can be said about it.
    pub(super) fn of(question: &Question, item: &Item) -> Option<Self> {
        match &question.kind {
            // Nothing compares a wrong path by its letters: paths stand for others.
            Kind::Text(text) if text.what == What::PathPattern => None,
            Kind::Text(_) => Some(Remainder::Spelling(item.as_str()?.to_owned())),
            Kind::List { of, order, .. } => {
                let texts = Texts::read(question, of, *order, item.as_array()?);
                let indices = texts.sound.iter().map(|(index, _)| *index).collect();
                let texts = texts.ordered();
                (!texts.is_empty()).then_some(Remainder::Elements { texts, indices })
            }
            Kind::Bool
            | Kind::Integer { .. }
            | Kind::Choice(_)
            | Kind::Duration { .. }
            | Kind::Region
            | Kind::Statuses(_)
            | Kind::EdgeTtl
            | Kind::Query
            | Kind::EdgeSource
            | Kind::Options => None,
        }
    }

    /// It in the place of the answer.
    pub(super) fn value(&self) -> Json {
        match self {
            Remainder::Spelling(text) => json!(text),
            Remainder::Elements { texts, .. } => json!(texts),
        }
    }
}
