//! The differences between two values of one type, field by field.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The field's path, such as `origins[0].connection_timeout`.
    pub field: String,
    /// What AWS has; `None` where it has nothing.
    pub from: Option<String>,
    /// What the profile asks for; `None` where it asks for nothing.
    pub to: Option<String>,
}

/// Every field in which `wanted` differs from `observed`, by name.
pub fn changes<T: Serialize>(observed: &T, wanted: &T) -> Vec<Change> {
    let mut found = Vec::new();
    collect("", &as_value(observed), &as_value(wanted), &mut found);
    found
}

fn as_value<T: Serialize>(value: &T) -> Value {
    // A specification holds only strings, numbers, lists and maps with string keys.
    serde_json::to_value(value).unwrap_or(Value::Null)
}

fn collect(path: &str, observed: &Value, wanted: &Value, found: &mut Vec<Change>) {
    match (observed, wanted) {
        (Value::Object(before), Value::Object(after)) => {
            let added = after.keys().filter(|key| !before.contains_key(*key));
            for key in before.keys().chain(added) {
                let (before, after) = (before.get(key), after.get(key));
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                collect(&path, before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null), found);
            }
        }
        (Value::Array(before), Value::Array(after)) if holds_objects(before) || holds_objects(after) => {
            for index in 0..before.len().max(after.len()) {
                let (before, after) = (before.get(index), after.get(index));
                let path = format!("{path}[{index}]");
                collect(&path, before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null), found);
            }
        }
        (before, after) if before == after => {}
        (Value::String(before), Value::String(after)) if before.contains('\n') || after.contains('\n') => {
            let (from, to) = (Some(lines_beyond(before, after)), Some(lines_beyond(after, before)));
            found.push(Change { field: path.to_owned(), from, to });
        }
        (before, after) => {
            found.push(Change { field: path.to_owned(), from: shown(before), to: shown(after) })
        }
    }
}

/// The lines of a text that another doesn't have; of many only how many.
fn lines_beyond(text: &str, other: &str) -> String {
    let known: BTreeSet<&str> = other.lines().collect();
    let own: Vec<&str> = text.lines().filter(|line| !known.contains(line)).collect();
    match own.as_slice() {
        [] => "nothing more".to_owned(),
        [line] => (*line).trim().to_owned(),
        lines => format!("{} other lines", lines.len()),
    }
}

fn holds_objects(values: &[Value]) -> bool {
    values.iter().any(Value::is_object)
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(values) => Some(values.iter().filter_map(shown).collect::<Vec<_>>().join(" ")),
        Value::Object(fields) => Some(
            fields
                .iter()
                .filter_map(|(key, value)| shown(value).map(|value| format!("{key}={value}")))
                .collect::<Vec<_>>()
                .join(" "),
        ),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn of_long_texts_only_the_lines_that_differ_are_told() {
        let found = changes(&json!({"code": "a\nb\nc"}), &json!({"code": "a\nB\nc\nd\n"}));
        assert_eq!((found[0].from.as_deref(), found[0].to.as_deref()), (Some("b"), Some("2 other lines")));
    }

    #[test]
    fn equal_values_have_no_changes() {
        assert_eq!(changes(&json!({"a": [1, {"b": 2}]}), &json!({"a": [1, {"b": 2}]})), []);
    }

    #[test]
    fn a_change_names_its_path() {
        let found = changes(
            &json!({"origins": [{"id": "x", "timeout": 3}], "on": [500, 502]}),
            &json!({"origins": [{"id": "x", "timeout": 5}, {"id": "y"}], "on": [500]}),
        );
        let told: Vec<_> = found
            .iter()
            .map(|change| format!("{} {:?} {:?}", change.field, change.from, change.to))
            .collect();
        assert_eq!(
            told,
            [
                r#"on Some("500 502") Some("500")"#,
                r#"origins[0].timeout Some("3") Some("5")"#,
                r#"origins[1] None Some("id=y")"#,
            ]
        );
    }
}
