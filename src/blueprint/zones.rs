//! Which hosted zone holds a domain, what stands there already, and what makes that an obstacle.

use super::build::Blueprint;
use super::diff::Change;
use super::domains::WantedDomains;
use super::inventory::{Inventory, ObservedRecord, ObservedZone};
use super::names::record_tag;
use super::resource::Ref;
use crate::profile::answers::Dns;

/// The types of the records that decide where visitors of a name go.
pub(super) const LEADING: [&str; 4] = ["A", "AAAA", "CNAME", "HTTPS"];

/// The public zone that holds `domain`: the most specific one, and of several of one name the one to which public
/// DNS leads (aws-facts.md F).
pub(super) fn zone_of<'a>(inventory: &'a Inventory, domain: &str) -> Result<&'a ObservedZone, String> {
    zone_among(&inventory.https.zones, domain)
}

/// `zone_of`, given the public zones of the account.
///
/// # Errors
///
/// When none holds the domain, or when it can't be told which of several does; says so in words.
pub fn zone_among<'a>(zones: &'a [ObservedZone], domain: &str) -> Result<&'a ObservedZone, String> {
    let holds = |zone: &&ObservedZone| {
        domain.strip_suffix(zone.name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let holding: Vec<_> = zones.iter().filter(holds).collect();
    let longest = holding.iter().map(|zone| zone.name.len()).max();
    let closest: Vec<_> = holding.into_iter().filter(|zone| Some(zone.name.len()) == longest).collect();
    match closest.as_slice() {
        [] => Err(format!(
            "no public hosted zone of this account holds {domain}: make one in Route 53 and have the domain \
             delegated to it, or set `https.dns = \"manual\"`"
        )),
        [only] => Ok(only),
        several => several
            .iter()
            .find(|zone| zone.delegated == Some(true))
            .copied()
            .ok_or_else(|| ambiguous(several)),
    }
}

fn ambiguous(zones: &[&ObservedZone]) -> String {
    let ids: Vec<_> = zones.iter().map(|zone| zone.id.as_str()).collect();
    let name = zones.first().map(|zone| zone.name.as_str()).unwrap_or_default();
    format!(
        "Route 53 holds several public zones called {name} ({}), and it is not known which of them public DNS leads \
         to: remove the unused ones, or set `https.dns = \"manual\"`",
        ids.join(" and ")
    )
}

/// What differs at a domain from records that lead to the distribution.
pub(super) struct Differences {
    /// Type by type, what is there and what is to be.
    pub changes: Vec<Change>,
    /// What is there and was not made by us, in words.
    pub in_the_way: Vec<String>,
}

/// Compares what stands at `domain` with what should. `target` is the distribution's host name.
pub(super) fn differences(
    inventory: &Inventory,
    domains: &WantedDomains,
    domain: &str,
    target: &Ref,
) -> Differences {
    let present: Vec<_> = records_at(inventory, domain).collect();
    let mut found = Differences { changes: Vec::new(), in_the_way: Vec::new() };
    for kind in LEADING {
        let is_wanted = domains.types.iter().any(|wanted| wanted == kind);
        let record = present.iter().copied().find(|record| record.kind == kind);
        let leads_here = record.is_some_and(|record| leads_to(record, target.known()));
        let ours = record.is_some_and(|record| is_ours(inventory, record));
        if (is_wanted && leads_here) || (!is_wanted && (record.is_none() || leads_here && !ours)) {
            continue;
        }
        let from = record.map(|record| record.value.clone());
        if let Some(value) = from.as_ref().filter(|_| !ours) {
            found.in_the_way.push(format!("{kind} {value}"));
        }
        found.changes.push(Change { field: kind.to_owned(), from, to: is_wanted.then(|| alias_to(target)) });
    }
    found
}

/// Why the records at a domain change in this way.
pub(super) fn reason(changes: &[Change], target: &Ref) -> String {
    let here = alias_to(target);
    let mut elsewhere: Vec<&str> = Vec::new();
    let mut missing: Vec<&str> = Vec::new();
    let mut reasons: Vec<String> = Vec::new();
    for Change { field, from, .. } in changes {
        match (field.as_str(), from.as_deref()) {
            (kind, None) => missing.push(kind),
            ("AAAA", Some(from)) if from == here => reasons.push("IPv6 is switched off".to_owned()),
            ("HTTPS", Some(from)) if from == here => reasons.push("HTTP/3 is switched off".to_owned()),
            ("CNAME", Some(from)) if target.known() == Some(from.trim_end_matches('.')) => {
                reasons.push("aliases take the place of its CNAME record".to_owned());
            }
            (kind, Some(_)) => elsewhere.push(kind),
        }
    }
    let of_types = |kinds: &[&str], one: &str, several: &str| match kinds {
        [] => None,
        [kind] => Some(format!("its {kind} record {one}")),
        kinds => Some(format!("its {} records {several}", kinds.join(" and "))),
    };
    let elsewhere = of_types(&elsewhere, "leads elsewhere", "lead elsewhere");
    let missing = of_types(&missing, "is missing", "are missing");
    elsewhere.into_iter().chain(reasons).chain(missing).collect::<Vec<_>>().join("; ")
}

fn alias_to(target: &Ref) -> String {
    match target.known() {
        Some(host) => format!("alias {host}"),
        None => "alias of the distribution that is yet to be made".to_owned(),
    }
}

/// The records at `domain` that decide where its visitors go.
pub(super) fn records_at<'a>(
    inventory: &'a Inventory,
    domain: &'a str,
) -> impl Iterator<Item = &'a ObservedRecord> {
    let zone = zone_of(inventory, domain).ok().map(|zone| zone.id.as_str());
    inventory.https.records.iter().filter(move |record| {
        Some(record.zone.as_str()) == zone && record.name == domain && LEADING.contains(&record.kind.as_str())
    })
}

/// Whether the distribution's tags say that the record was made for it.
pub(super) fn is_ours(inventory: &Inventory, record: &ObservedRecord) -> bool {
    let tags = inventory.distribution.as_ref().map(|distribution| &distribution.record_tags);
    tags.is_some_and(|tags| tags.contains(&record_tag(&record.name, &record.kind)))
}

/// Whether the record is an alias of the distribution with this host name.
pub(super) fn leads_to(record: &ObservedRecord, host: Option<&str>) -> bool {
    host.is_some() && record.alias.as_deref() == host
}

/// What makes the wanted domains impossible, or in need of consent.
pub(super) fn obstacles<'a>(
    blueprint: &'a Blueprint,
    inventory: &'a Inventory,
) -> impl Iterator<Item = String> + 'a {
    blueprint.domains.iter().flat_map(move |domains| {
        let taken = domains.names.iter().filter_map(|domain| taken(inventory, domain));
        let route53 = domains.names.iter().filter(|_| domains.dns == Dns::Route53);
        let records = route53.filter_map(|domain| match zone_of(inventory, domain) {
            Err(why) => Some(why),
            Ok(_) => in_the_way(inventory, domains, domain),
        });
        taken.chain(records)
    })
}

/// A domain leads to one distribution only (aws-facts.md K9).
fn taken(inventory: &Inventory, domain: &str) -> Option<String> {
    let holder = inventory.https.taken_domains.get(domain)?;
    Some(format!(
        "{domain} is a name of distribution {holder} already, and can lead to one only: take it off there, or out of \
         `https.domains`"
    ))
}

fn in_the_way(inventory: &Inventory, domains: &WantedDomains, domain: &str) -> Option<String> {
    let found = foreign_records(inventory, domains, domain);
    (!found.is_empty() && !domains.replace.contains(domain)).then(|| {
        format!("{domain} leads elsewhere: {}; `--replace-records {domain}` replaces that", found.join(", "))
    })
}

/// The records at `domain` that are not ours and lead elsewhere, in words.
fn foreign_records(inventory: &Inventory, domains: &WantedDomains, domain: &str) -> Vec<String> {
    let host = inventory.distribution.as_ref().map(|found| found.output.domain.clone());
    differences(inventory, domains, domain, &Ref::Known(host.unwrap_or_default())).in_the_way
}

/// The domains of the blueprint that lead elsewhere by records that are not ours, each with those records in words.
pub fn records_in_the_way(blueprint: &Blueprint, inventory: &Inventory) -> Vec<(String, Vec<String>)> {
    let Some(domains) = blueprint.domains.as_ref().filter(|domains| domains.dns == Dns::Route53) else {
        return Vec::new();
    };
    let of = |domain: &String| (domain.clone(), foreign_records(inventory, domains, domain));
    domains.names.iter().map(of).filter(|(_, records)| !records.is_empty()).collect()
}

/// The domains of the distribution that it is about to let go of, and whose records we don't remove; `kept` are
/// those that it goes on having.
pub fn let_go(inventory: &Inventory, kept: &[String]) -> Vec<String> {
    let Some(distribution) = &inventory.distribution else { return Vec::new() };
    let ours = |domain: &str| {
        LEADING.iter().any(|kind| distribution.record_tags.contains(&record_tag(domain, kind)))
    };
    let aliases = distribution.spec.aliases.iter();
    aliases.filter(|domain| !kept.contains(domain) && !ours(domain)).cloned().collect()
}

/// The domains that public DNS leads to the distribution though it is about to let go of them, by records that we
/// can't remove. Whoever takes such a domain to a distribution of their own takes its visitors.
pub fn left_pointing(inventory: &Inventory, kept: &[String]) -> Vec<String> {
    let ours = |domain: &&String| records_at(inventory, domain).any(|record| is_ours(inventory, record));
    let pointing = inventory.https.still_pointing.iter();
    pointing.filter(|domain| !kept.contains(domain)).filter(|domain| !ours(domain)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_that_leads_here_may_not_be_let_go_of() {
        let mut inventory = Inventory::default();
        inventory.https.still_pointing = ["a.example", "b.example"].map(str::to_owned).into();
        assert_eq!(left_pointing(&inventory, &["a.example".to_owned()]), ["b.example"]);
    }
}
