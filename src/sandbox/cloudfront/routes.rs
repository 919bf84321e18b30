//! Which operation a method and a path ask for. A new operation is one row.

use super::conversation::Conversation;
use super::named::{CACHE_POLICY, ORIGIN_ACCESS_CONTROL, ORIGIN_REQUEST_POLICY, RESPONSE_HEADERS_POLICY};
use super::{
    distributions, domains, functions, invalidations, key_value_stores, monitoring, named, tags, usage,
};
use crate::sandbox::call::{Answer, Refusal, Request};
use percent_encoding::percent_decode_str;

/// One operation.
#[derive(Debug)]
pub struct Route {
    method: &'static str,
    /// Below the version; `*` is a part that varies.
    path: &'static str,
    /// A query parameter that tells operations on one path apart; the value counts unless it is empty.
    query: Option<(&'static str, &'static str)>,
    /// Its name.
    pub operation: &'static str,
    /// Answers it.
    pub handle: Handler,
}

type Handler = fn(&mut Conversation) -> Result<Answer, Refusal>;

/// The route of a request, and the parts of its path that vary.
pub fn find(request: &Request) -> Result<(&'static Route, Vec<String>), Refusal> {
    let path = request.path.strip_prefix("/2020-05-31/").ok_or_else(|| unknown(request))?;
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    ROUTES
        .iter()
        .filter(|route| route.method == request.method && route.asked_by_query(request))
        .find_map(|route| Some((route, route.captures(&parts)?)))
        .ok_or_else(|| unknown(request))
}

impl Route {
    fn asked_by_query(&self, request: &Request) -> bool {
        self.query.is_none_or(|(name, value)| {
            request.query(name).is_some_and(|sent| value.is_empty() || sent == value)
        })
    }

    fn captures(&self, parts: &[&str]) -> Option<Vec<String>> {
        let pattern: Vec<&str> = self.path.split('/').collect();
        let fits = pattern.len() == parts.len()
            && pattern
                .iter()
                .zip(parts)
                .all(|(pattern, part)| *pattern == "*" && !part.is_empty() || pattern == part);
        let varying = pattern.iter().zip(parts).filter(|(pattern, _)| **pattern == "*");
        fits.then(|| {
            varying.map(|(_, part)| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect()
        })
    }
}

fn unknown(request: &Request) -> Refusal {
    Refusal::new(
        404,
        "UnknownOperationException",
        format!("{} {} is no operation.", request.method, request.path),
    )
}

const fn route(method: &'static str, path: &'static str, operation: &'static str, handle: Handler) -> Route {
    Route { method, path, query: None, operation, handle }
}

const fn told_apart(route: Route, name: &'static str, value: &'static str) -> Route {
    Route { query: Some((name, value)), ..route }
}

/// Rows told apart by a query come before those on the same path that aren't.
/// The name of every operation.
pub fn operations() -> impl Iterator<Item = &'static str> {
    ROUTES.iter().map(|route| route.operation)
}

const ROUTES: &[Route] = &[
    told_apart(
        route("POST", "distribution", "CreateDistributionWithTags", distributions::create_with_tags),
        "WithTags",
        "",
    ),
    route("POST", "distribution", "CreateDistribution", distributions::create),
    route("GET", "distribution", "ListDistributions", distributions::list),
    route("GET", "distribution/*", "GetDistribution", distributions::get),
    route("GET", "distribution/*/config", "GetDistributionConfig", distributions::get_config),
    route("PUT", "distribution/*/config", "UpdateDistribution", distributions::update),
    route("DELETE", "distribution/*", "DeleteDistribution", distributions::delete),
    route("POST", "distribution/*/invalidation", "CreateInvalidation", invalidations::create),
    route("GET", "distribution/*/invalidation", "ListInvalidations", invalidations::list),
    route("GET", "distribution/*/invalidation/*", "GetInvalidation", invalidations::get),
    route(
        "POST",
        "distributions/*/monitoring-subscription",
        "CreateMonitoringSubscription",
        monitoring::create,
    ),
    route("GET", "distributions/*/monitoring-subscription", "GetMonitoringSubscription", monitoring::get),
    route(
        "DELETE",
        "distributions/*/monitoring-subscription",
        "DeleteMonitoringSubscription",
        monitoring::delete,
    ),
    route("GET", "conflicting-alias", "ListConflictingAliases", domains::conflicting_aliases),
    route("POST", "domain-conflicts", "ListDomainConflicts", domains::conflicting_domains),
    route("PUT", "distribution/*/associate-alias", "AssociateAlias", domains::associate),
    route("POST", "domain-association", "UpdateDomainAssociation", domains::update_association),
    route("GET", "distributionsByCachePolicyId/*", "ListDistributionsByCachePolicyId", |call| {
        usage::by_named(call, &CACHE_POLICY)
    }),
    route(
        "GET",
        "distributionsByOriginRequestPolicyId/*",
        "ListDistributionsByOriginRequestPolicyId",
        |call| usage::by_named(call, &ORIGIN_REQUEST_POLICY),
    ),
    route(
        "GET",
        "distributionsByResponseHeadersPolicyId/*",
        "ListDistributionsByResponseHeadersPolicyId",
        |call| usage::by_named(call, &RESPONSE_HEADERS_POLICY),
    ),
    route("GET", "tagging", "ListTagsForResource", tags::list),
    told_apart(route("POST", "tagging", "TagResource", tags::tag), "Operation", "Tag"),
    told_apart(route("POST", "tagging", "UntagResource", tags::untag), "Operation", "Untag"),
    route("POST", "origin-access-control", "CreateOriginAccessControl", |call| {
        named::create(call, &ORIGIN_ACCESS_CONTROL)
    }),
    route("GET", "origin-access-control", "ListOriginAccessControls", |call| {
        named::list(call, &ORIGIN_ACCESS_CONTROL)
    }),
    route("GET", "origin-access-control/*", "GetOriginAccessControl", |call| {
        named::get(call, &ORIGIN_ACCESS_CONTROL)
    }),
    route("GET", "origin-access-control/*/config", "GetOriginAccessControlConfig", |call| {
        named::get_config(call, &ORIGIN_ACCESS_CONTROL)
    }),
    route("PUT", "origin-access-control/*/config", "UpdateOriginAccessControl", |call| {
        named::update(call, &ORIGIN_ACCESS_CONTROL)
    }),
    route("DELETE", "origin-access-control/*", "DeleteOriginAccessControl", |call| {
        named::delete(call, &ORIGIN_ACCESS_CONTROL)
    }),
    route("POST", "cache-policy", "CreateCachePolicy", |call| named::create(call, &CACHE_POLICY)),
    route("GET", "cache-policy", "ListCachePolicies", |call| named::list(call, &CACHE_POLICY)),
    route("GET", "cache-policy/*", "GetCachePolicy", |call| named::get(call, &CACHE_POLICY)),
    route("GET", "cache-policy/*/config", "GetCachePolicyConfig", |call| {
        named::get_config(call, &CACHE_POLICY)
    }),
    route("PUT", "cache-policy/*", "UpdateCachePolicy", |call| named::update(call, &CACHE_POLICY)),
    route("DELETE", "cache-policy/*", "DeleteCachePolicy", |call| named::delete(call, &CACHE_POLICY)),
    route("POST", "origin-request-policy", "CreateOriginRequestPolicy", |call| {
        named::create(call, &ORIGIN_REQUEST_POLICY)
    }),
    route("GET", "origin-request-policy", "ListOriginRequestPolicies", |call| {
        named::list(call, &ORIGIN_REQUEST_POLICY)
    }),
    route("GET", "origin-request-policy/*", "GetOriginRequestPolicy", |call| {
        named::get(call, &ORIGIN_REQUEST_POLICY)
    }),
    route("GET", "origin-request-policy/*/config", "GetOriginRequestPolicyConfig", |call| {
        named::get_config(call, &ORIGIN_REQUEST_POLICY)
    }),
    route("PUT", "origin-request-policy/*", "UpdateOriginRequestPolicy", |call| {
        named::update(call, &ORIGIN_REQUEST_POLICY)
    }),
    route("DELETE", "origin-request-policy/*", "DeleteOriginRequestPolicy", |call| {
        named::delete(call, &ORIGIN_REQUEST_POLICY)
    }),
    route("POST", "response-headers-policy", "CreateResponseHeadersPolicy", |call| {
        named::create(call, &RESPONSE_HEADERS_POLICY)
    }),
    route("GET", "response-headers-policy", "ListResponseHeadersPolicies", |call| {
        named::list(call, &RESPONSE_HEADERS_POLICY)
    }),
    route("GET", "response-headers-policy/*", "GetResponseHeadersPolicy", |call| {
        named::get(call, &RESPONSE_HEADERS_POLICY)
    }),
    route("GET", "response-headers-policy/*/config", "GetResponseHeadersPolicyConfig", |call| {
        named::get_config(call, &RESPONSE_HEADERS_POLICY)
    }),
    route("PUT", "response-headers-policy/*", "UpdateResponseHeadersPolicy", |call| {
        named::update(call, &RESPONSE_HEADERS_POLICY)
    }),
    route("DELETE", "response-headers-policy/*", "DeleteResponseHeadersPolicy", |call| {
        named::delete(call, &RESPONSE_HEADERS_POLICY)
    }),
    route("POST", "function", "CreateFunction", functions::create),
    route("GET", "function", "ListFunctions", functions::list),
    route("GET", "function/*", "GetFunction", functions::get),
    route("GET", "function/*/describe", "DescribeFunction", functions::describe),
    route("PUT", "function/*", "UpdateFunction", functions::update),
    route("POST", "function/*/publish", "PublishFunction", functions::publish),
    route("POST", "function/*/test", "TestFunction", functions::test),
    route("DELETE", "function/*", "DeleteFunction", functions::delete),
    route("POST", "key-value-store", "CreateKeyValueStore", key_value_stores::create),
    route("GET", "key-value-store", "ListKeyValueStores", key_value_stores::list),
    route("GET", "key-value-store/*", "DescribeKeyValueStore", key_value_stores::describe),
    route("PUT", "key-value-store/*", "UpdateKeyValueStore", key_value_stores::update),
    route("DELETE", "key-value-store/*", "DeleteKeyValueStore", key_value_stores::delete),
];
