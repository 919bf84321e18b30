//! What somebody changed in AWS by hand: for each field, whether the profile is to say so too, or AWS is to be set
//! back.

use super::super::keys::{Action, Move, Offer, shown};
use super::super::message::{Command, Planned};
use super::super::state::{Planning, State};
use super::super::text::{line, span};
use super::super::theme::{DOUBTFUL, FAINT, FOCUS, GOOD, HEADING, PLAIN};
use super::super::widgets::body::Body;
use super::review;
use crate::blueprint::drift::{Drift, Theirs};
use ratatui::text::Line;

/// The field in focus, where there is one.
pub fn focused(state: &State) -> Option<&Drift> {
    let found = drifted(state);
    found.get(state.drifted.min(found.len().saturating_sub(1)))
}

fn drifted(state: &State) -> &[Drift] {
    match &state.planning {
        Planning::Made(planned) => &planned.drift,
        Planning::None | Planning::Making | Planning::Asking(_) | Planning::Failed(_) => &[],
    }
}

/// Puts the focus on another field.
pub fn choose(state: &mut State, way: Move) {
    state.drifted = way.from(state.drifted, drifted(state).len().saturating_sub(1), 1);
}

/// Has the profile say what AWS has, and plans anew.
pub fn take_theirs(state: &mut State) -> Vec<Command> {
    match focused(state).map(|drift| drift.theirs.clone()) {
        Some(Theirs::Answers(answers)) => {
            let is_taken = state.editing.as_mut().is_some_and(|editing| editing.answer_all(&answers));
            if is_taken {
                return review::enter(state);
            }
        }
        Some(Theirs::Inexpressible(why)) => state.notice = Some(format!("That can only be set back: {why}.")),
        None => {}
    }
    Vec::new()
}

/// Has AWS set back, which the plan does already, and goes on to the next field.
pub fn keep_mine(state: &mut State) {
    let Some(id) = focused(state).map(identity) else { return };
    state.kept.insert(id);
    choose(state, Move::Next);
}

fn identity(drift: &Drift) -> String {
    format!("{} {}", drift.step, drift.change.field)
}

/// The keys that decide about the field in focus.
pub fn offers(state: &State) -> Vec<(Action, &'static str)> {
    let theirs = match focused(state).map(|drift| &drift.theirs) {
        Some(Theirs::Answers(_)) => Some((Action::Offer(Offer::TakeTheirs), "take theirs")),
        Some(Theirs::Inexpressible(_)) | None => None,
    };
    let mine = focused(state).map(|_| (Action::Offer(Offer::KeepMine), "keep mine"));
    theirs.into_iter().chain(mine).collect()
}

/// Each field with what AWS has and what the profile asks for.
pub fn lines(body: &mut Body, planned: &Planned, state: &State, columns: usize) {
    if planned.drift.is_empty() {
        return;
    }
    body.push(line(DOUBTFUL, " ≠ Changed in AWS since it was deployed"));
    let here = focused(state).map(identity);
    for drift in &planned.drift {
        let is_here = here.as_ref() == Some(&identity(drift));
        let is_kept = state.kept.contains(&identity(drift));
        field_lines(body, drift, (is_here, is_kept), columns);
    }
    body.gap();
}

fn field_lines(body: &mut Body, drift: &Drift, (is_here, is_kept): (bool, bool), columns: usize) {
    let Drift { resource, change, theirs, .. } = drift;
    let (mark, style) = if is_here { (" ▸ ", FOCUS) } else { ("   ", PLAIN) };
    let field = change.field.replace('_', " ");
    body.push(Line::from(vec![
        span(FOCUS, mark),
        span(style, format!("{} ", resource.kind)),
        span(HEADING, field),
    ]));
    let told = |value: &Option<String>| match value.as_deref() {
        None | Some("") => "nothing".to_owned(),
        Some(value) => value.to_owned(),
    };
    let mut say = |style, text: String| body.words(5, style, &text, columns);
    say(PLAIN, format!("AWS has {}", told(&change.from)));
    say(PLAIN, format!("the profile asks for {}", told(&change.to)));
    match (theirs, is_kept) {
        (_, true) => say(GOOD, "✓ mine: deploying sets it back".to_owned()),
        (Theirs::Inexpressible(why), false) => say(FAINT, format!("deploying sets it back: {why}")),
        (Theirs::Answers(_), false) => {
            let (take, keep) = (
                shown(Action::Offer(Offer::TakeTheirs), false),
                shown(Action::Offer(Offer::KeepMine), false),
            );
            say(FAINT, format!("{take} takes theirs into the profile; {keep} keeps mine, and sets it back"));
        }
    }
}
