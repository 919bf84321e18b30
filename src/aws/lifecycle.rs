//! The one lifecycle rule of a bucket that is ours: old versions and unfinished uploads go after a while.

use super::bucket::Bucket;
use super::bucket_settings::or_absent;
use super::refusal::Refusal;
use crate::blueprint::diff::Change;
use crate::blueprint::resource::BucketSettingsSpec;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus, LifecycleExpiration,
    LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration,
};

/// The id of our rule. Other rules of the bucket stay as they are.
const RULE: &str = "sitecast";

/// What our rule expires of the newest versions: only the marks of deletions under which nothing is left.
const MARKERS: &str = "ExpiredObjectDeleteMarker";

/// After how many days something goes; 0 keeps it for ever.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lifecycle {
    /// Old versions.
    pub old_versions_days: u32,
    /// Unfinished uploads.
    pub unfinished_uploads_days: u32,
    /// What else of our rule was changed by hand; nothing where it is wanted.
    pub altered: Vec<Change>,
}

impl Lifecycle {
    /// The part of a bucket's settings that is its lifecycle.
    pub fn of(settings: &BucketSettingsSpec) -> Lifecycle {
        Lifecycle {
            old_versions_days: settings.old_versions_expire_days,
            unfinished_uploads_days: settings.unfinished_uploads_expire_days,
            altered: settings.altered.clone(),
        }
    }
}

/// What our rule says; nothing without one.
pub async fn observe(bucket: &Bucket) -> Result<Lifecycle, Refusal> {
    let rules = rules(bucket).await?;
    Ok(rules.iter().find(|rule| rule.id() == Some(RULE)).map(read).unwrap_or_default())
}

/// Writes our rule beside those of others.
pub async fn write(bucket: &Bucket, lifecycle: &Lifecycle) -> Result<(), Refusal> {
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
    let days = |days: Option<i32>| days.and_then(|days| u32::try_from(days).ok()).unwrap_or_default();
    Lifecycle {
        old_versions_days: days(
            rule.noncurrent_version_expiration().and_then(|expiration| expiration.noncurrent_days()),
        ),
        unfinished_uploads_days: days(
            rule.abort_incomplete_multipart_upload().and_then(|abort| abort.days_after_initiation()),
        ),
        altered: altered(rule),
    }
}

/// Each part of our rule that we write otherwise, or not at all.
fn altered(rule: &LifecycleRule) -> Vec<Change> {
    let kept = rule.noncurrent_version_expiration().and_then(|it| it.newer_noncurrent_versions());
    let moves = |count: usize| (count > 0).then(|| format!("{count} of them"));
    let parts = [
        ("Status", Some(rule.status.as_str().to_owned()), Some("Enabled")),
        ("Filter", rule.filter().and_then(narrowed), None),
        ("Expiration", rule.expiration().map(expiration_told), Some(MARKERS)),
        ("NewerNoncurrentVersions", kept.map(|kept| kept.to_string()), None),
        ("Transitions", moves(rule.transitions().len()), None),
        ("NoncurrentVersionTransitions", moves(rule.noncurrent_version_transitions().len()), None),
    ];
    let differs = parts.into_iter().filter(|(_, found, written)| found.as_deref() != *written);
    differs
        .map(|(part, from, to)| Change {
            field: format!("lifecycle.{part}"),
            from,
            to: to.map(str::to_owned),
        })
        .collect()
}

/// To which objects alone a filter lets a rule apply; `None` for all.
fn narrowed(filter: &LifecycleRuleFilter) -> Option<String> {
    let by_more = filter.tag().is_some()
        || filter.and().is_some()
        || filter.object_size_greater_than().is_some()
        || filter.object_size_less_than().is_some();
    let prefix = filter.prefix().filter(|prefix| !prefix.is_empty()).map(|prefix| format!("Prefix {prefix}"));
    prefix.or_else(|| by_more.then(|| "by tag or size".to_owned()))
}

fn expiration_told(expiration: &LifecycleExpiration) -> String {
    match (expiration.days(), expiration.date(), expiration.expired_object_delete_marker()) {
        (Some(days), _, _) => format!("Days {days}"),
        (None, Some(date), _) => format!("Date {date}"),
        (None, None, Some(true)) => MARKERS.to_owned(),
        (None, None, Some(false) | None) => "nothing".to_owned(),
    }
}

fn rule(lifecycle: &Lifecycle) -> Result<LifecycleRule, aws_sdk_s3::error::BuildError> {
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

    fn ours() -> Lifecycle {
        Lifecycle { old_versions_days: 30, unfinished_uploads_days: 7, altered: Vec::new() }
    }

    fn told(rule: &LifecycleRule) -> (u32, u32, Vec<String>) {
        let found = read(rule);
        let altered = found.altered.iter().map(Change::in_words).collect();
        (found.old_versions_days, found.unfinished_uploads_days, altered)
    }

    #[test]
    fn a_rule_reads_back_as_it_was_written() {
        assert_eq!(read(&rule(&ours()).unwrap()), ours());
    }

    #[test]
    fn what_someone_changed_of_a_rule_leaves_the_rest_of_it_as_it_is() {
        let mut rule = rule(&ours()).unwrap();
        rule.noncurrent_version_expiration = Some(
            NoncurrentVersionExpiration::builder().noncurrent_days(3).newer_noncurrent_versions(5).build(),
        );
        assert_eq!(told(&rule), (3, 7, vec!["lifecycle.NewerNoncurrentVersions: 5 -> (nothing)".to_owned()]));
        rule.abort_incomplete_multipart_upload = None;
        rule.expiration = None;
        rule.noncurrent_version_expiration = None;
        let expected = "lifecycle.Expiration: (nothing) -> ExpiredObjectDeleteMarker".to_owned();
        assert_eq!(told(&rule), (0, 0, vec![expected]));
    }

    #[test]
    fn a_rule_that_someone_switched_off_or_narrowed_says_so() {
        let mut rule = rule(&ours()).unwrap();
        rule.status = ExpirationStatus::Disabled;
        rule.filter = Some(LifecycleRuleFilter::builder().prefix("old/").build());
        let expected =
            ["lifecycle.Status: Disabled -> Enabled", "lifecycle.Filter: Prefix old/ -> (nothing)"];
        assert_eq!(told(&rule), (30, 7, expected.map(str::to_owned).to_vec()));
    }
}
