//! What AWS holds now of one site: two rounds of calls, each all at once, and a third where the distribution
//! names buckets that neither the profile nor a tag does.

use super::bucket::Bucket;
use super::claim::{Claim, Holdings};
use super::observed_bucket::{Seen, see};
use super::refusal::Refusal;
use super::session::{GLOBAL_REGION, Session};
use super::upcoming::Upcoming;
use super::{
    cache_policy, distribution, edge_function, function, observe_https, origin_access_control,
    response_headers_policy, role, tagged_buckets,
};
use crate::blueprint::answers::Region;
use crate::blueprint::domains::WantedDomains;
use crate::blueprint::inventory::{
    Foreign, Observed, ObservedDistribution, ObservedEdgeFunction, ObservedFunction,
};
use crate::blueprint::names::{SITE_TAG, resource_name};
use crate::blueprint::resource::{
    CachePolicySpec, EdgeRoleSpec, Kind, OriginAccessControlSpec, ReleaseBucket, ReplicationRoleSpec,
    ResourceId, ResponseHeadersPolicySpec,
};
use crate::blueprint::{Blueprint, Inventory};
use crate::dns::Resolver;
use crate::error::Result;
use futures::future::try_join_all;
use std::collections::BTreeSet;

/// [`observe`] for everything that a blueprint speaks of, the site's own domains included.
pub async fn observe_site(
    session: &Session,
    blueprint: &Blueprint,
    files: Option<&Upcoming>,
    resolver: &Resolver,
) -> Result<Inventory> {
    let regions: Vec<_> = blueprint.buckets.iter().map(|bucket| bucket.region.clone()).collect();
    let observer =
        Observer { session, site: &blueprint.site, domains: blueprint.domains.as_ref(), files, resolver };
    observer.observe(&blueprint.buckets, &regions).await
}

/// What AWS holds now of `site`. Nothing is changed.
///
/// `wanted` are the buckets that the profile names, `regions` those in which a bucket may be beside the ones
/// that are always on. With the files, the difference to each bucket's files is worked out as well.
pub async fn observe(
    session: &Session,
    site: &str,
    wanted: &[ReleaseBucket],
    regions: &[Region],
    files: Option<&Upcoming>,
) -> Result<Inventory> {
    let resolver = &Resolver::system();
    Observer { session, site, domains: None, files, resolver }.observe(wanted, regions).await
}

struct Observer<'a> {
    session: &'a Session,
    site: &'a str,
    domains: Option<&'a WantedDomains>,
    files: Option<&'a Upcoming>,
    resolver: &'a Resolver,
}

/// What is found without knowing any bucket.
struct Globals {
    distributions: distribution::Overview,
    access_controls: Holdings<Observed<OriginAccessControlSpec>>,
    cache_policies: Holdings<Observed<CachePolicySpec>>,
    headers_policies: Holdings<Observed<ResponseHeadersPolicySpec>>,
    functions: Vec<function::Candidate>,
    edge_functions: edge_function::Candidates,
    role: role::Found<ReplicationRoleSpec>,
    role_name: String,
    edge_role: role::Found<EdgeRoleSpec>,
    edge_role_name: String,
}

/// What was found by its name, and is still to be read.
struct Candidates {
    distributions: distribution::Overview,
    functions: Vec<function::Candidate>,
    edge_functions: edge_function::Candidates,
}

impl Observer<'_> {
    async fn observe(&self, wanted: &[ReleaseBucket], regions: &[Region]) -> Result<Inventory> {
        self.session.identify().await?;
        let https = self.https();
        let mut inventory = Inventory::default();
        let (globals, lists, told, seen) = tokio::join!(
            Box::pin(self.globals()),
            https.lists(),
            tagged_buckets::find(self.session, Some(self.site), regions),
            self.buckets(wanted),
        );
        let Candidates { distributions, functions, edge_functions } = globals?.into_inventory(&mut inventory);
        let lists = lists?;
        inventory.notices.extend(told.notices);
        let wanted_names: BTreeSet<&str> = wanted.iter().map(|bucket| bucket.name.as_str()).collect();
        put_buckets(&mut inventory, seen?, &wanted_names);

        let of_tags: Vec<_> = told.buckets.into_iter().map(|(_, bucket)| bucket).collect();
        let further = unseen(&of_tags, &inventory, wanted);
        let (claims, functions, edge_functions, seen, details) = tokio::try_join!(
            self.distributions(distributions.candidates),
            self.functions(functions),
            Box::pin(self.edge_functions(edge_functions)),
            self.buckets(&further),
            async { Ok(https.details(&lists, &told.certificates).await?) },
        )?;
        inventory.functions = functions.ours;
        inventory.foreign.extend(functions.foreign);
        inventory.edge_functions = edge_functions.ours;
        inventory.foreign.extend(edge_functions.foreign);
        put_distributions(&mut inventory, claims);

        // The distribution is ours, so what it names was ours as well, and must not be lost sight of.
        let remembered = inventory.distribution.as_ref().map(buckets_of).unwrap_or_default();
        let counted_on = wanted.iter().chain(&remembered).map(|bucket| bucket.name.as_str()).collect();
        put_buckets(&mut inventory, seen, &counted_on);
        let further = unseen(&remembered, &inventory, &[wanted, &of_tags].concat());
        let neighbours = &distributions.neighbours;
        let (seen, finished) =
            tokio::join!(self.buckets(&further), https.finish(lists, details, neighbours, &mut inventory),);
        finished?;
        put_buckets(&mut inventory, seen?, &counted_on);
        inventory.notices.extend(out_of_reach(&inventory, &wanted_names));
        Ok(inventory)
    }

    fn https(&self) -> observe_https::Observer<'_> {
        observe_https::Observer {
            session: self.session,
            site: self.site,
            wanted: self.domains,
            resolver: self.resolver,
        }
    }

    async fn globals(&self) -> Result<Globals, Refusal> {
        let (cloudfront, iam, site) = (self.session.cloudfront(), self.session.iam(), self.site);
        let (role_name, edge_role_name) = (resource_name(site, "replication"), resource_name(site, "edge"));
        let of_cloudfront = async {
            tokio::try_join!(
                distribution::overview(cloudfront, site),
                origin_access_control::observe(cloudfront, site),
                cache_policy::observe(cloudfront, site),
                response_headers_policy::observe(cloudfront, site),
                function::candidates(cloudfront, site),
            )
        };
        let (of_cloudfront, edge_functions, role, edge_role) = tokio::try_join!(
            of_cloudfront,
            edge_function::candidates(self.session.lambda(), site),
            role::observe(iam, &role_name, site),
            role::observe(iam, &edge_role_name, site),
        )?;
        let (distributions, access_controls, cache_policies, headers_policies, functions) = of_cloudfront;
        Ok(Globals {
            distributions,
            access_controls,
            cache_policies,
            headers_policies,
            functions,
            edge_functions,
            role,
            role_name,
            edge_role,
            edge_role_name,
        })
    }

    async fn distributions(
        &self,
        candidates: Vec<distribution::Candidate>,
    ) -> Result<Vec<Claim<ObservedDistribution>>> {
        let reads = candidates
            .into_iter()
            .map(|candidate| distribution::read(self.session.cloudfront(), self.site, candidate));
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }

    async fn functions(&self, candidates: Vec<function::Candidate>) -> Result<Holdings<ObservedFunction>> {
        Ok(function::read(self.session.cloudfront(), self.site, candidates).await?)
    }

    async fn edge_functions(
        &self,
        candidates: edge_function::Candidates,
    ) -> Result<Holdings<ObservedEdgeFunction>> {
        Ok(edge_function::read(self.session.lambda(), self.site, candidates).await?)
    }

    async fn buckets(&self, names: &[ReleaseBucket]) -> Result<Vec<(String, Seen)>> {
        try_join_all(names.iter().map(|bucket| self.bucket(bucket))).await
    }

    async fn bucket(&self, named: &ReleaseBucket) -> Result<(String, Seen)> {
        let bucket = Bucket::reach(self.session, named).await?;
        let mut seen = see(&bucket, self.site, self.files).await?;
        if let Seen::Elsewhere(region) = seen {
            let there = ReleaseBucket { name: named.name.clone(), region };
            seen = see(&Bucket::reach(self.session, &there).await?, self.site, self.files).await?;
        }
        Ok((named.name.clone(), seen))
    }
}

impl Globals {
    /// Puts what is known into the inventory, and gives what is yet to be read.
    fn into_inventory(self, inventory: &mut Inventory) -> Candidates {
        inventory.origin_access_control = self.access_controls.ours.into_iter().next();
        inventory.cache_policies = self.cache_policies.ours;
        inventory.other_cache_policies = self.cache_policies.others;
        inventory.response_headers_policy = self.headers_policies.ours.into_iter().next();
        inventory.other_response_headers_policies = self.headers_policies.others;
        let foreign =
            [self.access_controls.foreign, self.cache_policies.foreign, self.headers_policies.foreign];
        inventory.foreign.extend(foreign.into_iter().flatten());
        let role = ResourceId::new(Kind::ReplicationRole, self.role_name);
        inventory.replication_role = own_role(self.role, role, &mut inventory.foreign);
        let role = ResourceId::new(Kind::EdgeRole, self.edge_role_name);
        inventory.edge_role = own_role(self.edge_role, role, &mut inventory.foreign);
        inventory.notices.extend(self.edge_functions.notice.clone());
        let (functions, edge_functions) = (self.functions, self.edge_functions);
        Candidates { distributions: self.distributions, functions, edge_functions }
    }
}

fn own_role<S>(
    found: role::Found<S>,
    resource: ResourceId,
    foreign: &mut Vec<Foreign>,
) -> Option<Observed<S>> {
    match found {
        role::Found::Absent => None,
        role::Found::Ours(role) => Some(role),
        role::Found::Foreign => {
            let why = format!("has no tag that makes it this site's ({SITE_TAG})");
            foreign.push(Foreign { resource, why });
            None
        }
    }
}

/// What isn't ours only matters under a name that somebody counts on; of others there is a notice.
fn put_buckets(inventory: &mut Inventory, seen: Vec<(String, Seen)>, counted_on: &BTreeSet<&str>) {
    for (name, seen) in seen {
        let foreign = match seen {
            Seen::Absent => None,
            Seen::Ours(bucket) => {
                inventory.buckets.insert(name, *bucket);
                continue;
            }
            Seen::Unreachable(why) => {
                inventory.unreachable.insert(name, why);
                continue;
            }
            Seen::Elsewhere(region) => Some(format!("it moved to {region} while it was looked at")),
            Seen::Foreign(why) => Some(why),
        };
        let Some(why) = foreign else { continue };
        if counted_on.contains(name.as_str()) {
            inventory.foreign.push(Foreign { resource: ResourceId::new(Kind::Bucket, name), why });
        } else {
            inventory.notices.push(format!("bucket {name} is told to be this site's, but {why}"));
        }
    }
}

/// A notice of each of the distribution's buckets that the profile doesn't name and that can't be looked at.
fn out_of_reach(inventory: &Inventory, wanted: &BTreeSet<&str>) -> Vec<String> {
    let is_remembered = |foreign: &&Foreign| {
        foreign.resource.kind == Kind::Bucket && !wanted.contains(foreign.resource.name.as_str())
    };
    let remembered = inventory.foreign.iter().filter(is_remembered);
    let notice = |Foreign { resource, why }: &Foreign| {
        format!("bucket {} is remembered by the distribution, but can't be looked at: {why}", resource.name)
    };
    remembered.map(notice).collect()
}

/// One that has our origins and not our tag, such as a staging copy, is in the way of a creation alone.
fn put_distributions(inventory: &mut Inventory, claims: Vec<Claim<ObservedDistribution>>) {
    let mut foreign = Vec::new();
    for claim in claims {
        match claim {
            Claim::Foreign(other) => foreign.push(other),
            Claim::Ours(ours) if inventory.distribution.is_none() => inventory.distribution = Some(ours),
            Claim::Ours(second) => inventory.notices.push(format!(
                "distribution {} is tagged as this site's as well; it is left alone",
                second.output.id
            )),
        }
    }
    if inventory.distribution.is_none() {
        inventory.foreign.extend(foreign);
    } else {
        let notices =
            foreign.into_iter().map(|other| format!("distribution {}; it is left alone", other.why));
        inventory.notices.extend(notices);
    }
}

/// The buckets that a distribution has as origins, and those that it remembers for removal.
pub(super) fn buckets_of(distribution: &ObservedDistribution) -> Vec<ReleaseBucket> {
    let origins = distribution.spec.origins.iter().filter_map(|origin| bucket_of_domain(&origin.domain));
    let old = distribution.old_buckets.values().map(|name| ReleaseBucket {
        name: name.clone(),
        // Wherever it is asked for, S3 tells where it is.
        region: Region(GLOBAL_REGION.to_owned()),
    });
    origins.chain(old).collect()
}

/// The bucket with that regional REST endpoint.
fn bucket_of_domain(domain: &str) -> Option<ReleaseBucket> {
    let (name, rest) = domain.split_once(".s3.")?;
    let region = rest.split(".amazonaws.com").next()?;
    Some(ReleaseBucket { name: name.to_owned(), region: Region(region.to_owned()) })
}

/// Those that were not looked at yet, each once.
fn unseen(found: &[ReleaseBucket], inventory: &Inventory, looked_at: &[ReleaseBucket]) -> Vec<ReleaseBucket> {
    let mut names: BTreeSet<&str> = looked_at.iter().map(|bucket| bucket.name.as_str()).collect();
    names.extend(inventory.buckets.keys().map(String::as_str));
    found.iter().filter(|bucket| names.insert(&bucket.name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_tells_its_bucket() {
        let bucket = bucket_of_domain("my.site.s3.eu-west-1.amazonaws.com").unwrap();
        assert_eq!((bucket.name.as_str(), bucket.region.as_str()), ("my.site", "eu-west-1"));
        assert_eq!(bucket_of_domain("example.com"), None);
    }
}
