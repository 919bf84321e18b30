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
use crate::sandbox::store::Store;
use std::io;

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

/// ListConflictingAliases: who else holds an alias, a wildcard over it, or what it is a wildcard over. The asking
/// distribution must hold a certificate that covers the alias (aws-facts.md A.2).
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
    let page = call.page(conflicts(&call.state, &own.id, &asked))?;
    Ok(document(200, &page.write_short("ConflictingAliasesList", |conflict| conflict)))
}

/// Everyone else's aliases that overlap with the asked one, each under a marker of its own.
fn conflicts(state: &State, own: &str, asked: &str) -> Vec<(String, Element)> {
    let others = state.distributions.values().filter(|other| other.id != own);
    let here = others.flat_map(|other| {
        let aliases = other.config.texts_at("Aliases").into_iter();
        aliases.map(|alias| (alias, other.id.as_str(), ACCOUNT))
    });
    let elsewhere = state.held_elsewhere.iter();
    let elsewhere = elsewhere.map(|(alias, account)| (alias.as_str(), ELSEWHERE, account.as_str()));
    let overlaps = |alias: &str| alias == asked || alias_covers(alias, asked) || alias_covers(asked, alias);
    let found = here.chain(elsewhere).filter(|(alias, _, _)| overlaps(alias));
    found.map(|(alias, id, account)| (format!("{id} {alias}"), conflict(alias, id, account))).collect()
}

/// The distribution of another account that has whatever is held there.
const ELSEWHERE: &str = "E2QWRUHEXAMPLE";

/// Ids are hidden but for their ends, those of the asking account too (service model).
fn conflict(alias: &str, distribution: &str, account: &str) -> Element {
    let masked = |id: &str| "*".repeat(id.len() / 2) + &id[id.len() / 2..];
    Element::new("ConflictingAlias")
        .with(Element::leaf("Alias", alias))
        .with(Element::leaf("DistributionId", masked(distribution)))
        .with(Element::leaf("AccountId", masked(account)))
}

/// Gives an alias to a distribution of another account.
pub fn hold_elsewhere(store: &Store, alias: &str, account: &str) -> io::Result<()> {
    let guard = store.lock()?;
    let mut state: State = guard.read()?;
    state.held_elsewhere.insert(alias.to_owned(), account.to_owned());
    guard.write(&state)
}
