//! A profile whose site was renamed. A site's name is part of the names of all that it has on AWS, so a new one can only
//! ever make a second site, and the first would go on serving visitors.

use super::site::shell_word;
use crate::aws::renamed::{Former, deployed_from};
use crate::aws::session::Session;
use crate::blueprint::{Inventory, names};
use crate::error::{Error, PROFILE, Result};
use crate::profile::{self, Loaded};
use std::fs::{self, Metadata};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// What tells a profile's file from all others: its name, and the folder that it lies in. A copy has another name or
/// another folder, and so has what somebody else checked out; nothing is said about where either is. `None` where
/// folders can't be told apart.
pub fn mark(file: &Path) -> Option<String> {
    let file = std::path::absolute(file).ok()?;
    let folder = which(&fs::metadata(file.parent()?).ok()?)?;
    Some(names::short_hash(&format!("{} {folder}", file.file_name()?.to_string_lossy())))
}

/// When a folder was made is known of most, to the nanosecond.
fn which(folder: &Metadata) -> Option<String> {
    let made = folder.created().ok().and_then(|made| made.duration_since(UNIX_EPOCH).ok());
    made.map(|made| made.as_nanos().to_string()).or_else(|| number(folder))
}

#[cfg(unix)]
fn number(folder: &Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    Some(format!("{} {}", folder.dev(), folder.ino()))
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> Option<String> {
    None
}

/// Refuses to make a site from the file of another that is still there. Only who has made nothing of the site yet is
/// asked, and only where that other one publishes the same folder: else it is another site that took the file over.
///
/// # Errors
/// When there is such a site.
pub async fn insist_on_name(loaded: &Loaded, session: &Session, inventory: &Inventory) -> Result<()> {
    let is_new = inventory.distribution.is_none() && inventory.buckets.is_empty();
    let Some(mark) = mark(&loaded.path).filter(|_| is_new && inventory.unreachable.is_empty()) else {
        return Ok(());
    };
    let formers = deployed_from(session, &loaded.profile.name, &mark).await;
    match formers.into_iter().find(|former| publishes_the_same(loaded, former)) {
        Some(former) => Err(refused(loaded, &former.site)),
        None => Ok(()),
    }
}

fn publishes_the_same(loaded: &Loaded, former: &Former) -> bool {
    profile::parse(&former.text, "the deployed profile")
        .is_ok_and(|before| before.distribution.folder == loaded.profile.distribution.folder)
}

fn refused(loaded: &Loaded, before: &str) -> Error {
    let now = &loaded.profile.name;
    let file = &loaded.path;
    let [copied, copy] = [file, &file.with_file_name(format!("{now}.toml"))]
        .map(|path| shell_word(&path.display().to_string()));
    Error::usage(format!("{before} can't be renamed to {now}; nothing was changed"))
        .why(format!("this file was deployed as {before}, which is still there and would go on beside {now}"))
        .hint(format!(
            "put `name = \"{before}\"` back. To give the site another name, put the old one back, run \
             `sitecast destroy {PROFILE}`, and deploy under the new one; for a second site, give it a file of its own: \
             `cp {copied} {copy}`"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_mark_and_no_copy_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, other) = (folder.path().join("a"), folder.path().join("b"));
        for (folder, file) in [(&inner, "site.toml"), (&inner, "second.toml"), (&other, "site.toml")] {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join(file), "").unwrap();
        }
        let file = inner.join("site.toml");
        let before = mark(&file).unwrap();
        // Saving puts another file into its place.
        fs::write(inner.join("saved"), "name").unwrap();
        fs::rename(inner.join("saved"), &file).unwrap();
        assert_eq!(mark(&file), Some(before.clone()));
        for copy in [inner.join("second.toml"), other.join("site.toml")] {
            assert_ne!(mark(&copy).unwrap(), before);
        }
        assert_eq!(mark(&folder.path().join("nowhere/site.toml")), None);
    }
}
