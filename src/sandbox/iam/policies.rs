//! Policies of roles: inside them, and attached to them.

use super::answers::page;
use super::policy_document::{self, encode};
use super::roles::refuse_service_linked;
use super::{Conversation, rules};
use crate::sandbox::call::Refusal;
use crate::sandbox::cloudfront::Element;

type Fields = Result<Option<Vec<Element>>, Refusal>;

/// How much may stand inside a role, and how many policies may be attached to it.
const INLINE_CHARACTERS: usize = 10_240;
const ATTACHED: usize = 10;

/// PutRolePolicy: overwrites (aws-facts.md A.6).
pub fn put(call: &mut Conversation) -> Fields {
    let (role_name, name) = role_and_policy(call)?;
    let document = call.parameters.needed("PolicyDocument")?.to_owned();
    rules::check_policy_name(&name)?;
    let role = call.state.role_mut(&role_name)?;
    refuse_service_linked(&role_name, role)?;
    policy_document::check_permissions(&document)?;
    let others = role.inline.iter().filter(|(other, _)| **other != name);
    let others: usize = others.map(|(_, document)| policy_document::length(document)).sum();
    if others + policy_document::length(&document) > INLINE_CHARACTERS {
        let message =
            format!("Maximum policy size of {INLINE_CHARACTERS} bytes exceeded for role {role_name}");
        return Err(Refusal::new(409, "LimitExceeded", message));
    }
    role.inline.insert(name, document);
    Ok(None)
}

/// GetRolePolicy, with the document URL-encoded.
pub fn get(call: &mut Conversation) -> Fields {
    let (role_name, name) = role_and_policy(call)?;
    let role = call.state.role(&role_name)?;
    let document = role.inline.get(&name).ok_or_else(|| no_such_policy(&name))?;
    Ok(Some(vec![
        Element::leaf("RoleName", &role_name),
        Element::leaf("PolicyName", &name),
        Element::leaf("PolicyDocument", encode(document)),
    ]))
}

/// DeleteRolePolicy.
pub fn delete(call: &mut Conversation) -> Fields {
    let (role_name, name) = role_and_policy(call)?;
    let role = call.state.role_mut(&role_name)?;
    refuse_service_linked(&role_name, role)?;
    role.inline.remove(&name).ok_or_else(|| no_such_policy(&name))?;
    Ok(None)
}

/// ListRolePolicies.
pub fn list(call: &mut Conversation) -> Fields {
    let role = call.state.role(call.parameters.needed("RoleName")?)?;
    let names = role.inline.keys().map(|name| (name.clone(), Element::leaf("member", name)));
    Ok(Some(page(&call.parameters, "PolicyNames", names)?))
}

/// AttachRolePolicy. The account has no policies of its own, so only AWS's can be attached.
pub fn attach(call: &mut Conversation) -> Fields {
    let role_name = call.parameters.needed("RoleName")?.to_owned();
    let arn = call.parameters.needed("PolicyArn")?.to_owned();
    let role = call.state.role_mut(&role_name)?;
    refuse_service_linked(&role_name, role)?;
    if !MANAGED.contains(&arn.as_str()) {
        return Err(Refusal::new(
            404,
            "NoSuchEntity",
            format!("Policy {arn} does not exist or is not attachable."),
        ));
    }
    if role.attached.len() >= ATTACHED && !role.attached.contains(&arn) {
        return Err(Refusal::new(
            409,
            "LimitExceeded",
            format!("Cannot exceed quota for PoliciesPerRole: {ATTACHED}"),
        ));
    }
    role.attached.insert(arn);
    Ok(None)
}

/// DetachRolePolicy.
pub fn detach(call: &mut Conversation) -> Fields {
    let role_name = call.parameters.needed("RoleName")?.to_owned();
    let arn = call.parameters.needed("PolicyArn")?.to_owned();
    let role = call.state.role_mut(&role_name)?;
    refuse_service_linked(&role_name, role)?;
    if !role.attached.remove(&arn) {
        return Err(Refusal::new(404, "NoSuchEntity", format!("Policy {arn} was not found.")));
    }
    Ok(None)
}

/// ListAttachedRolePolicies.
pub fn list_attached(call: &mut Conversation) -> Fields {
    let role = call.state.role(call.parameters.needed("RoleName")?)?;
    let attached = role.attached.iter().map(|arn| {
        let name = arn.rsplit('/').next().unwrap_or_default();
        let element = Element::new("member")
            .with(Element::leaf("PolicyName", name))
            .with(Element::leaf("PolicyArn", arn));
        (arn.clone(), element)
    });
    Ok(Some(page(&call.parameters, "AttachedPolicies", attached)?))
}

fn role_and_policy(call: &Conversation) -> Result<(String, String), Refusal> {
    Ok((call.parameters.needed("RoleName")?.to_owned(), call.parameters.needed("PolicyName")?.to_owned()))
}

fn no_such_policy(name: &str) -> Refusal {
    Refusal::new(404, "NoSuchEntity", format!("The role policy with name {name} cannot be found."))
}

/// AWS's own policies that a role of a site may want.
const MANAGED: [&str; 6] = [
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
    "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
    "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    "arn:aws:iam::aws:policy/AmazonS3FullAccess",
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
];
