//! Lambda@Edge functions. They live in us-east-1, and behaviours name a numbered version, which never changes
//! (aws-facts.md D).

mod change;
mod observe;
mod remove;

pub use change::{create, update};
pub use observe::{Candidates, candidates, candidates_of_all, of_sites, read};
pub use remove::{delete, prune};

use super::refusal::Refusal;
use super::wait::Poll;
use crate::apply::Reporter;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::operation::get_function::GetFunctionOutput;
use aws_sdk_lambda::types::FunctionConfiguration;

/// One function of a site, and how it is reached.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Lambda in us-east-1.
    pub client: &'a Client,
    /// The site that it belongs to.
    pub site: &'a str,
    /// Its name on AWS.
    pub name: &'a str,
    /// How often a change under way is looked at.
    pub poll: Poll,
    /// Where the step says what it waits for.
    pub report: &'a Reporter,
}

/// A function, or one version of it, with its tags and its state.
pub(super) async fn get(
    client: &Client,
    name: &str,
    version: Option<&str>,
) -> Result<GetFunctionOutput, Refusal> {
    let call = client.get_function().function_name(name).set_qualifier(version.map(str::to_owned));
    call.send().await.map_err(Refusal::to("lambda:GetFunction", format!("read the edge function {name}")))
}

/// Every version, `$LATEST` first.
async fn versions(client: &Client, name: &str) -> Result<Vec<FunctionConfiguration>, Refusal> {
    let mut pages = client.list_versions_by_function().function_name(name).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let tried = format!("list the versions of the edge function {name}");
        let page = page.map_err(Refusal::to("lambda:ListVersionsByFunction", tried))?;
        found.extend(page.versions.unwrap_or_default());
    }
    Ok(found)
}

/// The code by which Lambda refuses what a request asks for.
const INVALID: &str = "InvalidParameterValueException";
