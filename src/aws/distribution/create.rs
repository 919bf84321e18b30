//! Making a distribution exactly once.
//!
//! CloudFront remembers every `CallerReference` for good, and refuses a second use (aws-facts.md A.2). So a refusal
//! may mean that an answer got lost, that another run was faster, or that an earlier distribution of the site was
//! removed since. As a rule its words end with the id of the earlier one (aws/aws-sdk-js-v3#2618), and a look at
//! that tells; without an id only the list can, which may lag for minutes.

use super::change::{once_buckets_are_known, once_certificate_is_known, once_functions_are_ready, update};
use super::observe::{candidate_by_id, candidates, output, read};
use super::{Candidate, fresh};
use crate::apply::reporter::Reporter;
use crate::apply::retry::Backoff;
use crate::aws::attempt::Problem;
use crate::aws::claim::{Claim, not_ours};
use crate::aws::refusal::Refusal;
use crate::aws::request::unanswered;
use crate::aws::tags;
use crate::blueprint::distribution::DistributionSpec;
use crate::blueprint::inventory::Foreign;
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

/// How long CloudFront may go without knowing a distribution whose id it has told itself.
const KNOWN_BY_ID: Duration = Duration::from_secs(10);

/// The words before the id in the refusal of a `CallerReference`.
const BEFORE_ID: &str = "Already exists: ";

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
        let present = match id_in(&refusal.said) {
            Some(id) => find_named(client, owner.site, id, patience, report).await?,
            None => find(client, owner.site, patience, report).await?,
        };
        if let Some(present) = present {
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
    let waiting_for = "CloudFront to list the distribution";
    found(patience.retry(waiting_for, report, is_not_listed, || find_once(client, site)).await)
}

/// The distribution `id` if it is the site's; `None` when it has been removed.
async fn find_named(
    client: &Client,
    site: &str,
    id: &str,
    patience: Backoff,
    report: &Reporter,
) -> Result<Option<Output>> {
    let look = || async {
        let candidate = candidate_by_id(client, id).await.map_err(refused)?.ok_or(Missing::NotListed)?;
        match claim(client, site, candidate).await? {
            Some(Claim::Ours(present)) => Ok(present),
            Some(Claim::Foreign(foreign)) => Err(foreign_in_the_way(&foreign)),
            None => Err(Missing::NotListed),
        }
    };
    let patience = Backoff { bound: patience.bound.min(KNOWN_BY_ID), ..patience };
    let waiting_for = format!("CloudFront to show distribution {id}, unless it was removed");
    found(patience.retry(&waiting_for, report, is_not_listed, look).await)
}

/// The id that CloudFront names in a refusal.
fn id_in(said: &str) -> Option<&str> {
    let (_, id) = said.rsplit_once(BEFORE_ID)?;
    let id = id.trim().trim_end_matches('.');
    let is_id = !id.is_empty() && id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    is_id.then_some(id)
}

fn is_not_listed(missing: &Missing) -> bool {
    matches!(missing, Missing::NotListed)
}

fn found(outcome: Result<Output, Missing>) -> Result<Option<Output>> {
    match outcome {
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
        Some(foreign) => Err(foreign_in_the_way(&foreign)),
        None => Err(Missing::NotListed),
    }
}

fn foreign_in_the_way(foreign: &Foreign) -> Missing {
    Missing::Problem(not_ours("distribution", foreign).into())
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

#[cfg(test)]
mod tests {
    use super::id_in;

    #[test]
    fn the_id_is_taken_from_a_refusal_that_names_one() {
        let said =
            "The caller reference is associated with another distribution. Already exists: E1SXXXXXXXXXX";
        assert_eq!(id_in(said), Some("E1SXXXXXXXXXX"));
        assert_eq!(id_in("The caller reference was used before."), None);
        assert_eq!(id_in("Already exists: by another name"), None);
    }
}
