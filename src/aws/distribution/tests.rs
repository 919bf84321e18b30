//! Both ways between the two models, for any specification on top of any configuration.

#![expect(deprecated, reason = "a behaviour made in the older way is one of the cases")]

use super::{fresh, merge, spec_of};
use crate::blueprint::answers::{EdgeEvent, Geo, HttpVersion, PlainHttp, PriceClass, Seconds};
use crate::blueprint::distribution::{
    Behavior, DistributionSpec, EdgeCall, ErrorPage, Origin, OriginGroup, PathBehavior, ViewerCertificate,
};
use crate::blueprint::resource::{Kind, Ref, ResourceId};
use aws_sdk_cloudfront::types::{self, DistributionConfig, EventType, Method};
use proptest::prelude::*;

fn known() -> impl Strategy<Value = Ref> {
    "[A-Z0-9]{4}".prop_map(Ref::Known)
}

fn seconds(range: std::ops::Range<u64>) -> impl Strategy<Value = Seconds> {
    range.prop_map(Seconds)
}

prop_compose! {
    fn behavior()(
        target in "[a-c]",
        plain_http in prop_oneof![Just(PlainHttp::Redirect), Just(PlainHttp::HttpsOnly), Just(PlainHttp::Allow)],
        options_allowed: bool,
        compress: bool,
        cache_policy in known(),
        response_headers_policy in proptest::option::of(known()),
        viewer_request_function in proptest::option::of(known()),
        edge in proptest::collection::btree_map(event(), call(), 0..4),
    ) -> Behavior {
        Behavior {
            target, plain_http, options_allowed, compress, cache_policy,
            response_headers_policy, viewer_request_function, edge,
        }
    }
}

fn event() -> impl Strategy<Value = EdgeEvent> {
    proptest::sample::select(vec![
        EdgeEvent::ViewerRequest,
        EdgeEvent::OriginRequest,
        EdgeEvent::ViewerResponse,
    ])
}

fn call() -> impl Strategy<Value = EdgeCall> {
    let version = "[1-9]".prop_map(|number| {
        Ref::Known(format!("arn:aws:lambda:us-east-1:123456789012:function:sitecast_acme_a:{number}"))
    });
    (version, any::<bool>()).prop_map(|(function, include_body)| EdgeCall { function, include_body })
}

prop_compose! {
    fn origin(id: &'static str)(
        domain in "[a-z]{3}",
        path in "(/[a-z]{2})?",
        access_control in known(),
        connection_attempts in 1u8..4,
        connection_timeout in seconds(1..11),
    ) -> Origin {
        Origin { id: id.into(), domain, path, access_control, connection_attempts, connection_timeout }
    }
}

fn origin_group(id: &'static str) -> impl Strategy<Value = OriginGroup> {
    let statuses = proptest::sample::subsequence(vec![403u16, 404, 500, 502], 1..4);
    statuses.prop_map(move |statuses| OriginGroup {
        id: id.into(),
        primary: "primary".into(),
        backup: "backup".into(),
        statuses,
    })
}

fn geo() -> impl Strategy<Value = Geo> {
    let countries = || proptest::sample::subsequence(vec!["AT".to_owned(), "CH".into(), "DE".into()], 1..4);
    prop_oneof![Just(Geo::Everyone), countries().prop_map(Geo::Allow), countries().prop_map(Geo::Block)]
}

fn domains() -> impl Strategy<Value = (Vec<String>, Option<ViewerCertificate>)> {
    let certificate = |minimum_tls: &str| {
        let arn = Ref::Known("arn:aws:acm:us-east-1:123456789012:certificate/x".into());
        Some(ViewerCertificate { arn, minimum_tls: minimum_tls.into() })
    };
    prop_oneof![
        Just((vec![], None)),
        Just((vec!["example.com".into()], certificate("TLSv1.2_2021"))),
        Just((vec!["example.com".into(), "www.example.com".into()], certificate("TLSv1.3_2025"))),
    ]
}

fn error_pages() -> impl Strategy<Value = Vec<ErrorPage>> {
    let page = |status| {
        ("/[a-z]{2}", prop_oneof![Just(200u16), Just(404)], seconds(0..100)).prop_map(
            move |(page, response_status, cache)| ErrorPage { status, page, response_status, cache },
        )
    };
    (page(403), page(404), 0usize..3)
        .prop_map(|(first, second, count)| [first, second].into_iter().take(count).collect())
}

fn behaviors() -> impl Strategy<Value = Vec<PathBehavior>> {
    let paths = proptest::sample::subsequence(vec!["/a/*", "/b/*", "/c/*"], 0..4).prop_shuffle();
    paths.prop_flat_map(|paths| {
        let one = |path: &'static str| {
            behavior().prop_map(move |behavior| PathBehavior { path: path.into(), behavior })
        };
        paths.into_iter().map(one).collect::<Vec<_>>()
    })
}

prop_compose! {
    fn spec()(
        comment in "[a-z]{0,4}",
        enabled: bool,
        ipv6: bool,
        price_class in
            prop_oneof![Just(PriceClass::Class100), Just(PriceClass::Class200), Just(PriceClass::All)],
        http_version in prop_oneof![
            Just(HttpVersion::Http11), Just(HttpVersion::Http2), Just(HttpVersion::Http3),
            Just(HttpVersion::Http2And3)
        ],
        default_root_object in "[a-z]{0,4}",
        geo in geo(),
        origins in (origin("primary"), origin("backup"), 1usize..3),
        origin_groups in (origin_group("failover"), origin_group("drill"), 0usize..3),
        mut default_behavior in behavior(),
        behaviors in behaviors(),
        error_pages in error_pages(),
        (aliases, viewer_certificate) in domains(),
    ) -> DistributionSpec {
        default_behavior.target = "failover".to_owned();
        DistributionSpec {
            comment, enabled, price_class, http_version, ipv6, default_root_object, geo,
            origins: [origins.0, origins.1].into_iter().take(origins.2).collect(),
            origin_groups: [origin_groups.0, origin_groups.1].into_iter().take(origin_groups.2).collect(),
            default_behavior, behaviors, error_pages, aliases, viewer_certificate,
        }
    }
}

proptest! {
    #[test]
    fn a_new_configuration_says_what_was_asked_for(wanted in spec()) {
        let config = fresh("reference", &wanted).unwrap();
        prop_assert_eq!(spec_of(&config), wanted);
        prop_assert_eq!(config.caller_reference, "reference");
    }

    #[test]
    fn an_update_says_what_was_asked_for_and_keeps_the_rest(present in spec(), wanted in spec()) {
        let before = by_hand(fresh("reference", &present).unwrap());
        let after = merge(before.clone(), &wanted).unwrap();
        prop_assert_eq!(spec_of(&after), wanted);
        prop_assert_eq!(unmodelled(after), unmodelled(before));
    }

    #[test]
    fn an_update_to_what_is_there_changes_nothing(present in spec()) {
        let before = by_hand(fresh("reference", &present).unwrap());
        prop_assert_eq!(merge(before.clone(), &present).unwrap(), before);
    }
}

/// What somebody may have set by hand, and we don't model.
fn by_hand(mut config: DistributionConfig) -> DistributionConfig {
    config.web_acl_id = Some("arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b".into());
    config.logging = Some(
        types::LoggingConfig::builder().enabled(true).bucket("logs.s3.amazonaws.com").prefix("cf/").build(),
    );
    config.cache_tag_config =
        Some(types::CacheTagConfig::builder().header_name("x-cache-tag").build().unwrap());
    for origin in &mut config.origins.as_mut().unwrap().items {
        origin.custom_headers = Some(
            types::CustomHeaders::builder()
                .quantity(1)
                .items(
                    types::OriginCustomHeader::builder().header_name("x").header_value("y").build().unwrap(),
                )
                .build()
                .unwrap(),
        );
        origin.origin_shield = Some(
            types::OriginShield::builder().enabled(true).origin_shield_region("eu-west-1").build().unwrap(),
        );
        origin.s3_origin_config.as_mut().unwrap().origin_read_timeout = Some(7);
    }
    let default = config.default_cache_behavior.as_mut().unwrap();
    let present = default.lambda_function_associations.take().and_then(|functions| functions.items);
    let items: Vec<_> =
        present.unwrap_or_default().into_iter().chain([lambda_on_origin_response()]).collect();
    let quantity = i32::try_from(items.len()).unwrap();
    let functions = types::LambdaFunctionAssociations::builder().quantity(quantity).set_items(Some(items));
    default.lambda_function_associations = Some(functions.build().unwrap());
    config
}

/// A function of the person's own, on an event that no entry of ours takes.
fn lambda_on_origin_response() -> types::LambdaFunctionAssociation {
    let association = types::LambdaFunctionAssociation::builder()
        .event_type(EventType::OriginResponse)
        .lambda_function_arn("arn:aws:lambda:us-east-1:123456789012:function:theirs:1")
        .build();
    association.unwrap()
}

/// `config` with every field blanked out that a specification speaks of.
fn unmodelled(config: DistributionConfig) -> DistributionConfig {
    let mut lambda = config.default_cache_behavior.and_then(|default| default.lambda_function_associations);
    if let Some(functions) = &mut lambda {
        let items = functions.items.get_or_insert_default();
        items.retain(|function| function.lambda_function_arn.contains(":theirs:"));
        functions.quantity = 1;
    }
    let blank = types::DefaultCacheBehavior::builder()
        .target_origin_id("")
        .viewer_protocol_policy(types::ViewerProtocolPolicy::AllowAll)
        .set_lambda_function_associations(lambda)
        .build()
        .unwrap();
    DistributionConfig::builder()
        .caller_reference(config.caller_reference)
        .comment("")
        .enabled(true)
        .default_cache_behavior(blank)
        .set_web_acl_id(config.web_acl_id)
        .set_logging(config.logging)
        .set_cache_tag_config(config.cache_tag_config)
        .build()
        .unwrap()
}

/// A specification with one of everything.
pub(super) fn sample() -> DistributionSpec {
    let behavior = Behavior {
        target: "primary".into(),
        plain_http: PlainHttp::Redirect,
        options_allowed: false,
        compress: true,
        cache_policy: Ref::Known("policy".into()),
        response_headers_policy: Some(Ref::Known("headers".into())),
        viewer_request_function: Some(Ref::Known("arn:function".into())),
        edge: Default::default(),
    };
    DistributionSpec {
        comment: "a site".into(),
        enabled: true,
        price_class: PriceClass::All,
        http_version: HttpVersion::Http2And3,
        ipv6: true,
        default_root_object: "index.html".into(),
        geo: Geo::Block(vec!["AT".into(), "CH".into()]),
        origins: vec![Origin {
            id: "primary".into(),
            domain: "bucket.s3.eu-west-1.amazonaws.com".into(),
            path: "/site".into(),
            access_control: Ref::Known("E1".into()),
            connection_attempts: 2,
            connection_timeout: Seconds(3),
        }],
        origin_groups: vec![],
        default_behavior: behavior.clone(),
        behaviors: vec![PathBehavior { path: "/assets/*".into(), behavior }],
        error_pages: vec![],
        aliases: vec![],
        viewer_certificate: None,
    }
}

#[test]
fn what_somebody_set_on_an_origin_survives_a_change_of_it() {
    let before = by_hand(fresh("reference", &sample()).unwrap());
    let mut wanted = sample();
    wanted.origins[0].domain = "other.s3.eu-west-1.amazonaws.com".into();
    let after = merge(before.clone(), &wanted).unwrap();
    let (before, after) = (&before.origins.unwrap().items[0], &after.origins.unwrap().items[0]);
    assert_eq!(after.domain_name, "other.s3.eu-west-1.amazonaws.com");
    assert_eq!(after.custom_headers, before.custom_headers);
    assert_eq!(after.origin_shield, before.origin_shield);
    assert_eq!(after.s3_origin_config, before.s3_origin_config);
}

#[test]
fn another_function_than_ours_stays_on_its_event() {
    let mut before = fresh("reference", &sample()).unwrap();
    let theirs = types::FunctionAssociation::builder()
        .function_arn("arn:theirs")
        .event_type(EventType::ViewerResponse)
        .build()
        .unwrap();
    let associations =
        types::FunctionAssociations::builder().quantity(1).items(theirs.clone()).build().unwrap();
    before.default_cache_behavior.as_mut().unwrap().function_associations = Some(associations);
    let after = merge(before, &sample()).unwrap().default_cache_behavior.unwrap();
    let functions = after.function_associations.unwrap();
    assert_eq!(functions.quantity, 2);
    assert!(functions.items().contains(&theirs));
}

#[test]
fn an_older_way_to_cache_gives_way_to_the_policy() {
    let mut before = fresh("reference", &sample()).unwrap();
    let default = before.default_cache_behavior.as_mut().unwrap();
    default.cache_policy_id = None;
    default.min_ttl = Some(0);
    default.default_ttl = Some(60);
    assert_eq!(spec_of(&before).default_behavior.cache_policy, Ref::Known(String::new()));
    let after = merge(before, &sample()).unwrap().default_cache_behavior.unwrap();
    assert_eq!((after.cache_policy_id.as_deref(), after.default_ttl), (Some("policy"), None));
}

#[test]
fn an_older_access_identity_gives_way_to_the_access_control() {
    let mut before = fresh("reference", &sample()).unwrap();
    let origin = &mut before.origins.as_mut().unwrap().items[0];
    origin.s3_origin_config.as_mut().unwrap().origin_access_identity = "origin-access-identity/x".into();
    let after = merge(before, &sample()).unwrap();
    let origin = &after.origins.unwrap().items[0];
    assert_eq!(origin.s3_origin_config.as_ref().unwrap().origin_access_identity, "");
    assert_eq!(origin.origin_access_control_id.as_deref(), Some("E1"));
}

#[test]
fn an_order_that_cloudfront_changed_is_no_drift() {
    let mut wanted = sample();
    wanted.origin_groups = vec![OriginGroup {
        id: "group".into(),
        primary: "primary".into(),
        backup: "backup".into(),
        statuses: vec![500, 502],
    }];
    let page = |status| ErrorPage { status, page: "/e".into(), response_status: 404, cache: Seconds(10) };
    wanted.error_pages = vec![page(403), page(404)];
    let mut config = fresh("reference", &wanted).unwrap();
    config.restrictions.as_mut().unwrap().geo_restriction.as_mut().unwrap().items.as_mut().unwrap().reverse();
    let group = &mut config.origin_groups.as_mut().unwrap().items.as_mut().unwrap()[0];
    group.failover_criteria.as_mut().unwrap().status_codes.as_mut().unwrap().items.reverse();
    let pages = config.custom_error_responses.as_mut().unwrap().items.as_mut().unwrap();
    pages.reverse();
    pages[0].error_caching_min_ttl = None;
    let default = config.default_cache_behavior.as_mut().unwrap();
    default.allowed_methods.as_mut().unwrap().items = vec![Method::Head, Method::Get];
    assert_eq!(spec_of(&config), wanted);
}

#[test]
fn a_value_that_aws_has_not_given_out_is_named() {
    let mut wanted = sample();
    wanted.default_behavior.cache_policy = Ref::IdOf(ResourceId::new(Kind::CachePolicy, "sitecast_a_b"));
    let error = fresh("reference", &wanted).unwrap_err();
    assert!(error.to_string().contains("cache-policy/sitecast_a_b"), "{error}");
}
