//! Who asks, and what they may do: the sandbox's one account may do everything.

use super::Conversation;
use super::answers::{list, page, timestamp};
use super::parameters::validation;
use crate::sandbox::call::{ACCOUNT, Refusal};
use crate::sandbox::cloudfront::Element;
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

/// SimulatePrincipalPolicy: every well-formed action is allowed to our account, on every resource asked about.
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
    let pairs = actions.iter().flat_map(|action| resources.iter().map(move |resource| (*action, *resource)));
    let results = pairs
        .enumerate()
        .map(|(index, (action, resource))| (format!("{index:010}"), allowed(action, resource)));
    Ok(Some(page(&call.parameters, "EvaluationResults", results)?))
}

fn is_action(action: &str) -> bool {
    action.split_once(':').is_some_and(|(service, name)| {
        let plain = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-*".contains(&byte))
        };
        plain(service) && plain(name)
    })
}

fn allowed(action: &str, resource: &str) -> Element {
    Element::new("member")
        .with(Element::leaf("EvalActionName", action))
        .with(Element::leaf("EvalResourceName", resource))
        .with(Element::leaf("EvalDecision", "allowed"))
        .with(list("MatchedStatements", []))
        .with(list("MissingContextValues", []))
}
