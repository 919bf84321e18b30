//! Every command that can be given here, to be found by its name.

use super::super::keys::{Action, Change, Go, Offer, shown};
use super::super::screens::{drift, review};
use super::super::site_keys::{self, OnSite};
use super::super::state::{Planning, Screen, State};
use super::picklist::{Pick, Picklist};
use crate::profile::question::Stage;

/// The commands that can be given here.
pub fn commands(state: &State) -> Vec<(String, Action)> {
    let mut commands: Vec<(String, Action)> = Vec::new();
    // What one sees comes before what one could go to.
    if state.screen == Screen::Dashboard {
        commands.extend(on_site(state));
    }
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
        if drift::focused(state).is_some() {
            let theirs = "Take over what was changed in AWS".to_owned();
            commands.push((theirs, Action::Offer(Offer::TakeTheirs)));
            commands.push(("Set back what was changed in AWS".to_owned(), Action::Offer(Offer::KeepMine)));
        }
        if matches!(state.planning, Planning::Made(_)) {
            commands.push(("Deploy this plan".to_owned(), Action::Offer(Offer::Deploy)));
            commands.push(("Copy the shell command".to_owned(), Action::Offer(Offer::Copy)));
        }
        commands.push(("Show the profile's TOML".to_owned(), Action::Offer(Offer::Diff)));
    }
    if state.screen == Screen::Provision && state.run.as_ref().is_some_and(|run| !run.records.is_empty()) {
        commands.push(("Copy the record's value".to_owned(), Action::Offer(Offer::Copy)));
        commands.push(("Copy the record's name".to_owned(), Action::Offer(Offer::CopyName)));
        commands.push(("Print the records plainly".to_owned(), Action::Offer(Offer::Print)));
        commands.push(("The next record".to_owned(), Action::Change(Change::Right)));
    }
    if state.screen != Screen::Dashboard {
        commands.extend(on_site(state));
    }
    commands.push(("Help".to_owned(), Action::Go(Go::Help)));
    commands.push(("Draw everything anew".to_owned(), Action::Redraw));
    commands.push(("Back".to_owned(), Action::Back));
    commands.push(("Quit".to_owned(), Action::Interrupt));
    commands
}

/// What can be done about the deployed site.
fn on_site(state: &State) -> Vec<(String, Action)> {
    if state.editing.is_none() || state.running().is_some() || state.screen == Screen::Welcome {
        return Vec::new();
    }
    const HERE: &[(&str, OnSite)] = &[
        ("Look at everything again", OnSite::Refresh),
        ("Pause looking, or go on", OnSite::Pause),
        ("Invalidate paths", OnSite::Invalidate),
        ("Drill the failover", OnSite::Drill),
        ("Edit the profile", OnSite::Edit),
        ("Upload changes", OnSite::Upload),
        ("Logs of edge functions", OnSite::Logs),
    ];
    const ELSEWHERE: &[(&str, OnSite)] = &[("Open the live dashboard", OnSite::Dashboard)];
    const ANYWHERE: &[(&str, OnSite)] = &[("Tear down the deployed site", OnSite::TearDown)];
    let offered = match state.screen {
        Screen::Dashboard => [HERE, ANYWHERE].concat(),
        Screen::Teardown => ELSEWHERE.to_vec(),
        Screen::Welcome | Screen::Page(_) | Screen::Review | Screen::Provision => {
            [ELSEWHERE, ANYWHERE].concat()
        }
    };
    offered.into_iter().map(|(words, wish)| (words.to_owned(), Action::OnSite(wish))).collect()
}

/// The commands as a list to choose from.
pub fn list(state: &State) -> Picklist {
    let typing = state.is_typing();
    let is_heard = |action| {
        !matches!(action, Action::OnSite(_))
            || site_keys::of(state).iter().any(|binding| binding.is_for(action))
    };
    let pick = |(number, (label, action)): (usize, (String, Action))| Pick {
        value: number.to_string(),
        label,
        detail: if is_heard(action) { shown(action, typing) } else { String::new() },
        ..Pick::default()
    };
    Picklist::new("Command", commands(state).into_iter().enumerate().map(pick).collect(), "0")
}
