//! What the account may have how many of.

use crate::aws::account_buckets;
use crate::aws::refusal::Refusal;
use crate::aws::session::{GLOBAL_REGION, Session};
use aws_sdk_cloudfront::types::{CachePolicyType, FunctionStage, ResponseHeadersPolicyType};
use aws_sdk_servicequotas::Client;

/// A quota of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// What is counted, in the plural.
    pub what: &'static str,
    /// The service's code.
    pub service: &'static str,
    /// The quota's code.
    pub code: &'static str,
}

/// Distributions of an account.
pub const DISTRIBUTIONS: Quota = Quota { what: "distributions", service: "cloudfront", code: "L-24B04930" };
/// Cache policies of an account.
pub const CACHE_POLICIES: Quota = Quota { what: "cache policies", service: "cloudfront", code: "L-7D134442" };
/// Response headers policies of an account.
pub const HEADERS_POLICIES: Quota =
    Quota { what: "response headers policies", service: "cloudfront", code: "L-CF0D4FC5" };
/// Behaviours of a distribution.
pub const BEHAVIOURS: Quota =
    Quota { what: "cache behaviours of the distribution", service: "cloudfront", code: "L-F432D044" };
/// Certificates of a region.
pub const CERTIFICATES: Quota = Quota { what: "certificates", service: "acm", code: "L-F141DD1D" };
/// Buckets of an account.
pub const BUCKETS: Quota = Quota { what: "buckets", service: "s3", code: "L-DC2B2D3D" };

/// How many there may be. A quota that was never touched may have no value of its own (aws-facts.md A.1).
pub async fn limit(session: &Session, quota: Quota) -> Result<f64, Refusal> {
    let client = Client::new(&session.config_in(GLOBAL_REGION));
    let tried = || format!("read the quota of {}", quota.what);
    let own = client.get_service_quota().service_code(quota.service).quota_code(quota.code).send().await;
    if let Some(value) = own.ok().and_then(|answer| answer.quota).and_then(|quota| quota.value) {
        return Ok(value);
    }
    let usual = client.get_aws_default_service_quota().service_code(quota.service).quota_code(quota.code);
    let answer =
        usual.send().await.map_err(Refusal::to("servicequotas:GetAWSDefaultServiceQuota", tried()))?;
    let value = answer.quota.and_then(|quota| quota.value);
    value.ok_or_else(|| {
        Refusal::of_words("servicequotas:GetAWSDefaultServiceQuota", tried(), "the answer holds no value")
    })
}

/// How many cache policies the account has made.
pub async fn cache_policies(session: &Session) -> Result<usize, Refusal> {
    let call = session.cloudfront().list_cache_policies().r#type(CachePolicyType::Custom);
    let answer =
        call.send().await.map_err(Refusal::to("cloudfront:ListCachePolicies", "count the cache policies"))?;
    Ok(answer.cache_policy_list.and_then(|list| list.items).unwrap_or_default().len())
}

/// How many response headers policies the account has made.
pub async fn headers_policies(session: &Session) -> Result<usize, Refusal> {
    let call =
        session.cloudfront().list_response_headers_policies().r#type(ResponseHeadersPolicyType::Custom);
    let answer = call.send().await.map_err(Refusal::to(
        "cloudfront:ListResponseHeadersPolicies",
        "count the response headers policies",
    ))?;
    Ok(answer.response_headers_policy_list.and_then(|list| list.items).unwrap_or_default().len())
}

/// How many origin access controls the account has.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn access_controls(session: &Session) -> Result<usize, Refusal> {
    let mut pages = session.cloudfront().list_origin_access_controls().into_paginator().send();
    let (tried, mut count) = ("count the origin access controls", 0);
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("cloudfront:ListOriginAccessControls", tried))?;
        count += page.origin_access_control_list.and_then(|list| list.items).unwrap_or_default().len();
    }
    Ok(count)
}

/// How many CloudFront Functions the account has made.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn functions(session: &Session) -> Result<usize, Refusal> {
    let (mut count, mut marker) = (0, None);
    loop {
        let call = session.cloudfront().list_functions().stage(FunctionStage::Development);
        let answer = call.set_marker(marker).send().await;
        let answer =
            answer.map_err(Refusal::to("cloudfront:ListFunctions", "count the CloudFront Functions"))?;
        let Some(list) = answer.function_list else { return Ok(count) };
        count += list.items.unwrap_or_default().len();
        marker = list.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            return Ok(count);
        }
    }
}

/// How many buckets the account has.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn buckets(session: &Session) -> Result<usize, Refusal> {
    Ok(account_buckets::names(session).await?.len())
}
