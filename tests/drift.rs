//! What somebody changes in AWS by hand is told apart from what the person changed in the profile, and where an
//! answer governs it, that answer makes the difference go away.

#![expect(clippy::unwrap_used, reason = "a test that can't read its fixtures has failed")]

#[path = "support/assume.rs"]
mod assume;

use assume::carried_out;
use sitecast::blueprint::distribution::{DistributionSpec, Origin};
use sitecast::blueprint::drift::{Drift, Theirs, drift};
use sitecast::blueprint::visitors::Effect;
use sitecast::blueprint::{self, Blueprint, EdgeCode, Facts, FolderFacts, Inventory, Plan};
use sitecast::profile::answers::{Geo, Hsts, HttpVersion, PlainHttp, PriceClass, Query, Seconds};
use sitecast::profile::{self, edited};

fn profile() -> String {
    include_str!("../presets/everything.toml").replace("my-site", "shop")
}

fn drawn(text: &str) -> Blueprint {
    let profile = profile::parse(text, "site.toml").unwrap_or_else(|_| panic!("no profile: {text}"));
    let folder = FolderFacts { release: "r1".into(), files: 3, bytes: 2048, extensionless: Vec::new() };
    let functions = blueprint::edge::functions(&profile, Some(&folder));
    let code = |name: &str| EdgeCode {
        hash: format!("code of {name}"),
        handler: "index.handler".into(),
        bytes: 1024,
        cache_key_headers: Vec::new(),
        warnings: Vec::new(),
    };
    let edge = functions.iter().map(|function| (function.name.clone(), code(&function.name))).collect();
    let facts = Facts { account: "123456789012".into(), partition: "aws".into(), folder: Some(folder), edge };
    blueprint::blueprint(&profile, &facts)
}

fn plan(text: &str, inventory: &Inventory) -> Plan {
    blueprint::plan(&drawn(text), inventory).unwrap()
}

fn drifted(text: &str, inventory: &Inventory) -> Vec<Drift> {
    let plan = plan(text, inventory);
    drift(text, &plan, &plan)
}

type Change = fn(&mut Inventory);

fn distribution(inventory: &mut Inventory) -> &mut DistributionSpec {
    &mut inventory.distribution.as_mut().unwrap().spec
}

/// What is changed by hand, and the first answer that says so; nothing where none can.
fn changes() -> Vec<(&'static str, Change, &'static str)> {
    vec![
        ("comment", |it| distribution(it).comment = "by hand".into(), "distribution.comment=by hand"),
        (
            "price class",
            |it| distribution(it).price_class = PriceClass::Class200,
            "distribution.price_class=200",
        ),
        ("http", |it| distribution(it).http_version = HttpVersion::Http11, "distribution.http=http1.1"),
        ("ipv6", |it| distribution(it).ipv6 ^= true, "distribution.ipv6="),
        (
            "index",
            |it| distribution(it).default_root_object = "home.html".into(),
            "distribution.index=home.html",
        ),
        (
            "geo",
            |it| distribution(it).geo = Geo::Block(vec!["AQ".into(), "DE".into()]),
            "distribution.geo.allow=",
        ),
        (
            "domains",
            |it| distribution(it).aliases.insert(1, "shop.example.com".into()),
            "https.domains=example.com,www.example.com,shop.example.com",
        ),
        (
            "minimum tls",
            |it| distribution(it).viewer_certificate.as_mut().unwrap().minimum_tls = "TLSv1.2_2019".into(),
            "https.minimum_tls=TLSv1.2_2019",
        ),
        ("statuses", |it| distribution(it).origin_groups[0].statuses = vec![500, 502], "failover.on=500,502"),
        ("drill statuses", |it| distribution(it).origin_groups[1].statuses = vec![404], ""),
        ("attempts", |it| distribution(it).origins[0].connection_attempts = 1, "failover.connect_attempts=1"),
        (
            "timeout",
            |it| distribution(it).origins[1].connection_timeout = Seconds(9),
            "failover.connect_timeout=9s",
        ),
        ("origin path", |it| distribution(it).origins[0].path = "/old".into(), ""),
        ("compress", |it| distribution(it).default_behavior.compress ^= true, "caching.default.compress="),
        (
            "rule's compress",
            |it| distribution(it).behaviors[1].behavior.compress ^= true,
            "caching.rule[0].compress=",
        ),
        (
            "plain http",
            |it| distribution(it).default_behavior.plain_http = PlainHttp::HttpsOnly,
            "https.http=https-only",
        ),
        (
            "a rule's plain http",
            |it| distribution(it).behaviors[1].behavior.plain_http = PlainHttp::HttpsOnly,
            "",
        ),
        ("switched off", |it| distribution(it).enabled = false, ""),
        ("policy's lifetimes", |it| it.cache_policies[0].spec.max_ttl = Seconds(7_200), "caching."),
        ("policy's query", |it| it.cache_policies[0].spec.query = Query::Only(vec!["z".into()]), "caching."),
        ("policy's headers", |it| it.cache_policies[0].spec.headers = vec!["accept".into()], "caching."),
        (
            "hsts",
            |it| {
                let spec = &mut it.response_headers_policy.as_mut().unwrap().spec;
                spec.hsts = Some(Hsts { max_age: Seconds(86_400), ..spec.hsts.clone().unwrap() });
            },
            "https.hsts.max_age=1d",
        ),
        ("no hsts", |it| it.response_headers_policy.as_mut().unwrap().spec.hsts = None, "https.hsts="),
        ("nosniff", |it| it.response_headers_policy.as_mut().unwrap().spec.nosniff = false, ""),
        ("edge memory", |it| it.edge_functions[0].latest.memory_mb = 192, "edge[0].memory_mb=192"),
        (
            "bucket opened",
            |it| it.buckets.values_mut().for_each(|it| it.settings.public_access_block = "all off".into()),
            "",
        ),
    ]
}

#[test]
fn an_answer_that_governs_a_field_makes_its_drift_go_away() {
    let text = profile();
    let deployed = carried_out(&drawn(&text));
    for (name, change, expected) in changes() {
        let mut inventory = deployed.clone();
        change(&mut inventory);
        let found = drifted(&text, &inventory);
        assert!(!found.is_empty(), "{name}: no drift");
        for Drift { step, change, theirs, .. } in &found {
            let Theirs::Answers(answers) = theirs else {
                assert_eq!(expected, "", "{name}: {found:?}");
                continue;
            };
            let told = format!("{}={}", answers[0].0, answers[0].1);
            assert!(!expected.is_empty() && told.starts_with(expected), "{name}: {told}");
            let taken = edited(&text, answers).unwrap();
            let left = plan(&taken, &inventory);
            let left = left.step(step).into_iter().flat_map(|step| &step.changes);
            assert!(
                left.into_iter().all(|other| other.field != change.field),
                "{name}: still there\n{taken}"
            );
        }
    }
}

#[test]
fn an_origin_of_others_is_the_one_thing_that_goes() {
    let text = profile();
    let mut inventory = carried_out(&drawn(&text));
    let backup = distribution(&mut inventory).origins[1].clone();
    distribution(&mut inventory).origins.insert(1, Origin { id: "else".into(), ..backup });
    let fields: Vec<_> = drifted(&text, &inventory).into_iter().map(|drift| drift.change.field).collect();
    assert_eq!(fields, ["origins[else]"]);
}

#[test]
fn visitors_of_a_site_that_was_switched_off_get_it_back() {
    let text = profile();
    let mut inventory = carried_out(&drawn(&text));
    distribution(&mut inventory).enabled = false;
    inventory.response_headers_policy.as_mut().unwrap().spec.nosniff = false;
    assert_eq!(plan(&text, &inventory).effects(), [Effect::Return]);
}

#[test]
fn what_the_person_changed_in_the_profile_is_no_drift() {
    let text = profile();
    let mut inventory = carried_out(&drawn(&text));
    let answers = [("distribution.comment".to_owned(), "new".to_owned())];
    let now = edited(&text, &answers).unwrap();
    let found = |inventory: &Inventory| drift(&now, &plan(&text, inventory), &plan(&now, inventory));
    assert_eq!(found(&inventory), []);
    distribution(&mut inventory).ipv6 ^= true;
    let fields: Vec<_> = found(&inventory).into_iter().map(|drift| drift.change.field).collect();
    assert_eq!(fields, ["ipv6"]);
}
