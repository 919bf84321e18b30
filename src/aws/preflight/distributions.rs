//! The account's distributions: how many there are, and which names they serve.

use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use crate::blueprint::names::resource_name;
use aws_sdk_cloudfront::types::{ConflictingAlias, DistributionSummary};

/// What the account's distributions say about one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Every distribution, the site's own among them.
    pub all: Vec<Surveyed>,
    /// The id of the site's own, as far as its origins tell.
    pub own: Option<String>,
}

/// A distribution, as the list shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surveyed {
    /// Its id.
    pub id: String,
    /// Its own host name.
    pub host: String,
    /// The names that it serves.
    pub aliases: Vec<String>,
    /// The ARN of the certificate that it shows for them.
    pub certificate: Option<String>,
    /// How often its behaviours name Lambda@Edge functions.
    pub edge_calls: usize,
}

/// Somebody who has a name that overlaps with one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The name.
    pub alias: String,
    /// The id of the distribution that has it, hidden but for its end.
    pub distribution: String,
    /// The account of that distribution, hidden but for its end.
    pub account: String,
}

/// Looks through all distributions.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn survey(session: &Session, site: &str) -> Result<Survey, Refusal> {
    let mut pages = session.cloudfront().list_distributions().into_paginator().send();
    let mut survey = Survey::default();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("cloudfront:ListDistributions", "list the distributions"))?;
        for summary in page.distribution_list.and_then(|list| list.items).unwrap_or_default() {
            survey.note(summary, site);
        }
    }
    Ok(survey)
}

impl Survey {
    /// The site's own distribution.
    pub fn own(&self) -> Option<&Surveyed> {
        self.all.iter().find(|found| Some(&found.id) == self.own.as_ref())
    }

    /// All but the site's own.
    pub fn others(&self) -> impl Iterator<Item = &Surveyed> {
        self.all.iter().filter(|found| Some(&found.id) != self.own.as_ref())
    }

    fn note(&mut self, summary: DistributionSummary, site: &str) {
        let primary = resource_name(site, "primary");
        let origins = summary.origins.as_ref().map(|origins| origins.items.as_slice()).unwrap_or_default();
        if origins.iter().any(|origin| origin.id == primary) {
            self.own = Some(summary.id.clone());
        }
        self.all.push(Surveyed {
            edge_calls: edge_calls(&summary),
            id: summary.id,
            host: summary.domain_name,
            aliases: summary.aliases.and_then(|aliases| aliases.items).unwrap_or_default(),
            certificate: summary.viewer_certificate.and_then(|viewers| viewers.acm_certificate_arn),
        });
    }
}

fn edge_calls(summary: &DistributionSummary) -> usize {
    let default = summary.default_cache_behavior.iter().map(|all| &all.lambda_function_associations);
    let of_paths = summary.cache_behaviors.iter().filter_map(|paths| paths.items.as_ref()).flatten();
    let all = default.chain(of_paths.map(|path| &path.lambda_function_associations));
    all.flatten().map(|calls| usize::try_from(calls.quantity).unwrap_or(0)).sum()
}

/// Who has a name that overlaps with `alias`, in any account. CloudFront can only be asked by way of a distribution
/// whose certificate covers the name (aws-facts.md A.2).
///
/// # Errors
///
/// When AWS refuses to say.
pub async fn conflicts(session: &Session, by: &str, alias: &str) -> Result<Vec<Conflict>, Refusal> {
    let call = session.cloudfront().list_conflicting_aliases().distribution_id(by).alias(alias);
    let answer = call
        .send()
        .await
        .map_err(Refusal::to("cloudfront:ListConflictingAliases", format!("ask who else serves {alias}")))?;
    let found = answer.conflicting_aliases_list.and_then(|list| list.items).unwrap_or_default();
    let conflict = |found: ConflictingAlias| Conflict {
        alias: found.alias.unwrap_or_default(),
        distribution: found.distribution_id.unwrap_or_default(),
        account: found.account_id.unwrap_or_default(),
    };
    Ok(found.into_iter().map(conflict).collect())
}

/// Whether `id` may be what was hidden but for its end.
pub fn may_be(id: &str, hidden: &str) -> bool {
    id.len() == hidden.len() && id.ends_with(hidden.trim_start_matches('*'))
}

#[cfg(test)]
mod tests {
    use super::may_be;

    #[test]
    fn the_end_of_an_id_tells_whose_it_is() {
        assert!(may_be("123456789012", "******789012"));
        assert!(!may_be("123456789012", "******789013"));
        assert!(!may_be("9123456789012", "******789012"));
    }
}
