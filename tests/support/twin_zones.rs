//! Two hosted zones of one name.

use crate::program::Place;
use crate::sandbox;
use crate::zone::block_on;
use aws_sdk_route53::types::HostedZone;
use sitecast::sandbox::pace::Pace;

/// Makes a second zone of acme.example, to which nothing is delegated.
pub fn another(place: &Place) {
    block_on(async {
        let running = sandbox::start(&place.account(), Pace::Instant, &[]).await;
        let client = aws_sdk_route53::Client::new(&sandbox::config(&running, "us-east-1"));
        client.create_hosted_zone().name("acme.example").caller_reference("twin").send().await.unwrap();
        running.stop().await;
    });
}

/// The ids of all zones.
pub fn ids(place: &Place) -> Vec<String> {
    zones(place).into_iter().map(|zone| zone.id).collect()
}

/// The ids of the zones that hold more than what every zone begins with.
pub fn filled(place: &Place) -> Vec<String> {
    let filled = zones(place).into_iter().filter(|zone| zone.resource_record_set_count > Some(2));
    filled.map(|zone| zone.id).collect()
}

fn zones(place: &Place) -> Vec<HostedZone> {
    block_on(async {
        let running = sandbox::start(&place.account(), Pace::Instant, &[]).await;
        let client = aws_sdk_route53::Client::new(&sandbox::config(&running, "us-east-1"));
        let zones = client.list_hosted_zones().send().await.unwrap().hosted_zones;
        running.stop().await;
        zones
    })
}
