//! Verdicts on observations that take a network of one's own to bring about.

use super::*;

const VALUE: &str = "_y2.acm-validations.aws";

fn right() -> Said {
    let record = Record { name: "_x1.example.com".into(), kind: "CNAME".into(), value: VALUE.into() };
    Said::Records { records: vec![record], seconds: 300 }
}

fn other() -> Said {
    let record = Record { name: "_x1.example.com".into(), kind: "A".into(), value: "192.0.2.1".into() };
    Said::Records { records: vec![record], seconds: 3600 }
}

fn heard(said: &[Said]) -> Vec<Heard> {
    let server = |(number, said): (usize, &Said)| Heard { server: format!("s{number}"), said: said.clone() };
    said.iter().enumerate().map(server).collect()
}

fn observed(authoritative: &[Said], public: &[Said]) -> Observation {
    Observation {
        expected: Expected::validation("Example.com.", "_X1.example.com.", &format!("{VALUE}.")),
        delegation: Some(Delegation { zone: "example.com".into(), servers: vec!["ns1.test".into()] }),
        authoritative: heard(authoritative),
        public: heard(public),
        doubled: None,
        caa: None,
        distribution: Vec::new(),
    }
}

fn judged(authoritative: &[Said], public: &[Said]) -> Verdict {
    verdict(&observed(authoritative, public), &ZoneFacts::default())
}

const ABSENT: Said = Said::NoSuchName { seconds: 900 };
const SILENT: Said = Said::Silent;

fn servfail() -> Said {
    Said::Refused("SERVFAIL".into())
}

#[test]
fn a_record_is_judged_at_its_own_servers_first() {
    let servers = |numbers: &[usize]| numbers.iter().map(|number| format!("s{number}")).collect::<Vec<_>>();
    let some = Verdict::SomeServersOnly { have: servers(&[0]), lack: servers(&[1]) };
    let spreading = |seconds| Verdict::Spreading { lack: servers(&[1]), seconds };
    let wrong = || Verdict::WrongValue { found: vec!["A 192.0.2.1".into()] };
    for (authoritative, public, expected) in [
        (vec![right(), right()], vec![right(), right()], Verdict::Right),
        (vec![right(), SILENT], vec![right()], Verdict::Right),
        (vec![right(), ABSENT], vec![right()], some),
        (vec![right()], vec![right(), ABSENT], spreading(900)),
        (vec![right()], vec![right(), other()], spreading(3600)),
        (vec![ABSENT], vec![right()], Verdict::NoSuchName),
        (vec![other(), ABSENT], vec![ABSENT], wrong()),
        // Where a network lets only its own resolver ask, that one's answer is all there is.
        (vec![SILENT], vec![right()], Verdict::Right),
        (vec![SILENT], vec![other()], wrong()),
        (vec![SILENT], vec![SILENT], Verdict::Unheard),
    ] {
        assert_eq!(judged(&authoritative, &public), expected, "{authoritative:?} {public:?}");
    }
}

#[test]
fn servers_that_answer_nobody_are_told_from_resolvers_that_refuse() {
    let silent = judged(&[SILENT, servfail()], &[servfail()]);
    assert_eq!(
        silent,
        Verdict::ServersSilent { zone: "example.com".into(), servers: vec!["ns1.test".into()] }
    );
    let refused = judged(&[right()], &[servfail(), servfail()]);
    assert_eq!(refused, Verdict::Refused { zone: "example.com".into(), answer: "SERVFAIL".into() });
    assert_eq!(judged(&[right()], &[servfail(), right()]), Verdict::Right, "one of them alone may be ill");
}

#[test]
fn the_deepest_cause_wins() {
    let mut all = observed(&[ABSENT], &[ABSENT]);
    all.doubled = Some("_x1.example.com.example.com".into());
    assert!(matches!(verdict(&all, &ZoneFacts::default()), Verdict::Doubled { .. }));
    let entry = CaaEntry { critical: false, tag: "issue".into(), value: ";".into() };
    all.caa = Some(Caa { at: "example.com".into(), entries: vec![entry] });
    assert!(matches!(verdict(&all, &ZoneFacts::default()), Verdict::CaaForbids { .. }));
    let zone = HostedZone {
        id: "Z1".into(),
        name: "example.com".into(),
        private: false,
        name_servers: vec!["ns-1.awsdns-01.com".into()],
    };
    let zones = ZoneFacts { zones: vec![zone], used: vec!["Z1".into()] };
    assert!(matches!(verdict(&all, &zones), Verdict::NotDelegated { .. }));
}

#[test]
fn every_verdict_but_right_says_what_to_do() {
    for (authoritative, public) in
        [(vec![ABSENT], vec![ABSENT]), (vec![SILENT], vec![servfail()]), (vec![right()], vec![ABSENT])]
    {
        let finding = Finding::of(&observed(&authoritative, &public), &ZoneFacts::default());
        assert!(finding.fix.is_some_and(|fix| !fix.is_empty()), "{:?}", finding.verdict);
    }
}
