//! The operations. A new one is one row.

use super::{Conversation, policies, role_tags, roles, simulate};
use crate::sandbox::call::Refusal;
use crate::sandbox::cloudfront::Element;

type Handler = fn(&mut Conversation) -> Result<Option<Vec<Element>>, Refusal>;

/// One operation.
#[derive(Debug)]
pub struct Route {
    /// Its name.
    pub operation: &'static str,
    /// Whether it changes anything.
    pub changes: bool,
    /// Answers it: the fields of its result, or none where the operation has no result.
    pub handle: Handler,
}

/// The operation of this name.
pub fn find(operation: &str) -> Result<&'static Route, Refusal> {
    ROUTES.iter().find(|route| route.operation == operation).ok_or_else(|| {
        Refusal::new(
            400,
            "InvalidAction",
            format!("Could not find operation {operation} for version 2010-05-08"),
        )
    })
}

const fn reads(operation: &'static str, handle: Handler) -> Route {
    Route { operation, changes: false, handle }
}

const fn changes(operation: &'static str, handle: Handler) -> Route {
    Route { operation, changes: true, handle }
}

/// The name of every operation.
pub fn operations() -> impl Iterator<Item = &'static str> {
    ROUTES.iter().map(|route| route.operation)
}

const ROUTES: &[Route] = &[
    changes("CreateRole", roles::create),
    reads("GetRole", roles::get),
    reads("ListRoles", roles::list),
    changes("UpdateRole", roles::update),
    changes("UpdateAssumeRolePolicy", roles::update_trust),
    changes("DeleteRole", roles::delete),
    changes("CreateServiceLinkedRole", roles::create_service_linked),
    reads("ListInstanceProfilesForRole", roles::list_instance_profiles),
    changes("TagRole", role_tags::tag),
    changes("UntagRole", role_tags::untag),
    reads("ListRoleTags", role_tags::list),
    changes("PutRolePolicy", policies::put),
    reads("GetRolePolicy", policies::get),
    changes("DeleteRolePolicy", policies::delete),
    reads("ListRolePolicies", policies::list),
    changes("AttachRolePolicy", policies::attach),
    changes("DetachRolePolicy", policies::detach),
    reads("ListAttachedRolePolicies", policies::list_attached),
    reads("GetUser", simulate::user),
    reads("SimulatePrincipalPolicy", simulate::simulate),
];
