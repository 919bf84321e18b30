//! The headers that every answer gets. The policy can't be tagged, so its comment says whose it is
//! (aws-facts.md A.2).

use super::attempt::{Problem, until_free, with_newest_version};
use super::claim::{Claim, Holdings};
use super::refusal::Refusal;
use super::request::{unanswered, unbuildable};
use crate::apply::reporter::Reporter;
use crate::blueprint::answers::{Hsts, Seconds};
use crate::blueprint::inventory::{Foreign, Observed};
use crate::blueprint::names::{ownership_mark, site_resource_name};
use crate::blueprint::resource::{Kind, Output, ResourceId, ResponseHeadersPolicySpec};
use crate::error::Result;
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::error::BuildError;
use aws_sdk_cloudfront::types::{
    ResponseHeadersPolicy, ResponseHeadersPolicyConfig, ResponseHeadersPolicyContentTypeOptions,
    ResponseHeadersPolicyReferrerPolicy, ResponseHeadersPolicySecurityHeadersConfig,
    ResponseHeadersPolicyStrictTransportSecurity, ResponseHeadersPolicyType,
};

/// What people call it.
const SUBJECT: &str = "response headers policy";

/// The custom policies that the account holds.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn observe(
    client: &Client,
    site: &str,
) -> Result<Holdings<Observed<ResponseHeadersPolicySpec>>, Refusal> {
    let mut holdings = Holdings::default();
    let mut marker = None;
    loop {
        let page = client
            .list_response_headers_policies()
            .r#type(ResponseHeadersPolicyType::Custom)
            .set_marker(marker)
            .send()
            .await
            .map_err(Refusal::to(
                "cloudfront:ListResponseHeadersPolicies",
                "list the response headers policies",
            ))?;
        let Some(list) = page.response_headers_policy_list else { return Ok(holdings) };
        let items = list.items.unwrap_or_default();
        let policies = items.into_iter().filter_map(|item| item.response_headers_policy);
        policies.for_each(|policy| holdings.add(claim(policy, site)));
        marker = list.next_marker.filter(|next| !next.is_empty());
        if marker.is_none() {
            return Ok(holdings);
        }
    }
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
    spec: &ResponseHeadersPolicySpec,
    report: &Reporter,
) -> Result<Output> {
    let config = ResponseHeadersPolicyConfig::builder()
        .name(name)
        .comment(ownership_mark(site))
        .build()
        .and_then(|bare| merge(bare, spec))
        .map_err(|error| unbuildable(SUBJECT, error))?;
    let answer = client.create_response_headers_policy().response_headers_policy_config(config).send().await;
    let answer = answer.map_err(Refusal::to(
        "cloudfront:CreateResponseHeadersPolicy",
        format!("create the response headers policy {name}"),
    ));
    match answer {
        Ok(made) => Ok(output(made.response_headers_policy.ok_or_else(|| unanswered(SUBJECT))?.id)),
        Err(refusal) if refusal.is("ResponseHeadersPolicyAlreadyExists") => {
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
    spec: &ResponseHeadersPolicySpec,
    report: &Reporter,
) -> Result<()> {
    with_newest_version(report, || async move {
        let (present, etag) = read(client, id).await?;
        let before = present.ok_or_else(|| unanswered(SUBJECT))?;
        let config = merge(before.clone(), spec).map_err(|error| unbuildable(SUBJECT, error))?;
        if config == before {
            return Ok(());
        }
        client
            .update_response_headers_policy()
            .id(id)
            .set_if_match(etag)
            .response_headers_policy_config(config)
            .send()
            .await
            .map_err(Refusal::to(
                "cloudfront:UpdateResponseHeadersPolicy",
                format!("update the response headers policy {id}"),
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
    until_free(report, "ResponseHeadersPolicyInUse", || async move {
        let (_, etag) = read(client, id).await?;
        let removal = client.delete_response_headers_policy().id(id).set_if_match(etag).send().await;
        removal.map(drop).map_err(Refusal::to(
            "cloudfront:DeleteResponseHeadersPolicy",
            format!("delete the response headers policy {id}"),
        ))
    })
    .await
}

type Versioned = (Option<ResponseHeadersPolicyConfig>, Option<String>);

async fn read(client: &Client, id: &str) -> Result<Versioned, Refusal> {
    let answer = client.get_response_headers_policy().id(id).send().await.map_err(Refusal::to(
        "cloudfront:GetResponseHeadersPolicy",
        format!("read the response headers policy {id}"),
    ))?;
    let policy = answer.response_headers_policy;
    Ok((policy.and_then(|policy| policy.response_headers_policy_config), answer.e_tag))
}

fn claim(policy: ResponseHeadersPolicy, site: &str) -> Option<Claim<Observed<ResponseHeadersPolicySpec>>> {
    let config = policy.response_headers_policy_config?;
    if config.name != site_resource_name(site) {
        return None;
    }
    if config.comment.as_deref() != Some(ownership_mark(site).as_str()) {
        let resource = ResourceId::new(Kind::ResponseHeadersPolicy, config.name);
        let why = format!("its comment is not {:?}", ownership_mark(site));
        return Some(Claim::Foreign(Foreign { resource, why }));
    }
    let spec = spec_of(&config);
    Some(Claim::Ours(Observed { name: config.name, output: output(policy.id), spec }))
}

fn output(id: String) -> Output {
    Output { id, ..Output::default() }
}

/// `config` with everything that `spec` speaks of, and all else kept.
fn merge(
    mut config: ResponseHeadersPolicyConfig,
    spec: &ResponseHeadersPolicySpec,
) -> Result<ResponseHeadersPolicyConfig, BuildError> {
    let blank = || ResponseHeadersPolicySecurityHeadersConfig::builder().build();
    let mut security = config.security_headers_config.unwrap_or_else(blank);
    let nosniff = || ResponseHeadersPolicyContentTypeOptions::builder().r#override(true).build();
    security.content_type_options = spec.nosniff.then(nosniff).transpose()?;
    let referrer = ResponseHeadersPolicyReferrerPolicy::builder()
        .r#override(true)
        .referrer_policy(spec.referrer_policy.as_str().into())
        .build()?;
    security.referrer_policy = Some(referrer);
    security.strict_transport_security = spec.hsts.as_ref().map(strict_transport_security).transpose()?;
    config.security_headers_config = Some(security);
    Ok(config)
}

fn strict_transport_security(
    wanted: &Hsts,
) -> Result<ResponseHeadersPolicyStrictTransportSecurity, BuildError> {
    ResponseHeadersPolicyStrictTransportSecurity::builder()
        .r#override(true)
        .access_control_max_age_sec(i32::try_from(wanted.max_age.0).unwrap_or(i32::MAX))
        .include_subdomains(wanted.subdomains)
        .preload(wanted.preload)
        .build()
}

fn hsts(observed: &ResponseHeadersPolicyStrictTransportSecurity) -> Hsts {
    Hsts {
        max_age: Seconds(u64::try_from(observed.access_control_max_age_sec).unwrap_or_default()),
        subdomains: observed.include_subdomains.unwrap_or(false),
        preload: observed.preload.unwrap_or(false),
    }
}

/// What `config` says. A header that gives way to the origin's own is not the one that is asked for.
fn spec_of(config: &ResponseHeadersPolicyConfig) -> ResponseHeadersPolicySpec {
    let security = config.security_headers_config.as_ref();
    let nosniff = security.and_then(|security| security.content_type_options.as_ref());
    let referrer = security.and_then(|security| security.referrer_policy.as_ref());
    let strict = security.and_then(|security| security.strict_transport_security.as_ref());
    ResponseHeadersPolicySpec {
        nosniff: nosniff.is_some_and(|options| options.r#override),
        referrer_policy: referrer
            .filter(|referrer| referrer.r#override)
            .map(|referrer| referrer.referrer_policy.as_str().to_owned())
            .unwrap_or_default(),
        hsts: strict.filter(|strict| strict.r#override).map(hsts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_cloudfront::types::{FrameOptionsList, ResponseHeadersPolicyFrameOptions};

    fn bare() -> ResponseHeadersPolicyConfig {
        ResponseHeadersPolicyConfig::builder().name("a").comment("b").build().unwrap()
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let strict = Hsts { max_age: Seconds(86_400), subdomains: true, preload: false };
        for (nosniff, hsts) in [(true, None), (false, Some(strict))] {
            let wanted = ResponseHeadersPolicySpec { nosniff, referrer_policy: "same-origin".into(), hsts };
            assert_eq!(spec_of(&merge(bare(), &wanted).unwrap()), wanted);
        }
    }

    #[test]
    fn a_header_that_somebody_added_stays() {
        let frames = ResponseHeadersPolicyFrameOptions::builder()
            .frame_option(FrameOptionsList::Deny)
            .r#override(true)
            .build()
            .unwrap();
        let mut before = bare();
        before.security_headers_config =
            Some(ResponseHeadersPolicySecurityHeadersConfig::builder().frame_options(frames.clone()).build());
        let wanted =
            ResponseHeadersPolicySpec { nosniff: true, referrer_policy: "same-origin".into(), hsts: None };
        let after = merge(before, &wanted).unwrap().security_headers_config.unwrap();
        assert_eq!(after.frame_options, Some(frames));
    }
}
