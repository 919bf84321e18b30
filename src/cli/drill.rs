//! `sitecast drill`: prove on the live site that the backup answers.

use super::args;
use super::history::journal;
use super::site::{Folder, Ground};
use super::{Console, Ending, watching};
use crate::error::{Kind, Result};
use crate::journal;
use crate::status::drill::{Drill, Drilled, OriginSaid};
use serde_json::json;

/// Runs the drill on the profile's site.
pub async fn run(console: &Console, arguments: &args::Drill) -> Result<Ending> {
    let ground = Ground::open(console, &arguments.file, Folder::Unused).await?;
    let drilled = drill(console, &ground).await?;
    console.give(json!(drilled), lines(&drilled).join("\n"))?;
    if let Some(why) = &drilled.left_behind {
        console.say(format!("the canary could not be removed: {why}; the next drill removes it"));
    }
    Ok(if drilled.passed { Ending::Fine } else { Ending::Of(Kind::Degraded) })
}

/// Runs the drill, and writes into the journal how it went.
pub(super) async fn drill(console: &Console, ground: &Ground) -> Result<Drilled> {
    let Ground { connection, blueprint, loaded, .. } = ground;
    let session = &connection.session;
    let drill = Drill { session, blueprint, visitor: &watching::visitor(session) };
    let drilled = drill.run().await.map_err(|error| console.naming_profile(&loaded.path, error))?;
    note(console, &blueprint.site, &drilled);
    Ok(drilled)
}

/// A journal that can't be written is no reason to call a drill failed.
fn note(console: &Console, site: &str, drilled: &Drilled) {
    let Some(journal) = journal(console) else { return };
    let drill =
        journal::Drill { ts: drilled.at.seconds(), passed: drilled.passed, elapsed_ms: drilled.milliseconds };
    if let Err(error) = journal.note_drill(site, &drill) {
        console.error(&error);
    }
}

/// What is told of a drill, its verdict first.
pub(super) fn lines(drilled: &Drilled) -> Vec<String> {
    let verdict = match &drilled.why_not {
        None => format!("passed: the backup answered in {} ms", drilled.milliseconds),
        Some(why) => format!("failed: {why}"),
    };
    let visitor = drilled.visitor.as_ref().map(|answer| {
        let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let (location, cache) = (said(&answer.edge_location), said(&answer.x_cache));
        format!("  {:9}  {}  {location}  {cache}", "visitor", answer.status)
    });
    let leftovers = match drilled.leftovers {
        0 => None,
        1 => Some("  removed 1 canary that an earlier drill had left".to_owned()),
        count => Some(format!("  removed {count} canaries that earlier drills had left")),
    };
    let asked = format!("  asked for  {}", drilled.url);
    let origins = drilled.origins.iter().map(origin);
    [verdict, asked].into_iter().chain(origins).chain(visitor).chain(leftovers).collect()
}

fn origin(said: &OriginSaid) -> String {
    let status = said.status.map_or("no answer".to_owned(), |status| status.to_string());
    let OriginSaid { role, bucket, region, milliseconds, .. } = said;
    format!("  {:9}  {status}  {bucket}  {region}  in {milliseconds} ms", role.word())
}
