//! Making a plan for the screen, and carrying it out: what `deploy` does, told in messages.

use super::super::args::Deploy;
use super::super::carry_out::performer;
use super::super::check::{Ahead, Preflight, sentence};
use super::super::deploy::{answers_at, insist_on_domains, still_in_the_way, waiting};
use super::super::site::{Folder, Site, Start, shell_word};
use super::super::takeover::deployed_profile;
use super::super::watching::visitor;
use super::super::{Console, history, undo};
use super::wanted_records;
use crate::apply::event::RunOutcome;
use crate::apply::{self, Event, Stop};
use crate::aws::certificate_wait::DnsWaiting;
use crate::blueprint::drift::{Drift, drift};
use crate::blueprint::resource::{Kind, Outputs};
use crate::blueprint::{self, Made, Plan, outlook};
use crate::error::Result;
use crate::journal::Purpose;
use crate::profile::answers::Dns;
use crate::status::panels::ProbeView;
use crate::status::probe::{are_of_an_edge, probe};
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
    let start = Start::open(&console, &arguments.file, Folder::for_plan(arguments.verify)).await?;
    let ahead = Ahead::begin(&start.loaded, &start.connection);
    let mut site = start.look().await?;
    let in_the_way = still_in_the_way(&mut site, agreed.iter().chain(&arguments.replace_records));
    if !in_the_way.is_empty() {
        let replaced = in_the_way.into_iter().map(|(name, words)| Replaced { name, words });
        return Ok(Preparing::Asks(replaced.collect()));
    }
    let plan = site.plan()?;
    insist_on_domains(&mut site, &arguments).await?;
    let Preflight { doubts, obstacles } = match plan.changes_aws() {
        true => ahead.found().await?,
        false => Preflight::default(),
    };
    let go_on = command(&console, &site, &arguments);
    let (drift, untold) = match drifted(&console, &site, &plan).await {
        Ok(drift) => (drift, None),
        Err(untold) => (Vec::new(), Some(untold)),
    };
    let planned = Planned {
        plan: plan.clone(),
        address: answers_at(&site, &plan.known, records_are_ours(&site)),
        usual_seconds: usual_seconds(&console, &plan),
        // The sandbox keeps its own time.
        expected_seconds: outlook::expected_seconds(&plan).filter(|_| !console.flags().sandbox),
        drift,
        costs: outlook::costs(&site.loaded.profile, &plan),
        command: go_on.clone(),
        plain_command: console.command(&format!("deploy {}", site.file())),
        doubts: doubts.iter().map(sentence).chain(untold).collect(),
        obstacles: obstacles.iter().map(sentence).collect(),
        takeover: replaced(&site, &plan),
    };
    let ready = Prepared { console, arguments, site, plan, go_on };
    Ok(Preparing::Ready(Box::new(planned), Box::new(ready)))
}

/// The site of another profile that the plan would replace.
fn replaced(site: &Site, plan: &Plan) -> Option<Replaced> {
    let takeover = site.takeover.as_ref()?;
    Some(Replaced { name: plan.site.clone(), words: takeover.why.clone() })
}

/// What somebody changed in AWS by hand; a doubt in words where that can't be told for want of the deployed profile.
async fn drifted(console: &Console, site: &Site, plan: &Plan) -> Result<Vec<Drift>, String> {
    let is_compared = site.inventory.distribution.is_some();
    if !is_compared || plan.steps.iter().all(|step| step.changes.is_empty()) {
        return Ok(Vec::new());
    }
    if stopped_halfway(console, &plan.site) {
        return Err("the last deploy from here did not end, and this goes on with it; what somebody changed in AWS by \
                    hand meanwhile can't be told apart, so look at every change with Space"
            .to_owned());
    }
    let deployed = deployed_profile(&site.connection.session, &site.blueprint, &site.inventory).await;
    let deployed = deployed.map_err(|error| cant_tell(&error.message))?;
    let deployed = deployed.ok_or_else(|| cant_tell("no bucket holds a copy that this version reads"))?;
    let before = blueprint::blueprint(&deployed, &site.facts);
    Ok(blueprint::plan(&before, &site.inventory)
        .map(|before| drift(&site.loaded.text, &before, plan))
        .unwrap_or_default())
}

/// Whether the last run from this machine left things undone.
fn stopped_halfway(console: &Console, site: &str) -> bool {
    let last = history::journal(console).and_then(|journal| journal.runs(site).into_iter().next());
    last.is_some_and(|run| run.outcome != Some(RunOutcome::Done))
}

fn cant_tell(why: &str) -> String {
    format!(
        "what somebody changed in AWS by hand can't be told from your own edits, since the profile that was deployed \
         can't be read: {why}; look at every change with Space, and write into the profile what is to stay: deploying \
         sets the rest as the profile has it, and keeps a new copy"
    )
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

/// How long such runs of this site took lately.
fn usual_seconds(console: &Console, plan: &Plan) -> Option<(u64, u64)> {
    let (least, most) = history::journal(console)?.usual_duration(&plan.site, history::purpose(plan))?;
    Some((least.as_secs(), most.as_secs()))
}

/// Carries out a plan, and tells what happens.
pub async fn carry_out(ready: &Prepared, stop: Stop, messages: &UnboundedSender<Message>) -> Result<RunEnd> {
    let Prepared { arguments, site, plan, .. } = ready;
    let waiting = wanted_records::watched(site, waiting(arguments), messages);
    let run = Running { ready, plan, purpose: history::purpose(plan), messages };
    let ended = run.to_its_end(waiting, stop).await?;
    if ended.kind().is_none() {
        drop(messages.send(Message::RecordsWanted(wanted_records::leading(site, &ended.outputs))));
    }
    if ended.kind().is_none() && plan.changes_aws() {
        site.leave_profile().await?;
    }
    if ended.kind().is_some() {
        return Ok(run_end(ready, &ended));
    }
    let address = answers_at(site, &ended.outputs, records_are_ours(site));
    Ok(RunEnd { address, distribution: domain(&ended.outputs), ..run_end(ready, &ended) })
}

/// What a visitor gets from the site that was just deployed; nothing where there is nobody to ask.
pub fn first_answers(
    ready: &Prepared,
    ended: &Result<RunEnd>,
) -> impl Future<Output = Option<Vec<ProbeView>>> + use<> {
    let visitor = visitor(&ready.site.connection.session);
    // Its own domain may take a while to be known everywhere.
    let host = ended.as_ref().ok().and_then(|end| end.distribution.clone());
    async move {
        let host = host.filter(|_| visitor.nobody().is_none())?;
        let answers = probe(&visitor, &host).await;
        are_of_an_edge(&visitor, &answers).then_some(answers)
    }
}

/// Takes back what a run made, and tells what happens.
pub async fn undo(
    ready: &mut Prepared,
    made: &Made,
    stop: Stop,
    messages: &UnboundedSender<Message>,
) -> Result<RunEnd> {
    let plan = undo::planned(&mut ready.site, made, ready.arguments.leave_dns).await?;
    drop(messages.send(Message::UndoPlanned(Box::new(plan.clone()))));
    let ready = &*ready;
    let run = Running { ready, plan: &plan, purpose: Purpose::Undo, messages };
    Ok(run_end(ready, &run.to_its_end(DnsWaiting::default(), stop).await?))
}

/// A plan that is carried out while the screen watches.
struct Running<'a> {
    ready: &'a Prepared,
    plan: &'a Plan,
    purpose: Purpose,
    messages: &'a UnboundedSender<Message>,
}

impl Running<'_> {
    async fn to_its_end(&self, waiting: DnsWaiting, stop: Stop) -> Result<apply::Ended> {
        let Prepared { console, site, .. } = self.ready;
        let mut recorder = history::journal(console)
            .map(|journal| journal.record(self.purpose, &site.connection.identity.arn));
        let tell = |event: Event| {
            recorder.iter_mut().for_each(|recorder| recorder.note(&event));
            let forgets = wanted_records::forgets(&event);
            drop(self.messages.send(Message::Happened(event)));
            if forgets {
                drop(self.messages.send(Message::RecordsWanted(Vec::new())));
            }
        };
        apply::run(self.plan, Arc::new(performer(site, waiting)), stop, tell).await
    }
}

/// How a run ended, without an address.
fn run_end(ready: &Prepared, ended: &apply::Ended) -> RunEnd {
    let (outcome, go_on) = (ended.outcome, ready.go_on.clone());
    RunEnd { outcome, address: None, distribution: None, troubles: troubles(ended), go_on }
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

/// The domain that CloudFront gave the distribution.
fn domain(outputs: &Outputs) -> Option<String> {
    let distribution = outputs.iter().find(|(id, _)| id.kind == Kind::Distribution);
    distribution.map(|(_, output)| output.domain.clone())
}

/// Whether the records that lead the site's domains here are written by its deploys. Where a person writes them, nobody
/// knows whether they are there by the time that a deploy ends, so it is CloudFront's name that is called live.
fn records_are_ours(site: &Site) -> bool {
    site.loaded.profile.https.as_ref().is_some_and(|https| https.dns == Dns::Route53)
}
