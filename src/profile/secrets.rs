//! What of a profile's text is never shown, not even where something is wrong on its line: options of ready functions
//! that hold passwords or their hashes.

use super::gallery::ready_function;
use std::ops::Range;
use toml_edit::{Document, Item, TableLike, Value};

/// The text with each of its secrets starred out, byte for byte, so that every place in it stays the same.
pub(super) fn starred(document: &Document<&str>, text: &str) -> String {
    let mut places = Vec::new();
    for entry in tables(document.as_table().get("edge")) {
        let function = entry.get("function").and_then(Item::as_str).unwrap_or_default();
        if may_be_secret(function)
            && let Some(options) = entry.get("options")
        {
            texts(options, &mut places);
        }
    }
    let mut bytes = text.as_bytes().to_vec();
    for place in places {
        bytes.get_mut(place).into_iter().flatten().for_each(|byte| *byte = b'*');
    }
    // Whole texts are starred, so no letter is cut in two.
    String::from_utf8(bytes).unwrap_or_default()
}

/// Options are shown where their function is known to have no secret.
fn may_be_secret(function: &str) -> bool {
    let ready = function.strip_prefix("builtin:").and_then(|name| ready_function(name).ok());
    ready.is_none_or(|ready| ready.options.iter().any(|row| row.secret))
}

/// The tables of a list, in whichever way it is written.
fn tables(list: Option<&Item>) -> Vec<&dyn TableLike> {
    match list {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|table| table as &dyn TableLike).collect(),
        Some(Item::Value(Value::Array(values))) => {
            let tables = values.iter().filter_map(Value::as_inline_table);
            tables.map(|table| table as &dyn TableLike).collect()
        }
        Some(_) | None => Vec::new(),
    }
}

/// Where the texts within an answer stand, without their quotes.
fn texts(item: &Item, places: &mut Vec<Range<usize>>) {
    if let Some(table) = item.as_table_like() {
        table.iter().for_each(|(_, inner)| texts(inner, places));
    } else if let Some(tables) = item.as_array_of_tables() {
        tables.iter().flat_map(|table| table.iter()).for_each(|(_, inner)| texts(inner, places));
    } else if let Some(value) = item.as_value() {
        of_value(value, places);
    }
}

fn of_value(value: &Value, places: &mut Vec<Range<usize>>) {
    match value {
        Value::String(text) => {
            let place = text.span().filter(|place| place.len() > 2);
            places.extend(place.map(|place| place.start + 1..place.end - 1));
        }
        Value::Array(values) => values.iter().for_each(|inner| of_value(inner, places)),
        Value::InlineTable(table) => table.iter().for_each(|(_, inner)| of_value(inner, places)),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
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
        ] {
            let told = shown(text);
            assert!(told.contains("***") && !told.contains("nter2"), "{told}");
            assert_eq!(told.len(), text.len());
        }
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        let text = "[[edge]]\nfunction = \"builtin:security-headers\"\noptions = { frame = \"maybe\" }";
        assert_eq!(shown(text), text);
    }
}
