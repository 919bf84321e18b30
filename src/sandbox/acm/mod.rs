//! ACM: certificates that are issued only once public DNS proves their names.
//!
//! Behaviour: aws-facts.md A.4 and E. Nothing moves by itself: at each look, what has come about since is
//! computed from the moments that were written down.

mod reading;
mod request;
pub mod state;
mod tags;
#[cfg(test)]
mod tests;
pub mod validation;

use super::call::{Answer, Refusal, Request, World};
use super::holders::holders;
use super::json_calls;
use super::pace::{Pace, Wait};
use super::rules::RuleRow;
use super::store::Store;
use serde_json::{Value, json};
use state::{Certificate, Certificates};
use std::io;
use time::OffsetDateTime;

/// Answers a call.
pub fn answer(world: &World, request: &Request) -> Answer {
    json_calls::answer(perform(world, request))
}

/// The certificate of this ARN as it is at `now`, for those who attach it. They may hold the store's lock.
pub fn certificate(
    store: &Store,
    now: OffsetDateTime,
    pace: Pace,
    arn: &str,
) -> io::Result<Option<Certificate>> {
    let state = validation::seen(store, now, pace)?;
    Ok(state.certificates.into_iter().find(|certificate| certificate.arn == arn))
}

fn perform(world: &World, request: &Request) -> Result<Value, Refusal> {
    match json_calls::targeted_operation(request).as_str() {
        "RequestCertificate" => request::request(world, request),
        "DescribeCertificate" => reading::describe(world, request),
        "ListCertificates" => reading::list(world, request),
        "DeleteCertificate" => delete(world, request),
        "AddTagsToCertificate" => tags::add(world, request),
        "RemoveTagsFromCertificate" => tags::remove(world, request),
        "ListTagsForCertificate" => tags::list(world, request),
        "GetAccountConfiguration" => Ok(json!({"ExpiryEvents": {"DaysBeforeExpiry": 45}})),
        other => Err(json_calls::unknown_operation(other)),
    }
}

/// `DeleteCertificate`: not while a distribution holds it, nor for a while after (aws-facts.md A.4, K29).
fn delete(world: &World, request: &Request) -> Result<Value, Refusal> {
    let input: Value = json_calls::input(&request.body)?;
    let arn = input["CertificateArn"].as_str().unwrap_or_default();
    let guard = world.store.lock()?;
    let mut state: Certificates = guard.read()?;
    find(&state, arn, &request.region)?;
    if !in_use_by(world, arn)?.is_empty() {
        let message = format!("Certificate {arn} in account {} is in use.", super::call::ACCOUNT);
        return Err(Refusal::new(400, "ResourceInUseException", message));
    }
    state.certificates.retain(|certificate| certificate.arn != arn);
    guard.write(&state)?;
    Ok(json!({}))
}

/// The distributions that hold a certificate, as ACM knows it: a detach is noticed only after a while.
fn in_use_by(world: &World, arn: &str) -> Result<Vec<String>, Refusal> {
    let lag = world.pace.duration(Wait::CertificateReleased);
    let holders = holders(&world.store, arn)?.into_iter();
    let still = holders.filter(|holder| holder.detached.is_none_or(|at| at + lag > world.now));
    Ok(still.map(|holder| holder.distribution).collect())
}

fn find<'a>(state: &'a Certificates, arn: &str, region: &str) -> Result<&'a Certificate, Refusal> {
    check_arn(arn)?;
    let mut certificates = state.certificates.iter();
    certificates
        .find(|certificate| certificate.arn == arn && certificate.region == region)
        .ok_or_else(|| not_found(arn))
}

fn certificate_mut<'a>(
    state: &'a mut Certificates,
    arn: &str,
    region: &str,
) -> Result<&'a mut Certificate, Refusal> {
    check_arn(arn)?;
    let mut certificates = state.certificates.iter_mut();
    certificates
        .find(|certificate| certificate.arn == arn && certificate.region == region)
        .ok_or_else(|| not_found(arn))
}

fn check_arn(arn: &str) -> Result<(), Refusal> {
    if arn.starts_with("arn:aws:acm:") && arn.contains(":certificate/") {
        return Ok(());
    }
    let message = format!("The ARN '{arn}' is not the ARN of a certificate.");
    Err(Refusal::new(400, "InvalidArnException", message))
}

fn not_found(arn: &str) -> Refusal {
    Refusal::new(400, "ResourceNotFoundException", format!("Could not find certificate {arn}."))
}

/// What ACM refuses here.
pub fn rules() -> Vec<RuleRow> {
    let row = |id, about, code, source| RuleRow { service: "acm", id, about, code, source };
    vec![
        row("name-form", "a name that is no domain name", "ValidationException", "acm model"),
        row(
            "first-name-length",
            "a first name over 64 characters",
            "InvalidDomainValidationOptionsException",
            "aws-facts.md E",
        ),
        row("name-length", "a name over 253 characters", "ValidationException", "aws-facts.md E"),
        row("names", "more than 10 names", "LimitExceededException", "aws-facts.md E"),
        row(
            "amazon-owned",
            "a domain of Amazon's",
            "InvalidDomainValidationOptionsException",
            "aws-facts.md E",
        ),
        row(
            "key-algorithm",
            "an algorithm that ACM does not issue",
            "InvalidParameterException",
            "aws-facts.md E",
        ),
        row(
            "token",
            "a token that is not 1 to 32 word characters",
            "ValidationException",
            "aws-facts.md A.4",
        ),
        row(
            "certificates",
            "more than 2,500 certificates in a region",
            "LimitExceededException",
            "aws-facts.md E",
        ),
        row("unproven", "issuing before every CNAME resolves", "PENDING_VALIDATION", "aws-facts.md E, K30"),
        row("caa", "issuing against CAA records", "CAA_ERROR", "aws-facts.md E"),
        row("timeout", "issuing after 72 hours", "VALIDATION_TIMED_OUT", "aws-facts.md E"),
        row(
            "public-domain",
            "a domain under no public top-level domain",
            "INVALID_PUBLIC_DOMAIN",
            "aws-facts.md E",
        ),
        row(
            "in-use",
            "deleting while attached, and for a while after",
            "ResourceInUseException",
            "aws-facts.md A.4, K29",
        ),
        row("unknown", "an ARN of another region or of nothing", "ResourceNotFoundException", "acm model"),
        row("arn", "something that is no certificate's ARN", "InvalidArnException", "acm model"),
        row("tags", "more than 50 tags", "TooManyTagsException", "acm model"),
    ]
}
