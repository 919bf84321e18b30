//! Which cache policy a path gets: one that AWS manages wherever it equals the answers, else our own.

use super::names;
use super::resource::{CachePolicySpec, Kind, Ref, ResourceId};
use crate::profile::answers::{CacheAnswers, Query};
use std::collections::BTreeMap;

/// The managed policies that a static site can use (aws-facts.md C).
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_OPTIMIZED_UNCOMPRESSED: &str = "b2884449-e4de-46a7-ac36-70bc7f1ddd6d";
/// The managed policy that caches nothing.
pub const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/// The lifetimes, in seconds, within which the two optimised policies leave ours as we send it.
const OPTIMIZED_TTLS: std::ops::RangeInclusive<u64> = 1..=31_536_000;

/// The policy for paths with these answers.
pub fn policy_for(site: &str, answers: &CacheAnswers) -> Ref {
    match managed(answers) {
        Some(id) => Ref::Known(id.to_owned()),
        None => Ref::IdOf(ResourceId::new(Kind::CachePolicy, own_name(site, &spec(answers)))),
    }
}

/// Every policy of our own that behaviours with these answers need, by name. Equal answers share one.
pub fn own_policies(site: &str, behaviors: &[CacheAnswers]) -> BTreeMap<String, CachePolicySpec> {
    behaviors
        .iter()
        .filter(|answers| managed(answers).is_none())
        .map(|answers| (own_name(site, &spec(answers)), spec(answers)))
        .collect()
}

/// The managed policy that equals the answers: the same key and compression, and the same lifetime of what
/// we send. We always send one, so a policy's default never counts.
fn managed(answers: &CacheAnswers) -> Option<&'static str> {
    let bare_key = answers.query == Query::None && answers.headers.is_empty() && answers.cookies.is_empty();
    match answers.edge.max.0 {
        // Without a lifetime there is no key, and AWS refuses a policy that has one (aws-facts.md K15).
        0 => Some(CACHING_DISABLED),
        _ if !bare_key || !OPTIMIZED_TTLS.contains(&answers.edge.default.0) => None,
        _ if answers.compress => Some(CACHING_OPTIMIZED),
        _ => Some(CACHING_OPTIMIZED_UNCOMPRESSED),
    }
}

fn spec(answers: &CacheAnswers) -> CachePolicySpec {
    CachePolicySpec {
        min_ttl: answers.edge.min,
        default_ttl: answers.edge.default,
        max_ttl: answers.edge.max,
        query: answers.query.clone(),
        headers: answers.headers.clone(),
        cookies: answers.cookies.clone(),
        compress: answers.compress,
    }
}

fn own_name(site: &str, spec: &CachePolicySpec) -> String {
    let parameters = serde_json::to_string(spec).unwrap_or_default();
    names::resource_name(site, &names::short_hash(&parameters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::answers::{EdgeTtl, Seconds};

    fn answers(default: u64, compress: bool) -> CacheAnswers {
        CacheAnswers {
            browser: Seconds(0),
            immutable: false,
            edge: EdgeTtl { min: Seconds(0), default: Seconds(default), max: Seconds(31_536_000) },
            query: Query::None,
            headers: Vec::new(),
            cookies: Vec::new(),
            compress,
        }
    }

    #[test]
    fn a_managed_policy_is_used_wherever_it_equals_the_answers() {
        assert_eq!(managed(&answers(86_400, true)), Some(CACHING_OPTIMIZED));
        assert_eq!(managed(&answers(86_400, false)), Some(CACHING_OPTIMIZED_UNCOMPRESSED));
        let never = EdgeTtl { min: Seconds(0), default: Seconds(0), max: Seconds(0) };
        assert_eq!(managed(&CacheAnswers { edge: never, ..answers(0, true) }), Some(CACHING_DISABLED));
    }

    #[test]
    fn a_lifetime_of_zero_needs_a_policy_of_our_own() {
        assert_eq!(managed(&answers(0, true)), None, "CachingOptimized would keep it for a second");
    }

    #[test]
    fn rules_with_equal_answers_share_a_policy() {
        let by_query = CacheAnswers { query: Query::All, ..answers(300, true) };
        let behaviors = [answers(300, true), by_query.clone(), by_query];
        assert_eq!(own_policies("acme", &behaviors).len(), 1);
    }
}
