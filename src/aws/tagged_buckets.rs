//! The buckets that a tag makes a site's, as the tagging API tells. It is a hint: it may lag, and it may be
//! forbidden; what it names is verified, and what it doesn't name may still be there (aws-facts.md A.9).

use super::refusal::Refusal;
use super::session::Session;
use crate::blueprint::answers::Region;
use crate::blueprint::names::SITE_TAG;
use crate::blueprint::resource::ReleaseBucket;
use aws_sdk_resourcegroupstagging::types::{ResourceTagMapping, TagFilter};
use futures::future::join_all;
use std::collections::BTreeSet;

/// Regions that no account can switch off (aws-facts.md C).
const ALWAYS_ON: &[&str] = &[
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
];

/// What the tagging API told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// Every bucket with its site.
    pub buckets: Vec<(String, ReleaseBucket)>,
    /// What could not be asked.
    pub notices: Vec<String>,
}

/// The buckets of `site`, or of every site, in the regions that are always on and in `further` ones.
pub async fn find(session: &Session, site: Option<&str>, further: &[Region]) -> Told {
    let always = ALWAYS_ON.iter().map(|region| Region((*region).to_owned()));
    let regions: BTreeSet<Region> = always.chain(further.iter().cloned()).collect();
    let asked = regions.into_iter().map(|region| async {
        let answer = in_region(session, site, &region).await;
        (region, answer)
    });
    let mut told = Told::default();
    let mut silent: Vec<(Region, Refusal)> = Vec::new();
    for (region, answer) in join_all(asked).await {
        match answer {
            Ok(buckets) => told.buckets.extend(buckets),
            Err(refusal) => silent.push((region, refusal)),
        }
    }
    told.notices.extend(notice(&silent));
    told
}

fn notice(silent: &[(Region, Refusal)]) -> Option<String> {
    let (_, refusal) = silent.first()?;
    let regions: Vec<&str> = silent.iter().map(|(region, _)| region.as_str()).collect();
    Some(format!(
        "{refusal}. Buckets that the profile no longer names would not be found in {}",
        regions.join(", ")
    ))
}

async fn in_region(
    session: &Session,
    site: Option<&str>,
    region: &Region,
) -> Result<Vec<(String, ReleaseBucket)>, Refusal> {
    let filter =
        TagFilter::builder().key(SITE_TAG).set_values(site.map(|site| vec![site.to_owned()])).build();
    let call = session.tagging(region).get_resources().resource_type_filters("s3").tag_filters(filter);
    let mut pages = call.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("tag:GetResources", "look for buckets by their tags"))?;
        let mappings = page.resource_tag_mapping_list.unwrap_or_default();
        found.extend(mappings.iter().filter_map(|mapping| tagged_bucket(mapping, site, region)));
    }
    Ok(found)
}

/// Resources that once had a tag are told of as well, so what is told is looked at.
fn tagged_bucket(
    mapping: &ResourceTagMapping,
    site: Option<&str>,
    region: &Region,
) -> Option<(String, ReleaseBucket)> {
    let tag = mapping.tags().iter().find(|tag| tag.key() == SITE_TAG)?;
    let name = mapping.resource_arn()?.split_once(":s3:::")?.1;
    let is_bucket_of_it = site.is_none_or(|site| site == tag.value()) && !name.contains('/');
    let bucket = ReleaseBucket { name: name.to_owned(), region: region.clone() };
    is_bucket_of_it.then(|| (tag.value().to_owned(), bucket))
}
