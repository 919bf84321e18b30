//! What CloudFront allows a function, by the event that runs it (aws-facts.md D.1).

use crate::profile::answers::EdgeEvent;

/// What CloudFront allows on one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest response that a function may make, headers and body, in bytes.
    pub generated_response: usize,
    /// How much of a request's body is handed to it, in bytes.
    pub exposed_body: usize,
    /// The largest body that it may put in the request's place as text, in bytes.
    pub replaced_text: usize,
    /// The same in base64.
    pub replaced_base64: usize,
    /// Memory in MB that every page of AWS's agrees on.
    pub sure_memory_mb: u32,
    /// Seconds that every page of AWS's agrees on.
    pub sure_seconds: u64,
}

/// The longest run on any event, in seconds.
pub const LONGEST_RUN: u64 = 30;
/// The largest memory of any function, in MB.
pub const MOST_MEMORY_MB: u32 = 10_240;
/// The largest package, in bytes.
pub const LARGEST_PACKAGE: u64 = 50 * MB as u64;
/// The size that older pages of AWS's name for viewer events, in bytes.
pub const SURE_VIEWER_PACKAGE: u64 = MB as u64;

const KB: usize = 1024;
const MB: usize = 1024 * KB;

const VIEWER: Limits = Limits {
    generated_response: 40 * KB,
    exposed_body: 40 * KB,
    replaced_text: 40 * KB,
    replaced_base64: 532 * KB / 10,
    sure_memory_mb: 128,
    sure_seconds: 5,
};

const ORIGIN: Limits = Limits {
    generated_response: MB,
    exposed_body: MB,
    replaced_text: MB,
    replaced_base64: 133 * MB / 100,
    sure_memory_mb: MOST_MEMORY_MB,
    sure_seconds: LONGEST_RUN,
};

/// What CloudFront allows on `event`.
pub fn limits(event: EdgeEvent) -> Limits {
    if is_viewer(event) { VIEWER } else { ORIGIN }
}

/// Whether the event runs for every visitor, and not only when the cache doesn't have the answer.
pub fn is_viewer(event: EdgeEvent) -> bool {
    match event {
        EdgeEvent::ViewerRequest | EdgeEvent::ViewerResponse => true,
        EdgeEvent::OriginRequest | EdgeEvent::OriginResponse => false,
    }
}

/// Whether the event comes before there is a response.
pub fn is_request(event: EdgeEvent) -> bool {
    match event {
        EdgeEvent::ViewerRequest | EdgeEvent::OriginRequest => true,
        EdgeEvent::OriginResponse | EdgeEvent::ViewerResponse => false,
    }
}
