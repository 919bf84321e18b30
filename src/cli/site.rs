//! A profile brought together with its folder and the account: what every command on a site begins with.

use super::Console;
use super::sandbox::{self, Inside};
use crate::aws::facts;
use crate::aws::observe::observe;
use crate::aws::publication::Publication;
use crate::aws::session::{ConnectOptions, Identity, Session};
use crate::blueprint::names::RELEASE_PREFIX;
use crate::blueprint::{self, Blueprint, Inventory, Plan};
use crate::content::hash_cache::HashCache;
use crate::content::release::Release;
use crate::content::scan::ScanOptions;
use crate::dns::Resolver;
use crate::error::{Error, Result};
use crate::profile::{self, Loaded, Profile};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Whether a command can do without the site's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// It publishes them.
    Needed,
    /// It only compares, and leaves files out where the folder is not there.
    IfThere,
    /// It has no use for them.
    Unused,
}

/// A site as the profile, the folder and AWS show it.
pub struct Site {
    /// The profile with its file.
    pub loaded: Loaded,
    /// The connection to AWS.
    pub connection: Connection,
    /// The folder's files with what publishing them needs, where they were read.
    pub publication: Option<Arc<Publication>>,
    /// What the profile asks for.
    pub blueprint: Blueprint,
    /// What AWS holds.
    pub inventory: Inventory,
}

impl Site {
    /// Reads the profile and the folder, and looks at AWS; the folder is read while AWS answers.
    pub async fn open(console: &Console, file: &Path, folder: Folder) -> Result<Site> {
        let loaded = load(console, file)?;
        let (connected, publication) =
            tokio::join!(connect(console, Some(&loaded.profile)), publication(&loaded, folder));
        let (connection, publication) = (connected?, publication?);
        let facts = facts(&connection.identity, publication.as_deref());
        let blueprint = blueprint::blueprint(&loaded.profile, &facts);
        let regions: Vec<_> = blueprint.buckets.iter().map(|bucket| bucket.region.clone()).collect();
        let inventory =
            observe(&connection.session, &blueprint.site, &blueprint.buckets, &regions, publication.as_ref())
                .await?;
        Ok(Site { loaded, connection, publication, blueprint, inventory })
    }

    /// The plan that makes AWS what the profile says.
    pub fn plan(&self) -> Result<Plan> {
        let mut plan = blueprint::plan(&self.blueprint, &self.inventory)?;
        if self.publication.is_none() {
            let folder = self.loaded.folder.display();
            plan.notices.push(format!("files were not compared: there is no folder {folder}"));
        }
        Ok(plan)
    }

    /// The profile's file as it is to be typed.
    pub fn file(&self) -> String {
        shell_word(&self.loaded.path.display().to_string())
    }
}

/// Reads a profile, and says what is doubtful about it.
pub fn load(console: &Console, file: &Path) -> Result<Loaded> {
    let loaded = profile::load_in(file, console.problem_colour())?;
    if !loaded.warnings.problems.is_empty() {
        console.say(loaded.warnings.render(console.problem_colour()));
    }
    Ok(loaded)
}

/// A connection to AWS, or to the sandbox.
pub struct Connection {
    /// The connection.
    pub session: Arc<Session>,
    /// Who calls.
    pub identity: Identity,
    /// Who is asked what DNS says.
    pub resolver: Resolver,
    /// Keeps the sandbox running for as long as it is called.
    _sandbox: Option<Inside>,
}

/// Connects to AWS, says in which account, and refuses another than the expected one.
pub async fn connect(console: &Console, profile: Option<&Profile>) -> Result<Connection> {
    let sandbox = sandbox::inside(console).await?;
    let options = ConnectOptions {
        aws_profile: console.flags().aws_profile.clone(),
        region: profile.map(|profile| profile.distribution.region.clone()),
        sandbox: sandbox.as_ref().map(|inside| inside.running.url()),
        poll: sandbox.as_ref().and_then(|inside| inside.poll),
    };
    let of_sandbox = sandbox.as_ref().and_then(|inside| inside.running.dns_address());
    let resolver = console.flags().resolver.or(of_sandbox).map_or_else(Resolver::system, Resolver::at);
    let session = Arc::new(Session::connect(options).await?);
    let identity = session.identify().await?.clone();
    console.say(format!("account {} as {}", identity.account, identity.arn));
    match &console.flags().expect_account {
        Some(expected) if *expected != identity.account => Err(Error::usage(format!(
            "these credentials belong to account {}, not {expected}; nothing was changed",
            identity.account
        ))
        .hint("choose other credentials with --aws-profile NAME")),
        _ => Ok(Connection { session, identity, resolver, _sandbox: sandbox }),
    }
}

async fn publication(loaded: &Loaded, need: Folder) -> Result<Option<Arc<Publication>>> {
    let there = loaded.folder.is_dir();
    if need == Folder::Unused || (need == Folder::IfThere && !there) {
        return Ok(None);
    }
    let (folder, profile) = (loaded.folder.clone(), loaded.profile.clone());
    let reading = tokio::task::spawn_blocking(move || prepare(&folder, &profile));
    let release = reading.await.map_err(|error| Error::failed("can't read the folder").because(error))??;
    Ok(Some(Arc::new(Publication {
        release,
        profile: loaded.profile.clone(),
        folder: loaded.folder.clone(),
        profile_text: loaded.text.clone(),
    })))
}

fn prepare(folder: &Path, profile: &Profile) -> Result<Release> {
    let mut cache = hash_cache_path(folder).map_or_else(HashCache::none, |path| HashCache::load(&path));
    let options = ScanOptions { prefix_bytes: RELEASE_PREFIX.len() + 1, ..ScanOptions::default() };
    let release = Release::prepare(folder, profile, options, &mut cache, SystemTime::now())?;
    // The cache only saves time: a folder that can't be written to is no reason to fail.
    cache.save().unwrap_or_default();
    Ok(release)
}

/// Where the hashes of a folder's files are remembered, by the folder's full path.
fn hash_cache_path(folder: &Path) -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let caches = etcetera::choose_base_strategy().ok()?.cache_dir().join("sitecast");
    let folder = folder.canonicalize().ok()?;
    Some(caches.join(format!("{}.hashes", blueprint::names::short_hash(&folder.to_string_lossy()))))
}

/// A word as a POSIX shell reads it back.
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_survives_the_shell() {
        assert_eq!(shell_word("./site.toml"), "./site.toml");
        assert_eq!(shell_word("Bob's site.toml"), r"'Bob'\''s site.toml'");
    }
}
