//! `sitecast destroy`: remove the site and everything that belongs to it.

use super::args::Destroy;
use super::carry_out::{Carried, carry_out};
use super::site::{Folder, Site, insist_on_dns};
use super::{Console, Ending};
use crate::aws::certificate_wait::DnsWaiting;
use crate::blueprint::answers::Dns;
use crate::blueprint::backup::{self, BackUp};
use crate::blueprint::inventory::{Inventory, ObservedBucket, ObservedRelease};
use crate::blueprint::plan::STAYS;
use crate::blueprint::{KeepOnDestroy, Plan, teardown};
use crate::error::{Error, Kind, Result};
use crate::journal::Purpose;
use crate::report::{self, receipt::Receipt};
use serde_json::{Value, json};
use std::path::Path;

/// Tears the site down.
pub async fn run(console: &Console, arguments: &Destroy) -> Result<Ending> {
    let mut site = Site::open(console, &arguments.file, Folder::Unused).await?;
    site.inventory.insist_on_teardown()?;
    let name = &site.blueprint.site.clone();
    let plan = planned(&site, &site.inventory, arguments);
    let plan = if arguments.back_up && plan.changes_aws() { backed_up_first(&site, plan)? } else { plan };
    if !plan.changes_aws() && !site.inventory.buckets.is_empty() {
        console.output().result(report::plan::plan_json(&plan));
        console.lines(&report::plan::lines(&plan, console.look()));
        return Ok(Ending::Fine);
    }
    if !plan.changes_aws() {
        return Err(nothing(&site));
    }
    console.lines(&report::plan::lines(&plan, console.look()));
    insist_on_dns(&mut site, &[], arguments.leave_dns).await?;
    agree(console, arguments, name, &command(console, &site, arguments))?;
    let command = command(console, &site, arguments);
    let waiting = DnsWaiting::default();
    let Carried { ending, ended, at_once: _ } =
        carry_out(console, &site, &plan, Purpose::Destroy, waiting, &command).await?;
    if ending == Ending::Of(Kind::Interrupted) {
        return Ok(ending);
    }
    let left = planned(&site, &site.look_again().await?, arguments);
    let receipt = Receipt::new(&plan, &left, &ended);
    console.output().result(with_receipt(report::ended::ended_json(&plan, &ended), &receipt));
    console.lines(&receipt.lines(console.look()));
    Ok(ending)
}

/// The teardown of what AWS holds by `inventory`.
pub(super) fn planned(site: &Site, inventory: &Inventory, arguments: &Destroy) -> Plan {
    let keep = KeepOnDestroy {
        buckets: arguments.keep_buckets,
        logs: arguments.keep_logs,
        until_replicas_are_gone: arguments.wait,
    };
    let mut plan = teardown(&site.blueprint.site, &site.connection.identity.account, inventory, keep);
    let left =
        left_at_their_dns(site, inventory).filter(|name| !plan.notices.iter().any(|it| it.contains(name)));
    let left: Vec<_> =
        left.map(|name| format!("{STAYS}the CNAME {name}; if you wrote it, remove it")).collect();
    plan.notices.extend(left);
    plan
}

/// The records that prove domains whose DNS is kept elsewhere: they are the person's, and nothing needs them any more.
fn left_at_their_dns<'a>(site: &Site, inventory: &'a Inventory) -> impl Iterator<Item = &'a str> {
    let is_manual = site.blueprint.domains.as_ref().is_some_and(|domains| domains.dns == Dns::Manual);
    let ours = inventory.https.certificates.iter().filter(move |certificate| is_manual && certificate.ours);
    ours.flat_map(|certificate| &certificate.records).map(|record| record.name.as_str())
}

/// AWS holds nothing of the site.
pub(super) fn nothing(site: &Site) -> Error {
    let (name, account) = (&site.blueprint.site, &site.connection.identity.account);
    Error::failed(format!("nothing named {name} in {account}"))
        .hint("sitecast list shows the sites of this account")
}

/// The same teardown, with a copy of the published files before everything else. Where an earlier run has emptied the
/// buckets already there is nothing to copy.
fn backed_up_first(site: &Site, mut plan: Plan) -> Result<Plan> {
    if let Some(wanted) = back_up(site) {
        return Ok(backup::before(plan, wanted));
    }
    if site.inventory.buckets.values().any(is_unfinished) {
        return Err(Error::failed(format!("there is no finished release of {} to back up", plan.site))
            .why(format!("{}; nothing was changed", no_back_up(site)))
            .hint("deploy again to finish it, or leave out --back-up"));
    }
    plan.notices.push(no_back_up(site).to_owned());
    Ok(plan)
}

/// Why nothing can be backed up.
pub(super) fn no_back_up(site: &Site) -> &'static str {
    match site.inventory.buckets.values().any(is_unfinished) {
        true => "an upload was begun and not finished, so nobody knows what the release is",
        false => "there are no published files to back up",
    }
}

fn is_unfinished(bucket: &ObservedBucket) -> bool {
    match bucket.release {
        ObservedRelease::Unfinished { .. } => true,
        ObservedRelease::Never | ObservedRelease::Altered { .. } | ObservedRelease::Published { .. } => false,
    }
}

/// The command that goes on from wherever a teardown ends, and leaves standing what this one does.
pub(super) fn command(console: &Console, site: &Site, arguments: &Destroy) -> String {
    let flags = [
        (arguments.keep_buckets, " --keep-buckets"),
        (arguments.back_up, " --back-up"),
        (arguments.leave_dns, " --leave-dns"),
        (arguments.keep_logs, " --keep-logs"),
        (arguments.wait, " --wait"),
    ];
    let flags: String = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag).collect();
    console.command(&format!("destroy {}{flags}", site.file()))
}

/// What can be brought to this machine, where there is anything.
pub(super) fn back_up(site: &Site) -> Option<BackUp> {
    let beside = site.loaded.path.parent().unwrap_or(Path::new(""));
    backup::possible(&site.blueprint.site, &site.blueprint.buckets, &site.inventory, beside)
}

fn with_receipt(mut ended: Value, receipt: &Receipt) -> Value {
    ended["receipt"] = json!(receipt);
    ended
}

/// Removal needs the site's name, typed or given with `--confirm`; `--yes` alone is not enough.
fn agree(console: &Console, arguments: &Destroy, name: &str, command: &str) -> Result<()> {
    let command = format!("{command} --yes --confirm {name}");
    let given = match &arguments.confirm {
        Some(given) if console.flags().yes || console.silence().is_none() => given.clone(),
        _ => {
            let question = format!("This can't be undone. Type {name} to go on:");
            console.ask(&question, "--yes --confirm NAME", &command)?
        }
    };
    match given == *name {
        true => Ok(()),
        false => {
            let message = format!("{given:?} is not the site's name; nothing was changed");
            Err(Error::new(Kind::Usage, message).hint(format!("the site is called {name}")))
        }
    }
}
