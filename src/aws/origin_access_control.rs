//! The identity with which CloudFront signs its requests to the buckets. It can't be tagged, so its
//! description says whose it is (aws-facts.md A.2).

use super::attempt::{Problem, until_free, with_newest_version};
use super::claim::{Claim, Holdings};
use super::refusal::Refusal;
use super::request::{unanswered, unbuildable};
use crate::apply::reporter::Reporter;
use crate::blueprint::inventory::{Foreign, Observed};
use crate::blueprint::names::{ownership_mark, site_resource_name};
use crate::blueprint::resource::{Kind, OriginAccessControlSpec, Output, ResourceId};
use crate::error::Result;
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types::{OriginAccessControlConfig, OriginAccessControlSummary};

/// What people call it.
const SUBJECT: &str = "origin access control";

/// What the account holds of them.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn observe(
    client: &Client,
    site: &str,
) -> Result<Holdings<Observed<OriginAccessControlSpec>>, Refusal> {
    let mut pages = client.list_origin_access_controls().into_paginator().send();
    let mut holdings = Holdings::default();
    while let Some(page) = pages.next().await {
        let page = page
            .map_err(Refusal::to("cloudfront:ListOriginAccessControls", "list the origin access controls"))?;
        let items = page.origin_access_control_list.and_then(|list| list.items).unwrap_or_default();
        items.into_iter().for_each(|item| holdings.add(claim(item, site)));
    }
    Ok(holdings)
}

/// Makes it; one of ours that is there already is brought up to date.
///
/// # Errors
///
/// When AWS refuses, or when one under this name is not ours.
pub async fn create(
    client: &Client,
    site: &str,
    name: &str,
    spec: &OriginAccessControlSpec,
    report: &Reporter,
) -> Result<Output> {
    let answer = client
        .create_origin_access_control()
        .origin_access_control_config(config(site, name, spec)?)
        .send()
        .await
        .map_err(Refusal::to(
            "cloudfront:CreateOriginAccessControl",
            format!("create the origin access control {name}"),
        ));
    match answer {
        Ok(made) => {
            let made = made.origin_access_control.ok_or_else(|| unanswered(SUBJECT))?;
            Ok(output(made.id))
        }
        Err(refusal) if refusal.is("OriginAccessControlAlreadyExists") => {
            let present = observe(client, site).await?.adopt(SUBJECT, name)?;
            update(client, &present.output.id, spec, report).await?;
            Ok(present.output)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Makes the one with this id what `spec` says.
///
/// # Errors
///
/// When AWS refuses.
pub async fn update(
    client: &Client,
    id: &str,
    spec: &OriginAccessControlSpec,
    report: &Reporter,
) -> Result<()> {
    with_newest_version(report, || async move {
        let (present, etag) = read(client, id).await?;
        let mut config = present.ok_or_else(|| unanswered(SUBJECT))?;
        let before = config.clone();
        config.signing_protocol = spec.signing_protocol.as_str().into();
        config.signing_behavior = spec.signing_behavior.as_str().into();
        config.origin_access_control_origin_type = spec.origin_type.as_str().into();
        if config == before {
            return Ok(());
        }
        client
            .update_origin_access_control()
            .id(id)
            .set_if_match(etag)
            .origin_access_control_config(config)
            .send()
            .await
            .map_err(Refusal::to(
                "cloudfront:UpdateOriginAccessControl",
                format!("update the origin access control {id}"),
            ))?;
        Ok::<_, Problem>(())
    })
    .await
}

/// Removes the one with this id.
///
/// # Errors
///
/// When AWS refuses, or when a distribution goes on using it.
pub async fn delete(client: &Client, id: &str, report: &Reporter) -> Result<()> {
    until_free(report, "OriginAccessControlInUse", || async move {
        let (_, etag) = read(client, id).await?;
        let removal = client.delete_origin_access_control().id(id).set_if_match(etag).send().await;
        removal.map(drop).map_err(Refusal::to(
            "cloudfront:DeleteOriginAccessControl",
            format!("delete the origin access control {id}"),
        ))
    })
    .await
}

type Versioned = (Option<OriginAccessControlConfig>, Option<String>);

async fn read(client: &Client, id: &str) -> Result<Versioned, Refusal> {
    let answer = client.get_origin_access_control().id(id).send().await.map_err(Refusal::to(
        "cloudfront:GetOriginAccessControl",
        format!("read the origin access control {id}"),
    ))?;
    Ok((answer.origin_access_control.and_then(|found| found.origin_access_control_config), answer.e_tag))
}

fn config(site: &str, name: &str, spec: &OriginAccessControlSpec) -> Result<OriginAccessControlConfig> {
    OriginAccessControlConfig::builder()
        .name(name)
        .description(ownership_mark(site))
        .signing_protocol(spec.signing_protocol.as_str().into())
        .signing_behavior(spec.signing_behavior.as_str().into())
        .origin_access_control_origin_type(spec.origin_type.as_str().into())
        .build()
        .map_err(|error| unbuildable(SUBJECT, error))
}

fn claim(item: OriginAccessControlSummary, site: &str) -> Option<Claim<Observed<OriginAccessControlSpec>>> {
    if item.name != site_resource_name(site) {
        return None;
    }
    if item.description != ownership_mark(site) {
        let resource = ResourceId::new(Kind::OriginAccessControl, item.name);
        let why = format!("its description is not {:?}", ownership_mark(site));
        return Some(Claim::Foreign(Foreign { resource, why }));
    }
    let spec = OriginAccessControlSpec {
        origin_type: item.origin_access_control_origin_type.as_str().to_owned(),
        signing_behavior: item.signing_behavior.as_str().to_owned(),
        signing_protocol: item.signing_protocol.as_str().to_owned(),
    };
    Some(Claim::Ours(Observed { name: item.name, output: output(item.id), spec }))
}

fn output(id: String) -> Output {
    Output { id, ..Output::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(name: &str, description: &str) -> OriginAccessControlSummary {
        OriginAccessControlSummary::builder()
            .id("E1")
            .name(name)
            .description(description)
            .signing_protocol("sigv4".into())
            .signing_behavior("always".into())
            .origin_access_control_origin_type("s3".into())
            .build()
            .unwrap()
    }

    #[test]
    fn only_the_mark_under_the_very_name_makes_it_ours() {
        let ours = claim(summary("sitecast_acme", "sitecast:site=acme"), "acme");
        assert!(matches!(ours, Some(Claim::Ours(found)) if found.output.id == "E1"));
        let unmarked = claim(summary("sitecast_acme", "mine"), "acme");
        assert!(matches!(unmarked, Some(Claim::Foreign(_))));
        assert_eq!(claim(summary("sitecast_acme-blog", "sitecast:site=acme-blog"), "acme"), None);
    }
}
