//! What the commands that look at a live site look with.

use super::Console;
use super::history::journal;
use super::site::{Connection, Ground, Site, intended};
use crate::aws::publication::Publication;
use crate::aws::session::Session;
use crate::blueprint::Blueprint;
use crate::profile::Loaded;
use crate::status::panels::DrillSeen;
use crate::status::visit::{Edge, Visitor};
use crate::status::{Live, Moment, Subject};
use futures::FutureExt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;

/// The sources of a site that AWS was looked at for already; the first comparison with the profile needs no call.
pub fn sources(console: &Console, site: &Site) -> Live {
    let Site { connection, publication, blueprint, loaded, .. } = site;
    let subject = subject(console, connection, publication.as_ref(), blueprint, loaded);
    Live::new(subject).observed(site.inventory.clone())
}

/// The sources of a site that nobody has looked at yet.
pub fn fresh_sources(console: &Console, ground: &Ground) -> Live {
    let Ground { connection, publication, blueprint, loaded, .. } = ground;
    Live::new(subject(console, connection, publication.as_ref(), blueprint, loaded))
}

/// Who asks the site for its pages.
pub fn visitor(session: &Session) -> Visitor {
    Visitor::new(edge(session))
}

fn subject(
    console: &Console,
    connection: &Connection,
    publication: Option<&Arc<Publication>>,
    blueprint: &Blueprint,
    loaded: &Loaded,
) -> Subject {
    let (profile, again) = (loaded.profile.clone(), (loaded.clone(), connection.identity.clone()));
    let (journal, site) = (journal(console), blueprint.site.clone());
    Subject {
        session: connection.session.clone(),
        profile,
        blueprint: blueprint.clone(),
        publication: publication.cloned(),
        read_again: Box::new(move || {
            let (loaded, identity) = again.clone();
            async move { intended(&loaded, &identity).await }.boxed()
        }),
        resolver: connection.resolver.clone(),
        visitor: visitor(&connection.session),
        last_drill: Box::new(move || {
            let drill = journal.as_ref()?.last_drill(&site)?;
            let at = Moment::of_seconds(drill.ts);
            Some(DrillSeen { at, passed: drill.passed, milliseconds: drill.elapsed_ms })
        }),
    }
}

/// Where the site answers: what stands for AWS on this machine may answer for its edge locations as well, and the
/// Internet's don't know the site then.
fn edge(session: &Session) -> Edge {
    let Some(endpoint) = session.endpoint() else { return Edge::Internet };
    match loopback(endpoint) {
        Some(address) => Edge::At(address),
        None => Edge::Nowhere { why: format!("{endpoint} stands for AWS, and has no edge locations") },
    }
}

fn loopback(endpoint: &str) -> Option<SocketAddr> {
    let authority = endpoint.strip_prefix("http://")?.split('/').next()?;
    let mut addresses = authority.to_socket_addrs().ok()?;
    addresses.find(|address| address.ip().is_loopback())
}
