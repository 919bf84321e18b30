//! What of this program an upload runs: the folder is read and hashed while the account is asked who calls and
//! connections to the buckets, whose names are pinned, are opened; then the release is compared with each bucket and published. Only the plan of other resources is left out.

use futures::future::join_all;
use sitecast::apply::{Reporter, Stop};
use sitecast::aws::bucket::open_ahead_of_looking;
use sitecast::aws::release::{Job, publish};
use sitecast::aws::{ConnectOptions, Publication, Session};
use sitecast::blueprint::answers::Region;
use sitecast::blueprint::names::RELEASE_PREFIX;
use sitecast::blueprint::plan::{Action, Stage, Step, StepId, Work};
use sitecast::blueprint::resource::{Kind, ReleaseBucket, ReleaseSpec, ResourceId, Spec};
use sitecast::content::hash_cache::HashCache;
use sitecast::content::release::Release;
use sitecast::content::scan::ScanOptions;
use sitecast::profile::Profile;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

const PROFILE: &str = r#"
schema = 1
name = "bench"
[distribution]
folder = "public"
region = "eu-west-1"
"#;

/// The buckets' regions, primary first.
const REGIONS: [&str; 2] = ["eu-west-1", "eu-central-1"];

/// Publishes a folder into so many buckets of the endpoint that the environment names.
pub async fn publish_folder(folder: &Path, cache: &Path, buckets: usize) -> Result<(), Box<dyn Error>> {
    let profile = sitecast::profile::parse(PROFILE, "bench.toml").map_err(|_| "the profile is not valid")?;
    let connecting = async {
        let session = Session::connect(ConnectOptions::default()).await?;
        let named = named(buckets);
        join_all(named.iter().map(|bucket| open_ahead_of_looking(&session, bucket))).await;
        session.identify().await?;
        Ok::<_, sitecast::error::Error>(session)
    };
    let copies = cache.to_path_buf();
    let (owned, cache) = ((folder.to_path_buf(), profile.clone()), cache.to_path_buf());
    let reading = tokio::task::spawn_blocking(move || prepared(&owned.0, &owned.1, &cache));
    let (session, release) = tokio::join!(connecting, reading);
    let (session, release) = (session?, release??);
    let spec = ReleaseSpec {
        hash: release.hash(),
        buckets: named(buckets),
        replicated: false,
        spared: Vec::new(),
        distribution: None,
    };
    let publication = Arc::new(Publication {
        release,
        profile,
        folder: PathBuf::from(folder),
        profile_text: PROFILE.to_owned(),
        verify: std::env::var_os("VERIFY").is_some(),
        copies: copies.parent().map(Path::to_path_buf),
    });
    let (report, _facts) = Reporter::new(&step(&spec), Stop::new());
    let job =
        Job { session: &session, site: "bench", publication: &publication, spec: &spec, report: &report };
    eprintln!("{}", publish(job).await?.message);
    Ok(())
}

fn named(buckets: usize) -> Vec<ReleaseBucket> {
    let bucket = |region: &&str| ReleaseBucket {
        name: format!("bench-{region}"),
        region: Region((*region).to_owned()),
    };
    REGIONS.iter().take(buckets).map(bucket).collect()
}

fn prepared(folder: &Path, profile: &Profile, cache: &Path) -> sitecast::error::Result<Release> {
    let mut cache = HashCache::load(cache);
    let options = ScanOptions { prefix_bytes: RELEASE_PREFIX.len() + 1, ..ScanOptions::default() };
    let release = Release::prepare(folder, profile, options, &mut cache, SystemTime::now())?;
    cache.save().unwrap_or_default();
    Ok(release)
}

fn step(spec: &ReleaseSpec) -> Step {
    let resource = ResourceId::new(Kind::Release, "bench");
    Step {
        id: StepId::of(&resource),
        action: Action::Update,
        name: "bench".into(),
        resource,
        stage: Stage::Distribution,
        reason: String::new(),
        changes: vec![],
        after: vec![],
        work: Work::Create(Spec::Release(spec.clone())),
    }
}
