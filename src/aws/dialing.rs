//! How a connection comes about: an address, a stream to it, TLS where that is spoken.

use super::refusal::sources;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http::Uri;
use http::uri::Scheme;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service as _;

/// How long one connection may take to come about.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// One request after the other on each connection, which every service speaks.
const HTTP_1: &[u8] = b"http/1.1";

/// Where requests go: a scheme, a host and a port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    secure: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// Where a request with this URI goes; `None` where the URI names no host.
    pub fn of(uri: &Uri) -> Option<Origin> {
        let secure = uri.scheme() == Some(&Scheme::HTTPS);
        let port = uri.port_u16().unwrap_or(usual_port(secure));
        Some(Origin { secure, host: uri.host()?.to_owned(), port })
    }

    /// What the `Host` header says: the signature covers it without the scheme's usual port.
    pub fn host_header(&self) -> String {
        match self.port == usual_port(self.secure) {
            true => self.host.clone(),
            false => format!("{}:{}", self.host, self.port),
        }
    }

    fn uri(&self) -> Result<Uri, http::Error> {
        let scheme = if self.secure { "https" } else { "http" };
        let authority = format!("{}:{}", self.host, self.port);
        Uri::builder().scheme(scheme).authority(authority).path_and_query("/").build()
    }
}

fn usual_port(secure: bool) -> u16 {
    if secure { 443 } else { 80 }
}

/// Opens connections.
#[derive(Debug, Clone)]
pub struct Dialing {
    streams: HttpConnector,
    proxies: Arc<Matcher>,
    tls: Arc<OnceLock<Arc<ClientConfig>>>,
}

impl Dialing {
    /// Dialing with the system's name service, the certificates that the system trusts, and the proxies that the
    /// environment names (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`).
    pub fn of_environment() -> Dialing {
        Dialing::through(Matcher::from_env())
    }

    /// Dialing through these proxies instead.
    pub(crate) fn through(proxies: Matcher) -> Dialing {
        let mut streams = HttpConnector::new();
        streams.enforce_http(false);
        streams.set_nodelay(true);
        Dialing { streams, proxies: Arc::new(proxies), tls: Arc::default() }
    }

    /// A connection on which nothing was asked yet.
    pub async fn dial(
        &self,
        origin: &Origin,
        within: Duration,
    ) -> Result<SendRequest<SdkBody>, ConnectorError> {
        match timeout(within, self.connect(origin)).await {
            Ok(connected) => connected.map_err(ConnectorError::io),
            Err(_) => Err(ConnectorError::timeout(too_late("no connection", within))),
        }
    }

    async fn connect(&self, origin: &Origin) -> Result<SendRequest<SdkBody>, BoxError> {
        if !origin.secure {
            // Nothing on the Internet is called so: an emulator, or where a machine is told its credentials.
            return greeted(self.streams.clone().call(origin.uri()?).await?.into_inner()).await;
        }
        let stream = self.stream_to(origin.uri()?).await?;
        let name = origin.host.trim_matches(['[', ']']).to_owned();
        let tls = TlsConnector::from(self.tls()?);
        greeted(tls.connect(ServerName::try_from(name)?, stream).await?).await
    }

    /// A stream to where a request with this URI goes, through a proxy where the environment names one for it.
    ///
    /// # Errors
    /// When nothing answers there, or the proxy opens no way to it.
    pub async fn stream_to(&self, uri: Uri) -> Result<TcpStream, BoxError> {
        let Some(proxy) = self.proxies.intercept(&uri) else {
            return Ok(self.streams.clone().call(uri).await?.into_inner());
        };
        let host = proxy.uri().host().unwrap_or_default().to_owned();
        if proxy.uri().scheme() != Some(&Scheme::HTTP) {
            let why = format!("{}: only http:// is spoken to proxies", of_environment(&host));
            return Err(io::Error::other(why).into());
        }
        let tunnel = Tunnel::new(proxy.uri().clone(), self.streams.clone());
        let mut tunnel = match proxy.basic_auth() {
            Some(secret) => tunnel.with_auth(secret.clone()),
            None => tunnel,
        };
        let opened =
            tunnel.call(uri).await.map_err(|error| io::Error::other(through_proxy(&host, &error)))?;
        Ok(opened.into_inner())
    }

    /// Certificates are read from disk once.
    fn tls(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        if let Some(known) = self.tls.get() {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(trusting_the_system()?);
        Ok(Arc::clone(self.tls.get_or_init(|| made)))
    }
}

fn trusting_the_system() -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![HTTP_1.to_vec()];
    Ok(config)
}

async fn greeted<S>(stream: S) -> Result<SendRequest<SdkBody>, BoxError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // It ends by itself once the sender is gone; what goes wrong shows at the request.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

/// What went wrong on the way through a proxy.
fn through_proxy(host: &str, error: &(dyn std::error::Error + 'static)) -> String {
    let causes = sources(error).map(ToString::to_string);
    format!("{}: {}", of_environment(host), causes.collect::<Vec<_>>().join(": "))
}

/// A proxy that a person may not know to be there.
fn of_environment(host: &str) -> String {
    format!("the proxy {host} (of HTTPS_PROXY or ALL_PROXY)")
}

/// The error of something that did not come in time.
pub fn too_late(what: &str, after: Duration) -> BoxError {
    io::Error::new(io::ErrorKind::TimedOut, format!("{what} within {} s", after.as_secs())).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    fn host_header(uri: &str) -> String {
        Origin::of(&uri.parse().unwrap()).unwrap().host_header()
    }

    #[test]
    fn a_host_goes_without_its_usual_port() {
        assert_eq!(
            host_header("https://b.s3.eu-west-1.amazonaws.com:443/key"),
            "b.s3.eu-west-1.amazonaws.com"
        );
        assert_eq!(host_header("http://localhost:80/key"), "localhost");
        assert_eq!(host_header("https://localhost:80/key"), "localhost:80");
        assert_eq!(host_header("http://[::1]:4566/b/key"), "[::1]:4566");
    }

    /// A proxy that opens no tunnel; gives what it was asked for.
    async fn refusing(listener: TcpListener) -> String {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = vec![0; 1024];
        let length = stream.read(&mut asked).await.unwrap();
        stream.write_all(b"HTTP/1.1 407 No\r\n\r\n").await.unwrap();
        String::from_utf8_lossy(&asked[..length]).into_owned()
    }

    #[tokio::test]
    async fn what_is_secret_goes_through_the_proxy_unless_it_is_exempt() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = format!("http://ann:secret@{}", listener.local_addr().unwrap());
        let dialing = Dialing::through(Matcher::builder().https(proxy).no("127.0.0.1").build());
        let aws = Origin::of(&"https://s3.eu-west-1.amazonaws.com".parse().unwrap()).unwrap();
        let (asked, dialled) = tokio::join!(refusing(listener), dialing.dial(&aws, CONNECT_TIMEOUT));
        assert!(asked.starts_with("CONNECT s3.eu-west-1.amazonaws.com:443 HTTP/1.1\r\n"), "{asked}");
        assert!(asked.to_lowercase().contains("proxy-authorization: basic "), "{asked}");
        let error = format!("{:?}", dialled.unwrap_err());
        assert!(error.contains("HTTPS_PROXY") && error.contains("authorization required"), "{error}");
        assert!(!error.contains("secret"), "{error}");
        let socks = Dialing::through(Matcher::builder().all("socks5://127.0.0.1:9").build());
        let error = format!("{:?}", socks.dial(&aws, CONNECT_TIMEOUT).await.unwrap_err());
        assert!(error.contains("only http:// is spoken to proxies"), "{error}");
        let exempt = Origin::of(&"https://127.0.0.1:9".parse().unwrap()).unwrap();
        let error = format!("{:?}", dialing.dial(&exempt, CONNECT_TIMEOUT).await.unwrap_err());
        assert!(!error.contains("proxy"), "{error}");
    }
}
