//! An answer that several panels are made of.

use crate::status::sources::Answer;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// An answer that is held for everybody. A failure is as good as any: asking for it again at once would fail again.
pub(super) struct Shared<T>(Mutex<Held<T>>);

struct Held<T> {
    newest: Option<(Instant, Answer<T>)>,
    /// The newest answer that was no failure.
    known: Option<T>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Shared(Mutex::new(Held { newest: None, known: None }))
    }
}

impl<T: Clone> Shared<T> {
    /// What is known from elsewhere, until there is an answer.
    pub(super) fn knowing(known: T) -> Self {
        Shared(Mutex::new(Held { newest: None, known: Some(known) }))
    }

    /// The answer that is held, if it is no older than `age`; else `read` is waited for, by one for all.
    pub(super) async fn get(&self, age: Duration, read: impl Future<Output = Answer<T>>) -> Answer<T> {
        self.held(age, read).await.0
    }

    /// As [`Shared::get`], but where the answer is a failure what was known before: whoever is made of it only in
    /// part can do with that.
    pub(super) async fn get_known(&self, age: Duration, read: impl Future<Output = Answer<T>>) -> Answer<T> {
        let (answer, known) = self.held(age, read).await;
        answer.or_else(|failed| known.ok_or(failed))
    }

    async fn held(&self, age: Duration, read: impl Future<Output = Answer<T>>) -> (Answer<T>, Option<T>) {
        let mut held = self.0.lock().await;
        if let Some((since, answer)) = &held.newest
            && since.elapsed() <= age
        {
            return (answer.clone(), held.known.clone());
        }
        let answer = read.await;
        held.newest = Some((Instant::now(), answer.clone()));
        if let Ok(known) = &answer {
            held.known = Some(known.clone());
        }
        (answer, held.known.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::{Failed, Trouble};
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test(start_paused = true)]
    async fn those_who_ask_together_share_one_answer() {
        let (shared, reads, age) = (Shared::default(), AtomicU32::new(0), Duration::from_secs(10));
        let read = || async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(reads.fetch_add(1, Ordering::Relaxed))
        };
        assert_eq!(tokio::join!(shared.get(age, read()), shared.get(age, read())), (Ok(0), Ok(0)));
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(shared.get(age, read()).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_leaves_what_was_known() {
        let failed = || Failed::new(Trouble::Other, "no");
        let shared = Shared::knowing(7);
        let fails = || async { Err(failed()) };
        assert_eq!(shared.get(Duration::ZERO, fails()).await, Err(failed()));
        assert_eq!(shared.get_known(Duration::ZERO, fails()).await, Ok(7));
        assert_eq!(Shared::<u8>::default().get_known(Duration::ZERO, fails()).await, Err(failed()));
    }
}
