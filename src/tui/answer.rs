//! Answers as people see and type them, by the kind of their question.

use crate::profile::answers::Seconds;
use crate::profile::duration::YEAR;
use crate::profile::question::{Choice, Kind, Question};
use crate::profile::regions;
use serde_json::Value as Json;
use toml_edit::{Array, InlineTable, Value};

/// An answer as it is shown.
pub fn shown(question: &Question, value: &Json) -> String {
    match &question.kind {
        Kind::Bool => if value == &Json::Bool(true) { "on" } else { "off" }.to_owned(),
        Kind::Choice(choices) => label(choices, value),
        Kind::Region => match regions::region(&plain(value)) {
            Some(region) => format!("{}  {}", region.code, region.place),
            None => plain(value),
        },
        Kind::Statuses(_) => listed(value, " "),
        Kind::List { .. } if value.as_array().is_some_and(Vec::is_empty) => "none".to_owned(),
        Kind::Options if value.as_object().is_some_and(|table| table.is_empty()) => "none".to_owned(),
        Kind::EdgeTtl => times(value)
            .map(|[min, usual, max]| match (min.0, max.0) {
                (0, YEAR) => usual.to_string(),
                _ => format!("{usual} ({min} to {max})"),
            })
            .unwrap_or_default(),
        Kind::Text(_)
        | Kind::Integer { .. }
        | Kind::Duration { .. }
        | Kind::List { .. }
        | Kind::Query
        | Kind::EdgeSource
        | Kind::Options => typed(question, value),
    }
}

/// An answer as one would type it, so that it can be typed on.
pub fn typed(question: &Question, value: &Json) -> String {
    match &question.kind {
        Kind::Text(_) | Kind::Bool | Kind::Integer { .. } | Kind::Choice(_) | Kind::Region => plain(value),
        Kind::Duration { .. } => {
            value.as_u64().map(|seconds| Seconds(seconds).to_string()).unwrap_or_default()
        }
        Kind::Statuses(_) | Kind::List { .. } => listed(value, ", "),
        Kind::EdgeTtl => match times(value) {
            Some([Seconds(0), usual, Seconds(YEAR)]) => usual.to_string(),
            Some([min, usual, max]) => format!("{min} {usual} {max}"),
            None => String::new(),
        },
        Kind::Query => query(value),
        Kind::EdgeSource => match value.get("builtin") {
            Some(name) => format!("builtin:{}", plain(name)),
            None => value.get("own").map(plain).unwrap_or_default(),
        },
        Kind::Options => toml(value).to_string(),
    }
}

/// What was typed, as the profile takes it: the forms that only people use become TOML.
pub fn understood(question: &Question, text: &str) -> String {
    let text = text.trim();
    match &question.kind {
        Kind::Query => understood_query(text),
        Kind::EdgeTtl => understood_times(text),
        Kind::Statuses(_) | Kind::List { .. } => text.replace(' ', ",").replace(",,", ","),
        Kind::Bool => understood_yes(text),
        Kind::Text(_)
        | Kind::Integer { .. }
        | Kind::Choice(_)
        | Kind::Duration { .. }
        | Kind::Region
        | Kind::EdgeSource
        | Kind::Options => text.to_owned(),
    }
}

/// Whether the answer is typed rather than chosen.
pub fn is_typed(kind: &Kind) -> bool {
    match kind {
        Kind::Text(_)
        | Kind::Integer { .. }
        | Kind::Duration { .. }
        | Kind::EdgeTtl
        | Kind::Query
        | Kind::Options => true,
        Kind::Bool
        | Kind::Choice(_)
        | Kind::Region
        | Kind::Statuses(_)
        | Kind::List { .. }
        | Kind::EdgeSource => false,
    }
}

/// How an answer of this kind is written, where that isn't plain from the value.
pub fn form(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Integer { min, max } => Some(format!("A whole number from {min} to {max}.")),
        Kind::Duration { min, max } => Some(format!(
            "A number and its unit, such as 90s, 5m, 1h or 30d; {} to {}.",
            Seconds(*min),
            Seconds(*max)
        )),
        Kind::EdgeTtl => {
            Some("One time such as 1d, or the least, the usual and the most: 1s 30d 365d.".to_owned())
        }
        Kind::Query => Some("Write none, all, only page, q or except utm_source.".to_owned()),
        Kind::Options => {
            Some("A TOML table in one line, such as { name = \"value\", other = 1 }.".to_owned())
        }
        Kind::Text(_)
        | Kind::Bool
        | Kind::Choice(_)
        | Kind::Region
        | Kind::Statuses(_)
        | Kind::List { .. }
        | Kind::EdgeSource => None,
    }
}

fn understood_yes(text: &str) -> String {
    match text.to_lowercase().as_str() {
        "y" | "yes" | "on" => "true".to_owned(),
        "n" | "no" | "off" => "false".to_owned(),
        other => other.to_owned(),
    }
}

fn understood_query(text: &str) -> String {
    for word in ["only", "except"] {
        if let Some(names) = text.strip_prefix(word).filter(|rest| rest.starts_with(' ')) {
            let names: Array = names.split([',', ' ']).filter(|name| !name.is_empty()).collect();
            return format!("{{ {word} = {names} }}");
        }
    }
    text.to_owned()
}

fn understood_times(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        [min, usual, max] if !text.starts_with('{') => {
            format!("{{ min = {}, default = {}, max = {} }}", quoted(min), quoted(usual), quoted(max))
        }
        _ => text.to_owned(),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => value.to_string(),
    }
}

fn label(choices: &[Choice], value: &Json) -> String {
    let written = plain(value);
    let choice = choices.iter().find(|choice| choice.value == written);
    choice.map_or(written, |choice| choice.label.to_owned())
}

fn listed(value: &Json, between: &str) -> String {
    value.as_array().into_iter().flatten().map(plain).collect::<Vec<_>>().join(between)
}

fn times(value: &Json) -> Option<[Seconds; 3]> {
    let part = |key: &str| value.get(key)?.as_u64().map(Seconds);
    Some([part("min")?, part("default")?, part("max")?])
}

fn query(value: &Json) -> String {
    let named = |word: &str| value.get(word).map(|names| format!("{word} {}", listed(names, ", ")));
    named("only").or_else(|| named("except")).unwrap_or_else(|| plain(value))
}

fn toml(value: &Json) -> Value {
    match value {
        Json::Null => Value::from(""),
        Json::Bool(yes) => Value::from(*yes),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::from(whole),
            None => Value::from(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(values) => Value::Array(values.iter().map(toml).collect()),
        Json::Object(table) => {
            let entries = table.iter().map(|(key, value)| (key.as_str(), toml(value)));
            Value::InlineTable(entries.collect::<InlineTable>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::questions::{question, questions};
    use crate::profile::{edited, read};

    /// A profile with one item in each list, so that every key can be set.
    const WHOLE: &str = include_str!("../../presets/everything.toml");

    #[test]
    fn what_is_shown_for_typing_is_taken_back_unchanged() {
        for row in questions() {
            let key = row.key.replace("[]", "[0]");
            let text = edited(WHOLE, &[(key.clone(), row.example.to_owned())]).unwrap();
            let value = read(&text, "site.toml").sheet.value(&key).unwrap();
            let again = understood(row, &typed(row, &value));
            let text = edited(&text, &[(key.clone(), again)]).unwrap();
            assert_eq!(read(&text, "site.toml").sheet.value(&key), Some(value), "{key}");
        }
    }

    #[test]
    fn forms_for_people_become_toml() {
        let rows = [
            ("caching.default.query", "only page, q", r#"{ only = ["page", "q"] }"#),
            ("caching.default.query", "all", "all"),
            ("caching.default.edge", "1s 30d 365d", r#"{ min = "1s", default = "30d", max = "365d" }"#),
            ("distribution.ipv6", "no", "false"),
            ("failover.on", "500 502, 503", "500,502,503"),
        ];
        for (key, typed, expected) in rows {
            assert_eq!(understood(question(key).unwrap(), typed), expected);
        }
    }
}
