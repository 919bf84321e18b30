//! CloudFront and IAM in the sandbox, through the real SDK: it must parse every answer and see every refusal.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod iam;
mod sandbox;

use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::primitives::Blob;
use aws_sdk_cloudfront::types::{
    AllowedMethods, CachePolicyConfig, CachePolicyType, CachedMethods, CustomErrorResponse,
    CustomErrorResponses, DefaultCacheBehavior, DistributionConfig, DistributionConfigWithTags,
    FunctionAssociation, FunctionAssociations, FunctionConfig, FunctionRuntime, FunctionStage,
    InvalidationBatch, MonitoringSubscription, Origin, OriginAccessControlConfig,
    OriginAccessControlOriginTypes, OriginAccessControlSigningBehaviors, OriginAccessControlSigningProtocols,
    OriginGroup, OriginGroupFailoverCriteria, OriginGroupMember, OriginGroupMembers, OriginGroups,
    OriginRequestPolicyType, Origins, Paths, RealtimeMetricsSubscriptionConfig,
    RealtimeMetricsSubscriptionStatus, ResponseHeadersPolicyConfig, ResponseHeadersPolicyCustomHeader,
    ResponseHeadersPolicyCustomHeadersConfig, ResponseHeadersPolicyType, S3OriginConfig, StatusCodes, Tag,
    TagKeys, Tags, ViewerProtocolPolicy,
};
use sandbox::{code, config, make_bucket, s3, start};
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::Running;

const OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const SECURITY: &str = "67f7725c-6f97-4210-82d7-5512b31e9d03";

struct Scene {
    _running: Running,
    client: Client,
    access_control: String,
    _folder: tempfile::TempDir,
}

/// A sandbox with two buckets and an origin access control.
async fn scene() -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Instant, &[]).await;
    make_bucket(&s3(&running, "eu-west-1"), "first").await;
    make_bucket(&s3(&running, "eu-central-1"), "second").await;
    let client = Client::new(&config(&running, "us-east-1"));
    let created =
        client.create_origin_access_control().origin_access_control_config(access_control("sitecast_acme"));
    let created = created.send().await.unwrap();
    let access_control = created.origin_access_control().unwrap().id().to_owned();
    Scene { _running: running, client, access_control, _folder: folder }
}

fn access_control(name: &str) -> OriginAccessControlConfig {
    OriginAccessControlConfig::builder()
        .name(name)
        .signing_protocol(OriginAccessControlSigningProtocols::Sigv4)
        .signing_behavior(OriginAccessControlSigningBehaviors::Always)
        .origin_access_control_origin_type(OriginAccessControlOriginTypes::S3)
        .build()
        .unwrap()
}

fn origin(id: &str, region: &str, access_control: &str) -> Origin {
    Origin::builder()
        .id(id)
        .domain_name(format!("{id}.s3.{region}.amazonaws.com"))
        .s3_origin_config(S3OriginConfig::builder().origin_access_identity("").build())
        .origin_access_control_id(access_control)
        .build()
        .unwrap()
}

fn group() -> OriginGroups {
    let codes = StatusCodes::builder().quantity(2).items(500).items(503).build().unwrap();
    let member = |id: &str| OriginGroupMember::builder().origin_id(id).build().unwrap();
    let members = OriginGroupMembers::builder().quantity(2).items(member("first")).items(member("second"));
    let group = OriginGroup::builder()
        .id("both")
        .failover_criteria(OriginGroupFailoverCriteria::builder().status_codes(codes).build())
        .members(members.build().unwrap())
        .build()
        .unwrap();
    OriginGroups::builder().quantity(1).items(group).build().unwrap()
}

fn site(scene: &Scene, reference: &str) -> DistributionConfig {
    let origins = Origins::builder()
        .quantity(2)
        .items(origin("first", "eu-west-1", &scene.access_control))
        .items(origin("second", "eu-central-1", &scene.access_control));
    let behaviour = DefaultCacheBehavior::builder()
        .target_origin_id("both")
        .viewer_protocol_policy(ViewerProtocolPolicy::RedirectToHttps)
        .cache_policy_id(OPTIMIZED)
        .response_headers_policy_id(SECURITY)
        .build()
        .unwrap();
    let page =
        CustomErrorResponse::builder().error_code(404).response_page_path("/404.html").response_code("404");
    let pages = CustomErrorResponses::builder().quantity(1).items(page.build().unwrap()).build().unwrap();
    DistributionConfig::builder()
        .caller_reference(reference)
        .comment("a site & its <pages>")
        .enabled(true)
        .origins(origins.build().unwrap())
        .origin_groups(group())
        .default_cache_behavior(behaviour)
        .custom_error_responses(pages)
        .default_root_object("index.html")
        .build()
        .unwrap()
}

/// The id and version of a new distribution.
async fn create(scene: &Scene, reference: &str) -> (String, String) {
    let created =
        scene.client.create_distribution().distribution_config(site(scene, reference)).send().await.unwrap();
    (created.distribution().unwrap().id().to_owned(), created.e_tag().unwrap().to_owned())
}

async fn disable_and_delete(scene: &Scene, id: &str) {
    let read = scene.client.get_distribution_config().id(id).send().await.unwrap();
    let mut config = read.distribution_config().unwrap().clone();
    config.enabled = false;
    let update =
        scene.client.update_distribution().id(id).if_match(read.e_tag().unwrap()).distribution_config(config);
    let updated = update.send().await.unwrap();
    scene.client.delete_distribution().id(id).if_match(updated.e_tag().unwrap()).send().await.unwrap();
}

#[tokio::test]
async fn a_distribution_is_created_read_changed_and_deleted() {
    let scene = scene().await;
    let (id, etag) = create(&scene, "one").await;
    let read = scene.client.get_distribution().id(&id).send().await.unwrap();
    let distribution = read.distribution().unwrap();
    assert_eq!((read.e_tag(), distribution.status()), (Some(etag.as_str()), "Deployed"));
    let config = distribution.distribution_config().unwrap();
    assert_eq!(config.comment(), "a site & its <pages>");
    assert_eq!(config.http_version().unwrap().as_str(), "http2", "defaults are filled in");
    assert_eq!(config.viewer_certificate().unwrap().minimum_protocol_version().unwrap().as_str(), "TLSv1");
    let listed = scene.client.list_distributions().send().await.unwrap();
    let summary = &listed.distribution_list().unwrap().items()[0];
    assert_eq!((summary.id(), summary.origin_groups().unwrap().quantity()), (id.as_str(), 1));
    let delete = scene.client.delete_distribution().id(&id).if_match(&etag).send().await;
    assert_eq!(code(delete), "DistributionNotDisabled");
    disable_and_delete(&scene, &id).await;
    assert_eq!(code(scene.client.get_distribution().id(&id).send().await), "NoSuchDistribution");
    let again = scene.client.create_distribution().distribution_config(site(&scene, "one")).send().await;
    assert_eq!(code(again), "DistributionAlreadyExists");
}

#[tokio::test]
async fn a_change_needs_the_newest_version_and_every_field() {
    let scene = scene().await;
    let (id, etag) = create(&scene, "one").await;
    let read = scene.client.get_distribution_config().id(&id).send().await.unwrap();
    let whole = read.distribution_config().unwrap().clone();
    let update = || scene.client.update_distribution().id(&id);
    let bare = update().if_match(&etag).distribution_config(site(&scene, "one")).send().await;
    assert_eq!(code(bare), "IllegalUpdate");
    assert_eq!(code(update().distribution_config(whole.clone()).send().await), "InvalidIfMatchVersion");
    let stale = update().if_match("ESTALE").distribution_config(whole.clone()).send().await;
    assert_eq!(code(stale), "PreconditionFailed");
    let mut other = whole.clone();
    other.caller_reference = "two".to_owned();
    assert_eq!(code(update().if_match(&etag).distribution_config(other).send().await), "IllegalUpdate");
    let updated = update().if_match(&etag).distribution_config(whole).send().await.unwrap();
    assert_ne!(updated.e_tag(), Some(etag.as_str()));
}

#[tokio::test]
async fn what_aws_refuses_is_refused() {
    let scene = scene().await;
    let refused = async |change: fn(&mut DistributionConfig)| {
        let mut config = site(&scene, "wrong");
        change(&mut config);
        code(scene.client.create_distribution().distribution_config(config).send().await)
    };
    let writes = |config: &mut DistributionConfig| {
        let all = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"].map(Into::into).to_vec();
        let cached = ["GET", "HEAD"].map(Into::into).to_vec();
        let cached = CachedMethods::builder().quantity(2).set_items(Some(cached)).build().unwrap();
        let allowed = AllowedMethods::builder().quantity(7).set_items(Some(all)).cached_methods(cached);
        let behaviour = config.default_cache_behavior.as_mut().unwrap();
        behaviour.allowed_methods = Some(allowed.build().unwrap());
    };
    assert_eq!(refused(writes).await, "InvalidArgument");
    let nowhere = |config: &mut DistributionConfig| {
        config.default_cache_behavior.as_mut().unwrap().target_origin_id = "third".to_owned();
    };
    assert_eq!(refused(nowhere).await, "NoSuchOrigin");
    let lacking = |config: &mut DistributionConfig| {
        config.origins.as_mut().unwrap().items[0].domain_name =
            "lacking.s3.eu-west-1.amazonaws.com".to_owned();
    };
    assert_eq!(refused(lacking).await, "InvalidArgument");
    let miscounted = |config: &mut DistributionConfig| config.origins.as_mut().unwrap().quantity = 3;
    assert_eq!(refused(miscounted).await, "InconsistentQuantities");
    let unknown = |config: &mut DistributionConfig| config.http_version = Some("http4".into());
    assert_eq!(refused(unknown).await, "MalformedXML");
}

#[tokio::test]
async fn distributions_are_listed_page_by_page_with_their_tags() {
    let scene = scene().await;
    for index in 0..5 {
        let tags =
            Tags::builder().items(Tag::builder().key("n").value(index.to_string()).build().unwrap()).build();
        let both = DistributionConfigWithTags::builder()
            .distribution_config(site(&scene, &format!("r{index}")))
            .tags(tags)
            .build();
        scene
            .client
            .create_distribution_with_tags()
            .distribution_config_with_tags(both)
            .send()
            .await
            .unwrap();
    }
    let (mut marker, mut arns) = (None, Vec::new());
    loop {
        let page = scene.client.list_distributions().max_items(2).set_marker(marker).send().await.unwrap();
        let list = page.distribution_list().unwrap();
        arns.extend(list.items().iter().map(|item| item.arn().to_owned()));
        marker = list.next_marker().map(str::to_owned);
        if !list.is_truncated() {
            break;
        }
    }
    assert_eq!(arns.len(), 5);
    tags_come_and_go(&scene.client, &arns[0]).await;
}

async fn tags_come_and_go(client: &Client, arn: &str) {
    let added = Tag::builder().key("site").value("acme").build().unwrap();
    client.tag_resource().resource(arn).tags(Tags::builder().items(added).build()).send().await.unwrap();
    let keys = TagKeys::builder().items("n").build();
    client.untag_resource().resource(arn).tag_keys(keys).send().await.unwrap();
    let listed = client.list_tags_for_resource().resource(arn).send().await.unwrap();
    let tags = listed.tags().unwrap().items();
    assert_eq!(tags.iter().map(|tag| (tag.key(), tag.value())).collect::<Vec<_>>(), [("site", Some("acme"))]);
    let nobody = client.list_tags_for_resource().resource(format!("{arn}X")).send().await;
    assert_eq!(code(nobody), "NoSuchResource");
}

#[tokio::test]
async fn an_origin_access_control_is_held_by_its_distribution() {
    let scene = scene().await;
    let (client, id) = (&scene.client, &scene.access_control);
    let (distribution, _) = create(&scene, "one").await;
    let again =
        client.create_origin_access_control().origin_access_control_config(access_control("sitecast_acme"));
    assert_eq!(code(again.send().await), "OriginAccessControlAlreadyExists");
    let listed = client.list_origin_access_controls().send().await.unwrap();
    assert_eq!(listed.origin_access_control_list().unwrap().items()[0].name(), "sitecast_acme");
    let read = client.get_origin_access_control().id(id).send().await.unwrap();
    let delete = || client.delete_origin_access_control().id(id);
    assert_eq!(code(delete().if_match(read.e_tag().unwrap()).send().await), "OriginAccessControlInUse");
    let update = client.update_origin_access_control().id(id).if_match(read.e_tag().unwrap());
    let updated = update.origin_access_control_config(access_control("other")).send().await.unwrap();
    disable_and_delete(&scene, &distribution).await;
    delete().if_match(updated.e_tag().unwrap()).send().await.unwrap();
    assert_eq!(
        code(client.get_origin_access_control_config().id(id).send().await),
        "NoSuchOriginAccessControl"
    );
}

#[tokio::test]
async fn managed_policies_are_there_and_own_ones_come_and_go() {
    let scene = scene().await;
    let client = &scene.client;
    let managed = client.list_cache_policies().r#type(CachePolicyType::Managed).send().await.unwrap();
    let items = managed.cache_policy_list().unwrap().items().to_vec();
    assert!(items.iter().any(|item| item.cache_policy().unwrap().id() == OPTIMIZED));
    let requests =
        client.list_origin_request_policies().r#type(OriginRequestPolicyType::Managed).send().await.unwrap();
    assert_eq!(requests.origin_request_policy_list().unwrap().quantity(), 8);
    let headers = client.list_response_headers_policies().r#type(ResponseHeadersPolicyType::Managed).send();
    assert_eq!(headers.await.unwrap().response_headers_policy_list().unwrap().quantity(), 5);
    let config = |minimum| CachePolicyConfig::builder().name("own").min_ttl(minimum).build().unwrap();
    let created = client.create_cache_policy().cache_policy_config(config(1)).send().await.unwrap();
    let id = created.cache_policy().unwrap().id();
    let twice = client.create_cache_policy().cache_policy_config(config(1)).send().await;
    assert_eq!(code(twice), "CachePolicyAlreadyExists");
    let read = client.get_cache_policy().id(id).send().await.unwrap();
    let default = read.cache_policy().unwrap().cache_policy_config().unwrap().default_ttl();
    assert_eq!(default, Some(86_400));
    let update = client.update_cache_policy().id(id).if_match(read.e_tag().unwrap());
    let updated = update.cache_policy_config(config(2)).send().await.unwrap();
    client.delete_cache_policy().id(id).if_match(updated.e_tag().unwrap()).send().await.unwrap();
    let fixed = client.get_cache_policy().id(OPTIMIZED).send().await.unwrap();
    let delete = client.delete_cache_policy().id(OPTIMIZED).if_match(fixed.e_tag().unwrap()).send().await;
    assert_eq!(code(delete), "IllegalDelete");
}

#[tokio::test]
async fn a_response_headers_policy_is_held_by_its_distribution() {
    let scene = scene().await;
    let client = &scene.client;
    let header = ResponseHeadersPolicyCustomHeader::builder().header("X-Own").value("1").r#override(true);
    let headers =
        ResponseHeadersPolicyCustomHeadersConfig::builder().quantity(1).items(header.build().unwrap());
    let config =
        ResponseHeadersPolicyConfig::builder().name("own").custom_headers_config(headers.build().unwrap());
    let create =
        client.create_response_headers_policy().response_headers_policy_config(config.build().unwrap());
    let created = create.send().await.unwrap();
    let (id, etag) = (created.response_headers_policy().unwrap().id(), created.e_tag().unwrap());
    let mut site = site(&scene, "one");
    site.default_cache_behavior.as_mut().unwrap().response_headers_policy_id = Some(id.to_owned());
    client.create_distribution().distribution_config(site).send().await.unwrap();
    let delete = client.delete_response_headers_policy().id(id).if_match(etag).send().await;
    assert_eq!(code(delete), "ResponseHeadersPolicyInUse");
    let using = client.list_distributions_by_response_headers_policy_id().response_headers_policy_id(id);
    assert_eq!(using.send().await.unwrap().distribution_id_list().unwrap().quantity(), 1);
}

fn function_config() -> FunctionConfig {
    FunctionConfig::builder().comment("").runtime(FunctionRuntime::CloudfrontJs20).build().unwrap()
}

#[tokio::test]
async fn a_function_is_worked_on_published_and_held_by_its_distribution() {
    let scene = scene().await;
    let client = &scene.client;
    let create = || client.create_function().name("pretty").function_config(function_config());
    create().function_code(Blob::new("one")).send().await.unwrap();
    assert_eq!(code(create().function_code(Blob::new("one")).send().await), "FunctionAlreadyExists");
    let large = client.create_function().name("large").function_config(function_config());
    assert_eq!(
        code(large.function_code(Blob::new(vec![b'x'; 10_241])).send().await),
        "FunctionSizeLimitExceeded"
    );
    let describe = |stage| client.describe_function().name("pretty").stage(stage).send();
    assert_eq!(code(describe(FunctionStage::Live).await), "NoSuchFunctionExists");
    let read = describe(FunctionStage::Development).await.unwrap();
    let update = client.update_function().name("pretty").function_config(function_config());
    let update = update.if_match(read.e_tag().unwrap()).function_code(Blob::new("two"));
    let updated = update.send().await.unwrap();
    let etag = updated.e_tag().unwrap();
    let arn = updated.function_summary().unwrap().function_metadata().unwrap().function_arn().to_owned();
    assert_eq!(associate(&scene, &arn, "early").await, "InvalidFunctionAssociation");
    client.publish_function().name("pretty").if_match(etag).send().await.unwrap();
    let live = client.get_function().name("pretty").stage(FunctionStage::Live).send().await.unwrap();
    assert_eq!(live.function_code().unwrap().as_ref(), b"two");
    assert_eq!(associate(&scene, &arn, "late").await, "OK");
    assert_eq!(code(client.delete_function().name("pretty").if_match(etag).send().await), "FunctionInUse");
    let listed = client.list_functions().send().await.unwrap();
    assert_eq!(listed.function_list().unwrap().quantity(), 2, "one a stage");
}

async fn associate(scene: &Scene, arn: &str, reference: &str) -> String {
    let association = FunctionAssociation::builder().function_arn(arn).event_type("viewer-request".into());
    let associations = FunctionAssociations::builder().quantity(1).items(association.build().unwrap());
    let mut config = site(scene, reference);
    config.default_cache_behavior.as_mut().unwrap().function_associations =
        Some(associations.build().unwrap());
    code(scene.client.create_distribution().distribution_config(config).send().await)
}

#[tokio::test]
async fn a_key_value_store_comes_and_goes() {
    let scene = scene().await;
    let client = &scene.client;
    client.create_key_value_store().name("pairs").send().await.unwrap();
    let read = client.describe_key_value_store().name("pairs").send().await.unwrap();
    assert_eq!(read.key_value_store().unwrap().status(), Some("READY"));
    let update = client.update_key_value_store().name("pairs").comment("x").if_match(read.e_tag().unwrap());
    let updated = update.send().await.unwrap();
    assert_eq!(
        client.list_key_value_stores().send().await.unwrap().key_value_store_list().unwrap().quantity(),
        1
    );
    let delete = client.delete_key_value_store().name("pairs").if_match(updated.e_tag().unwrap());
    delete.send().await.unwrap();
    assert_eq!(code(client.describe_key_value_store().name("pairs").send().await), "EntityNotFound");
}

fn batch(reference: &str, path: &str) -> InvalidationBatch {
    let paths = Paths::builder().quantity(1).items(path).build().unwrap();
    InvalidationBatch::builder().caller_reference(reference).paths(paths).build().unwrap()
}

#[tokio::test]
async fn an_invalidation_is_known_by_its_reference() {
    let scene = scene().await;
    let (id, _) = create(&scene, "one").await;
    let purge =
        |batch| scene.client.create_invalidation().distribution_id(&id).invalidation_batch(batch).send();
    let first = purge(batch("a", "/*")).await.unwrap();
    let again = purge(batch("a", "/*")).await.unwrap();
    let invalidation = first.invalidation().unwrap();
    assert_eq!(again.invalidation().unwrap().id(), invalidation.id());
    assert_eq!(code(purge(batch("a", "/b")).await), "InvalidArgument");
    assert_eq!(code(purge(batch("b", "b")).await), "InvalidArgument");
    purge(batch("c", "/c")).await.unwrap();
    let get = scene.client.get_invalidation().distribution_id(&id).id(invalidation.id());
    assert_eq!(get.send().await.unwrap().invalidation().unwrap().status(), "Completed");
    let page = scene.client.list_invalidations().distribution_id(&id).max_items(1).send().await.unwrap();
    let list = page.invalidation_list().unwrap();
    assert!(list.is_truncated() && list.items()[0].id() != invalidation.id(), "the newest comes first");
    let rest = scene.client.list_invalidations().distribution_id(&id).marker(list.next_marker().unwrap());
    assert_eq!(rest.send().await.unwrap().invalidation_list().unwrap().items()[0].id(), invalidation.id());
}

#[tokio::test]
async fn a_monitoring_subscription_comes_and_goes() {
    let scene = scene().await;
    let (id, _) = create(&scene, "one").await;
    let config = RealtimeMetricsSubscriptionConfig::builder();
    let config =
        config.realtime_metrics_subscription_status(RealtimeMetricsSubscriptionStatus::Enabled).build();
    let subscription =
        MonitoringSubscription::builder().realtime_metrics_subscription_config(config.unwrap()).build();
    let create = || {
        let create = scene.client.create_monitoring_subscription().distribution_id(&id);
        create.monitoring_subscription(subscription.clone()).send()
    };
    let get = || scene.client.get_monitoring_subscription().distribution_id(&id).send();
    assert_eq!(code(get().await), "NoSuchMonitoringSubscription");
    create().await.unwrap();
    assert_eq!(code(create().await), "MonitoringSubscriptionAlreadyExists");
    assert!(get().await.unwrap().monitoring_subscription().is_some());
    scene.client.delete_monitoring_subscription().distribution_id(&id).send().await.unwrap();
}
