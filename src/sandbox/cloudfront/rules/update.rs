//! Rules about an update: what a client must send again, and what can't be changed.
//!
//! The service fills nothing in at an update. It complains in this order (aws-facts.md B, update semantics);
//! which fields it wants is in its guide, "Required fields for creating and updating distributions".

use super::views::{Behaviour, ConfigView};
use super::{Rule, Subject, says};
use crate::sandbox::cloudfront::element::Element;

/// A configuration and what it is to become, as sent.
#[derive(Debug)]
pub struct Change<'a> {
    /// What the distribution has.
    pub before: &'a Element,
    /// What was sent.
    pub after: &'a Element,
}

/// Changes of distributions.
#[derive(Debug)]
pub struct Changes;

impl Subject for Changes {
    type At<'a> = Change<'a>;
}

/// The table.
pub const RULES: &[Rule<Changes>] = &[
    Rule {
        id: "update-aliases",
        code: "IllegalUpdate",
        about: "an update without Aliases",
        source: SOURCE,
        complaint: |c| says(c.after.child("Aliases").is_none(), "Aliases are missing for the resource"),
    },
    Rule {
        id: "update-origin-headers",
        code: "IllegalUpdate",
        about: "an update with an origin without CustomHeaders",
        source: SOURCE,
        complaint: |c| says(in_origins(c, "CustomHeaders"), "The 'OriginCustomHeaders' field is missing"),
    },
    Rule {
        id: "update-origin-path",
        code: "IllegalUpdate",
        about: "an update with an origin without OriginPath",
        source: SOURCE,
        complaint: |c| says(in_origins(c, "OriginPath"), "The 'OriginPath' field is missing"),
    },
    Rule {
        id: "update-origin-timeouts",
        code: "IllegalUpdate",
        about: "an update with a custom origin without its time limits",
        source: "aws-controllers-k8s/community issue 2335",
        complaint: |c| says(timeouts_missing(c), "OriginReadTimeout is required for updates."),
    },
    Rule {
        id: "update-streaming",
        code: "InvalidArgument",
        about: "an update with a behaviour without SmoothStreaming",
        source: SOURCE,
        complaint: |c| {
            says(in_behaviours(c, "SmoothStreaming"), "The parameter SmoothStreaming flag is missing")
        },
    },
    Rule {
        id: "update-compress",
        code: "InvalidArgument",
        about: "an update with a behaviour without Compress",
        source: SOURCE,
        complaint: |c| says(in_behaviours(c, "Compress"), "The parameter Compress flag is missing"),
    },
    Rule {
        id: "update-methods",
        code: "InvalidArgument",
        about: "an update with a behaviour without AllowedMethods",
        source: SOURCE,
        complaint: |c| says(in_behaviours(c, "AllowedMethods"), "The parameter AllowedMethods is missing"),
    },
    Rule {
        id: "update-lambda",
        code: "IllegalUpdate",
        about: "an update with a behaviour without LambdaFunctionAssociations",
        source: SOURCE,
        complaint: |c| {
            says(
                in_behaviours(c, "LambdaFunctionAssociations"),
                "The 'LambdaFunctionAssociations' field is missing",
            )
        },
    },
    Rule {
        id: "update-encryption",
        code: "IllegalUpdate",
        about: "an update with a behaviour without FieldLevelEncryptionId",
        source: SOURCE,
        complaint: |c| {
            says(in_behaviours(c, "FieldLevelEncryptionId"), "The 'FieldLevelEncryptionId' field is missing")
        },
    },
    Rule {
        id: "update-root-object",
        code: "IllegalUpdate",
        about: "an update without DefaultRootObject",
        source: SOURCE,
        complaint: |c| without(c, "DefaultRootObject"),
    },
    Rule {
        id: "update-behaviours",
        code: "IllegalUpdate",
        about: "an update without CacheBehaviors",
        source: SOURCE,
        complaint: |c| without(c, "CacheBehaviors"),
    },
    Rule {
        id: "update-pages",
        code: "IllegalUpdate",
        about: "an update without CustomErrorResponses",
        source: SOURCE,
        complaint: |c| without(c, "CustomErrorResponses"),
    },
    Rule {
        id: "update-logging",
        code: "IllegalUpdate",
        about: "an update without Logging",
        source: SOURCE,
        complaint: |c| without(c, "Logging"),
    },
    Rule {
        id: "update-price-class",
        code: "IllegalUpdate",
        about: "an update without PriceClass",
        source: SOURCE,
        complaint: |c| without(c, "PriceClass"),
    },
    Rule {
        id: "update-certificate",
        code: "IllegalUpdate",
        about: "an update without ViewerCertificate",
        source: SOURCE,
        complaint: |c| without(c, "ViewerCertificate"),
    },
    Rule {
        id: "update-restrictions",
        code: "IllegalUpdate",
        about: "an update without Restrictions",
        source: SOURCE,
        complaint: |c| without(c, "Restrictions"),
    },
    Rule {
        id: "update-web-acl",
        code: "IllegalUpdate",
        about: "an update without WebACLId",
        source: SOURCE,
        complaint: |c| without(c, "WebACLId"),
    },
    Rule {
        id: "update-http-version",
        code: "IllegalUpdate",
        about: "an update without HttpVersion",
        source: SOURCE,
        complaint: |c| without(c, "HttpVersion"),
    },
    Rule {
        id: "update-reference",
        code: "IllegalUpdate",
        about: "an update with another CallerReference",
        source: "aws-facts.md A.2",
        complaint: |c| {
            says(
                c.before.text_at("CallerReference") != c.after.text_at("CallerReference"),
                "The update contains modifications that are not allowed: CallerReference",
            )
        },
    },
];

const SOURCE: &str = "aws-facts.md B, update semantics; K2";

fn without(change: &Change, field: &str) -> Option<String> {
    change.after.child(field).is_none().then(|| format!("The '{field}' field is missing"))
}

fn in_origins(change: &Change, field: &str) -> bool {
    ConfigView::new(change.after).origins().any(|origin| origin.0.child(field).is_none())
}

fn timeouts_missing(change: &Change) -> bool {
    let mut custom = ConfigView::new(change.after).origins().filter_map(|origin| origin.custom());
    custom.any(|custom| {
        custom.child("OriginReadTimeout").is_none() || custom.child("OriginKeepaliveTimeout").is_none()
    })
}

fn in_behaviours(change: &Change, field: &str) -> bool {
    let lacks = |behaviour: Behaviour| behaviour.0.child(field).is_none();
    ConfigView::new(change.after).behaviours().any(lacks)
}
