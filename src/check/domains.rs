//! The site's own names: who else serves them, where their DNS is, and whether they can get a certificate.

use super::Finding;
use crate::aws::preflight::distributions::{Survey, conflicts};
use crate::aws::preflight::{certificates, zones};
use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use crate::blueprint::dns::{self, Expected, Verdict, ZoneFacts, bare, lies_within};
use crate::dns::Resolver;
use crate::profile::answers::{Dns, Https};
use futures::future::join_all;

/// Everything about the domains of one profile.
pub(super) async fn check(
    session: &Session,
    resolver: &Resolver,
    https: &Https,
    survey: Result<&Survey, &Refusal>,
) -> Vec<Finding> {
    let (aliases, delegation, certificate) = tokio::join!(
        aliases(session, https, survey),
        delegation(session, resolver, https),
        certificate(session, https)
    );
    [aliases, delegation, vec![certificate]].concat()
}

/// Whether another distribution serves one of the names already.
async fn aliases(session: &Session, https: &Https, survey: Result<&Survey, &Refusal>) -> Vec<Finding> {
    const CHECK: &str = "aliases";
    let survey = match survey {
        Ok(survey) => survey,
        Err(refusal) => return vec![Finding::not_checked(CHECK, refusal.said.to_string())],
    };
    let mut taken: Vec<(String, String)> =
        survey.taken.iter().filter(|(alias, _)| https.domains.contains(alias)).cloned().collect();
    if let Some(own) = &survey.own {
        let asking = https.domains.iter().map(|domain| async move {
            // Refused until our distribution has a certificate for the domain, and then nothing is known.
            let others = conflicts(session, own, domain).await.unwrap_or_default();
            others.into_iter().map(|other| (domain.clone(), other)).collect::<Vec<_>>()
        });
        taken.extend(join_all(asking).await.into_iter().flatten());
    }
    if taken.is_empty() {
        return vec![Finding::ok(CHECK, "no other distribution that we can see serves these names")];
    }
    taken.sort();
    taken.dedup();
    taken.iter().map(|(domain, other)| is_served(CHECK, domain, other)).collect()
}

fn is_served(check: &'static str, domain: &str, other: &str) -> Finding {
    Finding::stop(check, format!("{domain} is served by distribution {other}"))
        .why("CloudFront serves a name from one distribution only")
        .way_out(format!("remove the alternate domain name {domain} from {other} first"))
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
    unknown.into_iter().chain(found.into_iter().map(|finding| of_dns(CHECK, finding))).collect()
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

async fn certificate(session: &Session, https: &Https) -> Finding {
    const CHECK: &str = "certificate";
    match certificates::covering(session, &https.domains).await {
        Ok(Some(arn)) => Finding::ok(CHECK, format!("{arn} is issued and covers every name")),
        Ok(None) => Finding::ok(CHECK, "none covers every name yet, so one will be requested"),
        Err(refusal) => Finding::not_checked(CHECK, refusal.said.to_string()),
    }
}
