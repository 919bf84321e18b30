//! The one lifecycle rule of a bucket that is ours: old versions and unfinished uploads go after a while.

use super::bucket::Bucket;
use super::bucket_settings::or_absent;
use super::refusal::Refusal;
use crate::blueprint::resource::BucketSettingsSpec;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus, LifecycleExpiration,
    LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration,
};

/// The id of our rule. Other rules of the bucket stay as they are.
const RULE: &str = "sitecast";

/// After how many days something goes; 0 keeps it for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lifecycle {
    /// Old versions.
    pub old_versions_days: u32,
    /// Unfinished uploads.
    pub unfinished_uploads_days: u32,
}

impl Lifecycle {
    /// The part of a bucket's settings that is its lifecycle.
    pub fn of(settings: &BucketSettingsSpec) -> Lifecycle {
        Lifecycle {
            old_versions_days: settings.old_versions_expire_days,
            unfinished_uploads_days: settings.unfinished_uploads_expire_days,
        }
    }
}

/// What our rule says; nothing without one.
pub async fn observe(bucket: &Bucket) -> Result<Lifecycle, Refusal> {
    let rules = rules(bucket).await?;
    Ok(rules.iter().find(|rule| rule.id() == Some(RULE)).map(read).unwrap_or_default())
}

/// Writes our rule beside those of others.
pub async fn write(bucket: &Bucket, lifecycle: Lifecycle) -> Result<(), Refusal> {
    const ACTION: &str = "s3:PutLifecycleConfiguration";
    let words = bucket.words("set the lifecycle of");
    let ours = |error| Refusal::of_ours(ACTION, words.clone(), error);
    let mut rules = rules(bucket).await?;
    rules.retain(|rule| rule.id() != Some(RULE));
    rules.push(rule(lifecycle).map_err(ours)?);
    let configuration =
        BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build().map_err(ours)?;
    let call = bucket
        .s3
        .put_bucket_lifecycle_configuration()
        .bucket(&bucket.name)
        .expected_bucket_owner(&bucket.owner);
    let answer = call.lifecycle_configuration(configuration).send().await;
    answer.map(drop).map_err(Refusal::to(ACTION, words))
}

async fn rules(bucket: &Bucket) -> Result<Vec<LifecycleRule>, Refusal> {
    let call = bucket
        .s3
        .get_bucket_lifecycle_configuration()
        .bucket(&bucket.name)
        .expected_bucket_owner(&bucket.owner);
    let words = bucket.words("read the lifecycle of");
    let answer = call.send().await.map_err(Refusal::to("s3:GetLifecycleConfiguration", words));
    let rules = answer.map(|answer| answer.rules.unwrap_or_default());
    or_absent(rules, &["NoSuchLifecycleConfiguration"], Vec::new())
}

fn read(rule: &LifecycleRule) -> Lifecycle {
    let is_whole = rule.status == ExpirationStatus::Enabled
        && rule.filter().is_none_or(|filter| filter.prefix().unwrap_or_default().is_empty())
        && rule
            .expiration()
            .is_some_and(|expiration| expiration.expired_object_delete_marker() == Some(true));
    if !is_whole {
        return Lifecycle::default();
    }
    let days = |days: Option<i32>| days.and_then(|days| u32::try_from(days).ok()).unwrap_or_default();
    Lifecycle {
        old_versions_days: days(
            rule.noncurrent_version_expiration().and_then(|expiration| expiration.noncurrent_days()),
        ),
        unfinished_uploads_days: days(
            rule.abort_incomplete_multipart_upload().and_then(|abort| abort.days_after_initiation()),
        ),
    }
}

fn rule(lifecycle: Lifecycle) -> Result<LifecycleRule, aws_sdk_s3::error::BuildError> {
    let days = |days: u32| (days > 0).then(|| i32::try_from(days).unwrap_or(i32::MAX));
    let old_versions = days(lifecycle.old_versions_days)
        .map(|days| NoncurrentVersionExpiration::builder().noncurrent_days(days).build());
    let unfinished_uploads = days(lifecycle.unfinished_uploads_days)
        .map(|days| AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build());
    LifecycleRule::builder()
        .id(RULE)
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("").build())
        .expiration(LifecycleExpiration::builder().expired_object_delete_marker(true).build())
        .set_noncurrent_version_expiration(old_versions)
        .set_abort_incomplete_multipart_upload(unfinished_uploads)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_reads_back_as_it_was_written() {
        let wanted = Lifecycle { old_versions_days: 30, unfinished_uploads_days: 7 };
        assert_eq!(read(&rule(wanted).unwrap()), wanted);
    }

    #[test]
    fn a_rule_that_someone_switched_off_reads_as_none() {
        let mut rule = rule(Lifecycle { old_versions_days: 30, unfinished_uploads_days: 7 }).unwrap();
        rule.status = ExpirationStatus::Disabled;
        assert_eq!(read(&rule), Lifecycle::default());
    }
}
