//! Who asks, and what they may do: everything, unless a test restricts the one caller there is.

use super::answers::{list, page, timestamp};
use super::evaluation::{Asked, Decision, decide};
use super::parameters::validation;
use super::state::Identities;
use super::{Conversation, policy_document};
use crate::sandbox::call::{ACCOUNT, Refusal};
use crate::sandbox::cloudfront::Element;
use crate::sandbox::store::Store;
use std::io;
use time::macros::datetime;

type Fields = Result<Option<Vec<Element>>, Refusal>;

/// GetUser: the account's root, whom every call comes from.
pub fn user(call: &mut Conversation) -> Fields {
    if let Some(name) = call.parameters.text("UserName") {
        return Err(Refusal::new(404, "NoSuchEntity", format!("The user with name {name} cannot be found.")));
    }
    let user = Element::new("User")
        .with(Element::leaf("Path", "/"))
        .with(Element::leaf("UserName", "root"))
        .with(Element::leaf("UserId", ACCOUNT))
        .with(Element::leaf("Arn", format!("arn:aws:iam::{ACCOUNT}:root")))
        .with(Element::leaf("CreateDate", timestamp(datetime!(2020-01-01 00:00 UTC))));
    Ok(Some(vec![user]))
}

/// SimulatePrincipalPolicy: without a policy of its own, the account may do every well-formed action.
pub fn simulate(call: &mut Conversation) -> Fields {
    let source = call.parameters.needed("PolicySourceArn")?;
    if !source.starts_with(&format!("arn:aws:iam::{ACCOUNT}:")) {
        return Err(Refusal::new(404, "NoSuchEntity", format!("The principal {source} cannot be found.")));
    }
    let actions = call.parameters.list("ActionNames");
    if actions.is_empty() {
        call.parameters.needed("ActionNames")?;
    }
    if let Some(wrong) = actions.iter().find(|action| !is_action(action)) {
        return Err(validation(format!("Invalid action name: {wrong}")));
    }
    let resources = match call.parameters.list("ResourceArns") {
        none if none.is_empty() => vec!["*"],
        some => some,
    };
    let statements = match &call.state.callers_policy {
        Some(document) => Some(policy_document::statements(document)?),
        None => None,
    };
    let context = call.parameters.context_entries();
    let pairs = actions.iter().flat_map(|action| resources.iter().map(move |resource| (*action, *resource)));
    let results = pairs.enumerate().map(|(index, (action, resource))| {
        let asked = Asked { action, resource, context: &context };
        let decision = statements.as_ref().map_or(Decision::Allowed, |statements| decide(statements, &asked));
        (format!("{index:010}"), result(&asked, decision))
    });
    Ok(Some(page(&call.parameters, "EvaluationResults", results)?))
}

/// Lets the caller do only what a policy document allows; `None` lets it do everything again.
pub fn restrict(store: &Store, document: Option<&str>) -> io::Result<()> {
    let checked = document.map_or(Ok(()), policy_document::check_permissions);
    checked.map_err(|refusal| io::Error::new(io::ErrorKind::InvalidInput, refusal.message))?;
    let guard = store.lock()?;
    let mut state: Identities = guard.read()?;
    state.callers_policy = document.map(str::to_owned);
    guard.write(&state)
}

fn is_action(action: &str) -> bool {
    action.split_once(':').is_some_and(|(service, name)| {
        let plain = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-*".contains(&byte))
        };
        plain(service) && plain(name)
    })
}

fn result(asked: &Asked, decision: Decision) -> Element {
    Element::new("member")
        .with(Element::leaf("EvalActionName", asked.action))
        .with(Element::leaf("EvalResourceName", asked.resource))
        .with(Element::leaf("EvalDecision", decision.name()))
        .with(list("MatchedStatements", []))
        .with(list("MissingContextValues", []))
}
