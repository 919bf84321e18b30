//! The live dashboard: panel by panel what is known of the site, how old that is, and what can be done about it.

mod facts;
mod panes;
mod traffic;

pub use panes::{covered, drilled, edit, invalidated, read};

use super::super::dashboard::{Asking, Attention, Dashboard, LEFT, Pane, RIGHT};
use super::super::keys::{Action, Move, Reply};
use super::super::message::{Command, OnWatched};
use super::super::rows::Page;
use super::super::site_keys::OnSite;
use super::super::state::{Screen, State};
use super::super::text::{blank, fit_line, line, padded, span, width, with_right, wrapped};
use super::super::theme::{DOUBTFUL, FAINT, FOCUS, GOOD, HEADING, PLAIN, WRONG};
use super::super::widgets::body::Body;
use super::review;
use crate::error::Error;
use crate::profile::question::Stage;
use crate::status::{Health, Panel, State as Condition, Trouble, Update};
use facts::{Fact, ago, facts};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::time::SystemTime;

/// From this width on, the panels stand in two columns.
const TWO_COLUMNS: usize = 100;
/// How many columns there are between the two.
const BETWEEN: usize = 3;
/// How wide the title of a panel is.
const TITLE: usize = 15;
/// How many facts a panel shows where it is one of many.
const BRIEF: usize = 3;
/// How many it shows where it is the one that is expanded.
const EXPANDED: usize = 6;
/// How many reasons for the site's health are told above the panels.
const REASONS: usize = 3;

/// The live site was looked at, when the clock on the wall said `now`.
pub fn seen(state: &mut State, update: Update, now: SystemTime) {
    if let Some(dashboard) = state.dashboard.as_mut() {
        dashboard.wall = Some((now, state.now_ms));
        dashboard.view.absorb(update);
    }
}

/// The live site can't be watched.
pub fn watch_failed(state: &mut State, error: Error) {
    if let Some(dashboard) = state.dashboard.as_mut() {
        dashboard.failed = Some(error);
    }
}

/// Shows the dashboard of the site whose profile is open. What was known of it before is still shown.
pub fn enter(state: &mut State) -> Vec<Command> {
    let Some(path) = state.editing.as_ref().map(|editing| editing.path.clone()) else { return Vec::new() };
    let from = state.screen;
    state.screen = Screen::Dashboard;
    state.scroll = 0;
    if let Some(dashboard) = state.dashboard.as_mut().filter(|dashboard| dashboard.of == path) {
        dashboard.pane = Pane::None;
        return Vec::new();
    }
    state.dashboard = Some(Dashboard::new(path.clone(), from));
    vec![Command::Watch { path, sandbox: state.sandbox }]
}

/// What the worker has to be told of whether somebody looks, if that changed.
pub fn attend(state: &mut State) -> Option<Command> {
    let is_shown = state.screen == Screen::Dashboard && !state.away;
    let dashboard = state.dashboard.as_mut()?;
    let attention = if is_shown && !dashboard.paused { Attention::Looks } else { Attention::Away };
    if attention == dashboard.told {
        return None;
    }
    dashboard.told = attention;
    Some(Command::OnWatched(OnWatched::Attend(attention)))
}

/// Does what a key means here.
pub fn act(state: &mut State, action: Action) -> Vec<Command> {
    match action {
        Action::Move(way) => go(state, way),
        Action::Accept => return accept(state),
        Action::Back => return back(state),
        Action::Reply(Reply::Yes) => return panes::agreed(state),
        Action::Change(_)
        | Action::Go(_)
        | Action::Offer(_)
        | Action::OnSite(_)
        | Action::Reply(Reply::Detach | Reply::StopRun | Reply::Undo)
        | Action::Redraw
        | Action::Interrupt => {}
    }
    Vec::new()
}

fn go(state: &mut State, way: Move) {
    let Some(dashboard) = state.dashboard.as_mut() else { return };
    if matches!(dashboard.pane, Pane::None) {
        let last = LEFT.len() + RIGHT.len() - 1;
        dashboard.focus = match (way, dashboard.focus) {
            (Move::Next, focus) if focus == last => 0,
            (Move::Previous, 0) => last,
            (way, focus) => way.from(focus, last, LEFT.len()),
        };
        return;
    }
    let last = body(state, state.size.0.into()).last_top(state.size.1);
    state.scroll = way.from(state.scroll, last, state.screenful());
}

fn accept(state: &mut State) -> Vec<Command> {
    let Some(dashboard) = state.dashboard.as_mut() else { return Vec::new() };
    match dashboard.pane {
        Pane::None => {
            dashboard.pane = Pane::Details;
            state.scroll = 0;
        }
        Pane::Invalidate(_) => panes::ask_to_invalidate(state),
        Pane::Details | Pane::Logs(_) | Pane::Drill(_) => {}
    }
    Vec::new()
}

/// First out of what is open over the panels, then away from the dashboard.
fn back(state: &mut State) -> Vec<Command> {
    let Some(dashboard) = state.dashboard.as_mut() else { return Vec::new() };
    state.scroll = 0;
    match &mut dashboard.pane {
        Pane::None => {
            state.screen = dashboard.from;
            state.dashboard = None;
            return vec![Command::Unwatch];
        }
        Pane::Invalidate(invalidating) if invalidating.stage == Asking::Asked => {
            invalidating.stage = Asking::Open;
        }
        Pane::Details | Pane::Invalidate(_) | Pane::Logs(_) | Pane::Drill(_) => dashboard.pane = Pane::None,
    }
    Vec::new()
}

/// Does what a letter stands for.
pub fn wished(state: &mut State, wish: OnSite) -> Vec<Command> {
    let Some(dashboard) = state.dashboard.as_mut() else { return Vec::new() };
    match wish {
        OnSite::Refresh => match dashboard.failed.take() {
            Some(_) => vec![Command::Watch { path: dashboard.of.clone(), sandbox: state.sandbox }],
            None => {
                state.notice = Some("Looking again; what was looked at seconds ago follows.".to_owned());
                vec![Command::OnWatched(OnWatched::LookAgain)]
            }
        },
        OnSite::Pause => {
            dashboard.paused = !dashboard.paused;
            Vec::new()
        }
        OnSite::Edit => {
            state.screen = Screen::Page(Page::of(Stage::Distribution));
            Vec::new()
        }
        OnSite::Upload => review::enter(state),
        OnSite::Invalidate => panes::invalidate(state),
        OnSite::Logs => panes::logs(state),
        OnSite::Drill => panes::drill(state),
        OnSite::TearDown | OnSite::Dashboard | OnSite::KeepBuckets | OnSite::BackUp | OnSite::LeaveDns => {
            Vec::new()
        }
    }
}

/// The site's health, for the title.
pub fn title(state: &State) -> Vec<Span<'static>> {
    let Some(dashboard) = &state.dashboard else { return Vec::new() };
    if dashboard.failed.is_some() {
        return Vec::new();
    }
    let health = dashboard.view.health().state;
    let (sign, style) = mark_of(health);
    vec![span(style, format!("  {sign} {}", health.word()))]
}

fn mark_of(health: Condition) -> (&'static str, Style) {
    match health {
        Condition::Healthy => ("✓", GOOD),
        Condition::Unknown => ("…", FAINT),
        Condition::Deploying => ("◐", FOCUS),
        Condition::Drifted => ("!", DOUBTFUL),
        Condition::Degraded | Condition::Absent => ("✗", WRONG),
    }
}

/// At the right of the title: how fresh everything is.
pub fn freshness(state: &State, columns: usize) -> Line<'static> {
    let Some(dashboard) = &state.dashboard else { return blank() };
    let now = dashboard.clock(state.now_ms);
    let updated = dashboard.updated().map(|moment| format!("updated {}", ago(moment, now)));
    let words = match (updated, dashboard.paused) {
        (_, true) => return line(DOUBTFUL, if columns < 60 { "paused " } else { "paused · Space goes on " }),
        (Some(updated), false) if columns < 60 => format!("{updated} "),
        (Some(updated), false) => format!("{updated} · Space pauses "),
        (None, false) => "looking… ".to_owned(),
    };
    line(FAINT, words)
}

/// The screen.
pub fn body(state: &State, columns: usize) -> Body {
    let Some(dashboard) = &state.dashboard else { return Body::default() };
    let now = dashboard.clock(state.now_ms);
    let mut body = match &dashboard.pane {
        Pane::None => panels(dashboard, now, columns),
        Pane::Details => details(dashboard, now, columns),
        Pane::Invalidate(_) | Pane::Logs(_) | Pane::Drill(_) => panes::body(dashboard, columns),
    };
    if !matches!(dashboard.pane, Pane::None) {
        body.top = Some(state.scroll);
    }
    body
}

fn panels(dashboard: &Dashboard, now: SystemTime, columns: usize) -> Body {
    let mut body = Body::default();
    if let Some(error) = &dashboard.failed {
        review::failure(&mut body, error, columns);
        return body;
    }
    signed_out(&mut body, dashboard, columns);
    reasons(&mut body, &dashboard.view.health(), columns);
    if columns >= TWO_COLUMNS {
        two_columns(&mut body, dashboard, now, columns);
    } else {
        one_column(&mut body, dashboard, now, columns);
    }
    body
}

/// That the credentials are of no use any more costs nearly every panel, so it is told once for all.
fn signed_out(body: &mut Body, dashboard: &Dashboard, columns: usize) {
    let failures = LEFT.iter().chain(&RIGHT).filter_map(|panel| dashboard.view.failure(*panel));
    let Some(failed) = failures.into_iter().find(|failed| failed.trouble == Trouble::Credentials) else {
        return;
    };
    let hint = failed.hint.as_deref().unwrap_or(hint_of(failed.trouble));
    marked_lines(body, ("!", DOUBTFUL), &failed.why, columns);
    marked_lines(body, (" ", FAINT), hint, columns);
    body.gap();
}

fn marked_lines(body: &mut Body, (sign, style): (&str, Style), words: &str, columns: usize) {
    for (number, text) in wrapped(words, columns.saturating_sub(4)).into_iter().enumerate() {
        let sign = if number == 0 { sign } else { " " };
        body.push(line(style, format!(" {sign} {text}")));
    }
}

/// Why the site's health is what it is.
fn reasons(body: &mut Body, health: &Health, columns: usize) {
    let told = health.reasons.iter().filter(|reason| reason.state != Condition::Unknown);
    let told: Vec<_> = told.collect();
    for reason in told.iter().take(REASONS) {
        let (sign, style) = mark_of(reason.state);
        marked_lines(body, (sign, style), &reason.says, columns);
    }
    if told.len() > REASONS {
        body.push(line(FAINT, format!("   and {} more", told.len() - REASONS)));
    }
    if !told.is_empty() {
        body.gap();
    }
}

/// One line for each panel, and some more for the one in focus.
fn one_column(body: &mut Body, dashboard: &Dashboard, now: SystemTime, columns: usize) {
    for panel in LEFT.iter().chain(&RIGHT) {
        let first = body.lines.len();
        let is_here = dashboard.panel() == *panel;
        body.push(head(dashboard, *panel, now, columns));
        if is_here {
            body.lines.extend(brief(dashboard, *panel, now, (EXPANDED, columns)));
            body.focus = Some((first, body.lines.len() - 1));
        }
    }
}

/// Every panel with its first few facts.
fn two_columns(body: &mut Body, dashboard: &Dashboard, now: SystemTime, columns: usize) {
    let half = (columns - BETWEEN) / 2;
    let above = body.lines.len();
    let mut sides = [Vec::new(), Vec::new()];
    for (side, panels) in sides.iter_mut().zip([&LEFT[..], &RIGHT[..]]) {
        for panel in panels {
            let first = above + side.len();
            side.push(head(dashboard, *panel, now, half));
            side.extend(brief(dashboard, *panel, now, (BRIEF, half)));
            side.push(blank());
            if dashboard.panel() == *panel {
                body.focus = Some((first, above + side.len() - 1));
            }
        }
    }
    let [left, right] = sides;
    let rows = left.len().max(right.len());
    let mut pairs = left
        .into_iter()
        .chain(std::iter::repeat(blank()))
        .zip(right.into_iter().chain(std::iter::repeat(blank())));
    body.lines.extend(pairs.by_ref().take(rows).map(|(left, right)| beside(left, right, half + BETWEEN)));
}

fn beside(left: Line<'static>, right: Line<'static>, at: usize) -> Line<'static> {
    let gap = at.saturating_sub(left.width());
    let mut together = left;
    together.spans.push(Span::raw(" ".repeat(gap)));
    together.spans.extend(right.spans);
    together
}

/// A panel's title, its sum, and how old that is.
fn head(dashboard: &Dashboard, panel: Panel, now: SystemTime, columns: usize) -> Line<'static> {
    let is_here = dashboard.panel() == panel;
    let (mark, style) = if is_here { (" ▸ ", FOCUS) } else { ("   ", HEADING) };
    let mut left = vec![span(FOCUS, mark), span(style, padded(panel.title(), TITLE))];
    match facts(&dashboard.view, panel, now).and_then(|facts| facts.into_iter().next()) {
        Some(sum) => left.extend(marked(&sum)),
        None => left.push(unknown(dashboard, panel)),
    }
    with_right(Line::from(left), age(dashboard, panel, now), columns)
}

/// What stands where nothing is known: why, and never a figure.
fn unknown(dashboard: &Dashboard, panel: Panel) -> Span<'static> {
    match dashboard.view.failure(panel) {
        // What is meant is told above, once for all panels.
        Some(failed) if failed.trouble == Trouble::Credentials => span(DOUBTFUL, "! no data: not signed in"),
        Some(failed) => span(DOUBTFUL, format!("! no data: {}", failed.why)),
        None => span(FAINT, "looking…"),
    }
}

fn marked(fact: &Fact) -> Vec<Span<'static>> {
    let words = if fact.sign == " " { fact.text.clone() } else { format!(" {}", fact.text) };
    vec![span(fact.style, fact.sign.trim()), span(PLAIN, words)]
}

/// How old what a panel shows is; with a mark where a later look failed.
fn age(dashboard: &Dashboard, panel: Panel, now: SystemTime) -> Line<'static> {
    let since = known_since(dashboard, panel);
    let is_stale = dashboard.view.failure(panel).is_some();
    match (since, is_stale) {
        (Some(moment), true) => line(DOUBTFUL, format!("! {} ", ago(moment, now))),
        (Some(moment), false) => line(FAINT, format!("{} ", ago(moment, now))),
        (None, _) => blank(),
    }
}

fn known_since(dashboard: &Dashboard, panel: Panel) -> Option<crate::status::Moment> {
    let view = &dashboard.view;
    match panel {
        Panel::Distribution => view.distribution.known_since(),
        Panel::Certificate => view.certificate.known_since(),
        Panel::Dns => view.dns.known_since(),
        Panel::Origins => view.origins.known_since(),
        Panel::Failover => view.failover.known_since(),
        Panel::EdgeFunctions => view.edge_functions.known_since(),
        Panel::Caching => view.caching.known_since(),
        Panel::Invalidations => view.invalidations.known_since(),
        Panel::Releases => view.releases.known_since(),
        Panel::Drift => view.drift.known_since(),
        Panel::Probes => view.probes.known_since(),
    }
}

/// The first few facts below the sum, cut to one line each.
fn brief(
    dashboard: &Dashboard,
    panel: Panel,
    now: SystemTime,
    (most, columns): (usize, usize),
) -> Vec<Line<'static>> {
    let facts = facts(&dashboard.view, panel, now).unwrap_or_default();
    let told = facts.iter().skip(1).filter(|fact| !fact.is_detail);
    told.take(most).map(|fact| fit_line(fact_line(fact), columns)).collect()
}

fn fact_line(fact: &Fact) -> Line<'static> {
    Line::from(vec![span(fact.style, format!("     {} ", fact.sign)), span(PLAIN, fact.text.clone())])
}

/// All that is known of the panel in focus.
fn details(dashboard: &Dashboard, now: SystemTime, columns: usize) -> Body {
    let mut body = Body::default();
    let panel = dashboard.panel();
    body.push(with_right(line(HEADING, format!(" {}", panel.title())), age(dashboard, panel, now), columns));
    body.gap();
    if let Some(failed) = dashboard.view.failure(panel) {
        let what = if known_since(dashboard, panel).is_some() { "the newest look failed" } else { "no data" };
        say(&mut body, ("!", DOUBTFUL), &format!("{what}: {}", failed.why), columns);
        let hint = failed.hint.as_deref().unwrap_or(hint_of(failed.trouble));
        say(&mut body, (" ", FAINT), hint, columns);
        body.gap();
    }
    for fact in facts(&dashboard.view, panel, now).unwrap_or_default() {
        say(&mut body, (fact.sign, fact.style), &fact.text, columns);
    }
    body
}

fn hint_of(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Throttled => "AWS asks to go slower; this panel is asked less often for a while",
        Trouble::Credentials => "sign in again, then press r",
        Trouble::Denied => "`sitecast policy` prints what these credentials need",
        Trouble::Unreachable => "it is tried again by itself",
        Trouble::Other => "",
    }
}

/// A fact in full, broken where it is wider than the screen.
fn say(body: &mut Body, (sign, style): (&str, Style), text: &str, columns: usize) {
    let deeper = text.len() - text.trim_start().len();
    let room = columns.saturating_sub(6 + deeper);
    let indent = " ".repeat(deeper);
    for (number, text) in wrapped(text, room).into_iter().enumerate() {
        let sign = if number == 0 { padded(sign, width(sign).max(1)) } else { " ".to_owned() };
        body.push(Line::from(vec![span(style, format!("   {sign} {indent}")), span(PLAIN, text)]));
    }
}
