//! Rules about the methods that a behaviour allows and caches.

use super::views::Behaviour;
use super::{Distributions, Proposal, Rule, says};

/// The table.
pub const RULES: &[Rule<Distributions>] = &[
    Rule {
        id: "methods-allowed",
        code: "InvalidArgument",
        about: "allowed methods other than GET and HEAD, these and OPTIONS, or all seven",
        source: "aws-facts.md B, AllowedMethods",
        complaint: |p| {
            says(
                p.config
                    .behaviours()
                    .any(|behaviour| ![READS, PREFLIGHT, ALL].contains(&behaviour.methods().as_slice())),
                "The parameter AllowedMethods contains an unsupported combination of methods.",
            )
        },
    },
    Rule {
        id: "methods-cached",
        code: "InvalidArgument",
        about: "cached methods other than GET and HEAD, or these and OPTIONS, or ones that aren't allowed",
        source: "aws-facts.md B, AllowedMethods",
        complaint: |p| {
            says(
                p.config.behaviours().any(wrong_cached),
                "The parameter CachedMethods contains an unsupported combination of methods.",
            )
        },
    },
    Rule {
        id: "methods-on-group",
        code: "InvalidArgument",
        about: "writing methods on an origin group",
        source: "aws-facts.md B, K13",
        complaint: |p| {
            says(
                p.config.behaviours().any(|behaviour| writes_to_group(p, behaviour)),
                "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group.",
            )
        },
    },
    Rule {
        id: "grpc",
        code: "InvalidArgument",
        about: "gRPC without HTTP/2 or without all seven methods",
        source: "aws-facts.md B, gRPC",
        complaint: |p| {
            says(
                p.config.behaviours().any(|behaviour| wrong_grpc(p, behaviour)),
                "The parameter GrpcConfig requires HTTP/2 and all HTTP methods.",
            )
        },
    },
];

const READS: &[&str] = &["GET", "HEAD"];
const PREFLIGHT: &[&str] = &["GET", "HEAD", "OPTIONS"];
const ALL: &[&str] = &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

fn wrong_cached(behaviour: Behaviour) -> bool {
    let (cached, allowed) = (behaviour.cached_methods(), behaviour.methods());
    ![READS, PREFLIGHT].contains(&cached.as_slice()) || !cached.iter().all(|method| allowed.contains(method))
}

fn writes_to_group(proposal: &Proposal, behaviour: Behaviour) -> bool {
    let on_group = proposal.config.groups().any(|group| group.id() == behaviour.target());
    on_group && behaviour.methods().iter().any(|method| !PREFLIGHT.contains(method))
}

fn wrong_grpc(proposal: &Proposal, behaviour: Behaviour) -> bool {
    let version = proposal.config.text("HttpVersion");
    let fits = matches!(version, "http2" | "http2and3") && behaviour.methods() == ALL;
    behaviour.0.flag_at("GrpcConfig/Enabled") && !fits
}
