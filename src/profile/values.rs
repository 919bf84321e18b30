//! One answer: from TOML, by the kind of its question, to the value that the profile holds.
//!
//! The value is JSON in the shape that [`super::answers`] reads, so a new question needs no code here.

use super::answers::EdgeTtl;
use super::duration::{YEAR, parse_duration};
use super::grammar::check_edge_path;
use super::lists::{Texts, empty_list};
use super::nearest::nearest;
use super::pattern;
use super::question::{Fault, Kind, Order, Question, Text, What};
use super::regions::check_region;
use serde_json::{Value as Json, json};
use std::ops::Range;
use toml_edit::{Array, Item, TableLike, Value};

/// A fault, and the part of the answer that it is in.
pub(super) struct Located {
    pub(super) place: Option<Range<usize>>,
    pub(super) fault: Fault,
}

pub(super) type Read<T> = Result<T, Vec<Located>>;

/// Reads an answer; all that is wrong with it at once.
pub(super) fn read_answer(question: &Question, item: &Item) -> Read<Json> {
    match &question.kind {
        Kind::Text(text) => {
            let written = string(item, "a text in quotes")?;
            Ok(json!(located(item, read_text(question, text, written))?))
        }
        Kind::Bool => item.as_bool().map(Json::from).ok_or_else(|| mismatch(item, "`true` or `false`")),
        Kind::Integer { min, max } => integer(item, *min, *max),
        Kind::Choice(_) => {
            let written = string(item, &allowed(&question.kind))?;
            located(item, choose(&question.kind, written)).map(Json::from)
        }
        Kind::Duration { min, max } => duration(item, *min, *max).map(Json::from),
        Kind::Region => {
            let written = string(item, "the code of a region, in quotes")?;
            located(item, check_region(written)).map(|()| json!(written))
        }
        Kind::Statuses(known) => statuses(item, known),
        Kind::List { of, min, max, order } => {
            Texts::read(question, of, *order, array(item)?).within(*min, *max, item).map(|texts| json!(texts))
        }
        Kind::EdgeTtl => edge_ttl(item),
        Kind::Query => query(question, item),
        Kind::EdgeSource => {
            let written = string(item, "`builtin:NAME` or a path, in quotes")?;
            located(item, edge_source(written))
        }
        Kind::Options => match item.as_table_like() {
            Some(table) => Ok(free_table(table)),
            None => Err(mismatch(item, "a table such as `{ key = \"value\" }`")),
        },
    }
}

/// What may be written, in words.
pub(super) fn allowed(kind: &Kind) -> String {
    match kind {
        Kind::Choice(choices) => {
            let values: Vec<String> = choices.iter().map(|choice| format!("\"{}\"", choice.value)).collect();
            format!("one of {}", values.join(", "))
        }
        Kind::Text(_) => "a text in quotes".into(),
        Kind::Bool => "`true` or `false`".into(),
        Kind::Integer { min, max } => format!("a whole number from {min} to {max}"),
        Kind::Duration { min, max } => {
            format!("a length of time from \"{}\" to \"{}\"", shown(*min), shown(*max))
        }
        Kind::Region => "the code of a region".into(),
        Kind::Statuses(_) => "a list of status codes".into(),
        Kind::List { .. } => "a list of texts".into(),
        Kind::EdgeTtl => "a length of time, or a table of min, default and max".into(),
        Kind::Query => "\"none\", \"all\", or a table with only or except".into(),
        Kind::EdgeSource => "`builtin:NAME` or a path".into(),
        Kind::Options => "a table".into(),
    }
}

fn shown(seconds: u64) -> String {
    super::answers::Seconds(seconds).to_string()
}

fn located<T>(item: &Item, result: Result<T, Fault>) -> Read<T> {
    result.map_err(|fault| vec![Located { place: item.span(), fault }])
}

fn mismatch(item: &Item, wanted: &str) -> Vec<Located> {
    let fault = Fault::new(format!("expected {wanted}, found {}", found(item)));
    vec![Located { place: item.span(), fault }]
}

/// What stands in the file, in words.
pub(super) fn found(item: &Item) -> &'static str {
    match item {
        Item::None => "nothing",
        Item::Table(_) | Item::Value(Value::InlineTable(_)) => "a table",
        Item::ArrayOfTables(_) => "a list of tables",
        Item::Value(Value::String(_)) => "a text",
        Item::Value(Value::Integer(_)) => "a whole number",
        Item::Value(Value::Float(_)) => "a number with a point",
        Item::Value(Value::Boolean(_)) => "a yes or no",
        Item::Value(Value::Datetime(_)) => "a date",
        Item::Value(Value::Array(_)) => "a list",
    }
}

fn string<'a>(item: &'a Item, wanted: &str) -> Read<&'a str> {
    item.as_str().ok_or_else(|| {
        let quoted = match item {
            Item::Value(Value::Integer(number)) => Some(number.value().to_string()),
            Item::Value(Value::Boolean(yes)) => Some(yes.value().to_string()),
            _ => None,
        };
        let mut mismatch = mismatch(item, wanted);
        for located in &mut mismatch {
            located.fault.help = quoted.as_ref().map(|text| format!("in quotes it is a text: \"{text}\""));
        }
        mismatch
    })
}

pub(super) fn read_text(question: &Question, text: &Text, written: &str) -> Result<String, Fault> {
    let length = written.chars().count();
    // What is wrong with a country is told by the one who knows them.
    if text.what != What::Country && (length < text.min || length > text.max) {
        let limits = if text.min == text.max {
            format!("exactly {} characters", text.min)
        } else {
            format!("{} to {} characters", text.min, text.max)
        };
        let counted = if length == 1 { "1 character".to_owned() } else { format!("{length} characters") };
        return Err(Fault::new(format!("this has {counted}; {limits} are allowed")));
    }
    if let Some(check) = question.check {
        check(written)?;
    }
    Ok(if text.what == What::PathPattern { pattern::with_slash(written) } else { written.to_owned() })
}

fn integer(item: &Item, min: u64, max: u64) -> Read<Json> {
    let wanted = if min == max { format!("`{min}`") } else { format!("a whole number from {min} to {max}") };
    let number = item.as_integer().ok_or_else(|| mismatch(item, &wanted))?;
    let within = u64::try_from(number).ok().filter(|number| (min..=max).contains(number));
    located(item, within.ok_or_else(|| Fault::new(format!("expected {wanted}, found {number}"))))
        .map(Json::from)
}

fn duration(item: &Item, min: u64, max: u64) -> Read<u64> {
    let written = string(item, "a length of time such as \"5m\", in quotes")?;
    let seconds = located(item, parse_duration(written))?.0;
    located(
        item,
        if seconds < min || seconds > max {
            Err(Fault::new(format!("`{written}` is out of range")).help(format!(
                "from \"{}\" to \"{}\" is allowed",
                shown(min),
                shown(max)
            )))
        } else {
            Ok(seconds)
        },
    )
}

fn choose<'a>(kind: &Kind, written: &'a str) -> Result<&'a str, Fault> {
    let Kind::Choice(choices) = kind else { return Ok(written) };
    if choices.iter().any(|choice| choice.value == written) {
        return Ok(written);
    }
    let meant = nearest(&written.to_lowercase(), choices.iter().map(|choice| choice.value));
    let help = match meant {
        Some(meant) => format!("did you mean \"{meant}\"? Allowed is {}", allowed(kind)),
        None => format!("allowed is {}", allowed(kind)),
    };
    Err(Fault::new(format!("\"{written}\" is not among the choices")).help(help))
}

fn statuses(item: &Item, known: &[u16]) -> Read<Json> {
    let array =
        item.as_array().ok_or_else(|| mismatch(item, "a list of status codes such as `[500, 503]`"))?;
    let mut statuses = Vec::new();
    let mut faults = Vec::new();
    for value in array {
        match value
            .as_integer()
            .and_then(|number| u16::try_from(number).ok())
            .filter(|code| known.contains(code))
        {
            Some(code) if statuses.contains(&code) => {
                faults.push(at(value, Fault::new(format!("{code} is here twice"))))
            }
            Some(code) => statuses.push(code),
            None => faults.push(at(value, unknown_status(value, known))),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    if statuses.is_empty() {
        return Err(vec![Located { place: item.span(), fault: empty_list() }]);
    }
    statuses.sort_unstable();
    Ok(json!(statuses))
}

fn unknown_status(value: &Value, known: &[u16]) -> Fault {
    let codes: Vec<String> = known.iter().map(u16::to_string).collect();
    let written = value.to_string();
    Fault::new(format!("CloudFront can't switch over on {}", written.trim()))
        .help(format!("allowed are {}", codes.join(", ")))
}

pub(super) fn at(value: &Value, fault: Fault) -> Located {
    Located { place: value.span(), fault }
}

fn array(item: &Item) -> Read<&Array> {
    item.as_array().ok_or_else(|| mismatch(item, "a list of texts such as `[\"a\", \"b\"]`"))
}

fn edge_ttl(item: &Item) -> Read<Json> {
    if let Some(table) = item.as_table_like() {
        return edge_ttl_table(item, table);
    }
    if !item.is_str() {
        return Err(mismatch(item, "a length of time such as \"1d\", or a table of min, default and max"));
    }
    duration(item, 0, YEAR).map(|default| json!({ "min": 0, "default": default, "max": YEAR }))
}

fn edge_ttl_table(item: &Item, table: &dyn TableLike) -> Read<Json> {
    let part = |key: &str| table.get(key).map(|inner| duration(inner, 0, YEAR)).transpose();
    let missing =
        || Fault::new("`default` is missing").help("for example `{ min = \"0s\", default = \"1d\" }`");
    let default = part("default").and_then(|default| located(item, default.ok_or_else(missing)));
    let (keys, min, max) = (only_keys(table, &["min", "default", "max"]), part("min"), part("max"));
    let (Ok(()), Ok(min), Ok(default), Ok(max)) = (&keys, &min, &default, &max) else {
        let faults = [keys.err(), min.err(), default.err(), max.err()];
        return Err(faults.into_iter().flatten().flatten().collect());
    };
    let (min, default, max) = (min.unwrap_or(0), *default, max.unwrap_or(YEAR));
    if min <= default && default <= max {
        let seconds = super::answers::Seconds;
        let ttl = EdgeTtl { min: seconds(min), default: seconds(default), max: seconds(max) };
        return Ok(json!(ttl));
    }
    let written = format!("min {}, default {}, max {}", shown(min), shown(default), shown(max));
    located(
        item,
        Err(Fault::new("the times are out of order").help(format!("min <= default <= max; here {written}"))),
    )
}

fn only_keys(table: &dyn TableLike, known: &[&str]) -> Read<()> {
    let unknown = |(key, item): (&str, &Item)| {
        let help = nearest(key, known.iter().copied()).map_or_else(
            || format!("allowed are {}", known.join(", ")),
            |meant| format!("did you mean `{meant}`?"),
        );
        let fault = Fault::new(format!("there is no key `{key}` here")).help(help);
        Located { place: table.key(key).and_then(toml_edit::Key::span).or_else(|| item.span()), fault }
    };
    let faults: Vec<Located> = table.iter().filter(|(key, _)| !known.contains(key)).map(unknown).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn query(question: &Question, item: &Item) -> Read<Json> {
    const WANTED: &str = "\"none\", \"all\", `{ only = [\"name\"] }` or `{ except = [\"name\"] }`";
    if let Some(table) = item.as_table_like() {
        only_keys(table, &["only", "except"])?;
        let mut named = table.iter();
        return match (named.next(), named.next()) {
            (Some((key, names)), None) => query_names(question, names).map(|names| json!({ key: names })),
            _ => located(item, Err(Fault::new("either `only` or `except` says which query strings count"))),
        };
    }
    match item.as_str() {
        Some(written @ ("none" | "all")) => Ok(json!(written)),
        Some(written) => located(item, Err(Fault::new(format!("expected {WANTED}, found \"{written}\"")))),
        None => Err(mismatch(item, WANTED)),
    }
}

fn query_names(question: &Question, item: &Item) -> Read<Vec<String>> {
    // Ten query strings are what a cache policy takes (aws-facts.md B, quotas).
    let text = Text { what: What::Cookie, min: 1, max: 128, pattern: None };
    Texts::read(question, &text, Order::Sorted, array(item)?).within(1, 10, item)
}

fn edge_source(written: &str) -> Result<Json, Fault> {
    let Some(name) = written.strip_prefix("builtin:") else {
        check_edge_path(written)?;
        return Ok(json!({ "own": written }));
    };
    super::grammar::check_edge_name(name).map(|()| json!({ "builtin": name }))
}

fn free_table(table: &dyn TableLike) -> Json {
    Json::Object(table.iter().map(|(key, item)| (key.to_owned(), free_item(item))).collect())
}

fn free_item(item: &Item) -> Json {
    match item {
        Item::None => Json::Null,
        Item::Value(value) => free_value(value),
        Item::Table(table) => free_table(table),
        Item::ArrayOfTables(tables) => tables.iter().map(|table| free_table(table)).collect(),
    }
}

pub(super) fn free_value(value: &Value) -> Json {
    match value {
        Value::String(text) => json!(text.value()),
        Value::Integer(number) => json!(number.value()),
        Value::Float(number) => json!(number.value()),
        Value::Boolean(yes) => json!(yes.value()),
        Value::Datetime(date) => json!(date.value().to_string()),
        Value::Array(values) => values.iter().map(free_value).collect(),
        Value::InlineTable(table) => free_table(table),
    }
}
