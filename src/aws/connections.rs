//! The connections to AWS of one session, beneath the SDK and beside it. Each carries one request at a time; one that
//! has its answer serves the next request, so that there are never more than requests at once, and they can be opened
//! before there is a request for them, while something else is waited for.

use super::descriptors::idle_connections;
use super::dialing::{CONNECT_TIMEOUT, Dialing, Origin, too_late};
use super::stock::{Stock, Taken};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use http::header::HOST;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, Uri};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1::SendRequest;
use std::collections::HashMap;
use std::error::Error as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// How long a service may take to answer, connecting included.
pub const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// The slowest line that is worth waiting for, in bytes a second of all that is on its way.
const SLOWEST_LINE: u64 = 32 * 1024;

/// The connections of one session. Clones share them.
#[derive(Debug, Clone)]
pub struct Connections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    dialing: Dialing,
    places: Mutex<HashMap<Origin, Place>>,
    most_idle: usize,
    /// How many bytes of bodies are on their way.
    on_the_way: AtomicU64,
}

/// What is known of one origin.
#[derive(Debug, Default)]
struct Place {
    stock: Stock<SendRequest<SdkBody>>,
    /// The quickest answer so far: the round trip, and little else.
    quickest: Option<Duration>,
}

/// A connection that one request has to itself.
struct Held {
    sender: SendRequest<SdkBody>,
    /// Whether it carried another request before, so that it may have been closed since.
    used: bool,
}

impl Connections {
    /// None as yet.
    pub fn new() -> Connections {
        let most_idle = idle_connections();
        let inner = Inner {
            dialing: Dialing::of_environment(),
            places: Mutex::default(),
            most_idle,
            on_the_way: AtomicU64::default(),
        };
        Connections(Arc::new(inner))
    }

    /// These connections as the SDK takes them; its own settings say how long a call waits.
    pub fn client(&self) -> SharedHttpClient {
        let connections = self.clone();
        http_client_fn(move |settings, _components| {
            let (connections, usual) = (connections.clone(), Timeouts::default());
            let connect = settings.connect_timeout().unwrap_or(usual.connect);
            let answer = settings.read_timeout().unwrap_or(usual.answer);
            let timeouts = Timeouts { connect, answer };
            SharedHttpConnector::new(Connector { connections, timeouts })
        })
    }

    /// Opens connections to where this URL leads, until there are this many. Nobody waits for them: what goes wrong
    /// shows at the request that needs one.
    pub fn open_ahead(&self, url: &str, wanted: usize) {
        let Some(origin) = url.parse().ok().and_then(|uri: Uri| Origin::of(&uri)) else { return };
        let lacking = self.places().entry(origin.clone()).or_default().stock.lacking(wanted);
        for _ in 0..lacking {
            let (connections, origin) = (self.clone(), origin.clone());
            tokio::spawn(async move {
                let dialled = connections.0.dialing.dial(&origin, CONNECT_TIMEOUT).await;
                let mut places = connections.places();
                let stock = &mut places.entry(origin).or_default().stock;
                match dialled {
                    Ok(sender) => stock.arrived(sender, Instant::now(), connections.0.most_idle),
                    Err(_) => stock.failed(),
                }
            });
        }
    }

    /// How long the quickest answer from where this URL leads took, where there was one.
    pub fn round_trip(&self, url: &str) -> Option<Duration> {
        let origin = Origin::of(&url.parse().ok()?)?;
        self.places().get(&origin).and_then(|place| place.quickest)
    }

    /// Sends one request and gives the head of its answer.
    pub async fn send(
        &self,
        request: HttpRequest,
        timeouts: Timeouts,
    ) -> Result<HttpResponse, ConnectorError> {
        let bytes = request.body().content_length().unwrap_or_default();
        let load = Load::put_on(&self.0.on_the_way, bytes);
        // What has no body does not wait for those of others, each of which has a connection of its own.
        let within = if bytes > 0 { timeouts.with_bodies(load.all) } else { timeouts.answer };
        match timeout(within, self.answer(request, timeouts.connect)).await {
            Ok(answered) => answered,
            Err(_) => Err(ConnectorError::timeout(too_late("no answer", within))),
        }
    }

    async fn answer(&self, request: HttpRequest, connect: Duration) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let (origin, mut request) = addressed(request).map_err(ConnectorError::user)?;
        loop {
            let Held { mut sender, used } = self.connection(&origin, connect).await?;
            let began = Instant::now();
            match sender.try_send_request(request).await {
                Ok(response) => {
                    self.learn(&origin, began.elapsed());
                    self.give_back(origin, sender, &response).await;
                    let response = HttpResponse::try_from(response.map(SdkBody::from_body_1_x));
                    return response.map_err(|error| ConnectorError::other(error.into(), None));
                }
                Err(mut unsent) => match unsent.take_message().filter(|_| used) {
                    // It was closed before a byte of the request left.
                    Some(again) => request = again,
                    None => return Err(connector_error(unsent.into_error())),
                },
            }
        }
    }

    async fn connection(&self, origin: &Origin, within: Duration) -> Result<Held, ConnectorError> {
        let is_open = |sender: &SendRequest<SdkBody>| !sender.is_closed();
        let taken = self.places().entry(origin.clone()).or_default().stock.take(Instant::now(), is_open);
        let ready = match taken {
            Taken::Idle(sender) => Some(sender),
            Taken::Coming(coming) => coming.await.ok(),
            Taken::None => None,
        };
        match ready {
            Some(sender) => Ok(Held { sender, used: true }),
            None => Ok(Held { sender: self.0.dialing.dial(origin, within).await?, used: false }),
        }
    }

    fn learn(&self, origin: &Origin, took: Duration) {
        let mut places = self.places();
        let quickest = &mut places.entry(origin.clone()).or_default().quickest;
        *quickest = Some(quickest.map_or(took, |known| known.min(took)));
    }

    /// Keeps the connection for the next request once the answer was read. An answer without a body is over already;
    /// that is waited for, since the next request would else open another connection.
    async fn give_back(
        &self,
        origin: Origin,
        mut sender: SendRequest<SdkBody>,
        response: &Response<Incoming>,
    ) {
        let connections = self.clone();
        let returning = async move {
            if sender.ready().await.is_ok() {
                let mut places = connections.places();
                let stock = &mut places.entry(origin).or_default().stock;
                stock.put(sender, Instant::now(), connections.0.most_idle);
            }
        };
        if response.body().is_end_stream() {
            returning.await;
        } else {
            tokio::spawn(returning);
        }
    }

    fn places(&self) -> MutexGuard<'_, HashMap<Origin, Place>> {
        self.0.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long is waited.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For an answer, connecting included.
    pub answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts { connect: CONNECT_TIMEOUT, answer: READ_TIMEOUT }
    }
}

impl Timeouts {
    /// How long an answer is waited for while this many bytes share the line: on a slow one the body takes its time,
    /// and sent again from the start it would only take it again.
    fn with_bodies(self, on_the_way: u64) -> Duration {
        self.answer + Duration::from_secs(on_the_way / SLOWEST_LINE)
    }
}

/// The connections as one client of the SDK uses them.
#[derive(Debug)]
struct Connector {
    connections: Connections,
    timeouts: Timeouts,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connections, timeouts) = (self.connections.clone(), self.timeouts);
        HttpConnectorFuture::new(async move { connections.send(request, timeouts).await })
    }
}

/// One request's body among all that are on their way, until it has its answer.
struct Load<'a> {
    on_the_way: &'a AtomicU64,
    bytes: u64,
    /// How many bytes were on their way when this came to them, its own included.
    all: u64,
}

impl<'a> Load<'a> {
    fn put_on(on_the_way: &'a AtomicU64, bytes: u64) -> Load<'a> {
        let before = on_the_way.fetch_add(bytes, Ordering::Relaxed);
        Load { on_the_way, bytes, all: before + bytes }
    }
}

impl Drop for Load<'_> {
    fn drop(&mut self) {
        self.on_the_way.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// The request as it goes over the wire: the host in its header, the rest of the address in its first line.
fn addressed(mut request: Request<SdkBody>) -> Result<(Origin, Request<SdkBody>), BoxError> {
    let origin = Origin::of(request.uri()).ok_or("the request names no host")?;
    if !request.headers().contains_key(HOST) {
        let host = HeaderValue::try_from(origin.host_header())?;
        request.headers_mut().insert(HOST, host);
    }
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = Uri::from(path.unwrap_or(PathAndQuery::from_static("/")));
    Ok((origin, request))
}

/// What went wrong, in the SDK's terms: by these it knows what to try again.
fn connector_error(error: hyper::Error) -> ConnectorError {
    let is_lost = error.is_closed()
        || error.is_canceled()
        || error.source().is_some_and(|source| source.is::<std::io::Error>());
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else if error.is_user() {
        ConnectorError::user(error.into())
    } else if is_lost {
        ConnectorError::io(error.into())
    } else if error.is_incomplete_message() {
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    } else {
        ConnectorError::other(error.into(), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shares_the_line_is_given_the_time_that_it_needs() {
        let on_the_way = AtomicU64::default();
        let first = Load::put_on(&on_the_way, 0);
        let part = Load::put_on(&on_the_way, 8 * 1024 * 1024);
        let small = Load::put_on(&on_the_way, 1024);
        let seconds = |load: &Load<'_>| Timeouts::default().with_bodies(load.all).as_secs();
        assert_eq!([&first, &part, &small].map(seconds), [60, 316, 316]);
        drop((first, part));
        assert_eq!(seconds(&Load::put_on(&on_the_way, 0)), 60);
        drop(small);
        assert_eq!(on_the_way.into_inner(), 0);
    }
}
