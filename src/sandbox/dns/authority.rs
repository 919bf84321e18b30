//! Who answers for a name: found by walking down from the top, as a resolver does.

use super::resolve::{Found, View};
use crate::sandbox::route53::names;
use crate::sandbox::route53::state::Zone;

/// Who answers for a name.
#[derive(Debug)]
pub(super) enum Authority<'a> {
    /// A hosted zone that the public DNS leads to.
    Zone(&'a Zone),
    /// Nobody here: only records added by hand are known.
    Outside,
    /// Servers that are not of the sandbox.
    Elsewhere {
        /// Where the delegation is.
        cut: String,
        /// The NS records that delegate.
        servers: Vec<Found>,
    },
}

/// Walks down to `name`.
pub(super) fn authority<'a>(view: &'a View, name: &'a str) -> Authority<'a> {
    suffixes(name).into_iter().fold(Authority::Outside, |current, suffix| step(view, current, suffix))
}

fn step<'a>(view: &'a View, current: Authority<'a>, suffix: &'a str) -> Authority<'a> {
    let by_hand = || view.by_hand(suffix).filter(|record| record.kind == "NS").collect::<Vec<_>>();
    let servers = match &current {
        Authority::Zone(zone) => {
            let inside = view.in_zone(zone, suffix, "NS");
            if inside.is_empty() { by_hand() } else { inside }
        }
        Authority::Outside | Authority::Elsewhere { .. } => by_hand(),
    };
    if servers.is_empty() {
        return match current {
            Authority::Outside => view.public_zones(suffix).next().map_or(current, Authority::Zone),
            Authority::Zone(_) | Authority::Elsewhere { .. } => current,
        };
    }
    let named = view.public_zones(suffix).find(|zone| is_served_by(zone, &servers));
    named.map_or(Authority::Elsewhere { cut: suffix.to_owned(), servers }, Authority::Zone)
}

fn is_served_by(zone: &Zone, servers: &[Found]) -> bool {
    let own: Vec<String> = zone.name_servers.iter().map(|server| names::canonical(server)).collect();
    servers.iter().any(|server| own.contains(&names::canonical(&server.value)))
}

/// The name and the domains above it, the shortest first: `com.`, `example.com.`, `www.example.com.`.
fn suffixes(name: &str) -> Vec<&str> {
    let mut suffixes = vec![name];
    let mut rest = name;
    while let Some((_, above)) = rest.split_once('.').filter(|(_, above)| !above.is_empty()) {
        suffixes.push(above);
        rest = above;
    }
    suffixes.reverse();
    suffixes
}
