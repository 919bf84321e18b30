//! What public DNS says: where a name is delegated to, what its servers and public resolvers answer, and which
//! CAA records count.
//!
//! Everything is asked over plain UDP and TCP. Questions go to several public resolvers and, without recursion,
//! to the servers that the walk down from the top finds. What the answers mean is decided in
//! [`crate::blueprint::dns`]; here nothing is judged.

mod ask;
mod observe;
mod walk;

use crate::blueprint::dns::{Delegation, Expected, Finding, Heard, ZoneFacts, plain};
use futures::future::join_all;
use hickory_resolver::proto::rr::RecordType;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Resolvers that anyone may ask, run by three different companies.
const PUBLIC: [Ipv4Addr; 3] =
    [Ipv4Addr::new(1, 1, 1, 1), Ipv4Addr::new(8, 8, 8, 8), Ipv4Addr::new(9, 9, 9, 9)];

/// Asks public DNS.
#[derive(Debug, Clone)]
pub struct Resolver {
    /// Those that are asked to look a name up.
    resolvers: Vec<SocketAddr>,
    /// The port at which a zone's own servers answer.
    port: u16,
}

/// A type of record that leads visitors to a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// How to connect, before the first connection (RFC 9460).
    Https,
}

impl Type {
    /// The type as it is written.
    pub fn word(self) -> &'static str {
        match self {
            Type::A => "A",
            Type::Aaaa => "AAAA",
            Type::Https => "HTTPS",
        }
    }

    fn record_type(self) -> RecordType {
        match self {
            Type::A => RecordType::A,
            Type::Aaaa => RecordType::AAAA,
            Type::Https => RecordType::HTTPS,
        }
    }
}

impl Resolver {
    /// Asks public resolvers on the Internet.
    pub fn system() -> Self {
        const DNS: u16 = 53;
        let resolvers = PUBLIC.iter().map(|address| SocketAddr::new(IpAddr::V4(*address), DNS)).collect();
        Resolver { resolvers, port: DNS }
    }

    /// Asks the one resolver at `address`. A zone's own servers are expected at the same port.
    pub fn at(address: SocketAddr) -> Self {
        Resolver { resolvers: vec![address], port: address.port() }
    }

    /// Looks for everything expected, all at once. There is one finding for each, in the same order.
    pub async fn look(&self, expected: &[Expected], zones: &ZoneFacts) -> Vec<Finding> {
        let looking = expected.iter().map(|expected| async {
            let observation = observe::observe(self, expected).await;
            Finding::of(&observation, zones)
        });
        join_all(looking).await
    }

    /// Whether `domain` leads to the distribution whose own domain is given, according to any resolver.
    pub async fn points_at(&self, domain: &str, distribution: &str) -> bool {
        observe::points_at(self, &plain(domain), &plain(distribution)).await
    }

    /// The distribution's own domain to which `domain` leads by CNAMEs, if it does.
    pub async fn leads_to_cloudfront(&self, domain: &str) -> Option<String> {
        observe::leads_to_cloudfront(self, &plain(domain)).await
    }

    /// What every resolver says of one type of record at `domain`.
    pub async fn ask(&self, domain: &str, kind: Type) -> Vec<Heard> {
        observe::heard(self, &plain(domain), kind.record_type()).await
    }

    /// The addresses that `host` has for whoever asks here, by every resolver.
    pub async fn addresses(&self, host: &str) -> Vec<IpAddr> {
        observe::addresses(self, &plain(host)).await
    }

    /// The deepest delegation on the way to `domain`, as the zone above it states it.
    pub async fn delegation(&self, domain: &str) -> Option<Delegation> {
        walk::delegation(self, &plain(domain)).await
    }
}
