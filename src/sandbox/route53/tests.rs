//! Calls as a client sends them, and what comes back.

use super::answer;
use crate::sandbox::call::{Answer, Request, World};
use crate::sandbox::pace::Pace;
use crate::sandbox::store::Store;
use time::macros::datetime;

const CLOUDFRONT_ALIAS: &str = "<AliasTarget><HostedZoneId>Z2FDTNDATAQYW2</HostedZoneId><DNSName>d1.cloudfront.net</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>";

struct Desk {
    world: World,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new(pace: Pace) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        Desk { world: World { store, now: datetime!(2026-11-01 0:00 UTC), pace }, _folder: folder }
    }

    fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let pair = |pair: &str| pair.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()));
        answer(
            &self.world,
            &Request {
                method: method.to_owned(),
                path: format!("/2013-04-01/{path}"),
                query: query.split('&').filter_map(pair).collect(),
                headers: Default::default(),
                body: body.to_owned().into(),
                service: "route53".to_owned(),
                region: "us-east-1".to_owned(),
            },
        )
    }

    fn zone(&self, name: &str) -> String {
        let body = format!(
            "<CreateHostedZoneRequest><Name>{name}</Name><CallerReference>{name}</CallerReference></CreateHostedZoneRequest>"
        );
        let answer = self.send("POST", "hostedzone", &body);
        assert_eq!(answer.status, 201, "{}", text(&answer));
        element(&text(&answer), "Id").trim_start_matches("/hostedzone/").to_owned()
    }

    /// Each change: action, name, type, TTL and values or an alias in XML.
    fn change(&self, zone: &str, changes: &[(&str, &str, &str, &str)]) -> Answer {
        let changes: String = changes
            .iter()
            .map(|(action, name, kind, content)| {
                let content = match content.starts_with('<') {
                    true => (*content).to_owned(),
                    false => values(content),
                };
                format!("<Change><Action>{action}</Action><ResourceRecordSet><Name>{name}</Name><Type>{kind}</Type>{content}</ResourceRecordSet></Change>")
            })
            .collect();
        let body = format!(
            "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes>{changes}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
        );
        self.send("POST", &format!("hostedzone/{zone}/rrset/"), &body)
    }
}

/// `300 one|two` as a TTL and two values.
fn values(content: &str) -> String {
    let (ttl, values) = content.split_once(' ').unwrap();
    let values: String = values
        .split('|')
        .map(|value| format!("<ResourceRecord><Value>{value}</Value></ResourceRecord>"))
        .collect();
    format!("<TTL>{ttl}</TTL><ResourceRecords>{values}</ResourceRecords>")
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {xml}"));
    rest.split_once(&format!("</{name}>")).unwrap().0.to_owned()
}

#[test]
fn a_zone_is_made_with_its_name_servers_and_first_records() {
    let desk = Desk::new(Pace::Instant);
    let zone = desk.zone("Example.com");
    let got = text(&desk.send("GET", &format!("hostedzone/{zone}"), ""));
    assert_eq!(element(&got, "Name"), "example.com.");
    assert_eq!(got.matches("<NameServer>").count(), 4);
    let records = text(&desk.send("GET", &format!("hostedzone/{zone}/rrset"), ""));
    assert_eq!(records.matches("<ResourceRecordSet>").count(), 2);
    assert!(records.contains("<Type>SOA</Type>") && records.contains("<Type>NS</Type>"));
}

#[test]
fn every_bad_change_is_refused_in_aws_words() {
    let desk = Desk::new(Pace::Instant);
    let zone = desk.zone("example.com");
    let made = desk.change(&zone, &[("CREATE", "www.example.com", "A", "300 192.0.2.1")]);
    assert_eq!(made.status, 200, "{}", text(&made));
    let health = CLOUDFRONT_ALIAS.replace("false", "true");
    let foreign = CLOUDFRONT_ALIAS.replace("Z2FDTNDATAQYW2", "Z000");
    let inner =
        CLOUDFRONT_ALIAS.replace("Z2FDTNDATAQYW2", &zone).replace("d1.cloudfront.net", "absent.example.com");
    let long = format!("300 \"{}\"", "x".repeat(256));
    for (change, expected) in [
        (
            ("CREATE", "www.example.com", "A", "300 192.0.2.1"),
            "[Tried to create resource record set [name='www.example.com.', type='A'] but it already exists]",
        ),
        (("DELETE", "no.example.com", "A", "300 192.0.2.1"), "but it was not found]"),
        (
            ("DELETE", "www.example.com", "A", "60 192.0.2.1"),
            "but the values provided do not match the current values]",
        ),
        (
            ("DELETE", "www.example.com", "A", "300 192.0.2.2"),
            "but the values provided do not match the current values]",
        ),
        (
            ("UPSERT", "www.example.com", "CNAME", "300 a.example.org"),
            "[RRSet of type CNAME with DNS name www.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com.]",
        ),
        (
            ("CREATE", "example.com", "CNAME", "300 a.example.org"),
            "is not permitted at apex in zone example.com.]",
        ),
        (
            ("CREATE", "www.example.org", "A", "300 192.0.2.1"),
            "[RRSet with DNS name www.example.org. is not permitted in zone example.com.]",
        ),
        (("CREATE", "a.example.com", "A", "300 192.0.2"), "ARRDATAIllegalIPv4Address"),
        (("CREATE", "a.example.com", "AAAA", "300 192.0.2.1"), "AAAARRDATAIllegalIPv6Address"),
        (("CREATE", "a.example.com", "TXT", "300 bare"), "enclosed in quotation marks"),
        (("CREATE", "a.example.com", "TXT", long.as_str()), "CharacterStringTooLong"),
        (("CREATE", "a.example.com", "A", "300 192.0.2.1|192.0.2.1"), "Duplicate Resource Record"),
        (("CREATE", "c.example.com", "CNAME", "300 a.org|b.org"), "more than one resource record"),
        (("CREATE", "a..example.com", "A", "300 192.0.2.1"), "DomainLabelEmpty"),
        (("CREATE", "a.example.com", "A", health.as_str()), "EvaluateTargetHealth must be false"),
        (
            ("CREATE", "a.example.com", "A", foreign.as_str()),
            "but the alias target name does not lie within the target zone",
        ),
        (("CREATE", "a.example.com", "A", inner.as_str()), "but that target was not found"),
        (("CREATE", "a.example.com", "TXT", CLOUDFRONT_ALIAS), "but that target was not found"),
    ] {
        let refused = desk.change(&zone, &[change]);
        let body = text(&refused).replace("&apos;", "'");
        assert_eq!(
            (refused.status, element(&body, "Code").as_str()),
            (400, "InvalidChangeBatch"),
            "{change:?}"
        );
        assert!(element(&body, "Message").contains(expected), "{body}");
    }
    let records = text(&desk.send("GET", &format!("hostedzone/{zone}/rrset"), ""));
    assert_eq!(records.matches("<ResourceRecordSet>").count(), 3, "a refused batch changes nothing");
}

#[test]
fn ill_formed_records_are_invalid_input() {
    let desk = Desk::new(Pace::Instant);
    let zone = desk.zone("example.com");
    let both = format!("<TTL>300</TTL>{CLOUDFRONT_ALIAS}");
    for change in [
        ("CREATE", "a.example.com", "A", "<TTL>300</TTL>"),
        ("CREATE", "a.example.com", "A", both.as_str()),
        ("REPLACE", "a.example.com", "A", "300 192.0.2.1"),
        ("CREATE", "a.example.com", "BOGUS", "300 192.0.2.1"),
        ("CREATE", "a.example.com", "A", "-1 192.0.2.1"),
    ] {
        let refused = desk.change(&zone, &[change]);
        assert_eq!(element(&text(&refused), "Code"), "InvalidInput", "{change:?}");
    }
}

#[test]
fn a_batch_is_all_or_nothing_and_may_swap_types() {
    let desk = Desk::new(Pace::Instant);
    let zone = desk.zone("example.com");
    let create = ("CREATE", "www.example.com", "A", "300 192.0.2.1");
    assert_eq!(desk.change(&zone, &[create]).status, 200);
    let half = desk.change(&zone, &[("CREATE", "a.example.com", "A", "300 192.0.2.1"), create]);
    assert_eq!(half.status, 400);
    let swap = [
        ("DELETE", "www.example.com", "A", "300 192.0.2.1"),
        ("CREATE", "www.example.com", "CNAME", "300 d1.cloudfront.net"),
    ];
    assert_eq!(desk.change(&zone, &swap).status, 200);
    let twice = [create, ("UPSERT", "www.example.com", "A", "300 192.0.2.2")];
    assert!(text(&desk.change(&zone, &twice)).contains("invalid set of changes"));
    let listed =
        text(&desk.send("GET", &format!("hostedzone/{zone}/rrset?name=www.example.com&type=CNAME"), ""));
    assert!(listed.contains("d1.cloudfront.net") && !listed.contains("a.example.com."));
}

#[test]
fn batch_limits_count_upserts_twice() {
    let desk = Desk::new(Pace::Instant);
    let zone = desk.zone("example.com");
    let addresses: Vec<String> = (0..501).map(|n| format!("10.0.{}.{}", n / 250, n % 250)).collect();
    let content = format!("300 {}", addresses.join("|"));
    let upsert = desk.change(&zone, &[("UPSERT", "a.example.com", "A", &content)]);
    assert!(text(&upsert).contains("Number of records limit of 1000 exceeded."));
    assert_eq!(desk.change(&zone, &[("CREATE", "a.example.com", "A", &content)]).status, 200);
}

#[test]
fn the_apex_keeps_its_own_records_and_a_filled_zone_stays() {
    let desk = Desk::new(Pace::Instant);
    let zone = desk.zone("example.com");
    let got = text(&desk.send("GET", &format!("hostedzone/{zone}/rrset"), ""));
    let soa = got.split("<Value>").find(|part| part.contains("hostmaster")).unwrap();
    let soa = format!("900 {}", soa.split("</Value>").next().unwrap());
    assert!(text(&desk.change(&zone, &[("DELETE", "example.com", "SOA", &soa)])).contains("exactly one SOA"));
    assert_eq!(desk.change(&zone, &[("CREATE", "*.example.com", "A", "300 192.0.2.1")]).status, 200);
    let refused = text(&desk.send("DELETE", &format!("hostedzone/{zone}"), ""));
    assert_eq!(element(&refused, "Code"), "HostedZoneNotEmpty");
    assert_eq!(desk.change(&zone, &[("DELETE", "\\052.example.com", "A", "300 192.0.2.1")]).status, 200);
    assert_eq!(desk.send("DELETE", &format!("hostedzone/{zone}"), "").status, 200);
    assert_eq!(
        element(&text(&desk.send("GET", &format!("hostedzone/{zone}"), "")), "Code"),
        "NoSuchHostedZone"
    );
}

#[test]
fn zones_are_listed_by_name_from_the_asked_one_on() {
    let desk = Desk::new(Pace::Instant);
    for name in ["example.org", "example.com", "a.example.com"] {
        desk.zone(name);
    }
    let listed = text(&desk.send("GET", "hostedzonesbyname?dnsname=a.example.com&maxitems=1", ""));
    assert_eq!(element(&listed, "Name"), "a.example.com.");
    assert_eq!(element(&listed, "NextDNSName"), "example.org.");
    let after = text(&desk.send("GET", "hostedzonesbyname?dnsname=m.example.com", ""));
    assert_eq!(element(&after, "Name"), "example.org.", "starts at or after, so another zone may come first");
}

#[test]
fn zone_creation_is_refused_in_aws_words() {
    let desk = Desk::new(Pace::Instant);
    desk.zone("example.com");
    for (name, reference, code) in [
        ("example.com", "example.com", "HostedZoneAlreadyExists"),
        ("a..b", "1", "InvalidDomainName"),
        ("x.cloudfront.net", "2", "InvalidDomainName"),
        ("example.net", "", "InvalidInput"),
    ] {
        let body = format!(
            "<CreateHostedZoneRequest><Name>{name}</Name><CallerReference>{reference}</CallerReference></CreateHostedZoneRequest>"
        );
        assert_eq!(element(&text(&desk.send("POST", "hostedzone", &body)), "Code"), code, "{name}");
    }
}

#[test]
fn a_change_is_pending_until_the_servers_have_it() {
    let mut desk = Desk::new(Pace::Real);
    let zone = desk.zone("example.com");
    let changed = text(&desk.change(&zone, &[("CREATE", "a.example.com", "A", "300 192.0.2.1")]));
    assert_eq!(element(&changed, "Status"), "PENDING");
    let id = element(&changed, "Id");
    desk.world.now += time::Duration::minutes(1);
    let got = text(&desk.send("GET", id.trim_start_matches('/'), ""));
    assert_eq!(element(&got, "Status"), "INSYNC");
    assert_eq!(element(&text(&desk.send("GET", "change/CNONE", "")), "Code"), "NoSuchChange");
}

#[test]
fn tags_are_set_listed_and_removed() {
    let desk = Desk::new(Pace::Instant);
    let zone = desk.zone("example.com");
    let path = format!("tags/hostedzone/{zone}");
    let add = "<ChangeTagsForResourceRequest><AddTags><Tag><Key>a</Key><Value>1</Value></Tag></AddTags></ChangeTagsForResourceRequest>";
    assert_eq!(desk.send("POST", &path, add).status, 200);
    assert!(text(&desk.send("GET", &path, "")).contains("<Key>a</Key><Value>1</Value>"));
    let remove = "<ChangeTagsForResourceRequest><RemoveTagKeys><Key>a</Key></RemoveTagKeys></ChangeTagsForResourceRequest>";
    desk.send("POST", &path, remove);
    assert!(!text(&desk.send("GET", &path, "")).contains("<Key>"));
}
