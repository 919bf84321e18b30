//! What edge functions wrote in several regions, on the dashboard of the real program.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that can't do what it describes has failed")]

#[expect(dead_code, reason = "only some of what places can do is needed here")]
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

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use program::Place;
use shown::Shown;
use sitecast::aws::edge_log_events;
use sitecast::aws::session::{ConnectOptions, Session};
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::Running;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use terminal::Terminal;

const PROFILE: &str = r#"
schema = 1
name = "acme"

[distribution]
folder = "public"
region = "eu-west-1"

[[edge]]
name = "headers"
function = "builtin:security-headers"
event = "viewer-response"
paths = ["*"]
"#;

const FILES: &[(&str, &str)] = &[("index.html", "<h1>Acme</h1>")];

/// Lambda@Edge keeps this name in every region (aws-facts.md D.2).
const GROUP: &str = "/aws/lambda/us-east-1.sitecast_acme_headers";

/// What was written where, how many milliseconds ago, and in which stream.
const WRITTEN: [(&str, i64, &str, &str); 5] = [
    ("eu-central-1", 40_000, "2026/a", "first from Frankfurt"),
    ("ap-northeast-1", 30_000, "2026/a", "second from Tokyo"),
    ("eu-central-1", 20_000, "2026/b", "third from Frankfurt"),
    ("ap-northeast-1", 10_000, "2026/a", "fourth from Tokyo"),
    ("ap-northeast-1", 7_200_000, "2026/a", "before all others"),
];

async fn write(running: &Running, now: i64) {
    for (region, ago, stream, message) in WRITTEN {
        let client = Client::new(&sandbox::config(running, region));
        // Both may be there from an event before.
        drop(client.create_log_group().log_group_name(GROUP).send().await);
        drop(client.create_log_stream().log_group_name(GROUP).log_stream_name(stream).send().await);
        let event = InputLogEvent::builder().timestamp(now - ago).message(format!("{message}\n"));
        let put = client.put_log_events().log_group_name(GROUP).log_stream_name(stream);
        put.log_events(event.build().unwrap()).send().await.unwrap();
    }
}

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_all_regions_are_merged_by_time() {
    let place = Place::new(PROFILE, FILES);
    let running = sandbox::start(&place.account(), Pace::Instant, &[]).await;
    let now = now();
    write(&running, now).await;
    let poll = Some(Duration::from_millis(5));
    let options = ConnectOptions { sandbox: Some(running.url()), poll, ..ConnectOptions::default() };
    let session = Session::connect(options).await.unwrap();
    let functions = ["sitecast_acme_headers".to_owned(), "sitecast_acme_other".to_owned()];
    let read = async |since, most| edge_log_events::read(&session, &functions, since, most).await;
    let told = async |since, most| {
        let events = read(since, most).await.events.into_iter();
        events.map(|event| format!("{} {}", event.region, event.text)).collect::<Vec<_>>()
    };
    let merged = [
        "eu-central-1 first from Frankfurt",
        "ap-northeast-1 second from Tokyo",
        "eu-central-1 third from Frankfurt",
        "ap-northeast-1 fourth from Tokyo",
    ];
    assert_eq!(told(now - 60_000, 100).await, merged);
    assert_eq!(told(now - 60_000, 2).await, merged[2..], "of too many the newest are told");
    assert_eq!(told(0, 100).await.len(), 5);
    running.set_faults(vec!["service=logs region=ap-northeast-1 outage".parse().unwrap()]);
    let found = read(now - 60_000, 100).await;
    assert_eq!((found.events.len(), found.notices.len()), (2, 1), "{:?}", found.notices);
    assert!(found.notices[0].contains("ap-northeast-1"), "{:?}", found.notices);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_shows_them() {
    let place = Place::new(PROFILE, FILES);
    place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    let running = sandbox::start(&place.account(), Pace::Instant, &[]).await;
    write(&running, now()).await;
    running.stop().await;
    let arguments = ["--sandbox", "--pace", "instant", "--sandbox-dir", "account", "status", "site.toml"];
    let program = Path::new(env!("CARGO_BIN_EXE_sitecast"));
    let shown = Shown::start(program, &arguments, place.account().parent().unwrap(), Terminal::new(120, 36));
    shown.until_told("healthy");
    shown.press("l");
    shown.until_told("fourth from Tokyo");
    let lines: Vec<String> = shown.screen().rows(0, 120).filter(|row| row.contains(" from ")).collect();
    let places: Vec<_> = lines
        .iter()
        .map(|line| ["eu-central-1", "ap-northeast-1"].iter().position(|region| line.contains(region)))
        .collect();
    assert_eq!(places, [Some(0), Some(1), Some(0), Some(1)], "{}", shown.screen().contents());
}
