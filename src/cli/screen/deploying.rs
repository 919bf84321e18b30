//! Making a plan for the screen, and carrying it out: what `deploy` does, told in messages.

use super::super::args::Deploy;
use super::super::carry_out::performer;
use super::super::check::{Preflight, preflight, sentence};
use super::super::deploy::{insist_on_domains, still_in_the_way, waiting};
use super::super::site::{Folder, Site, shell_word};
use super::super::{Console, history};
use super::wanted_records;
use crate::apply::{self, Event, Stop};
use crate::aws::profile_copy;
use crate::blueprint::Plan;
use crate::blueprint::resource::{Kind, Outputs};
use crate::error::Result;
use crate::journal::Purpose;
use crate::tui::Message;
use crate::tui::message::{Planned, Replaced, RunEnd};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// What is to be planned.
pub struct Wish {
    /// Which AWS is meant.
    pub console: Console,
    /// The profile, and what else the command line says.
    pub arguments: Deploy,
    /// What of others the person agreed to replace.
    pub agreed: BTreeSet<String>,
}

/// A plan that was told, with what carrying it out needs.
pub struct Prepared {
    console: Console,
    arguments: Deploy,
    site: Site,
    plan: Plan,
    go_on: String,
}

/// What came of planning.
pub enum Preparing {
    /// The plan, for the person and for carrying it out.
    Ready(Box<Planned>, Box<Prepared>),
    /// The person has to agree to lose these first.
    Asks(Vec<Replaced>),
}

/// Makes the plan, and finds out what a person has to know before agreeing to it.
pub async fn prepare(wish: Wish) -> Result<Preparing> {
    let Wish { console, arguments, agreed } = wish;
    let mut site = Site::open(&console, &arguments.file, Folder::Needed).await?;
    let in_the_way = still_in_the_way(&mut site, agreed.iter().chain(&arguments.replace_records));
    if !in_the_way.is_empty() {
        let replaced = in_the_way.into_iter().map(|(name, words)| Replaced { name, words });
        return Ok(Preparing::Asks(replaced.collect()));
    }
    let plan = site.plan()?;
    insist_on_domains(&mut site, &arguments).await?;
    let Preflight { doubts, obstacles } = match plan.changes_aws() {
        true => preflight(&site.loaded, &site.connection).await,
        false => Preflight::default(),
    };
    let go_on = command(&console, &site, &arguments);
    let planned = Planned {
        plan: plan.clone(),
        usual_seconds: usual_seconds(&console, &plan),
        command: go_on.clone(),
        plain_command: console.command(&format!("deploy {}", site.file())),
        doubts: doubts.iter().map(sentence).collect(),
        obstacles: obstacles.iter().map(sentence).collect(),
        takeover: site.takeover.clone().map(|words| Replaced { name: plan.site.clone(), words }),
    };
    let ready = Prepared { console, arguments, site, plan, go_on };
    Ok(Preparing::Ready(Box::new(planned), Box::new(ready)))
}

/// The command that does the same without a screen, with what was agreed to.
fn command(console: &Console, site: &Site, arguments: &Deploy) -> String {
    let replaced = site
        .blueprint
        .domains
        .iter()
        .flat_map(|domains| domains.names.iter().filter(|name| domains.replace.contains(*name)));
    let replaced = replaced.map(|name| format!(" --replace-records {}", shell_word(name)));
    let leave_dns = if arguments.leave_dns { " --leave-dns" } else { "" };
    console.command(&format!("deploy {}{}{leave_dns}", site.file(), replaced.collect::<String>()))
}

/// The first deploy of a site takes longer than those that follow.
fn purpose(plan: &Plan) -> Purpose {
    let exists = plan.known.keys().any(|id| id.kind == Kind::Distribution);
    if exists { Purpose::Deploy } else { Purpose::Launch }
}

/// How long such runs of this site took lately.
fn usual_seconds(console: &Console, plan: &Plan) -> Option<(u64, u64)> {
    let (least, most) = history::journal(console)?.usual_duration(&plan.site, purpose(plan))?;
    Some((least.as_secs(), most.as_secs()))
}

/// Carries out a plan, and tells what happens.
pub async fn carry_out(ready: &Prepared, stop: Stop, messages: &UnboundedSender<Message>) -> Result<RunEnd> {
    let Prepared { console, arguments, site, plan, go_on } = ready;
    let waiting = wanted_records::watched(site, waiting(arguments), messages);
    let mut recorder =
        history::journal(console).map(|journal| journal.record(purpose(plan), &site.connection.identity.arn));
    let tell = |event: Event| {
        recorder.iter_mut().for_each(|recorder| recorder.note(&event));
        let forgets = wanted_records::forgets(&event);
        drop(messages.send(Message::Happened(event)));
        if forgets {
            drop(messages.send(Message::RecordsWanted(Vec::new())));
        }
    };
    let ended = apply::run(plan, Arc::new(performer(site, waiting)), stop, tell).await?;
    if ended.kind().is_none() {
        drop(messages.send(Message::RecordsWanted(wanted_records::leading(site, &ended.outputs))));
    }
    if ended.kind().is_none() && plan.changes_aws() {
        profile_copy::renew(&site.connection.session, &site.blueprint.buckets, &site.loaded.text).await?;
    }
    Ok(RunEnd {
        outcome: ended.outcome,
        address: ended.kind().is_none().then(|| address(&ended.outputs)).flatten(),
        troubles: troubles(&ended),
        go_on: go_on.clone(),
    })
}

/// What failed or is unfinished, each with its reasons.
pub fn troubles(ended: &apply::Ended) -> Vec<String> {
    let failures = ended.failures.iter().chain(&ended.unfinished);
    let told = failures.map(|(step, failure)| {
        let causes: Vec<String> = failure.causes.iter().map(|cause| format!("\nbecause: {cause}")).collect();
        let hint = failure.hint.iter().map(|hint| format!("\n{hint}")).collect::<String>();
        format!("{step}: {}{}{hint}", failure.message, causes.concat())
    });
    told.collect()
}

/// Where the deployed site answers.
pub fn address(outputs: &Outputs) -> Option<String> {
    let distribution = outputs.iter().find(|(id, _)| id.kind == Kind::Distribution);
    distribution.map(|(_, output)| format!("https://{}/", output.domain))
}
