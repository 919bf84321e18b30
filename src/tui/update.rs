//! What becomes of the state when something happens, and what has to be done outside of it.

use super::editing::Editing;
use super::keys::{self, Action, Go};
use super::lookup;
use super::message::{Command, Message};
use super::on_site;
use super::rows::Page;
use super::screens::{dashboard, known, provision, review, stage, teardown, welcome};
use super::site_keys;
use super::state::{Happening, Leaving, Looked, Overlay, Planning, Screen, Start, State};
use super::teardown::Chosen;
use super::widgets::{overlay, palette};
use crate::error::Error;
use crate::profile::question::Stage;
use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyEventKind};
use std::path::{Path, PathBuf};
use tui_input::InputRequest;

/// What has to be done when the screen begins.
pub fn begin(state: &mut State, start: &Start) -> Vec<Command> {
    // What was asked for comes first, so that it is what is drawn first.
    let mut commands = Vec::new();
    match start {
        Start::Welcome => {}
        Start::New { .. } => state.overlay = Some(welcome::presets_overlay()),
        Start::Edit { path }
        | Start::Deploy { path }
        | Start::Watch { path }
        | Start::TearDown { path, .. } => commands.push(Command::Open { path: path.clone() }),
    }
    commands.extend([Command::FindProfiles, Command::Identify { sandbox: state.sandbox }]);
    commands
}

/// Takes in what happened, `now_ms` after the screen began.
pub fn update(state: &mut State, happening: Happening, now_ms: u64) -> Vec<Command> {
    state.now_ms = now_ms;
    let before = state.screen;
    let mut commands = match happening {
        Happening::Input(input) => on_input(state, input),
        Happening::Told(message) => on_message(state, *message),
        Happening::TimePassed => Vec::new(),
    };
    commands.extend(dashboard::attend(state));
    // What was made or changed meanwhile is among the profiles to choose from.
    if state.screen == Screen::Welcome && before != Screen::Welcome {
        commands.push(Command::FindProfiles);
    }
    // A change is saved before whatever follows from it, such as a plan.
    if let Some(save) = save_if_changed(state) {
        commands.insert(0, save);
    }
    commands.extend(lookup::wanted(state));
    commands
}

fn save_if_changed(state: &mut State) -> Option<Command> {
    let editing = state.editing.as_ref()?;
    let text = editing.text().to_owned();
    if state.sent.as_ref() == Some(&text) {
        return None;
    }
    state.sent = Some(text.clone());
    Some(Command::Save { path: editing.path.clone(), text })
}

fn on_input(state: &mut State, input: Input) -> Vec<Command> {
    match input {
        // Windows tells of releases too.
        Input::Key(key) if key.kind == KeyEventKind::Press => on_key(state, key),
        Input::Paste(text) => paste(state, &text),
        Input::Resize(columns, rows) => {
            state.size = (columns, rows);
            Vec::new()
        }
        Input::Key(_) | Input::Mouse(_) | Input::FocusGained | Input::FocusLost => Vec::new(),
    }
}

fn on_key(state: &mut State, key: KeyEvent) -> Vec<Command> {
    if state.away {
        // A line that was waited for, or Ctrl-C: whatever a person presses to get on.
        return if matches!(key.code, KeyCode::Enter | KeyCode::Esc | KeyCode::Char('c' | 'q')) {
            vec![Command::ComeBack]
        } else {
            Vec::new()
        };
    }
    let typing = state.is_typing();
    let action = match site_keys::of(state) {
        [] => keys::action(key, typing, state.is_asked()),
        own => keys::action_on_site(key, typing, own),
    };
    if state.is_too_small() {
        // What can't be seen isn't done.
        return match action {
            Some(action @ (Action::Interrupt | Action::Go(Go::Quit))) => act(state, action),
            Some(_) | None => Vec::new(),
        };
    }
    state.notice = None;
    match (action, keys::edit(key)) {
        (Some(action), _) => act(state, action),
        (None, Some(request)) if typing => edit(state, request),
        (None, _) => Vec::new(),
    }
}

/// A pasted text is typed; its line ends are spaces, so that it answers nothing by itself.
fn paste(state: &mut State, text: &str) -> Vec<Command> {
    if state.is_typing() && !state.is_too_small() {
        let text = text.trim().replace("\r\n", " ");
        let letters = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
        return letters.flat_map(|letter| edit(state, InputRequest::InsertChar(letter))).collect();
    }
    Vec::new()
}

fn edit(state: &mut State, request: InputRequest) -> Vec<Command> {
    match state.overlay {
        Some(_) => overlay::edit(state, request),
        None if state.is_typing_on_site() => return on_site::edit(state, request),
        None => stage::edit(state, request),
    }
    Vec::new()
}

/// Does what a person wants.
pub fn act(state: &mut State, action: Action) -> Vec<Command> {
    if action == Action::Interrupt {
        return interrupt(state);
    }
    if action == Action::Redraw {
        state.redraw = true;
        state.lookups.forget();
        return Vec::new();
    }
    if state.overlay.is_some() {
        return overlay::act(state, action);
    }
    // What was typed is taken by Enter, so only where nothing was typed something is offered.
    if action == Action::Accept && known::offer(state) {
        return Vec::new();
    }
    // An undo first takes back what is being typed.
    if action != Action::Go(Go::Undo) {
        stage::leave_row(state);
    }
    match (action, state.screen) {
        (Action::Go(go), _) => anywhere(state, go),
        (Action::OnSite(wish), _) => on_site::wished(state, wish),
        (_, Screen::Welcome) => welcome::act(state, action),
        (_, Screen::Page(_)) => stage::act(state, action),
        (_, Screen::Review) => review::act(state, action),
        (_, Screen::Provision) => provision::act(state, action),
        (_, Screen::Teardown) => teardown::act(state, action),
        (_, Screen::Dashboard) => dashboard::act(state, action),
    }
}

/// What means the same on every screen.
fn anywhere(state: &mut State, go: Go) -> Vec<Command> {
    match go {
        Go::Palette => state.overlay = Some(Overlay::Palette(palette::list(state))),
        Go::Help => {
            state.scroll = 0;
            state.overlay = Some(Overlay::Help);
        }
        Go::Quit => quit(state),
        Go::Undo => return walk(state, Editing::undo, "Nothing to undo."),
        Go::Redo => return walk(state, Editing::redo, "Nothing to redo."),
        Go::Stage(number) => return go_to(state, usize::from(number)),
        Go::NextStage => return go_to(state, stage_number(state).saturating_add(1)),
        Go::PreviousStage => return go_to(state, stage_number(state).saturating_sub(1)),
    }
    Vec::new()
}

/// Where one is among the stages; the review comes after them.
fn stage_number(state: &State) -> usize {
    let here = |page: Page| Stage::ALL.iter().position(|stage| *stage == page.stage);
    state.page().and_then(here).unwrap_or(Stage::ALL.len())
}

fn go_to(state: &mut State, number: usize) -> Vec<Command> {
    state.led_to = None;
    if state.running().is_some() || state.editing.is_none() {
        return Vec::new();
    }
    match Stage::ALL.get(number) {
        Some(stage) => {
            state.screen = Screen::Page(Page::of(*stage));
            state.lookups.forget_failures();
            if let Some(editing) = state.editing.as_mut() {
                editing.visited.insert(*stage);
            }
            stage::look_at_folder(state)
        }
        None => review::enter(state),
    }
}

/// Goes through the versions of the profile; a plan that is shown is made anew.
fn walk(state: &mut State, go: fn(&mut Editing) -> bool, otherwise: &str) -> Vec<Command> {
    if state.running().is_none()
        && let Some(editing) = state.editing.as_mut()
    {
        match go(editing) {
            true if state.screen == Screen::Review => return review::enter(state),
            true => return stage::look_at_new_folder(state),
            false => state.notice = Some(otherwise.to_owned()),
        }
    }
    Vec::new()
}

/// Whether the files of all profiles that were opened hold every answer.
fn keeps_all(state: &State) -> bool {
    state.unkept() == 0
}

/// Leaves, and asks before where one might not have meant it.
fn quit(state: &mut State) {
    let over = state.run.as_ref().is_some_and(|run| run.ended.is_some()) && state.screen == Screen::Provision;
    if state.running().is_some() {
        state.overlay = Some(Overlay::Stop);
    } else if !keeps_all(state) {
        state.overlay = Some(Overlay::Quit);
    } else if over || matches!(state.screen, Screen::Welcome | Screen::Dashboard) {
        state.leaving = Some(Leaving::Quit);
    } else {
        state.overlay = Some(Overlay::Quit);
    }
}

/// Ctrl-C asks first, and the second time leaves.
fn interrupt(state: &mut State) -> Vec<Command> {
    stage::leave_row(state);
    match (&state.overlay, state.running().is_some()) {
        (Some(Overlay::Stop), true) => return provision::leave_now(state),
        (_, true) => state.overlay = Some(Overlay::Stop),
        (Some(Overlay::Quit), false) => state.leaving = Some(Leaving::Interrupted),
        (_, false) if state.screen == Screen::Welcome && state.overlay.is_none() && keeps_all(state) => {
            state.leaving = Some(Leaving::Interrupted);
        }
        (_, false) if state.is_too_small() => state.leaving = Some(Leaving::Interrupted),
        (_, false) => state.overlay = Some(Overlay::Quit),
    }
    Vec::new()
}

fn on_message(state: &mut State, message: Message) -> Vec<Command> {
    match message {
        Message::ProfilesFound(found) => state.welcome.profiles = Some(found),
        Message::Identified { sandbox, caller } if sandbox == state.sandbox => {
            state.caller = caller.map_or_else(Looked::Missing, Looked::Found);
        }
        Message::Identified { .. } => {}
        Message::LookedUp { sandbox, lookup, answer } if sandbox == state.sandbox => {
            state.lookups.take(&lookup, answer);
        }
        Message::LookedUp { .. } => {}
        Message::Opened { path, text } | Message::Created { path, text } => return open(state, path, text),
        Message::OpenFailed(error) | Message::SaveFailed(error) => state.notice = Some(told(&error)),
        Message::CreateFailed(error) => create_failed(state, error),
        Message::Saved { text } => saved(state, text),
        Message::ChangedOutside { text } => changed_outside(state, text),
        Message::FolderSeen { folder, contents } => stage::folder_seen(state, folder, contents),
        Message::Planned(planned) if state.planning == Planning::Making => {
            state.planning = planned.map_or_else(Planning::Failed, Planning::Made);
        }
        Message::Replaces(replaced) if state.planning == Planning::Making => {
            state.planning = Planning::Asking(replaced);
        }
        Message::Planned(_) | Message::Replaces(_) => {}
        Message::Happened(event) => provision::happened(state, &event),
        Message::RecordsWanted(records) => provision::records_wanted(state, records),
        Message::SiteAnswered(answers) => provision::answered(state, answers),
        Message::TornDown(receipt) => provision::torn_down(state, receipt),
        Message::TeardownPlanned(planned) => teardown::planned(state, planned),
        Message::BucketCounted { bucket, held } => teardown::counted_in(state, bucket, held),
        Message::SiteSeen { update, now } => dashboard::seen(state, *update, now),
        Message::WatchFailed(error) => dashboard::watch_failed(state, error),
        Message::PathsCovered { typed, covered } => dashboard::covered(state, &typed, covered),
        Message::Invalidated(told) => dashboard::invalidated(state, told),
        Message::LogsRead(lines) => dashboard::read(state, lines),
        Message::Drilled(told) => dashboard::drilled(state, told),
        Message::CameBack => {
            state.away = false;
            state.redraw = true;
        }
        Message::UndoPlanned(plan) => provision::undo_planned(state, *plan),
        Message::RunEnded(end) => return provision::run_ended(state, end),
        Message::Terminated if state.running().is_some() => return provision::leave_now(state),
        Message::Terminated => state.leaving = Some(Leaving::Interrupted),
    }
    Vec::new()
}

fn saved(state: &mut State, text: String) {
    if let Some(editing) = state.editing.as_mut() {
        editing.saved = text;
    }
}

fn open(state: &mut State, path: PathBuf, text: String) -> Vec<Command> {
    state.led_to = None;
    match left_open(state, &path, &text).map_or_else(|| Editing::open(path, text), Ok) {
        Ok(editing) => {
            state.sent = Some(editing.text().to_owned());
            state.editing = Some(editing);
            state.agreed.clear();
            state.kept.clear();
            welcome::opened(state);
            let mut commands = stage::look_at_folder(state);
            if std::mem::take(&mut state.welcome.then_review) {
                commands.extend(review::enter(state));
            }
            commands.extend(on_site::opened(state));
            commands
        }
        Err(error) => {
            state.notice = Some(told(&error));
            Vec::new()
        }
    }
}

/// What was left comes back with all that its file can't hold: refused answers, and the way back. Others that hold such
/// answers wait for their turn.
fn left_open(state: &mut State, path: &Path, text: &str) -> Option<Editing> {
    let open = state.editing.take();
    if open.as_ref().is_some_and(|open| !is_same(&open.path, path)) {
        state.chosen_before = Chosen::default();
    }
    let (same, mut others): (Vec<_>, Vec<_>) = open
        .into_iter()
        .chain(std::mem::take(&mut state.left))
        .partition(|editing| is_same(&editing.path, path));
    others.retain(|editing| editing.unkept() > 0);
    state.left = others;
    same.into_iter().find(|left| left.text() == text)
}

/// Whether two paths, however they are written, are one.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other
        || std::path::absolute(one).is_ok_and(|one| std::path::absolute(other).is_ok_and(|it| it == one))
}

/// What something else wrote is shown, and what the person had is one undo away.
fn changed_outside(state: &mut State, text: String) {
    let Some(editing) = state.editing.as_mut() else { return };
    state.sent = Some(text.clone());
    editing.take_over(text);
    let undo = keys::shown(Action::Go(Go::Undo), true);
    let file = editing.path.display();
    state.notice = Some(format!("Something else changed {file}: here it is; {undo} brings yours back."));
}

fn create_failed(state: &mut State, error: Error) {
    match &mut state.overlay {
        Some(Overlay::Name(prompt)) => prompt.fault = Some(told(&error)),
        _ => state.notice = Some(told(&error)),
    }
}

/// An error in one line.
fn told(error: &Error) -> String {
    match error.causes.first() {
        Some(cause) => format!("{}: {cause}", error.message),
        None => error.message.clone(),
    }
}
