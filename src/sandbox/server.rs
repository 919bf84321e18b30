//! The endpoint: an HTTP server on loopback that takes requests apart, lets faults act, and asks a service.

use super::call::{Answer, Refusal, Request, World};
use super::calls::{CallRecord, Calls};
use super::envelope::Protocol;
use super::fault::{self, Effect, Fault, Faults};
use super::{cloudfront, dispatch, dns, operation, pace::Pace, request_id, s3, signature, store::Store};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// How to start a sandbox.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder that holds its state.
    pub folder: PathBuf,
    /// How fast lifecycles go by.
    pub pace: Pace,
    /// The loopback port, 0 for any free one.
    pub port: u16,
    /// Faults that are set from the start.
    pub faults: Vec<Fault>,
    /// The loopback port on which its hosted zones answer DNS, if they do.
    pub dns_port: Option<u16>,
}

/// A sandbox that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    state: Arc<State>,
    accepting: JoinHandle<()>,
    dns: Option<dns::Running>,
}

#[derive(Debug)]
struct State {
    store: Store,
    pace: Pace,
    faults: Faults,
    calls: Calls,
    s3: s3::Front,
    edge: cloudfront::edge::Edge,
}

type Response = s3::Response;

/// The answer is withheld: the connection closes without one.
#[derive(Debug, thiserror::Error)]
#[error("the answer was withheld")]
struct Withheld;

/// Starts a sandbox. It is ready when this returns.
pub async fn start(options: Options) -> io::Result<Running> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
    let address = listener.local_addr()?;
    let state = Arc::new(State {
        store: Store::open(&options.folder)?,
        pace: options.pace,
        faults: Faults::new(options.faults),
        calls: Calls::new(),
        s3: s3::Front::new(),
        edge: cloudfront::edge::Edge::default(),
    });
    let dns = match options.dns_port {
        Some(port) => Some(dns::serve(state.store.clone(), state.pace, port).await?),
        None => None,
    };
    let accepting = tokio::spawn(accept(listener, state.clone()));
    Ok(Running { address, state, accepting, dns })
}

impl Running {
    /// The endpoint's URL, such as `http://127.0.0.1:4566`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where its hosted zones answer DNS, over UDP and TCP, if they do.
    pub fn dns_address(&self) -> Option<SocketAddr> {
        self.dns.as_ref().map(|dns| dns.addr)
    }

    /// Every signed call so far, in the order they arrived.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.state.calls.all()
    }

    /// The faults that have met no call so far, by their place among those that were set.
    pub fn idle_faults(&self) -> Vec<usize> {
        self.state.faults.idle()
    }

    /// Replaces all faults; their counts begin anew.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.state.faults.replace(faults);
    }

    /// The state that it serves.
    pub fn store(&self) -> &Store {
        &self.state.store
    }

    /// Stops it. Open connections are closed.
    pub async fn stop(mut self) {
        self.accepting.abort();
        // It ends as cancelled, which is what was asked.
        let _cancelled = (&mut self.accepting).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Accepts connections for ever. Dropping this future closes them all.
async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => { connections.spawn(serve(stream, state.clone())); }
            Some(_) = connections.join_next() => {}
            // Out of file handles, say: some are free again soon.
            else => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    // Small answers must not wait for the client's acknowledgement.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(move |incoming| handle(state.clone(), incoming));
    let connection =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // A client that goes away, or an answer withheld, ends the connection: there is nobody left to tell.
    let _ended = connection.await;
}

async fn handle(state: Arc<State>, incoming: http::Request<Incoming>) -> Result<Response, Withheld> {
    let now = OffsetDateTime::now_utc();
    let request = receive(incoming).await?;
    let world = World { store: state.store.clone(), now, pace: state.pace };
    if cloudfront::edge::is_visit(&world, &request) {
        return Ok(visited(&state, world, request).await);
    }
    let protocol = Protocol::of("", &request.path, &request.headers);
    match signature::scope(protocol, &request.headers, &request.query, now) {
        Ok(scope) => {
            let request = Request { service: scope.service, region: scope.region, ..request };
            answer_signed(&state, world, request).await
        }
        Err(refusal) => Ok(refused(protocol, &refusal)),
    }
}

async fn receive(incoming: http::Request<Incoming>) -> Result<Request, Withheld> {
    let (parts, body) = incoming.into_parts();
    let body = body.collect().await.map_err(|_| Withheld)?.to_bytes();
    Ok(Request {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: operation::parameters(parts.uri.query().unwrap_or_default().as_bytes()),
        headers: parts.headers,
        body,
        service: String::new(),
        region: String::new(),
    })
}

async fn answer_signed(state: &Arc<State>, world: World, request: Request) -> Result<Response, Withheld> {
    let call = state.calls.begin(&request.service, &operation::name(&request), &request.region);
    let effect = state.faults.meet(&call);
    let answered = perform(state, world, request, effect).await;
    state.calls.end(call.n);
    answered
}

async fn perform(
    state: &Arc<State>,
    world: World,
    request: Request,
    effect: Option<Effect>,
) -> Result<Response, Withheld> {
    let protocol = Protocol::of(&request.service, &request.path, &request.headers);
    match effect {
        None => Ok(work(state, world, request).await),
        Some(Effect::Fail { code, status }) => {
            Ok(refused(protocol, &Refusal::new(status, &code, "The sandbox was asked to fail this call.")))
        }
        Some(Effect::Throttle) => Ok(refused(protocol, &fault::throttled(&request.service))),
        Some(Effect::Delay(delay)) => {
            tokio::time::sleep(delay).await;
            Ok(work(state, world, request).await)
        }
        Some(Effect::Hang) => Ok(pending().await),
        Some(Effect::Late(delay)) => {
            let response = work(state, world, request).await;
            tokio::time::sleep(delay).await;
            Ok(response)
        }
        Some(Effect::Drop) => {
            work(state, world, request).await;
            Err(Withheld)
        }
        Some(Effect::Abort) => {
            work(state, world, request).await;
            std::process::abort()
        }
    }
}

/// What a visitor of a site gets from its distribution.
async fn visited(state: &Arc<State>, world: World, request: Request) -> Response {
    let state = state.clone();
    let answering = tokio::task::spawn_blocking(move || {
        let origins = cloudfront::edge_origin::Buckets { s3: &state.s3, faults: &state.faults };
        state.edge.answer(&world, &request, &origins).map(s3s::Body::from)
    });
    answering.await.unwrap_or_else(|_| {
        let mut failed = Response::new(s3s::Body::empty());
        *failed.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        failed
    })
}

/// Lets the service answer on a thread that may block: services read and write files, and wait for locks.
async fn work(state: &Arc<State>, world: World, request: Request) -> Response {
    let state = state.clone();
    let protocol = Protocol::of(&request.service, &request.path, &request.headers);
    let answering = tokio::task::spawn_blocking(move || match request.service.as_str() {
        "s3" => s3_response(state.s3.answer(&world, &request)),
        _ => match dispatch::answer(&world, &request) {
            Ok(answer) => response(answer),
            Err(refusal) => refused(protocol, &refusal),
        },
    });
    answering.await.unwrap_or_else(|error| {
        refused(
            protocol,
            &Refusal::new(500, "InternalFailure", format!("the sandbox itself failed: {error}")),
        )
    })
}

fn refused(protocol: Protocol, refusal: &Refusal) -> Response {
    match protocol {
        Protocol::S3 => s3_response(s3::refused(refusal)),
        Protocol::Xml | Protocol::Json | Protocol::Cbor => {
            response(protocol.wrap(refusal, &request_id::fresh()))
        }
    }
}

fn response(answer: Answer) -> Response {
    let mut response =
        http::Response::builder().status(answer.status).header("x-amzn-requestid", request_id::fresh());
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    built(response.body(answer.body.into()))
}

fn s3_response(mut response: Response) -> Response {
    for (name, value) in
        [("x-amz-request-id", request_id::random_hex(8)), ("x-amz-id-2", request_id::random_hex(32))]
    {
        if let Ok(value) = value.to_uppercase().parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn built(response: http::Result<Response>) -> Response {
    response.unwrap_or_else(|error| {
        let mut plain = Response::new(format!("the answer has an invalid header: {error}").into());
        *plain.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        plain
    })
}
