//! What public DNS was asked and what it said, as plain values, and what follows from it.
//!
//! [`verdict()`] is the whole thinking: observations in, one verdict out. Asking is the work of the module `dns`,
//! which is the only one that opens a socket for it.

mod caa;
mod checks;
mod heard;
mod provider;
mod site;
#[cfg(test)]
mod tests;
mod verdict;
mod words;

pub use caa::{Caa, CaaEntry};
pub use checks::{Check, Outcome};
pub use heard::{There, leads_there, said_in_words};
pub use provider::{Apex, Provider, provider};
pub use verdict::{Verdict, verdict};

use serde::Serialize;
use std::fmt;
use std::net::IpAddr;

/// A name, and what DNS is expected to say about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// The name, as [`plain`] writes it.
    pub name: String,
    /// What is expected there.
    pub expectation: Expectation,
}

/// What DNS is expected to say about a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Expectation {
    /// The CNAME by which ACM sees that a domain is ours.
    Validation {
        /// The domain that the certificate is for; may begin with `*.`.
        domain: String,
        /// The CNAME's value.
        value: String,
    },
    /// The name leads to a distribution, by CNAME or by addresses.
    Site {
        /// The distribution's own domain.
        distribution: String,
    },
    /// No record yet: the domain is delegated and Amazon may issue certificates for it.
    Certifiable,
}

impl Expected {
    /// The validation record `name` with `value` for a certificate that covers `domain`.
    pub fn validation(domain: &str, name: &str, value: &str) -> Self {
        let expectation = Expectation::Validation { domain: plain(domain), value: plain(value) };
        Expected { name: plain(name), expectation }
    }

    /// `name` leads to the distribution whose own domain is given.
    pub fn site(name: &str, distribution: &str) -> Self {
        let expectation = Expectation::Site { distribution: plain(distribution) };
        Expected { name: plain(name), expectation }
    }

    /// `domain` can get a certificate.
    pub fn certifiable(domain: &str) -> Self {
        Expected { name: plain(domain), expectation: Expectation::Certifiable }
    }

    /// The domain that a certificate would be for, where one is in question.
    pub fn certified_domain(&self) -> Option<&str> {
        match &self.expectation {
            Expectation::Validation { domain, .. } => Some(domain),
            Expectation::Certifiable => Some(&self.name),
            Expectation::Site { .. } => None,
        }
    }

    /// The name without the star of a wildcard, which no zone is named after.
    pub fn bare_name(&self) -> &str {
        bare(&self.name)
    }
}

/// A domain without the star of a wildcard.
pub fn bare(domain: &str) -> &str {
    domain.strip_prefix("*.").unwrap_or(domain)
}

/// Lower case and without a final dot, which is how names are compared and shown.
pub fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// Whether `name` is `zone` or lies below it.
pub fn lies_within(name: &str, zone: &str) -> bool {
    name == zone || name.strip_suffix(zone).is_some_and(|before| before.ends_with('.'))
}

/// What is known of the account's hosted zones; empty where the records are somebody else's to make.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ZoneFacts {
    /// Every hosted zone whose name covers one of the domains.
    pub zones: Vec<HostedZone>,
    /// The ids of the zones that our records go into.
    pub used: Vec<String>,
}

/// A Route 53 hosted zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostedZone {
    /// Its id, without `/hostedzone/`.
    pub id: String,
    /// Its name, as [`plain`] writes it.
    pub name: String,
    /// Whether only VPCs see it.
    pub private: bool,
    /// Its name servers; none are known of a private zone.
    pub name_servers: Vec<String>,
}

/// Everything that was found out about one expectation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observation {
    /// What was looked for.
    pub expected: Expected,
    /// The deepest delegation on the way to the name, as the zone above states it.
    pub delegation: Option<Delegation>,
    /// What each server of the zone says.
    pub authoritative: Vec<Heard>,
    /// What public resolvers say.
    pub public: Vec<Heard>,
    /// A name with the zone written twice that holds the expected value.
    pub doubled: Option<String>,
    /// The CAA records that count for the domain, if there are any.
    pub caa: Option<Caa>,
    /// The addresses of the distribution that the name should lead to.
    pub distribution: Vec<IpAddr>,
}

/// Where a zone begins, and which servers the zone above names for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delegation {
    /// The zone's name.
    pub zone: String,
    /// Its name servers.
    pub servers: Vec<String>,
}

/// What one server said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heard {
    /// The server, by name or address.
    pub server: String,
    /// Its answer.
    pub said: Said,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Said {
    /// Records, CNAMEs on the way included.
    Records {
        /// The records.
        records: Vec<Record>,
        /// For how many seconds a resolver may keep them.
        seconds: u32,
    },
    /// The name is there, but no such record.
    NoRecord {
        /// For how many seconds a resolver may keep this answer.
        seconds: u32,
    },
    /// There is no such name.
    NoSuchName {
        /// For how many seconds a resolver may keep this answer.
        seconds: u32,
    },
    /// The server would not or could not answer, such as `SERVFAIL`.
    Refused(String),
    /// No answer came in time.
    Silent,
}

/// A record in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Its name.
    pub name: String,
    /// Its type, such as `CNAME`.
    pub kind: String,
    /// Its value.
    pub value: String,
}

/// What the servers make of an expectation: first those of the zone, then public resolvers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Those that answer as expected.
    pub at: Vec<String>,
    /// Those that answer otherwise.
    pub not_at: Vec<String>,
    /// Those that give no answer.
    pub silent: Vec<String>,
}

/// The verdict on one expectation, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked for.
    pub expected: Expected,
    /// What follows from what was heard.
    pub verdict: Verdict,
    /// Who runs the zone's servers, where they are known.
    pub provider: Option<&'static str>,
    /// Who answers as expected, and who does not.
    pub seen: Seen,
    /// The same with what is known of the zone, one by one.
    #[serde(skip)]
    pub checks: Vec<Check>,
    /// The verdict as a sentence.
    pub sentence: String,
    /// The one thing to do; nothing when nothing is wrong.
    pub fix: Option<String>,
}

impl Finding {
    /// Judges what was observed.
    pub fn of(observation: &Observation, zones: &ZoneFacts) -> Self {
        let servers = observation.delegation.as_ref().map(|delegation| delegation.servers.as_slice());
        let provider = provider(servers.unwrap_or_default());
        let verdict = verdict(observation, zones);
        Finding {
            sentence: words::sentence(&observation.expected, &verdict),
            fix: words::fix(observation, &verdict, provider),
            provider: provider.map(|provider| provider.name),
            seen: verdict::seen(observation),
            checks: checks::checks(observation, &verdict),
            expected: observation.expected.clone(),
            verdict,
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.at.is_empty(), self.not_at.is_empty()) {
            (true, _) => f.write_str("seen nowhere yet")?,
            (false, true) => write!(f, "seen at {}", self.at.join(", "))?,
            (false, false) => {
                write!(f, "seen at {}, but not at {}", self.at.join(", "), self.not_at.join(", "))?;
            }
        }
        match self.silent.as_slice() {
            [] => Ok(()),
            silent => write!(f, " (no answer from {})", silent.join(", ")),
        }
    }
}
