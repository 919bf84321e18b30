//! One question to one server.

use crate::blueprint::dns::{Record, Said, plain};
use futures::StreamExt;
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::tcp::TcpClientStream;
use hickory_resolver::net::udp::UdpClientStream;
use hickory_resolver::net::xfer::{DnsHandle, DnsRequestSender};
use hickory_resolver::proto::op::{DnsRequest, DnsRequestOptions, DnsResponse, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RecordType};
use std::net::SocketAddr;
use std::time::Duration;

/// A server that takes longer is as good as silent: resolvers too would ask another.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the server is to find the answer elsewhere, or to say what it holds itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A resolver.
    Resolver,
    /// A server of the zone.
    Authority,
}

/// Asks for one type of record, over TCP where the answer is too long for UDP.
pub(super) async fn ask(server: SocketAddr, role: Role, name: &str, kind: RecordType) -> Option<DnsResponse> {
    let name = Name::from_ascii(format!("{name}.")).ok()?;
    let mut options = DnsRequestOptions::default();
    options.recursion_desired = role == Role::Resolver;
    let request = DnsRequest::from_query(Query::query(name, kind), options);
    let answer = over_udp(server, request.clone()).await?;
    if answer.truncation { over_tcp(server, request).await.or(Some(answer)) } else { Some(answer) }
}

async fn over_udp(server: SocketAddr, request: DnsRequest) -> Option<DnsResponse> {
    let stream = UdpClientStream::builder(server, TokioRuntimeProvider::new());
    let mut stream = stream.with_timeout(Some(PATIENCE)).with_max_retries(2).build();
    stream.send_message(request).next().await?.ok()
}

async fn over_tcp(server: SocketAddr, request: DnsRequest) -> Option<DnsResponse> {
    let asking = async {
        let provider = TokioRuntimeProvider::new();
        let exchange = TcpClientStream::exchange(server, None, PATIENCE, None, provider).await?;
        exchange.send(request).next().await.unwrap_or(Err(NetError::Timeout))
    };
    tokio::time::timeout(PATIENCE, asking).await.ok()?.ok()
}

/// An answer as a plain value.
pub(super) fn said(answer: Option<DnsResponse>) -> Said {
    let Some(answer) = answer else { return Said::Silent };
    let negative = answer.negative_ttl().unwrap_or_default();
    let records = records(&answer);
    match answer.response_code {
        // A CNAME that leads to a name which does not exist is an answer all the same.
        ResponseCode::NoError | ResponseCode::NXDomain if !records.is_empty() => {
            let seconds = answer.answers.iter().map(|record| record.ttl).min().unwrap_or_default();
            Said::Records { records, seconds }
        }
        ResponseCode::NoError => Said::NoRecord { seconds: negative },
        ResponseCode::NXDomain => Said::NoSuchName { seconds: negative },
        other => Said::Refused(format!("{other:?}").to_uppercase()),
    }
}

fn records(answer: &DnsResponse) -> Vec<Record> {
    let record = |record: &hickory_resolver::proto::rr::Record| Record {
        name: plain(&record.name.to_ascii()),
        kind: record.record_type().to_string(),
        value: plain(&record.data.to_string()),
    };
    answer.answers.iter().map(record).collect()
}
