//! Changing the order of a list of tables: the first rule that covers a path decides, so order is an answer too.

use super::line_ends;
use crate::error::{Error, Result};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, TableLike, Value};

/// The text of a profile with one item of a list of tables moved to another place in it.
///
/// # Errors
/// When the text is not TOML, or the list has no such places.
pub fn reordered(original: &str, list: &str, from: usize, to: usize) -> Result<String> {
    let mut document: DocumentMut = original.parse().map_err(|error: toml_edit::TomlError| {
        Error::usage("can't change a file that is not TOML").because(error)
    })?;
    let moved = find(document.as_table_mut(), list).is_some_and(|item| move_in(item, from, to));
    if !moved {
        return Err(Error::usage(format!("there is no `{list}[{from}]` to move to {to}")));
    }
    Ok(line_ends::like(original, &document.to_string()))
}

fn find<'a>(table: &'a mut dyn TableLike, key: &str) -> Option<&'a mut Item> {
    match key.split_once('.') {
        None => table.get_mut(key),
        Some((first, rest)) => find(table.get_mut(first)?.as_table_like_mut()?, rest),
    }
}

fn move_in(item: &mut Item, from: usize, to: usize) -> bool {
    match item {
        Item::ArrayOfTables(tables) if from.max(to) < tables.len() => {
            *tables = moved(tables, from, to);
            true
        }
        Item::Value(Value::Array(array)) if from.max(to) < array.len() => {
            let value = array.remove(from);
            array.insert_formatted(to, value);
            true
        }
        Item::None | Item::Table(_) | Item::Value(_) | Item::ArrayOfTables(_) => false,
    }
}

/// The tables in their new order. A document is written by the positions of its tables, so each takes over its new
/// place with everything inside it.
fn moved(tables: &ArrayOfTables, from: usize, to: usize) -> ArrayOfTables {
    let positions: Vec<_> = tables.iter().map(Table::position).collect();
    let mut ordered: Vec<Table> = tables.iter().cloned().collect();
    let table = ordered.remove(from);
    ordered.insert(to, table);
    ordered.into_iter().zip(positions).map(|(table, position)| placed(table, position)).collect()
}

fn placed(mut table: Table, position: Option<isize>) -> Table {
    table.set_position(position);
    for (_, item) in table.iter_mut() {
        if let Item::Table(inner) = item {
            *inner = placed(std::mem::take(inner), position);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_moves_with_its_comment_and_its_inner_tables() {
        let text = "[[edge]]\nname = \"a\"\n[edge.options]\nx = 1\n\n# the second\n[[edge]]\nname = \"b\"\n[edge.options]\ny = 2\n\n[https]\n";
        let moved = reordered(text, "edge", 1, 0).unwrap();
        let values: toml_edit::DocumentMut = moved.parse().unwrap();
        assert_eq!(values["edge"][0]["options"]["y"].as_integer(), Some(2), "{moved}");
        assert_eq!(values["edge"][1]["options"]["x"].as_integer(), Some(1), "{moved}");
        assert!(moved.find("# the second") < moved.find("name = \"a\""), "{moved}");
        assert!(moved.trim_end().ends_with("[https]"), "{moved}");
    }

    #[test]
    fn the_first_item_stays_and_one_that_is_not_there_is_refused() {
        let text = "[caching]\nrule = [{ path = \"/a\" }, { path = \"/b\" }]\n";
        assert_eq!(reordered(text, "caching.rule", 0, 0).unwrap(), text);
        let moved: toml_edit::DocumentMut = reordered(text, "caching.rule", 1, 0).unwrap().parse().unwrap();
        assert_eq!(moved["caching"]["rule"][0]["path"].as_str(), Some("/b"));
        assert!(reordered(text, "caching.rule", 2, 0).is_err());
        assert!(reordered(text, "edge", 0, 0).is_err());
    }
}
