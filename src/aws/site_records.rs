//! The records that a site needs: those that prove its domains, and those that lead them to the distribution.
//!
//! Whatever a record was made for carries a tag that says so, set before the record is made: a record that stood
//! there before is used, but neither tagged nor ever removed.

use super::certificate;
use super::certificate_wait::records;
use super::dns_record;
use super::request::unbuildable;
use super::session::Session;
use super::tagged_buckets::{regions, unless_not_enabled};
use super::tags;
use crate::apply::Performed;
use crate::apply::reporter::Reporter;
use crate::blueprint::names::{base_domain, record_tag};
use crate::blueprint::plan::RecordRemoval;
use crate::blueprint::resource::{AliasRecordSpec, Output, ValidationRecordSpec};
use crate::error::{Error, Result};
use aws_sdk_route53::types::ResourceRecordSet;
use futures::future::join_all;

/// How often a change is planned anew when the zone turns out to have changed meanwhile.
const TRIES: u32 = 4;

/// What Route 53 says when the records are not what they were.
const CHANGED_MEANWHILE: &str = "InvalidChangeBatch";

/// The types that decide where visitors of a name go.
const LEADING: [&str; 4] = ["A", "AAAA", "CNAME", "HTTPS"];

/// Makes the record that proves `domain`, unless it is there.
///
/// # Errors
///
/// When AWS refuses, or when another record stands in its place.
pub async fn prove(
    session: &Session,
    domain: &str,
    spec: &ValidationRecordSpec,
    report: &Reporter,
) -> Result<Performed> {
    let arn = spec.certificate.known().unwrap_or_default();
    let records = records(session, arn, report).await?;
    let Some(record) = records.into_iter().find(|record| record.domain == domain) else {
        return Ok(Performed::unneeded("the certificate needs no record for it"));
    };
    let tag = record_tag(&record.name, "CNAME");
    for _ in 0..TRIES {
        let present = dns_record::at(session.route53(), &spec.zone, &record.name).await?;
        if let Some(there) = present.first() {
            if dns_record::observed(&spec.zone, there).value != record.value {
                return Err(in_the_way(&record.name, &spec.zone, there));
            }
            return inherit(session, arn, &spec.predecessors, &tag).await;
        }
        certificate::tag(session.acm(), arn, &tag).await?;
        let wanted =
            dns_record::cname(&record.name, &record.value).map_err(|error| unbuildable("record", error))?;
        match dns_record::change(session, &spec.zone, vec![], vec![wanted], report).await {
            Ok(()) => return Ok(Performed::done("made")),
            Err(refusal) if refusal.is(CHANGED_MEANWHILE) && !refusal.said.contains("permitted") => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Err(restless(&record.name))
}

/// A record that was made for a certificate before this one is this one's from now on.
async fn inherit(session: &Session, arn: &str, predecessors: &[String], tag: &str) -> Result<Performed> {
    let client = session.acm();
    let held = join_all(predecessors.iter().map(|other| certificate::tags(client, other))).await;
    // One that is gone by now has nothing to hand down.
    if held.into_iter().flatten().any(|tags| tags.contains_key(tag)) {
        certificate::tag(client, arn, tag).await?;
        return Ok(Performed::done("taken over from the certificate before"));
    }
    Ok(Performed::unneeded("it is there already"))
}

/// Leads `domain` to the distribution.
///
/// # Errors
///
/// When AWS refuses, or when other records stand in the way that nobody agreed to lose.
pub async fn lead(
    session: &Session,
    domain: &str,
    spec: &AliasRecordSpec,
    distribution: &Output,
    report: &Reporter,
) -> Result<Performed> {
    for _ in 0..TRIES {
        let present = dns_record::at(session.route53(), &spec.zone, domain).await?;
        let change = Leading::compare(session, domain, spec, distribution, present).await?;
        if change.is_empty() {
            return Ok(Performed::unneeded("the domain leads to the distribution already"));
        }
        let tags: Vec<_> =
            change.create.iter().map(|kind| (record_tag(domain, kind), String::new())).collect();
        tags::tag(session.cloudfront(), &distribution.arn, &tags, &[]).await?;
        change.remove.iter().for_each(|old| report.note(format!("replaces {}", in_words(&spec.zone, old))));
        let create = change.create.iter().map(|kind| dns_record::alias(domain, kind, &distribution.domain));
        let create = create.collect::<Result<_, _>>().map_err(|error| unbuildable("record", error))?;
        match dns_record::change(session, &spec.zone, change.remove, create, report).await {
            Ok(()) => return Ok(Performed::done("the domain leads to the distribution")),
            Err(refusal) if refusal.is(CHANGED_MEANWHILE) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Err(restless(domain))
}

/// What must change for a domain to lead to the distribution.
struct Leading {
    remove: Vec<ResourceRecordSet>,
    create: Vec<String>,
}

impl Leading {
    async fn compare(
        session: &Session,
        domain: &str,
        spec: &AliasRecordSpec,
        distribution: &Output,
        present: Vec<ResourceRecordSet>,
    ) -> Result<Leading> {
        let host = Some(distribution.domain.as_str());
        let leads_here =
            |record: &ResourceRecordSet| dns_record::observed(&spec.zone, record).alias.as_deref() == host;
        let of_type = |kind: &str| present.iter().find(|record| record.r#type.as_str() == kind);
        let create: Vec<_> =
            spec.types.iter().filter(|kind| !of_type(kind).is_some_and(leads_here)).cloned().collect();
        let leading = present.iter().filter(|record| LEADING.contains(&record.r#type.as_str()));
        let wanted =
            |record: &ResourceRecordSet| spec.types.iter().any(|kind| kind == record.r#type.as_str());
        let other: Vec<_> =
            leading.filter(|record| !(wanted(record) && leads_here(record))).cloned().collect();
        if other.is_empty() {
            return Ok(Leading { remove: other, create });
        }
        let made = tags::read(session.cloudfront(), &distribution.arn).await?;
        let ours =
            |record: &ResourceRecordSet| made.contains_key(&record_tag(domain, record.r#type.as_str()));
        // An alias of the distribution that somebody else made is not ours to remove.
        let remove: Vec<_> = other.into_iter().filter(|record| ours(record) || !leads_here(record)).collect();
        match remove.iter().find(|record| !spec.replace && !ours(record)) {
            Some(foreign) => Err(in_the_way(domain, &spec.zone, foreign)),
            None => Ok(Leading { remove, create }),
        }
    }

    fn is_empty(&self) -> bool {
        self.remove.is_empty() && self.create.is_empty()
    }
}

/// Removes records that were made for the site, as far as they still are what was made.
///
/// # Errors
///
/// When AWS refuses.
pub async fn remove(
    session: &Session,
    removal: &RecordRemoval,
    domain: &str,
    report: &Reporter,
) -> Result<Performed> {
    if !removal.certificates.is_empty()
        && let Some(reason) = needed_elsewhere(session, domain, &removal.certificates).await?
    {
        return Ok(Performed::unneeded(reason));
    }
    for _ in 0..TRIES {
        let present = match dns_record::at(session.route53(), &removal.zone, &removal.name).await {
            Err(refusal) if refusal.is_not_found() => Vec::new(),
            other => other?,
        };
        let ours: Vec<_> = present.into_iter().filter(|record| is_as_made(removal, record)).collect();
        if ours.is_empty() {
            return Ok(Performed::unneeded("it is gone already, or was changed by somebody else"));
        }
        match dns_record::change(session, &removal.zone, ours, vec![], report).await {
            Ok(()) => return Ok(Performed::done("removed")),
            Err(refusal) if refusal.is(CHANGED_MEANWHILE) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Err(restless(&removal.name))
}

fn is_as_made(removal: &RecordRemoval, record: &ResourceRecordSet) -> bool {
    let seen = dns_record::observed(&removal.zone, record);
    let target = seen.alias.as_deref().unwrap_or(&seen.value);
    removal.types.contains(&seen.kind) && target == removal.target
}

/// Why the record that proves `domain` must stay: a certificate of any region and state may need it
/// (aws-facts.md E), unless it is one of those `going` too.
async fn needed_elsewhere(session: &Session, domain: &str, going: &[String]) -> Result<Option<String>> {
    let asked = regions(&[]).into_iter().map(|(region, patience)| async move {
        let listed = certificate::list(&session.acm_in(&region, patience)).await;
        let listed = unless_not_enabled(listed.map(|found| found.into_iter().collect()), patience);
        (region, listed)
    });
    for (region, listed) in join_all(asked).await {
        let listed: Vec<(String, Vec<String>)> = match listed {
            Err(refusal) if refusal.is_denied() => {
                return Ok(Some(format!("left: certificates in {region} may need it, and can't be listed")));
            }
            other => other?,
        };
        let needs = |(other, names): &&(String, Vec<String>)| {
            !going.contains(other) && names.iter().any(|name| base_domain(name) == domain)
        };
        if let Some((other, _)) = listed.iter().find(needs) {
            return Ok(Some(format!("left: certificate {other} needs it")));
        }
    }
    Ok(None)
}

fn in_words(zone: &str, record: &ResourceRecordSet) -> String {
    let seen = dns_record::observed(zone, record);
    let ttl = record.ttl.map(|ttl| format!(" (TTL {ttl} s)")).unwrap_or_default();
    format!("{} {} {}{ttl}", seen.name, seen.kind, seen.value)
}

fn in_the_way(name: &str, zone: &str, record: &ResourceRecordSet) -> Error {
    Error::failed(format!("Could not make the records of {name}"))
        .why(format!("another record stands there: {}", in_words(zone, record)))
        .hint(format!("remove it by hand, or agree to losing it with --replace-records {name}"))
}

fn restless(name: &str) -> Error {
    Error::failed(format!("Could not change the records of {name}"))
        .why("they changed each time before the change was made")
        .hint("make sure that nothing else manages them, then run the same command again")
}
