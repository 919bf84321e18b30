//! What a visitor gets: two requests to each of the site's addresses, the second on the same connection.

use super::Live;
use crate::blueprint::domains::main_domain;
use crate::status::panels::{ProbeAnswer, ProbeView, ProbesView, Warmth};
use crate::status::reading::{Failed, Measured};
use crate::status::sources::Answer;
use crate::status::visit::Connection;
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
        let probes = join_all(hosts.iter().flatten().map(|host| self.probe(host))).await;
        let probes: Vec<_> = probes.into_iter().flatten().collect();
        // Another emulator of AWS may answer anything, which says nothing of the site.
        if self.subject.visitor.is_local() && !probes.iter().any(is_of_an_edge) {
            return Ok(ProbesView {
                probes: Measured::no_data("what stands for AWS here has no edge locations"),
            });
        }
        Ok(ProbesView { probes: Measured::Data(probes) })
    }

    async fn probe(&self, host: &str) -> Vec<ProbeView> {
        let view = |warmth, answer| ProbeView { url: format!("https://{host}/"), warmth, answer };
        let mut connection = match self.subject.visitor.connect(host).await {
            Ok(connection) => connection,
            Err(failed) => return vec![view(Warmth::Cold, Err(failed))],
        };
        let cold = ask(&mut connection, true).await;
        if cold.is_err() {
            return vec![view(Warmth::Cold, cold)];
        }
        let warm = ask(&mut connection, false).await;
        vec![view(Warmth::Cold, cold), view(Warmth::Warm, warm)]
    }
}

fn is_of_an_edge(probe: &ProbeView) -> bool {
    probe.answer.as_ref().is_ok_and(|answer| answer.edge_location.is_some())
}

async fn ask(connection: &mut Connection, is_first: bool) -> Result<ProbeAnswer, Failed> {
    let visited = connection.get("/").await?;
    Ok(ProbeAnswer::of(&visited, connection, is_first))
}
