//! The JSON Schema of the event lines.

use super::json::version_line;
use crate::apply::Event;
use serde_json::{Value, json};

/// The JSON Schema that each line of `--events` follows: first the version, then events.
pub fn events_schema() -> Value {
    let mut event = schemars::schema_for!(Event).to_value();
    let definitions = take(&mut event, "$defs");
    let dialect = take(&mut event, "$schema");
    json!({
        "$schema": dialect,
        "title": "A line of `sitecast --events`",
        "oneOf": [version_schema(), event],
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
