//! Changing one answer of a profile, leaving every other character of the file alone.

use super::question::{Kind, Question};
use toml_edit::Value;

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
        Kind::List { .. } => format!("[{}]", parts(text).map(quoted).collect::<Vec<_>>().join(", ")),
    }
}

/// What stands between commas.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
