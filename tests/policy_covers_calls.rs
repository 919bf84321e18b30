//! Every call of a site's whole life is granted by the policy that is printed for its profile.

#![expect(clippy::unwrap_used, reason = "a test that can't prepare its site has failed")]

use sitecast::check::policy::{Scope, statements};
use sitecast::profile;
use sitecast::sandbox::calls::CallRecord;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::{self, Options};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;
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
"#;

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
    ("CreateDistributionWithTags", "CreateDistribution"),
];

/// What IAM calls the action that a call needs; nothing for those that need none.
fn action(call: &CallRecord) -> Option<String> {
    let service = match call.service.as_str() {
        "sts" => return None,
        "tagging" => "tag",
        other => other,
    };
    let renamed = RENAMED.iter().find(|(operation, _)| *operation == call.operation);
    Some(format!("{service}:{}", renamed.map_or(call.operation.as_str(), |(_, action)| action)))
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
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("public")).unwrap();
    std::fs::write(folder.path().join("public/index.html"), "hello").unwrap();
    std::fs::write(folder.path().join("site.toml"), PROFILE).unwrap();
    let options = Options {
        folder: folder.path().join("state"),
        pace: Pace::Instant,
        port: 0,
        faults: Vec::new(),
        dns_port: None,
    };
    let running = server::start(options).await.unwrap();
    for arguments in [
        ["check", "site.toml", "--no-input"].as_slice(),
        &["deploy", "site.toml", "--yes", "--no-input"],
        &["status", "site.toml"],
        &["destroy", "site.toml", "--yes", "--no-input", "--confirm", "acme"],
    ] {
        let output = run(folder.path(), &running.url(), arguments).await;
        assert!(output.status.success(), "{arguments:?} {}", String::from_utf8_lossy(&output.stderr));
    }
    let loaded = profile::load(&folder.path().join("site.toml")).unwrap();
    let scope = Scope::new(&loaded.profile, "aws", "123456789012");
    let granted: BTreeSet<&str> =
        statements(&scope).into_iter().flat_map(|statement| statement.actions).collect();
    let calls = running.calls();
    let needed: BTreeSet<String> = calls.iter().filter_map(action).collect();
    let lacking: Vec<_> = needed.iter().filter(|action| !granted.contains(action.as_str())).collect();
    assert!(lacking.is_empty(), "not granted: {lacking:?}");
    assert!(needed.len() > 40, "only {} different actions were seen", needed.len());
}
