//! A site in an AWS of its own, which is taken from one profile to the next.

use crate::account;
use crate::sandbox::start;
use sitecast::apply::event::{Event, Fact, RunOutcome};
use sitecast::apply::{self, Stop};
use sitecast::aws::profile_copy::{self, Copied};
use sitecast::aws::{ConnectOptions, Performer, Publication, Session, observe_site, sites};
use sitecast::blueprint::{self, Blueprint, Facts, FolderFacts, Inventory, KeepOnDestroy, Plan};
use sitecast::content::hash_cache::HashCache;
use sitecast::content::release::Release;
use sitecast::content::scan::ScanOptions;
use sitecast::dns::Resolver;
use sitecast::edge::prepare::{Need, prepare};
use sitecast::profile::Profile;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::Running;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// A site in an AWS of its own.
pub struct Site {
    state: TempDir,
    sandbox: Running,
    session: Arc<Session>,
    name: String,
}

/// A profile with its text and its files.
pub struct Wanted {
    pub text: String,
    pub profile: Profile,
    folder: TempDir,
}

/// The site as it is to be, and as AWS has it.
struct View {
    blueprint: Blueprint,
    inventory: Inventory,
    publication: Arc<Publication>,
    archives: BTreeMap<String, Vec<u8>>,
}

impl Wanted {
    /// Writes the pages that the profile names, and one asset.
    pub fn new(text: String, profile: Profile) -> Wanted {
        let folder = tempfile::tempdir().unwrap();
        let answers = &profile.distribution;
        let pages = [Some(&answers.index), answers.error_page.as_ref()];
        for page in pages.into_iter().flatten().map(String::as_str).chain(["assets/a b+ü.css"]) {
            let path = folder.path().join(page);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, page).unwrap();
        }
        Wanted { text, profile, folder }
    }

    fn publication(&self) -> Result<Publication, String> {
        let mut cache = HashCache::none();
        let (folder, options) = (self.folder.path(), ScanOptions::default());
        let release = Release::prepare(folder, &self.profile, options, &mut cache, SystemTime::now());
        Ok(Publication {
            release: release.map_err(|error| format!("the folder is refused: {error:#?}"))?,
            profile: self.profile.clone(),
            folder: folder.to_path_buf(),
            profile_text: self.text.clone(),
            verify: false,
            copies: None,
        })
    }
}

impl Site {
    pub async fn new(name: &str) -> Site {
        let state = tempfile::tempdir().unwrap();
        let sandbox = start(state.path(), Pace::Instant, &[]).await;
        let options = ConnectOptions {
            sandbox: Some(sandbox.url()),
            poll: Some(Duration::from_millis(1)),
            ..ConnectOptions::default()
        };
        let session = Arc::new(Session::connect(options).await.unwrap());
        let zone = session.route53().create_hosted_zone().name("example.com").caller_reference("theirs");
        zone.send().await.unwrap();
        Site { state, sandbox, session, name: name.to_owned() }
    }

    /// Makes AWS what the profile says; a second plan must then find nothing to do.
    pub async fn become_like(&self, wanted: &Wanted) -> Result<(), String> {
        let (plan, view) = self.plan(wanted).await?;
        self.run(&plan, Some(view.publication), view.archives).await?;
        let copied = Copied { text: &wanted.text, file: None };
        let renewed = profile_copy::renew(&self.session, &view.blueprint.buckets, copied).await;
        renewed.map_err(|error| format!("can't keep the profile: {error:#?}"))?;
        let (again, view) = self.plan(wanted).await?;
        match again.changes_aws() {
            false => Ok(()),
            true => {
                Err(format!("a second plan would change {:#?}\n{:#?}", changes_of(&again), view.inventory))
            }
        }
    }

    /// Removes everything; the account must then be empty.
    pub async fn destroy(self, wanted: &Wanted) -> Result<(), String> {
        let view = self.view(wanted).await?;
        let identity = self.session.identify().await.unwrap();
        let keep = KeepOnDestroy::default();
        let plan = blueprint::teardown(&self.name, &identity.account, &view.inventory, keep);
        self.run(&plan, None, view.archives).await?;
        let left = sites(&self.session).await.map_err(|error| format!("{error:#?}"))?;
        self.sandbox.stop().await;
        let account = account::snapshot(self.state.path()).await;
        match left.found.is_empty() && account.is_empty() {
            true => Ok(()),
            false => Err(format!("the teardown left {left:#?}\n{account}")),
        }
    }

    async fn plan(&self, wanted: &Wanted) -> Result<(Plan, View), String> {
        let view = self.view(wanted).await?;
        let plan = blueprint::plan(&view.blueprint, &view.inventory);
        Ok((plan.map_err(|error| format!("the plan is refused: {error:#?}"))?, view))
    }

    async fn view(&self, wanted: &Wanted) -> Result<View, String> {
        let publication = Arc::new(wanted.publication()?);
        let summary = publication.release.summary();
        let identity = self.session.identify().await.unwrap();
        let folder = FolderFacts {
            release: publication.release.hash(),
            files: summary.files,
            bytes: summary.bytes,
            extensionless: summary.extensionless,
        };
        let (account, partition) = (identity.account.clone(), identity.partition.clone());
        let functions = blueprint::edge::functions(&wanted.profile, Some(&folder));
        let packed = prepare(&functions, Path::new(""), Need::Deploy).map_err(|error| error.to_string())?;
        let facts = Facts { account, partition, folder: Some(folder), edge: packed.code };
        let blueprint = blueprint::blueprint(&wanted.profile, &facts);
        let inventory =
            observe_site(&self.session, &blueprint, Some(&publication.clone().into()), &Resolver::system())
                .await;
        let inventory = inventory.map_err(|error| format!("can't observe: {error:#?}"))?;
        Ok(View { blueprint, inventory, publication, archives: packed.archives })
    }

    async fn run(
        &self,
        plan: &Plan,
        publication: Option<Arc<Publication>>,
        archives: BTreeMap<String, Vec<u8>>,
    ) -> Result<(), String> {
        let identity = self.session.identify().await.unwrap();
        let performer = Performer {
            session: Arc::clone(&self.session),
            site: self.name.clone(),
            account: identity.account.clone(),
            partition: identity.partition.clone(),
            publication,
            waiting: Default::default(),
            archives,
        };
        let mut events = Vec::new();
        let ended = apply::run(plan, Arc::new(performer), Stop::new(), |event| events.push(event)).await;
        match ended {
            Ok(ended) if ended.outcome == RunOutcome::Done => Ok(()),
            Ok(_) => Err(format!("the run failed: {:#?}", steps(&events))),
            Err(error) => Err(format!("the run is refused: {error:#?}")),
        }
    }
}

fn steps(events: &[Event]) -> Vec<String> {
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
