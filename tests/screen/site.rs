//! A live site in each of the states that a dashboard has to show.

use sitecast::blueprint::answers::{HttpVersion, Region};
use sitecast::blueprint::diff::Change;
use sitecast::blueprint::inventory::CertificateState;
use sitecast::blueprint::plan::Action;
use sitecast::status::panels::*;
use sitecast::status::{Failed, Measured, Moment, Panel, Reading, Series, Trouble, Update};
use std::time::{Duration, SystemTime};

/// The states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SiteState {
    #[default]
    Healthy,
    Deploying,
    Expiring,
    DnsWrong,
    PrimaryOut,
    Drifted,
    NoMetrics,
    NoCredentials,
    Throttled,
    NothingYet,
}

/// Each state by name.
pub const STATES: [(&str, SiteState); 10] = [
    ("healthy", SiteState::Healthy),
    ("deploying", SiteState::Deploying),
    ("certificate_expiring", SiteState::Expiring),
    ("dns_wrong", SiteState::DnsWrong),
    ("primary_out", SiteState::PrimaryOut),
    ("drifted", SiteState::Drifted),
    ("no_metrics", SiteState::NoMetrics),
    ("no_credentials", SiteState::NoCredentials),
    ("throttled", SiteState::Throttled),
    ("nothing_yet", SiteState::NothingYet),
];

/// What the clock on the wall says.
pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000)
}

fn moment(seconds_ago: u64) -> Moment {
    Moment(now() - Duration::from_secs(seconds_ago))
}

/// Every reading of a site in this state.
pub fn updates(state: SiteState) -> Vec<Update> {
    match state {
        SiteState::NothingYet => Vec::new(),
        SiteState::NoCredentials => Panel::ALL.iter().map(|panel| signed_out(*panel)).collect(),
        SiteState::Throttled => all(state).into_iter().chain([throttled()]).collect(),
        SiteState::Healthy
        | SiteState::Deploying
        | SiteState::Expiring
        | SiteState::DnsWrong
        | SiteState::PrimaryOut
        | SiteState::Drifted
        | SiteState::NoMetrics => all(state),
    }
}

fn all(state: SiteState) -> Vec<Update> {
    vec![
        Update::Distribution(seen(4, Some(distribution(state)))),
        Update::Certificate(seen(200, CertificateView::Own(certificate(state)))),
        Update::Dns(seen(31, dns(state))),
        Update::Origins(seen(12, origins(state))),
        Update::Failover(seen(12, failover())),
        Update::EdgeFunctions(seen(70, edge_functions(state))),
        Update::Caching(seen(44, caching(state))),
        Update::Invalidations(seen(44, invalidations(state))),
        Update::Releases(seen(44, releases())),
        Update::Drift(seen(290, drift(state))),
        Update::Probes(seen(9, probes(state))),
    ]
}

fn seen<T>(seconds_ago: u64, answer: T) -> Reading<T> {
    Reading::new(moment(seconds_ago).0, Ok(answer))
}

fn failed<T>(seconds_ago: u64, failed: Failed) -> Reading<T> {
    Reading::new(moment(seconds_ago).0, Err(failed))
}

fn signed_out(panel: Panel) -> Update {
    let why = "Could not ask AWS: there are no usable credentials any more";
    let hint = Some("run `aws sso login`".to_owned());
    let failure = Failed { hint, ..Failed::new(Trouble::Credentials, why) };
    match panel {
        Panel::Distribution => Update::Distribution(failed(2, failure)),
        Panel::Certificate => Update::Certificate(failed(2, failure)),
        Panel::Dns => Update::Dns(seen(31, dns(SiteState::Healthy))),
        Panel::Origins => Update::Origins(failed(2, failure)),
        Panel::Failover => Update::Failover(failed(2, failure)),
        Panel::EdgeFunctions => Update::EdgeFunctions(failed(2, failure)),
        Panel::Caching => Update::Caching(failed(2, failure)),
        Panel::Invalidations => Update::Invalidations(failed(2, failure)),
        Panel::Releases => Update::Releases(failed(2, failure)),
        Panel::Drift => Update::Drift(failed(2, failure)),
        Panel::Probes => Update::Probes(failed(2, failure)),
    }
}

fn throttled() -> Update {
    let why = "Could not read the distribution E2ABC: Rate exceeded";
    Update::Distribution(failed(1, Failed::new(Trouble::Throttled, why)))
}

fn distribution(state: SiteState) -> DistributionView {
    DistributionView {
        id: "E2ABC".into(),
        arn: "arn:aws:cloudfront::123456789012:distribution/E2ABC".into(),
        host: "d111111abcdef8.cloudfront.net".into(),
        address: "https://shop.example.com/".into(),
        enabled: true,
        state: match state {
            SiteState::Deploying => DistributionState::InProgress,
            _ => DistributionState::Deployed,
        },
        changed: Some(moment(7_300)),
        http_version: HttpVersion::Http2And3,
        ipv6: true,
        domains: vec!["shop.example.com".into(), "www.shop.example.com".into()],
    }
}

fn certificate(state: SiteState) -> OwnCertificate {
    let is_expiring = state == SiteState::Expiring;
    let domain = "shop.example.com";
    OwnCertificate {
        arn: "arn:aws:acm:us-east-1:123456789012:certificate/1a2b".into(),
        names: vec![domain.into(), format!("www.{domain}")],
        state: CertificateState::Issued,
        not_after: None,
        days_left: Some(if is_expiring { 12 } else { 287 }),
        renewal: if is_expiring { Renewal::WaitsForProof } else { Renewal::ByItself },
        proofs: vec![ProofView {
            domain: domain.into(),
            name: format!("_3f9a.{domain}"),
            value: "_a1b2.acm-validations.aws".into(),
            in_place: Some(!is_expiring),
            says: match is_expiring {
                true => format!("nobody has the record that proves {domain}"),
                false => format!("everybody has the record that proves {domain}"),
            },
            fix: is_expiring.then(|| format!("add the CNAME _3f9a.{domain} _a1b2.acm-validations.aws")),
        }],
        in_use: true,
    }
}

fn dns(state: SiteState) -> DnsView {
    let is_wrong = state == SiteState::DnsWrong;
    let domain = |name: &str, right: bool| DomainView {
        name: name.into(),
        served: true,
        right: Some(right),
        says: match right {
            true => format!("{name} leads to the distribution"),
            false => format!("{name} leads to 192.0.2.7, which is not the distribution"),
        },
        fix: (!right).then(|| format!("make {name} a CNAME of d111111abcdef8.cloudfront.net")),
        records: vec![DnsRecordView {
            kind: "A",
            should: "an address of d111111abcdef8.cloudfront.net".into(),
            right: Some(right),
            heard: vec![Heard {
                resolver: "1.1.1.1".into(),
                said: if right { "198.51.100.4".into() } else { "192.0.2.7".into() },
                right: Some(right),
            }],
        }],
    };
    DnsView { domains: vec![domain("shop.example.com", true), domain("www.shop.example.com", !is_wrong)] }
}

fn origins(state: SiteState) -> OriginsView {
    let origin = |role, region: &str, milliseconds| OriginView {
        role,
        bucket: format!("shop-123456789012-{region}-an"),
        region: Region(region.into()),
        reach: Reach::Answers { milliseconds },
        objects: Some(1204),
        bytes: Some(86_000_000),
        release: Some("1a2b3c4d5e6f7a8b".into()),
        unfinished: false,
    };
    let (mut primary, backup) =
        (origin(Role::Primary, "eu-west-1", 42), origin(Role::Backup, "eu-central-1", 39));
    let mut parity = Parity::Same;
    if state == SiteState::PrimaryOut {
        let why = "S3 in eu-west-1 answers 503".to_owned();
        primary = OriginView {
            reach: Reach::Unreachable { why: why.clone() },
            objects: None,
            bytes: None,
            ..primary
        };
        parity = Parity::Unknown { why };
    }
    if state == SiteState::Drifted {
        parity = Parity::Different { ahead: 14, behind: 0 };
    }
    OriginsView { origins: vec![primary, backup], parity }
}

fn failover() -> FailoverView {
    FailoverView {
        wanted: true,
        armed: true,
        statuses: vec![500, 502, 503, 504],
        why_not: None,
        last_drill: Some(DrillSeen { at: moment(200_000), passed: true, milliseconds: 183 }),
    }
}

fn edge_functions(state: SiteState) -> EdgeFunctionsView {
    let measured = |count| match state {
        SiteState::NoMetrics => Measured::no_data("CloudWatch has no figures of the last hour"),
        _ => Measured::Data(count),
    };
    let function = |name: &str, kind, errors| EdgeFunctionView {
        name: name.into(),
        kind,
        version: Some("3".into()),
        state: EdgeFunctionState::Active,
        runs_on: vec!["viewer-response of everything".into()],
        errors: measured(errors),
        runs: measured(48_211),
    };
    EdgeFunctionsView {
        functions: vec![
            function("sitecast_shop_security-headers", EdgeFunctionKind::LambdaEdge, 0),
            function("sitecast_shop_pretty_urls", EdgeFunctionKind::CloudfrontFunction, 2),
        ],
    }
}

fn caching(state: SiteState) -> CachingView {
    let series = |height: f64| {
        let point = |number: u32| Some(height * (1.0 + (f64::from(number) / 6.0).sin() / 2.0));
        let points = (0..36).map(|number| if number == 20 { None } else { point(number) }).collect();
        match state {
            SiteState::NoMetrics => Measured::no_data("nobody asked for the site in the last 3 hours"),
            _ => Measured::Data(Series::new(moment(10_800), Duration::from_secs(300), points)),
        }
    };
    CachingView {
        requests: series(62_000.0),
        bytes: series(900_000_000.0),
        hit_rate: match state {
            SiteState::NoMetrics => series(0.0),
            _ => Measured::no_data("additional metrics are off for this distribution"),
        },
        error_rate: series(0.02),
    }
}

fn invalidations(state: SiteState) -> InvalidationsView {
    let invalidation = |path: &str, asked, completed| InvalidationView {
        id: "I2J3".into(),
        asked: Some(moment(asked)),
        completed,
        paths: vec![path.into()],
    };
    let is_deploying = state == SiteState::Deploying;
    InvalidationsView {
        newest: vec![invalidation("/*", 40, !is_deploying), invalidation("/blog/*", 180_000, true)],
    }
}

fn releases() -> ReleasesView {
    let release = |generation, hash: &str, published| PublishedRelease {
        generation,
        hash: hash.into(),
        published: Some(moment(published)),
        files: 1204,
        bytes: 86_000_000,
    };
    let held = |role, region: &str| BucketRelease {
        role,
        bucket: format!("shop-123456789012-{region}-an"),
        hash: Some("1a2b3c4d5e6f7a8b".into()),
    };
    ReleasesView {
        current: vec![held(Role::Primary, "eu-west-1"), held(Role::Backup, "eu-central-1")],
        newest: vec![release(7, "1a2b3c4d5e6f7a8b", 40), release(6, "99aabbccddeeff00", 180_000)],
    }
}

fn drift(state: SiteState) -> DriftView {
    if state != SiteState::Drifted {
        return DriftView { resources: Vec::new(), notices: Vec::new() };
    }
    let change = Change {
        field: "price class".into(),
        from: Some("PriceClass_All".into()),
        to: Some("PriceClass_100".into()),
    };
    let resource = DriftedResource {
        resource: "distribution/shop".into(),
        action: Action::Update,
        reason: "the distribution differs from the profile".into(),
        changes: vec![change],
    };
    DriftView { resources: vec![resource], notices: Vec::new() }
}

fn probes(state: SiteState) -> ProbesView {
    let probe = |warmth, x_cache: &str, took| ProbeView {
        url: "https://shop.example.com/".into(),
        warmth,
        answer: Ok(ProbeAnswer {
            status: 200,
            x_cache: Some(x_cache.into()),
            age_seconds: (warmth == Warmth::Warm).then_some(1),
            edge_location: Some("FRA56-P4".into()),
            tls: Some("TLSv1.3".into()),
            connect_milliseconds: (warmth == Warmth::Cold).then_some(31),
            first_byte_milliseconds: took,
        }),
    };
    let cold = if state == SiteState::PrimaryOut { 1_240 } else { 187 };
    let probes = vec![
        probe(Warmth::Cold, "Miss from cloudfront", cold),
        probe(Warmth::Warm, "Hit from cloudfront", 18),
    ];
    ProbesView { probes: Measured::Data(probes) }
}
