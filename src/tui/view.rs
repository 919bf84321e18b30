//! The frame that a state looks like. Nothing here changes anything.

use super::screens::{dashboard, provision, review, stage, teardown, welcome};
use super::state::{Looked, Overlay, SMALLEST, Screen, State};
use super::text::{blank, counted, fit_line, line, span, with_right};
use super::theme::{DOUBTFUL, FAINT, GOOD, HEADING, PLAIN, WRONG};
use super::widgets::body::{Body, draw_lines};
use super::widgets::{footer, overlay, rail};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// From this width on, the stages stand at the left and the words on what is in focus at the right.
const WIDE: u16 = 110;
/// From this height on, rules separate head, body and foot.
const TALL: u16 = 18;
/// How wide the column of stages is.
const RAIL: u16 = 19;
/// How wide the column of words is.
const BESIDE: u16 = 31;

/// Draws the state.
pub fn view(state: &State, frame: &mut Frame<'_>) {
    let area = frame.area();
    if state.is_too_small() {
        too_small(state, frame, area);
    } else {
        draw(state, frame, area);
    }
    state.theme.finish(frame.buffer_mut());
}

fn too_small(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let (columns, rows) = SMALLEST;
    let words = [
        "Too small to show.".to_owned(),
        format!("{}x{} here, {columns}x{rows} needed.", area.width, area.height),
        format!("Ctrl-C: {}", footer::interrupting(state)),
    ];
    draw_lines(frame, area, &words.map(|text| line(PLAIN, text)), 0);
}

/// The parts of the screen.
struct Parts {
    head: Rect,
    rail: Option<Rect>,
    body: Rect,
    beside: Option<Rect>,
    foot: Rect,
}

fn draw(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let head = head_lines(state, area);
    let foot = foot_lines(state, area);
    let parts = parts(state, area, (head.len(), foot.len()));
    draw_lines(frame, parts.head, &head, 0);
    if let Some(place) = parts.rail {
        draw_lines(frame, place, &rail::down(state), 0);
    }
    let mut body = body(state, parts.body.width.into());
    body.pinned.extend(overlay::question(state, parts.body.width.into()));
    body.draw(frame, parts.body, parts.beside);
    draw_lines(frame, parts.foot, &foot, 0);
}

fn parts(state: &State, area: Rect, (head, foot): (usize, usize)) -> Parts {
    let rows = |lines: usize| u16::try_from(lines).unwrap_or(u16::MAX).min(area.height);
    let (head, foot) = (rows(head), rows(foot));
    let middle = Rect { y: area.y + head, height: area.height.saturating_sub(head + foot), ..area };
    let rail = has_column(state, area).then_some(Rect { width: RAIL, ..middle });
    let left = rail.map_or(0, |rail| rail.width);
    let right = if area.width >= WIDE && has_words(state) { BESIDE + 2 } else { 0 };
    let body = Rect { x: area.x + left, width: area.width - left - right, ..middle };
    let beside = Rect { x: body.right() + 1, width: BESIDE, ..middle };
    Parts {
        head: Rect { height: head, ..area },
        rail,
        body,
        beside: (right > 0).then_some(beside),
        foot: Rect { y: middle.bottom(), height: foot, ..area },
    }
}

/// Whether the stages stand in a column at the left.
fn has_column(state: &State, area: Rect) -> bool {
    area.width >= WIDE && has_rail(state)
}

/// Whether there are words on what is in focus, for which a column is kept.
fn has_words(state: &State) -> bool {
    match &state.overlay {
        Some(Overlay::Presets(list) | Overlay::Choose { list, .. }) => {
            list.picks.iter().any(|pick| !pick.aside.is_empty())
        }
        Some(Overlay::Items(_)) => true,
        Some(
            Overlay::Palette(_)
            | Overlay::Name(_)
            | Overlay::Confirm(_)
            | Overlay::Check { .. }
            | Overlay::Help
            | Overlay::About { .. },
        ) => false,
        Some(Overlay::Quit | Overlay::Deploy | Overlay::Stop) | None => state.page().is_some(),
    }
}

/// Whether the stages are of interest.
fn has_rail(state: &State) -> bool {
    match state.screen {
        Screen::Page(_) | Screen::Review => state.editing.is_some(),
        Screen::Welcome | Screen::Provision | Screen::Teardown | Screen::Dashboard => false,
    }
}

fn head_lines(state: &State, area: Rect) -> Vec<Line<'static>> {
    let columns = usize::from(area.width);
    let mut lines = vec![with_right(title(state), status(state, columns), columns)];
    if has_rail(state) && !has_column(state, area) {
        lines.push(rail::across(state, columns));
    }
    if area.height >= TALL {
        lines.push(rule(columns));
        if has_column(state, area) {
            lines.push(blank());
        }
    }
    lines
}

fn title(state: &State) -> Line<'static> {
    let name = match (&state.editing, state.screen) {
        (_, Screen::Welcome) | (None, _) => "sitecast".to_owned(),
        (
            Some(editing),
            Screen::Page(_) | Screen::Review | Screen::Provision | Screen::Teardown | Screen::Dashboard,
        ) => editing.site(),
    };
    let sandbox = if state.sandbox { "  sandbox" } else { "" };
    let health = if state.screen == Screen::Dashboard { dashboard::title(state) } else { Vec::new() };
    let name = [span(HEADING, format!(" {name}")), span(DOUBTFUL, sandbox)];
    Line::from(name.into_iter().chain(health).collect::<Vec<_>>())
}

/// At the right of the title: the file and whether it is saved, or whose account it is.
fn status(state: &State, columns: usize) -> Line<'static> {
    match (&state.editing, state.screen) {
        (Some(editing), Screen::Page(_) | Screen::Review) => {
            let path = editing.path.display();
            let (style, word) = match (editing.saved == editing.text(), editing.unkept()) {
                (true, 0) => (FAINT, "saved".to_owned()),
                (true, unkept) => (DOUBTFUL, format!("saved but for {}", counted(unkept, "answer"))),
                (false, _) => (DOUBTFUL, "saving…".to_owned()),
            };
            Line::from(vec![span(PLAIN, format!("{path} · ")), span(style, word), span(PLAIN, " ")])
        }
        (_, Screen::Dashboard) => dashboard::freshness(state, columns),
        (_, Screen::Welcome | Screen::Provision | Screen::Teardown) | (None, _) => account(state, columns),
    }
}

fn account(state: &State, columns: usize) -> Line<'static> {
    let wher = if state.sandbox { "" } else { "AWS: " };
    match &state.caller {
        Looked::Looking => line(FAINT, format!("{wher}looking… ")),
        Looked::Found(caller) if columns < 60 => line(GOOD, format!("{} ", caller.account)),
        Looked::Found(caller) => {
            let who = caller.arn.rsplit(['/', ':']).next().unwrap_or_default();
            Line::from(vec![
                span(PLAIN, format!("{wher}{} · {who} · ", caller.account)),
                span(GOOD, "signed in "),
            ])
        }
        Looked::Missing(_) => line(DOUBTFUL, format!("{wher}not signed in ")),
    }
}

fn foot_lines(state: &State, area: Rect) -> Vec<Line<'static>> {
    let columns = usize::from(area.width);
    let notice = state.notice.as_ref().map(|text| fit_line(line(WRONG, format!(" {text}")), columns));
    let rule = (area.height >= TALL).then(|| rule(columns));
    let keys = footer::line(state, columns);
    // Where there is little room, what was just told takes the place of the keys.
    if area.height < TALL && notice.is_some() {
        return notice.into_iter().collect();
    }
    notice.into_iter().chain(rule).chain([keys]).collect()
}

fn rule(columns: usize) -> Line<'static> {
    line(FAINT, "─".repeat(columns))
}

fn body(state: &State, columns: usize) -> Body {
    if let Some(body) = overlay::body(state, columns) {
        return body;
    }
    let body = match state.screen {
        Screen::Welcome => welcome::body(state, columns),
        Screen::Page(_) => stage::body(state, columns),
        Screen::Review => review::body(state, columns),
        Screen::Provision => provision::body(state, columns),
        Screen::Teardown => teardown::body(state, columns),
        Screen::Dashboard => dashboard::body(state, columns),
    };
    // While a question is open, what was typed before has no cursor.
    if state.is_asked() { Body { cursor: None, ..body } } else { body }
}
