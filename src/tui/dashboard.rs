//! The live dashboard: what is known of the site, what is in focus, and what was opened over the panels.

use super::state::Screen;
use crate::error::Error;
use crate::status::{Moment, Panel, View};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use tui_input::Input;

/// The panels from top to bottom at the left, or all but the last ones where there is one column only.
pub const LEFT: [Panel; 6] = [
    Panel::Distribution,
    Panel::Certificate,
    Panel::Dns,
    Panel::Origins,
    Panel::Failover,
    Panel::Invalidations,
];
/// The panels from top to bottom at the right.
pub const RIGHT: [Panel; 5] =
    [Panel::Caching, Panel::Probes, Panel::EdgeFunctions, Panel::Releases, Panel::Drift];

/// The live dashboard of one site.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// The profile of the site.
    pub of: PathBuf,
    /// Where one came from, and goes back to.
    pub from: Screen,
    /// What is known.
    pub view: Box<View>,
    /// Why nothing is looked at, where that is so.
    pub failed: Option<Error>,
    /// Which panel is in focus, counted over both columns.
    pub focus: usize,
    /// Whether the person wants nothing to be looked at for a while.
    pub paused: bool,
    /// What the clock on the wall said, and how old the screen was then, in milliseconds.
    pub wall: Option<(SystemTime, u64)>,
    /// What is open over the panels.
    pub pane: Pane,
    /// What the worker was last told of whether somebody looks.
    pub told: Attention,
}

/// Whether somebody looks at the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attention {
    /// Somebody does.
    Looks,
    /// Nobody does, or they want a pause.
    Away,
}

/// What is open over the panels.
#[derive(Debug, Clone)]
pub enum Pane {
    /// Nothing.
    None,
    /// All that is known of the panel in focus.
    Details,
    /// The paths that edge locations are to forget.
    Invalidate(Invalidating),
    /// What edge functions wrote.
    Logs(Logs),
    /// A drill of the failover.
    Drill(Drill),
}

/// The paths that edge locations are to forget.
#[derive(Debug, Clone)]
pub struct Invalidating {
    /// What is typed.
    pub typed: Input,
    /// What that covers of what is published, or why it can't be told.
    pub covered: Option<Result<Covered, Error>>,
    /// Where it stands.
    pub stage: Asking,
}

/// Where something stands that is asked for by its own key and then carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asking {
    /// It is still being decided.
    Open,
    /// The person is asked whether it is really meant.
    Asked,
    /// It is under way.
    UnderWay,
    /// It is done; this is what came of it.
    Done(Result<String, Error>),
}

/// What some paths cover of what is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// What was typed when this was found out.
    pub typed: String,
    /// The paths, as CloudFront takes them.
    pub paths: Vec<String>,
    /// How many published files they cover.
    pub files: usize,
    /// The first few of these files.
    pub first: Vec<String>,
    /// How many files are published.
    pub of: usize,
}

/// What edge functions wrote.
#[derive(Debug, Clone, Default)]
pub struct Logs {
    /// The lines, newest last, or why there are none; `None` until they are read.
    pub read: Option<Result<LogLines, Error>>,
}

/// Lines of logs from all regions, newest last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogLines {
    /// The lines.
    pub lines: Vec<LogLine>,
    /// What a person should know about them, such as a region that could not be asked.
    pub notices: Vec<String>,
}

/// One line that an edge function wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Moment,
    /// In which region.
    pub region: String,
    /// Which function.
    pub function: String,
    /// What.
    pub text: String,
}

/// A drill of the failover.
#[derive(Debug, Clone)]
pub struct Drill {
    /// Where it stands.
    pub stage: Asking,
    /// What came of it, a line each.
    pub lines: Vec<String>,
}

impl Dashboard {
    /// A dashboard of a site of which nothing is known yet.
    pub fn new(of: PathBuf, from: Screen) -> Self {
        Dashboard {
            of,
            from,
            view: Box::default(),
            failed: None,
            focus: 0,
            paused: false,
            wall: None,
            pane: Pane::None,
            told: Attention::Looks,
        }
    }

    /// The panel in focus.
    pub fn panel(&self) -> Panel {
        LEFT.iter().chain(&RIGHT).nth(self.focus).copied().unwrap_or(Panel::Distribution)
    }

    /// The clock on the wall, by the newest that was told.
    pub fn clock(&self, now_ms: u64) -> SystemTime {
        let (wall, then) = self.wall.unwrap_or((SystemTime::UNIX_EPOCH, now_ms));
        wall + Duration::from_millis(now_ms.saturating_sub(then))
    }

    /// When the newest reading of any panel was taken.
    pub fn updated(&self) -> Option<Moment> {
        LEFT.iter().chain(&RIGHT).filter_map(|panel| self.view.taken(*panel)).max()
    }

    /// The text that is being typed, where one is.
    pub fn typed(&mut self) -> Option<&mut Input> {
        match &mut self.pane {
            Pane::Invalidate(Invalidating { typed, stage: Asking::Open, .. }) => Some(typed),
            Pane::Invalidate(_) | Pane::None | Pane::Details | Pane::Logs(_) | Pane::Drill(_) => None,
        }
    }

    /// Whether a text is being typed.
    pub fn is_typing(&self) -> bool {
        matches!(&self.pane, Pane::Invalidate(Invalidating { stage: Asking::Open, .. }))
    }

    /// Whether a question is open that its own letter answers.
    pub fn is_asked(&self) -> bool {
        match &self.pane {
            Pane::Invalidate(Invalidating { stage, .. }) | Pane::Drill(Drill { stage, .. }) => {
                *stage == Asking::Asked
            }
            Pane::None | Pane::Details | Pane::Logs(_) => false,
        }
    }
}
