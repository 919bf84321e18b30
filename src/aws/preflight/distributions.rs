//! The account's distributions: how many there are, and which names they serve.

use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use crate::blueprint::names::resource_name;
use aws_sdk_cloudfront::types::DistributionSummary;

/// What the account's distributions say about one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// How many there are.
    pub count: usize,
    /// The id of the site's own, as far as its origins tell.
    pub own: Option<String>,
    /// The names that others serve, with the ids of those.
    pub taken: Vec<(String, String)>,
}

/// Looks through all distributions.
pub async fn survey(session: &Session, site: &str) -> Result<Survey, Refusal> {
    let mut pages = session.cloudfront().list_distributions().into_paginator().send();
    let mut survey = Survey::default();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("cloudfront:ListDistributions", "list the distributions"))?;
        for summary in page.distribution_list.and_then(|list| list.items).unwrap_or_default() {
            survey.count += 1;
            survey.note(&summary, site);
        }
    }
    Ok(survey)
}

impl Survey {
    fn note(&mut self, summary: &DistributionSummary, site: &str) {
        let primary = resource_name(site, "primary");
        let origins = summary.origins.as_ref().map(|origins| origins.items.as_slice()).unwrap_or_default();
        if origins.iter().any(|origin| origin.id == primary) {
            self.own = Some(summary.id.clone());
            return;
        }
        let aliases = summary.aliases.as_ref().and_then(|aliases| aliases.items.as_deref());
        let taken = aliases.unwrap_or_default().iter().map(|alias| (alias.clone(), summary.id.clone()));
        self.taken.extend(taken);
    }
}

/// The distributions that keep `domain` from being added to ours, whoever's they are. CloudFront can only be
/// asked about a distribution whose certificate covers the domain (aws-facts.md A.2).
pub async fn conflicts(session: &Session, own: &str, domain: &str) -> Result<Vec<String>, Refusal> {
    let call = session.cloudfront().list_conflicting_aliases().distribution_id(own).alias(domain);
    let answer = call
        .send()
        .await
        .map_err(Refusal::to("cloudfront:ListConflictingAliases", format!("ask who else serves {domain}")))?;
    let found = answer.conflicting_aliases_list.and_then(|list| list.items).unwrap_or_default();
    let others = found.into_iter().filter_map(|conflict| conflict.distribution_id);
    Ok(others.filter(|id| id != own).collect())
}
