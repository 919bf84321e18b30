//! What a bucket remembers of its releases, read with the help of what this machine does.

use super::bucket::Bucket;
use super::record::Record;
use crate::content::manifest::Manifest;
use crate::content::manifest_copy::ManifestCopy;
use crate::error::Result;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// This machine's copy of the bucket's manifest, where it keeps one.
pub async fn copy_of(bucket: &Bucket, copies: Option<&PathBuf>) -> Option<Arc<ManifestCopy>> {
    let (folder, name) = (copies?.clone(), bucket.name.clone());
    spawn_blocking(move || ManifestCopy::read(&folder, &name)).await.ok().flatten().map(Arc::new)
}

/// What the bucket remembers; of the manifest no more than whether the copy still counts goes over the wire. One that
/// was sent is kept.
pub async fn read(
    bucket: &Bucket,
    copy: Option<Arc<ManifestCopy>>,
    copies: Option<&PathBuf>,
) -> Result<Record> {
    let known = copy.as_ref().map(|copy| copy.etag.clone());
    let record = Record::read_unless_kept(bucket, copy).await?;
    if let (Some(copies), Some(manifest), Some(etag)) = (copies, &record.manifest, &record.manifest_etag)
        && known.as_ref() != Some(etag)
    {
        keep(bucket, copies.clone(), etag.clone(), manifest.to_bytes()?, manifest).await;
    }
    Ok(record)
}

/// Keeps a manifest that the bucket has. Where that can't be, the next run reads it from the bucket.
pub async fn keep(bucket: &Bucket, copies: PathBuf, etag: String, bytes: Vec<u8>, manifest: &Manifest) {
    let (name, release) = (bucket.name.clone(), manifest.hash());
    let keeping = move || ManifestCopy::keep(&copies, &name, &etag, &release, &bytes);
    // A full disk or a folder that can't be written to costs time on the next run, and nothing else.
    let _ = spawn_blocking(keeping).await;
}
