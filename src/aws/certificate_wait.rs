//! Waiting until a certificate is issued, and telling meanwhile what it waits for.

use super::certificate::{describe, state, validation_records};
use super::refusal::Refusal;
use super::session::Session;
use super::wait::{Poll, until, until_told};
use crate::apply::Performed;
use crate::apply::reporter::Reporter;
use crate::blueprint::answers::Dns;
use crate::blueprint::dns::Check;
use crate::blueprint::inventory::{CertificateState, ValidationRecord};
use crate::blueprint::names::base_domain;
use crate::blueprint::pasted_records;
use crate::error::{Error, Kind, Result};
use aws_sdk_acm::types::{CertificateDetail, DomainStatus};
use futures::future::BoxFuture;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long to wait for a certificate by default (aws-facts.md H).
const USUAL_PATIENCE: Duration = Duration::from_secs(75 * 60);

/// Says what public DNS answers while a certificate is waited for.
pub trait PublicDns: Send + Sync + fmt::Debug {
    /// What there is to say of the records that should be there: nothing, or something of each, in the same order.
    fn look<'a>(&'a self, records: &'a [ValidationRecord]) -> BoxFuture<'a, Vec<Sighting>>;
}

/// What public DNS says of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Whether it is there for everyone.
    pub is_right: bool,
    /// Which servers have it.
    pub seen: String,
    /// The same one by one, with what is known of the zone.
    pub checks: Vec<Check>,
    /// What follows from that.
    pub verdict: String,
    /// The one thing to do about it.
    pub fix: Option<String>,
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
    let public_dns = waiting.public_dns.as_deref();
    let watch = Watch { records: &records, dns, public_dns, report, told: Mutex::default() };
    let look = || async {
        let detail = describe(session.acm(), arn).await?;
        match state(&detail) {
            CertificateState::Issued => Ok(Some(())),
            CertificateState::Pending => {
                watch.tell(&detail).await;
                Ok(None)
            }
            other => Err(never(&other, &detail)),
        }
    };
    match until_told(Poll::for_certificate(session, waiting.patience), report, look).await? {
        Some(()) => Ok(Performed::done("issued")),
        None => Err(watch.unfinished()),
    }
}

/// Tells what a certificate waits for, each thing once for as long as it stays the same.
struct Watch<'a> {
    records: &'a [ValidationRecord],
    dns: Dns,
    public_dns: Option<&'a dyn PublicDns>,
    report: &'a Reporter,
    told: Mutex<Told>,
}

/// What was told last.
#[derive(Default)]
struct Told {
    waiting: String,
    notes: BTreeSet<String>,
    sightings: Vec<Sighting>,
}

impl Watch<'_> {
    async fn tell(&self, detail: &CertificateDetail) {
        let sightings = match self.public_dns {
            Some(public_dns) => public_dns.look(self.records).await,
            None => Vec::new(),
        };
        let mut told = self.told.lock().await;
        let mut notes = BTreeSet::new();
        for (record, sighting) in self.records.iter().zip(&sightings) {
            let note = self.note(record, sighting, detail);
            if !told.notes.contains(&note) {
                self.report.note(with_fix(note.clone(), sighting));
            }
            notes.insert(note);
        }
        let waiting = waits_for(detail, &sightings);
        if told.waiting != waiting {
            self.report.waiting(&waiting);
        }
        *told = Told { waiting, notes, sightings };
    }

    /// All that is known of a record but what to do about it, in which seconds are counted down.
    fn note(&self, record: &ValidationRecord, sighting: &Sighting, detail: &CertificateDetail) -> String {
        let ValidationRecord { domain, name, .. } = record;
        let whose = match self.dns {
            Dns::Route53 => "written in Route 53",
            Dns::Manual => "for you to write",
        };
        let Sighting { seen, verdict, .. } = sighting;
        let proven = in_words(validation_status(detail, domain));
        format!("{domain} {proven}: the record {name}, {whose}, is {seen}; {verdict}")
    }

    fn unfinished(self) -> Error {
        let Told { waiting, sightings, .. } = self.told.into_inner();
        let error = Error::new(Kind::Unfinished, "The certificate is not issued yet");
        let all_there = !sightings.is_empty() && sightings.iter().all(|sighting| sighting.is_right);
        let causes = match self.dns {
            Dns::Manual => missing(self.records),
            Dns::Route53 => vec![format!("waiting for {waiting}")],
        };
        let wrong = sightings.iter().filter(|sighting| !sighting.is_right);
        let wrong = wrong.map(|sighting| with_fix(sighting.verdict.clone(), sighting));
        let error = Error { causes: causes.into_iter().chain(wrong).collect(), ..error };
        match self.dns {
            Dns::Manual if !all_there => Error { kind: Kind::WaitsForYou, ..error }
                .hint("add these records where the domains' DNS is kept, then run the same command again"),
            Dns::Manual | Dns::Route53 => error.hint(
                "it is issued by itself once public DNS shows its records; run the same command again later",
            ),
        }
    }
}

fn with_fix(text: String, sighting: &Sighting) -> String {
    sighting.fix.iter().fold(text, |text, fix| format!("{text}: {fix}"))
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

fn waits_for(detail: &CertificateDetail, sightings: &[Sighting]) -> String {
    let options = detail.domain_validation_options().iter();
    let states =
        options.map(|option| format!("{} {}", option.domain_name(), in_words(option.validation_status())));
    let states = format!("the certificate: {}", states.collect::<Vec<_>>().join(", "));
    let wrong = sightings.iter().filter(|sighting| !sighting.is_right);
    wrong.fold(states, |text, sighting| format!("{text}; {}", sighting.verdict))
}

/// What ACM says of a domain, which it may list with the star of a wildcard alone.
fn validation_status<'a>(detail: &'a CertificateDetail, domain: &str) -> Option<&'a DomainStatus> {
    let mut options = detail.domain_validation_options().iter();
    let option = options.find(|option| base_domain(option.domain_name()) == domain)?;
    option.validation_status()
}

fn in_words(status: Option<&DomainStatus>) -> &'static str {
    match status {
        Some(DomainStatus::Success) => "is proven",
        Some(DomainStatus::Failed) => "could not be proven",
        // Pending, and whatever AWS may add.
        Some(_) | None => "is yet to be proven",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::Stop;
    use crate::apply::event::Fact;
    use crate::blueprint::plan::{Action, Stage, Step, StepId, Work};
    use crate::blueprint::resource::{Kind as Of, ResourceId};
    use aws_sdk_acm::types::{CertificateStatus, DomainValidation};
    use futures::FutureExt;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Public DNS that still has an old answer, with fewer seconds at each look.
    #[derive(Debug, Default)]
    struct CountsDown(AtomicU32);

    impl PublicDns for CountsDown {
        fn look<'a>(&'a self, _: &'a [ValidationRecord]) -> BoxFuture<'a, Vec<Sighting>> {
            let left = 60 - self.0.fetch_add(1, Ordering::Relaxed);
            let sighting = Sighting {
                is_right: false,
                seen: "seen nowhere yet".to_owned(),
                checks: Vec::new(),
                verdict: "1.1.1.1 still has the old answer".to_owned(),
                fix: Some(format!("wait {left} s")),
            };
            async move { vec![sighting] }.boxed()
        }
    }

    fn step() -> Step {
        let resource = ResourceId::new(Of::Certificate, "example.com");
        Step {
            id: StepId::of(&resource),
            action: Action::Await,
            name: resource.name.clone(),
            stage: Stage::Https,
            reason: String::new(),
            changes: Vec::new(),
            after: Vec::new(),
            work: Work::Nothing,
            resource,
        }
    }

    #[tokio::test]
    async fn what_stays_the_same_is_told_once() {
        let records = [ValidationRecord {
            domain: "example.com".to_owned(),
            name: "_x.example.com".to_owned(),
            value: "_y.acm-validations.aws".to_owned(),
        }];
        let option = DomainValidation::builder().domain_name("example.com").build().unwrap();
        let pending = CertificateDetail::builder().status(CertificateStatus::PendingValidation);
        let detail = pending.domain_validation_options(option).build();
        let (report, mut facts) = Reporter::new(&step(), Stop::new());
        let public_dns = CountsDown::default();
        let watch = Watch {
            records: &records,
            dns: Dns::Manual,
            public_dns: Some(&public_dns),
            report: &report,
            told: Mutex::default(),
        };
        watch.tell(&detail).await;
        watch.tell(&detail).await;
        let error = watch.unfinished();
        assert_eq!(error.kind, Kind::WaitsForYou);
        assert!(
            error.causes.contains(&"1.1.1.1 still has the old answer: wait 59 s".to_owned()),
            "{error:#?}"
        );
        drop(report);
        let mut told = Vec::new();
        while let Some(fact) = facts.recv().await {
            match fact {
                Fact::StepNoted { message, .. } | Fact::StepWaiting { message, .. } => told.push(message),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(
            told,
            [
                "example.com is yet to be proven: the record _x.example.com, for you to write, is seen nowhere yet; \
                 1.1.1.1 still has the old answer: wait 60 s",
                "the certificate: example.com is yet to be proven; 1.1.1.1 still has the old answer",
            ]
        );
    }
}
