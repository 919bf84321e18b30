//! The hosted zones of Route 53.

use super::refusal::Refusal;
use crate::blueprint::inventory::ObservedZone;
use aws_sdk_route53::Client;
use aws_sdk_route53::types::HostedZone;

/// The public zones of the account. One round of calls, further pages not counted.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn list(client: &Client) -> Result<Vec<ObservedZone>, Refusal> {
    let mut found = Vec::new();
    let mut pages = client.list_hosted_zones().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("route53:ListHostedZones", "list the hosted zones"))?;
        found.extend(page.hosted_zones.into_iter().filter(is_public).map(observed));
    }
    Ok(found)
}

/// The name servers of a zone, without final dots.
///
/// # Errors
///
/// When AWS refuses to read the zone.
pub async fn name_servers(client: &Client, id: &str) -> Result<Vec<String>, Refusal> {
    let answer = client.get_hosted_zone().id(id).send().await;
    let answer =
        answer.map_err(Refusal::to("route53:GetHostedZone", format!("read the hosted zone {id}")))?;
    let servers = answer.delegation_set.map(|set| set.name_servers).unwrap_or_default();
    Ok(servers.iter().map(|server| server.trim_end_matches('.').to_ascii_lowercase()).collect())
}

fn is_public(zone: &HostedZone) -> bool {
    zone.config.as_ref().is_none_or(|config| !config.private_zone)
}

/// Ids come with the path before them, names with a final dot (aws-facts.md F).
fn observed(zone: HostedZone) -> ObservedZone {
    ObservedZone {
        id: zone.id.trim_start_matches("/hostedzone/").to_owned(),
        name: zone.name.trim_end_matches('.').to_owned(),
        delegated: None,
    }
}
