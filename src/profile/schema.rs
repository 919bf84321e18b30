//! The JSON Schema of a profile, for editors.
//!
//! It keeps to draft 4, which the TOML editors understand. It knows single answers; what several of them
//! allow together is known to `sitecast check` alone.

use super::question::{Default, Kind, Question, Shape, ShownWhen, Text};
use super::questions::{Entry, entries};
use super::regions::REGIONS;
use super::values::free_value;
use serde_json::{Map, Value as Json, json};

const DURATION: &str = "^[0-9]+[smhd]$";

/// The schema, from the table of questions.
pub fn schema() -> Json {
    let mut schema = table("");
    schema["$schema"] = json!("http://json-schema.org/draft-04/schema#");
    schema["title"] = json!("A sitecast profile");
    schema
}

fn table(key: &str) -> Json {
    let properties: Map<String, Json> =
        entries(key).map(|entry| (entry.name().to_owned(), property(entry))).collect();
    let required: Vec<&str> = entries(key).filter(|entry| is_required(*entry)).map(Entry::name).collect();
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// What may be left out in some case is left to the check of the whole.
fn is_required(entry: Entry) -> bool {
    match entry {
        Entry::Question(row) => row.default == Default::Required && row.shown_when == ShownWhen::Always,
        Entry::Group(group) => match group.shape {
            Shape::Always => entries(group.key).any(is_required),
            Shape::Optional | Shape::List => false,
        },
    }
}

fn property(entry: Entry) -> Json {
    match entry {
        Entry::Question(question) => answer(question),
        Entry::Group(group) => {
            let mut schema = match group.shape {
                Shape::Always | Shape::Optional => table(group.key),
                Shape::List => json!({ "type": "array", "items": table(&format!("{}[]", group.key)) }),
            };
            schema["title"] = json!(group.title);
            schema
        }
    }
}

fn answer(question: &Question) -> Json {
    let mut schema = kind(&question.kind);
    schema["title"] = json!(question.prompt);
    schema["description"] = json!(description(question));
    if let Default::Value(text) = question.default
        && let Ok(value) = text.parse()
    {
        schema["default"] = free_value(&value);
    }
    schema
}

fn description(question: &Question) -> String {
    match &question.kind {
        Kind::Choice(choices) => {
            let labels: Vec<String> =
                choices.iter().map(|choice| format!("{}: {}", choice.value, choice.label)).collect();
            format!("{}\n\n{}", question.help, labels.join("\n"))
        }
        Kind::Text(_)
        | Kind::Bool
        | Kind::Integer { .. }
        | Kind::Duration { .. }
        | Kind::Region
        | Kind::Statuses(_)
        | Kind::List { .. }
        | Kind::EdgeTtl
        | Kind::Query
        | Kind::EdgeSource
        | Kind::Options => question.help.to_owned(),
    }
}

fn kind(kind: &Kind) -> Json {
    match kind {
        Kind::Text(text) => text_schema(text),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Choice(choices) => {
            json!({ "type": "string", "enum": choices.iter().map(|choice| choice.value).collect::<Vec<_>>() })
        }
        Kind::Duration { .. } => duration(),
        Kind::Region => {
            json!({ "type": "string", "enum": REGIONS.iter().map(|region| region.code).collect::<Vec<_>>() })
        }
        Kind::Statuses(known) => {
            json!({ "type": "array", "items": { "enum": known }, "minItems": 1, "uniqueItems": true })
        }
        Kind::List { of, min, max, .. } => list(&text_schema(of), *min, *max),
        Kind::EdgeTtl => {
            let parts = json!({ "min": duration(), "default": duration(), "max": duration() });
            let table = json!({
                "type": "object", "additionalProperties": false, "properties": parts, "required": ["default"]
            });
            json!({ "oneOf": [duration(), table] })
        }
        Kind::Query => query(),
        Kind::EdgeSource => json!({ "type": "string", "pattern": "^(builtin:[a-z0-9-]+|[^/].*)$" }),
        Kind::Options => json!({ "type": "object" }),
    }
}

fn duration() -> Json {
    json!({ "type": "string", "pattern": DURATION })
}

fn text_schema(text: &Text) -> Json {
    let mut schema = json!({ "type": "string", "minLength": text.min, "maxLength": text.max });
    if let Some(pattern) = text.pattern {
        schema["pattern"] = json!(pattern);
    }
    schema
}

fn list(items: &Json, min: usize, max: usize) -> Json {
    json!({ "type": "array", "items": items, "minItems": min, "maxItems": max, "uniqueItems": true })
}

fn query() -> Json {
    let names = list(&json!({ "type": "string", "minLength": 1 }), 1, 10);
    let one = |key: &str| json!({ "type": "object", "additionalProperties": false, "properties": { key: names }, "required": [key] });
    json!({ "oneOf": [{ "type": "string", "enum": ["none", "all"] }, one("only"), one("except")] })
}
