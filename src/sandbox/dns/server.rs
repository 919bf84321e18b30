//! The DNS server on loopback, over UDP and TCP.

use super::resolve::{Found, Reply, View};
use crate::sandbox::pace::Pace;
use crate::sandbox::store::Store;
use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::proto::op::{Header, HeaderCounts, Metadata, OpCode, ResponseCode};
use hickory_server::proto::rr::{Name, RData, Record, RecordType};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::net::{TcpListener, UdpSocket};

/// A server that answers until it is dropped.
pub struct Running {
    /// Where it listens, over UDP and TCP.
    pub addr: SocketAddr,
    _servers: Vec<Server<Handler>>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Running").field("addr", &self.addr).finish_non_exhaustive()
    }
}

/// Serves the sandbox's DNS on loopback. Port 0 picks a free one.
pub async fn serve(store: Store, pace: Pace, port: u16) -> io::Result<Running> {
    let (udp, tcp) = bind(port).await?;
    let addr = udp.local_addr()?;
    let handler = Handler { store, pace, address: Ipv4Addr::LOCALHOST };
    let mut servers = vec![answering(handler.clone(), udp, tcp)];
    for address in FURTHER {
        // Not every system has further loopback addresses.
        if let Ok((udp, tcp)) = bind_both(address, addr.port()).await {
            servers.push(answering(Handler { address, ..handler.clone() }, udp, tcp));
        }
    }
    Ok(Running { addr, _servers: servers })
}

fn answering(handler: Handler, udp: UdpSocket, tcp: TcpListener) -> Server<Handler> {
    let mut server = Server::new(handler);
    server.register_socket(udp);
    server.register_listener(tcp, Duration::from_secs(5), 32);
    server
}

/// Where name servers that disagree with the others can be put.
const FURTHER: [Ipv4Addr; 2] = [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3)];

/// One port for both protocols. A free UDP port may be taken for TCP, hence the attempts.
async fn bind(port: u16) -> io::Result<(UdpSocket, TcpListener)> {
    const ATTEMPTS: usize = 16;
    let mut attempt = 0;
    loop {
        attempt += 1;
        match bind_both(Ipv4Addr::LOCALHOST, port).await {
            Ok(sockets) => return Ok(sockets),
            Err(error) if port != 0 || attempt == ATTEMPTS => return Err(error),
            Err(_) => {}
        }
    }
}

async fn bind_both(address: Ipv4Addr, port: u16) -> io::Result<(UdpSocket, TcpListener)> {
    let udp = UdpSocket::bind((address, port)).await?;
    let tcp = TcpListener::bind(udp.local_addr()?).await?;
    Ok((udp, tcp))
}

#[derive(Clone)]
struct Handler {
    store: Store,
    pace: Pace,
    address: Ipv4Addr,
}

/// What goes into a response.
struct Response {
    code: ResponseCode,
    answers: Vec<Record>,
    soa: Option<Record>,
}

#[async_trait::async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut out: R,
    ) -> ResponseInfo {
        let response = self.response(request).await;
        let mut metadata = Metadata::response_from_request(&request.metadata);
        metadata.authoritative = true;
        // Our clients ask this server as they would ask a public resolver.
        metadata.recursion_available = true;
        metadata.response_code = response.code;
        let message = MessageResponseBuilder::new(&request.queries, request.edns.as_ref()).build(
            metadata,
            response.answers.iter(),
            std::iter::empty(),
            response.soa.iter(),
            std::iter::empty(),
        );
        let sent = out.send_response(message).await;
        sent.unwrap_or_else(|_| Header { metadata, counts: HeaderCounts::default() }.into())
    }
}

impl Handler {
    async fn response(&self, request: &Request) -> Response {
        if request.metadata.op_code != OpCode::Query {
            return Response::failed(ResponseCode::NotImp);
        }
        let Ok(info) = request.request_info() else {
            return Response::failed(ResponseCode::FormErr);
        };
        let (name, kind) = (info.query.name().to_string(), info.query.query_type().to_string());
        let (store, pace, address) = (self.store.clone(), self.pace, self.address);
        let looked_up = tokio::task::spawn_blocking(move || {
            let view = View::of_server(&store, OffsetDateTime::now_utc(), pace, address)?;
            Ok::<_, io::Error>(view.resolve(&name, &kind))
        });
        match looked_up.await {
            Ok(Ok(reply)) => Response::of(&reply),
            Ok(Err(_)) | Err(_) => Response::failed(ResponseCode::ServFail),
        }
    }
}

impl Response {
    fn failed(code: ResponseCode) -> Response {
        Response { code, answers: Vec::new(), soa: None }
    }

    fn of(reply: &Reply) -> Response {
        Response {
            code: if reply.exists { ResponseCode::NoError } else { ResponseCode::NXDomain },
            answers: reply.answers.iter().filter_map(record).collect(),
            soa: reply.soa.as_ref().and_then(record),
        }
    }
}

/// A record as it goes over the wire. A value that DNS can't say is left out.
fn record(found: &Found) -> Option<Record> {
    let name = Name::from_ascii(&found.name).ok()?;
    let kind: RecordType = found.kind.parse().ok()?;
    let value = match kind {
        RecordType::CNAME | RecordType::NS if !found.value.ends_with('.') => format!("{}.", found.value),
        _ => found.value.clone(),
    };
    Some(Record::from_rdata(name, found.ttl, RData::try_from_str(kind, &value).ok()?))
}
