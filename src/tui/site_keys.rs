//! The letters of the screens about a deployed site. Each screen has a table of its own, which goes before the one
//! that all screens share.

use super::dashboard::{Dashboard, Pane};
use super::keys::{Action, Binding, Reply, letter};
use super::state::{Screen, State};

/// What can be done about a deployed site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnSite {
    /// Show the live dashboard.
    Dashboard,
    /// Look again.
    Refresh,
    /// Look at nothing for a while, or go on.
    Pause,
    /// Have edge locations forget paths.
    Invalidate,
    /// Try whether the backup takes over.
    Drill,
    /// Change the profile.
    Edit,
    /// Publish what changed in the folder.
    Upload,
    /// Show what edge functions wrote.
    Logs,
    /// Show what a teardown would remove.
    TearDown,
    /// Keep the buckets, or don't.
    KeepBuckets,
    /// Bring the files to this machine first, or don't.
    BackUp,
    /// Go on although public DNS still leads domains here, or don't.
    LeaveDns,
}

const fn wish(wish: OnSite, key: char) -> Binding {
    letter(Action::OnSite(wish), key)
}

/// The keys of the dashboard.
const DASHBOARD: &[Binding] = &[
    wish(OnSite::Refresh, 'r'),
    wish(OnSite::Pause, ' '),
    wish(OnSite::Invalidate, 'i'),
    wish(OnSite::Drill, 'f'),
    wish(OnSite::Edit, 'e'),
    wish(OnSite::Upload, 'u'),
    wish(OnSite::Logs, 'l'),
    wish(OnSite::TearDown, 't'),
];

/// The keys of a question that is asked over the dashboard.
const QUESTION: &[Binding] = &[letter(Action::Reply(Reply::Yes), 'y')];

/// The keys of the teardown screen.
const TEARDOWN: &[Binding] = &[
    wish(OnSite::KeepBuckets, 'k'),
    wish(OnSite::BackUp, 'b'),
    wish(OnSite::LeaveDns, 'l'),
    wish(OnSite::Refresh, 'r'),
];

/// The keys of the welcome screen.
const WELCOME: &[Binding] = &[wish(OnSite::Dashboard, 's')];

/// All tables, for showing the key of an action.
pub(super) const ALL: &[&[Binding]] = &[DASHBOARD, TEARDOWN, WELCOME];

/// The table of the screen that is shown.
pub(in crate::tui) fn of(state: &State) -> &'static [Binding] {
    if state.overlay.is_some() {
        return &[];
    }
    match state.screen {
        Screen::Dashboard => state.dashboard.as_ref().map(of_dashboard).unwrap_or_default(),
        Screen::Teardown => TEARDOWN,
        Screen::Welcome => WELCOME,
        Screen::Page(_) | Screen::Review | Screen::Provision => &[],
    }
}

fn of_dashboard(dashboard: &Dashboard) -> &'static [Binding] {
    match dashboard.pane {
        Pane::None => DASHBOARD,
        Pane::Invalidate(_) | Pane::Drill(_) if dashboard.is_asked() => QUESTION,
        Pane::Details | Pane::Invalidate(_) | Pane::Logs(_) | Pane::Drill(_) => &[],
    }
}
