//! Hosted zones to practise with. In an account a zone is the person's own affair: this program makes and removes none
//! there, so only a sandbox is ever asked for one.

use super::dns_record::is_in_sync;
use super::hosted_zone;
use super::refusal::Refusal;
use super::session::Session;
use crate::blueprint::inventory::ObservedZone;
use crate::error::{Error, Kind, Result};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How often it is looked whether a new zone is known everywhere.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// How long that is waited for: twice as long as it takes as a rule (aws-facts.md F).
pub const PATIENCE: Duration = Duration::from_secs(2 * 60);

/// Makes a public zone; returns it, with its name servers, once they all know it.
///
/// # Errors
/// When there is one of that name already, the name is refused, or the name servers take longer than `patience`.
pub async fn add(session: &Session, name: &str, patience: Duration) -> Result<(ObservedZone, Vec<String>)> {
    if let Some(zone) = named(session, name).await?.first() {
        return Err(Error::failed(format!("There is a hosted zone {} already", zone.name)));
    }
    // A caller reference is good for one zone ever, also once that is gone (aws-facts.md F).
    let moment = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let client = session.route53();
    let request = client.create_hosted_zone().name(name).caller_reference(moment.as_nanos().to_string());
    let tried = format!("make the hosted zone {name}");
    let answer = request.send().await.map_err(Refusal::to("route53:CreateHostedZone", tried))?;
    let zone = answer.hosted_zone.map(hosted_zone::observed);
    let zone =
        zone.ok_or_else(|| Error::failed(format!("Route 53 did not say what zone it made of {name}")))?;
    let servers = hosted_zone::name_servers(client, &zone.id).await?;
    // Before its name servers know the zone, DNS does not lead to them.
    let change = answer.change_info.map(|change| change.id).unwrap_or_default();
    let known = tokio::time::timeout(patience, known_everywhere(session, &change)).await;
    known.unwrap_or_else(|_| Err(not_known_yet(&zone, &change, patience)))?;
    Ok((zone, servers))
}

async fn known_everywhere(session: &Session, change: &str) -> Result<()> {
    while !is_in_sync(session, change).await? {
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    Ok(())
}

fn not_known_yet(zone: &ObservedZone, change: &str, patience: Duration) -> Error {
    let seconds = patience.as_secs();
    Error::new(
        Kind::Unfinished,
        format!("Made the hosted zone {}, but not all name servers know it", zone.name),
    )
    .why(format!("waited {seconds} s for change {change} to become INSYNC"))
    .hint("the zone is there; sites find it as soon as its name servers know it")
}

/// All public zones.
///
/// # Errors
/// When they can't be listed.
pub async fn all(session: &Session) -> Result<Vec<ObservedZone>> {
    Ok(hosted_zone::list(session.route53()).await?)
}

/// Removes all public zones of a name; returns them.
///
/// # Errors
/// When there is none, or one still holds records.
pub async fn remove(session: &Session, name: &str) -> Result<Vec<ObservedZone>> {
    let zones = named(session, name).await?;
    if zones.is_empty() {
        return Err(Error::failed(format!("There is no hosted zone {name}")));
    }
    for zone in &zones {
        let answer = session.route53().delete_hosted_zone().id(&zone.id).send().await;
        let tried = format!("remove the hosted zone {}", zone.name);
        let answer = answer.map_err(Refusal::to("route53:DeleteHostedZone", tried));
        answer.map_err(|refusal| match refusal.is("HostedZoneNotEmpty") {
            true => Error::from(refusal).hint("destroy the sites that have records in it first"),
            false => Error::from(refusal),
        })?;
    }
    Ok(zones)
}

async fn named(session: &Session, name: &str) -> Result<Vec<ObservedZone>> {
    let wanted = name.trim_end_matches('.').to_ascii_lowercase();
    let mut zones = all(session).await?;
    zones.retain(|zone| zone.name == wanted);
    Ok(zones)
}
