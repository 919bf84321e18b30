//! What public DNS says of the site's own domains.

use super::{Live, ZONES_KEPT};
use crate::aws::preflight::zones;
use crate::blueprint::dns::{
    Expected, Finding, Heard as Said, Verdict, ZoneFacts, leads_there, said_in_words,
};
use crate::dns::Type;
use crate::profile::answers::Dns;
use crate::status::panels::{DnsRecordView, DnsView, DomainView, Heard};
use crate::status::sources::Answer;
use futures::future::join_all;
use std::net::IpAddr;

/// The types that lead visitors, and what each should be.
const TYPES: [Type; 3] = [Type::A, Type::Aaaa, Type::Https];

/// The distribution that domains are to lead to.
struct Host {
    name: String,
    ipv6: bool,
    addresses: Vec<IpAddr>,
    aliases: Vec<String>,
}

impl Live {
    /// The account's hosted zones that cover the site's domains; unknown ones leave the records to be judged.
    pub(super) async fn zones(&self) -> ZoneFacts {
        let read = async {
            match &self.subject.blueprint.domains {
                Some(domains) if domains.dns == Dns::Route53 => {
                    Ok(zones::zones(&self.subject.session, &domains.names).await?)
                }
                Some(_) | None => Ok(ZoneFacts::default()),
            }
        };
        self.zones.get(ZONES_KEPT, read).await.unwrap_or_default()
    }

    pub(super) async fn view_dns(&self) -> Answer<DnsView> {
        let Some(domains) = &self.subject.blueprint.domains else {
            return Ok(DnsView { domains: Vec::new() });
        };
        let Some(seen) = self.seen_distribution().await? else {
            return Ok(DnsView { domains: domains.names.iter().map(|name| leads_nowhere(name)).collect() });
        };
        let host = Host {
            addresses: self.subject.resolver.addresses(&seen.host).await,
            name: seen.host,
            ipv6: seen.spec.ipv6,
            aliases: seen.spec.aliases,
        };
        let expected: Vec<_> = domains.names.iter().map(|name| Expected::site(name, &host.name)).collect();
        let (findings, records) = tokio::join!(
            async { self.subject.resolver.look(&expected, &self.zones().await).await },
            join_all(domains.names.iter().map(|name| self.records(name, &host))),
        );
        let views = domains.names.iter().zip(findings).zip(records);
        Ok(DnsView {
            domains: views.map(|((name, finding), records)| view(name, &host, finding, records)).collect(),
        })
    }

    async fn records(&self, domain: &str, host: &Host) -> Vec<DnsRecordView> {
        let asked = TYPES.map(|kind| async move {
            let heard = self.subject.resolver.ask(domain, kind).await;
            record(kind, host, &heard)
        });
        join_all(asked).await
    }
}

fn leads_nowhere(name: &str) -> DomainView {
    DomainView {
        name: name.to_owned(),
        served: false,
        right: None,
        says: "there is no distribution to lead to".to_owned(),
        fix: None,
        records: Vec::new(),
    }
}

fn view(name: &str, host: &Host, finding: Finding, records: Vec<DnsRecordView>) -> DomainView {
    let led = (finding.verdict != Verdict::Unheard).then_some(finding.verdict == Verdict::Right);
    let wrong = records.iter().find(|record| record.right == Some(false));
    let (right, says) = match (led, wrong) {
        (Some(true), Some(record)) => (
            Some(false),
            format!("{name} has a wrong {} record: it should be {}", record.kind, record.should),
        ),
        _ => (led, finding.sentence),
    };
    let served = host.aliases.iter().any(|alias| alias == name);
    // Led here before the distribution answers for it, a domain that is in use would go dark.
    let (says, fix) = match (served, led) {
        (false, Some(false)) => (
            format!(
                "{name} is not on the distribution yet; leave its records until a deploy has put it there"
            ),
            None,
        ),
        _ => (says, finding.fix),
    };
    DomainView { name: name.to_owned(), served, right, says, fix, records }
}

fn record(kind: Type, host: &Host, heard: &[Said]) -> DnsRecordView {
    let judged: Vec<_> = heard.iter().map(|heard| judged(kind, host, heard)).collect();
    let verdicts = || judged.iter().filter_map(|heard| heard.right);
    let right = match (verdicts().next(), verdicts().all(|right| right)) {
        (None, _) => None,
        (Some(_), all) => Some(all),
    };
    DnsRecordView { kind: kind.word(), should: should(kind, host), right, heard: judged }
}

fn should(kind: Type, host: &Host) -> String {
    match (kind, host.ipv6) {
        (Type::A, _) | (Type::Aaaa, true) => format!("what leads to {}", host.name),
        (Type::Aaaa, false) => "none, since visitors can't come by IPv6".to_owned(),
        (Type::Https, _) => format!("none, or one that leads to {}", host.name),
    }
}

fn judged(kind: Type, host: &Host, heard: &Said) -> Heard {
    let there = leads_there(&heard.said, &host.name, &host.addresses);
    let right = there.map(|found| match (found.records, kind, host.ipv6) {
        // Nothing there: only addresses are needed.
        (false, Type::A, _) | (false, Type::Aaaa, true) => false,
        (false, Type::Aaaa, false) | (false, Type::Https, _) => true,
        (true, _, _) => found.leads,
    });
    Heard { resolver: heard.server.clone(), said: said_in_words(&heard.said), right }
}
