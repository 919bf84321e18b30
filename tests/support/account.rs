//! All that an account holds, as text in which equal accounts are equal: ids, ETags, times and version numbers
//! are left out, and so are versions that are not current.

use aws_sdk_acm::types::{Filters, KeyAlgorithm};
use aws_sdk_cloudfront::types::{CachePolicyType, FunctionStage, ResponseHeadersPolicyType};
use aws_sdk_s3::types::Object;
use sitecast::sandbox::pace::Pace;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use crate::sandbox;

/// What the account in `folder` holds.
pub async fn snapshot(folder: &Path) -> String {
    let running = sandbox::start(folder, Pace::Instant, &[]).await;
    let config = sandbox::config(&running, "us-east-1");
    let mut ids = Ids::default();
    let mut text = buckets(&running).await;
    text += &roles(&aws_sdk_iam::Client::new(&config)).await;
    text += &certificates(&aws_sdk_acm::Client::new(&config), &mut ids).await;
    text += &edge_functions(&aws_sdk_lambda::Client::new(&config), &mut ids).await;
    text += &cloudfront(&aws_sdk_cloudfront::Client::new(&config), &mut ids).await;
    text += &records(&aws_sdk_route53::Client::new(&config)).await;
    running.stop().await;
    ids.replaced(text)
}

/// Ids that AWS gave out, and what stands for each.
#[derive(Default)]
struct Ids(BTreeMap<String, String>);

impl Ids {
    fn note(&mut self, id: &str, stands_for: String) {
        self.0.insert(id.to_owned(), stands_for);
    }

    fn replaced(&self, text: String) -> String {
        self.0.iter().fold(text, |text, (id, name)| text.replace(id, name))
    }
}

async fn buckets(running: &sitecast::sandbox::server::Running) -> String {
    let everywhere = sandbox::s3(running, "us-east-1");
    let mut text = String::new();
    for bucket in everywhere.list_buckets().send().await.unwrap().buckets() {
        let name = bucket.name().unwrap();
        let region = bucket.bucket_region().unwrap().to_owned();
        let client = sandbox::s3(running, Box::leak(region.clone().into_boxed_str()));
        writeln!(text, "bucket {name} in {region}").unwrap();
        text += &settings(&client, name).await;
        text += &objects(&client, name).await;
    }
    text
}

async fn settings(client: &aws_sdk_s3::Client, bucket: &str) -> String {
    let blocked = client.get_public_access_block().bucket(bucket).send().await;
    let versioning = client.get_bucket_versioning().bucket(bucket).send().await.unwrap();
    let policy = client.get_bucket_policy().bucket(bucket).send().await;
    let tags = client.get_bucket_tagging().bucket(bucket).send().await;
    let lifecycle = client.get_bucket_lifecycle_configuration().bucket(bucket).send().await;
    let replication = client.get_bucket_replication().bucket(bucket).send().await;
    format!(
        "  blocked {:?}\n  versioning {:?}\n  policy {:?}\n  tags {:?}\n  lifecycle {:?}\n  replication {:?}\n",
        blocked.ok().and_then(|answer| answer.public_access_block_configuration),
        versioning.status(),
        policy.ok().and_then(|answer| answer.policy),
        tags.ok().map(|answer| answer.tag_set),
        lifecycle.ok().map(|answer| answer.rules),
        replication.ok().and_then(|answer| answer.replication_configuration),
    )
}

async fn objects(client: &aws_sdk_s3::Client, bucket: &str) -> String {
    let mut pages = client.list_objects_v2().bucket(bucket).into_paginator().send();
    let mut text = String::new();
    while let Some(page) = pages.next().await {
        for object in page.unwrap().contents() {
            text += &told(client, bucket, object).await;
        }
    }
    text
}

/// The site's files byte for byte and header for header. What we keep beside them holds ETags and counts
/// releases, so of that only the name is compared.
async fn told(client: &aws_sdk_s3::Client, bucket: &str, object: &Object) -> String {
    let key = object.key().unwrap();
    if !key.starts_with("site/") {
        return format!("  {key}\n");
    }
    let head = client.head_object().bucket(bucket).key(key).send().await.unwrap();
    format!(
        "  {key} {} {:?} {:?}\n",
        object.e_tag().unwrap(),
        head.content_type().unwrap_or_default(),
        head.cache_control().unwrap_or_default()
    )
}

async fn roles(client: &aws_sdk_iam::Client) -> String {
    let roles = client.list_roles().send().await.unwrap();
    roles.roles().iter().map(|role| format!("role {}\n", role.role_name())).collect()
}

/// The functions with what stands for each of their versions; the numbers tell only how often one was published.
async fn edge_functions(client: &aws_sdk_lambda::Client, ids: &mut Ids) -> String {
    let mut text = String::new();
    for function in client.list_functions().send().await.unwrap().functions() {
        let name = function.function_name().unwrap();
        let code = function.code_sha256().unwrap();
        writeln!(text, "edge function {name} {code} {:?} {:?}", function.role(), function.runtime()).unwrap();
        let versions = client.list_versions_by_function().function_name(name).send().await.unwrap();
        for version in versions.versions() {
            let stands_for = format!("<{name} {}>", version.description().unwrap());
            ids.note(version.function_arn().unwrap(), stands_for);
        }
    }
    text
}

async fn cloudfront(client: &aws_sdk_cloudfront::Client, ids: &mut Ids) -> String {
    let mut text = String::new();
    let controls = client.list_origin_access_controls().send().await.unwrap();
    for control in controls.origin_access_control_list().unwrap().items() {
        ids.note(control.id(), format!("<{}>", control.name()));
        writeln!(text, "origin access control {} {}", control.name(), control.description()).unwrap();
    }
    text += &policies(client, ids).await;
    for stage in [FunctionStage::Development, FunctionStage::Live] {
        let functions = client.list_functions().stage(stage.clone()).send().await.unwrap();
        for function in functions.function_list().unwrap().items() {
            writeln!(text, "function {} {stage}", function.name()).unwrap();
        }
    }
    text += &distributions(client, ids).await;
    text
}

async fn certificates(client: &aws_sdk_acm::Client, ids: &mut Ids) -> String {
    let keys = KeyAlgorithm::values().iter().map(|key| KeyAlgorithm::from(*key)).collect();
    let filters = Filters::builder().set_key_types(Some(keys)).build();
    let listed = client.list_certificates().includes(filters).send().await.unwrap();
    let mut text = String::new();
    for summary in listed.certificate_summary_list() {
        let (arn, names) = (summary.certificate_arn().unwrap(), summary.subject_alternative_name_summaries());
        ids.note(arn, format!("<certificate of {}>", names.join(" ")));
        let held = client.list_tags_for_certificate().certificate_arn(arn).send().await.unwrap();
        let mut tags: Vec<_> =
            held.tags().iter().map(|tag| format!("{}={:?}", tag.key(), tag.value())).collect();
        tags.sort();
        let (status, key) = (summary.status().unwrap(), summary.key_algorithm().unwrap());
        writeln!(text, "certificate {names:?} {key} {status} {tags:?}").unwrap();
    }
    text
}

/// What somebody made in the hosted zones; their own records come and go with them.
async fn records(client: &aws_sdk_route53::Client) -> String {
    let mut text = String::new();
    for zone in client.list_hosted_zones().send().await.unwrap().hosted_zones() {
        let listed = client.list_resource_record_sets().hosted_zone_id(zone.id()).send().await.unwrap();
        for record in listed.resource_record_sets() {
            if !["NS", "SOA"].contains(&record.r#type().as_str()) {
                writeln!(text, "record {record:?}").unwrap();
            }
        }
    }
    text
}

async fn policies(client: &aws_sdk_cloudfront::Client, ids: &mut Ids) -> String {
    let mut text = String::new();
    let caching = client.list_cache_policies().r#type(CachePolicyType::Custom).send().await.unwrap();
    for summary in caching.cache_policy_list().unwrap().items() {
        let policy = summary.cache_policy().unwrap();
        let config = policy.cache_policy_config().unwrap();
        ids.note(policy.id(), format!("<{}>", config.name()));
        writeln!(text, "cache policy {config:?}").unwrap();
    }
    let kind = ResponseHeadersPolicyType::Custom;
    let headers = client.list_response_headers_policies().r#type(kind).send().await.unwrap();
    for summary in headers.response_headers_policy_list().unwrap().items() {
        let policy = summary.response_headers_policy().unwrap();
        let config = policy.response_headers_policy_config().unwrap();
        ids.note(policy.id(), format!("<{}>", config.name()));
        writeln!(text, "response headers policy {config:?}").unwrap();
    }
    text
}

async fn distributions(client: &aws_sdk_cloudfront::Client, ids: &mut Ids) -> String {
    let mut text = String::new();
    let listed = client.list_distributions().send().await.unwrap();
    for (number, summary) in listed.distribution_list().unwrap().items().iter().enumerate() {
        ids.note(summary.id(), format!("<distribution {number}>"));
        ids.note(summary.domain_name(), format!("<host of distribution {number}>"));
        let config = client.get_distribution_config().id(summary.id()).send().await.unwrap();
        let mut config = config.distribution_config.unwrap();
        config.caller_reference = String::new();
        let tags = client.list_tags_for_resource().resource(summary.arn()).send().await.unwrap();
        writeln!(text, "distribution {} {config:?} {:?}", summary.status(), tags.tags()).unwrap();
    }
    text
}
