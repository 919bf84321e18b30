use super::*;
use crate::edge::event::{SampleRequest, sample_event};
use crate::edge::finding::{Severity, has_errors};
use crate::edge::fixtures::{own, ready};
use crate::profile::answers::{EdgeEvent, Seconds};
use crate::profile::gallery::password::hash_password;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

/// The run of a text as a function, on a machine that has its runtime.
fn run_text(file: &str, text: &str, event: EdgeEvent) -> Option<LocalRun> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(file), text).unwrap();
    run(&own(file, event), folder.path(), &[])
}

fn run(function: &EdgeFunction, folder: &Path, headers: &[&str]) -> Option<LocalRun> {
    let language = Language::of_runtime(&function.runtime).unwrap();
    if LocalRuntime::find(language).is_none() {
        eprintln!("skipped: {} is not on this machine", language.name());
        return None;
    }
    let request = SampleRequest::get("/docs?a=1").unwrap();
    let request = headers.iter().fold(request, |request, header| request.header(header).unwrap());
    Some(run_locally(function, folder, &sample_event(function, "eu-west-1", &request)).unwrap())
}

fn errors(run: &LocalRun) -> Vec<&str> {
    let errors = run.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.what.as_str()).collect()
}

#[test]
fn a_ready_function_runs_with_its_options() {
    let function = ready("pretty-urls", EdgeEvent::ViewerRequest, json!({ "index": "home.html" }));
    let Some(run) = run(&function, Path::new(""), &[]) else { return };
    assert!(!has_errors(&run.findings), "{:?}", run.findings);
    assert_eq!(run.answer.unwrap()["headers"]["location"][0]["value"], "/docs/?a=1");
}

#[test]
fn a_hashed_password_lets_in_who_knows_it_and_nobody_else() {
    let users = json!({ "users": { "ann": hash_password("correct horse ü").unwrap() } });
    let function = ready("basic-auth", EdgeEvent::ViewerRequest, users);
    for (password, lets_in) in [("correct horse ü", true), ("correct horse u", false)] {
        let header = format!("Authorization: Basic {}", STANDARD.encode(format!("ann:{password}")));
        let Some(run) = run(&function, Path::new(""), &[&header]) else { return };
        assert!(!has_errors(&run.findings), "{:?}", run.findings);
        assert_eq!(run.answer.unwrap().get("status").is_none(), lets_in, "{password}");
    }
}

#[test]
fn python_runs_too_and_what_it_prints_is_no_answer() {
    let text = "import os\nprint('hello')\ndef lambda_handler(event, context):\n    os.write(1, b'there')\n    \
                return event['Records'][0]['cf']['request']\n";
    let Some(run) = run_text("a.py", text, EdgeEvent::ViewerRequest) else { return };
    assert_eq!(errors(&run), [""; 0]);
    assert_eq!(run.answer.unwrap()["uri"], "/docs");
    assert!(run.log.contains("hello") && run.log.contains("there"), "{}", run.log);
}

#[test]
fn each_way_to_fail_has_its_own_words() {
    let rows = [
        ("export const handler = () => { throw new Error('no'); };", "the function failed"),
        (
            "export const handler = () => new Promise(() => {});",
            "the function ended before it came to answer",
        ),
        ("export const handler = () => process.exit(0);", "the function ended before it came to answer"),
        ("export const handler = () => {};", "the function answered nothing"),
        ("export const other = 1;", "the function could not be loaded"),
        ("import './none.mjs'; export const handler = 1;", "the function could not be loaded"),
        (
            "export const handler = async () => ({ status: '200', headers: { 'x-cache': [{ value: 'a' }] } });",
            "the function added the header x-cache",
        ),
    ];
    for (text, expected) in rows {
        let Some(run) = run_text("a.mjs", text, EdgeEvent::OriginRequest) else { return };
        assert_eq!(errors(&run), [expected], "{text}\n{}", run.log);
    }
}

#[test]
fn a_function_without_end_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.mjs"), "export const handler = () => { for (;;); };").unwrap();
    let function = EdgeFunction { timeout: Seconds(1), ..own("a.mjs", EdgeEvent::OriginRequest) };
    let Some(run) = run(&function, folder.path(), &[]) else { return };
    assert_eq!(errors(&run), ["the function took longer than 1s to answer"]);
}

#[test]
fn a_function_that_takes_a_callback_is_answered() {
    let text = "exports.handler = (event, context, done) => {\n  console.log('hi');\n  \
                done(null, event.Records[0].cf.response);\n};";
    let Some(run) = run_text("a.cjs", text, EdgeEvent::ViewerResponse) else { return };
    assert_eq!(errors(&run), [""; 0]);
    assert_eq!(run.log.trim(), "hi");
}

#[test]
fn nothing_of_this_environment_is_seen() {
    let text =
        "export const handler = () => ({ status: '200', body: Object.keys(process.env).sort().join() });";
    let Some(run) = run_text("a.mjs", text, EdgeEvent::OriginRequest) else { return };
    assert_eq!(run.answer.unwrap()["body"], "AWS_REGION,PATH,TZ");
}

#[test]
fn memory_is_held_to_what_the_profile_says() {
    let text = "export const handler = () => { const all = []; for (;;) all.push(new Array(1e6).fill(1)); };";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.mjs"), text).unwrap();
    let function = EdgeFunction { timeout: Seconds(30), ..own("a.mjs", EdgeEvent::OriginRequest) };
    let Some(run) = run(&function, folder.path(), &[]) else { return };
    assert_eq!(errors(&run), ["the function ended before it came to answer"]);
}
