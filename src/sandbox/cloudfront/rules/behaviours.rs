//! Rules about cache behaviours: where they lead, their paths, and the policies that they name.

use super::names::repeats;
use super::views::Behaviour;
use super::{Distributions, Proposal, Rule, says};
use crate::sandbox::cloudfront::named::{CACHE_POLICY, Kind, ORIGIN_REQUEST_POLICY, RESPONSE_HEADERS_POLICY};
use crate::sandbox::cloudfront::usage;

/// The table.
pub const RULES: &[Rule<Distributions>] = &[
    Rule {
        id: "behaviour-quota",
        code: "TooManyCacheBehaviors",
        about: "more than 75 behaviours",
        source: "aws-facts.md B, default quotas",
        complaint: |p| {
            says(
                p.config.behaviours().count() > 75,
                "You cannot create more cache behaviors for the distribution.",
            )
        },
    },
    Rule {
        id: "behaviour-target",
        code: "NoSuchOrigin",
        about: "a behaviour that names neither an origin nor an origin group",
        source: "aws-facts.md B, K12",
        complaint: |p| {
            says(
                p.config.behaviours().any(|behaviour| leads_nowhere(p, behaviour)),
                "One or more of your origins or origin groups do not exist.",
            )
        },
    },
    Rule {
        id: "behaviour-path",
        code: "InvalidArgument",
        about: "a path that is empty, has more than 255 characters or one that isn't allowed",
        source: "aws-facts.md B, PathPattern",
        complaint: |p| says(p.config.behaviours().any(wrong_path), "The parameter PathPattern is invalid."),
    },
    Rule {
        id: "behaviour-path-twice",
        code: "InvalidArgument",
        about: "two behaviours of one path",
        source: "emulators.md",
        complaint: |p| {
            says(
                repeats(
                    p.config
                        .behaviours()
                        .filter_map(Behaviour::path)
                        .map(|path| path.trim_start_matches('/')),
                ),
                "The parameter PathPattern must be unique within a distribution.",
            )
        },
    },
    Rule {
        id: "behaviour-both-caches",
        code: "InvalidArgument",
        about: "ForwardedValues beside a cache policy",
        source: "aws-facts.md B, K14",
        complaint: |p| {
            says(
                p.config
                    .behaviours()
                    .any(|behaviour| has_policy(behaviour) && behaviour.0.child("ForwardedValues").is_some()),
                "The parameter ForwardedValues cannot be used when a cache policy is associated to the cache behavior.",
            )
        },
    },
    Rule {
        id: "behaviour-ttl-and-policy",
        code: "InvalidArgument",
        about: "TTLs beside a cache policy",
        source: "aws-facts.md B, Cache settings",
        complaint: ttl_beside_policy,
    },
    Rule {
        id: "behaviour-no-cache",
        code: "InvalidArgument",
        about: "neither a cache policy nor ForwardedValues",
        source: "aws-facts.md B, Cache settings",
        complaint: |p| {
            says(
                p.config.behaviours().any(|behaviour| {
                    !has_policy(behaviour) && behaviour.0.child("ForwardedValues").is_none()
                }),
                "The parameter ForwardedValues is required.",
            )
        },
    },
    Rule {
        id: "behaviour-request-policy-alone",
        code: "InvalidArgument",
        about: "an origin request policy without a cache policy",
        source: "aws-facts.md B, Cache settings",
        complaint: |p| {
            says(
                p.config.behaviours().any(|behaviour| {
                    !has_policy(behaviour) && !behaviour.text("OriginRequestPolicyId").is_empty()
                }),
                "The parameter OriginRequestPolicyId cannot be used without a cache policy.",
            )
        },
    },
    Rule {
        id: "cache-policy-unknown",
        code: "NoSuchCachePolicy",
        about: "a cache policy that doesn't exist",
        source: "emulators.md",
        complaint: |p| says(unknown(p, &CACHE_POLICY), "The cache policy does not exist."),
    },
    Rule {
        id: "origin-request-policy-unknown",
        code: "NoSuchOriginRequestPolicy",
        about: "an origin request policy that doesn't exist",
        source: "emulators.md",
        complaint: |p| says(unknown(p, &ORIGIN_REQUEST_POLICY), "The origin request policy does not exist."),
    },
    Rule {
        id: "response-headers-policy-unknown",
        code: "NoSuchResponseHeadersPolicy",
        about: "a response headers policy that doesn't exist",
        source: "emulators.md",
        complaint: |p| {
            says(unknown(p, &RESPONSE_HEADERS_POLICY), "The response headers policy does not exist.")
        },
    },
    Rule {
        id: "cache-policy-crowded",
        code: "TooManyDistributionsAssociatedToCachePolicy",
        about: "more than 100 distributions on one own cache policy",
        source: "aws-facts.md B, default quotas",
        complaint: |p| {
            says(
                crowded(p, &CACHE_POLICY),
                "The maximum number of distributions have been associated with the specified cache policy.",
            )
        },
    },
    Rule {
        id: "origin-request-policy-crowded",
        code: "TooManyDistributionsAssociatedToOriginRequestPolicy",
        about: "more than 100 distributions on one own origin request policy",
        source: "aws-facts.md B, default quotas",
        complaint: |p| {
            says(
                crowded(p, &ORIGIN_REQUEST_POLICY),
                "The maximum number of distributions have been associated with the specified origin request policy.",
            )
        },
    },
    Rule {
        id: "response-headers-policy-crowded",
        code: "TooManyDistributionsAssociatedToResponseHeadersPolicy",
        about: "more than 100 distributions on one own response headers policy",
        source: "aws-facts.md B, default quotas",
        complaint: |p| {
            says(
                crowded(p, &RESPONSE_HEADERS_POLICY),
                "The maximum number of distributions have been associated with the specified response headers policy.",
            )
        },
    },
    Rule {
        id: "field-level-encryption",
        code: "NoSuchFieldLevelEncryptionConfig",
        about: "a field-level encryption that doesn't exist",
        source: "service model",
        complaint: |p| {
            says(
                p.config.behaviours().any(|behaviour| !behaviour.text("FieldLevelEncryptionId").is_empty()),
                "The specified configuration for field-level encryption doesn't exist.",
            )
        },
    },
    Rule {
        id: "realtime-log",
        code: "NoSuchRealtimeLogConfig",
        about: "a real-time log that doesn't exist",
        source: "service model",
        complaint: |p| {
            says(
                p.config.behaviours().any(|behaviour| !behaviour.text("RealtimeLogConfigArn").is_empty()),
                "The real-time log configuration does not exist.",
            )
        },
    },
    Rule {
        id: "trusted-key-group",
        code: "TrustedKeyGroupDoesNotExist",
        about: "a key group that doesn't exist",
        source: "service model",
        complaint: |p| {
            says(
                p.config.behaviours().any(|behaviour| !behaviour.0.items_at("TrustedKeyGroups").is_empty()),
                "The specified key group does not exist.",
            )
        },
    },
];

fn leads_nowhere(proposal: &Proposal, behaviour: Behaviour) -> bool {
    let origins = proposal.config.origins().map(|origin| origin.id());
    !origins.chain(proposal.config.groups().map(|group| group.id())).any(|id| id == behaviour.target())
}

fn wrong_path(behaviour: Behaviour) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.*$/~\"'@:+&?".contains(&byte);
    behaviour.path().is_some_and(|path| !(1..=255).contains(&path.len()) || !path.bytes().all(allowed))
}

fn has_policy(behaviour: Behaviour) -> bool {
    !behaviour.text("CachePolicyId").is_empty()
}

fn ttl_beside_policy(proposal: &Proposal) -> Option<String> {
    let mut with_policy = proposal.config.behaviours().filter(|behaviour| has_policy(*behaviour));
    let field = with_policy.find_map(|behaviour| {
        ["MinTTL", "DefaultTTL", "MaxTTL"].into_iter().find(|name| behaviour.0.child(name).is_some())
    })?;
    Some(format!(
        "The parameter {field} cannot be used when a cache policy is associated to the cache behavior."
    ))
}

fn named<'a>(proposal: &'a Proposal, kind: &Kind) -> impl Iterator<Item = &'a str> + use<'a> {
    let reference = format!("{}Id", kind.object);
    proposal.config.behaviours().map(move |behaviour| behaviour.text(&reference)).filter(|id| !id.is_empty())
}

fn unknown(proposal: &Proposal, kind: &Kind) -> bool {
    named(proposal, kind).any(|id| kind.find(proposal.state, id).is_none())
}

/// Managed policies may be used by any number of distributions.
fn crowded(proposal: &Proposal, kind: &Kind) -> bool {
    let own = proposal.own.map(|own| own.id.as_str());
    named(proposal, kind).filter(|id| kind.own(proposal.state).any(|policy| policy.id == *id)).any(|id| {
        let others = usage::distributions_with(proposal.state, kind, id);
        others.filter(|other| Some(other.id.as_str()) != own).count() >= 100
    })
}
