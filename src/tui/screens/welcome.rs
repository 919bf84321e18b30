//! What would you like to do?

use super::super::keys::Action;
use super::super::message::{Command, FoundProfile, LastState};
use super::super::rows::Page;
use super::super::site_keys::OnSite;
use super::super::state::{Looked, NamePrompt, Overlay, Screen, State};
use super::super::text::{blank, fit, line, padded, span, width, wrapped};
use super::super::theme::{DOUBTFUL, FAINT, FOCUS, GOOD, HEADING, PLAIN, WRONG};
use super::super::widgets::body::{Body, MEASURE};
use super::super::widgets::overlay::name_prompt;
use super::super::widgets::picklist::{Pick, Picklist};
use crate::profile::question::Stage;
use crate::profile::questions::question;
use crate::profile::{self, preset, presets};
use ratatui::style::Style;
use ratatui::text::Line;
use std::path::PathBuf;

/// One thing that can be done here.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    New,
    Practise,
    Open(FoundProfile),
}

/// What can be done, in the order in which it is offered: without credentials, practising comes first.
fn choices(state: &State) -> Vec<Choice> {
    let practise_first = matches!(&state.caller, Looked::Missing(_)) && !state.sandbox;
    let first = match (state.sandbox, practise_first) {
        (true, _) => vec![Choice::New],
        (false, true) => vec![Choice::Practise, Choice::New],
        (false, false) => vec![Choice::New, Choice::Practise],
    };
    let found = state.welcome.profiles.iter().flatten().cloned().map(Choice::Open);
    first.into_iter().chain(found).collect()
}

/// Does what a key means here.
pub fn act(state: &mut State, action: Action) -> Vec<Command> {
    let last = choices(state).len().saturating_sub(1);
    match action {
        Action::Move(way) => state.welcome.cursor = way.from(state.welcome.cursor, last, last),
        Action::Accept => return choose(state),
        Action::Change(_)
        | Action::Go(_)
        | Action::Offer(_)
        | Action::OnSite(_)
        | Action::Reply(_)
        | Action::Back
        | Action::Redraw
        | Action::Interrupt => {}
    }
    Vec::new()
}

fn choose(state: &mut State) -> Vec<Command> {
    match choices(state).into_iter().nth(state.welcome.cursor) {
        Some(Choice::New) => state.overlay = Some(presets_overlay()),
        Some(Choice::Practise) => return practise(state),
        Some(Choice::Open(found)) => return vec![Command::Open { path: found.path }],
        None => {}
    }
    Vec::new()
}

/// Opens the profile in focus, and goes on from there.
pub fn open_then(state: &mut State, wish: OnSite) -> Vec<Command> {
    match choices(state).into_iter().nth(state.welcome.cursor) {
        Some(Choice::Open(found)) => {
            state.then_on_site = Some(wish);
            vec![Command::Open { path: found.path }]
        }
        Some(Choice::New | Choice::Practise) | None => Vec::new(),
    }
}

/// Whether a profile is in focus.
pub fn is_on_profile(state: &State) -> bool {
    matches!(choices(state).get(state.welcome.cursor), Some(Choice::Open(_)))
}

fn practise(state: &mut State) -> Vec<Command> {
    state.sandbox = true;
    state.caller = Looked::Looking;
    state.lookups.forget();
    state.welcome.cursor = 0;
    state.overlay = Some(presets_overlay());
    vec![Command::Identify { sandbox: true }]
}

/// The presets to begin with.
pub fn presets_overlay() -> Overlay {
    let pick = |preset: &profile::Preset| Pick {
        value: preset.name.to_owned(),
        label: preset.name.to_owned(),
        detail: preset.about().to_owned(),
        aside: vec![preset.about().to_owned()],
        code: preset.text.to_owned(),
    };
    let first = presets().first().map_or("", |preset| preset.name);
    Overlay::Presets(Picklist::new("Start from", presets().iter().map(pick).collect(), first))
}

/// A preset was chosen: now its name.
pub fn preset_chosen(state: &mut State, list: Picklist) {
    let chosen = list.focused().and_then(|pick| preset(&pick.value).ok());
    state.overlay = Some(match chosen {
        Some(preset) => {
            let reading = profile::read(preset.text, preset.name);
            let name = reading.sheet.value("name");
            let usual = || name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
            let name = state.welcome.new_path.as_deref().and_then(profile::name_of_file);
            name_prompt(preset.name, &name.unwrap_or_else(usual))
        }
        None => Overlay::Presets(list),
    });
}

/// A name was given: the profile is made, so that there is something to save to from the first answer on.
pub fn name_given(state: &mut State, mut prompt: NamePrompt) -> Vec<Command> {
    let name = prompt.input.value().trim().to_owned();
    let check = question("name").and_then(|question| question.check);
    let fault = check.and_then(|check| check(&name).err()).map(|fault| fault.message);
    let text = preset(prompt.preset)
        .and_then(|preset| profile::new_profile(preset, &[("name".into(), name.clone())]));
    match (fault, text) {
        (None, Ok(text)) if !name.is_empty() => {
            let path =
                state.welcome.new_path.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.toml")));
            state.overlay = Some(Overlay::Name(prompt));
            vec![Command::Create { path, text, sandbox: state.sandbox }]
        }
        (fault, text) => {
            let refused = text.err().map(|error| error.causes.first().cloned().unwrap_or(error.message));
            prompt.fault = fault.or(refused).or(Some("a site needs a name".to_owned()));
            state.overlay = Some(Overlay::Name(prompt));
            Vec::new()
        }
    }
}

/// A profile is open: its first stage is shown.
pub fn opened(state: &mut State) {
    state.overlay = None;
    state.screen = Screen::Page(Page::of(Stage::Distribution));
    if let Some(editing) = state.editing.as_mut() {
        editing.visited.insert(Stage::Distribution);
    }
}

/// The screen.
pub fn body(state: &State, columns: usize) -> Body {
    let mut body = Body::default();
    body.gap();
    reason(&mut body, state, columns);
    body.push(line(HEADING, "   What would you like to do?"));
    body.gap();
    let mut headed = Heading::None;
    for (index, choice) in choices(state).iter().enumerate() {
        headed = heading(&mut body, choice, headed);
        let is_here = index == state.welcome.cursor;
        if is_here {
            body.focus = Some((body.lines.len(), body.lines.len()));
        }
        body.push(choice_line(choice, is_here, columns));
    }
    if headed == Heading::None {
        let words = match &state.welcome.profiles {
            None => "Looking for profiles in this folder…",
            Some(_) => "There is no profile in this folder yet.",
        };
        body.gap();
        body.push(line(FAINT, format!("   {words}")));
    }
    let short = " Nothing is created until you deploy.";
    let long = format!(" Everything is saved as you go.{short}");
    let promise = if width(&long) <= columns { &long } else { short };
    body.pinned = vec![line(FAINT, promise), blank()];
    body
}

/// Why practising is offered first.
fn reason(body: &mut Body, state: &State, columns: usize) {
    let Looked::Missing(error) = &state.caller else { return };
    let room = columns.min(MEASURE).saturating_sub(6);
    let why = error.causes.first().cloned().unwrap_or_default();
    for (number, text) in wrapped(&format!("{}: {why}", error.message), room).into_iter().enumerate() {
        body.push(line(DOUBTFUL, format!("{}{text}", if number == 0 { " ! " } else { "   " })));
    }
    for text in wrapped(error.hint.as_deref().unwrap_or_default(), room) {
        body.push(line(FAINT, format!("   {text}")));
    }
    body.gap();
}

/// What the profiles stand under that were added last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heading {
    None,
    Here,
    Recent,
}

fn heading(body: &mut Body, choice: &Choice, before: Heading) -> Heading {
    let (heading, words) = match choice {
        Choice::New | Choice::Practise => return before,
        Choice::Open(FoundProfile { elsewhere: false, .. }) => (Heading::Here, "   Profiles in this folder"),
        Choice::Open(FoundProfile { elsewhere: true, .. }) => {
            (Heading::Recent, "   Recent, from other folders")
        }
    };
    if heading != before {
        body.gap();
        body.push(line(HEADING, words));
    }
    heading
}

fn choice_line(choice: &Choice, is_here: bool, columns: usize) -> Line<'static> {
    let (label, detail) = match choice {
        Choice::New => ("Start a new site".to_owned(), "blog · app · documentation · downloads".to_owned()),
        Choice::Practise => {
            ("Practise in the sandbox".to_owned(), "nothing reaches AWS, no account needed".to_owned())
        }
        Choice::Open(found) if found.elsewhere => {
            (found.name.clone(), format!("{} · {}", found.about, found.path.display()))
        }
        Choice::Open(found) => (found.path.display().to_string(), about(found)),
    };
    let (mark, style) = if is_here { (" ▸ ", FOCUS) } else { ("   ", PLAIN) };
    let label_columns = if columns < 60 { 24 } else { 28 };
    let (sign_style, known) = known(choice);
    let detail = fit(&detail, columns.saturating_sub(label_columns + width(&known) + 4));
    let label = padded(&fit(&label, label_columns - 1), label_columns);
    Line::from(vec![span(FOCUS, mark), span(style, label), span(sign_style, known), span(FAINT, detail)])
}

/// How a site is known to be, by its last run from this machine.
fn known(choice: &Choice) -> (Style, String) {
    let Choice::Open(FoundProfile { last: Some(last), .. }) = choice else { return (PLAIN, String::new()) };
    let (style, words) = match last.state {
        LastState::Live => (GOOD, "✓ live"),
        LastState::Gone => (FAINT, "○ removed"),
        LastState::Failed => (WRONG, "✗ failed"),
        LastState::Unfinished => (DOUBTFUL, "! waits for you"),
        LastState::Stopped => (DOUBTFUL, "! stopped"),
    };
    (style, format!("{words} {} · ", ago(last.seconds_ago)))
}

fn ago(seconds: u64) -> String {
    match seconds {
        0..60 => "just now".to_owned(),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}

fn about(found: &FoundProfile) -> String {
    match found.problems {
        0 => format!("{} · {}", found.name, found.about),
        1 => format!("{} · one problem", found.name),
        several => format!("{} · {several} problems", found.name),
    }
}
