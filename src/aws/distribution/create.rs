//! Making a distribution exactly once.
//!
//! CloudFront remembers every `CallerReference` for good, and refuses a second use without saying of what
//! (aws-facts.md A.2). So a refusal may mean that an answer got lost, that another run was faster, or that
//! an earlier distribution of the site was removed since. Only the list, which may lag, can tell.

use super::change::{once_buckets_are_known, once_certificate_is_known, once_functions_are_ready, update};
use super::observe::{candidates, output, read};
use super::{Candidate, fresh};
use crate::apply::reporter::Reporter;
use crate::apply::retry::Backoff;
use crate::aws::attempt::Problem;
use crate::aws::claim::{Claim, not_ours};
use crate::aws::refusal::Refusal;
use crate::aws::request::unanswered;
use crate::aws::tags;
use crate::blueprint::distribution::DistributionSpec;
use crate::blueprint::resource::Output;
use crate::error::{Error, Result};
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types::DistributionConfigWithTags;
use std::time::Duration;

/// How often a site may have been removed and made again in one account.
const GENERATIONS: u32 = 1000;

/// For whom a distribution is made.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The AWS account.
    pub account: &'a str,
    /// The site's name.
    pub site: &'a str,
}

/// How long a distribution that must be there may stay off the list.
pub fn patience() -> Backoff {
    let (first, longest) = (Duration::from_secs(2), Duration::from_secs(15));
    Backoff { first, longest, ..Backoff::bounded(Duration::from_secs(2 * 60)) }
}

/// Makes the distribution, tagged as the site's; one of the site's that is there already is brought up to
/// date. `patience` says how long to look for one after a `CallerReference` turns out to be used.
///
/// # Errors
///
/// When AWS refuses, when a distribution with the site's origins is not the site's, or when `spec` still
/// names a value that AWS has not given out.
pub async fn create(
    client: &Client,
    owner: Owner<'_>,
    spec: &DistributionSpec,
    patience: Backoff,
    report: &Reporter,
) -> Result<Output> {
    for generation in 0..GENERATIONS {
        let reference = format!("sitecast-{}-{}-{generation}", owner.account, owner.site);
        let refusal = match create_once(client, owner, &reference, spec, report).await {
            Ok(made) => return Ok(made),
            Err(Problem::Refused(refusal)) if refusal.is("DistributionAlreadyExists") => refusal,
            Err(problem) => return Err(problem.into()),
        };
        if let Some(present) = find(client, owner.site, patience, report).await? {
            return update(client, &present.id, spec, report).await;
        }
        if report.stop().requested() {
            return Err(refusal.into());
        }
    }
    Err(Error::failed("Could not create the distribution")
        .why(format!("all {GENERATIONS} references of the site {} are used", owner.site)))
}

async fn create_once(
    client: &Client,
    owner: Owner<'_>,
    reference: &str,
    spec: &DistributionSpec,
    report: &Reporter,
) -> Result<Output, Problem> {
    let request = DistributionConfigWithTags::builder()
        .distribution_config(fresh(reference, spec)?)
        .tags(tags::ours(owner.site)?)
        .build();
    let request = client.create_distribution_with_tags().distribution_config_with_tags(request);
    let attempt = || async {
        let tried = format!("create the distribution of {}", owner.site);
        let answer = request.clone().send().await;
        Ok::<_, Problem>(answer.map_err(Refusal::to("cloudfront:CreateDistribution", tried))?)
    };
    let made = || once_functions_are_ready(report, || once_buckets_are_known(report, attempt));
    let made = once_certificate_is_known(report, made);
    let made = made.await?.distribution.ok_or_else(|| unanswered("distribution"))?;
    Ok(output(&made))
}

/// Why the site's distribution was not found this time.
enum Missing {
    NotListed,
    Problem(Problem),
}

/// The site's distribution, looked for until `patience` ends; `None` when there is none by then.
async fn find(client: &Client, site: &str, patience: Backoff, report: &Reporter) -> Result<Option<Output>> {
    let not_listed = |missing: &Missing| matches!(missing, Missing::NotListed);
    let waiting_for = "CloudFront to list the distribution";
    match patience.retry(waiting_for, report, not_listed, || find_once(client, site)).await {
        Ok(found) => Ok(Some(found)),
        Err(Missing::NotListed) => Ok(None),
        Err(Missing::Problem(problem)) => Err(problem.into()),
    }
}

async fn find_once(client: &Client, site: &str) -> Result<Output, Missing> {
    let mut foreign = None;
    for candidate in candidates(client, site).await.map_err(refused)? {
        match claim(client, site, candidate).await? {
            Some(Claim::Ours(present)) => return Ok(present),
            Some(Claim::Foreign(found)) => foreign = Some(found),
            None => {}
        }
    }
    match foreign {
        Some(foreign) => Err(Missing::Problem(not_ours("distribution", &foreign).into())),
        None => Err(Missing::NotListed),
    }
}

async fn claim(client: &Client, site: &str, candidate: Candidate) -> Result<Option<Claim<Output>>, Missing> {
    let claim = read(client, site, candidate).await.map_err(refused)?;
    Ok(claim.map(|claim| match claim {
        Claim::Ours(present) => Claim::Ours(present.output),
        Claim::Foreign(foreign) => Claim::Foreign(foreign),
    }))
}

fn refused(refusal: Refusal) -> Missing {
    Missing::Problem(refusal.into())
}
