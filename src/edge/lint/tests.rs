use super::*;
use crate::edge::finding::Severity;
use crate::edge::fixtures::{own, ready};
use crate::edge::runtime::LocalRuntime;
use crate::profile::answers::{EdgeEvent, Seconds};
use serde_json::json;

const GOOD: &str = "export async function handler(event) {\n  return event.Records[0].cf.request;\n}\n";

/// The findings on one text, each as a line; what depends on this machine's runtimes is left out.
fn told(file: &str, text: &str, event: EdgeEvent) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(file), text).unwrap();
    lines(lint(&own(file, event), folder.path()).unwrap())
}

fn lines(findings: Vec<Finding>) -> Vec<String> {
    let line = |finding: Finding| finding.to_string().lines().next().unwrap().to_owned();
    let told = findings.into_iter().filter(|finding| !finding.what.contains("syntax was not checked"));
    told.map(line).collect()
}

#[test]
fn good_code_has_no_findings() {
    assert_eq!(told("a.mjs", GOOD, EdgeEvent::OriginRequest), [""; 0]);
    let python = "def lambda_handler(event, context):\n    return event['Records'][0]['cf']['request']\n";
    assert_eq!(told("a.py", python, EdgeEvent::ViewerRequest), [""; 0]);
}

#[test]
fn what_the_source_shows_is_told_with_its_line() {
    let rows = [
        ("a.mjs", "export const other = 1;", "error: a.mjs: no handler is exported"),
        ("a.cjs", GOOD, "error: a.cjs:1: import and export in a file that is read as CommonJS"),
        (
            "a.mjs",
            "export const handler = 1;\nexports.handler = 2;",
            "error: a.mjs:2: CommonJS exports in a file that is read as an ES module",
        ),
        ("a.mjs", "import b from './b.mjs';", "error: a.mjs:1: imports a file that is not packed"),
        (
            "a.mjs",
            "export const handler = () => process.env.SECRET;",
            "warning: a.mjs:1: process.env is empty at the edge",
        ),
        (
            "a.py",
            "import os\ndef handler(e, c):\n    return os.environ['A']",
            "warning: a.py:3: os.environ is empty at the edge",
        ),
        (
            "a.mjs",
            "export const handler = (e) => {\n  e.headers['X-Real-IP'] = 1;\n};",
            "error: a.mjs:2: sets the header X-Real-IP",
        ),
        (
            "a.mjs",
            "export const handler = (e) => {\n  e.headers.host = 1;\n};",
            "error: a.mjs:2: changes the header host",
        ),
    ];
    for (file, text, expected) in rows {
        let told = told(file, text, EdgeEvent::ViewerRequest);
        assert!(told.iter().any(|line| line == expected), "{expected} is not among {told:?}");
    }
}

#[test]
fn comments_and_variables_of_lambda_are_no_findings() {
    let text = format!("// process.env.A\n{GOOD}const region = process.env.AWS_REGION;\n");
    assert_eq!(told("a.mjs", &text, EdgeEvent::OriginRequest), [""; 0]);
}

#[test]
fn the_runtime_itself_judges_the_syntax() {
    let rows = [
        ("a.mjs", Language::Node, "export const handler = 1;\nlet a = ;", 2),
        ("a.py", Language::Python, "def handler(e, c):\n    return 1\nif\n", 3),
    ];
    for (file, language, text, line) in rows {
        if LocalRuntime::find(language).is_some() {
            let told = told(file, text, EdgeEvent::OriginRequest);
            let beginning = format!("{file}:{line}: SyntaxError");
            assert!(told.iter().any(|told| told.contains(&beginning)), "{beginning} is not among {told:?}");
        }
    }
}

#[test]
fn code_of_others_is_not_judged() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("f/node_modules/x")).unwrap();
    std::fs::write(folder.path().join("f/index.js"), GOOD).unwrap();
    std::fs::write(folder.path().join("f/package.json"), "{\"type\": \"module\"}").unwrap();
    std::fs::write(folder.path().join("f/node_modules/x/a.js"), "process.env.A; headers.via = 1;").unwrap();
    assert_eq!(lines(lint(&own("f", EdgeEvent::ViewerRequest), folder.path()).unwrap()), [""; 0]);
    std::fs::remove_file(folder.path().join("f/package.json")).unwrap();
    let told = lines(lint(&own("f", EdgeEvent::ViewerRequest), folder.path()).unwrap());
    assert!(
        told.iter()
            .any(|line| line.ends_with("index.js:1: import and export in a file that is read as CommonJS"))
    );
}

#[test]
fn what_the_profile_asks_for_is_held_against_the_event() {
    let base = ready("maintenance", EdgeEvent::ViewerRequest, json!({}));
    let rows = [
        (EdgeFunction { memory_mb: 256, ..base.clone() }, Severity::Warning, "it asks for 256 MB of memory"),
        (EdgeFunction { memory_mb: 64, ..base.clone() }, Severity::Error, "it asks for 64 MB of memory"),
        (
            EdgeFunction { timeout: Seconds(10), ..base.clone() },
            Severity::Warning,
            "it may run for 10 seconds",
        ),
        (EdgeFunction { timeout: Seconds(31), ..base.clone() }, Severity::Error, "it may run for 31 seconds"),
        (
            EdgeFunction { runtime: "nodejs18.x".into(), ..base.clone() },
            Severity::Error,
            "no new function can be made with the runtime nodejs18.x",
        ),
    ];
    assert_eq!(lint(&base, Path::new("")).unwrap(), []);
    for (function, severity, what) in rows {
        let findings = lint(&function, Path::new("")).unwrap();
        assert_eq!((findings.len(), findings[0].severity, findings[0].what.as_str()), (1, severity, what));
    }
    let body = ready("security-headers", EdgeEvent::ViewerResponse, json!({}));
    let findings = lint(&EdgeFunction { include_body: true, ..body }, Path::new("")).unwrap();
    assert_eq!(findings[0].what, "it asks for the request's body on viewer-response");
}

#[test]
fn a_runtime_of_another_language_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.mjs"), GOOD).unwrap();
    let function = EdgeFunction { runtime: "python3.13".into(), ..own("a.mjs", EdgeEvent::OriginRequest) };
    let findings = lint(&function, folder.path()).unwrap();
    assert_eq!(findings[0].way_out, "runtime = \"nodejs24.x\" or \"nodejs22.x\"");
}
