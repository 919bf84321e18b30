//! Reading the folder of a site, while other things go on.

use super::Console;
use super::site::Folder;
use crate::aws::publication::Publication;
use crate::aws::upcoming::Upcoming;
use crate::blueprint::names::{RELEASE_PREFIX, short_hash};
use crate::content::hash_cache::HashCache;
use crate::content::release::Release;
use crate::content::scan::ScanOptions;
use crate::error::{Error, Result};
use crate::profile::{Loaded, Profile};
use futures::future::OptionFuture;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// After so long a person wonders what is being done.
const SLOW: Duration = Duration::from_secs(2);

/// The folder's files, which begin to be read at once, where they are wanted.
pub fn files(loaded: &Loaded, need: Folder) -> Option<Upcoming> {
    if need == Folder::Unused || (need == Folder::IfThere && !loaded.folder.is_dir()) {
        return None;
    }
    let (loaded, verify) = (loaded.clone(), need == Folder::Verified);
    let copies = caches();
    let kept = copies.clone();
    let reading = tokio::task::spawn_blocking(move || publication(loaded, verify, kept));
    Some(Upcoming::new(copies, async {
        reading.await.map_err(|error| Error::failed("can't read the folder").because(error))?.map(Arc::new)
    }))
}

/// Says what takes so long, should it.
pub async fn say_if_slow<T>(console: &Console, folder: &Path, reading: impl Future<Output = T>) -> T {
    let mut reading = pin!(reading);
    match tokio::time::timeout(SLOW, &mut reading).await {
        Ok(read) => read,
        Err(_) => {
            console.say(format!("reading the files of {}", folder.display()));
            reading.await
        }
    }
}

/// What was read, where anything is.
pub async fn made(files: Option<&Upcoming>) -> Result<Option<Arc<Publication>>> {
    OptionFuture::from(files.map(Upcoming::made)).await.transpose()
}

fn publication(loaded: Loaded, verify: bool, copies: Option<PathBuf>) -> Result<Publication> {
    let Loaded { folder, profile, path, text: profile_text, .. } = loaded;
    // Where the site's folder is the profile's own, visitors are to see the site and not the profile.
    let release = prepare(&folder, &profile)?.without(&path);
    Ok(Publication { release, profile, folder, profile_text, verify, copies })
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
    let folder = folder.canonicalize().ok()?;
    Some(caches()?.join(format!("{}.hashes", short_hash(&folder.to_string_lossy()))))
}

/// Where the program keeps what only saves time.
fn caches() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("sitecast"))
}
