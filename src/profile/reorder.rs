//! Changing the order of a list of tables: the first rule that covers a path decides, so order is an answer too.

use super::line_ends;
use crate::error::{Error, Result};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, TableLike, Value};

/// The text of a profile with one item of a list before the item above it; the first stays where it is.
///
/// # Errors
/// When the text is not TOML, or has no such item.
pub fn moved_up(original: &str, list: &str, index: usize) -> Result<String> {
    let mut document: DocumentMut = original.parse().map_err(|error: toml_edit::TomlError| {
        Error::usage("can't change a file that is not TOML").because(error)
    })?;
    let moved = find(document.as_table_mut(), list).is_some_and(|item| move_in(item, index));
    if !moved {
        return Err(Error::usage(format!("there is no `{list}[{index}]` to move")));
    }
    Ok(line_ends::like(original, &document.to_string()))
}

fn find<'a>(table: &'a mut dyn TableLike, key: &str) -> Option<&'a mut Item> {
    match key.split_once('.') {
        None => table.get_mut(key),
        Some((first, rest)) => find(table.get_mut(first)?.as_table_like_mut()?, rest),
    }
}

fn move_in(item: &mut Item, index: usize) -> bool {
    match item {
        Item::ArrayOfTables(tables) if index < tables.len() => {
            *tables = swapped(tables, index);
            true
        }
        Item::Value(Value::Array(array)) if index < array.len() => {
            if index > 0 {
                let value = array.remove(index);
                array.insert(index - 1, value);
            }
            true
        }
        Item::None | Item::Table(_) | Item::Value(_) | Item::ArrayOfTables(_) => false,
    }
}

/// The tables in their new order. Each takes over its new place in the file, with everything inside it.
fn swapped(tables: &ArrayOfTables, index: usize) -> ArrayOfTables {
    let positions: Vec<_> = tables.iter().map(Table::position).collect();
    let mut ordered: Vec<Table> = tables.iter().cloned().collect();
    ordered.swap(index, index.saturating_sub(1));
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
        let moved = moved_up(text, "edge", 1).unwrap();
        let values: toml_edit::DocumentMut = moved.parse().unwrap();
        assert_eq!(values["edge"][0]["options"]["y"].as_integer(), Some(2), "{moved}");
        assert_eq!(values["edge"][1]["options"]["x"].as_integer(), Some(1), "{moved}");
        assert!(moved.find("# the second") < moved.find("name = \"a\""), "{moved}");
        assert!(moved.trim_end().ends_with("[https]"), "{moved}");
    }

    #[test]
    fn the_first_item_stays_and_one_that_is_not_there_is_refused() {
        let text = "[caching]\nrule = [{ path = \"/a\" }, { path = \"/b\" }]\n";
        assert_eq!(moved_up(text, "caching.rule", 0).unwrap(), text);
        let moved: toml_edit::DocumentMut = moved_up(text, "caching.rule", 1).unwrap().parse().unwrap();
        assert_eq!(moved["caching"]["rule"][0]["path"].as_str(), Some("/b"));
        assert!(moved_up(text, "caching.rule", 2).is_err());
        assert!(moved_up(text, "edge", 0).is_err());
    }
}
