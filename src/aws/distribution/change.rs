//! Changes of a distribution that is there: read, merge, write with the newest ETag.

use super::merge;
use super::observe::{output, says_deployed};
use crate::apply::reporter::Reporter;
use crate::apply::retry::retry;
use crate::aws::attempt::{Problem, Settling, newest_version, until_settled, with_newest_version};
use crate::aws::refusal::Refusal;
use crate::aws::request::{unanswered, unbuildable};
use crate::blueprint::distribution::DistributionSpec;
use crate::blueprint::resource::Output;
use crate::error::Result;
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::error::BuildError;
use aws_sdk_cloudfront::types::{Distribution, DistributionConfig, LambdaFunctionAssociations};
use std::time::Duration;

/// How long CloudFront may not know a bucket that has just been made (aws-facts.md A.3).
const BUCKET_UNKNOWN: Duration = Duration::from_secs(2 * 60);

/// How long CloudFront may not know a certificate that has just been issued (aws-facts.md A.2).
const CERTIFICATE_UNKNOWN: Duration = Duration::from_secs(2 * 60);
/// How long CloudFront may not see that an edge function and its role are ready (aws-facts.md H).
const FUNCTION_UNREADY: Duration = Duration::from_secs(2 * 60);

/// How long a disabled distribution may still count as enabled (aws-facts.md A.2).
const DISABLING: Duration = Duration::from_secs(3 * 60);

/// Makes the distribution with this id what `spec` says, and keeps what we don't model.
///
/// # Errors
///
/// When AWS refuses, or when `spec` still names a value that AWS has not given out.
pub async fn update(client: &Client, id: &str, spec: &DistributionSpec, report: &Reporter) -> Result<Output> {
    let change = || async move {
        let present = get(client, id).await?;
        let after = merge(present.config.clone(), spec)?;
        if after != present.config {
            put(client, id, present.etag, after).await?;
        }
        Ok::<_, Problem>(output(&present.distribution))
    };
    let written = || once_buckets_are_known(report, || newest_version(report, change));
    let written = || once_functions_are_ready(report, written);
    Ok(once_certificate_is_known(report, written).await?)
}

/// Stops the distribution from serving, and lets go of its edge functions: their copies begin to go at once, and
/// one that CloudFront would not take any more can't stand in the way. One that is gone, or serves no more, is fine.
///
/// # Errors
///
/// When AWS refuses.
pub async fn disable(client: &Client, id: &str, report: &Reporter) -> Result<()> {
    let change = || async move {
        let mut present = match get(client, id).await {
            Err(Problem::Refused(refusal)) if refusal.is_not_found() => return Ok(()),
            other => other?,
        };
        if present.config.enabled {
            present.config.enabled = false;
            let_go_of_functions(&mut present.config).map_err(|error| unbuildable("distribution", error))?;
            put(client, id, present.etag, present.config).await?;
        }
        Ok::<_, Problem>(())
    };
    with_newest_version(report, change).await
}

fn let_go_of_functions(config: &mut DistributionConfig) -> Result<(), BuildError> {
    let none = LambdaFunctionAssociations::builder().quantity(0).build()?;
    if let Some(default) = &mut config.default_cache_behavior {
        default.lambda_function_associations = Some(none.clone());
    }
    let paths = config.cache_behaviors.iter_mut().flat_map(|paths| &mut paths.items).flatten();
    paths.for_each(|path| path.lambda_function_associations = Some(none.clone()));
    Ok(())
}

/// Removes the distribution, which must be disabled everywhere. One that is gone is fine.
///
/// # Errors
///
/// When AWS refuses.
pub async fn delete(client: &Client, id: &str, report: &Reporter) -> Result<()> {
    let removal = || async move {
        let tried = || format!("delete the distribution {id}");
        let read = client.get_distribution_config().id(id).send().await;
        let etag = read.map_err(Refusal::to("cloudfront:GetDistributionConfig", tried()))?.e_tag;
        let removal = client.delete_distribution().id(id).set_if_match(etag).send().await;
        removal.map(drop).map_err(Refusal::to("cloudfront:DeleteDistribution", tried()))
    };
    let settling = Settling { code: "DistributionNotDisabled", bound: DISABLING };
    until_settled(settling, "the distribution to count as disabled", report, removal).await
}

/// Whether every edge location has the newest configuration; `None` when the distribution is gone.
///
/// # Errors
///
/// When AWS refuses.
pub async fn is_deployed(client: &Client, id: &str) -> Result<Option<bool>, Refusal> {
    let answer = client.get_distribution().id(id).send().await;
    match answer.map_err(Refusal::to("cloudfront:GetDistribution", format!("read the distribution {id}"))) {
        Ok(answer) => Ok(answer.distribution.map(|found| says_deployed(&found.status))),
        Err(refusal) if refusal.is_not_found() => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// Tries again while CloudFront does not know a bucket that has just been made (aws-facts.md K11).
pub(super) async fn once_buckets_are_known<T, F: Future<Output = Result<T, Problem>>>(
    report: &Reporter,
    attempt: impl FnMut() -> F,
) -> Result<T, Problem> {
    let unknown = |problem: &Problem| problem.refusal().is_some_and(is_unknown_bucket);
    retry(BUCKET_UNKNOWN, "CloudFront to see the bucket", report, unknown, attempt).await
}

/// Tries again while CloudFront does not know a certificate that has just been issued (aws-facts.md K7).
pub(super) async fn once_certificate_is_known<T, F: Future<Output = Result<T, Problem>>>(
    report: &Reporter,
    attempt: impl FnMut() -> F,
) -> Result<T, Problem> {
    let unknown = |problem: &Problem| {
        problem.refusal().is_some_and(|refusal| {
            refusal.is("InvalidViewerCertificate") && refusal.said.contains("doesn't exist")
        })
    };
    retry(CERTIFICATE_UNKNOWN, "CloudFront to see the certificate", report, unknown, attempt).await
}

/// Tries again while CloudFront does not see that a function version is ready, or who may run it, both of which may
/// have come about a moment ago (aws-facts.md K20, K22).
pub(super) async fn once_functions_are_ready<T, F: Future<Output = Result<T, Problem>>>(
    report: &Reporter,
    attempt: impl FnMut() -> F,
) -> Result<T, Problem> {
    let unready = |problem: &Problem| problem.refusal().is_some_and(is_unready_function);
    retry(FUNCTION_UNREADY, "CloudFront to see the edge functions ready", report, unready, attempt).await
}

fn is_unready_function(refusal: &Refusal) -> bool {
    refusal.is("InvalidLambdaFunctionAssociation")
        && ["Active state", "must be assumable"].iter().any(|words| refusal.said.contains(words))
}

fn is_unknown_bucket(refusal: &Refusal) -> bool {
    refusal.is("InvalidArgument") && refusal.said.contains("does not refer to a valid S3 bucket")
}

struct Present {
    distribution: Distribution,
    config: DistributionConfig,
    etag: Option<String>,
}

async fn get(client: &Client, id: &str) -> Result<Present, Problem> {
    let tried = format!("read the distribution {id}");
    let answer = client.get_distribution().id(id).send().await;
    let answer = answer.map_err(Refusal::to("cloudfront:GetDistribution", tried))?;
    let config = answer.distribution.as_ref().and_then(|found| found.distribution_config.clone());
    match (answer.distribution, config) {
        (Some(distribution), Some(config)) => Ok(Present { distribution, config, etag: answer.e_tag }),
        _ => Err(unanswered("distribution").into()),
    }
}

async fn put(
    client: &Client,
    id: &str,
    etag: Option<String>,
    config: DistributionConfig,
) -> Result<(), Problem> {
    let request = client.update_distribution().id(id).set_if_match(etag).distribution_config(config);
    let tried = format!("update the distribution {id}");
    request.send().await.map_err(Refusal::to("cloudfront:UpdateDistribution", tried))?;
    Ok(())
}
