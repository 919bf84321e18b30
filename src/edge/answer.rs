//! CloudFront's rules for what a function answers (aws-facts.md D.1, D.4, D.5). What breaks one is answered to
//! visitors with status 502.

mod message;
mod request;
mod response;

use super::finding::Finding;
use super::limits::is_request;
use crate::profile::answers::EdgeEvent;
use serde_json::Value as Json;

/// Everything that is wrong with an answer to an event.
pub fn check(event_type: EdgeEvent, event: &Json, answer: &Json) -> Vec<Finding> {
    let cf = &event["Records"][0]["cf"];
    if !answer.is_object() {
        return vec![no_answer(event_type, answer)];
    }
    let is_response = answer.get("status").is_some();
    match (is_request(event_type), is_response) {
        (true, true) => response::check_generated(event_type, answer),
        (true, false) => request::check(event_type, &cf["request"], answer),
        (false, _) => response::check_changed(event_type, &cf["response"], answer),
    }
}

fn no_answer(event_type: EdgeEvent, answer: &Json) -> Finding {
    let wanted = if is_request(event_type) { "the request, or a response" } else { "the response" };
    let found = if answer.is_null() { "nothing".to_owned() } else { shortened(answer) };
    Finding::error(format!("the function answered {found}"))
        .why(format!(
            "on {} CloudFront needs {wanted} (CloudFront guide: lambda-generating-http-responses)",
            event_type.name()
        ))
        .way_out("return it, and mind that an async function's promise is awaited")
}

/// A value as far as it fits on a line.
fn shortened(value: &Json) -> String {
    let text = value.to_string();
    if text.chars().count() <= 60 { text } else { text.chars().take(57).chain("...".chars()).collect() }
}

#[cfg(test)]
mod tests;
