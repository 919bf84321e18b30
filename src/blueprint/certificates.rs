//! Which certificate a site uses, and which of its own it has outgrown.

use super::build::Blueprint;
use super::dns::lies_within;
use super::domains::CertificateSpec;
use super::inventory::{CertificateState, Inventory, ObservedCertificate};
use super::names::{base_domain, record_tag};
use super::plan::{Action, RecordRemoval, STAYS, Stage, Step, StepId, Work};
use super::planner::global;
use super::resource::{Kind, ResourceId, Spec};
use super::zones::zone_of;
use std::collections::BTreeSet;

/// The certificate that a site is to use, as far as it exists.
pub fn in_use<'a>(blueprint: &Blueprint, inventory: &'a Inventory) -> Option<&'a ObservedCertificate> {
    chosen(spec(blueprint)?, inventory)
}

/// The certificate that a site asks for.
pub(super) fn spec(blueprint: &Blueprint) -> Option<&CertificateSpec> {
    let domains = blueprint.domains.as_ref()?;
    let wanted = blueprint.resources.iter().find(|wanted| wanted.id == domains.certificate)?;
    if let Spec::Certificate(spec) = &wanted.spec { Some(spec) } else { None }
}

/// The certificate to use for `wanted`, if there is one. The one that the distribution shows is kept before all others,
/// so that records never change.
pub(super) fn chosen<'a>(
    wanted: &CertificateSpec,
    inventory: &'a Inventory,
) -> Option<&'a ObservedCertificate> {
    let in_use = inventory.distribution.as_ref().and_then(|found| found.spec.viewer_certificate.as_ref());
    let in_use = in_use.and_then(|certificate| certificate.arn.known());
    let rank = |found: &&ObservedCertificate| {
        let is_exact = found.names == wanted.names;
        (!found.is_issued(), Some(found.arn.as_str()) != in_use, !found.ours, !is_exact, found.arn.clone())
    };
    inventory.https.certificates.iter().filter(|found| suits(wanted, found)).min_by_key(rank)
}

fn suits(wanted: &CertificateSpec, found: &ObservedCertificate) -> bool {
    let usable = match found.state {
        CertificateState::Issued => !found.ours || stays_renewable(wanted, found),
        CertificateState::Pending => found.ours && needs_no_other_proof(wanted, found),
        CertificateState::Failed(_) | CertificateState::TimedOut | CertificateState::Spent => false,
    };
    usable && found.key == Some(wanted.key) && found.covers(&wanted.names)
}

/// Whether whoever holds the wanted domains holds all of the certificate's names too: one with a name that the site has
/// given up and that leads elsewhere by now could not be renewed (aws-facts.md E).
fn stays_renewable(wanted: &CertificateSpec, found: &ObservedCertificate) -> bool {
    let is_kin = |name: &String| {
        let name = base_domain(name);
        let mut domains = wanted.names.iter().map(|domain| base_domain(domain));
        domains.any(|domain| lies_within(name, domain) || lies_within(domain, name))
    };
    found.names.iter().all(is_kin)
}

/// Whether the records that prove the wanted names prove all of the certificate's, without which it is never issued.
fn needs_no_other_proof(wanted: &CertificateSpec, found: &ObservedCertificate) -> bool {
    proven_domains(&found.names).is_subset(&proven_domains(&wanted.names))
}

/// The domains that records have to prove for a certificate with these names.
pub(super) fn proven_domains(names: &[String]) -> BTreeSet<&str> {
    names.iter().map(|name| base_domain(name)).collect()
}

/// Our requests for these very names that came to nothing.
pub(super) fn failed<'a>(
    wanted: &'a CertificateSpec,
    inventory: &'a Inventory,
) -> impl Iterator<Item = &'a ObservedCertificate> {
    let same = |found: &&ObservedCertificate| {
        found.ours && found.has_failed() && found.names == wanted.names && found.key == Some(wanted.key)
    };
    inventory.https.certificates.iter().filter(same)
}

/// Why a new certificate is requested.
pub(super) fn creation_reason(wanted: &CertificateSpec, inventory: &Inventory) -> String {
    match failed(wanted, inventory).max_by_key(|found| found.attempt).map(|found| &found.state) {
        Some(CertificateState::Failed(reason)) => {
            format!("the last request for these names failed: {reason}")
        }
        Some(CertificateState::TimedOut) => "the last request for these names ran out of time".to_owned(),
        Some(CertificateState::Pending | CertificateState::Issued | CertificateState::Spent) | None => {
            "no certificate for these names exists yet".to_owned()
        }
    }
}

/// What becomes of certificates that are ours and not needed any more.
#[derive(Default)]
pub(super) struct Removal {
    /// The steps.
    pub steps: Vec<Step>,
    /// What stays, and why.
    pub notices: Vec<String>,
}

/// Removes the certificates that are ours, but for the one with the ARN `kept`, and the records made for them that
/// neither another certificate nor any of the `wanted` names needs. The records go first: their names are known
/// from the certificate alone.
pub(super) fn removal(
    inventory: &Inventory,
    kept: Option<&str>,
    wanted: &[String],
    after: &dyn Fn(&ObservedCertificate) -> Vec<StepId>,
) -> Removal {
    let ours =
        inventory.https.certificates.iter().filter(|found| found.ours && Some(found.arn.as_str()) != kept);
    let (used, unneeded): (Vec<_>, Vec<_>) = ours.partition(|found| !found.used_by_others.is_empty());
    let mut removal = Removal::default();
    removal.notices.extend(used.iter().map(|found| {
        format!("{STAYS}certificate {}, which {} uses", found.arn, found.used_by_others.join(" and "))
    }));
    let gone: BTreeSet<&str> = unneeded.iter().map(|found| found.arn.as_str()).collect();
    for found in unneeded {
        let mut records = made_for(inventory, found);
        for (_, record) in &mut records {
            record.certificates = gone.iter().map(|arn| (*arn).to_owned()).collect();
        }
        let needed_by = |domain: &str| needed_by(inventory, &gone, wanted, domain);
        removal.notices.extend(left_elsewhere(inventory, found, &needed_by));
        removal.remove(found, after(found), records, needed_by);
    }
    removal
}

impl Removal {
    /// Removes the records that were made for `found` and that nobody needs, then `found` itself.
    fn remove(
        &mut self,
        found: &ObservedCertificate,
        mut after: Vec<StepId>,
        records: Vec<(String, RecordRemoval)>,
        needed_by: impl Fn(&str) -> NeededBy,
    ) {
        for (domain, record) in records {
            match needed_by(&domain) {
                NeededBy::Site => {}
                NeededBy::Certificate(other) => {
                    self.notices
                        .push(format!("{STAYS}the record {}, which certificate {other} needs", record.name));
                }
                NeededBy::Nobody => self.remove_record(domain, record, after.clone()),
            }
        }
        let records = self.steps.iter().filter(|step| step.resource.kind == Kind::ValidationRecord);
        after.extend(records.map(|step| step.id.clone()));
        let id = ResourceId::new(Kind::Certificate, tail(&found.arn));
        let work = Work::Delete { id: found.arn.clone(), region: global() };
        self.steps.push(step(id, "no longer part of the site", after, work));
    }

    /// Two certificates may both have had a record made for them; it goes once.
    fn remove_record(&mut self, domain: String, record: RecordRemoval, after: Vec<StepId>) {
        let id = ResourceId::new(Kind::ValidationRecord, domain);
        let step = step(id, "no certificate needs it any more", after, Work::RemoveRecords(record));
        self.steps.retain(|other| other.id != step.id);
        self.steps.push(step);
    }
}

/// The records that prove the certificate's names, were made for it, and are still there.
fn made_for(inventory: &Inventory, found: &ObservedCertificate) -> Vec<(String, RecordRemoval)> {
    let tagged =
        found.records.iter().filter(|record| found.record_tags.contains(&record_tag(&record.name, "CNAME")));
    let there = tagged.filter_map(|record| {
        let zone = zone_of(inventory, &record.domain).ok()?;
        inventory.https.records.iter().find(|there| there.zone == zone.id && there.name == record.name)?;
        let removal = RecordRemoval {
            zone: zone.id.clone(),
            name: record.name.clone(),
            types: vec!["CNAME".to_owned()],
            target: record.value.clone(),
            certificates: Vec::new(),
        };
        Some((record.domain.clone(), removal))
    });
    there.collect()
}

/// That records which a person wrote, where the DNS of a domain is kept, have had their day.
fn left_elsewhere(
    inventory: &Inventory,
    found: &ObservedCertificate,
    needed_by: &dyn Fn(&str) -> NeededBy,
) -> Vec<String> {
    let is_elsewhere = |domain: &str| {
        let mut zones = inventory.https.zones.iter();
        !zones.any(|zone| lies_within(domain, &zone.name))
    };
    let is_free = |domain: &str| matches!(needed_by(domain), NeededBy::Nobody);
    let left = found.records.iter().filter(|record| is_elsewhere(&record.domain) && is_free(&record.domain));
    left.map(|record| {
        let domain = &record.domain;
        format!(
            "{STAYS}the CNAME {}; if you wrote it, remove it where the DNS of {domain} is kept",
            record.name
        )
    })
    .collect()
}

/// Who goes on needing the record that proves `domain`.
enum NeededBy {
    Nobody,
    Site,
    Certificate(String),
}

fn needed_by(inventory: &Inventory, gone: &BTreeSet<&str>, wanted: &[String], domain: &str) -> NeededBy {
    let proves = |names: &[String]| names.iter().any(|name| base_domain(name) == domain);
    if proves(wanted) {
        return NeededBy::Site;
    }
    let mut others = inventory.https.names_by_certificate.iter();
    let other = others.find(|(arn, names)| !gone.contains(arn.as_str()) && proves(names));
    other.map_or(NeededBy::Nobody, |(arn, _)| NeededBy::Certificate(arn.clone()))
}

fn step(resource: ResourceId, reason: &str, after: Vec<StepId>, work: Work) -> Step {
    Step {
        id: StepId::of(&resource),
        action: Action::Delete,
        name: resource.name.clone(),
        stage: Stage::Https,
        reason: reason.to_owned(),
        changes: Vec::new(),
        after,
        work,
        resource,
    }
}

/// The last part of an ARN.
fn tail(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
