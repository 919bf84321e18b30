//! Running a plan before the eyes of a person, or of a program.

use super::site::Site;
use super::{Console, Ending, history};
use crate::apply::{self, Event, Perform, Stop};
use crate::aws::certificate_wait::{DnsWaiting, PublicDns};
use crate::aws::perform::Performer;
use crate::blueprint::Plan;
use crate::error::{Error, Result};
use crate::journal::{Purpose, Recorder};
use crate::report::{self, Face};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc::unbounded_channel;

/// How a plan that was carried out ended.
pub struct Carried {
    /// How the command ends by it.
    pub ending: Ending,
    /// All that is known of the run.
    pub ended: apply::Ended,
    /// Whether the person insisted on its end.
    pub at_once: bool,
}

/// Carries out `plan`, and says how it went; `go_on` is the command that goes on from wherever it ends.
pub async fn carry_out(
    console: &Console,
    site: &Site,
    plan: &Plan,
    purpose: Purpose,
    waiting: DnsWaiting,
    go_on: &str,
) -> Result<Carried> {
    let journal = history::journal(console);
    history::estimate(console, journal.as_ref(), &plan.site, purpose);
    let recorder = journal.map(|journal| journal.record(purpose, &site.connection.identity.arn));
    let stop = Stop::new();
    stop.on_signals()?;
    let performer = Arc::new(performer(site, waiting));
    let ended = shown(console, plan, performer, stop.clone(), recorder).await?;
    console.output().result(report::ended::ended_json(plan, &ended));
    let look = console.look();
    let last_words = report::ended::lines(plan, &ended, go_on, look);
    match ended.kind() {
        None => console.lines(&last_words),
        Some(_) => console.insist(&last_words),
    }
    Ok(Carried { ending: ended.kind().map_or(Ending::Fine, Ending::Of), ended, at_once: stop.insisted() })
}

/// What carries out the steps of a plan for this site.
pub fn performer(site: &Site, waiting: DnsWaiting) -> Performer {
    Performer {
        session: site.connection.session.clone(),
        site: site.blueprint.site.clone(),
        account: site.connection.identity.account.clone(),
        partition: site.connection.identity.partition.clone(),
        publication: site.publication.clone(),
        waiting: DnsWaiting { public_dns: waiting.public_dns.or_else(|| public_dns(site)), ..waiting },
        archives: site.edge.archives.clone(),
    }
}

/// What looks at public DNS while a certificate of this site is waited for.
pub fn public_dns(site: &Site) -> Option<Arc<dyn PublicDns>> {
    let lookups = site.lookups()?;
    Some(Arc::new(lookups))
}

async fn shown<P: Perform>(
    console: &Console,
    plan: &Plan,
    performer: Arc<P>,
    stop: Stop,
    mut recorder: Option<Recorder>,
) -> Result<apply::Ended> {
    let (events, received) = unbounded_channel::<Event>();
    let mut face = face(console);
    let recorded = &mut recorder;
    let announce = move |event: Event| {
        console.output().note_event(event.seq);
        recorded.iter_mut().for_each(|recorder| recorder.note(&event));
        drop(events.send(event));
    };
    // A face that went away must not stop what AWS is in the middle of, so a failed send is let be.
    let running = async move { apply::run(plan, performer, stop, announce).await };
    let (ended, shown) = tokio::join!(running, report::show(face.as_mut(), received));
    console.set_drawn(None);
    match shown {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            console.error(&Error::failed("can't show everything that happened").because(error));
        }
        Ok(_) | Err(_) => {}
    }
    if let Some(Err(error)) = recorder.map(Recorder::finish) {
        console.error(&error);
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
        let face = report::tty::Tty::on_stderr(look);
        console.set_drawn(Some(face.screen()));
        Box::new(face)
    } else {
        if let Some(why) = console.why_line_by_line() {
            console.say(format!("line by line, because {why}"));
        }
        Box::new(report::plain::Plain::new(io::stderr(), look))
    }
}
