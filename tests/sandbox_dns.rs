//! DNS is served beside the endpoint, out of the same state.

use hickory_server::proto::op::{Message, Query};
use hickory_server::proto::rr::{Name, RecordType};
use sitecast::sandbox::dns;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::{self, Options};
use time::OffsetDateTime;
use tokio::net::UdpSocket;

#[tokio::test]
async fn a_record_added_by_hand_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        folder: folder.path().to_path_buf(),
        pace: Pace::Instant,
        port: 0,
        faults: Vec::new(),
        dns_port: Some(0),
    };
    let running = server::start(options).await.unwrap();
    dns::add(running.store(), OffsetDateTime::now_utc(), "www.example.com", "A", "192.0.2.1").unwrap();

    let mut question = Message::query();
    question.add_query(Query::query(Name::from_ascii("www.example.com.").unwrap(), RecordType::A));
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(&question.to_vec().unwrap(), running.dns_address().unwrap()).await.unwrap();
    let mut buffer = [0; 512];
    let length = socket.recv(&mut buffer).await.unwrap();
    let answer = Message::from_vec(&buffer[..length]).unwrap();
    assert_eq!(answer.answers[0].to_string(), "www.example.com. 60 IN A 192.0.2.1");
}
