//! What a bucket holds of the site, read again only where it changed; and what it held before.

use crate::aws::bucket::Bucket;
use crate::aws::record::{MANIFEST, PENDING};
use crate::aws::refusal::Refusal;
use crate::content::manifest::Manifest;
use aws_sdk_s3::operation::get_object::GetObjectOutput;

/// What a look at a bucket's manifest gave.
#[derive(Debug, Clone, PartialEq)]
pub enum ManifestSeen {
    /// It is the one whose ETag was given.
    Unchanged,
    /// It is another one.
    Read {
        /// Its ETag.
        etag: String,
        /// The manifest; `None` where it can't be read.
        manifest: Option<Box<Manifest>>,
    },
    /// The bucket has none.
    NoManifest,
    /// There is no such bucket.
    NoBucket,
}

/// An earlier state of the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestVersion {
    /// The version's id.
    pub id: String,
    /// When it was written, in seconds since 1970.
    pub written: i64,
}

/// Looks at the manifest; `known` is the ETag of the one that was read before.
///
/// # Errors
/// When AWS refuses to read it.
pub async fn manifest(bucket: &Bucket, known: Option<&str>) -> Result<ManifestSeen, Refusal> {
    let call = bucket.s3.get_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let call = call.key(MANIFEST).set_if_none_match(known.map(str::to_owned));
    match call.send().await.map_err(Refusal::to("s3:GetObject", words(bucket))) {
        Ok(answer) => read(bucket, answer).await,
        Err(refusal) if refusal.status == Some(304) => Ok(ManifestSeen::Unchanged),
        Err(refusal) if refusal.is("NoSuchBucket") => Ok(ManifestSeen::NoBucket),
        Err(refusal) if refusal.is_not_found() => Ok(ManifestSeen::NoManifest),
        Err(refusal) => Err(refusal),
    }
}

/// Whether an upload was begun and not finished.
///
/// # Errors
/// When AWS refuses to tell.
pub async fn is_pending(bucket: &Bucket) -> Result<bool, Refusal> {
    let call = bucket.s3.head_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let words = format!("look for {PENDING} in bucket {}", bucket.name);
    match call.key(PENDING).send().await.map_err(Refusal::to("s3:GetObject", words)) {
        Ok(_) => Ok(true),
        Err(refusal) if refusal.is_not_found() => Ok(false),
        Err(refusal) => Err(refusal),
    }
}

/// The newest few states of the manifest, newest first.
///
/// # Errors
/// When AWS refuses to list them.
pub async fn manifest_versions(bucket: &Bucket, count: i32) -> Result<Vec<ManifestVersion>, Refusal> {
    let call = bucket.s3.list_object_versions().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let tried = format!("list the releases in bucket {}", bucket.name);
    let answer = call.prefix(MANIFEST).max_keys(count).send().await;
    let answer = answer.map_err(Refusal::to("s3:ListBucketVersions", tried))?;
    let versions = answer.versions.unwrap_or_default().into_iter();
    let of_manifest = versions.filter(|version| version.key.as_deref() == Some(MANIFEST));
    Ok(of_manifest
        .filter_map(|version| {
            Some(ManifestVersion { id: version.version_id?, written: version.last_modified?.secs() })
        })
        .collect())
}

/// The manifest as it was in one version, which never changes; `None` where it can't be read.
///
/// # Errors
/// When AWS refuses to read it.
pub async fn manifest_of(bucket: &Bucket, version: &str) -> Result<Option<Box<Manifest>>, Refusal> {
    let call = bucket.s3.get_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let answer = call.key(MANIFEST).version_id(version).send().await;
    match read(bucket, answer.map_err(Refusal::to("s3:GetObjectVersion", words(bucket)))?).await? {
        ManifestSeen::Read { manifest, .. } => Ok(manifest),
        ManifestSeen::Unchanged | ManifestSeen::NoManifest | ManifestSeen::NoBucket => Ok(None),
    }
}

async fn read(bucket: &Bucket, answer: GetObjectOutput) -> Result<ManifestSeen, Refusal> {
    let etag = answer.e_tag.unwrap_or_default();
    let collected = answer.body.collect().await;
    let bytes = collected.map_err(|error| Refusal::of_ours("s3:GetObject", words(bucket), error))?;
    let manifest = Manifest::parse(&bytes.into_bytes()).ok().map(Box::new);
    Ok(ManifestSeen::Read { etag, manifest })
}

fn words(bucket: &Bucket) -> String {
    format!("read {MANIFEST} in bucket {}", bucket.name)
}
