//! What IAM remembers: roles.

use crate::sandbox::call::{ACCOUNT, Refusal};
use crate::sandbox::store::Document;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;

/// IAM's whole state.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Identities {
    /// How many identifiers were given out; seeds the next one.
    pub serial: u64,
    /// By name.
    pub roles: BTreeMap<String, Role>,
    /// What the caller may do; everything, where there is no policy.
    #[serde(default)]
    pub callers_policy: Option<String>,
}

impl Document for Identities {
    const FILE: &'static str = "iam.json";
}

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Role {
    /// Such as `AROAEXAMPLE`.
    pub id: String,
    /// Begins and ends with `/`.
    pub path: String,
    /// When it was created.
    pub created: OffsetDateTime,
    /// When its trust policy last changed; who may assume it changes a while after.
    pub trusted: OffsetDateTime,
    /// The trust policy, as sent.
    pub trust: String,
    /// The trust policy that was in force before, if it was changed.
    pub earlier_trust: Option<String>,
    /// Words for people.
    pub description: Option<String>,
    /// How long a session may last.
    pub session_seconds: u32,
    /// The ARN of the boundary policy.
    pub boundary: Option<String>,
    /// Policies inside the role, by name, as sent.
    pub inline: BTreeMap<String, String>,
    /// ARNs of attached policies.
    pub attached: BTreeSet<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl Role {
    /// Its ARN.
    pub fn arn(&self, name: &str) -> String {
        format!("arn:aws:iam::{ACCOUNT}:role{}{name}", self.path)
    }
}

impl Identities {
    /// The role of this name.
    pub fn role(&self, name: &str) -> Result<&Role, Refusal> {
        self.roles.get(name).ok_or_else(|| no_such_role(name))
    }

    /// The role of this name, to be changed.
    pub fn role_mut(&mut self, name: &str) -> Result<&mut Role, Refusal> {
        self.roles.get_mut(name).ok_or_else(|| no_such_role(name))
    }
}

fn no_such_role(name: &str) -> Refusal {
    Refusal::new(404, "NoSuchEntity", format!("The role with name {name} cannot be found."))
}
