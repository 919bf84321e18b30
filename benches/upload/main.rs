//! How fast a site is uploaded, beside the programs that others use: `cargo bench --bench upload`.
//!
//! Every client in turn brings the same site to the same discarding server, each as a process of its own: once
//! into empty buckets, once with nothing changed, once with new times on the same bytes, and once with one file
//! in a hundred changed and one deleted. The figures are medians, and the ratios those of runs in turn.
//!
//! The environment decides the rest: `FILES`, `RUNS`, `BUCKETS`, `REQUEST_MS`, `LIST_MS`, `CONNECTION_MS`,
//! `PUTS_PER_SECOND`, `TLS` (0 for plain HTTP), and `CLIENTS` (names, by commas).

#![expect(clippy::unwrap_used, reason = "a benchmark that can't run has failed")]

mod clients;
mod measure;
mod objects;
mod ours;
mod server;
mod site;
mod table;

use clients::{Client, Route};
use measure::Took;
use server::{Manner, Server};
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::thread;
use std::time::Duration;
use table::{Row, Table};

/// What is done to the site before it is uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Case {
    /// Nothing, and the buckets are empty.
    Cold,
    /// Nothing.
    Unchanged,
    /// The same bytes get new times.
    Touched,
    /// One file in a hundred gets other bytes, and one goes.
    Edited,
}

impl Case {
    const ALL: [Case; 4] = [Case::Cold, Case::Unchanged, Case::Touched, Case::Edited];
}

/// Until nothing was written to the site for so long, its times prove nothing.
const SETTLED: Duration = Duration::from_millis(2_500);

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    match words.split_first() {
        Some((first, rest)) if first == measure::WATCH => measure::watch(rest).unwrap(),
        Some((first, rest)) if first == "publish" => publish(rest),
        // `cargo test --all-targets` runs this too; it measures nothing.
        _ if words.iter().any(|word| word == "--bench") => compare(),
        _ => {}
    }
}

fn publish(words: &[String]) {
    let [folder, cache, buckets] = words else { panic!("publish FOLDER CACHE BUCKETS") };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let publishing = ours::publish_folder(Path::new(folder), Path::new(cache), buckets.parse().unwrap());
    runtime.block_on(publishing).unwrap();
    runtime.shutdown_background();
}

/// A number that the environment sets.
fn setting<T: FromStr>(name: &str, usual: T) -> T {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn manner() -> Manner {
    let milliseconds = |name, usual| Duration::from_millis(setting(name, usual));
    Manner {
        request: milliseconds("REQUEST_MS", 30),
        list: milliseconds("LIST_MS", 100),
        connection: milliseconds("CONNECTION_MS", 60),
        puts_per_second: env::var("PUTS_PER_SECOND").ok().and_then(|text| text.parse().ok()),
        clock_ahead: 0,
        tls: setting("TLS", 1) == 1,
    }
}

/// A client with a server and a memory of its own.
struct Runner {
    client: Client,
    program: PathBuf,
    server: Server,
    cache: PathBuf,
    trusted: PathBuf,
}

fn compare() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut table = Table::default();
    let peers = installed_peers();
    for run in 0..setting("RUNS", 3) {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("public");
        let mut site = site::generate(&folder, setting("FILES", 10_000)).unwrap();
        if run == 0 {
            table.describe(&site, &manner());
        }
        let begun = |client| runner(&runtime, client, (peers.as_deref(), place.path()));
        let mut runners: Vec<Runner> = wanted().into_iter().filter_map(begun).collect();
        thread::sleep(SETTLED);
        for case in Case::ALL {
            match case {
                Case::Cold | Case::Unchanged => {}
                Case::Touched => site::touch(&site).unwrap(),
                Case::Edited => site::edit(&mut site, run as u64).unwrap(),
            }
            runners.rotate_left(1);
            for runner in &runners {
                let row = measured(runner, &folder, case);
                eprintln!("{row:?}");
                table.add(row);
            }
        }
        for runner in &runners {
            verify(runner, &site, &folder);
        }
    }
    println!("{table}");
}

fn wanted() -> Vec<Client> {
    let names = env::var("CLIENTS").unwrap_or_default();
    let is_wanted = |client: &Client| names.is_empty() || names.split(',').any(|name| name == client.name());
    Client::ALL.into_iter().filter(is_wanted).collect()
}

/// The folder of the peers that PyPI has; `None` where they can't be installed.
fn installed_peers() -> Option<PathBuf> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/upload/peers");
    let told = Command::new(script).stderr(Stdio::inherit()).output().ok()?;
    told.status.success().then(|| PathBuf::from(String::from_utf8_lossy(&told.stdout).trim()))
}

fn runner(
    runtime: &tokio::runtime::Runtime,
    client: Client,
    (peers, place): (Option<&Path>, &Path),
) -> Option<Runner> {
    let Some(program) = client.program(peers) else {
        eprintln!("{} is not installed", client.name());
        return None;
    };
    let server = runtime.block_on(Server::start(manner())).unwrap();
    let [cache, trusted] = ["cache", "pem"].map(|ending| place.join(format!("{}.{ending}", client.name())));
    std::fs::write(&trusted, server.certificate().unwrap_or_default()).unwrap();
    Some(Runner { client, program, server, cache, trusted })
}

fn measured(runner: &Runner, folder: &Path, case: Case) -> Row {
    let (url, before) = (runner.server.url(), runner.server.counted());
    let Runner { cache, trusted, .. } = runner;
    let route = Route { folder, url: &url, trusted, cache, buckets: setting("BUCKETS", 1) };
    let took: Took = measure::run(runner.client.commands(&runner.program, route)).unwrap();
    let after = runner.server.counted();
    Row {
        client: runner.client,
        case,
        took,
        requests: after.requests - before.requests,
        connections: after.connections - before.connections,
        slowdowns: after.slowdowns - before.slowdowns,
    }
}

/// Whoever is fast and wrong isn't fast: every bucket holds just the site.
fn verify(runner: &Runner, site: &site::Site, folder: &Path) {
    let held = runner.server.held("bench-");
    let mut wrong = 0;
    for path in &site.files {
        let key = format!("site/{}", path.strip_prefix(folder).unwrap().display());
        let etag = server::md5_hex(&std::fs::read(path).unwrap());
        wrong += usize::from(held.get(&key).is_none_or(|object| object.etag != etag));
    }
    let there = held.keys().filter(|key| key.starts_with("site/")).count();
    let name = runner.client.name();
    eprintln!("{name}: {there} objects for {} files, {wrong} of them wrong", site.files.len());
}
