//! A sandbox to test against, and clients of it.

use aws_credential_types::Credentials;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use aws_smithy_types::retry::RetryConfig;
use aws_types::region::Region;
use aws_types::sdk_config::{SdkConfig, SharedCredentialsProvider};
use sitecast::sandbox::fault::Fault;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::{self, Options, Running};
use std::path::Path;

/// A sandbox on any free port.
pub async fn start(folder: &Path, pace: Pace, faults: &[&str]) -> Running {
    let faults: Vec<Fault> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let folder = folder.to_path_buf();
    server::start(Options { folder, pace, port: 0, faults, dns_port: None }).await.unwrap()
}

/// What an SDK client of the sandbox is configured with.
pub fn config(running: &Running, region: &'static str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .endpoint_url(running.url())
        .region(Region::from_static(region))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "any", "key", None, None, "test",
        )))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

/// An S3 client of the sandbox.
pub fn s3(running: &Running, region: &'static str) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(&config(running, region)).force_path_style(true).build();
    aws_sdk_s3::Client::from_conf(config)
}

/// Makes a bucket where the client is.
pub async fn make_bucket(client: &aws_sdk_s3::Client, name: &str) {
    let region = client.config().region().unwrap().as_ref().to_owned();
    let constraint = (region != "us-east-1").then(|| {
        let constraint = BucketLocationConstraint::from(region.as_str());
        CreateBucketConfiguration::builder().location_constraint(constraint).build()
    });
    client.create_bucket().bucket(name).set_create_bucket_configuration(constraint).send().await.unwrap();
}

/// AWS's error code of an answer, `OK` if it was none, `NO ANSWER` if there was no answer at all.
pub fn code<T, E: ProvideErrorMetadata, R>(answer: Result<T, SdkError<E, R>>) -> String {
    match answer {
        Ok(_) => "OK".to_owned(),
        Err(SdkError::ServiceError(error)) => error.err().code().unwrap_or("WITHOUT CODE").to_owned(),
        Err(_) => "NO ANSWER".to_owned(),
    }
}
