//! From what was heard to one verdict: the cause that lies deepest, since all others follow from it.

use super::{
    Caa, Delegation, Expectation, Heard, HostedZone, Observation, Record, Said, Seen, ZoneFacts, site,
};
use super::{bare, lies_within};
use serde::Serialize;

/// What is wrong, if anything is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// As expected, everywhere.
    Right,
    /// Nobody answered: this machine can't ask DNS.
    Unheard,
    /// The domain is not delegated by its registry at all.
    NotRegistered {
        /// The domain.
        domain: String,
    },
    /// Only VPCs see the hosted zone.
    PrivateZone {
        /// The zone's id.
        zone: String,
    },
    /// The world is led to other servers than those of our hosted zone.
    NotDelegated {
        /// The domain whose delegation is wrong.
        domain: String,
        /// The servers that the world is led to.
        leads_to: Vec<String>,
        /// The hosted zone's own servers.
        belongs_to: Vec<String>,
    },
    /// Another hosted zone of the same name is the one that the world sees.
    DuplicateZone {
        /// The zone that our records go into.
        used: String,
        /// The zone that the world sees.
        seen: String,
    },
    /// None of the servers that the world is led to answers for the zone.
    ServersSilent {
        /// The zone.
        zone: String,
        /// The servers.
        servers: Vec<String>,
    },
    /// Public resolvers refuse what the zone's servers say, as they do when DNSSEC does not add up.
    Refused {
        /// The zone.
        zone: String,
        /// What they answer, such as `SERVFAIL`.
        answer: String,
    },
    /// A CAA record keeps Amazon from issuing a certificate.
    CaaForbids {
        /// The name that holds it.
        at: String,
        /// The tag that decides.
        tag: &'static str,
        /// Who may issue.
        allowed: Vec<String>,
    },
    /// The record is there under a name that ends in the zone's name twice.
    Doubled {
        /// The name it has.
        name: String,
    },
    /// Something else is there.
    WrongValue {
        /// The values, with their types.
        found: Vec<String>,
    },
    /// Some of the zone's servers have the record, others do not.
    SomeServersOnly {
        /// Those that have it.
        have: Vec<String>,
        /// Those that do not.
        lack: Vec<String>,
    },
    /// The name exists, but not this record.
    NoRecord,
    /// The name does not exist.
    NoSuchName,
    /// The zone's servers have it; some resolvers still remember what was before.
    Spreading {
        /// Those that do.
        lack: Vec<String>,
        /// For how many seconds they may.
        seconds: u32,
    },
}

/// The verdict on what was observed.
pub fn verdict(observation: &Observation, zones: &ZoneFacts) -> Verdict {
    unheard(observation)
        .or_else(|| hosted_zone(observation, zones))
        .or_else(|| unregistered(observation))
        .or_else(|| silent_servers(observation))
        .or_else(|| refused(observation))
        .or_else(|| forbidden(observation))
        .unwrap_or_else(|| record(observation))
}

/// What one server's answer means for the expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Right,
    Other,
    NoRecord,
    NoSuchName,
    Unheard,
}

pub(super) fn state(observation: &Observation, said: &Said) -> State {
    let expected = &observation.expected;
    match (said, &expected.expectation) {
        (Said::Refused(_) | Said::Silent, _) => State::Unheard,
        // That the server answers for the zone is all that is expected.
        (_, Expectation::Certifiable) => State::Right,
        (Said::NoRecord { .. }, _) => State::NoRecord,
        (Said::NoSuchName { .. }, _) => State::NoSuchName,
        (Said::Records { records, .. }, Expectation::Validation { value, .. }) => {
            let right = |record: &Record| {
                record.name == expected.name && record.kind == "CNAME" && record.value == *value
            };
            if records.iter().any(right) { State::Right } else { State::Other }
        }
        (Said::Records { records, .. }, Expectation::Site { distribution }) => {
            match site::leads_to(records, distribution, &observation.distribution) {
                true => State::Right,
                false => State::Other,
            }
        }
    }
}

/// Who answers as expected, and who does not.
pub(super) fn seen(observation: &Observation) -> Seen {
    let mut seen = Seen::default();
    for heard in observation.authoritative.iter().chain(&observation.public) {
        let servers = match state(observation, &heard.said) {
            State::Right => &mut seen.at,
            State::Other | State::NoRecord | State::NoSuchName => &mut seen.not_at,
            State::Unheard => &mut seen.silent,
        };
        servers.push(heard.server.clone());
    }
    seen
}

fn unheard(observation: &Observation) -> Option<Verdict> {
    let everyone = observation.authoritative.iter().chain(&observation.public);
    let heard = everyone.into_iter().any(|heard| heard.said != Said::Silent);
    (!heard).then_some(Verdict::Unheard)
}

/// What our hosted zones have to do with where the world is led.
fn hosted_zone(observation: &Observation, zones: &ZoneFacts) -> Option<Verdict> {
    let name = observation.expected.bare_name();
    let covering: Vec<_> = zones.zones.iter().filter(|zone| lies_within(name, &zone.name)).collect();
    let used = covering.iter().find(|zone| zones.used.contains(&zone.id));
    let longest = || covering.iter().filter(|zone| !zone.private).max_by_key(|zone| zone.name.len());
    let Some(zone) = used.or_else(longest) else {
        return covering.first().map(|zone| Verdict::PrivateZone { zone: zone.id.clone() });
    };
    if zone.private {
        return Some(Verdict::PrivateZone { zone: zone.id.clone() });
    }
    let delegation = observation.delegation.as_ref()?;
    if is_delegated_to(delegation, zone) {
        return None;
    }
    let twin = covering.iter().find(|other| !other.private && is_delegated_to(delegation, other));
    Some(match twin {
        Some(twin) => Verdict::DuplicateZone { used: zone.id.clone(), seen: twin.id.clone() },
        None => Verdict::NotDelegated {
            domain: longer(&zone.name, &delegation.zone).to_owned(),
            leads_to: delegation.servers.clone(),
            belongs_to: zone.name_servers.clone(),
        },
    })
}

fn is_delegated_to(delegation: &Delegation, zone: &HostedZone) -> bool {
    delegation.zone == zone.name && delegation.servers.iter().any(|server| zone.name_servers.contains(server))
}

fn longer<'a>(one: &'a str, other: &'a str) -> &'a str {
    if other.len() > one.len() { other } else { one }
}

fn unregistered(observation: &Observation) -> Option<Verdict> {
    let known = observation.delegation.is_some() || observation.public.iter().any(has_records);
    let domain = bare(observation.expected.certified_domain().unwrap_or(&observation.expected.name));
    (!known).then(|| Verdict::NotRegistered { domain: last_labels(domain, 2).to_owned() })
}

fn has_records(heard: &Heard) -> bool {
    matches!(heard.said, Said::Records { .. } | Said::NoRecord { .. })
}

fn last_labels(domain: &str, count: usize) -> &str {
    let dots = domain.rmatch_indices('.').map(|(at, _)| at);
    dots.take(count).nth(count - 1).map_or(domain, |at| &domain[at + 1..])
}

/// Servers that don't answer us may answer others: a network may let nobody but its own resolver ask.
fn silent_servers(observation: &Observation) -> Option<Verdict> {
    let delegation = observation.delegation.as_ref()?;
    let nobody = |all: &[Heard]| all.iter().all(|heard| state(observation, &heard.said) == State::Unheard);
    (nobody(&observation.authoritative) && nobody(&observation.public)).then(|| Verdict::ServersSilent {
        zone: delegation.zone.clone(),
        servers: delegation.servers.clone(),
    })
}

fn refused(observation: &Observation) -> Option<Verdict> {
    let delegation = observation.delegation.as_ref()?;
    let answers: Vec<&Said> = observation.public.iter().map(|heard| &heard.said).collect();
    let spoken = answers.into_iter().filter(|said| **said != Said::Silent);
    let refusals: Option<Vec<&String>> = spoken
        .map(|said| match said {
            Said::Refused(answer) => Some(answer),
            Said::Records { .. } | Said::NoRecord { .. } | Said::NoSuchName { .. } | Said::Silent => None,
        })
        .collect();
    let answer = refusals?.first()?.to_string();
    Some(Verdict::Refused { zone: delegation.zone.clone(), answer })
}

fn forbidden(observation: &Observation) -> Option<Verdict> {
    let domain = observation.expected.certified_domain()?;
    let caa: &Caa = observation.caa.as_ref()?;
    let wildcard = domain.starts_with("*.");
    let allowed = caa.refuses_amazon(wildcard)?;
    Some(Verdict::CaaForbids { at: caa.at.clone(), tag: caa.tag(wildcard), allowed })
}

/// What the record itself is like: first at the zone's servers, then at the resolvers.
fn record(observation: &Observation) -> Verdict {
    let of = |all: &[Heard], wanted: fn(State) -> bool| -> Vec<String> {
        let matching = all.iter().filter(|heard| wanted(state(observation, &heard.said)));
        matching.map(|heard| heard.server.clone()).collect()
    };
    let heard = of(&observation.authoritative, |state| state != State::Unheard);
    if heard.is_empty() {
        return first_wrong(observation, &observation.public);
    }
    let have = of(&observation.authoritative, |state| state == State::Right);
    let lack = of(&observation.authoritative, is_wrong);
    match (have.is_empty(), lack.is_empty()) {
        (true, _) => first_wrong(observation, &observation.authoritative),
        (false, false) => Verdict::SomeServersOnly { have, lack },
        (false, true) => {
            let lack = of(&observation.public, is_wrong);
            if lack.is_empty() { Verdict::Right } else { spreading(observation, lack) }
        }
    }
}

fn is_wrong(state: State) -> bool {
    match state {
        State::Other | State::NoRecord | State::NoSuchName => true,
        State::Right | State::Unheard => false,
    }
}

/// What is wrong according to the first of `all` that says anything wrong.
fn first_wrong(observation: &Observation, all: &[Heard]) -> Verdict {
    let wrong = all.iter().map(|heard| (state(observation, &heard.said), &heard.said));
    let Some((state, said)) = wrong.into_iter().find(|(state, _)| is_wrong(*state)) else {
        return Verdict::Right;
    };
    match (&observation.doubled, state) {
        (Some(name), _) => Verdict::Doubled { name: name.clone() },
        (None, State::Other) => Verdict::WrongValue { found: values(said) },
        (None, State::NoSuchName) => Verdict::NoSuchName,
        (None, State::NoRecord | State::Right | State::Unheard) => Verdict::NoRecord,
    }
}

fn values(said: &Said) -> Vec<String> {
    match said {
        Said::Records { records, .. } => {
            let mut values: Vec<_> =
                records.iter().map(|record| format!("{} {}", record.kind, record.value)).collect();
            values.dedup();
            values
        }
        Said::NoRecord { .. } | Said::NoSuchName { .. } | Said::Refused(_) | Said::Silent => Vec::new(),
    }
}

fn spreading(observation: &Observation, lack: Vec<String>) -> Verdict {
    let seconds = |said: &Said| match said {
        Said::Records { seconds, .. } | Said::NoRecord { seconds } | Said::NoSuchName { seconds } => *seconds,
        Said::Refused(_) | Said::Silent => 0,
    };
    let behind = observation.public.iter().filter(|heard| lack.contains(&heard.server));
    let seconds = behind.map(|heard| seconds(&heard.said)).max().unwrap_or_default();
    Verdict::Spreading { lack, seconds }
}
