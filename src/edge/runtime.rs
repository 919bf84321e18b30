//! The languages that run at the edge, and what of them is on this machine.

use super::process::{Child, Line};
use std::process::Command;
use std::time::Duration;

/// The runtimes that new functions may still use (aws-facts.md D.1).
pub const RUNTIMES: &[&str] =
    &["nodejs24.x", "nodejs22.x", "python3.14", "python3.13", "python3.12", "python3.11"];

/// A language that runs at the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// JavaScript on Node.js.
    Node,
    /// Python.
    Python,
}

impl Language {
    /// The language of a file with this extension.
    pub fn of_extension(extension: &str) -> Option<Language> {
        match extension {
            "mjs" | "js" | "cjs" => Some(Language::Node),
            "py" => Some(Language::Python),
            _ => None,
        }
    }

    /// The language of a Lambda runtime.
    pub fn of_runtime(runtime: &str) -> Option<Language> {
        let starts = |beginning| runtime.starts_with(beginning);
        if starts("nodejs") { Some(Language::Node) } else { starts("python").then_some(Language::Python) }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Language::Node => "Node.js",
            Language::Python => "Python",
        }
    }

    /// The programs that run it, in the order in which they are looked for.
    fn programs(self) -> &'static [&'static str] {
        match self {
            Language::Node => &["node"],
            Language::Python => &["python3", "python"],
        }
    }

    /// The name of the handler that a text defines, as far as can be seen.
    pub fn handler_in(self, text: &str) -> Option<&'static str> {
        match self {
            Language::Node => exports_handler(text).then_some("handler"),
            Language::Python => ["handler", "lambda_handler"].into_iter().find(|name| defines(text, name)),
        }
    }
}

/// Whether a module exports `handler`, in any of the forms of both kinds of modules.
fn exports_handler(text: &str) -> bool {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    code.match_indices("export").any(|(at, _)| {
        let rest = &code[at..];
        let end = rest.find(['(', ';', '}']).unwrap_or(rest.len());
        let statement = &rest[..end];
        let is_declaration = statement.split_once('=').map_or(statement, |(left, _)| left);
        holds_word(is_declaration, "handler")
            || statement.contains('*')
            || (statement.starts_with("exports") && is_whole_module(&code[..at], statement))
    })
}

/// `module.exports = …`, whatever it is set to: what it holds can't be seen from here.
fn is_whole_module(before: &str, statement: &str) -> bool {
    before.ends_with("module.") && statement["exports".len()..].trim_start().starts_with('=')
}

fn defines(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let defined = line.strip_prefix("def ").map(|rest| rest.split('(').next().unwrap_or_default());
        let assigned = line.split_once('=').map(|(left, _)| left);
        let imported = line.starts_with("from ") && holds_word(line, name);
        imported || [defined, assigned].into_iter().flatten().any(|found| found.trim_end() == name)
    })
}

/// Whether a word stands in a text by itself.
pub(super) fn holds_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).any(|found| found == word)
}

/// A runtime on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalRuntime {
    /// What to call.
    pub program: &'static str,
    /// Its version, such as `22.3.0`.
    pub version: String,
}

impl LocalRuntime {
    /// The runtime of a language, if it is on this machine.
    pub fn find(language: Language) -> Option<LocalRuntime> {
        language.programs().iter().find_map(|program| {
            let text = first_line(Command::new(program).arg("--version"))?;
            let version = text.trim_start_matches(|c: char| !c.is_ascii_digit()).trim();
            Some(LocalRuntime { program, version: version.to_owned() })
        })
    }

    /// Whether it is older than a Lambda runtime, and may not know all of its language.
    pub fn is_older_than(&self, runtime: &str) -> bool {
        numbers(&self.version) < numbers(runtime)
    }
}

fn first_line(command: &mut Command) -> Option<String> {
    let mut child = Child::start(command, "").ok()?;
    match child.line(Duration::from_secs(10)) {
        Line::Text(text) => Some(text),
        Line::Ended | Line::TimedOut => None,
    }
}

/// The major version of Node.js, or both numbers of Python's.
fn numbers(version: &str) -> Vec<u32> {
    let is_python = version.starts_with("python") || version.starts_with("3.");
    let digits = version.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.split('.').map_while(|part| part.parse().ok()).take(if is_python { 2 } else { 1 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_is_seen_in_every_form() {
        let rows = [
            ("export const handler = async () => {};", true),
            ("export async function handler(event) {", true),
            ("const handler = 1;\nexport { handler };", true),
            ("export {\n  other,\n  main as handler,\n};", true),
            ("export * from './b.mjs';", true),
            ("exports.handler = (e) => e;", true),
            ("module.exports = { handler };", true),
            ("module.exports = build();", true),
            ("// export const handler = 1;", false),
            ("export const handlers = 1;", false),
            ("const handler = 1;", false),
            ("export const other = handler;", false),
            ("exports.other = handler", false),
        ];
        for (text, expected) in rows {
            assert_eq!(Language::Node.handler_in(text).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn a_python_handler_has_either_name() {
        let rows = [
            ("def handler(event, context):", Some("handler")),
            ("def lambda_handler (event, context):", Some("lambda_handler")),
            ("handler = make()", Some("handler")),
            ("from other import lambda_handler", Some("lambda_handler")),
            ("    def handler(event):", None),
            ("# def handler(event):", None),
        ];
        for (text, expected) in rows {
            assert_eq!(Language::Python.handler_in(text), expected, "{text}");
        }
    }

    #[test]
    fn versions_are_compared_by_what_changes_the_language() {
        let older = |version: &str, runtime| {
            LocalRuntime { program: "x", version: version.into() }.is_older_than(runtime)
        };
        assert!(older("20.20.2", "nodejs22.x"));
        assert!(!older("22.1.0", "nodejs22.x"));
        assert!(older("3.9.1", "python3.11"));
        assert!(!older("3.11.7", "python3.11"));
    }
}
