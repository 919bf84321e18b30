//! The planner's part for own domains: the distribution serves at once, and takes the domains once their
//! certificate is issued; only then do DNS records lead visitors to it.

use super::build::Wanted;
use super::certificates::{self, Removal};
use super::diff::{Change, changes};
use super::distribution::DistributionSpec;
use super::domains::{self, AliasRecordSpec, CertificateSpec, ValidationRecordSpec};
use super::inventory::{Inventory, ObservedCertificate, ObservedDistribution};
use super::names::record_tag;
use super::plan::{Action, RecordRemoval, Stage, Step, StepId, Work};
use super::planner::Planner;
use super::resource::{Kind, ResourceId, Spec};
use super::zones::{self, zone_of};
use crate::profile::answers::Dns;
use std::collections::{BTreeMap, BTreeSet};

type Comparison = (Action, String, Vec<Change>);

impl<'a> Planner<'a> {
    /// The certificate that the site is to use, as far as it exists.
    pub(super) fn certificate(&self) -> Option<&'a ObservedCertificate> {
        certificates::in_use(self.blueprint, self.inventory)
    }

    /// Whether the domains must wait for their certificate.
    fn domains_wait(&self) -> bool {
        self.blueprint.domains.is_some() && !self.certificate().is_some_and(ObservedCertificate::is_issued)
    }

    /// Whether `resource` is not to be looked after: what proves a certificate of somebody else, or a domain for which
    /// the certificate in use needs no proof, since a wildcard stands for it.
    pub(super) fn is_for_others(&self, resource: &ResourceId) -> bool {
        let needs = |found: &ObservedCertificate| {
            found.ours && certificates::proven_domains(&found.names).contains(resource.name.as_str())
        };
        resource.kind == Kind::ValidationRecord && self.certificate().is_some_and(|found| !needs(found))
    }

    /// The records that prove what the certificate in use has beyond the domains that the profile asks for: it is
    /// renewed only while they are there. Those that lie in no zone of the account are not ours to write.
    pub(super) fn further_proofs(&self) -> Vec<Wanted> {
        let domains = self.blueprint.domains.as_ref().filter(|domains| domains.dns == Dns::Route53);
        let (Some(domains), Some(found)) = (domains, self.certificate().filter(|found| found.ours)) else {
            return Vec::new();
        };
        let asked = certificates::proven_domains(&domains.names);
        let further = certificates::proven_domains(&found.names);
        let further = further.difference(&asked).filter(|domain| zone_of(self.inventory, domain).is_ok());
        further.map(|domain| domains::proof(domain, &domains.certificate)).collect()
    }

    /// Until the certificate is issued, the distribution keeps of its domains those that it goes on having.
    pub(super) fn hold_back_domains(&self, spec: &mut DistributionSpec) {
        if !self.domains_wait() {
            return;
        }
        let present = self.inventory.distribution.as_ref().map(|found| &found.spec);
        let (wanted, minimum) = (spec.aliases.clone(), spec.viewer_certificate.take());
        let kept = present.into_iter().flat_map(|present| present.aliases.clone());
        spec.aliases = kept.filter(|alias| wanted.contains(alias)).collect();
        spec.viewer_certificate = present.filter(|_| !spec.aliases.is_empty()).and_then(|present| {
            let minimum_tls = minimum?.minimum_tls;
            present
                .viewer_certificate
                .clone()
                .map(|present| super::distribution::ViewerCertificate { minimum_tls, ..present })
        });
    }

    pub(super) fn compare_certificate(&self, spec: &mut CertificateSpec) -> Comparison {
        let attempts = certificates::failed(spec, self.inventory).map(|found| found.attempt + 1);
        spec.attempt = attempts.max().unwrap_or(0);
        match self.certificate() {
            None => (Action::Create, certificates::creation_reason(spec, self.inventory), Vec::new()),
            Some(found) => (Action::Keep, certificate_in_words(found, spec).to_owned(), Vec::new()),
        }
    }

    pub(super) fn compare_validation(&self, id: &ResourceId, spec: &mut ValidationRecordSpec) -> Comparison {
        let zone = zone_of(self.inventory, &id.name).ok();
        spec.zone = zone.map(|zone| zone.id.clone()).unwrap_or_default();
        let current = self.certificate();
        let ours = self.inventory.https.certificates.iter().filter(|found| found.ours);
        let others = ours.filter(|found| current.is_none_or(|current| found.arn != current.arn));
        spec.predecessors = others.clone().map(|found| found.arn.clone()).collect();
        let Some(record) = current.and_then(|found| found.record_of(&id.name)) else {
            return (Action::Create, "it proves that the domain is yours".to_owned(), Vec::new());
        };
        let present = self.inventory.https.records.iter();
        let mut present = present.filter(|there| there.zone == spec.zone && there.name == record.name);
        let tag = record_tag(&record.name, "CNAME");
        let is_tagged = |found: &ObservedCertificate| found.record_tags.contains(&tag);
        match present.next() {
            Some(there) if there.value == record.value => {}
            Some(_) | None => {
                return (
                    Action::Create,
                    "the certificate is renewed only while it is there".to_owned(),
                    Vec::new(),
                );
            }
        }
        match others.clone().any(is_tagged) && !current.is_some_and(is_tagged) {
            true => (Action::Adopt, "it was made for the certificate before this one".to_owned(), Vec::new()),
            false => (Action::Keep, self.proof_in_words(id).to_owned(), Vec::new()),
        }
    }

    fn proof_in_words(&self, id: &ResourceId) -> &'static str {
        match certificates::proven_domains(self.wanted_domains()).contains(id.name.as_str()) {
            true => "it proves that the domain is yours",
            false => "the certificate names this domain too, and is renewed only while the record is there",
        }
    }

    pub(super) fn compare_alias(&self, id: &ResourceId, spec: &mut AliasRecordSpec) -> Comparison {
        let zone = zone_of(self.inventory, &id.name).ok();
        spec.zone = zone.map(|zone| zone.id.clone()).unwrap_or_default();
        let Some(domains) = &self.blueprint.domains else {
            return (Action::Keep, String::new(), Vec::new());
        };
        spec.replace = domains.replace.contains(&id.name);
        let changes = zones::differences(self.inventory, domains, &id.name, &spec.target).changes;
        if changes.is_empty() {
            (Action::Keep, "the domain leads to the distribution".to_owned(), changes)
        } else if changes.len() == spec.types.len() && changes.iter().all(|change| change.from.is_none()) {
            (Action::Create, "leads visitors of the domain to the distribution".to_owned(), Vec::new())
        } else if changes.iter().all(|change| change.from.is_none()) {
            (Action::Create, zones::reason(&changes, &spec.target), Vec::new())
        } else {
            (Action::Update, zones::reason(&changes, &spec.target), changes)
        }
    }

    /// What must end well before visitors may be led to the distribution: every edge location knows the domain.
    pub(super) fn domains_served(&self) -> Vec<StepId> {
        vec![self.deployed_id(), self.domains_deployed_id()]
    }

    /// The records that must be gone before the distribution lets go of their domains: whoever takes a domain that
    /// still leads to CloudFront takes its visitors.
    pub(super) fn records_before_aliases(&self) -> Vec<StepId> {
        self.dropped_domains().map(|domain| StepId::of(&ResourceId::new(Kind::AliasRecord, domain))).collect()
    }

    fn dropped_domains(&self) -> impl Iterator<Item = &'a String> {
        let wanted = self.wanted_domains();
        let aliases = self.inventory.distribution.iter().flat_map(|found| &found.spec.aliases);
        aliases.filter(move |alias| !wanted.contains(*alias))
    }

    /// That the certificate stays as it is, though the site is giving up some of its names.
    fn certificate_beyond_need(&self) -> Option<String> {
        let found = self.certificate()?;
        let given_up: Vec<&str> = self
            .dropped_domains()
            .filter(|domain| found.names.contains(domain))
            .map(String::as_str)
            .collect();
        (!given_up.is_empty()).then(|| {
            format!(
                "stays: certificate {}, though it names {} too, which the site gives up: it covers every domain \
                 that is left",
                found.arn,
                given_up.join(" and ")
            )
        })
    }

    fn wanted_domains(&self) -> &'a [String] {
        self.blueprint.domains.as_ref().map(|domains| domains.names.as_slice()).unwrap_or_default()
    }

    /// Waits for the certificate, then gives the distribution its domains.
    pub(super) fn take_domains_once_issued(&mut self) {
        let Some(domains) = self.blueprint.domains.as_ref().filter(|_| self.domains_wait()) else { return };
        let issued = StepId::also(&domains.certificate, "issued");
        let records = self.steps.iter().filter(|step| step.resource.kind == Kind::ValidationRecord);
        let proven = records.map(|step| step.id.clone()).chain([StepId::of(&domains.certificate)]).collect();
        let arn = self.certificate().map(|found| found.arn.clone());
        let waiting = Step {
            name: domains.certificate.name.clone(),
            action: Action::Await,
            reason: "the certificate authority has seen that every domain is yours".to_owned(),
            work: Work::AwaitIssued { arn, dns: domains.dns },
            ..of_https(issued.clone(), domains.certificate.clone(), proven)
        };
        self.steps.push(waiting);
        self.switch_domains(issued);
    }

    fn switch_domains(&mut self, issued: StepId) {
        let distribution = self.distribution_id();
        let Some(spec) = self.full_distribution() else { return };
        let mut first = spec.clone();
        if let Spec::Distribution(first) = &mut first {
            self.hold_back_domains(first);
        }
        let (main, domains) = (StepId::of(&distribution), self.domains_id());
        let switch = Step {
            reason: "the domains, once the certificate is issued".to_owned(),
            changes: changes(&first, &spec),
            work: Work::UpdateMade(spec),
            ..of_https(domains.clone(), distribution.clone(), vec![issued, main])
        };
        let deployed = Step {
            action: Action::Await,
            reason: "every edge location knows the domains".to_owned(),
            work: Work::AwaitDeployed { id: self.known_id(&distribution) },
            ..of_https(self.domains_deployed_id(), distribution, vec![domains, self.deployed_id()])
        };
        self.steps.extend([switch, deployed]);
    }

    /// The distribution with its domains, as far as everything that it names is known.
    fn full_distribution(&self) -> Option<Spec> {
        let distribution = self.distribution_id();
        let wanted = self.blueprint.resources.iter().find(|wanted| wanted.id == distribution)?;
        Some(self.resolved(&wanted.spec))
    }

    /// Removes the records of domains that the site has given up, then what their certificates left.
    pub(super) fn remove_old_domains(&mut self) {
        let wanted: BTreeSet<&String> = self.wanted_domains().iter().collect();
        let aliases = alias_removals(self.inventory);
        let dropped = aliases.into_iter().filter(|step| !wanted.contains(&step.name));
        self.steps.extend(dropped);
        self.forget_records(&wanted);
        self.notices.extend(self.certificate_beyond_need());
        let Removal { steps, notices } = self.old_certificates();
        self.steps.extend(steps);
        self.notices.extend(notices);
    }

    /// A failed request goes as soon as another stands in its place, one that serves once the distribution has let
    /// go of it.
    fn old_certificates(&self) -> Removal {
        let distribution = self.distribution_id();
        let records = self.steps.iter().filter(|step| step.resource.kind == Kind::ValidationRecord);
        let replaced: Vec<_> = records
            .map(|step| step.id.clone())
            .chain(self.blueprint.domains.iter().map(|domains| StepId::of(&domains.certificate)))
            .collect();
        let served =
            [StepId::of(&distribution), self.domains_id(), self.deployed_id(), self.domains_deployed_id()];
        let kept = self.certificate().map(|found| found.arn.as_str());
        certificates::removal(
            self.inventory,
            kept,
            self.wanted_domains(),
            &|found| match found.has_failed() {
                true => replaced.clone(),
                false => replaced.iter().chain(&served).cloned().collect(),
            },
        )
    }

    /// Takes off the distribution what says that records were made which are gone.
    fn forget_records(&mut self, wanted: &BTreeSet<&String>) {
        let Some(distribution) = &self.inventory.distribution else { return };
        let tags_of = |domain: &&String| ["A", "AAAA", "HTTPS"].map(|kind| record_tag(domain, kind));
        let meant: BTreeSet<_> = wanted.iter().flat_map(tags_of).collect();
        let remove: Vec<_> = distribution.record_tags.difference(&meant).cloned().collect();
        if remove.is_empty() {
            return;
        }
        let resource = self.distribution_id();
        let work = Work::Tag { id: distribution.output.id.clone(), set: Vec::new(), remove };
        let after = self.records_before_aliases().into_iter().chain([self.deployed_id()]).collect();
        let reason = "the records of domains that the site has given up are gone".to_owned();
        let id = StepId::also(&resource, "forget-records");
        self.steps.push(Step { reason, work, ..of_https(id, resource, after) });
    }

    fn domains_id(&self) -> StepId {
        StepId::also(&self.distribution_id(), "domains")
    }

    fn domains_deployed_id(&self) -> StepId {
        StepId::also(&self.distribution_id(), "domains-deployed")
    }
}

/// Removes every record that was made for the distribution and still leads to it.
pub(super) fn alias_removals(inventory: &Inventory) -> Vec<Step> {
    let Some(distribution) = &inventory.distribution else { return Vec::new() };
    let mut removals: BTreeMap<&str, RecordRemoval> = BTreeMap::new();
    for record in leading_here(inventory, distribution).filter(|record| zones::is_ours(inventory, record)) {
        let removal = removals.entry(&record.name).or_insert_with(|| RecordRemoval {
            zone: record.zone.clone(),
            name: record.name.clone(),
            types: Vec::new(),
            target: distribution.output.domain.clone(),
            certificates: Vec::new(),
        });
        removal.types.push(record.kind.clone());
    }
    let step = |(name, removal): (&str, RecordRemoval)| {
        let id = ResourceId::new(Kind::AliasRecord, name);
        Step {
            action: Action::Delete,
            reason: "leads visitors to a distribution that won't answer for the domain".to_owned(),
            work: Work::RemoveRecords(removal),
            ..of_https(StepId::of(&id), id, Vec::new())
        }
    };
    removals.into_iter().map(step).collect()
}

/// The records that lead to the distribution, whoever made them.
pub(super) fn leading_here<'a>(
    inventory: &'a Inventory,
    distribution: &'a ObservedDistribution,
) -> impl Iterator<Item = &'a super::inventory::ObservedRecord> {
    let host = distribution.output.domain.as_str();
    inventory.https.records.iter().filter(move |record| zones::leads_to(record, Some(host)))
}

/// An update in the stage of own domains; the caller says what it is.
fn of_https(id: StepId, resource: ResourceId, after: Vec<StepId>) -> Step {
    Step {
        id,
        action: Action::Update,
        name: resource.name.clone(),
        stage: Stage::Https,
        reason: String::new(),
        changes: Vec::new(),
        after,
        work: Work::Nothing,
        resource,
    }
}

fn certificate_in_words(found: &ObservedCertificate, wanted: &CertificateSpec) -> &'static str {
    match (found.is_issued(), found.ours) {
        (true, true) if found.names == wanted.names => "it is issued, for these very names",
        (true, true) => "one of this site's is issued and covers every domain",
        (true, false) => {
            "one that is not this site's is issued and covers every domain; it is used and left alone"
        }
        (false, _) => "it was requested, and its names are yet to be proven",
    }
}
