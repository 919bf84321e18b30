//! Whether the functions that a distribution runs can run.

use crate::aws::edge_function;
use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use aws_sdk_cloudfront::types::FunctionStage;
use aws_sdk_lambda::types::{LastUpdateStatus, State};

/// Whether a function can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It can.
    Active,
    /// It is being made ready.
    Pending,
    /// It can't; AWS's word for the reason.
    Failed(String),
    /// There is none, or none that was published.
    Absent,
}

/// Whether a version of a Lambda@Edge function can run.
///
/// # Errors
/// When AWS refuses to read it.
pub async fn lambda(session: &Session, name: &str, version: &str) -> Result<Readiness, Refusal> {
    let found = match edge_function::get(session.lambda(), name, Some(version)).await {
        Err(refusal) if refusal.is_not_found() => return Ok(Readiness::Absent),
        other => other?.configuration,
    };
    let Some(found) = found else { return Ok(Readiness::Absent) };
    let reason =
        || found.state_reason.clone().or(found.last_update_status_reason.clone()).unwrap_or_default();
    Ok(match (&found.state, &found.last_update_status) {
        (Some(State::Failed), _) | (_, Some(LastUpdateStatus::Failed)) => Readiness::Failed(reason()),
        (Some(State::Pending), _) | (_, Some(LastUpdateStatus::InProgress)) => Readiness::Pending,
        // Also Inactive: Lambda puts what nobody called for weeks to sleep, and wakes it at the next call.
        (_, _) => Readiness::Active,
    })
}

/// Whether a CloudFront Function can run.
///
/// # Errors
/// When AWS refuses to read it.
pub async fn cloudfront(session: &Session, name: &str) -> Result<Readiness, Refusal> {
    let call = session.cloudfront().describe_function().name(name).stage(FunctionStage::Live);
    let tried = format!("read the function {name}");
    match call.send().await.map_err(Refusal::to("cloudfront:DescribeFunction", tried)) {
        Ok(_) => Ok(Readiness::Active),
        Err(refusal) if refusal.is_not_found() => Ok(Readiness::Absent),
        Err(refusal) => Err(refusal),
    }
}
