//! What is kept for later and opened ahead, of anything that one may hold at a time: a request takes what is there,
//! waits for what is on its way, or opens its own.

use std::collections::VecDeque;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// What lay unused for longer may be dead without having said so: S3 hangs up on its own, and networks forget.
const FRESH: Duration = Duration::from_secs(20);

/// A stock of connections to one place.
#[derive(Debug)]
pub struct Stock<T> {
    idle: Vec<(T, Instant)>,
    /// How many are on their way without a request of their own.
    opening: usize,
    waiting: VecDeque<oneshot::Sender<T>>,
}

/// What a request gets.
#[derive(Debug)]
pub enum Taken<T> {
    /// One that was there.
    Idle(T),
    /// One that is on its way; should it fail to come, nothing comes.
    Coming(oneshot::Receiver<T>),
    /// None: the request opens its own.
    None,
}

impl<T> Default for Stock<T> {
    fn default() -> Self {
        Stock { idle: Vec::new(), opening: 0, waiting: VecDeque::new() }
    }
}

impl<T> Stock<T> {
    /// Takes the one that was used last, of those that are still open.
    pub fn take(&mut self, now: Instant, is_open: impl Fn(&T) -> bool) -> Taken<T> {
        while let Some((one, since)) = self.idle.pop() {
            if now.duration_since(since) < FRESH && is_open(&one) {
                return Taken::Idle(one);
            }
        }
        self.waiting.retain(|waiter| !waiter.is_closed());
        if self.opening <= self.waiting.len() {
            return Taken::None;
        }
        let (waiter, coming) = oneshot::channel();
        self.waiting.push_back(waiter);
        Taken::Coming(coming)
    }

    /// How many are to be opened so that there are this many; they count as on their way from now on.
    pub fn lacking(&mut self, wanted: usize) -> usize {
        let lacking = wanted.saturating_sub(self.idle.len() + self.opening);
        self.opening += lacking;
        lacking
    }

    /// One of those on their way is there.
    pub fn arrived(&mut self, one: T, now: Instant, most_idle: usize) {
        self.opening = self.opening.saturating_sub(1);
        self.put(one, now, most_idle);
    }

    /// One of those on their way will not come. Whoever waited for it opens its own, and sees why.
    pub fn failed(&mut self) {
        self.opening = self.opening.saturating_sub(1);
        self.waiting.truncate(self.opening);
    }

    /// Gives one to whoever waits, or keeps it.
    pub fn put(&mut self, mut one: T, now: Instant, most_idle: usize) {
        while let Some(waiter) = self.waiting.pop_front() {
            match waiter.send(one) {
                Ok(()) => return,
                Err(unwanted) => one = unwanted,
            }
        }
        // Nobody keeps what nobody will take.
        self.idle.retain(|(_, since)| now.duration_since(*since) < FRESH);
        if self.idle.len() < most_idle {
            self.idle.push((one, now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(taken: &Taken<u8>) -> String {
        match taken {
            Taken::Idle(one) => one.to_string(),
            Taken::Coming(_) => "coming".to_owned(),
            Taken::None => "none".to_owned(),
        }
    }

    #[test]
    fn the_one_used_last_goes_first_and_dead_ones_go_to_nobody() {
        let (mut stock, now) = (Stock::default(), Instant::now());
        (1..=4).for_each(|one| stock.put(one, now, 3));
        assert_eq!(told(&stock.take(now, |one| *one != 3)), "2");
        assert_eq!(told(&stock.take(now + FRESH, |_| true)), "none");
    }

    #[test]
    fn who_asks_while_some_are_opened_waits_and_whoever_is_too_many_opens_its_own() {
        let (mut stock, now) = (Stock::default(), Instant::now());
        assert_eq!((stock.lacking(2), stock.lacking(2)), (2, 0));
        let (first, second) = (stock.take(now, |_| true), stock.take(now, |_| true));
        assert_eq!(
            [told(&first), told(&second), told(&stock.take(now, |_| true))],
            ["coming", "coming", "none"]
        );
        stock.arrived(7, now, 9);
        stock.failed();
        let [Taken::Coming(mut first), Taken::Coming(mut second)] = [first, second] else {
            panic!("not waiting")
        };
        assert_eq!((first.try_recv().unwrap(), second.try_recv().is_err()), (7, true));
    }

    #[test]
    fn what_comes_for_somebody_who_has_left_is_kept() {
        let (mut stock, now) = (Stock::default(), Instant::now());
        stock.lacking(1);
        drop(stock.take(now, |_| true));
        stock.arrived(7, now, 9);
        assert_eq!(told(&stock.take(now, |_| true)), "7");
    }
}
