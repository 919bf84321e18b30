//! What AWS holds of a site's own domains, in three steps that go along with the rounds of [`super::observe()`].

use super::certificate;
use super::distribution::Neighbour;
use super::dns_record;
use super::hosted_zone;
use super::refusal::Refusal;
use super::session::Session;
use crate::blueprint::Inventory;
use crate::blueprint::answers::Dns;
use crate::blueprint::domains::WantedDomains;
use crate::blueprint::inventory::{ObservedCertificate, ObservedRecord, ObservedZone};
use crate::blueprint::names::base_domain;
use crate::blueprint::zones::zone_among;
use crate::dns::Resolver;
use futures::future::try_join_all;
use std::collections::{BTreeMap, BTreeSet};

/// Looks at what belongs to a site's own domains.
pub struct Observer<'a> {
    /// The connection to AWS.
    pub session: &'a Session,
    /// The site's name.
    pub site: &'a str,
    /// The domains that the profile asks for, if any.
    pub wanted: Option<&'a WantedDomains>,
    /// Who is asked to which of several zones with one name public DNS leads.
    pub resolver: &'a Resolver,
}

/// What the account holds, whoever it belongs to.
pub struct Lists {
    certificates: BTreeMap<String, Vec<String>>,
    zones: Option<Vec<ObservedZone>>,
}

/// What was read of what the lists name.
pub struct Details {
    certificates: Vec<(ObservedCertificate, Vec<String>)>,
    records: Vec<ObservedRecord>,
}

impl Observer<'_> {
    /// The first round: every certificate, and the zones where they matter. A site without domains of its own must
    /// not fail for want of a right that only those need.
    ///
    /// # Errors
    ///
    /// When AWS refuses to list them.
    pub async fn lists(&self) -> Result<Lists, Refusal> {
        let (certificates, zones) = tokio::join!(certificate::list(self.session.acm()), self.zones());
        let certificates = match certificates {
            Err(refusal) if refusal.is_denied() && self.wanted.is_none() => BTreeMap::new(),
            other => other?,
        };
        Ok(Lists { certificates, zones: zones? })
    }

    /// The second round: the certificates that may be this site's or serve it, the records at its domains, and those
    /// that may prove them.
    /// `told` are certificates that a tag makes this site's.
    ///
    /// # Errors
    ///
    /// When AWS refuses to read them.
    pub async fn details(&self, lists: &Lists, told: &[String]) -> Result<Details, Refusal> {
        let related =
            lists.certificates.iter().filter(|(_, names)| self.is_related(names)).map(|(arn, _)| arn);
        let arns: BTreeSet<&String> = related.chain(told).collect();
        let names = self.wanted.map(|wanted| wanted.names.as_slice()).unwrap_or_default();
        let proven: BTreeSet<&str> = arns
            .iter()
            .filter_map(|arn| lists.certificates.get(*arn))
            .flatten()
            .chain(names)
            .map(|name| base_domain(name))
            .collect();
        let zones = lists.zones.as_deref();
        let (certificates, records, proofs) = tokio::try_join!(
            self.certificates(arns.clone()),
            self.records(zones, names.iter()),
            self.proofs(zones, proven)
        )?;
        Ok(Details { certificates, records: [records, proofs].concat() })
    }

    /// The third round, needed only after a change of the profile: the certificate and the domains that only the
    /// distribution names, and the records that prove domains of earlier certificates. Puts everything into the
    /// inventory.
    ///
    /// # Errors
    ///
    /// When AWS refuses to read them.
    pub async fn finish(
        &self,
        lists: Lists,
        mut details: Details,
        neighbours: &[Neighbour],
        inventory: &mut Inventory,
    ) -> Result<(), Refusal> {
        let in_use = certificate_in_use(inventory)
            .filter(|arn| details.certificates.iter().all(|(found, _)| found.arn != *arn));
        details.certificates.extend(self.certificates(in_use.iter().collect()).await?);
        let zones = match lists.zones {
            Some(zones) => zones,
            None if self.left_records(&details, inventory) => {
                hosted_zone::told_apart(self.session.route53(), self.resolver).await?
            }
            None => Vec::new(),
        };
        let names = self.further_names(&details, inventory);
        details.records.extend(self.records(Some(&zones), names.iter()).await?);
        let https = &mut inventory.https;
        https.zones = zones;
        https.records = details.records;
        https.names_by_certificate = lists.certificates;
        let own = inventory.distribution.as_ref().map(|found| found.output.arn.as_str());
        https.certificates = details
            .certificates
            .into_iter()
            .map(|(found, in_use_by)| ObservedCertificate {
                used_by_others: others(in_use_by, own, neighbours),
                ..found
            })
            .collect();
        https.taken_domains = neighbours
            .iter()
            .filter(|neighbour| Some(neighbour.arn.as_str()) != own)
            .flat_map(|neighbour| neighbour.aliases.iter().map(|alias| (alias.clone(), neighbour.id.clone())))
            .collect();
        Ok(())
    }

    async fn zones(&self) -> Result<Option<Vec<ObservedZone>>, Refusal> {
        match self.wanted {
            Some(WantedDomains { dns: Dns::Route53, .. }) => {
                hosted_zone::told_apart(self.session.route53(), self.resolver).await.map(Some)
            }
            Some(WantedDomains { dns: Dns::Manual, .. }) | None => Ok(None),
        }
    }

    /// Whether a certificate has to do with one of the domains.
    fn is_related(&self, names: &[String]) -> bool {
        let parent = |domain: &str| domain.split_once('.').map(|(_, parent)| parent.to_owned());
        let mut wanted = self.wanted.iter().flat_map(|wanted| &wanted.names);
        wanted.any(|domain| {
            names.iter().any(|name| {
                name == domain
                    || base_domain(name) == base_domain(domain)
                    || Some(base_domain(name)) == parent(domain).as_deref()
            })
        })
    }

    async fn certificates(
        &self,
        arns: BTreeSet<&String>,
    ) -> Result<Vec<(ObservedCertificate, Vec<String>)>, Refusal> {
        let reads = arns.into_iter().map(|arn| certificate::read(self.session.acm(), arn, self.site));
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }

    async fn records(
        &self,
        zones: Option<&[ObservedZone]>,
        names: impl Iterator<Item = &String>,
    ) -> Result<Vec<ObservedRecord>, Refusal> {
        let zones = zones.unwrap_or_default();
        let places: BTreeSet<(&String, &String)> =
            names.filter_map(|name| zone_among(zones, name).ok().map(|zone| (&zone.id, name))).collect();
        let reads = places.into_iter().map(|(zone, name)| async move {
            let found = dns_record::at(self.session.route53(), zone, name).await?;
            Ok::<_, Refusal>(
                found.iter().map(|record| dns_record::observed(zone, record)).collect::<Vec<_>>(),
            )
        });
        Ok(try_join_all(reads).await?.concat())
    }

    /// What may prove these domains.
    async fn proofs(
        &self,
        zones: Option<&[ObservedZone]>,
        domains: BTreeSet<&str>,
    ) -> Result<Vec<ObservedRecord>, Refusal> {
        let zones = zones.unwrap_or_default();
        let places = domains.into_iter().filter_map(|domain| Some((zone_among(zones, domain).ok()?, domain)));
        let reads = places.map(|(zone, domain)| async move {
            let found = dns_record::proofs(self.session.route53(), &zone.id, domain).await?;
            let observed = found.iter().map(|record| dns_record::observed(&zone.id, record));
            Ok::<_, Refusal>(observed.collect::<Vec<_>>())
        });
        Ok(try_join_all(reads).await?.concat())
    }

    /// Whether records were made for the site at a time when the profile asked for them.
    fn left_records(&self, details: &Details, inventory: &Inventory) -> bool {
        let on_distribution =
            inventory.distribution.as_ref().is_some_and(|found| !found.record_tags.is_empty());
        on_distribution
            || details.certificates.iter().any(|(found, _)| found.ours && !found.record_tags.is_empty())
    }

    /// The names of records that prove domains of our certificates, and the domains of an earlier profile.
    fn further_names(&self, details: &Details, inventory: &Inventory) -> BTreeSet<String> {
        let ours = details.certificates.iter().filter(|(found, _)| found.ours);
        let proofs = ours.flat_map(|(found, _)| found.records.iter().map(|record| record.name.clone()));
        let aliases = inventory.distribution.iter().flat_map(|found| found.spec.aliases.iter().cloned());
        let looked_at = |name: &String| details.records.iter().any(|record| record.name == *name);
        proofs.chain(aliases).filter(|name| !looked_at(name)).collect()
    }
}

fn certificate_in_use(inventory: &Inventory) -> Option<String> {
    let viewers = inventory.distribution.as_ref()?.spec.viewer_certificate.as_ref()?;
    viewers.arn.known().filter(|arn| arn.starts_with("arn:")).map(str::to_owned)
}

/// What uses a certificate beside the site's own distribution. ACM goes on naming distributions that are gone
/// (aws-facts.md E).
fn others(in_use_by: Vec<String>, own: Option<&str>, neighbours: &[Neighbour]) -> Vec<String> {
    let is_there = |arn: &String| !arn.contains(":cloudfront:") || neighbours.iter().any(|it| it.arn == *arn);
    in_use_by.into_iter().filter(|arn| Some(arn.as_str()) != own && is_there(arn)).collect()
}
