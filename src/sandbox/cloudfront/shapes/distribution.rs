//! The shape of a distribution's configuration.

use super::Shape::{self, Flag, Group, Number, OneOf, Text};
use super::{List, Member, becomes, filled, needed, optional, texts};

/// `DistributionConfig`.
pub const DISTRIBUTION_CONFIG: Shape = Group(&[
    needed("CallerReference", &Text),
    filled("Aliases", &Shape::List(&ALIASES)),
    becomes("DefaultRootObject", &Text, ""),
    needed("Origins", &Shape::List(&ORIGINS)),
    filled("OriginGroups", &Shape::List(&ORIGIN_GROUPS)),
    needed("DefaultCacheBehavior", &DEFAULT_BEHAVIOUR),
    filled("CacheBehaviors", &Shape::List(&BEHAVIOURS)),
    filled("CustomErrorResponses", &Shape::List(&ERROR_RESPONSES)),
    needed("Comment", &Text),
    filled("Logging", &LOGGING),
    becomes(
        "PriceClass",
        &OneOf(&["PriceClass_100", "PriceClass_200", "PriceClass_All", "None"]),
        "PriceClass_All",
    ),
    needed("Enabled", &Flag),
    filled("ViewerCertificate", &VIEWER_CERTIFICATE),
    filled("Restrictions", &RESTRICTIONS),
    becomes("WebACLId", &Text, ""),
    becomes("HttpVersion", &OneOf(&["http1.1", "http2", "http3", "http2and3"]), "http2"),
    becomes("IsIPV6Enabled", &Flag, "true"),
    becomes("ContinuousDeploymentPolicyId", &Text, ""),
    becomes("Staging", &Flag, "false"),
    optional("ConnectionMode", &OneOf(&["direct", "tenant-only"])),
]);

/// `DistributionConfigWithTags`.
pub const DISTRIBUTION_CONFIG_WITH_TAGS: Shape =
    Group(&[needed("DistributionConfig", &DISTRIBUTION_CONFIG), needed("Tags", &super::others::TAGS)]);

const ALIASES: List = texts("CNAME");
const ORIGINS: List = List { tag: "Origin", item: &ORIGIN, items_needed: true, beside: &[] };
const ORIGIN_GROUPS: List =
    List { tag: "OriginGroup", item: &ORIGIN_GROUP, items_needed: false, beside: &[] };
const BEHAVIOURS: List = List { tag: "CacheBehavior", item: &BEHAVIOUR, items_needed: false, beside: &[] };
const ERROR_RESPONSES: List =
    List { tag: "CustomErrorResponse", item: &ERROR_RESPONSE, items_needed: false, beside: &[] };

const ORIGIN: Shape = Group(&[
    needed("Id", &Text),
    needed("DomainName", &Text),
    becomes("OriginPath", &Text, ""),
    filled("CustomHeaders", &Shape::List(&CUSTOM_HEADERS)),
    optional("S3OriginConfig", &S3_ORIGIN),
    optional("CustomOriginConfig", &CUSTOM_ORIGIN),
    optional("VpcOriginConfig", &Group(&[needed("VpcOriginId", &Text)])),
    becomes("ConnectionAttempts", &Number, "3"),
    becomes("ConnectionTimeout", &Number, "10"),
    optional("ResponseCompletionTimeout", &Number),
    filled("OriginShield", &ORIGIN_SHIELD),
    becomes("OriginAccessControlId", &Text, ""),
]);

const CUSTOM_HEADERS: List = List {
    tag: "OriginCustomHeader",
    item: &Group(&[needed("HeaderName", &Text), needed("HeaderValue", &Text)]),
    items_needed: false,
    beside: &[],
};

const S3_ORIGIN: Shape =
    Group(&[needed("OriginAccessIdentity", &Text), becomes("OriginReadTimeout", &Number, "30")]);

const CUSTOM_ORIGIN: Shape = Group(&[
    needed("HTTPPort", &Number),
    needed("HTTPSPort", &Number),
    needed("OriginProtocolPolicy", &OneOf(&["http-only", "match-viewer", "https-only"])),
    optional("OriginSslProtocols", &Shape::List(&SSL_PROTOCOLS)),
    becomes("OriginReadTimeout", &Number, "30"),
    becomes("OriginKeepaliveTimeout", &Number, "5"),
    optional("IpAddressType", &OneOf(&["ipv4", "ipv6", "dualstack"])),
]);

const SSL_PROTOCOLS: List = List {
    tag: "SslProtocol",
    item: &OneOf(&["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"]),
    items_needed: true,
    beside: &[],
};

const ORIGIN_SHIELD: Shape =
    Group(&[becomes("Enabled", &Flag, "false"), optional("OriginShieldRegion", &Text)]);

const ORIGIN_GROUP: Shape = Group(&[
    needed("Id", &Text),
    needed("FailoverCriteria", &Group(&[needed("StatusCodes", &Shape::List(&STATUS_CODES))])),
    needed("Members", &Shape::List(&MEMBERS)),
    becomes("SelectionCriteria", &OneOf(&["default", "media-quality-based"]), "default"),
]);

const STATUS_CODES: List = List { tag: "StatusCode", item: &Number, items_needed: true, beside: &[] };

const MEMBERS: List = List {
    tag: "OriginGroupMember",
    item: &Group(&[needed("OriginId", &Text)]),
    items_needed: true,
    beside: &[],
};

// A behaviour with a path and the default one differ in the path alone; a constant can't be built from
// another's members, so the path stands in a list of its own and the rest is shared.
const DEFAULT_BEHAVIOUR: Shape = Group(BEHAVIOUR_MEMBERS.split_at(1).1);
const BEHAVIOUR: Shape = Group(BEHAVIOUR_MEMBERS);

const BEHAVIOUR_MEMBERS: &[Member] = &[
    needed("PathPattern", &Text),
    needed("TargetOriginId", &Text),
    filled("TrustedSigners", &Shape::List(&TRUSTED_SIGNERS)),
    filled("TrustedKeyGroups", &Shape::List(&TRUSTED_KEY_GROUPS)),
    needed("ViewerProtocolPolicy", &OneOf(&["allow-all", "https-only", "redirect-to-https"])),
    optional("AllowedMethods", &Shape::List(&ALLOWED_METHODS)),
    becomes("SmoothStreaming", &Flag, "false"),
    becomes("Compress", &Flag, "false"),
    filled("LambdaFunctionAssociations", &Shape::List(&LAMBDA_ASSOCIATIONS)),
    filled("FunctionAssociations", &Shape::List(&FUNCTION_ASSOCIATIONS)),
    becomes("FieldLevelEncryptionId", &Text, ""),
    filled("GrpcConfig", &Group(&[becomes("Enabled", &Flag, "false")])),
    optional("ForwardedValues", &FORWARDED_VALUES),
    optional("MinTTL", &Number),
    optional("DefaultTTL", &Number),
    optional("MaxTTL", &Number),
];

const TRUSTED_SIGNERS: List = List {
    tag: "AwsAccountNumber",
    item: &Text,
    items_needed: false,
    beside: &[becomes("Enabled", &Flag, "false")],
};

const TRUSTED_KEY_GROUPS: List =
    List { tag: "KeyGroup", item: &Text, items_needed: false, beside: &[becomes("Enabled", &Flag, "false")] };

const METHOD: Shape = OneOf(&["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "DELETE"]);
const CACHED_METHODS: List = List { tag: "Method", item: &METHOD, items_needed: true, beside: &[] };

const ALLOWED_METHODS: List = List {
    tag: "Method",
    item: &METHOD,
    items_needed: true,
    beside: &[optional("CachedMethods", &Shape::List(&CACHED_METHODS))],
};

const EVENT_TYPE: Shape = OneOf(&["viewer-request", "viewer-response", "origin-request", "origin-response"]);

const LAMBDA_ASSOCIATIONS: List = List {
    tag: "LambdaFunctionAssociation",
    item: &Group(&[
        needed("LambdaFunctionARN", &Text),
        needed("EventType", &EVENT_TYPE),
        becomes("IncludeBody", &Flag, "false"),
    ]),
    items_needed: false,
    beside: &[],
};

const FUNCTION_ASSOCIATIONS: List = List {
    tag: "FunctionAssociation",
    item: &Group(&[needed("FunctionARN", &Text), needed("EventType", &EVENT_TYPE)]),
    items_needed: false,
    beside: &[],
};

const NAMES: List = texts("Name");

const FORWARDED_VALUES: Shape = Group(&[
    needed("QueryString", &Flag),
    needed(
        "Cookies",
        &Group(&[
            needed("Forward", &OneOf(&["none", "whitelist", "all"])),
            optional("WhitelistedNames", &Shape::List(&NAMES)),
        ]),
    ),
    filled("Headers", &Shape::List(&NAMES)),
    filled("QueryStringCacheKeys", &Shape::List(&NAMES)),
]);

const ERROR_RESPONSE: Shape = Group(&[
    needed("ErrorCode", &Number),
    becomes("ResponsePagePath", &Text, ""),
    becomes("ResponseCode", &Text, ""),
    becomes("ErrorCachingMinTTL", &Number, "10"),
]);

const LOGGING: Shape = Group(&[
    becomes("Enabled", &Flag, "false"),
    becomes("IncludeCookies", &Flag, "false"),
    becomes("Bucket", &Text, ""),
    becomes("Prefix", &Text, ""),
]);

/// Every policy for viewers' TLS that CloudFront knows.
const MINIMUM_PROTOCOL_VERSION: Shape = OneOf(&[
    "SSLv3",
    "TLSv1",
    "TLSv1_2016",
    "TLSv1.1_2016",
    "TLSv1.2_2018",
    "TLSv1.2_2019",
    "TLSv1.2_2021",
    "TLSv1.3_2025",
    "TLSv1.2_2025",
]);

const VIEWER_CERTIFICATE: Shape = Group(&[
    optional("CloudFrontDefaultCertificate", &Flag),
    optional("IAMCertificateId", &Text),
    optional("ACMCertificateArn", &Text),
    optional("SSLSupportMethod", &OneOf(&["sni-only", "vip", "static-ip"])),
    optional("MinimumProtocolVersion", &MINIMUM_PROTOCOL_VERSION),
    optional("Certificate", &Text),
    optional("CertificateSource", &OneOf(&["cloudfront", "iam", "acm"])),
]);

const RESTRICTIONS: Shape = Group(&[filled("GeoRestriction", &Shape::List(&GEO_RESTRICTION))]);

const GEO_RESTRICTION: List = List {
    tag: "Location",
    item: &Text,
    items_needed: false,
    beside: &[becomes("RestrictionType", &OneOf(&["blacklist", "whitelist", "none"]), "none")],
};
