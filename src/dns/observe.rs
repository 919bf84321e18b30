//! Everything that is asked about one expectation.

use super::Resolver;
use super::ask::{Role, ask, said};
use super::walk::{address, delegation, first, suffixes};
use crate::blueprint::dns::{
    Caa, CaaEntry, Delegation, Expectation, Expected, Finding, Heard, Observation, Record, Said, Verdict,
    ZoneFacts, bare, plain,
};
use futures::future::{join, join_all};
use hickory_resolver::proto::rr::{RData, RecordType};
use std::net::{IpAddr, SocketAddr};

/// Asks everyone about one expectation.
pub(super) async fn observe(resolver: &Resolver, expected: &Expected) -> Observation {
    let walked = async {
        let delegation = delegation(resolver, expected.bare_name()).await;
        let authoritative = authoritative(resolver, delegation.as_ref(), expected).await;
        let doubled = doubled(resolver, delegation.as_ref(), expected).await;
        (delegation, authoritative, doubled)
    };
    let ((delegation, authoritative, doubled), public, caa, distribution) = tokio::join!(
        walked,
        public(resolver, expected),
        caa(resolver, expected),
        distribution(resolver, expected)
    );
    let expected = expected.clone();
    Observation { expected, delegation, authoritative, public, doubled, caa, distribution }
}

/// Whether the name leads to the distribution, according to any resolver.
pub(super) async fn points_at(resolver: &Resolver, domain: &str, distribution: &str) -> bool {
    let expected = Expected::site(domain, distribution);
    let (public, addresses) =
        join(public(resolver, &expected), self::distribution(resolver, &expected)).await;
    public.into_iter().any(|heard| {
        let observation = Observation {
            expected: expected.clone(),
            delegation: None,
            authoritative: Vec::new(),
            public: vec![heard],
            doubled: None,
            caa: None,
            distribution: addresses.clone(),
        };
        Finding::of(&observation, &ZoneFacts::default()).verdict == Verdict::Right
    })
}

/// The last CNAME on the way from the name, if it is the own domain of a distribution.
pub(super) async fn leads_to_cloudfront(resolver: &Resolver, domain: &str) -> Option<String> {
    let answer = first(&resolver.resolvers, Role::Resolver, domain, RecordType::A).await;
    let Said::Records { records, .. } = said(answer) else { return None };
    let named = records.into_iter().filter(|record| record.kind == "CNAME").map(|record| record.value);
    named.into_iter().find(|value| value.ends_with(".cloudfront.net"))
}

/// What every resolver says of one type of record.
pub(super) async fn heard(resolver: &Resolver, name: &str, kind: RecordType) -> Vec<Heard> {
    let asking = resolver.resolvers.iter().map(|server| async move {
        let said = said(ask(*server, Role::Resolver, name, kind).await);
        Heard { server: server.ip().to_string(), said }
    });
    join_all(asking).await
}

async fn public(resolver: &Resolver, expected: &Expected) -> Vec<Heard> {
    let asking = resolver.resolvers.iter().map(|server| async move {
        let said = answer(*server, Role::Resolver, expected).await;
        Heard { server: server.ip().to_string(), said }
    });
    join_all(asking).await
}

async fn authoritative(
    resolver: &Resolver,
    delegation: Option<&Delegation>,
    expected: &Expected,
) -> Vec<Heard> {
    let servers = delegation.map(|delegation| delegation.servers.as_slice()).unwrap_or_default();
    let asking = servers.iter().map(|server| async move {
        let said = match address(resolver, server).await {
            Some(address) => answer(address, Role::Authority, expected).await,
            None => Said::Silent,
        };
        Heard { server: server.clone(), said }
    });
    join_all(asking).await
}

/// What a server says about the expected name. A CNAME comes with the answer to any type.
async fn answer(server: SocketAddr, role: Role, expected: &Expected) -> Said {
    let name = &expected.name;
    let four = said(ask(server, role, name, RecordType::A).await);
    match &expected.expectation {
        Expectation::Validation { .. } | Expectation::Certifiable => four,
        // An AAAA record that was left behind sends half of the visitors elsewhere.
        Expectation::Site { .. } => {
            let six = said(ask(server, role, name, RecordType::AAAA).await);
            both(four, six)
        }
    }
}

fn both(four: Said, six: Said) -> Said {
    match (four, six) {
        (Said::Records { mut records, seconds }, Said::Records { records: more, seconds: other }) => {
            records.extend(more);
            Said::Records { records, seconds: seconds.min(other) }
        }
        (Said::NoRecord { .. }, six @ Said::Records { .. }) => six,
        (four, _) => four,
    }
}

/// The name with the zone written twice, if the expected record is there.
async fn doubled(
    resolver: &Resolver,
    delegation: Option<&Delegation>,
    expected: &Expected,
) -> Option<String> {
    let Expectation::Validation { value, .. } = &expected.expectation else { return None };
    let doubled = format!("{}.{}", expected.name, delegation?.zone);
    let answer = first(&resolver.resolvers, Role::Resolver, &doubled, RecordType::CNAME).await;
    let Said::Records { records, .. } = said(answer) else { return None };
    let same = |record: &Record| record.kind == "CNAME" && starts_alike(&record.value, value);
    records.iter().any(same).then_some(doubled)
}

/// A form that doubles the name may also have appended the zone to the value.
fn starts_alike(found: &str, expected: &str) -> bool {
    found == expected || found.strip_prefix(expected).is_some_and(|rest| rest.starts_with('.'))
}

/// The CAA records of the closest name above the domain that has any (RFC 8659).
async fn caa(resolver: &Resolver, expected: &Expected) -> Option<Caa> {
    let domain = bare(expected.certified_domain()?);
    let asking = suffixes(domain).into_iter().rev().map(|name| caa_at(resolver, name));
    join_all(asking).await.into_iter().flatten().next()
}

async fn caa_at(resolver: &Resolver, name: &str) -> Option<Caa> {
    let answer = first(&resolver.resolvers, Role::Resolver, name, RecordType::CAA).await?;
    let entries: Vec<_> = answer
        .answers
        .iter()
        .filter_map(|record| match &record.data {
            RData::CAA(caa) => Some(CaaEntry {
                critical: caa.issuer_critical,
                tag: caa.tag.clone(),
                value: String::from_utf8_lossy(&caa.value).into_owned(),
            }),
            _ => None,
        })
        .collect();
    (!entries.is_empty()).then(|| Caa { at: plain(name), entries })
}

/// The addresses that the distribution itself has, for whoever asks each resolver.
async fn distribution(resolver: &Resolver, expected: &Expected) -> Vec<IpAddr> {
    let Expectation::Site { distribution } = &expected.expectation else { return Vec::new() };
    addresses(resolver, distribution).await
}

/// The addresses that a host has, by every resolver.
pub(super) async fn addresses(resolver: &Resolver, host: &str) -> Vec<IpAddr> {
    let questions = resolver.resolvers.iter().flat_map(|server| {
        [RecordType::A, RecordType::AAAA].map(|kind| ask(*server, Role::Resolver, host, kind))
    });
    let answers = join_all(questions).await.into_iter().flatten();
    answers.flat_map(|answer| answer.answers.iter().filter_map(ip).collect::<Vec<_>>()).collect()
}

fn ip(record: &hickory_resolver::proto::rr::Record) -> Option<IpAddr> {
    match &record.data {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) => Some(IpAddr::V6(address.0)),
        _ => None,
    }
}
