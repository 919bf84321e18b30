//! The contract of the command line with programs: what stdout holds, whatever the command and however it ends.

#![expect(clippy::unwrap_used, reason = "a test that can't run the program has failed")]

#[expect(dead_code, reason = "only some of what places can do is needed here")]
#[path = "support/program.rs"]
mod program;

use program::{Place, told};
use serde_json::Value;
use sitecast::report::schema::events_schema;
use std::io::{BufRead, BufReader};
use std::process::{Output, Stdio};

const PROFILE: &str = r#"
schema = 1
name = "acme"

[distribution]
folder = "public"
region = "eu-west-1"

[failover]
region = "eu-central-1"
"#;

const BROKEN: &str = r#"
schema = 1
name = "acme"

[distribution]
foldr = "public"
region = "eu-west-99"
"#;

const FILES: &[(&str, &str)] = &[("index.html", "<h1>Acme</h1>")];

const OUTAGE: [&str; 2] = ["--fault", "s3-region=eu-central-1 outage"];

fn place() -> Place {
    Place::new(PROFILE, FILES)
}

fn deployed() -> Place {
    let place = place();
    place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    place
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one object on stdout.
#[track_caller]
fn object(output: &Output) -> Value {
    let value: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(output)));
    assert!(value.is_object(), "{value}");
    value
}

/// Every line on stdout, each held against the published schema.
#[track_caller]
fn lines(output: &Output) -> Vec<Value> {
    let schema = jsonschema::validator_for(&events_schema()).unwrap();
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("{}", told(output)));
    let lines: Vec<Value> = stdout(output).lines().map(read).collect();
    for line in &lines {
        assert!(schema.is_valid(line), "{line}: {:?}", schema.iter_errors(line).collect::<Vec<_>>());
    }
    lines
}

/// Commands that don't change what the next one finds, or not in a way that matters to it.
const COMMANDS: &[&[&str]] = &[
    &["new", "new.toml", "--set", "name=other", "--set", "distribution.folder=public"],
    &["edit", "site.toml", "--set", "distribution.price_class=all"],
    &["check", "site.toml"],
    &["policy", "site.toml"],
    &["plan", "site.toml"],
    &["history", "site.toml"],
    &["status", "site.toml"],
    &["drill", "site.toml"],
    &["deploy", "site.toml", "--yes"],
    &["list"],
    &["import", "acme", "copy.toml"],
    &["presets"],
    &["presets", "blog"],
    &["completions", "bash"],
    &["man"],
    &["sandbox", "dns", "add", "a.example.com", "CNAME", "b.example.com"],
    &["sandbox", "zone", "list"],
    &["destroy", "site.toml", "--yes", "--confirm", "acme"],
    &["sandbox", "reset"],
];

#[test]
fn every_command_prints_one_object() {
    let place = deployed();
    for command in COMMANDS {
        let output = place.run(&[*command, &["--json"]].concat());
        assert!(output.status.success(), "{command:?}\n{}", told(&output));
        assert!(!object(&output).as_object().unwrap().is_empty(), "{command:?}");
    }
}

#[test]
fn a_deploy_tells_a_program_where_the_site_answers() {
    let place = deployed();
    let output = place.run(&["deploy", "site.toml", "--yes", "--json"]);
    let address = object(&output)["address"].as_str().unwrap().to_owned();
    assert!(address.starts_with("https://d") && address.ends_with(".cloudfront.net/"), "{address}");
}

#[test]
fn every_command_prints_lines_that_begin_with_a_version_and_close_with_the_exit_code() {
    let place = deployed();
    for command in COMMANDS {
        let output = place.run(&[*command, &["--events"]].concat());
        let lines = lines(&output);
        assert_eq!(lines.first().unwrap()["type"], "version", "{command:?}");
        let last = lines.last().unwrap();
        assert_eq!((&last["type"], &last["exit"]), (&"ended".into(), &0.into()), "{command:?}");
        assert!(last["result"].is_object(), "{command:?}: {last}");
        let numbers = lines[1..].iter().map(|line| line["seq"].as_u64().unwrap());
        assert!(numbers.eq(1..lines.len() as u64), "{command:?}: {}", told(&output));
    }
}

#[test]
fn an_error_is_told_on_stdout_as_well() {
    let place = place();
    let commands: &[(&[&str], i32)] = &[
        (&["plan", "nowhere.toml"], 2),
        (&["presets", "blgo"], 2),
        (&["deploy", "site.toml"], 2),
        (&["destroy", "site.toml", "--yes", "--confirm", "acme"], 1),
        (&["import", "nobody"], 1),
        (&["plna"], 2),
        (&["plan", "site.toml", "--no-such-flag"], 2),
        (&["plan", "site.toml", "--fault", "nonsense"], 2),
    ];
    for (command, exit) in commands {
        let output = place.run(&[*command, &["--json"]].concat());
        let error = &object(&output)["error"];
        assert_eq!(output.status.code(), Some(*exit), "{command:?}\n{}", told(&output));
        assert_eq!(error["exit"], *exit, "{command:?}");
        assert!(!error["message"].as_str().unwrap().is_empty(), "{command:?}");
        let lines = lines(&place.run(&[*command, &["--events"]].concat()));
        let last = lines.last().unwrap();
        assert_eq!((&last["type"], &last["exit"]), (&"error".into(), &(*exit).into()), "{command:?}");
        assert_eq!(last["message"], error["message"], "{command:?}");
    }
}

#[test]
fn the_problems_of_a_profile_are_told_with_their_places() {
    let place = place();
    place.set_profile(BROKEN);
    let output = place.run(&["plan", "site.toml", "--json"]);
    let error = &object(&output)["error"];
    let places: Vec<_> = error["problems"].as_array().unwrap().iter().collect();
    let at = |problem: &Value| (problem["line"].as_u64().unwrap(), problem["column"].as_u64().unwrap());
    assert_eq!(places.iter().map(|problem| at(problem)).collect::<Vec<_>>(), [(5, 2), (6, 1), (7, 10)]);
    assert!(places.iter().all(|problem| problem["file"] == "site.toml"));
    assert_eq!(error["message"], "site.toml has 3 problems");
}

#[test]
fn the_two_forms_exclude_each_other() {
    let output = place().run(&["presets", "--json", "--events"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(object(&output)["error"]["exit"], 2);
}

#[test]
fn verbose_tells_each_call_and_no_secret() {
    let output = deployed().run(&["status", "site.toml", "--json", "-v"]);
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    let call = said.lines().find(|line| line.contains("HeadBucket eu-central-1")).unwrap();
    let rest = call.strip_prefix("aws S3 HeadBucket eu-central-1 200 ").unwrap();
    assert!(rest.contains(" ms") && rest.contains(", request "), "{call}");
    assert!(said.contains("GetCallerIdentity") && !said.contains("AKIASITECASTSANDBOX"), "{said}");
    object(&output);
}

#[test]
fn very_verbose_tells_each_attempt() {
    let fault = ["--fault", "op=GetCallerIdentity nth=1 throttle"];
    let output = place().run(&[&["list", "-vv"], &fault[..]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    let attempts: Vec<_> = said.lines().filter(|line| line.contains("GetCallerIdentity")).collect();
    assert!(attempts[0].contains(" 400 ") && attempts[0].contains("attempt 1"), "{said}");
    assert!(attempts[1].contains(" 200 ") && attempts[1].contains("attempt 2"), "{said}");
}

#[test]
fn status_can_tell_of_a_site_with_one_region_gone() {
    let place = deployed();
    let output = place.run(&[&["status", "site.toml", "--check", "--json"], &OUTAGE[..]].concat());
    assert_eq!(output.status.code(), Some(6), "{}", told(&output));
    let status = object(&output);
    assert_eq!(status["health"], "degraded");
    assert_eq!(status["unreachable"][0]["role"], "backup");
    let why = status["unreachable"][0]["why"].as_str().unwrap();
    for word in ["S3 HeadBucket", "eu-central-1", "HTTP 503"] {
        assert!(why.contains(word), "{why}");
    }
}

#[test]
fn nothing_is_planned_while_a_region_is_gone() {
    let place = deployed();
    for command in [&["plan", "site.toml"][..], &["deploy", "site.toml", "--yes"]] {
        let output = place.run(&[command, &OUTAGE].concat());
        let said = told(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        for word in
            ["no plan can be made", "S3 HeadBucket", "HTTP 503 Service Unavailable", "nothing was changed"]
        {
            assert!(said.contains(word), "`{word}` is not in {said}");
        }
        assert!(!said.contains("Unhandled"), "{said}");
    }
}

#[test]
fn a_fault_that_nothing_can_meet_is_refused_and_one_that_nothing_met_is_told() {
    let place = place();
    let cases = [
        ("op=CreateDistributionWithTag throttle", "did you mean `CreateDistributionWithTags`?"),
        ("s3-region=eu-west-99 outage", "there is no region `eu-west-99`"),
        ("service=s4 outage", "did you mean `s3`?"),
    ];
    for (fault, words) in cases {
        let output = place.run(&["list", "--fault", fault]);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(told(&output).contains(words), "{}", told(&output));
    }
    let met_nothing = "met no call";
    let output = place.run(&["list", "--fault", "op=CreateRole throttle"]);
    assert!(output.status.success() && told(&output).contains(met_nothing), "{}", told(&output));
    let output = place.run(&["list", "--fault", "op=GetCallerIdentity nth=1 throttle"]);
    assert!(output.status.success() && !told(&output).contains(met_nothing), "{}", told(&output));
}

#[test]
fn a_profile_with_another_folder_is_told_before_it_takes_a_site_over() {
    let place = deployed();
    let quiet = place.run(&["plan", "site.toml"]);
    assert!(!told(&quiet).contains("another folder"), "{}", told(&quiet));
    place.write("../other/index.html", "<h1>Another</h1>");
    place.set_profile(&PROFILE.replace("\"public\"", "\"other\""));
    let said = place.run_well(&["plan", "site.toml"]);
    assert!(said.contains("deployed from another folder: public then, other now"), "{said}");
}

#[test]
fn files_that_share_nothing_with_the_published_ones_are_told_before_they_replace_them() {
    let place = place();
    place.write("about.html", "<h1>About</h1>");
    place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    let another_site = "if this is another site";
    place.write("index.html", "<h1>Acme anew</h1>");
    let own = place.run_well(&["plan", "site.toml"]);
    assert!(!own.contains(another_site), "{own}");
    std::fs::remove_file(place.account().with_file_name("public").join("about.html")).unwrap();
    let other = place.run_well(&["plan", "site.toml"]);
    assert!(other.contains(another_site), "{other}");
}

#[test]
fn a_new_profile_is_named_after_its_file() {
    let place = place();
    let names =
        [("shop.toml", "shop"), ("Shop_2.toml", "shop-2"), ("js.toml", "js-site"), ("Ä.toml", "my-blog")];
    for (file, name) in names {
        let said = told(&place.run(&["new", file, "--no-input"]));
        assert!(said.contains(&format!("the site is called {name}")), "{said}");
        let written = std::fs::read_to_string(place.account().with_file_name(file)).unwrap();
        assert!(written.contains(&format!("name = \"{name}\"")), "{written}");
    }
}

#[test]
fn all_answers_that_cannot_be_set_are_told_at_once() {
    let place = place();
    let output =
        place.run(&["edit", "site.toml", "--set", "distribution.http=http9", "--set", "failover.on=777"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    for words in ["2 of these answers", "\"http9\"", "777"] {
        assert!(told(&output).contains(words), "{words}: {}", told(&output));
    }
}

#[test]
fn an_imported_profile_says_that_its_folder_is_elsewhere() {
    let place = deployed();
    let here = place.run(&["import", "acme", "copy.toml"]);
    assert!(told(&here).contains("next: sitecast plan copy.toml"), "{}", told(&here));
    place.write("../elsewhere/nothing.txt", "");
    let there = place.run(&["import", "acme", "elsewhere/copy.toml"]);
    let said = told(&there);
    assert!(said.contains("relative to elsewhere/copy.toml"), "{said}");
    assert!(said.contains("next: sitecast edit elsewhere/copy.toml --set distribution.folder="), "{said}");
}

#[test]
fn every_command_has_an_example_and_a_manual_page() {
    let place = place();
    for command in [
        "new", "edit", "plan", "deploy", "status", "drill", "destroy", "list", "import", "presets", "schema",
        "man",
    ] {
        let help = place.run_well(&[command, "--help"]);
        assert!(help.contains(&format!("Example: sitecast {command}")), "{help}");
        let page = place.run_well(&["man", command]);
        assert!(page.contains(&format!("sitecast-{command}")) || page.contains(command), "{page}");
    }
    place.run_well(&["man", "edge", "test"]);
    assert_eq!(place.run(&["man", "deplyo"]).status.code(), Some(2));
    place.run_well(&["man", "--dir", "pages"]);
    assert!(place.account().with_file_name("pages").join("sitecast-deploy.1").is_file());
}

#[test]
fn mistakes_at_the_command_line_are_met_with_what_to_do() {
    let place = place();
    let cases: &[(&[&str], &str)] = &[
        (&["plan", "."], "name one of these: ./site.toml"),
        (
            &["new", "nodir/x.toml", "--set", "name=other", "--set", "distribution.folder=public"],
            "mkdir -p nodir",
        ),
        (&["list", "--expect-account", "abc"], "twelve digits"),
    ];
    for (command, words) in cases {
        let output = place.run(command);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(told(&output).contains(words), "{}", told(&output));
    }
}

#[test]
fn where_signs_can_not_be_shown_there_are_none() {
    let place = place();
    let output = place.command(&["deploy", "site.toml", "--yes"]).env("LANG", "C").output().unwrap();
    let said = told(&output);
    assert!(output.status.success() && said.is_ascii(), "{said}");
    assert!(said.contains("line by line, because stderr is not a terminal"), "{said}");
}

#[test]
fn a_sandbox_that_is_served_is_not_emptied() {
    let place = place();
    let mut serving = place.command(&["sandbox", "serve"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(serving.stdout.take().unwrap()).lines().map(Result::unwrap);
    let printed: Vec<_> = lines.by_ref().take(4).collect();
    let refused = place.run(&["sandbox", "reset"]);
    serving.kill().unwrap();
    serving.wait().unwrap();
    for (line, name) in printed.iter().zip(["ENDPOINT_URL", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION"]) {
        assert!(line.starts_with(&format!("export AWS_{name}=")), "{printed:?}");
    }
    assert_eq!(refused.status.code(), Some(1));
    assert!(told(&refused).contains("sitecast sandbox serve"), "{}", told(&refused));
    place.run_well(&["sandbox", "reset"]);
}

#[test]
fn mistakes_in_the_toml_and_in_the_answers_are_told_at_once() {
    let place = place();
    place.set_profile(
        "schema = 1\nname = acme\n[distribution]\nfoldr = \"x\"\nfolder = \"public\nregion = \"eu-west-1\"\n",
    );
    let output = place.run(&["plan", "site.toml", "--json"]);
    let problems = object(&output)["error"]["problems"].clone();
    let lines: Vec<_> = problems.as_array().unwrap().iter().map(|problem| problem["line"].clone()).collect();
    assert_eq!(lines, [2, 4, 5], "{problems:#}");
}
