//! Whether Lambda may act as a function's execution role.

use super::input::invalid;
use crate::sandbox::call::{Refusal, World};
use crate::sandbox::pace::Wait;
use crate::sandbox::store::Document;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// The part of IAM's document that is read here.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Roles {
    pub(super) roles: BTreeMap<String, Role>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Role {
    pub(super) created: OffsetDateTime,
    pub(super) trust: String,
}

impl Document for Roles {
    const FILE: &'static str = "iam.json";
}

/// A role that is missing, too new, or closed to Lambda is refused alike (aws-facts.md A.5, K24).
pub fn check(world: &World, role_arn: &str) -> Result<(), Refusal> {
    let roles: Roles = world.store.read()?;
    let name = role_arn.rsplit('/').next().unwrap_or_default();
    let delay = world.pace.duration(Wait::RoleAssumable);
    let assumable = roles.roles.get(name).is_some_and(|role| {
        role.created + delay <= world.now && role.trust.contains("\"lambda.amazonaws.com\"")
    });
    match assumable {
        true => Ok(()),
        false => Err(invalid("The role defined for the function cannot be assumed by Lambda.")),
    }
}
