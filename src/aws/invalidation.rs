//! Telling edge locations to forget. CloudFront accepts an invalidation at once and carries it out later.

use super::refusal::Refusal;
use super::request::{quantity, unbuildable};
use crate::apply::reporter::Reporter;
use crate::apply::retry::retry;
use crate::blueprint::names::short_hash;
use crate::error::Result;
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types::{InvalidationBatch, Paths};
use std::time::Duration;

/// How long earlier invalidations may take to make room (aws-facts.md H).
const ROOM: Duration = Duration::from_secs(10 * 60);

/// Asks edge locations to forget `paths`; returns the id once that is accepted.
///
/// The same reference with the same paths is the same invalidation (aws-facts.md A.2), so a repeated
/// request costs nothing. With other paths it is made under a reference of its own.
///
/// # Errors
///
/// When AWS refuses.
pub async fn request(
    client: &Client,
    distribution: &str,
    paths: &[String],
    caller_reference: &str,
    report: &Reporter,
) -> Result<String> {
    let asked = accepted(client, distribution, paths, caller_reference.to_owned(), report).await?;
    match asked {
        Err(refusal) if is_used_reference(&refusal) => {
            let own = format!("{caller_reference}-{}", short_hash(&paths.join("\n")));
            Ok(accepted(client, distribution, paths, own, report).await??)
        }
        other => Ok(other?),
    }
}

/// Asks edge locations once to forget `paths`; returns the invalidation's id.
///
/// # Errors
///
/// When AWS refuses, also because too many earlier ones are still going on.
pub async fn ask(client: &Client, distribution: &str, paths: &[String], reference: &str) -> Result<String> {
    let batch = batch(paths, reference.to_owned())?;
    let answer = client.create_invalidation().distribution_id(distribution).invalidation_batch(batch);
    let tried = format!("invalidate {} of {distribution}", counted(paths));
    let answer = answer.send().await.map_err(Refusal::to("cloudfront:CreateInvalidation", tried))?;
    Ok(answer.invalidation.map(|invalidation| invalidation.id).unwrap_or_default())
}

async fn accepted(
    client: &Client,
    distribution: &str,
    paths: &[String],
    caller_reference: String,
    report: &Reporter,
) -> Result<Result<String, Refusal>> {
    let request = client
        .create_invalidation()
        .distribution_id(distribution)
        .invalidation_batch(batch(paths, caller_reference)?);
    let full = |refusal: &Refusal| refusal.is("TooManyInvalidationsInProgress");
    let attempt = || async {
        let tried = format!("invalidate {} of {distribution}", counted(paths));
        let answer = request.clone().send().await;
        let answer = answer.map_err(Refusal::to("cloudfront:CreateInvalidation", tried))?;
        Ok(answer.invalidation.map(|invalidation| invalidation.id).unwrap_or_default())
    };
    Ok(retry(ROOM, "earlier invalidations to end", report, full, attempt).await)
}

fn batch(paths: &[String], caller_reference: String) -> Result<InvalidationBatch> {
    let listed = Paths::builder().quantity(quantity(paths)).set_items(Some(paths.to_vec())).build();
    listed
        .and_then(|paths| {
            InvalidationBatch::builder().paths(paths).caller_reference(caller_reference).build()
        })
        .map_err(|error| unbuildable("invalidation", error))
}

/// The code is not in the service's model, so the words count as well.
fn is_used_reference(refusal: &Refusal) -> bool {
    refusal.is("InvalidationBatchAlreadyExists")
        || (refusal.is("InvalidArgument") && refusal.said.to_lowercase().contains("caller reference"))
}

fn counted(paths: &[String]) -> String {
    match paths {
        [path] => path.clone(),
        _ => format!("{} paths", paths.len()),
    }
}
