//! Plan fixtures: what was deployed, what happened to it since, and what the profile says now, to a plan.
//!
//! A new case is a new file in `tests/plan`. `UPDATE=1 cargo test --test plan` writes what the
//! planner says now into the `.txt` beside it.

#![expect(clippy::unwrap_used, reason = "a test that can't read its fixtures has failed")]

#[path = "support/assume.rs"]
mod assume;

use assume::carried_out;
use sitecast::blueprint::inventory::{
    CertificateState, Foreign, ObservedCertificate, ObservedRelease, ObservedZone, ReleaseChanges,
};
use sitecast::blueprint::resource::{Kind, ResourceId};
use sitecast::blueprint::{
    self, Blueprint, EdgeCode, Facts, FolderFacts, Inventory, KeepOnDestroy, Made, Plan,
};
use sitecast::profile::answers::{EdgeFunction, EdgeSource, KeyType, PriceClass};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use toml_edit::DocumentMut;

#[test]
fn every_fixture_plans_as_written() {
    let mut wrong = Vec::new();
    let fixtures = fixtures();
    assert!(fixtures.len() > 10);
    for path in fixtures {
        let told = told(&fs::read_to_string(&path).unwrap(), &path);
        let expected = path.with_extension("txt");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &told).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != told {
            wrong.push(format!("{}:\n{told}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is deployed as the profile asks has nothing left to do, whatever the profile.
#[test]
fn a_plan_carried_out_leaves_nothing_to_plan() {
    for path in fixtures() {
        let text = fs::read_to_string(&path).unwrap();
        let document: DocumentMut = text.parse().unwrap();
        for key in ["before", "after"] {
            let Some(profile) = document.get(key).and_then(|item| item.as_str()) else { continue };
            let blueprint = drawn(profile, "r1", "c1", &path);
            let plan = blueprint::plan(&blueprint, &carried_out(&blueprint)).unwrap();
            assert!(!plan.changes_aws(), "{}: {}", path.display(), plan_text(&plan));
        }
    }
}

/// The profile can't know the account: only here can the two be compared.
#[test]
fn a_bucket_name_that_s3_keeps_for_another_account_is_refused() {
    let profile = |account: &str| {
        format!(
            "schema = 1\nname = \"hello\"\n[distribution]\nfolder = \"public\"\nregion = \"eu-west-1\"\n\
             bucket = \"hello-{account}-eu-west-1-an\"\n"
        )
    };
    let plan = |account: &str| {
        blueprint::plan(&drawn(&profile(account), "r1", "c1", Path::new("site.toml")), &Inventory::default())
    };
    let error = plan("999999999999").unwrap_err().to_string();
    assert!(error.contains("hello-999999999999-eu-west-1-an") && error.contains("123456789012"), "{error}");
    assert!(plan("123456789012").unwrap().changes_aws());
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plan");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
}

fn told(fixture: &str, path: &Path) -> String {
    let document: DocumentMut = fixture.parse().unwrap();
    let text = |key: &str| document.get(key).and_then(|item| item.as_str());
    let mut inventory = text("before")
        .map_or_else(Inventory::default, |profile| carried_out(&drawn(profile, "r1", "c1", path)));
    for since in document.get("since").and_then(|item| item.as_array()).into_iter().flatten() {
        happen(&mut inventory, since.as_str().unwrap());
    }
    let plan = match text("after") {
        Some(profile) if document.get("undo").is_some() => {
            Ok(undone(&drawn(profile, "r1", "c1", path), inventory, &document))
        }
        Some(profile) => {
            let mut blueprint =
                drawn(profile, text("release").unwrap_or("r1"), text("code").unwrap_or("c1"), path);
            if let (Some(name), Some(domains)) = (text("replace_records"), &mut blueprint.domains) {
                domains.replace.insert(name.to_owned());
            }
            blueprint::plan(&blueprint, &inventory)
        }
        None => Ok(blueprint::teardown(
            text("teardown").unwrap(),
            "123456789012",
            &inventory,
            KeepOnDestroy {
                buckets: document.get("keep_buckets").is_some(),
                logs: document.get("keep_logs").is_some(),
                until_replicas_are_gone: false,
            },
        )),
    };
    plan.map_or_else(|error| format!("{error}\n"), |plan| plan_text(&plan))
}

/// The plan that takes back what a deploy made, up to the step before which it was stopped.
fn undone(wanted: &Blueprint, before: Inventory, document: &DocumentMut) -> Plan {
    let plan = blueprint::plan(wanted, &before).unwrap();
    let stopped = document.get("stopped_before").and_then(|item| item.as_str());
    let done = plan.steps.iter().take_while(|step| Some(step.id.0.as_str()) != stopped);
    let done: Vec<_> = done.map(|step| (&step.resource, step.action)).collect();
    let earlier = document.get("before").and_then(|item| item.as_str());
    let earlier = earlier.map(|profile| drawn(profile, "r1", "c1", Path::new("before.toml")));
    let earlier = earlier.map(|earlier| earlier.resources).unwrap_or_default();
    let was_done = |id: &ResourceId| done.iter().any(|(resource, _)| *resource == id);
    let mut held = wanted.clone();
    held.resources.retain(|it| was_done(&it.id) || earlier.iter().any(|other| other.id == it.id));
    for resource in held.resources.iter_mut().filter(|it| !was_done(&it.id)) {
        resource.clone_from(earlier.iter().find(|other| other.id == resource.id).unwrap());
    }
    blueprint::undo(&wanted.site, &wanted.account, &Made::of(done), &carried_out(&held))
}

fn drawn(profile: &str, release: &str, code: &str, path: &Path) -> Blueprint {
    let profile = sitecast::profile::parse(profile, &path.display().to_string())
        .unwrap_or_else(|problems| panic!("{}", problems.into_error(sitecast::profile::Colour::Off)));
    let folder = (release != "unknown").then(|| FolderFacts {
        release: release.to_owned(),
        files: 3,
        bytes: 2048,
        extensionless: vec!["LICENSE".to_owned()],
    });
    let functions = blueprint::edge::functions(&profile, folder.as_ref());
    let edge = functions.iter().filter_map(|function| edge_code(function, code)).collect();
    let facts = Facts { account: "123456789012".into(), partition: "aws".into(), folder, edge };
    blueprint::blueprint(&profile, &facts)
}

/// What is known of a function's code; `unknown` is code of the person's own that is on another machine.
fn edge_code(function: &EdgeFunction, code: &str) -> Option<(String, EdgeCode)> {
    let is_own = matches!(function.function, EdgeSource::Own(_));
    let greets = function.function == EdgeSource::Builtin("greeting".into());
    let facts = EdgeCode {
        hash: format!("{code} of {}", function.name),
        handler: "index.handler".into(),
        bytes: 1024,
        cache_key_headers: greets.then(|| "CloudFront-Viewer-Country".to_owned()).into_iter().collect(),
        warnings: Vec::new(),
    };
    (!is_own || code != "unknown").then(|| (function.name.clone(), facts))
}

/// Things that happen to a deployed site.
fn happen(inventory: &mut Inventory, what: &str) {
    let (what, name) = what.split_once(": ").unwrap_or((what, ""));
    let distribution = inventory.distribution.as_mut();
    match what {
        "price class changed by hand" => distribution.unwrap().spec.price_class = PriceClass::All,
        "distribution disabled by hand" => distribution.unwrap().spec.enabled = false,
        "distribution still deploying" => distribution.unwrap().deployed = false,
        "distribution gone" => inventory.distribution = None,
        "function never published" => inventory.functions[0].live = None,
        "edge versions never published" => inventory.edge_functions[0].versions.clear(),
        "edge function gone" => drop(inventory.edge_functions.remove(0)),
        "edge role gone" => inventory.edge_role = None,
        "edge role without policy" => inventory.edge_role.as_mut().unwrap().spec.log_groups.clear(),
        "edge role trusts lambda alone" => {
            inventory.edge_role.as_mut().unwrap().spec.trusted = vec!["lambda.amazonaws.com".into()];
        }
        "edge memory changed by hand" => inventory.edge_functions[0].latest.memory_mb = 512,
        "edge function taken off by hand" => {
            distribution.unwrap().spec.default_behavior.edge = BTreeMap::new()
        }
        "others copy under our role" => {
            let role = inventory.replication_role.as_ref().unwrap().output.arn.clone();
            inventory.buckets.get_mut(name).unwrap().role_of_others = Some(role);
        }
        "bucket policy gone" => inventory.buckets.get_mut(name).unwrap().policy = None,
        "bucket gone" => drop(inventory.buckets.remove(name).unwrap()),
        "public access allowed" => {
            inventory.buckets.get_mut(name).unwrap().settings.public_access_block =
                "BlockPublicPolicy off".into();
        }
        "upload not finished" => {
            inventory.buckets.get_mut(name).unwrap().release = ObservedRelease::Unfinished { changes: None };
        }
        "files changed" => inventory.buckets.values_mut().for_each(|bucket| {
            let changes =
                ReleaseChanges { uploads: 2, header_changes: 1, deletions: 1, ..Default::default() };
            bucket.release = ObservedRelease::Published { hash: "r0".into(), changes: Some(changes) };
        }),
        "bucket changed behind our back" => {
            inventory.buckets.get_mut(name).unwrap().release =
                ObservedRelease::Altered { missing: 3, overwritten: 1, strange: 2 };
        }
        "old bucket remembered" => {
            distribution.unwrap().old_buckets.insert("sitecast:old-bucket-1".into(), name.into());
        }
        "foreign bucket" => inventory.foreign.push(Foreign {
            resource: ResourceId::new(Kind::Bucket, name),
            why: "it belongs to another account".into(),
        }),
        "cache policies taken by others" => inventory.other_cache_policies = name.parse().unwrap(),
        other => happen_to_domains(inventory, other, name),
    }
}

/// Things that happen to the domains of a deployed site.
fn happen_to_domains(inventory: &mut Inventory, what: &str, name: &str) {
    match what {
        "zone gone" => inventory.https.zones.clear(),
        "zone" => inventory.https.zones.extend(assume::zones(&[name.to_owned()])),
        "zones of one name" => {
            let ids = ["Z-one", "Z-two"].map(str::to_owned);
            let zone = |id| ObservedZone { id, name: name.to_owned(), delegated: None };
            inventory.https.zones = ids.map(zone).into();
        }
        "the second zone is the one that public DNS knows" => {
            inventory.https.zones[1].delegated = Some(true);
        }
        "certificate pending" => inventory.https.certificates[0].state = CertificateState::Pending,
        "certificate failed" => {
            inventory.https.certificates[0].state = CertificateState::Failed("CAA_ERROR".into());
        }
        "certificate made by somebody else" => inventory.https.certificates[0].ours = false,
        "certificate used elsewhere" => inventory.https.certificates[0].used_by_others.push(name.into()),
        "certificate of others" => {
            let names = vec![name.to_owned()];
            inventory.https.names_by_certificate.insert("arn:theirs".into(), names.clone());
            let theirs = assume::certificate("arn:theirs", names, KeyType::Ecdsa);
            inventory.https.certificates.push(ObservedCertificate { ours: false, ..theirs });
        }
        "domains not taken yet" => {
            let distribution = inventory.distribution.as_mut().unwrap();
            distribution.spec.aliases.clear();
            distribution.spec.viewer_certificate = None;
            distribution.record_tags.clear();
            inventory.https.records.retain(|record| record.alias.is_none());
        }
        "record" => {
            let [name, kind, value] = name.split(' ').collect::<Vec<_>>().try_into().unwrap();
            inventory.https.records.retain(|record| record.name != name);
            assume::hold_record(inventory, name, kind, value, None);
        }
        "alias record gone" => inventory.https.records.retain(|record| record.kind != name),
        "records made by somebody else" => inventory.distribution.as_mut().unwrap().record_tags.clear(),
        "alias records gone" => inventory.https.records.retain(|record| record.alias.is_none()),
        "domain taken" => drop(inventory.https.taken_domains.insert(name.into(), "E2OTHER".into())),
        unknown => panic!("nobody knows how {unknown:?} happens"),
    }
}

fn plan_text(plan: &Plan) -> String {
    let mut text = String::new();
    for step in &plan.steps {
        writeln!(text, "{:6} {}  ({})", step.action.word(), step.id, step.reason).unwrap();
        for id in &step.after {
            writeln!(text, "         after {id}").unwrap();
        }
        for change in &step.changes {
            let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
            writeln!(text, "         {}: {} -> {}", change.field, shown(&change.from), shown(&change.to))
                .unwrap();
        }
    }
    plan.notices.iter().for_each(|notice| writeln!(text, "note   {notice}").unwrap());
    text
}
