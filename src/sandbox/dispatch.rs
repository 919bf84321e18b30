//! Which service answers a request. A new service is one line in [`answer`].

use super::call::{Answer, Refusal, Request, World};
use super::rules::{RuleRow, refusals};
use super::{acm, cloudfront, cloudwatch, iam, lambda, logs, quotas, route53, sts, tagging};

refusals! { "any":
    REGION = "global-region", 403, "SignatureDoesNotMatch",
        "a global service signed for another region than us-east-1",
        "aws-facts.md A.1";
    SERVICE = "service", 501, "NotImplemented",
        "a service that the sandbox doesn't hold",
        "sandbox";
}

/// What is refused before any service is asked, for people.
pub(super) fn rules() -> Vec<RuleRow> {
    ALL.iter().map(|rule| rule.row).collect()
}

/// Asks the service that the request was signed for. S3 has a front of its own and never comes here.
pub(super) fn answer(world: &World, request: &Request) -> Result<Answer, Refusal> {
    check_region(request)?;
    match request.service.as_str() {
        "cloudfront" => Ok(cloudfront::answer(world, request)),
        "iam" => Ok(iam::answer(world, request)),
        "sts" => Ok(sts::answer(world, request)),
        "acm" => Ok(acm::answer(world, request)),
        "lambda" => Ok(lambda::answer(world, request)),
        "logs" => Ok(logs::answer(world, request)),
        "monitoring" => Ok(cloudwatch::answer(world, request)),
        "servicequotas" => Ok(quotas::answer(world, request)),
        "route53" => Ok(route53::answer(world, request)),
        "tagging" => Ok(tagging::answer(world, request)),
        unknown => Err(unknown_service(unknown)),
    }
}

/// Global services are signed for us-east-1 alone (aws-facts.md A.1).
fn check_region(request: &Request) -> Result<(), Refusal> {
    let global = matches!(request.service.as_str(), "cloudfront" | "iam" | "route53" | "account");
    if !global || request.region == "us-east-1" {
        return Ok(());
    }
    let message = format!("Credential should be scoped to a valid region, not '{}'.", request.region);
    Err(REGION.refusal(message))
}

fn unknown_service(service: &str) -> Refusal {
    SERVICE.refusal(format!("The sandbox holds no service that is signed as '{service}'."))
}
