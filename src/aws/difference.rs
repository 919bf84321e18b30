//! What publishing would change in one bucket: from its manifest where that is trusted, else from a listing; from
//! both where what was changed behind our back is looked for.

use super::bucket::Bucket;
use super::listing;
use super::record::{MANIFEST, Record};
use super::refusal::Refusal;
use crate::content::change::{Held, Listed, Upload, change, md5s_wanted};
use crate::content::drift::Drift;
use crate::content::hash::md5_all;
use crate::content::publication::Publication;
use crate::error::{Error, Result};
use aws_sdk_s3::primitives::DateTime;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What publishing would change in one bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What the bucket needs to serve the publication's release.
    pub upload: Upload,
    /// How far it is from what its own record says, where that was looked for.
    pub drift: Drift,
}

/// What publishing would change in one bucket.
pub async fn work_out(
    bucket: &Bucket,
    record: &Record,
    publication: &Arc<Publication>,
) -> Result<Difference> {
    let release = &publication.release;
    let (upload, drift) = match record.trusted() {
        Some(manifest) if publication.verify => {
            let published = published(bucket).await?;
            let objects = &listing::list(bucket, release, published).await?;
            (change(release, Held::Verified { manifest, objects }), Drift::between(manifest, objects))
        }
        Some(manifest) => (change(release, Held::Manifest(manifest)), Drift::default()),
        None => (by_listing(bucket, record, publication).await?, Drift::default()),
    };
    Ok(Difference { upload, drift })
}

/// When the manifest was written, by the bucket's clock, in seconds since 1970.
async fn published(bucket: &Bucket) -> Result<Option<i64>, Refusal> {
    let call =
        bucket.s3.head_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner).key(MANIFEST);
    let answer =
        call.send().await.map_err(Refusal::to("s3:GetObject", bucket.words("look at the manifest in")))?;
    Ok(answer.last_modified().map(DateTime::secs))
}

async fn by_listing(bucket: &Bucket, record: &Record, publication: &Arc<Publication>) -> Result<Upload> {
    let objects = match listing::list(bucket, &publication.release, None).await {
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
