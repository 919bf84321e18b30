//! A teardown on the screen and one by command, of the same site: they leave the same account and the same receipt.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that can't do what it describes has failed")]

#[path = "support/account.rs"]
mod account;
#[path = "support/program.rs"]
mod program;
#[expect(dead_code, reason = "only some of what the sandbox can do is needed here")]
mod sandbox;
#[expect(dead_code, reason = "this screen keeps its size")]
#[path = "support/shown.rs"]
mod shown;
#[expect(dead_code, reason = "only other tests compare the terminal's settings")]
#[path = "support/terminal.rs"]
mod terminal;

use program::Place;
use serde_json::Value;
use shown::Shown;
use std::path::Path;
use terminal::Terminal;

const PROFILE: &str = r#"
schema = 1
name = "acme"

[distribution]
folder = "public"
region = "eu-west-1"
pretty_urls = true

[failover]
region = "eu-central-1"

[[edge]]
name = "headers"
function = "builtin:security-headers"
event = "viewer-response"
paths = ["*"]

[https]
domains = ["acme.example"]
dns = "route53"
"#;

const FILES: &[(&str, &str)] = &[("index.html", "<h1>Acme</h1>"), ("404.html", "<h1>Nothing</h1>")];

fn deployed() -> Place {
    let place = Place::new(PROFILE, FILES);
    place.run_well(&["sandbox", "zone", "add", "acme.example"]);
    place.run_well(&["deploy", "site.toml", "--yes", "--no-input", "--quiet"]);
    place
}

/// The lines of a receipt: what is gone, what stays, what is still to go.
fn by_command(place: &Place, flags: &[&str]) -> Vec<String> {
    let agreed = ["--yes", "--confirm", "acme", "--no-input", "--json"];
    let told = place.run_well(&[&["destroy", "site.toml"], flags, &agreed].concat());
    let told: Value = serde_json::from_str(&told).unwrap();
    let receipt = &told["receipt"];
    assert_eq!(receipt["pending"], Value::Array(vec![]));
    let gone = receipt["gone"].as_array().unwrap().iter().map(|id| format!("gone: {}", named(id)));
    let kept = receipt["kept"].as_array().unwrap().iter().map(|what| what.as_str().unwrap().to_owned());
    gone.chain(kept).collect()
}

/// As people are told it.
fn named(id: &Value) -> String {
    id.as_str().unwrap().replacen('/', " ", 1)
}

/// The receipt with all its lines in one.
fn on_screen(place: &Place, flags: &[&str]) -> String {
    let before = ["--sandbox", "--pace", "instant", "--sandbox-dir", "account", "destroy", "site.toml"];
    let program = Path::new(env!("CARGO_BIN_EXE_sitecast"));
    let folder = place.account().parent().unwrap().to_owned();
    let shown = Shown::start(program, &[&before, flags].concat(), &folder, Terminal::new(160, 70));
    shown.until_told("only acme typed out begins it");
    shown.press("\r");
    shown.until_told("Type acme");
    shown.press("acme\r");
    shown.until_told("gone: distribution");
    let told = shown.screen().contents();
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn both_leave_the_same_account_and_the_same_receipt() {
    let place = deployed();
    for flags in [&[][..], &["--keep-buckets", "--keep-logs"]] {
        let (screen, command) = (place.copy(), place.copy());
        let receipt = by_command(&command, flags);
        assert!(receipt.iter().any(|line| line == "gone: distribution acme"), "{receipt:#?}");
        assert_eq!(receipt.iter().any(|line| line.starts_with("stays: bucket")), !flags.is_empty());
        assert_eq!(receipt.iter().any(|line| line.starts_with("stays: log group")), !flags.is_empty());
        let shown = on_screen(&screen, flags);
        for line in &receipt {
            assert!(shown.contains(line), "`{line}` is not in {shown}");
        }
        let lines = shown.matches("gone: ").count() + shown.matches("stays: ").count();
        assert_eq!(lines, receipt.len(), "{receipt:#?} {shown}");
        let left = account::snapshot(&command.account()).await;
        assert_eq!(account::snapshot(&screen.account()).await, left, "{flags:?}");
        assert_eq!(left.contains("bucket "), !flags.is_empty(), "{left}");
    }
}
