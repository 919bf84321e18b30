//! Where AWS differs from the profile: what a deploy would do.

use super::Live;
use crate::aws::observe_site;
use crate::blueprint::plan::{Action, Step};
use crate::blueprint::{self, Inventory};
use crate::error::Result;
use crate::status::panels::{DriftView, DriftedResource};
use crate::status::sources::Answer;
use std::sync::PoisonError;

impl Live {
    pub(super) async fn view_drift(&self) -> Answer<DriftView> {
        let inventory = self.inventory().await?;
        inventory.insist_on_reach()?;
        let plan = blueprint::plan(&self.subject.blueprint, &inventory)?;
        let differing = plan.steps.iter().filter(|step| step.action != Action::Keep);
        let mut notices = plan.notices.clone();
        if self.subject.publication.is_none() {
            notices.push("files were not compared: their folder is not there".to_owned());
        }
        Ok(DriftView { resources: differing.map(drifted).collect(), notices })
    }

    async fn inventory(&self) -> Result<Inventory> {
        let observed = self.observed.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(inventory) = observed {
            return Ok(inventory);
        }
        let it = &self.subject;
        observe_site(&it.session, &it.blueprint, it.publication.as_ref(), &it.resolver).await
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
