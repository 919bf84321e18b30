//! The calls of a site's whole life: each is granted by the policy that is printed for its profile, and where nothing
//! changes they come in few rounds.

#![expect(clippy::unwrap_used, reason = "a test that can't prepare its site has failed")]

#[expect(dead_code, reason = "only some of the clients are needed here")]
mod sandbox;

use sitecast::check::policy::{Scope, statements};
use sitecast::profile;
use sitecast::sandbox::calls::CallRecord;
use sitecast::sandbox::dns;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::{self, Options, Running};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;
use time::OffsetDateTime;
use tokio::process::Command;

const PROFILE: &str = r#"
schema = 1
name = "acme"
[distribution]
folder = "public"
region = "eu-west-1"
pretty_urls = true
[failover]
region = "eu-central-1"
copy = "replication"
[[edge]]
name = "headers"
function = "builtin:security-headers"
event = "viewer-response"
paths = ["*"]
[caching]
default = { browser = "0s", edge = "1d" }
[https]
domains = ["acme.example"]
"#;

const DEPLOY: &[&str] = &["deploy", "site.toml", "--yes", "--no-input"];
const STATUS: &[&str] = &["status", "site.toml"];
const DRILL: &[&str] = &["drill", "site.toml"];
const DESTROY: &[&str] = &["destroy", "site.toml", "--yes", "--no-input", "--confirm", "acme"];

/// What the operations of S3 and a few others are called in IAM, where it is not the same.
const RENAMED: &[(&str, &str)] = &[
    ("HeadBucket", "ListBucket"),
    ("ListObjectsV2", "ListBucket"),
    ("ListObjectVersions", "ListBucketVersions"),
    ("ListMultipartUploads", "ListBucketMultipartUploads"),
    ("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
    ("PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
    ("GetBucketEncryption", "GetEncryptionConfiguration"),
    ("PutBucketEncryption", "PutEncryptionConfiguration"),
    ("GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"),
    ("PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"),
    ("GetBucketReplication", "GetReplicationConfiguration"),
    ("PutBucketReplication", "PutReplicationConfiguration"),
    ("DeleteBucketReplication", "PutReplicationConfiguration"),
    ("HeadObject", "GetObject"),
    ("CopyObject", "PutObject"),
    ("DeleteObjects", "DeleteObject"),
    ("ListBuckets", "ListAllMyBuckets"),
    ("CreateDistributionWithTags", "CreateDistribution"),
];

/// What IAM calls the action that a call needs; nothing for those that need none.
fn action(call: &CallRecord) -> Option<String> {
    let service = match call.service.as_str() {
        "sts" => return None,
        "tagging" => "tag",
        "monitoring" => "cloudwatch",
        other => other,
    };
    let renamed = RENAMED.iter().find(|(operation, _)| *operation == call.operation);
    Some(format!("{service}:{}", renamed.map_or(call.operation.as_str(), |(_, action)| action)))
}

/// A profile with its folder, and an account to deploy it to.
struct Site {
    folder: tempfile::TempDir,
    account: Running,
}

impl Site {
    async fn new(dns: &str) -> Site {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("public")).unwrap();
        std::fs::write(folder.path().join("public/index.html"), "hello").unwrap();
        std::fs::write(folder.path().join("site.toml"), format!("{PROFILE}dns = \"{dns}\"\n")).unwrap();
        let options = Options {
            folder: folder.path().join("state"),
            pace: Pace::Instant,
            port: 0,
            faults: Vec::new(),
            dns_port: Some(0),
        };
        Site { account: server::start(options).await.unwrap(), folder }
    }

    /// Runs the program, insists on its exit code, and gives what it said.
    async fn run(&self, arguments: &[&str], code: i32) -> String {
        let resolver = self.account.dns_address().unwrap().to_string();
        let arguments = [arguments, &["--resolver", &resolver]].concat();
        let output = run(self.folder.path(), &self.account.url(), &arguments).await;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {told}");
        told
    }

    /// Asserts that the policy printed for the profile grants all calls but the first few.
    fn assert_granted(&self, not_by_us: usize) {
        let loaded = profile::load(&self.folder.path().join("site.toml")).unwrap();
        let scope = Scope::new(&loaded.profile, "aws", "123456789012");
        let granted: BTreeSet<&str> =
            statements(&scope).into_iter().flat_map(|statement| statement.actions).collect();
        let needed: BTreeSet<String> =
            self.account.calls().iter().skip(not_by_us).filter_map(action).collect();
        let lacking: Vec<_> = needed.iter().filter(|action| !granted.contains(action.as_str())).collect();
        assert!(lacking.is_empty(), "not granted: {lacking:?}");
        assert!(needed.len() > 40, "only {} different actions were seen", needed.len());
    }
}

async fn run(folder: &Path, endpoint: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sitecast"));
    let environment = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("SITECAST_POLL_MS", "5"),
    ];
    let command = command.env_clear().env("HOME", folder).envs(environment).current_dir(folder);
    command.args(arguments).output().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_of_a_site_s_life_is_granted() {
    let site = Site::new("route53").await;
    let zones = aws_sdk_route53::Client::new(&sandbox::config(&site.account, "us-east-1"));
    for reference in ["theirs", "twin"] {
        zones.create_hosted_zone().name("acme.example").caller_reference(reference).send().await.unwrap();
    }
    let not_by_us = site.account.calls().len();
    for arguments in [&["check", "site.toml", "--no-input"], DEPLOY, STATUS, DRILL, DESTROY] {
        site.run(arguments, 0).await;
    }
    site.assert_granted(not_by_us);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_is_granted_where_the_person_writes_the_records() {
    let site = Site::new("manual").await;
    let told = site.run(&[DEPLOY, &["--no-wait"]].concat(), 5).await;
    let record = told.lines().find_map(|line| line.split_once("yet to see the record ")).unwrap().1;
    let [name, kind, value] = record.split(' ').take(3).collect::<Vec<_>>().try_into().unwrap();
    dns::add(site.account.store(), OffsetDateTime::now_utc(), name, kind, value).unwrap();
    for arguments in [DEPLOY, STATUS, DESTROY] {
        site.run(arguments, 0).await;
    }
    site.assert_granted(0);
}

/// How many calls followed one another: the longest chain of which each began when the one before was over.
fn rounds(calls: &[CallRecord]) -> usize {
    let mut spans: Vec<_> = calls.iter().map(|call| (call.ended_ms.unwrap(), call.started_ms)).collect();
    spans.sort_unstable();
    let mut free_from = 0;
    let mut follows = |(end, start): &&(u64, u64)| {
        let follows = *start >= free_from;
        free_from = if follows { *end } else { free_from };
        follows
    };
    spans.iter().filter(|span| follows(span)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_without_changes_asks_three_times_though_records_prove_the_domains() {
    let site = Site::new("route53").await;
    let zones = aws_sdk_route53::Client::new(&sandbox::config(&site.account, "us-east-1"));
    zones.create_hosted_zone().name("acme.example").caller_reference("theirs").send().await.unwrap();
    site.run(DEPLOY, 0).await;
    let before = site.account.calls().len();
    site.account.set_faults(vec!["delay=2000".parse().unwrap()]);
    site.run(&["plan", "site.toml", "--no-input", "--detailed-exitcode"], 0).await;
    let calls = &site.account.calls()[before..];
    assert_eq!(rounds(calls), 3, "{calls:#?}");
}
