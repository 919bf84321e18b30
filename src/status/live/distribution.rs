//! The distribution.

use super::{FRESH, Live, SHARED};
use crate::aws::look::distribution::{self, DistributionSeen};
use crate::blueprint::domains::main_domain;
use crate::status::moment::Moment;
use crate::status::panels::{DistributionState, DistributionView};
use crate::status::sources::Answer;

impl Live {
    /// The distribution, read once for all panels that are made of it.
    pub(super) async fn seen_distribution(&self) -> Answer<Option<DistributionSeen>> {
        self.distribution.get_known(SHARED, self.read_distribution()).await
    }

    pub(super) async fn view_distribution(&self) -> Answer<Option<DistributionView>> {
        let seen = self.distribution.get(FRESH, self.read_distribution()).await?;
        Ok(seen.map(|seen| self.shown(seen)))
    }

    /// Where visitors find the site: at its own domain as soon as the distribution answers for that.
    pub(super) fn address(&self, seen: &DistributionSeen) -> String {
        let main = self.subject.profile.https.as_ref().and_then(main_domain);
        let served = main.filter(|domain| seen.spec.aliases.contains(domain));
        format!("https://{}/", served.as_ref().unwrap_or(&seen.host))
    }

    /// Lists are long and slow; they are asked for only while the id is not known.
    async fn read_distribution(&self) -> Answer<Option<DistributionSeen>> {
        let mut id = self.id.lock().await;
        if id.is_none() {
            *id = distribution::find(&self.subject.session, &self.subject.blueprint.site).await?;
        }
        let Some(known) = &*id else { return Ok(None) };
        let seen = distribution::see(&self.subject.session, known).await?;
        if seen.is_none() {
            *id = None;
        }
        Ok(seen)
    }

    fn shown(&self, seen: DistributionSeen) -> DistributionView {
        DistributionView {
            address: self.address(&seen),
            enabled: seen.spec.enabled,
            state: if seen.deployed { DistributionState::Deployed } else { DistributionState::InProgress },
            changed: seen.changed.map(Moment::of_seconds),
            http_version: seen.spec.http_version,
            ipv6: seen.spec.ipv6,
            domains: seen.spec.aliases,
            id: seen.id,
            arn: seen.arn,
            host: seen.host,
        }
    }
}
