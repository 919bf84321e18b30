//! The hosted zones of Route 53.

use super::refusal::Refusal;
use crate::blueprint::inventory::ObservedZone;
use crate::dns::Resolver;
use aws_sdk_route53::Client;
use aws_sdk_route53::types::HostedZone;
use futures::future::join_all;

/// The public zones of the account, and of several with one name the one to which public DNS leads. One round of
/// calls where every name is there once, further pages not counted.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn told_apart(client: &Client, resolver: &Resolver) -> Result<Vec<ObservedZone>, Refusal> {
    let zones = list(client).await?;
    let has_twin =
        |zone: &ObservedZone| zones.iter().any(|other| other.name == zone.name && other.id != zone.id);
    let telling = zones.iter().map(|zone| async {
        match has_twin(zone) {
            true => ObservedZone { delegated: is_delegated(client, resolver, zone).await, ..zone.clone() },
            false => zone.clone(),
        }
    });
    Ok(join_all(telling).await)
}

/// Whether public DNS leads to the servers of the zone; `None` where AWS or DNS does not say.
async fn is_delegated(client: &Client, resolver: &Resolver, zone: &ObservedZone) -> Option<bool> {
    let (servers, delegation) = tokio::join!(name_servers(client, &zone.id), resolver.delegation(&zone.name));
    let (servers, delegation) = (servers.ok()?, delegation?);
    Some(delegation.zone == zone.name && delegation.servers.iter().any(|server| servers.contains(server)))
}

/// The public zones of the account. One round of calls, further pages not counted.
///
/// # Errors
///
/// When AWS refuses to list them.
pub(super) async fn list(client: &Client) -> Result<Vec<ObservedZone>, Refusal> {
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
pub(super) fn observed(zone: HostedZone) -> ObservedZone {
    ObservedZone {
        id: zone.id.trim_start_matches("/hostedzone/").to_owned(),
        name: zone.name.trim_end_matches('.').to_owned(),
        delegated: None,
    }
}
