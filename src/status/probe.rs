//! What a visitor gets: two requests to one of a site's addresses, the second on the same connection.

use super::panels::{ProbeAnswer, ProbeView, Warmth};
use super::reading::Failed;
use super::visit::{Connection, Visitor};

/// Asks `host` for its first page, and where it answers, again.
pub async fn probe(visitor: &Visitor, host: &str) -> Vec<ProbeView> {
    let view = |warmth, answer| ProbeView { url: format!("https://{host}/"), warmth, answer };
    let mut connection = match visitor.connect(host).await {
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

async fn ask(connection: &mut Connection, is_first: bool) -> Result<ProbeAnswer, Failed> {
    let visited = connection.get("/").await?;
    Ok(ProbeAnswer::of(&visited, connection, is_first))
}

/// Whether these answers tell something of the site: another emulator of AWS on this machine may answer anything.
pub fn are_of_an_edge(visitor: &Visitor, probes: &[ProbeView]) -> bool {
    let is_of_an_edge =
        |probe: &ProbeView| probe.answer.as_ref().is_ok_and(|answer| answer.edge_location.is_some());
    !visitor.is_local() || probes.iter().any(is_of_an_edge)
}
