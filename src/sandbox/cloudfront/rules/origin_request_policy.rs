//! Rules about origin request policies.

use super::cache_policy::{is_policy_name, too_long, wrong_list};
use super::{Configurations, Rule, says};
use crate::sandbox::cloudfront::element::Element;

/// The table.
pub const RULES: &[Rule<Configurations>] = &[
    Rule {
        id: "request-policy-name",
        code: "InvalidArgument",
        about: "a name that is empty, has more than 128 characters, or others than letters, digits, - and _",
        source: "CloudFront API reference, OriginRequestPolicyConfig",
        complaint: |c| says(!is_policy_name(c.text_at("Name")), "The parameter Name is invalid."),
    },
    Rule {
        id: "request-policy-comment",
        code: "InvalidArgument",
        about: "a comment of more than 128 characters",
        source: "aws/aws-cdk issue 31248",
        complaint: |c| says(c.text_at("Comment").chars().count() > 128, "The parameter Comment is too big."),
    },
    Rule {
        id: "request-policy-headers-quota",
        code: "TooManyHeadersInOriginRequestPolicy",
        about: "more than 10 headers",
        source: "aws-facts.md B, default quotas",
        complaint: |c| {
            says(
                headers(c).len() > 10,
                "The number of headers in the origin request policy exceeds the maximum.",
            )
        },
    },
    Rule {
        id: "request-policy-cookies-quota",
        code: "TooManyCookiesInOriginRequestPolicy",
        about: "more than 10 cookies",
        source: "aws-facts.md B, default quotas",
        complaint: |c| {
            says(
                c.items_at("CookiesConfig/Cookies").len() > 10,
                "The number of cookies in the origin request policy exceeds the maximum.",
            )
        },
    },
    Rule {
        id: "request-policy-query-quota",
        code: "TooManyQueryStringsInOriginRequestPolicy",
        about: "more than 10 query strings",
        source: "aws-facts.md B, default quotas",
        complaint: |c| {
            says(
                c.items_at("QueryStringsConfig/QueryStrings").len() > 10,
                "The number of query strings in the origin request policy exceeds the maximum.",
            )
        },
    },
    Rule {
        id: "request-policy-lists",
        code: "InvalidArgument",
        about: "names without a behaviour that lists them, the reverse, or one name twice",
        source: "service model",
        complaint: |c| {
            says(
                PARTS.iter().any(|part| wrong_list(picked(c, *part))),
                "The parameter Items is invalid for the specified behavior.",
            )
        },
    },
    Rule {
        id: "request-policy-names-length",
        code: "InvalidArgument",
        about: "names of more than 1,024 characters in total",
        source: "aws-facts.md B, default quotas",
        complaint: |c| {
            says(PARTS.iter().any(|part| too_long(&picked(c, *part).1)), "The parameter Items is too big.")
        },
    },
    Rule {
        id: "request-policy-header-forbidden",
        code: "InvalidArgument",
        about: "Accept-Encoding or Authorization by name",
        source: "aws-facts.md B, K16",
        complaint: forbidden,
    },
];

const PARTS: [[&str; 2]; 3] = [
    ["HeadersConfig/HeaderBehavior", "HeadersConfig/Headers"],
    ["CookiesConfig/CookieBehavior", "CookiesConfig/Cookies"],
    ["QueryStringsConfig/QueryStringBehavior", "QueryStringsConfig/QueryStrings"],
];

fn picked<'a>(config: &'a Element, [behaviour, names]: [&str; 2]) -> (&'a str, Vec<&'a str>) {
    (config.text_at(behaviour), config.texts_at(names))
}

fn headers(config: &Element) -> Vec<&str> {
    let named_2022 = config.text_at("HeadersConfig/HeaderBehavior") == "allViewerAndWhitelistCloudFront";
    if named_2022 { Vec::new() } else { config.texts_at("HeadersConfig/Headers") }
}

/// Leaving a header out is fine; asking for it is not.
fn forbidden(config: &Element) -> Option<String> {
    let asked = config.text_at("HeadersConfig/HeaderBehavior") != "allExcept";
    let names = config.texts_at("HeadersConfig/Headers").into_iter();
    let mut wrong =
        names.filter(|name| matches!(name.to_lowercase().as_str(), "accept-encoding" | "authorization"));
    wrong
        .next()
        .filter(|_| asked)
        .map(|name| format!("The parameter Headers contains {name} that is not allowed."))
}
