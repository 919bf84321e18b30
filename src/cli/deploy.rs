//! `sitecast deploy`: make AWS what the profile says, and publish the folder.

use super::args::Profile;
use super::carry_out::carry_out;
use super::site::{Folder, Site};
use super::{Console, Ending};
use crate::aws::profile_copy;
use crate::blueprint::Plan;
use crate::blueprint::plan::Action;
use crate::blueprint::resource::{Kind, Outputs};
use crate::error::{Error, Kind as End, Result};
use crate::journal::Purpose;
use crate::report;

/// Deploys the profile.
pub async fn run(console: &Console, arguments: &Profile) -> Result<Ending> {
    let site = Site::open(console, &arguments.file, Folder::Needed).await?;
    let plan = site.plan()?;
    console.lines(&report::plan::lines(&plan, console.look()));
    let command = console.command(&format!("deploy {}", site.file()));
    if plan.changes_aws() {
        agree(console, &site, &plan, &command)?;
    }
    let idle = plan.steps.iter().all(|step| step.action == Action::Keep);
    if idle && !console.is_for_program() {
        address(console, &plan.known)?;
        return Ok(Ending::Fine);
    }
    let carried = carry_out(console, &site, &plan, purpose(&site), &command).await?;
    if carried.ending == Ending::Fine && plan.changes_aws() {
        profile_copy::renew(&site.connection.session, &site.blueprint.buckets, &site.loaded.text).await?;
    }
    if carried.ending == Ending::Fine && !console.is_for_program() {
        address(console, &carried.ended.outputs)?;
    }
    Ok(carried.ending)
}

fn purpose(site: &Site) -> Purpose {
    if site.inventory.distribution.is_some() { Purpose::Deploy } else { Purpose::Launch }
}

fn agree(console: &Console, site: &Site, plan: &Plan, command: &str) -> Result<()> {
    if console.flags().yes {
        return Ok(());
    }
    if let Some(why) = &site.takeover {
        let question = format!("{why}. Type {} to replace what is there:", plan.site);
        return match console.ask(&question, "--yes", &format!("{command} --yes"))? == plan.site {
            true => Ok(()),
            false => Err(Error::new(End::Interrupted, "not agreed to; nothing was changed")),
        };
    }
    let question = format!("Carry this out in account {}? [y/N]", plan.account);
    let answer = console.ask(&question, "--yes", &format!("{command} --yes"))?;
    match answer.to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Error::new(End::Interrupted, "not agreed to; nothing was changed")),
    }
}

/// Prints where the site answers: on stdout, since it is the one thing that a script wants to know.
fn address(console: &Console, outputs: &Outputs) -> Result<()> {
    let distribution = outputs.iter().find(|(id, _)| id.kind == Kind::Distribution);
    distribution.map_or(Ok(()), |(_, output)| console.data(format!("https://{}/", output.domain)))
}
