//! Rules about how CloudFront speaks to an origin: path, ports, time limits, shield, headers.

use super::names::repeats;
use super::views::Origin;
use super::{Distributions, Proposal, Rule, says};

/// The table.
pub const RULES: &[Rule<Distributions>] = &[
    Rule {
        id: "origin-path",
        code: "InvalidArgument",
        about: "an OriginPath without a leading slash, with a trailing one, or of more than 255 characters",
        source: "aws-facts.md B, OriginPath",
        complaint: |p| {
            any(p, wrong_path, "The parameter OriginPath must begin with a slash and cannot end with one.")
        },
    },
    Rule {
        id: "origin-connection-attempts",
        code: "InvalidArgument",
        about: "connection attempts other than 1 to 3",
        source: "aws-facts.md B, ConnectionAttempts",
        complaint: |p| {
            any(
                p,
                |origin| outside(origin, "ConnectionAttempts", 1..=3),
                "The parameter ConnectionAttempts is invalid.",
            )
        },
    },
    Rule {
        id: "origin-connection-timeout",
        code: "InvalidArgument",
        about: "a connection timeout other than 1 to 10 seconds",
        source: "aws-facts.md B, ConnectionTimeout",
        complaint: |p| {
            any(
                p,
                |origin| outside(origin, "ConnectionTimeout", 1..=10),
                "The parameter ConnectionTimeout is invalid.",
            )
        },
    },
    Rule {
        id: "origin-read-timeout",
        code: "InvalidOriginReadTimeout",
        about: "a read timeout other than 1 to 120 seconds",
        source: "aws-facts.md B, OriginReadTimeout",
        complaint: |p| {
            any(
                p,
                |origin| within_settings(origin, "OriginReadTimeout"),
                "The read timeout specified for the origin is not valid.",
            )
        },
    },
    Rule {
        id: "origin-keepalive-timeout",
        code: "InvalidOriginKeepaliveTimeout",
        about: "a keep-alive timeout other than 1 to 120 seconds",
        source: "aws-facts.md B, OriginKeepaliveTimeout",
        complaint: |p| {
            any(
                p,
                |origin| within_settings(origin, "OriginKeepaliveTimeout"),
                "The keep alive timeout specified for the origin is not valid.",
            )
        },
    },
    Rule {
        id: "origin-completion-timeout",
        code: "InvalidArgument",
        about: "a completion timeout shorter than the read timeout",
        source: "aws-facts.md B, ResponseCompletionTimeout",
        complaint: |p| {
            any(
                p,
                impatient,
                "The parameter ResponseCompletionTimeout must be at least the read timeout of the origin.",
            )
        },
    },
    Rule {
        id: "origin-ports",
        code: "InvalidArgument",
        about: "ports other than 80, 443 and 1024 to 65535",
        source: "aws-facts.md B, CustomOriginConfig",
        complaint: |p| any(p, wrong_ports, "The parameter HTTPPort or HTTPSPort is invalid."),
    },
    Rule {
        id: "origin-ssl-protocols",
        code: "InvalidArgument",
        about: "a custom origin without TLS versions",
        source: "aws-facts.md B, K34",
        complaint: |p| any(p, without_protocols, "The parameter OriginSslProtocols is required."),
    },
    Rule {
        id: "origin-shield-region",
        code: "InvalidArgument",
        about: "an Origin Shield that is on without a region that offers it",
        source: "aws-facts.md B, OriginShield",
        complaint: |p| any(p, shield_elsewhere, "The parameter OriginShieldRegion is invalid."),
    },
    Rule {
        id: "origin-headers-quota",
        code: "TooManyOriginCustomHeaders",
        about: "more than 30 custom headers",
        source: "aws-facts.md B, default quotas",
        complaint: |p| {
            any(
                p,
                |origin| origin.0.items_at("CustomHeaders").len() > 30,
                "Your request contains too many origin custom headers.",
            )
        },
    },
    Rule {
        id: "origin-header-length",
        code: "InvalidArgument",
        about: "header names above 256, values above 1,783 or all together above 10,240 characters",
        source: "aws-facts.md B, default quotas",
        complaint: |p| any(p, long_headers, "The parameter CustomHeaders is too big."),
    },
    Rule {
        id: "origin-header-forbidden",
        code: "InvalidArgument",
        about: "a header that CloudFront sets itself, or one header twice",
        source: "cf: add-origin-custom-headers",
        complaint: |p| {
            any(p, forbidden_headers, "The parameter HeaderName contains a header that is not allowed.")
        },
    },
];

fn any(proposal: &Proposal, wrong: fn(Origin) -> bool, message: &str) -> Option<String> {
    says(proposal.config.origins().any(wrong), message)
}

fn wrong_path(origin: Origin) -> bool {
    let path = origin.0.text_at("OriginPath");
    !path.is_empty() && (!path.starts_with('/') || path.ends_with('/') || path.len() > 255)
}

fn outside(origin: Origin, field: &str, range: std::ops::RangeInclusive<i64>) -> bool {
    origin.0.number_at(field).is_some_and(|number| !range.contains(&number))
}

fn within_settings(origin: Origin, field: &str) -> bool {
    origin
        .settings()
        .any(|settings| settings.number_at(field).is_some_and(|number| !(1..=120).contains(&number)))
}

fn impatient(origin: Origin) -> bool {
    let read = origin.settings().find_map(|settings| settings.number_at("OriginReadTimeout")).unwrap_or(30);
    origin.0.number_at("ResponseCompletionTimeout").is_some_and(|completion| completion < read)
}

fn wrong_ports(origin: Origin) -> bool {
    let wrong = |port: i64| !matches!(port, 80 | 443 | 1024..=65535);
    let ports = |name: &str| origin.custom().and_then(|custom| custom.number_at(name));
    ["HTTPPort", "HTTPSPort"].into_iter().filter_map(ports).any(wrong)
}

fn without_protocols(origin: Origin) -> bool {
    origin.custom().is_some_and(|custom| custom.items_at("OriginSslProtocols").is_empty())
}

fn shield_elsewhere(origin: Origin) -> bool {
    let region = origin.0.text_at("OriginShield/OriginShieldRegion");
    let on = origin.0.flag_at("OriginShield/Enabled");
    (on || !region.is_empty()) && !SHIELD_REGIONS.contains(&region)
}

const SHIELD_REGIONS: [&str; 13] = [
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "sa-east-1",
    "me-central-1",
];

fn headers(origin: Origin<'_>) -> impl Iterator<Item = (&str, &str)> {
    let headers = origin.0.items_at("CustomHeaders").iter();
    headers.map(|header| (header.text_at("HeaderName"), header.text_at("HeaderValue")))
}

fn long_headers(origin: Origin) -> bool {
    let total: usize = headers(origin).map(|(name, value)| name.len() + value.len()).sum();
    total > 10_240
        || headers(origin).any(|(name, value)| name.is_empty() || name.len() > 256 || value.len() > 1_783)
}

fn forbidden_headers(origin: Origin) -> bool {
    let names: Vec<String> = headers(origin).map(|(name, _)| name.to_lowercase()).collect();
    let forbidden = |name: &String| {
        FORBIDDEN.contains(&name.as_str()) || name.starts_with("x-amz-") || name.starts_with("x-edge-")
    };
    names.iter().any(forbidden) || repeats(&names)
}

const FORBIDDEN: [&str; 22] = [
    "cache-control",
    "connection",
    "content-length",
    "cookie",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "request-range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];
