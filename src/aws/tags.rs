//! Tags of what CloudFront lets us tag: distributions and functions (aws-facts.md A.2).

use super::refusal::Refusal;
use super::request::unbuildable;
use crate::blueprint::names::SITE_TAG;
use crate::error::Result;
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types::{Tag, TagKeys, Tags};
use std::collections::BTreeMap;

/// The tags of the resource with this ARN.
pub async fn read(client: &Client, arn: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let answer = client
        .list_tags_for_resource()
        .resource(arn)
        .send()
        .await
        .map_err(Refusal::to("cloudfront:ListTagsForResource", format!("read the tags of {arn}")))?;
    let items = answer.tags.and_then(|tags| tags.items).unwrap_or_default();
    Ok(items.into_iter().map(|tag| (tag.key, tag.value.unwrap_or_default())).collect())
}

/// Sets and removes tags of the resource with this ARN.
///
/// # Errors
///
/// When AWS refuses.
pub async fn tag(client: &Client, arn: &str, set: &[(String, String)], remove: &[String]) -> Result<()> {
    if !set.is_empty() {
        client
            .tag_resource()
            .resource(arn)
            .tags(tags(set)?)
            .send()
            .await
            .map_err(Refusal::to("cloudfront:TagResource", format!("tag {arn}")))?;
    }
    if !remove.is_empty() {
        client
            .untag_resource()
            .resource(arn)
            .tag_keys(TagKeys::builder().set_items(Some(remove.to_vec())).build())
            .send()
            .await
            .map_err(Refusal::to("cloudfront:UntagResource", format!("remove tags of {arn}")))?;
    }
    Ok(())
}

/// The tag that makes a resource this site's.
pub fn ours(site: &str) -> Result<Tags> {
    tags(&[(SITE_TAG.to_owned(), site.to_owned())])
}

/// Whether these tags make a resource this site's, or else why not.
pub fn ownership(tags: &BTreeMap<String, String>, site: &str) -> Result<(), String> {
    match tags.get(SITE_TAG) {
        Some(owner) if owner == site => Ok(()),
        Some(owner) => Err(format!("its tag {SITE_TAG} is {owner}")),
        None => Err(format!("it has no tag {SITE_TAG}={site}")),
    }
}

fn tags(pairs: &[(String, String)]) -> Result<Tags> {
    let items = pairs.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    let items = items.collect::<Result<_, _>>().map_err(|error| unbuildable("tags", error))?;
    Ok(Tags::builder().set_items(Some(items)).build())
}
