//! Probes against an edge location of our own, which speaks real HTTPS.

use super::counting::live;
use super::program::Place;
use super::two_regions::{PAGES, TWO_REGIONS};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, version};
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::{self, Options};
use sitecast::status::Sources;
use sitecast::status::panels::{ProbeAnswer, ProbeView, Warmth};
use sitecast::status::visit::{Edge, Visitor};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How long the edge location takes to shake hands, and how long its origin takes.
const HANDSHAKE: Duration = Duration::from_millis(60);
const ORIGIN: Duration = Duration::from_millis(150);

const HOST: &str = "www.acme.example";

static OLD: [&SupportedProtocolVersion; 1] = [&version::TLS12];

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn issuer(name: &str) -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// An edge location on this machine, and whose certificates are believed there.
struct Pop {
    issuer: Issuer,
    params: CertificateParams,
    versions: &'static [&'static SupportedProtocolVersion],
}

impl Pop {
    fn of(name: &str) -> Pop {
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        Pop { issuer: issuer("known"), params, versions: rustls::ALL_VERSIONS }
    }

    /// Serves, and tells where.
    async fn open(self) -> Edge {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(self.config()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(acceptor.clone(), stream));
            }
        });
        Edge::Securely { at, roots }
    }

    fn config(self) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let certificate = self.params.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_protocol_versions(self.versions);
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        config.unwrap().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap()
    }
}

/// One connection. Its first request has to be fetched from the origin, the others are in the cache.
async fn serve(acceptor: TlsAcceptor, stream: TcpStream) {
    tokio::time::sleep(HANDSHAKE).await;
    // A visitor who does not believe the certificate ends the handshake.
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let asked = AtomicU64::new(0);
    let answer = service_fn(|request| answer(request, asked.fetch_add(1, Ordering::Relaxed)));
    drop(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await);
}

async fn answer(request: Request<Incoming>, before: u64) -> Result<Response<Full<Bytes>>, Infallible> {
    let answer = Response::builder().header("x-amz-cf-pop", "FRA56-P4");
    let answer = match (request.uri().path(), before) {
        ("/", 0) => {
            tokio::time::sleep(ORIGIN).await;
            answer.header("x-cache", "Miss from cloudfront")
        }
        ("/", _) => answer.header("x-cache", "RefreshHit from cloudfront").header("age", "12"),
        _ => answer.status(404),
    };
    Ok(answer.body(Full::new(Bytes::from_static(b"<h1>Acme</h1>"))).unwrap())
}

async fn why_not(pop: Pop) -> String {
    let Err(failed) = Visitor::new(pop.open().await).connect(HOST).await else { panic!("it was believed") };
    failed.why
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_tells_what_a_visitor_gets_over_https() {
    let place = Place::new(TWO_REGIONS, &PAGES);
    place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    let options =
        Options { folder: place.account(), pace: Pace::Instant, port: 0, faults: Vec::new(), dns_port: None };
    let running = server::start(options).await.unwrap();
    let live = live(&place, &running, Pop::of("*.cloudfront.net").open().await).await;
    let [cold, warm] = live.probes().await.unwrap().probes.data().unwrap().clone().try_into().unwrap();
    assert!(cold.url.starts_with("https://d") && cold.url == warm.url, "{cold:?} {warm:?}");
    let (cold_answer, warm_answer) = (answer_of(&cold), answer_of(&warm));
    assert_eq!((cold.warmth, shown(&cold_answer)), (Warmth::Cold, (200, "Miss from cloudfront", None)));
    assert_eq!(
        (warm.warmth, shown(&warm_answer)),
        (Warmth::Warm, (200, "RefreshHit from cloudfront", Some(12)))
    );
    assert_eq!((cold_answer.is_hit(), warm_answer.is_hit()), (Some(false), Some(true)));
    for answer in [&cold_answer, &warm_answer] {
        assert_eq!(answer.edge_location.as_deref(), Some("FRA56-P4"));
        assert_eq!(answer.tls.as_deref(), Some("TLS 1.3"));
    }
    let least = |duration: Duration| u64::try_from(duration.as_millis()).unwrap();
    assert!(cold_answer.connect_milliseconds.unwrap() >= least(HANDSHAKE), "{cold_answer:?}");
    assert_eq!(warm_answer.connect_milliseconds, None, "it came on the same connection");
    assert!(cold_answer.first_byte_milliseconds >= least(ORIGIN), "{cold_answer:?}");
    assert!(warm_answer.first_byte_milliseconds < cold_answer.first_byte_milliseconds, "{warm_answer:?}");
}

fn answer_of(probe: &ProbeView) -> ProbeAnswer {
    probe.answer.clone().unwrap()
}

fn shown(answer: &ProbeAnswer) -> (u16, &str, Option<u64>) {
    (answer.status, answer.x_cache.as_deref().unwrap(), answer.age_seconds)
}

#[tokio::test]
async fn an_older_version_of_tls_is_told() {
    let pop = Pop { versions: &OLD, ..Pop::of(HOST) };
    let mut connection = Visitor::new(pop.open().await).connect(HOST).await.unwrap();
    assert_eq!(connection.tls.as_deref(), Some("TLS 1.2"));
    assert_eq!(connection.get("/nothing").await.unwrap().status, 404);
}

#[tokio::test]
async fn a_certificate_that_no_visitor_would_believe_is_told_as_such() {
    let mut expired = Pop::of(HOST);
    (expired.params.not_before, expired.params.not_after) =
        (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let mut early = Pop::of(HOST);
    early.params.not_before = date_time_ymd(4000, 1, 1);
    for (pop, words) in [
        (expired, "has expired"),
        (early, "is not valid yet"),
        (Pop::of("acme.example"), "is for other names"),
    ] {
        assert_eq!(why_not(pop).await, format!("the certificate shown for {HOST} {words}"));
    }
}

#[tokio::test]
async fn an_issuer_whom_nobody_knows_is_told_as_such() {
    let Edge::Securely { at, .. } = Pop::of(HOST).open().await else { panic!("it is not secure") };
    let mut roots = RootCertStore::empty();
    roots.add(issuer("stranger").der().clone()).unwrap();
    let Err(failed) = Visitor::new(Edge::Securely { at, roots }).connect(HOST).await else {
        panic!("it was believed")
    };
    assert!(failed.why.contains("from an issuer whom this machine does not trust"), "{}", failed.why);
}

#[tokio::test]
async fn where_nobody_listens_the_reason_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at: SocketAddr = listener.local_addr().unwrap();
    drop(listener);
    let Err(failed) = Visitor::new(Edge::Securely { at, roots: RootCertStore::empty() }).connect(HOST).await
    else {
        panic!("somebody listens")
    };
    assert!(failed.why.contains("refused"), "{}", failed.why);
}
