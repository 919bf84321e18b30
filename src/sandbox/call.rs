//! One call to the sandbox: what was asked, the world it is asked of, and the two kinds of answer.

use super::{pace::Pace, store::Store};
use bytes::Bytes;
use http::HeaderMap;
use time::OffsetDateTime;

/// The one account that the sandbox holds.
pub const ACCOUNT: &str = "123456789012";

/// A request as it came in, with its signature's scope taken apart.
#[derive(Debug, Clone)]
pub struct Request {
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path as sent, still percent-encoded, beginning with `/`.
    pub path: String,
    /// The query, decoded, in the order sent; a name without `=` has an empty value.
    pub query: Vec<(String, String)>,
    /// The HTTP headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// The service named in the signature's scope, such as `cloudfront`.
    pub service: String,
    /// The region named in the signature's scope, such as `us-east-1`.
    pub region: String,
}

impl Request {
    /// A header's value, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The first query parameter of this name.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What a service can see while it answers.
#[derive(Debug, Clone)]
pub struct World {
    /// Everything that the sandbox remembers.
    pub store: Store,
    /// The moment of this call.
    pub now: OffsetDateTime,
    /// How fast lifecycles go by.
    pub pace: Pace,
}

/// A successful answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers of this answer; the server adds the request id.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
}

/// A refusal with AWS's own status, code and message. Each service wraps it in its protocol's envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status} {code}: {message}")]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// AWS's error code.
    pub code: String,
    /// AWS's message.
    pub message: String,
}

impl Refusal {
    /// A refusal with `status`, `code` and `message`.
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Refusal { status, code: code.to_owned(), message: message.into() }
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Refusal::new(500, "SandboxStateUnusable", format!("the sandbox could not use its own state: {error}"))
    }
}
