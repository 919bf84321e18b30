//! Whether a name leads to a distribution.

use super::Record;
use std::net::IpAddr;

/// Whether records lead to the distribution: by its name, or by addresses of the kind that it has.
///
/// CloudFront answers everyone with other addresses, so those of a name that is an alias at its DNS provider
/// need not be the very ones that we are given. They do lie in the same small network.
pub(super) fn leads_to(records: &[Record], distribution: &str, own: &[IpAddr]) -> bool {
    let named = records.iter().any(|record| record.kind == "CNAME" && record.value == distribution);
    let addresses: Vec<IpAddr> = records.iter().filter_map(address).collect();
    let near = |address: &IpAddr| own.iter().any(|known| network(known) == network(address));
    named || (!addresses.is_empty() && addresses.iter().all(near))
}

fn address(record: &Record) -> Option<IpAddr> {
    ["A", "AAAA"].contains(&record.kind.as_str()).then(|| record.value.parse().ok()).flatten()
}

fn network(address: &IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets()[..3].to_vec(),
        IpAddr::V6(address) => address.octets()[..6].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_there_by_cname_or_by_addresses() {
        let own: Vec<IpAddr> = ["192.0.2.1", "2001:db8:1::1"].map(|text| text.parse().unwrap()).into();
        let record = |(kind, value): &(&str, &str)| Record {
            name: "www.example.com".to_owned(),
            kind: (*kind).to_owned(),
            value: (*value).to_owned(),
        };
        let cases: [(&[(&str, &str)], bool); 7] = [
            (&[("CNAME", "d1.cloudfront.net")], true),
            (&[("CNAME", "d2.cloudfront.net")], false),
            (&[("CNAME", "edge.example.net"), ("CNAME", "d1.cloudfront.net")], true),
            (&[("A", "192.0.2.77"), ("AAAA", "2001:db8:1:0:ff::9")], true),
            (&[("A", "198.51.100.1")], false),
            (&[("A", "192.0.2.1"), ("AAAA", "2001:db8:9::1")], false),
            (&[], false),
        ];
        for (records, expected) in cases {
            let records: Vec<Record> = records.iter().map(record).collect();
            assert_eq!(leads_to(&records, "d1.cloudfront.net", &own), expected, "{records:?}");
        }
    }
}
