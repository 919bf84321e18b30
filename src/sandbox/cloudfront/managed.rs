//! The policies that AWS keeps for everyone (aws-facts.md C), with the parameters that its guide gives them.

use super::element::Element;
use super::state::Named;
use time::macros::datetime;

/// Every managed policy of a kind, by the tag of its kind.
pub fn all(object: &str) -> Vec<Named> {
    match object {
        "CachePolicy" => CACHE.iter().map(|policy| named(policy.id, policy.config())).collect(),
        "OriginRequestPolicy" => {
            ORIGIN_REQUEST.iter().map(|policy| named(policy.id, policy.config())).collect()
        }
        "ResponseHeadersPolicy" => {
            RESPONSE_HEADERS.iter().map(|policy| named(policy.id, policy.config())).collect()
        }
        _ => Vec::new(),
    }
}

fn named(id: &str, config: Element) -> Named {
    let modified = datetime!(2022-06-22 00:00 UTC);
    Named { id: id.to_owned(), etag: "E23ZP02F085DFQ".to_owned(), modified, config }
}

/// What a policy picks among headers, cookies or query strings.
enum Picked {
    Nothing,
    All(&'static str),
    Only(&'static [&'static str]),
    AllExcept(&'static [&'static str]),
    AllAnd(&'static [&'static str]),
}

impl Picked {
    fn write(&self, group: &str, behaviour: &str, names: &str) -> Element {
        let (word, listed): (&str, &[&str]) = match self {
            Picked::Nothing => ("none", &[]),
            Picked::All(word) => (word, &[]),
            Picked::Only(listed) => ("whitelist", listed),
            Picked::AllExcept(listed) => ("allExcept", listed),
            Picked::AllAnd(listed) => ("allViewerAndWhitelistCloudFront", listed),
        };
        let items: Vec<Element> = listed.iter().map(|name| Element::leaf("Name", name)).collect();
        let names = (!items.is_empty()).then(|| Element::list(names, items));
        Element::new(group).with(Element::leaf(behaviour, word)).with_all(names)
    }
}

fn picks(headers: &Picked, cookies: &Picked, query_strings: &Picked) -> [Element; 3] {
    [
        headers.write("HeadersConfig", "HeaderBehavior", "Headers"),
        cookies.write("CookiesConfig", "CookieBehavior", "Cookies"),
        query_strings.write("QueryStringsConfig", "QueryStringBehavior", "QueryStrings"),
    ]
}

struct Cache {
    id: &'static str,
    name: &'static str,
    /// Minimum, default, maximum.
    seconds: [u32; 3],
    compressed: bool,
    headers: Picked,
    cookies: Picked,
    query_strings: Picked,
}

impl Cache {
    fn config(&self) -> Element {
        let [minimum, default, maximum] = self.seconds;
        let key = Element::new("ParametersInCacheKeyAndForwardedToOrigin")
            .with(Element::leaf("EnableAcceptEncodingGzip", self.compressed))
            .with(Element::leaf("EnableAcceptEncodingBrotli", self.compressed))
            .with_all(picks(&self.headers, &self.cookies, &self.query_strings));
        Element::new("CachePolicyConfig")
            .with(Element::leaf("Comment", ""))
            .with(Element::leaf("Name", format!("Managed-{}", self.name)))
            .with(Element::leaf("DefaultTTL", default))
            .with(Element::leaf("MaxTTL", maximum))
            .with(Element::leaf("MinTTL", minimum))
            .with(key)
    }
}

const ORIGIN_CONTROLLED: Picked =
    Picked::Only(&["host", "origin", "x-http-method-override", "x-http-method", "x-method-override"]);

const CACHE: &[Cache] = &[
    Cache {
        id: "658327ea-f89d-4fab-a63d-7e88639e58f6",
        name: "CachingOptimized",
        seconds: [1, 86_400, 31_536_000],
        compressed: true,
        headers: Picked::Nothing,
        cookies: Picked::Nothing,
        query_strings: Picked::Nothing,
    },
    Cache {
        id: "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
        name: "CachingOptimizedForUncompressedObjects",
        seconds: [1, 86_400, 31_536_000],
        compressed: false,
        headers: Picked::Nothing,
        cookies: Picked::Nothing,
        query_strings: Picked::Nothing,
    },
    Cache {
        id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        name: "CachingDisabled",
        seconds: [0, 0, 0],
        compressed: false,
        headers: Picked::Nothing,
        cookies: Picked::Nothing,
        query_strings: Picked::Nothing,
    },
    Cache {
        id: "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
        name: "UseOriginCacheControlHeaders",
        seconds: [0, 0, 31_536_000],
        compressed: true,
        headers: ORIGIN_CONTROLLED,
        cookies: Picked::All("all"),
        query_strings: Picked::Nothing,
    },
    Cache {
        id: "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
        name: "UseOriginCacheControlHeaders-QueryStrings",
        seconds: [0, 0, 31_536_000],
        compressed: true,
        headers: ORIGIN_CONTROLLED,
        cookies: Picked::All("all"),
        query_strings: Picked::All("all"),
    },
    Cache {
        id: "08627262-05a9-4f76-9ded-b50ca2e3a84f",
        name: "Elemental-MediaPackage",
        seconds: [0, 86_400, 31_536_000],
        compressed: true,
        headers: Picked::Only(&["origin"]),
        cookies: Picked::Nothing,
        query_strings: Picked::Only(&["aws.manifestfilter", "start", "end", "m"]),
    },
    Cache {
        id: "2e54312d-136d-493c-8eb9-b001f22f67d2",
        name: "Amplify",
        seconds: [2, 2, 600],
        compressed: true,
        headers: Picked::Only(&["Authorization", "CloudFront-Viewer-Country", "Host"]),
        cookies: Picked::All("all"),
        query_strings: Picked::All("all"),
    },
];

struct OriginRequest {
    id: &'static str,
    name: &'static str,
    headers: Picked,
    cookies: Picked,
    query_strings: Picked,
}

impl OriginRequest {
    fn config(&self) -> Element {
        Element::new("OriginRequestPolicyConfig")
            .with(Element::leaf("Comment", ""))
            .with(Element::leaf("Name", format!("Managed-{}", self.name)))
            .with_all(picks(&self.headers, &self.cookies, &self.query_strings))
    }
}

/// The CloudFront headers that existed in June 2022.
const CLOUDFRONT_HEADERS_2022: Picked = Picked::AllAnd(&[
    "CloudFront-Forwarded-Proto",
    "CloudFront-Is-Android-Viewer",
    "CloudFront-Is-Desktop-Viewer",
    "CloudFront-Is-IOS-Viewer",
    "CloudFront-Is-Mobile-Viewer",
    "CloudFront-Is-SmartTV-Viewer",
    "CloudFront-Is-Tablet-Viewer",
    "CloudFront-Viewer-Address",
    "CloudFront-Viewer-ASN",
    "CloudFront-Viewer-City",
    "CloudFront-Viewer-Country",
    "CloudFront-Viewer-Country-Name",
    "CloudFront-Viewer-Country-Region",
    "CloudFront-Viewer-Country-Region-Name",
    "CloudFront-Viewer-Http-Version",
    "CloudFront-Viewer-Latitude",
    "CloudFront-Viewer-Longitude",
    "CloudFront-Viewer-Metro-Code",
    "CloudFront-Viewer-Postal-Code",
    "CloudFront-Viewer-Time-Zone",
    "CloudFront-Viewer-TLS",
]);

const ORIGIN_REQUEST: &[OriginRequest] = &[
    OriginRequest {
        id: "216adef6-5c7f-47e4-b989-5492eafa07d3",
        name: "AllViewer",
        headers: Picked::All("allViewer"),
        cookies: Picked::All("all"),
        query_strings: Picked::All("all"),
    },
    OriginRequest {
        id: "33f36d7e-f396-46d9-90e0-52428a34d9dc",
        name: "AllViewerAndCloudFrontHeaders-2022-06",
        headers: CLOUDFRONT_HEADERS_2022,
        cookies: Picked::All("all"),
        query_strings: Picked::All("all"),
    },
    OriginRequest {
        id: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        name: "AllViewerExceptHostHeader",
        headers: Picked::AllExcept(&["host"]),
        cookies: Picked::All("all"),
        query_strings: Picked::All("all"),
    },
    OriginRequest {
        id: "59781a5b-3903-41f3-afcb-af62929ccde1",
        name: "CORS-CustomOrigin",
        headers: Picked::Only(&["origin"]),
        cookies: Picked::Nothing,
        query_strings: Picked::Nothing,
    },
    OriginRequest {
        id: "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
        name: "CORS-S3Origin",
        headers: Picked::Only(&["origin", "access-control-request-headers", "access-control-request-method"]),
        cookies: Picked::Nothing,
        query_strings: Picked::Nothing,
    },
    OriginRequest {
        id: "bf0718e1-ba1e-49d1-88b1-f726733018ae",
        name: "HostHeaderOnly",
        headers: Picked::Only(&["host"]),
        cookies: Picked::Nothing,
        query_strings: Picked::Nothing,
    },
    OriginRequest {
        id: "acba4595-bd28-49b8-b9fe-13317c0390fa",
        name: "UserAgentRefererHeaders",
        headers: Picked::Only(&["user-agent", "referer"]),
        cookies: Picked::Nothing,
        query_strings: Picked::Nothing,
    },
    OriginRequest {
        id: "775133bc-15f2-49f9-abea-afb2e0bf67d2",
        name: "Elemental-MediaTailor-PersonalizedManifests",
        headers: Picked::Only(&[
            "origin",
            "access-control-request-headers",
            "access-control-request-method",
            "user-agent",
            "x-forwarded-for",
        ]),
        cookies: Picked::Nothing,
        query_strings: Picked::All("all"),
    },
];

struct ResponseHeaders {
    id: &'static str,
    name: &'static str,
    cors: Option<Cors>,
    security: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Cors {
    /// Any origin may read.
    Simple,
    /// Any origin may use any method, after asking.
    Preflight,
}

impl ResponseHeaders {
    fn config(&self) -> Element {
        Element::new("ResponseHeadersPolicyConfig")
            .with(Element::leaf("Comment", ""))
            .with(Element::leaf("Name", format!("Managed-{}", self.name)))
            .with_all(self.cors.map(cors_config))
            .with_all(self.security.then(security_config))
    }
}

fn cors_config(cors: Cors) -> Element {
    let preflight = cors == Cors::Preflight;
    let methods: &[&str] = if preflight {
        &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    } else {
        &["GET", "HEAD"]
    };
    let list = |name: &str, tag: &str, texts: &[&str]| {
        Element::list(name, texts.iter().map(|text| Element::leaf(tag, text)).collect())
    };
    let exposed = preflight.then(|| list("AccessControlExposeHeaders", "Header", &["*"]));
    Element::new("CorsConfig")
        .with(list("AccessControlAllowOrigins", "Origin", &["*"]))
        .with(list("AccessControlAllowHeaders", "Header", &["*"]))
        .with(list("AccessControlAllowMethods", "Method", methods))
        .with(Element::leaf("AccessControlAllowCredentials", false))
        .with_all(exposed)
        .with(Element::leaf("OriginOverride", false))
}

fn security_config() -> Element {
    let part = |name: &str, overrides: bool| Element::new(name).with(Element::leaf("Override", overrides));
    let xss = part("XSSProtection", false)
        .with(Element::leaf("Protection", true))
        .with(Element::leaf("ModeBlock", true));
    let transport =
        part("StrictTransportSecurity", false).with(Element::leaf("AccessControlMaxAgeSec", 31_536_000));
    Element::new("SecurityHeadersConfig")
        .with(xss)
        .with(part("FrameOptions", false).with(Element::leaf("FrameOption", "SAMEORIGIN")))
        .with(
            part("ReferrerPolicy", false)
                .with(Element::leaf("ReferrerPolicy", "strict-origin-when-cross-origin")),
        )
        .with(part("ContentTypeOptions", true))
        .with(transport)
}

const RESPONSE_HEADERS: &[ResponseHeaders] = &[
    ResponseHeaders {
        id: "67f7725c-6f97-4210-82d7-5512b31e9d03",
        name: "SecurityHeadersPolicy",
        cors: None,
        security: true,
    },
    ResponseHeaders {
        id: "60669652-455b-4ae9-85a4-c4c02393f86c",
        name: "SimpleCORS",
        cors: Some(Cors::Simple),
        security: false,
    },
    ResponseHeaders {
        id: "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
        name: "CORS-With-Preflight",
        cors: Some(Cors::Preflight),
        security: false,
    },
    ResponseHeaders {
        id: "e61eb60c-9c35-4d20-a928-2b84e02af89c",
        name: "CORS-and-SecurityHeadersPolicy",
        cors: Some(Cors::Simple),
        security: true,
    },
    ResponseHeaders {
        id: "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
        name: "CORS-with-preflight-and-SecurityHeadersPolicy",
        cors: Some(Cors::Preflight),
        security: true,
    },
];

#[cfg(test)]
mod tests {
    use super::super::shapes::{self, Shape, policies};
    use super::*;

    #[test]
    fn every_managed_policy_has_its_kinds_shape() {
        let kinds: [(&str, &Shape, usize); 3] = [
            ("CachePolicy", &policies::CACHE_POLICY_CONFIG, 7),
            ("OriginRequestPolicy", &policies::ORIGIN_REQUEST_POLICY_CONFIG, 8),
            ("ResponseHeadersPolicy", &policies::RESPONSE_HEADERS_POLICY_CONFIG, 5),
        ];
        for (object, shape, count) in kinds {
            let policies = all(object);
            assert_eq!(policies.len(), count);
            for policy in policies {
                assert_eq!(shapes::check(&policy.config, shape, object), Ok(()), "{}", policy.id);
            }
        }
    }
}
