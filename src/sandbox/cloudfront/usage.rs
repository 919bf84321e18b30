//! Which distributions use what, and who holds an alias already.

use super::conversation::{Conversation, document};
use super::element::Element;
use super::named::Kind;
use super::neighbours::Surroundings;
use super::refusals::refusal;
use super::rules::names::{alias_covers, covered_by};
use super::rules::views::ConfigView;
use super::state::{Distribution, State};
use crate::sandbox::call::{ACCOUNT, Answer, Refusal};

/// Every distribution that refers to an origin access control or a policy.
pub fn distributions_with<'a>(
    state: &'a State,
    kind: &Kind,
    id: &'a str,
) -> impl Iterator<Item = &'a Distribution> {
    let reference = format!("{}Id", kind.object);
    state.distributions.values().filter(move |distribution| refers(&distribution.config, &reference, id))
}

/// Every distribution that runs a CloudFront Function.
pub fn distributions_with_function<'a>(
    state: &'a State,
    arn: &'a str,
) -> impl Iterator<Item = &'a Distribution> {
    state.distributions.values().filter(move |distribution| refers(&distribution.config, "FunctionARN", arn))
}

/// Whether an element of this name anywhere in a tree holds this text.
pub fn refers(tree: &Element, name: &str, text: &str) -> bool {
    tree.name == name && tree.text == text || tree.children.iter().any(|child| refers(child, name, text))
}

/// ListDistributionsBy…PolicyId: the ids of the distributions that use a policy.
pub fn by_named(call: &mut Conversation, kind: &Kind) -> Result<Answer, Refusal> {
    let id = call.id();
    if kind.find(&call.state, id).is_none() {
        let message = format!("The {} does not exist.", kind.words);
        return Err(refusal(&format!("NoSuch{}", kind.object), message));
    }
    let ids =
        distributions_with(&call.state, kind, id).map(|found| (found.id.clone(), found.id.clone())).collect();
    let page = call.page(ids)?.write("DistributionIdList", |id| Element::leaf("DistributionId", id));
    Ok(document(200, &page))
}

/// ListConflictingAliases: who else holds an alias, or a wildcard over it. The asking distribution must hold
/// a certificate that covers the alias (aws-facts.md A.2).
pub fn conflicting_aliases(call: &mut Conversation) -> Result<Answer, Refusal> {
    let asked = call.request.query("Alias").unwrap_or_default().to_owned();
    let id = call.request.query("DistributionId").unwrap_or_default();
    let Some(own) = call.state.distributions.get(id) else {
        return Err(refusal("NoSuchDistribution", "The specified distribution does not exist."));
    };
    let view = ConfigView::new(&own.config);
    let surroundings = Surroundings::look(call.world, &view)?;
    let certificate = surroundings.certificates.get(view.certificate_arn());
    if !certificate.is_some_and(|certificate| covered_by(&asked, &certificate.names)) {
        return Err(refusal("InvalidArgument", "The distribution has no certificate that covers the alias."));
    }
    let others = call.state.distributions.values().filter(|other| other.id != own.id);
    let conflicts = others.flat_map(|other| {
        let aliases = other.config.texts_at("Aliases");
        let matching = aliases.into_iter().filter(|alias| *alias == asked || alias_covers(alias, &asked));
        matching
            .map(|alias| (format!("{} {alias}", other.id), conflict(alias, &other.id)))
            .collect::<Vec<_>>()
    });
    let page = call.page(conflicts.collect())?.write_short("ConflictingAliasesList", |conflict| conflict);
    Ok(document(200, &page))
}

fn conflict(alias: &str, distribution: &str) -> Element {
    Element::new("ConflictingAlias")
        .with(Element::leaf("Alias", alias))
        .with(Element::leaf("DistributionId", distribution))
        .with(Element::leaf("AccountId", ACCOUNT))
}
