//! Uploads under everything that can go wrong with them: in the end both buckets equal the folder, byte for byte and
//! header for header.

#![expect(clippy::unwrap_used, reason = "a test that can't set up its case has failed")]

#[path = "../benches/upload/objects.rs"]
mod objects;
mod sandbox;
#[expect(dead_code, reason = "only the benchmark asks for a certificate")]
#[path = "../benches/upload/server.rs"]
mod server;

use server::{Manner, Server};
use sitecast::apply::{Reporter, Stop};
use sitecast::aws::bucket::{Bucket, open_ahead_of_looking};
use sitecast::aws::record::Record;
use sitecast::aws::release::{Job, publish};
use sitecast::aws::watch::{Part, Watch};
use sitecast::aws::{ConnectOptions, Publication, Session};
use sitecast::blueprint::answers::Region;
use sitecast::blueprint::plan::{Action, Stage, Step, StepId, Work};
use sitecast::blueprint::resource::{Kind, ReleaseBucket, ReleaseSpec, ResourceId, Spec};
use sitecast::content::hash_cache::HashCache;
use sitecast::content::release::Release;
use sitecast::content::scan::ScanOptions;
use sitecast::error::{Error, Result};
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::Running;
use std::fs;
use std::future::Future;
use std::path::Path;
#[cfg(unix)]
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

const PROFILE: &str = r#"
schema = 1
name = "hello"
[distribution]
folder = "public"
region = "eu-west-1"
[failover]
region = "eu-central-1"
[[caching.rule]]
path = "/deep/*"
browser = "5m"
"#;

const REGIONS: [&str; 2] = ["eu-west-1", "eu-central-1"];
const FILES: usize = 120;
const POLL: Duration = Duration::from_millis(5);

/// A folder with files of many kinds and sizes.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "index.html", b"<h1>hello</h1>");
    write(folder.path(), "empty.txt", b"");
    for number in 0..FILES {
        let ending = ["html", "css", "js", "png"][number % 4];
        let bytes: Vec<u8> = (0..number * number).map(|byte| (byte * 31 + number) as u8).collect();
        write(folder.path(), &format!("deep/Grüße & (a) {number:03}.{ending}"), &bytes);
    }
    folder
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn publication(folder: &Path) -> Arc<Publication> {
    let profile = sitecast::profile::parse(PROFILE, "site.toml").unwrap_or_else(|_| panic!("not valid"));
    let mut cache = HashCache::none();
    let release =
        Release::prepare(folder, &profile, ScanOptions::default(), &mut cache, SystemTime::now()).unwrap();
    let folder = folder.to_path_buf();
    Arc::new(Publication {
        release,
        profile,
        folder,
        profile_text: PROFILE.to_owned(),
        verify: false,
        copies: None,
    })
}

fn spec(publication: &Publication) -> ReleaseSpec {
    let bucket = |region: &str| ReleaseBucket { name: bucket(region), region: Region(region.to_owned()) };
    ReleaseSpec {
        hash: publication.release.hash(),
        buckets: REGIONS.into_iter().map(bucket).collect(),
        replicated: false,
        spared: Vec::new(),
        distribution: None,
    }
}

fn bucket(region: &str) -> String {
    format!("hello-{region}")
}

fn reporter(spec: &ReleaseSpec) -> Reporter {
    let resource = ResourceId::new(Kind::Release, "hello");
    let step = Step {
        id: StepId::of(&resource),
        action: Action::Update,
        name: "hello".into(),
        resource,
        stage: Stage::Distribution,
        reason: String::new(),
        changes: vec![],
        after: vec![],
        work: Work::Create(Spec::Release(spec.clone())),
    };
    Reporter::new(&step, Stop::new()).0
}

async fn upload(session: &Session, publication: &Arc<Publication>) -> Result<String> {
    let spec = spec(publication);
    let report = reporter(&spec);
    let job = Job { session, site: "hello", publication, spec: &spec, report: &report };
    publish(job).await.map(|performed| performed.message)
}

/// A sandbox with both buckets in it.
async fn account(state: &Path) -> (Running, Session) {
    let running = sandbox::start(state, Pace::Instant, &[]).await;
    for region in REGIONS {
        sandbox::make_bucket(&sandbox::s3(&running, region), &bucket(region)).await;
    }
    let session = connect(&running.url()).await;
    (running, session)
}

async fn connect(url: &str) -> Session {
    connect_watched(url, Watch::nobody()).await
}

async fn connect_watched(url: &str, watch: Watch) -> Session {
    let sandbox = Some(url.to_owned());
    let options = ConnectOptions { sandbox, poll: Some(POLL), watch, ..ConnectOptions::default() };
    let session = Session::connect(options).await.unwrap();
    session.identify().await.unwrap();
    session
}

/// Both buckets hold the release's files with its bytes and headers, and nothing else.
async fn assert_equal(running: &Running, publication: &Publication) {
    for region in REGIONS {
        let client = sandbox::s3(running, region);
        let listed = client.list_objects_v2().bucket(bucket(region)).prefix("site/").send().await.unwrap();
        let listed: Vec<&str> = listed.contents().iter().filter_map(|object| object.key()).collect();
        let wanted: Vec<String> =
            publication.release.files().iter().map(|file| format!("site/{}", file.key())).collect();
        assert_eq!(listed, wanted, "{region}");
        for file in publication.release.files() {
            let key = format!("site/{}", file.key());
            let there = client.get_object().bucket(bucket(region)).key(&key).send().await.unwrap();
            assert_eq!(there.content_type(), Some(file.headers.content_type.as_str()), "{key}");
            assert_eq!(there.cache_control(), Some(file.headers.cache_control.as_str()), "{key}");
            assert_eq!(there.content_encoding(), file.headers.content_encoding.as_deref(), "{key}");
            let bytes = there.body.collect().await.unwrap().into_bytes();
            assert!(bytes == fs::read(file.path()).unwrap(), "{key} in {region}");
        }
        let manifest = client.head_object().bucket(bucket(region)).key("sitecast/manifest.json").send().await;
        assert_eq!(sandbox::code(manifest), "OK");
        let marker = client.head_object().bucket(bucket(region)).key("sitecast/pending").send().await;
        assert_eq!(sandbox::code(marker), "NotFound");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_buckets_equal_the_folder_whatever_s3_answers_in_between() {
    let (folder, state) = (folder(), tempfile::tempdir().unwrap());
    let (running, session) = account(state.path()).await;
    let publication = publication(folder.path());
    let faults = [
        "op=PutObject times=1000 chance=0.15 seed=1 throttle",
        "op=PutObject times=1000 chance=0.1 seed=2 drop",
        "op=PutObject times=1000 chance=0.1 seed=3 fail=InternalError status=500",
        "op=PutObject times=1000 chance=0.1 seed=4 delay=50",
        "op=PutObject nth=20 late=300",
    ];
    running.set_faults(faults.map(|fault| fault.parse().unwrap()).to_vec());
    upload(&session, &publication).await.unwrap();
    running.set_faults(Vec::new());
    assert_equal(&running, &publication).await;
    assert_eq!(upload(&session, &publication).await.unwrap(), "every bucket has this release");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_again_and_again_ends_well_at_last() {
    let (folder, state) = (folder(), tempfile::tempdir().unwrap());
    let (running, session) = account(state.path()).await;
    let publication = publication(folder.path());
    // Each kill may leave as many files behind as two buckets take at once, which is never all of them.
    for kill_after in [1, 3, 20] {
        let before = puts(&running);
        let killed = async {
            while puts(&running) < before + kill_after {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            ended = upload(&session, &publication) => panic!("it ended before it was killed: {ended:?}"),
            () = within_a_minute(killed) => {}
        }
    }
    upload(&session, &publication).await.unwrap();
    assert_equal(&running, &publication).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_runs_at_once_one_ends_well_and_the_next_finds_nothing_wrong() {
    let (folder, state) = (folder(), tempfile::tempdir().unwrap());
    let (running, session) = account(state.path()).await;
    let other = connect(&running.url()).await;
    for round in 0..4 {
        for number in 0..FILES {
            write(folder.path(), &format!("new/{number}.css"), format!("{round} {number}").as_bytes());
        }
        let publication = publication(folder.path());
        let behind = async {
            let before = puts(&running);
            let begun = async {
                while round > 0 && puts(&running) < before + 10 * round {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            within_a_minute(begun).await;
            upload(&other, &publication).await
        };
        let ended = tokio::join!(upload(&session, &publication), behind);
        assert!(ended.0.is_ok() || ended.1.is_ok(), "round {round}: {ended:?}");
        upload(&session, &publication).await.unwrap();
        assert_equal(&running, &publication).await;
    }
}

fn puts(running: &Running) -> usize {
    running.calls().iter().filter(|call| call.operation == "PutObject").count()
}

async fn within_a_minute<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changes_after_it_was_hashed_is_never_published() {
    let (folder, state) = (folder(), tempfile::tempdir().unwrap());
    let (running, session) = account(state.path()).await;
    let planned = publication(folder.path());
    write(folder.path(), "index.html", b"<h1>HELLO</h1>");
    let Error { causes, .. } = upload(&session, &planned).await.unwrap_err();
    assert_eq!(causes, ["it changed after the release was planned"]);
    let client = sandbox::s3(&running, REGIONS[0]);
    let there = client.head_object().bucket(bucket(REGIONS[0])).key("site/index.html").send().await;
    assert_eq!(sandbox::code(there), "NotFound");
    let planned = publication(folder.path());
    upload(&session, &planned).await.unwrap();
    assert_equal(&running, &planned).await;
}

/// Gives an object other headers, later than the manifest's second: S3 tells no less.
async fn serve_otherwise(client: &aws_sdk_s3::Client, bucket: &str, key: &str) {
    let written = async |key: &str| {
        let seen = client.head_object().bucket(bucket).key(key).send().await.unwrap();
        seen.last_modified.unwrap().secs()
    };
    while written(key).await <= written("sitecast/manifest.json").await {
        let copy = client.copy_object().bucket(bucket).key(key).copy_source(format!("{bucket}/{key}"));
        let copy = copy.metadata_directive(aws_sdk_s3::types::MetadataDirective::Replace);
        copy.content_type("application/octet-stream").send().await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_something_else_did_to_a_bucket_is_repaired_when_it_is_looked_for() {
    let (folder, state) = (folder(), tempfile::tempdir().unwrap());
    let (running, session) = account(state.path()).await;
    let trusting = publication(folder.path());
    upload(&session, &trusting).await.unwrap();
    let (client, name) = (sandbox::s3(&running, REGIONS[1]), bucket(REGIONS[1]));
    client.delete_object().bucket(&name).key("site/deep/Grüße & (a) 002.js").send().await.unwrap();
    // XML has no way to tell the last of these in a list, nor in an order to delete several.
    for key in ["site/index.html", "site/stranger.js", "site/be\u{7}ll +%.js"] {
        client
            .put_object()
            .bucket(&name)
            .key(key)
            .body(b"<h1>HELLO</h1>".to_vec().into())
            .send()
            .await
            .unwrap();
    }
    serve_otherwise(&client, &name, "site/empty.txt").await;
    assert_eq!(upload(&session, &trusting).await.unwrap(), "every bucket has this release");
    let verifying = Arc::new(Publication { verify: true, ..Publication::clone(&trusting) });
    assert_eq!(
        upload(&session, &verifying).await.unwrap(),
        "3 files written, 2 deleted, 0 paths invalidated"
    );
    assert_equal(&running, &trusting).await;
    assert_eq!(upload(&session, &verifying).await.unwrap(), "every bucket has this release");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_two_hours_off_is_put_right() {
    for clock_ahead in [7200, -7200] {
        let server = Server::start(Manner { clock_ahead, ..Manner::default() }).await.unwrap();
        let folder = folder();
        let publication = publication(folder.path());
        let session = connect(&server.url()).await;
        upload(&session, &publication).await.unwrap();
        assert_arrived(&server, &publication);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_is_asked_for_no_more_than_it_takes() {
    let manner = Manner { puts_per_second: Some(400), ..Manner::default() };
    let server = Server::start(manner).await.unwrap();
    let folder = folder();
    let publication = publication(folder.path());
    let session = connect(&server.url()).await;
    upload(&session, &publication).await.unwrap();
    let counted = server.counted();
    assert!(counted.slowdowns > 0 && counted.requests > counted.connections, "{counted:?}");
    assert_arrived(&server, &publication);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_this_machine_knows_is_not_sent_again() {
    let (folder, state, copies) = (folder(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (running, elsewhere) = account(state.path()).await;
    let unchanged = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&unchanged);
    let watch = Watch::new(move |call| {
        counting.fetch_add(usize::from(call.part == Part::Whole && call.status == Some(304)), Relaxed);
    });
    let session = connect_watched(&running.url(), watch).await;
    let here = || {
        let copies = Some(copies.path().to_path_buf());
        Arc::new(Publication { copies, ..Publication::clone(&publication(folder.path())) })
    };
    upload(&session, &here()).await.unwrap();
    assert_eq!(upload(&session, &here()).await.unwrap(), "every bucket has this release");
    assert_eq!(unchanged.swap(0, Relaxed), REGIONS.len());

    write(folder.path(), "index.html", b"<h1>HELLO</h1>");
    upload(&elsewhere, &publication(folder.path())).await.unwrap();
    assert_eq!(upload(&session, &here()).await.unwrap(), "every bucket has this release");
    assert_eq!(unchanged.swap(0, Relaxed), 0, "another machine has published since");

    for entry in fs::read_dir(copies.path()).unwrap() {
        fs::write(entry.unwrap().path(), b"damaged").unwrap();
    }
    assert_eq!(upload(&session, &here()).await.unwrap(), "every bucket has this release");
    assert_eq!(unchanged.swap(0, Relaxed), 0, "nothing is left that could be known");
    assert_eq!(upload(&session, &here()).await.unwrap(), "every bucket has this release");
    assert_eq!(unchanged.load(Relaxed), REGIONS.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_opened_ahead_carry_the_first_requests() {
    let server = Server::start(Manner::default()).await.unwrap();
    let session = connect(&server.url()).await;
    let named = &spec(&publication(folder().path())).buckets[0];
    let before = server.counted().connections;
    open_ahead_of_looking(&session, named).await;
    let opened = async {
        while server.counted().connections == before {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    within_a_minute(opened).await;
    open_ahead_of_looking(&session, named).await;
    let bucket = Bucket::reach(&session, named).await.unwrap();
    for _ in 0..20 {
        assert!(Record::read(&bucket).await.unwrap().is_blank());
    }
    // By the first of them AWS was asked who calls.
    assert_eq!((before, server.counted().connections), (1, 8));
}

/// The real program in a place of its own, after these words of a shell.
#[cfg(unix)]
fn program(running: &Running, place: &Path, first: &str) -> std::process::Command {
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", &format!("{first} exec \"$0\" deploy site.toml --yes --no-input")])
        .arg(env!("CARGO_BIN_EXE_sitecast"))
        .current_dir(place)
        .env_clear()
        .envs([("HOME", place), ("XDG_CACHE_HOME", &place.join("cache"))])
        .envs([("AWS_ACCESS_KEY_ID", "any"), ("AWS_SECRET_ACCESS_KEY", "key"), ("SITECAST_POLL_MS", "5")])
        .env("AWS_ENDPOINT_URL", running.url());
    command
}

#[cfg(unix)]
async fn run_well(mut command: std::process::Command) {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The real program, with no chance to put anything in order.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_killed_at_any_moment_ends_well_at_last() {
    let (folder, state, place) = (folder(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let running = sandbox::start(state.path(), Pace::Instant, &[]).await;
    let mut profile = PROFILE.replace("public", folder.path().to_str().unwrap());
    for region in REGIONS {
        let line = format!("region = \"{region}\"\n");
        profile = profile.replace(&line, &format!("{line}bucket = \"{}\"\n", bucket(region)));
    }
    write(place.path(), "site.toml", profile.as_bytes());
    for kill_after in [1, 2, 47, 113, 201, 240] {
        let before = puts(&running);
        let mut child =
            program(&running, place.path(), "").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let reached = async {
            while puts(&running) < before + kill_after && child.try_wait().unwrap().is_none() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        within_a_minute(reached).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    run_well(program(&running, place.path(), "")).await;
    assert_equal(&running, &publication(folder.path())).await;
}

/// The real program, with no more than 64 files and connections open at once, and nowhere to keep its hashes.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_may_open_little_and_keep_nothing_publishes_all_the_same() {
    let (folder, state, place) = (folder(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let running = sandbox::start(state.path(), Pace::Instant, &[]).await;
    write(place.path(), "cache", b"a file where a folder is wanted");
    let profile = PROFILE.replace("public", folder.path().to_str().unwrap());
    write(place.path(), "site.toml", profile.as_bytes());
    run_well(program(&running, place.path(), "ulimit -n 64;")).await;
    let client = sandbox::s3(&running, REGIONS[1]);
    let name = format!("hello-123456789012-{}-an", REGIONS[1]);
    let listed = client.list_objects_v2().bucket(name).prefix("site/").send().await.unwrap();
    assert_eq!(listed.contents().len(), FILES + 2);
}

fn assert_arrived(server: &Server, publication: &Publication) {
    for region in REGIONS {
        let held = server.held(&bucket(region));
        for file in publication.release.files() {
            let object = &held[&format!("site/{}", file.key())];
            assert_eq!(object.etag, server::md5_hex(&fs::read(file.path()).unwrap()), "{}", file.key());
            assert_eq!(object.headers["content-type"], file.headers.content_type);
            assert_eq!(object.headers["cache-control"], file.headers.cache_control);
        }
    }
}
