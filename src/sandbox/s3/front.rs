//! S3's front.
use crate::sandbox::call::{Refusal, Request, World};
use crate::sandbox::envelope::Protocol;
use bytes::Bytes;

/// S3.
#[derive(Debug)]
pub(in crate::sandbox) struct Front {}

impl Front {
    pub(in crate::sandbox) fn new() -> Self {
        Front {}
    }

    pub(in crate::sandbox) fn answer(&self, _world: &World, request: &Request) -> http::Response<Bytes> {
        refused(&Refusal::new(501, "NotImplemented", super::operation(request)))
    }
}

/// A refusal in S3's envelope.
pub(in crate::sandbox) fn refused(refusal: &Refusal) -> http::Response<Bytes> {
    let answer = Protocol::S3.wrap(refusal, "");
    let mut response = http::Response::new(answer.body);
    *response.status_mut() =
        http::StatusCode::from_u16(answer.status).unwrap_or(http::StatusCode::BAD_REQUEST);
    for (name, value) in answer.headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
