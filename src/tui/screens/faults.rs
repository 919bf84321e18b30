//! What stands in the way of a plan: a list that leads to each answer.

use super::super::editing::Trouble;
use super::super::faults::Fault;
use super::super::keys::Move;
use super::super::rows::item_word;
use super::super::state::{Screen, State};
use super::super::text::{counted, line, span};
use super::super::theme::{FAINT, FOCUS, HEADING, PLAIN, WRONG};
use super::super::widgets::body::Body;
use crate::profile::questions;
use ratatui::text::Line;

/// Whether the review shows what stands in the way.
pub fn are_shown(state: &State) -> bool {
    let has_some = state.editing.as_ref().is_some_and(|editing| editing.problems() > 0);
    state.screen == Screen::Review && has_some && !state.shows_diff
}

/// Puts the focus on another one.
pub fn choose(state: &mut State, way: Move) {
    let last = state.editing.as_ref().map_or(0, |editing| editing.problems().saturating_sub(1));
    state.fault = way.from(state.fault, last, state.screenful());
}

/// Goes to where the one in focus is mended.
pub fn open(state: &mut State) {
    let Some(editing) = state.editing.as_mut() else { return };
    let mut faults = editing.faults();
    if faults.is_empty() {
        return;
    }
    let fault = faults.swap_remove(state.fault.min(faults.len() - 1));
    let (page, place) = editing.whereabouts(&fault.key);
    editing.places.insert(page, place);
    editing.visited.insert(page.stage);
    state.screen = Screen::Page(page);
    state.led_to = Some(page);
}

/// Adds the list.
pub fn body(mut body: Body, state: &State, columns: usize) -> Body {
    let faults = state.editing.as_ref().map(|editing| (editing, editing.faults()));
    let Some((editing, faults)) = faults else { return body };
    body.push(line(
        WRONG,
        format!(" ✗ {} to solve before there is a plan", counted(faults.len(), "problem")),
    ));
    body.gap();
    for (number, fault) in faults.iter().enumerate() {
        let start = body.lines.len();
        let is_here = number == state.fault.min(faults.len() - 1);
        let item = editing.whereabouts(&fault.key).0.item;
        body.push(head(fault, item, is_here));
        words(&mut body, &fault.trouble, columns);
        if is_here {
            body.focus = Some((start, body.lines.len() - 1));
        }
    }
    body
}

/// Where it is: the stage, the item of its list and the question.
fn head(fault: &Fault, item: Option<usize>, is_here: bool) -> Line<'static> {
    let (mark, style) = if is_here { (" ▸ ", FOCUS) } else { ("   ", HEADING) };
    let stage = super::super::editing::stage_of(&fault.key);
    let item = item.map(|index| format!(" · {} {}", item_word(stage), index + 1)).unwrap_or_default();
    let prompt = questions::question(&fault.key).map(|question| format!(" · {}", question.prompt));
    let place = format!("{}{item}{}", stage.title(), prompt.unwrap_or_default());
    Line::from(vec![span(FOCUS, mark), span(style, place)])
}

fn words(body: &mut Body, trouble: &Trouble, columns: usize) {
    body.words(5, PLAIN, &trouble.message, columns);
    trouble.help.iter().for_each(|help| body.words(5, FAINT, help, columns));
}
