//! What lies over a screen: what its keys do, and how it is drawn.

use super::super::keys::{Action, Change, Go, Move, Reply};
use super::super::message::Command;
use super::super::screens::{confirmation, found, provision, review, stage, welcome};
use super::super::state::{Leaving, NamePrompt, Overlay, State};
use super::super::text::{counted, line, span, width, wrapped};
use super::super::theme::{DOUBTFUL, FAINT, FOCUS, HEADING, PLAIN, WRONG};
use super::super::update;
use super::body::Body;
use super::{about, checklist, help, items, palette};
use crate::profile::questions;
use ratatui::style::Style;
use ratatui::text::Line;
use tui_input::{Input, InputRequest};

/// From so many rows on, a question is asked with all that its answers mean.
const ROOMY: u16 = 16;

/// Does what a key means while something lies over the screen.
pub fn act(state: &mut State, action: Action) -> Vec<Command> {
    let Some(mut overlay) = state.overlay.take() else { return Vec::new() };
    match action {
        Action::Accept => return accept(state, overlay),
        Action::Back => return back(state, overlay),
        Action::Reply(reply) => return replied(state, overlay, reply),
        Action::Move(way) => go(state, &mut overlay, way),
        Action::Go(Go::Help) => {
            state.scroll = 0;
            overlay = about::open(overlay);
        }
        Action::Change(change) => alter(&mut overlay, change),
        Action::Go(_) | Action::Offer(_) | Action::OnSite(_) | Action::Redraw | Action::Interrupt => {}
    }
    state.overlay = Some(overlay);
    Vec::new()
}

/// Takes what is typed while something lies over the screen.
pub fn edit(state: &mut State, request: InputRequest) {
    match &mut state.overlay {
        Some(Overlay::Check { list, chosen, .. })
            if request == InputRequest::InsertChar(' ') && !list.goes_on_with_space() =>
        {
            checklist::toggle(list, chosen);
        }
        Some(
            Overlay::Palette(list)
            | Overlay::Presets(list)
            | Overlay::Choose { list, .. }
            | Overlay::Check { list, .. },
        ) => {
            list.filter.handle(request);
            list.refocus();
        }
        Some(Overlay::Name(prompt)) => {
            // The first letter takes the place of the name that was proposed.
            if std::mem::take(&mut prompt.is_proposed) && matches!(request, InputRequest::InsertChar(_)) {
                prompt.input.reset();
            }
            prompt.input.handle(request);
            prompt.fault = None;
        }
        Some(Overlay::Confirm(asked)) => {
            asked.input.handle(request);
            asked.fault = None;
        }
        Some(Overlay::Items(list)) => {
            list.input.handle(request);
            list.fault = None;
        }
        Some(Overlay::Help | Overlay::About { .. } | Overlay::Quit | Overlay::Deploy | Overlay::Stop)
        | None => {}
    }
}

fn accept(state: &mut State, overlay: Overlay) -> Vec<Command> {
    match overlay {
        Overlay::Palette(list) => {
            let number = list.focused().and_then(|pick| pick.value.parse::<usize>().ok());
            let command = number.and_then(|number| palette::commands(state).into_iter().nth(number));
            return command.map(|(_, action)| update::act(state, action)).unwrap_or_default();
        }
        Overlay::Presets(list) => welcome::preset_chosen(state, list),
        Overlay::Name(prompt) => return welcome::name_given(state, prompt),
        Overlay::Confirm(asked) => return confirmation::answered(state, asked),
        Overlay::Choose { key, list } => {
            if let Some(pick) = list.focused() {
                stage::chosen(state, &key, &pick.value);
            }
        }
        Overlay::Check { .. } | Overlay::Help | Overlay::About { .. } => return back(state, overlay),
        Overlay::Items(mut list) => {
            if list.cursor < list.items.len() {
                list.change();
                state.overlay = Some(Overlay::Items(list));
            } else if list.input.value().trim().is_empty() {
                return back(state, Overlay::Items(list));
            } else {
                list.add();
                state.overlay = Some(Overlay::Items(list));
            }
        }
        // Enter answers none of these: nothing dangerous may follow from pressing it once too often.
        Overlay::Quit | Overlay::Deploy | Overlay::Stop => state.overlay = Some(overlay),
    }
    Vec::new()
}

/// Closes what lies over the screen, and keeps what was chosen or typed in it.
fn back(state: &mut State, overlay: Overlay) -> Vec<Command> {
    state.scroll = 0;
    match overlay {
        Overlay::Check { key, chosen, .. } => {
            let texts: Vec<String> = chosen.iter().cloned().collect();
            let before = questions::question(&key).map(|question| checklist::chosen(state, &key, question));
            if let Some(editing) = state.editing.as_mut()
                && before != Some(chosen)
            {
                editing.answer(&key, &texts.join(", "));
            }
        }
        Overlay::Items(mut list) => {
            if !list.add() {
                list.items.push(list.input.value().trim().to_owned());
            }
            if let Some(editing) = state.editing.as_mut()
                && editing.typed(&list.key) != list.joined()
            {
                editing.answer(&list.key, &list.joined());
            }
        }
        Overlay::Name(_) => state.overlay = Some(welcome::presets_overlay()),
        Overlay::About { over, .. } => state.overlay = Some(*over),
        Overlay::Palette(_)
        | Overlay::Presets(_)
        | Overlay::Choose { .. }
        | Overlay::Confirm(_)
        | Overlay::Help
        | Overlay::Quit
        | Overlay::Deploy
        | Overlay::Stop => {}
    }
    Vec::new()
}

/// Does what a letter means that answers an open question.
fn replied(state: &mut State, overlay: Overlay, reply: Reply) -> Vec<Command> {
    match (overlay, reply) {
        (Overlay::Quit, Reply::Yes) => state.leaving = Some(Leaving::Quit),
        (Overlay::Deploy, Reply::Yes) => return review::deploy(state),
        (Overlay::Stop, Reply::Detach | Reply::StopRun) => return provision::stop(state, reply),
        (Overlay::Stop, Reply::Undo) => provision::ask_undo(state),
        (other, Reply::Yes | Reply::Detach | Reply::StopRun | Reply::Undo) => state.overlay = Some(other),
    }
    Vec::new()
}

fn go(state: &mut State, overlay: &mut Overlay, way: Move) {
    let screenful = state.screenful();
    match overlay {
        Overlay::Palette(list)
        | Overlay::Presets(list)
        | Overlay::Choose { list, .. }
        | Overlay::Check { list, .. } => {
            let last = list.matching().len().saturating_sub(1);
            list.cursor = way.from(list.cursor, last, screenful);
        }
        Overlay::Items(list) => list.cursor = way.from(list.cursor, list.items.len(), screenful),
        Overlay::Help => {
            let last = help::body(state, state.size.0.into()).last_top(state.size.1);
            state.scroll = way.from(state.scroll, last, screenful);
        }
        Overlay::About { pick, .. } => {
            let last = about::body(pick, 0, state.size.0.into()).last_top(state.size.1);
            state.scroll = way.from(state.scroll, last, screenful);
        }
        Overlay::Name(_) | Overlay::Confirm(_) | Overlay::Quit | Overlay::Deploy | Overlay::Stop => {}
    }
}

fn alter(overlay: &mut Overlay, change: Change) {
    match (overlay, change) {
        (Overlay::Check { list, chosen, .. }, Change::Toggle) => checklist::toggle(list, chosen),
        (Overlay::Items(list), Change::Delete) => list.remove(),
        (Overlay::Items(list), Change::MoveUp) => list.shift(-1),
        (Overlay::Items(list), Change::MoveDown) => list.shift(1),
        (
            _,
            Change::Left
            | Change::Right
            | Change::Toggle
            | Change::Delete
            | Change::MoveUp
            | Change::MoveDown,
        ) => {}
    }
}

/// What lies over the screen, as it is drawn; `None` where the screen itself is still to be seen.
pub fn body(state: &State, columns: usize) -> Option<Body> {
    match state.overlay.as_ref()? {
        Overlay::Palette(list) | Overlay::Presets(list) | Overlay::Choose { list, .. } => {
            Some(list.body(columns, |_| ""))
        }
        Overlay::Check { list, chosen, .. } => Some(checklist::body(list, chosen, columns)),
        Overlay::Items(list) => Some(items::body(list, |item| found::beside(state, &list.key, item))),
        Overlay::Name(prompt) => Some(name_body(prompt, state.sandbox, columns)),
        Overlay::Confirm(asked) => Some(confirmation::body(state, asked, columns)),
        Overlay::Help => Some(help::body(state, columns)),
        Overlay::About { pick, .. } => Some(about::body(pick, state.scroll, columns)),
        Overlay::Quit | Overlay::Deploy | Overlay::Stop => None,
    }
}

/// The question that its own letters answer, where one is open.
pub fn asked(state: &State) -> Option<Vec<(Style, String)>> {
    match state.overlay.as_ref()? {
        Overlay::Quit => Some(vec![(DOUBTFUL, leaving(state))]),
        Overlay::Deploy => Some(review::question(state)),
        Overlay::Stop => Some(provision::question(state)),
        Overlay::Palette(_)
        | Overlay::Presets(_)
        | Overlay::Name(_)
        | Overlay::Confirm(_)
        | Overlay::Choose { .. }
        | Overlay::Check { .. }
        | Overlay::Items(_)
        | Overlay::Help
        | Overlay::About { .. } => None,
    }
}

fn leaving(state: &State) -> String {
    match state.unkept() {
        0 => "Leave? Everything is saved.".to_owned(),
        unkept => {
            format!("Leave? {} can't be kept as it stands; the rest is saved.", counted(unkept, "answer"))
        }
    }
}

/// That question, as it stands at the foot of the screen that it is about.
pub fn question(state: &State, columns: usize) -> Vec<Line<'static>> {
    let Some(mut texts) = asked(state) else { return Vec::new() };
    if state.size.1 < ROOMY {
        // What each letter does stands in the foot as well.
        texts.truncate(1);
    }
    let mut lines = vec![Line::default()];
    for (style, text) in texts {
        lines.extend(wrapped_with_indent(&text, columns).into_iter().map(|text| line(style, text)));
    }
    lines
}

fn wrapped_with_indent(text: &str, columns: usize) -> Vec<String> {
    let indent = 1 + text.len() - text.trim_start().len();
    // What a letter does stands apart from the letter, also on its second line.
    let hanging = if indent > 1 { indent + 2 } else { indent };
    let lines = wrapped(text, columns.saturating_sub(hanging + 1)).into_iter().enumerate();
    lines.map(|(number, text)| " ".repeat(if number == 0 { indent } else { hanging }) + &text).collect()
}

fn name_body(prompt: &NamePrompt, in_sandbox: bool, columns: usize) -> Body {
    let mut body = Body::default();
    let head = " ▸ Name                ";
    body.gap();
    body.push(line(HEADING, format!("   A new site from the preset {}", prompt.preset)));
    body.gap();
    body.push(Line::from(vec![span(FOCUS, head), span(PLAIN, prompt.input.value())]));
    body.cursor = Some((3, width(head) + prompt.input.visual_cursor()));
    body.focus = Some((3, 4));
    if let Some(fault) = &prompt.fault {
        let room = columns.saturating_sub(width(head) + 3);
        for (number, text) in wrapped(fault, room).into_iter().enumerate() {
            let sign = if number == 0 { "✗" } else { " " };
            body.push(line(WRONG, format!("{}{sign} {text}", " ".repeat(width(head)))));
        }
    }
    body.gap();
    let practice = "A folder with a page to practise with is made beside the profile, where there is none.";
    let told = [
        "Everything that is created in AWS is named after it.",
        "It can't change once the site is deployed.",
    ];
    for text in told.into_iter().chain(in_sandbox.then_some(practice)) {
        body.words(3, FAINT, text, columns);
    }
    body
}

/// Asks for the name of a new site.
pub fn name_prompt(preset: &'static str, name: &str) -> Overlay {
    Overlay::Name(NamePrompt { preset, input: Input::from(name), is_proposed: true, fault: None })
}
