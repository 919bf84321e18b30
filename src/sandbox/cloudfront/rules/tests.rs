//! Every rule, with a row that breaks it, beside a configuration that breaks none.

use super::function::{Draft, Drafts};
use super::invalidation::{Purge, Purges};
use super::key_value_store::Wish;
use super::update::Change;
use super::*;
use crate::sandbox::cloudfront::defaults;
use crate::sandbox::cloudfront::named::ORIGIN_ACCESS_CONTROL;
use crate::sandbox::cloudfront::neighbours::{Bucket, Certificate, FunctionVersion};
use crate::sandbox::cloudfront::shapes::{self, distribution::DISTRIBUTION_CONFIG};
use crate::sandbox::cloudfront::state::{Function, KeyValueStore, Named, Stage};
use std::collections::BTreeSet;
use time::OffsetDateTime;

const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
const VERSION: &str = "arn:aws:lambda:us-east-1:123456789012:function:edge:1";
const FUNCTION: &str = "arn:aws:cloudfront::123456789012:function/pretty";
const CERTIFICATE: &str = "arn:aws:acm:us-east-1:123456789012:certificate/1";
const WEB: &str = "CacheBehaviors/Items/CacheBehavior";
const DEFAULT: &str = "DefaultCacheBehavior";

/// A distribution to be, and everything around it.
struct Case {
    config: Element,
    own: Option<Distribution>,
    state: State,
    surroundings: Surroundings,
}

fn good() -> Case {
    let mut config = Element::parse(include_bytes!("good.xml")).expect("it is well formed");
    shapes::check(&config, &DISTRIBUTION_CONFIG, "distributionConfig").expect("it has the shape");
    defaults::complete(&mut config);
    let bucket = |region: &str| Bucket { region: region.to_owned(), has_access_lists: true };
    let names = vec!["*.example.com".to_owned()];
    let surroundings = Surroundings {
        buckets: [("first", "eu-west-1"), ("second", "eu-central-1"), ("logs", "us-east-1")]
            .map(|(name, region)| (name.to_owned(), bucket(region)))
            .into(),
        certificates: [(
            CERTIFICATE.to_owned(),
            Certificate { issued: true, names, key: "RSA_2048".to_owned() },
        )]
        .into(),
        versions: [(VERSION.to_owned(), version())].into(),
        dns: [].into(),
    };
    Case { config, own: None, state: state(), surroundings }
}

fn version() -> FunctionVersion {
    FunctionVersion {
        state: "Active".to_owned(),
        runtime: "nodejs22.x".to_owned(),
        architecture: "x86_64".to_owned(),
        package: "Zip".to_owned(),
        timeout_seconds: 5,
        storage_megabytes: 512,
        code_bytes: 1_000,
        has_environment: false,
        has_layers: false,
        has_network: false,
        has_dead_letters: false,
        is_traced: false,
        has_own_key: false,
        role_trusts_edge: true,
    }
}

fn state() -> State {
    let mut state = State::default();
    state.functions.insert("pretty".to_owned(), Function { development: stage(), live: Some(stage()) });
    let mut controls = std::collections::BTreeMap::new();
    for (id, kind) in [("EACCESS", "s3"), ("ELAMBDA", "lambda")] {
        let config = Element::new("OriginAccessControlConfig")
            .with(Element::leaf("Name", id))
            .with(Element::leaf("OriginAccessControlOriginType", kind));
        controls
            .insert(id.to_owned(), Named { id: id.to_owned(), etag: "E1".to_owned(), modified: NOW, config });
    }
    state.named.insert(ORIGIN_ACCESS_CONTROL.object.to_owned(), controls);
    state
}

fn stage() -> Stage {
    let config = Element::new("FunctionConfig");
    Stage { etag: "E1".to_owned(), created: NOW, modified: NOW, config, code: String::new() }
}

impl Case {
    fn first_broken(&self) -> Option<&'static str> {
        let proposal = Proposal {
            config: ConfigView::new(&self.config),
            own: self.own.as_ref(),
            state: &self.state,
            surroundings: &self.surroundings,
        };
        DISTRIBUTION_TABLES.into_iter().find_map(|rules| first_broken(&proposal, rules))
    }

    fn set(&mut self, path: &str, text: &str) {
        place(&mut self.config, path).text = text.to_owned();
    }

    fn remove(&mut self, path: &str) {
        let (parent, name) = path.rsplit_once('/').expect("the path has a parent");
        place(&mut self.config, parent).remove(name);
    }

    fn list(&mut self, path: &str, tag: &str, texts: &[&str]) {
        set_list(place(&mut self.config, path), tag, texts);
    }

    /// Repeats the first item of a list, changed for each count.
    fn repeat(&mut self, path: &str, count: usize, change: fn(&mut Element, usize)) {
        let items = &mut place(&mut self.config, &format!("{path}/Items")).children;
        let first = items[0].clone();
        for index in 0..count {
            let mut item = first.clone();
            change(&mut item, index);
            items.push(item);
        }
    }

    /// Adds an item to a list.
    fn add(&mut self, path: &str, item: &str) {
        let item = Element::parse(item.as_bytes()).expect("it is well formed");
        place(&mut self.config, &format!("{path}/Items")).children.push(item);
    }

    /// Adds as many other distributions with this configuration, under other names.
    fn crowd(&mut self, count: usize) {
        for index in 0..count {
            let mut config = self.config.clone();
            config.remove("Aliases");
            let id = format!("E{index}");
            let domain = format!("d{index}.cloudfront.net");
            let other = Distribution {
                id: id.clone(),
                domain,
                etag: String::new(),
                modified: NOW,
                settled: NOW,
                config,
            };
            self.state.distributions.insert(id, other);
        }
    }

    fn version(&mut self) -> &mut FunctionVersion {
        self.surroundings.versions.get_mut(VERSION).expect("it is there")
    }

    fn certificate(&mut self) -> &mut Certificate {
        self.surroundings.certificates.get_mut(CERTIFICATE).expect("it is there")
    }

    /// An own policy with a plain configuration, used by the default behaviour and by a hundred others.
    fn crowded_policy(&mut self, object: &str) {
        let named = Named {
            id: "own".to_owned(),
            etag: String::new(),
            modified: NOW,
            config: Element::new("Config"),
        };
        self.state.named.entry(object.to_owned()).or_default().insert("own".to_owned(), named);
        self.set(&format!("{DEFAULT}/{object}Id"), "own");
        self.crowd(100);
    }
}

fn first_broken<S: Subject>(subject: &S::At<'_>, rules: &[Rule<S>]) -> Option<&'static str> {
    rules.iter().find(|rule| (rule.complaint)(subject).is_some()).map(|rule| rule.id)
}

fn place<'a>(element: &'a mut Element, path: &str) -> &'a mut Element {
    path.split('/').fold(element, |element, name| {
        if element.child(name).is_none() {
            element.children.push(Element::new(name));
        }
        element.child_mut(name).expect("it was made")
    })
}

fn set_list(element: &mut Element, tag: &str, texts: &[&str]) {
    element.set(Element::leaf("Quantity", texts.len()));
    element.set(Element::new("Items").with_all(texts.iter().map(|text| Element::leaf(tag, text))));
}

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

/// Checks rows of XML, each of which replaces or adds members of a good configuration.
fn check(rules: &[Rule<Configurations>], good: &str, rows: &[(&str, &str)]) {
    let good = Element::parse(good.as_bytes()).expect("it is well formed");
    assert_eq!(first_broken(&good, rules), None);
    let mut broken = BTreeSet::new();
    for (id, members) in rows {
        let changes = Element::parse(format!("<C>{members}</C>").as_bytes()).expect("it is well formed");
        let mut changed = good.clone();
        changes.children.into_iter().for_each(|member| changed.set(member));
        assert_eq!(first_broken(&changed, rules), Some(*id), "{members}");
        broken.insert(*id);
    }
    assert_eq!(broken, rules.iter().map(|rule| rule.id).collect());
}

fn items(list: &str, tag: &str, count: usize, length: usize) -> String {
    let item = |index: usize| format!("<{tag}>{index:0length$}</{tag}>");
    let items: String = (0..count).map(item).collect();
    format!("<{list}><Quantity>{count}</Quantity><Items>{items}</Items></{list}>")
}

#[test]
fn rules_about_origin_access_controls() {
    let good = "<C><Name>n</Name><Description/><SigningProtocol>sigv4</SigningProtocol><SigningBehavior>always</SigningBehavior><OriginAccessControlOriginType>s3</OriginAccessControlOriginType></C>";
    let (long, longer) = ("x".repeat(65), "x".repeat(257));
    let rows = [
        ("oac-name", format!("<Name>{long}</Name>")),
        ("oac-description", format!("<Description>{longer}</Description>")),
        ("oac-behaviour", "<SigningBehavior>always-amz-auth</SigningBehavior>".to_owned()),
        (
            "oac-protocol",
            "<SigningProtocol>sigv4a</SigningProtocol><OriginAccessControlOriginType>lambda</OriginAccessControlOriginType>"
                .to_owned(),
        ),
    ];
    check(origin_access_control::RULES, good, &rows.each_ref().map(|(id, row)| (*id, row.as_str())));
}

fn picks(group: &str, behaviour: &str, word: &str, list: &str) -> String {
    format!("<{group}><{behaviour}>{word}</{behaviour}>{list}</{group}>")
}

fn key(gzip: bool, parts: &str) -> String {
    let flag = format!("<EnableAcceptEncodingGzip>{gzip}</EnableAcceptEncodingGzip>");
    format!(
        "<ParametersInCacheKeyAndForwardedToOrigin>{flag}{parts}</ParametersInCacheKeyAndForwardedToOrigin>"
    )
}

#[test]
fn rules_about_cache_policies() {
    let good =
        "<C><Name>n</Name><Comment/><MinTTL>0</MinTTL><DefaultTTL>1</DefaultTTL><MaxTTL>2</MaxTTL></C>";
    let headers = |count, length| {
        picks("HeadersConfig", "HeaderBehavior", "whitelist", &items("Headers", "Name", count, length))
    };
    let cookies = picks("CookiesConfig", "CookieBehavior", "whitelist", &items("Cookies", "Name", 11, 1));
    let queries = picks(
        "QueryStringsConfig",
        "QueryStringBehavior",
        "whitelist",
        &items("QueryStrings", "Name", 11, 1),
    );
    let forbidden = "<Headers><Quantity>1</Quantity><Items><Name>Accept-Encoding</Name></Items></Headers>";
    let off = "<DefaultTTL>0</DefaultTTL><MaxTTL>0</MaxTTL>";
    let rows = [
        ("cache-policy-name", "<Name>a b</Name>".to_owned()),
        ("cache-policy-comment", format!("<Comment>{}</Comment>", "x".repeat(129))),
        ("cache-policy-ttl-order", "<MinTTL>3</MinTTL>".to_owned()),
        ("cache-policy-headers-quota", key(true, &headers(11, 1))),
        ("cache-policy-cookies-quota", key(true, &cookies)),
        ("cache-policy-query-quota", key(true, &queries)),
        ("cache-policy-names-length", key(true, &headers(5, 250))),
        ("cache-policy-lists", key(true, &picks("HeadersConfig", "HeaderBehavior", "whitelist", ""))),
        (
            "cache-policy-lists",
            key(true, &picks("HeadersConfig", "HeaderBehavior", "none", &items("Headers", "Name", 1, 1))),
        ),
        (
            "cache-policy-header-forbidden",
            key(true, &picks("HeadersConfig", "HeaderBehavior", "whitelist", forbidden)),
        ),
        ("cache-policy-off", format!("{off}{}", key(true, ""))),
        ("cache-policy-off", format!("{off}{}", key(false, &headers(1, 1)))),
    ];
    check(cache_policy::RULES, good, &rows.each_ref().map(|(id, row)| (*id, row.as_str())));
}

#[test]
fn rules_about_origin_request_policies() {
    let good = "<C><Name>n</Name><Comment/><HeadersConfig><HeaderBehavior>none</HeaderBehavior></HeadersConfig><CookiesConfig><CookieBehavior>none</CookieBehavior></CookiesConfig><QueryStringsConfig><QueryStringBehavior>all</QueryStringBehavior></QueryStringsConfig></C>";
    let headers = |list: &str| picks("HeadersConfig", "HeaderBehavior", "whitelist", list);
    let forbidden = "<Headers><Quantity>1</Quantity><Items><Name>authorization</Name></Items></Headers>";
    let rows = [
        ("request-policy-name", "<Name/>".to_owned()),
        ("request-policy-comment", format!("<Comment>{}</Comment>", "x".repeat(129))),
        ("request-policy-headers-quota", headers(&items("Headers", "Name", 11, 1))),
        (
            "request-policy-cookies-quota",
            picks("CookiesConfig", "CookieBehavior", "whitelist", &items("Cookies", "Name", 11, 1)),
        ),
        (
            "request-policy-query-quota",
            picks(
                "QueryStringsConfig",
                "QueryStringBehavior",
                "whitelist",
                &items("QueryStrings", "Name", 11, 1),
            ),
        ),
        ("request-policy-lists", headers("")),
        ("request-policy-names-length", headers(&items("Headers", "Name", 5, 250))),
        ("request-policy-header-forbidden", headers(forbidden)),
    ];
    check(origin_request_policy::RULES, good, &rows.each_ref().map(|(id, row)| (*id, row.as_str())));
}

fn custom_headers(names: &[&str]) -> String {
    let item =
        |name: &&str| format!("<I><Header>{name}</Header><Value>v</Value><Override>true</Override></I>");
    let items: String = names.iter().map(item).collect();
    format!(
        "<CustomHeadersConfig><Quantity>{}</Quantity><Items>{items}</Items></CustomHeadersConfig>",
        names.len()
    )
}

#[test]
fn rules_about_response_headers_policies() {
    let good = "<C><Name>n</Name><Comment/><ServerTimingHeadersConfig><Enabled>true</Enabled><SamplingRate>5</SamplingRate></ServerTimingHeadersConfig></C>";
    let many: Vec<String> = (0..11).map(|index| format!("x-{index}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let security = |part: &str| format!("<SecurityHeadersConfig>{part}</SecurityHeadersConfig>");
    let csp = "x".repeat(1_784);
    let cors = "<CorsConfig><AccessControlAllowOrigins><Quantity>1</Quantity><Items><Origin>*</Origin></Items></AccessControlAllowOrigins><AccessControlAllowCredentials>true</AccessControlAllowCredentials></CorsConfig>";
    let rows = [
        ("response-policy-name", "<Name>a b</Name>".to_owned()),
        ("response-policy-comment", format!("<Comment>{}</Comment>", "x".repeat(129))),
        ("response-policy-headers-quota", custom_headers(&many)),
        ("response-policy-removed-quota", items("RemoveHeadersConfig", "I", 11, 1)),
        (
            "response-policy-csp",
            security(&format!(
                "<ContentSecurityPolicy><ContentSecurityPolicy>{csp}</ContentSecurityPolicy></ContentSecurityPolicy>"
            )),
        ),
        ("response-policy-header-twice", custom_headers(&["X-A", "x-a"])),
        ("response-policy-header-forbidden", custom_headers(&["Content-Length"])),
        (
            "response-policy-xss",
            security(
                "<XSSProtection><Protection>false</Protection><ModeBlock>true</ModeBlock></XSSProtection>",
            ),
        ),
        (
            "response-policy-transport",
            security(
                "<StrictTransportSecurity><AccessControlMaxAgeSec>-1</AccessControlMaxAgeSec></StrictTransportSecurity>",
            ),
        ),
        ("response-policy-cors", cors.to_owned()),
        (
            "response-policy-sampling",
            "<ServerTimingHeadersConfig><SamplingRate>101</SamplingRate></ServerTimingHeadersConfig>"
                .to_owned(),
        ),
    ];
    let mut rows: Vec<(&str, &str)> = rows.iter().map(|(id, row)| (*id, row.as_str())).collect();
    let bare = Element::parse(b"<C><Name>n</Name></C>").expect("it is well formed");
    let empty = response_headers_policy::RULES.iter().filter(|rule| rule.id == "response-policy-empty");
    assert_eq!(empty.filter(|rule| (rule.complaint)(&bare).is_some()).count(), 1);
    rows.sort_unstable();
    let others: Vec<&Rule<Configurations>> =
        response_headers_policy::RULES.iter().filter(|rule| rule.id != "response-policy-empty").collect();
    let broken: BTreeSet<&str> = rows.iter().map(|(id, _)| *id).collect();
    assert_eq!(broken, others.iter().map(|rule| rule.id).collect());
    let good = Element::parse(good.as_bytes()).expect("it is well formed");
    assert_eq!(first_broken(&good, response_headers_policy::RULES), None);
    for (id, members) in rows {
        let changes = Element::parse(format!("<C>{members}</C>").as_bytes()).expect("it is well formed");
        let mut changed = good.clone();
        changes.children.into_iter().for_each(|member| changed.set(member));
        assert_eq!(first_broken(&changed, response_headers_policy::RULES), Some(id));
    }
}

fn draft_breaks(name: &str, config: &str, code: &[u8], state: &State) -> Option<&'static str> {
    let config =
        Element::parse(format!("<FunctionConfig>{config}</FunctionConfig>").as_bytes()).expect("well formed");
    first_broken::<Drafts>(&Draft { name, config: &config, code, state }, function::RULES)
}

#[test]
fn rules_about_functions() {
    let mut state = State::default();
    let store = KeyValueStore {
        id: "s".to_owned(),
        comment: String::new(),
        etag: String::new(),
        modified: NOW,
        ready: NOW,
    };
    state.key_value_stores.insert("store".to_owned(), store);
    let association = |id: &str| {
        format!(
            "<KeyValueStoreAssociation><KeyValueStoreARN>arn:aws:cloudfront::123456789012:key-value-store/{id}</KeyValueStoreARN></KeyValueStoreAssociation>"
        )
    };
    let with = |runtime: &str, stores: &str| {
        format!(
            "<Comment/><Runtime>{runtime}</Runtime><KeyValueStoreAssociations><Items>{stores}</Items></KeyValueStoreAssociations>"
        )
    };
    let good = with("cloudfront-js-2.0", &association("s"));
    let long = format!("<Comment>{}</Comment>", "x".repeat(129));
    assert_eq!(draft_breaks("n", &good, b"x", &state), None);
    assert_eq!(draft_breaks("a b", &good, b"x", &state), Some("function-name"));
    assert_eq!(draft_breaks("n", &long, b"x", &state), Some("function-comment"));
    assert_eq!(draft_breaks("n", &good, b"", &state), Some("function-empty"));
    assert_eq!(draft_breaks("n", &good, &[b'x'; 10_241], &state), Some("function-size"));
    let two = with("cloudfront-js-2.0", &association("s").repeat(2));
    assert_eq!(draft_breaks("n", &two, b"x", &state), Some("function-stores"));
    let old = with("cloudfront-js-1.0", &association("s"));
    assert_eq!(draft_breaks("n", &old, b"x", &state), Some("function-store-runtime"));
    let unknown = with("cloudfront-js-2.0", &association("t"));
    assert_eq!(draft_breaks("n", &unknown, b"x", &state), Some("function-store-unknown"));
    let config =
        Element::parse(format!("<FunctionConfig>{good}</FunctionConfig>").as_bytes()).expect("well formed");
    for index in 0..100 {
        let development = Stage { config: config.clone(), ..stage() };
        state.functions.insert(format!("f{index}"), Function { development, live: None });
    }
    assert_eq!(draft_breaks("n", &good, b"x", &state), Some("function-store-crowded"));
}

#[test]
fn rules_about_key_value_stores() {
    let breaks = |name: &str, comment: &str| first_broken(&Wish { name, comment }, key_value_store::RULES);
    assert_eq!(breaks("n", ""), None);
    assert_eq!(breaks("", ""), Some("key-value-store-name"));
    assert_eq!(breaks("n", &"x".repeat(129)), Some("key-value-store-comment"));
}

fn purge_breaks(paths: &[&str], running: &[&str], config: &Element) -> Option<&'static str> {
    let mut list = Element::new("Paths");
    set_list(&mut list, "Path", paths);
    let batch = Element::new("InvalidationBatch").with(Element::leaf("CallerReference", "r")).with(list);
    first_broken::<Purges>(&Purge { config, batch: &batch, running }, invalidation::RULES)
}

#[test]
fn rules_about_invalidations() {
    let config = Element::new("DistributionConfig");
    let breaks = |paths: &[&str], running: &[&str]| purge_breaks(paths, running, &config);
    assert_eq!(breaks(&["/", "/a%20b", "/a/*", "/*"], &[]), None);
    assert_eq!(breaks(&[], &[]), Some("invalidation-empty"));
    for wrong in ["a", "/a b", "/*/b", "/ü", "", "#tag", "*"] {
        assert_eq!(breaks(&[wrong], &[]), Some("invalidation-path"), "{wrong}");
    }
    assert_eq!(breaks(&vec!["/a"; 3_001], &[]), Some("invalidation-size"));
    assert_eq!(breaks(&["/a"], &vec!["/a"; 3_000]), Some("invalidation-paths-running"));
    assert_eq!(breaks(&["/*"], &["/*"; 15]), Some("invalidation-wildcards-running"));
    let tagged = config.clone().with(Element::new("CacheTagConfig").with(Element::leaf("HeaderName", "tag")));
    assert_eq!(purge_breaks(&["#tag"], &[], &tagged), None);
}

#[test]
fn every_rule_has_a_name_of_its_own_and_says_where_it_is_known_from() {
    let rows = super::rules();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), rows.len());
    assert!(rows.iter().all(|row| !row.source.is_empty() && !row.about.is_empty()));
}
