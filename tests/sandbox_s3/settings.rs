//! What is set on a bucket: its policy, its lifecycle, its replication.

use super::sandbox::{code, make_bucket, s3, start};
use super::{REGION, body, put, set_versioning, site};
use aws_sdk_s3::types::*;
use sitecast::sandbox::pace::Pace;

fn policy(bucket: &str, source: &str) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "sitecast", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*"),
            "Condition": {"StringEquals": {"AWS:SourceArn": format!("arn:aws:cloudfront::123456789012:distribution/{source}")}}
        }]
    })
    .to_string()
}

#[tokio::test]
async fn policies_are_checked_before_they_are_taken() {
    let (_folder, _running, client) = site().await;
    let put = |policy: String| client.put_bucket_policy().bucket("site").policy(policy).send();
    assert_eq!(code(client.get_bucket_policy().bucket("site").send().await), "NoSuchBucketPolicy");
    assert_eq!(code(put(policy("other", "E1")).await), "MalformedPolicy");
    assert_eq!(code(put("{}".to_owned()).await), "MalformedPolicy");
    assert_eq!(code(put(policy("site", "*")).await), "AccessDenied");
    assert_eq!(code(put(policy("site", "E1")).await), "OK");
    let taken = client.get_bucket_policy().bucket("site").send().await.unwrap();
    assert_eq!(taken.policy(), Some(policy("site", "E1").as_str()));
    let status = client.get_bucket_policy_status().bucket("site").send().await.unwrap();
    assert_eq!(status.policy_status().unwrap().is_public(), Some(false));
    client.delete_public_access_block().bucket("site").send().await.unwrap();
    assert_eq!(code(put(policy("site", "*")).await), "OK");
}

#[tokio::test]
async fn settings_that_were_never_made_are_absent_with_their_own_codes() {
    let (_folder, _running, client) = site().await;
    let (b, c) = ("site", &client);
    assert_eq!(code(c.get_bucket_tagging().bucket(b).send().await), "NoSuchTagSet");
    assert_eq!(
        code(c.get_bucket_lifecycle_configuration().bucket(b).send().await),
        "NoSuchLifecycleConfiguration"
    );
    assert_eq!(code(c.get_bucket_cors().bucket(b).send().await), "NoSuchCORSConfiguration");
    assert_eq!(
        code(c.get_bucket_replication().bucket(b).send().await),
        "ReplicationConfigurationNotFoundError"
    );
    c.delete_public_access_block().bucket(b).send().await.unwrap();
    c.delete_bucket_ownership_controls().bucket(b).send().await.unwrap();
    let block = c.get_public_access_block().bucket(b).send().await;
    assert_eq!(code(block), "NoSuchPublicAccessBlockConfiguration");
    assert_eq!(
        code(c.get_bucket_ownership_controls().bucket(b).send().await),
        "OwnershipControlsNotFoundError"
    );
}

#[tokio::test]
async fn a_lifecycle_comes_back_as_it_was_put() {
    let (_folder, _running, client) = site().await;
    let expiry = NoncurrentVersionExpiration::builder().noncurrent_days(30).build();
    let rule = LifecycleRule::builder()
        .id("sitecast")
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("").build())
        .noncurrent_version_expiration(expiry)
        .abort_incomplete_multipart_upload(
            AbortIncompleteMultipartUpload::builder().days_after_initiation(7).build(),
        )
        .build()
        .unwrap();
    let lifecycle = BucketLifecycleConfiguration::builder().rules(rule.clone()).build().unwrap();
    let put = client.put_bucket_lifecycle_configuration().bucket("site").lifecycle_configuration(lifecycle);
    assert_eq!(code(put.send().await), "OK");
    let got = client.get_bucket_lifecycle_configuration().bucket("site").send().await.unwrap();
    assert_eq!(got.rules(), [rule]);
}

fn replication(bucket: &str) -> ReplicationConfiguration {
    let rule = ReplicationRule::builder()
        .id("sitecast")
        .priority(1)
        .status(ReplicationRuleStatus::Enabled)
        .filter(ReplicationRuleFilter::builder().prefix("site/").build())
        .delete_marker_replication(
            DeleteMarkerReplication::builder().status(DeleteMarkerReplicationStatus::Disabled).build(),
        )
        .destination(Destination::builder().bucket(format!("arn:aws:s3:::{bucket}")).build().unwrap())
        .build()
        .unwrap();
    ReplicationConfiguration::builder()
        .role("arn:aws:iam::123456789012:role/copy")
        .rules(rule)
        .build()
        .unwrap()
}

#[tokio::test]
async fn replication_needs_versions_on_both_sides_and_copies_what_comes_after_it() {
    let (_folder, running, client) = site().await;
    let backup = s3(&running, "eu-west-2");
    make_bucket(&backup, "backup").await;
    let apply = || {
        client.put_bucket_replication().bucket("site").replication_configuration(replication("backup")).send()
    };
    assert_eq!(code(apply().await), "InvalidRequest");
    set_versioning(&client, "site", BucketVersioningStatus::Enabled).await;
    assert_eq!(code(apply().await), "InvalidRequest");
    set_versioning(&backup, "backup", BucketVersioningStatus::Enabled).await;
    put(&client, "site/before", "before").await;
    assert_eq!(code(apply().await), "OK");
    put(&client, "site/after", "after").await;
    put(&client, "elsewhere", "elsewhere").await;
    assert_eq!(body(&backup, "backup", "site/after").await, "after");
    let copied = backup.list_objects_v2().bucket("backup").send().await.unwrap();
    assert_eq!(copied.key_count(), Some(1));
    assert_eq!(
        set_versioning(&client, "site", BucketVersioningStatus::Suspended).await,
        "InvalidBucketState"
    );
}

#[tokio::test]
async fn a_replica_arrives_at_its_pace() {
    let folder = tempfile::tempdir().unwrap();
    let instant = start(folder.path(), Pace::Instant, &[]).await;
    for (bucket, client) in [("site", s3(&instant, REGION)), ("backup", s3(&instant, "eu-west-2"))] {
        make_bucket(&client, bucket).await;
        set_versioning(&client, bucket, BucketVersioningStatus::Enabled).await;
    }
    let client = s3(&instant, REGION);
    client
        .put_bucket_replication()
        .bucket("site")
        .replication_configuration(replication("backup"))
        .send()
        .await
        .unwrap();
    instant.stop().await;
    let running = start(folder.path(), Pace::Quick, &[]).await;
    let (client, backup) = (s3(&running, REGION), s3(&running, "eu-west-2"));
    while code(backup.list_objects_v2().bucket("backup").send().await) == "NoSuchBucket" {
        tokio::task::yield_now().await;
    }
    put(&client, "site/a", "a").await;
    let pending = client.head_object().bucket("site").key("site/a").send().await.unwrap();
    assert_eq!(pending.replication_status(), Some(&ReplicationStatus::Pending));
    while code(backup.head_object().bucket("backup").key("site/a").send().await) != "OK" {
        tokio::task::yield_now().await;
    }
    let done = client.head_object().bucket("site").key("site/a").send().await.unwrap();
    assert_eq!(done.replication_status(), Some(&ReplicationStatus::Completed));
}
