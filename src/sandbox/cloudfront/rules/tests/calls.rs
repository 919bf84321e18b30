//! Every rule that a call enforces by itself, with a call that breaks it.

use super::{NOW, stage};
use crate::sandbox::call::{Request, World};
use crate::sandbox::cloudfront::element::Element;
use crate::sandbox::cloudfront::named::{
    CACHE_POLICY, Kind, ORIGIN_ACCESS_CONTROL, ORIGIN_REQUEST_POLICY, RESPONSE_HEADERS_POLICY,
};
use crate::sandbox::cloudfront::rules::calls::ROWS;
use crate::sandbox::cloudfront::state::{Distribution, Function, Invalidation, KeyValueStore, Named, State};
use crate::sandbox::cloudfront::{answer, tests::PLAIN};
use crate::sandbox::{operation, pace::Pace, store::Store};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use std::collections::BTreeSet;

const KINDS: [&Kind; 4] =
    [&ORIGIN_ACCESS_CONTROL, &CACHE_POLICY, &ORIGIN_REQUEST_POLICY, &RESPONSE_HEADERS_POLICY];
const CONTROL: &str = "<OriginAccessControlConfig><Name>taken</Name><SigningProtocol>sigv4</SigningProtocol><SigningBehavior>always</SigningBehavior><OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>";
const CACHE: &str = "<CachePolicyConfig><Name>taken</Name><MinTTL>1</MinTTL></CachePolicyConfig>";
const REQUEST: &str = "<OriginRequestPolicyConfig><Name>taken</Name><HeadersConfig><HeaderBehavior>none</HeaderBehavior></HeadersConfig><CookiesConfig><CookieBehavior>none</CookieBehavior></CookiesConfig><QueryStringsConfig><QueryStringBehavior>none</QueryStringBehavior></QueryStringsConfig></OriginRequestPolicyConfig>";
const HEADERS: &str = "<ResponseHeadersPolicyConfig><Name>taken</Name><ServerTimingHeadersConfig><Enabled>true</Enabled><SamplingRate>5</SamplingRate></ServerTimingHeadersConfig></ResponseHeadersPolicyConfig>";
const FUNCTION: &str = "<CreateFunctionRequest><Name>taken</Name><FunctionConfig><Comment/><Runtime>cloudfront-js-2.0</Runtime></FunctionConfig><FunctionCode>eA==</FunctionCode></CreateFunctionRequest>";
const STORE: &str = "<CreateKeyValueStoreRequest><Name>taken</Name></CreateKeyValueStoreRequest>";
const PURGE: &str = "<InvalidationBatch><Paths><Quantity>1</Quantity><Items><Path>/b</Path></Items></Paths><CallerReference>r</CallerReference></InvalidationBatch>";
const TAGS: &str = "<Tags><Items><Tag><Key>aws:own</Key><Value/></Tag></Items></Tags>";
const TAGGING: &str = "tagging?Operation=Tag&Resource=arn:aws:cloudfront::123456789012:distribution/E1";
const SUBSCRIPTION: &str = "<MonitoringSubscription><RealtimeMetricsSubscriptionConfig><RealtimeMetricsSubscriptionStatus>Enabled</RealtimeMetricsSubscriptionStatus></RealtimeMetricsSubscriptionConfig></MonitoringSubscription>";
const MOVED_FROM_ELSEWHERE: &str = "<UpdateDomainAssociationRequest><Domain>held.example</Domain><TargetResource><DistributionId>E1</DistributionId></TargetResource></UpdateDomainAssociationRequest>";
const MOVED_FROM_NOBODY: &str = "<UpdateDomainAssociationRequest><Domain>a.example</Domain><TargetResource><DistributionId>E1</DistributionId></TargetResource></UpdateDomainAssociationRequest>";
const OPTIMIZED: &str = "cache-policy/658327ea-f89d-4fab-a63d-7e88639e58f6";

/// One of everything, named `taken` and used by one distribution.
fn one_of_each() -> State {
    let mut config = Element::parse(PLAIN.as_bytes()).expect("it is well formed");
    let function = "arn:aws:cloudfront::123456789012:function/taken";
    let store = "arn:aws:cloudfront::123456789012:key-value-store/taken";
    config = config.with(Element::leaf("FunctionARN", function));
    let mut state = State::default();
    for kind in KINDS {
        config = config.with(Element::leaf(&format!("{}Id", kind.object), "taken"));
        crowd(&mut state, kind, &["taken".to_owned()]);
    }
    state.caller_references.insert("r".to_owned(), "E1".to_owned());
    state.distributions.insert("E1".to_owned(), distribution("E1", config));
    state.distributions.insert("E2".to_owned(), distribution("E2", Element::new("DistributionConfig")));
    let mut development = stage();
    development.config = Element::new("FunctionConfig").with(Element::leaf("KeyValueStoreARN", store));
    state.functions.insert("taken".to_owned(), Function { development, live: None });
    state.key_value_stores.insert("taken".to_owned(), key_value_store("taken"));
    state.monitoring.insert("E1".to_owned(), Element::new("MonitoringSubscription"));
    state.invalidations.push(purge());
    state.held_elsewhere.insert("held.example".to_owned(), "210987654321".to_owned());
    state
}

fn crowd(state: &mut State, kind: &Kind, names: &[String]) {
    let named = |name: &String| {
        let config = Element::new(&format!("{}Config", kind.object)).with(Element::leaf("Name", name));
        (name.clone(), Named { id: name.clone(), etag: "E1".to_owned(), modified: NOW, config })
    };
    state.named.insert(kind.object.to_owned(), names.iter().map(named).collect());
}

fn distribution(id: &str, config: Element) -> Distribution {
    let (etag, domain) = ("E1".to_owned(), format!("{id}.cloudfront.net"));
    Distribution { id: id.to_owned(), domain, etag, modified: NOW, settled: NOW, config }
}

fn key_value_store(id: &str) -> KeyValueStore {
    let etag = "E1".to_owned();
    KeyValueStore { id: id.to_owned(), comment: String::new(), etag, modified: NOW, ready: NOW }
}

fn purge() -> Invalidation {
    let batch = Element::parse(PURGE.replace("/b", "/a").as_bytes()).expect("it is well formed");
    let (id, distribution) = ("I1".to_owned(), "E1".to_owned());
    Invalidation { id, distribution, created: NOW, completed: NOW, batch }
}

/// As many of everything as an account may have.
fn full() -> State {
    let mut state = State::default();
    for kind in KINDS {
        let names: Vec<String> = (0..kind.quota).map(|index| format!("n{index}")).collect();
        crowd(&mut state, kind, &names);
    }
    for index in 0..500 {
        let (id, config) = (format!("E{index}"), Element::new("DistributionConfig"));
        state.distributions.insert(id.clone(), distribution(&id, config));
    }
    for index in 0..100 {
        state.functions.insert(format!("f{index}"), Function { development: stage(), live: None });
    }
    for index in 0..200 {
        state.key_value_stores.insert(format!("s{index}"), key_value_store(&format!("s{index}")));
    }
    state
}

/// The code of the refusal of one call.
fn refused(state: &State, method: &str, target: &str, etag: &str, body: &str) -> String {
    let folder = tempfile::tempdir().expect("there is room");
    let store = Store::open(folder.path()).expect("it opens");
    store.lock().and_then(|guard| guard.write(state)).expect("it is written");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = HeaderMap::new();
    if !etag.is_empty() {
        headers.insert("if-match", HeaderValue::from_str(etag).expect("it is a header"));
    }
    let request = Request {
        method: method.to_owned(),
        path: format!("/2020-05-31/{path}"),
        query: operation::parameters(query.as_bytes()),
        headers,
        body: Bytes::from(body.to_owned()),
        service: "cloudfront".to_owned(),
        region: "us-east-1".to_owned(),
    };
    let answer = answer(&World { store, now: NOW, pace: Pace::Instant }, &request);
    Element::parse(&answer.body).map(|error| error.text_at("Error/Code").to_owned()).unwrap_or_default()
}

/// Rule, method, path, If-Match and body of a call that meets one of each.
const OF_ONE: &[(&str, &str, &str, &str, &str)] = &[
    ("if-match-missing", "PUT", "distribution/E1/config", "", PLAIN),
    ("if-match-stale", "PUT", "distribution/E1/config", "E0", PLAIN),
    ("caller-reference-used", "POST", "distribution", "", PLAIN),
    ("distribution-not-disabled", "DELETE", "distribution/E1", "E1", ""),
    ("shape", "POST", "distribution", "", "<DistributionConfig/>"),
    ("oac-name-taken", "POST", "origin-access-control", "", CONTROL),
    ("cache-policy-name-taken", "POST", "cache-policy", "", CACHE),
    ("origin-request-policy-name-taken", "POST", "origin-request-policy", "", REQUEST),
    ("response-headers-policy-name-taken", "POST", "response-headers-policy", "", HEADERS),
    ("managed-update", "PUT", OPTIMIZED, "E1", CACHE),
    ("managed-delete", "DELETE", OPTIMIZED, "E1", ""),
    ("oac-in-use", "DELETE", "origin-access-control/taken", "E1", ""),
    ("cache-policy-in-use", "DELETE", "cache-policy/taken", "E1", ""),
    ("origin-request-policy-in-use", "DELETE", "origin-request-policy/taken", "E1", ""),
    ("response-headers-policy-in-use", "DELETE", "response-headers-policy/taken", "E1", ""),
    ("function-name-taken", "POST", "function", "", FUNCTION),
    ("function-in-use", "DELETE", "function/taken", "E1", ""),
    ("key-value-store-name-taken", "POST", "key-value-store", "", STORE),
    ("key-value-store-in-use", "DELETE", "key-value-store/taken", "E1", ""),
    ("invalidation-reference-used", "POST", "distribution/E1/invalidation", "", PURGE),
    ("tags", "POST", TAGGING, "", TAGS),
    ("subscription-exists", "POST", "distributions/E1/monitoring-subscription", "", SUBSCRIPTION),
    ("distribution-absent", "GET", "distribution/E0", "", ""),
    ("oac-absent", "GET", "origin-access-control/E0", "", ""),
    ("cache-policy-absent", "GET", "cache-policy/E0", "", ""),
    ("origin-request-policy-absent", "GET", "origin-request-policy/E0", "", ""),
    ("response-headers-policy-absent", "GET", "response-headers-policy/E0", "", ""),
    ("function-absent", "GET", "function/none", "", ""),
    ("key-value-store-absent", "GET", "key-value-store/none", "", ""),
    ("invalidation-absent", "GET", "distribution/E1/invalidation/I0", "", ""),
    ("tagged-absent", "GET", "tagging?Resource=arn:aws:cloudfront::123456789012:distribution/E0", "", ""),
    ("alias-question-uncovered", "GET", "conflicting-alias?DistributionId=E1&Alias=a.example", "", ""),
    ("domain-of-enabled", "POST", "domain-association", "", MOVED_FROM_ELSEWHERE),
    ("domain-unknown", "POST", "domain-association", "", MOVED_FROM_NOBODY),
    ("domain-unproven", "PUT", "distribution/E1/associate-alias?Alias=a.example", "", ""),
    ("subscription-absent", "GET", "distributions/E2/monitoring-subscription", "", ""),
];

/// Rule, path and body of a creation in an account that is full.
const OF_MANY: &[(&str, &str, &str)] = &[
    ("distribution-quota", "distribution", PLAIN),
    ("oac-quota", "origin-access-control", CONTROL),
    ("cache-policy-quota", "cache-policy", CACHE),
    ("origin-request-policy-quota", "origin-request-policy", REQUEST),
    ("response-headers-policy-quota", "response-headers-policy", HEADERS),
    ("function-quota", "function", FUNCTION),
    ("key-value-store-quota", "key-value-store", STORE),
];

#[test]
fn every_rule_of_a_call_refuses() {
    let (one, many, none) = (one_of_each(), full(), State::default());
    let quantity =
        PLAIN.replace("<Quantity>1</Quantity><Items><Origin>", "<Quantity>2</Quantity><Items><Origin>");
    let mut codes = vec![("quantity", refused(&none, "POST", "distribution", "", &quantity))];
    codes.extend(
        OF_ONE.iter().map(|(id, method, path, etag, body)| (*id, refused(&one, method, path, etag, body))),
    );
    codes.extend(OF_MANY.iter().map(|(id, path, body)| (*id, refused(&many, "POST", path, "", body))));
    let refused: BTreeSet<(&str, &str)> = codes.iter().map(|(id, code)| (*id, code.as_str())).collect();
    assert_eq!(refused, ROWS.iter().map(|[id, code, ..]| (*id, *code)).collect());
}
