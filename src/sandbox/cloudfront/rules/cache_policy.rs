//! Rules about cache policies.

use super::names::repeats;
use super::{Configurations, Rule, says};
use crate::sandbox::cloudfront::element::Element;

/// The table.
pub const RULES: &[Rule<Configurations>] = &[
    Rule {
        id: "cache-policy-name",
        code: "InvalidArgument",
        about: "a name that is empty, has more than 128 characters, or others than letters, digits, - and _",
        source: "CloudFront API reference, CachePolicyConfig",
        complaint: |c| says(!is_policy_name(c.text_at("Name")), "The parameter Name is invalid."),
    },
    Rule {
        id: "cache-policy-comment",
        code: "InvalidArgument",
        about: "a comment of more than 128 characters",
        source: "aws/aws-cdk issue 31248",
        complaint: |c| says(c.text_at("Comment").chars().count() > 128, "The parameter Comment is too big."),
    },
    Rule {
        id: "cache-policy-ttl-order",
        code: "InvalidArgument",
        about: "TTLs that are negative or not in ascending order",
        source: "aws-facts.md B, Cache policy",
        complaint: |c| {
            says(
                wrong_order(c),
                "The parameter MinTTL, DefaultTTL or MaxTTL is invalid: MinTTL must not exceed DefaultTTL, nor DefaultTTL MaxTTL.",
            )
        },
    },
    Rule {
        id: "cache-policy-headers-quota",
        code: "TooManyHeadersInCachePolicy",
        about: "more than 10 headers",
        source: "aws-facts.md B, default quotas",
        complaint: |c| {
            says(
                picked(c, HEADERS).1.len() > 10,
                "The number of headers in the cache policy exceeds the maximum.",
            )
        },
    },
    Rule {
        id: "cache-policy-cookies-quota",
        code: "TooManyCookiesInCachePolicy",
        about: "more than 10 cookies",
        source: "aws-facts.md B, default quotas",
        complaint: |c| {
            says(
                picked(c, COOKIES).1.len() > 10,
                "The number of cookies in the cache policy exceeds the maximum.",
            )
        },
    },
    Rule {
        id: "cache-policy-query-quota",
        code: "TooManyQueryStringsInCachePolicy",
        about: "more than 10 query strings",
        source: "aws-facts.md B, default quotas",
        complaint: |c| {
            says(
                picked(c, QUERY_STRINGS).1.len() > 10,
                "The number of query strings in the cache policy exceeds the maximum.",
            )
        },
    },
    Rule {
        id: "cache-policy-names-length",
        code: "InvalidArgument",
        about: "names of more than 1,024 characters in total",
        source: "aws-facts.md B, default quotas",
        complaint: |c| {
            says(KEYS.iter().any(|key| too_long(&picked(c, *key).1)), "The parameter Items is too big.")
        },
    },
    Rule {
        id: "cache-policy-lists",
        code: "InvalidArgument",
        about: "names without a behaviour that lists them, the reverse, or one name twice",
        source: "service model",
        complaint: |c| {
            says(
                KEYS.iter().any(|key| wrong_list(picked(c, *key))),
                "The parameter Items is invalid for the specified behavior.",
            )
        },
    },
    Rule {
        id: "cache-policy-header-forbidden",
        code: "InvalidArgument",
        about: "Accept-Encoding, or a header that CloudFront sets itself, in the cache key",
        source: "aws-facts.md K16",
        complaint: forbidden_header,
    },
    Rule {
        id: "cache-policy-off",
        code: "InvalidArgument",
        about: "headers, cookies, query strings or compression in the key of a policy without caching",
        source: "aws-facts.md B, K15",
        complaint: key_while_off,
    },
];

type Key = [&'static str; 3];
const HEADERS: Key = ["HeadersConfig", "HeaderBehavior", "Headers"];
const COOKIES: Key = ["CookiesConfig", "CookieBehavior", "Cookies"];
const QUERY_STRINGS: Key = ["QueryStringsConfig", "QueryStringBehavior", "QueryStrings"];
const KEYS: [Key; 3] = [HEADERS, COOKIES, QUERY_STRINGS];

/// Letters, digits, `-` and `_`.
pub fn is_policy_name(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The behaviour and the names that a part of a policy picks.
fn picked(config: &Element, [group, behaviour, names]: Key) -> (&str, Vec<&str>) {
    let key = config.child("ParametersInCacheKeyAndForwardedToOrigin").and_then(|key| key.child(group));
    key.map_or(("none", Vec::new()), |part| (part.text_at(behaviour), part.texts_at(names)))
}

/// Whether names that are listed together are too long together.
pub fn too_long(names: &[&str]) -> bool {
    names.iter().map(|name| name.len()).sum::<usize>() > 1_024
}

/// Whether a behaviour and the names beside it disagree.
pub fn wrong_list((behaviour, names): (&str, Vec<&str>)) -> bool {
    let listing = matches!(behaviour, "whitelist" | "allExcept");
    let optional = behaviour == "allViewerAndWhitelistCloudFront";
    (!optional && listing == names.is_empty()) || names.iter().any(|name| name.is_empty()) || repeats(&names)
}

fn wrong_order(config: &Element) -> bool {
    let ttl = |name: &str| config.number_at(name).unwrap_or(0);
    let (minimum, default, maximum) = (ttl("MinTTL"), ttl("DefaultTTL"), ttl("MaxTTL"));
    !(0 <= minimum && minimum <= default && default <= maximum)
}

fn forbidden_header(config: &Element) -> Option<String> {
    let (_, headers) = picked(config, HEADERS);
    let header = headers.into_iter().find(|header| is_forbidden(&header.to_lowercase()))?;
    Some(format!("The parameter Headers contains {header} that is not allowed."))
}

fn is_forbidden(header: &str) -> bool {
    const OWN: [&str; 9] = [
        "accept-encoding",
        "connection",
        "content-length",
        "cookie",
        "expect",
        "te",
        "trailer",
        "upgrade",
        "via",
    ];
    OWN.contains(&header) || header.starts_with("x-amz-cf-") || header.starts_with("x-edge-")
}

/// With all TTLs at zero the policy may not key anything (aws-facts.md K15).
fn key_while_off(config: &Element) -> Option<String> {
    let off = ["MinTTL", "DefaultTTL", "MaxTTL"].iter().all(|ttl| config.number_at(ttl) == Some(0));
    let keyed =
        KEYS.into_iter().find(|key| picked(config, *key).0 != "none").map(|[_, behaviour, _]| behaviour);
    let compressed = ["EnableAcceptEncodingGzip", "EnableAcceptEncodingBrotli"]
        .into_iter()
        .find(|flag| config.flag_at(&format!("ParametersInCacheKeyAndForwardedToOrigin/{flag}")));
    let field = keyed.or(compressed).filter(|_| off)?;
    Some(format!("The parameter {field} is invalid for policy with caching disabled."))
}
