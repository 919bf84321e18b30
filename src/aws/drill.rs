//! The canary of a failover drill: an object that only the backup bucket has.

use super::bucket::Bucket;
use super::emptying::{delete_batch, versions};
use super::listing::key_of;
use super::refusal::Refusal;
use crate::blueprint::names::DRILL_PATH;
use aws_sdk_s3::primitives::ByteStream;
use std::collections::BTreeSet;

/// The canary of one drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canary {
    /// Its path at the site, with a leading slash.
    pub path: String,
    /// What is in it.
    pub text: String,
}

impl Canary {
    /// A canary that nobody can guess.
    pub fn of(secret: &str) -> Canary {
        let folder = DRILL_PATH.trim_end_matches('*');
        Canary { path: format!("{folder}{secret}"), text: format!("canary {secret}") }
    }

    fn key(&self) -> String {
        key_of(self.path.trim_start_matches('/'))
    }

    /// Puts it into the bucket.
    ///
    /// # Errors
    /// When AWS refuses.
    pub async fn put(&self, bucket: &Bucket) -> Result<(), Refusal> {
        let call = bucket.s3.put_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
        let call = call.key(self.key()).content_type("text/plain").cache_control("no-store");
        let sent = call.body(ByteStream::from(self.text.clone().into_bytes())).send().await;
        sent.map(drop).map_err(Refusal::to("s3:PutObject", bucket.words("put a canary into")))
    }

    /// The HTTP status with which the bucket answers for it.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn status_in(&self, bucket: &Bucket) -> Result<u16, Refusal> {
        let call = bucket.s3.head_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
        let words = bucket.words("look for the canary in");
        match call.key(self.key()).send().await.map_err(Refusal::to("s3:GetObject", words)) {
            Ok(_) => Ok(200),
            Err(refusal) => refusal.status.ok_or(refusal),
        }
    }
}

/// Removes every canary from the bucket, whichever drill left it, with all versions; returns how many there were.
///
/// # Errors
/// When AWS refuses.
pub async fn clear(bucket: &Bucket) -> Result<usize, Refusal> {
    let folder = key_of(DRILL_PATH.trim_matches(['/', '*']));
    let mut canaries = BTreeSet::new();
    loop {
        let found = versions(bucket, &format!("{folder}/")).await?;
        if found.is_empty() {
            return Ok(canaries.len());
        }
        canaries.extend(found.iter().map(|version| version.key().to_owned()));
        delete_batch(bucket, found).await?;
    }
}
