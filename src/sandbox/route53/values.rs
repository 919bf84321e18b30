//! What a record's value must look like, by type.

use super::names;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Why a value is wrong for its type, in the form `Problem (Explanation)`, or nothing if it is right.
pub fn fault(kind: &str, value: &str) -> Option<String> {
    let problem = match kind {
        "A" => value
            .parse::<Ipv4Addr>()
            .is_err()
            .then_some("ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"),
        "AAAA" => value
            .parse::<Ipv6Addr>()
            .is_err()
            .then_some("AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"),
        "CNAME" | "NS" | "PTR" => host_fault(value),
        "TXT" | "SPF" => character_strings_fault(value),
        "CAA" => caa_fault(value),
        "MX" => fields_fault(value, 2, &[true, false]),
        "SRV" => fields_fault(value, 4, &[true, true, true, false]),
        "SOA" => fields_fault(value, 7, &[false, false, true, true, true, true, true]),
        "HTTPS" | "SVCB" => service_fault(value),
        _ => value.trim().is_empty().then_some("RRDATANotEnoughFields (Value has too few fields)"),
    }?;
    Some(problem.to_owned())
}

fn host_fault(value: &str) -> Option<&'static str> {
    if value.parse::<Ipv4Addr>().is_ok() || value.parse::<Ipv6Addr>().is_ok() {
        return Some("RRDATAIsIPAddress (Value is an IP address, not a domain name)");
    }
    names::fault(value)
}

/// Each string is quoted and at most 255 characters long.
fn character_strings_fault(value: &str) -> Option<&'static str> {
    const UNQUOTED: &str = "InvalidCharacterString (Value should be enclosed in quotation marks)";
    let strings = match quoted_strings(value) {
        Some(strings) if !strings.is_empty() => strings,
        _ => return Some(UNQUOTED),
    };
    strings.iter().any(|string| string.len() > 255).then_some("CharacterStringTooLong (Value is too long)")
}

/// The contents of the quoted strings that a value is made of, or nothing if it is made of anything else.
pub fn quoted_strings(value: &str) -> Option<Vec<String>> {
    let mut strings = Vec::new();
    let mut rest = value.trim();
    while !rest.is_empty() {
        let (string, after) = one_quoted_string(rest)?;
        strings.push(string);
        rest = after.trim_start();
    }
    Some(strings)
}

fn one_quoted_string(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut string = String::new();
    let mut letters = inner.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((string, &inner[at + 1..])),
            '\\' => string.push(letters.next()?.1),
            other => string.push(other),
        }
    }
    None
}

fn caa_fault(value: &str) -> Option<&'static str> {
    let mut fields = value.splitn(3, ' ');
    let flags = fields.next().and_then(|flags| flags.parse::<u8>().ok());
    let tag = fields.next().filter(|tag| ["issue", "issuewild", "iodef", "issuemail"].contains(tag));
    let quoted = fields.next().and_then(quoted_strings).filter(|strings| strings.len() == 1);
    (flags.is_none() || tag.is_none() || quoted.is_none())
        .then_some("CAARRDATAInvalid (Value should be: flags tag \"value\")")
}

/// `numeric` says for each field whether it is a number.
fn fields_fault(value: &str, count: usize, numeric: &[bool]) -> Option<&'static str> {
    let fields: Vec<&str> = value.split_whitespace().collect();
    if fields.len() < count {
        return Some("RRDATANotEnoughFields (Value has too few fields)");
    }
    if fields.len() > count {
        return Some("RRDATATooManyFields (Value has too many fields)");
    }
    fields.iter().zip(numeric).find_map(|(field, is_number)| match is_number {
        true => field.parse::<u32>().is_err().then_some("RRDATAIllegalNumber (Value is not a number)"),
        false => names::fault(field),
    })
}

fn service_fault(value: &str) -> Option<&'static str> {
    let mut fields = value.split_whitespace();
    let priority = fields.next().and_then(|priority| priority.parse::<u16>().ok());
    let target = fields.next().filter(|target| *target == "." || names::fault(target).is_none());
    (priority.is_none() || target.is_none())
        .then_some("SVCBRRDATAInvalid (Value should be: priority target [parameters])")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_values_pass() {
        for (kind, value) in [
            ("A", "192.0.2.1"),
            ("AAAA", "2001:db8::1"),
            ("CNAME", "_x.acm-validations.aws."),
            ("TXT", "\"one\" \"two \\\" three\""),
            ("CAA", "0 issue \"amazon.com\""),
            ("MX", "10 mail.example.com."),
            ("SRV", "1 2 443 host.example.com."),
            ("HTTPS", "1 . alpn=\"h2\""),
        ] {
            assert_eq!(fault(kind, value), None, "{kind} {value}");
        }
    }

    #[test]
    fn wrong_values_name_the_problem() {
        let long = format!("\"{}\"", "x".repeat(256));
        for (kind, value, problem) in [
            ("A", "192.0.2", "ARRDATAIllegalIPv4Address"),
            ("A", "192.0.2.256", "ARRDATAIllegalIPv4Address"),
            ("AAAA", "192.0.2.1", "AAAARRDATAIllegalIPv6Address"),
            ("CNAME", "192.0.2.1", "RRDATAIsIPAddress"),
            ("CNAME", "a..b", "DomainLabelEmpty"),
            ("TXT", "bare", "InvalidCharacterString"),
            ("TXT", "\"open", "InvalidCharacterString"),
            ("TXT", long.as_str(), "CharacterStringTooLong"),
            ("CAA", "0 issue amazon.com", "CAARRDATAInvalid"),
            ("CAA", "0 grant \"amazon.com\"", "CAARRDATAInvalid"),
            ("MX", "mail.example.com", "RRDATANotEnoughFields"),
            ("MX", "ten mail.example.com", "RRDATAIllegalNumber"),
            ("HTTPS", "one .", "SVCBRRDATAInvalid"),
        ] {
            let fault = fault(kind, value).unwrap_or_default();
            assert!(fault.starts_with(problem), "{kind} {value}: {fault}");
        }
    }
}
