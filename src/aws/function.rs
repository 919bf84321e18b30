//! The CloudFront Function. It has two stages: what was written last, and what visitors get once that is
//! published (aws-facts.md A.2).

use super::attempt::{Problem, until_free, with_newest_version};
use super::claim::{Claim, Holdings, not_ours};
use super::refusal::Refusal;
use super::request::unbuildable;
use super::tags;
use crate::apply::reporter::Reporter;
use crate::apply::retry::retry;
use crate::blueprint::inventory::{Foreign, ObservedFunction};
use crate::blueprint::names::resource_name;
use crate::blueprint::resource::{FunctionSpec, Kind, Output, ResourceId};
use crate::error::{Error, Result};
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::primitives::Blob;
use aws_sdk_cloudfront::types::{FunctionConfig, FunctionStage, FunctionSummary};
use futures::future::try_join_all;
use std::time::Duration;

/// How long a published function may take to show as live; CloudFront documents no bound.
const LIVE: Duration = Duration::from_secs(2 * 60);

/// A function whose name may make it this site's.
#[derive(Debug, Clone)]
pub struct Candidate {
    name: String,
    arn: String,
}

/// The functions that may be this site's, by their names. One round of calls, further pages not counted.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn candidates(client: &Client, site: &str) -> Result<Vec<Candidate>, Refusal> {
    let prefix = resource_name(site, "");
    let listed = list(client, FunctionStage::Development).await?;
    let named = listed.into_iter().filter(|summary| summary.name.starts_with(&prefix));
    Ok(named.map(|summary| Candidate { name: summary.name.clone(), arn: arn(&Some(summary)) }).collect())
}

/// What the candidates are. One round of calls.
///
/// # Errors
///
/// When AWS refuses to read them.
pub async fn read(
    client: &Client,
    site: &str,
    candidates: Vec<Candidate>,
) -> Result<Holdings<ObservedFunction>, Refusal> {
    let claims = candidates.into_iter().map(|candidate| claim(client, site, candidate));
    let mut holdings = Holdings::default();
    // One that was removed since it was listed has no claim.
    try_join_all(claims).await?.into_iter().flatten().for_each(|claim| holdings.add(Some(claim)));
    Ok(holdings)
}

/// Makes it and publishes it; one of ours that is there already, published or not, is brought up to date.
///
/// # Errors
///
/// When AWS refuses, or when one under this name is not ours.
pub async fn create(
    client: &Client,
    site: &str,
    name: &str,
    spec: &FunctionSpec,
    report: &Reporter,
) -> Result<Output> {
    let Some(code) = &spec.code else {
        return Err(Error::failed(format!("Could not create the function {name}"))
            .why("its code depends on the folder, which could not be read"));
    };
    let request = client
        .create_function()
        .name(name)
        .function_config(config(spec)?)
        .function_code(Blob::new(code.as_bytes()))
        .tags(tags::ours(site)?);
    let tried = format!("create the function {name}");
    match request.send().await.map_err(Refusal::to("cloudfront:CreateFunction", tried)) {
        Ok(_) => {}
        Err(refusal) if refusal.is("FunctionAlreadyExists") => require_ours(client, site, name).await?,
        Err(refusal) => return Err(refusal.into()),
    }
    update(client, name, spec, report).await
}

/// Writes what differs from `spec`, publishes it unless visitors get it already, and waits until they do.
///
/// # Errors
///
/// When AWS refuses.
pub async fn update(client: &Client, name: &str, spec: &FunctionSpec, report: &Reporter) -> Result<Output> {
    with_newest_version(report, || async move {
        write(client, name, spec).await?;
        publish(client, name).await
    })
    .await?;
    let unpublished = |refusal: &Refusal| refusal.is_not_found();
    let live = || describe(client, name, FunctionStage::Live);
    let live = retry(LIVE, "the function to be live", report, unpublished, live).await?;
    Ok(Output { id: name.to_owned(), arn: arn(&live.summary), ..Output::default() })
}

/// Removes it, in both stages.
///
/// # Errors
///
/// When AWS refuses, or when a distribution goes on using it.
pub async fn delete(client: &Client, name: &str, report: &Reporter) -> Result<()> {
    until_free(report, "FunctionInUse", || async move {
        let present = describe(client, name, FunctionStage::Development).await?;
        let removal = client.delete_function().name(name).set_if_match(present.etag).send().await;
        removal
            .map(drop)
            .map_err(Refusal::to("cloudfront:DeleteFunction", format!("delete the function {name}")))
    })
    .await
}

/// A function's summary with the ETag that a change of it needs.
struct Described {
    summary: Option<FunctionSummary>,
    etag: Option<String>,
}

async fn list(client: &Client, stage: FunctionStage) -> Result<Vec<FunctionSummary>, Refusal> {
    let mut functions = Vec::new();
    let mut marker = None;
    loop {
        let page = client
            .list_functions()
            .stage(stage.clone())
            .set_marker(marker)
            .send()
            .await
            .map_err(Refusal::to("cloudfront:ListFunctions", "list the functions"))?;
        let Some(list) = page.function_list else { return Ok(functions) };
        functions.extend(list.items.unwrap_or_default());
        marker = list.next_marker.filter(|next| !next.is_empty());
        if marker.is_none() {
            return Ok(functions);
        }
    }
}

async fn claim(
    client: &Client,
    site: &str,
    Candidate { name, arn }: Candidate,
) -> Result<Option<Claim<ObservedFunction>>, Refusal> {
    let (held, development, live) = tokio::join!(
        tags::read(client, &arn),
        spec_at(client, &name, FunctionStage::Development),
        spec_at(client, &name, FunctionStage::Live),
    );
    let held = match held {
        Err(refusal) if refusal.is_not_found() => return Ok(None),
        other => other?,
    };
    if let Err(why) = tags::ownership(&held, site) {
        let resource = ResourceId::new(Kind::Function, name);
        return Ok(Some(Claim::Foreign(Foreign { resource, why })));
    }
    let live = live?;
    let output = Output { id: name.clone(), arn, ..Output::default() };
    let found = development?.map(|development| ObservedFunction { name, output, live, development });
    Ok(found.map(Claim::Ours))
}

async fn require_ours(client: &Client, site: &str, name: &str) -> Result<()> {
    let present = describe(client, name, FunctionStage::Development).await?;
    let held = tags::read(client, &arn(&present.summary)).await?;
    tags::ownership(&held, site).map_err(|why| {
        not_ours("function", &Foreign { resource: ResourceId::new(Kind::Function, name), why })
    })
}

/// What the function is at one stage; `None` when it has not got there.
async fn spec_at(client: &Client, name: &str, stage: FunctionStage) -> Result<Option<FunctionSpec>, Refusal> {
    let read = tokio::try_join!(describe(client, name, stage.clone()), code(client, name, stage));
    let (described, code) = match read {
        Ok(read) => read,
        Err(refusal) if refusal.is_not_found() => return Ok(None),
        Err(refusal) => return Err(refusal),
    };
    let config = described.summary.and_then(|summary| summary.function_config);
    Ok(config.map(|config| FunctionSpec {
        comment: config.comment,
        runtime: config.runtime.as_str().to_owned(),
        code: Some(code),
    }))
}

async fn describe(client: &Client, name: &str, stage: FunctionStage) -> Result<Described, Refusal> {
    let answer = client
        .describe_function()
        .name(name)
        .stage(stage)
        .send()
        .await
        .map_err(Refusal::to("cloudfront:DescribeFunction", format!("read the function {name}")))?;
    Ok(Described { summary: answer.function_summary, etag: answer.e_tag })
}

async fn code(client: &Client, name: &str, stage: FunctionStage) -> Result<String, Refusal> {
    let answer =
        client.get_function().name(name).stage(stage).send().await.map_err(Refusal::to(
            "cloudfront:GetFunction",
            format!("read the code of the function {name}"),
        ))?;
    let code = answer.function_code.unwrap_or_else(|| Blob::new(Vec::new()));
    Ok(String::from_utf8_lossy(code.as_ref()).into_owned())
}

/// Makes the development stage what `spec` says, keeping what we don't model, such as key-value stores.
async fn write(client: &Client, name: &str, spec: &FunctionSpec) -> Result<(), Problem> {
    let present = describe(client, name, FunctionStage::Development).await?;
    let present_code = code(client, name, FunctionStage::Development).await?;
    let before = match present.summary.and_then(|summary| summary.function_config) {
        Some(config) => config,
        None => config(spec)?,
    };
    let mut wanted = before.clone();
    wanted.comment = spec.comment.clone();
    wanted.runtime = spec.runtime.as_str().into();
    let wanted_code = spec.code.as_ref().unwrap_or(&present_code);
    if wanted == before && *wanted_code == present_code {
        return Ok(());
    }
    client
        .update_function()
        .name(name)
        .set_if_match(present.etag)
        .function_config(wanted)
        .function_code(Blob::new(wanted_code.as_bytes()))
        .send()
        .await
        .map_err(Refusal::to("cloudfront:UpdateFunction", format!("update the function {name}")))?;
    Ok(())
}

/// Gives visitors what was written last, unless they get it already.
async fn publish(client: &Client, name: &str) -> Result<(), Problem> {
    let written = spec_at(client, name, FunctionStage::Development).await?;
    if spec_at(client, name, FunctionStage::Live).await? == written {
        return Ok(());
    }
    let newest = describe(client, name, FunctionStage::Development).await?;
    client
        .publish_function()
        .name(name)
        .set_if_match(newest.etag)
        .send()
        .await
        .map_err(Refusal::to("cloudfront:PublishFunction", format!("publish the function {name}")))?;
    Ok(())
}

fn config(spec: &FunctionSpec) -> Result<FunctionConfig> {
    FunctionConfig::builder()
        .comment(&spec.comment)
        .runtime(spec.runtime.as_str().into())
        .build()
        .map_err(|error| unbuildable("function", error))
}

/// The ARN that behaviours use; it is the same at both stages.
fn arn(summary: &Option<FunctionSummary>) -> String {
    let metadata = summary.as_ref().and_then(|summary| summary.function_metadata.as_ref());
    metadata.map(|metadata| metadata.function_arn.clone()).unwrap_or_default()
}
