//! How much a bucket holds: every version of every object, as they are all removed with it.

use super::bucket::Bucket;
use super::refusal::Refusal;
use super::session::Session;
use super::told_key;
use crate::blueprint::resource::ReleaseBucket;
use crate::error::Result;
use aws_sdk_s3::types::EncodingType;

/// How much a bucket holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BucketSize {
    /// Objects that can be read.
    pub objects: u64,
    /// Versions that were replaced or deleted, and are still kept.
    pub old_versions: u64,
    /// All of them together, in bytes.
    pub bytes: u64,
}

/// Counts what the bucket holds.
///
/// # Errors
/// When S3 refuses to list it.
pub async fn weigh(session: &Session, named: &ReleaseBucket) -> Result<BucketSize> {
    let bucket = Bucket::reach(session, named).await?;
    let call = bucket.s3.list_object_versions().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let call = call.encoding_type(EncodingType::Url);
    let (mut size, mut markers) = (BucketSize::default(), (None, None));
    loop {
        let page = call.clone().set_key_marker(markers.0).set_version_id_marker(markers.1).send().await;
        let page =
            page.map_err(Refusal::to("s3:ListBucketVersions", bucket.words("list the versions in")))?;
        for version in page.versions() {
            let is_latest = version.is_latest() == Some(true);
            size.objects += u64::from(is_latest);
            size.old_versions += u64::from(!is_latest);
            size.bytes += version.size().and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default();
        }
        if page.is_truncated() != Some(true) {
            return Ok(size);
        }
        let next = page.next_key_marker().map(|key| told_key::plain(Some(key), page.encoding_type()));
        markers = (next, page.next_version_id_marker);
    }
}
