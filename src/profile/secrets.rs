//! What of a profile's text is never shown, not even where something is wrong on its line: options of ready functions
//! that hold passwords or their hashes.

use super::gallery::named_by;
use super::questions::question;
use std::ops::Range;
use toml_edit::{Document, Item, TableLike, Value};

/// The text with each of its secrets starred out, byte for byte, so that every place in it stays the same.
pub(super) fn starred(document: &Document<&str>, text: &str) -> String {
    let mut places = Vec::new();
    for entry in tables(document.as_table().get("edge")) {
        let function = entry.get("function").and_then(Item::as_str).unwrap_or_default();
        for (_, answer) in entry.iter().filter(|(key, _)| may_hold_secrets(key, function)) {
            scalars(answer, &mut places);
        }
    }
    covered(text, places)
}

/// The same of a text that is no TOML, in which only lines can be told apart: whatever follows the word `users`.
pub(super) fn starred_lines(text: &str) -> String {
    let (mut places, mut start, mut in_table) = (Vec::new(), 0, false);
    for line in text.split_inclusive('\n') {
        let (end, word) = (start + line.len(), line.find(USERS));
        if line.trim_start().starts_with('[') {
            in_table = word.is_some();
        }
        places.extend(word.map(|at| start + at + USERS.len()..end));
        places.extend(line.find('=').filter(|_| in_table).map(|at| start + at + 1..end));
        start = end;
    }
    covered(text, places)
}

/// What the one option that holds secrets is called.
const USERS: &str = "users";

/// Options are shown where their function is known to have no secret, and so is what is known to be no option.
fn may_hold_secrets(key: &str, function: &str) -> bool {
    let is_answer = key != "options" && question(&format!("edge[].{key}")).is_some();
    !is_answer && named_by(function).is_none_or(|ready| ready.options.iter().any(|row| row.secret))
}

fn covered(text: &str, places: Vec<Range<usize>>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for place in places {
        let letters = bytes.get_mut(place).into_iter().flatten();
        letters.filter(|byte| !byte.is_ascii_whitespace()).for_each(|byte| *byte = b'*');
    }
    // Whole answers are starred, so no letter is cut in two.
    String::from_utf8(bytes).unwrap_or_default()
}

/// The tables of a list, in whichever way it is written.
fn tables(list: Option<&Item>) -> Vec<&dyn TableLike> {
    match list {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|table| table as &dyn TableLike).collect(),
        Some(Item::Value(Value::Array(values))) => {
            let tables = values.iter().filter_map(Value::as_inline_table);
            tables.map(|table| table as &dyn TableLike).collect()
        }
        Some(other) => other.as_table_like().into_iter().collect(),
        None => Vec::new(),
    }
}

/// Where the texts, numbers and the like within an answer stand.
fn scalars(item: &Item, places: &mut Vec<Range<usize>>) {
    if let Some(table) = item.as_table_like() {
        table.iter().for_each(|(_, inner)| scalars(inner, places));
    } else if let Some(tables) = item.as_array_of_tables() {
        tables.iter().flat_map(|table| table.iter()).for_each(|(_, inner)| scalars(inner, places));
    } else if let Some(value) = item.as_value() {
        of_value(value, places);
    }
}

fn of_value(value: &Value, places: &mut Vec<Range<usize>>) {
    match value {
        Value::Array(values) => values.iter().for_each(|inner| of_value(inner, places)),
        Value::InlineTable(table) => table.iter().for_each(|(_, inner)| of_value(inner, places)),
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
            places.extend(value.span());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        starred(&Document::parse(text).unwrap(), text)
    }

    #[test]
    fn passwords_are_starred_however_they_are_written() {
        for text in [
            "[[edge]]\nfunction = \"builtin:basic-auth\"\noptions = { users = { ann = \"hunter2\" } }",
            "[[edge]]\nfunction = \"builtin:basic-auth\"\n[edge.options.users]\nann = 'hünter2'",
            "edge = [{ function = \"builtin:basic-aut\", options = { users = { ann = \"hunter2\" } } }]",
            "[[edge]]\nfunction = \"builtin:basic-auth\"\noptions.users.ann = \"\"\"\nhunter2\"\"\"",
            "edge = { function = \"builtin:basic-auth\", options = { users = { ann = \"hunter2\" } } }",
            "[[edge]]\nfunction = \"builtin:basic-auth\"\noption = { users = { ann = \"hunter2\" } }",
        ] {
            let told = shown(text);
            assert!(told.contains("***") && !told.contains("nter2"), "{told}");
            assert_eq!((told.len(), told.lines().count()), (text.len(), text.lines().count()));
        }
    }

    #[test]
    fn passwords_are_starred_where_the_text_is_no_toml() {
        for text in ["options = { users = { ann = \"hunter2 } }\nx", "[edge.options.users]\nann = hunter2\nx"]
        {
            let told = starred_lines(text);
            assert!(!told.contains("hunter2") && told.ends_with("\nx"), "{told}");
        }
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        let text = "[[edge]]\nfunction = \"builtin:security-headers\"\noptions = { frame = \"maybe\" }";
        assert_eq!(shown(text), text);
    }
}
