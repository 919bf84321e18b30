//! The collector: looks at each panel at its own pace, and tells what it saw.

use super::pace::{JITTER, SLOWEST, pace};
use super::panels::Panel;
use super::reading::{Failed, Reading, Trouble};
use super::sources::Sources;
use super::view::{Update, View};
use futures::future::join_all;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

/// How long one look may take: the SDK tries again on its own for a while, and behind a region that is gone a look
/// would be of no use any more.
const PATIENCE: Duration = Duration::from_secs(90);

/// What the collector is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Nobody looks: begin no look.
    Pause,
    /// Somebody looks again; what is overdue is looked at now.
    Resume,
    /// Look at everything now, as far as that is polite.
    Refresh,
}

/// Looks at every panel, each at its own pace, until nobody listens any more or nobody can give commands.
///
/// A slow panel holds up no other one, and is never asked twice at once.
pub async fn watch(
    sources: Arc<dyn Sources>,
    mut commands: mpsc::Receiver<Command>,
    updates: mpsc::Sender<Update>,
) {
    let mut schedule = Schedule::new(Instant::now());
    let mut looks = JoinSet::new();
    loop {
        for panel in schedule.take_due(Instant::now()) {
            let sources = sources.clone();
            looks.spawn(async move { look(&*sources, panel).await });
        }
        tokio::select! {
            command = commands.recv() => match command {
                Some(command) => schedule.obey(command, Instant::now()),
                None => return,
            },
            Some(seen) = looks.join_next() => {
                // A look that panicked has shown its panel's trouble already, and would again.
                let Ok(update) = seen else { continue };
                schedule.finish(&update, Instant::now());
                if updates.send(update).await.is_err() {
                    return;
                }
            }
            () = wait(schedule.next()) => {}
        }
    }
}

async fn wait(until: Option<Instant>) {
    match until {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// One look at every panel, all at once.
pub async fn look_once(sources: &dyn Sources) -> View {
    let mut view = View::default();
    let looks = join_all(Panel::ALL.map(|panel| look(sources, panel)));
    looks.await.into_iter().for_each(|update| view.absorb(update));
    view
}

/// One look at one panel.
async fn look(sources: &dyn Sources, panel: Panel) -> Update {
    macro_rules! read {
        ($update:ident, $source:ident) => {{
            let late = |_| Err(Failed::new(Trouble::Unreachable, "no answer came in time"));
            let answer = timeout(PATIENCE, sources.$source()).await.unwrap_or_else(late);
            Update::$update(Reading::new(sources.now(), answer))
        }};
    }
    match panel {
        Panel::Distribution => read!(Distribution, distribution),
        Panel::Certificate => read!(Certificate, certificate),
        Panel::Dns => read!(Dns, dns),
        Panel::Origins => read!(Origins, origins),
        Panel::Failover => read!(Failover, failover),
        Panel::EdgeFunctions => read!(EdgeFunctions, edge_functions),
        Panel::Caching => read!(Caching, caching),
        Panel::Invalidations => read!(Invalidations, invalidations),
        Panel::Releases => read!(Releases, releases),
        Panel::Drift => read!(Drift, drift),
        Panel::Probes => read!(Probes, probes),
    }
}

/// When each panel is looked at next.
#[derive(Debug)]
struct Schedule {
    panels: BTreeMap<Panel, Turn>,
    paused: bool,
    dice: u64,
}

/// Where one panel stands.
#[derive(Debug, Clone, Copy)]
struct Turn {
    /// When the next look is due; while one is under way that is not known yet.
    due: Option<Instant>,
    /// When the last look began.
    begun: Option<Instant>,
    /// Whether it is to be looked at again as soon as that is polite.
    wanted: bool,
    /// By what its pause is multiplied while AWS asks to go slower.
    slower: u32,
}

impl Schedule {
    /// Everything is due at once: a person who opens a dashboard waits for it.
    fn new(now: Instant) -> Self {
        let turn = Turn { due: Some(now), begun: None, wanted: false, slower: 1 };
        let panels = Panel::ALL.iter().map(|panel| (*panel, turn)).collect();
        Schedule { panels, paused: false, dice: seed() }
    }

    /// The panels that are to be looked at now; each is under way from here on.
    fn take_due(&mut self, now: Instant) -> Vec<Panel> {
        if self.paused {
            return Vec::new();
        }
        let due = self.panels.iter_mut().filter(|(_, turn)| turn.due.is_some_and(|due| due <= now));
        due.map(|(panel, turn)| {
            *turn = Turn { due: None, begun: Some(now), wanted: false, slower: turn.slower };
            *panel
        })
        .collect()
    }

    fn next(&self) -> Option<Instant> {
        if self.paused { None } else { self.panels.values().filter_map(|turn| turn.due).min() }
    }

    fn obey(&mut self, command: Command, now: Instant) {
        match command {
            Command::Pause => self.paused = true,
            Command::Resume => self.paused = false,
            Command::Refresh => {
                for (panel, turn) in &mut self.panels {
                    turn.wanted = turn.due.is_none();
                    turn.due = turn.due.map(|due| due.min(turn.soonest(*panel, now)));
                }
            }
        }
    }

    fn finish(&mut self, update: &Update, now: Instant) {
        let panel = update.panel();
        let throttled = update.failure().is_some_and(|failed| failed.trouble == Trouble::Throttled);
        let stretch = self.roll();
        let Some(turn) = self.panels.get_mut(&panel) else { return };
        turn.slower = if throttled { (turn.slower * 2).min(SLOWEST) } else { 1 };
        let usual = now + (pace(panel).pause * turn.slower).mul_f64(1.0 + stretch * JITTER);
        turn.due = Some(if turn.wanted { turn.soonest(panel, now) } else { usual });
    }

    /// A number from 0 to 1; a xorshift is random enough for spreading calls.
    fn roll(&mut self) -> f64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        (self.dice >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Turn {
    fn soonest(&self, panel: Panel, now: Instant) -> Instant {
        let shortest: Duration = pace(panel).shortest * self.slower;
        self.begun.map_or(now, |begun| (begun + shortest).max(now))
    }
}

/// Never zero, at which a xorshift stands still.
fn seed() -> u64 {
    getrandom::u64().unwrap_or(1) | 1
}
