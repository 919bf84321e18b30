//! Agreeing to what can't be undone, by typing a name: Enter alone is never enough.

use super::super::message::Command;
use super::super::state::{Confirmation, Confirmed, Overlay, State};
use super::super::text::{line, span, width};
use super::super::theme::{DOUBTFUL, FAINT, FOCUS, PLAIN, WRONG};
use super::super::widgets::body::Body;
use super::{provision, review};
use ratatui::text::Line;
use tui_input::Input;

/// Asks for the name.
pub fn ask(state: &mut State, what: Confirmed, name: String) {
    state.overlay = Some(Overlay::Confirm(Confirmation { what, name, input: Input::default(), fault: None }));
}

/// Takes what was typed, and does what was agreed to if it is the name.
pub fn answered(state: &mut State, mut asked: Confirmation) -> Vec<Command> {
    if asked.input.value().trim() != asked.name {
        asked.fault = Some(format!("that is not {}", asked.name));
        state.overlay = Some(Overlay::Confirm(asked));
        return Vec::new();
    }
    match asked.what {
        Confirmed::Replace => review::agree(state, asked.name),
        Confirmed::Undo => provision::undo(state),
    }
}

/// What is asked, and what is typed so far.
pub fn body(state: &State, asked: &Confirmation, columns: usize) -> Body {
    let mut body = Body::default();
    body.gap();
    for (number, words) in words(state, asked).into_iter().enumerate() {
        let style = if number == 0 { DOUBTFUL } else { PLAIN };
        body.words(3, style, &words, columns);
        body.gap();
    }
    let head = format!(" ▸ Type {} to go on: ", asked.name);
    let row = body.lines.len();
    body.push(Line::from(vec![span(FOCUS, head.clone()), span(PLAIN, asked.input.value())]));
    body.cursor = Some((row, width(&head) + asked.input.visual_cursor()));
    body.focus = Some((row, row + 1));
    match &asked.fault {
        Some(fault) => body.push(line(WRONG, format!("   ✗ {fault}"))),
        None => body.push(line(FAINT, "   Esc leaves everything as it is.")),
    }
    body
}

fn words(state: &State, asked: &Confirmation) -> Vec<String> {
    match asked.what {
        Confirmed::Replace => {
            let found = review::asked(state).map(|replaced| replaced.words.clone()).unwrap_or_default();
            vec!["This replaces what is not this site's, and can't be undone.".to_owned(), found]
        }
        Confirmed::Undo => provision::undo_words(state),
    }
}
