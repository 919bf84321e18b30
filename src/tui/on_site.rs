//! What a person wants done about a deployed site, from whatever screen it was asked.

use super::message::Command;
use super::screens::teardown;
use super::site_keys::OnSite;
use super::state::{Screen, State};
use tui_input::InputRequest;

/// Does it, where it can be done.
pub fn wished(state: &mut State, wish: OnSite) -> Vec<Command> {
    if state.running().is_some() {
        return Vec::new();
    }
    match (wish, state.screen) {
        (OnSite::TearDown, _) => teardown::enter(state),
        (_, Screen::Teardown) => teardown::wished(state, wish),
        (OnSite::KeepBuckets | OnSite::BackUp | OnSite::LeaveDns | OnSite::Refresh, _) => Vec::new(),
    }
}

/// Types a letter, or what else a key does to a text, on a screen about a deployed site.
pub fn edit(state: &mut State, request: InputRequest) {
    if let Some(teardown) = state.teardown.as_mut() {
        teardown.fault = None;
        teardown.typed.iter_mut().for_each(|typed| _ = typed.handle(request));
    }
}

impl State {
    /// Whether a text is being typed on a screen about a deployed site.
    pub fn is_typing_on_site(&self) -> bool {
        let typed = self.teardown.as_ref().and_then(|teardown| teardown.typed.as_ref());
        self.screen == Screen::Teardown && typed.is_some()
    }
}
