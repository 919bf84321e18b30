//! Which other sites were deployed from one and the same file: a file that now has another name in it would make a
//! second site beside the first, where the person most likely meant to rename that one.
//!
//! The answer is AWS's own: each copy of a profile says from which file it came, and the site must still be there.

use super::bucket::{Bucket, Standing};
use super::look::distribution;
use super::record::{self, PROFILE};
use super::session::Session;
use super::tagged_buckets;
use crate::blueprint::resource::ReleaseBucket;
use crate::error::Result;
use futures::stream::{self, StreamExt};

/// How many buckets are looked at at once.
const AT_ONCE: usize = 16;

/// A site that was deployed from the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// Its name.
    pub site: String,
    /// The profile that it was deployed from.
    pub text: String,
}

/// The sites other than `site` that were last deployed from the file with this mark, and still have a distribution.
/// A bucket that can't be read says nothing: it is another site's, which the caller need not be allowed to see.
pub async fn deployed_from(session: &Session, site: &str, mark: &str) -> Vec<Former> {
    let told = tagged_buckets::find(session, None, &[session.region()]).await;
    let others = told.buckets.into_iter().filter(|(name, _)| name != site);
    let looks = stream::iter(others).map(|(name, bucket)| async move {
        let text = copied_from(session, &name, &bucket, mark).await.ok().flatten()?;
        distribution::find(session, &name).await.ok().flatten()?;
        Some(Former { site: name, text })
    });
    let mut found: Vec<_> = looks.buffered(AT_ONCE).filter_map(std::future::ready).collect().await;
    found.dedup_by(|one, other| one.site == other.site);
    found
}

/// The copy of the profile in a bucket of `site`, where it came from the file with this mark.
async fn copied_from(
    session: &Session,
    site: &str,
    named: &ReleaseBucket,
    mark: &str,
) -> Result<Option<String>> {
    let bucket = Bucket::reach(session, named).await?;
    if bucket.standing(site).await? != Standing::Ours {
        return Ok(None);
    }
    let stored = record::get(&bucket, PROFILE).await?.filter(|stored| stored.file.as_deref() == Some(mark));
    Ok(stored.and_then(|stored| String::from_utf8(stored.bytes.to_vec()).ok()))
}
