//! The copy of the profile that is kept in every bucket, for whoever has lost theirs.

use super::bucket::{Bucket, Standing};
use super::claim::Claim;
use super::observe::buckets_of;
use super::record::{self, FILE_MARK, PROFILE};
use super::refusal::Refusal;
use super::session::Session;
use super::{distribution, tagged_buckets};
use crate::blueprint::resource::ReleaseBucket;
use crate::error::{Error, Result};
use aws_sdk_s3::primitives::ByteStream;
use futures::future::try_join_all;

/// A search for the copy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// The copy's text; `None` where no bucket has one.
    pub text: Option<String>,
    /// What a person should know about the search, such as a region that could not be asked.
    pub notices: Vec<String>,
}

/// The copy that the last deploy of `site` left in a bucket. One that the site is served from goes before one
/// in a bucket that was left behind.
pub async fn read(session: &Session, site: &str) -> Result<Search> {
    session.identify().await?;
    let regions = [session.region()];
    let (served, told) =
        tokio::join!(served_from(session, site), tagged_buckets::find(session, Some(site), &regions));
    let told_buckets = told.buckets.into_iter().map(|(_, bucket)| bucket);
    for named in served?.into_iter().chain(told_buckets) {
        if let Some(held) = read_in(session, site, &named).await? {
            return Ok(Search { text: Some(held.text), notices: told.notices });
        }
    }
    Ok(Search { text: None, notices: told.notices })
}

/// The buckets of the site's distribution, the origins first.
async fn served_from(session: &Session, site: &str) -> Result<Vec<ReleaseBucket>> {
    for candidate in distribution::candidates(session.cloudfront(), site).await? {
        match distribution::read(session.cloudfront(), site, candidate).await? {
            Some(Claim::Ours(ours)) => return Ok(buckets_of(&ours)),
            Some(Claim::Foreign(_)) | None => {}
        }
    }
    Ok(Vec::new())
}

/// The copy as a bucket holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What stands in it.
    pub text: String,
    /// The mark of the file that it was deployed from, where it says so.
    pub file: Option<String>,
}

async fn read_in(session: &Session, site: &str, named: &ReleaseBucket) -> Result<Option<Held>> {
    let bucket = Bucket::reach(session, named).await?;
    if bucket.standing(site).await? != Standing::Ours {
        return Ok(None);
    }
    let Some(stored) = record::get(&bucket, PROFILE).await? else { return Ok(None) };
    let text = String::from_utf8(stored.bytes.to_vec());
    text.map(|text| Some(Held { text, file: stored.file })).map_err(|error| {
        Error::failed(format!("Could not read {PROFILE} in bucket {}", bucket.name)).because(error)
    })
}

/// The copy in the first of these `buckets` that is there and has one.
pub async fn held(session: &Session, site: &str, buckets: &[ReleaseBucket]) -> Result<Option<Held>> {
    for named in buckets {
        if let Some(held) = read_in(session, site, named).await? {
            return Ok(Some(held));
        }
    }
    Ok(None)
}

/// A profile as a deploy leaves it in the buckets.
#[derive(Debug, Clone, Copy)]
pub struct Copied<'a> {
    /// What stands in it.
    pub text: &'a str,
    /// The mark of the file that it stands in, where that has one.
    pub file: Option<&'a str>,
}

/// Makes the copy in each of the site's `buckets` say this. Publishing writes it too; this is for a deploy that changed
/// answers and no files, and for the mark.
pub async fn renew(session: &Session, buckets: &[ReleaseBucket], copied: Copied<'_>) -> Result<()> {
    try_join_all(buckets.iter().map(|named| renew_in(session, named, copied))).await.map(drop)
}

async fn renew_in(session: &Session, named: &ReleaseBucket, copied: Copied<'_>) -> Result<()> {
    let bucket = Bucket::reach(session, named).await?;
    let held = record::get(&bucket, PROFILE).await?;
    if held.is_some_and(|stored| stored.bytes == copied.text && stored.file.as_deref() == copied.file) {
        return Ok(());
    }
    let body = ByteStream::from(copied.text.as_bytes().to_vec());
    let call = bucket.s3.put_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let call = copied.file.into_iter().fold(call, |call, mark| call.metadata(FILE_MARK, mark));
    let words = format!("keep a copy of the profile in bucket {}", bucket.name);
    call.key(PROFILE).body(body).send().await.map_err(Refusal::to("s3:PutObject", words))?;
    Ok(())
}
