//! What AWS holds now of a site's own domains: certificates, hosted zones and records.

use crate::profile::answers::KeyType;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What AWS holds now of a site's own domains.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ObservedHttps {
    /// The site's certificates, and those of others that cover one of its domains.
    pub certificates: Vec<ObservedCertificate>,
    /// The names of every certificate in us-east-1, by its ARN, whatever its state: each needs the records that
    /// prove its names for as long as it is there (aws-facts.md E).
    pub names_by_certificate: BTreeMap<String, Vec<String>>,
    /// The public hosted zones of the account.
    pub zones: Vec<ObservedZone>,
    /// The records at the site's domains, and those that prove them.
    pub records: Vec<ObservedRecord>,
    /// Domains that other distributions answer for, with the distribution's id.
    pub taken_domains: BTreeMap<String, String>,
    /// Domains that public DNS leads to the distribution, as far as that was looked at.
    pub still_pointing: BTreeSet<String>,
}

/// A certificate in us-east-1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObservedCertificate {
    /// Its ARN.
    pub arn: String,
    /// Its names; sorted.
    pub names: Vec<String>,
    /// Its key type; `None` for one that we would not ask for.
    pub key: Option<KeyType>,
    /// Whether it can be used.
    pub state: CertificateState,
    /// When it ends, as RFC 3339 writes it; `None` until it is issued.
    pub not_after: Option<String>,
    /// Whether its tags make it this site's.
    pub ours: bool,
    /// How many requests for its names had failed before.
    pub attempt: u32,
    /// The records that prove its names; empty for the first moments (aws-facts.md E).
    pub records: Vec<ValidationRecord>,
    /// Its tags that say which records were made for it.
    pub record_tags: BTreeSet<String>,
    /// What else than this site's distribution uses it.
    pub used_by_others: Vec<String>,
}

/// Whether a certificate can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateState {
    /// Its names are yet to be proven.
    Pending,
    /// It can be used.
    Issued,
    /// It never will be; AWS's word for the reason.
    Failed(String),
    /// Its names were not proven within 72 hours.
    TimedOut,
    /// It can't be used any more: it expired, was revoked or was switched off.
    Spent,
}

/// The record that proves a domain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ValidationRecord {
    /// The domain that it proves, without `*.`.
    pub domain: String,
    /// The record's name, without a final dot.
    pub name: String,
    /// The record's value, without a final dot.
    pub value: String,
}

/// A public hosted zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObservedZone {
    /// Its id.
    pub id: String,
    /// Its name, without a final dot.
    pub name: String,
    /// Whether public DNS leads to its name servers; `None` where nobody has looked.
    pub delegated: Option<bool>,
}

/// The records of one name and type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObservedRecord {
    /// The id of the hosted zone that holds them.
    pub zone: String,
    /// Their name, without a final dot.
    pub name: String,
    /// Their type.
    pub kind: String,
    /// Their values as a person writes them.
    pub value: String,
    /// Where an alias leads, without a final dot.
    pub alias: Option<String>,
}

impl ObservedCertificate {
    /// Whether it can be used.
    pub fn is_issued(&self) -> bool {
        self.state == CertificateState::Issued
    }

    /// Whether its request came to nothing, and can't be revived (aws-facts.md E).
    pub fn has_failed(&self) -> bool {
        matches!(self.state, CertificateState::Failed(_) | CertificateState::TimedOut)
    }

    /// Whether it is good for all of these names.
    pub fn covers(&self, domains: &[String]) -> bool {
        covers_all(&self.names, domains)
    }

    /// The record that proves `domain`, which has no `*.`; `None` until it has appeared.
    pub fn record_of(&self, domain: &str) -> Option<&ValidationRecord> {
        self.records.iter().find(|record| record.domain == domain)
    }
}

/// Whether a certificate with these names is good for all of these domains.
pub fn covers_all(names: &[String], domains: &[String]) -> bool {
    domains.iter().all(|domain| names.iter().any(|name| covers(name, domain)))
}

/// Whether a name in a certificate is good for a domain: a wildcard stands for exactly one label (aws-facts.md B).
fn covers(name: &str, domain: &str) -> bool {
    let below =
        |parent: &str| domain.split_once('.').is_some_and(|(label, rest)| label != "*" && rest == parent);
    name == domain || name.strip_prefix("*.").is_some_and(below)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_wildcard_is_good_for_one_label() {
        assert!(covers("example.com", "example.com") && covers("*.example.com", "www.example.com"));
        assert!(covers("*.example.com", "*.example.com"));
        for (name, domain) in [
            ("*.example.com", "example.com"),
            ("*.example.com", "a.b.example.com"),
            ("example.com", "www.example.com"),
            ("www.example.com", "*.example.com"),
        ] {
            assert!(!covers(name, domain), "{name} {domain}");
        }
    }
}
