//! The sites of an account, and the profile that each keeps of itself.

use super::bucket::{Bucket, Standing};
use super::edge_function::{self, Candidates};
use super::refusal::Refusal;
use super::session::Session;
use super::{role, tagged_buckets, tags};
use crate::blueprint::names::{NAME_PREFIX, SITE_TAG, resource_name};
use crate::blueprint::resource::{EdgeRoleSpec, Kind, ReleaseBucket, ResourceId};
use crate::error::Result;
use aws_sdk_cloudfront::types::DistributionSummary;
use futures::stream::{self, StreamExt, TryStreamExt};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many distributions are asked for their tags at once: CloudFront is slow-rated (aws-facts.md H).
const TAGS_AT_ONCE: usize = 8;

/// How many buckets are looked at at once.
const BUCKETS_AT_ONCE: usize = 16;

/// A site that was found in the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SiteFound {
    /// Its name.
    pub name: String,
    /// Its distribution's id.
    pub distribution: Option<String>,
    /// The name at which its distribution answers.
    pub domain: Option<String>,
    /// Whether its distribution is switched off, as it is while a teardown goes on: nobody is served then.
    pub disabled: bool,
    /// The names of its own at which it answers as well.
    pub aliases: Vec<String>,
    /// Its buckets.
    pub buckets: Vec<ReleaseBucket>,
    /// What is still there of its edge functions although it has no distribution: AWS keeps a function for as long as
    /// there are copies of it at edge locations, and its role as long as itself (aws-facts.md D.6).
    pub leftovers: Vec<ResourceId>,
}

impl SiteFound {
    /// Whether all that is left of it is what a teardown could not remove yet.
    pub fn is_going(&self) -> bool {
        self.distribution.is_none() && self.buckets.is_empty() && !self.leftovers.is_empty()
    }
}

/// The sites of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Sites {
    /// Each that was found, by name.
    pub found: Vec<SiteFound>,
    /// What a person should know about the search, such as a region that could not be asked.
    pub notices: Vec<String>,
}

/// Every site of the account.
pub async fn sites(session: &Session) -> Result<Sites> {
    session.identify().await?;
    let here = [session.region()];
    let (distributions, functions, told) = tokio::join!(
        distributions(session),
        edge_function::candidates_of_all(session.lambda()),
        tagged_buckets::find(session, None, &here)
    );
    let mut sites: BTreeMap<String, SiteFound> = BTreeMap::new();
    for (name, distribution) in distributions? {
        let site = entry(&mut sites, name);
        site.distribution = Some(distribution.id);
        site.domain = Some(distribution.domain_name);
        site.disabled = !distribution.enabled;
        site.aliases = distribution.aliases.and_then(|aliases| aliases.items).unwrap_or_default();
    }
    let mut notices = told.notices;
    let looks = stream::iter(told.buckets).map(|(name, bucket)| look_at(session, name, bucket));
    let looked_at: Vec<_> = looks.buffered(BUCKETS_AT_ONCE).try_collect().await?;
    for (name, bucket, standing) in looked_at {
        match standing {
            Standing::Ours => entry(&mut sites, name).buckets.push(bucket),
            Standing::Absent => {}
            Standing::Elsewhere(region) => {
                notices.push(told_of(&name, &bucket, &format!("it is in {region}")))
            }
            Standing::Foreign(why) => notices.push(told_of(&name, &bucket, &why)),
        }
    }
    let (leftovers, unread) = leftovers(session, functions?, &sites).await?;
    notices.extend(unread);
    for (name, left) in leftovers {
        entry(&mut sites, name).leftovers.push(left);
    }
    Ok(Sites { found: sites.into_values().collect(), notices })
}

/// The functions of sites that nothing serves any more, and the roles under which they ran; and what nobody could see.
async fn leftovers(
    session: &Session,
    functions: Candidates,
    sites: &BTreeMap<String, SiteFound>,
) -> Result<(Vec<(String, ResourceId)>, Option<String>)> {
    let served = sites.values().filter(|site| site.distribution.is_some());
    let unserved = served.fold(functions, |functions, site| functions.without(&site.name));
    let (functions, mut unread) = edge_function::of_sites(session.lambda(), unserved).await?;
    let names: BTreeSet<String> = functions.iter().map(|(site, _)| site.clone()).collect();
    let functions =
        functions.into_iter().map(|(site, name)| (site, ResourceId::new(Kind::EdgeFunction, name)));
    let mut left: Vec<_> = functions.collect();
    // They were asked for at once, and answered in any order.
    left.sort();
    for site in names {
        let name = resource_name(&site, "edge");
        match role::observe::<EdgeRoleSpec>(session.iam(), &name, &site).await {
            Ok(role::Found::Ours(_)) => left.push((site, ResourceId::new(Kind::EdgeRole, name))),
            Ok(role::Found::Absent | role::Found::Foreign) => {}
            Err(refusal) if refusal.is_denied() => unread = Some(refusal.to_string()),
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok((left, unread))
}

/// The tagging API may tell of what was deleted or given to others since (aws-facts.md A.9).
async fn look_at(
    session: &Session,
    name: String,
    named: ReleaseBucket,
) -> Result<(String, ReleaseBucket, Standing)> {
    let standing = Bucket::reach(session, &named).await?.standing(&name).await?;
    Ok((name, named, standing))
}

fn told_of(site: &str, bucket: &ReleaseBucket, why: &str) -> String {
    format!("bucket {} is told to be of site {site}, but {why}", bucket.name)
}

fn entry(sites: &mut BTreeMap<String, SiteFound>, name: String) -> &mut SiteFound {
    let new = SiteFound {
        name: name.clone(),
        distribution: None,
        domain: None,
        disabled: false,
        aliases: Vec::new(),
        buckets: Vec::new(),
        leftovers: Vec::new(),
    };
    sites.entry(name).or_insert(new)
}

async fn distributions(session: &Session) -> Result<Vec<(String, DistributionSummary)>, Refusal> {
    let client = session.cloudfront();
    let mut pages = client.list_distributions().into_paginator().send();
    let mut candidates = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("cloudfront:ListDistributions", "list the distributions"))?;
        let items = page.distribution_list.and_then(|list| list.items).unwrap_or_default();
        candidates.extend(items.into_iter().filter(may_be_a_site));
    }
    let tagged = stream::iter(candidates).map(|summary| async move {
        let site = tags::read(client, &summary.arn).await?.remove(SITE_TAG);
        Ok(site.map(|site| (site, summary)))
    });
    let found: Vec<Option<_>> = tagged.buffered(TAGS_AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

fn may_be_a_site(summary: &DistributionSummary) -> bool {
    let origins = summary.origins.as_ref().map(|origins| origins.items.as_slice()).unwrap_or_default();
    origins.iter().any(|origin| origin.id.starts_with(NAME_PREFIX))
}
