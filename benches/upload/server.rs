//! An S3 that keeps names and MD5s of what it is given and throws the rest away, so that whoever sends is the
//! bottleneck. It checks no signature. What lies under `sitecast/` is kept whole, since it is read again.
//!
//! Every answer can be made to take a given time, and so can every connection before it greets: the round trips in
//! which TCP and TLS are set up. Neither costs the processor anything.

use super::objects::{Bucket, Object, Page, listed};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use md5::{Digest, Md5};
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use time::OffsetDateTime;
use time::macros::format_description;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// How slow, how strict and how far ahead the server is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// How long every answer takes.
    pub request: Duration,
    /// How long the answer to a listing takes.
    pub list: Duration,
    /// How long it takes until a connection is there.
    pub connection: Duration,
    /// How many objects it takes in a second; it asks to slow down for any more.
    pub puts_per_second: Option<u32>,
    /// By how many seconds its clock is ahead of ours.
    pub clock_ahead: i64,
    /// Whether it speaks TLS.
    pub tls: bool,
}

/// What was asked of the server so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counted {
    /// All requests.
    pub requests: u64,
    /// Connections.
    pub connections: u64,
    /// Answers that ask to slow down.
    pub slowdowns: u64,
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    certificate: Option<String>,
    state: Arc<State>,
    accepting: tokio::task::JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    manner: Manner,
    buckets: Mutex<BTreeMap<String, Bucket>>,
    requests: AtomicU64,
    connections: AtomicU64,
    slowdowns: AtomicU64,
    second: Mutex<Option<(Instant, u32)>>,
}

type Answer = Response<Full<Bytes>>;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A request that was read to its end.
struct Asked {
    method: Method,
    bucket: String,
    key: String,
    query: BTreeMap<String, String>,
    headers: HeaderMap,
    body: Bytes,
}

impl Server {
    /// A server on any free port; behind TLS, with a certificate that it makes itself.
    pub async fn start(manner: Manner) -> Outcome<Server> {
        let (acceptor, certificate) = if manner.tls { Some(tls()?).unzip() } else { (None, None) };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State { manner, ..State::default() });
        let accepting = tokio::spawn(accept(listener, acceptor, Arc::clone(&state)));
        Ok(Server { address, certificate, state, accepting })
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The certificate that whoever calls it over TLS has to trust.
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// What was asked of it so far.
    pub fn counted(&self) -> Counted {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counted {
            requests: read(&self.state.requests),
            connections: read(&self.state.connections),
            slowdowns: read(&self.state.slowdowns),
        }
    }

    /// What a bucket holds whose name begins like this.
    pub fn held(&self, bucket: &str) -> BTreeMap<String, Object> {
        let buckets = self.state.buckets();
        let found = buckets.iter().find(|(name, _)| name.starts_with(bucket));
        found.map(|(_, bucket)| bucket.clone()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl State {
    fn buckets(&self) -> MutexGuard<'_, BTreeMap<String, Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more object; false when there were enough in this second.
    fn takes_another(&self) -> bool {
        let Some(most) = self.manner.puts_per_second else { return true };
        let mut second = self.second.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, count) =
            second.filter(|(began, _)| began.elapsed() < TENTH).unwrap_or((Instant::now(), 0));
        *second = Some((began, count + 1));
        count < most / 10
    }

    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + time::Duration::seconds(self.manner.clock_ahead)
    }
}

/// Rates are counted in tenths of a second, lest a second begin with all its objects at once.
const TENTH: Duration = Duration::from_millis(100);

/// What greets clients, and the certificate that they have to trust.
fn tls() -> Outcome<(TlsAcceptor, String)> {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)?;
    Ok((TlsAcceptor::from(Arc::new(config)), made.cert.pem()))
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, state: Arc<State>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                connections.spawn(welcome(stream, acceptor.clone(), Arc::clone(&state)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn welcome(stream: TcpStream, acceptor: Option<TlsAcceptor>, state: Arc<State>) {
    state.connections.fetch_add(1, Ordering::Relaxed);
    let _ = stream.set_nodelay(true);
    if !state.manner.connection.is_zero() {
        tokio::time::sleep(state.manner.connection).await;
    }
    match acceptor {
        None => serve(stream, state).await,
        Some(acceptor) => {
            // Who gives up while greeting has nothing to be told.
            let Ok(stream) = acceptor.accept(stream).await else { return };
            serve(stream, state).await;
        }
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, state: Arc<State>) {
    let service = service_fn(move |request| answer(Arc::clone(&state), request));
    let _ended =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(state: Arc<State>, request: Request<Incoming>) -> Result<Answer, Infallible> {
    state.requests.fetch_add(1, Ordering::Relaxed);
    let Some(asked) = read(request).await else { return Ok(plain(StatusCode::BAD_REQUEST, "")) };
    let manner = state.manner;
    let is_list =
        asked.method == Method::GET && asked.key.is_empty() && asked.query.contains_key("list-type");
    let takes = if is_list { manner.list } else { manner.request };
    if !takes.is_zero() {
        tokio::time::sleep(takes).await;
    }
    Ok(dated(&state, answered(&state, &asked)))
}

async fn read(request: Request<Incoming>) -> Option<Asked> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    let path = percent_decode_str(parts.uri.path()).decode_utf8().ok()?.into_owned();
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_matches('/'), ""));
    let query = parts.uri.query().unwrap_or_default().split('&').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = percent_decode_str(&value.replace('+', " ")).decode_utf8_lossy().into_owned();
        (name.to_owned(), value)
    });
    Some(Asked {
        method: parts.method,
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        query: query.collect(),
        headers: parts.headers,
        body: body.clone(),
    })
}

fn answered(state: &State, asked: &Asked) -> Answer {
    if is_skewed(state, asked) {
        // STS has another word for it, and another envelope.
        return match asked.bucket.is_empty() {
            true => plain(StatusCode::FORBIDDEN, EXPIRED),
            false => refused(StatusCode::FORBIDDEN, "RequestTimeTooSkewed"),
        };
    }
    match (asked.method.as_str(), asked.key.as_str()) {
        ("POST", "") if asked.bucket.is_empty() => plain(StatusCode::OK, CALLER),
        ("POST", "") if asked.query.contains_key("delete") => delete_many(state, asked),
        ("GET", "") if asked.query.contains_key("list-type") => list(state, asked),
        (_, "") => plain(StatusCode::OK, "<Answer/>"),
        ("PUT", _) => put(state, asked),
        ("GET" | "HEAD", _) => get(state, asked),
        ("DELETE", _) => delete(state, asked),
        _ => refused(StatusCode::NOT_IMPLEMENTED, "NotImplemented"),
    }
}

const CALLER: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/bench</Arn><UserId>AIDA</UserId>\
    <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

const EXPIRED: &str = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
    <Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>Signature expired</Message></Error>\
    <RequestId>R</RequestId></ErrorResponse>";

/// S3 takes no request whose clock is more than a quarter of an hour off.
fn is_skewed(state: &State, asked: &Asked) -> bool {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let signed = asked.headers.get("x-amz-date").and_then(|date| date.to_str().ok());
    let signed = signed.and_then(|date| time::PrimitiveDateTime::parse(date, format).ok());
    signed.is_some_and(|signed| (state.now() - signed.assume_utc()).abs() > time::Duration::minutes(15))
}

fn put(state: &State, asked: &Asked) -> Answer {
    if !state.takes_another() {
        state.slowdowns.fetch_add(1, Ordering::Relaxed);
        return refused(StatusCode::SERVICE_UNAVAILABLE, "SlowDown");
    }
    let source = header(&asked.headers, "x-amz-copy-source");
    let object = match &source {
        Some(source) => copied(state, source),
        None => Some(Object::of(&asked.headers, &asked.body, asked.key.starts_with("sitecast/"))),
    };
    let Some(object) = object else { return refused(StatusCode::NOT_FOUND, "NoSuchKey") };
    let mut buckets = state.buckets();
    let bucket = buckets.entry(asked.bucket.clone()).or_default();
    if !condition_holds(&asked.headers, bucket.get(&asked.key)) {
        return refused(StatusCode::PRECONDITION_FAILED, "PreconditionFailed");
    }
    let etag = format!("\"{}\"", object.etag);
    bucket.insert(asked.key.clone(), object);
    let words = source.map(|_| format!("<CopyObjectResult><ETag>{etag}</ETag></CopyObjectResult>"));
    let mut answer = plain(StatusCode::OK, &words.unwrap_or_default());
    put_header(&mut answer, "etag", &etag);
    answer
}

fn copied(state: &State, source: &str) -> Option<Object> {
    let source = percent_decode_str(source).decode_utf8().ok()?;
    let (bucket, key) = source.trim_start_matches('/').split_once('/')?;
    state.buckets().get(bucket)?.get(key).cloned()
}

fn condition_holds(headers: &HeaderMap, there: Option<&Object>) -> bool {
    let etag = |name: &str| header(headers, name).map(|value| value.trim_matches('"').to_owned());
    let unmatched = etag("if-none-match").is_none_or(|_| there.is_none());
    unmatched && etag("if-match").is_none_or(|etag| there.is_some_and(|object| object.etag == etag))
}

fn get(state: &State, asked: &Asked) -> Answer {
    let buckets = state.buckets();
    let Some(object) = buckets.get(&asked.bucket).and_then(|bucket| bucket.get(&asked.key)) else {
        return refused(StatusCode::NOT_FOUND, "NoSuchKey");
    };
    let same =
        header(&asked.headers, "if-none-match").is_some_and(|etag| etag.trim_matches('"') == object.etag);
    let mut answer = match same {
        true => Response::new(Full::default()),
        false => Response::new(Full::new(object.body.clone().unwrap_or_default())),
    };
    if same {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
    }
    put_header(&mut answer, "etag", &format!("\"{}\"", object.etag));
    for (name, value) in &object.headers {
        put_header(&mut answer, name, value);
    }
    answer
}

fn delete(state: &State, asked: &Asked) -> Answer {
    let mut buckets = state.buckets();
    let bucket = buckets.entry(asked.bucket.clone()).or_default();
    if !condition_holds(&asked.headers, bucket.get(&asked.key)) {
        return refused(StatusCode::PRECONDITION_FAILED, "PreconditionFailed");
    }
    bucket.remove(&asked.key);
    plain(StatusCode::NO_CONTENT, "")
}

fn delete_many(state: &State, asked: &Asked) -> Answer {
    let text = String::from_utf8_lossy(&asked.body);
    let mut buckets = state.buckets();
    let bucket = buckets.entry(asked.bucket.clone()).or_default();
    for part in text.split("<Key>").skip(1) {
        let key = part.split("</Key>").next().unwrap_or_default();
        let key = quick_xml::escape::unescape(key).map(|key| key.into_owned());
        bucket.remove(&key.unwrap_or_default());
    }
    plain(StatusCode::OK, "<DeleteResult/>")
}

fn list(state: &State, asked: &Asked) -> Answer {
    let word = |name: &str| asked.query.get(name).cloned().unwrap_or_default();
    let after = [word("continuation-token"), word("start-after")].into_iter().max().unwrap_or_default();
    let most = word("max-keys").parse().unwrap_or(1000);
    let page = Page { prefix: word("prefix"), after, most, encoded: word("encoding-type") == "url" };
    let buckets = state.buckets();
    let empty = Bucket::default();
    plain(StatusCode::OK, &listed(&asked.bucket, buckets.get(&asked.bucket).unwrap_or(&empty), &page))
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn put_header(answer: &mut Answer, name: &str, value: &str) {
    let parsed = http::HeaderName::from_bytes(name.as_bytes()).ok().zip(value.parse().ok());
    if let Some((name, value)) = parsed {
        answer.headers_mut().insert(name, value);
    }
}

fn plain(status: StatusCode, words: &str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(words.to_owned())));
    *answer.status_mut() = status;
    if !words.is_empty() {
        put_header(&mut answer, "content-type", "application/xml");
    }
    answer
}

fn refused(status: StatusCode, code: &str) -> Answer {
    plain(
        status,
        &format!("<Error><Code>{code}</Code><Message>as asked</Message><RequestId>R</RequestId></Error>"),
    )
}

/// Every answer of S3 tells its time, by which a client finds that its own clock is wrong.
fn dated(state: &State, mut answer: Answer) -> Answer {
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    put_header(&mut answer, "date", &state.now().format(format).unwrap_or_default());
    put_header(&mut answer, "x-amz-request-id", "R");
    answer
}

/// The MD5 of bytes, as an ETag has it.
pub fn md5_hex(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

/// When an object arrived, as a listing has it.
pub fn timestamp(moment: SystemTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].000Z");
    OffsetDateTime::from(moment).format(format).unwrap_or_default()
}
