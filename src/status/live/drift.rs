//! Where AWS differs from the profile: what a deploy would do.

use super::{Intended, Live};
use crate::aws::observe_site;
use crate::aws::upcoming::Upcoming;
use crate::blueprint::plan::Step;
use crate::blueprint::{self, Inventory};
use crate::error::Result;
use crate::status::panels::{DriftView, DriftedResource};
use crate::status::sources::Answer;
use std::sync::PoisonError;

impl Live {
    pub(super) async fn view_drift(&self) -> Answer<DriftView> {
        let (intended, inventory) = self.both_sides().await?;
        inventory.insist_on_reach()?;
        let plan = blueprint::plan(&intended.blueprint, &inventory)?;
        let differing = plan.steps.iter().filter(|step| step.action.changes_aws());
        let mut notices = plan.notices.clone();
        if intended.publication.is_none() {
            notices.push("files were not compared: their folder is not there".to_owned());
        }
        Ok(DriftView { resources: differing.map(drifted).collect(), notices })
    }

    /// What the profile asks for, and what AWS holds.
    async fn both_sides(&self) -> Result<(Intended, Inventory)> {
        let it = &self.subject;
        let observed = self.observed.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(inventory) = observed {
            let (blueprint, publication) = (it.blueprint.clone(), it.publication.clone());
            return Ok((Intended { blueprint, publication }, inventory));
        }
        let now = (it.read_again)().await?;
        let files = now.publication.clone().map(Upcoming::from);
        let seen = observe_site(&it.session, &now.blueprint, files.as_ref(), &it.resolver).await?;
        Ok((now, seen))
    }
}

fn drifted(step: &Step) -> DriftedResource {
    DriftedResource {
        resource: step.resource.to_string(),
        action: step.action,
        reason: step.reason.clone(),
        changes: step.changes.clone(),
    }
}
