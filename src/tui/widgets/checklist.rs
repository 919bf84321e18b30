//! Answers of which several can be chosen: status codes and countries.

use super::super::state::State;
use super::body::Body;
use super::picklist::{Pick, Picklist};
use crate::profile::countries::COUNTRIES;
use crate::profile::question::{Kind, Question, What};
use std::collections::BTreeSet;

/// The answers that a question lets one choose several of; `None` where it doesn't.
pub fn picks(question: &Question) -> Option<Vec<Pick>> {
    let pick = |value: String, detail: &str| Pick {
        label: value.clone(),
        value,
        detail: detail.to_owned(),
        ..Pick::default()
    };
    match &question.kind {
        Kind::Statuses(codes) => {
            Some(codes.iter().map(|code| pick(code.to_string(), meaning(*code))).collect())
        }
        Kind::List { of, .. } if of.what == What::Country => {
            Some(COUNTRIES.iter().map(|(code, name)| pick((*code).to_owned(), name)).collect())
        }
        Kind::List { .. }
        | Kind::Text(_)
        | Kind::Bool
        | Kind::Integer { .. }
        | Kind::Choice(_)
        | Kind::Duration { .. }
        | Kind::Region
        | Kind::EdgeTtl
        | Kind::Query
        | Kind::EdgeSource
        | Kind::Options => None,
    }
}

/// What a status of the first region says.
fn meaning(status: u16) -> &'static str {
    match status {
        400 => "bad request",
        403 => "forbidden: what S3 says of a missing file, too",
        404 => "not found",
        416 => "range not satisfiable",
        429 => "too many requests",
        500 => "internal error",
        502 => "bad gateway",
        503 => "unavailable: S3 asks to slow down",
        504 => "no answer in time",
        _ => "",
    }
}

/// What is chosen now.
pub fn chosen(state: &State, key: &str, question: &Question) -> BTreeSet<String> {
    let value = state.editing.as_ref().and_then(|editing| editing.reading.sheet.value(key));
    let typed = value.map(|value| super::super::answer::typed(question, &value)).unwrap_or_default();
    typed.split(", ").filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The list, those that were chosen before it was opened first.
pub fn opened(title: &str, mut picks: Vec<Pick>, chosen: &BTreeSet<String>) -> Picklist {
    picks.sort_by_key(|pick| !chosen.contains(&pick.value));
    Picklist::new(title, picks, "")
}

/// The list as it is drawn, with how many are chosen.
pub fn body(list: &Picklist, chosen: &BTreeSet<String>, columns: usize) -> Body {
    let title = format!("{}, {} chosen", list.title, chosen.len());
    let sign = |pick: &Pick| if chosen.contains(&pick.value) { "[x] " } else { "[ ] " };
    Picklist { title, ..list.clone() }.body(columns, sign)
}

/// Switches what is in focus on or off.
pub fn toggle(list: &Picklist, chosen: &mut BTreeSet<String>) {
    if let Some(pick) = list.focused()
        && !chosen.remove(&pick.value)
    {
        chosen.insert(pick.value);
    }
}
