//! A site, a folder and an AWS of its own, as the program works on them.

use super::failures;
use super::sandbox::{s3, start};
use sitecast::apply::event::{Event, RunOutcome};
use sitecast::apply::{self, Stop};
use sitecast::aws::{ConnectOptions, Performer, Publication, Session, facts, observe};
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

/// A site, a folder and an AWS of its own.
pub struct Workshop {
    pub sandbox: Running,
    pub session: Arc<Session>,
    pub profile_text: String,
    pub folder: TempDir,
    _state: TempDir,
}

/// A site as it is to be, and as AWS has it.
pub struct View {
    pub blueprint: Blueprint,
    pub inventory: Inventory,
    pub publication: Arc<Publication>,
}

impl Workshop {
    pub async fn open(profile_text: &str, faults: &[&str]) -> Workshop {
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

    pub fn write(&self, key: &str, text: impl AsRef<[u8]>) {
        let path = self.folder.path().join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn remove(&self, key: &str) {
        fs::remove_file(self.folder.path().join(key)).unwrap();
    }

    pub fn profile(&self) -> Profile {
        sitecast::profile::parse(&self.profile_text, "site.toml")
            .unwrap_or_else(|problems| panic!("{}", problems.into_error(sitecast::profile::Colour::Off)))
    }

    pub async fn view(&self) -> View {
        let profile = self.profile();
        let publication = Arc::new(publication(self.folder.path(), &profile, &self.profile_text));
        let facts = facts(self.session.identify().await.unwrap(), Some(&publication));
        let blueprint = blueprint::blueprint(&profile, &facts);
        let inventory =
            observe(&self.session, "hello", &blueprint.buckets, &[], Some(&publication.clone().into()))
                .await
                .unwrap();
        View { blueprint, inventory, publication }
    }

    pub async fn plan(&self) -> (Plan, View) {
        let view = self.view().await;
        (blueprint::plan(&view.blueprint, &view.inventory).unwrap(), view)
    }

    /// Plans and runs; gives the outcome and everything that was told.
    pub async fn deploy(&self) -> (RunOutcome, Vec<Event>) {
        let (plan, view) = self.plan().await;
        self.run(&plan, Some(view.publication)).await
    }

    pub async fn deployed(&self) -> Vec<Event> {
        let (outcome, events) = self.deploy().await;
        assert_eq!(outcome, RunOutcome::Done, "{:#?}", failures(&events));
        events
    }

    pub async fn run(&self, plan: &Plan, publication: Option<Arc<Publication>>) -> (RunOutcome, Vec<Event>) {
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

    pub async fn destroy(&self) {
        let view = self.view().await;
        let plan = blueprint::teardown("hello", "123456789012", &view.inventory, KeepOnDestroy::default());
        let (outcome, events) = self.run(&plan, None).await;
        assert_eq!(outcome, RunOutcome::Done, "{:#?}", failures(&events));
    }

    /// How many objects were written, or are being written.
    pub fn puts(&self) -> usize {
        self.sandbox.calls().iter().filter(|call| call.operation == "PutObject").count()
    }

    /// The script as the only bucket serves it.
    pub async fn app(&self) -> String {
        let client = s3(&self.sandbox, "eu-west-1");
        let app = client.get_object().bucket("hello-123456789012-eu-west-1-an").key("site/assets/app.js");
        let bytes = app.send().await.unwrap().body.collect().await.unwrap().into_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// What a bucket holds under the folder that is served: key and content type.
    pub async fn served(&self, region: &'static str) -> Vec<String> {
        let bucket = format!("hello-123456789012-{region}-an");
        let client = s3(&self.sandbox, region);
        let listed = client.list_objects_v2().bucket(&bucket).prefix("site/").send().await.unwrap();
        listed.contents().iter().map(|object| object.key().unwrap().to_owned()).collect()
    }
}

pub async fn connect(sandbox: &Running) -> Session {
    connect_with_pauses(sandbox, Some(Duration::from_millis(5))).await
}

pub async fn connect_with_pauses(sandbox: &Running, poll: Option<Duration>) -> Session {
    let options = ConnectOptions { sandbox: Some(sandbox.url()), poll, ..ConnectOptions::default() };
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
