//! What CloudFront refuses: tables with one row a rule, a file a subject.
//!
//! Rows are checked in order and the first complaint is the answer. Messages that were seen on real accounts
//! are AWS's own words (aws-facts.md A, B, K); where only the code is known, the words are ours and clients
//! should go by the code.

pub mod behaviours;
pub mod cache_policy;
mod calls;
pub mod edge;
pub mod forwarding;
pub mod function;
pub mod general;
pub mod invalidation;
pub mod key_value_store;
pub mod methods;
pub mod names;
pub mod origin_access_control;
pub mod origin_groups;
pub mod origin_request_policy;
pub mod origin_settings;
pub mod origins;
pub mod pages;
pub mod response_headers_policy;
#[cfg(test)]
mod tests;
pub mod update;
pub mod viewers;
pub mod views;

use super::element::Element;
use super::neighbours::Surroundings;
use super::refusals::refusal;
use super::state::{Distribution, State};
use crate::sandbox::call::Refusal;
use crate::sandbox::rules::RuleRow;
use views::ConfigView;

/// What a table is about.
pub trait Subject {
    /// One of them, which borrows what it was read from.
    type At<'a>;
}

/// One thing that CloudFront refuses about an `S`.
pub struct Rule<S: Subject> {
    /// A short stable name.
    pub id: &'static str,
    /// The error code; it decides the status.
    pub code: &'static str,
    /// What is refused.
    pub about: &'static str,
    /// Where the rule is known from.
    pub source: &'static str,
    /// The message, if the subject breaks the rule.
    pub complaint: for<'a> fn(&S::At<'a>) -> Option<String>,
}

/// Distributions.
#[derive(Debug)]
pub struct Distributions;

impl Subject for Distributions {
    type At<'a> = Proposal<'a>;
}

/// Configurations of origin access controls and policies.
#[derive(Debug)]
pub struct Configurations;

impl Subject for Configurations {
    type At<'a> = Element;
}

/// A distribution as a client wants it, and everything that decides whether it may be so.
#[derive(Debug)]
pub struct Proposal<'a> {
    /// The configuration, with defaults filled in.
    pub config: ConfigView<'a>,
    /// The distribution that is changed; a new one has none.
    pub own: Option<&'a Distribution>,
    /// Everything else in CloudFront.
    pub state: &'a State,
    /// What other services hold of what the configuration names.
    pub surroundings: &'a Surroundings,
}

impl Proposal<'_> {
    /// Every other distribution.
    pub fn others(&self) -> impl Iterator<Item = &Distribution> {
        let own = self.own.map(|own| own.id.as_str());
        self.state.distributions.values().filter(move |other| Some(other.id.as_str()) != own)
    }
}

/// The message, if something is wrong.
pub fn says(wrong: bool, message: &str) -> Option<String> {
    wrong.then(|| message.to_owned())
}

/// Holds a subject against a table.
pub fn hold<S: Subject>(subject: &S::At<'_>, rules: &[Rule<S>]) -> Result<(), Refusal> {
    let broken = rules.iter().find_map(|rule| Some((rule.code, (rule.complaint)(subject)?)));
    broken.map_or(Ok(()), |(code, message)| Err(refusal(code, message)))
}

/// Holds a distribution against every table about distributions.
pub fn hold_distribution(proposal: &Proposal) -> Result<(), Refusal> {
    DISTRIBUTION_TABLES.iter().try_for_each(|rules| hold(proposal, rules))
}

const DISTRIBUTION_TABLES: [&[Rule<Distributions>]; 10] = [
    general::RULES,
    origins::RULES,
    origin_settings::RULES,
    origin_groups::RULES,
    behaviours::RULES,
    methods::RULES,
    forwarding::RULES,
    edge::RULES,
    viewers::RULES,
    pages::RULES,
];

const CONFIGURATION_TABLES: [&[Rule<Configurations>]; 4] = [
    origin_access_control::RULES,
    cache_policy::RULES,
    origin_request_policy::RULES,
    response_headers_policy::RULES,
];

/// Every rule of CloudFront, for people.
pub fn rules() -> Vec<RuleRow> {
    let mut all = rows(update::RULES);
    all.extend(DISTRIBUTION_TABLES.into_iter().flat_map(rows));
    all.extend(CONFIGURATION_TABLES.into_iter().flat_map(rows));
    all.extend(rows(function::RULES));
    all.extend(rows(key_value_store::RULES));
    all.extend(rows(invalidation::RULES));
    all.extend(calls::ROWS.iter().map(|[id, code, about, source]| RuleRow {
        service: "cloudfront",
        id,
        about,
        code,
        source,
    }));
    all
}

fn rows<S: Subject>(rules: &[Rule<S>]) -> Vec<RuleRow> {
    let row = |rule: &Rule<S>| RuleRow {
        service: "cloudfront",
        id: rule.id,
        about: rule.about,
        code: rule.code,
        source: rule.source,
    };
    rules.iter().map(row).collect()
}
