//! `sitecast plan`: what deploying would change.

use super::args::PlanArguments;
use super::site::{Folder, Site, leading_here};
use super::{Console, Ending};
use crate::error::{Kind, Result};
use crate::report;

/// Shows what deploying would change, and changes nothing.
pub async fn run(console: &Console, arguments: &PlanArguments) -> Result<Ending> {
    let mut site = Site::open(console, &arguments.file, Folder::for_plan(arguments.verify)).await?;
    let mut plan = site.plan()?;
    let kept = site.domains().to_vec();
    site.look_who_leads_here(&kept).await;
    plan.notices.extend(leading_here(&site, &kept));
    console.output().result(report::plan::plan_json(&plan));
    console.data_lines(&report::plan::lines(&plan, console.look()))?;
    match plan.changes_aws() && arguments.detailed_exitcode {
        true => Ok(Ending::Of(Kind::Changes)),
        false => Ok(Ending::Fine),
    }
}
