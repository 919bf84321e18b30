//! Roles.

use super::answers::{list as members, page, timestamp};
use super::parameters::validation;
use super::policy_document::{self, encode};
use super::role_tags;
use super::state::Role;
use super::{Conversation, rules};
use crate::sandbox::call::Refusal;
use crate::sandbox::cloudfront::Element;
use crate::sandbox::identifiers;
use std::collections::{BTreeMap, BTreeSet};

type Fields = Result<Option<Vec<Element>>, Refusal>;

/// CreateRole.
pub fn create(call: &mut Conversation) -> Fields {
    let name = call.parameters.needed("RoleName")?.to_owned();
    let trust = call.parameters.needed("AssumeRolePolicyDocument")?.to_owned();
    let path = call.parameters.text("Path").unwrap_or("/").to_owned();
    rules::check_role_name(&name)?;
    rules::check_path(&path)?;
    let description = call.parameters.text("Description").map(str::to_owned);
    rules::check_description(description.as_deref())?;
    let session_seconds = rules::session_seconds(call.parameters.text("MaxSessionDuration"))?;
    policy_document::check_trust(&trust)?;
    let tags = role_tags::read(&call.parameters)?;
    if call.state.roles.keys().any(|taken| taken.eq_ignore_ascii_case(&name)) {
        return Err(Refusal::new(
            409,
            "EntityAlreadyExists",
            format!("Role with name {name} already exists."),
        ));
    }
    rules::check_role_quota(call.state.roles.len())?;
    let boundary = call.parameters.text("PermissionsBoundary").map(str::to_owned);
    let role = Role { path, description, session_seconds, boundary, tags, ..new_role(call, &trust) };
    let written = write("Role", &name, &role);
    call.state.roles.insert(name, role);
    Ok(Some(vec![written]))
}

fn new_role(call: &mut Conversation, trust: &str) -> Role {
    call.state.serial += 1;
    let id = identifiers::capitals(&format!("role {}", call.state.serial), 17);
    Role {
        id: format!("AROA{id}"),
        path: "/".to_owned(),
        created: call.now(),
        trusted: call.now(),
        trust: trust.to_owned(),
        earlier_trust: None,
        description: None,
        session_seconds: 3600,
        boundary: None,
        inline: BTreeMap::new(),
        attached: BTreeSet::new(),
        tags: BTreeMap::new(),
    }
}

/// GetRole.
pub fn get(call: &mut Conversation) -> Fields {
    let name = call.parameters.needed("RoleName")?;
    Ok(Some(vec![write("Role", name, call.state.role(name)?)]))
}

/// ListRoles, which leaves tags out.
pub fn list(call: &mut Conversation) -> Fields {
    let prefix = call.parameters.text("PathPrefix").unwrap_or("/");
    let roles = call.state.roles.iter().filter(|(_, role)| role.path.starts_with(prefix));
    let written = roles.map(|(name, role)| {
        let mut element = write("member", name, role);
        element.remove("Tags");
        (name.clone(), element)
    });
    Ok(Some(page(&call.parameters, "Roles", written)?))
}

/// UpdateRole: the description and the length of sessions.
pub fn update(call: &mut Conversation) -> Fields {
    let name = call.parameters.needed("RoleName")?.to_owned();
    let description = call.parameters.text("Description").map(str::to_owned);
    rules::check_description(description.as_deref())?;
    let seconds = call
        .parameters
        .text("MaxSessionDuration")
        .map(|seconds| rules::session_seconds(Some(seconds)))
        .transpose()?;
    let role = call.state.role_mut(&name)?;
    refuse_service_linked(&name, role)?;
    role.description = description.or(role.description.take());
    role.session_seconds = seconds.unwrap_or(role.session_seconds);
    Ok(Some(Vec::new()))
}

/// UpdateAssumeRolePolicy. Who may assume the role changes a while after.
pub fn update_trust(call: &mut Conversation) -> Fields {
    let name = call.parameters.needed("RoleName")?.to_owned();
    let trust = call.parameters.needed("PolicyDocument")?.to_owned();
    let now = call.now();
    let role = call.state.role_mut(&name)?;
    refuse_service_linked(&name, role)?;
    policy_document::check_trust(&trust)?;
    if role.trust != trust {
        role.earlier_trust = Some(std::mem::replace(&mut role.trust, trust));
        role.trusted = now;
    }
    Ok(None)
}

/// DeleteRole: only once it holds no policies (aws-facts.md A.6, K32).
pub fn delete(call: &mut Conversation) -> Fields {
    let name = call.parameters.needed("RoleName")?.to_owned();
    let role = call.state.role(&name)?;
    refuse_service_linked(&name, role)?;
    if !role.attached.is_empty() {
        return Err(conflict("Cannot delete entity, must detach all policies first."));
    }
    if !role.inline.is_empty() {
        return Err(conflict("Cannot delete entity, must delete policies first."));
    }
    call.state.roles.remove(&name);
    Ok(None)
}

fn conflict(message: &str) -> Refusal {
    Refusal::new(409, "DeleteConflict", message)
}

/// CreateServiceLinkedRole. The service decides the role's name and trust.
pub fn create_service_linked(call: &mut Conversation) -> Fields {
    let service = call.parameters.needed("AWSServiceName")?.to_owned();
    let Some((_, name)) = SERVICE_LINKED.iter().find(|(known, _)| *known == service) else {
        return Err(Refusal::new(
            400,
            "InvalidInput",
            format!("Service role {service} does not support service-linked roles."),
        ));
    };
    if call.state.roles.contains_key(*name) {
        let message = format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        );
        return Err(Refusal::new(400, "InvalidInput", message));
    }
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let description = call.parameters.text("Description").map(str::to_owned);
    let path = format!("/aws-service-role/{service}/");
    let role = Role { path, description, ..new_role(call, &trust) };
    let written = write("Role", name, &role);
    call.state.roles.insert((*name).to_owned(), role);
    Ok(Some(vec![written]))
}

/// The services that distributions need roles of (aws-facts.md D.6, I).
const SERVICE_LINKED: [(&str, &str); 2] = [
    ("replicator.lambda.amazonaws.com", "AWSServiceRoleForLambdaReplicator"),
    ("logger.cloudfront.amazonaws.com", "AWSServiceRoleForCloudFrontLogger"),
];

/// Roles that belong to a service can't be changed by hand.
pub fn refuse_service_linked(name: &str, role: &Role) -> Result<(), Refusal> {
    if role.path.starts_with("/aws-service-role/") {
        let message = format!(
            "Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
        );
        return Err(Refusal::new(400, "UnmodifiableEntity", message));
    }
    Ok(())
}

/// ListInstanceProfilesForRole: the sandbox has no instances, so there are none.
pub fn list_instance_profiles(call: &mut Conversation) -> Fields {
    call.state.role(call.parameters.needed("RoleName")?)?;
    Ok(Some(page(&call.parameters, "InstanceProfiles", std::iter::empty())?))
}

/// A role, with its trust policy URL-encoded (aws-facts.md A.6).
fn write(tag: &str, name: &str, role: &Role) -> Element {
    let boundary = role.boundary.as_ref().map(|arn| {
        Element::new("PermissionsBoundary")
            .with(Element::leaf("PermissionsBoundaryType", "Policy"))
            .with(Element::leaf("PermissionsBoundaryArn", arn))
    });
    let tags = (!role.tags.is_empty()).then(|| members("Tags", role_tags::write(&role.tags)));
    Element::new(tag)
        .with(Element::leaf("Path", &role.path))
        .with(Element::leaf("RoleName", name))
        .with(Element::leaf("RoleId", &role.id))
        .with(Element::leaf("Arn", role.arn(name)))
        .with(Element::leaf("CreateDate", timestamp(role.created)))
        .with(Element::leaf("AssumeRolePolicyDocument", encode(&role.trust)))
        .with_all(role.description.as_ref().map(|words| Element::leaf("Description", words)))
        .with(Element::leaf("MaxSessionDuration", role.session_seconds))
        .with_all(boundary)
        .with_all(tags)
}

/// The refusal of a name in a role's parameters.
pub fn invalid(place: &str, value: &str, constraint: &str) -> Refusal {
    validation(format!(
        "1 validation error detected: Value '{value}' at '{place}' failed to satisfy constraint: Member must {constraint}"
    ))
}
