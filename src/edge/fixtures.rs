//! Profile entries for tests.

use crate::profile::answers::{EdgeEvent, EdgeFunction, EdgeSource, Seconds};
use serde_json::Value as Json;

/// A ready function with these options.
pub(crate) fn ready(name: &str, event: EdgeEvent, options: Json) -> EdgeFunction {
    let options = options.as_object().cloned().unwrap_or_default();
    EdgeFunction { options, ..entry(EdgeSource::Builtin(name.into()), event) }
}

/// The person's own code.
pub(crate) fn own(path: &str, event: EdgeEvent) -> EdgeFunction {
    let runtime = if path.ends_with(".py") { "python3.11" } else { "nodejs22.x" };
    EdgeFunction { runtime: runtime.into(), ..entry(EdgeSource::Own(path.into()), event) }
}

fn entry(function: EdgeSource, event: EdgeEvent) -> EdgeFunction {
    EdgeFunction {
        name: "example".into(),
        function,
        event,
        paths: vec!["*".into()],
        runtime: "nodejs22.x".into(),
        memory_mb: 128,
        timeout: Seconds(5),
        include_body: false,
        options: serde_json::Map::new(),
    }
}
