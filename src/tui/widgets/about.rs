//! All there is to say about one thing of a list, with its code in full: beside the list there is room for little of it.

use super::super::state::Overlay;
use super::super::text::{line, wrapped, wrapped_code};
use super::super::theme::{HEADING, PLAIN};
use super::body::{Body, MEASURE};
use super::picklist::Pick;

/// What is said of what is in focus, over its list; the list itself where there is nothing to say.
pub fn open(over: Overlay) -> Overlay {
    let focused = match &over {
        Overlay::Presets(list) | Overlay::Choose { list, .. } => list.focused(),
        Overlay::Palette(_)
        | Overlay::Check { .. }
        | Overlay::Name(_)
        | Overlay::Confirm(_)
        | Overlay::Items(_)
        | Overlay::Help
        | Overlay::About { .. }
        | Overlay::Quit
        | Overlay::Deploy
        | Overlay::Stop => None,
    };
    match focused.filter(has_more) {
        Some(pick) => Overlay::About { pick: Box::new(pick), over: Box::new(over) },
        None => over,
    }
}

/// Whether there is more to say of it than its list has room for.
pub fn has_more(pick: &Pick) -> bool {
    !pick.code.is_empty()
}

/// The words and the code.
pub fn body(pick: &Pick, scroll: usize, columns: usize) -> Body {
    let mut body = Body::default();
    let room = columns.saturating_sub(5).max(1);
    body.gap();
    body.push(line(HEADING, format!("   {}", pick.label)));
    for paragraph in &pick.aside {
        let lines = wrapped(paragraph, room.min(MEASURE));
        body.lines.extend(lines.into_iter().map(|text| line(PLAIN, format!("   {text}"))));
    }
    body.gap();
    let lines = pick.code.lines().flat_map(|text| wrapped_code(text, room));
    body.lines.extend(lines.map(|text| line(PLAIN, format!("   {text}"))));
    body.top = Some(scroll);
    body
}
