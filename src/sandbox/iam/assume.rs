//! Whether a service may act as a role yet.

use super::policy_document::{Statement, actions, statements, texts};
use super::state::{Identities, Role};
use crate::sandbox::pace::{Pace, Wait};
use crate::sandbox::store::Store;
use serde_json::Value;
use time::OffsetDateTime;

/// Whether `principal`, such as `lambda.amazonaws.com`, may assume a role now. A new role, and a new trust
/// policy, count only after a while (aws-facts.md A.6, H); until then the earlier trust counts.
pub fn assumable(
    store: &Store,
    now: OffsetDateTime,
    pace: Pace,
    role_arn: &str,
    principal: &str,
) -> std::io::Result<bool> {
    let identities: Identities = store.read()?;
    let role = identities.roles.iter().find(|(name, role)| role.arn(name) == role_arn);
    Ok(role
        .and_then(|(_, role)| trust_in_force(role, now, pace))
        .is_some_and(|trust| trusts(trust, principal)))
}

fn trust_in_force(role: &Role, now: OffsetDateTime, pace: Pace) -> Option<&str> {
    let delay = pace.duration(Wait::RoleAssumable);
    if now < role.created + delay {
        return None;
    }
    let settled = now >= role.trusted + delay;
    Some(role.earlier_trust.as_deref().filter(|_| !settled).unwrap_or(&role.trust))
}

fn trusts(trust: &str, principal: &str) -> bool {
    let statements = statements(trust).unwrap_or_default();
    let speaks = |effect: &str| statements.iter().any(|statement| names(statement, effect, principal));
    speaks("Allow") && !speaks("Deny")
}

fn names(statement: &Statement, effect: &str, principal: &str) -> bool {
    let same = statement.get("Effect").and_then(Value::as_str) == Some(effect);
    let assumes = actions(statement).iter().any(|action| matches!(*action, "sts:AssumeRole" | "sts:*" | "*"));
    let services = texts(statement.get("Principal").and_then(|principal| principal.get("Service")));
    let everyone = statement.get("Principal").and_then(Value::as_str) == Some("*");
    same && assumes && (everyone || services.contains(&principal))
}
