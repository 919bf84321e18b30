//! What one server's answer says of where visitors are led.

use super::{Record, Said, site};
use std::net::IpAddr;

/// What an answer says of where visitors are led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct There {
    /// Whether there are records that lead anywhere.
    pub records: bool,
    /// Whether they lead to the distribution.
    pub leads: bool,
}

/// What an answer says of where visitors are led; `None` where the server gave none.
pub fn leads_there(said: &Said, distribution: &str, own: &[IpAddr]) -> Option<There> {
    match said {
        Said::Records { records, .. } => {
            let leads = site::leads_to(records, distribution, own) || service_leads(records, distribution);
            Some(There { records: true, leads })
        }
        Said::NoRecord { .. } | Said::NoSuchName { .. } => Some(There { records: false, leads: false }),
        Said::Refused(_) | Said::Silent => None,
    }
}

/// What a server said, for people.
pub fn said_in_words(said: &Said) -> String {
    match said {
        Said::Records { records, .. } => {
            records.iter().map(|record| record.value.as_str()).collect::<Vec<_>>().join(", ")
        }
        Said::NoRecord { .. } => "no such record".to_owned(),
        Said::NoSuchName { .. } => "no such name".to_owned(),
        Said::Refused(answer) => answer.clone(),
        Said::Silent => "no answer".to_owned(),
    }
}

/// An HTTPS record names a host after its priority; `.` is the name itself, wherever that leads (RFC 9460).
fn service_leads(records: &[Record], distribution: &str) -> bool {
    let mut services = records.iter().filter(|record| record.kind == "HTTPS").peekable();
    let is_there = |record: &Record| {
        let target = record.value.split_whitespace().nth(1).unwrap_or(".").trim_end_matches('.');
        target.is_empty() || target == distribution
    };
    services.peek().is_some() && services.all(is_there)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(kind: &str, value: &str) -> Option<There> {
        let record = Record { name: "a.example".into(), kind: kind.into(), value: value.into() };
        let said = Said::Records { records: vec![record], seconds: 60 };
        leads_there(&said, "d1.cloudfront.net", &["192.0.2.1".parse().unwrap()])
    }

    #[test]
    fn each_type_of_record_leads_in_its_own_way() {
        for (kind, value, leads) in [
            ("A", "192.0.2.9", true),
            ("A", "198.51.100.9", false),
            ("CNAME", "d1.cloudfront.net", true),
            ("HTTPS", "1 . alpn=h2,h3", true),
            ("HTTPS", "0 d1.cloudfront.net.", true),
            ("HTTPS", "0 elsewhere.example.", false),
        ] {
            assert_eq!(there(kind, value), Some(There { records: true, leads }), "{kind} {value}");
        }
        let none = leads_there(&Said::NoSuchName { seconds: 60 }, "d1.cloudfront.net", &[]);
        assert_eq!(none, Some(There { records: false, leads: false }));
        assert_eq!(leads_there(&Said::Silent, "d1.cloudfront.net", &[]), None);
    }
}
