//! Rules about functions at the edge: Lambda@Edge versions and CloudFront Functions on a behaviour's events.

use super::views::{Behaviour, EdgeFunction};
use super::{Distributions, Proposal, Rule, says};
use crate::sandbox::call::ACCOUNT;
use crate::sandbox::cloudfront::neighbours::FunctionVersion;
use crate::sandbox::cloudfront::usage;

/// The table.
pub const RULES: &[Rule<Distributions>] = &[
    Rule {
        id: "edge-event-twice",
        code: LAMBDA,
        about: "two functions on one event of a behaviour",
        source: "aws-facts.md B, LambdaFunctionAssociations",
        complaint: event_twice,
    },
    Rule {
        id: "edge-lambda-quota",
        code: "TooManyLambdaFunctionAssociations",
        about: "more than 100 Lambda associations",
        source: "aws-facts.md B, default quotas",
        complaint: |p| {
            says(
                p.config.lambda_functions().count() > 100,
                "Your request contains too many Lambda@Edge function associations per distribution.",
            )
        },
    },
    Rule {
        id: "edge-lambda-streaming",
        code: LAMBDA,
        about: "a Lambda function beside Smooth Streaming",
        source: "aws-facts.md D.1",
        complaint: |p| {
            says(
                p.config.behaviours().any(|behaviour| {
                    behaviour.0.flag_at("SmoothStreaming") && behaviour.lambda_functions().count() > 0
                }),
                "Lambda@Edge functions cannot be used with Smooth Streaming.",
            )
        },
    },
    Rule {
        id: "edge-lambda-version",
        code: LAMBDA,
        about: "a function named without a version, with an alias or with $LATEST",
        source: "aws-facts.md D.1, K19",
        complaint: unnumbered,
    },
    Rule {
        id: "edge-lambda-region",
        code: LAMBDA,
        about: "a function outside us-east-1",
        source: "aws-facts.md D.1",
        complaint: |p| {
            first(
                p,
                |function| !function.arn.starts_with("arn:aws:lambda:us-east-1:"),
                "The function must be in region 'us-east-1'. ARN:",
            )
        },
    },
    Rule {
        id: "edge-lambda-account",
        code: LAMBDA,
        about: "a function of another account",
        source: "aws-facts.md D.1",
        complaint: |p| {
            first(
                p,
                |function| !function.arn.contains(&format!(":{ACCOUNT}:function:")),
                "The function must belong to the same AWS account as the distribution. ARN:",
            )
        },
    },
    Rule {
        id: "edge-lambda-body",
        code: LAMBDA,
        about: "the body asked for on a response event",
        source: "aws-facts.md B, LambdaFunctionAssociations",
        complaint: |p| {
            first(
                p,
                |function| function.include_body && function.event.ends_with("-response"),
                "IncludeBody can only be set for request events. Function:",
            )
        },
    },
    Rule {
        id: "edge-lambda-unknown",
        code: LAMBDA,
        about: "a version that doesn't exist",
        source: "emulators.md",
        complaint: |p| {
            first(
                p,
                |function| !p.surroundings.versions.contains_key(function.arn),
                "The function cannot be found. Function:",
            )
        },
    },
    Rule {
        id: "edge-lambda-active",
        code: LAMBDA,
        about: "a version that isn't Active yet",
        source: "aws-facts.md D.2, K20",
        complaint: inactive,
    },
    Rule {
        id: "edge-lambda-environment",
        code: LAMBDA,
        about: "a version with environment variables",
        source: "aws-facts.md D.1, K21",
        complaint: |p| {
            version(
                p,
                |version| version.has_environment,
                "The function cannot have environment variables. Function:",
            )
        },
    },
    Rule {
        id: "edge-lambda-layers",
        code: LAMBDA,
        about: "a version with layers",
        source: "aws-facts.md D.1",
        complaint: |p| version(p, |version| version.has_layers, "The function cannot have layers. Function:"),
    },
    Rule {
        id: "edge-lambda-network",
        code: LAMBDA,
        about: "a version inside a VPC",
        source: "aws-facts.md D.1",
        complaint: |p| {
            version(
                p,
                |version| version.has_network,
                "The function cannot have a VPC configuration. Function:",
            )
        },
    },
    Rule {
        id: "edge-lambda-dead-letters",
        code: LAMBDA,
        about: "a version with a dead-letter queue",
        source: "aws-facts.md D.1",
        complaint: |p| {
            version(
                p,
                |version| version.has_dead_letters,
                "The function cannot have a dead letter queue. Function:",
            )
        },
    },
    Rule {
        id: "edge-lambda-tracing",
        code: LAMBDA,
        about: "a version with X-Ray tracing",
        source: "aws-facts.md D.1",
        complaint: |p| {
            version(p, |version| version.is_traced, "The function cannot have tracing enabled. Function:")
        },
    },
    Rule {
        id: "edge-lambda-key",
        code: LAMBDA,
        about: "a version with a customer's encryption key",
        source: "aws-facts.md D.1",
        complaint: |p| {
            version(
                p,
                |version| version.has_own_key,
                "The function cannot be encrypted with a customer managed key. Function:",
            )
        },
    },
    Rule {
        id: "edge-lambda-storage",
        code: LAMBDA,
        about: "a version with more than 512 MB of /tmp",
        source: "aws-facts.md D.1",
        complaint: |p| {
            version(
                p,
                |version| version.storage_megabytes > 512,
                "The function cannot have more than 512 MB of ephemeral storage. Function:",
            )
        },
    },
    Rule {
        id: "edge-lambda-package",
        code: LAMBDA,
        about: "a version from a container image",
        source: "aws-facts.md D.1",
        complaint: |p| {
            version(
                p,
                |version| version.package != "Zip",
                "The function cannot be a container image. Function:",
            )
        },
    },
    Rule {
        id: "edge-lambda-architecture",
        code: LAMBDA,
        about: "a version for arm64",
        source: "aws-facts.md D.1",
        complaint: |p| {
            version(
                p,
                |version| version.architecture != "x86_64",
                "The function must have the x86_64 architecture. Function:",
            )
        },
    },
    Rule {
        id: "edge-lambda-runtime",
        code: LAMBDA,
        about: "a runtime other than current Node.js and Python",
        source: "aws-facts.md D.1",
        complaint: |p| {
            version(
                p,
                |version| !RUNTIMES.contains(&version.runtime.as_str()),
                "The function has an unsupported runtime. Function:",
            )
        },
    },
    Rule {
        id: "edge-lambda-timeout",
        code: LAMBDA,
        about: "a version that may run longer than 30 seconds",
        source: "aws-facts.md D.1",
        complaint: |p| {
            version(
                p,
                |version| version.timeout_seconds > 30,
                "The function timeout is larger than the maximum allowed. Function:",
            )
        },
    },
    Rule {
        id: "edge-lambda-size",
        code: LAMBDA,
        about: "a package of more than 50 MB",
        source: "aws-facts.md D.1",
        complaint: |p| {
            version(
                p,
                |version| version.code_bytes > 50 * 1024 * 1024,
                "The function code is larger than the maximum allowed. Function:",
            )
        },
    },
    Rule {
        id: "edge-lambda-role",
        code: LAMBDA,
        about: "a role that edgelambda.amazonaws.com may not assume",
        source: "aws-facts.md D.2, K22",
        complaint: |p| {
            version(
                p,
                |version| !version.role_trusts_edge,
                "The function execution role must be assumable with edgelambda.amazonaws.com as well as lambda.amazonaws.com principals. Update the IAM role and try again. Role:",
            )
        },
    },
    Rule {
        id: "edge-function-event",
        code: "MalformedXML",
        about: "a CloudFront Function on an origin event",
        source: "aws-facts.md B, FunctionAssociations",
        complaint: on_origin,
    },
    Rule {
        id: "edge-function-unknown",
        code: FUNCTION,
        about: "a CloudFront Function that doesn't exist",
        source: "emulators.md",
        complaint: |p| {
            first_function(
                p,
                |function| !p.state.functions.contains_key(name(function)),
                "The function cannot be found. Function:",
            )
        },
    },
    Rule {
        id: "edge-function-unpublished",
        code: FUNCTION,
        about: "a CloudFront Function that isn't LIVE",
        source: "aws-facts.md A.2",
        complaint: |p| {
            first_function(
                p,
                |function| {
                    p.state.functions.get(name(function)).is_some_and(|function| function.live.is_none())
                },
                "The function must be published to the LIVE stage. Function:",
            )
        },
    },
    Rule {
        id: "edge-function-and-lambda",
        code: FUNCTION,
        about: "a CloudFront Function on a viewer event beside Lambda@Edge on a viewer event",
        source: "aws-facts.md B, FunctionAssociations",
        complaint: |p| {
            says(
                p.config.behaviours().any(both_on_viewer),
                "CloudFront functions and Lambda@Edge functions cannot both be associated with viewer events of the same cache behavior.",
            )
        },
    },
    Rule {
        id: "edge-function-crowded",
        code: "TooManyDistributionsWithSingleFunctionARN",
        about: "more than 100 distributions on one CloudFront Function",
        source: "aws-facts.md B, default quotas",
        complaint: crowded,
    },
];

const LAMBDA: &str = "InvalidLambdaFunctionAssociation";
const FUNCTION: &str = "InvalidFunctionAssociation";

/// Runtimes that are open for creation and that Lambda@Edge takes (aws-facts.md D.1).
const RUNTIMES: [&str; 7] =
    ["nodejs24.x", "nodejs22.x", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

fn event_twice(proposal: &Proposal) -> Option<String> {
    proposal.config.behaviours().find_map(|behaviour| {
        let events = || behaviour.lambda_functions().chain(behaviour.functions()).map(|function| function.event);
        let event = events().find(|event| events().filter(|other| other == event).count() > 1)?;
        Some(format!(
            "The event type of a function association must be unique in the cache behavior. Event type {event} cannot be associated with two functions."
        ))
    })
}

fn first(proposal: &Proposal, wrong: impl Fn(&EdgeFunction) -> bool, message: &str) -> Option<String> {
    let function = proposal.config.lambda_functions().find(wrong)?;
    Some(format!("{message} {}", function.arn))
}

fn first_function(
    proposal: &Proposal,
    wrong: impl Fn(&EdgeFunction) -> bool,
    message: &str,
) -> Option<String> {
    let function = proposal.config.behaviours().flat_map(Behaviour::functions).find(wrong)?;
    Some(format!("{message} {}", function.arn))
}

fn version(proposal: &Proposal, wrong: fn(&FunctionVersion) -> bool, message: &str) -> Option<String> {
    first(proposal, |function| proposal.surroundings.versions.get(function.arn).is_some_and(wrong), message)
}

fn unnumbered(proposal: &Proposal) -> Option<String> {
    let message = "The function ARN must reference a specific function version. (The ARN must end with the version number.) ARN:";
    first(proposal, |function| !ends_with_number(function.arn), message)
}

/// `arn:aws:lambda:REGION:ACCOUNT:function:NAME:VERSION` has eight parts.
fn ends_with_number(arn: &str) -> bool {
    let parts: Vec<&str> = arn.split(':').collect();
    matches!(parts.as_slice(), ["arn", "aws", "lambda", _, _, "function", _, version] if version.parse::<u64>().is_ok())
}

fn inactive(proposal: &Proposal) -> Option<String> {
    let (arn, state) = proposal.config.lambda_functions().find_map(|function| {
        let version = proposal.surroundings.versions.get(function.arn)?;
        (version.state != "Active").then_some((function.arn, &version.state))
    })?;
    Some(format!("The function must be in an Active state. The current state for function {arn} is {state}"))
}

fn on_origin(proposal: &Proposal) -> Option<String> {
    let event = proposal
        .config
        .behaviours()
        .flat_map(Behaviour::functions)
        .find(|function| function.event.starts_with("origin-"))?
        .event;
    Some(format!(
        "1 validation error detected: Value '{event}' at 'functionAssociations.items.member.eventType' failed to satisfy constraint: Member must satisfy value set: [viewer-request, viewer-response]"
    ))
}

fn both_on_viewer(behaviour: Behaviour) -> bool {
    let viewer = |function: EdgeFunction| function.event.starts_with("viewer-");
    behaviour.functions().any(viewer) && behaviour.lambda_functions().any(viewer)
}

fn name<'a>(function: &EdgeFunction<'a>) -> &'a str {
    function.arn.strip_prefix(&format!("arn:aws:cloudfront::{ACCOUNT}:function/")).unwrap_or_default()
}

fn crowded(proposal: &Proposal) -> Option<String> {
    let own = proposal.own.map(|own| own.id.as_str());
    let mut functions = proposal.config.behaviours().flat_map(Behaviour::functions);
    let crowded = functions.any(|function| {
        let others = usage::distributions_with_function(proposal.state, function.arn);
        others.filter(|other| Some(other.id.as_str()) != own).count() >= 100
    });
    says(crowded, "The maximum number of distributions have been associated with the specified function.")
}
