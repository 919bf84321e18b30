//! What a visitor gets at each of the site's addresses.

use super::Live;
use crate::blueprint::domains::main_domain;
use crate::status::panels::ProbesView;
use crate::status::probe::{are_of_an_edge, probe};
use crate::status::reading::Measured;
use crate::status::sources::Answer;
use futures::future::join_all;

impl Live {
    pub(super) async fn view_probes(&self) -> Answer<ProbesView> {
        if let Some(why) = self.subject.visitor.nobody() {
            return Ok(ProbesView { probes: Measured::no_data(why) });
        }
        let Some(distribution) = self.seen_distribution().await? else {
            return Ok(ProbesView { probes: Measured::no_data("the site is not deployed") });
        };
        if !distribution.spec.enabled {
            return Ok(ProbesView { probes: Measured::no_data("the distribution is disabled") });
        }
        let main = self.subject.profile.https.as_ref().and_then(main_domain);
        let own = main.filter(|domain| distribution.spec.aliases.contains(domain));
        let hosts = [Some(distribution.host.clone()), own];
        let probes = join_all(hosts.iter().flatten().map(|host| probe(&self.subject.visitor, host))).await;
        let probes: Vec<_> = probes.into_iter().flatten().collect();
        if !are_of_an_edge(&self.subject.visitor, &probes) {
            return Ok(ProbesView {
                probes: Measured::no_data("what stands for AWS here has no edge locations"),
            });
        }
        Ok(ProbesView { probes: Measured::Data(probes) })
    }
}
