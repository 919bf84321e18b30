//! Looking a name up.

use super::authority::{Authority, authority};
use super::hand::HandRecords;
use crate::sandbox::pace::{Pace, Wait};
use crate::sandbox::route53::names;
use crate::sandbox::route53::state::{CLOUDFRONT_ZONE, Content, RecordSet, Zone, Zones};
use crate::sandbox::store::Store;
use std::io;
use std::net::Ipv4Addr;
use time::OffsetDateTime;

/// A resolver gives up on longer chains; ACM too follows no more than five (aws-facts.md E).
const LONGEST_CHAIN: usize = 8;

/// The name server of every domain that no hosted zone and no record added by hand is about.
const OUTSIDE_SERVER: &str = "ns.outside.";

/// A record that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its canonical name.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// Seconds that it may be kept.
    pub ttl: u32,
    /// Its value, in presentation form.
    pub value: String,
    /// Since when DNS has answered with it.
    pub since: OffsetDateTime,
}

/// What a lookup came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The CNAMEs on the way, then the records of the asked type.
    pub answers: Vec<Found>,
    /// Whether the last name exists at all; if not, it is NXDOMAIN.
    pub exists: bool,
    /// The SOA that goes with a negative answer.
    pub soa: Option<Found>,
}

impl Reply {
    /// The answers of the asked type, without the CNAMEs that led there.
    pub fn of_kind(&self, kind: &str) -> Vec<&Found> {
        self.answers.iter().filter(|found| found.kind == kind).collect()
    }
}

/// DNS at one moment.
#[derive(Debug)]
pub struct View {
    zones: Zones,
    hand: HandRecords,
    now: OffsetDateTime,
    pace: Pace,
}

/// Looks `name` up in the sandbox's DNS as it is at `now`.
pub fn resolve(store: &Store, now: OffsetDateTime, pace: Pace, name: &str, kind: &str) -> io::Result<Reply> {
    Ok(View::at(store, now, pace)?.resolve(name, kind))
}

impl View {
    /// DNS as public resolvers know it at `now`.
    pub fn at(store: &Store, now: OffsetDateTime, pace: Pace) -> io::Result<View> {
        View::of_server(store, now, pace, Ipv4Addr::LOCALHOST)
    }

    /// DNS as the server at one address knows it at `now`.
    pub fn of_server(store: &Store, now: OffsetDateTime, pace: Pace, server: Ipv4Addr) -> io::Result<View> {
        let mut hand: HandRecords = store.read()?;
        hand.records.retain(|record| record.only_at.is_none_or(|address| address == server));
        Ok(View { zones: store.read()?, hand, now, pace })
    }

    /// Looks `name` up, following CNAMEs.
    pub fn resolve(&self, name: &str, kind: &str) -> Reply {
        let mut name = names::canonical(name);
        let mut answers = Vec::new();
        for _ in 0..LONGEST_CHAIN {
            let node = self.node(&name, kind);
            if node.records.is_empty() {
                return Reply { answers, exists: node.exists, soa: Some(self.soa(&name)) };
            }
            let next = node.records.iter().find(|found| found.kind == "CNAME" && kind != "CNAME");
            let next = next.map(|found| names::canonical(&found.value));
            answers.extend(node.records);
            match next {
                Some(target) => name = target,
                None => return Reply { answers, exists: true, soa: None },
            }
        }
        Reply { answers, exists: true, soa: None }
    }

    /// The public zones of exactly this name that DNS has heard of, oldest first.
    pub(super) fn public_zones<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Zone> {
        let zones = self.zones.zones.iter();
        zones.filter(move |zone| {
            zone.name == name && !zone.is_private() && zone.published(self.now, self.pace).is_some()
        })
    }

    /// Records added by hand for exactly this name.
    pub(super) fn by_hand<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Found> + 'a {
        self.hand.records.iter().filter(move |record| record.name == name).map(|record| Found {
            name: record.name.clone(),
            kind: record.kind.clone(),
            ttl: 60,
            value: record.value.clone(),
            since: record.added,
        })
    }

    /// The records of one name and type in a zone.
    pub(super) fn in_zone(&self, zone: &Zone, name: &str, kind: &str) -> Vec<Found> {
        let records = zone.published(self.now, self.pace).unwrap_or_default();
        let matching = records.iter().filter(|record| record.name == name && record.kind == kind);
        matching.flat_map(|record| self.expanded(zone, record, name)).collect()
    }

    /// What there is for `kind` at `name`: its records, or the CNAME in their stead.
    fn node(&self, name: &str, kind: &str) -> Node {
        let mut node = match authority(self, name) {
            Authority::Zone(zone) => self.zone_node(zone, name, kind),
            Authority::Outside => outside(name, kind),
            Authority::Elsewhere { cut, servers } if cut == name && kind == "NS" => Node::of(servers),
            Authority::Elsewhere { cut, .. } => Node { records: Vec::new(), exists: cut == name },
        };
        // A zone's own NS records are its servers' answer; those added by hand are the registrar's side.
        let delegated = !node.records.is_empty() && kind == "NS";
        let of_kind = |found: &Found| (found.kind == kind && !delegated) || found.kind == "CNAME";
        node.records.extend(self.by_hand(name).filter(of_kind));
        node.exists |= self.hand.records.iter().any(|record| names::lies_within(&record.name, name));
        if node.records.is_empty() && is_distribution(name) {
            node = Node { records: own_addresses(name, kind), exists: true };
        }
        if node.records.is_empty() && self.is_name_server(name) {
            node = Node { records: own_addresses(name, kind), exists: true };
        }
        node
    }

    fn zone_node(&self, zone: &Zone, name: &str, kind: &str) -> Node {
        let records = zone.published(self.now, self.pace).unwrap_or_default();
        let exists = records.iter().any(|record| names::lies_within(&record.name, name));
        let owner = if exists { Some(name.to_owned()) } else { closest_wildcard(records, zone, name) };
        let Some(owner) = owner else {
            return Node::default();
        };
        let fits =
            |record: &&RecordSet| record.name == owner && (record.kind == kind || record.kind == "CNAME");
        let found = records.iter().filter(fits).flat_map(|record| self.expanded(zone, record, name));
        Node { records: found.collect(), exists: true }
    }

    /// A record set as single records under `name`; an alias becomes what it points at.
    fn expanded(&self, zone: &Zone, record: &RecordSet, name: &str) -> Vec<Found> {
        let since = record.submitted.max(zone.created) + self.pace.duration(Wait::DnsInSync);
        let found = |ttl: u32, value: &str| Found {
            name: name.to_owned(),
            kind: record.kind.clone(),
            ttl,
            value: value.to_owned(),
            since,
        };
        match &record.content {
            Content::Values { ttl, values } => values.iter().map(|value| found(*ttl, value)).collect(),
            Content::Alias { zone: target_zone, .. } if target_zone == CLOUDFRONT_ZONE => {
                edge_address(&record.kind).into_iter().map(|value| found(60, value)).collect()
            }
            Content::Alias { target, .. } if *target == record.name => Vec::new(),
            Content::Alias { target, .. } => {
                let targets = self.in_zone(zone, target, &record.kind);
                targets.into_iter().map(|target| found(target.ttl, &target.value)).collect()
            }
        }
    }

    /// Whether the name is of a server that this one plays.
    fn is_name_server(&self, name: &str) -> bool {
        let mut servers = self.zones.zones.iter().flat_map(|zone| &zone.name_servers);
        name == OUTSIDE_SERVER || servers.any(|server| names::canonical(server) == name)
    }

    /// The SOA of whoever says that there is nothing.
    fn soa(&self, name: &str) -> Found {
        let own = match authority(self, name) {
            Authority::Zone(zone) => self.in_zone(zone, &zone.name, "SOA").into_iter().next(),
            Authority::Outside | Authority::Elsewhere { .. } => None,
        };
        own.unwrap_or_else(|| Found {
            name: ".".to_owned(),
            kind: "SOA".to_owned(),
            ttl: 5,
            value: "a.root-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 5".to_owned(),
            since: OffsetDateTime::UNIX_EPOCH,
        })
    }
}

#[derive(Debug, Default)]
struct Node {
    records: Vec<Found>,
    exists: bool,
}

impl Node {
    fn of(records: Vec<Found>) -> Node {
        Node { records, exists: true }
    }
}

/// A domain that nobody here answers for is registered all the same, unless it ends in `.invalid`.
fn outside(name: &str, kind: &str) -> Node {
    let registered = name.matches('.').count() == 2 && !name.ends_with(".invalid.");
    if kind == "NS" && registered && name != OUTSIDE_SERVER {
        return Node::of(vec![own(name, kind, OUTSIDE_SERVER)]);
    }
    Node::default()
}

fn own_addresses(name: &str, kind: &str) -> Vec<Found> {
    edge_address(kind).into_iter().map(|value| own(name, kind, value)).collect()
}

/// A record that has always been there.
fn own(name: &str, kind: &str, value: &str) -> Found {
    Found {
        name: name.to_owned(),
        kind: kind.to_owned(),
        ttl: 60,
        value: value.to_owned(),
        since: OffsetDateTime::UNIX_EPOCH,
    }
}

/// The wildcard that covers a name which does not exist: that of the closest name above it which does.
fn closest_wildcard(records: &[RecordSet], zone: &Zone, name: &str) -> Option<String> {
    let mut rest = name;
    while let Some((_, above)) =
        rest.split_once('.').filter(|(_, above)| names::lies_within(above, &zone.name))
    {
        let wildcard = format!("\\052.{above}");
        if records.iter().any(|record| record.name == wildcard) {
            return Some(wildcard);
        }
        if records.iter().any(|record| names::lies_within(&record.name, above)) {
            return None;
        }
        rest = above;
    }
    None
}

fn is_distribution(name: &str) -> bool {
    names::lies_within(name, "cloudfront.net.") && name != "cloudfront.net."
}

fn edge_address(kind: &str) -> Option<&'static str> {
    match kind {
        "A" => Some("127.0.0.1"),
        "AAAA" => Some("::1"),
        _ => None,
    }
}
