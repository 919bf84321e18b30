//! The command line as people use it: what they leave out, mix up, or come back to later.

#![expect(clippy::unwrap_used, reason = "a test that can't run the program has failed")]

#[expect(dead_code, reason = "only some of what places can do is needed here")]
#[path = "support/program.rs"]
mod program;

use program::{Place, told};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const PROFILE: &str = r#"
schema = 1
name = "acme"

[distribution]
folder = "public"
region = "eu-west-1"
"#;

const FILES: &[(&str, &str)] = &[("index.html", "<h1>Acme</h1>")];

fn place() -> Place {
    Place::new(PROFILE, FILES)
}

fn file(place: &Place, name: &str) -> PathBuf {
    place.account().with_file_name(name)
}

/// Runs a command that is refused with this exit code; all that it said.
#[track_caller]
fn refused(place: &Place, code: i32, arguments: &[&str]) -> String {
    let output = place.run(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{}", told(&output));
    told(&output)
}

#[test]
fn the_ending_of_a_profile_need_not_be_typed() {
    let place = place();
    let said = told(&place.run(&["new", "shop", "--no-input"]));
    assert!(said.contains("wrote shop.toml") && said.contains("next: sitecast plan shop.toml"), "{said}");
    assert!(!file(&place, "shop").exists());
    assert!(refused(&place, 2, &["new", "shop", "--no-input"]).contains("shop.toml exists already"));
    assert!(
        place
            .run_well(&["edit", "shop", "--set", "distribution.price_class=all", "--json"])
            .contains("shop.toml")
    );
    place.run_well(&["plan", "shop", "--quiet"]);
    // A folder of that name is no profile, and the one beside it is named.
    fs::create_dir(file(&place, "shop")).unwrap();
    let said = refused(&place, 2, &["plan", "shop"]);
    assert!(said.contains("shop is a folder") && said.contains("name one of these: shop.toml"), "{said}");
}

#[test]
fn a_profile_that_is_not_there_is_told_by_each_name_it_was_looked_for() {
    let place = place();
    let said = refused(&place, 2, &["plan", "missing"]);
    assert!(said.contains("can't read the profile missing or missing.toml\n"), "{said}");
    let said = refused(&place, 2, &["plan", "missing.toml"]);
    assert!(said.contains("can't read the profile missing.toml\n"), "{said}");
}

#[test]
fn an_answer_that_is_needed_cannot_be_set_to_nothing() {
    let place = place();
    let said = refused(&place, 2, &["new", "shop", "--set", "distribution.folder="]);
    assert!(said.contains("`distribution.folder` needs a value, so nothing was written"), "{said}");
    assert!(said.contains("for example --set distribution.folder=public"), "{said}");
    assert!(!said.contains("shop.toml") && !file(&place, "shop.toml").exists(), "{said}");
    let both = ["edit", "site", "--set", "distribution.folder=", "--set", "distribution.region="];
    let said = refused(&place, 2, &both);
    assert!(said.contains("`distribution.folder` and `distribution.region` need values"), "{said}");
    assert_eq!(fs::read_to_string(file(&place, "site.toml")).unwrap(), PROFILE);
    // What is wrong with answers together is told of the file as it would be.
    let said = refused(&place, 2, &["new", "shop", "--set", "distribution="]);
    assert!(said.contains("shop.toml would have one problem, so nothing was written"), "{said}");
}

#[test]
fn domains_of_an_example_are_told_except_in_the_sandbox() {
    let place = place();
    place.run_well(&["new", "full", "--preset", "everything", "--no-input"]);
    let edit = ["edit", "full", "--set", "distribution.ipv6=false", "--no-input"];
    let words = "no certificate is ever issued for example.com and www.example.com";
    let said = told(&place.run(&edit));
    assert!(said.contains("changed full.toml") && !said.contains(words), "{said}");
    let on_aws = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_sitecast"));
        program.env_clear().env("HOME", file(&place, "")).current_dir(file(&place, ""));
        told(&program.args(arguments).output().unwrap())
    };
    let said = on_aws(&["new", "other", "--preset", "everything", "--no-input"]);
    assert!(said.contains(words) && said.contains("name domains of your own"), "{said}");
    let said = on_aws(&["edit", "full", "--set", "distribution.ipv6=true"]);
    assert!(said.contains(words), "{said}");
    // Who replaces them is not told of those that were there.
    let said = on_aws(&["edit", "full", "--set", "https.domains=acme.io,www.acme.io"]);
    assert!(said.contains("changed full.toml") && !said.contains("no certificate"), "{said}");
}

#[test]
fn a_second_profile_of_one_name_does_not_take_the_first_one_s_site_over_unseen() {
    let place = place();
    let taken_over = "acme was deployed from site.toml, which is still there";
    place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    place.write("index.html", "<h1>Acme anew</h1>");
    let own = place.run_well(&["plan", "site.toml"]);
    assert!(!own.contains("was deployed from"), "{own}");

    place.write_profile("second.toml", PROFILE);
    let second = place.run_well(&["plan", "second.toml"]);
    assert!(second.contains(taken_over), "{second}");
    // The profile that deployed the site may have become another site's.
    place.set_profile(&PROFILE.replace("acme", "other"));
    let given_up = place.run_well(&["plan", "second.toml"]);
    assert!(!given_up.contains("was deployed from"), "{given_up}");

    // A profile that is merely called something else takes nothing over, once and for all.
    fs::remove_file(file(&place, "site.toml")).unwrap();
    let renamed = place.run_well(&["plan", "second.toml"]);
    assert!(!renamed.contains("was deployed from"), "{renamed}");
    place.run_well(&["deploy", "second.toml", "--yes", "--quiet"]);
    place.write("index.html", "<h1>Acme once more</h1>");
    place.set_profile(PROFILE);
    let back = place.run_well(&["plan", "site.toml"]);
    assert!(back.contains("acme was deployed from second.toml"), "{back}");
}

#[test]
fn a_preset_s_error_page_is_left_out_where_the_folder_lacks_it() {
    let place = place();
    let profile = |name: &str| fs::read_to_string(file(&place, name)).unwrap();
    let said = told(&place.run(&["new", "one", "--preset", "blog"]));
    assert!(said.contains("! public holds no 404.html, so the profile names no error page"), "{said}");
    assert!(!profile("one.toml").contains("error_page"), "{}", profile("one.toml"));
    // Who asks for it, gets it, and so does who has no folder yet.
    let page = "distribution.error_page=404.html";
    place.run_well(&["new", "two", "--set", page, "--quiet"]);
    place.run_well(&["new", "three", "--set", "distribution.folder=elsewhere", "--quiet"]);
    place.write("404.html", "<h1>Not here</h1>");
    place.run_well(&["new", "four", "--quiet"]);
    for name in ["two.toml", "three.toml", "four.toml"] {
        assert!(profile(name).contains("error_page = \"404.html\""), "{name}: {}", profile(name));
    }
}

#[test]
fn history_counts_as_the_run_itself_did() {
    let place = place();
    let count = |text: &str| -> usize {
        let words: Vec<&str> = text.split_whitespace().collect();
        let at = words.iter().position(|word| word.trim_end_matches(',') == "created").unwrap();
        words[at - 1].parse().unwrap()
    };
    let broken = "op=CreateDistributionWithTags times=1000 fail=InternalError status=500";
    let said = refused(&place, 1, &["deploy", "site.toml", "--yes", "--fault", broken]);
    let last = said.lines().find(|line| line.contains(" created")).unwrap();
    let history = place.run_well(&["history", "site.toml"]);
    assert_eq!(count(last), count(&history), "{last}\n{history}");
    assert!(history.contains(", 1 failed"), "{history}");
    let deployed = told(&place.run(&["deploy", "site.toml", "--yes"]));
    let last = deployed.lines().find(|line| line.contains(" created")).unwrap();
    let history = place.run_well(&["history", "site.toml"]);
    assert_eq!(count(last), count(history.lines().next().unwrap()), "{last}\n{history}");
}

/// `sandbox dns add` with this record.
fn dns<'a>(name: &'a str, kind: &'a str, value: &'a str) -> [&'a str; 6] {
    ["sandbox", "dns", "add", name, kind, value]
}

#[test]
fn the_sandbox_s_dns_refuses_what_no_zone_can_hold() {
    let place = place();
    let said = refused(&place, 2, &dns("www.acme.example", "ANAME", "d1.cloudfront.net"));
    assert!(said.contains("there is no type ANAME; there are SOA, A, "), "{said}");
    place.run_well(&["sandbox", "zone", "add", "acme.example"]);
    let said = refused(&place, 2, &dns("acme.example", "cname", "d1.cloudfront.net"));
    assert!(said.contains("CNAME with DNS name acme.example. is not permitted at apex"), "{said}");
    // Where name servers by hand say that a zone begins, it does.
    place.run_well(&dns("other.example", "NS", "ns.other.example"));
    let said = refused(&place, 2, &dns("other.example", "CNAME", "d1.cloudfront.net"));
    assert!(said.contains("not permitted at apex"), "{said}");
    place.run_well(&dns("www.acme.example", "A", "192.0.2.1"));
    let said = refused(&place, 2, &dns("www.acme.example", "CNAME", "d1.cloudfront.net"));
    assert!(said.contains("conflicts with other records"), "{said}");
}

#[test]
fn a_sandbox_s_folder_in_the_environment_is_no_wish_for_a_sandbox() {
    let presets = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sitecast"));
        command.arg("presets").args(arguments).env_remove("SITECAST_SANDBOX");
        command.env("SITECAST_SANDBOX_DIR", "/nowhere/kept").output().unwrap()
    };
    assert!(presets(&[]).status.success(), "{}", told(&presets(&[])));
    let place = place();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sitecast"));
    let command = command.args(["new", "shop", "--no-input"]).current_dir(place.account().parent().unwrap());
    let wrote = command.env_remove("SITECAST_SANDBOX").env("SITECAST_SANDBOX_DIR", "/nowhere/kept").output();
    let said = told(&wrote.unwrap());
    assert!(said.contains("next: sitecast plan shop.toml") && !said.contains("--sandbox-dir"), "{said}");
    let refused = presets(&["--sandbox-dir", "/nowhere/else"]);
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
}
