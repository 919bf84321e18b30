//! `RequestCertificate`: what is checked before a certificate is pending.

use super::state::{Certificate, Certificates};
use super::tags::{self, Tag};
use super::validation;
use crate::sandbox::call::{ACCOUNT, Refusal, Request, World};
use crate::sandbox::{identifiers, json_calls};
use serde::Deserialize;
use serde_json::{Value, json};
use time::Duration;

/// Names that a certificate may have by default (aws-facts.md E).
const MOST_NAMES: usize = 10;

/// Certificates that a region may hold (aws-facts.md E).
const MOST_CERTIFICATES: usize = 2_500;

/// Nobody but Amazon gets certificates for these (aws-facts.md E).
const AMAZON_OWNED: [&str; 4] = ["amazon.com", "amazonaws.com", "cloudfront.net", "elasticbeanstalk.com"];

const KEY_ALGORITHMS: [&str; 7] =
    ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];

/// What ACM itself issues; the others can only be imported (aws-facts.md E).
const ISSUED_ALGORITHMS: [&str; 3] = ["RSA_2048", "EC_prime256v1", "EC_secp384r1"];

/// What a name must look like, as AWS's messages put it.
const PATTERN: &str =
    "(\\*\\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default)]
    domain_name: String,
    #[serde(default)]
    subject_alternative_names: Vec<String>,
    idempotency_token: Option<String>,
    validation_method: Option<String>,
    key_algorithm: Option<String>,
    certificate_authority_arn: Option<String>,
    managed_by: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// `RequestCertificate`.
pub fn request(world: &World, request: &Request) -> Result<Value, Refusal> {
    let input: Input = json_calls::input(&request.body)?;
    check(&input)?;
    let names = names(&input);
    check_names(&names)?;
    let guard = world.store.lock()?;
    let mut state = validation::settled_under(&guard, &world.store, world.now, world.pace)?;
    if let Some(earlier) = same_token(&state, &input, request, world) {
        return Ok(json!({"CertificateArn": earlier.arn}));
    }
    let in_region = state.certificates.iter().filter(|certificate| certificate.region == request.region);
    if in_region.count() >= MOST_CERTIFICATES {
        return Err(limit(format!("the limit of {MOST_CERTIFICATES} certificates in this region")));
    }
    let certificate = certificate(&mut state, input, names, request, world);
    let answer = json!({"CertificateArn": certificate.arn});
    state.certificates.push(certificate);
    guard.write(&state)?;
    Ok(answer)
}

fn check(input: &Input) -> Result<(), Refusal> {
    let broken = json_calls::broken_constraint;
    if let Some(token) = input.idempotency_token.as_deref() {
        let in_words = token.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if token.is_empty() || token.len() > 32 {
            return Err(broken(token, "idempotencyToken", "have length between 1 and 32"));
        }
        if !in_words {
            return Err(broken(token, "idempotencyToken", "satisfy regular expression pattern: \\w+"));
        }
    }
    let algorithm = input.key_algorithm.as_deref().unwrap_or("RSA_2048");
    if !KEY_ALGORITHMS.contains(&algorithm) {
        let allowed = format!("satisfy enum value set: [{}]", KEY_ALGORITHMS.join(", "));
        return Err(broken(algorithm, "keyAlgorithm", &allowed));
    }
    if !ISSUED_ALGORITHMS.contains(&algorithm) {
        let message = format!("Requesting a certificate with key algorithm {algorithm} is not supported.");
        return Err(Refusal::new(400, "InvalidParameterException", message));
    }
    match input.validation_method.as_deref() {
        None | Some("DNS" | "EMAIL") => {}
        Some("HTTP") => {
            let message = "HTTP validation is for certificates that CloudFront manages.";
            return Err(Refusal::new(400, "InvalidParameterException", message));
        }
        Some(other) => {
            return Err(broken(other, "validationMethod", "satisfy enum value set: [EMAIL, DNS, HTTP]"));
        }
    }
    if input.certificate_authority_arn.is_some() || input.managed_by.is_some() {
        let message = "The sandbox issues public certificates only.";
        return Err(Refusal::new(400, "InvalidParameterException", message));
    }
    tags::check(&input.tags, 0)
}

/// The names of the request, lower case, each once, the domain name first.
fn names(input: &Input) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in std::iter::once(&input.domain_name).chain(&input.subject_alternative_names) {
        let name = name.to_ascii_lowercase();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn check_names(names: &[String]) -> Result<(), Refusal> {
    let (first, others) = names.split_first().map_or(("", names), |(first, others)| (first.as_str(), others));
    check_first_name(first)?;
    if others.len() > 100 {
        let shown = format!("[{}]", others.join(", "));
        let allowed = "have length less than or equal to 100";
        return Err(json_calls::broken_constraint(&shown, "subjectAlternativeNames", allowed));
    }
    if !others.iter().all(|name| is_domain_name(name)) {
        let shown = format!("[{}]", others.join(", "));
        let allowed = format!(
            "satisfy constraint: [Member must have length less than or equal to 253, Member must have length greater \
             than or equal to 1, Member must satisfy regular expression pattern: {PATTERN}]"
        );
        return Err(json_calls::broken_constraint(&shown, "subjectAlternativeNames", &allowed));
    }
    names.iter().try_for_each(|name| check_owner(name))?;
    if names.len() > MOST_NAMES {
        return Err(limit(format!("the limit of {MOST_NAMES} domain names in a certificate")));
    }
    Ok(())
}

/// The first name becomes the common name, which is the shorter one (aws-facts.md E).
fn check_first_name(name: &str) -> Result<(), Refusal> {
    if name.is_empty() || name.len() > 253 {
        return Err(json_calls::broken_constraint(name, "domainName", "have length between 1 and 253"));
    }
    if !is_domain_name(name) {
        let allowed = format!("satisfy regular expression pattern: {PATTERN}");
        return Err(json_calls::broken_constraint(name, "domainName", &allowed));
    }
    if name.len() > 64 {
        return Err(invalid_domain("The first domain name can be no longer than 64 characters."));
    }
    Ok(())
}

fn check_owner(name: &str) -> Result<(), Refusal> {
    let bare = name.strip_prefix("*.").unwrap_or(name);
    let is_owned = |owned: &&&str| bare == **owned || bare.ends_with(&format!(".{owned}"));
    match AMAZON_OWNED.iter().find(is_owned) {
        Some(owned) => {
            Err(invalid_domain(format!("The domain name {name} is not allowed: {owned} is owned by Amazon.")))
        }
        None => Ok(()),
    }
}

fn invalid_domain(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidDomainValidationOptionsException", message)
}

fn is_domain_name(name: &str) -> bool {
    let labels: Vec<&str> = name.strip_prefix("*.").unwrap_or(name).split('.').collect();
    let top_is_long_enough = labels.last().is_some_and(|top| top.len() >= 2);
    name.len() <= 253 && labels.len() >= 2 && top_is_long_enough && labels.iter().all(|label| is_label(label))
}

fn is_label(label: &str) -> bool {
    let letters_fit = label.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    let hyphen_at_edge = label.starts_with('-') || label.ends_with('-');
    !label.is_empty() && label.len() <= 63 && letters_fit && !hyphen_at_edge
}

fn limit(what: String) -> Refusal {
    Refusal::new(400, "LimitExceededException", format!("Error: you have reached {what}."))
}

/// A token is remembered for an hour, in its region (aws-facts.md A.4).
fn same_token<'a>(
    state: &'a Certificates,
    input: &Input,
    request: &Request,
    world: &World,
) -> Option<&'a Certificate> {
    let token = input.idempotency_token.as_ref()?;
    state.certificates.iter().find(|certificate| {
        certificate.token.as_ref() == Some(token)
            && certificate.region == request.region
            && world.now - certificate.requested < Duration::HOUR
    })
}

fn certificate(
    state: &mut Certificates,
    input: Input,
    names: Vec<String>,
    request: &Request,
    world: &World,
) -> Certificate {
    state.serial += 1;
    let id = identifiers::uuid(&format!("certificate {} {}", state.serial, names.join(" ")));
    Certificate {
        arn: format!("arn:aws:acm:{}:{ACCOUNT}:certificate/{id}", request.region),
        region: request.region.clone(),
        names,
        key_algorithm: input.key_algorithm.unwrap_or_else(|| "RSA_2048".to_owned()),
        validation_method: input.validation_method.unwrap_or_else(|| "EMAIL".to_owned()),
        token: input.idempotency_token,
        requested: world.now,
        outcome: None,
        tags: input.tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
    }
}
