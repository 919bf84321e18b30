//! What requests and responses have in common: headers, and bodies.

use super::shortened;
use crate::edge::finding::Finding;
use crate::edge::headers::{is_forbidden, is_read_only};
use crate::profile::answers::EdgeEvent;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};

const FORM: &str = "headers are { \"name in lower case\": [{ \"key\": \"Name\", \"value\": \"text\" }] } (CloudFront guide: lambda-generating-http-responses)";

/// What is wrong with the headers of an answer, against those that the event came with.
pub(super) fn check_headers(event_type: EdgeEvent, before: &Json, after: &Json) -> Vec<Finding> {
    let Some(headers) = after.as_object() else {
        return vec![Finding::error(format!("headers are {}", shortened(after))).why(FORM)];
    };
    let before = before.as_object().cloned().unwrap_or_default();
    let mut findings: Vec<Finding> = headers
        .iter()
        .flat_map(|(name, list)| check_header(event_type, before.get(name), name, list))
        .collect();
    findings.extend(removed(event_type, &before, headers));
    findings
}

fn check_header(event_type: EdgeEvent, before: Option<&Json>, name: &str, list: &Json) -> Vec<Finding> {
    let mut findings = Vec::new();
    if name.chars().any(|c| c.is_ascii_uppercase()) {
        let lower = format!("write \"{}\"; `key` may keep its capitals", name.to_ascii_lowercase());
        findings.push(
            Finding::error(format!("the header name {name} is not in lower case")).why(FORM).way_out(lower),
        );
    }
    match list.as_array() {
        Some(entries) => findings.extend(entries.iter().filter_map(|entry| check_entry(name, entry))),
        None => findings.push(Finding::error(format!("the header {name} is {}", shortened(list))).why(FORM)),
    }
    if before != Some(list) {
        findings.extend(check_change(event_type, name));
    }
    findings
}

fn check_entry(name: &str, entry: &Json) -> Option<Finding> {
    let wrong = |what: String| Some(Finding::error(what).why(FORM));
    let Some(value) = entry["value"].as_str() else {
        return wrong(format!("a value of the header {name} is {}", shortened(&entry["value"])));
    };
    if value.chars().any(|c| c.is_control() && c != '\t') {
        return wrong(format!("the header {name} holds a control character"));
    }
    match &entry["key"] {
        Json::Null => None,
        Json::String(key) if key.eq_ignore_ascii_case(name) => None,
        key => wrong(format!("the header {name} has the key {}", shortened(key))),
    }
}

fn check_change(event_type: EdgeEvent, name: &str) -> Option<Finding> {
    if is_forbidden(name) {
        let what = format!("the function added the header {name}");
        return Some(Finding::error(what).why(
            "no function may: CloudFront answers 502 (CloudFront guide: edge-function-restrictions-all)",
        ));
    }
    is_read_only(event_type, name).then(|| {
        Finding::error(format!("the function set the header {name}")).why(format!(
            "it is read-only on {} (CloudFront guide: edge-function-restrictions-all)",
            event_type.name()
        ))
    })
}

fn removed(event_type: EdgeEvent, before: &Map<String, Json>, after: &Map<String, Json>) -> Vec<Finding> {
    let gone = before.keys().filter(|name| !after.contains_key(*name) && is_read_only(event_type, name));
    let finding = |name: &String| {
        Finding::error(format!("the function removed the header {name}")).why(format!(
            "it is read-only on {} (CloudFront guide: edge-function-restrictions-all)",
            event_type.name()
        ))
    };
    gone.map(finding).collect()
}

/// What is wrong with an encoding other than these two, or a body that isn't in it.
pub(super) fn check_encoding(body: &str, encoding: &Json) -> Option<Finding> {
    match encoding.as_str() {
        None if encoding.is_null() => None,
        Some("text") => None,
        Some("base64") => STANDARD
            .decode(body)
            .err()
            .map(|error| Finding::error("the body is not base64, as it says").why(error.to_string())),
        Some(_) | None => {
            Some(Finding::error(format!("the body's encoding is {}", shortened(encoding))).why(
                "it must be \"text\" or \"base64\" (CloudFront guide: lambda-generating-http-responses)",
            ))
        }
    }
}

/// The length of all headers, names and values.
pub(super) fn header_bytes(headers: &Json) -> usize {
    let lists = headers.as_object().into_iter().flatten();
    let length = |entry: &Json, name: &str| name.len() + entry["value"].as_str().map_or(0, str::len);
    lists
        .flat_map(|(name, list)| list.as_array().into_iter().flatten().map(move |entry| length(entry, name)))
        .sum()
}
