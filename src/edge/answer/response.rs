//! Responses that a function makes or changes.

use super::message::{check_encoding, check_headers, header_bytes};
use super::shortened;
use crate::edge::finding::Finding;
use crate::edge::limits::{is_viewer, limits};
use crate::profile::answers::EdgeEvent;
use serde_json::{Value as Json, json};

/// Everything that is wrong with a response made on a request event.
pub(super) fn check_generated(event_type: EdgeEvent, answer: &Json) -> Vec<Finding> {
    let mut findings = status(answer);
    let headers = answer.get("headers").cloned().unwrap_or_else(|| json!({}));
    findings.extend(check_headers(event_type, &json!({}), &headers));
    findings.extend(body(answer));
    findings.extend(size(event_type, answer));
    if is_viewer(event_type) && answer["status"] == "204" && has_body(answer) {
        let what = "a response with status 204 has a body";
        findings.push(
            Finding::error(what)
                .why("CloudFront answers 502 (CloudFront guide: lambda-generating-http-responses)"),
        );
    }
    findings
}

/// Everything that is wrong with a response that was changed on a response event.
pub(super) fn check_changed(event_type: EdgeEvent, before: &Json, after: &Json) -> Vec<Finding> {
    let mut findings = status(after);
    findings.extend(check_headers(event_type, &before["headers"], &after["headers"]));
    findings.extend(body(after));
    if has_body(after) {
        findings.extend(size(event_type, after));
    }
    match event_type {
        EdgeEvent::ViewerResponse if before["status"] != after["status"] => {
            let what =
                format!("the function changed the status from {} to {}", before["status"], after["status"]);
            let why =
                "on viewer-response that can't be done (CloudFront guide: lambda-generating-http-responses)";
            findings.push(Finding::error(what).why(why).way_out("do it on origin-response"));
        }
        EdgeEvent::ViewerResponse
        | EdgeEvent::ViewerRequest
        | EdgeEvent::OriginRequest
        | EdgeEvent::OriginResponse => {}
    }
    findings
}

fn status(answer: &Json) -> Vec<Finding> {
    let status = &answer["status"];
    let digits = status.as_str().filter(|text| text.len() == 3).and_then(|text| text.parse::<u16>().ok());
    let mut findings = Vec::new();
    if !digits.is_some_and(|status| (200..=599).contains(&status)) {
        let why = "it must be a text such as \"200\", from \"200\" to \"599\" (CloudFront guide: lambda-generating-http-responses)";
        findings.push(Finding::error(format!("the status is {}", shortened(status))).why(why));
    }
    let description = &answer["statusDescription"];
    if !description.is_null() && !description.is_string() {
        let what = format!("the status description is {}", shortened(description));
        findings.push(
            Finding::error(what)
                .why("it must be a text (CloudFront guide: lambda-generating-http-responses)"),
        );
    }
    findings
}

fn body(answer: &Json) -> Option<Finding> {
    match answer.get("body") {
        None | Some(Json::Null) => None,
        Some(Json::String(body)) => check_encoding(body, &answer["bodyEncoding"]),
        Some(body) => Some(
            Finding::error(format!("the body is {}", shortened(body)))
                .why("it must be a text (CloudFront guide: lambda-generating-http-responses)")
                .way_out("turn an object into one with JSON.stringify or json.dumps"),
        ),
    }
}

fn has_body(answer: &Json) -> bool {
    answer["body"].as_str().is_some_and(|body| !body.is_empty())
}

fn size(event_type: EdgeEvent, answer: &Json) -> Option<Finding> {
    let bytes = header_bytes(&answer["headers"]) + answer["body"].as_str().map_or(0, str::len);
    let most = limits(event_type).generated_response;
    (bytes > most).then(|| {
        Finding::error(format!("the response has {bytes} bytes, headers included; {most} are allowed"))
            .why(format!(
                "that is the limit on {} (CloudFront guide: lambda-at-edge-function-restrictions)",
                event_type.name()
            ))
            .way_out(match event_type {
                EdgeEvent::ViewerRequest | EdgeEvent::OriginRequest => {
                    "put the page into the site's folder, and change `uri` to lead there"
                }
                EdgeEvent::ViewerResponse | EdgeEvent::OriginResponse => {
                    "leave the body alone, or answer on a request event, with a `uri` that leads to the page"
                }
            })
    })
}
