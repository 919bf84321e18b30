//! The sandbox's S3, asked through the real SDK.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod sandbox;
#[path = "sandbox_s3/settings.rs"]
mod settings;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::*;
use sandbox::{code, config, make_bucket, s3, start};
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::Running;
use tempfile::TempDir;

const REGION: &str = "eu-west-1";

/// A sandbox with one bucket, `site`, in eu-west-1.
async fn site() -> (TempDir, Running, Client) {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Instant, &[]).await;
    let client = s3(&running, REGION);
    make_bucket(&client, "site").await;
    (folder, running, client)
}

async fn put(client: &Client, key: &str, body: &str) -> Option<String> {
    let body = ByteStream::from(body.as_bytes().to_vec());
    let answer = client.put_object().bucket("site").key(key).body(body).send().await.unwrap();
    answer.version_id().map(str::to_owned)
}

async fn body(client: &Client, bucket: &str, key: &str) -> String {
    let answer = client.get_object().bucket(bucket).key(key).send().await.unwrap();
    String::from_utf8(answer.body.collect().await.unwrap().to_vec()).unwrap()
}

async fn set_versioning(client: &Client, bucket: &str, status: BucketVersioningStatus) -> String {
    let configuration = VersioningConfiguration::builder().status(status).build();
    code(client.put_bucket_versioning().bucket(bucket).versioning_configuration(configuration).send().await)
}

async fn create(client: &Client, name: &str, constraint: Option<&str>) -> String {
    let configuration = constraint.map(|region| {
        CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(region))
            .build()
    });
    code(client.create_bucket().bucket(name).set_create_bucket_configuration(configuration).send().await)
}

#[tokio::test]
async fn buckets_are_made_where_and_as_aws_makes_them() {
    let (_folder, running, west) = site().await;
    let east = s3(&running, "us-east-1");
    for (client, name, constraint, expected) in [
        (&west, "site", Some(REGION), "BucketAlreadyOwnedByYou"),
        (&west, "other", None, "IllegalLocationConstraintException"),
        (&west, "other", Some("eu-west-2"), "IllegalLocationConstraintException"),
        (&west, "other", Some("nowhere-1"), "InvalidLocationConstraint"),
        (&east, "other", Some("us-east-1"), "InvalidLocationConstraint"),
        (&east, "other", None, "OK"),
        (&east, "other", None, "OK"),
        (&east, "foreign-taken-name", None, "BucketAlreadyExists"),
        (&east, "sthree-name", None, "InvalidBucketName"),
        (&east, "name-an", None, "InvalidBucketName"),
    ] {
        assert_eq!(create(client, name, constraint).await, expected, "{name} {constraint:?}");
    }
}

#[tokio::test]
async fn a_bucket_may_lie_in_the_accounts_own_namespace() {
    let (_folder, _running, client) = site().await;
    let constraint = BucketLocationConstraint::EuWest1;
    let namespaced = |name: &str| {
        let configuration =
            CreateBucketConfiguration::builder().location_constraint(constraint.clone()).build();
        client
            .create_bucket()
            .bucket(name)
            .bucket_namespace(BucketNamespace::AccountRegional)
            .create_bucket_configuration(configuration)
            .send()
    };
    assert_eq!(code(namespaced("site-123456789012-eu-west-1-an").await), "OK");
    assert_eq!(code(namespaced("site-999999999999-eu-west-1-an").await), "InvalidBucketName");
}

#[tokio::test]
async fn tags_are_set_at_creation_and_replaced_as_a_whole() {
    let (_folder, running, client) = site().await;
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build().unwrap();
    let configuration = CreateBucketConfiguration::builder()
        .location_constraint(BucketLocationConstraint::EuWest1)
        .tags(tag("sitecast:site", "acme"))
        .build();
    client.create_bucket().bucket("tagged").create_bucket_configuration(configuration).send().await.unwrap();
    let tagging = aws_sdk_resourcegroupstagging::Client::new(&config(&running, REGION));
    let filter = aws_sdk_resourcegroupstagging::types::TagFilter::builder()
        .key("sitecast:site")
        .values("acme")
        .build();
    let found = tagging.get_resources().tag_filters(filter).resource_type_filters("s3").send().await.unwrap();
    let arns: Vec<_> =
        found.resource_tag_mapping_list().iter().filter_map(|found| found.resource_arn()).collect();
    assert_eq!(arns, ["arn:aws:s3:::tagged"]);
    let replacement = Tagging::builder().tag_set(tag("only", "this")).build().unwrap();
    client.put_bucket_tagging().bucket("tagged").tagging(replacement).send().await.unwrap();
    let tags = client.get_bucket_tagging().bucket("tagged").send().await.unwrap();
    assert_eq!(tags.tag_set(), [tag("only", "this")]);
    client.delete_bucket_tagging().bucket("tagged").send().await.unwrap();
    let told = tagging.get_resources().send().await.unwrap();
    let told: Vec<_> = told
        .resource_tag_mapping_list()
        .iter()
        .map(|found| (found.resource_arn(), found.tags().len()))
        .collect();
    assert_eq!(told, [(Some("arn:aws:s3:::tagged"), 0)]);
}

#[tokio::test]
async fn a_bucket_is_reached_in_its_region_by_its_owner() {
    let (_folder, running, client) = site().await;
    let (east, other) = (s3(&running, "us-east-1"), s3(&running, "eu-west-2"));
    let head = client.head_bucket().bucket("site").send().await.unwrap();
    assert_eq!(head.bucket_region(), Some(REGION));
    let location = client.get_bucket_location().bucket("site").send().await.unwrap();
    assert_eq!(location.location_constraint(), Some(&BucketLocationConstraint::EuWest1));
    assert_eq!(code(east.list_objects_v2().bucket("site").send().await), "AuthorizationHeaderMalformed");
    assert_eq!(code(other.list_objects_v2().bucket("site").send().await), "PermanentRedirect");
    let stranger = client.list_objects_v2().bucket("site").expected_bucket_owner("111111111111").send();
    assert_eq!(code(stranger.await), "AccessDenied");
    assert_eq!(code(east.list_objects_v2().bucket("foreign-taken-x").send().await), "AccessDenied");
    assert_eq!(code(client.list_objects_v2().bucket("nowhere").send().await), "NoSuchBucket");
    assert_eq!(code(client.head_bucket().bucket("nowhere").send().await), "NotFound");
}

#[tokio::test]
async fn a_new_bucket_takes_a_while_to_be_seen() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Quick, &[]).await;
    let client = s3(&running, REGION);
    make_bucket(&client, "site").await;
    assert_eq!(code(client.list_objects_v2().bucket("site").send().await), "NoSuchBucket");
    while code(client.list_objects_v2().bucket("site").send().await) != "OK" {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_object_comes_back_as_it_was_put() {
    let (_folder, _running, client) = site().await;
    let written = client
        .put_object()
        .bucket("site")
        .key("deep/ü b+c.html")
        .body(ByteStream::from_static(b"<p>hello</p>"))
        .content_type("text/html")
        .cache_control("max-age=60")
        .metadata("hash", "abc")
        .send()
        .await
        .unwrap();
    assert!(written.checksum_crc32().or(written.checksum_crc64_nvme()).is_some());
    let read = client.get_object().bucket("site").key("deep/ü b+c.html").send().await.unwrap();
    assert_eq!(read.content_type(), Some("text/html"));
    assert_eq!(read.cache_control(), Some("max-age=60"));
    assert_eq!(read.metadata().unwrap().get("hash").map(String::as_str), Some("abc"));
    assert_eq!(read.e_tag(), written.e_tag());
    assert_eq!(read.body.collect().await.unwrap().to_vec(), b"<p>hello</p>");
    let part =
        client.get_object().bucket("site").key("deep/ü b+c.html").range("bytes=3-7").send().await.unwrap();
    assert_eq!(part.content_range(), Some("bytes 3-7/12"));
    assert_eq!(part.body.collect().await.unwrap().to_vec(), b"hello");
}

#[tokio::test]
async fn a_wrong_checksum_is_refused() {
    let (_folder, _running, client) = site().await;
    let put = || client.put_object().bucket("site").key("a").body(ByteStream::from_static(b"a"));
    assert_eq!(code(put().content_md5("AAAAAAAAAAAAAAAAAAAAAA==").send().await), "BadDigest");
    assert_eq!(code(put().checksum_sha256("AAAA").send().await), "BadDigest");
    assert_eq!(code(client.head_object().bucket("site").key("a").send().await), "NotFound");
}

#[tokio::test]
async fn conditions_decide_writes_and_reads() {
    let (_folder, _running, client) = site().await;
    let put = |body: &'static str| {
        client.put_object().bucket("site").key("a").body(ByteStream::from_static(body.as_bytes()))
    };
    let etag = put("1").if_none_match("*").send().await.unwrap().e_tag().unwrap().to_owned();
    assert_eq!(code(put("2").if_none_match("*").send().await), "PreconditionFailed");
    assert_eq!(code(put("2").if_match("\"other\"").send().await), "PreconditionFailed");
    assert_eq!(body(&client, "site", "a").await, "1");
    let unchanged = client.get_object().bucket("site").key("a").if_none_match(&etag).send().await;
    assert_eq!(unchanged.unwrap_err().raw_response().unwrap().status().as_u16(), 304);
    assert_eq!(code(put("2").if_match(&etag).send().await), "OK");
    assert_eq!(body(&client, "site", "a").await, "2");
}

#[tokio::test]
async fn only_one_of_many_creators_wins() {
    let (_folder, _running, client) = site().await;
    for marker in 0..20 {
        let creators = (0..16).map(|n| {
            let put = client.put_object().bucket("site").key(format!("marker-{marker}"));
            put.if_none_match("*").body(ByteStream::from(vec![n])).send()
        });
        let codes: Vec<_> = futures::future::join_all(creators).await.into_iter().map(code).collect();
        assert_eq!(codes.iter().filter(|code| *code == "OK").count(), 1, "{codes:?}");
    }
}

#[tokio::test]
async fn listings_come_in_pages() {
    let (_folder, _running, client) = site().await;
    for key in ["a/1", "a/2", "b", "c/1", "c/2", "d"] {
        put(&client, key, key).await;
    }
    let mut pages =
        client.list_objects_v2().bucket("site").delimiter("/").max_keys(2).into_paginator().send();
    let mut seen = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        seen.extend(page.common_prefixes().iter().filter_map(|prefix| prefix.prefix()).map(str::to_owned));
        seen.extend(page.contents().iter().filter_map(|object| object.key()).map(str::to_owned));
    }
    assert_eq!(seen, ["a/", "b", "c/", "d"]);
    let below = client.list_objects_v2().bucket("site").prefix("c/").send().await.unwrap();
    assert_eq!(below.key_count(), Some(2));
}

#[tokio::test]
async fn versions_outlive_deletion_until_they_are_deleted_themselves() {
    let (_folder, _running, client) = site().await;
    put(&client, "old", "before versioning").await;
    assert_eq!(set_versioning(&client, "site", BucketVersioningStatus::Enabled).await, "OK");
    let first = put(&client, "a", "1").await.unwrap();
    put(&client, "a", "2").await;
    let marker = client.delete_object().bucket("site").key("a").send().await.unwrap();
    assert_eq!(marker.delete_marker(), Some(true));
    assert_eq!(code(client.get_object().bucket("site").key("a").send().await), "NoSuchKey");
    let earlier = client.get_object().bucket("site").key("a").version_id(first).send().await.unwrap();
    assert_eq!(earlier.body.collect().await.unwrap().to_vec(), b"1");
    assert_eq!(code(client.delete_bucket().bucket("site").send().await), "BucketNotEmpty");
    assert_eq!(empty(&client, "site", 2).await, 4);
    assert_eq!(code(client.delete_bucket().bucket("site").send().await), "OK");
    assert_eq!(code(client.list_objects_v2().bucket("site").send().await), "NoSuchBucket");
}

/// Deletes every version and marker, page by page, and says how many there were.
async fn empty(client: &Client, bucket: &str, page_size: i32) -> usize {
    let mut count = 0;
    loop {
        let page = client.list_object_versions().bucket(bucket).max_keys(page_size).send().await.unwrap();
        let versions = page.versions().iter().map(|version| (version.key(), version.version_id()));
        let markers = page.delete_markers().iter().map(|marker| (marker.key(), marker.version_id()));
        let objects: Vec<_> = versions
            .chain(markers)
            .map(|(key, id)| {
                ObjectIdentifier::builder()
                    .key(key.unwrap())
                    .set_version_id(id.map(str::to_owned))
                    .build()
                    .unwrap()
            })
            .collect();
        if objects.is_empty() {
            return count;
        }
        count += objects.len();
        let batch = Delete::builder().set_objects(Some(objects)).build().unwrap();
        client.delete_objects().bucket(bucket).delete(batch).send().await.unwrap();
    }
}

#[tokio::test]
async fn a_large_object_comes_in_parts() {
    let (_folder, _running, client) = site().await;
    let upload = client.create_multipart_upload().bucket("site").key("big").send().await.unwrap();
    let id = upload.upload_id().unwrap();
    let bodies = [vec![1u8; 5 * 1024 * 1024], vec![2u8; 10]];
    let mut parts = Vec::new();
    for (number, body) in (1..).zip(&bodies) {
        let part = client.upload_part().bucket("site").key("big").upload_id(id).part_number(number);
        let part = part.body(ByteStream::from(body.clone())).send().await.unwrap();
        parts.push(CompletedPart::builder().part_number(number).e_tag(part.e_tag().unwrap()).build());
    }
    let unfinished = client.list_multipart_uploads().bucket("site").send().await.unwrap();
    assert_eq!(unfinished.uploads().len(), 1);
    let reversed =
        CompletedMultipartUpload::builder().set_parts(Some(parts.iter().rev().cloned().collect())).build();
    let complete = || client.complete_multipart_upload().bucket("site").key("big").upload_id(id);
    assert_eq!(code(complete().multipart_upload(reversed).send().await), "InvalidPartOrder");
    let whole = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let done = complete().multipart_upload(whole).send().await.unwrap();
    assert!(done.e_tag().unwrap().ends_with("-2\""));
    let read = client.get_object().bucket("site").key("big").send().await.unwrap();
    assert_eq!(read.body.collect().await.unwrap().to_vec(), bodies.concat());
    assert!(client.list_multipart_uploads().bucket("site").send().await.unwrap().uploads().is_empty());
}

#[tokio::test]
async fn a_part_may_be_copied_from_an_object() {
    let (_folder, _running, client) = site().await;
    put(&client, "source", "0123456789").await;
    let upload = client.create_multipart_upload().bucket("site").key("joined").send().await.unwrap();
    let id = upload.upload_id().unwrap();
    let copy = |number: i32, range: &str| {
        let call = client.upload_part_copy().bucket("site").key("joined").upload_id(id).part_number(number);
        call.copy_source("site/source").copy_source_range(range)
    };
    for wrong in ["bytes=0-10", "bytes=5-2", "0-3"] {
        assert_eq!(code(copy(1, wrong).send().await), "InvalidArgument", "{wrong}");
    }
    assert_eq!(code(copy(0, "bytes=0-3").send().await), "InvalidArgument");
    assert_eq!(code(copy(1, "bytes=0-3").copy_source_if_match("other").send().await), "PreconditionFailed");
    let copied = copy(1, "bytes=2-4").send().await.unwrap();
    let etag = copied.copy_part_result().unwrap().e_tag().unwrap();
    let part = CompletedPart::builder().part_number(1).e_tag(etag).build();
    let whole = CompletedMultipartUpload::builder().parts(part).build();
    let complete = client.complete_multipart_upload().bucket("site").key("joined").upload_id(id);
    complete.multipart_upload(whole).send().await.unwrap();
    assert_eq!(body(&client, "site", "joined").await, "234");
}

#[tokio::test]
async fn a_copy_keeps_or_replaces_what_is_said_about_it() {
    let (_folder, _running, client) = site().await;
    let original = client.put_object().bucket("site").key("a").body(ByteStream::from_static(b"a"));
    original.content_type("text/plain").send().await.unwrap();
    let copy = |to: &str| client.copy_object().bucket("site").key(to).copy_source("site/a");
    copy("b").send().await.unwrap();
    let kept = client.head_object().bucket("site").key("b").send().await.unwrap();
    assert_eq!(kept.content_type(), Some("text/plain"));
    assert_eq!(code(copy("a").send().await), "InvalidRequest");
    let replaced = copy("a").metadata_directive(MetadataDirective::Replace).content_type("text/html");
    assert_eq!(code(replaced.send().await), "OK");
    let head = client.head_object().bucket("site").key("a").send().await.unwrap();
    assert_eq!(head.content_type(), Some("text/html"));
}

#[tokio::test]
async fn two_sandboxes_share_one_folder() {
    let (folder, _running, one) = site().await;
    let second = start(folder.path(), Pace::Instant, &[]).await;
    let other = s3(&second, REGION);
    let keys: Vec<String> = (0..40).map(|n| format!("key-{n:02}")).collect();
    let writers =
        keys.iter().enumerate().map(|(n, key)| put(if n % 2 == 0 { &one } else { &other }, key, key));
    futures::future::join_all(writers).await;
    for client in [&one, &other] {
        let listed = client.list_objects_v2().bucket("site").send().await.unwrap();
        let listed: Vec<_> = listed.contents().iter().filter_map(|object| object.key()).collect();
        assert_eq!(listed, keys);
    }
    assert_eq!(body(&other, "site", "key-00").await, "key-00");
}

#[tokio::test]
async fn what_is_gone_is_forgotten_while_others_look_on() {
    let (folder, _running, one) = site().await;
    let second = start(folder.path(), Pace::Instant, &[]).await;
    let other = s3(&second, REGION);
    set_versioning(&one, "site", BucketVersioningStatus::Enabled).await;
    assert!(body_after(&one, &other, "before").await, "both have the bucket in memory");
    let identifier = |n: usize| ObjectIdentifier::builder().key(format!("gone-{n}")).build().unwrap();
    let markers = Delete::builder().set_objects(Some((0..1_000).map(identifier).collect())).build().unwrap();
    one.delete_objects().bucket("site").delete(markers).send().await.unwrap();
    assert_eq!(empty(&one, "site", 1_000).await, 1_001);
    let logs = || {
        let bucket = std::fs::read_dir(folder.path().join("s3/site")).unwrap().flatten();
        let contents = bucket.filter(|entry| entry.path().is_dir()).map(|entry| entry.path());
        contents
            .map(|contents| std::fs::metadata(contents.join("objects-1.log")).unwrap().len())
            .collect::<Vec<_>>()
    };
    assert!(logs().iter().all(|bytes| *bytes < 1_000), "the log was written anew, with little left to tell");
    assert!(body_after(&other, &one, "after").await, "the other one goes on with the new log");
    let listed = other.list_object_versions().bucket("site").send().await.unwrap();
    assert_eq!(listed.versions().len() + listed.delete_markers().len(), 1);
}

/// Whether one client sees what another one puts.
async fn body_after(writer: &Client, reader: &Client, key: &str) -> bool {
    put(writer, key, key).await;
    body(reader, "site", key).await == key
}

#[tokio::test]
async fn a_bucket_made_anew_holds_nothing_of_the_old_one() {
    let (_folder, _running, client) = site().await;
    put(&client, "a", "old").await;
    client.delete_object().bucket("site").key("a").send().await.unwrap();
    client.delete_bucket().bucket("site").send().await.unwrap();
    make_bucket(&client, "site").await;
    assert_eq!(code(client.get_object().bucket("site").key("a").send().await), "NoSuchKey");
    put(&client, "b", "new").await;
    assert_eq!(body(&client, "site", "b").await, "new");
}

#[tokio::test]
async fn settings_written_at_once_collide() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Quick, &[]).await;
    let client = s3(&running, REGION);
    make_bucket(&client, "site").await;
    while code(client.list_objects_v2().bucket("site").send().await) != "OK" {
        tokio::task::yield_now().await;
    }
    let once = aws_smithy_types::retry::RetryConfig::disabled();
    let once = aws_sdk_s3::config::Config::builder().retry_config(once);
    let remove =
        || client.delete_bucket_cors().bucket("site").customize().config_override(once.clone()).send();
    let codes: Vec<_> =
        futures::future::join_all((0..8).map(|_| remove())).await.into_iter().map(code).collect();
    assert!(codes.iter().any(|code| code == "OK"), "{codes:?}");
    assert!(codes.iter().any(|code| code == "OperationAborted"), "{codes:?}");
}

#[tokio::test]
async fn an_object_takes_ten_tags_by_either_way() {
    let (_folder, _running, client) = site().await;
    let put = |tags: usize| {
        let header: Vec<String> = (0..tags).map(|n| format!("k{n}=v")).collect();
        client.put_object().bucket("site").key("k").tagging(header.join("&")).send()
    };
    assert_eq!(code(put(10).await), "OK");
    assert_eq!(code(put(11).await), "BadRequest");
    let tag = |n: usize| Tag::builder().key(format!("k{n}")).value("v").build().unwrap();
    let eleven = Tagging::builder().set_tag_set(Some((0..11).map(tag).collect())).build().unwrap();
    let later = client.put_object_tagging().bucket("site").key("k").tagging(eleven);
    assert_eq!(code(later.send().await), "BadRequest");
}

#[tokio::test]
async fn acls_are_refused_where_the_owner_is_enforced() {
    let (_folder, _running, client) = site().await;
    let put =
        |acl| client.put_object().bucket("site").key("a").acl(acl).body(ByteStream::from_static(b"a")).send();
    assert_eq!(code(put(ObjectCannedAcl::PublicRead).await), "AccessControlListNotSupported");
    assert_eq!(code(put(ObjectCannedAcl::BucketOwnerFullControl).await), "OK");
}
