//! Stopping a run: first gently, then at once.

use crate::error::{Error, Result};
use std::sync::Arc;
use tokio::sync::watch;

/// How much of a hurry the person is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wish {
    GoOn,
    StartNothingNew,
    LeaveNow,
}

/// A handle by which a run is stopped, and by which its steps see that it is. Clones share one wish.
#[derive(Debug, Clone)]
pub struct Stop {
    wish: Arc<watch::Sender<Wish>>,
}

impl Default for Stop {
    fn default() -> Self {
        Stop { wish: Arc::new(watch::Sender::new(Wish::GoOn)) }
    }
}

impl Stop {
    /// A handle that nobody has used yet.
    pub fn new() -> Self {
        Stop::default()
    }

    /// Asks the run to stop. The first time, nothing new starts and calls in flight finish; the second time,
    /// the run ends at once.
    pub fn request(&self) {
        self.wish.send_modify(|wish| {
            *wish = match *wish {
                Wish::GoOn => Wish::StartNothingNew,
                Wish::StartNothingNew | Wish::LeaveNow => Wish::LeaveNow,
            }
        });
    }

    /// Whether the run should stop. A step that only waits should then wait no longer.
    pub fn requested(&self) -> bool {
        *self.wish.borrow() >= Wish::StartNothingNew
    }

    /// Whether the run should end at once.
    pub fn insisted(&self) -> bool {
        *self.wish.borrow() >= Wish::LeaveNow
    }

    /// Waits until the run should stop.
    pub async fn until_requested(&self) {
        self.until(Wish::StartNothingNew).await;
    }

    /// Waits until the run should end at once.
    pub async fn until_insisted(&self) {
        self.until(Wish::LeaveNow).await;
    }

    async fn until(&self, least: Wish) {
        // The sender lives as long as `self`, so the channel can't be closed while we wait.
        let _ = self.wish.subscribe().wait_for(|wish| *wish >= least).await;
    }

    /// From now on, interrupt, terminate and hang-up signals stop the run instead of the process.
    pub fn on_signals(&self) -> Result<()> {
        let mut signals = Signals::listen()
            .map_err(|error| Error::failed("can't listen for signals such as Ctrl-C").because(error))?;
        let stop = self.clone();
        tokio::spawn(async move {
            while !stop.insisted() {
                signals.next().await;
                stop.request();
            }
        });
        Ok(())
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    close: tokio::signal::windows::CtrlClose,
}

#[cfg(windows)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::windows::{ctrl_c, ctrl_close};
        Ok(Signals { interrupt: ctrl_c()?, close: ctrl_close()? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.close.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_request_insists() {
        let stop = Stop::new();
        assert!(!stop.requested());
        let elsewhere = stop.clone();
        elsewhere.request();
        assert!(stop.requested() && !stop.insisted());
        elsewhere.request();
        assert!(stop.insisted());
    }

    #[tokio::test]
    async fn waiting_ends_with_the_request_even_when_it_came_first() {
        let stop = Stop::new();
        let waiting = tokio::spawn({
            let stop = stop.clone();
            async move { stop.until_requested().await }
        });
        stop.request();
        waiting.await.unwrap();
        stop.until_requested().await;
        stop.request();
        stop.until_insisted().await;
    }
}
