//! Every command that can be given here, to be found by its name.

use super::super::keys::{Action, Go, Offer, shown};
use super::super::screens::review;
use super::super::site_keys::OnSite;
use super::super::state::{Screen, State};
use super::picklist::{Pick, Picklist};
use crate::profile::question::Stage;

/// The commands that can be given here.
pub fn commands(state: &State) -> Vec<(String, Action)> {
    let mut commands: Vec<(String, Action)> = Vec::new();
    if state.editing.is_some() && state.running().is_none() {
        let stages = (0_u8..).zip(Stage::ALL);
        commands.extend(stages.map(|(number, stage)| {
            (format!("Stage {}: {}", number + 1, stage.title()), Action::Go(Go::Stage(number)))
        }));
        commands.push(("Stage 6: Review".to_owned(), Action::Go(Go::Stage(5))));
        commands.push(("Undo".to_owned(), Action::Go(Go::Undo)));
        commands.push(("Redo".to_owned(), Action::Go(Go::Redo)));
    }
    if state.screen == Screen::Review {
        if let Some(replaced) = review::asked(state) {
            commands.push((format!("Replace what {} has", replaced.name), Action::Offer(Offer::Replace)));
        }
        commands.push(("Deploy this plan".to_owned(), Action::Offer(Offer::Deploy)));
        commands.push(("Show the profile's TOML".to_owned(), Action::Offer(Offer::Diff)));
        commands.push(("Copy the shell command".to_owned(), Action::Offer(Offer::Copy)));
    }
    if state.editing.is_some() && state.running().is_none() && state.screen != Screen::Teardown {
        commands.push(("Tear down the deployed site".to_owned(), Action::OnSite(OnSite::TearDown)));
    }
    commands.push(("Help".to_owned(), Action::Go(Go::Help)));
    commands.push(("Draw everything anew".to_owned(), Action::Redraw));
    commands.push(("Back".to_owned(), Action::Back));
    commands.push(("Quit".to_owned(), Action::Interrupt));
    commands
}

/// The commands as a list to choose from.
pub fn list(state: &State) -> Picklist {
    let pick = |(number, (label, action)): (usize, (String, Action))| Pick {
        value: number.to_string(),
        label,
        detail: shown(action, true),
        ..Pick::default()
    };
    Picklist::new("Command", commands(state).into_iter().enumerate().map(pick).collect(), "0")
}
