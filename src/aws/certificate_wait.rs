//! Waiting until a certificate is issued, and telling meanwhile what it waits for.

use super::certificate::{describe, state, validation_records};
use super::refusal::Refusal;
use super::session::Session;
use super::wait::{Poll, until, until_told};
use crate::apply::Performed;
use crate::apply::reporter::Reporter;
use crate::blueprint::answers::Dns;
use crate::blueprint::inventory::{CertificateState, ValidationRecord};
use crate::blueprint::pasted_records;
use crate::error::{Error, Kind, Result};
use aws_sdk_acm::types::{CertificateDetail, DomainStatus};
use futures::future::BoxFuture;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long to wait for a certificate by default (aws-facts.md H).
const USUAL_PATIENCE: Duration = Duration::from_secs(75 * 60);

/// Says what public DNS answers while a certificate is waited for.
pub trait PublicDns: Send + Sync + fmt::Debug {
    /// What to tell of the records that should be there, a sentence each.
    fn look<'a>(&'a self, records: &'a [ValidationRecord]) -> BoxFuture<'a, Vec<String>>;
}

/// How certificates are waited for.
#[derive(Debug, Clone)]
pub struct DnsWaiting {
    /// For how long; zero looks once.
    pub patience: Duration,
    /// What public DNS says meanwhile.
    pub public_dns: Option<Arc<dyn PublicDns>>,
}

impl Default for DnsWaiting {
    fn default() -> Self {
        DnsWaiting { patience: USUAL_PATIENCE, public_dns: None }
    }
}

/// Waits until the certificate with this ARN is issued.
///
/// # Errors
///
/// When it never will be; unfinished when it takes longer than the patience.
pub async fn issued(
    session: &Session,
    arn: &str,
    dns: Dns,
    waiting: &DnsWaiting,
    report: &Reporter,
) -> Result<Performed> {
    let records = records(session, arn, report).await?;
    if dns == Dns::Manual {
        pasted_records::to_prove(&records).into_iter().for_each(|line| report.note(line));
    }
    let told = Mutex::new(String::new());
    let look = || async {
        let detail = describe(session.acm(), arn).await?;
        match state(&detail) {
            CertificateState::Issued => return Ok(Some(())),
            CertificateState::Pending => {}
            other => return Err(never(&other, &detail)),
        }
        let mut words = vec![waits_for(&detail)];
        if let Some(public_dns) = &waiting.public_dns {
            words.extend(public_dns.look(&records).await);
        }
        let words = words.join("; ");
        if *told.lock().await != words {
            report.waiting(&words);
            *told.lock().await = words;
        }
        Ok::<_, Error>(None)
    };
    match until_told(Poll::for_certificate(session, waiting.patience), report, look).await? {
        Some(()) => Ok(Performed::done("issued")),
        None => Err(unfinished(dns, &records, &told.into_inner())),
    }
}

/// The records that prove the names; ACM knows them a few seconds after the request (aws-facts.md E).
pub async fn records(session: &Session, arn: &str, report: &Reporter) -> Result<Vec<ValidationRecord>> {
    let look = || async {
        let detail = describe(session.acm(), arn).await?;
        let known = validation_records(&detail);
        let complete =
            detail.domain_validation_options().iter().all(|option| option.resource_record().is_some());
        let settled = state(&detail) != CertificateState::Pending || (complete && !known.is_empty());
        Ok::<_, Refusal>(settled.then_some(known))
    };
    let poll = Poll::for_validation_records(session);
    let found = until(poll, "ACM to say which records prove the domains", report, look).await?;
    found.ok_or_else(|| {
        Error::new(Kind::Unfinished, "ACM has not said yet which records prove the domains")
            .hint("run the same command again in a minute; it goes on from here")
    })
}

fn missing(records: &[ValidationRecord]) -> Vec<String> {
    let lines = pasted_records::to_prove(records).into_iter();
    lines.map(|line| format!("ACM is yet to see the record {line}")).collect()
}

fn waits_for(detail: &CertificateDetail) -> String {
    let in_words = |status: Option<&DomainStatus>| match status {
        Some(DomainStatus::Success) => "is proven",
        Some(DomainStatus::Failed) => "could not be proven",
        _ => "is yet to be proven",
    };
    let options = detail.domain_validation_options().iter();
    let states =
        options.map(|option| format!("{} {}", option.domain_name(), in_words(option.validation_status())));
    format!("the certificate: {}", states.collect::<Vec<_>>().join(", "))
}

fn unfinished(dns: Dns, records: &[ValidationRecord], waited_for: &str) -> Error {
    let error = Error::new(Kind::Unfinished, "The certificate is not issued yet");
    match dns {
        Dns::Route53 => error.why(format!("waiting for {waited_for}")).hint(
            "it is issued by itself once public DNS shows its records; run the same command again later",
        ),
        Dns::Manual => Error { causes: missing(records), ..error }
            .hint("add these records where the domains' DNS is kept, then run the same command again"),
    }
}

/// Why it will never be issued, and what to do. The next run requests another (aws-facts.md E).
fn never(state: &CertificateState, detail: &CertificateDetail) -> Error {
    let names = detail.subject_alternative_names().join(", ");
    let error = Error::failed(format!("The certificate for {names} will not be issued"));
    let again = "then run the same command again: it requests another";
    match state {
        CertificateState::TimedOut => error
            .why("its domains were not proven within 72 hours")
            .hint(format!("make sure that public DNS shows the records that prove the domains, {again}")),
        CertificateState::Failed(reason) => {
            let (why, what_to_do) = failure_in_words(reason);
            error.why(format!("{reason}: {why}")).hint(format!("{what_to_do}, {again}"))
        }
        CertificateState::Pending | CertificateState::Issued | CertificateState::Spent => error
            .why("it expired, was revoked or was switched off")
            .hint("run the same command again: it requests another"),
    }
}

/// ACM's reasons in words, and what helps (aws-facts.md E).
fn failure_in_words(reason: &str) -> (&'static str, &'static str) {
    match reason {
        "CAA_ERROR" => (
            "a CAA record of the domain, or of one above it, does not let Amazon issue certificates",
            "add the record `0 issue \"amazon.com\"` beside the CAA records that are there",
        ),
        "INVALID_PUBLIC_DOMAIN" => (
            "one of the domains lies under no public top-level domain",
            "put a domain into `https.domains` that the public can reach",
        ),
        "DOMAIN_NOT_ALLOWED" | "DOMAIN_VALIDATION_DENIED" => (
            "ACM does not issue certificates for one of the domains",
            "take it out of `https.domains`, or ask AWS's support about it",
        ),
        "ADDITIONAL_VERIFICATION_REQUIRED" | "NO_AVAILABLE_CONTACTS" => (
            "AWS wants to know more before it issues a certificate for one of the domains",
            "open a case at https://console.aws.amazon.com/support",
        ),
        _ => ("ACM says no more than that", "look at the certificate in the ACM console, in us-east-1"),
    }
}
