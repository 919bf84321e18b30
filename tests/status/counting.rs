//! How many calls a look at each panel makes, counted at a real deployment in the sandbox.

use super::program::Place;
use super::two_regions::{PAGES, TWO_REGIONS};
use futures::FutureExt;
use sitecast::aws::session::{ConnectOptions, Session};
use sitecast::aws::{facts, publication::Publication};
use sitecast::blueprint;
use sitecast::dns::Resolver;
use sitecast::profile;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::{self, Options, Running};
use sitecast::status::panels::Panel;
use sitecast::status::visit::{Edge, Visitor};
use sitecast::status::{Intended, Live, Sources, Subject};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// How many calls one look at a panel makes at most, by service, once what stays the same is known. Other panels'
/// looks may have left what a panel is made of; it counts where it is asked for.
pub const CALLS: &[(Panel, &str, u32)] = &[
    (Panel::Distribution, "cloudfront", 1),
    (Panel::Origins, "s3", 4),
    (Panel::EdgeFunctions, "cloudfront", 1),
    (Panel::EdgeFunctions, "monitoring", 1),
    (Panel::Caching, "monitoring", 1),
    (Panel::Invalidations, "cloudfront", 1),
    (Panel::Releases, "s3", 1),
    (Panel::Drift, "cloudfront", 20),
    (Panel::Drift, "acm", 4),
    (Panel::Drift, "lambda", 10),
    (Panel::Drift, "route53", 10),
    (Panel::Drift, "iam", 10),
    (Panel::Drift, "s3", 60),
    (Panel::Drift, "tagging", 40),
];

/// What looks at the site in a place, whose edge locations are where `edge` says.
pub async fn live(place: &Place, running: &Running, edge: Edge) -> Live {
    let options = ConnectOptions { sandbox: Some(running.url()), ..ConnectOptions::default() };
    let session = Arc::new(Session::connect(options).await.unwrap());
    let loaded = profile::load(&place.account().with_file_name("site.toml")).unwrap();
    let facts = facts(session.identify().await.unwrap(), None::<&Publication>);
    let blueprint = blueprint::blueprint(&loaded.profile, &facts);
    let intended = Intended { blueprint: blueprint.clone(), publication: None };
    let address: SocketAddr = running.url().trim_start_matches("http://").parse().unwrap();
    Live::new(Subject {
        session,
        blueprint,
        profile: loaded.profile,
        publication: None,
        read_again: Box::new(move || std::future::ready(Ok(intended.clone())).boxed()),
        resolver: Resolver::at(address),
        visitor: Visitor::new(edge),
        last_drill: Box::new(|| None),
    })
}

async fn look(live: &Live, panel: Panel) {
    match panel {
        Panel::Distribution => drop(live.distribution().await.unwrap()),
        Panel::Certificate => drop(live.certificate().await.unwrap()),
        Panel::Dns => drop(live.dns().await.unwrap()),
        Panel::Origins => drop(live.origins().await.unwrap()),
        Panel::Failover => drop(live.failover().await.unwrap()),
        Panel::EdgeFunctions => drop(live.edge_functions().await.unwrap()),
        Panel::Caching => drop(live.caching().await.unwrap()),
        Panel::Invalidations => drop(live.invalidations().await.unwrap()),
        Panel::Releases => drop(live.releases().await.unwrap()),
        Panel::Drift => drop(live.drift().await.unwrap()),
        Panel::Probes => drop(live.probes().await.unwrap()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_makes_no_more_calls_than_are_counted_on() {
    let place = Place::new(TWO_REGIONS, &PAGES);
    place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    let options =
        Options { folder: place.account(), pace: Pace::Instant, port: 0, faults: Vec::new(), dns_port: None };
    let running = server::start(options).await.unwrap();
    let edge = Edge::At(running.url().trim_start_matches("http://").parse().unwrap());
    let live = live(&place, &running, edge).await;
    for panel in Panel::ALL {
        look(&live, panel).await;
    }
    for panel in Panel::ALL {
        let before = running.calls().len();
        look(&live, panel).await;
        let mut made: BTreeMap<String, u32> = BTreeMap::new();
        for call in running.calls().split_off(before) {
            assert!(!call.mutating, "{panel:?} changes something: {call:?}");
            *made.entry(call.service).or_default() += 1;
        }
        for (service, count) in made {
            let row = CALLS.iter().find(|row| row.0 == panel && row.1 == service);
            let counted_on = row.map_or(0, |row| row.2);
            assert!(
                count <= counted_on,
                "{panel:?}: {count} calls of {service}, {counted_on} are counted on"
            );
        }
    }
}
