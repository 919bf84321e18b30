//! Rules about response headers policies.

use super::cache_policy::is_policy_name;
use super::names::repeats;
use super::{Configurations, Rule, says};
use crate::sandbox::cloudfront::element::Element;

/// The table.
pub const RULES: &[Rule<Configurations>] = &[
    Rule {
        id: "response-policy-name",
        code: "InvalidArgument",
        about: "a name that is empty, has more than 128 characters, or others than letters, digits, - and _",
        source: "CloudFront API reference, ResponseHeadersPolicyConfig",
        complaint: |c| says(!is_policy_name(c.text_at("Name")), "The parameter Name is invalid."),
    },
    Rule {
        id: "response-policy-comment",
        code: "InvalidArgument",
        about: "a comment of more than 128 characters",
        source: "aws/aws-cdk issue 31248",
        complaint: |c| says(c.text_at("Comment").chars().count() > 128, "The parameter Comment is too big."),
    },
    Rule {
        id: "response-policy-empty",
        code: "InvalidArgument",
        about: "a policy that changes nothing",
        source: "CloudFront API reference, ResponseHeadersPolicyConfig",
        complaint: |c| {
            says(
                PARTS.iter().all(|part| c.child(part).is_none()),
                "The response headers policy must have at least one configuration.",
            )
        },
    },
    Rule {
        id: "response-policy-headers-quota",
        code: "TooManyCustomHeadersInResponseHeadersPolicy",
        about: "more than 10 custom headers",
        source: "aws-facts.md B, default quotas",
        complaint: |c| {
            says(
                c.items_at("CustomHeadersConfig").len() > 10,
                "The number of custom headers in the response headers policy exceeds the maximum.",
            )
        },
    },
    Rule {
        id: "response-policy-removed-quota",
        code: "TooManyRemoveHeadersInResponseHeadersPolicy",
        about: "more than 10 removed headers",
        source: "aws-facts.md B, default quotas",
        complaint: |c| {
            says(
                c.items_at("RemoveHeadersConfig").len() > 10,
                "The number of headers in RemoveHeadersConfig in the response headers policy exceeds the maximum.",
            )
        },
    },
    Rule {
        id: "response-policy-csp",
        code: "TooLongCSPInResponseHeadersPolicy",
        about: "a content security policy of more than 1,783 characters",
        source: "aws-facts.md B, default quotas",
        complaint: |c| {
            says(
                c.text_at(CSP).len() > 1_783,
                "The length of the Content-Security-Policy header value in the response headers policy exceeds the maximum.",
            )
        },
    },
    Rule {
        id: "response-policy-header-twice",
        code: "InvalidArgument",
        about: "one custom header twice, or one without a name",
        source: "service model",
        complaint: |c| says(wrong_names(c), "The parameter Header is invalid."),
    },
    Rule {
        id: "response-policy-header-forbidden",
        code: "InvalidArgument",
        about: "a header that CloudFront sets itself, or that a security setting is for",
        source: "aws-facts.md D.5",
        complaint: forbidden,
    },
    Rule {
        id: "response-policy-xss",
        code: "InvalidArgument",
        about: "an XSS mode while the protection is off",
        source: "CloudFront API reference, ResponseHeadersPolicyXSSProtection",
        complaint: |c| says(wrong_xss(c), "The parameter XSSProtection is invalid."),
    },
    Rule {
        id: "response-policy-transport",
        code: "InvalidArgument",
        about: "a negative lifetime of Strict-Transport-Security",
        source: "service model",
        complaint: |c| {
            says(
                c.number_at("SecurityHeadersConfig/StrictTransportSecurity/AccessControlMaxAgeSec")
                    .is_some_and(|seconds| seconds < 0),
                "The parameter AccessControlMaxAgeSec is invalid.",
            )
        },
    },
    Rule {
        id: "response-policy-cors",
        code: "InvalidArgument",
        about: "credentials for any origin, header or method",
        source: "CloudFront API reference, ResponseHeadersPolicyCorsConfig",
        complaint: |c| {
            says(
                open_credentials(c),
                "The parameter AccessControlAllowCredentials cannot be true when a wildcard is used.",
            )
        },
    },
    Rule {
        id: "response-policy-sampling",
        code: "InvalidArgument",
        about: "a sampling rate outside 0 to 100",
        source: "service model",
        complaint: |c| {
            says(
                c.text_at("ServerTimingHeadersConfig/SamplingRate")
                    .parse::<f64>()
                    .is_ok_and(|rate| !(0.0..=100.0).contains(&rate)),
                "The parameter SamplingRate is invalid.",
            )
        },
    },
];

const PARTS: [&str; 5] = [
    "CorsConfig",
    "SecurityHeadersConfig",
    "ServerTimingHeadersConfig",
    "CustomHeadersConfig",
    "RemoveHeadersConfig",
];

const CSP: &str = "SecurityHeadersConfig/ContentSecurityPolicy/ContentSecurityPolicy";

fn custom_headers(config: &Element) -> Vec<String> {
    config.items_at("CustomHeadersConfig").iter().map(|item| item.text_at("Header").to_lowercase()).collect()
}

fn wrong_names(config: &Element) -> bool {
    let token = |name: &String| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let names = custom_headers(config);
    !names.iter().all(token) || repeats(names)
}

fn forbidden(config: &Element) -> Option<String> {
    const OWN: [&str; 17] = [
        "connection",
        "content-encoding",
        "content-length",
        "content-security-policy",
        "date",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "referrer-policy",
        "strict-transport-security",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "x-frame-options",
    ];
    let own = |name: &String| {
        OWN.contains(&name.as_str()) || name.starts_with("x-amz-cf-") || name.starts_with("x-edge-")
    };
    let header = custom_headers(config).into_iter().find(own)?;
    Some(format!("The parameter Header contains {header} that is not allowed."))
}

fn wrong_xss(config: &Element) -> bool {
    config.at("SecurityHeadersConfig/XSSProtection").is_some_and(|xss| {
        let (on, blocks, reports) =
            (xss.flag_at("Protection"), xss.flag_at("ModeBlock"), !xss.text_at("ReportUri").is_empty());
        (!on && (blocks || reports)) || (blocks && reports)
    })
}

fn open_credentials(config: &Element) -> bool {
    let open = |list: &str| {
        config.texts_at(&format!("CorsConfig/{list}")).iter().any(|text| matches!(*text, "*" | "ALL"))
    };
    let lists = ["AccessControlAllowOrigins", "AccessControlAllowHeaders", "AccessControlAllowMethods"];
    config.flag_at("CorsConfig/AccessControlAllowCredentials") && lists.into_iter().any(open)
}
