//! An answer that several panels are made of.

use crate::status::sources::Answer;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// An answer that is good for everybody who asks within a while. A failure is as good as any: asking for it again
/// at once would fail again.
pub(super) struct Shared<T> {
    good_for: Duration,
    held: Mutex<Option<(Instant, Answer<T>)>>,
}

impl<T: Clone> Shared<T> {
    pub(super) fn new(good_for: Duration) -> Self {
        Shared { good_for, held: Mutex::default() }
    }

    /// The answer that is held; `read` is waited for only where there is none, by one for all.
    pub(super) async fn get(&self, read: impl Future<Output = Answer<T>>) -> Answer<T> {
        let mut held = self.held.lock().await;
        if let Some((since, answer)) = &*held
            && since.elapsed() < self.good_for
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
        let (shared, reads) = (Shared::new(Duration::from_secs(10)), AtomicU32::new(0));
        let read = || async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(reads.fetch_add(1, Ordering::Relaxed))
        };
        assert_eq!(tokio::join!(shared.get(read()), shared.get(read())), (Ok(0), Ok(0)));
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(shared.get(read()).await, Ok(1));
    }
}
