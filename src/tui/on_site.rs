//! What a person wants done about a deployed site, from whatever screen it was asked.

use super::message::Command;
use super::screens::{dashboard, teardown, welcome};
use super::site_keys::OnSite;
use super::state::{Screen, State};
use tui_input::InputRequest;

/// Does it, where it can be done.
pub fn wished(state: &mut State, wish: OnSite) -> Vec<Command> {
    if state.running().is_some() {
        return Vec::new();
    }
    match (wish, state.screen) {
        (OnSite::Dashboard | OnSite::TearDown, Screen::Welcome) => welcome::open_then(state, wish),
        (OnSite::Dashboard, _) => dashboard::enter(state),
        (OnSite::TearDown, _) => teardown::enter(state),
        (_, Screen::Dashboard) => dashboard::wished(state, wish),
        (_, Screen::Teardown) => teardown::wished(state, wish),
        (_, Screen::Welcome | Screen::Page(_) | Screen::Review | Screen::Provision) => Vec::new(),
    }
}

/// Does it as soon as the profile is open that it was wished for; one comes back to the welcome screen from there.
pub fn opened(state: &mut State) -> Vec<Command> {
    let Some(wish) = state.then_on_site.take() else { return Vec::new() };
    state.screen = Screen::Welcome;
    match wish {
        OnSite::Dashboard => dashboard::enter(state),
        OnSite::TearDown => teardown::enter(state),
        OnSite::Refresh
        | OnSite::Pause
        | OnSite::Invalidate
        | OnSite::Drill
        | OnSite::Edit
        | OnSite::Upload
        | OnSite::Logs
        | OnSite::KeepBuckets
        | OnSite::BackUp
        | OnSite::LeaveDns => Vec::new(),
    }
}

/// Types a letter, or what else a key does to a text, on a screen about a deployed site.
pub fn edit(state: &mut State, request: InputRequest) -> Vec<Command> {
    if state.screen == Screen::Dashboard {
        return dashboard::edit(state, request);
    }
    if let Some(teardown) = state.teardown.as_mut() {
        teardown.fault = None;
        teardown.typed.iter_mut().for_each(|typed| _ = typed.handle(request));
    }
    Vec::new()
}

impl State {
    /// Whether a text is being typed on a screen about a deployed site.
    pub fn is_typing_on_site(&self) -> bool {
        match self.screen {
            Screen::Dashboard => self.dashboard.as_ref().is_some_and(super::dashboard::Dashboard::is_typing),
            Screen::Teardown => self.teardown.as_ref().is_some_and(|teardown| teardown.typed.is_some()),
            Screen::Welcome | Screen::Page(_) | Screen::Review | Screen::Provision => false,
        }
    }
}
