//! Practising with Route 53: a hosted zone comes from the command line, and the rest goes as in an account.

#![expect(clippy::unwrap_used, reason = "a test that can't run the program has failed")]

#[expect(dead_code, reason = "only some of what places can do is needed here")]
#[path = "support/program.rs"]
mod program;

use program::{Place, told};
use serde_json::Value;
use sitecast::aws::practice_zone;
use sitecast::aws::session::{ConnectOptions, Session};
use sitecast::error::Kind;
use sitecast::sandbox::{pace::Pace, server};
use std::time::Duration;

const PROFILE: &str = r#"
schema = 1
name = "acme"

[distribution]
folder = "public"
region = "eu-west-1"

[https]
domains = ["acme.example", "www.acme.example"]
dns = "route53"
"#;

const FILES: &[(&str, &str)] = &[("index.html", "<h1>Acme</h1>")];

const DEPLOY: &[&str] = &["deploy", "site.toml", "--yes", "--no-input", "--quiet"];
const DESTROY: &[&str] = &["destroy", "site.toml", "--yes", "--no-input", "--confirm", "acme"];

fn zone(place: &Place, arguments: &[&str]) -> Value {
    let told = place.run_well(&[&["sandbox", "zone"], arguments, &["--json"]].concat());
    serde_json::from_str(&told).unwrap()
}

#[track_caller]
fn refused(place: &Place, arguments: &[&str], words: &str) {
    let output = place.run(&[&["sandbox", "zone"], arguments].concat());
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains(words), "{}", told(&output));
}

#[test]
fn a_zone_added_by_hand_is_all_that_domains_need() {
    let place = Place::new(PROFILE, FILES);
    let without = place.run(DEPLOY);
    assert!(!without.status.success(), "{}", told(&without));
    let made = zone(&place, &["add", "Acme.example."]);
    assert_eq!((&made["name"], made["name_servers"].as_array().unwrap().len()), (&"acme.example".into(), 4));
    assert_eq!(place.run_well(DEPLOY).trim(), "https://acme.example/");
    refused(&place, &["remove", "acme.example"], "destroy the sites that have records in it");
    place.run_well(DESTROY);
    assert_eq!(zone(&place, &["remove", "acme.example"])["removed"], 1);
    assert_eq!(zone(&place, &["list"])["zones"], Value::Array(vec![]));
}

#[test]
fn zones_are_told_apart_by_name() {
    let place = Place::new(PROFILE, FILES);
    zone(&place, &["add", "acme.example"]);
    zone(&place, &["add", "acme.test"]);
    refused(&place, &["add", "ACME.example"], "There is a hosted zone acme.example already");
    refused(&place, &["add", "not a name"], "not a name");
    refused(&place, &["remove", "elsewhere.example"], "There is no hosted zone elsewhere.example");
    assert_eq!(place.run_well(&["sandbox", "zone", "list"]), "acme.example\nacme.test\n");
}

#[tokio::test]
async fn name_servers_that_take_too_long_are_not_waited_for_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    // As on AWS, where it takes them half a minute.
    let (pace, folder) = (Pace::Real, folder.path().to_owned());
    let options = server::Options { folder, pace, port: 0, faults: Vec::new(), dns_port: None };
    let running = server::start(options).await.unwrap();
    let options = ConnectOptions { sandbox: Some(running.url()), ..ConnectOptions::default() };
    let session = Session::connect(options).await.unwrap();
    let error = practice_zone::add(&session, "acme.example", Duration::from_millis(10)).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unfinished);
    let waited_for = error.causes.iter().any(|cause| cause.contains("to become INSYNC"));
    assert!(waited_for && error.message.contains("hosted zone acme.example"), "{error}");
    assert_eq!(practice_zone::all(&session).await.unwrap().len(), 1);
}
