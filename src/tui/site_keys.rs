//! The letters of the screens about a deployed site. Each screen has a table of its own, which goes before the one
//! that all screens share.

use super::keys::{Action, Binding, letter};
use super::state::{Screen, State};

/// What can be done about a deployed site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnSite {
    /// Show what a teardown would remove.
    TearDown,
    /// Keep the buckets, or don't.
    KeepBuckets,
    /// Bring the files to this machine first, or don't.
    BackUp,
    /// Go on although public DNS still leads domains here, or don't.
    LeaveDns,
    /// Look again.
    Refresh,
}

/// The keys of the teardown screen.
const TEARDOWN: &[Binding] = &[
    letter(Action::OnSite(OnSite::KeepBuckets), 'k'),
    letter(Action::OnSite(OnSite::BackUp), 'b'),
    letter(Action::OnSite(OnSite::LeaveDns), 'l'),
    letter(Action::OnSite(OnSite::Refresh), 'r'),
];

/// All tables, for showing the key of an action.
pub(super) const ALL: &[&[Binding]] = &[TEARDOWN];

/// The table of the screen that is shown.
pub(super) fn of(state: &State) -> &'static [Binding] {
    if state.overlay.is_some() {
        return &[];
    }
    match state.screen {
        Screen::Teardown => TEARDOWN,
        Screen::Welcome | Screen::Page(_) | Screen::Review | Screen::Provision => &[],
    }
}
