//! The answers of one site, checked and with every default filled in.
//!
//! These are plain values: once a [`Profile`] exists, every single answer is well formed and no two of
//! them clash. How they are read from TOML, with the position of each problem, is the business of the
//! neighbouring modules.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// Everything a person answered about one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The site's name; every AWS name derives from it. `[a-z0-9-]`, 3-32 long.
    pub name: String,
    /// Stage 1: the distribution and its private bucket.
    pub distribution: Distribution,
    /// Stage 2: regional failover; `None` when switched off.
    pub failover: Option<Failover>,
    /// Stage 3: Lambda@Edge functions.
    pub edge: Vec<EdgeFunction>,
    /// Stage 4: caching.
    pub caching: Caching,
    /// Stage 5: own domains and HTTPS; `None` serves on the CloudFront name only.
    pub https: Option<Https>,
}

/// Stage 1: the distribution and its private bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// The folder with the site's files, as written: relative to the profile.
    pub folder: PathBuf,
    /// Where the primary bucket lives.
    pub region: Region,
    /// The primary bucket's name, where it is pinned.
    pub bucket: Option<String>,
    /// The page that answers for `/`.
    pub index: String,
    /// The page shown with status 404, relative to the folder.
    pub error_page: Option<String>,
    /// A single-page app: paths without an extension are answered by the index page.
    pub spa: bool,
    /// `/docs/` serves `/docs/index.html`.
    pub pretty_urls: bool,
    /// Which edge locations serve the site.
    pub price_class: PriceClass,
    /// The HTTP versions that visitors may use.
    pub http: HttpVersion,
    /// Whether visitors may come by IPv6.
    pub ipv6: bool,
    /// A note kept with the distribution; at most 128 characters (aws-facts.md B).
    pub comment: String,
    /// Countries that are let in or kept out.
    pub geo: Geo,
}

/// An AWS region by its code, such as `eu-west-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Region(pub String);

impl Region {
    /// The region's code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which edge locations serve the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PriceClass {
    /// North America, Europe and Israel.
    #[serde(rename = "100")]
    Class100,
    /// As 100, with most of Asia, the Middle East and Africa.
    #[serde(rename = "200")]
    Class200,
    /// Every edge location.
    #[serde(rename = "all")]
    All,
}

/// The HTTP versions that visitors may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HttpVersion {
    /// HTTP/1.1 only.
    #[serde(rename = "http1.1")]
    Http11,
    /// HTTP/2 as well.
    #[serde(rename = "http2")]
    Http2,
    /// HTTP/3 as well.
    #[serde(rename = "http3")]
    Http3,
    /// Both HTTP/2 and HTTP/3.
    #[serde(rename = "http2and3")]
    Http2And3,
}

/// Countries that are let in or kept out, as ISO 3166-1 alpha-2 codes in capitals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Geo {
    /// Everyone may visit.
    Everyone,
    /// Only visitors from these countries.
    Allow(Vec<String>),
    /// Visitors from everywhere but these countries.
    Block(Vec<String>),
}

/// Stage 2: regional failover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failover {
    /// Where the backup bucket lives.
    pub region: Region,
    /// The backup bucket's name, where it is pinned.
    pub bucket: Option<String>,
    /// The statuses of the primary that switch a request to the backup; sorted, each once.
    pub on: Vec<u16>,
    /// How files get into the backup.
    pub copy: CopyBy,
    /// How often CloudFront tries to connect to an origin, 1-3.
    pub connect_attempts: u8,
    /// How long one attempt may take, 1-10 seconds.
    pub connect_timeout: Seconds,
}

/// How files get into the backup bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyBy {
    /// We write both buckets.
    Upload,
    /// S3 copies from the primary.
    Replication,
}

/// A length of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Seconds(pub u64);

/// Stage 3: one Lambda@Edge function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeFunction {
    /// Its name within the site.
    pub name: String,
    /// Where its code comes from.
    pub function: EdgeSource,
    /// The event that runs it.
    pub event: EdgeEvent,
    /// The paths on which it runs.
    pub paths: Vec<String>,
    /// The Lambda runtime, such as `nodejs22.x`.
    pub runtime: String,
    /// Memory in MB.
    pub memory_mb: u32,
    /// The longest one run may take.
    pub timeout: Seconds,
    /// Whether the request's body is handed to it (request events only).
    pub include_body: bool,
    /// Options of a built-in function, as written.
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// Where an edge function's code comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeSource {
    /// One of the built-in gallery, by name.
    Builtin(String),
    /// A file or folder of the user's, relative to the profile.
    Own(PathBuf),
}

/// The four moments at which an edge function can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeEvent {
    /// Before the cache is asked.
    ViewerRequest,
    /// On a cache miss, before the origin is asked.
    OriginRequest,
    /// On a cache miss, when the origin has answered.
    OriginResponse,
    /// Before the visitor gets the answer.
    ViewerResponse,
}

impl EdgeEvent {
    /// The event as the profile and CloudFront write it.
    pub fn name(self) -> &'static str {
        match self {
            EdgeEvent::ViewerRequest => "viewer-request",
            EdgeEvent::OriginRequest => "origin-request",
            EdgeEvent::OriginResponse => "origin-response",
            EdgeEvent::ViewerResponse => "viewer-response",
        }
    }
}

/// Stage 4: caching.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caching {
    /// For every path that no rule covers.
    pub default: CacheAnswers,
    /// In order; the first whose path covers a request decides.
    pub rules: Vec<CachingRule>,
}

/// One row of the table of caching rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachingRule {
    /// A CloudFront path pattern, always with its leading `/`.
    pub path: String,
    /// How what it covers is cached.
    pub answers: CacheAnswers,
}

/// How long something is cached, and what tells two requests apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheAnswers {
    /// How long browsers keep it.
    pub browser: Seconds,
    /// Whether browsers are told that it never changes.
    pub immutable: bool,
    /// How long CloudFront keeps it.
    pub edge: EdgeTtl,
    /// Which query strings are part of the cache key.
    pub query: Query,
    /// Request headers that are part of the cache key, in lower case, sorted.
    pub headers: Vec<String>,
    /// Cookies that are part of the cache key, sorted.
    pub cookies: Vec<String>,
    /// Whether CloudFront compresses it.
    pub compress: bool,
}

/// How long CloudFront keeps something; `min <= default <= max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeTtl {
    /// At least this long, whatever the origin says.
    pub min: Seconds,
    /// What we have the origin say.
    pub default: Seconds,
    /// At most this long.
    pub max: Seconds,
}

/// Which query strings are part of the cache key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Query {
    /// None is.
    None,
    /// All are.
    All,
    /// Only these names are; sorted.
    Only(Vec<String>),
    /// All but these names are; sorted.
    Except(Vec<String>),
}

/// Stage 5: own domains and HTTPS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Https {
    /// The site's names, in lower case; the first is the main one.
    pub domains: Vec<String>,
    /// Who writes the DNS records.
    pub dns: Dns,
    /// What plain HTTP gets.
    pub http: PlainHttp,
    /// The oldest TLS version accepted, by CloudFront's name for it.
    pub minimum_tls: String,
    /// The key type of the certificate.
    pub key: KeyType,
    /// Strict-Transport-Security, if sent.
    pub hsts: Option<Hsts>,
    /// Which of `www` and the bare domain redirects to the other, if either does.
    pub redirect: WwwRedirect,
}

/// Who writes the DNS records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dns {
    /// We do, in Route 53.
    Route53,
    /// The person does, wherever the domain's DNS is kept.
    Manual,
}

/// What a visitor who comes by plain HTTP gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlainHttp {
    /// Sent on to HTTPS.
    Redirect,
    /// Status 403.
    HttpsOnly,
    /// The page.
    Allow,
}

/// The certificate's key type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyType {
    /// ECDSA on prime256v1, the one curve that CloudFront takes (aws-facts.md E).
    Ecdsa,
    /// RSA with 2048 bits.
    Rsa,
}

impl KeyType {
    /// ACM's word for it, as it is written in requests and lists (aws-facts.md E).
    pub fn algorithm(self) -> &'static str {
        match self {
            KeyType::Ecdsa => "EC_prime256v1",
            KeyType::Rsa => "RSA_2048",
        }
    }
}

/// Strict-Transport-Security.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hsts {
    /// How long browsers remember it.
    pub max_age: Seconds,
    /// Whether it holds for sub-domains too.
    pub subdomains: bool,
    /// Whether the domain may be put on the browsers' own lists.
    pub preload: bool,
}

/// Which of `www` and the bare domain redirects to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WwwRedirect {
    /// Neither: both serve the site.
    None,
    /// `www.` goes to the bare domain.
    ToApex,
    /// The bare domain goes to `www.`.
    ToWww,
}
