//! The side that calls AWS, against the sandbox: observe, plan, carry out, and again.

#![expect(clippy::unwrap_used, reason = "a test that can't set up its case has failed")]

mod sandbox;
#[path = "aws_s3/workshop.rs"]
mod workshop;

use aws_sdk_s3::types::{BucketLifecycleConfiguration, NoncurrentVersionExpiration};
use sandbox::{code, s3};
use serde_json::{Value, json};
use sitecast::apply::event::{Event, Fact, RunOutcome};
use sitecast::aws::{ConnectOptions, Session, profile_copy, sites};
use sitecast::blueprint::diff::Change;
use sitecast::blueprint::inventory::ObservedRelease;
use sitecast::blueprint::{self, Plan};
use std::sync::Arc;
use std::time::Duration;
use workshop::{Workshop, connect, connect_with_pauses};

const ONE_BUCKET: &str = r#"
schema = 1
name = "hello"
[distribution]
folder = "public"
region = "eu-west-1"
"#;

const TWO_BUCKETS: &str = r#"
schema = 1
name = "hello"
[distribution]
folder = "public"
region = "us-east-1"
[failover]
enabled = true
region = "eu-central-1"
"#;

const REPLICATED: &str = r#"
schema = 1
name = "hello"
[distribution]
folder = "public"
region = "eu-west-1"
[failover]
enabled = true
region = "eu-central-1"
copy = "replication"
"#;

fn failures(events: &[Event]) -> Vec<String> {
    let told = events.iter().filter_map(|event| match &event.fact {
        Fact::StepFinished { step, outcome, message, .. } => Some(format!("{step} {outcome:?} {message}")),
        _ => None,
    });
    told.collect()
}

fn changes_of(plan: &Plan) -> Vec<String> {
    let changing = plan.steps.iter().filter(|step| step.action.changes_aws());
    changing.map(|step| format!("{} {} {:?}", step.action, step.resource, step.changes)).collect()
}

/// What a second deploy would change: nothing, whatever the profile.
async fn assert_settled(workshop: &Workshop) {
    let (plan, view) = workshop.plan().await;
    assert_eq!(changes_of(&plan), [""; 0], "{:#?}", view.inventory);
}

#[tokio::test]
async fn one_bucket_is_deployed_changed_and_removed() {
    let mut workshop = Workshop::open(ONE_BUCKET, &[]).await;
    workshop.deployed().await;
    assert_settled(&workshop).await;
    assert_eq!(
        workshop.served("eu-west-1").await,
        ["site/assets/a b+ü.css", "site/assets/app.js", "site/index.html"]
    );
    let found = sites(&workshop.session).await.unwrap().found;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].name.as_str(), found[0].buckets.len()), ("hello", 1));
    assert!(found[0].distribution.is_some());
    assert_eq!(
        profile_copy::read(&workshop.session, "hello").await.unwrap().text.as_deref(),
        Some(ONE_BUCKET)
    );

    workshop.profile_text.push_str("comment = \"changed\"\n");
    workshop.write("index.html", "<h1>changed</h1>");
    workshop.deployed().await;
    assert_settled(&workshop).await;

    workshop.destroy().await;
    let (plan, view) = workshop.plan().await;
    assert!(view.inventory.buckets.is_empty() && view.inventory.distribution.is_none());
    assert!(changes_of(&plan).len() > 4);
}

#[tokio::test]
async fn both_buckets_get_every_file_from_one_reading() {
    let workshop = Workshop::open(TWO_BUCKETS, &[]).await;
    let large: Vec<u8> = (0..20_000_000_u32).map(|number| number.to_le_bytes()[1]).collect();
    workshop.write("video.mp4", &large);
    workshop.deployed().await;
    assert_settled(&workshop).await;
    assert_eq!(workshop.served("us-east-1").await, workshop.served("eu-central-1").await);
    let client = s3(&workshop.sandbox, "eu-central-1");
    let stored =
        client.get_object().bucket("hello-123456789012-eu-central-1-an").key("site/video.mp4").send().await;
    let stored = stored.unwrap();
    assert_eq!(stored.content_type(), Some("video/mp4"));
    assert_eq!(stored.body.collect().await.unwrap().into_bytes(), large);
    workshop.destroy().await;
}

#[tokio::test]
async fn a_page_that_is_gone_goes_at_once_and_an_asset_a_release_later() {
    let workshop = Workshop::open(ONE_BUCKET, &[]).await;
    workshop.write("old.html", "old");
    workshop.deployed().await;
    workshop.remove("old.html");
    workshop.remove("assets/app.js");
    workshop.deployed().await;
    let served = workshop.served("eu-west-1").await;
    assert_eq!(served, ["site/assets/a b+ü.css", "site/assets/app.js", "site/index.html"]);
    workshop.write("index.html", "third");
    workshop.deployed().await;
    assert_eq!(workshop.served("eu-west-1").await, ["site/assets/a b+ü.css", "site/index.html"]);
}

#[tokio::test]
async fn headers_alone_are_replaced_without_sending_bytes() {
    let mut workshop = Workshop::open(ONE_BUCKET, &[]).await;
    workshop.deployed().await;
    workshop.profile_text.push_str("[caching.default]\nbrowser = \"5m\"\n");
    let before = workshop.sandbox.calls().len();
    workshop.deployed().await;
    let calls = workshop.sandbox.calls();
    let of = |operation: &str| calls[before..].iter().filter(|call| call.operation == operation).count();
    assert_eq!(of("CopyObject"), 3);
    // The marker, the manifest and the profile.
    assert_eq!(of("PutObject"), 3);
    assert_settled(&workshop).await;
    let client = s3(&workshop.sandbox, "eu-west-1");
    let head = client.head_object().bucket("hello-123456789012-eu-west-1-an").key("site/assets/a b+ü.css");
    let head = head.send().await.unwrap();
    assert!(head.cache_control().unwrap().starts_with("max-age=300,"), "{head:?}");
    assert_eq!(head.content_type(), Some("text/css; charset=utf-8"));
}

#[tokio::test]
async fn an_upload_cut_short_is_noticed_and_finished_by_the_next_run() {
    // The sixth PutObject comes after the marker and some files, and before the manifest.
    let workshop =
        Workshop::open(ONE_BUCKET, &["op=PutObject nth=3 times=1 fail=AccessDenied status=403"]).await;
    let (outcome, events) = workshop.deploy().await;
    assert_eq!(outcome, RunOutcome::Failed);
    let told = failures(&events).join("\n");
    assert!(told.contains("s3:PutObject") || told.contains("AccessDenied"), "{told}");
    let (_, view) = workshop.plan().await;
    let bucket = &view.inventory.buckets["hello-123456789012-eu-west-1-an"];
    assert!(matches!(bucket.release, ObservedRelease::Unfinished { changes: Some(_) }), "{bucket:?}");
    workshop.deployed().await;
    assert_settled(&workshop).await;
}

#[tokio::test]
async fn lost_answers_leave_nothing_twice() {
    for operation in
        ["CreateBucket", "PutObject", "PutBucketPolicy", "CreateDistributionWithTags", "DeleteObject"]
    {
        let fault = format!("op={operation} nth=1 drop");
        let workshop = Workshop::open(ONE_BUCKET, &[&fault]).await;
        workshop.deployed().await;
        assert_settled(&workshop).await;
        let calls = workshop.sandbox.calls();
        assert!(calls.iter().any(|call| call.operation == operation), "{operation} was never called");
    }
}

#[tokio::test]
async fn the_last_of_many_writes_is_checked_after_doubt() {
    let workshop = Workshop::open(ONE_BUCKET, &[]).await;
    workshop.deployed().await;
    let client = s3(&workshop.sandbox, "eu-west-1");
    let bucket = "hello-123456789012-eu-west-1-an";
    let put = client.put_object().bucket(bucket).key("sitecast/pending").body("x".as_bytes().to_vec().into());
    put.send().await.unwrap();
    let broken =
        client.put_object().bucket(bucket).key("site/index.html").body(b"<h1>HELLO</h1>".to_vec().into());
    broken.send().await.unwrap();
    workshop.deployed().await;
    let stored = client.get_object().bucket(bucket).key("site/index.html").send().await.unwrap();
    assert_eq!(stored.body.collect().await.unwrap().into_bytes(), "<h1>hello</h1>");
    assert_eq!(code(client.head_object().bucket(bucket).key("sitecast/pending").send().await), "NotFound");
    assert_settled(&workshop).await;
}

#[tokio::test]
async fn of_two_deploys_at_once_no_mixture_stays() {
    let workshop = Workshop::open(TWO_BUCKETS, &[]).await;
    workshop.deployed().await;
    workshop.write("index.html", "first");
    let (one, one_view) = workshop.plan().await;
    workshop.write("assets/app.js", "second");
    let (other, other_view) = workshop.plan().await;
    let ends = tokio::join!(
        workshop.run(&one, Some(one_view.publication)),
        workshop.run(&other, Some(other_view.publication)),
    );
    assert!([ends.0.0, ends.1.0].contains(&RunOutcome::Done), "one of them ends well");
    for (outcome, events) in [ends.0, ends.1] {
        let told = failures(&events).join("\n");
        // The first plan's file is not in the folder any more, should it come last.
        let is_known =
            told.contains("at the same time") || told.contains("changed after the release was planned");
        assert!(outcome == RunOutcome::Done || is_known, "{told}");
    }
    workshop.deployed().await;
    assert_settled(&workshop).await;
    let client = s3(&workshop.sandbox, "eu-central-1");
    let stored = client.get_object().bucket("hello-123456789012-eu-central-1-an").key("site/assets/app.js");
    let stored = stored.send().await.unwrap().body.collect().await.unwrap();
    assert_eq!(stored.into_bytes(), "second");
}

#[tokio::test]
async fn a_run_that_goes_on_after_another_has_finished_leaves_a_marker() {
    let workshop = Workshop::open(ONE_BUCKET, &[]).await;
    workshop.deployed().await;
    workshop.write("assets/app.js", "first");
    let (slow, slow_view) = workshop.plan().await;
    // The slow run's first PutObject is its marker, its second the file.
    workshop.sandbox.set_faults(vec!["op=PutObject nth=2 delay=4000".parse().unwrap()]);
    let before = workshop.puts();
    let (slow, fast) = tokio::join!(workshop.run(&slow, Some(slow_view.publication)), async {
        let begun = async {
            while workshop.puts() < before + 2 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), begun).await.unwrap();
        workshop.write("assets/app.js", "second");
        workshop.deploy().await
    });
    assert_eq!(fast.0, RunOutcome::Done, "{:#?}", failures(&fast.1));
    assert_eq!(slow.0, RunOutcome::Failed);
    let told = failures(&slow.1).join("\n");
    assert!(told.contains("another deploy of this site ran at the same time"), "{told}");
    let (plan, _) = workshop.plan().await;
    assert_ne!(changes_of(&plan), [""; 0]);
    workshop.deployed().await;
    assert_settled(&workshop).await;
    assert_eq!(workshop.app().await, "second");
}

/// What a run that is taken over still writes, before it is killed with nothing told, is found by the one that took
/// over.
#[tokio::test]
async fn what_is_written_right_after_the_marker_was_taken_over_is_mended() {
    let mut workshop = Workshop::open(ONE_BUCKET, &[]).await;
    workshop.deployed().await;
    workshop.session = Arc::new(connect_with_pauses(&workshop.sandbox, Some(Duration::from_secs(2))).await);
    let client = s3(&workshop.sandbox, "eu-west-1");
    let bucket = "hello-123456789012-eu-west-1-an";
    let put = |key: &'static str, text: &'static [u8]| {
        client.put_object().bucket(bucket).key(key).body(text.to_vec().into()).send()
    };
    put("sitecast/pending", b"of a run that is gone").await.unwrap();
    let before = workshop.puts();
    let (ended, ()) = tokio::join!(workshop.deploy(), async {
        let taken_over = async {
            while workshop.puts() == before {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), taken_over).await.unwrap();
        put("site/assets/app.js", b"late").await.unwrap();
    });
    assert_eq!(ended.0, RunOutcome::Done, "{:#?}", failures(&ended.1));
    workshop.session = Arc::new(connect(&workshop.sandbox).await);
    assert_settled(&workshop).await;
    assert_eq!(workshop.app().await, "console.log('hello')");
}

#[tokio::test]
async fn a_conflict_of_conditional_writes_and_a_file_that_hides_are_tried_again() {
    let mut workshop = Workshop::open(ONE_BUCKET, &[]).await;
    workshop.deployed().await;
    for fault in [
        "op=PutObject nth=1 fail=ConditionalRequestConflict status=409",
        "op=DeleteObject nth=1 fail=ConditionalRequestConflict status=409",
        "op=CopyObject nth=1 fail=NoSuchKey status=404",
    ] {
        workshop.profile_text = match workshop.profile_text.as_str() {
            ONE_BUCKET => format!("{ONE_BUCKET}[caching.default]\nbrowser = \"5m\"\n"),
            _ => ONE_BUCKET.to_owned(),
        };
        workshop.sandbox.set_faults(vec![fault.parse().unwrap()]);
        workshop.deployed().await;
        assert_settled(&workshop).await;
    }
}

#[tokio::test]
async fn headers_in_a_replicated_backup_are_looked_at() {
    let mut workshop = Workshop::open(REPLICATED, &[]).await;
    workshop.deployed().await;
    workshop.profile_text.push_str("[caching.default]\nbrowser = \"5m\"\n");
    let before = workshop.sandbox.calls().len();
    workshop.deployed().await;
    let calls = workshop.sandbox.calls();
    let looked = |operation: &str| {
        let calls = calls[before..].iter().filter(|call| call.region == "eu-central-1");
        calls.filter(|call| call.operation == operation).count()
    };
    assert!(looked("HeadObject") >= 3, "{:#?}", &calls[before..]);
    let client = s3(&workshop.sandbox, "eu-central-1");
    let head = client.head_object().bucket("hello-123456789012-eu-central-1-an").key("site/index.html");
    let head = head.send().await.unwrap();
    assert!(head.cache_control().unwrap().starts_with("max-age=300,"), "{head:?}");
    assert_settled(&workshop).await;
}

#[tokio::test]
async fn a_bucket_of_someone_else_is_left_alone() {
    let workshop = Workshop::open(
        &ONE_BUCKET.replace("region = \"eu-west-1\"", "region = \"us-east-1\"\nbucket = \"taken-bucket\""),
        &[],
    )
    .await;
    let client = s3(&workshop.sandbox, "us-east-1");
    sandbox::make_bucket(&client, "taken-bucket").await;
    let view = workshop.view().await;
    assert_eq!(view.inventory.foreign.len(), 1, "{:?}", view.inventory.foreign);
    let error = blueprint::plan(&view.blueprint, &view.inventory).unwrap_err();
    assert!(error.to_string().contains("taken-bucket"), "{error}");
}

#[tokio::test]
async fn s3_fills_a_replicated_backup_and_what_it_never_would_is_copied() {
    let mut workshop = Workshop::open(ONE_BUCKET, &[]).await;
    workshop.deployed().await;
    workshop.profile_text = REPLICATED.to_owned();
    workshop.write("later.html", "later");
    workshop.deployed().await;
    assert_settled(&workshop).await;
    let both = (workshop.served("eu-west-1").await, workshop.served("eu-central-1").await);
    assert_eq!(both.0, both.1);
    assert_eq!(both.0.len(), 4);
    workshop.destroy().await;
}

#[tokio::test]
async fn observing_changes_nothing() {
    let workshop = Workshop::open(TWO_BUCKETS, &[]).await;
    workshop.deployed().await;
    let before = workshop.sandbox.calls().len();
    workshop.view().await;
    let calls = workshop.sandbox.calls();
    assert!(calls.len() > before + 30);
    let changing: Vec<_> = calls[before..].iter().filter(|call| call.mutating).collect();
    assert!(changing.is_empty(), "{changing:?}");
}

/// Every call of a deploy fails once for good, in turn; the next run goes on from there.
#[tokio::test]
async fn a_run_that_ends_at_any_call_is_finished_by_the_next() {
    let undisturbed = Workshop::open(TWO_BUCKETS, &[]).await;
    undisturbed.deployed().await;
    let calls = undisturbed.sandbox.calls();
    for call in calls.iter().filter(|call| call.mutating) {
        let ends = format!("call={} times=100000 fail=AccessDenied status=403", call.n);
        let loses = format!("call={} drop", call.n);
        for fault in [ends, loses] {
            let workshop = Workshop::open(TWO_BUCKETS, &[&fault]).await;
            let (outcome, events) = workshop.deploy().await;
            println!("{} {fault}: {outcome:?}", call.operation);
            if fault.ends_with("drop") {
                assert_eq!(outcome, RunOutcome::Done, "{:#?}", failures(&events));
            }
            workshop.sandbox.set_faults(Vec::new());
            workshop.deployed().await;
            assert_settled(&workshop).await;
            workshop.destroy().await;
        }
    }
}

/// Runs against whatever the environment names, such as an independent emulator:
/// `AWS_ENDPOINT_URL=... cargo test --test aws_s3 -- --ignored`.
#[tokio::test]
#[ignore = "needs AWS_ENDPOINT_URL and credentials for what is there"]
async fn a_site_lives_and_ends_at_the_endpoint_of_the_environment() {
    let mut workshop = Workshop::open(TWO_BUCKETS, &[]).await;
    let options = ConnectOptions { poll: Some(Duration::from_millis(200)), ..ConnectOptions::default() };
    workshop.session = Arc::new(Session::connect(options).await.unwrap());
    workshop.write("video.mp4", vec![7; 20_000_000]);
    workshop.deployed().await;
    assert_settled(&workshop).await;
    workshop.write("index.html", "<h1>changed</h1>");
    workshop.profile_text.push_str("[caching.default]\nbrowser = \"5m\"\n");
    workshop.deployed().await;
    assert_settled(&workshop).await;
    assert_eq!(sites(&workshop.session).await.unwrap().found.len(), 1);
    workshop.destroy().await;
    let view = workshop.view().await;
    assert!(view.inventory.buckets.is_empty(), "{:?}", view.inventory.buckets);
}

const POLICY_OF: &str = "hello-123456789012-eu-west-1-an";

/// What the next plan would change, field by field.
async fn drift(workshop: &Workshop) -> Vec<String> {
    let (plan, _) = workshop.plan().await;
    plan.steps.iter().flat_map(|step| step.changes.iter().map(Change::in_words)).collect()
}

/// Changes the statement by which the distribution reads, and tells what the plan makes of it.
async fn drift_of_policy(workshop: &Workshop, alter: impl FnOnce(&mut Value)) -> Vec<String> {
    let client = s3(&workshop.sandbox, "eu-west-1");
    let found = client.get_bucket_policy().bucket(POLICY_OF).send().await.unwrap();
    let written = found.policy().unwrap();
    let mut policy: Value = serde_json::from_str(written).unwrap();
    alter(&mut policy["Statement"]);
    client.put_bucket_policy().bucket(POLICY_OF).policy(policy.to_string()).send().await.unwrap();
    let told = drift(workshop).await;
    workshop.deployed().await;
    assert_settled(workshop).await;
    told
}

#[tokio::test]
async fn what_someone_changed_of_our_policy_is_named_and_mended() {
    let workshop = Workshop::open(ONE_BUCKET, &[]).await;
    workshop.deployed().await;
    let bucket = format!("arn:aws:s3:::{POLICY_OF}");
    let told =
        drift_of_policy(&workshop, |it| it[0]["Resource"] = format!("arn:aws:s3:::{POLICY_OF}/*").into());
    assert_eq!(told.await, [format!("sitecastRead.Resource: {bucket}/* -> {bucket}/site/*")]);
    let told = drift_of_policy(&workshop, |it| it[0]["Action"] = json!(["s3:GetObject", "s3:PutObject"]));
    assert_eq!(told.await, ["sitecastRead.Action: s3:GetObject, s3:PutObject -> s3:GetObject"]);
    let told = drift_of_policy(&workshop, |it| {
        it[1]["Principal"] = json!({"AWS": "arn:aws:iam::210987654321:root"})
    });
    assert_eq!(
        told.await,
        ["sitecastList.Principal: {\"AWS\":\"arn:aws:iam::210987654321:root\"} -> \
          {\"Service\":\"cloudfront.amazonaws.com\"}"]
    );
    let told =
        drift_of_policy(&workshop, |it| it[0]["Condition"]["StringEquals"]["AWS:SourceArn"] = "arn:x".into());
    let told = told.await;
    assert!(
        matches!(&told[..], [one] if one.starts_with("distribution: arn:aws:cloudfront::") && one.contains(", arn:x -> arn:aws")),
        "{told:?}"
    );
    let told = drift_of_policy(&workshop, |it| drop(it.as_array_mut().unwrap().remove(1)));
    assert_eq!(told.await, ["may_list: false -> true"]);
}

#[tokio::test]
async fn versions_that_someone_keeps_by_our_rule_and_a_flag_that_is_off_are_named_and_mended() {
    let workshop = Workshop::open(ONE_BUCKET, &[]).await;
    workshop.deployed().await;
    let client = s3(&workshop.sandbox, "eu-west-1");
    let found = client.get_bucket_lifecycle_configuration().bucket(POLICY_OF).send().await.unwrap();
    let mut rules = found.rules.unwrap();
    let kept = NoncurrentVersionExpiration::builder().noncurrent_days(3).newer_noncurrent_versions(5).build();
    rules[0].noncurrent_version_expiration = Some(kept);
    let lifecycle = BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build().unwrap();
    let call = client.put_bucket_lifecycle_configuration().bucket(POLICY_OF);
    call.lifecycle_configuration(lifecycle).send().await.unwrap();
    let found = client.get_public_access_block().bucket(POLICY_OF).send().await.unwrap();
    let mut block = found.public_access_block_configuration.unwrap();
    block.block_public_policy = Some(false);
    let call = client.put_public_access_block().bucket(POLICY_OF);
    call.public_access_block_configuration(block).send().await.unwrap();
    assert_eq!(
        drift(&workshop).await,
        [
            "old_versions_expire_days: 3 -> 30",
            "public_access_block: BlockPublicPolicy off -> all on",
            "lifecycle.NewerNoncurrentVersions: 5 -> (nothing)"
        ]
    );
    workshop.deployed().await;
    assert_settled(&workshop).await;
}
