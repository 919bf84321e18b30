//! Running a plan before the eyes of a person, or of a program.

use super::site::Site;
use super::{Console, Ending};
use crate::apply::{self, Event, Perform, Stop};
use crate::aws::perform::Performer;
use crate::blueprint::Plan;
use crate::blueprint::resource::Outputs;
use crate::error::{Error, Result};
use crate::report::{self, Face};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc::unbounded_channel;

/// How a plan that was carried out ended, and what AWS calls what it made.
pub struct Carried {
    /// How it ended.
    pub ending: Ending,
    /// What AWS calls everything that exists now.
    pub outputs: Outputs,
}

/// Carries out `plan`, and says how it went; `go_on` is the command that goes on from wherever it ends.
pub async fn carry_out(console: &Console, site: &Site, plan: &Plan, go_on: &str) -> Result<Carried> {
    let stop = Stop::new();
    stop.on_signals()?;
    let ended = shown(console, plan, Arc::new(performer(site)), stop).await?;
    if console.flags().json {
        console.json(&report::ended::ended_json(plan, &ended))?;
    }
    let look = console.look();
    let last_words = report::ended::lines(plan, &ended, go_on, look);
    match ended.kind() {
        None => console.lines(&last_words),
        Some(_) => console.insist(&last_words),
    }
    Ok(Carried { ending: ended.kind().map_or(Ending::Fine, Ending::Of), outputs: ended.outputs })
}

/// What carries out the steps of a plan for this site.
pub fn performer(site: &Site) -> Performer {
    Performer {
        session: site.connection.session.clone(),
        site: site.blueprint.site.clone(),
        account: site.connection.identity.account.clone(),
        partition: site.connection.identity.partition.clone(),
        publication: site.publication.clone(),
    }
}

async fn shown<P: Perform>(
    console: &Console,
    plan: &Plan,
    performer: Arc<P>,
    stop: Stop,
) -> Result<apply::Ended> {
    let (events, received) = unbounded_channel::<Event>();
    let mut face = face(console);
    // A face that went away must not stop what AWS is in the middle of, so a failed send is let be.
    let running = async move { apply::run(plan, performer, stop, |event| drop(events.send(event))).await };
    let (ended, shown) = tokio::join!(running, report::show(face.as_mut(), received));
    match shown {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            console.error(&Error::failed("can't show everything that happened").because(error));
        }
        Ok(_) | Err(_) => {}
    }
    ended
}

fn face(console: &Console) -> Box<dyn Face> {
    let flags = console.flags();
    let look = console.look();
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if flags.events {
        Box::new(report::json::Json::new(io::stdout()))
    } else if flags.quiet {
        Box::new(report::quiet::Quiet)
    } else if variable("GITHUB_ACTIONS").is_some() {
        let summary = variable("GITHUB_STEP_SUMMARY").map(PathBuf::from);
        Box::new(report::ci::Ci::new(io::stderr(), look, summary))
    } else if console.is_live() {
        Box::new(report::tty::Tty::on_stderr(look))
    } else {
        Box::new(report::plain::Plain::new(io::stderr(), look))
    }
}
