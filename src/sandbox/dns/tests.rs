//! Lookups against zones and records added by hand.

use super::*;
use crate::sandbox::pace::Pace;
use crate::sandbox::route53::names;
use crate::sandbox::route53::state::{Content, RecordSet, Zone, Zones};
use crate::sandbox::store::Store;
use hickory_server::proto::op::{Message, Query, ResponseCode};
use hickory_server::proto::rr::{Name, RecordType};
use std::net::SocketAddr;
use time::{OffsetDateTime, macros::datetime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const NOW: OffsetDateTime = datetime!(2026-11-01 0:00 UTC);

struct Net {
    store: Store,
    _folder: tempfile::TempDir,
}

impl Net {
    fn new() -> Net {
        let folder = tempfile::tempdir().unwrap();
        Net { store: Store::open(folder.path()).unwrap(), _folder: folder }
    }

    /// A zone with one name server of its own and the given records.
    fn zone(&self, name: &str, server: &str, records: &[(&str, &str, &str)]) {
        let record = |(name, kind, value): &(&str, &str, &str)| RecordSet {
            name: names::canonical(name),
            kind: (*kind).to_owned(),
            content: content(kind, value),
            submitted: NOW,
        };
        let soa = "ns.test. host.test. 1 7200 900 1209600 86400";
        let own = [(name, "NS", server), (name, "SOA", soa)];
        let zone = Zone {
            id: format!("Z{}", name.len()),
            name: names::canonical(name),
            caller_reference: server.to_owned(),
            comment: None,
            vpc: None,
            name_servers: vec![server.to_owned()],
            created: NOW,
            records: own.iter().chain(records).map(record).collect(),
            earlier: Vec::new(),
            tags: Default::default(),
        };
        let guard = self.store.lock().unwrap();
        let mut zones: Zones = guard.read().unwrap();
        zones.zones.push(zone);
        guard.write(&zones).unwrap();
    }

    fn add(&self, name: &str, kind: &str, value: &str) {
        add(&self.store, NOW, name, kind, value).unwrap();
    }

    fn values(&self, name: &str, kind: &str) -> Vec<String> {
        let reply = resolve(&self.store, NOW, Pace::Instant, name, kind).unwrap();
        reply.of_kind(kind).iter().map(|found| found.value.clone()).collect()
    }

    fn exists(&self, name: &str) -> bool {
        resolve(&self.store, NOW, Pace::Instant, name, "A").unwrap().exists
    }
}

fn content(kind: &str, value: &str) -> Content {
    match value.strip_prefix("alias ") {
        Some(target) if target.ends_with("cloudfront.net") => Content::Alias {
            zone: "Z2FDTNDATAQYW2".to_owned(),
            target: names::canonical(target),
            evaluate_health: false,
        },
        Some(target) => Content::Alias {
            zone: "own".to_owned(),
            target: names::canonical(target),
            evaluate_health: false,
        },
        None => {
            Content::Values { ttl: if kind == "SOA" { 900 } else { 300 }, values: vec![value.to_owned()] }
        }
    }
}

#[test]
fn a_delegated_zone_answers_with_chains_wildcards_and_aliases() {
    let net = Net::new();
    net.zone(
        "example.com",
        "ns-1.test",
        &[
            ("a.example.com", "A", "192.0.2.1"),
            ("www.example.com", "CNAME", "d1.cloudfront.net"),
            ("chain.example.com", "CNAME", "a.example.com."),
            ("*.wild.example.com", "A", "192.0.2.9"),
            ("example.com", "A", "alias d1.cloudfront.net"),
            ("example.com", "AAAA", "alias d1.cloudfront.net"),
            ("inner.example.com", "A", "alias a.example.com"),
        ],
    );
    for (name, kind, expected) in [
        ("a.example.com", "A", "192.0.2.1"),
        ("A.Example.COM.", "A", "192.0.2.1"),
        ("www.example.com", "A", "127.0.0.1"),
        ("chain.example.com", "A", "192.0.2.1"),
        ("x.y.wild.example.com", "A", "192.0.2.9"),
        ("example.com", "A", "127.0.0.1"),
        ("example.com", "AAAA", "::1"),
        ("inner.example.com", "A", "192.0.2.1"),
        ("example.com", "NS", "ns-1.test"),
    ] {
        assert_eq!(net.values(name, kind), [expected], "{name} {kind}");
    }
    assert!(net.exists("wild.example.com"), "an empty name above others exists");
    assert!(!net.exists("absent.example.com"));
}

#[test]
fn nothing_is_said_with_the_zone_s_own_soa() {
    let net = Net::new();
    net.zone("example.com", "ns-1.test", &[("a.example.com", "A", "192.0.2.1")]);
    let no_data = resolve(&net.store, NOW, Pace::Instant, "a.example.com", "TXT").unwrap();
    assert!(no_data.exists && no_data.answers.is_empty());
    assert_eq!(no_data.soa.unwrap().name, "example.com.");
    let outside = resolve(&net.store, NOW, Pace::Instant, "example.org", "A").unwrap();
    assert_eq!((outside.exists, outside.soa.unwrap().name.as_str()), (false, "."));
}

#[test]
fn a_registrar_that_points_elsewhere_hides_the_zone() {
    let net = Net::new();
    net.zone("example.com", "ns-1.test", &[("a.example.com", "A", "192.0.2.1")]);
    net.add("example.com", "NS", "ns1.other.");
    assert_eq!(net.values("a.example.com", "A"), [""; 0]);
    assert_eq!(net.values("example.com", "NS"), ["ns1.other."]);
    net.add("a.example.com", "A", "192.0.2.7");
    assert_eq!(net.values("a.example.com", "A"), ["192.0.2.7"]);
}

#[test]
fn the_registrar_decides_between_zones_of_one_name() {
    let net = Net::new();
    net.zone("example.com", "ns-1.test", &[("a.example.com", "A", "192.0.2.1")]);
    net.zone("example.com", "ns-2.test", &[("a.example.com", "A", "192.0.2.2")]);
    assert_eq!(net.values("a.example.com", "A"), ["192.0.2.1"], "the oldest by default");
    net.add("example.com", "NS", "ns-2.test.");
    assert_eq!(net.values("a.example.com", "A"), ["192.0.2.2"]);
}

#[test]
fn a_sub_zone_is_seen_only_once_its_parent_delegates() {
    let net = Net::new();
    net.zone("sub.example.com", "ns-2.test", &[("a.sub.example.com", "A", "192.0.2.2")]);
    assert_eq!(net.values("a.sub.example.com", "A"), ["192.0.2.2"], "the registry delegates by default");
    net.zone("example.com", "ns-1.test", &[]);
    assert_eq!(net.values("a.sub.example.com", "A"), [""; 0], "now its parent has to");
    net.zone("example.net", "ns-1.test", &[("sub.example.net", "NS", "ns-3.test")]);
    net.zone("sub.example.net", "ns-3.test", &[("a.sub.example.net", "A", "192.0.2.3")]);
    assert_eq!(net.values("a.sub.example.net", "A"), ["192.0.2.3"]);
}

#[test]
fn a_change_is_seen_only_once_it_is_in_sync() {
    let net = Net::new();
    net.zone("example.com", "ns-1.test", &[("a.example.com", "A", "192.0.2.1")]);
    let asked = |seconds| {
        let at = NOW + time::Duration::seconds(seconds);
        resolve(&net.store, at, Pace::Real, "a.example.com", "A").unwrap().answers
    };
    assert!(asked(29).is_empty());
    assert_eq!(asked(30)[0].since, NOW + time::Duration::seconds(30));
    let guard = net.store.lock().unwrap();
    let mut zones: Zones = guard.read().unwrap();
    zones.zones[0].replace_records(Vec::new(), NOW + time::Duration::seconds(60), Pace::Real);
    guard.write(&zones).unwrap();
    assert_eq!(asked(89).len(), 1, "the old answer stays until the change is in sync");
    assert!(asked(90).is_empty());
}

#[test]
fn a_wrong_record_is_not_added() {
    let net = Net::new();
    for (name, kind, value) in
        [("a.org", "A", "nonsense"), ("a..org", "A", "192.0.2.1"), ("a.org", "TXT", "bare")]
    {
        assert!(add(&net.store, NOW, name, kind, value).is_err(), "{name} {kind} {value}");
    }
}

fn question(name: &str, kind: RecordType) -> Vec<u8> {
    let mut message = Message::query();
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    message.to_vec().unwrap()
}

async fn over_udp(addr: SocketAddr, name: &str, kind: RecordType) -> Message {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(&question(name, kind), addr).await.unwrap();
    let mut buffer = [0; 1232];
    let length = socket.recv(&mut buffer).await.unwrap();
    Message::from_vec(&buffer[..length]).unwrap()
}

async fn over_tcp(addr: SocketAddr, name: &str, kind: RecordType) -> Message {
    let mut stream = tokio::net::TcpStream::connect(addr).await.unwrap();
    let question = question(name, kind);
    stream.write_u16(question.len().try_into().unwrap()).await.unwrap();
    stream.write_all(&question).await.unwrap();
    let length = stream.read_u16().await.unwrap();
    let mut buffer = vec![0; length.into()];
    stream.read_exact(&mut buffer).await.unwrap();
    Message::from_vec(&buffer).unwrap()
}

#[tokio::test]
async fn the_server_answers_over_udp_and_tcp() {
    let net = Net::new();
    net.zone("example.com", "ns-1.test", &[("www.example.com", "CNAME", "d1.cloudfront.net")]);
    net.add("example.com", "CAA", "0 issue \"amazon.com\"");
    let running = serve(net.store.clone(), Pace::Instant, 0).await.unwrap();
    let shown = |message: &Message| message.answers.iter().map(ToString::to_string).collect::<Vec<_>>();
    let found = over_udp(running.addr, "www.example.com.", RecordType::A).await;
    assert_eq!(
        shown(&found),
        ["www.example.com. 300 IN CNAME d1.cloudfront.net.", "d1.cloudfront.net. 60 IN A 127.0.0.1"]
    );
    let caa = over_tcp(running.addr, "example.com.", RecordType::CAA).await;
    assert!(shown(&caa)[0].contains("amazon.com"), "{caa:?}");
    let missing = over_tcp(running.addr, "absent.example.com.", RecordType::A).await;
    assert_eq!(missing.metadata.response_code, ResponseCode::NXDomain);
    assert_eq!(missing.authorities.len(), 1, "the SOA says how long");
}
