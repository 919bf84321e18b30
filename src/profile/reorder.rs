//! Moving an item of a list of tables, with the comments above it.

use super::line_ends;
use crate::error::{Error, Result};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

/// The text of a profile with one item of a list moved to another place in it.
pub fn reordered(original: &str, list: &str, from: usize, to: usize) -> Result<String> {
    let mut document: DocumentMut = original.parse().map_err(|error: toml_edit::TomlError| {
        Error::usage("can't change a file that is not TOML").because(error)
    })?;
    let missing = || Error::usage(format!("there is no `{list}[{from}]` to move to {to}"));
    let mut item = document.as_item_mut();
    for name in list.split('.') {
        item = item.get_mut(name).ok_or_else(missing)?;
    }
    let moved = match item {
        Item::ArrayOfTables(tables) => move_table(tables, from, to),
        Item::Value(Value::Array(array)) if from < array.len() && to < array.len() => {
            let value = array.remove(from);
            array.insert_formatted(to, value);
            true
        }
        Item::None | Item::Table(_) | Item::Value(_) => false,
    };
    if !moved {
        return Err(missing());
    }
    Ok(line_ends::like(original, &document.to_string()))
}

fn move_table(tables: &mut ArrayOfTables, from: usize, to: usize) -> bool {
    if from >= tables.len() || to >= tables.len() {
        return false;
    }
    // A document is written by the positions of its tables, so these stay where they are while the tables move.
    let positions: Vec<_> = tables.iter().map(Table::position).collect();
    let mut all: Vec<Table> = std::mem::take(tables).into_iter().collect();
    let moved = all.remove(from);
    all.insert(to, moved);
    for (mut table, position) in all.into_iter().zip(positions) {
        table.set_position(position);
        tables.push(table);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a = 1\n\n# first\n[[caching.rule]]\npath = \"/a\" # one\n\n# second\n[[caching.rule]]\n\
                        path = \"/b\"\n\n[https]\ndomains = []\n";

    #[test]
    fn comments_move_along_and_the_rest_stays() {
        let moved = reordered(TEXT, "caching.rule", 1, 0).unwrap();
        let expected = "a = 1\n\n# second\n[[caching.rule]]\npath = \"/b\"\n\n# first\n[[caching.rule]]\n\
                        path = \"/a\" # one\n\n[https]\ndomains = []\n";
        assert_eq!(moved, expected);
        assert_eq!(reordered(&moved, "caching.rule", 0, 1).unwrap(), TEXT);
    }

    #[test]
    fn a_list_between_brackets_can_be_ordered_too() {
        let text = "[caching]\nrule = [{ path = \"/a\" }, { path = \"/b\" }]\n";
        let moved = reordered(text, "caching.rule", 0, 1).unwrap();
        assert!(moved.find("/b") < moved.find("/a"), "{moved}");
    }

    #[test]
    fn what_is_not_there_is_not_moved() {
        assert!(reordered(TEXT, "caching.rule", 0, 2).is_err());
        assert!(reordered(TEXT, "edge", 0, 0).is_err());
    }
}
