//! The differences between two values of one type, field by field. What is for a path is compared with what was for
//! that path, wherever it stands in its list.

use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The field's path, such as `origins[0].connection_timeout` or `behaviors[/search/*].compress`.
    pub field: String,
    /// What AWS has; `None` where it has nothing.
    pub from: Option<String>,
    /// What the profile asks for; `None` where it asks for nothing.
    pub to: Option<String>,
}

impl Change {
    /// The change as a line for people.
    pub fn in_words(&self) -> String {
        let Change { field, from, to } = self;
        let is_whole_rule = field.starts_with(&format!("{RULES}[")) && field.ends_with(']');
        match (from, to) {
            (None, Some(to)) if is_whole_rule => format!("{}: added {to}", rule(field)),
            (Some(from), None) if is_whole_rule => format!("{}: removed, {from}", rule(field)),
            (Some(from), Some(to)) if field == RULES => format!("order of the rules: {from} -> {to}"),
            (from, to) => {
                let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "(nothing)".to_owned());
                format!("{field}: {} -> {}", shown(from), shown(to))
            }
        }
    }
}

/// The list whose order decides which of several applies.
const RULES: &str = "behaviors";

fn rule(field: &str) -> String {
    format!("rule {}", field.trim_start_matches(RULES).trim_matches(['[', ']']))
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
            if path == RULES
                && let (Some(before), Some(after)) = (Rules::of(before), Rules::of(after))
            {
                return collect_rules(path, &before, &after, found);
            }
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

/// What is for one path each, in the order in which it applies.
struct Rules<'a> {
    paths: Vec<&'a str>,
    by_path: BTreeMap<&'a str, &'a Value>,
}

impl<'a> Rules<'a> {
    /// The list by path; `None` where something in it has none, or one that another has too.
    fn of(values: &'a [Value]) -> Option<Rules<'a>> {
        let paths = values.iter().map(|value| value.get("path")?.as_str()).collect::<Option<Vec<_>>>()?;
        let by_path: BTreeMap<_, _> = paths.iter().copied().zip(values).collect();
        (by_path.len() == paths.len()).then_some(Rules { paths, by_path })
    }

    fn shared_with(&self, other: &Rules<'_>) -> Vec<&'a str> {
        self.paths.iter().copied().filter(|path| other.by_path.contains_key(path)).collect()
    }

    /// Where the path stands among the others.
    fn place_of(&self, path: &str) -> String {
        let next = self.paths.iter().skip_while(|other| **other != path).nth(1);
        match next {
            Some(next) => format!("before {next}"),
            None if self.paths.len() == 1 => "as the only one".to_owned(),
            None => "last".to_owned(),
        }
    }
}

fn collect_rules(path: &str, before: &Rules<'_>, after: &Rules<'_>, found: &mut Vec<Change>) {
    let shared = [before.shared_with(after), after.shared_with(before)];
    if shared[0] != shared[1] {
        let [from, to] = shared.map(|paths| Some(paths.join(" ")));
        found.push(Change { field: path.to_owned(), from, to });
    }
    let gone = before.paths.iter().filter(|rule| !after.by_path.contains_key(*rule));
    for rule in after.paths.iter().chain(gone) {
        let field = format!("{path}[{rule}]");
        match (before.by_path.get(rule), after.by_path.get(rule)) {
            (Some(before), Some(after)) => collect(&field, before, after, found),
            (None, Some(added)) => {
                let to = shown(added).map(|shown| format!("{}, {shown}", after.place_of(rule)));
                found.push(Change { field, from: None, to });
            }
            (Some(removed), None) => found.push(Change { field, from: shown(removed), to: None }),
            (None, None) => {}
        }
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
    fn what_is_for_a_path_is_compared_with_what_was_for_it() {
        let rule = |path: &str, compress: bool| json!({"path": path, "compress": compress});
        let told = |before: &[Value], after: &[Value]| {
            let found = changes(&json!({"behaviors": before}), &json!({"behaviors": after}));
            found.iter().map(Change::in_words).collect::<Vec<_>>()
        };
        let two = [rule("/a/*", true), rule("/b/*", true)];
        assert_eq!(
            told(&two, &[rule("/x/*", true), rule("/a/*", true), rule("/b/*", false)]),
            [
                "rule /x/*: added before /a/*, compress=true path=/x/*",
                "behaviors[/b/*].compress: true -> false"
            ]
        );
        assert_eq!(
            told(&two, &[rule("/b/*", true), rule("/a/*", true)]),
            ["order of the rules: /a/* /b/* -> /b/* /a/*"]
        );
        assert_eq!(
            told(&two, &[rule("/a/*", true), rule("/z", true)]),
            ["rule /z: added last, compress=true path=/z", "rule /b/*: removed, compress=true path=/b/*"]
        );
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
