//! Bounded retry of what AWS does not know yet: eventual consistency, never throttling.

use super::reporter::Reporter;
use std::time::Duration;
use tokio::time::Instant;

/// How often and how long to try again.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    /// No try begins later than this after the first.
    pub bound: Duration,
    /// The first pause; each one after it is twice as long.
    pub first: Duration,
    /// No pause is longer.
    pub longest: Duration,
    /// A number from 0 to 1 that decides how much of a pause is kept, so that runs don't march in step.
    pub jitter: fn() -> f64,
}

impl Backoff {
    /// Pauses from half a second to five, until `bound` has passed.
    pub fn bounded(bound: Duration) -> Self {
        let (first, longest) = (Duration::from_millis(500), Duration::from_secs(5));
        Backoff { bound, first, longest, jitter: random_fraction }
    }

    /// Calls until the call succeeds, fails for good, the bound has passed or the run should stop. The first
    /// failure is what makes the step *waiting for* `waiting_for`.
    pub async fn retry<T, E, F: Future<Output = Result<T, E>>>(
        self,
        waiting_for: &str,
        report: &Reporter,
        should: impl Fn(&E) -> bool,
        mut call: impl FnMut() -> F,
    ) -> Result<T, E> {
        let deadline = Instant::now() + self.bound;
        let mut pause = self.first;
        let mut waiting = false;
        loop {
            let error = match call().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let next = Instant::now() + self.jittered(pause);
            if !should(&error) || next > deadline {
                return Err(error);
            }
            if !waiting {
                report.waiting(waiting_for);
                waiting = true;
            }
            if stopped_before(next, report).await {
                return Err(error);
            }
            pause = (pause * 2).min(self.longest);
        }
    }

    fn jittered(&self, pause: Duration) -> Duration {
        pause.mul_f64(0.5 + 0.5 * (self.jitter)().clamp(0.0, 1.0))
    }
}

/// [`Backoff::retry`] with the usual pauses.
pub async fn retry<T, E, F: Future<Output = Result<T, E>>>(
    bound: Duration,
    waiting_for: &str,
    report: &Reporter,
    should: impl Fn(&E) -> bool,
    call: impl FnMut() -> F,
) -> Result<T, E> {
    Backoff::bounded(bound).retry(waiting_for, report, should, call).await
}

/// Waits for a moment; whether the run should stop before it comes.
pub async fn stopped_before(moment: Instant, report: &Reporter) -> bool {
    tokio::select! {
        () = tokio::time::sleep_until(moment) => false,
        () = report.stop().until_requested() => {
            report.cut_short();
            true
        }
    }
}

/// From 0 to 1, another one each time.
pub fn random_fraction() -> f64 {
    // Without randomness the pauses are merely regular.
    getrandom::u32().map_or(1.0, |number| f64::from(number) / f64::from(u32::MAX))
}
