//! A site's own domains with the real program: with DNS in Route 53 and with DNS elsewhere, from the first deploy to
//! the last record removed.

#![expect(clippy::unwrap_used, reason = "a test that can't run the program has failed")]

#[path = "support/account.rs"]
mod account;
#[path = "support/program.rs"]
mod program;
#[expect(dead_code, reason = "only some of the clients are needed here")]
mod sandbox;
#[path = "support/twin_zones.rs"]
mod twin_zones;
#[path = "support/zone.rs"]
mod zone;

use aws_sdk_route53::types::RrType;
use program::{Place, told};
use sitecast::sandbox::{cloudfront, store::Store};
use zone::{block_on, in_zone};

const FILES: &[(&str, &str)] = &[("index.html", "<h1>Acme</h1>")];
const DEPLOY: &[&str] = &["deploy", "site.toml", "--yes", "--no-input"];
const DESTROY: &[&str] = &["destroy", "site.toml", "--yes", "--confirm", "acme", "--no-input", "--quiet"];

fn profile(https: &str) -> String {
    format!(
        "schema = 1\nname = \"acme\"\n\n[distribution]\nfolder = \"public\"\nregion = \"eu-west-1\"\n{https}"
    )
}

fn with_domains(domains: &str, dns: &str) -> String {
    profile(&format!("\n[https]\ndomains = {domains}\ndns = \"{dns}\"\n"))
}

/// A place whose account holds the zone of acme.example.
fn place_with_zone(profile: &str) -> Place {
    let place = Place::new(profile, FILES);
    in_zone(&place, &[]);
    place
}

fn snapshot(place: &Place) -> String {
    block_on(account::snapshot(&place.account()))
}

fn count(text: &str, what: &str) -> usize {
    text.lines().filter(|line| line.starts_with(what)).count()
}

/// Runs the program, insists on its exit code, and gives all that it said.
fn ends_with(place: &Place, arguments: &[&str], code: i32) -> String {
    let output = place.run(arguments);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{told}");
    told
}

#[test]
fn domains_in_route_53_come_and_go_with_the_profile() {
    let place = place_with_zone(&with_domains(r#"["acme.example", "www.acme.example"]"#, "route53"));
    place.run_well(DEPLOY);
    let deployed = snapshot(&place);
    assert_eq!(
        count(&deployed, "certificate [\"acme.example\", \"www.acme.example\"] EC_prime256v1 ISSUED"),
        1
    );
    assert_eq!(count(&deployed, "record "), 8, "two that prove, six that lead:\n{deployed}");
    place.run_well(&["status", "site.toml", "--check"]);

    place.run_well(DEPLOY);
    assert_eq!(snapshot(&place), deployed, "a second deploy changes nothing");
    let torn_down = place.copy();
    torn_down.run_well(DESTROY);
    assert_eq!(snapshot(&torn_down), "");

    place.set_profile(&with_domains(r#"["acme.example"]"#, "route53"));
    place.run_well(DEPLOY);
    let narrowed = snapshot(&place);
    assert_eq!((count(&narrowed, "certificate "), count(&narrowed, "record ")), (1, 5), "{narrowed}");
    assert!(narrowed.contains("certificate [\"acme.example\", \"www.acme.example\"]"), "it is still good");
    place.run_well(&["status", "site.toml", "--check"]);

    place.set_profile(&profile(""));
    place.run_well(DEPLOY);
    let without = snapshot(&place);
    assert_eq!((count(&without, "certificate "), count(&without, "record ")), (0, 0), "{without}");
}

#[test]
fn a_wildcard_and_its_domain_share_one_proof() {
    let place = place_with_zone(&with_domains(r#"["acme.example", "*.acme.example"]"#, "route53"));
    place.run_well(DEPLOY);
    assert_eq!(count(&snapshot(&place), "record "), 7);
    place.run_well(DESTROY);
    assert_eq!(snapshot(&place), "");
}

#[test]
fn with_dns_elsewhere_a_deploy_waits_for_the_person_and_goes_on_in_the_next_run() {
    let place = Place::new(&with_domains(r#"["acme.example"]"#, "manual"), FILES);
    let told = ends_with(&place, &[DEPLOY, &["--no-wait"]].concat(), 5);
    let record = told.lines().find_map(|line| line.split_once("yet to see the record ")).unwrap().1;
    let [name, kind, value] = record.split(' ').take(3).collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(kind, "CNAME");
    let before = snapshot(&place);
    assert_eq!(
        count(&before, "certificate [\"acme.example\"] EC_prime256v1 PENDING_VALIDATION"),
        1,
        "{before}"
    );
    assert_eq!(count(&before, "distribution Deployed"), 1, "it serves meanwhile: {before}");

    let again = ends_with(&place, &[DEPLOY, &["--no-wait"]].concat(), 5);
    assert!(again.contains(record), "the record stays the same:\n{again}");

    place.run_well(&["sandbox", "dns", "add", name, kind, value]);
    let told = ends_with(&place, DEPLOY, 0);
    assert!(told.contains("acme.example ALIAS d"), "{told}");
    assert_eq!(count(&snapshot(&place), "certificate [\"acme.example\"] EC_prime256v1 ISSUED"), 1);
    let led_nowhere = ends_with(&place, &["status", "site.toml", "--check"], 6);
    assert!(led_nowhere.contains("add an ALIAS or ANAME record for acme.example"), "{led_nowhere}");
    place.run_well(DESTROY);
    assert_eq!(snapshot(&place), "");
}

/// The name, type and value of the record that a deploy waits for.
fn awaited_record(told: &str) -> [String; 3] {
    let record = told.lines().find_map(|line| line.split_once("yet to see the record ")).unwrap().1;
    record.split(' ').take(3).map(str::to_owned).collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn a_record_with_the_zone_named_twice_is_recognised_while_it_is_waited_for() {
    let place = Place::new(&with_domains(r#"["www.acme.example"]"#, "manual"), FILES);
    let told = ends_with(&place, &[DEPLOY, &["--no-wait"]].concat(), 5);
    let [name, kind, value] = awaited_record(&told);
    assert!(
        told.contains(&format!("there is no name {name}")) && told.contains("seen nowhere yet"),
        "{told}"
    );
    assert!(
        told.contains("Waiting for you: DNS records; once they are there, go on with: sitecast"),
        "{told}"
    );

    place.run_well(&["sandbox", "dns", "add", &format!("{name}.acme.example"), &kind, &value]);
    let told = ends_with(&place, &[DEPLOY, &["--no-wait"]].concat(), 5);
    let short = name.strip_suffix(".acme.example").unwrap();
    assert!(
        told.contains(&format!("the record is at {name}.acme.example, with the zone named twice")),
        "{told}"
    );
    assert!(told.contains(&format!("shorten the record's name to {short}:")), "{told}");
}

/// A deployed site whose domain the person's own DNS leads to it.
fn led_here_by_hand() -> Place {
    let place = Place::new(&with_domains(r#"["www.acme.example"]"#, "manual"), FILES);
    let told = ends_with(&place, &[DEPLOY, &["--no-wait"]].concat(), 5);
    let [name, kind, value] = awaited_record(&told);
    place.run_well(&["sandbox", "dns", "add", &name, &kind, &value]);
    let told = ends_with(&place, DEPLOY, 0);
    assert!(told.lines().any(|line| line == "https://www.acme.example/"), "{told}");
    let host = told.lines().find_map(|line| line.split_once("www.acme.example CNAME ")).unwrap().1.to_owned();
    assert!(told.contains(&format!("it answers at https://{host}/ as well")), "{told}");
    assert!(
        told.contains("www.acme.example has no such record: at your DNS provider, add a CNAME"),
        "{told}"
    );
    place.run_well(&["sandbox", "dns", "add", "www.acme.example", "CNAME", &host]);
    let told = ends_with(&place, DEPLOY, 0);
    assert!(told.contains(&format!("www.acme.example leads to {host}")), "{told}");
    place
}

#[test]
fn a_domain_that_still_leads_here_keeps_the_site_from_being_destroyed() {
    let place = led_here_by_hand();
    let before = snapshot(&place);
    let told = ends_with(&place, DESTROY, 5);
    assert!(told.contains("public DNS still leads www.acme.example to the site"), "{told}");
    assert_eq!(snapshot(&place), before, "nothing was changed");

    let regardless = place.copy();
    regardless.run_well(&[DESTROY, &["--leave-dns"]].concat());
    assert_eq!(snapshot(&regardless), "");

    place.run_well(&["sandbox", "dns", "remove", "www.acme.example", "CNAME"]);
    place.run_well(DESTROY);
    assert_eq!(snapshot(&place), "");
}

#[test]
fn a_domain_that_still_leads_here_can_t_be_dropped_from_the_profile() {
    let place = led_here_by_hand();
    let before = snapshot(&place);
    place.set_profile(&profile(""));
    let planned = ends_with(&place, &["plan", "site.toml"], 0);
    assert!(planned.contains("public DNS still leads www.acme.example to the site"), "{planned}");
    ends_with(&place, DEPLOY, 5);
    assert_eq!(snapshot(&place), before, "nothing was changed");
    place.run_well(&["sandbox", "dns", "remove", "www.acme.example", "CNAME"]);
    let told = ends_with(&place, DEPLOY, 0);
    assert!(told.lines().any(|line| line.ends_with(".cloudfront.net/")), "{told}");
}

#[test]
fn status_tells_what_became_of_the_domains() {
    let place = led_here_by_hand();
    let status = |place: &Place| -> serde_json::Value {
        serde_json::from_str(&place.run_well(&["status", "site.toml", "--json"])).unwrap()
    };
    let right = status(&place);
    assert_eq!(right["address"], "https://www.acme.example/");
    assert_eq!(right["health"], "healthy", "{right}");
    let dns = &right["panels"]["dns"]["data"]["domains"][0];
    let types: Vec<_> =
        dns["records"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!((types, &dns["right"]), (vec!["A", "AAAA", "HTTPS"], &true.into()));
    let own = &right["panels"]["certificate"]["data"]["own"];
    assert_eq!((&own["renewal"], &own["in_use"]), (&"by_itself".into(), &true.into()), "{own}");
    assert_eq!(own["proofs"][0]["in_place"], true);
    assert!(own["days_left"].as_i64().unwrap() > 100, "{own}");
    assert_eq!(
        (&right["domains"][0]["served"], &right["domains"][0]["record"]["right"]),
        (&true.into(), &true.into())
    );
    let certificate = &right["certificate"];
    assert_eq!(
        (&certificate["state"], &certificate["records"][0]["right"]),
        (&"issued".into(), &true.into())
    );
    assert!(certificate["not_after"].as_str().unwrap().ends_with('Z'), "{certificate}");

    place.run_well(&["sandbox", "dns", "remove", "www.acme.example", "CNAME"]);
    let wrong = status(&place);
    assert_eq!(wrong["domains"][0]["record"]["right"], false);
    assert_eq!((&wrong["health"], &wrong["reasons"][0]["panel"]), (&"degraded".into(), &"dns".into()));
    let told = place.run_well(&["status", "site.toml"]);
    assert!(told.contains("add a CNAME record with the name www.acme.example and the value "), "{told}");
}

#[test]
fn of_two_zones_with_one_name_the_one_that_public_dns_leads_to_is_used() {
    let place = place_with_zone(&with_domains(r#"["acme.example"]"#, "route53"));
    let seen_zone = twin_zones::ids(&place);
    twin_zones::another(&place);
    place.run_well(DEPLOY);
    let deployed = snapshot(&place);
    assert_eq!(count(&deployed, "record "), 4, "{deployed}");
    assert_eq!(twin_zones::filled(&place), seen_zone, "the other one stays empty");
    place.run_well(DEPLOY);
    assert_eq!(snapshot(&place), deployed, "a second deploy changes nothing");
    place.run_well(DESTROY);
    assert_eq!(snapshot(&place), "");
}

#[test]
fn a_request_that_failed_is_explained_and_replaced() {
    let place = place_with_zone(&with_domains(r#"["acme.example"]"#, "route53"));
    place.run_well(&["sandbox", "dns", "add", "acme.example", "CAA", "0 issue \"letsencrypt.org\""]);
    let told = ends_with(&place, DEPLOY, 1);
    assert!(told.contains("nothing was changed") && told.contains("CAA"), "{told}");
    assert_eq!(count(&snapshot(&place), "certificate "), 0);
    // Where DNS can't be asked beforehand, the authority itself has to say so.
    let blind = [DEPLOY, &["--resolver", "127.0.0.1:1"]].concat();
    for _ in 0..2 {
        let told = ends_with(&place, &blind, 1);
        assert!(told.contains("CAA_ERROR") && told.contains("0 issue \"amazon.com\""), "{told}");
        assert_eq!(count(&snapshot(&place), "certificate "), 1, "the failed one before is gone");
    }
    place.run_well(&["sandbox", "dns", "add", "acme.example", "CAA", "0 issue \"amazon.com\""]);
    place.run_well(DEPLOY);
    let deployed = snapshot(&place);
    assert_eq!((count(&deployed, "certificate "), count(&deployed, "record ")), (1, 4), "{deployed}");
    place.run_well(DESTROY);
    assert_eq!(snapshot(&place), "");
}

#[test]
fn a_record_that_leads_elsewhere_is_replaced_only_when_asked_for() {
    let place = place_with_zone(&with_domains(r#"["www.acme.example"]"#, "route53"));
    in_zone(&place, &[("www.acme.example", RrType::Cname, "old.example.net")]);
    let before = snapshot(&place);
    let told = ends_with(&place, DEPLOY, 1);
    assert!(
        told.contains("CNAME old.example.net") && told.contains("--replace-records www.acme.example"),
        "{told}"
    );
    assert_eq!(snapshot(&place), before);
    let told = ends_with(&place, &[DEPLOY, &["--replace-records", "www.acme.example"]].concat(), 0);
    assert!(told.contains("replaces www.acme.example CNAME old.example.net (TTL 60 s)"), "{told}");
    assert!(!snapshot(&place).contains("old.example.net"));
    place.run_well(DESTROY);
    assert_eq!(snapshot(&place), "");
}

#[test]
fn what_stood_in_the_zone_before_stays_when_the_site_goes() {
    let manual = Place::new(&with_domains(r#"["acme.example"]"#, "manual"), FILES);
    let told = ends_with(&manual, &[DEPLOY, &["--no-wait"]].concat(), 5);
    let record = told.lines().find_map(|line| line.split_once("yet to see the record ")).unwrap().1;
    let fields: Vec<&str> = record.split(' ').collect();

    let place = place_with_zone(&with_domains(r#"["acme.example"]"#, "route53"));
    let records = [(fields[0], RrType::Cname, fields[2]), ("acme.example", RrType::Txt, "\"theirs\"")];
    in_zone(&place, &records);
    let before = snapshot(&place);
    place.run_well(DEPLOY);
    place.run_well(DESTROY);
    assert_eq!(snapshot(&place), before);
}

#[test]
fn a_domain_of_another_distribution_is_an_obstacle_before_anything_changes() {
    let place = place_with_zone(&with_domains(r#"["acme.example"]"#, "route53"));
    place.run_well(DEPLOY);
    let before = snapshot(&place);
    let other = with_domains(r#"["acme.example"]"#, "route53").replace("\"acme\"", "\"other\"");
    place.write_profile("other.toml", &other);
    let told = ends_with(&place, &["deploy", "other.toml", "--yes", "--no-input"], 1);
    assert!(told.contains("acme.example is a name of distribution E"), "{told}");
    assert_eq!(snapshot(&place), before);
}

#[test]
fn a_name_that_another_account_serves_is_known_before_the_first_change() {
    let place = place_with_zone(&with_domains(r#"["acme.example", "*.acme.example"]"#, "route53"));
    place.run_well(DEPLOY);
    let deployed = snapshot(&place);
    let store = Store::open(&place.account()).unwrap();
    cloudfront::hold_elsewhere(&store, "www.acme.example", "210987654321").unwrap();
    place.set_profile(&with_domains(r#"["acme.example", "*.acme.example", "www.acme.example"]"#, "route53"));
    let told = ends_with(&place, DEPLOY, 1);
    assert!(told.contains("www.acme.example is taken"), "{told}");
    assert!(told.contains("of account ******654321"), "{told}");
    assert_eq!(snapshot(&place), deployed);
}

#[test]
fn a_name_that_leads_to_another_distribution_is_known_before_the_first_change() {
    let place = Place::new(&with_domains(r#"["www.acme.example"]"#, "manual"), FILES);
    let unknown = ends_with(&place, &["check", "site.toml"], 0);
    assert!(unknown.contains("whether another account's distribution serves www.acme.example"), "{unknown}");
    place.run_well(&["sandbox", "dns", "add", "www.acme.example", "CNAME", "d1other.cloudfront.net"]);
    let told = ends_with(&place, DEPLOY, 1);
    assert!(told.contains("public DNS leads www.acme.example to d1other.cloudfront.net"), "{told}");
    assert_eq!(snapshot(&place), "");
}

#[test]
fn one_cause_is_told_once_for_all_names() {
    let place = Place::new(&with_domains(r#"["acme.example", "www.acme.example"]"#, "manual"), FILES);
    place.run_well(&["sandbox", "dns", "add", "acme.example", "CAA", "0 issue \"letsencrypt.org\""]);
    let told = ends_with(&place, &["check", "site.toml"], 1);
    assert_eq!(count(&told, "stop dns"), 1, "{told}");
}
