//! `sitecast edge` as a person calls it.

#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

use assert_cmd::Command;
use serde_json::Value as Json;
use std::path::Path;

const HEAD: &str =
    "schema = 1\nname = \"acme-blog\"\n[distribution]\nfolder = \"public\"\nregion = \"eu-west-1\"\n";

/// A folder with a profile that has these edge entries.
fn site(entries: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("site.toml"), format!("{HEAD}{entries}")).unwrap();
    folder
}

fn edge(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("sitecast").unwrap();
    command.current_dir(folder).arg("edge").args(arguments);
    command
}

fn node_is_here() -> bool {
    let here = std::process::Command::new("node").arg("--version").output().is_ok();
    if !here {
        eprintln!("skipped: Node.js is not on this machine");
    }
    here
}

#[test]
fn a_password_comes_on_stdin_and_its_hash_opens_the_door() {
    let output = edge(Path::new("."), &["hash-password"]).write_stdin("correct horse\r\n").output().unwrap();
    assert!(output.status.success());
    let hash = String::from_utf8(output.stdout).unwrap();
    let site = site(&format!(
        "[[edge]]\nname = \"door\"\nfunction = \"builtin:basic-auth\"\nevent = \"viewer-request\"\n\
         options = {{ users = {{ ann = \"{}\" }} }}\n",
        hash.trim()
    ));
    if !node_is_here() {
        return;
    }
    // `ann:correct horse` in base64.
    let header = "Authorization: Basic YW5uOmNvcnJlY3QgaG9yc2U=";
    let output = edge(site.path(), &["test", "site.toml", "door", "--url", "/a", "--header", header])
        .output()
        .unwrap();
    let answer: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &answer["uri"]), (Some(0), &Json::from("/a")));
}

#[test]
fn no_password_and_one_that_no_browser_can_send_are_refused() {
    for input in ["", "\n", "two\nlines\n"] {
        edge(Path::new("."), &["hash-password"]).write_stdin(input).assert().code(2).stdout("");
    }
}

#[test]
fn an_answer_that_cloudfront_would_refuse_fails() {
    let site = site("[[edge]]\nname = \"own\"\nfunction = \"own.mjs\"\nevent = \"origin-request\"\n");
    let code = "export const handler = () => ({ status: 200, body: 'hi' });";
    std::fs::write(site.path().join("own.mjs"), code).unwrap();
    if !node_is_here() {
        return;
    }
    let output = edge(site.path(), &["test", "site.toml", "own"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("error: the status is 200"), "{said}");
    assert_eq!(serde_json::from_slice::<Json>(&output.stdout).unwrap()["body"], "hi");
}

#[test]
fn an_address_that_nobody_can_ask_for_is_refused() {
    let site =
        site("[[edge]]\nname = \"heads\"\nfunction = \"builtin:greeting\"\nevent = \"origin-request\"\n");
    for (url, why) in
        [("docs", "it begins neither with / nor with https://"), ("/a b", "an address spells %20")]
    {
        let output = edge(site.path(), &["test", "site.toml", "heads", "--url", url]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("`{url}` is no address")) && said.contains(why), "{said}");
    }
}

#[test]
fn an_event_can_come_from_a_file_of_the_right_kind() {
    let site = site(
        "[[edge]]\nname = \"heads\"\nfunction = \"builtin:security-headers\"\nevent = \"viewer-response\"\n",
    );
    let event = r#"{"Records":[{"cf":{"config":{"eventType":"viewer-response"},"request":{},
        "response":{"status":"200","headers":{}}}}]}"#;
    std::fs::write(site.path().join("right.json"), event).unwrap();
    std::fs::write(site.path().join("wrong.json"), event.replace("viewer-r", "origin-r")).unwrap();
    let test = |file| edge(site.path(), &["test", "site.toml", "heads", "--event", file]).output().unwrap();
    assert_eq!(test("wrong.json").status.code(), Some(2));
    if !node_is_here() {
        return;
    }
    let output = test("right.json");
    let answer: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["headers"]["x-frame-options"][0]["value"], "DENY");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn wrong_options_are_all_told_and_nothing_runs() {
    let site = site(
        "[[edge]]\nname = \"shut\"\nfunction = \"builtin:maintenance\"\nevent = \"viewer-request\"\n\
         options = { retry_after = 0, colour = \"red\" }\n",
    );
    let output = edge(site.path(), &["test", "site.toml", "shut"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("`retry_after`") && said.contains("`colour`"), "{said}");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
}

#[test]
fn a_name_that_is_not_there_is_answered_with_those_that_are() {
    let site =
        site("[[edge]]\nname = \"shut\"\nfunction = \"builtin:maintenance\"\nevent = \"viewer-request\"\n");
    let output = edge(site.path(), &["test", "site.toml", "open"]).output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("it has: shut"));
    assert_eq!(output.status.code(), Some(2));
}
