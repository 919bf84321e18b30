//! The calls that create, read, change, delete and list distributions.

use super::conversation::{self, Conversation, document, versioned};
use super::element::Element;
use super::neighbours::Surroundings;
use super::refusals::refusal;
use super::rules::{self, Proposal, views::ConfigView};
use super::shapes::{self, distribution::DISTRIBUTION_CONFIG, distribution::DISTRIBUTION_CONFIG_WITH_TAGS};
use super::state::Distribution;
use super::{attachments, defaults, summary, tags};
use crate::sandbox::call::{Answer, Refusal};
use crate::sandbox::pace::Wait;
use std::collections::BTreeMap;

/// How many distributions an account may have (aws-facts.md B, default quotas).
const DISTRIBUTIONS: usize = 500;

/// CreateDistribution.
pub fn create(call: &mut Conversation) -> Result<Answer, Refusal> {
    let config = shapes::read(&call.request.body, "DistributionConfig", &DISTRIBUTION_CONFIG)?;
    create_from(call, config, BTreeMap::new())
}

/// CreateDistributionWithTags.
pub fn create_with_tags(call: &mut Conversation) -> Result<Answer, Refusal> {
    let both =
        shapes::read(&call.request.body, "DistributionConfigWithTags", &DISTRIBUTION_CONFIG_WITH_TAGS)?;
    let tags = tags::read(both.child("Tags"))?;
    let config = both.child("DistributionConfig").cloned().unwrap_or_default();
    create_from(call, config, tags)
}

fn create_from(
    call: &mut Conversation,
    mut config: Element,
    tags: BTreeMap<String, String>,
) -> Result<Answer, Refusal> {
    let reference = config.text_at("CallerReference").to_owned();
    check_reference(call, &reference)?;
    if call.state.distributions.len() >= DISTRIBUTIONS {
        return Err(refusal(
            "TooManyDistributions",
            "You have exceeded the maximum number of distributions.",
        ));
    }
    defaults::complete(&mut config);
    hold(call, &config, None)?;
    let distribution = Distribution {
        id: call.state.next_id('E'),
        domain: call.state.next_domain(),
        etag: call.state.next_id('E'),
        modified: call.now(),
        settled: call.now() + call.world.pace.duration(Wait::DistributionDeployed),
        config,
    };
    call.state.caller_references.insert(reference, distribution.id.clone());
    if !tags.is_empty() {
        call.state.tags.insert(distribution.arn(), tags);
    }
    let location = format!("distribution/{}", distribution.id);
    let answer = conversation::created(
        &location,
        &distribution.etag,
        &summary::whole(&call.state, &distribution, call.now()),
    );
    keep(call, distribution);
    Ok(answer)
}

/// A reference is good for one distribution for ever; a reuse doesn't return the earlier one (aws-facts.md A.2, K4).
fn check_reference(call: &Conversation, reference: &str) -> Result<(), Refusal> {
    if let Some(id) = call.state.caller_references.get(reference) {
        let message = "The caller reference that you are using to create a distribution is associated with another distribution. Already exists: ";
        return Err(refusal("DistributionAlreadyExists", format!("{message}{id}")));
    }
    Ok(())
}

/// GetDistribution.
pub fn get(call: &mut Conversation) -> Result<Answer, Refusal> {
    let distribution = find(call)?;
    Ok(versioned(200, &distribution.etag, &summary::whole(&call.state, distribution, call.now())))
}

/// GetDistributionConfig.
pub fn get_config(call: &mut Conversation) -> Result<Answer, Refusal> {
    let distribution = find(call)?;
    Ok(versioned(200, &distribution.etag, &distribution.config))
}

/// UpdateDistribution: a full replacement, checked against what a client must send at an update.
pub fn update(call: &mut Conversation) -> Result<Answer, Refusal> {
    let distribution = find(call)?.clone();
    call.check_version(&distribution.etag)?;
    let mut config = shapes::read(&call.request.body, "DistributionConfig", &DISTRIBUTION_CONFIG)?;
    rules::hold(
        &rules::update::Change { before: &distribution.config, after: &config },
        rules::update::RULES,
    )?;
    defaults::complete(&mut config);
    hold(call, &config, Some(&distribution))?;
    let distribution = changed(call, distribution, config);
    let answer = versioned(200, &distribution.etag, &summary::whole(&call.state, &distribution, call.now()));
    keep(call, distribution);
    Ok(answer)
}

/// DeleteDistribution: only once it is disabled everywhere (aws-facts.md A.2, K5).
pub fn delete(call: &mut Conversation) -> Result<Answer, Refusal> {
    let distribution = find(call)?.clone();
    call.check_version(&distribution.etag)?;
    if distribution.config.flag_at("Enabled") || !distribution.deployed(call.now()) {
        let message = "The distribution you are trying to delete has not been disabled.";
        return Err(refusal("DistributionNotDisabled", message));
    }
    let now = call.now();
    attachments::follow(&mut call.state.attachments, &distribution.arn(), &[], now);
    call.state.distributions.remove(&distribution.id);
    call.state.tags.remove(&distribution.arn());
    call.state.monitoring.remove(&distribution.id);
    call.state.invalidations.retain(|invalidation| invalidation.distribution != distribution.id);
    Ok(conversation::no_content())
}

/// ListDistributions.
pub fn list(call: &mut Conversation) -> Result<Answer, Refusal> {
    let all = call
        .state
        .distributions
        .values()
        .map(|distribution| (distribution.id.clone(), distribution))
        .collect();
    let page =
        call.page(all)?.write("DistributionList", |distribution| summary::short(distribution, call.now()));
    Ok(document(200, &page))
}

/// The distribution that the path names.
pub fn find<'a>(call: &'a Conversation) -> Result<&'a Distribution, Refusal> {
    let found = call.state.distributions.get(call.id());
    found.ok_or_else(|| refusal("NoSuchDistribution", "The specified distribution does not exist."))
}

fn hold(call: &Conversation, config: &Element, own: Option<&Distribution>) -> Result<(), Refusal> {
    let view = ConfigView::new(config);
    let surroundings = Surroundings::look(call.world, &view)?;
    let proposal = Proposal { config: view, own, state: &call.state, surroundings: &surroundings };
    rules::hold_distribution(&proposal)
}

/// A distribution with another configuration, which has yet to reach every edge location.
pub fn changed(call: &mut Conversation, distribution: Distribution, config: Element) -> Distribution {
    Distribution {
        etag: call.state.next_id('E'),
        modified: call.now(),
        settled: call.now() + call.world.pace.duration(Wait::DistributionDeployed),
        config,
        ..distribution
    }
}

/// Keeps a distribution that was made or changed, and what it holds of other services.
pub fn keep(call: &mut Conversation, distribution: Distribution) {
    let now = call.now();
    let held = attachments::held(&distribution.config);
    attachments::follow(&mut call.state.attachments, &distribution.arn(), &held, now);
    call.state.distributions.insert(distribution.id.clone(), distribution);
}
