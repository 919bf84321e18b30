//! Rules about behaviours that say themselves what to forward and how long to keep, without a cache policy.

use super::views::Behaviour;
use super::{Distributions, Proposal, Rule, says};

/// The table.
pub const RULES: &[Rule<Distributions>] = &[
    Rule {
        id: "forwarded-ttl-order",
        code: "InvalidTTLOrder",
        about: "TTLs that are not in ascending order",
        source: "aws-facts.md B, Cache policy",
        complaint: |p| any(p, wrong_order, "The TTL order specified is not valid."),
    },
    Rule {
        id: "forwarded-cookies",
        code: "InvalidForwardCookies",
        about: "cookie names without a whitelist, or a whitelist without names",
        source: "service model",
        complaint: |p| {
            any(
                p,
                wrong_cookies,
                "Your request contains forward cookies option which doesn't match with the expectation for the whitelisted list of cookie names.",
            )
        },
    },
    Rule {
        id: "forwarded-cookies-quota",
        code: "TooManyCookieNamesInWhiteList",
        about: "more than 10 cookie names",
        source: "aws-facts.md B, default quotas",
        complaint: |p| {
            any(
                p,
                |behaviour| count(behaviour, "Cookies/WhitelistedNames") > 10,
                "Your request contains more cookie names in the whitelist than are allowed per cache behavior.",
            )
        },
    },
    Rule {
        id: "forwarded-headers-quota",
        code: "TooManyHeadersInForwardedValues",
        about: "more than 10 headers",
        source: "aws-facts.md B, default quotas",
        complaint: |p| {
            any(
                p,
                |behaviour| count(behaviour, "Headers") > 10,
                "Your request contains too many headers in forwarded values.",
            )
        },
    },
    Rule {
        id: "forwarded-query-quota",
        code: "TooManyQueryStringParameters",
        about: "more than 10 query string keys",
        source: "aws-facts.md B, default quotas",
        complaint: |p| {
            any(
                p,
                |behaviour| count(behaviour, "QueryStringCacheKeys") > 10,
                "Your request contains too many query string parameters.",
            )
        },
    },
    Rule {
        id: "forwarded-query",
        code: "InvalidQueryStringParameters",
        about: "query string keys while query strings aren't forwarded",
        source: "service model",
        complaint: |p| {
            any(
                p,
                |behaviour| {
                    !behaviour.0.flag_at("ForwardedValues/QueryString")
                        && count(behaviour, "QueryStringCacheKeys") > 0
                },
                "The query string parameters specified are not valid.",
            )
        },
    },
    Rule {
        id: "forwarded-headers-to-bucket",
        code: "InvalidHeadersForS3Origin",
        about: "headers that a bucket doesn't take",
        source: "service model",
        complaint: headers_to_bucket,
    },
];

fn any(proposal: &Proposal, wrong: fn(Behaviour) -> bool, message: &str) -> Option<String> {
    let mut forwarding =
        proposal.config.behaviours().filter(|behaviour| behaviour.0.child("ForwardedValues").is_some());
    says(forwarding.any(wrong), message)
}

fn wrong_order(behaviour: Behaviour) -> bool {
    let ttl = |name: &str| behaviour.0.number_at(name).unwrap_or(0);
    let (minimum, default, maximum) = (ttl("MinTTL"), ttl("DefaultTTL"), ttl("MaxTTL"));
    !(0 <= minimum && minimum <= default && default <= maximum)
}

fn wrong_cookies(behaviour: Behaviour) -> bool {
    let picked = behaviour.text("ForwardedValues/Cookies/Forward") == "whitelist";
    picked != (count(behaviour, "Cookies/WhitelistedNames") > 0)
}

fn count(behaviour: Behaviour, list: &str) -> usize {
    behaviour.0.items_at(&format!("ForwardedValues/{list}")).len()
}

fn headers_to_bucket(proposal: &Proposal) -> Option<String> {
    let buckets: Vec<&str> =
        proposal.config.origins().filter(|origin| origin.is_s3()).map(|origin| origin.id()).collect();
    let mut to_buckets =
        proposal.config.behaviours().filter(|behaviour| buckets.contains(&behaviour.target()));
    let wrong = to_buckets.any(|behaviour| {
        let headers = behaviour.0.texts_at("ForwardedValues/Headers");
        headers.iter().any(|header| !TAKEN.contains(&header.to_lowercase().as_str()))
    });
    says(wrong, "The headers specified are not valid for an Amazon S3 origin.")
}

const TAKEN: [&str; 3] = ["origin", "access-control-request-headers", "access-control-request-method"];
