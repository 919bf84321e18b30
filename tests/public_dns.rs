//! Every way in which DNS can be wrong, brought about in the sandbox's DNS and named by the verdict on it.

#![expect(clippy::unwrap_used, reason = "a test that can't prepare its DNS has failed")]

use sitecast::blueprint::dns::{Expected, Finding, HostedZone, Verdict, ZoneFacts};
use sitecast::dns::Resolver;
use sitecast::sandbox::dns::{self, HandRecord};
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::{self, Options, Running};
use std::net::Ipv4Addr;
use time::OffsetDateTime;

const NAME: &str = "_x1.www.example.com";
const VALUE: &str = "_y2.acm-validations.aws";
const DISTRIBUTION: &str = "d111111abcdef8.cloudfront.net";

struct Net {
    running: Running,
    _folder: tempfile::TempDir,
}

impl Net {
    async fn new() -> Net {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            folder: folder.path().to_path_buf(),
            pace: Pace::Instant,
            port: 0,
            faults: Vec::new(),
            dns_port: Some(0),
        };
        Net { running: server::start(options).await.unwrap(), _folder: folder }
    }

    /// One record a line: name, type, value.
    async fn with(records: &[(&str, &str, &str)]) -> Net {
        let net = Net::new().await;
        for (name, kind, value) in records {
            dns::add(net.running.store(), OffsetDateTime::now_utc(), name, kind, value).unwrap();
        }
        net
    }

    fn only_at(&self, address: Ipv4Addr, name: &str, kind: &str, value: &str) {
        let record = HandRecord {
            name: format!("{name}."),
            kind: kind.to_owned(),
            value: value.to_owned(),
            added: OffsetDateTime::now_utc(),
            only_at: Some(address),
        };
        dns::insert(self.running.store(), record).unwrap();
    }

    fn resolver(&self) -> Resolver {
        Resolver::at(self.running.dns_address().unwrap())
    }

    async fn look(&self, expected: Expected, zones: &ZoneFacts) -> Finding {
        self.resolver().look(&[expected], zones).await.remove(0)
    }

    async fn validation(&self) -> Finding {
        let expected = Expected::validation("www.example.com", NAME, VALUE);
        self.look(expected, &ZoneFacts::default()).await
    }
}

/// Asserts what the finding says: its sentence, and what to do.
fn assert_says(finding: &Finding, sentence: &str, fix: &str) {
    assert!(finding.sentence.contains(sentence), "{finding:#?}");
    assert!(finding.fix.as_deref().unwrap_or_default().contains(fix), "{finding:#?}");
}

#[tokio::test]
async fn a_right_record_is_right() {
    let net = Net::with(&[(NAME, "CNAME", VALUE)]).await;
    let finding = net.validation().await;
    assert_eq!((&finding.verdict, &finding.fix), (&Verdict::Right, &None));
}

#[tokio::test]
async fn nothing_there_says_what_to_add_and_how_the_provider_wants_it() {
    let net = Net::with(&[
        ("example.com", "NS", "ns01.domaincontrol.com"),
        ("ns01.domaincontrol.com", "A", "127.0.0.1"),
    ])
    .await;
    let finding = net.validation().await;
    assert_eq!((&finding.verdict, finding.provider), (&Verdict::NoSuchName, Some("GoDaddy")));
    assert_says(
        &finding,
        "there is no name",
        "at GoDaddy, add a CNAME record with the name _x1.www (example.com",
    );
}

#[tokio::test]
async fn a_name_without_the_record_is_told_from_no_name() {
    let net = Net::with(&[(&format!("below.{NAME}"), "A", "192.0.2.1")]).await;
    assert_eq!(net.validation().await.verdict, Verdict::NoRecord);
}

#[tokio::test]
async fn a_wrong_value_is_shown() {
    let net = Net::with(&[(NAME, "CNAME", "_old.acm-validations.aws")]).await;
    assert_says(&net.validation().await, "has CNAME _old.acm-validations.aws", &format!("value {VALUE}"));
}

#[tokio::test]
async fn a_record_behind_cloudflare_s_proxy_is_to_be_dns_only() {
    let net = Net::with(&[
        ("example.com", "NS", "ada.ns.cloudflare.com"),
        ("ada.ns.cloudflare.com", "A", "127.0.0.1"),
        (NAME, "A", "104.16.0.1"),
    ])
    .await;
    assert_says(&net.validation().await, "has A 104.16.0.1", "DNS only");
}

#[tokio::test]
async fn a_doubled_zone_is_found_where_it_is() {
    let net = Net::with(&[(&format!("{NAME}.example.com"), "CNAME", VALUE)]).await;
    let finding = net.validation().await;
    assert_eq!(finding.verdict, Verdict::Doubled { name: format!("{NAME}.example.com") });
    assert_says(&finding, "named twice", "shorten the record's name to _x1.www");
}

#[tokio::test]
async fn a_doubled_zone_is_found_with_the_value_doubled_too() {
    let doubled = (format!("{NAME}.example.com"), format!("{VALUE}.example.com"));
    let net = Net::with(&[(&doubled.0, "CNAME", &doubled.1)]).await;
    assert_eq!(net.validation().await.verdict, Verdict::Doubled { name: doubled.0 });
}

/// Two servers that need not agree, at addresses that only some systems have.
#[cfg(target_os = "linux")]
const TWO_SERVERS: [(&str, &str, &str); 4] = [
    ("example.com", "NS", "ns1.other.net"),
    ("example.com", "NS", "ns2.other.net"),
    ("ns1.other.net", "A", "127.0.0.2"),
    ("ns2.other.net", "A", "127.0.0.3"),
];

#[cfg(target_os = "linux")]
#[tokio::test]
async fn one_server_only_is_waited_for() {
    let net = Net::with(&TWO_SERVERS).await;
    net.only_at(Ipv4Addr::new(127, 0, 0, 3), NAME, "CNAME", VALUE);
    let finding = net.validation().await;
    let (have, lack) = (vec!["ns2.other.net".to_owned()], vec!["ns1.other.net".to_owned()]);
    assert_eq!(finding.verdict, Verdict::SomeServersOnly { have, lack });
    assert_says(&finding, "not yet at ns1.other.net", "wait for the servers to agree");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_resolver_that_remembers_the_old_answer_is_waited_for() {
    let net = Net::with(&TWO_SERVERS).await;
    for last in [2, 3] {
        net.only_at(Ipv4Addr::new(127, 0, 0, last), NAME, "CNAME", VALUE);
    }
    let finding = net.validation().await;
    let Verdict::Spreading { lack, seconds } = &finding.verdict else { panic!("{finding:#?}") };
    assert_eq!((lack.as_slice(), *seconds), (["127.0.0.1".to_owned()].as_slice(), 5));
    assert_says(&finding, "still has the old answer", "wait: it is forgotten in about 5 s");
}

#[tokio::test]
async fn a_domain_that_nobody_registered_is_named() {
    let net = Net::new().await;
    let finding = net.look(Expected::certifiable("www.shop.invalid"), &ZoneFacts::default()).await;
    assert_eq!(finding.verdict, Verdict::NotRegistered { domain: "shop.invalid".to_owned() });
}

#[tokio::test]
async fn a_resolver_that_is_silent_says_nothing_about_the_record() {
    let silent = Resolver::at("127.0.0.1:9".parse().unwrap());
    let expected = [Expected::validation("www.example.com", NAME, VALUE)];
    let unheard = silent.look(&expected, &ZoneFacts::default()).await.remove(0);
    assert_eq!(unheard.verdict, Verdict::Unheard);
}

fn zone(id: &str, servers: &[&str], private: bool) -> HostedZone {
    let name_servers = servers.iter().map(|server| (*server).to_owned()).collect();
    HostedZone { id: id.to_owned(), name: "example.com".to_owned(), private, name_servers }
}

fn used(zones: &[HostedZone]) -> ZoneFacts {
    ZoneFacts { zones: zones.to_vec(), used: vec![zones[0].id.clone()] }
}

const LEADS_TO_TWO: [(&str, &str, &str); 2] =
    [("example.com", "NS", "ns-2.awsdns-02.net"), ("ns-2.awsdns-02.net", "A", "127.0.0.1")];

#[tokio::test]
async fn a_registrar_that_points_elsewhere_is_told_the_right_servers() {
    let net = Net::with(&LEADS_TO_TWO).await;
    let zones = used(&[zone("Z1", &["ns-1.awsdns-01.com"], false)]);
    let finding = net.look(Expected::validation("www.example.com", NAME, VALUE), &zones).await;
    assert_says(&finding, "example.com leads to ns-2.awsdns-02.net", "to ns-1.awsdns-01.com");
}

#[tokio::test]
async fn of_two_zones_the_one_that_the_world_sees_is_named() {
    let net = Net::with(&LEADS_TO_TWO).await;
    let both = [zone("Z1", &["ns-1.awsdns-01.com"], false), zone("Z2", &["ns-2.awsdns-02.net"], false)];
    let finding = net.look(Expected::certifiable("www.example.com"), &used(&both)).await;
    assert_eq!(finding.verdict, Verdict::DuplicateZone { used: "Z1".to_owned(), seen: "Z2".to_owned() });
    let right = used(&[both[1].clone(), both[0].clone()]);
    assert_eq!(net.look(Expected::certifiable("www.example.com"), &right).await.verdict, Verdict::Right);
}

#[tokio::test]
async fn a_private_zone_is_seen_by_nobody() {
    let net = Net::with(&LEADS_TO_TWO).await;
    let zones = used(&[zone("Z9", &[], true)]);
    let finding = net.look(Expected::certifiable("www.example.com"), &zones).await;
    assert_eq!(finding.verdict, Verdict::PrivateZone { zone: "Z9".to_owned() });
}

#[tokio::test]
async fn a_sub_domain_that_is_delegated_away_is_not_our_zone_s() {
    let net =
        Net::with(&[LEADS_TO_TWO[0], LEADS_TO_TWO[1], ("www.example.com", "NS", "ns1.other.net")]).await;
    let zones = used(&[zone("Z2", &["ns-2.awsdns-02.net"], false)]);
    let finding = net.look(Expected::certifiable("www.example.com"), &zones).await;
    assert_says(&finding, "www.example.com leads to ns1.other.net", "ns-2.awsdns-02.net");
}

#[tokio::test]
async fn caa_is_walked_upward_and_kept_to() {
    let net = Net::with(&[
        ("example.com", "CAA", "0 issue \"letsencrypt.org\""),
        ("free.example.com", "CAA", "0 issue \"amazon.com\""),
        ("free.example.com", "CAA", "0 issuewild \"digicert.com\""),
        (NAME, "CNAME", VALUE),
    ])
    .await;
    let none = ZoneFacts::default();
    let look = |expected| net.look(expected, &none);
    assert_says(&net.validation().await, "at example.com let only letsencrypt.org", "0 issue \"amazon.com\"");
    assert_eq!(look(Expected::certifiable("www.free.example.com")).await.verdict, Verdict::Right);
    let wildcard = look(Expected::certifiable("*.free.example.com")).await;
    assert_says(&wildcard, "at free.example.com let only digicert.com", "0 issuewild \"amazon.com\"");
}

#[tokio::test]
async fn a_site_leads_to_its_distribution_by_cname_or_by_addresses() {
    let net = Net::with(&[
        ("www.example.com", "CNAME", DISTRIBUTION),
        ("example.com", "A", "127.0.0.1"),
        ("old.example.com", "A", "192.0.2.1"),
        ("half.example.com", "A", "127.0.0.1"),
        ("half.example.com", "AAAA", "2001:db8::1"),
    ])
    .await;
    for (name, right) in [("www", true), ("", true), ("old", false), ("half", false), ("absent", false)] {
        let domain = format!("{name}.example.com");
        let domain = domain.trim_start_matches('.');
        let finding = net.look(Expected::site(domain, DISTRIBUTION), &ZoneFacts::default()).await;
        assert_eq!(finding.verdict == Verdict::Right, right, "{finding:#?}");
        assert_eq!(net.resolver().points_at(domain, DISTRIBUTION).await, right, "{domain}");
    }
}

#[tokio::test]
async fn the_apex_of_a_provider_without_aliases_can_t_lead_anywhere() {
    let net = Net::with(&[
        ("example.com", "NS", "ns01.domaincontrol.com"),
        ("ns01.domaincontrol.com", "A", "127.0.0.1"),
        ("example.com", "A", "192.0.2.1"),
    ])
    .await;
    let finding = net.look(Expected::site("example.com", DISTRIBUTION), &ZoneFacts::default()).await;
    assert_says(&finding, "has A 192.0.2.1", "move its DNS to Route 53");
}
