//! Cache policies of our own: a cache key and its lifetimes. They can't be tagged, so the comment says
//! whose they are (aws-facts.md A.2).

use super::attempt::{Problem, until_free, with_newest_version};
use super::claim::{Claim, Holdings};
use super::refusal::Refusal;
use super::request::{quantity, unanswered, unbuildable};
use crate::apply::reporter::Reporter;
use crate::blueprint::answers::{Query, Seconds};
use crate::blueprint::inventory::{Foreign, Observed};
use crate::blueprint::names::{ownership_mark, resource_name};
use crate::blueprint::resource::{CachePolicySpec, Kind, Output, ResourceId};
use crate::error::Result;
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::error::BuildError;
use aws_sdk_cloudfront::types::{
    CachePolicy, CachePolicyConfig, CachePolicyCookieBehavior, CachePolicyCookiesConfig,
    CachePolicyHeaderBehavior, CachePolicyHeadersConfig, CachePolicyQueryStringBehavior,
    CachePolicyQueryStringsConfig, CachePolicyType, CookieNames, Headers,
    ParametersInCacheKeyAndForwardedToOrigin, QueryStringNames,
};

/// What people call it.
const SUBJECT: &str = "cache policy";

/// The custom policies that the account holds.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn observe(client: &Client, site: &str) -> Result<Holdings<Observed<CachePolicySpec>>, Refusal> {
    let mut holdings = Holdings::default();
    let mut marker = None;
    loop {
        let page = client
            .list_cache_policies()
            .r#type(CachePolicyType::Custom)
            .set_marker(marker)
            .send()
            .await
            .map_err(Refusal::to("cloudfront:ListCachePolicies", "list the cache policies"))?;
        let Some(list) = page.cache_policy_list else { return Ok(holdings) };
        let policies = list.items.unwrap_or_default().into_iter().filter_map(|item| item.cache_policy);
        policies.for_each(|policy| holdings.add(claim(policy, site)));
        marker = list.next_marker.filter(|next| !next.is_empty());
        if marker.is_none() {
            return Ok(holdings);
        }
    }
}

/// Makes one; one of ours that is there already is brought up to date.
///
/// # Errors
///
/// When AWS refuses, or when one under this name is not ours.
pub async fn create(
    client: &Client,
    site: &str,
    name: &str,
    spec: &CachePolicySpec,
    report: &Reporter,
) -> Result<Output> {
    let bare = CachePolicyConfig::builder().name(name).comment(ownership_mark(site)).min_ttl(0).build();
    let config = bare.and_then(|bare| merge(bare, spec)).map_err(|error| unbuildable(SUBJECT, error))?;
    let answer = client.create_cache_policy().cache_policy_config(config).send().await;
    let answer = answer
        .map_err(Refusal::to("cloudfront:CreateCachePolicy", format!("create the cache policy {name}")));
    match answer {
        Ok(made) => Ok(output(made.cache_policy.ok_or_else(|| unanswered(SUBJECT))?.id)),
        Err(refusal) if refusal.is("CachePolicyAlreadyExists") => {
            let present = observe(client, site).await?.adopt(SUBJECT, name)?;
            update(client, &present.output.id, spec, report).await?;
            Ok(present.output)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Makes the one with this id what `spec` says.
///
/// # Errors
///
/// When AWS refuses.
pub async fn update(client: &Client, id: &str, spec: &CachePolicySpec, report: &Reporter) -> Result<()> {
    with_newest_version(report, || async move {
        let (present, etag) = read(client, id).await?;
        let before = present.ok_or_else(|| unanswered(SUBJECT))?;
        let config = merge(before.clone(), spec).map_err(|error| unbuildable(SUBJECT, error))?;
        if config == before {
            return Ok(());
        }
        let request = client.update_cache_policy().id(id).set_if_match(etag).cache_policy_config(config);
        request
            .send()
            .await
            .map_err(Refusal::to("cloudfront:UpdateCachePolicy", format!("update the cache policy {id}")))?;
        Ok::<_, Problem>(())
    })
    .await
}

/// Removes the one with this id.
///
/// # Errors
///
/// When AWS refuses, or when a distribution goes on using it.
pub async fn delete(client: &Client, id: &str, report: &Reporter) -> Result<()> {
    until_free(report, "CachePolicyInUse", || async move {
        let (_, etag) = read(client, id).await?;
        let removal = client.delete_cache_policy().id(id).set_if_match(etag).send().await;
        removal
            .map(drop)
            .map_err(Refusal::to("cloudfront:DeleteCachePolicy", format!("delete the cache policy {id}")))
    })
    .await
}

async fn read(client: &Client, id: &str) -> Result<(Option<CachePolicyConfig>, Option<String>), Refusal> {
    let answer = client
        .get_cache_policy()
        .id(id)
        .send()
        .await
        .map_err(Refusal::to("cloudfront:GetCachePolicy", format!("read the cache policy {id}")))?;
    Ok((answer.cache_policy.and_then(|policy| policy.cache_policy_config), answer.e_tag))
}

fn claim(policy: CachePolicy, site: &str) -> Option<Claim<Observed<CachePolicySpec>>> {
    let config = policy.cache_policy_config?;
    if !config.name.starts_with(&resource_name(site, "")) {
        return None;
    }
    if config.comment.as_deref() != Some(ownership_mark(site).as_str()) {
        let resource = ResourceId::new(Kind::CachePolicy, config.name);
        let why = format!("its comment is not {:?}", ownership_mark(site));
        return Some(Claim::Foreign(Foreign { resource, why }));
    }
    let spec = spec_of(&config);
    Some(Claim::Ours(Observed { name: config.name, output: output(policy.id), spec }))
}

fn output(id: String) -> Output {
    Output { id, ..Output::default() }
}

/// `config` with everything that `spec` speaks of, and all else kept.
fn merge(mut config: CachePolicyConfig, spec: &CachePolicySpec) -> Result<CachePolicyConfig, BuildError> {
    let ttl = |Seconds(seconds): Seconds| i64::try_from(seconds).unwrap_or(i64::MAX);
    config.min_ttl = ttl(spec.min_ttl);
    config.default_ttl = Some(ttl(spec.default_ttl));
    config.max_ttl = Some(ttl(spec.max_ttl));
    // What is never kept has no key, and AWS refuses one (aws-facts.md K15).
    let keyed = spec.max_ttl > Seconds(0);
    let key = ParametersInCacheKeyAndForwardedToOrigin::builder()
        .enable_accept_encoding_gzip(keyed && spec.compress)
        .enable_accept_encoding_brotli(keyed && spec.compress)
        .headers_config(headers(if keyed { &spec.headers } else { &[] })?)
        .cookies_config(cookies(if keyed { &spec.cookies } else { &[] })?)
        .query_strings_config(query_strings(if keyed { &spec.query } else { &Query::None })?)
        .build()?;
    config.parameters_in_cache_key_and_forwarded_to_origin = Some(key);
    Ok(config)
}

fn headers(names: &[String]) -> Result<CachePolicyHeadersConfig, BuildError> {
    if names.is_empty() {
        return CachePolicyHeadersConfig::builder().header_behavior(CachePolicyHeaderBehavior::None).build();
    }
    CachePolicyHeadersConfig::builder()
        .header_behavior(CachePolicyHeaderBehavior::Whitelist)
        .headers(Headers::builder().quantity(quantity(names)).set_items(Some(names.to_vec())).build()?)
        .build()
}

fn cookies(names: &[String]) -> Result<CachePolicyCookiesConfig, BuildError> {
    if names.is_empty() {
        return CachePolicyCookiesConfig::builder().cookie_behavior(CachePolicyCookieBehavior::None).build();
    }
    CachePolicyCookiesConfig::builder()
        .cookie_behavior(CachePolicyCookieBehavior::Whitelist)
        .cookies(CookieNames::builder().quantity(quantity(names)).set_items(Some(names.to_vec())).build()?)
        .build()
}

fn query_strings(query: &Query) -> Result<CachePolicyQueryStringsConfig, BuildError> {
    let (behavior, names) = match query {
        Query::None => (CachePolicyQueryStringBehavior::None, None),
        Query::All => (CachePolicyQueryStringBehavior::All, None),
        Query::Only(names) => (CachePolicyQueryStringBehavior::Whitelist, Some(names)),
        Query::Except(names) => (CachePolicyQueryStringBehavior::AllExcept, Some(names)),
    };
    let names = names.map(|names| {
        QueryStringNames::builder().quantity(quantity(names)).set_items(Some(names.clone())).build()
    });
    CachePolicyQueryStringsConfig::builder()
        .query_string_behavior(behavior)
        .set_query_strings(names.transpose()?)
        .build()
}

/// What `config` says, with every list sorted.
fn spec_of(config: &CachePolicyConfig) -> CachePolicySpec {
    let ttl = |seconds: i64| Seconds(u64::try_from(seconds).unwrap_or_default());
    let key = config.parameters_in_cache_key_and_forwarded_to_origin.as_ref();
    CachePolicySpec {
        min_ttl: ttl(config.min_ttl),
        default_ttl: ttl(config.default_ttl.unwrap_or(DEFAULT_TTL)),
        max_ttl: ttl(config.max_ttl.unwrap_or(MAX_TTL)),
        query: read_query(key.and_then(|key| key.query_strings_config.as_ref())),
        headers: read_headers(key.and_then(|key| key.headers_config.as_ref())),
        cookies: read_cookies(key.and_then(|key| key.cookies_config.as_ref())),
        compress: key.is_some_and(|key| {
            key.enable_accept_encoding_gzip && key.enable_accept_encoding_brotli.unwrap_or(false)
        }),
    }
}

/// CloudFront's lifetimes where a policy names none: those of its managed policies (aws-facts.md C).
const DEFAULT_TTL: i64 = 86_400;
const MAX_TTL: i64 = 31_536_000;

/// How a key of everything reads where we can only name members; no profile can ask for it, so that it
/// shows as drift.
const EVERYTHING: &str = "*";

fn sorted(names: Option<&Vec<String>>) -> Vec<String> {
    let mut names = names.cloned().unwrap_or_default();
    names.sort();
    names
}

fn read_query(observed: Option<&CachePolicyQueryStringsConfig>) -> Query {
    let Some(config) = observed else { return Query::None };
    let names = || sorted(config.query_strings.as_ref().and_then(|names| names.items.as_ref()));
    match config.query_string_behavior {
        CachePolicyQueryStringBehavior::All => Query::All,
        CachePolicyQueryStringBehavior::Whitelist => Query::Only(names()),
        CachePolicyQueryStringBehavior::AllExcept => Query::Except(names()),
        _ => Query::None,
    }
}

/// In lower case, since the names of headers have no case.
fn read_headers(observed: Option<&CachePolicyHeadersConfig>) -> Vec<String> {
    let listed = observed.filter(|config| config.header_behavior == CachePolicyHeaderBehavior::Whitelist);
    let names = listed.and_then(|config| config.headers.as_ref()).and_then(|names| names.items.as_ref());
    let lower = names.map(|names| names.iter().map(|name| name.to_lowercase()).collect());
    sorted(lower.as_ref())
}

fn read_cookies(observed: Option<&CachePolicyCookiesConfig>) -> Vec<String> {
    let Some(config) = observed else { return Vec::new() };
    match config.cookie_behavior {
        CachePolicyCookieBehavior::Whitelist => {
            sorted(config.cookies.as_ref().and_then(|names| names.items.as_ref()))
        }
        CachePolicyCookieBehavior::None => Vec::new(),
        _ => vec![EVERYTHING.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> CachePolicySpec {
        CachePolicySpec {
            min_ttl: Seconds(0),
            default_ttl: Seconds(60),
            max_ttl: Seconds(600),
            query: Query::Only(vec!["page".into(), "q".into()]),
            headers: vec!["accept-language".into(), "origin".into()],
            cookies: vec!["session".into()],
            compress: true,
        }
    }

    fn bare(name: &str, comment: &str) -> CachePolicyConfig {
        CachePolicyConfig::builder().name(name).comment(comment).min_ttl(9).build().unwrap()
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let names = || vec!["q".to_owned()];
        for query in [Query::None, Query::All, Query::Only(names()), Query::Except(names())] {
            let wanted = CachePolicySpec { query, ..spec() };
            assert_eq!(spec_of(&merge(bare("a", "b"), &wanted).unwrap()), wanted);
        }
        let plain = CachePolicySpec { headers: vec![], cookies: vec![], compress: false, ..spec() };
        assert_eq!(spec_of(&merge(bare("a", "b"), &plain).unwrap()), plain);
    }

    #[test]
    fn another_order_or_case_is_no_drift() {
        let mut config = merge(bare("a", "b"), &spec()).unwrap();
        let key = config.parameters_in_cache_key_and_forwarded_to_origin.as_mut().unwrap();
        let headers = key.headers_config.as_mut().unwrap().headers.as_mut().unwrap();
        headers.items = Some(vec!["Origin".into(), "Accept-Language".into()]);
        let query = key.query_strings_config.as_mut().unwrap().query_strings.as_mut().unwrap();
        query.items.as_mut().unwrap().reverse();
        assert_eq!(spec_of(&config), spec());
    }

    #[test]
    fn without_a_lifetime_there_is_no_key() {
        let never =
            CachePolicySpec { min_ttl: Seconds(0), default_ttl: Seconds(0), max_ttl: Seconds(0), ..spec() };
        let config = merge(bare("a", "b"), &never).unwrap();
        let bare_key = CachePolicySpec {
            query: Query::None,
            headers: vec![],
            cookies: vec![],
            compress: false,
            ..never
        };
        assert_eq!(spec_of(&config), bare_key);
    }

    #[test]
    fn the_comment_decides_whose_it_is() {
        let policy = |name: &str, comment: &str| {
            CachePolicy::builder()
                .id("id")
                .last_modified_time(aws_smithy_types::DateTime::from_secs(0))
                .cache_policy_config(bare(name, comment))
                .build()
                .unwrap()
        };
        let ours = claim(policy("sitecast_acme_1", "sitecast:site=acme"), "acme");
        assert!(matches!(ours, Some(Claim::Ours(_))));
        let foreign = claim(policy("sitecast_acme_1", "sitecast:site=acme2"), "acme");
        assert!(matches!(foreign, Some(Claim::Foreign(_))));
        assert_eq!(claim(policy("sitecast_acme-blog_1", "sitecast:site=acme-blog"), "acme"), None);
    }
}
