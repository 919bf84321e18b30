//! The settings of a bucket: public access, ownership, encryption, versions, lifecycle.

use super::bucket::{Bucket, SETTLING, UNSETTLED};
use super::lifecycle::{self, Lifecycle};
use super::refusal::Refusal;
use crate::apply::{Reporter, retry};
use crate::blueprint::resource::{BucketSettingsSpec, PUBLIC_ACCESS_BLOCKED};
use aws_sdk_s3::types::{
    BucketVersioningStatus, ObjectOwnership, OwnershipControls, OwnershipControlsRule,
    PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, VersioningConfiguration,
};

/// The settings as AWS has them. What AWS has no setting for reads as off.
pub async fn observe(bucket: &Bucket) -> Result<BucketSettingsSpec, Refusal> {
    let (public_access_block, owner_enforced, encryption, versioning, lifecycle) = tokio::try_join!(
        public_access_block(bucket),
        owner_enforced(bucket),
        encryption(bucket),
        versioning(bucket),
        lifecycle::observe(bucket),
    )?;
    Ok(BucketSettingsSpec {
        region: bucket.region.clone(),
        public_access_block,
        owner_enforced,
        encryption,
        versioning,
        old_versions_expire_days: lifecycle.old_versions_days,
        unfinished_uploads_expire_days: lifecycle.unfinished_uploads_days,
        altered: lifecycle.altered,
    })
}

/// Writes what differs, one setting after another: two at once get in each other's way (aws-facts.md K27).
/// Tells which were written.
pub async fn write(
    bucket: &Bucket,
    wanted: &BucketSettingsSpec,
    report: &Reporter,
) -> Result<Vec<&'static str>, Refusal> {
    let had = settled(bucket, report, || observe(bucket)).await?;
    let mut written = Vec::new();
    if had.public_access_block != wanted.public_access_block {
        let block = wanted.public_access_block == PUBLIC_ACCESS_BLOCKED;
        settled(bucket, report, || block_public_access(bucket, block)).await?;
        written.push("public access");
    }
    if had.owner_enforced != wanted.owner_enforced {
        settled(bucket, report, || enforce_owner(bucket, wanted.owner_enforced)).await?;
        written.push("ownership");
    }
    if had.encryption != wanted.encryption {
        settled(bucket, report, || encrypt(bucket, &wanted.encryption)).await?;
        written.push("encryption");
    }
    if had.versioning != wanted.versioning {
        settled(bucket, report, || keep_versions(bucket, wanted.versioning)).await?;
        written.push("versioning");
    }
    let lifecycle = Lifecycle::of(wanted);
    if lifecycle != Lifecycle::of(&had) {
        settled(bucket, report, || lifecycle::write(bucket, &lifecycle)).await?;
        written.push("lifecycle");
    }
    Ok(written)
}

/// Calls until the bucket has settled enough for the call to be taken.
pub async fn settled<T, F: Future<Output = Result<T, Refusal>>>(
    bucket: &Bucket,
    report: &Reporter,
    call: impl FnMut() -> F,
) -> Result<T, Refusal> {
    let waiting_for = format!("bucket {} to settle", bucket.name);
    retry::retry(SETTLING, &waiting_for, report, |refusal: &Refusal| refusal.is_any(UNSETTLED), call).await
}

/// What an answer tells, or `absent` where AWS has no such setting.
pub fn or_absent<T>(answer: Result<T, Refusal>, codes: &[&str], absent: T) -> Result<T, Refusal> {
    match answer {
        Err(refusal) if refusal.is_any(codes) => Ok(absent),
        other => other,
    }
}

async fn public_access_block(bucket: &Bucket) -> Result<String, Refusal> {
    let call = bucket.s3.get_public_access_block().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let words = bucket.words("read the public access block of");
    let answer = call.send().await.map_err(Refusal::to("s3:GetBucketPublicAccessBlock", words));
    let block = answer.map(|answer| answer.public_access_block_configuration);
    Ok(told(or_absent(block, &["NoSuchPublicAccessBlockConfiguration"], None)?.as_ref()))
}

/// Which flags are off, by AWS's names for them.
fn told(block: Option<&PublicAccessBlockConfiguration>) -> String {
    let Some(block) = block else { return "all off".to_owned() };
    let flags = [
        ("BlockPublicAcls", block.block_public_acls),
        ("IgnorePublicAcls", block.ignore_public_acls),
        ("BlockPublicPolicy", block.block_public_policy),
        ("RestrictPublicBuckets", block.restrict_public_buckets),
    ];
    let off = flags.iter().filter(|(_, flag)| *flag != Some(true)).map(|(name, _)| format!("{name} off"));
    let off: Vec<String> = off.collect();
    match off.len() {
        0 => PUBLIC_ACCESS_BLOCKED.to_owned(),
        4 => "all off".to_owned(),
        _ => off.join(", "),
    }
}

async fn block_public_access(bucket: &Bucket, block: bool) -> Result<(), Refusal> {
    let configuration = PublicAccessBlockConfiguration::builder()
        .block_public_acls(block)
        .ignore_public_acls(block)
        .block_public_policy(block)
        .restrict_public_buckets(block)
        .build();
    let call = bucket.s3.put_public_access_block().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let answer = call.public_access_block_configuration(configuration).send().await;
    answer
        .map(drop)
        .map_err(Refusal::to("s3:PutBucketPublicAccessBlock", bucket.words("block public access to")))
}

async fn owner_enforced(bucket: &Bucket) -> Result<bool, Refusal> {
    let call =
        bucket.s3.get_bucket_ownership_controls().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let words = bucket.words("read the ownership controls of");
    let answer = call.send().await.map_err(Refusal::to("s3:GetBucketOwnershipControls", words));
    let enforced = answer.map(|answer| {
        let rules = answer.ownership_controls.map(|controls| controls.rules).unwrap_or_default();
        rules.iter().any(|rule| rule.object_ownership == ObjectOwnership::BucketOwnerEnforced)
    });
    or_absent(enforced, &["OwnershipControlsNotFoundError"], false)
}

async fn enforce_owner(bucket: &Bucket, enforce: bool) -> Result<(), Refusal> {
    const ACTION: &str = "s3:PutBucketOwnershipControls";
    let words = bucket.words("set the ownership controls of");
    let ownership =
        if enforce { ObjectOwnership::BucketOwnerEnforced } else { ObjectOwnership::BucketOwnerPreferred };
    let ours = |error| Refusal::of_ours(ACTION, words.clone(), error);
    let rule = OwnershipControlsRule::builder().object_ownership(ownership).build().map_err(ours)?;
    let controls = OwnershipControls::builder().rules(rule).build().map_err(ours)?;
    let call =
        bucket.s3.put_bucket_ownership_controls().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let answer = call.ownership_controls(controls).send().await;
    answer.map(drop).map_err(Refusal::to(ACTION, words))
}

async fn encryption(bucket: &Bucket) -> Result<String, Refusal> {
    let call = bucket.s3.get_bucket_encryption().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let words = bucket.words("read the encryption of");
    let answer = call.send().await.map_err(Refusal::to("s3:GetEncryptionConfiguration", words));
    let algorithm = answer.map(|answer| {
        let rules = answer.server_side_encryption_configuration.map(|all| all.rules).unwrap_or_default();
        let default = rules.into_iter().find_map(|rule| rule.apply_server_side_encryption_by_default);
        default.map(|default| default.sse_algorithm.as_str().to_owned()).unwrap_or_default()
    });
    or_absent(algorithm, &["ServerSideEncryptionConfigurationNotFoundError"], String::new())
}

async fn encrypt(bucket: &Bucket, algorithm: &str) -> Result<(), Refusal> {
    const ACTION: &str = "s3:PutEncryptionConfiguration";
    let words = bucket.words("set the encryption of");
    let ours = |error| Refusal::of_ours(ACTION, words.clone(), error);
    let default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(ServerSideEncryption::from(algorithm))
        .build()
        .map_err(ours)?;
    let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).build();
    let configuration = ServerSideEncryptionConfiguration::builder().rules(rule).build().map_err(ours)?;
    let call = bucket.s3.put_bucket_encryption().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let answer = call.server_side_encryption_configuration(configuration).send().await;
    answer.map(drop).map_err(Refusal::to(ACTION, words))
}

async fn versioning(bucket: &Bucket) -> Result<bool, Refusal> {
    let call = bucket.s3.get_bucket_versioning().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let words = bucket.words("read the versioning of");
    let answer = call.send().await.map_err(Refusal::to("s3:GetBucketVersioning", words))?;
    Ok(answer.status == Some(BucketVersioningStatus::Enabled))
}

async fn keep_versions(bucket: &Bucket, keep: bool) -> Result<(), Refusal> {
    let status = if keep { BucketVersioningStatus::Enabled } else { BucketVersioningStatus::Suspended };
    let configuration = VersioningConfiguration::builder().status(status).build();
    let call = bucket.s3.put_bucket_versioning().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let answer = call.versioning_configuration(configuration).send().await;
    answer.map(drop).map_err(Refusal::to("s3:PutBucketVersioning", bucket.words("set the versioning of")))
}
