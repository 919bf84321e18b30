//! What a bucket holds under the folder that is served.

use super::bucket::Bucket;
use super::refusal::Refusal;
use crate::blueprint::names::RELEASE_PREFIX;
use crate::content::change::Listed;
use std::collections::BTreeMap;

/// The key of a file of the site in a bucket.
pub fn key_of(file: &str) -> String {
    format!("{RELEASE_PREFIX}/{file}")
}

/// Every object under the folder that is served, by its path within the site.
pub async fn list(bucket: &Bucket) -> Result<BTreeMap<String, Listed>, Refusal> {
    let prefix = key_of("");
    let mut found = BTreeMap::new();
    let mut pages = bucket
        .s3
        .list_objects_v2()
        .bucket(&bucket.name)
        .expected_bucket_owner(&bucket.owner)
        .prefix(&prefix)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("s3:ListBucket", bucket.words("list the files in")))?;
        for object in page.contents() {
            let Some(file) = object.key().and_then(|key| key.strip_prefix(&prefix)) else { continue };
            let size = object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
            let etag = object.e_tag().unwrap_or_default().to_owned();
            found.insert(file.to_owned(), Listed { size, etag, headers: None });
        }
    }
    Ok(found)
}
