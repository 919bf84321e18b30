//! A request to the site, as a visitor makes it.

use super::reading::{Failed, Trouble};
use crate::aws::dialing::Dialing;
use bytes::Bytes;
use http::uri::Scheme;
use http::{HeaderMap, StatusCode, Uri};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

/// How long a visitor waits for a connection, and for an answer. A primary bucket that does not answer costs up to
/// half a minute before the backup is asked (aws-facts.md J).
const PATIENCE: Duration = Duration::from_secs(40);

/// How much of an answer is read; what is longer is not a visitor's concern here.
const READ: usize = 1 << 20;

/// Where a site is asked for its pages.
#[derive(Debug, Clone)]
pub enum Edge {
    /// At CloudFront's edge, over HTTPS.
    Internet,
    /// At one address, over HTTPS as well.
    Securely {
        /// The address that answers for every host.
        at: SocketAddr,
        /// Whose certificates are believed there.
        roots: RootCertStore,
    },
    /// At the one address of a sandbox, over plain HTTP.
    At(SocketAddr),
    /// Nowhere: what stands for AWS has no edge locations.
    Nowhere {
        /// Why, in words.
        why: String,
    },
}

/// Asks sites for their pages.
#[derive(Debug)]
pub struct Visitor {
    edge: Edge,
    dialing: Dialing,
    tls: OnceLock<Arc<ClientConfig>>,
}

/// A connection to an edge location.
pub struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    host: String,
    /// The TLS version; `None` over plain HTTP.
    pub tls: Option<String>,
    /// How long the connection took, TLS included.
    pub took: Duration,
}

/// What an edge location answered.
#[derive(Debug, Clone)]
pub struct Visited {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, unless it is very long.
    pub body: Bytes,
    /// How long the first byte of the answer took.
    pub first_byte: Duration,
}

impl Visitor {
    /// Asks there.
    pub fn new(edge: Edge) -> Visitor {
        Visitor { edge, dialing: Dialing::of_environment(), tls: OnceLock::new() }
    }

    /// Why there is nobody to ask, if there is nobody.
    pub fn nobody(&self) -> Option<&str> {
        match &self.edge {
            Edge::Nowhere { why } => Some(why),
            Edge::Internet | Edge::Securely { .. } | Edge::At(_) => None,
        }
    }

    /// Whether something on this machine is asked instead of CloudFront's edge.
    pub fn is_local(&self) -> bool {
        match &self.edge {
            Edge::At(_) => true,
            Edge::Internet | Edge::Securely { .. } | Edge::Nowhere { .. } => false,
        }
    }

    /// A new connection to the edge location that answers for `host`, through a proxy where the environment names one.
    ///
    /// # Errors
    /// When nothing answers there, or its certificate is not good for `host`.
    pub async fn connect(&self, host: &str) -> Result<Connection, Failed> {
        let begun = Instant::now();
        let connecting = async {
            match &self.edge {
                Edge::Nowhere { why } => Err(Failed::new(Trouble::Unreachable, why.clone())),
                Edge::At(address) => {
                    let stream =
                        TcpStream::connect(address).await.map_err(|error| unreached(host, &error))?;
                    Ok((sender(host, stream).await?, None))
                }
                Edge::Internet => self.connect_securely(host, self.dial(host).await?).await,
                Edge::Securely { at, .. } => {
                    let stream = TcpStream::connect(at).await.map_err(|error| unreached(host, &error))?;
                    self.connect_securely(host, stream).await
                }
            }
        };
        let (sender, tls) = in_time(host, connecting).await?;
        Ok(Connection { sender, host: host.to_owned(), tls, took: begun.elapsed() })
    }

    async fn dial(&self, host: &str) -> Result<TcpStream, Failed> {
        let uri = Uri::builder().scheme(Scheme::HTTPS).authority(host).path_and_query("/").build();
        let uri = uri.map_err(|error| unreached(host, &error))?;
        self.dialing.stream_to(uri).await.map_err(|error| unreached(host, error.as_ref()))
    }

    async fn connect_securely(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> Result<(SendRequest<Empty<Bytes>>, Option<String>), Failed> {
        let name = ServerName::try_from(host.to_owned()).map_err(|error| unreached(host, &error))?;
        let connector = TlsConnector::from(self.tls(host)?);
        let stream = connector.connect(name, stream).await.map_err(|error| unsafe_there(host, &error))?;
        let version = stream.get_ref().1.protocol_version().and_then(|version| version.as_str());
        let version = version.map(|version| version.replace("TLSv1_", "TLS 1."));
        Ok((sender(host, stream).await?, version))
    }

    /// Certificates are read from disk once.
    fn tls(&self, host: &str) -> Result<Arc<ClientConfig>, Failed> {
        if let Some(known) = self.tls.get() {
            return Ok(known.clone());
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| unreached(host, &error))?
            .with_root_certificates(self.edge.roots())
            .with_no_client_auth();
        Ok(self.tls.get_or_init(|| Arc::new(config)).clone())
    }
}

impl Edge {
    /// Whose certificates are believed: on the internet, all whom this machine trusts.
    fn roots(&self) -> RootCertStore {
        match self {
            Edge::Securely { roots, .. } => roots.clone(),
            Edge::Internet | Edge::At(_) | Edge::Nowhere { .. } => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                roots
            }
        }
    }
}

impl Connection {
    /// Asks for `path`, which begins with `/`.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn get(&mut self, path: &str) -> Result<Visited, Failed> {
        let host = self.host.clone();
        let request = http::Request::get(path)
            .header(http::header::HOST, &host)
            .header(http::header::USER_AGENT, "sitecast")
            .body(Empty::new())
            .map_err(|error| unreached(&host, &error))?;
        let sender = &mut self.sender;
        let asking = async {
            sender.ready().await.map_err(|error| unreached(&host, &error))?;
            let begun = Instant::now();
            let answer = sender.send_request(request).await.map_err(|error| unreached(&host, &error))?;
            let first_byte = begun.elapsed();
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, READ).collect().await.map(|body| body.to_bytes());
            Ok(Visited {
                status: parts.status,
                headers: parts.headers,
                body: body.unwrap_or_default(),
                first_byte,
            })
        };
        in_time(&host, asking).await
    }
}

impl Visited {
    /// A header's value, where it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

async fn sender<S>(host: &str, stream: S) -> Result<SendRequest<Empty<Bytes>>, Failed>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let shaken = handshake(TokioIo::new(stream)).await;
    let (sender, connection) = shaken.map_err(|error| unreached(host, &error))?;
    // It ends by itself once the sender is gone; what goes wrong shows at the request.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

async fn in_time<T>(host: &str, doing: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    let seconds = PATIENCE.as_secs();
    let late =
        |_| Failed::new(Trouble::Unreachable, format!("{host} did not answer within {seconds} seconds"));
    timeout(PATIENCE, doing).await.map_err(late)?
}

/// Why no safe connection came about. What a browser would refuse as well is told in plain words.
fn unsafe_there(host: &str, error: &io::Error) -> Failed {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    let Some(rustls::Error::InvalidCertificate(invalid)) = cause else { return unreached(host, error) };
    let words = match invalid {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is for other names".to_owned()
        }
        CertificateError::UnknownIssuer => "is from an issuer whom this machine does not trust".to_owned(),
        other => format!("can't be believed: {other}"),
    };
    Failed::new(Trouble::Unreachable, format!("the certificate shown for {host} {words}"))
}

fn unreached(host: &str, error: &dyn std::error::Error) -> Failed {
    let mut why = format!("could not ask {host}: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        why = format!("{why}: {cause}");
        source = cause.source();
    }
    Failed::new(Trouble::Unreachable, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper_util::client::proxy::matcher::Matcher;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn the_site_is_asked_through_the_proxy_that_the_environment_names() {
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let matcher = Matcher::builder().https(format!("http://{}", proxy.local_addr().unwrap())).build();
        let visitor = Visitor { dialing: Dialing::through(matcher), ..Visitor::new(Edge::Internet) };
        let refusing = async {
            let (mut stream, _) = proxy.accept().await.unwrap();
            let mut asked = vec![0; 1024];
            let length = stream.read(&mut asked).await.unwrap();
            stream.write_all(b"HTTP/1.1 403 No\r\n\r\n").await.unwrap();
            String::from_utf8_lossy(&asked[..length]).into_owned()
        };
        let (asked, connected) = tokio::join!(refusing, visitor.connect("d1.cloudfront.net"));
        assert!(asked.starts_with("CONNECT d1.cloudfront.net:443 "), "{asked}");
        let why = connected.err().unwrap().why;
        assert!(why.contains("could not ask d1.cloudfront.net") && why.contains("HTTPS_PROXY"), "{why}");
    }
}
