//! Taking back what a run made that was stopped, or saying how that is done.

use super::carry_out::{Carried, carry_out};
use super::site::{Site, insist_on_dns};
use super::{Console, Ending};
use crate::aws::certificate_wait::DnsWaiting;
use crate::blueprint::plan::Action;
use crate::blueprint::resource::Kind;
use crate::blueprint::{self, Made, Plan};
use crate::error::{Error, Kind as End, Result};
use crate::journal::Purpose;
use crate::report::text::Text;

/// The plan that takes back what a run made. Domains that lead to the site by then are let go of as by a teardown:
/// not before public DNS has forgotten them.
pub async fn planned(site: &mut Site, made: &Made, leave_dns: bool) -> Result<Plan> {
    site.inventory = site.look_again().await?;
    if made.created.iter().any(|resource| resource.kind == Kind::Distribution) {
        insist_on_dns(site, &[], leave_dns).await?;
    }
    Ok(blueprint::undo(&site.blueprint.site, &site.blueprint.account, made, &site.inventory))
}

/// After a run that was stopped: offers to take back what it made; where nothing can be asked, or the person was in
/// a hurry, says how. The deploy was stopped in any case, which is how the command ends.
pub async fn offer(
    console: &Console,
    site: &mut Site,
    plan: &Plan,
    carried: &Carried,
    leave_dns: bool,
) -> Result<Ending> {
    let made = made(plan, carried);
    if carried.ending != Ending::Of(End::Interrupted) || made.created.is_empty() {
        return Ok(carried.ending);
    }
    console.insist(&[Text::new().plain(format!("This run created {}.", listed(&made)))]);
    if !carried.at_once && console.silence().is_none() && is_wanted(console, plan).await? {
        return take_back(console, site, &made, leave_dns).await;
    }
    console.insist(&[Text::new().plain(way_back(console, site, plan))]);
    Ok(carried.ending)
}

fn made(plan: &Plan, carried: &Carried) -> Made {
    let done = carried.ended.done.iter().filter_map(|id| plan.step(id));
    // A bucket that was asked for appears also where nobody waits for it; taking back goes by what AWS then holds.
    let unfinished = carried.ended.unfinished.iter().filter_map(|(id, _)| plan.step(id));
    let done = done.chain(unfinished.filter(|step| step.resource.kind == Kind::Bucket));
    Made::of(done.map(|step| (&step.resource, step.action)))
}

fn listed(made: &Made) -> String {
    made.created.iter().map(|it| format!("{} {}", it.kind, it.name)).collect::<Vec<_>>().join(", ")
}

/// Signals stop runs by now, and no longer the process, so one that comes instead of an answer is waited for here.
async fn is_wanted(console: &Console, plan: &Plan) -> Result<bool> {
    let question = format!("Type {} to remove that again, or press Enter to leave it:", plan.site);
    let asking = console.clone();
    let answer = tokio::task::spawn_blocking(move || asking.ask(&question, "", ""));
    let interrupted = || Error::new(End::Interrupted, "stopped; what was created is left as it is");
    tokio::select! {
        answer = answer => match answer.map_err(|error| interrupted().because(error))? {
            Ok(answer) => Ok(answer == plan.site),
            Err(_) => Ok(false),
        },
        _ = tokio::signal::ctrl_c() => Ok(false),
    }
}

async fn take_back(console: &Console, site: &mut Site, made: &Made, leave_dns: bool) -> Result<Ending> {
    let plan = planned(site, made, leave_dns).await?;
    let go_on = removal(console, site);
    let carried = carry_out(console, site, &plan, Purpose::Undo, DnsWaiting::default(), &go_on).await?;
    Ok(match carried.ending {
        Ending::Fine => Ending::Of(End::Interrupted),
        unwell @ Ending::Of(_) => unwell,
    })
}

/// How to take back by hand what the run made. Where something was there before, there is no command that removes
/// only what is new, but the answers from before lead back.
fn way_back(console: &Console, site: &Site, plan: &Plan) -> String {
    let is_new = plan.steps.iter().all(|step| match step.action {
        Action::Create | Action::Await | Action::BackUp => true,
        Action::Update | Action::Delete | Action::Adopt | Action::Keep => false,
    });
    match is_new {
        true => format!("To remove just that: {}", removal(console, site)),
        false => format!(
            "To take it back, deploy the profile as it was before. Until the new files are published, that is: {}",
            console.command(&format!("import {} before.toml", plan.site))
        ),
    }
}

fn removal(console: &Console, site: &Site) -> String {
    console.command(&format!("destroy {}", site.file()))
}
