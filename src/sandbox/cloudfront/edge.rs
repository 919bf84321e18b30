//! What visitors get: an edge location that answers for every distribution, over plain HTTP and by the Host header.
//!
//! A request goes the way that CloudFront's go: the first behaviour that covers the path, the cache, the origin or
//! both of a group, and a custom page for an error (aws-facts.md B and J). Functions don't run, TLS and redirects to
//! it are left out, and errors are not cached.

use super::edge_cache::{Cache, lifetime};
use super::edge_origin::{Asked, Origins};
use super::edge_route::{Route, normalised, route};
use super::state::{Distribution, State};
use crate::sandbox::call::{Request, World};
use crate::sandbox::request_id;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use std::time::Instant;

/// What the sandbox's one edge location is called.
const LOCATION: &str = "SBX50-P1";

/// Where CloudFront's own host names lie.
const HOSTS: &str = ".cloudfront.net";

/// The edge location, with what it holds in memory.
#[derive(Debug, Default)]
pub struct Edge {
    cache: Cache,
}

/// An answer on its way to a visitor.
struct Outcome {
    response: Response<Bytes>,
    /// What `x-cache` says before `from cloudfront`.
    cache: &'static str,
    age: Option<u64>,
}

/// Whether a request is a visitor's: it is not signed, and names a host that a distribution answers for.
pub fn is_visit(world: &World, request: &Request) -> bool {
    let reads = ["GET", "HEAD"].contains(&request.method.as_str());
    let signed = request.headers.contains_key(AUTHORIZATION) || request.query("X-Amz-Signature").is_some();
    let Some(host) = host(request).filter(|_| reads && !signed) else { return false };
    host.ends_with(HOSTS) || world.store.read().is_ok_and(|state: State| named(&state, &host).is_some())
}

impl Edge {
    /// Answers a visitor. It reads files, so it belongs on a thread that may block.
    pub(in crate::sandbox) fn answer(
        &self,
        world: &World,
        request: &Request,
        origins: &dyn Origins,
    ) -> Response<Bytes> {
        let state: State = world.store.read().unwrap_or_default();
        let host = host(request).unwrap_or_default();
        let outcome = match named(&state, &host) {
            Some(distribution) if distribution.config.flag_at("Enabled") => {
                Visit { edge: self, world, state: &state, distribution, origins }.answer(&request.path)
            }
            Some(_) | None => error(StatusCode::FORBIDDEN, "The request could not be satisfied."),
        };
        finished(outcome, request.method == "HEAD")
    }
}

/// One visit while it is being answered.
struct Visit<'a> {
    edge: &'a Edge,
    world: &'a World,
    state: &'a State,
    distribution: &'a Distribution,
    origins: &'a dyn Origins,
}

impl Visit<'_> {
    fn answer(&self, path: &str) -> Outcome {
        let root = self.distribution.config.text_at("DefaultRootObject");
        let path = if path == "/" && !root.is_empty() { format!("/{root}") } else { normalised(path) };
        let outcome = self.fetch(&path);
        if outcome.response.status().as_u16() < 400 {
            return outcome;
        }
        self.page_for(outcome.response.status()).unwrap_or(outcome)
    }

    /// The custom page for an error, where the distribution has one and it can be had (aws-facts.md J).
    fn page_for(&self, status: StatusCode) -> Option<Outcome> {
        let pages = self.distribution.config.items_at("CustomErrorResponses").iter();
        let page = pages.into_iter().find(|page| page.text_at("ErrorCode") == status.as_str())?;
        let path = Some(page.text_at("ResponsePagePath")).filter(|path| !path.is_empty())?;
        let mut outcome = self.fetch(path);
        if !outcome.response.status().is_success() {
            return None;
        }
        *outcome.response.status_mut() = page.text_at("ResponseCode").parse().ok()?;
        Some(Outcome { cache: "Error", age: None, ..outcome })
    }

    fn fetch(&self, path: &str) -> Outcome {
        let route = route(&self.distribution.config, path);
        let held =
            if route.caches { self.edge.cache.find(self.state, self.distribution, path) } else { None };
        if let Some((response, age)) = held {
            return Outcome { response, cache: "Hit", age: Some(age.as_secs()) };
        }
        match self.ask(&route, path) {
            Asked::Silent => error(StatusCode::GATEWAY_TIMEOUT, "The origin did not answer."),
            Asked::Answered(response) if response.status().is_success() => {
                let stays = lifetime(response.headers()).filter(|_| route.caches);
                if let Some(stays) = stays {
                    let held = (response.clone(), self.world.now, Instant::now() + stays);
                    self.edge.cache.hold(self.distribution, path, held);
                }
                Outcome { response, cache: "Miss", age: None }
            }
            Asked::Answered(response) => Outcome { response, cache: "Error", age: None },
        }
    }

    /// The origin's answer; that of a group's second where the first gives none, or one of the group's statuses.
    fn ask(&self, route: &Route<'_>, path: &str) -> Asked {
        let mut members = route.origins.iter();
        let Some(first) = members.next() else { return Asked::Silent };
        let arn = self.distribution.arn();
        let asked = self.origins.ask(self.world, first, &arn, path);
        let fails_over = match &asked {
            Asked::Silent => true,
            Asked::Answered(response) => route.statuses.contains(&response.status().as_u16()),
        };
        match members.next().filter(|_| fails_over) {
            Some(second) => self.origins.ask(self.world, second, &arn, path),
            None => asked,
        }
    }
}

fn host(request: &Request) -> Option<String> {
    let host = request.headers.get(HOST)?.to_str().ok()?;
    Some(host.split(':').next().unwrap_or(host).to_ascii_lowercase())
}

/// The distribution that answers for a host: an exact name goes before a wildcard (aws-facts.md B).
fn named<'a>(state: &'a State, host: &str) -> Option<&'a Distribution> {
    let wildcard = host.split_once('.').map(|(_, rest)| format!("*.{rest}"));
    let has = |distribution: &&Distribution, name: &str| {
        distribution.domain == name || distribution.config.texts_at("Aliases").contains(&name)
    };
    let find = |name: &str| state.distributions.values().find(|distribution| has(distribution, name));
    find(host).or_else(|| find(&wildcard?))
}

fn error(status: StatusCode, words: &'static str) -> Outcome {
    let mut response = Response::new(Bytes::from_static(words.as_bytes()));
    *response.status_mut() = status;
    Outcome { response, cache: "Error", age: None }
}

fn finished(outcome: Outcome, bodiless: bool) -> Response<Bytes> {
    let mut response = outcome.response;
    let said = [
        ("x-cache", format!("{} from cloudfront", outcome.cache)),
        ("via", "1.1 sandbox.cloudfront.net (CloudFront)".to_owned()),
        ("x-amz-cf-pop", LOCATION.to_owned()),
        ("x-amz-cf-id", request_id::random_hex(28)),
    ];
    let age = outcome.age.map(|seconds| ("age", seconds.to_string()));
    for (name, value) in said.into_iter().chain(age) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    if bodiless {
        *response.body_mut() = Bytes::new();
    }
    response
}
