//! From the answers of one file to a [`Profile`], with every default filled in.

use super::answers::Profile;
use super::edit::typed;
use super::question::{Question, Shape};
use super::questions::{Entry, entries};
use super::sheet::{Sheet, parse_default};
use serde_json::{Map, Value as Json, json};

/// The profile that the answers amount to.
///
/// Of an answer that couldn't be taken, the sound part counts; where there is none, or a needed answer is
/// missing, its example stands in, so that the other answers can be compared all the same. What is found about
/// a stand-in is dropped ([`Sheet::holds`]).
pub(super) fn build(sheet: &Sheet) -> Result<Profile, serde_json::Error> {
    let mut profile = table(sheet, "", "");
    let geo = &mut profile["distribution"]["geo"];
    if geo.get("allow").is_some() {
        *geo = json!({ "allow": geo["allow"] });
    } else if geo.get("block").is_none() {
        *geo = json!("everyone");
    }
    if let Some(rules) = profile["caching"]["rule"].take().as_array() {
        let rules = rules.iter().map(|rule| json!({ "path": rule["path"], "answers": rule }));
        profile["caching"]["rules"] = rules.collect();
    }
    serde_json::from_value(profile)
}

fn table(sheet: &Sheet, general: &str, exact: &str) -> Json {
    let mut object = Map::new();
    for entry in entries(general) {
        let exact =
            if exact.is_empty() { entry.name().to_owned() } else { format!("{exact}.{}", entry.name()) };
        let value = match entry {
            Entry::Question(question) => sheet
                .remainder(&exact)
                .or_else(|| sheet.value(&exact))
                .or_else(|| stand_in(sheet, question, &exact)),
            Entry::Group(group) => match group.shape {
                Shape::Always => Some(table(sheet, group.key, &exact)),
                Shape::Optional => is_on(sheet, &exact).then(|| table(sheet, group.key, &exact)),
                Shape::List => Some(list(sheet, group.key, &exact)),
            },
        };
        let name = entry.name().trim_end_matches("[]").to_owned();
        object.extend(value.map(|value| (name, value)));
    }
    Json::Object(object)
}

fn list(sheet: &Sheet, general: &str, exact: &str) -> Json {
    let item = |index| table(sheet, &format!("{general}[]"), &format!("{exact}[{index}]"));
    (0..sheet.length(exact)).map(item).collect()
}

/// A table that can be left out counts if it is there, and isn't switched off by its own `enabled`.
fn is_on(sheet: &Sheet, exact: &str) -> bool {
    sheet.is_written(exact) && sheet.value(&format!("{exact}.enabled")) != Some(Json::Bool(false))
}

fn stand_in(sheet: &Sheet, question: &Question, exact: &str) -> Option<Json> {
    sheet.is_unusable(exact).then(|| parse_default(question, &typed(question, question.example))).flatten()
}
