//! Asking a bucket for an object, as CloudFront does: signed for its region, and only as far as its policy allows.

use super::element::Element;
use crate::sandbox::call::{Request, World};
use crate::sandbox::calls::CallRecord;
use crate::sandbox::fault::{Effect, Faults};
use crate::sandbox::s3;
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde_json::Value;

/// What came of asking an origin.
pub enum Asked {
    /// It answered.
    Answered(Response<Bytes>),
    /// It did not.
    Silent,
}

/// Whoever can ask an origin.
pub trait Origins {
    /// Asks `origin` for `path` on behalf of the distribution with this ARN.
    fn ask(&self, world: &World, origin: &Element, distribution: &str, path: &str) -> Asked;
}

/// The buckets of the sandbox.
pub(in crate::sandbox) struct Buckets<'a> {
    pub(in crate::sandbox) s3: &'a s3::Front,
    pub(in crate::sandbox) faults: &'a Faults,
}

impl Origins for Buckets<'_> {
    fn ask(&self, world: &World, origin: &Element, distribution: &str, path: &str) -> Asked {
        let Some((name, region)) = bucket_of(origin.text_at("DomainName")) else { return Asked::Silent };
        match self.faults.meet(&record(region)) {
            None | Some(Effect::Delay(_) | Effect::Late(_)) => {}
            Some(Effect::Fail { status, .. }) => return bare(status),
            Some(Effect::Throttle) => return bare(503),
            Some(Effect::Hang | Effect::Drop | Effect::Abort) => return Asked::Silent,
        }
        let Ok(Some(bucket)) = s3::find(&world.store, name) else { return bare(404) };
        let key = format!("{}{path}", origin.text_at("OriginPath"));
        let policy = bucket.policy.as_deref().unwrap_or_default();
        let key_arn = format!("arn:aws:s3:::{name}{key}");
        if !grants(policy, "s3:GetObject", &key_arn, distribution) {
            return bare(403);
        }
        let answer = self.s3.answer(world, &request(region, &format!("/{name}{key}")));
        // Only whoever may list learns that a key is not there (aws-facts.md J).
        let may_list = || grants(policy, "s3:ListBucket", &format!("arn:aws:s3:::{name}"), distribution);
        match answer.status() {
            StatusCode::NOT_FOUND if !may_list() => bare(403),
            _ => s3::whole(answer).map_or(Asked::Silent, |answer| Asked::Answered(for_visitors(answer))),
        }
    }
}

/// The bucket and the region of a regional REST endpoint.
fn bucket_of(domain: &str) -> Option<(&str, &str)> {
    let (name, rest) = domain.split_once(".s3.")?;
    Some((name, rest.strip_suffix(".amazonaws.com")?))
}

/// The call as faults choose it. It is not among the calls that clients made, so it has no number.
fn record(region: &str) -> CallRecord {
    CallRecord {
        n: 0,
        service: "s3".to_owned(),
        operation: "GetObject".to_owned(),
        region: region.to_owned(),
        mutating: false,
        started_ms: 0,
        ended_ms: None,
    }
}

fn request(region: &str, path: &str) -> Request {
    Request {
        method: "GET".to_owned(),
        path: path.to_owned(),
        query: Vec::new(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
        service: "s3".to_owned(),
        region: region.to_owned(),
    }
}

fn bare(status: u16) -> Asked {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    Asked::Answered(response)
}

/// S3's own headers stay behind, but for what CloudFront passes on.
fn for_visitors(mut response: Response<Bytes>) -> Response<Bytes> {
    let own: Vec<_> =
        response.headers().keys().filter(|name| name.as_str().starts_with("x-amz-")).cloned().collect();
    own.iter().for_each(|name| drop(response.headers_mut().remove(name)));
    response
}

/// Whether a policy lets CloudFront do this on behalf of the distribution.
fn grants(policy: &str, action: &str, resource: &str, distribution: &str) -> bool {
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    let statements = policy["Statement"].as_array().cloned().unwrap_or_default();
    statements.iter().any(|statement| {
        let covers = |pattern: &str| super::edge_route::covers(pattern, resource);
        statement["Effect"] == "Allow"
            && statement["Principal"]["Service"] == "cloudfront.amazonaws.com"
            && texts(&statement["Action"]).contains(&action)
            && texts(&statement["Resource"]).into_iter().any(covers)
            && texts(&statement["Condition"]["StringEquals"]["AWS:SourceArn"]).contains(&distribution)
    })
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        single => single.as_str().into_iter().collect(),
    }
}
