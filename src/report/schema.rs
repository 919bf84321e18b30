//! The JSON Schema of the event lines.

use super::closing::Closing;
use super::json::version_line;
use crate::apply::Event;
use serde_json::{Map, Value, json};

/// The JSON Schema that each line of `--events` follows: first the version, then events, then how it ended.
pub fn events_schema() -> Value {
    let mut event = schemars::schema_for!(Event).to_value();
    let mut closing = schemars::schema_for!(Closing).to_value();
    let dialect = take(&mut event, "$schema");
    take(&mut closing, "$schema");
    let definitions: Map<String, Value> = [&mut event, &mut closing]
        .into_iter()
        .filter_map(|schema| take(schema, "$defs").as_object().cloned())
        .flatten()
        .collect();
    json!({
        "$schema": dialect,
        "title": "A line of `sitecast --events`",
        "oneOf": [version_schema(), event, closing],
        "$defs": definitions,
    })
}

fn take(schema: &mut Value, key: &str) -> Value {
    schema.as_object_mut().and_then(|schema| schema.remove(key)).unwrap_or_default()
}

fn version_schema() -> Value {
    let line = version_line();
    json!({
        "title": "Version",
        "description": "The first line, by which a reader knows what the others are.",
        "type": "object",
        "properties": { "type": { "const": line["type"] }, "schema": { "const": line["schema"] } },
        "required": ["type", "schema"],
    })
}
