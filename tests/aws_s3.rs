//! The side that calls AWS, against the sandbox: observe, plan, carry out, and again.

#![expect(clippy::unwrap_used, reason = "a test that can't set up its case has failed")]

mod sandbox;

use sandbox::{code, s3, start};
use sitecast::apply::event::{Event, Fact, RunOutcome};
use sitecast::apply::{self, Stop};
use sitecast::aws::{ConnectOptions, Performer, Publication, Session, facts, observe, profile_copy, sites};
use sitecast::blueprint::inventory::ObservedRelease;
use sitecast::blueprint::{self, Blueprint, Inventory, KeepOnDestroy, Plan};
use sitecast::content::hash_cache::HashCache;
use sitecast::content::release::Release;
use sitecast::content::scan::ScanOptions;
use sitecast::profile::Profile;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::Running;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

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

/// A site, a folder and an AWS of its own.
struct Workshop {
    sandbox: Running,
    session: Arc<Session>,
    profile_text: String,
    folder: TempDir,
    _state: TempDir,
}

/// A site as it is to be, and as AWS has it.
struct View {
    blueprint: Blueprint,
    inventory: Inventory,
    publication: Arc<Publication>,
}

impl Workshop {
    async fn open(profile_text: &str, faults: &[&str]) -> Workshop {
        let (folder, state) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sandbox = start(state.path(), Pace::Instant, faults).await;
        let session = Arc::new(connect(&sandbox).await);
        let workshop =
            Workshop { sandbox, session, profile_text: profile_text.into(), folder, _state: state };
        workshop.write("index.html", "<h1>hello</h1>");
        workshop.write("assets/app.js", "console.log('hello')");
        workshop.write("assets/a b+ü.css", "body {}");
        workshop
    }

    fn write(&self, key: &str, text: impl AsRef<[u8]>) {
        let path = self.folder.path().join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn remove(&self, key: &str) {
        fs::remove_file(self.folder.path().join(key)).unwrap();
    }

    fn profile(&self) -> Profile {
        sitecast::profile::parse(&self.profile_text, "site.toml")
            .unwrap_or_else(|problems| panic!("{}", problems.into_error(sitecast::profile::Colour::Off)))
    }

    async fn view(&self) -> View {
        let profile = self.profile();
        let publication = Arc::new(publication(self.folder.path(), &profile, &self.profile_text));
        let facts = facts(self.session.identify().await.unwrap(), Some(&publication));
        let blueprint = blueprint::blueprint(&profile, &facts);
        let inventory =
            observe(&self.session, "hello", &blueprint.buckets, &[], Some(&publication)).await.unwrap();
        View { blueprint, inventory, publication }
    }

    async fn plan(&self) -> (Plan, View) {
        let view = self.view().await;
        (blueprint::plan(&view.blueprint, &view.inventory).unwrap(), view)
    }

    /// Plans and runs; gives the outcome and everything that was told.
    async fn deploy(&self) -> (RunOutcome, Vec<Event>) {
        let (plan, view) = self.plan().await;
        self.run(&plan, Some(view.publication)).await
    }

    async fn deployed(&self) -> Vec<Event> {
        let (outcome, events) = self.deploy().await;
        assert_eq!(outcome, RunOutcome::Done, "{:#?}", failures(&events));
        events
    }

    async fn run(&self, plan: &Plan, publication: Option<Arc<Publication>>) -> (RunOutcome, Vec<Event>) {
        let identity = self.session.identify().await.unwrap();
        let performer = Performer {
            session: Arc::clone(&self.session),
            site: "hello".into(),
            account: identity.account.clone(),
            partition: identity.partition.clone(),
            publication,
            waiting: Default::default(),
            archives: Default::default(),
        };
        let mut events = Vec::new();
        let ended =
            apply::run(plan, Arc::new(performer), Stop::new(), |event| events.push(event)).await.unwrap();
        (ended.outcome, events)
    }

    async fn destroy(&self) {
        let view = self.view().await;
        let plan = blueprint::teardown("hello", "123456789012", &view.inventory, KeepOnDestroy::default());
        let (outcome, events) = self.run(&plan, None).await;
        assert_eq!(outcome, RunOutcome::Done, "{:#?}", failures(&events));
    }

    /// How many objects were written, or are being written.
    fn puts(&self) -> usize {
        self.sandbox.calls().iter().filter(|call| call.operation == "PutObject").count()
    }

    /// The script as the only bucket serves it.
    async fn app(&self) -> String {
        let client = s3(&self.sandbox, "eu-west-1");
        let app = client.get_object().bucket("hello-123456789012-eu-west-1-an").key("site/assets/app.js");
        let bytes = app.send().await.unwrap().body.collect().await.unwrap().into_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// What a bucket holds under the folder that is served: key and content type.
    async fn served(&self, region: &'static str) -> Vec<String> {
        let bucket = format!("hello-123456789012-{region}-an");
        let client = s3(&self.sandbox, region);
        let listed = client.list_objects_v2().bucket(&bucket).prefix("site/").send().await.unwrap();
        listed.contents().iter().map(|object| object.key().unwrap().to_owned()).collect()
    }
}

async fn connect(sandbox: &Running) -> Session {
    let options = ConnectOptions {
        sandbox: Some(sandbox.url()),
        poll: Some(Duration::from_millis(5)),
        ..ConnectOptions::default()
    };
    Session::connect(options).await.unwrap()
}

fn publication(folder: &Path, profile: &Profile, profile_text: &str) -> Publication {
    let mut cache = HashCache::default();
    let options = ScanOptions::default();
    let release = Release::prepare(folder, profile, options, &mut cache, SystemTime::now()).unwrap();
    Publication {
        release,
        profile: profile.clone(),
        folder: folder.to_path_buf(),
        profile_text: profile_text.to_owned(),
        verify: false,
        copies: None,
    }
}

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
    assert_ne!((ends.0.0, ends.1.0), (RunOutcome::Done, RunOutcome::Done));
    let told = [failures(&ends.0.1), failures(&ends.1.1)].concat().join("\n");
    assert!(told.contains("another deploy of this site ran at the same time"), "{told}");
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
