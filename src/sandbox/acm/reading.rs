//! `DescribeCertificate` and `ListCertificates`.

use super::state::{Certificate, Outcome};
use super::{find, in_use_by, validation};
use crate::sandbox::call::{Refusal, Request, World};
use crate::sandbox::dns::View;
use crate::sandbox::json_calls::{self, seconds};
use crate::sandbox::pace::Wait;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use time::Duration;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeInput {
    #[serde(default)]
    certificate_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    certificate_statuses: Option<Vec<String>>,
    #[serde(default)]
    includes: Filters,
    next_token: Option<String>,
    max_items: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filters {
    key_types: Option<Vec<String>>,
}

/// `DescribeCertificate`.
pub fn describe(world: &World, request: &Request) -> Result<Value, Refusal> {
    let input: DescribeInput = json_calls::input(&request.body)?;
    let state = validation::settled(&world.store, world.now, world.pace)?;
    let certificate = find(&state, &input.certificate_arn, &request.region)?;
    let mut detail = common(certificate);
    // Here, and only here, ACM writes RSA keys with a hyphen.
    detail.insert("KeyAlgorithm".to_owned(), json!(certificate.key_algorithm.replace("RSA_", "RSA-")));
    detail.insert("SubjectAlternativeNames".to_owned(), json!(certificate.names));
    detail.insert("DomainValidationOptions".to_owned(), validations(certificate, world)?);
    detail.insert("InUseBy".to_owned(), json!(in_use_by(world, &certificate.arn)?));
    detail.insert("Subject".to_owned(), json!(format!("CN={}", certificate.names[0])));
    detail.insert("Issuer".to_owned(), json!("Amazon"));
    detail.insert(
        "Options".to_owned(),
        json!({"CertificateTransparencyLoggingPreference": "ENABLED", "Export": "DISABLED"}),
    );
    if let Some(Outcome::Failed { reason }) = &certificate.outcome {
        detail.insert("FailureReason".to_owned(), json!(reason));
    }
    if certificate.issued().is_some() {
        detail.insert("KeyUsages".to_owned(), json!([{"Name": "DIGITAL_SIGNATURE"}]));
        let usage = json!([{"Name": "TLS_WEB_SERVER_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.1"}]);
        detail.insert("ExtendedKeyUsages".to_owned(), usage);
        let signature =
            if certificate.key_algorithm.starts_with("EC_") { "SHA256WITHECDSA" } else { "SHA256WITHRSA" };
        detail.insert("SignatureAlgorithm".to_owned(), json!(signature));
    }
    Ok(json!({"Certificate": detail}))
}

/// What a description and a summary share.
fn common(certificate: &Certificate) -> Map<String, Value> {
    let mut detail = Map::new();
    detail.insert("CertificateArn".to_owned(), json!(certificate.arn));
    detail.insert("DomainName".to_owned(), json!(certificate.names[0]));
    detail.insert("Status".to_owned(), json!(certificate.status()));
    detail.insert("Type".to_owned(), json!("AMAZON_ISSUED"));
    detail.insert("KeyAlgorithm".to_owned(), json!(certificate.key_algorithm));
    detail.insert("CreatedAt".to_owned(), json!(seconds(certificate.requested)));
    let eligibility = if certificate.issued().is_some() { "ELIGIBLE" } else { "INELIGIBLE" };
    detail.insert("RenewalEligibility".to_owned(), json!(eligibility));
    if let Some(issued) = certificate.issued() {
        detail.insert("IssuedAt".to_owned(), json!(seconds(issued)));
        detail.insert("NotBefore".to_owned(), json!(seconds(issued)));
        detail.insert("NotAfter".to_owned(), json!(seconds(issued + Duration::days(197))));
    }
    detail
}

/// One entry a name. The record to set is absent for the first moments (aws-facts.md E, K28).
fn validations(certificate: &Certificate, world: &World) -> Result<Value, Refusal> {
    let view = View::at(&world.store, world.now, world.pace)?;
    let known_from = certificate.requested + world.pace.duration(Wait::ValidationRecord);
    let entry = |name: &String| {
        let mut entry = json!({
            "DomainName": name,
            "ValidationMethod": certificate.validation_method,
            "ValidationStatus": validation_status(certificate, name, &view, world),
            "ValidationDomain": name,
        });
        if certificate.validation_method == "DNS" && known_from <= world.now {
            let (name, value) = validation::record(name);
            entry["ResourceRecord"] = json!({"Name": name, "Type": "CNAME", "Value": value});
        }
        entry
    };
    Ok(certificate.names.iter().map(entry).collect())
}

fn validation_status(certificate: &Certificate, name: &str, view: &View, world: &World) -> &'static str {
    match &certificate.outcome {
        Some(Outcome::Issued { .. }) => "SUCCESS",
        Some(Outcome::Failed { .. } | Outcome::TimedOut) => "FAILED",
        None => match validation::proven(certificate, name, view, world.pace) {
            Some(at) if at <= world.now => "SUCCESS",
            Some(_) | None => "PENDING_VALIDATION",
        },
    }
}

/// `ListCertificates`: unless asked otherwise, only RSA keys of 1024 and 2048 bits (aws-facts.md A.4).
pub fn list(world: &World, request: &Request) -> Result<Value, Refusal> {
    let input: ListInput = json_calls::input(&request.body)?;
    let most = input.max_items.unwrap_or(1000);
    if most == 0 || most > 1000 {
        let allowed = "have value between 1 and 1000";
        return Err(json_calls::broken_constraint(&most.to_string(), "maxItems", allowed));
    }
    let state = validation::settled(&world.store, world.now, world.pace)?;
    let usual = vec!["RSA_1024".to_owned(), "RSA_2048".to_owned()];
    let key_types = input.includes.key_types.unwrap_or(usual);
    let wanted = |certificate: &&Certificate| {
        let statuses = input.certificate_statuses.as_ref();
        certificate.region == request.region
            && key_types.contains(&certificate.key_algorithm)
            && statuses.is_none_or(|statuses| statuses.iter().any(|status| status == certificate.status()))
    };
    let found: Vec<&Certificate> = state.certificates.iter().filter(wanted).collect();
    let first = start(input.next_token.as_deref())?;
    let page = found.iter().skip(first).take(most);
    let summaries = page.map(|certificate| summary(certificate, world)).collect::<Result<Vec<_>, _>>()?;
    let mut answer = json!({"CertificateSummaryList": summaries});
    if found.len() > first + most {
        answer["NextToken"] = json!((first + most).to_string());
    }
    Ok(answer)
}

fn start(token: Option<&str>) -> Result<usize, Refusal> {
    let invalid = || Refusal::new(400, "InvalidArgsException", "The NextToken is not valid.");
    token.map_or(Ok(0), |token| token.parse().map_err(|_| invalid()))
}

fn summary(certificate: &Certificate, world: &World) -> Result<Value, Refusal> {
    let mut summary = common(certificate);
    summary.insert("SubjectAlternativeNameSummaries".to_owned(), json!(certificate.names));
    summary.insert("HasAdditionalSubjectAlternativeNames".to_owned(), json!(false));
    summary.insert("InUse".to_owned(), json!(!in_use_by(world, &certificate.arn)?.is_empty()));
    summary.insert("ExportOption".to_owned(), json!("DISABLED"));
    Ok(summary.into())
}
