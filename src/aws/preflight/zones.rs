//! The account's hosted zones, as plain facts.

use crate::aws::refusal::Refusal;
use crate::aws::session::{GLOBAL_REGION, Session};
use crate::blueprint::dns::{HostedZone, ZoneFacts, bare, lies_within, plain};
use aws_sdk_route53::Client;
use futures::future::try_join_all;

/// Every hosted zone that covers one of the domains; for each domain the deepest public one is used.
pub async fn zones(session: &Session, domains: &[String]) -> Result<ZoneFacts, Refusal> {
    let client = Client::new(&session.config_in(GLOBAL_REGION));
    let covering = list(&client, domains).await?;
    let zones = try_join_all(covering.into_iter().map(|zone| with_servers(&client, zone))).await?;
    let used = domains.iter().filter_map(|domain| used_for(&zones, bare(domain))).collect();
    Ok(ZoneFacts { zones, used })
}

async fn list(client: &Client, domains: &[String]) -> Result<Vec<HostedZone>, Refusal> {
    let mut pages = client.list_hosted_zones().into_paginator().send();
    let mut covering = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("route53:ListHostedZones", "list the hosted zones"))?;
        covering.extend(page.hosted_zones.into_iter().map(|zone| HostedZone {
            id: zone.id.rsplit('/').next().unwrap_or_default().to_owned(),
            name: plain(&zone.name),
            private: zone.config.is_some_and(|config| config.private_zone),
            name_servers: Vec::new(),
        }));
    }
    covering.retain(|zone| domains.iter().any(|domain| lies_within(bare(domain), &zone.name)));
    Ok(covering)
}

async fn with_servers(client: &Client, zone: HostedZone) -> Result<HostedZone, Refusal> {
    let tried = format!("read the hosted zone {}", zone.id);
    let answer = client.get_hosted_zone().id(&zone.id).send().await;
    let answer = answer.map_err(Refusal::to("route53:GetHostedZone", tried))?;
    let servers = answer.delegation_set.map(|set| set.name_servers).unwrap_or_default();
    Ok(HostedZone { name_servers: servers.iter().map(|server| plain(server)).collect(), ..zone })
}

fn used_for(zones: &[HostedZone], domain: &str) -> Option<String> {
    let public = zones.iter().filter(|zone| !zone.private && lies_within(domain, &zone.name));
    let depth = |zone: &&HostedZone| zone.name.len();
    // Of several with one name the first would do as well as any; which is right only the delegation tells.
    public.rev().max_by_key(depth).map(|zone| zone.id.clone())
}
