//! The differences between two values of one type, field by field. What is for a path is compared with what was for
//! that path, and what has an id with what had it, wherever it stands in its list.

use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The field's path, such as `error_pages[0].page` or `behaviors[/search/*].compress`.
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
            if let Some(key) = key_of(path)
                && let (Some(before), Some(after)) = (Keyed::of(before, key), Keyed::of(after, key))
            {
                return collect_keyed(path, &before, &after, found);
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

/// By which field the members of a list are told apart; `None` where by their places.
fn key_of(path: &str) -> Option<&'static str> {
    match path {
        RULES => Some("path"),
        "origins" | "origin_groups" => Some("id"),
        _ => None,
    }
}

/// A list whose members have a key each, in its order.
struct Keyed<'a> {
    keys: Vec<&'a str>,
    by_key: BTreeMap<&'a str, &'a Value>,
}

impl<'a> Keyed<'a> {
    /// The list by key; `None` where something in it has none, or one that another has too.
    fn of(values: &'a [Value], key: &str) -> Option<Keyed<'a>> {
        let keys = values.iter().map(|value| value.get(key)?.as_str()).collect::<Option<Vec<_>>>()?;
        let by_key: BTreeMap<_, _> = keys.iter().copied().zip(values).collect();
        (by_key.len() == keys.len()).then_some(Keyed { keys, by_key })
    }

    fn shared_with(&self, other: &Keyed<'_>) -> Vec<&'a str> {
        self.keys.iter().copied().filter(|key| other.by_key.contains_key(key)).collect()
    }

    /// Where the member stands among the others.
    fn place_of(&self, key: &str) -> String {
        let next = self.keys.iter().skip_while(|other| **other != key).nth(1);
        match next {
            Some(next) => format!("before {next}"),
            None if self.keys.len() == 1 => "as the only one".to_owned(),
            None => "last".to_owned(),
        }
    }
}

fn collect_keyed(path: &str, before: &Keyed<'_>, after: &Keyed<'_>, found: &mut Vec<Change>) {
    let shared = [before.shared_with(after), after.shared_with(before)];
    if path == RULES && shared[0] != shared[1] {
        let [from, to] = shared.map(|keys| Some(keys.join(" ")));
        found.push(Change { field: path.to_owned(), from, to });
    }
    let gone = before.keys.iter().filter(|key| !after.by_key.contains_key(*key));
    for key in after.keys.iter().chain(gone) {
        let field = format!("{path}[{key}]");
        match (before.by_key.get(key), after.by_key.get(key)) {
            (Some(before), Some(after)) => collect(&field, before, after, found),
            (None, Some(added)) if path == RULES => {
                let to = shown(added).map(|shown| format!("{}, {shown}", after.place_of(key)));
                found.push(Change { field, from: None, to });
            }
            (None, Some(added)) => found.push(Change { field, from: None, to: shown(added) }),
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
    fn what_has_an_id_is_compared_with_what_had_it() {
        let origin = |id: &str, domain: &str| json!({"id": id, "domain": domain});
        let ours = [origin("shop_primary", "a"), origin("shop_backup", "b")];
        let theirs = [origin("shop_primary", "a"), origin("else", "x"), origin("shop_backup", "c")];
        let found = changes(&json!({"origins": theirs}), &json!({"origins": ours}));
        assert_eq!(
            found.iter().map(Change::in_words).collect::<Vec<_>>(),
            ["origins[shop_backup].domain: c -> b", "origins[else]: domain=x id=else -> (nothing)"]
        );
        let turned = [ours[1].clone(), ours[0].clone()];
        assert_eq!(changes(&json!({"origins": turned}), &json!({"origins": ours})), []);
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
                r#"origins[x].timeout Some("3") Some("5")"#,
                r#"origins[y] None Some("id=y")"#,
            ]
        );
    }
}
