//! Events as CloudFront hands them to a function (aws-facts.md D.3).

use super::address;
use super::limits::{is_request, is_viewer, limits};
use crate::error::{Error, Result};
use crate::profile::answers::{EdgeEvent, EdgeFunction};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};

/// A request to make an event of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRequest {
    /// The host that the visitor asked.
    pub host: String,
    /// The path, as it comes over the wire.
    pub uri: String,
    /// The query string, without its `?`.
    pub query: String,
    /// GET, unless there is a body.
    pub method: String,
    /// Headers beside the ones that every request has.
    pub headers: Vec<(String, String)>,
    /// The body; handed over only if the function asks for it.
    pub body: String,
}

impl SampleRequest {
    /// A GET of `url`, which may leave out scheme and host.
    pub fn get(url: &str) -> Result<SampleRequest> {
        let uri = address::read(url)?;
        Ok(SampleRequest {
            host: uri.host().unwrap_or("example.com").to_owned(),
            uri: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            method: "GET".into(),
            headers: Vec::new(),
            body: String::new(),
        })
    }

    /// Adds a header written as `Name: value`.
    pub fn header(mut self, written: &str) -> Result<SampleRequest> {
        let wrong = || Error::usage(format!("`{written}` is no header")).hint("write --header 'Name: value'");
        let (name, value) = written.split_once(':').ok_or_else(wrong)?;
        let name = name.trim();
        let fine = !name.is_empty() && name.chars().all(|c| c.is_ascii_graphic());
        let value = value.trim().to_owned();
        if fine {
            self.headers.push((name.to_owned(), value))
        } else {
            return Err(wrong());
        }
        Ok(self)
    }
}

/// A true event for a function: what CloudFront would hand over for `request`.
pub fn sample_event(function: &EdgeFunction, bucket_region: &str, request: &SampleRequest) -> Json {
    let event = function.event;
    let mut cf = json!({
        "config": {
            "distributionDomainName": "d111111abcdef8.cloudfront.net",
            "distributionId": "EDFDVBD6EXAMPLE",
            "eventType": event.name(),
            "requestId": "local",
        },
        "request": request_part(function, bucket_region, request),
    });
    if !is_request(event) {
        cf["response"] = json!({
            "status": "200",
            "statusDescription": "OK",
            "headers": header_lists(&[("Content-Type", "text/html"), ("Server", "AmazonS3")]),
        });
    }
    json!({ "Records": [{ "cf": cf }] })
}

fn request_part(function: &EdgeFunction, bucket_region: &str, request: &SampleRequest) -> Json {
    let bucket = format!("example.s3.{bucket_region}.amazonaws.com");
    let viewer = is_viewer(function.event);
    // On its way to the bucket a request bears CloudFront's own name, and the bucket's host.
    let usual: [(&str, &str); 2] = match viewer {
        true => [("Host", &request.host), ("User-Agent", "Mozilla/5.0 (sitecast edge test)")],
        false => [("Host", &bucket), ("User-Agent", "Amazon CloudFront")],
    };
    let given = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let written: Vec<(&str, &str)> = given.collect();
    let is_given = |name: &str| written.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
    let mut headers: Vec<_> = usual.into_iter().filter(|(name, _)| !is_given(name)).collect();
    headers.extend(&written);
    let mut part = json!({
        "clientIp": "203.0.113.178",
        "method": request.method,
        "uri": request.uri,
        "querystring": request.query,
        "headers": header_lists(&headers),
    });
    if !viewer {
        part["origin"] = origin(&bucket, bucket_region);
    }
    if function.include_body && is_request(function.event) {
        part["body"] = body(function.event, &request.body);
    }
    part
}

fn origin(bucket: &str, region: &str) -> Json {
    json!({ "s3": {
        "domainName": bucket,
        "path": "/site",
        "authMethod": "none",
        "region": region,
        "customHeaders": {},
        "readTimeout": 30,
        "responseCompletionTimeout": 0,
    } })
}

/// A request's body, cut where CloudFront cuts it.
fn body(event: EdgeEvent, text: &str) -> Json {
    let most = limits(event).exposed_body;
    // What counts is its length in base64: four letters for three bytes.
    let kept = &text.as_bytes()[..text.len().min(most / 4 * 3)];
    json!({
        "inputTruncated": kept.len() < text.len(),
        "action": "read-only",
        "encoding": "base64",
        "data": STANDARD.encode(kept),
    })
}

/// Headers in CloudFront's form: a list of values under each name in lower case.
fn header_lists(headers: &[(&str, &str)]) -> Json {
    let mut lists: Map<String, Json> = Map::new();
    for (name, value) in headers {
        let list = lists.entry(name.to_ascii_lowercase()).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(json!({ "key": name, "value": value }));
        }
    }
    Json::Object(lists)
}

/// The event that a person wrote down, if it is one for this function.
pub fn parse_event(function: &EdgeFunction, text: &str, file_name: &str) -> Result<Json> {
    let wrong = |why: &str| {
        let error = Error::usage(format!("{file_name} holds no event for `{}`", function.name)).why(why);
        error.hint("leave --event out to have one made from --url")
    };
    let event: Json = serde_json::from_str(text).map_err(|error| wrong("it is not JSON").because(error))?;
    let expected = function.event.name();
    match event.pointer("/Records/0/cf/config/eventType").and_then(Json::as_str) {
        Some(found) if found == expected => {}
        Some(found) => {
            return Err(wrong(&format!("it is a {found} event, and the function runs on {expected}")));
        }
        None => return Err(wrong("it has no Records[0].cf.config.eventType")),
    }
    let needs = if is_request(function.event) { "request" } else { "response" };
    if event.pointer(&format!("/Records/0/cf/{needs}")).is_none_or(|part| !part.is_object()) {
        return Err(wrong(&format!("it has no Records[0].cf.{needs}")));
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::fixtures::own;

    fn sample(event: EdgeEvent, request: &SampleRequest) -> Json {
        sample_event(&own("a.mjs", event), "eu-west-1", request)["Records"][0]["cf"].clone()
    }

    #[test]
    fn parts_are_there_for_the_events_that_have_them() {
        let request = SampleRequest::get("https://a.example/b?c=d").unwrap().header("X-A: 1:2").unwrap();
        let rows = [
            (EdgeEvent::ViewerRequest, false, false, "a.example"),
            (EdgeEvent::OriginRequest, true, false, "example.s3.eu-west-1.amazonaws.com"),
            (EdgeEvent::OriginResponse, true, true, "example.s3.eu-west-1.amazonaws.com"),
            (EdgeEvent::ViewerResponse, false, true, "a.example"),
        ];
        for (event, origin, response, host) in rows {
            let cf = sample(event, &request);
            assert_eq!(cf["config"]["eventType"], event.name());
            assert_eq!(
                (cf["request"].get("origin").is_some(), cf.get("response").is_some()),
                (origin, response)
            );
            assert_eq!(cf["request"]["headers"]["host"][0]["value"], host);
            assert_eq!(cf["request"]["headers"]["x-a"], json!([{ "key": "X-A", "value": "1:2" }]));
            assert_eq!((&cf["request"]["uri"], &cf["request"]["querystring"]), (&json!("/b"), &json!("c=d")));
            assert!(cf["request"].get("body").is_none());
        }
    }

    #[test]
    fn a_long_body_is_cut() {
        let function = EdgeFunction { include_body: true, ..own("a.mjs", EdgeEvent::ViewerRequest) };
        let request = SampleRequest { body: "x".repeat(50_000), ..SampleRequest::get("/").unwrap() };
        let body = &sample_event(&function, "eu-west-1", &request)["Records"][0]["cf"]["request"]["body"];
        assert_eq!(body["inputTruncated"], true);
        assert_eq!(body["data"].as_str().unwrap().len(), 40 * 1024);
    }

    #[test]
    fn an_event_of_another_kind_is_refused() {
        let (viewer, origin) =
            (own("a.mjs", EdgeEvent::ViewerRequest), own("a.mjs", EdgeEvent::OriginRequest));
        let text = sample_event(&viewer, "eu-west-1", &SampleRequest::get("/").unwrap()).to_string();
        assert!(parse_event(&viewer, &text, "e.json").is_ok());
        let error = parse_event(&origin, &text, "e.json").unwrap_err();
        assert_eq!(error.causes, ["it is a viewer-request event, and the function runs on origin-request"]);
        assert!(parse_event(&viewer, "{}", "e.json").is_err());
        assert!(parse_event(&viewer, "nonsense", "e.json").is_err());
    }

    #[test]
    fn a_header_needs_a_name() {
        for written in ["", "novalue", ": x", "a b: c"] {
            assert!(SampleRequest::get("/").unwrap().header(written).is_err(), "{written}");
        }
    }
}
