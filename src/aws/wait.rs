//! The one place that polls.

use super::session::Session;
use crate::apply::Reporter;
use std::time::Duration;
use tokio::time::Instant;

/// How often something is looked at, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poll {
    /// The first pause; each one after it is half as long again.
    pub first: Duration,
    /// No pause is longer.
    pub longest: Duration,
    /// After this long the waiting ends, well or not.
    pub bound: Duration,
}

impl Poll {
    /// For a distribution to be deployed: minutes as a rule, but up to an hour and a half (aws-facts.md H).
    pub fn for_deployment(session: &Session) -> Poll {
        let (first, longest) = (Duration::from_secs(4), Duration::from_secs(18));
        Poll { first, longest, bound: Duration::from_secs(90 * 60) }.paced(session)
    }

    /// For S3 to replicate: seconds as a rule; what takes longer is copied by ourselves.
    pub fn for_replication(session: &Session) -> Poll {
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(10));
        Poll { first, longest, bound: Duration::from_secs(5 * 60) }.paced(session)
    }

    /// For a certificate to be issued, for as long as somebody is ready to wait (aws-facts.md H).
    pub fn for_certificate(session: &Session, patience: Duration) -> Poll {
        let (first, longest) = (Duration::from_secs(3), Duration::from_secs(15));
        Poll { first, longest, bound: patience }.paced(session)
    }

    /// For ACM to show a certificate that was just requested: seconds (aws-facts.md A.4).
    pub fn for_new_certificate(session: &Session) -> Poll {
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(4));
        Poll { first, longest, bound: Duration::from_secs(60) }.paced(session)
    }

    /// For ACM to say which records prove a certificate's names: seconds as a rule (aws-facts.md E).
    pub fn for_validation_records(session: &Session) -> Poll {
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(5));
        Poll { first, longest, bound: Duration::from_secs(5 * 60) }.paced(session)
    }

    /// For Lambda to carry out a change of a function: seconds as a rule (aws-facts.md H).
    pub fn for_function(session: &Session) -> Poll {
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(5));
        Poll { first, longest, bound: Duration::from_secs(5 * 60) }.paced(session)
    }

    /// For a change to reach every name server of Route 53: a minute at most as a rule (aws-facts.md F).
    pub fn for_dns_change(session: &Session) -> Poll {
        let (first, longest) = (Duration::from_secs(2), Duration::from_secs(10));
        Poll { first, longest, bound: Duration::from_secs(10 * 60) }.paced(session)
    }

    /// For edge locations to let go of a function: an hour as a rule, documented as a few (aws-facts.md D.6).
    pub fn for_replicas(session: &Session) -> Poll {
        let (first, longest) = (Duration::from_secs(30), Duration::from_secs(3 * 60));
        Poll { first, longest, bound: Duration::from_secs(8 * 60 * 60) }.paced(session)
    }

    /// With the pauses that the session asks for, if it does.
    fn paced(self, session: &Session) -> Poll {
        session.poll().map_or(self, |pause| Poll { first: pause, longest: pause, ..self })
    }
}

/// Looks again and again until there is something to see. `None` when the bound has passed, or when the run
/// should stop; then the step counts as unfinished.
pub async fn until<T, E, F: Future<Output = Result<Option<T>, E>>>(
    poll: Poll,
    waiting_for: &str,
    report: &Reporter,
    mut look: impl FnMut() -> F,
) -> Result<Option<T>, E> {
    if let Some(seen) = look().await? {
        return Ok(Some(seen));
    }
    report.waiting(waiting_for);
    watch(poll, 1, report, look).await
}

/// [`until`] for a look that says by itself what is waited for.
pub async fn until_told<T, E, F: Future<Output = Result<Option<T>, E>>>(
    poll: Poll,
    report: &Reporter,
    mut look: impl FnMut() -> F,
) -> Result<Option<T>, E> {
    if let Some(seen) = look().await? {
        return Ok(Some(seen));
    }
    watch(poll, 1, report, look).await
}

/// [`until`] for what AWS may tell from before a change that was just made (aws-facts.md H): looks only after a
/// pause, and believes what it sees twice in a row.
pub async fn until_steady<T, E, F: Future<Output = Result<Option<T>, E>>>(
    poll: Poll,
    waiting_for: &str,
    report: &Reporter,
    look: impl FnMut() -> F,
) -> Result<Option<T>, E> {
    report.waiting(waiting_for);
    watch(poll, 2, report, look).await
}

/// Pauses and looks until there was something to see `in_a_row` times.
async fn watch<T, E, F: Future<Output = Result<Option<T>, E>>>(
    poll: Poll,
    in_a_row: u32,
    report: &Reporter,
    mut look: impl FnMut() -> F,
) -> Result<Option<T>, E> {
    let deadline = Instant::now() + poll.bound;
    let (mut pause, mut sightings) = (poll.first, 0);
    while paused(pause, deadline, report).await {
        match look().await? {
            Some(seen) => {
                sightings += 1;
                if sightings == in_a_row {
                    return Ok(Some(seen));
                }
                pause = poll.first;
            }
            None => {
                sightings = 0;
                pause = (pause * 3 / 2).min(poll.longest);
            }
        }
    }
    Ok(None)
}

/// Whether there is time for another look after the pause, and nobody wants the run to stop.
async fn paused(pause: Duration, deadline: Instant, report: &Reporter) -> bool {
    let next = Instant::now() + jittered(pause);
    if next > deadline {
        return false;
    }
    tokio::select! {
        () = tokio::time::sleep_until(next) => true,
        () = report.stop().until_requested() => {
            report.cut_short();
            false
        }
    }
}

/// Between nine and eleven tenths of the pause, so that runs don't march in step.
fn jittered(pause: Duration) -> Duration {
    // Without randomness the pauses are merely regular.
    let fraction = getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX));
    pause.mul_f64(0.9 + 0.2 * fraction)
}
