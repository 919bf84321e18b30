//! What a bucket holds under the folder that is served.

use super::bucket::Bucket;
use super::refusal::Refusal;
use super::told_key;
use crate::blueprint::names::RELEASE_PREFIX;
use crate::content::change::Listed;
use crate::content::release::Release;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::EncodingType;
use futures::future::try_join_all;
use std::collections::BTreeMap;

/// A little less than a page, so that a range whose files are all there takes one call.
const FILES_A_RANGE: usize = 900;

/// What lies between two keys: after the first, up to and with the second.
type Range = (Option<String>, Option<String>);

/// The key of a file of the site in a bucket.
pub fn key_of(file: &str) -> String {
    format!("{RELEASE_PREFIX}/{file}")
}

/// Every object under the folder that is served, by its path within the site, and whether it was written later than
/// `published`, in seconds since 1970. The release's own keys tell where the listing can be cut, so that all pages are
/// asked for at once.
pub async fn list(
    bucket: &Bucket,
    release: &Release,
    published: Option<i64>,
) -> Result<BTreeMap<String, Listed>, Refusal> {
    let keys: Vec<&str> = release.files().iter().map(|file| file.key()).collect();
    let ranges = ranges(&keys).into_iter().map(|range| list_range(bucket, range, published));
    let listed = try_join_all(ranges).await?;
    Ok(listed.into_iter().flatten().collect())
}

/// Ranges that cover all keys there may be.
fn ranges(keys: &[&str]) -> Vec<Range> {
    let cuts = keys.iter().skip(FILES_A_RANGE - 1).step_by(FILES_A_RANGE).map(|key| Some(key_of(key)));
    let ends: Vec<Option<String>> = cuts.chain([None]).collect();
    let beginnings = std::iter::once(None).chain(ends.iter().cloned());
    beginnings.zip(ends.iter().cloned()).collect()
}

async fn list_range(
    bucket: &Bucket,
    (after, until): Range,
    published: Option<i64>,
) -> Result<BTreeMap<String, Listed>, Refusal> {
    let prefix = key_of("");
    let mut found = BTreeMap::new();
    let call = bucket.s3.list_objects_v2().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let call = call.prefix(&prefix).set_start_after(after).encoding_type(EncodingType::Url);
    let mut pages = call.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("s3:ListBucket", bucket.words("list the files in")))?;
        for object in page.contents() {
            let key = told_key::plain(object.key(), page.encoding_type());
            if until.as_ref().is_some_and(|until| key > *until) {
                return Ok(found);
            }
            let Some(file) = key.strip_prefix(&prefix) else { continue };
            let size = object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
            let etag = object.e_tag().unwrap_or_default().to_owned();
            let written = object.last_modified().map(DateTime::secs);
            let rewritten = written.zip(published).is_some_and(|(written, published)| written > published);
            found.insert(file.to_owned(), Listed { size, etag, headers: None, rewritten });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(files: usize) -> Vec<String> {
        let keys: Vec<String> = (1..=files).map(|number| format!("{number:04}")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let end = |end: Option<String>| end.unwrap_or_default();
        ranges(&keys).into_iter().map(|(after, until)| format!("{}..{}", end(after), end(until))).collect()
    }

    #[test]
    fn ranges_follow_on_one_another_and_leave_nothing_out() {
        assert_eq!(told(0), [".."]);
        assert_eq!(told(899), [".."]);
        assert_eq!(told(1000), ["..site/0900", "site/0900.."]);
        assert_eq!(told(2000), ["..site/0900", "site/0900..site/1800", "site/1800.."]);
    }
}
