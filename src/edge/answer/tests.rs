use super::*;
use crate::edge::event::{SampleRequest, sample_event};
use crate::edge::fixtures::own;
use serde_json::json;

const EVENTS: [EdgeEvent; 4] = [
    EdgeEvent::ViewerRequest,
    EdgeEvent::OriginRequest,
    EdgeEvent::OriginResponse,
    EdgeEvent::ViewerResponse,
];

fn event(event_type: EdgeEvent) -> Json {
    let request = SampleRequest::get("/a?b=c").unwrap().header("Via: 1.1 x").unwrap();
    sample_event(&own("a.mjs", event_type), "eu-west-1", &request)
}

/// What is told of an answer made from the event's own request or response.
fn told(event_type: EdgeEvent, change: impl Fn(&mut Json)) -> Vec<String> {
    let event = event(event_type);
    let part = if is_request(event_type) { "request" } else { "response" };
    let mut answer = event["Records"][0]["cf"][part].clone();
    change(&mut answer);
    check(event_type, &event, &answer).into_iter().map(|finding| finding.what).collect()
}

fn generated(event_type: EdgeEvent, answer: Json) -> Vec<String> {
    told(event_type, |whole| *whole = answer.clone())
}

#[test]
fn what_goes_on_unchanged_is_fine_on_every_event() {
    for event_type in EVENTS {
        assert_eq!(told(event_type, |_| {}), [""; 0], "{event_type:?}");
    }
}

#[test]
fn no_answer_is_told_on_every_event() {
    for event_type in EVENTS {
        assert_eq!(generated(event_type, Json::Null), ["the function answered nothing"]);
    }
}

#[test]
fn a_made_response_is_held_against_every_rule() {
    let rows = [
        (json!({ "status": "200" }), None),
        (json!({ "status": "302", "headers": { "location": [{ "value": "/x" }] } }), None),
        (json!({ "status": "200", "body": "aGk=", "bodyEncoding": "base64" }), None),
        (json!({ "status": 200 }), Some("the status is 200")),
        (json!({ "status": "199" }), Some("the status is \"199\"")),
        (json!({ "status": "ok" }), Some("the status is \"ok\"")),
        (json!({ "status": "200", "statusDescription": 1 }), Some("the status description is 1")),
        (json!({ "status": "200", "body": { "a": 1 } }), Some("the body is {\"a\":1}")),
        (
            json!({ "status": "200", "body": "!", "bodyEncoding": "base64" }),
            Some("the body is not base64, as it says"),
        ),
        (
            json!({ "status": "200", "body": "", "bodyEncoding": "gzip" }),
            Some("the body's encoding is \"gzip\""),
        ),
        (json!({ "status": "204", "body": "x" }), Some("a response with status 204 has a body")),
        (json!({ "status": "200", "headers": [] }), Some("headers are []")),
        (json!({ "status": "200", "headers": { "a": "b" } }), Some("the header a is \"b\"")),
        (
            json!({ "status": "200", "headers": { "a": [{ "value": 1 }] } }),
            Some("a value of the header a is 1"),
        ),
        (
            json!({ "status": "200", "headers": { "a": [{ "key": "B", "value": "1" }] } }),
            Some("the header a has the key \"B\""),
        ),
        (
            json!({ "status": "200", "headers": { "A": [{ "value": "1" }] } }),
            Some("the header name A is not in lower case"),
        ),
        (
            json!({ "status": "200", "headers": { "a": [{ "value": "1\r\nb: 2" }] } }),
            Some("the header a holds a control character"),
        ),
        (
            json!({ "status": "200", "headers": { "x-cache": [{ "value": "1" }] } }),
            Some("the function added the header x-cache"),
        ),
        (
            json!({ "status": "200", "headers": { "content-length": [{ "value": "1" }] } }),
            Some("the function set the header content-length"),
        ),
    ];
    for (answer, expected) in rows {
        let told = generated(EdgeEvent::ViewerRequest, answer.clone());
        assert_eq!(told, expected.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{answer}");
    }
}

#[test]
fn the_size_of_a_response_depends_on_the_event() {
    let answer = |bytes| json!({ "status": "200", "headers": {}, "body": "x".repeat(bytes) });
    assert_eq!(generated(EdgeEvent::ViewerRequest, answer(40 * 1024)).len(), 0);
    assert_eq!(generated(EdgeEvent::ViewerRequest, answer(40 * 1024 + 1)).len(), 1);
    assert_eq!(generated(EdgeEvent::OriginRequest, answer(1024 * 1024)).len(), 0);
    assert_eq!(generated(EdgeEvent::OriginRequest, answer(1024 * 1024 + 1)).len(), 1);
    let large = "x".repeat(50_000);
    assert_eq!(told(EdgeEvent::ViewerResponse, |response| response["body"] = json!(large)).len(), 1);
    assert_eq!(told(EdgeEvent::OriginResponse, |response| response["body"] = json!(large)).len(), 0);
}

#[test]
fn read_only_headers_stay_as_they_came() {
    let changed = |event_type, name: &str| {
        told(event_type, |part| part["headers"][name] = json!([{ "key": name, "value": "changed" }]))
    };
    assert_eq!(changed(EdgeEvent::ViewerRequest, "host"), ["the function set the header host"]);
    assert_eq!(changed(EdgeEvent::OriginRequest, "host"), [""; 0]);
    assert_eq!(
        changed(EdgeEvent::OriginRequest, "if-none-match"),
        ["the function set the header if-none-match"]
    );
    assert_eq!(changed(EdgeEvent::OriginResponse, "via"), ["the function set the header via"]);
    assert_eq!(changed(EdgeEvent::OriginResponse, "content-length"), [""; 0]);
    assert_eq!(
        changed(EdgeEvent::ViewerResponse, "content-length"),
        ["the function set the header content-length"]
    );
    let without_via = |request: &mut Json| drop(request["headers"].as_object_mut().unwrap().remove("via"));
    assert_eq!(told(EdgeEvent::ViewerRequest, without_via), ["the function removed the header via"]);
}

#[test]
fn a_status_can_be_changed_on_its_way_into_the_cache_only() {
    let gone = |response: &mut Json| response["status"] = json!("410");
    assert_eq!(told(EdgeEvent::OriginResponse, gone), [""; 0]);
    let expected = "the function changed the status from \"200\" to \"410\"";
    assert_eq!(told(EdgeEvent::ViewerResponse, gone), [expected]);
}

#[test]
fn a_request_keeps_what_makes_it_one() {
    let event_type = EdgeEvent::OriginRequest;
    let rows: [(&str, Json, Option<&str>); 6] = [
        ("uri", json!("/b"), None),
        ("uri", json!("b"), Some("the request's uri is \"b\"")),
        ("uri", json!("/b?c"), Some("the request's uri is \"/b?c\"")),
        ("querystring", Json::Null, Some("the request's querystring is null")),
        ("method", json!("POST"), Some("the request's method is \"POST\" and not \"GET\"")),
        ("origin", json!({ "s3": {} }), Some("the function changed the origin")),
    ];
    for (part, value, expected) in rows {
        let told = told(event_type, |request| request[part] = value.clone());
        assert_eq!(told, expected.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{part}");
    }
    assert_eq!(
        told(EdgeEvent::ViewerRequest, |request| request["origin"] = json!({})),
        ["the function chose an origin"]
    );
}

#[test]
fn a_new_body_of_a_request_has_its_limits() {
    let body = |encoding: &str, bytes| json!({ "action": "replace", "encoding": encoding, "data": "A".repeat(bytes) });
    let told = |encoding, bytes| {
        told(EdgeEvent::ViewerRequest, |request| request["body"] = body(encoding, bytes)).len()
    };
    assert_eq!((told("text", 40 * 1024), told("text", 40 * 1024 + 1)), (0, 1));
    assert_eq!((told("base64", 53_200), told("base64", 54_480)), (0, 1));
}
