//! The copy of the profile that is kept in every bucket, for whoever has lost theirs.

use super::bucket::{Bucket, Standing};
use super::record::{self, PROFILE};
use super::refusal::Refusal;
use super::session::Session;
use super::tagged_buckets;
use crate::blueprint::resource::ReleaseBucket;
use crate::error::{Error, Result};
use aws_sdk_s3::primitives::ByteStream;
use futures::future::try_join_all;

/// The copy that the last deploy of `site` left in a bucket; `None` where none has one.
pub async fn read(session: &Session, site: &str) -> Result<Option<String>> {
    session.identify().await?;
    let told = tagged_buckets::find(session, Some(site), &[session.region()]).await;
    for (_, bucket) in told.buckets {
        let bucket = Bucket::reach(session, &bucket).await?;
        if bucket.standing(site).await? != Standing::Ours {
            continue;
        }
        if let Some(stored) = record::get(&bucket, PROFILE).await? {
            let text = String::from_utf8(stored.bytes.to_vec());
            return text.map(Some).map_err(|error| {
                Error::failed(format!("Could not read {PROFILE} in bucket {}", bucket.name)).because(error)
            });
        }
    }
    Ok(None)
}

/// Makes the copy in each of the site's `buckets` say `text`. Publishing writes it too; this is for a deploy
/// that changed answers and no files.
pub async fn renew(session: &Session, buckets: &[ReleaseBucket], text: &str) -> Result<()> {
    try_join_all(buckets.iter().map(|named| renew_in(session, named, text))).await.map(drop)
}

async fn renew_in(session: &Session, named: &ReleaseBucket, text: &str) -> Result<()> {
    let bucket = Bucket::reach(session, named).await?;
    let held = record::get(&bucket, PROFILE).await?;
    if held.is_some_and(|stored| stored.bytes == text) {
        return Ok(());
    }
    let body = ByteStream::from(text.as_bytes().to_vec());
    let call = bucket.s3.put_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let words = format!("keep a copy of the profile in bucket {}", bucket.name);
    call.key(PROFILE).body(body).send().await.map_err(Refusal::to("s3:PutObject", words))?;
    Ok(())
}
