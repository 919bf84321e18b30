//! `sitecast plan`: what deploying would change.

use super::args::PlanArguments;
use super::site::{Folder, Site};
use super::{Console, Ending};
use crate::error::{Kind, Result};
use crate::report;

/// Shows what deploying would change, and changes nothing.
pub async fn run(console: &Console, arguments: &PlanArguments) -> Result<Ending> {
    let site = Site::open(console, &arguments.file, Folder::Needed).await?;
    let plan = site.plan()?;
    console.output().result(report::plan::plan_json(&plan));
    if !console.is_for_program() {
        console.data_lines(&report::plan::lines(&plan, console.look()))?;
    }
    match plan.changes_aws() && arguments.detailed_exitcode {
        true => Ok(Ending::Of(Kind::Changes)),
        false => Ok(Ending::Fine),
    }
}
