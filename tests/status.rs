//! What is known of a live site: how often AWS is asked, what each look shows, and the failover drill.

#![expect(clippy::unwrap_used, reason = "a test that can't prepare its site has failed")]

#[path = "status/counting.rs"]
mod counting;
#[path = "status/health.rs"]
mod health;
#[path = "status/probes.rs"]
mod probes;
#[expect(dead_code, reason = "only some of what places can do is needed here")]
#[path = "support/program.rs"]
mod program;
#[path = "support/two_regions.rs"]
mod two_regions;
#[path = "status/watching.rs"]
mod watching;

use program::{Place, told};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use two_regions::{PAGES, TWO_REGIONS};

const PRIMARY_OUT: [&str; 2] = ["--fault", "s3-region=eu-west-1 outage"];

fn deployed() -> Place {
    let place = Place::new(TWO_REGIONS, &PAGES);
    place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    place
}

#[track_caller]
fn object(place: &Place, arguments: &[&str], exit: i32) -> Value {
    let output = place.run(arguments);
    assert_eq!(output.status.code(), Some(exit), "{}", told(&output));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(&output)))
}

#[track_caller]
fn status(place: &Place, flags: &[&str], exit: i32) -> Value {
    object(place, &[&["status", "site.toml", "--json", "--check"], flags].concat(), exit)
}

#[test]
fn every_panel_has_data_and_says_when_it_was_taken() {
    let place = deployed();
    place.write("new.html", "<h1>New</h1>");
    place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    let status = status(&place, &[], 0);
    assert_eq!((&status["health"], &status["reasons"]), (&"healthy".into(), &Value::Array(vec![])));
    let panels = status["panels"].as_object().unwrap();
    assert_eq!(panels.len(), 11);
    for (name, panel) in panels {
        assert!(panel["taken"].as_str().unwrap().ends_with('Z'), "{name}: {panel}");
        assert!(panel["error"].is_null(), "{name}: {panel}");
    }
    let data = |panel: &str| &panels[panel]["data"];
    assert_eq!(data("distribution")["state"], "deployed");
    assert_eq!(data("certificate"), "cloud_fronts");
    assert_eq!(data("origins")["parity"], "same");
    assert_eq!(data("origins")["origins"][1]["objects"], 3);
    assert_eq!(data("failover")["armed"], true);
    let releases = data("releases")["newest"].as_array().unwrap();
    assert_eq!((releases.len(), &releases[0]["generation"]), (2, &2.into()), "{releases:?}");
    assert_eq!(releases[0]["hash"], data("origins")["origins"][0]["release"]);
    assert_eq!(data("drift")["resources"], Value::Array(vec![]));
    let why = data("caching")["hit_rate"]["no_data"]["why"].as_str().unwrap();
    // The look's own requests may have been counted by then.
    assert!(why.contains("no request") || why.contains("additional metrics"), "{why}");
}

#[test]
fn a_cold_probe_and_a_warm_one_are_told_apart() {
    let status = status(&deployed(), &[], 0);
    let probes = &status["panels"]["probes"]["data"]["probes"]["data"];
    let shown = |at: usize| {
        let probe = &probes[at];
        let data = &probe["data"];
        assert_eq!((&data["status"], &data["edge_location"]), (&200.into(), &"SBX50-P1".into()), "{probe}");
        (probe["warmth"].clone(), data["x_cache"].clone(), data["connect_milliseconds"].is_null())
    };
    assert_eq!(shown(0), ("cold".into(), "Miss from cloudfront".into(), false));
    assert_eq!(shown(1), ("warm".into(), "Hit from cloudfront".into(), true));
    assert!(probes[1]["data"]["age_seconds"].is_u64());
}

#[test]
fn a_region_that_is_out_degrades_the_site_which_the_backup_serves() {
    let status = status(&deployed(), &PRIMARY_OUT, 6);
    assert_eq!(status["health"], "degraded");
    let reason = status["reasons"][0]["says"].as_str().unwrap();
    assert!(
        reason.contains("primary") && reason.contains("failover is armed, so the backup serves"),
        "{reason}"
    );
    let panels = &status["panels"];
    assert!(panels["origins"]["data"]["origins"][0]["reach"]["unreachable"].is_object(), "{panels}");
    assert!(panels["origins"]["data"]["origins"][1]["reach"]["answers"].is_object(), "{panels}");
    assert_eq!(panels["probes"]["data"]["probes"]["data"][0]["data"]["status"], 200);
    assert!(panels["drift"]["error"]["why"].as_str().unwrap().contains("no plan can be made"), "{panels}");
}

#[test]
fn a_failing_service_costs_its_own_panels_alone() {
    let cases = [
        ("op=GetDistribution fail=InternalError", &["distribution"][..], "unreachable"),
        ("op=ListInvalidations fail=AccessDenied status=403", &["invalidations"], "denied"),
        ("op=GetMetricData fail=AccessDenied status=403", &["caching"], "denied"),
        ("op=ListObjectVersions fail=InternalError", &["releases"], "unreachable"),
    ];
    let place = deployed();
    for (fault, panels, trouble) in cases {
        let exit = if panels == ["distribution"] { 1 } else { 0 };
        let status = status(&place, &["--fault", fault], exit);
        for (name, panel) in status["panels"].as_object().unwrap() {
            let expected = if panels.contains(&name.as_str()) { trouble.into() } else { Value::Null };
            assert_eq!(panel["error"]["trouble"], expected, "{fault}: {name} {panel}");
        }
    }
}

#[test]
fn what_aws_refuses_to_list_costs_the_comparison_and_nothing_else() {
    let place = deployed();
    let refused = "op=ListCachePolicies fail=AccessDenied status=403";
    let status = |flags: &[&str], exit| status(&place, &[&["--fault", refused], flags].concat(), exit);
    let alone = status(&[], 1);
    for (name, panel) in alone["panels"].as_object().unwrap() {
        assert_eq!(panel["error"].is_object(), name == "drift", "{name}: {panel}");
    }
    assert!(
        alone["incomplete"]["hint"].as_str().unwrap().contains("cloudfront:ListCachePolicies"),
        "{alone}"
    );
    let with_outage = status(&PRIMARY_OUT, 6);
    assert_eq!(with_outage["health"], "degraded");
}

#[test]
fn a_difference_is_told_field_by_field() {
    let place = deployed();
    place.set_profile(&TWO_REGIONS.replace("[failover]", "price_class = \"all\"\n[failover]"));
    let status = status(&place, &[], 3);
    assert_eq!(status["health"], "differs from the profile");
    let resource = &status["panels"]["drift"]["data"]["resources"][0];
    assert_eq!(resource["changes"][0]["field"], "price_class", "{resource}");
}

#[test]
fn a_site_that_is_not_deployed_has_no_data_and_no_errors() {
    let place = Place::new(TWO_REGIONS, &PAGES);
    let status = status(&place, &[], 3);
    assert_eq!(status["health"], "not deployed");
    for (name, panel) in status["panels"].as_object().unwrap() {
        assert!(panel["error"].is_null(), "{name}: {panel}");
    }
    assert_eq!(status["panels"]["distribution"]["data"], Value::Null);
}

#[test]
fn watching_prints_a_line_for_each_fact_and_then_the_health() {
    let place = deployed();
    let mut program = place.command(&["status", "site.toml", "--watch"]);
    let mut watching = program.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(watching.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut seen = Vec::new();
    for line in lines {
        seen.push(line);
        if seen.last().unwrap().contains("  Health  ") {
            break;
        }
    }
    watching.kill().unwrap();
    watching.wait().unwrap();
    for words in ["Distribution", "armed on 500 502 503 504", "both hold the same", "cold  200", "healthy"] {
        assert!(seen.iter().any(|line| line.contains(words)), "`{words}` is not in {seen:#?}");
    }
    let refused = place.run(&["status", "site.toml", "--watch", "--json"]);
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
}

#[test]
fn a_drill_shows_that_the_backup_answers_and_leaves_nothing() {
    let place = deployed();
    let drilled = object(&place, &["drill", "site.toml", "--json"], 0);
    assert_eq!((&drilled["passed"], &drilled["leftovers"]), (&true.into(), &0.into()), "{drilled}");
    let statuses =
        |at: usize| (drilled["origins"][at]["role"].clone(), drilled["origins"][at]["status"].clone());
    assert_eq!((statuses(0), statuses(1)), (("primary".into(), 404.into()), ("backup".into(), 200.into())));
    assert_eq!(drilled["visitor"]["status"], 200);
    let status = status(&place, &[], 0);
    let last = &status["panels"]["failover"]["data"]["last_drill"];
    assert_eq!((&last["passed"], &last["at"]), (&true.into(), &drilled["at"]));
    let again = object(&place, &["drill", "site.toml", "--json"], 0);
    assert_eq!(again["leftovers"], 0, "{again}");
    assert_ne!(again["url"], drilled["url"]);
    let history = String::from_utf8(place.run(&["history", "site.toml"]).stdout).unwrap();
    let kinds: Vec<_> = history.lines().filter_map(|line| line.split_whitespace().nth(2)).collect();
    assert_eq!(kinds, ["drill", "deploy"], "the newest first: {history}");
}

#[test]
fn what_a_killed_drill_leaves_goes_with_the_next() {
    let place = deployed();
    for fault in ["op=PutObject abort", "op=HeadObject nth=1 abort"] {
        let killed = place.run(&["drill", "site.toml", "--fault", fault]);
        assert!(!killed.status.success(), "{}", told(&killed));
        let next = object(&place, &["drill", "site.toml", "--json"], 0);
        assert_eq!((&next["leftovers"], &next["passed"]), (&1.into(), &true.into()), "{fault}: {next}");
        let after = object(&place, &["drill", "site.toml", "--json"], 0);
        assert_eq!(after["leftovers"], 0, "{after}");
    }
    status(&place, &[], 0);
}

#[test]
fn a_drill_that_proves_nothing_says_why() {
    let place = deployed();
    let failed = object(&place, &["drill", "site.toml", "--json", PRIMARY_OUT[0], PRIMARY_OUT[1]], 6);
    assert_eq!(failed["passed"], false);
    let why = failed["why_not"].as_str().unwrap();
    assert!(why.contains("the primary bucket answers 503"), "{why}");
    let clean = object(&place, &["drill", "site.toml", "--json"], 0);
    assert_eq!(clean["leftovers"], 0, "a drill that fails cleans up as well");
}

#[test]
fn a_drill_is_refused_where_there_is_nothing_to_drill() {
    let without = TWO_REGIONS.split("[failover]").next().unwrap();
    let refused = |place: &Place, words: &str| {
        let output = place.run(&["drill", "site.toml"]);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(told(&output).contains(words), "{}", told(&output));
    };
    let place = Place::new(without, &PAGES);
    refused(&place, "its profile has no failover");
    place.set_profile(TWO_REGIONS);
    refused(&place, "it is not deployed");
    refused(&place, "`sitecast deploy site.toml --sandbox");
    place.set_profile(without);
    place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    place.set_profile(TWO_REGIONS);
    refused(&place, "it was deployed without failover");
}
