//! Rules about origin access controls.

use super::{Configurations, Rule, says};

/// The table.
pub const RULES: &[Rule<Configurations>] = &[
    Rule {
        id: "oac-name",
        code: "InvalidArgument",
        about: "a name that is empty or has more than 64 characters",
        source: "aws-facts.md A.2",
        complaint: |c| {
            says(!(1..=64).contains(&c.text_at("Name").chars().count()), "The parameter Name is invalid.")
        },
    },
    Rule {
        id: "oac-description",
        code: "InvalidArgument",
        about: "a description of more than 256 characters",
        source: "CloudFront API reference, OriginAccessControlConfig",
        complaint: |c| {
            says(c.text_at("Description").chars().count() > 256, "The parameter Description is too big.")
        },
    },
    Rule {
        id: "oac-behaviour",
        code: "InvalidArgument",
        about: "always-amz-auth for another type than lambda",
        source: "aws-facts.md B, OAC config",
        complaint: |c| {
            says(
                c.text_at("SigningBehavior") == "always-amz-auth"
                    && c.text_at("OriginAccessControlOriginType") != "lambda",
                "The parameter SigningBehavior is invalid.",
            )
        },
    },
    Rule {
        id: "oac-protocol",
        code: "InvalidArgument",
        about: "sigv4a for another type than s3",
        source: "aws-facts.md B, OAC config",
        complaint: |c| {
            says(
                c.text_at("SigningProtocol") == "sigv4a"
                    && c.text_at("OriginAccessControlOriginType") != "s3",
                "The parameter SigningProtocol is invalid.",
            )
        },
    },
];
