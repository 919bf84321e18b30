//! `sitecast destroy`: remove the site and everything that belongs to it.

use super::args::Destroy;
use super::carry_out::{Carried, carry_out};
use super::site::{Folder, Site, insist_on_dns};
use super::{Console, Ending};
use crate::aws::certificate_wait::DnsWaiting;
use crate::blueprint::{KeepOnDestroy, teardown};
use crate::error::{Error, Kind, Result};
use crate::journal::Purpose;
use crate::report::{self, receipt::Receipt};
use serde_json::{Value, json};

/// Tears the site down.
pub async fn run(console: &Console, arguments: &Destroy) -> Result<Ending> {
    let mut site = Site::open(console, &arguments.file, Folder::Unused).await?;
    site.inventory.insist_on_reach()?;
    let name = &site.blueprint.site.clone();
    let keep = KeepOnDestroy {
        buckets: arguments.keep_buckets,
        logs: arguments.keep_logs,
        until_replicas_are_gone: arguments.wait,
    };
    let plan = teardown(name, &site.connection.identity.account, &site.inventory, keep);
    if !plan.changes_aws() && !site.inventory.buckets.is_empty() {
        console.output().result(report::plan::plan_json(&plan));
        console.lines(&report::plan::lines(&plan, console.look()));
        return Ok(Ending::Fine);
    }
    if !plan.changes_aws() {
        return Err(Error::failed(format!("nothing named {name} in {}", site.connection.identity.account))
            .hint("sitecast list shows the sites of this account"));
    }
    console.lines(&report::plan::lines(&plan, console.look()));
    insist_on_dns(&mut site, &[], arguments.leave_dns).await?;
    agree(console, arguments, name, &site.file())?;
    let command = console.command(&format!("destroy {}", site.file()));
    let waiting = DnsWaiting::default();
    let Carried { ending, ended } =
        carry_out(console, &site, &plan, Purpose::Destroy, waiting, &command).await?;
    if ending == Ending::Of(Kind::Interrupted) {
        return Ok(ending);
    }
    let left = teardown(name, &site.connection.identity.account, &site.look_again().await?, keep);
    let receipt = Receipt::new(&plan, &left, &ended);
    console.output().result(with_receipt(report::ended::ended_json(&plan, &ended), &receipt));
    console.lines(&receipt.lines(console.look()));
    Ok(ending)
}

fn with_receipt(mut ended: Value, receipt: &Receipt) -> Value {
    ended["receipt"] = json!(receipt);
    ended
}

/// Removal needs the site's name, typed or given with `--confirm`; `--yes` alone is not enough.
fn agree(console: &Console, arguments: &Destroy, name: &str, file: &str) -> Result<()> {
    let command = console.command(&format!("destroy {file} --yes --confirm {name}"));
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
