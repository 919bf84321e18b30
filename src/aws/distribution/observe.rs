//! Which distribution is the site's. Origin ids narrow the search, and a tag decides.

use super::spec_of;
use crate::aws::claim::Claim;
use crate::aws::refusal::Refusal;
use crate::aws::tags;
use crate::blueprint::inventory::{Foreign, ObservedDistribution};
use crate::blueprint::names::{OLD_BUCKET_TAG, RECORD_TAG, resource_name};
use crate::blueprint::resource::{Kind, Output, ResourceId};
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types::{Distribution, DistributionConfig, DistributionSummary};
use std::collections::BTreeMap;

/// What CloudFront calls a state that every edge location has.
const DEPLOYED: &str = "Deployed";

/// A distribution with an origin id of the site; whether it is the site's is still to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What AWS calls it.
    pub output: Output,
    /// Whether every edge location has its newest configuration.
    pub deployed: bool,
}

/// A distribution of the account, whoever it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// The domains that it answers for.
    pub aliases: Vec<String>,
}

/// The distributions of the account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overview {
    /// Those with an origin id of the site.
    pub candidates: Vec<Candidate>,
    /// All of them.
    pub neighbours: Vec<Neighbour>,
}

/// Every distribution with an origin id of the site.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn candidates(client: &Client, site: &str) -> Result<Vec<Candidate>, Refusal> {
    Ok(overview(client, site).await?.candidates)
}

/// Every distribution of the account. One round of calls, further pages not counted.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn overview(client: &Client, site: &str) -> Result<Overview, Refusal> {
    let mut pages = client.list_distributions().into_paginator().send();
    let mut found = Overview::default();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("cloudfront:ListDistributions", "list the distributions"))?;
        let items = page.distribution_list.and_then(|list| list.items).unwrap_or_default();
        found.neighbours.extend(items.iter().map(neighbour));
        found.candidates.extend(items.into_iter().filter(|item| names_site(item, site)).map(candidate));
    }
    Ok(found)
}

/// The distribution with this id; `None` when there is none.
///
/// # Errors
///
/// When AWS refuses to read it.
pub async fn candidate_by_id(client: &Client, id: &str) -> Result<Option<Candidate>, Refusal> {
    let tried = format!("read the distribution {id}");
    let answer = client.get_distribution().id(id).send().await;
    match answer.map_err(Refusal::to("cloudfront:GetDistribution", tried)) {
        Ok(answer) => Ok(answer
            .distribution
            .map(|found| Candidate { deployed: says_deployed(&found.status), output: output(&found) })),
        Err(refusal) if refusal.is_not_found() => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// Reads whose the candidate is, and if the site's, what it is; `None` when it is gone by now.
///
/// # Errors
///
/// When AWS refuses to read it.
pub async fn read(
    client: &Client,
    site: &str,
    candidate: Candidate,
) -> Result<Option<Claim<ObservedDistribution>>, Refusal> {
    let tags = tags::read(client, &candidate.output.arn);
    let config = config(client, &candidate.output.id);
    match tokio::try_join!(tags, config) {
        Ok((tags, Some(config))) => Ok(Some(claim(site, candidate, tags, &config))),
        Ok((_, None)) => Ok(None),
        Err(refusal) if refusal.is_not_found() => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// What AWS calls a distribution.
pub(super) fn output(distribution: &Distribution) -> Output {
    Output {
        id: distribution.id.clone(),
        arn: distribution.arn.clone(),
        domain: distribution.domain_name.clone(),
    }
}

/// Whether CloudFront's word for a state is the one that every edge location has.
pub(in crate::aws) fn says_deployed(status: &str) -> bool {
    status == DEPLOYED
}

fn names_site(item: &DistributionSummary, site: &str) -> bool {
    let prefix = resource_name(site, "");
    let origins = item.origins.as_ref().map(|origins| origins.items.as_slice()).unwrap_or_default();
    origins.iter().any(|origin| origin.id.starts_with(&prefix))
}

fn neighbour(item: &DistributionSummary) -> Neighbour {
    let aliases = item.aliases.as_ref().and_then(|aliases| aliases.items.clone()).unwrap_or_default();
    Neighbour { id: item.id.clone(), arn: item.arn.clone(), aliases }
}

fn candidate(item: DistributionSummary) -> Candidate {
    let deployed = says_deployed(&item.status);
    Candidate { output: Output { id: item.id, arn: item.arn, domain: item.domain_name }, deployed }
}

async fn config(client: &Client, id: &str) -> Result<Option<DistributionConfig>, Refusal> {
    let answer =
        client.get_distribution_config().id(id).send().await.map_err(Refusal::to(
            "cloudfront:GetDistributionConfig",
            format!("read the distribution {id}"),
        ))?;
    Ok(answer.distribution_config)
}

fn claim(
    site: &str,
    candidate: Candidate,
    tags: BTreeMap<String, String>,
    config: &DistributionConfig,
) -> Claim<ObservedDistribution> {
    match tags::ownership(&tags, site) {
        Ok(()) => Claim::Ours(ObservedDistribution {
            output: candidate.output,
            spec: spec_of(config),
            deployed: candidate.deployed,
            record_tags: tags.keys().filter(|key| key.starts_with(RECORD_TAG)).cloned().collect(),
            old_buckets: tags.into_iter().filter(|(key, _)| key.starts_with(OLD_BUCKET_TAG)).collect(),
        }),
        Err(why) => {
            let resource = ResourceId::new(Kind::Distribution, site);
            let id = candidate.output.id;
            Claim::Foreign(Foreign { resource, why: format!("{id} has origins of this name, but {why}") })
        }
    }
}
