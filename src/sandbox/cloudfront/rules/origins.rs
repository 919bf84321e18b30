//! Rules about origins: how many, their names, their types, and who may read them.

use super::names::{is_domain_name, repeats};
use super::views::{Origin, bucket_of};
use super::{Distributions, Proposal, Rule, says};
use crate::sandbox::cloudfront::named::ORIGIN_ACCESS_CONTROL;
use crate::sandbox::cloudfront::usage;

/// The table.
pub const RULES: &[Rule<Distributions>] = &[
    Rule {
        id: "origins-none",
        code: "MalformedXML",
        about: "a distribution without origins",
        source: "service model",
        complaint: |p| {
            says(
                p.config.origins().count() == 0,
                "1 validation error detected: Value '[]' at 'distributionConfig.origins.items' failed to satisfy constraint: Member must have length greater than or equal to 1",
            )
        },
    },
    Rule {
        id: "origins-quota",
        code: "TooManyOrigins",
        about: "more than 100 origins",
        source: "aws-facts.md B, default quotas",
        complaint: |p| {
            says(p.config.origins().count() > 100, "You cannot create more origins for the distribution.")
        },
    },
    Rule {
        id: "origin-id-length",
        code: "InvalidArgument",
        about: "an origin id that is empty or has more than 128 characters",
        source: "aws/aws-cdk issue 11504",
        complaint: |p| {
            says(
                p.config.origins().any(|origin| !(1..=128).contains(&origin.id().chars().count())),
                "The parameter originId is too big.",
            )
        },
    },
    Rule {
        id: "origin-id-twice",
        code: "InvalidArgument",
        about: "two origins or origin groups of one id",
        source: "aws-facts.md B, Origin.Id",
        complaint: |p| {
            says(
                repeats(p.config.origins().map(Origin::id).chain(p.config.groups().map(|group| group.id()))),
                "The parameter Origin Id must be unique within a distribution.",
            )
        },
    },
    Rule {
        id: "origin-address",
        code: "InvalidArgument",
        about: "an IP address as an origin",
        source: "aws-facts.md B, K34",
        complaint: |p| {
            says(p.config.origins().any(is_address), "The parameter origin name cannot be an IP address.")
        },
    },
    Rule {
        id: "origin-domain",
        code: "InvalidArgument",
        about: "an origin that is no DNS name",
        source: "aws-facts.md B, Origin.DomainName",
        complaint: |p| {
            says(
                p.config.origins().any(|origin| !is_domain_name(origin.domain())),
                "The parameter origin name must be a domain name.",
            )
        },
    },
    Rule {
        id: "origin-type",
        code: "InvalidOrigin",
        about: "an origin with no type, or with several",
        source: "aws-facts.md B, S3 + OAC",
        complaint: |p| {
            says(
                p.config.origins().any(|origin| origin.settings().count() != 1),
                "An origin must have exactly one of S3OriginConfig, CustomOriginConfig and VpcOriginConfig.",
            )
        },
    },
    Rule {
        id: "origin-bucket",
        code: "InvalidArgument",
        about: "a bucket that doesn't exist, isn't visible yet, is in another region than its name says, or is a website endpoint",
        source: "aws-facts.md B, K11",
        complaint: |p| {
            says(
                p.config.origins().any(|origin| origin.is_s3() && !is_bucket(p, origin)),
                "The parameter Origin DomainName does not refer to a valid S3 bucket.",
            )
        },
    },
    Rule {
        id: "origin-both-accesses",
        code: "IllegalOriginAccessConfiguration",
        about: "an origin access identity beside an origin access control",
        source: "aws-facts.md B, S3 + OAC",
        complaint: |p| {
            says(
                p.config
                    .origins()
                    .any(|origin| !identity(origin).is_empty() && !access_control(origin).is_empty()),
                "An origin cannot contain both an origin access control (OAC) and an origin access identity (OAI).",
            )
        },
    },
    Rule {
        id: "origin-access-identity",
        code: "InvalidOriginAccessIdentity",
        about: "an origin access identity that doesn't exist",
        source: "service model",
        complaint: |p| {
            says(
                p.config.origins().any(|origin| !identity(origin).is_empty()),
                "The origin access identity is not valid or doesn't exist.",
            )
        },
    },
    Rule {
        id: "origin-access-control",
        code: "InvalidOriginAccessControl",
        about: "an origin access control that doesn't exist",
        source: "service model",
        complaint: unknown_access_control,
    },
    Rule {
        id: "origin-access-control-type",
        code: "InvalidArgument",
        about: "an origin access control of another type than the origin",
        source: "aws-facts.md B, K17",
        complaint: other_type,
    },
    Rule {
        id: "origin-access-control-quota",
        code: "TooManyDistributionsAssociatedToOriginAccessControl",
        about: "more than 100 distributions on one origin access control",
        source: "aws-facts.md B, default quotas",
        complaint: crowded_access_control,
    },
];

fn is_address(origin: Origin) -> bool {
    origin.domain().trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
}

fn is_bucket(proposal: &Proposal, origin: Origin) -> bool {
    let found = bucket_of(origin.domain())
        .and_then(|(name, region)| Some((proposal.surroundings.buckets.get(name)?, region)));
    origin.domain().len() <= 128
        && found.is_some_and(|(bucket, region)| region.is_none_or(|region| region == bucket.region))
}

fn identity(origin: Origin<'_>) -> &str {
    origin.0.text_at("S3OriginConfig/OriginAccessIdentity")
}

fn access_control(origin: Origin<'_>) -> &str {
    origin.0.text_at("OriginAccessControlId")
}

fn unknown_access_control(proposal: &Proposal) -> Option<String> {
    let mut used = proposal.config.origins().map(access_control).filter(|id| !id.is_empty());
    let unknown = used.any(|id| ORIGIN_ACCESS_CONTROL.find(proposal.state, id).is_none());
    says(unknown, "The origin access control is not valid.")
}

fn other_type(proposal: &Proposal) -> Option<String> {
    let mut origins = proposal.config.origins().filter(|origin| !access_control(*origin).is_empty());
    let differs = origins.any(|origin| {
        let control = ORIGIN_ACCESS_CONTROL.find(proposal.state, access_control(origin));
        let of_type = control.is_some_and(|control| {
            let wanted = control.config.text_at("OriginAccessControlOriginType");
            (wanted == "s3") == origin.is_s3()
                && (wanted != "lambda" || origin.domain().contains(".lambda-url."))
        });
        !of_type
    });
    says(differs, "Illegal configuration: The origin type and OAC origin type differ")
}

fn crowded_access_control(proposal: &Proposal) -> Option<String> {
    let own = proposal.own.map(|own| own.id.as_str());
    let mut used = proposal.config.origins().map(access_control).filter(|id| !id.is_empty());
    let crowded = used.any(|id| {
        let others = usage::distributions_with(proposal.state, &ORIGIN_ACCESS_CONTROL, id);
        others.filter(|other| Some(other.id.as_str()) != own).count() >= 100
    });
    says(
        crowded,
        "The maximum number of distributions have been associated with the specified origin access control.",
    )
}
