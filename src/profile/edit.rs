//! Changing one answer of a profile, leaving every other character of the file alone.

use super::answers::{Profile, Region};
use super::examples::without_examples;
use super::line_ends;
use super::nearest::nearest;
use super::question::{Kind, Question, Shape, What};
use super::questions::{Entry, entry, groups, questions, table_of};
use super::values::{allowed, read_answer};
use crate::error::{Error, Result};
use std::path::Path;
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// The text of a profile with some answers changed, as `--set` gives them; one without a value is taken out.
pub fn edited(original: &str, sets: &[(String, String)]) -> Result<String> {
    let before: DocumentMut = original.parse().map_err(|error: toml_edit::TomlError| {
        Error::usage("can't change a file that is not TOML").because(error)
    })?;
    let mut document = before.clone();
    let write = |(key, text): &(String, String)| match text.trim().is_empty() {
        true => unset(&mut document, key).map(drop),
        false => set(&mut document, key, text),
    };
    refuse_together(sets.iter().map(write).filter_map(Result::err).collect())?;
    Ok(line_ends::like(original, &without_examples(&before, &document)))
}

/// Several refusals as one, each with what it would have as a hint by itself.
fn refuse_together(refusals: Vec<Error>) -> Result<()> {
    let words = |refusal: &Error| {
        let help = refusal.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        let causes = refusal.causes.iter().map(|cause| format!(": {cause}")).collect::<String>();
        format!("{}{causes}{help}", refusal.message)
    };
    match refusals.as_slice() {
        [] => Ok(()),
        [one] => Err(one.clone()),
        several => {
            let error = Error::usage(format!("{} of these answers can't be set", several.len()));
            Err(several.iter().map(words).fold(error, Error::why))
        }
    }
}

/// Writes an answer as a person types it: `set(document, "caching.rule[0].browser", "1h")`.
///
/// Lists are separated by commas. The item after the last of a list of tables may be named; it is added.
pub fn set(document: &mut DocumentMut, key: &str, text: &str) -> Result<()> {
    let question = settable(key)?;
    let refused = |why: String| Error::usage(format!("can't set `{key}` to `{text}`")).why(why);
    let value: Value = typed(question, text).parse().map_err(|error: toml_edit::TomlError| {
        refused(not_of_kind(&question.kind, &error)).hint(format!("for example `{key}={}`", question.example))
    })?;
    let item = Item::Value(value);
    if let Err(faults) = read_answer(question, &item) {
        let first = faults.into_iter().next().map(|located| located.fault);
        let error = refused(first.as_ref().map_or_else(String::new, |fault| fault.message.clone()));
        let help = first.and_then(|fault| fault.help);
        return Err(error.hint(help.unwrap_or_else(|| format!("for example `{key}={}`", question.example))));
    }
    let steps = steps(key)?;
    let (last, tables) = steps.split_last().ok_or_else(|| unknown(key))?;
    // In a copy, lest tables made on the way to an item that can't be reached stay behind.
    let mut changed = document.clone();
    write(reach(changed.as_table_mut(), tables, key)?, last.name, item);
    *document = changed;
    Ok(())
}

/// Why what was typed is no value at all: only where brackets may be typed does it matter how TOML is written.
fn not_of_kind(kind: &Kind, error: &toml_edit::TomlError) -> String {
    match kind {
        Kind::Bool | Kind::Integer { .. } => format!("expected {}", allowed(kind)),
        Kind::Text(_)
        | Kind::Choice(_)
        | Kind::Duration { .. }
        | Kind::Region
        | Kind::Statuses(_)
        | Kind::List { .. }
        | Kind::EdgeTtl
        | Kind::Query
        | Kind::EdgeSource
        | Kind::Options => format!("this is not TOML: {}", error.message()),
    }
}

/// What a site in this file may be called: the file's name, as far as a site can have it.
pub fn name_of_file(file: &Path) -> Option<String> {
    let spelt = file.file_stem()?.to_str()?.to_lowercase();
    let words = spelt.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = Some(words.collect::<Vec<_>>().join("-")).filter(|name| !name.is_empty())?;
    let fits = |name: &String| edited("", &[("name".to_owned(), name.clone())]).is_ok();
    [name.clone(), format!("{name}-site")].into_iter().find(fits)
}

/// Takes an answer, a table or an item of a list out; whether it was there.
pub fn unset(document: &mut DocumentMut, key: &str) -> Result<bool> {
    entry(key.strip_suffix(']').and_then(|key| key.rsplit_once('[')).map_or(key, |(list, _)| list))
        .ok_or_else(|| unknown(key))?;
    let steps = steps(key)?;
    let (last, tables) = steps.split_last().ok_or_else(|| unknown(key))?;
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for step in tables {
        match table.get_mut(step.name).and_then(|item| item_table(item, step.index)) {
            Some(inner) => table = inner,
            None => return Ok(false),
        }
    }
    let is_gone = match last.index {
        None => table.remove(last.name).is_some(),
        Some(index) => table.get_mut(last.name).is_some_and(|list| remove_item(list, index)),
    };
    // What one answer alone had called for goes with it.
    let around = table_of(key);
    if is_gone && is_empty_inline(document, around) {
        unset(document, around)?;
    }
    Ok(is_gone)
}

/// Whether a table that says nothing by being there is written inline, and empty by now.
fn is_empty_inline(document: &DocumentMut, key: &str) -> bool {
    let is_meaningless = matches!(entry(key), Some(Entry::Group(group)) if group.shape == Shape::Always);
    let mut item = is_meaningless.then_some(document.as_item());
    for name in key.split('.') {
        item = item.and_then(|item| item.get(name));
    }
    let has_comment = |table: &InlineTable| {
        let around = [table.decor().prefix(), table.decor().suffix()];
        around.into_iter().flatten().filter_map(|text| text.as_str()).any(|text| text.contains('#'))
    };
    item.and_then(Item::as_inline_table).is_some_and(|table| table.is_empty() && !has_comment(table))
}

/// Whether a deployed site can go from one profile to the other.
pub fn check_edit(before: &Profile, after: &Profile) -> Result<()> {
    if before.name != after.name {
        return Err(Error::usage(format!("`name` can't change from `{}` to `{}`", before.name, after.name))
            .why("everything in AWS is named after it")
            .hint("destroy the site first, or make a new profile"));
    }
    pinned(after).try_for_each(|now| pinned(before).try_for_each(|then| check_move(&then, &now)))
}

/// A bucket whose name the profile gives, and the table that gives it.
struct Pinned<'a> {
    table: &'static str,
    name: &'a str,
    region: &'a Region,
}

fn pinned(profile: &Profile) -> impl Iterator<Item = Pinned<'_>> {
    let primary = ("distribution", &profile.distribution.bucket, &profile.distribution.region);
    let backup = profile.failover.as_ref().map(|backup| ("failover", &backup.bucket, &backup.region));
    std::iter::once(primary).chain(backup).filter_map(|(table, name, region)| {
        let name = name.as_deref()?;
        Some(Pinned { table, name, region })
    })
}

/// Whether one bucket would have to be somewhere else, be it as the other of the two copies.
fn check_move(then: &Pinned<'_>, now: &Pinned<'_>) -> Result<()> {
    if then.name != now.name || then.region == now.region {
        return Ok(());
    }
    let Pinned { table, name, region } = now;
    Err(Error::usage(format!(
        "`{table}.region` can't be {region} while `{table}.bucket` pins the name `{name}`"
    ))
    .why(format!(
        "a bucket can't move from {} to {region}, and its name is taken until it is gone",
        then.region
    ))
    .hint(format!("give `{table}.bucket` another name as well, or leave it out")))
}

/// An answer as a person types it, in TOML: quotes, brackets and commas are added where the kind needs them.
pub(super) fn typed(question: &Question, text: &str) -> String {
    let text = text.trim();
    match &question.kind {
        Kind::Bool | Kind::Integer { .. } | Kind::Options => text.to_owned(),
        Kind::Text(_) | Kind::Choice(_) | Kind::Duration { .. } | Kind::Region | Kind::EdgeSource => {
            quoted(text)
        }
        Kind::EdgeTtl | Kind::Query if text.starts_with('{') => text.to_owned(),
        Kind::EdgeTtl | Kind::Query => quoted(text),
        Kind::Statuses(_) | Kind::List { .. } if text.starts_with('[') => text.to_owned(),
        Kind::Statuses(_) => format!("[{}]", parts(text).collect::<Vec<_>>().join(", ")),
        Kind::List { .. } => {
            format!("[{}]", parts(&spelt(question, text)).map(quoted).collect::<Vec<_>>().join(", "))
        }
    }
}

/// What was typed for a question, as it is kept: however a domain is typed, it is the same one.
pub fn spelt(question: &Question, text: &str) -> String {
    match &question.kind {
        Kind::List { of, .. } if of.what == What::Domain => text.to_lowercase(),
        Kind::List { .. }
        | Kind::Text(_)
        | Kind::Bool
        | Kind::Integer { .. }
        | Kind::Choice(_)
        | Kind::Duration { .. }
        | Kind::Region
        | Kind::Statuses(_)
        | Kind::EdgeTtl
        | Kind::Query
        | Kind::EdgeSource
        | Kind::Options => text.to_owned(),
    }
}

/// What stands between commas.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn settable(key: &str) -> Result<&'static Question> {
    match entry(key) {
        Some(Entry::Question(question)) => Ok(question),
        Some(Entry::Group(_)) => {
            let inside = questions().map(|row| row.key).find(|inner| inner.starts_with(key)).unwrap_or(key);
            Err(Error::usage(format!("`{key}` is a table, not an answer"))
                .hint(format!("set a key in it, such as `{inside}`")))
        }
        None => Err(unknown(key)),
    }
}

fn unknown(key: &str) -> Error {
    let keys = questions().map(|row| row.key).chain(groups().iter().map(|row| row.key));
    let error = Error::usage(format!("there is no key `{key}` in a profile"));
    match nearest(&super::questions::generalise(key), keys) {
        Some(meant) => error.hint(format!("did you mean `{meant}`?")),
        None => error.hint("`sitecast schema` lists every key"),
    }
}

/// One part of a dotted key.
struct Step<'a> {
    name: &'a str,
    index: Option<usize>,
}

fn steps(key: &str) -> Result<Vec<Step<'_>>> {
    let step = |part: &'_ str| -> Option<(usize, usize)> {
        let start = part.find('[')?;
        let index = part[start + 1..].strip_suffix(']')?;
        Some((start, index.parse().ok()?))
    };
    let read = |part| match step(part) {
        Some((start, index)) => Ok(Step { name: &part[..start], index: Some(index) }),
        None if part.contains('[') => {
            Err(Error::usage(format!("`{key}` doesn't say which item of the list"))
                .hint(format!("count from nought, as in `{}`", key.replace("[]", "[0]"))))
        }
        None => Ok(Step { name: part, index: None }),
    };
    key.split('.').map(read).collect()
}

/// A table to write an answer in.
struct Reached<'a> {
    table: &'a mut dyn TableLike,
    /// Whether it is written between braces.
    on_one_line: bool,
}

/// The table that the steps lead to; what isn't there yet is added.
fn reach<'a>(root: &'a mut Table, steps: &[Step<'_>], key: &str) -> Result<Reached<'a>> {
    let mut table: &mut dyn TableLike = root;
    let mut on_one_line = false;
    for (depth, step) in steps.iter().enumerate() {
        if !table.contains_key(step.name) {
            let leads_to_list = steps.get(depth + 1).is_some_and(|next| next.index.is_some());
            table.insert(step.name, new_item(step, depth, leads_to_list));
        }
        let item = table.get_mut(step.name).ok_or_else(|| unknown(key))?;
        let count = grow(item, step.index);
        on_one_line = item.is_value();
        table = item_table(item, step.index).ok_or_else(|| {
            Error::usage(format!("there is no `{}` to set", key))
                .hint(format!("`{}` has {count} items; the next is `{0}[{count}]`", step.name))
        })?;
    }
    Ok(Reached { table, on_one_line })
}

fn new_item(step: &Step<'_>, depth: usize, leads_to_list: bool) -> Item {
    match (step.index, depth) {
        (Some(_), _) => Item::ArrayOfTables(ArrayOfTables::new()),
        (None, 0) => {
            let mut table = spaced_table();
            // Without answers of its own it needs no header above the list.
            table.set_implicit(leads_to_list);
            Item::Table(table)
        }
        (None, _) => Item::Value(Value::InlineTable(InlineTable::new())),
    }
}

fn spaced_table() -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table
}

/// Adds the item after the last, if that is the one meant; how many there were.
fn grow(item: &mut Item, index: Option<usize>) -> usize {
    match item {
        Item::ArrayOfTables(tables) => {
            let count = tables.len();
            if index == Some(count) {
                tables.push(spaced_table());
            }
            count
        }
        Item::Value(Value::Array(array)) => {
            let count = array.len();
            if index == Some(count) {
                array.push(InlineTable::new());
            }
            count
        }
        Item::None | Item::Table(_) | Item::Value(_) => 0,
    }
}

fn item_table(item: &mut Item, index: Option<usize>) -> Option<&mut dyn TableLike> {
    let Some(index) = index else { return item.as_table_like_mut() };
    match item {
        Item::ArrayOfTables(tables) => tables.get_mut(index).map(|table| table as &mut dyn TableLike),
        Item::Value(Value::Array(array)) => {
            let table = array.get_mut(index)?.as_inline_table_mut()?;
            Some(table as &mut dyn TableLike)
        }
        Item::None | Item::Table(_) | Item::Value(_) => None,
    }
}

fn remove_item(item: &mut Item, index: usize) -> bool {
    match item {
        Item::ArrayOfTables(tables) if index < tables.len() => {
            tables.remove(index);
            true
        }
        Item::Value(Value::Array(array)) if index < array.len() => {
            array.remove(index);
            true
        }
        Item::None | Item::Table(_) | Item::Value(_) | Item::ArrayOfTables(_) => false,
    }
}

/// Puts the new value where the old one stood, with the space and the comment around it.
fn write(reached: Reached<'_>, name: &str, mut new: Item) {
    let Reached { table, on_one_line } = reached;
    if let (Some(Item::Value(old)), Item::Value(value)) = (table.get_mut(name), &mut new) {
        *value.decor_mut() = old.decor().clone();
        *old = value.clone();
        return;
    }
    let last = table.iter_mut().last().and_then(|(_, item)| item.as_value_mut()).filter(|_| on_one_line);
    if let (Some(last), Item::Value(value)) = (last, &mut new) {
        // The space before the closing brace belongs to the last value, which this one now is.
        let space = last.decor().suffix().cloned().unwrap_or_default();
        last.decor_mut().set_suffix("");
        *value.decor_mut() = toml_edit::Decor::new(" ", space);
    }
    table.insert(name, new);
}
