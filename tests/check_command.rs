//! `sitecast check` and the check that a deploy begins with, run as a person runs them.

#![expect(clippy::unwrap_used, reason = "a test that can't prepare its site has failed")]

use assert_cmd::Command;
use serde_json::Value;
use sitecast::check::policy::{Scope, document, statements};
use sitecast::profile;
use sitecast::sandbox::{dns, iam, store::Store};
use std::path::PathBuf;
use time::OffsetDateTime;

const PROFILE: &str = r#"
schema = 1
name = "acme"
[distribution]
folder = "public"
region = "eu-west-1"
error_page = "404.html"
"#;

const ACCOUNT: &str = "123456789012";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn with(profile: &str, files: &[(&str, &str)]) -> Place {
        let place = Place { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(place.path("public")).unwrap();
        std::fs::write(place.path("site.toml"), profile).unwrap();
        for (name, text) in files {
            std::fs::write(place.path("public").join(name), text).unwrap();
        }
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self) -> Store {
        Store::open(&self.path("state")).unwrap()
    }

    /// Runs the program in the sandbox; its exit code, stdout and stderr.
    fn run(&self, words: &[&str]) -> (i32, String, String) {
        let mut command = Command::cargo_bin("sitecast").unwrap();
        command.current_dir(self.folder.path()).args(words).args(["--sandbox", "--pace", "instant"]);
        command.arg("--sandbox-dir").arg(self.path("state"));
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// The findings of one check at one level.
    fn found(&self, check: &str, level: &str) -> Vec<String> {
        self.found_despite(None, check, level)
    }

    /// The same where something goes wrong.
    fn found_despite(&self, fault: Option<&str>, check: &str, level: &str) -> Vec<String> {
        let fault = fault.map(|fault| ["--fault", fault]);
        let words = ["check", "site.toml", "--json"].into_iter().chain(fault.into_iter().flatten());
        let (_, out, err) = self.run(&words.collect::<Vec<_>>());
        let object: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"));
        let all = object["findings"].as_array().unwrap().clone();
        let wanted = all.iter().filter(|it| it["check"] == check && it["level"] == level);
        wanted.map(|it| it["what"].as_str().unwrap().to_owned()).collect()
    }
}

const PAGES: [(&str, &str); 2] = [("index.html", "<a href=\"/404.html\">lost?</a>"), ("404.html", "lost")];

#[test]
fn a_site_without_faults_passes_with_a_line_for_each_check() {
    let (code, out, err) = Place::with(PROFILE, &PAGES).run(&["check", "site.toml"]);
    assert_eq!(code, 0, "{out}{err}");
    for line in
        ["ok   profile", "ok   folder", "ok   account", "ok   permissions", "ok   buckets", "ok   quotas"]
    {
        assert!(out.contains(line), "{line} is not in:\n{out}");
    }
}

#[test]
fn what_the_site_takes_is_held_against_every_quota() {
    let rules: String = (0..70)
        .map(|number| {
            format!("[[caching.rule]]\npath = \"/part-{number}/*\"\nbrowser = \"1h\"\nedge = \"1d\"\n")
        })
        .collect();
    let functions: String = ["viewer-response", "origin-response"]
        .map(|event| {
            let name = event.split_once('-').unwrap().0;
            format!(
                "[[edge]]\nname = \"{name}\"\nfunction = \"builtin:security-headers\"\nevent = \"{event}\"\npaths = [\"*\"]\n"
            )
        })
        .concat();
    let https = "[https]\ndomains = [\"www.example.com\"]\ndns = \"manual\"\n";
    let place = Place::with(&format!("{PROFILE}{https}{rules}{functions}"), &PAGES);
    let fine = place.found("quotas", "ok");
    for quota in ["0 of 500 distributions", "0 of 10000 buckets", "0 of 2500 certificates"] {
        assert!(fine.iter().any(|found| found == quota), "{quota} is not in {fine:?}");
    }
    assert!(fine.iter().any(|found| found == "71 of 75 cache behaviours of the distribution"), "{fine:?}");
    assert_eq!(place.found("quotas", "stop"), ["213 of usually 100 uses of Lambda@Edge functions on paths"]);
    assert!(fine.iter().any(|found| found == "0 of usually 500 distributions with Lambda@Edge functions"));
    let plain = Place::with(PROFILE, &PAGES).found("quotas", "ok");
    assert!(plain.iter().any(|found| found == "0 of usually 100 CloudFront Functions"), "{plain:?}");
}

#[test]
fn a_missing_page_stops_and_a_broken_link_warns() {
    let place = Place::with(PROFILE, &[("index.html", "<img src=\"gone.png\">")]);
    let (code, out, _) = place.run(&["check", "site.toml"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("stop folder      there is no 404.html: distribution.error_page names it"), "{out}");
    assert!(out.contains("warn folder      no file for the link gone.png on index.html"), "{out}");
}

#[test]
fn a_permission_that_is_missing_ends_the_deploy_before_the_first_change() {
    let place = Place::with(PROFILE, &PAGES);
    let loaded = profile::load(&place.path("site.toml")).unwrap();
    let mut less = statements(&Scope::new(&loaded.profile, "aws", ACCOUNT));
    iam::restrict(&place.store(), Some(&document(&less).to_string())).unwrap();
    let dispensable = place.run(&["check", "site.toml"]);
    assert_eq!(dispensable.0, 0, "{dispensable:?}");
    less.iter_mut().for_each(|statement| statement.actions.retain(|action| *action != "s3:PutBucketPolicy"));
    iam::restrict(&place.store(), Some(&document(&less).to_string())).unwrap();
    let (code, _, err) = place.run(&["deploy", "site.toml", "--yes", "--no-input"]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("not allowed: s3:PutBucketPolicy"), "{err}");
    assert!(err.contains("nothing was changed"), "{err}");
    assert!(place.run(&["list"]).1.is_empty(), "something was made");
}

#[test]
fn a_region_that_is_not_switched_on_stops() {
    let place = Place::with(&PROFILE.replace("eu-west-1", "af-south-1"), &PAGES);
    assert_eq!(place.found("regions", "ok"), ["af-south-1 is switched on"]);
    let unknown_there = "op=GetCallerIdentity nth=2 fail=InvalidClientTokenId status=403";
    let stops = place.found_despite(Some(unknown_there), "regions", "stop");
    assert_eq!(stops, ["af-south-1 is not switched on for this account"]);
}

#[test]
fn a_bucket_name_of_somebody_else_stops() {
    let pinned = PROFILE.replace("region =", "bucket = \"the-one-name\"\nregion =");
    let place = Place::with(&pinned.replace("name = \"acme\"", "name = \"other\""), &PAGES);
    assert_eq!(place.run(&["deploy", "site.toml", "--yes", "--no-input"]).0, 0);
    std::fs::write(place.path("site.toml"), pinned).unwrap();
    assert_eq!(place.found("buckets", "stop"), ["the name the-one-name is taken"]);
}

#[test]
fn an_account_without_a_distribution_may_yet_have_to_be_verified() {
    let place = Place::with(PROFILE, &PAGES);
    let unknown = ["whether AWS has verified this account for CloudFront"];
    assert_eq!(place.found("account", "not-checked"), unknown);
    assert_eq!(place.run(&["deploy", "site.toml", "--yes", "--no-input"]).0, 0);
    assert_eq!(place.found("account", "not-checked"), [""; 0]);
}

#[test]
fn a_domain_that_can_t_get_a_certificate_stops() {
    let profile = format!("{PROFILE}[https]\ndomains = [\"www.example.com\"]\ndns = \"manual\"\n");
    let place = Place::with(&profile, &PAGES);
    assert_eq!(place.found("dns", "stop"), [""; 0]);
    let caa = "0 issue \"letsencrypt.org\"";
    dns::add(&place.store(), OffsetDateTime::now_utc(), "example.com", "CAA", caa).unwrap();
    assert!(place.found("dns", "stop")[0].contains("only letsencrypt.org"));
}

#[test]
fn records_without_a_hosted_zone_stop() {
    let profile = format!("{PROFILE}[https]\ndomains = [\"www.example.com\"]\ndns = \"route53\"\n");
    let stops = Place::with(&profile, &PAGES).found("dns", "stop");
    assert_eq!(stops, ["there is no hosted zone for www.example.com in this account"]);
}

#[test]
fn without_credentials_what_lies_here_is_checked_all_the_same() {
    let place = Place::with(PROFILE, &PAGES);
    let mut command = Command::cargo_bin("sitecast").unwrap();
    let output = command
        .current_dir(place.folder.path())
        .args(["check", "site.toml"])
        .env_clear()
        .env("HOME", place.folder.path())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(4), "{out}");
    assert!(out.contains("ok   folder      2 files"), "{out}");
}

#[test]
fn a_policy_is_printed_without_an_account() {
    let place = Place::with(PROFILE, &PAGES);
    let (code, out, _) = place.run(&["policy", "site.toml", "--role", "edge"]);
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, document["Statement"][0]["Sid"].as_str()), (0, Some("WriteLogs")));
}
