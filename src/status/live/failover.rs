//! Whether the backup takes over when the primary fails.

use super::Live;
use crate::aws::look::distribution::DistributionSeen;
use crate::blueprint::distribution::{DistributionSpec, OriginGroup};
use crate::blueprint::names::{DRILL_PATH, resource_name};
use crate::status::panels::FailoverView;
use crate::status::sources::Answer;

impl Live {
    pub(super) async fn view_failover(&self) -> Answer<FailoverView> {
        let wanted = self.subject.profile.failover.is_some();
        let seen = self.seen_distribution().await?;
        let armed = seen.as_ref().map_or(Err("the site is not deployed"), |seen| self.armed(seen));
        Ok(FailoverView {
            wanted,
            armed: armed.is_ok(),
            statuses: armed.map(|group| group.statuses.clone()).unwrap_or_default(),
            why_not: armed.err().filter(|_| wanted).map(str::to_owned),
            last_drill: (self.subject.last_drill)(),
        })
    }

    fn armed<'a>(&self, seen: &'a DistributionSeen) -> Result<&'a OriginGroup, &'static str> {
        let group = resource_name(&self.subject.blueprint.site, "failover");
        armed(&seen.spec, &group)
    }
}

/// The group that the site's paths are answered by, or why there is none.
fn armed<'a>(spec: &'a DistributionSpec, id: &str) -> Result<&'a OriginGroup, &'static str> {
    let Some(group) = spec.origin_groups.iter().find(|group| group.id == id) else {
        return Err("the distribution has no origin group for it");
    };
    let of_site = spec.behaviors.iter().filter(|path| path.path != DRILL_PATH);
    let mut behaviors = of_site.map(|path| &path.behavior).chain([&spec.default_behavior]);
    match behaviors.all(|behavior| behavior.target == id) {
        true => Ok(group),
        false => Err("some paths of the distribution are answered by the primary alone"),
    }
}
