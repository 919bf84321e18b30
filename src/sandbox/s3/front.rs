//! What lies before S3's operations: chunks, checksums and the bucket's own gate are dealt with here, and
//! `s3s` takes apart what remains, which carries no signature any more.

use super::call::Call;
use super::create::Creation;
use super::index::Indexes;
use super::rules;
use super::{checksum, chunked, gate, service::Service};
use crate::sandbox::call::{Refusal, Request, World};
use crate::sandbox::envelope::Protocol;
use crate::sandbox::request_id;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use http_body_util::BodyExt;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::service::{S3Service, S3ServiceBuilder};
use std::sync::Arc;

/// An answer, whose body may be read while it is sent.
pub(in crate::sandbox) type Response = http::Response<s3s::Body>;

/// S3 with what it keeps in memory.
pub(in crate::sandbox) struct Front {
    service: S3Service,
    indexes: Arc<Indexes>,
}

impl std::fmt::Debug for Front {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Front").field("indexes", &self.indexes).finish_non_exhaustive()
    }
}

impl Front {
    pub(in crate::sandbox) fn new() -> Self {
        Front { service: S3ServiceBuilder::new(Service).build(), indexes: Arc::default() }
    }

    /// Answers one call. It reads and writes files, so it belongs on a thread that may block.
    pub(in crate::sandbox) fn answer(&self, world: &World, request: &Request) -> Response {
        let operation = super::operation(request);
        let response = match self.admit(world, request, &operation) {
            Ok(call) => self.hand_over(request, call),
            Err(stopped) => stopped_response(&stopped),
        };
        let bodiless = request.method == "HEAD" || response.status() == StatusCode::NOT_MODIFIED;
        if bodiless && !response.status().is_success() { without_body(response) } else { response }
    }

    fn call(&self, world: &World, request: &Request, operation: &str) -> Result<Call, Refusal> {
        let mut headers = request.headers.clone();
        let body = match chunked::is_chunked(&headers) {
            true => chunked::decode(&request.body, &mut headers)?,
            false => request.body.clone(),
        };
        checksum::verify(operation, &headers, &body)?;
        let creation = if operation == "CreateBucket" { Some(Creation::read(&body)?) } else { None };
        let (world, region, indexes) = (world.clone(), request.region.clone(), self.indexes.clone());
        Ok(Call { world, region, headers, body, creation, indexes })
    }

    fn admit(&self, world: &World, request: &Request, operation: &str) -> Result<Call, gate::Stopped> {
        let call = self.call(world, request, operation)?;
        gate::check(&call, operation, bucket_name(&request.path))?;
        Ok(call)
    }

    fn hand_over(&self, request: &Request, call: Call) -> Response {
        let handed = plain_request(request, call).and_then(|plain| {
            let answering = async { self.service.call(plain).await.map_err(|_| internal("s3s")) };
            tokio::runtime::Handle::current().block_on(answering)
        });
        handed.unwrap_or_else(|refusal| refused(&refusal))
    }
}

/// An answer with all of its body; `None` if that can't be read. Belongs on a thread that may block.
pub(in crate::sandbox) fn whole(response: Response) -> Option<http::Response<Bytes>> {
    let (parts, body) = response.into_parts();
    let body = tokio::runtime::Handle::current().block_on(body.collect()).ok()?.to_bytes();
    Some(http::Response::from_parts(parts, body))
}

/// The same request without its signature, which `s3s` could only check if it knew the secret.
fn plain_request(request: &Request, call: Call) -> Result<s3s::HttpRequest, Refusal> {
    // What CreateBucket's body asks for has been read, including tags, which `s3s` does not know there.
    let body = if call.creation.is_some() { Bytes::new() } else { call.body.clone() };
    let mut headers = call.headers.clone();
    for signed in ["x-amz-content-sha256", "x-amz-decoded-content-length", "x-amz-trailer"] {
        headers.remove(signed);
    }
    for transfer in [AUTHORIZATION, TRANSFER_ENCODING, EXPECT] {
        headers.remove(transfer);
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    let mut plain = http::Request::new(s3s::Body::from(body));
    *plain.method_mut() = request.method.parse().map_err(|_| internal("the method"))?;
    *plain.uri_mut() = plain_uri(request)?;
    *plain.headers_mut() = headers;
    plain.extensions_mut().insert(Arc::new(call));
    Ok(plain)
}

fn plain_uri(request: &Request) -> Result<Uri, Refusal> {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let unsigned = request.query.iter().filter(|(key, _)| !key.starts_with("X-Amz-"));
    let query: Vec<String> =
        unsigned.map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    let text = format!("{}?{}", request.path, query.join("&"));
    text.trim_end_matches('?')
        .parse()
        .map_err(|_| rules::ADDRESS.refusal("Couldn't parse the specified URI."))
}

fn bucket_name(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

fn stopped_response(stopped: &gate::Stopped) -> Response {
    let mut response = refused(&stopped.refusal);
    let region = stopped.bucket_region.as_ref().and_then(|region| HeaderValue::from_str(region).ok());
    if let Some(region) = region {
        response.headers_mut().insert("x-amz-bucket-region", region);
    }
    response
}

/// A refusal in S3's envelope.
pub(in crate::sandbox) fn refused(refusal: &Refusal) -> Response {
    let answer = Protocol::S3.wrap(refusal, &request_id::random_hex(8).to_uppercase());
    let mut response = Response::new(answer.body.into());
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_REQUEST);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}

fn without_body(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    let unfit: [http::HeaderName; 2] = [CONTENT_LENGTH, CONTENT_TYPE];
    unfit.iter().for_each(|name| drop(HeaderMap::remove(&mut parts.headers, name)));
    Response::from_parts(parts, s3s::Body::empty())
}

fn internal(what: &str) -> Refusal {
    Refusal::new(
        500,
        "InternalError",
        format!("We encountered an internal error with {what}. Please try again."),
    )
}
