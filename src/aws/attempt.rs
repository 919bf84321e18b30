//! One try of a change, and when it is worth another.

use super::refusal::Refusal;
use crate::apply::reporter::Reporter;
use crate::apply::retry::retry;
use crate::error::{Error, Kind, Result};
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
    until_settled(
        Settling { code: in_use, bound: IN_USE },
        "the distribution to let go of it",
        report,
        attempt,
    )
    .await
}

/// What stands in the way of a removal, and passes by itself.
#[derive(Debug, Clone, Copy)]
pub struct Settling<'a> {
    /// By which AWS says so.
    pub code: &'a str,
    /// How long we wait for it; after that, another run does.
    pub bound: Duration,
}

/// Removes; again while it settles or its ETag is stale. What is gone already is fine, and what settles for
/// longer than the bound is unfinished, not failed.
pub async fn until_settled<F>(
    settling: Settling<'_>,
    waiting_for: &str,
    report: &Reporter,
    attempt: impl FnMut() -> F,
) -> Result<()>
where
    F: Future<Output = Result<(), Refusal>>,
{
    let busy = |refusal: &Refusal| refusal.is(settling.code) || refusal.is_precondition();
    match retry(settling.bound, waiting_for, report, busy, attempt).await {
        Err(refusal) if refusal.is_not_found() => Ok(()),
        Err(refusal) if refusal.is(settling.code) => Err(Error {
            kind: Kind::Unfinished,
            hint: Some("AWS needs longer; run the same command again in a few minutes".to_owned()),
            ..refusal.into()
        }),
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::Stop;
    use crate::blueprint::plan::{Action, Stage, Step, StepId, Work};
    use crate::blueprint::resource::{self, ResourceId};
    use std::cell::Cell;

    fn reporter() -> Reporter {
        let resource = ResourceId::new(resource::Kind::CachePolicy, "acme");
        let step = Step {
            id: StepId::of(&resource),
            action: Action::Delete,
            name: "acme".into(),
            resource,
            stage: Stage::Caching,
            reason: String::new(),
            changes: vec![],
            after: vec![],
            work: Work::Nothing,
        };
        Reporter::new(&step, Stop::new()).0
    }

    fn refusal(code: &str) -> Refusal {
        let refusal = Refusal::of_words("cloudfront:DeleteCachePolicy", "delete it", "used");
        Refusal { code: Some(code.into()), ..refusal }
    }

    #[tokio::test(start_paused = true)]
    async fn what_stays_in_use_past_the_bound_is_left_to_another_run() {
        let tries = Cell::new(0);
        let report = reporter();
        let removal = until_free(&report, "CachePolicyInUse", || async {
            tries.set(tries.get() + 1);
            Err(refusal("CachePolicyInUse"))
        });
        assert_eq!(removal.await.unwrap_err().kind, Kind::Unfinished);
        assert!(tries.get() > 10, "{tries:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn any_other_refusal_of_a_removal_fails_at_once() {
        let tries = Cell::new(0);
        let report = reporter();
        let removal = until_free(&report, "CachePolicyInUse", || async {
            tries.set(tries.get() + 1);
            Err(refusal("AccessDenied"))
        });
        assert_eq!((removal.await.unwrap_err().kind, tries.get()), (Kind::Failed, 1));
    }
}
