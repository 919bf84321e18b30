//! What all panels together mean: one row for each thing that can be amiss.

use sitecast::blueprint::inventory::CertificateState;
use sitecast::blueprint::plan::Action;
use sitecast::profile::answers::{HttpVersion, Region};
use sitecast::status::panels::*;
use sitecast::status::{Failed, Measured, Moment, Reading, State, Trouble, Update, View};
use std::time::SystemTime;

fn read<T>(value: T) -> Reading<T> {
    Reading::new(SystemTime::UNIX_EPOCH, Ok(value))
}

fn distribution() -> DistributionView {
    DistributionView {
        id: "E1".into(),
        arn: "arn".into(),
        host: "d1.cloudfront.net".into(),
        address: "https://acme.example/".into(),
        enabled: true,
        state: DistributionState::Deployed,
        changed: None,
        http_version: HttpVersion::Http2And3,
        ipv6: true,
        domains: vec!["acme.example".into()],
    }
}

fn certificate() -> OwnCertificate {
    OwnCertificate {
        arn: "arn".into(),
        names: vec!["acme.example".into()],
        state: CertificateState::Issued,
        not_after: Some(Moment::of_seconds(1)),
        days_left: Some(287),
        renewal: Renewal::ByItself,
        proofs: Vec::new(),
        in_use: true,
    }
}

fn origin(role: Role, reach: Reach) -> OriginView {
    OriginView {
        role,
        bucket: format!("acme-{}", role.word()),
        region: Region("eu-west-1".into()),
        reach,
        objects: Some(3),
        bytes: Some(30),
        release: Some("abc".into()),
        unfinished: false,
    }
}

fn origins(primary: Reach, parity: Parity) -> Update {
    let backup = origin(Role::Backup, Reach::Answers { milliseconds: 1 });
    Update::Origins(read(OriginsView { origins: vec![origin(Role::Primary, primary), backup], parity }))
}

fn failover(armed: bool) -> Update {
    let why_not = (!armed).then(|| "some paths are not covered".to_owned());
    let statuses = vec![500, 502, 503, 504];
    Update::Failover(read(FailoverView { wanted: true, armed, statuses, why_not, last_drill: None }))
}

fn drift(action: Action, resource: &str) -> Update {
    let resource =
        DriftedResource { resource: resource.into(), action, reason: "differs".into(), changes: Vec::new() };
    Update::Drift(read(DriftView { resources: vec![resource], notices: Vec::new() }))
}

fn well() -> View {
    let mut view = View::default();
    for update in [
        Update::Distribution(read(Some(distribution()))),
        Update::Certificate(read(CertificateView::Own(certificate()))),
        origins(Reach::Answers { milliseconds: 1 }, Parity::Same),
        failover(true),
        Update::Drift(read(DriftView { resources: Vec::new(), notices: Vec::new() })),
    ] {
        view.absorb(update);
    }
    view
}

fn own(certificate: OwnCertificate) -> Update {
    Update::Certificate(read(CertificateView::Own(certificate)))
}

fn domain(right: Option<bool>) -> Update {
    let domain = DomainView {
        name: "acme.example".into(),
        served: true,
        right,
        says: "acme.example leads elsewhere".into(),
        fix: None,
        records: Vec::new(),
    };
    Update::Dns(read(DnsView { domains: vec![domain] }))
}

fn lost_proof() -> OwnCertificate {
    let proof = ProofView {
        domain: "acme.example".into(),
        name: "_x.acme.example".into(),
        value: "_y.acm-validations.aws".into(),
        in_place: Some(false),
        says: "there is no such record".into(),
        fix: None,
    };
    OwnCertificate { proofs: vec![proof], ..certificate() }
}

fn probe(status: u16) -> Update {
    let answer = ProbeAnswer {
        status,
        x_cache: None,
        age_seconds: None,
        edge_location: None,
        tls: None,
        connect_milliseconds: None,
        first_byte_milliseconds: 1,
    };
    let probe = ProbeView { url: "https://acme.example/".into(), warmth: Warmth::Cold, answer: Ok(answer) };
    Update::Probes(read(ProbesView { probes: Measured::Data(vec![probe]) }))
}

fn broken_function() -> Update {
    let function = EdgeFunctionView {
        name: "sitecast_acme_greeting".into(),
        kind: EdgeFunctionKind::LambdaEdge,
        version: Some("3".into()),
        state: EdgeFunctionState::Failed("EFSMountTimeout".into()),
        runs_on: Vec::new(),
        errors: Measured::no_data("none"),
        runs: Measured::no_data("none"),
    };
    Update::EdgeFunctions(read(EdgeFunctionsView { functions: vec![function] }))
}

#[test]
fn each_thing_that_is_amiss_counts_for_what_it_is() {
    let out = || Reach::Unreachable { why: "HTTP 503".into() };
    let answers = || Reach::Answers { milliseconds: 1 };
    let cases = [
        (Update::Distribution(read(None)), State::Absent, "no distribution"),
        (
            Update::Distribution(read(Some(DistributionView { enabled: false, ..distribution() }))),
            State::Degraded,
            "disabled",
        ),
        (
            Update::Distribution(read(Some(DistributionView {
                state: DistributionState::InProgress,
                ..distribution()
            }))),
            State::Deploying,
            "newest configuration",
        ),
        (own(OwnCertificate { days_left: Some(12), ..certificate() }), State::Degraded, "ends in 12 days"),
        (
            own(OwnCertificate { renewal: Renewal::Failed("CAA_ERROR".into()), ..certificate() }),
            State::Degraded,
            "could not be renewed: CAA_ERROR",
        ),
        (own(lost_proof()), State::Drifted, "the record that proves acme.example is gone"),
        (domain(Some(false)), State::Degraded, "leads elsewhere"),
        (origins(out(), Parity::Unknown { why: "out".into() }), State::Degraded, "so the backup serves"),
        (origins(answers(), Parity::Different { ahead: 14, behind: 0 }), State::Drifted, "14 files"),
        (failover(false), State::Drifted, "not armed"),
        (broken_function(), State::Degraded, "can't run: EFSMountTimeout"),
        (drift(Action::Update, "distribution/acme"), State::Drifted, "would change 1 resource"),
        (drift(Action::Create, "bucket-policy/acme-primary"), State::Degraded, "its policy is gone"),
        (probe(503), State::Degraded, "https://acme.example/ answers 503"),
        (probe(404), State::Degraded, "https://acme.example/ answers 404"),
    ];
    for (update, state, words) in cases {
        let mut view = well();
        view.absorb(update.clone());
        let health = view.health();
        assert_eq!(health.state, state, "{update:?}: {health:?}");
        assert!(health.reasons[0].says.contains(words), "{health:?}");
    }
}

#[test]
fn what_can_not_be_told_is_not_held_against_the_site() {
    let failed = || Reading::new(SystemTime::UNIX_EPOCH, Err(Failed::new(Trouble::Denied, "AccessDenied")));
    for update in [
        Update::Caching(Reading::new(SystemTime::UNIX_EPOCH, Err(Failed::new(Trouble::Throttled, "slower")))),
        Update::Drift(failed()),
        domain(None),
        probe(401),
        probe(200),
        drift(Action::Await, "distribution/acme"),
    ] {
        let mut view = well();
        view.absorb(update.clone());
        assert_eq!(view.health().state, State::Healthy, "{update:?}");
    }
    let nothing_known = View::default().health();
    assert_eq!(nothing_known.state, State::Unknown);
}

#[test]
fn the_worst_comes_first() {
    let mut view = well();
    view.absorb(drift(Action::Update, "distribution/acme"));
    view.absorb(probe(500));
    let health = view.health();
    let states: Vec<_> = health.reasons.iter().map(|reason| reason.state).collect();
    assert_eq!(states, [State::Degraded, State::Drifted]);
}

#[test]
fn without_a_backup_that_takes_over_a_primary_that_is_out_is_told_so() {
    let mut view = well();
    view.absorb(failover(false));
    view.absorb(origins(Reach::Missing, Parity::Unknown { why: "missing".into() }));
    let health = view.health();
    assert!(health.reasons[0].says.ends_with("is missing; nothing takes over"), "{health:?}");
}
