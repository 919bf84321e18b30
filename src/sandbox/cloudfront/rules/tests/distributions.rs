//! Rules about distributions: rows that spoil a good one.

use super::case::{Case, DEFAULT, FUNCTION, VERSION, good, place};
use super::first_broken;
use crate::sandbox::cloudfront::element::Element;
use crate::sandbox::cloudfront::rules::DISTRIBUTION_TABLES;
use crate::sandbox::cloudfront::rules::update::{self, Change};
use std::collections::BTreeSet;

const WEB: &str = "CacheBehaviors/Items/CacheBehavior";

#[test]
fn a_good_configuration_breaks_no_rule() {
    assert_eq!(good().first_broken(), None);
}

type Row = (&'static str, fn(&mut Case));

const ORIGIN: &str = "Origins/Items/Origin";
const GROUP: &str = "OriginGroups/Items/OriginGroup";

const GENERAL: &[Row] = &[
    ("caller-reference-empty", |c| c.set("CallerReference", "")),
    ("comment-length", |c| c.set("Comment", &"x".repeat(129))),
    ("default-root-object", |c| c.set("DefaultRootObject", "/index.html")),
    ("default-root-object", |c| c.set("DefaultRootObject", "index@2.html")),
    ("price-class", |c| c.set("PriceClass", "None")),
    ("geo-restriction", |c| c.set("Restrictions/GeoRestriction/RestrictionType", "whitelist")),
    ("geo-restriction", |c| c.list("Restrictions/GeoRestriction", "Location", &["DE"])),
    ("geo-restriction", |c| {
        c.set("Restrictions/GeoRestriction/RestrictionType", "whitelist");
        c.list("Restrictions/GeoRestriction", "Location", &["de"]);
    }),
    ("web-acl", |c| c.set("WebACLId", "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/x/1")),
    ("continuous-deployment-policy", |c| c.set("ContinuousDeploymentPolicyId", "x")),
    ("staging", |c| c.set("Staging", "true")),
    ("http-version-shared", |c| {
        c.crowd(1);
        c.set("HttpVersion", "http3");
    }),
    ("logging-off", |c| c.set("Logging/Bucket", "logs.s3.amazonaws.com")),
    ("logging-bucket", |c| {
        c.set("Logging/Enabled", "true");
        c.set("Logging/Bucket", "nowhere.s3.amazonaws.com");
    }),
    ("logging-region", |c| {
        c.set("Logging/Enabled", "true");
        c.set("Logging/Bucket", "logs.s3.amazonaws.com");
        c.surroundings.buckets.get_mut("logs").expect("it is there").region = "af-south-1".to_owned();
    }),
    ("logging-acl", |c| {
        c.set("Logging/Enabled", "true");
        c.set("Logging/Bucket", "logs.s3.amazonaws.com");
        c.surroundings.buckets.get_mut("logs").expect("it is there").has_access_lists = false;
    }),
    ("logging-prefix", |c| {
        c.set("Logging/Enabled", "true");
        c.set("Logging/Bucket", "logs.s3.amazonaws.com");
        c.set("Logging/Prefix", "/x");
    }),
];

const ORIGINS: &[Row] = &[
    ("origins-none", |c| c.list("Origins", "Origin", &[])),
    ("origins-quota", |c| c.repeat("Origins", 100, |item, index| item.set(Element::leaf("Id", index)))),
    ("origin-id-length", |c| c.set(&format!("{ORIGIN}/Id"), &"x".repeat(129))),
    ("origin-id-twice", |c| c.repeat("Origins", 1, |_, _| {})),
    ("origin-address", |c| c.set(&format!("{ORIGIN}/DomainName"), "192.0.2.1")),
    ("origin-domain", |c| c.set(&format!("{ORIGIN}/DomainName"), "localhost")),
    ("origin-type", |c| c.remove(&format!("{ORIGIN}/S3OriginConfig"))),
    ("origin-bucket", |c| c.surroundings.buckets.clear()),
    ("origin-bucket", |c| c.set(&format!("{ORIGIN}/DomainName"), "first.s3.us-east-1.amazonaws.com")),
    ("origin-bucket", |c| c.set(&format!("{ORIGIN}/DomainName"), "first.s3-website.eu-west-1.amazonaws.com")),
    ("origin-both-accesses", |c| c.set(&format!("{ORIGIN}/S3OriginConfig/OriginAccessIdentity"), "x")),
    ("origin-access-identity", |c| {
        c.set(&format!("{ORIGIN}/OriginAccessControlId"), "");
        c.set(&format!("{ORIGIN}/S3OriginConfig/OriginAccessIdentity"), "x");
    }),
    ("origin-access-control", |c| c.set(&format!("{ORIGIN}/OriginAccessControlId"), "ENONE")),
    ("origin-access-control-type", |c| c.set(&format!("{ORIGIN}/OriginAccessControlId"), "ELAMBDA")),
    ("origin-access-control-quota", |c| c.crowd(100)),
];

/// The web server is the first origin here, so that its settings are reached by name.
fn web_first(case: &mut Case) {
    place(&mut case.config, "Origins/Items").children.rotate_right(1);
}

const SETTINGS: &[Row] = &[
    ("origin-path", |c| c.set(&format!("{ORIGIN}/OriginPath"), "site")),
    ("origin-path", |c| c.set(&format!("{ORIGIN}/OriginPath"), "/site/")),
    ("origin-connection-attempts", |c| c.set(&format!("{ORIGIN}/ConnectionAttempts"), "4")),
    ("origin-connection-timeout", |c| c.set(&format!("{ORIGIN}/ConnectionTimeout"), "11")),
    ("origin-read-timeout", |c| c.set(&format!("{ORIGIN}/S3OriginConfig/OriginReadTimeout"), "121")),
    ("origin-keepalive-timeout", |c| {
        web_first(c);
        c.set(&format!("{ORIGIN}/CustomOriginConfig/OriginKeepaliveTimeout"), "121");
    }),
    ("origin-completion-timeout", |c| c.set(&format!("{ORIGIN}/ResponseCompletionTimeout"), "29")),
    ("origin-ports", |c| {
        web_first(c);
        c.set(&format!("{ORIGIN}/CustomOriginConfig/HTTPPort"), "81");
    }),
    ("origin-ssl-protocols", |c| {
        web_first(c);
        c.remove(&format!("{ORIGIN}/CustomOriginConfig/OriginSslProtocols"));
    }),
    ("origin-shield-region", |c| c.set(&format!("{ORIGIN}/OriginShield/Enabled"), "true")),
    ("origin-headers-quota", |c| headers(c, 31, "X-Own")),
    ("origin-header-length", |c| headers(c, 1, &"x".repeat(257))),
    ("origin-header-forbidden", |c| headers(c, 1, "X-Amz-Own")),
];

fn headers(case: &mut Case, count: usize, name: &str) {
    for _ in 0..count {
        let header = format!("<OriginCustomHeader><HeaderName>{name}</HeaderName></OriginCustomHeader>");
        case.add(&format!("{ORIGIN}/CustomHeaders"), &header);
    }
}

const GROUPS: &[Row] = &[
    ("group-quota", |c| c.repeat("OriginGroups", 10, |item, index| item.set(Element::leaf("Id", index)))),
    ("group-members", |c| {
        c.add(&format!("{GROUP}/Members"), "<OriginGroupMember><OriginId>web</OriginId></OriginGroupMember>");
    }),
    ("group-members", |c| {
        place(&mut c.config, &format!("{GROUP}/Members/Items")).children.pop();
    }),
    ("group-member-twice", |c| c.set(&format!("{GROUP}/Members/Items/OriginGroupMember/OriginId"), "second")),
    ("group-member-unknown", |c| {
        c.set(&format!("{GROUP}/Members/Items/OriginGroupMember/OriginId"), "third")
    }),
    ("group-status-codes", |c| {
        c.list(&format!("{GROUP}/FailoverCriteria/StatusCodes"), "StatusCode", &["418"])
    }),
    ("group-status-codes", |c| c.list(&format!("{GROUP}/FailoverCriteria/StatusCodes"), "StatusCode", &[])),
    ("group-selection", |c| c.set(&format!("{GROUP}/SelectionCriteria"), "media-quality-based")),
];

const BEHAVIOURS: &[Row] = &[
    ("behaviour-quota", |c| {
        c.repeat("CacheBehaviors", 75, |item, index| {
            item.set(Element::leaf("PathPattern", format!("/{index}")))
        });
    }),
    ("behaviour-target", |c| c.set(&format!("{DEFAULT}/TargetOriginId"), "third")),
    ("behaviour-path", |c| c.set(&format!("{WEB}/PathPattern"), "/a b")),
    ("behaviour-path-twice", |c| c.repeat("CacheBehaviors", 1, |_, _| {})),
    ("behaviour-both-caches", |c| {
        c.set(&format!("{WEB}/CachePolicyId"), "658327ea-f89d-4fab-a63d-7e88639e58f6")
    }),
    ("behaviour-ttl-and-policy", |c| c.set(&format!("{DEFAULT}/MinTTL"), "0")),
    ("behaviour-no-cache", |c| c.remove(&format!("{DEFAULT}/CachePolicyId"))),
    ("behaviour-request-policy-alone", |c| c.set(&format!("{WEB}/OriginRequestPolicyId"), "x")),
    ("cache-policy-unknown", |c| c.set(&format!("{DEFAULT}/CachePolicyId"), "x")),
    ("origin-request-policy-unknown", |c| c.set(&format!("{DEFAULT}/OriginRequestPolicyId"), "x")),
    ("response-headers-policy-unknown", |c| c.set(&format!("{DEFAULT}/ResponseHeadersPolicyId"), "x")),
    ("cache-policy-crowded", |c| alone(c, |c| c.crowded_policy("CachePolicy"))),
    ("origin-request-policy-crowded", |c| alone(c, |c| c.crowded_policy("OriginRequestPolicy"))),
    ("response-headers-policy-crowded", |c| alone(c, |c| c.crowded_policy("ResponseHeadersPolicy"))),
    ("field-level-encryption", |c| c.set(&format!("{DEFAULT}/FieldLevelEncryptionId"), "x")),
    ("realtime-log", |c| c.set(&format!("{DEFAULT}/RealtimeLogConfigArn"), "x")),
    ("trusted-key-group", |c| c.list(&format!("{DEFAULT}/TrustedKeyGroups"), "KeyGroup", &["x"])),
];

/// Lets go of the origin access control, which can't have a crowd of distributions either.
fn alone(case: &mut Case, change: fn(&mut Case)) {
    for origin in &mut place(&mut case.config, "Origins/Items").children {
        origin.set(Element::leaf("OriginAccessControlId", ""));
    }
    change(case);
}

const METHODS: &[Row] = &[
    ("methods-allowed", |c| c.list(&format!("{WEB}/AllowedMethods"), "Method", &["GET", "HEAD", "POST"])),
    ("methods-cached", |c| c.list(&format!("{DEFAULT}/AllowedMethods/CachedMethods"), "Method", &["GET"])),
    ("methods-cached", |c| {
        c.list(&format!("{DEFAULT}/AllowedMethods/CachedMethods"), "Method", &["GET", "HEAD", "OPTIONS"]);
    }),
    ("methods-on-group", |c| c.set(&format!("{WEB}/TargetOriginId"), "both")),
    ("grpc", |c| c.set(&format!("{DEFAULT}/GrpcConfig/Enabled"), "true")),
];

fn forwarded(case: &mut Case, list: &str, count: usize) {
    let names: Vec<String> = (0..count).map(|index| format!("n{index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    case.list(&format!("{WEB}/ForwardedValues/{list}"), "Name", &names);
}

const FORWARDING: &[Row] = &[
    ("forwarded-ttl-order", |c| c.set(&format!("{WEB}/MinTTL"), "99999999")),
    ("forwarded-cookies", |c| c.set(&format!("{WEB}/ForwardedValues/Cookies/Forward"), "whitelist")),
    ("forwarded-cookies", |c| forwarded(c, "Cookies/WhitelistedNames", 1)),
    ("forwarded-cookies-quota", |c| {
        c.set(&format!("{WEB}/ForwardedValues/Cookies/Forward"), "whitelist");
        forwarded(c, "Cookies/WhitelistedNames", 11);
    }),
    ("forwarded-headers-quota", |c| forwarded(c, "Headers", 11)),
    ("forwarded-query-quota", |c| forwarded(c, "QueryStringCacheKeys", 11)),
    ("forwarded-query", |c| forwarded(c, "QueryStringCacheKeys", 1)),
    ("forwarded-headers-to-bucket", |c| {
        forwarded(c, "Headers", 1);
        c.set(&format!("{WEB}/TargetOriginId"), "first");
    }),
];

fn lambda(case: &mut Case, arn: &str, event: &str) {
    let item = format!(
        "<LambdaFunctionAssociation><LambdaFunctionARN>{arn}</LambdaFunctionARN><EventType>{event}</EventType></LambdaFunctionAssociation>"
    );
    case.add(&format!("{WEB}/LambdaFunctionAssociations"), &item);
}

fn function(case: &mut Case, arn: &str, event: &str) {
    let item = format!(
        "<FunctionAssociation><FunctionARN>{arn}</FunctionARN><EventType>{event}</EventType></FunctionAssociation>"
    );
    case.add(&format!("{WEB}/FunctionAssociations"), &item);
}

const EDGE: &[Row] = &[
    ("edge-event-twice", |c| {
        lambda(c, VERSION, "viewer-request");
        lambda(c, VERSION, "viewer-request");
    }),
    ("edge-event-twice", |c| {
        lambda(c, VERSION, "viewer-request");
        function(c, FUNCTION, "viewer-request");
    }),
    ("edge-lambda-quota", |c| {
        c.repeat("CacheBehaviors", 26, |item, index| {
            item.set(Element::leaf("PathPattern", format!("/{index}")));
            let events = ["viewer-request", "viewer-response", "origin-request", "origin-response"];
            let functions = events.map(|event| {
                Element::new("LambdaFunctionAssociation")
                    .with(Element::leaf("LambdaFunctionARN", VERSION))
                    .with(Element::leaf("EventType", event))
            });
            item.set(Element::list("LambdaFunctionAssociations", functions.into()));
        });
    }),
    ("edge-lambda-streaming", |c| {
        c.set(&format!("{WEB}/SmoothStreaming"), "true");
        lambda(c, VERSION, "viewer-request");
    }),
    ("edge-lambda-version", |c| lambda(c, VERSION.trim_end_matches(":1"), "viewer-request")),
    ("edge-lambda-version", |c| lambda(c, &VERSION.replace("edge:1", "edge:$LATEST"), "viewer-request")),
    ("edge-lambda-region", |c| lambda(c, &VERSION.replace("us-east-1", "eu-west-1"), "viewer-request")),
    ("edge-lambda-account", |c| {
        lambda(c, &VERSION.replace("123456789012", "210987654321"), "viewer-request")
    }),
    ("edge-lambda-body", |c| {
        lambda(c, VERSION, "viewer-response");
        let association =
            format!("{WEB}/LambdaFunctionAssociations/Items/LambdaFunctionAssociation/IncludeBody");
        c.set(&association, "true");
    }),
    ("edge-lambda-unknown", |c| lambda(c, &VERSION.replace("edge:1", "edge:2"), "viewer-request")),
    ("edge-lambda-active", |c| c.version().state = "Pending".to_owned()),
    ("edge-lambda-environment", |c| c.version().has_environment = true),
    ("edge-lambda-layers", |c| c.version().has_layers = true),
    ("edge-lambda-network", |c| c.version().has_network = true),
    ("edge-lambda-dead-letters", |c| c.version().has_dead_letters = true),
    ("edge-lambda-tracing", |c| c.version().is_traced = true),
    ("edge-lambda-key", |c| c.version().has_own_key = true),
    ("edge-lambda-storage", |c| c.version().storage_megabytes = 513),
    ("edge-lambda-package", |c| c.version().package = "Image".to_owned()),
    ("edge-lambda-architecture", |c| c.version().architecture = "arm64".to_owned()),
    ("edge-lambda-runtime", |c| c.version().runtime = "java21".to_owned()),
    ("edge-lambda-timeout", |c| c.version().timeout_seconds = 31),
    ("edge-lambda-size", |c| c.version().code_bytes = 51 * 1024 * 1024),
    ("edge-lambda-role", |c| c.version().role_trusts_edge = false),
    ("edge-function-event", |c| function(c, FUNCTION, "origin-request")),
    ("edge-function-unknown", |c| function(c, &FUNCTION.replace("pretty", "none"), "viewer-request")),
    ("edge-function-unpublished", |c| {
        c.state.functions.get_mut("pretty").expect("it is there").live = None;
    }),
    ("edge-function-and-lambda", |c| {
        function(c, FUNCTION, "viewer-request");
        lambda(c, VERSION, "viewer-response");
    }),
    ("edge-function-crowded", |c| alone(c, |c| c.crowd(100))),
];

const VIEWERS: &[Row] = &[
    ("alias-quota", |c| {
        let names: Vec<String> = (0..101).map(|index| format!("n{index}.example.com")).collect();
        c.list("Aliases", "CNAME", &names.iter().map(String::as_str).collect::<Vec<_>>());
    }),
    ("alias-name", |c| c.list("Aliases", "CNAME", &["WWW.example.com"])),
    ("alias-twice", |c| c.list("Aliases", "CNAME", &["www.example.com", "www.example.com"])),
    ("certificate-both", |c| c.set("ViewerCertificate/IAMCertificateId", "x")),
    ("certificate-iam", |c| {
        c.set("ViewerCertificate/ACMCertificateArn", "");
        c.set("ViewerCertificate/IAMCertificateId", "x");
    }),
    ("certificate-unknown", |c| c.surroundings.certificates.clear()),
    ("certificate-unknown", |c| c.certificate().issued = false),
    ("certificate-key", |c| c.certificate().key = "EC_secp384r1".to_owned()),
    ("certificate-support", |c| c.remove("ViewerCertificate/SSLSupportMethod")),
    ("protocol-ssl3", |c| c.set("ViewerCertificate/MinimumProtocolVersion", "SSLv3")),
    ("protocol-vip", |c| c.set("ViewerCertificate/SSLSupportMethod", "vip")),
    ("alias-bare", |c| c.set("ViewerCertificate/ACMCertificateArn", "")),
    ("alias-uncovered", |c| c.certificate().names = vec!["example.com".to_owned()]),
    ("alias-taken", |c| {
        c.crowd(1);
        let other = c.state.distributions.values_mut().next().expect("it is there");
        other.config.set(Element::list("Aliases", vec![Element::leaf("CNAME", "www.example.com")]));
    }),
    ("alias-elsewhere", |c| {
        c.surroundings.dns.insert("www.example.com".to_owned(), "d9.cloudfront.net".to_owned());
    }),
];

const PAGE: &str = "CustomErrorResponses/Items/CustomErrorResponse";

const PAGES: &[Row] = &[
    ("page-error-code", |c| c.set(&format!("{PAGE}/ErrorCode"), "418")),
    ("page-error-code-twice", |c| c.repeat("CustomErrorResponses", 1, |_, _| {})),
    ("page-half", |c| c.set(&format!("{PAGE}/ResponseCode"), "")),
    ("page-path", |c| c.set(&format!("{PAGE}/ResponsePagePath"), "404.html")),
    ("page-path", |c| c.set(&format!("{PAGE}/ResponsePagePath"), "/[404].html")),
    ("page-response-code", |c| c.set(&format!("{PAGE}/ResponseCode"), "201")),
    ("page-lifetime", |c| c.set(&format!("{PAGE}/ErrorCachingMinTTL"), "-1")),
];

#[test]
fn every_rule_about_distributions_is_broken_by_its_rows_and_by_no_others() {
    let tables = [GENERAL, ORIGINS, SETTINGS, GROUPS, BEHAVIOURS, METHODS, FORWARDING, EDGE, VIEWERS, PAGES];
    let mut broken = BTreeSet::new();
    for (id, change) in tables.into_iter().flatten() {
        let mut case = good();
        change(&mut case);
        assert_eq!(case.first_broken(), Some(*id));
        broken.insert(*id);
    }
    let all: BTreeSet<&str> = DISTRIBUTION_TABLES.into_iter().flatten().map(|rule| rule.id).collect();
    assert_eq!(broken, all);
}

#[test]
fn an_alias_may_point_at_its_own_distribution() {
    let mut case = good();
    case.surroundings.dns.insert("www.example.com".to_owned(), "d0.cloudfront.net".to_owned());
    case.crowd(1);
    case.own = case.state.distributions.get("E0").cloned();
    assert_eq!(case.first_broken(), None);
}

#[test]
fn an_update_must_send_what_a_creation_may_leave_out() {
    type Row = (&'static str, fn(&mut Case));
    let rows: &[Row] = &[
        ("update-aliases", |c| c.config.remove("Aliases")),
        ("update-origin-headers", |c| c.remove(&format!("{ORIGIN}/CustomHeaders"))),
        ("update-origin-path", |c| c.remove(&format!("{ORIGIN}/OriginPath"))),
        ("update-origin-timeouts", |c| {
            web_first(c);
            c.remove(&format!("{ORIGIN}/CustomOriginConfig/OriginReadTimeout"));
        }),
        ("update-streaming", |c| c.remove(&format!("{DEFAULT}/SmoothStreaming"))),
        ("update-compress", |c| c.remove(&format!("{WEB}/Compress"))),
        ("update-methods", |c| c.remove(&format!("{DEFAULT}/AllowedMethods"))),
        ("update-lambda", |c| c.remove(&format!("{WEB}/LambdaFunctionAssociations"))),
        ("update-encryption", |c| c.remove(&format!("{WEB}/FieldLevelEncryptionId"))),
        ("update-root-object", |c| c.config.remove("DefaultRootObject")),
        ("update-behaviours", |c| c.config.remove("CacheBehaviors")),
        ("update-pages", |c| c.config.remove("CustomErrorResponses")),
        ("update-logging", |c| c.config.remove("Logging")),
        ("update-price-class", |c| c.config.remove("PriceClass")),
        ("update-certificate", |c| c.config.remove("ViewerCertificate")),
        ("update-restrictions", |c| c.config.remove("Restrictions")),
        ("update-web-acl", |c| c.config.remove("WebACLId")),
        ("update-http-version", |c| c.config.remove("HttpVersion")),
        ("update-reference", |c| c.set("CallerReference", "other")),
    ];
    let before = good().config;
    assert_eq!(first_broken(&Change { before: &before, after: &before }, update::RULES), None);
    for (id, change) in rows {
        let mut case = good();
        change(&mut case);
        assert_eq!(first_broken(&Change { before: &before, after: &case.config }, update::RULES), Some(*id));
    }
    assert_eq!(rows.len(), update::RULES.len());
}
