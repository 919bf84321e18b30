//! The buckets, and the certificates, that a tag makes a site's, as the tagging API tells. It is a hint: it may lag, and it may be
//! forbidden; what it names is verified, and what it doesn't name may still be there (aws-facts.md A.9).

use super::refusal::Refusal;
use super::session::{GLOBAL_REGION, Patience, Session};
use crate::blueprint::answers::Region;
use crate::blueprint::names::SITE_TAG;
use crate::blueprint::resource::ReleaseBucket;
use aws_sdk_resourcegroupstagging::types::{ResourceTagMapping, TagFilter};
use futures::future::join_all;
use std::collections::BTreeMap;

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

/// Regions that an account may have to switch on first (aws-facts.md C).
const OPT_IN: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

/// Codes by which a region says that it is not switched on for the account: its services don't know the
/// account's credentials.
const NOT_ENABLED: &[&str] =
    &["UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "OptInRequired"];

/// What the tagging API told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// Every bucket with its site.
    pub buckets: Vec<(String, ReleaseBucket)>,
    /// The ARNs of certificates where CloudFront looks for them.
    pub certificates: Vec<String>,
    /// What could not be asked.
    pub notices: Vec<String>,
}

/// The buckets of `site`, or of every site, in every region of AWS. The `further` ones are in use, so that
/// their silence is worth a notice.
pub async fn find(session: &Session, site: Option<&str>, further: &[Region]) -> Told {
    let asked = regions(further).into_iter().map(|(region, patience)| async move {
        let answer = in_region(session, site, &region, patience).await;
        (region, unless_not_enabled(answer, patience))
    });
    let (answers, certificates) = tokio::join!(join_all(asked), certificates(session, site));
    let mut told = Told { certificates, ..Told::default() };
    let mut silent: Vec<(Region, Refusal)> = Vec::new();
    for (region, answer) in answers {
        match answer {
            Ok(buckets) => told.buckets.extend(buckets),
            Err(refusal) => silent.push((region, refusal)),
        }
    }
    told.notices.extend(notice(&silent));
    told
}

/// Each region with how long it may take: one that is perhaps not switched on must not hold up the others.
pub(super) fn regions(further: &[Region]) -> BTreeMap<Region, Patience> {
    let named = |names: &[&str], patience| -> Vec<(Region, Patience)> {
        names.iter().map(|name| (Region((*name).to_owned()), patience)).collect()
    };
    let in_use = further.iter().map(|region| (region.clone(), Patience::Usual));
    // What comes later replaces what came before.
    named(OPT_IN, Patience::Short)
        .into_iter()
        .chain(named(ALWAYS_ON, Patience::Usual))
        .chain(in_use)
        .collect()
}

/// A region that isn't switched on holds nothing.
pub(super) fn unless_not_enabled<T>(
    answer: Result<Vec<T>, Refusal>,
    patience: Patience,
) -> Result<Vec<T>, Refusal> {
    match answer {
        Err(refusal)
            if patience == Patience::Short && (refusal.is_any(NOT_ENABLED) || refusal.is_unreachable()) =>
        {
            Ok(Vec::new())
        }
        other => other,
    }
}

fn notice(silent: &[(Region, Refusal)]) -> Option<String> {
    let (_, refusal) = silent.first()?;
    let regions: Vec<&str> = silent.iter().map(|(region, _)| region.as_str()).collect();
    Some(format!(
        "{refusal}. Buckets that the profile no longer names would not be found in {}",
        regions.join(", ")
    ))
}

/// The certificates of `site` where CloudFront looks for them. When the tagging API is silent, the buckets'
/// notice says so.
async fn certificates(session: &Session, site: Option<&str>) -> Vec<String> {
    let Some(site) = site else { return Vec::new() };
    let filter = TagFilter::builder().key(SITE_TAG).values(site).build();
    let client = session.tagging(&Region(GLOBAL_REGION.to_owned()), Patience::Usual);
    let call = client.get_resources().resource_type_filters("acm:certificate").tag_filters(filter);
    let mut pages = call.into_paginator().send();
    let mut found = Vec::new();
    while let Some(Ok(page)) = pages.next().await {
        let mappings = page.resource_tag_mapping_list.unwrap_or_default();
        found.extend(mappings.into_iter().filter_map(|mapping| mapping.resource_arn));
    }
    found
}

/// The buckets of `site`, or of every site, in one region.
///
/// # Errors
///
/// When AWS refuses to tell.
pub(super) async fn in_region(
    session: &Session,
    site: Option<&str>,
    region: &Region,
    patience: Patience,
) -> Result<Vec<(String, ReleaseBucket)>, Refusal> {
    let filter =
        TagFilter::builder().key(SITE_TAG).set_values(site.map(|site| vec![site.to_owned()])).build();
    let call =
        session.tagging(region, patience).get_resources().resource_type_filters("s3").tag_filters(filter);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str) -> Result<Vec<u8>, Refusal> {
        let refusal = Refusal::of_words("tag:GetResources", "look", "no");
        Err(Refusal { code: Some(code.into()), ..refusal })
    }

    #[test]
    fn a_region_in_use_is_waited_for_even_where_it_must_be_switched_on() {
        let regions = regions(&[Region("eu-south-1".into())]);
        assert_eq!(regions[&Region("eu-south-1".into())], Patience::Usual);
        assert_eq!(regions[&Region("eu-south-2".into())], Patience::Short);
        assert_eq!(regions[&Region("eu-west-1".into())], Patience::Usual);
        assert_eq!(regions.len(), ALWAYS_ON.len() + OPT_IN.len());
    }

    #[test]
    fn only_a_region_that_may_be_off_is_silent_without_a_notice() {
        let off = "UnrecognizedClientException";
        assert_eq!(unless_not_enabled(refused(off), Patience::Short), Ok(vec![]));
        assert!(unless_not_enabled(refused(off), Patience::Usual).is_err());
        assert!(unless_not_enabled(refused("AccessDenied"), Patience::Short).is_err());
    }
}
