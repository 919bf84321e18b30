//! Signals stop a run. In a process of its own, since signals reach all of it.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use sitecast::apply::Stop;
use std::process::Command;

fn send(signal: &str) {
    let kill = format!("kill -{signal} {}", std::process::id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

#[tokio::test]
async fn the_first_signal_requests_and_the_second_insists() {
    let stop = Stop::new();
    stop.on_signals().unwrap();
    send("HUP");
    stop.until_requested().await;
    assert!(!stop.insisted());
    send("INT");
    stop.until_insisted().await;
    // No longer listened for, but still not the end of this process.
    send("TERM");
}
