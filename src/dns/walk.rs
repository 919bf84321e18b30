//! The walk down from the top: which servers the world is led to for a name.

use super::Resolver;
use super::ask::{Role, ask};
use crate::blueprint::dns::{Delegation, plain};
use futures::StreamExt;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use hickory_resolver::proto::op::DnsResponse;
use hickory_resolver::proto::rr::{RData, RecordType};
use std::net::{IpAddr, SocketAddr};

/// The servers of a zone do not differ in what they delegate, so a few are enough to ask.
const ASKED: usize = 3;

/// The deepest delegation on the way to `name`. A top-level domain alone is none.
///
/// Each zone is asked about the next name below. It thus shows what the registry says, and not what the
/// zone says about itself.
pub(super) async fn delegation(resolver: &Resolver, name: &str) -> Option<Delegation> {
    let mut found = None;
    let mut servers = resolver.resolvers.clone();
    let mut role = Role::Resolver;
    for suffix in suffixes(name) {
        // Servers that are silent about one name are silent about those below it.
        let Some(answer) = first(&servers, role, suffix, RecordType::NS).await else { break };
        let Some(delegation) = delegated(&answer, suffix) else { continue };
        servers = addresses(resolver, &delegation.servers).await;
        if servers.is_empty() {
            return Some(delegation);
        }
        role = Role::Authority;
        found = suffix.contains('.').then_some(delegation).or(found);
    }
    found
}

/// The addresses at which the named servers answer; those of a server that nobody knows are left out.
pub(super) async fn addresses(resolver: &Resolver, servers: &[String]) -> Vec<SocketAddr> {
    let asking = servers.iter().map(|server| address(resolver, server));
    join_all(asking).await.into_iter().flatten().collect()
}

/// The address at which the named server answers.
pub(super) async fn address(resolver: &Resolver, server: &str) -> Option<SocketAddr> {
    let answer = first(&resolver.resolvers, Role::Resolver, server, RecordType::A).await?;
    let address = answer.answers.iter().find_map(|record| match &record.data {
        RData::A(address) => Some(address.0),
        _ => None,
    })?;
    Some(SocketAddr::new(IpAddr::V4(address), resolver.port))
}

/// The first answer that any of the servers gives.
pub(super) async fn first(
    servers: &[SocketAddr],
    role: Role,
    name: &str,
    kind: RecordType,
) -> Option<DnsResponse> {
    let mut asking: FuturesUnordered<_> =
        servers.iter().take(ASKED).map(|server| ask(*server, role, name, kind)).collect();
    while let Some(answer) = asking.next().await {
        if answer.is_some() {
            return answer;
        }
    }
    None
}

fn delegated(answer: &DnsResponse, zone: &str) -> Option<Delegation> {
    let records = answer.answers.iter().chain(&answer.authorities);
    let mut servers: Vec<String> = records
        .filter(|record| plain(&record.name.to_ascii()) == zone)
        .filter_map(|record| match &record.data {
            RData::NS(server) => Some(plain(&server.0.to_ascii())),
            _ => None,
        })
        .collect();
    servers.sort();
    servers.dedup();
    (!servers.is_empty()).then(|| Delegation { zone: zone.to_owned(), servers })
}

/// The name and the domains above it, the shortest first: `com`, `example.com`, `www.example.com`.
pub(super) fn suffixes(name: &str) -> Vec<&str> {
    let dots = name.rmatch_indices('.').map(|(at, _)| &name[at + 1..]);
    dots.chain([name]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_walk_begins_at_the_top() {
        assert_eq!(suffixes("www.example.com"), ["com", "example.com", "www.example.com"]);
        assert_eq!(suffixes("com"), ["com"]);
    }
}
