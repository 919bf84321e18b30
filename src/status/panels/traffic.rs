//! What visitors do, and what they get.

use crate::status::reading::{Failed, Measured, answered};
use crate::status::series::Series;
use crate::status::visit::{Connection, Visited};
use serde::Serialize;
use std::time::Duration;

/// Requests, bytes, cache hits and errors, as CloudWatch counts them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CachingView {
    /// How many requests there were, a period each.
    pub requests: Measured<Series>,
    /// How many bytes went to visitors.
    pub bytes: Measured<Series>,
    /// The share of requests that the cache answered, in percent.
    pub hit_rate: Measured<Series>,
    /// The share of requests that ended in an error, in percent.
    pub error_rate: Measured<Series>,
}

/// Requests to the site's addresses, as a visitor makes them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbesView {
    /// A cold and a warm one for each address; no data where there is nobody to ask.
    pub probes: Measured<Vec<ProbeView>>,
}

/// One request to one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbeView {
    /// The URL.
    pub url: String,
    /// Whether it came first, or after another for the same.
    pub warmth: Warmth,
    /// What came back.
    #[serde(flatten, serialize_with = "answered")]
    pub answer: Result<ProbeAnswer, Failed>,
}

/// Whether a request finds an edge location that was just asked the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warmth {
    /// It is the first, on a new connection.
    Cold,
    /// It follows the first, on the same connection.
    Warm,
}

/// What an edge location answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbeAnswer {
    /// The HTTP status.
    pub status: u16,
    /// `x-cache`, such as `Hit from cloudfront`.
    pub x_cache: Option<String>,
    /// `age`: for how many seconds the cache has held it.
    pub age_seconds: Option<u64>,
    /// `x-amz-cf-pop`: the edge location, such as `FRA56-P4`.
    pub edge_location: Option<String>,
    /// The TLS version; `None` over plain HTTP.
    pub tls: Option<String>,
    /// How long the connection took, TLS included; `None` where it was there already.
    pub connect_milliseconds: Option<u64>,
    /// How long the first byte of the answer took, from the request on.
    pub first_byte_milliseconds: u64,
}

impl ProbeAnswer {
    /// What a visitor was answered; of the first request on a connection that took its time as well.
    pub fn of(visited: &Visited, connection: &Connection, is_first: bool) -> ProbeAnswer {
        let milliseconds = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        ProbeAnswer {
            status: visited.status.as_u16(),
            x_cache: visited.header("x-cache").map(str::to_owned),
            age_seconds: visited.header("age").and_then(|age| age.parse().ok()),
            edge_location: visited.header("x-amz-cf-pop").map(str::to_owned),
            tls: connection.tls.clone(),
            connect_milliseconds: is_first.then(|| milliseconds(connection.took)),
            first_byte_milliseconds: milliseconds(visited.first_byte),
        }
    }

    /// Whether the cache had it, as far as the answer tells.
    pub fn is_hit(&self) -> Option<bool> {
        // `RefreshHit` is counted too: CloudFront asked whether its copy still holds, and answered with that.
        self.x_cache.as_ref().map(|said| said.starts_with("Hit") || said.starts_with("RefreshHit"))
    }
}
