//! From pending to issued, failed or timed out: decided by what DNS says.

use super::state::{Certificate, Certificates, Outcome};
use crate::sandbox::call::ACCOUNT;
use crate::sandbox::dns::View;
use crate::sandbox::identifiers;
use crate::sandbox::pace::{Pace, Wait};
use crate::sandbox::store::{Guard, Store};
use std::io;
use time::OffsetDateTime;

/// The authorities that a CAA record may name for ACM to issue (aws-facts.md E).
const AUTHORITIES: [&str; 4] = ["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"];

/// Top-level domains that nobody can register.
const NOT_PUBLIC: [&str; 4] = ["local", "localhost", "internal", "invalid"];

/// Name and value of the CNAME that proves a name. They depend on the account and the domain alone, and
/// `*.x` shares that of `x`.
pub fn record(name: &str) -> (String, String) {
    let domain = name.strip_prefix("*.").unwrap_or(name);
    let seed = format!("{ACCOUNT} {domain}");
    let label = identifiers::hexadecimal(&format!("name {seed}"), 32);
    let value = identifiers::hexadecimal(&format!("value {seed}"), 32);
    let host = identifiers::small_letters(&format!("host {seed}"), 10);
    (format!("_{label}.{domain}."), format!("_{value}.{host}.acm-validations.aws."))
}

/// The certificates as they are at `now`. An outcome that has come about is written down, since removing a
/// record afterwards does not take it back.
pub fn settled(store: &Store, now: OffsetDateTime, pace: Pace) -> io::Result<Certificates> {
    let state: Certificates = store.read()?;
    if state.certificates.iter().all(|certificate| certificate.outcome.is_some()) {
        return Ok(state);
    }
    settled_under(&store.lock()?, store, now, pace)
}

/// The same for who holds the lock already.
pub fn settled_under(
    guard: &Guard,
    store: &Store,
    now: OffsetDateTime,
    pace: Pace,
) -> io::Result<Certificates> {
    let mut state: Certificates = guard.read()?;
    if settle(&mut state, store, now, pace)? {
        guard.write(&state)?;
    }
    Ok(state)
}

/// The certificates as they are at `now`, with nothing written down: for other services, which may hold the
/// lock while they ask.
pub fn seen(store: &Store, now: OffsetDateTime, pace: Pace) -> io::Result<Certificates> {
    let mut state: Certificates = store.read()?;
    settle(&mut state, store, now, pace)?;
    Ok(state)
}

/// Gives pending certificates the outcomes that have come about, and says whether there were any.
fn settle(state: &mut Certificates, store: &Store, now: OffsetDateTime, pace: Pace) -> io::Result<bool> {
    let view = View::at(store, now, pace)?;
    let mut changed = false;
    for certificate in state.certificates.iter_mut().filter(|certificate| certificate.outcome.is_none()) {
        certificate.outcome = outcome(certificate, &view, now, pace);
        changed |= certificate.outcome.is_some();
    }
    Ok(changed)
}

fn outcome(certificate: &Certificate, view: &View, now: OffsetDateTime, pace: Pace) -> Option<Outcome> {
    if certificate.names.iter().any(|name| is_not_public(name)) {
        return Some(Outcome::Failed { reason: "INVALID_PUBLIC_DOMAIN".to_owned() });
    }
    let deadline = certificate.requested + pace.duration(Wait::CertificateTimeout);
    let proven = certificate.names.iter().map(|name| proven(certificate, name, view, pace));
    let last = proven.collect::<Option<Vec<_>>>().and_then(|moments| moments.into_iter().max());
    match last.filter(|at| *at <= now.min(deadline)) {
        Some(at) => Some(issue(certificate, view, at)),
        None if now >= deadline => Some(Outcome::TimedOut),
        None => None,
    }
}

fn issue(certificate: &Certificate, view: &View, at: OffsetDateTime) -> Outcome {
    match certificate.names.iter().all(|name| caa_allows(view, name)) {
        true => Outcome::Issued { at },
        false => Outcome::Failed { reason: "CAA_ERROR".to_owned() },
    }
}

/// When the name counts as proven, given what DNS says now: a while after its CNAME was first seen.
pub fn proven(certificate: &Certificate, name: &str, view: &View, pace: Pace) -> Option<OffsetDateTime> {
    if certificate.validation_method != "DNS" {
        return None;
    }
    let (record_name, value) = record(name);
    let reply = view.resolve(&record_name, "CNAME");
    let wanted = value.trim_end_matches('.');
    let seen = reply.answers.iter().find(|found| {
        // The underscore at the start of the value may be lost on the way (aws-facts.md E).
        let given = found.value.trim_end_matches('.').to_ascii_lowercase();
        given == wanted || Some(given.as_str()) == wanted.strip_prefix('_')
    })?;
    let known_from = certificate.requested + pace.duration(Wait::ValidationRecord);
    Some(seen.since.max(known_from) + pace.duration(Wait::CertificateIssued))
}

fn is_not_public(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|top| NOT_PUBLIC.contains(&top))
}

/// Climbs from the name upward; the first CAA records that are found decide.
fn caa_allows(view: &View, name: &str) -> bool {
    let is_wildcard = name.starts_with("*.");
    let mut domain = name.strip_prefix("*.").unwrap_or(name);
    loop {
        let reply = view.resolve(domain, "CAA");
        let records: Vec<(String, String)> =
            reply.of_kind("CAA").into_iter().filter_map(|found| tag_and_authority(&found.value)).collect();
        if !records.is_empty() {
            return records_allow(&records, is_wildcard);
        }
        match domain.split_once('.') {
            Some((_, above)) => domain = above,
            None => return true,
        }
    }
}

/// `0 issue "amazon.com; x=1"` as `issue` and `amazon.com`.
fn tag_and_authority(value: &str) -> Option<(String, String)> {
    let mut fields = value.splitn(3, ' ').skip(1);
    let tag = fields.next()?.to_ascii_lowercase();
    let quoted = fields.next()?.trim().trim_matches('"');
    Some((tag, quoted.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()))
}

fn records_allow(records: &[(String, String)], is_wildcard: bool) -> bool {
    let tagged = |wanted: &str| records.iter().filter(|(tag, _)| tag == wanted).collect::<Vec<_>>();
    let wild = tagged("issuewild");
    let deciding = if is_wildcard && !wild.is_empty() { wild } else { tagged("issue") };
    deciding.is_empty() || deciding.iter().any(|(_, authority)| AUTHORITIES.contains(&authority.as_str()))
}
