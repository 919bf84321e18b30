//! One try of a change, and when it is worth another.

use super::refusal::Refusal;
use crate::apply::reporter::Reporter;
use crate::apply::retry::retry;
use crate::error::{Error, Result};
use std::time::Duration;

/// How long a change may keep finding that somebody else was faster.
const STALE: Duration = Duration::from_secs(60);

/// How long a resource may still count as used after the distribution that used it let go of it. The
/// control plane settles within minutes (aws-facts.md A.2 and H).
const IN_USE: Duration = Duration::from_secs(5 * 60);

/// Why one try failed.
#[derive(Debug)]
pub enum Problem {
    /// AWS refused.
    Refused(Refusal),
    /// We could not even ask.
    Unasked(Error),
}

impl Problem {
    /// What AWS said, if it was asked.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Problem::Refused(refusal) => Some(refusal),
            Problem::Unasked(_) => None,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Problem::Refused(refusal)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Problem::Unasked(error)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Refused(refusal) => refusal.into(),
            Problem::Unasked(error) => error,
        }
    }
}

/// Reads, merges and writes; again whenever the ETag was stale by then (aws-facts.md K3).
pub async fn with_newest_version<T, F>(report: &Reporter, attempt: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T, Problem>>,
{
    Ok(newest_version(report, attempt).await?)
}

/// [`with_newest_version`] for whoever still wants to look at the problem.
pub async fn newest_version<T, F>(report: &Reporter, attempt: impl FnMut() -> F) -> Result<T, Problem>
where
    F: Future<Output = Result<T, Problem>>,
{
    let stale = |problem: &Problem| problem.refusal().is_some_and(Refusal::is_precondition);
    retry(STALE, "another change of it to settle", report, stale, attempt).await
}

/// Removes; again while it is in use or its ETag is stale. What is gone already is fine.
pub async fn until_free<F>(report: &Reporter, in_use: &str, attempt: impl FnMut() -> F) -> Result<()>
where
    F: Future<Output = Result<(), Refusal>>,
{
    let busy = |refusal: &Refusal| refusal.is(in_use) || refusal.is_precondition();
    gone(retry(IN_USE, "the distribution to let go of it", report, busy, attempt).await)
}

/// What is not there any more needs no removal.
pub fn gone(removal: Result<(), Refusal>) -> Result<()> {
    match removal {
        Err(refusal) if refusal.is_not_found() => Ok(()),
        other => Ok(other?),
    }
}
