//! DNS records for a person to write where the DNS of their domains is kept, a line each.
//!
//! A provider may add the domain by itself, so the name is given in both forms (aws-facts.md E).

use super::domains::WantedDomains;
use super::inventory::ValidationRecord;
use crate::profile::answers::Dns;
use std::fmt;

/// The records that prove the domains.
pub fn to_prove(records: &[ValidationRecord]) -> Vec<String> {
    records.iter().map(|record| line(&record.name, &record.domain, "CNAME", &record.value)).collect()
}

/// The records that lead the domains to the distribution with this host name; none where we write them.
pub fn to_lead(domains: &WantedDomains, host: &str) -> Vec<LeadingRecord> {
    if domains.dns != Dns::Manual {
        return Vec::new();
    }
    domains.names.iter().map(|domain| LeadingRecord::new(domain, host)).collect()
}

/// A record that leads a domain to the distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadingRecord {
    /// The domain.
    pub name: String,
    /// Its type.
    pub kind: &'static str,
    /// The distribution's host name.
    pub value: String,
    /// What there is to say about its type; empty where nothing is.
    pub remark: &'static str,
}

impl LeadingRecord {
    /// At a domain of its own a CNAME is not allowed, so a provider needs another way there (aws-facts.md F).
    fn new(domain: &str, host: &str) -> Self {
        let (kind, remark) = match domain.split('.').count() {
            0..=2 => ("ALIAS", "also called ANAME, or a flattened CNAME; a plain CNAME can't stand here"),
            _ => ("CNAME", ""),
        };
        LeadingRecord { name: domain.to_owned(), kind, value: host.to_owned(), remark }
    }
}

impl fmt::Display for LeadingRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LeadingRecord { name, kind, value, remark } = self;
        write!(formatter, "{name} {kind} {value}")?;
        if remark.is_empty() { Ok(()) } else { write!(formatter, " ({remark})") }
    }
}

fn line(name: &str, domain: &str, kind: &str, value: &str) -> String {
    let within = registered(domain);
    let relative = name.strip_suffix(&within).and_then(|name| name.strip_suffix('.')).unwrap_or(name);
    format!("{name} {kind} {value} (within {within}: {relative})")
}

/// The last two labels, which is where most providers keep a domain.
fn registered(domain: &str) -> String {
    let labels: Vec<&str> = domain.split('.').collect();
    labels[labels.len().saturating_sub(2)..].join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_given_whole_and_within_its_zone() {
        let record = ValidationRecord {
            domain: "www.example.com".into(),
            name: "_x.www.example.com".into(),
            value: "_y.acm-validations.aws".into(),
        };
        assert_eq!(
            to_prove(&[record]),
            ["_x.www.example.com CNAME _y.acm-validations.aws (within example.com: _x.www)"]
        );
    }

    #[test]
    fn only_below_a_domain_can_a_cname_stand() {
        assert!(
            LeadingRecord::new("example.com", "d1.cloudfront.net")
                .to_string()
                .starts_with("example.com ALIAS d1.cloudfront.net")
        );
        assert_eq!(
            LeadingRecord::new("www.example.com", "d1.cloudfront.net").to_string(),
            "www.example.com CNAME d1.cloudfront.net"
        );
    }
}
