//! The buckets of the account, and which sites they are tagged for.

use super::refusal::Refusal;
use super::session::{GLOBAL_REGION, Patience, Session};
use super::tagged_buckets;
use crate::blueprint::answers::Region;
use aws_sdk_s3::types;
use futures::future::join_all;
use std::collections::{BTreeMap, BTreeSet};

/// How many buckets are asked for at once, which is as many as S3 gives (S3 model).
const BUCKETS_OF_PAGE: i32 = 10_000;

/// A bucket of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountBucket {
    /// Its name.
    pub name: String,
    /// Where it lives, where S3 tells.
    pub region: Option<Region>,
    /// Which site it is tagged for.
    pub tagged: Tagged,
}

/// Which site a bucket is tagged for. It is a hint, since tags are told with a lag (aws-facts.md A.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tagged {
    /// This one.
    Site(String),
    /// None.
    Nobody,
    /// The tags could not be asked for.
    Untold,
}

/// The account's buckets with their tags.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn list(session: &Session) -> Result<Vec<AccountBucket>, Refusal> {
    let listed = names(session).await?;
    let regions: BTreeSet<Region> = listed.iter().filter_map(|(_, region)| region.clone()).collect();
    let asked = regions.into_iter().map(|region| async move {
        let told = tagged_buckets::in_region(session, None, &region, Patience::Usual).await.ok();
        let sites = told.map(|told| told.into_iter().map(|(site, bucket)| (bucket.name, site)).collect());
        (region, sites)
    });
    let sites: BTreeMap<Region, Option<BTreeMap<String, String>>> =
        join_all(asked).await.into_iter().collect();
    let told = |(name, region): (String, Option<Region>)| {
        let told = region.as_ref().and_then(|region| sites.get(region)?.as_ref());
        let tagged = match told.map(|sites| sites.get(&name)) {
            Some(Some(site)) => Tagged::Site(site.clone()),
            Some(None) => Tagged::Nobody,
            None => Tagged::Untold,
        };
        AccountBucket { name, region, tagged }
    };
    Ok(listed.into_iter().map(told).collect())
}

/// The account's buckets, each with its region where S3 tells.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn names(session: &Session) -> Result<Vec<(String, Option<Region>)>, Refusal> {
    let client = session.s3(&Region(GLOBAL_REGION.to_owned()));
    let mut pages = client.list_buckets().max_buckets(BUCKETS_OF_PAGE).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("s3:ListAllMyBuckets", "list the buckets"))?;
        let named = |bucket: types::Bucket| Some((bucket.name?, bucket.bucket_region.map(Region)));
        found.extend(page.buckets.unwrap_or_default().into_iter().filter_map(named));
    }
    Ok(found)
}
