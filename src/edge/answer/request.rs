//! Requests that a function passes on.

use super::message::{check_encoding, check_headers};
use super::shortened;
use crate::edge::finding::Finding;
use crate::edge::limits::{is_viewer, limits};
use crate::profile::answers::EdgeEvent;
use serde_json::Value as Json;

/// Everything that is wrong with a request that goes on.
pub(super) fn check(event_type: EdgeEvent, before: &Json, after: &Json) -> Vec<Finding> {
    let mut findings = fixed_parts(before, after);
    findings.extend(address(after));
    findings.extend(check_headers(event_type, &before["headers"], &after["headers"]));
    findings.extend(origin(event_type, before, after));
    findings.extend(body(event_type, &after["body"]));
    findings
}

fn fixed_parts(before: &Json, after: &Json) -> Vec<Finding> {
    let changed = ["method", "clientIp"].into_iter().filter(|part| before[part] != after[part]);
    let finding = |part: &str| {
        Finding::error(format!(
            "the request's {part} is {} and not {}",
            shortened(&after[part]),
            before[part]
        ))
        .why("a function may read it, but not change it (CloudFront guide: lambda-event-structure)")
        .way_out("change the request of the event and return it, rather than a new one")
    };
    changed.map(finding).collect()
}

fn address(after: &Json) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !after["uri"].as_str().is_some_and(|uri| uri.starts_with('/') && !uri.contains('?')) {
        let what = format!("the request's uri is {}", shortened(&after["uri"]));
        let why = "it must be a path that begins with /; a query goes into querystring (CloudFront guide: lambda-event-structure)";
        findings.push(Finding::error(what).why(why));
    }
    if !after["querystring"].is_string() {
        let what = format!("the request's querystring is {}", shortened(&after["querystring"]));
        findings.push(
            Finding::error(what)
                .why("it must be a text, which may be empty (CloudFront guide: lambda-event-structure)"),
        );
    }
    findings
}

fn origin(event_type: EdgeEvent, before: &Json, after: &Json) -> Option<Finding> {
    let origin = after.get("origin")?;
    if is_viewer(event_type) {
        let what = "the function chose an origin";
        return Some(
            Finding::error(what)
                .why("only origin events have one (CloudFront guide: lambda-event-structure)"),
        );
    }
    (Some(origin) != before.get("origin")).then(|| {
        Finding::warning("the function changed the origin")
            .why("a bucket chosen so is asked without the origin access control, and refuses (CloudFront guide: lambda-event-structure)")
            .way_out("change `uri`, or choose an origin that anybody may read")
    })
}

fn body(event_type: EdgeEvent, body: &Json) -> Vec<Finding> {
    if body["action"] != "replace" {
        return Vec::new();
    }
    let (limits, data) = (limits(event_type), body["data"].as_str().unwrap_or_default());
    let most = if body["encoding"] == "base64" { limits.replaced_base64 } else { limits.replaced_text };
    let mut findings: Vec<Finding> = check_encoding(data, &body["encoding"]).into_iter().collect();
    if data.len() > most {
        let what = format!("the new body of the request has {} bytes; {most} are allowed", data.len());
        findings.push(
            Finding::error(what)
                .why("CloudFront answers 502 (CloudFront guide: lambda-at-edge-function-restrictions)"),
        );
    }
    findings
}
