//! Rules about origin access controls and policies.

use super::first_broken;
use crate::sandbox::cloudfront::element::Element;
use crate::sandbox::cloudfront::rules::{
    Configurations, Rule, cache_policy, origin_access_control, origin_request_policy, response_headers_policy,
};
use std::collections::BTreeSet;

/// Checks rows of XML, each of which replaces or adds members of a good configuration; an empty member is
/// taken away.
fn check(rules: &[Rule<Configurations>], good: &str, rows: &[(&str, String)]) {
    let good = Element::parse(good.as_bytes()).expect("it is well formed");
    assert_eq!(first_broken(&good, rules), None);
    let mut broken = BTreeSet::new();
    for (id, members) in rows {
        let changes = Element::parse(format!("<C>{members}</C>").as_bytes()).expect("it is well formed");
        let mut changed = good.clone();
        for member in changes.children {
            changed.remove(&member.name);
            let is_empty = member.text.is_empty() && member.children.is_empty();
            changed.children.extend(Some(member).filter(|_| !is_empty));
        }
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
    check(origin_access_control::RULES, good, &rows);
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
    check(cache_policy::RULES, good, &rows);
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
    check(origin_request_policy::RULES, good, &rows);
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
        ("response-policy-empty", "<ServerTimingHeadersConfig/>".to_owned()),
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
    check(response_headers_policy::RULES, good, &rows);
}
