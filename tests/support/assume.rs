//! What AWS would hold once a blueprint was carried out, without carrying it out.

use sitecast::blueprint::inventory::{
    CertificateState, EdgeVersion, Observed, ObservedBucket, ObservedCertificate, ObservedDistribution,
    ObservedEdgeFunction, ObservedFunction, ObservedRecord, ObservedRelease, ObservedZone, ValidationRecord,
};
use sitecast::blueprint::names::{base_domain, record_tag};
use sitecast::blueprint::resource::{BucketSettingsSpec, Kind, Output, Outputs, ResourceId, Spec};
use sitecast::blueprint::zones::zone_among;
use sitecast::blueprint::{Blueprint, Inventory};
use sitecast::profile::answers::{KeyType, Region};
use std::collections::BTreeSet;

/// The inventory after `blueprint` was carried out in full.
pub fn carried_out(blueprint: &Blueprint) -> Inventory {
    let mut inventory = Inventory::default();
    inventory.https.zones = blueprint.domains.iter().flat_map(|domains| zones(&domains.names)).collect();
    let outputs: Outputs =
        blueprint.resources.iter().map(|wanted| (wanted.id.clone(), output(&wanted.id))).collect();
    for wanted in &blueprint.resources {
        let mut spec = wanted.spec.clone();
        spec.resolve(&outputs);
        assert!(spec.awaits().is_empty(), "{} names something that nothing makes", wanted.id);
        hold(&mut inventory, &wanted.id, spec);
    }
    inventory
}

/// What AWS might call a resource.
fn output(id: &ResourceId) -> Output {
    Output {
        id: format!("id-of-{}", id.name),
        arn: format!("arn:aws:{}:{}", id.kind, id.name),
        domain: match id.kind {
            Kind::Distribution => "d111111abcdef8.cloudfront.net".to_owned(),
            _ => String::new(),
        },
    }
}

fn bare_bucket(region: Region) -> ObservedBucket {
    let settings = BucketSettingsSpec {
        region: region.clone(),
        public_access_block: "all off".to_owned(),
        owner_enforced: true,
        encryption: "AES256".to_owned(),
        versioning: false,
        old_versions_expire_days: 0,
        unfinished_uploads_expire_days: 0,
        altered: Vec::new(),
    };
    ObservedBucket {
        region,
        settings,
        policy: None,
        replication: None,
        role_of_others: None,
        release: ObservedRelease::Never,
    }
}

fn hold(inventory: &mut Inventory, id: &ResourceId, spec: Spec) {
    match spec {
        Spec::Bucket(spec) => {
            inventory.buckets.insert(id.name.clone(), bare_bucket(spec.region));
        }
        Spec::BucketSettings(spec) => bucket(inventory, &id.name).settings = spec,
        Spec::BucketPolicy(spec) => bucket(inventory, &id.name).policy = Some(spec),
        Spec::Replication(spec) => bucket(inventory, &id.name).replication = Some(spec),
        Spec::ReplicationRole(spec) => inventory.replication_role = Some(observed(id, spec)),
        Spec::OriginAccessControl(spec) => inventory.origin_access_control = Some(observed(id, spec)),
        Spec::CachePolicy(spec) => inventory.cache_policies.push(observed(id, spec)),
        Spec::ResponseHeadersPolicy(spec) => inventory.response_headers_policy = Some(observed(id, spec)),
        Spec::Function(spec) => inventory.functions.push(ObservedFunction {
            name: id.name.clone(),
            output: output(id),
            live: Some(spec.clone()),
            development: spec,
        }),
        Spec::EdgeRole(spec) => inventory.edge_role = Some(observed(id, spec)),
        Spec::EdgeFunction(spec) => inventory.edge_functions.push(ObservedEdgeFunction {
            name: id.name.clone(),
            versions: vec![EdgeVersion {
                number: "1".to_owned(),
                arn: output(id).arn,
                identity: spec.identity().unwrap(),
                code: spec.code.clone().unwrap(),
            }],
            latest: spec,
        }),
        Spec::Distribution(spec) => {
            inventory.distribution = Some(ObservedDistribution {
                output: output(id),
                spec: *spec,
                deployed: true,
                old_buckets: Default::default(),
                record_tags: Default::default(),
            });
        }
        Spec::Certificate(spec) => {
            let certificate = certificate(&output(id).arn, spec.names, spec.key);
            let https = &mut inventory.https;
            https.names_by_certificate.insert(certificate.arn.clone(), certificate.names.clone());
            https.certificates.push(certificate);
        }
        Spec::ValidationRecord(_) => {
            let proof = proof(&id.name);
            let tag = record_tag(&proof.name, "CNAME");
            inventory.https.certificates[0].record_tags.insert(tag);
            hold_record(inventory, &proof.name, "CNAME", &proof.value, None);
        }
        Spec::AliasRecord(spec) => {
            let target = spec.target.known().unwrap().to_owned();
            for kind in &spec.types {
                let tag = record_tag(&id.name, kind);
                inventory.distribution.as_mut().unwrap().record_tags.insert(tag);
                hold_record(inventory, &id.name, kind, &format!("alias {target}"), Some(&target));
            }
        }
        Spec::Release(spec) => {
            for held in &spec.buckets {
                let release = ObservedRelease::Published { hash: spec.hash.clone(), changes: None };
                bucket(inventory, &held.name).release = release;
            }
        }
    }
}

/// A certificate of the site that is issued.
pub fn certificate(arn: &str, names: Vec<String>, key: KeyType) -> ObservedCertificate {
    let domains: BTreeSet<&str> = names.iter().map(|name| base_domain(name)).collect();
    ObservedCertificate {
        arn: arn.to_owned(),
        key: Some(key),
        state: CertificateState::Issued,
        not_after: None,
        ours: true,
        attempt: 0,
        records: domains.into_iter().map(proof).collect(),
        record_tags: BTreeSet::new(),
        used_by_others: Vec::new(),
        names,
    }
}

/// A zone for the last two labels of each domain.
pub fn zones(domains: &[String]) -> Vec<ObservedZone> {
    let last_two = |domain: &String| {
        let labels: Vec<&str> = domain.split('.').collect();
        labels[labels.len() - 2..].join(".")
    };
    let names: BTreeSet<String> = domains.iter().map(last_two).collect();
    names.into_iter().map(|name| ObservedZone { id: format!("Z-{name}"), name, delegated: None }).collect()
}

/// What ACM might want to see of a domain.
pub fn proof(domain: &str) -> ValidationRecord {
    ValidationRecord {
        domain: domain.to_owned(),
        name: format!("_proof.{domain}"),
        value: "_value.acm-validations.aws".to_owned(),
    }
}

/// A record in whichever zone holds the name.
pub fn hold_record(inventory: &mut Inventory, name: &str, kind: &str, value: &str, alias: Option<&str>) {
    let zone = zone_among(&inventory.https.zones, name).unwrap().id.clone();
    let (name, kind, value) = (name.to_owned(), kind.to_owned(), value.to_owned());
    let alias = alias.map(str::to_owned);
    inventory.https.records.push(ObservedRecord { zone, name, kind, value, alias });
}

fn bucket<'a>(inventory: &'a mut Inventory, name: &str) -> &'a mut ObservedBucket {
    inventory.buckets.get_mut(name).unwrap()
}

fn observed<S>(id: &ResourceId, spec: S) -> Observed<S> {
    Observed { name: id.name.clone(), output: output(id), spec }
}
