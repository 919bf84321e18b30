//! The site's edge functions, as far as reading them tells.

use super::Finding;
use crate::edge::finding::{Finding as Lint, Severity};
use crate::edge::lint;
use crate::profile::answers::EdgeFunction;
use std::path::Path;

const CHECK: &str = "edge";

/// What there is to say about every function of a profile that lies in `folder`.
pub(super) fn check(functions: &[EdgeFunction], folder: &Path) -> Vec<Finding> {
    functions.iter().flat_map(|function| one(function, folder)).collect()
}

fn one(function: &EdgeFunction, folder: &Path) -> Vec<Finding> {
    let name = &function.name;
    match lint::lint(function, folder) {
        Ok(found) if found.is_empty() => vec![Finding::ok(CHECK, format!("{name}: nothing to object to"))],
        Ok(found) => found.into_iter().map(|lint| of_lint(name, lint)).collect(),
        Err(error) => {
            let finding = Finding::stop(CHECK, format!("{name}: {}", error.message));
            vec![Finding { way_out: error.hint, ..finding.why(error.causes.join("; ")) }]
        }
    }
}

fn of_lint(name: &str, lint: Lint) -> Finding {
    let place = match (&lint.file, lint.line) {
        (Some(file), Some(line)) => format!(" ({file}:{line})"),
        (Some(file), None) => format!(" ({file})"),
        (None, _) => String::new(),
    };
    let what = format!("{name}: {}{place}", lint.what);
    let finding = match lint.severity {
        Severity::Error => Finding::stop(CHECK, what),
        Severity::Warning => Finding::warning(CHECK, what),
        Severity::Note => Finding::not_checked(CHECK, what),
    };
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    Finding { why: some(lint.why), way_out: some(lint.way_out), ..finding }
}
