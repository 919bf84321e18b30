//! `--sandbox` on any command, and `sitecast sandbox`: the AWS that runs on this machine.

use super::args::{Command, DnsCommand, SANDBOX_DIR, SandboxCommand, SandboxPlace, Serve};
use super::sandbox_zone;
use super::{Console, Ending};
use crate::error::{Error, Result};
use crate::profile::nearest;
use crate::profile::regions::REGIONS;
use crate::sandbox::{dns, fault::Fault, known, pace::Pace, server, server::Running, store::Store};
use clap::ValueEnum;
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;
use time::OffsetDateTime;

/// How fast the sandbox's lifecycles go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PaceName {
    /// As on AWS: minutes
    Real,
    /// Seconds, so that every state can be seen
    Quick,
    /// At once, for tests
    Instant,
}

impl PaceName {
    fn pace(self) -> Pace {
        match self {
            PaceName::Real => Pace::Real,
            PaceName::Quick => Pace::Quick,
            PaceName::Instant => Pace::Instant,
        }
    }

    /// The pause between polls that suits the pace; `None` keeps the one for AWS.
    fn poll(self) -> Option<Duration> {
        match self {
            PaceName::Real => None,
            PaceName::Quick => Some(Duration::from_millis(300)),
            PaceName::Instant => Some(Duration::from_millis(10)),
        }
    }
}

/// A sandbox inside this process, and how to poll it.
#[derive(Debug)]
pub struct Inside {
    /// Keeps it running.
    pub running: Running,
    /// The pause between polls.
    pub poll: Option<Duration>,
    console: Console,
}

/// A fault that met nothing has tried nothing, which whoever set it must not take for a test passed.
impl Drop for Inside {
    fn drop(&mut self) {
        let set = &self.console.flags().place.fault;
        for fault in self.running.idle_faults().into_iter().filter_map(|place| set.get(place)) {
            self.console.say(format!("! --fault {fault:?} met no call"));
        }
    }
}

/// Starts the sandbox inside this process, where `--sandbox` asks for it.
pub async fn inside(console: &Console) -> Result<Option<Inside>> {
    let flags = console.flags();
    if !flags.sandbox {
        return Ok(None);
    }
    let place = &flags.place;
    let running = start(place, 0, Some(0)).await?;
    console.say(format!("sandbox in {}: nothing reaches AWS", place.folder()?.display()));
    Ok(Some(Inside { running, poll: place.pace.poll(), console: console.clone() }))
}

/// Refuses flags that arrange a sandbox where none was asked for: the command would reach a real account.
pub fn insist_on_sandbox(console: &Console, command: Option<&Command>) -> Result<()> {
    let flags = console.flags();
    // Whoever keeps the folder in the environment has it there for when the sandbox is meant.
    let kept = std::env::var_os(SANDBOX_DIR).map(PathBuf::from);
    let arranged = flags.place.sandbox_dir.as_ref().is_some_and(|dir| kept.as_ref() != Some(dir))
        || !flags.place.fault.is_empty();
    if flags.sandbox || matches!(command, Some(Command::Sandbox(_))) || !arranged {
        return Ok(());
    }
    Err(Error::usage(
        "--sandbox-dir and --fault arrange a sandbox, and there is no --sandbox; nothing was done",
    )
    .hint("add --sandbox, or take the others away"))
}

/// `sitecast sandbox`.
pub async fn run(console: &Console, command: &SandboxCommand) -> Result<Ending> {
    match command {
        SandboxCommand::Serve(arguments) => serve(console, arguments).await,
        SandboxCommand::Reset => reset(console),
        SandboxCommand::Dns(DnsCommand::Add { name, kind, value }) => add_record(console, name, kind, value),
        SandboxCommand::Dns(DnsCommand::Remove { name, kind }) => remove_records(console, name, kind),
        SandboxCommand::Zone(command) => sandbox_zone::run(console, command).await,
    }
}

async fn serve(console: &Console, arguments: &Serve) -> Result<Ending> {
    let given = &console.flags().place;
    let sandbox_dir = arguments.dir.clone().or_else(|| given.sandbox_dir.clone());
    let place = &SandboxPlace { sandbox_dir, ..given.clone() };
    let running = start(place, arguments.port, arguments.dns_port).await?;
    let folder = place.folder()?;
    let _serving = Store::open(&folder).and_then(|store| store.serving()).map_err(|error| {
        Error::failed(format!("can't serve the sandbox in {}", folder.display())).because(error)
    })?;
    console.say(format!("state in {}; Ctrl-C stops", place.folder()?.display()));
    let environment = [
        ("AWS_ENDPOINT_URL", running.url()),
        ("AWS_ACCESS_KEY_ID", "sandbox".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "sandbox".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        // Python's SDK knows only this one.
        ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
    ];
    let value: serde_json::Map<_, _> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    console.output().print_now(json!({ "folder": place.folder()?, "environment": value }))?;
    if !console.is_for_program() {
        console.say("in another terminal, paste this; any AWS client then talks to the sandbox:");
        console.data(environment.map(|(name, value)| format!("export {name}={value}")).join("\n"))?;
    }
    tokio::signal::ctrl_c().await.map_err(|error| Error::failed("can't wait for Ctrl-C").because(error))?;
    running.stop().await;
    Ok(Ending::Fine)
}

/// A person is asked; a script that calls this means it.
fn reset(console: &Console) -> Result<Ending> {
    let folder = console.flags().place.folder()?;
    if console.silence().is_none() {
        let question = format!("Forget every site and file in the sandbox in {}?", folder.display());
        console.agree(&question, "sitecast sandbox reset")?;
    }
    let emptied = Store::open(&folder).and_then(|store| store.empty());
    emptied.map_err(|error| {
        Error::failed(format!("can't empty the sandbox in {}", folder.display())).because(error)
    })?;
    console.say(format!("emptied {}", folder.display()));
    console.output().result(json!({ "folder": folder, "emptied": true }));
    Ok(Ending::Fine)
}

fn add_record(console: &Console, name: &str, kind: &str, value: &str) -> Result<Ending> {
    let folder = console.flags().place.folder()?;
    let added =
        Store::open(&folder).and_then(|store| dns::add(&store, OffsetDateTime::now_utc(), name, kind, value));
    added.map_err(|error| Error::usage(format!("can't add {kind} {name}")).because(error))?;
    console.say(format!("the sandbox's DNS now answers {kind} {name} with {value}"));
    console.output().result(json!({ "folder": folder, "name": name, "type": kind, "value": value }));
    Ok(Ending::Fine)
}

fn remove_records(console: &Console, name: &str, kind: &str) -> Result<Ending> {
    let folder = console.flags().place.folder()?;
    let removed = Store::open(&folder).and_then(|store| dns::remove(&store, name, kind));
    let removed =
        removed.map_err(|error| Error::failed(format!("can't remove {kind} {name}")).because(error))?;
    if removed == 0 {
        return Err(Error::failed(format!("no {kind} {name} was added to the sandbox's DNS")));
    }
    console.say(format!("the sandbox's DNS no longer answers {kind} {name}"));
    console.output().result(json!({ "folder": folder, "name": name, "type": kind, "removed": removed }));
    Ok(Ending::Fine)
}

pub(super) async fn start(place: &SandboxPlace, port: u16, dns_port: Option<u16>) -> Result<Running> {
    let options = server::Options {
        folder: place.folder()?,
        pace: place.pace.pace(),
        port,
        faults: faults(&place.fault)?,
        dns_port,
    };
    let folder = options.folder.display().to_string();
    server::start(options).await.map_err(|error| {
        Error::failed(format!("can't start the sandbox in {folder}"))
            .because(error)
            .hint("name a folder that you may write to with --sandbox-dir DIR")
    })
}

fn faults(texts: &[String]) -> Result<Vec<Fault>> {
    texts.iter().map(|text| fault(text)).collect()
}

/// Reads a fault, and refuses one that no call can ever meet.
fn fault(text: &str) -> Result<Fault> {
    let refused = || Error::usage(format!("can't read --fault {text:?}"));
    let fault: Fault = text.parse().map_err(|error| refused().because(error))?;
    let operations = known::operations();
    let operations: Vec<&str> = operations.iter().map(String::as_str).collect();
    let regions: Vec<&str> = REGIONS.iter().map(|region| region.code).collect();
    let words = [
        ("service", &fault.service, known::SERVICES.as_slice()),
        ("operation", &fault.operation, &operations),
        ("region", &fault.region, &regions),
    ];
    for (what, written, all) in words {
        if let Some(written) = written.as_deref().filter(|written| !all.contains(written)) {
            let error = refused().why(format!("there is no {what} `{written}`, so it would meet no call"));
            return Err(error.hint(did_you_mean(written, all)));
        }
    }
    Ok(fault)
}

fn did_you_mean(written: &str, all: &[&str]) -> String {
    match nearest(written, all.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there are: {}", all.join(", ")),
    }
}

impl SandboxPlace {
    /// The folder that holds the sandbox's state.
    pub(super) fn folder(&self) -> Result<PathBuf> {
        use etcetera::BaseStrategy;
        let default = || {
            let strategy = etcetera::choose_base_strategy()?;
            let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
            Ok(state.join("sitecast").join("sandbox"))
        };
        self.sandbox_dir.clone().map_or_else(default, Ok).map_err(|error: etcetera::HomeDirError| {
            Error::failed("can't find a folder for the sandbox")
                .because(error)
                .hint("name one: --sandbox-dir DIR")
        })
    }
}
