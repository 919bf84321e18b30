//! The shapes of origin access controls and of the three kinds of policies.

use super::Shape::{self, Flag, Fraction, Group, Number, OneOf, Text};
use super::{List, becomes, needed, optional, texts};

/// `OriginAccessControlConfig`.
pub const ORIGIN_ACCESS_CONTROL_CONFIG: Shape = Group(&[
    needed("Name", &Text),
    becomes("Description", &Text, ""),
    needed("SigningProtocol", &OneOf(&["sigv4", "sigv4a"])),
    needed("SigningBehavior", &OneOf(&["never", "always", "no-override", "always-amz-auth"])),
    needed("OriginAccessControlOriginType", &OneOf(&["s3", "mediastore", "mediapackagev2", "lambda"])),
]);

/// `CachePolicyConfig`.
pub const CACHE_POLICY_CONFIG: Shape = Group(&[
    becomes("Comment", &Text, ""),
    needed("Name", &Text),
    becomes("DefaultTTL", &Number, "86400"),
    becomes("MaxTTL", &Number, "31536000"),
    needed("MinTTL", &Number),
    optional(
        "ParametersInCacheKeyAndForwardedToOrigin",
        &Group(&[
            needed("EnableAcceptEncodingGzip", &Flag),
            becomes("EnableAcceptEncodingBrotli", &Flag, "false"),
            needed("HeadersConfig", &CACHE_HEADERS),
            needed("CookiesConfig", &COOKIES),
            needed("QueryStringsConfig", &QUERY_STRINGS),
        ]),
    ),
]);

/// `OriginRequestPolicyConfig`.
pub const ORIGIN_REQUEST_POLICY_CONFIG: Shape = Group(&[
    becomes("Comment", &Text, ""),
    needed("Name", &Text),
    needed("HeadersConfig", &ORIGIN_HEADERS),
    needed("CookiesConfig", &COOKIES),
    needed("QueryStringsConfig", &QUERY_STRINGS),
]);

/// `ResponseHeadersPolicyConfig`.
pub const RESPONSE_HEADERS_POLICY_CONFIG: Shape = Group(&[
    becomes("Comment", &Text, ""),
    needed("Name", &Text),
    optional("CorsConfig", &CORS),
    optional("SecurityHeadersConfig", &SECURITY_HEADERS),
    optional(
        "ServerTimingHeadersConfig",
        &Group(&[needed("Enabled", &Flag), optional("SamplingRate", &Fraction)]),
    ),
    optional("CustomHeadersConfig", &Shape::List(&CUSTOM_HEADERS)),
    optional("RemoveHeadersConfig", &Shape::List(&REMOVED_HEADERS)),
]);

const NAMES: List = texts("Name");

const CACHE_HEADERS: Shape = Group(&[
    needed("HeaderBehavior", &OneOf(&["none", "whitelist"])),
    optional("Headers", &Shape::List(&NAMES)),
]);

const ORIGIN_HEADERS: Shape = Group(&[
    needed(
        "HeaderBehavior",
        &OneOf(&["none", "whitelist", "allViewer", "allViewerAndWhitelistCloudFront", "allExcept"]),
    ),
    optional("Headers", &Shape::List(&NAMES)),
]);

const PICKED: Shape = OneOf(&["none", "whitelist", "allExcept", "all"]);
const COOKIES: Shape = Group(&[needed("CookieBehavior", &PICKED), optional("Cookies", &Shape::List(&NAMES))]);
const QUERY_STRINGS: Shape =
    Group(&[needed("QueryStringBehavior", &PICKED), optional("QueryStrings", &Shape::List(&NAMES))]);

const ORIGINS: List = List { tag: "Origin", item: &Text, items_needed: true, beside: &[] };
const HEADERS: List = List { tag: "Header", item: &Text, items_needed: true, beside: &[] };
const EXPOSED_HEADERS: List = texts("Header");
const METHODS: List = List {
    tag: "Method",
    item: &OneOf(&["GET", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "HEAD", "ALL"]),
    items_needed: true,
    beside: &[],
};

const CORS: Shape = Group(&[
    needed("AccessControlAllowOrigins", &Shape::List(&ORIGINS)),
    needed("AccessControlAllowHeaders", &Shape::List(&HEADERS)),
    needed("AccessControlAllowMethods", &Shape::List(&METHODS)),
    needed("AccessControlAllowCredentials", &Flag),
    optional("AccessControlExposeHeaders", &Shape::List(&EXPOSED_HEADERS)),
    optional("AccessControlMaxAgeSec", &Number),
    needed("OriginOverride", &Flag),
]);

const REFERRER_POLICY: Shape = OneOf(&[
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
]);

const SECURITY_HEADERS: Shape = Group(&[
    optional(
        "XSSProtection",
        &Group(&[
            needed("Override", &Flag),
            needed("Protection", &Flag),
            optional("ModeBlock", &Flag),
            optional("ReportUri", &Text),
        ]),
    ),
    optional(
        "FrameOptions",
        &Group(&[needed("Override", &Flag), needed("FrameOption", &OneOf(&["DENY", "SAMEORIGIN"]))]),
    ),
    optional(
        "ReferrerPolicy",
        &Group(&[needed("Override", &Flag), needed("ReferrerPolicy", &REFERRER_POLICY)]),
    ),
    optional(
        "ContentSecurityPolicy",
        &Group(&[needed("Override", &Flag), needed("ContentSecurityPolicy", &Text)]),
    ),
    optional("ContentTypeOptions", &Group(&[needed("Override", &Flag)])),
    optional(
        "StrictTransportSecurity",
        &Group(&[
            needed("Override", &Flag),
            optional("IncludeSubdomains", &Flag),
            optional("Preload", &Flag),
            needed("AccessControlMaxAgeSec", &Number),
        ]),
    ),
]);

const CUSTOM_HEADERS: List = List {
    tag: "ResponseHeadersPolicyCustomHeader",
    item: &Group(&[needed("Header", &Text), needed("Value", &Text), needed("Override", &Flag)]),
    items_needed: false,
    beside: &[],
};

const REMOVED_HEADERS: List = List {
    tag: "ResponseHeadersPolicyRemoveHeader",
    item: &Group(&[needed("Header", &Text)]),
    items_needed: false,
    beside: &[],
};
