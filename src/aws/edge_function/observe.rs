//! Which functions are the site's, and what they are.

use super::{get, versions};
use crate::aws::claim::{Claim, Holdings};
use crate::aws::refusal::Refusal;
use crate::aws::tags;
use crate::blueprint::answers::Seconds;
use crate::blueprint::inventory::{EdgeVersion, Foreign, ObservedEdgeFunction};
use crate::blueprint::names::{NAME_PREFIX, SITE_TAG, resource_name};
use crate::blueprint::resource::{EdgeFunctionSpec, Kind, Ref, ResourceId};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::FunctionConfiguration;
use futures::future::{join_all, try_join_all};
use std::collections::BTreeMap;

/// What Lambda calls the version that can be changed.
const LATEST: &str = "$LATEST";

/// The functions that may be this site's, by their names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidates {
    names: Vec<String>,
    /// Why nobody could look.
    pub notice: Option<String>,
}

/// The functions that may be this site's, by their names. Whoever may not use Lambda at all can still have a site
/// without functions.
///
/// # Errors
/// When AWS refuses to list them for another reason.
pub async fn candidates(client: &Client, site: &str) -> Result<Candidates, Refusal> {
    beginning_with(client, &resource_name(site, "")).await
}

/// The functions that may be some site's, by their names.
///
/// # Errors
/// As with those of one site.
pub async fn candidates_of_all(client: &Client) -> Result<Candidates, Refusal> {
    beginning_with(client, NAME_PREFIX).await
}

impl Candidates {
    /// All but those of this site.
    pub fn without(mut self, site: &str) -> Candidates {
        let prefix = resource_name(site, "");
        self.names.retain(|name| !name.starts_with(&prefix));
        self
    }
}

/// The candidates that are a site's, each with the site that its tag names. One that may not be read is told of in
/// the notice.
///
/// # Errors
/// When AWS refuses to read them for another reason than that this is not allowed.
pub async fn of_sites(
    client: &Client,
    candidates: Candidates,
) -> Result<(Vec<(String, String)>, Option<String>), Refusal> {
    let Candidates { names, mut notice } = candidates;
    let answers = join_all(names.iter().map(|name| get(client, name, None))).await;
    let mut found = Vec::new();
    for (name, answer) in names.into_iter().zip(answers) {
        match answer {
            Ok(function) => {
                let site = function.tags.unwrap_or_default().remove(SITE_TAG);
                found.extend(site.map(|site| (site, name)));
            }
            Err(refusal) if refusal.is_not_found() => {}
            Err(refusal) if refusal.is_denied() => notice = Some(refusal.to_string()),
            Err(refusal) => return Err(refusal),
        }
    }
    Ok((found, notice))
}

async fn beginning_with(client: &Client, prefix: &str) -> Result<Candidates, Refusal> {
    let mut pages = client.list_functions().into_paginator().send();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        let functions = match page.map_err(Refusal::to("lambda:ListFunctions", "list the edge functions")) {
            Ok(page) => page.functions.unwrap_or_default(),
            Err(refusal) if refusal.is_denied() => {
                let notice = Some(format!("edge functions were not looked for: {refusal}"));
                return Ok(Candidates { names: Vec::new(), notice });
            }
            Err(refusal) => return Err(refusal),
        };
        names.extend(
            functions.into_iter().filter_map(|it| it.function_name).filter(|it| it.starts_with(prefix)),
        );
    }
    Ok(Candidates { names, notice: None })
}

/// What the candidates are. One round of calls, further pages not counted.
///
/// # Errors
/// When AWS refuses to read them.
pub async fn read(
    client: &Client,
    site: &str,
    candidates: Candidates,
) -> Result<Holdings<ObservedEdgeFunction>, Refusal> {
    let claims = candidates.names.into_iter().map(|name| claim(client, site, name));
    let mut holdings = Holdings::default();
    // One that was removed since it was listed has no claim.
    try_join_all(claims).await?.into_iter().flatten().for_each(|claim| holdings.add(Some(claim)));
    Ok(holdings)
}

async fn claim(
    client: &Client,
    site: &str,
    name: String,
) -> Result<Option<Claim<ObservedEdgeFunction>>, Refusal> {
    let (function, versions) = match tokio::try_join!(get(client, &name, None), versions(client, &name)) {
        Ok(read) => read,
        Err(refusal) if refusal.is_not_found() => return Ok(None),
        Err(refusal) => return Err(refusal),
    };
    let tags: BTreeMap<_, _> = function.tags.unwrap_or_default().into_iter().collect();
    if let Err(why) = tags::ownership(&tags, site) {
        let resource = ResourceId::new(Kind::EdgeFunction, name);
        return Ok(Some(Claim::Foreign(Foreign { resource, why })));
    }
    let Some(latest) = function.configuration else { return Ok(None) };
    let versions = versions.iter().filter_map(version).collect();
    Ok(Some(Claim::Ours(ObservedEdgeFunction { name, latest: spec_of(&latest), versions })))
}

/// What a configuration says, as far as we model it.
pub(super) fn spec_of(found: &FunctionConfiguration) -> EdgeFunctionSpec {
    let number = |number: Option<i32>| u32::try_from(number.unwrap_or_default()).unwrap_or_default();
    EdgeFunctionSpec {
        code: found.code_sha256.clone(),
        handler: found.handler.clone(),
        runtime: found.runtime.as_ref().map(|runtime| runtime.as_str().to_owned()).unwrap_or_default(),
        memory_mb: number(found.memory_size),
        timeout: Seconds(number(found.timeout).into()),
        role: Ref::Known(found.role.clone().unwrap_or_default()),
    }
}

/// A numbered version; `None` of what can still change.
pub(super) fn version(found: &FunctionConfiguration) -> Option<EdgeVersion> {
    let number = found.version.clone().filter(|number| number != LATEST)?;
    Some(EdgeVersion {
        number,
        arn: found.function_arn.clone()?,
        identity: found.description.clone().unwrap_or_default(),
        code: found.code_sha256.clone().unwrap_or_default(),
    })
}
