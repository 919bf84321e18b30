//! `sitecast deploy`: make AWS what the profile says, and publish the folder.

use super::args::Deploy;
use super::carry_out::carry_out;
use super::check::{Ahead, before_deploy};
use super::site::{Folder, Site, Start, insist_on_dns};
use super::takeover::Takeover;
use super::{Console, Ending, history, undo};
use crate::aws::certificate_wait::DnsWaiting;
use crate::blueprint::dns::Expected;
use crate::blueprint::resource::{Kind, Outputs};
use crate::blueprint::{self, Plan, pasted_records};
use crate::error::{Error, Kind as End, Result};
use crate::report;
use serde_json::json;
use std::time::Duration;

/// Deploys the profile.
pub async fn run(console: &Console, arguments: &Deploy) -> Result<Ending> {
    let start = Start::open(console, &arguments.file, Folder::for_plan(arguments.verify)).await?;
    let ahead = Ahead::begin(&start.loaded, &start.connection);
    let mut site = start.look().await?;
    agree_to_lose_records(console, &mut site, arguments)?;
    let plan = site.plan()?;
    console.lines(&report::plan::lines(&plan, console.look()));
    let command = console.command(&format!("deploy {}", site.file()));
    insist_on_domains(&mut site, arguments).await?;
    if plan.changes_aws() {
        let check = console.command(&format!("check {}", site.file()));
        before_deploy(console, ahead, &check).await?;
        agree(console, &site, &plan, &command)?;
    }
    if !plan.has_work() && !console.is_for_program() {
        lead_here(console, &site, &plan.known).await;
        address(console, &site, &plan.known)?;
        return Ok(Ending::Fine);
    }
    let carried =
        carry_out(console, &site, &plan, history::purpose(&plan), waiting(arguments), &command).await?;
    if carried.ending == Ending::Fine && plan.changes_aws() {
        site.leave_profile().await?;
    }
    let outputs = &carried.ended.outputs;
    if carried.ending == Ending::Fine && !console.is_for_program() {
        lead_here(console, &site, outputs).await;
        address(console, &site, outputs)?;
    }
    let mut told = report::ended::ended_json(&plan, &carried.ended);
    told["address"] = json!(answers_at(&site, outputs, carried.ending == Ending::Fine));
    console.output().result(told);
    undo::offer(console, &mut site, &plan, &carried, arguments.leave_dns).await
}

fn agree(console: &Console, site: &Site, plan: &Plan, command: &str) -> Result<()> {
    let is_unwatched = console.flags().yes || console.silence().is_some();
    if let Some(takeover) = site.takeover.as_ref().filter(|_| is_unwatched) {
        takeover.insist_on_doubt()?;
    }
    if console.flags().yes {
        return Ok(());
    }
    if let Some(Takeover { why, .. }) = &site.takeover {
        let question = format!("{why}. Type {} to replace what is there:", plan.site);
        return match console.ask(&question, "--yes", &format!("{command} --yes"))? == plan.site {
            true => Ok(()),
            false => Err(Error::new(End::Interrupted, "not agreed to; nothing was changed")),
        };
    }
    console.agree(&format!("Carry this out in account {}?", plan.account), command)
}

/// Refuses to let go of domains that public DNS still leads here and the profile no longer has.
pub(super) async fn insist_on_domains(site: &mut Site, arguments: &Deploy) -> Result<()> {
    let kept = site.domains().to_vec();
    insist_on_dns(site, &kept, arguments.leave_dns).await
}

/// How long DNS is waited for.
pub(super) fn waiting(arguments: &Deploy) -> DnsWaiting {
    match arguments.no_wait {
        true => DnsWaiting { patience: Duration::ZERO, ..DnsWaiting::default() },
        false => DnsWaiting::default(),
    }
}

/// Asks for each domain that leads elsewhere whether that may be replaced; where nothing can be asked, the plan says
/// what is in the way. Agreeing to the plan is not enough, since what is lost is not ours.
fn agree_to_lose_records(console: &Console, site: &mut Site, arguments: &Deploy) -> Result<()> {
    for (domain, words) in still_in_the_way(site, &arguments.replace_records) {
        if console.silence().is_some() {
            continue;
        }
        let answer = console.ask(&format!("{words}. Replace that? [y/N]"), "--replace-records", "")?;
        if ["y", "yes"].contains(&answer.to_lowercase().as_str()) {
            still_in_the_way(site, [&domain]);
        }
    }
    Ok(())
}

/// Agrees to lose what leads these domains elsewhere; returns the other domains that lead elsewhere, each in words.
pub(super) fn still_in_the_way<'a>(
    site: &mut Site,
    agreed: impl IntoIterator<Item = &'a String>,
) -> Vec<(String, String)> {
    let in_the_way = blueprint::records_in_the_way(&site.blueprint, &site.inventory);
    let Some(domains) = &mut site.blueprint.domains else { return Vec::new() };
    domains.replace.extend(agreed.into_iter().map(|name| name.to_lowercase()));
    let others = in_the_way.into_iter().filter(|(domain, _)| !domains.replace.contains(domain));
    let in_words = |records: Vec<String>| records.join(", ");
    others
        .map(|(domain, records)| (domain.clone(), format!("{domain} leads elsewhere: {}", in_words(records))))
        .collect()
}

/// Says which records lead the domains to the site, where the person writes them, and what is still amiss with each.
async fn lead_here(console: &Console, site: &Site, outputs: &Outputs) {
    let distribution = outputs.iter().find(|(id, _)| id.kind == Kind::Distribution);
    let (Some(domains), Some((_, output))) = (&site.blueprint.domains, distribution) else { return };
    let records = pasted_records::to_lead(domains, &output.domain);
    let Some(lookups) = site.lookups().filter(|_| !records.is_empty()) else { return };
    let expected: Vec<_> =
        domains.names.iter().map(|domain| Expected::site(domain, &output.domain)).collect();
    let findings = lookups.look(&expected).await;
    console.say("these records lead the domains to the site, where their DNS is kept:");
    records.iter().for_each(|record| console.say(format!("  {record}")));
    for finding in findings {
        let fix = finding.fix.map(|fix| format!(": {fix}")).unwrap_or_default();
        console.say(format!("  {}{fix}", finding.sentence));
    }
}

/// Prints where the site answers: on stdout, since it is the one thing that a script wants to know. All domains are
/// served by the time that nothing is left to do.
fn address(console: &Console, site: &Site, outputs: &Outputs) -> Result<()> {
    let Some(own) = answers_at(site, outputs, false) else { return Ok(()) };
    if site.main_domain().is_some() {
        console.say(format!("it answers at {own} as well"));
    }
    console.data(answers_at(site, outputs, true).unwrap_or(own))
}

/// The address of the site: that of its main domain once it `has_domains`, which is when nothing is left to do, and
/// until then that of the distribution.
pub(super) fn answers_at(site: &Site, outputs: &Outputs, has_domains: bool) -> Option<String> {
    let (_, output) = outputs.iter().find(|(id, _)| id.kind == Kind::Distribution)?;
    let host = site.main_domain().filter(|_| has_domains).unwrap_or_else(|| output.domain.clone());
    Some(format!("https://{host}/"))
}
