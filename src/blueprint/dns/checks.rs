//! What was asked one by one: the signs that stand beside a record while it is waited for.

use super::verdict::{State, state};
use super::{Heard, Observation, Verdict};

/// One thing that was asked, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What, such as a resolver's address.
    pub what: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is as it should be.
    Right,
    /// It is not, or not yet.
    Wrong,
    /// No answer came.
    Unknown,
}

/// The zone's own servers, each public resolver, the delegation, and whether Amazon may issue.
pub(super) fn checks(observation: &Observation, verdict: &Verdict) -> Vec<Check> {
    let resolvers = observation
        .public
        .iter()
        .map(|heard| Check { what: heard.server.clone(), outcome: outcome(observation, heard) });
    own_servers(observation).into_iter().chain(resolvers).chain(zone(observation, verdict)).collect()
}

fn outcome(observation: &Observation, heard: &Heard) -> Outcome {
    match state(observation, &heard.said) {
        State::Right => Outcome::Right,
        State::Other | State::NoRecord | State::NoSuchName => Outcome::Wrong,
        State::Unheard => Outcome::Unknown,
    }
}

/// All servers of the zone as one, since they are expected to agree.
fn own_servers(observation: &Observation) -> Option<Check> {
    let outcomes: Vec<_> =
        observation.authoritative.iter().map(|heard| outcome(observation, heard)).collect();
    let right = outcomes.iter().filter(|outcome| **outcome == Outcome::Right).count();
    let (what, outcome) = match outcomes.len() {
        0 => return None,
        all if right == all => ("name servers".to_owned(), Outcome::Right),
        all if right > 0 => (format!("{right} of {all} name servers"), Outcome::Wrong),
        _ if outcomes.contains(&Outcome::Wrong) => ("name servers".to_owned(), Outcome::Wrong),
        _ => ("name servers".to_owned(), Outcome::Unknown),
    };
    Some(Check { what, outcome })
}

/// What is only known once the way to the zone was walked.
fn zone(observation: &Observation, verdict: &Verdict) -> Vec<Check> {
    if observation.delegation.is_none() && !matches!(verdict, Verdict::NotRegistered { .. }) {
        return Vec::new();
    }
    let led_astray = matches!(
        verdict,
        Verdict::NotRegistered { .. } | Verdict::NotDelegated { .. } | Verdict::DuplicateZone { .. }
    );
    let check = |what: &str, is_right| Check {
        what: what.to_owned(),
        outcome: if is_right { Outcome::Right } else { Outcome::Wrong },
    };
    let caa = observation.expected.certified_domain().map(|domain| {
        let refusal = observation.caa.as_ref().and_then(|caa| caa.refuses_amazon(domain.starts_with("*.")));
        check("CAA", refusal.is_none())
    });
    std::iter::once(check("delegation", !led_astray))
        .chain(caa.filter(|_| observation.delegation.is_some()))
        .collect()
}
