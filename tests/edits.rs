//! Every answer of a full profile, changed on a deployed site: the plan or the refusal says what it should, and
//! once it is carried out nothing is left to plan.
//!
//! A new case is a new row. What each row's plan says is in one snapshot, to be read as a whole.

#![expect(clippy::unwrap_used, reason = "a test that can't run the program has failed")]

#[path = "support/program.rs"]
#[expect(dead_code, reason = "one place is edited on and on")]
mod program;
#[expect(dead_code, reason = "only some of the clients are needed here")]
mod sandbox;
#[path = "support/zone.rs"]
mod zone;

use program::{Place, told};
use serde_json::Value;
use std::fmt::Write;
use zone::in_zone;

/// A text of the profile, and what takes its place. Each edit is made on top of those before it.
const EDITS: &[(&str, &str)] = &[
    (r#"folder = "public""#, r#"folder = "docs""#),
    (r#"index = "index.html""#, r#"index = "start.html""#),
    (r#"error_page = "404.html""#, "spa = true"),
    ("pretty_urls = true", "pretty_urls = false"),
    (r#"price_class = "100""#, r#"price_class = "all""#),
    (r#"http = "http2and3""#, r#"http = "http2""#),
    ("ipv6 = true", "ipv6 = false"),
    ("comment = \"Acme's blog\"", r#"comment = "The blog""#),
    (r#"geo = { block = ["KP"] }"#, r#"geo = { allow = ["DE", "FR"] }"#),
    ("on = [500, 502, 503, 504]", "on = [500, 503]"),
    ("connect_attempts = 2", "connect_attempts = 1"),
    (r#"connect_timeout = "3s""#, r#"connect_timeout = "2s""#),
    (r#"copy = "upload""#, r#"copy = "replication""#),
    (r#"event = "viewer-response""#, r#"event = "origin-response""#),
    (r#"name = "security-headers""#, r#"name = "headers""#),
    (
        r#"function = "builtin:security-headers""#,
        "function = \"builtin:security-headers\"\noptions = { frame = \"sameorigin\" }",
    ),
    (r#"name = "greeting""#, r#"name = "hello""#),
    (r#"function = "edge/greeting.mjs""#, r#"function = "edge/hello.mjs""#),
    (r#"paths = ["/hello/*"]"#, r#"paths = ["/hi/*"]"#),
    (r#"paths = ["*"]"#, r#"paths = ["/assets/*"]"#),
    (r#"runtime = "nodejs22.x""#, r#"runtime = "nodejs24.x""#),
    ("memory_mb = 128", "memory_mb = 256"),
    (r#"timeout = "5s""#, r#"timeout = "4s""#),
    ("include_body = false", "include_body = true"),
    (r#"event = "origin-request""#, r#"event = "viewer-request""#),
    (r#"default = { browser = "0s","#, r#"default = { browser = "1m","#),
    (r#"edge = "1d""#, r#"edge = "2d""#),
    (r#"path = "/assets/*""#, r#"path = "/static/*""#),
    (r#"browser = "365d""#, r#"browser = "180d""#),
    ("immutable = true", "immutable = false"),
    (r#"default = "30d", max"#, r#"default = "20d", max"#),
    (r#"query = "none"  "#, r#"query = { except = ["utm_source"] }"#),
    ("compress = true\n", "compress = false\n"),
    ("headers = []", r#"headers = ["Accept-Language"]"#),
    ("cookies = []", r#"cookies = ["theme"]"#),
    (r#"query = { only = ["q", "page"] }"#, r#"query = "all""#),
    ("browser = \"0s\"\nedge", "browser = \"1m\"\nedge"),
    (r#"edge = "5m""#, r#"edge = "10m""#),
    (r#"path = "/search/*""#, r#"path = "/find/*""#),
    (r#", "www.blog.acme.example"]"#, "]"),
    (r#"dns = "route53""#, r#"dns = "manual""#),
    (r#"http = "redirect""#, r#"http = "https-only""#),
    (r#"minimum_tls = "TLSv1.2_2021""#, r#"minimum_tls = "TLSv1.3_2025""#),
    (r#"hsts = { max_age = "365d""#, r#"hsts = { max_age = "30d""#),
    (r#"region = "eu-west-1""#, r#"region = "eu-west-2""#),
    (r#"bucket = "acme-blog-primary""#, r#"bucket = "acme-blog-first""#),
    (r#"region = "eu-central-1""#, r#"region = "eu-north-1""#),
    (r#"bucket = "acme-blog-backup""#, r#"bucket = "acme-blog-second""#),
    ("enabled = true", "enabled = false"),
    (r#"name = "acme-blog""#, r#"name = "acme-journal""#),
];

const FILES: &[(&str, &str)] = &[
    ("index.html", "<h1>Acme</h1>"),
    ("404.html", "<h1>Not here</h1>"),
    ("assets/app.js", "console.log(1)"),
    ("../docs/index.html", "<h1>Acme</h1>"),
    ("../docs/start.html", "<h1>Start</h1>"),
    ("../docs/404.html", "<h1>Not here</h1>"),
    ("../docs/static/app.js", "console.log(1)"),
    ("../edge/greeting.mjs", "export const handler = async (event) => event.Records[0].cf.request;\n"),
    ("../edge/hello.mjs", "export const handler = async (event) => event.Records[0].cf.request; // hello\n"),
];

#[test]
fn every_line_of_the_full_profile_is_edited() {
    let profile = full_profile();
    let answers = profile.lines().filter(|line| line.contains(" = ") && !line.starts_with(['#', 's']));
    let first_line = |text: &str| text.lines().next().unwrap_or_default().trim_end().to_owned();
    let untouched: Vec<_> =
        answers.filter(|line| !EDITS.iter().any(|(from, _)| line.contains(&first_line(from)))).collect();
    assert_eq!(untouched, [""; 0]);
}

fn full_profile() -> String {
    std::fs::read_to_string("tests/profile/valid/full.toml").unwrap()
}

#[test]
fn every_answer_can_be_changed_or_says_why_not() {
    let mut profile = full_profile();
    let place = Place::new(&profile, FILES);
    in_zone(&place, &[]);
    place.run_well(&["deploy", "site.toml", "--yes", "--no-input", "--quiet"]);
    let mut story = String::new();
    for (from, to) in EDITS {
        assert!(profile.contains(from), "{from} is not in the profile any more");
        let edited = profile.replacen(from, to, 1);
        place.set_profile(&edited);
        writeln!(story, "{from} -> {to}").unwrap();
        if tell_plan(&place, &mut story) {
            place.run_well(&["deploy", "site.toml", "--yes", "--no-input", "--quiet"]);
            let again = place.run(&["plan", "site.toml", "--detailed-exitcode", "--no-input"]);
            assert_eq!(again.status.code(), Some(0), "after {from} -> {to}:\n{}", told(&again));
            profile = edited;
        }
    }
    insta::assert_snapshot!(story);
}

const SMALL: &str = r#"
schema = 1
name = "acme"

[distribution]
folder = "public"
region = "eu-west-1"
"#;

const DEPLOY: &[&str] = &["--yes", "--no-input", "--quiet"];

#[track_caller]
fn refused(place: &Place, verb: &[&str], words: &[&str]) {
    let output = place.run(verb);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(words.iter().all(|words| told.contains(words)), "{told}");
}

#[test]
fn a_site_is_never_renamed_and_a_copy_of_its_profile_is_another_site() {
    let place = Place::new(SMALL, FILES);
    let root = place.account().parent().unwrap().to_owned();
    let deploy = |file: &str| place.run_well(&[&["deploy", file], DEPLOY].concat());
    let sites = || {
        let told: Value = serde_json::from_str(&place.run_well(&["list", "--json"])).unwrap();
        told["sites"]
            .as_array()
            .unwrap()
            .iter()
            .map(|site| words(&site["name"]).to_owned())
            .collect::<Vec<_>>()
    };
    let renamed = SMALL.replace("acme", "acme-journal");
    deploy("site.toml");
    place.set_profile(&renamed);
    let words =
        ["acme can't be renamed to acme-journal", "cp site.toml acme-journal.toml", "destroy site.toml"];
    refused(&place, &["plan", "site.toml"], &words);
    refused(&place, &["deploy", "site.toml", "--yes", "--no-input"], &words);
    assert_eq!(sites(), ["acme"]);

    // A copy has a name of its own, wherever it lies.
    std::fs::copy(root.join("site.toml"), root.join("acme-journal.toml")).unwrap();
    deploy("acme-journal.toml");
    assert_eq!(sites(), ["acme", "acme-journal"]);
    place.run_well(&["plan", "site.toml", "--no-input"]);
}

#[test]
fn what_is_gone_or_publishes_another_folder_is_nobody_s_old_name() {
    let place = Place::new(SMALL, FILES);
    let deploy = || place.run_well(&[&["deploy", "site.toml"], DEPLOY].concat());
    deploy();
    place.set_profile(
        &SMALL
            .replace("acme", "other")
            .replace("public", "docs")
            .replace("region", "index = \"start.html\"\nregion"),
    );
    deploy();
    place.set_profile(SMALL);
    let keeping = ["destroy", "site.toml", "--yes", "--confirm", "acme", "--no-input", "--keep-buckets"];
    place.run_well(&keeping);
    place.set_profile(&SMALL.replace("acme", "acme-journal"));
    deploy();
}

/// Adds to the story what the plan says; whether there is one.
fn tell_plan(place: &Place, story: &mut String) -> bool {
    let output = place.run(&["plan", "site.toml", "--json", "--no-input"]);
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    if !output.status.success() {
        let problems = [&plan["error"]["causes"], &plan["error"]["problems"]];
        for problem in problems.into_iter().flat_map(|list| list.as_array().into_iter().flatten()) {
            writeln!(story, "  refused: {}", problem.as_str().unwrap_or_else(|| words(&problem["message"])))
                .unwrap();
        }
        story.push('\n');
        return false;
    }
    let steps = plan["steps"].as_array().unwrap();
    for step in steps.iter().filter(|step| step["action"] != "keep" && step["action"] != "await") {
        writeln!(story, "  {} {}", words(&step["action"]), words(&step["id"])).unwrap();
    }
    let effects: Vec<_> = plan["visitors"].as_array().unwrap().iter().map(words).collect();
    writeln!(story, "  visitors: {}\n", effects.join(", ")).unwrap();
    true
}

fn words(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
