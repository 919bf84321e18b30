//! An inventory read by resource: what AWS calls each, and what each is.

use super::Inventory;
use super::diff::Change;
use super::inventory::Observed;
use super::resource::{BucketSpec, Kind, Output, Outputs, ResourceId, Spec};

/// What AWS calls everything of the site that exists.
pub(super) fn known(site: &str, inventory: &Inventory) -> Outputs {
    fn entry<S>(kind: Kind, found: &Observed<S>) -> (ResourceId, Output) {
        (ResourceId::new(kind, &found.name), found.output.clone())
    }
    let edge_role = inventory.edge_role.iter().map(|it| entry(Kind::EdgeRole, it));
    let role = inventory.replication_role.iter().map(|it| entry(Kind::ReplicationRole, it));
    let access = inventory.origin_access_control.iter().map(|it| entry(Kind::OriginAccessControl, it));
    let caches = inventory.cache_policies.iter().map(|it| entry(Kind::CachePolicy, it));
    let headers = inventory.response_headers_policy.iter().map(|it| entry(Kind::ResponseHeadersPolicy, it));
    // A behaviour can only name a function that was published.
    let published = inventory.functions.iter().filter(|it| it.live.is_some());
    let functions = published.map(|it| (ResourceId::new(Kind::Function, &it.name), it.output.clone()));
    let distribution = inventory.distribution.iter();
    let distribution = distribution.map(|it| (ResourceId::new(Kind::Distribution, site), it.output.clone()));
    role.chain(edge_role)
        .chain(access)
        .chain(caches)
        .chain(headers)
        .chain(functions)
        .chain(distribution)
        .collect()
}

/// What AWS holds of one resource, as a specification.
pub(super) fn observed(inventory: &Inventory, id: &ResourceId) -> Option<Spec> {
    let bucket = || inventory.buckets.get(&id.name);
    let named = |name: &String| *name == id.name;
    match id.kind {
        Kind::Bucket => bucket().map(|it| Spec::Bucket(BucketSpec { region: it.region.clone() })),
        Kind::BucketSettings => bucket().map(|it| Spec::BucketSettings(it.settings.clone())),
        Kind::BucketPolicy => bucket()?.policy.clone().map(Spec::BucketPolicy),
        Kind::Replication => bucket()?.replication.clone().map(Spec::Replication),
        Kind::ReplicationRole => {
            inventory.replication_role.as_ref().map(|it| Spec::ReplicationRole(it.spec.clone()))
        }
        Kind::OriginAccessControl => {
            inventory.origin_access_control.as_ref().map(|it| Spec::OriginAccessControl(it.spec.clone()))
        }
        Kind::CachePolicy => {
            let found = inventory.cache_policies.iter().find(|it| named(&it.name));
            found.map(|it| Spec::CachePolicy(it.spec.clone()))
        }
        Kind::ResponseHeadersPolicy => {
            inventory.response_headers_policy.as_ref().map(|it| Spec::ResponseHeadersPolicy(it.spec.clone()))
        }
        Kind::Function => {
            let found = inventory.functions.iter().find(|it| named(&it.name));
            found.map(|it| Spec::Function(it.live.clone().unwrap_or_else(|| it.development.clone())))
        }
        Kind::EdgeRole => inventory.edge_role.as_ref().map(|it| Spec::EdgeRole(it.spec.clone())),
        Kind::EdgeFunction => {
            let found = inventory.edge_functions.iter().find(|it| named(&it.name));
            found.map(|it| Spec::EdgeFunction(it.latest.clone()))
        }
        Kind::Distribution => {
            inventory.distribution.as_ref().map(|it| Spec::Distribution(Box::new(it.spec.clone())))
        }
        // What these are compared with is more than one thing that AWS holds.
        Kind::Release | Kind::EdgeLogs | Kind::Certificate | Kind::ValidationRecord | Kind::AliasRecord => {
            None
        }
    }
}

impl Spec {
    /// What somebody changed by hand that no field has a place for.
    pub(super) fn altered(&self) -> &[Change] {
        match self {
            Spec::BucketSettings(spec) => &spec.altered,
            Spec::BucketPolicy(spec) => &spec.altered,
            Spec::Bucket(_)
            | Spec::ReplicationRole(_)
            | Spec::Replication(_)
            | Spec::OriginAccessControl(_)
            | Spec::CachePolicy(_)
            | Spec::ResponseHeadersPolicy(_)
            | Spec::Function(_)
            | Spec::EdgeRole(_)
            | Spec::EdgeFunction(_)
            | Spec::Distribution(_)
            | Spec::Release(_)
            | Spec::Certificate(_)
            | Spec::ValidationRecord(_)
            | Spec::AliasRecord(_) => &[],
        }
    }
}
