//! `sitecast sandbox zone`: hosted zones to practise with, made as any client of Route 53 makes them.

use super::args::ZoneCommand;
use super::sandbox::start;
use super::{Console, Ending};
use crate::aws::practice_zone;
use crate::aws::session::{ConnectOptions, Session};
use crate::error::Result;
use serde_json::json;

/// `sitecast sandbox zone`.
pub async fn run(console: &Console, command: &ZoneCommand) -> Result<Ending> {
    let place = &console.flags().place;
    let running = start(place, 0, None).await?;
    let options = ConnectOptions { sandbox: Some(running.url()), ..ConnectOptions::default() };
    let session = Session::connect(options).await?;
    match command {
        ZoneCommand::Add { name } => add(console, &session, name).await,
        ZoneCommand::List => list(console, &session).await,
        ZoneCommand::Remove { name } => remove(console, &session, name).await,
    }
}

async fn add(console: &Console, session: &Session, name: &str) -> Result<Ending> {
    let (zone, servers) = practice_zone::add(session, name, practice_zone::PATIENCE).await?;
    console.say(format!("the sandbox's Route 53 now has a hosted zone {}", zone.name));
    console.say(r#"with dns = "route53", a site of its domains finds it"#);
    console.output().result(json!({ "name": zone.name, "id": zone.id, "name_servers": servers }));
    Ok(Ending::Fine)
}

async fn list(console: &Console, session: &Session) -> Result<Ending> {
    let zones = practice_zone::all(session).await?;
    if zones.is_empty() {
        console.say("the sandbox has no hosted zone; `sitecast sandbox zone add NAME` makes one");
    }
    if !console.is_for_program() {
        zones.iter().try_for_each(|zone| console.data(&zone.name))?;
    }
    let shown: Vec<_> = zones.iter().map(|zone| json!({ "name": zone.name, "id": zone.id })).collect();
    console.output().result(json!({ "zones": shown }));
    Ok(Ending::Fine)
}

async fn remove(console: &Console, session: &Session, name: &str) -> Result<Ending> {
    let removed = practice_zone::remove(session, name).await?;
    console.say(format!("the sandbox's Route 53 no longer has a hosted zone {name}"));
    console.output().result(json!({ "name": name, "removed": removed.len() }));
    Ok(Ending::Fine)
}
