//! An answer that several panels are made of.

use crate::status::sources::Answer;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// An answer that is held for everybody. A failure is as good as any: asking for it again at once would fail again.
pub(super) struct Shared<T>(Mutex<Option<(Instant, Answer<T>)>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Shared(Mutex::default())
    }
}

impl<T: Clone> Shared<T> {
    /// The answer that is held, if it is no older than `age`; else `read` is waited for, by one for all.
    pub(super) async fn get(&self, age: Duration, read: impl Future<Output = Answer<T>>) -> Answer<T> {
        let mut held = self.0.lock().await;
        if let Some((since, answer)) = &*held
            && since.elapsed() <= age
        {
            return answer.clone();
        }
        let answer = read.await;
        *held = Some((Instant::now(), answer.clone()));
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
}
