//! Which distributions use what.

use super::conversation::{Conversation, document};
use super::element::Element;
use super::named::Kind;
use super::refusals::refusal;
use super::state::{Distribution, State};
use crate::sandbox::call::{Answer, Refusal};

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
