//! How a connection comes about: an address, a stream to it, TLS where that is spoken.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http::Uri;
use http::uri::Scheme;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service as _;

/// How long one connection may take to come about.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What S3 speaks: one request after the other on each connection.
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
    tls: Arc<OnceLock<Arc<ClientConfig>>>,
}

impl Dialing {
    /// Dialing with the system's name service and the certificates that the system trusts.
    pub fn new() -> Dialing {
        let mut streams = HttpConnector::new();
        streams.enforce_http(false);
        streams.set_nodelay(true);
        Dialing { streams, tls: Arc::default() }
    }

    /// A connection on which nothing was asked yet.
    pub async fn dial(&self, origin: &Origin) -> Result<SendRequest<SdkBody>, ConnectorError> {
        match timeout(CONNECT_TIMEOUT, self.connect(origin)).await {
            Ok(connected) => connected.map_err(ConnectorError::io),
            Err(_) => Err(ConnectorError::timeout(too_late("no connection", CONNECT_TIMEOUT))),
        }
    }

    async fn connect(&self, origin: &Origin) -> Result<SendRequest<SdkBody>, BoxError> {
        let stream = self.streams.clone().call(origin.uri()?).await?.into_inner();
        if !origin.secure {
            return greeted(stream).await;
        }
        let name = origin.host.trim_matches(['[', ']']).to_owned();
        let tls = TlsConnector::from(self.tls()?);
        greeted(tls.connect(ServerName::try_from(name)?, stream).await?).await
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

/// The error of something that did not come in time.
pub fn too_late(what: &str, after: Duration) -> BoxError {
    io::Error::new(io::ErrorKind::TimedOut, format!("{what} within {} s", after.as_secs())).into()
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
