//! Certificates in ACM. They have no names of ours: the names that they are for, and tags, tell them apart.

use super::attempt::{Settling, until_settled};
use super::refusal::Refusal;
use super::request::{unanswered, unbuildable};
use super::wait::{Poll, until};
use crate::apply::reporter::Reporter;
use crate::blueprint::answers::KeyType;
use crate::blueprint::inventory::{CertificateState, ObservedCertificate, ValidationRecord};
use crate::blueprint::names::{ATTEMPT_TAG, RECORD_TAG, SITE_TAG, base_domain, short_hash};
use crate::blueprint::resource::{CertificateSpec, Output};
use crate::error::{Error, Result};
use aws_sdk_acm::Client;
use aws_sdk_acm::types::{
    CertificateDetail, CertificateStatus, Filters, KeyAlgorithm, Tag, ValidationMethod,
};
use aws_smithy_types::date_time::Format;
use std::collections::BTreeMap;
use std::time::Duration;

/// What one request is told when there is no such certificate; the status is 400, not 404.
const NOT_FOUND: &str = "ResourceNotFoundException";

/// How long ACM may still count a certificate as used after a distribution let go of it (aws-facts.md A.4).
const IN_USE: Duration = Duration::from_secs(20 * 60);

/// The longest name that a certificate's first may be (aws-facts.md E).
const FIRST_NAME_LIMIT: usize = 64;

/// How many idempotency tokens are tried that turn out to name a certificate which was removed since.
const TOKENS: u32 = 5;

/// The names of every certificate of the client's region by its ARN, whatever its state and key.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn list(client: &Client) -> Result<BTreeMap<String, Vec<String>>, Refusal> {
    // Unless asked otherwise, ACM lists RSA keys of up to 2048 bits only (aws-facts.md A.4).
    let every_key = KeyAlgorithm::values().iter().map(|key| KeyAlgorithm::from(*key)).collect();
    let filters = Filters::builder().set_key_types(Some(every_key)).build();
    let mut pages = client.list_certificates().includes(filters).into_paginator().send();
    let mut found = BTreeMap::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("acm:ListCertificates", "list the certificates"))?;
        for summary in page.certificate_summary_list.unwrap_or_default() {
            let mut names = summary.subject_alternative_name_summaries.unwrap_or_default();
            names.extend(summary.domain_name);
            found.insert(summary.certificate_arn.unwrap_or_default(), names);
        }
    }
    Ok(found)
}

/// The certificate with this ARN, and what distributions use it; `None` when there is none.
///
/// # Errors
///
/// When AWS refuses to read it.
pub async fn read(
    client: &Client,
    arn: &str,
    site: &str,
) -> Result<Option<(ObservedCertificate, Vec<String>)>, Refusal> {
    match tokio::try_join!(describe(client, arn), tags(client, arn)) {
        Ok((detail, tags)) => {
            let in_use_by = detail.in_use_by.clone().unwrap_or_default();
            Ok(Some((observed(arn, detail, &tags, site), in_use_by)))
        }
        Err(refusal) if refusal.is(NOT_FOUND) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// Requests one for the site; a request that is repeated within the hour, say after a lost answer, is the same one.
///
/// # Errors
///
/// When AWS refuses.
pub async fn request(
    client: &Client,
    site: &str,
    spec: &CertificateSpec,
    poll: Poll,
    report: &Reporter,
) -> Result<Output> {
    for attempt in (spec.attempt..).take(TOKENS as usize) {
        let arn = request_once(client, site, spec, attempt).await?;
        let look = || async {
            match describe(client, &arn).await {
                Ok(_) => Ok(Some(())),
                Err(refusal) if refusal.is(NOT_FOUND) => Ok(None),
                Err(refusal) => Err(refusal),
            }
        };
        if until(poll, "ACM to show the certificate", report, look).await?.is_some() {
            return Ok(Output { id: arn.clone(), arn, ..Output::default() });
        }
    }
    Err(Error::failed("Could not request the certificate")
        .why("ACM shows none of those that it says it made"))
}

/// Removes the one with this ARN. One that is gone is fine.
///
/// # Errors
///
/// When AWS refuses, or goes on counting it as used.
pub async fn delete(client: &Client, arn: &str, report: &Reporter) -> Result<()> {
    let settling = Settling { code: "ResourceInUseException", bound: IN_USE };
    until_settled(settling, "ACM to see that nothing uses the certificate", report, || async move {
        let removal = client.delete_certificate().certificate_arn(arn).send().await;
        let removal =
            removal.map(drop).map_err(Refusal::to("acm:DeleteCertificate", format!("delete {arn}")));
        match removal {
            Err(refusal) if refusal.is(NOT_FOUND) => Ok(()),
            other => other,
        }
    })
    .await
}

/// The certificate as ACM describes it.
///
/// # Errors
///
/// When AWS refuses to read it.
pub async fn describe(client: &Client, arn: &str) -> Result<CertificateDetail, Refusal> {
    let answer = client.describe_certificate().certificate_arn(arn).send().await;
    let answer =
        answer.map_err(Refusal::to("acm:DescribeCertificate", format!("read the certificate {arn}")))?;
    answer.certificate.ok_or_else(|| {
        Refusal::of_words(
            "acm:DescribeCertificate",
            format!("read the certificate {arn}"),
            "the answer lacks it",
        )
    })
}

/// The tags of the certificate with this ARN.
///
/// # Errors
///
/// When AWS refuses to read them.
pub async fn tags(client: &Client, arn: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let answer = client.list_tags_for_certificate().certificate_arn(arn).send().await;
    let answer =
        answer.map_err(Refusal::to("acm:ListTagsForCertificate", format!("read the tags of {arn}")))?;
    let tags = answer.tags.unwrap_or_default().into_iter();
    Ok(tags.map(|tag| (tag.key, tag.value.unwrap_or_default())).collect())
}

/// Sets a tag of the certificate with this ARN.
///
/// # Errors
///
/// When AWS refuses.
pub async fn tag(client: &Client, arn: &str, key: &str) -> Result<()> {
    let request = client.add_tags_to_certificate().certificate_arn(arn).tags(tag_of(key, "")?);
    request.send().await.map_err(Refusal::to("acm:AddTagsToCertificate", format!("tag {arn}")))?;
    Ok(())
}

/// The records that prove the names, each once; empty until ACM knows them (aws-facts.md E).
pub fn validation_records(detail: &CertificateDetail) -> Vec<ValidationRecord> {
    let options = detail.domain_validation_options().iter();
    let mut records: Vec<_> = options
        .filter_map(|option| {
            let record = option.resource_record()?;
            Some(ValidationRecord {
                domain: base_domain(option.domain_name()).to_owned(),
                name: record.name().trim_end_matches('.').to_owned(),
                value: record.value().trim_end_matches('.').to_owned(),
            })
        })
        .collect();
    records.sort();
    records.dedup();
    records
}

/// What ACM says of its state.
pub fn state(detail: &CertificateDetail) -> CertificateState {
    match &detail.status {
        Some(CertificateStatus::Issued) => CertificateState::Issued,
        Some(CertificateStatus::PendingValidation) => CertificateState::Pending,
        Some(CertificateStatus::ValidationTimedOut) => CertificateState::TimedOut,
        Some(CertificateStatus::Failed) => {
            let reason = detail.failure_reason.as_ref().map_or("OTHER", |reason| reason.as_str());
            CertificateState::Failed(reason.to_owned())
        }
        // Expired, revoked, inactive, and whatever AWS may add: none of them serves visitors.
        Some(_) | None => CertificateState::Spent,
    }
}

async fn request_once(client: &Client, site: &str, spec: &CertificateSpec, attempt: u32) -> Result<String> {
    let first = spec.names.iter().find(|name| name.len() <= FIRST_NAME_LIMIT).or(spec.names.first());
    let token = short_hash(&format!("{site} {} {} {attempt}", spec.names.join(" "), spec.key.algorithm()));
    let request = client
        .request_certificate()
        .set_domain_name(first.cloned())
        .set_subject_alternative_names(Some(spec.names.clone()))
        .validation_method(ValidationMethod::Dns)
        .key_algorithm(KeyAlgorithm::from(spec.key.algorithm()))
        .idempotency_token(token)
        .tags(tag_of(SITE_TAG, site)?)
        .tags(tag_of(ATTEMPT_TAG, &attempt.to_string())?);
    let tried = format!("request a certificate for {}", spec.names.join(", "));
    let answer = request.send().await.map_err(Refusal::to("acm:RequestCertificate", tried))?;
    answer.certificate_arn.ok_or_else(|| unanswered("certificate"))
}

fn tag_of(key: &str, value: &str) -> Result<Tag> {
    Tag::builder().key(key).value(value).build().map_err(|error| unbuildable("tags", error))
}

fn observed(
    arn: &str,
    detail: CertificateDetail,
    tags: &BTreeMap<String, String>,
    site: &str,
) -> ObservedCertificate {
    let mut names = detail.subject_alternative_names().to_vec();
    names.extend(detail.domain_name.clone());
    names.sort();
    names.dedup();
    ObservedCertificate {
        arn: arn.to_owned(),
        names,
        key: detail.key_algorithm.as_ref().and_then(key),
        state: state(&detail),
        not_after: detail.not_after.and_then(|end| end.fmt(Format::DateTime).ok()),
        ours: tags.get(SITE_TAG).is_some_and(|owner| owner == site),
        attempt: tags.get(ATTEMPT_TAG).and_then(|attempt| attempt.parse().ok()).unwrap_or_default(),
        records: validation_records(&detail),
        record_tags: tags.keys().filter(|key| key.starts_with(RECORD_TAG)).cloned().collect(),
        used_by_others: Vec::new(),
    }
}

/// A description writes RSA keys with a hyphen, lists and requests with an underscore.
fn key(algorithm: &KeyAlgorithm) -> Option<KeyType> {
    let word = algorithm.as_str().replace('-', "_");
    [KeyType::Ecdsa, KeyType::Rsa].into_iter().find(|key| key.algorithm() == word)
}
