//! `sitecast deploy`: make AWS what the profile says, and publish the folder.

use super::args::Profile;
use super::carry_out::carry_out;
use super::check::before_deploy;
use super::site::{Folder, Site};
use super::{Console, Ending};
use crate::aws::profile_copy;
use crate::blueprint::Plan;
use crate::blueprint::plan::Action;
use crate::blueprint::resource::{Kind, Outputs};
use crate::error::{Error, Kind as End, Result};
use crate::report;

/// Deploys the profile.
pub async fn run(console: &Console, arguments: &Profile) -> Result<Ending> {
    let site = Site::open(console, &arguments.file, Folder::Needed).await?;
    let plan = site.plan()?;
    console.lines(&report::plan::lines(&plan, console.look()));
    let command = console.command(&format!("deploy {}", site.file()));
    if plan.changes_aws() {
        let check = console.command(&format!("check {}", site.file()));
        before_deploy(console, &site.loaded, &site.connection, &check).await?;
        agree(console, &plan, &command)?;
    }
    let idle = plan.steps.iter().all(|step| step.action == Action::Keep);
    let for_programs = console.flags().events || console.flags().json;
    if idle && !for_programs {
        address(console, &plan.known)?;
        return Ok(Ending::Fine);
    }
    let carried = carry_out(console, &site, &plan, &command).await?;
    if carried.ending == Ending::Fine && plan.changes_aws() {
        profile_copy::renew(&site.connection.session, &site.blueprint.buckets, &site.loaded.text).await?;
    }
    if carried.ending == Ending::Fine && !for_programs {
        address(console, &carried.outputs)?;
    }
    Ok(carried.ending)
}

fn agree(console: &Console, plan: &Plan, command: &str) -> Result<()> {
    if console.flags().yes {
        return Ok(());
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
