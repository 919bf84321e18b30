//! What tells that a deployed site is not the one of the profile at hand: two profiles of one name would take turns in
//! overwriting each other's site. Other answers are changed all the time.

use super::renamed;
use super::site::shell_word;
use crate::aws::profile_copy::{self, Held};
use crate::aws::session::Session;
use crate::blueprint::inventory::ObservedRelease;
use crate::blueprint::{self, Blueprint, FolderFacts, Inventory};
use crate::error::{Error, Result};
use crate::profile::{self, Loaded, Profile};
use std::fs;
use std::path::{Path, PathBuf};

/// What such a profile is to be given.
const WAY_OUT: &str = "if this is another site, give it another name";

/// What tells that a deployed site is another profile's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeover {
    /// In words.
    pub why: String,
    /// The file that it was deployed from, where that is still there: no doubt is left then.
    pub other: Option<PathBuf>,
}

impl Takeover {
    fn likely(why: String) -> Takeover {
        Takeover { why, other: None }
    }

    /// Refuses where nobody looks on and there is no doubt: of two profiles with one name, both would go on deploying.
    ///
    /// # Errors
    /// When the other profile is still there.
    pub fn insist_on_doubt(&self) -> Result<()> {
        let Some(other) = &self.other else { return Ok(()) };
        let other = shell_word(&other.display().to_string());
        Err(Error::usage("this would replace the site of another profile; nothing was changed")
            .why(&self.why)
            .hint(format!("give one of them another name, or remove {other} if it is of no use any more")))
    }
}

/// What tells that it is another site, where something would change.
pub async fn told(
    loaded: &Loaded,
    session: &Session,
    wanted: &Blueprint,
    inventory: &Inventory,
    folder: Option<&FolderFacts>,
) -> Result<Option<Takeover>> {
    if !changes(wanted, inventory) {
        return Ok(None);
    }
    let held = held(session, wanted, inventory).await?;
    let by_profile = held.and_then(|held| {
        other_file(loaded, &held).or_else(|| other_folder(loaded, &held).map(Takeover::likely))
    });
    Ok(by_profile.or_else(|| other_files(wanted, inventory, folder).map(Takeover::likely)))
}

/// The profile that was deployed last, where one of the site's buckets holds a copy that can be read.
pub(super) async fn deployed_profile(
    session: &Session,
    wanted: &Blueprint,
    inventory: &Inventory,
) -> Result<Option<Profile>> {
    Ok(held(session, wanted, inventory).await?.and_then(|held| parsed(&held)))
}

async fn held(session: &Session, wanted: &Blueprint, inventory: &Inventory) -> Result<Option<Held>> {
    let there = wanted.buckets.iter().filter(|bucket| inventory.buckets.contains_key(&bucket.name));
    let there: Vec<_> = there.cloned().collect();
    profile_copy::held(session, &wanted.site, &there).await
}

fn parsed(held: &Held) -> Option<Profile> {
    profile::parse(&held.text, "the deployed profile").ok()
}

/// Whether a deploy has anything to do; what can't be planned is told later.
fn changes(blueprint: &Blueprint, inventory: &Inventory) -> bool {
    blueprint::plan(blueprint, inventory).is_ok_and(|plan| plan.changes_aws())
}

/// A file beside this one from which the site was deployed. One that was renamed is not there any more, and one that
/// has another name in it by now has given this one up.
fn other_file(loaded: &Loaded, held: &Held) -> Option<Takeover> {
    let (deployed, name) = (held.file.as_deref()?, &loaded.profile.name);
    let is_it = |file: &PathBuf| renamed::mark(file).as_deref() == Some(deployed);
    let other = files_beside(&loaded.path).find(is_it).filter(|file| may_be_of(file, name))?;
    let why = format!("{name} was deployed from {}, which is still there; {WAY_OUT}", other.display());
    Some(Takeover { why, other: Some(other) })
}

/// The other files of the folder. A link to this one is the same file.
fn files_beside(file: &Path) -> impl Iterator<Item = PathBuf> {
    let own = file.canonicalize().ok();
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
    let entries = fs::read_dir(here).into_iter().flatten().flatten();
    let files = entries.map(move |entry| folder.join(entry.file_name()));
    files.filter(move |file| file.is_file() && file.canonicalize().ok() != own)
}

/// What can't be read as a profile may be one that is being written just now.
fn may_be_of(file: &Path, name: &str) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    let now = profile::read(&text, "").sheet.value("name");
    now.is_none_or(|now| now.as_str().is_none_or(|now| now == name))
}

/// A profile that publishes another folder than the deployed one did.
fn other_folder(loaded: &Loaded, held: &Held) -> Option<String> {
    let deployed = parsed(held)?.distribution.folder;
    let (before, now) = (deployed.display(), loaded.profile.distribution.folder.display());
    (deployed != loaded.profile.distribution.folder).then(|| {
        format!(
            "{} was deployed from another folder: {before} then, {now} now; {WAY_OUT}",
            loaded.profile.name
        )
    })
}

/// Where nothing of what is published would stay, that is as unlikely for the next release as another folder.
fn other_files(wanted: &Blueprint, inventory: &Inventory, folder: Option<&FolderFacts>) -> Option<String> {
    let primary = inventory.buckets.get(&wanted.buckets.first()?.name)?;
    let ObservedRelease::Published { changes: Some(changes), .. } = &primary.release else { return None };
    let is_replaced = changes.deletions > 0 && changes.uploads >= folder?.files;
    is_replaced.then(|| format!("no file that {} publishes now would stay as it is; {WAY_OUT}", wanted.site))
}
