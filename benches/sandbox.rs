//! How fast the sandbox starts and takes objects, and how much memory it needs: `cargo bench --bench sandbox`.
//!
//! The server is this same program run as another process, so that its memory is its own. `serve FOLDER` is
//! that process; without `--bench`, as `cargo test --all-targets` runs it, nothing is measured.

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Region};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use futures::StreamExt;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::{Options, start};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

type Outcome<T> = Result<T, Box<dyn Error>>;

const OBJECTS: usize = 5_000;
const SLICE: usize = 500;
const OBJECT_BYTES: usize = 8 * 1024;
const AT_ONCE: usize = 8;
const PARTS: i32 = 32;
const PART_BYTES: usize = 8 << 20;
const BUCKET: &str = "measured";

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["serve", folder] => serve(Path::new(folder)).await,
        words if words.contains(&"--bench") => measure().await,
        _ => Ok(()),
    }
}

async fn serve(folder: &Path) -> Outcome<()> {
    let folder = folder.to_path_buf();
    let options = Options { folder, pace: Pace::Instant, port: 0, faults: Vec::new(), dns_port: None };
    let running = start(options).await?;
    println!("AWS_ENDPOINT_URL={}", running.url());
    Ok(tokio::signal::ctrl_c().await?)
}

async fn measure() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let (server, client, took) = launch(folder.path()).await?;
    println!("start to first answer        {took:>10.1?}");
    println!("memory at start              {:>10}", memory(&server)?);
    client.create_bucket().bucket(BUCKET).send().await?;
    for first in (0..OBJECTS).step_by(SLICE) {
        let took = put_slice(&client, first).await?;
        let rate = SLICE as f64 / took.as_secs_f64();
        println!("PUT {:>5} to {:>5}           {rate:>8.0}/s", first, first + SLICE - 1);
    }
    println!("memory after {OBJECTS} objects    {:>10}", memory(&server)?);
    println!("LIST page of 1,000           {:>10.1?}", list_page(&client).await?);
    large_object(&client).await?;
    println!("peak after {PARTS} x {} MiB      {:>10}", PART_BYTES >> 20, peak(&server)?);
    drop(server);
    let (_server, client, took) = launch(folder.path()).await?;
    println!("start again to first answer  {took:>10.1?}");
    println!("first LIST page of 1,000     {:>10.1?}", list_page(&client).await?);
    Ok(())
}

async fn launch(folder: &Path) -> Outcome<(Child, Client, Duration)> {
    let began = Instant::now();
    let mut server = Command::new(std::env::current_exe()?)
        .arg("serve")
        .arg(folder)
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let stdout = server.stdout.take().ok_or("the server has an output")?;
    let line = BufReader::new(stdout).lines().next_line().await?.ok_or("the server said nothing")?;
    let url = line.strip_prefix("AWS_ENDPOINT_URL=").ok_or("the server said something else")?;
    let client = client(url);
    client.list_buckets().send().await?;
    Ok((server, client, began.elapsed()))
}

fn client(url: &str) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("any", "key", None, None, "bench"))
        .force_path_style(true)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

async fn put_slice(client: &Client, first: usize) -> Outcome<Duration> {
    let began = Instant::now();
    let put = |number: usize| {
        let body = ByteStream::from(vec![number as u8; OBJECT_BYTES]);
        client.put_object().bucket(BUCKET).key(format!("objects/{number:05}.html")).body(body).send()
    };
    let mut puts = futures::stream::iter(first..first + SLICE).map(put).buffer_unordered(AT_ONCE);
    while let Some(answer) = puts.next().await {
        answer?;
    }
    Ok(began.elapsed())
}

async fn list_page(client: &Client) -> Outcome<Duration> {
    let began = Instant::now();
    let page = client.list_objects_v2().bucket(BUCKET).send().await?;
    if page.contents().len() != 1_000 {
        return Err("a page holds a thousand objects".into());
    }
    Ok(began.elapsed())
}

/// Uploads an object in parts, copies it, and reads it back.
async fn large_object(client: &Client) -> Outcome<()> {
    let begun = client.create_multipart_upload().bucket(BUCKET).key("large").send().await?;
    let upload = begun.upload_id().ok_or("an upload has an id")?;
    let mut parts = Vec::new();
    for number in 1..=PARTS {
        let body = ByteStream::from(vec![number as u8; PART_BYTES]);
        let part = client.upload_part().bucket(BUCKET).key("large").upload_id(upload).part_number(number);
        let etag = part.body(body).send().await?.e_tag;
        parts.push(CompletedPart::builder().part_number(number).set_e_tag(etag).build());
    }
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let complete = client.complete_multipart_upload().bucket(BUCKET).key("large").upload_id(upload);
    complete.multipart_upload(parts).send().await?;
    client.copy_object().bucket(BUCKET).key("copy").copy_source(format!("{BUCKET}/large")).send().await?;
    let mut body = client.get_object().bucket(BUCKET).key("copy").send().await?.body;
    let mut size = 0;
    while let Some(piece) = body.try_next().await? {
        size += piece.len();
    }
    if size == PARTS as usize * PART_BYTES { Ok(()) } else { Err("the copy has another size".into()) }
}

fn memory(server: &Child) -> Outcome<String> {
    megabytes(server, "VmRSS:")
}

fn peak(server: &Child) -> Outcome<String> {
    megabytes(server, "VmHWM:")
}

/// One figure of a process's memory, as Linux tells it.
fn megabytes(server: &Child, figure: &str) -> Outcome<String> {
    let id = server.id().ok_or("the server still runs")?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(figure)).ok_or("no such figure")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(format!("{} MB", kilobytes / 1024))
}
