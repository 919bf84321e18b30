//! What publishing would change in one bucket: from its manifest where that is trusted, else from a listing.

use super::bucket::Bucket;
use super::listing;
use super::record::Record;
use crate::content::change::{Held, Listed, Upload, change, md5s_wanted};
use crate::content::hash::md5_all;
use crate::content::publication::Publication;
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one bucket needs to serve the publication's release.
pub async fn work_out(bucket: &Bucket, record: &Record, publication: &Arc<Publication>) -> Result<Upload> {
    if let Some(manifest) = record.trusted() {
        return Ok(change(&publication.release, Held::Manifest(manifest)));
    }
    let objects = match listing::list(bucket).await {
        Err(refusal) if refusal.is("NoSuchBucket") => BTreeMap::new(),
        other => other?,
    };
    if record.is_blank() && objects.is_empty() {
        return Ok(change(&publication.release, Held::Nothing));
    }
    let (objects, md5s) = with_md5s(objects, Arc::clone(publication)).await?;
    let held = Held::Untrusted { manifest: record.manifest.as_ref(), objects: &objects, md5s: &md5s };
    Ok(change(&publication.release, held))
}

type ByKey<T> = BTreeMap<String, T>;

/// Reads the files of which only an MD5 can tell whether the bucket has the same bytes.
async fn with_md5s(
    objects: ByKey<Listed>,
    publication: Arc<Publication>,
) -> Result<(ByKey<Listed>, ByKey<String>)> {
    let reading = tokio::task::spawn_blocking(move || {
        let wanted = md5s_wanted(&publication.release, &objects);
        let md5s = md5_all(&publication.folder, &wanted)?;
        Ok((objects, md5s))
    });
    reading.await.map_err(|error| Error::failed("Could not read the site's files").because(error))?
}
