//! The site's own names: who else serves them, where their DNS is, and whether they can get a certificate.

use super::aliases::{self, Question};
use super::{Finding, Subject};
use crate::aws::certificate;
use crate::aws::preflight::certificates::{self, Listed};
use crate::aws::preflight::distributions::Survey;
use crate::aws::preflight::zones;
use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use crate::blueprint::dns::{self, Expected, Verdict, ZoneFacts, bare, lies_within};
use crate::blueprint::names::SITE_TAG;
use crate::dns::Resolver;
use crate::profile::answers::{Dns, Https};

/// The certificates, or why they could not be listed.
type Listing = Result<Vec<Listed>, Refusal>;

/// Everything about the domains of one profile.
pub(super) async fn check(
    subject: &Subject<'_>,
    https: &Https,
    survey: Result<&Survey, &Refusal>,
) -> Vec<Finding> {
    let Subject { session, resolver, .. } = *subject;
    let (site, account) = (subject.loaded.profile.name.as_str(), subject.identity.account.as_str());
    let of_certificates = async {
        let listed = certificates::list(session).await;
        let known = listed.as_deref().unwrap_or_default();
        let question = Question { session, resolver, https, certificates: known, account };
        tokio::join!(aliases::check(&question, survey), certificate(session, site, https, &listed))
    };
    let (delegation, (aliases, certificate)) =
        tokio::join!(delegation(session, resolver, https), of_certificates);
    [aliases, delegation, vec![certificate]].concat()
}

async fn delegation(session: &Session, resolver: &Resolver, https: &Https) -> Vec<Finding> {
    const CHECK: &str = "dns";
    let facts = match https.dns {
        Dns::Manual => Ok(ZoneFacts::default()),
        Dns::Route53 => zones::zones(session, &https.domains).await,
    };
    let (facts, unknown) = match facts {
        Ok(facts) => (facts, None),
        Err(refusal) => {
            let what = format!("hosted zones: {}", refusal.said);
            (ZoneFacts::default(), Some(Finding::not_checked(CHECK, what)))
        }
    };
    let zoneless = match (https.dns, &unknown) {
        (Dns::Route53, None) => without_zone(CHECK, &https.domains, &facts),
        (Dns::Route53, Some(_)) | (Dns::Manual, _) => Vec::new(),
    };
    if !zoneless.is_empty() {
        return zoneless;
    }
    let expected: Vec<_> = https.domains.iter().map(|domain| Expected::certifiable(domain)).collect();
    let found = resolver.look(&expected, &facts).await;
    let mut findings: Vec<_> = unknown.into_iter().collect();
    for finding in found.into_iter().map(|finding| of_dns(CHECK, finding)) {
        // Several names may suffer from one cause, which is worth one line.
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

fn without_zone(check: &'static str, domains: &[String], facts: &ZoneFacts) -> Vec<Finding> {
    let has_zone = |domain: &&String| facts.zones.iter().any(|zone| lies_within(bare(domain), &zone.name));
    let lacking = domains.iter().filter(|domain| !has_zone(domain));
    let stop = |domain: &String| {
        Finding::stop(check, format!("there is no hosted zone for {domain} in this account"))
            .why("dns = \"route53\" writes records into one")
            .way_out("create the zone in Route 53, or set https.dns=manual")
    };
    lacking.map(stop).collect()
}

fn of_dns(check: &'static str, finding: dns::Finding) -> Finding {
    let found = match &finding.verdict {
        Verdict::Right => Finding::ok(check, finding.sentence),
        Verdict::Unheard => Finding::not_checked(check, finding.sentence),
        // These pass, or the certificate is only waited for.
        Verdict::Spreading { .. }
        | Verdict::SomeServersOnly { .. }
        | Verdict::NoRecord
        | Verdict::NoSuchName
        | Verdict::Doubled { .. }
        | Verdict::WrongValue { .. } => Finding::warning(check, finding.sentence),
        Verdict::NotRegistered { .. }
        | Verdict::PrivateZone { .. }
        | Verdict::NotDelegated { .. }
        | Verdict::DuplicateZone { .. }
        | Verdict::ServersSilent { .. }
        | Verdict::Refused { .. }
        | Verdict::CaaForbids { .. } => {
            Finding::stop(check, finding.sentence).why("no certificate would be issued")
        }
    };
    Finding { way_out: finding.fix, ..found }
}

async fn certificate(session: &Session, site: &str, https: &Https, listed: &Listing) -> Finding {
    const CHECK: &str = "certificate";
    let listed = match listed {
        Ok(listed) => listed,
        Err(refusal) => return Finding::not_checked(CHECK, refusal.said.to_string()),
    };
    let good = |found: &&Listed| found.key == Some(https.key) && found.covers(&https.domains);
    let (issued, pending): (Vec<_>, Vec<_>) = listed.iter().filter(good).partition(|found| found.issued);
    if let Some(found) = issued.first() {
        return Finding::ok(CHECK, format!("{} is issued and covers every name", found.arn));
    }
    for found in pending {
        // One that somebody else requested may never be proven.
        if is_ours(session, site, &found.arn).await {
            return Finding::ok(CHECK, format!("{} was requested and covers every name", found.arn));
        }
    }
    Finding::ok(CHECK, "none covers every name yet, so one will be requested")
}

async fn is_ours(session: &Session, site: &str, arn: &str) -> bool {
    let tags = certificate::tags(session.acm(), arn).await;
    tags.is_ok_and(|tags| tags.get(SITE_TAG).is_some_and(|owner| owner == site))
}
