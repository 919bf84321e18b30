//! The dashboard of the real program over a sandbox in which something is wrong, on terminals of three sizes.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that can't do what it describes has failed")]

#[expect(dead_code, reason = "only some of what places can do is needed here")]
#[path = "support/program.rs"]
mod program;
#[expect(dead_code, reason = "a screen keeps its size")]
#[path = "support/shown.rs"]
mod shown;
#[expect(dead_code, reason = "only other tests compare the terminal's settings")]
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/two_regions.rs"]
mod two_regions;

use program::Place;
use shown::Shown;
use std::path::Path;
use terminal::Terminal;
use two_regions::{PAGES, TWO_REGIONS};

const SIZES: [(u16, u16); 3] = [(120, 36), (80, 24), (60, 15)];

/// What is wrong, what the line at the top says by it as far as a narrow one has room, and what the panel says to which so many tabs lead.
const STATES: [(&str, &str, usize, &str); 6] = [
    ("", "healthy", 0, "deployed"),
    ("s3-region=eu-west-1 outage", "degraded", 3, "can't be reached"),
    ("s3-region=eu-west-1 outage", "degraded", 4, "armed"),
    ("op=GetDistribution fail=Throttling", "not know", 0, "Throttling"),
    ("op=GetMetricData fail=AccessDenied status=403", "healthy", 6, "AccessDenied"),
    ("service=cloudfront fail=ExpiredToken status=403", "not know", 0, "ExpiredToken"),
];

fn opened(place: &Place, fault: &str, (columns, rows): (u16, u16)) -> Shown {
    let begin = ["--sandbox", "--pace", "instant", "--sandbox-dir", "account", "status", "site.toml"];
    let faults = if fault.is_empty() { Vec::new() } else { vec!["--fault", fault] };
    let program = Path::new(env!("CARGO_BIN_EXE_sitecast"));
    let folder = place.account().parent().unwrap().to_owned();
    Shown::start(program, &[&begin[..], &faults].concat(), &folder, Terminal::new(columns, rows))
}

/// Without where lines end, since a narrow terminal ends them anywhere.
fn words(screen: &vt100::Screen) -> String {
    screen.contents().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_wrong_is_told_at_every_size() {
    let place = Place::new(TWO_REGIONS, &PAGES);
    place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    for (fault, health, tabs, said) in STATES {
        for size in SIZES {
            let shown = opened(&place, fault, size);
            shown.until(health, |screen| screen.rows(0, size.0).next().unwrap().contains(health));
            shown.press(&"\t".repeat(tabs));
            shown.press("\r");
            shown.until(&format!("{said} for {fault} at {size:?}"), |screen| words(screen).contains(said));
        }
    }
}

#[test]
fn a_difference_is_told_at_every_size() {
    let place = Place::new(TWO_REGIONS, &PAGES);
    place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    place.set_profile(&TWO_REGIONS.replace("[failover]", "price_class = \"all\"\n[failover]"));
    for size in SIZES {
        let shown = opened(&place, "", size);
        shown.until_told("! differs");
        shown.press(&"\t".repeat(10));
        shown.press("\r");
        shown.until_told("price_class");
    }
}
