//! The sandbox's endpoint: who may call, faults, and the log of calls.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod sandbox;

use sandbox::{code, config, make_bucket, s3, start};
use sitecast::sandbox::pace::Pace;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn the_caller_is_the_one_account() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Instant, &[]).await;
    let sts = aws_sdk_sts::Client::new(&config(&running, "eu-west-3"));
    let identity = sts.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.account(), Some("123456789012"));
    running.stop().await;
    assert_eq!(code(sts.get_caller_identity().send().await), "NO ANSWER");
}

#[tokio::test]
async fn global_services_are_signed_for_one_region() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Instant, &[]).await;
    let wrong = aws_sdk_cloudfront::config::Builder::from(&config(&running, "eu-west-1"))
        .endpoint_url(running.url())
        .region(aws_types::region::Region::from_static("eu-west-1"))
        .build();
    let cloudfront = aws_sdk_cloudfront::Client::from_conf(wrong);
    assert_eq!(code(cloudfront.list_distributions().send().await), "SignatureDoesNotMatch");
}

#[tokio::test]
async fn a_throttled_call_is_tried_again_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Instant, &["op=CreateBucket nth=1 throttle"]).await;
    make_bucket(&s3(&running, "us-east-1"), "some-bucket").await;
    let calls = running.calls();
    let names: Vec<_> = calls.iter().map(|call| (call.n, call.operation.as_str(), call.mutating)).collect();
    assert_eq!(names, [(1, "CreateBucket", true), (2, "CreateBucket", true)]);
    assert!(calls.iter().all(|call| call.service == "s3" && call.ended_ms >= Some(call.started_ms)));
}

#[tokio::test]
async fn a_lost_answer_is_lost_after_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Instant, &["op=CreateBucket nth=1 drop"]).await;
    let client = s3(&running, "eu-west-1");
    let constraint = aws_sdk_s3::types::BucketLocationConstraint::EuWest1;
    let configuration =
        aws_sdk_s3::types::CreateBucketConfiguration::builder().location_constraint(constraint).build();
    let made =
        client.create_bucket().bucket("some-bucket").create_bucket_configuration(configuration).send().await;
    // The SDK's second attempt finds what the first one made.
    assert_eq!(code(made), "BucketAlreadyOwnedByYou");
    assert_eq!(running.calls().len(), 2);
}

#[tokio::test]
async fn an_outage_takes_one_region() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Instant, &["s3-region=eu-west-1 outage"]).await;
    assert_eq!(code(s3(&running, "eu-west-1").list_buckets().send().await), "ServiceUnavailable");
    assert_eq!(code(s3(&running, "us-east-1").list_buckets().send().await), "OK");
    running.set_faults(Vec::new());
    assert_eq!(code(s3(&running, "eu-west-1").list_buckets().send().await), "OK");
}

#[tokio::test]
async fn answers_can_be_delayed_and_withheld() {
    let folder = tempfile::tempdir().unwrap();
    let running =
        start(folder.path(), Pace::Instant, &["call=1 late=50", "call=2 delay=50", "call=3 hang"]).await;
    let client = s3(&running, "us-east-1");
    for _ in 0..2 {
        let begin = Instant::now();
        client.list_buckets().send().await.unwrap();
        assert!(begin.elapsed() >= Duration::from_millis(50));
    }
    let hanging = tokio::time::timeout(Duration::from_millis(200), client.list_buckets().send()).await;
    assert!(hanging.is_err());
}

#[tokio::test]
async fn a_fault_may_name_any_code() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Instant, &["service=sts fail=ExpiredToken status=403"]).await;
    let sts = aws_sdk_sts::Client::new(&config(&running, "us-east-1"));
    assert_eq!(code(sts.get_caller_identity().send().await), "ExpiredToken");
}

async fn raw(url: &str, request: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn unsigned_requests_are_refused_in_their_protocol() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Instant, &[]).await;
    let end = "Host: sandbox\r\nConnection: close\r\nContent-Length: 0";
    let s3 = raw(&running.url(), &format!("GET /some-bucket HTTP/1.1\r\n{end}\r\n\r\n")).await;
    assert!(s3.starts_with("HTTP/1.1 403") && s3.contains("<Code>AccessDenied</Code>"), "{s3}");
    let form = "Content-Type: application/x-www-form-urlencoded";
    let query = raw(&running.url(), &format!("POST / HTTP/1.1\r\n{end}\r\n{form}\r\n\r\n")).await;
    assert!(query.contains("<ErrorResponse>") && query.contains("MissingAuthenticationToken"), "{query}");
    let json = "Content-Type: application/x-amz-json-1.1";
    let json = raw(&running.url(), &format!("POST / HTTP/1.1\r\n{end}\r\n{json}\r\n\r\n")).await;
    assert!(json.contains(r#""__type":"MissingAuthenticationToken""#), "{json}");
    assert!(running.calls().is_empty());
}
