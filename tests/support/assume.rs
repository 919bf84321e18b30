//! What AWS would hold once a blueprint was carried out, without carrying it out.

use sitecast::blueprint::inventory::{
    EdgeVersion, Observed, ObservedBucket, ObservedDistribution, ObservedEdgeFunction, ObservedFunction,
    ObservedRelease,
};
use sitecast::blueprint::resource::{BucketSettingsSpec, Kind, Output, Outputs, ResourceId, Spec};
use sitecast::blueprint::{Blueprint, Inventory};
use sitecast::profile::answers::Region;

/// The inventory after `blueprint` was carried out in full.
pub fn carried_out(blueprint: &Blueprint) -> Inventory {
    let mut inventory = Inventory::default();
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
        public_access_blocked: false,
        owner_enforced: true,
        encryption: "AES256".to_owned(),
        versioning: false,
        old_versions_expire_days: 0,
        unfinished_uploads_expire_days: 0,
    };
    ObservedBucket { region, settings, policy: None, replication: None, release: ObservedRelease::Never }
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
            });
        }
        Spec::Release(spec) => {
            for held in &spec.buckets {
                let release = ObservedRelease::Published { hash: spec.hash.clone(), changes: None };
                bucket(inventory, &held.name).release = release;
            }
        }
    }
}

fn bucket<'a>(inventory: &'a mut Inventory, name: &str) -> &'a mut ObservedBucket {
    inventory.buckets.get_mut(name).unwrap()
}

fn observed<S>(id: &ResourceId, spec: S) -> Observed<S> {
    Observed { name: id.name.clone(), output: output(id), spec }
}
