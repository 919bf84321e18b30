//! The keys that do something here, from the table of keys.

use super::super::dashboard::{Dashboard, Pane};
use super::super::keys::{Action, Change, Go, Hint, Move, Offer, Reply, hint, shown};
use super::super::rows::Row;
use super::super::screens::{drift, faults, known, provision, review, welcome};
use super::super::site_keys::OnSite;
use super::super::state::{Overlay, Planning, Run, Screen, State};
use super::super::teardown::TeardownPlanning;
use super::super::text::{span, width};
use super::super::theme::{KEY, PLAIN};
use super::about;
use crate::profile::question::Kind;
use ratatui::text::Line;

/// The hints that fit into one line, the most useful first.
pub fn line(state: &State, columns: usize) -> Line<'static> {
    let mut line = Line::default();
    for Hint { key, does } in hints(state) {
        let (key, does) = (format!(" {key}"), format!(" {does}"));
        if line.width() + 2 + width(&key) + width(&does) > columns {
            break;
        }
        let gap = if line.spans.is_empty() { "" } else { "  " };
        line.spans.extend([span(PLAIN, gap), span(KEY, key), span(PLAIN, does)]);
    }
    line
}

/// What can be done here.
pub fn hints(state: &State) -> Vec<Hint> {
    // Other letters narrow a list of switches, but Space switches.
    let typing = state.is_typing() && !matches!(state.overlay, Some(Overlay::Check { .. }));
    if state.is_too_small() {
        return vec![hint(Action::Interrupt, interrupting(state), typing)];
    }
    let actions = match &state.overlay {
        Some(overlay) => overlay_hints(state, overlay),
        None => screen_hints(state),
    };
    actions.into_iter().map(|(action, does)| told(action, does, typing)).collect()
}

/// What Ctrl-C does.
pub fn interrupting(state: &State) -> &'static str {
    match (&state.overlay, state.running()) {
        (Some(Overlay::Stop), Some(_)) => "leave at once",
        (_, Some(_)) => "stop…",
        (_, None) => "quit",
    }
}

/// Both ways through a list are one hint, and so are both ways to move an item.
fn told(action: Action, does: &str, typing: bool) -> Hint {
    let both = |other: Action| {
        let (one, other) = (shown(other, typing), shown(action, typing));
        Hint { key: format!("{one}{}", other.trim_start_matches("Alt-")), does: does.to_owned() }
    };
    match action {
        Action::Move(Move::Next) => both(Action::Move(Move::Previous)),
        Action::Change(Change::MoveDown) => both(Action::Change(Change::MoveUp)),
        Action::Move(_)
        | Action::Change(_)
        | Action::Go(_)
        | Action::Offer(_)
        | Action::OnSite(_)
        | Action::Reply(_)
        | Action::Accept
        | Action::Back
        | Action::Redraw
        | Action::Interrupt => hint(action, does, typing),
    }
}

/// Something that can be done, in a word.
pub type Does = (Action, &'static str);

fn overlay_hints(state: &State, overlay: &Overlay) -> Vec<Does> {
    const CHOOSE: &[Does] =
        &[(Action::Move(Move::Next), "choose"), (Action::Accept, "take"), (Action::Back, "back")];
    match overlay {
        Overlay::Palette(_) => {
            vec![(Action::Move(Move::Next), "choose"), (Action::Accept, "do it"), (Action::Back, "back")]
        }
        Overlay::Presets(list) | Overlay::Choose { list, .. } => {
            let read = list.picks.iter().any(about::has_more).then_some((Action::Go(Go::Help), "read it"));
            CHOOSE.iter().copied().chain(read).collect()
        }
        Overlay::Name(_) => vec![(Action::Accept, "make the profile"), (Action::Back, "back")],
        Overlay::Check { .. } => {
            vec![
                (Action::Change(Change::Toggle), "on or off"),
                (Action::Accept, "done"),
                (Action::Back, "done"),
                (Action::Move(Move::Next), "choose"),
            ]
        }
        Overlay::Items(list) if list.cursor == list.items.len() => {
            let enter = if list.input.value().trim().is_empty() { "done" } else { "add" };
            vec![(Action::Accept, enter), (Action::Back, "done"), (Action::Move(Move::Next), "the list")]
        }
        Overlay::Items(_) => vec![
            (Action::Accept, "change"),
            (Action::Change(Change::Delete), "remove"),
            (Action::Change(Change::MoveDown), "order"),
            (Action::Back, "done"),
        ],
        Overlay::Help | Overlay::About { .. } => {
            vec![(Action::Back, "back"), (Action::Move(Move::Next), "further")]
        }
        Overlay::Confirm(_) => vec![(Action::Accept, "go on"), (Action::Back, "leave it")],
        Overlay::Quit => vec![(Action::Reply(Reply::Yes), "quit"), (Action::Back, "stay")],
        Overlay::Deploy => vec![(Action::Reply(Reply::Yes), "deploy"), (Action::Back, "not yet")],
        Overlay::Stop => {
            let can_undo = state.run.as_ref().is_some_and(Run::can_be_undone);
            let undo = can_undo.then_some((Action::Reply(Reply::Undo), "undo"));
            let others = [(Action::Reply(Reply::StopRun), "stop"), (Action::Back, "keep watching")];
            [(Action::Reply(Reply::Detach), "detach")].into_iter().chain(undo).chain(others).collect()
        }
    }
}

/// What can be done on the screen, with nothing lying over it.
pub fn screen_hints(state: &State) -> Vec<Does> {
    match state.screen {
        Screen::Welcome if welcome::is_on_profile(state) => vec![
            (Action::Move(Move::Next), "choose"),
            (Action::Accept, "edit"),
            (Action::OnSite(OnSite::Dashboard), "dashboard"),
            (Action::Go(Go::Help), "help"),
            (Action::Go(Go::Palette), "commands"),
            (Action::Go(Go::Quit), "quit"),
        ],
        Screen::Welcome => vec![
            (Action::Move(Move::Next), "choose"),
            (Action::Accept, "open"),
            (Action::Go(Go::Help), "help"),
            (Action::Go(Go::Palette), "commands"),
            (Action::Go(Go::Quit), "quit"),
        ],
        Screen::Page(_) => page_hints(state),
        Screen::Review => review_hints(state),
        Screen::Provision => provision_hints(state),
        Screen::Teardown => teardown_hints(state),
        Screen::Dashboard => state.dashboard.as_ref().map(dashboard_hints).unwrap_or_default(),
    }
}

fn review_hints(state: &State) -> Vec<Does> {
    if faults::are_shown(state) {
        return vec![
            (Action::Move(Move::Next), "choose"),
            (Action::Accept, "go there"),
            (Action::Offer(Offer::Diff), "TOML"),
            (Action::Back, "back"),
            (Action::Go(Go::Palette), "commands"),
        ];
    }
    let asked = review::asked(state).map(|_| (Action::Offer(Offer::Replace), "replace"));
    let drift = drift::offers(state);
    let has_plan = matches!(state.planning, Planning::Made(_));
    let has_work = matches!(&state.planning, Planning::Made(planned) if planned.plan.has_work());
    let deploy = (has_work && asked.is_none()).then_some((Action::Offer(Offer::Deploy), "deploy"));
    let with_plan = deploy.into_iter().chain([(Action::Offer(Offer::Copy), "copy command")]);
    let others = [
        (Action::Offer(Offer::Diff), if state.shows_diff { "plan" } else { "TOML" }),
        (Action::Move(Move::Next), "scroll"),
        (Action::Back, "back"),
        (Action::Go(Go::Palette), "commands"),
    ];
    let word = if state.shows_changes { "fields only" } else { "what differs" };
    let changes =
        (review::has_changes(state) && !state.shows_diff).then_some((Action::Change(Change::Toggle), word));
    let with_plan = with_plan.filter(|_| has_plan);
    asked.into_iter().chain(drift).chain(with_plan).chain(changes).chain(others).collect()
}

fn provision_hints(state: &State) -> Vec<Does> {
    let run = state.run.as_ref();
    let has_records = run.is_some_and(|run| !run.records.is_empty());
    let copy = [(Action::Offer(Offer::Copy), "copy value"), (Action::Offer(Offer::CopyName), "copy name")];
    let print = has_records.then_some((Action::Offer(Offer::Print), "print"));
    let another = run.is_some_and(|run| run.records.len() > 1);
    let another = another.then_some((Action::Change(Change::Right), "next record"));
    let copy = copy.into_iter().filter(|_| has_records);
    let others = match run.is_some_and(|run| run.ended.is_some()) {
        true => {
            let has_address = run.is_some_and(|run| address_of(run).is_some());
            let address =
                (has_address && !has_records).then_some((Action::Offer(Offer::Copy), "copy address"));
            let undo = run.is_some_and(|run| run.can_be_undone() && address_of(run).is_none());
            let undo = undo.then_some((Action::Offer(Offer::Undo), "undo"));
            let others = [(Action::Back, "back"), (Action::Go(Go::Quit), "quit")];
            let dashboard = provision::is_live(state).then_some((Action::Accept, "dashboard"));
            let go_on = provision::is_left_undone(state).then_some((Action::Accept, "go on"));
            dashboard.into_iter().chain(go_on).chain(address).chain(undo).chain(others).collect()
        }
        false => [(Action::Interrupt, "stop…"), (Action::Move(Move::Next), "scroll")].to_vec(),
    };
    another.into_iter().chain(copy).chain(others).chain(print).collect()
}

/// Where the site answers, once it does.
fn address_of(run: &Run) -> Option<&String> {
    run.ended.as_ref()?.as_ref().ok()?.address.as_ref()
}

fn dashboard_hints(dashboard: &Dashboard) -> Vec<Does> {
    const BACK: Does = (Action::Back, "back");
    const SCROLL: Does = (Action::Move(Move::Next), "scroll");
    match &dashboard.pane {
        Pane::None if dashboard.failed.is_some() => {
            vec![(Action::OnSite(OnSite::Refresh), "try again"), BACK, (Action::Go(Go::Quit), "quit")]
        }
        Pane::None => vec![
            (Action::Move(Move::Next), "panel"),
            (Action::Accept, "details"),
            (Action::OnSite(OnSite::Invalidate), "invalidate"),
            (Action::OnSite(OnSite::Edit), "edit"),
            (Action::OnSite(OnSite::Upload), "upload"),
            (Action::OnSite(OnSite::TearDown), "tear down"),
            (Action::Go(Go::Help), "help"),
            (Action::Go(Go::Quit), "quit"),
            (Action::OnSite(OnSite::Refresh), "refresh"),
            (Action::OnSite(OnSite::Drill), "drill"),
            (Action::OnSite(OnSite::Logs), "logs"),
        ],
        Pane::Invalidate(_) | Pane::Drill(_) if dashboard.is_asked() => {
            vec![(Action::Reply(Reply::Yes), "do it"), (Action::Back, "not yet")]
        }
        Pane::Invalidate(_) if dashboard.is_typing() => vec![(Action::Accept, "go on"), BACK],
        Pane::Details | Pane::Logs(_) | Pane::Invalidate(_) | Pane::Drill(_) => vec![BACK, SCROLL],
    }
}

fn teardown_hints(state: &State) -> Vec<Does> {
    if state.is_typing_on_site() {
        return vec![(Action::Accept, "tear it down"), (Action::Back, "not yet")];
    }
    let is_planned =
        state.teardown.as_ref().is_some_and(|it| matches!(it.planning, TeardownPlanning::Made(_)));
    if !is_planned {
        return vec![(Action::Back, "back"), (Action::OnSite(OnSite::Refresh), "look again")];
    }
    vec![
        (Action::Accept, "type the name"),
        (Action::OnSite(OnSite::KeepBuckets), "keep buckets"),
        (Action::OnSite(OnSite::BackUp), "back up first"),
        (Action::Back, "back"),
        (Action::OnSite(OnSite::Refresh), "look again"),
        (Action::Move(Move::Next), "scroll"),
    ]
}

fn page_hints(state: &State) -> Vec<Does> {
    let own: &[Does] = match state.focused() {
        Some(Row::Answer { .. }) if known::is_offered(state) => &[(Action::Accept, "choose")],
        Some(Row::Answer { question, .. }) => match question.kind {
            Kind::Bool => &[(Action::Change(Change::Toggle), "on or off")],
            Kind::Choice(_) => &[(Action::Change(Change::Right), "another"), (Action::Accept, "all choices")],
            Kind::Region | Kind::EdgeSource => &[(Action::Accept, "choose")],
            Kind::Statuses(_) | Kind::List { .. } => &[(Action::Accept, "change")],
            Kind::Text(_)
            | Kind::Integer { .. }
            | Kind::Duration { .. }
            | Kind::EdgeTtl
            | Kind::Query
            | Kind::Options => &[(Action::Accept, "accept")],
        },
        Some(Row::Item { .. }) => &[
            (Action::Accept, "open"),
            (Action::Change(Change::MoveDown), "order"),
            (Action::Change(Change::Delete), "delete"),
        ],
        Some(Row::Add { .. }) => &[(Action::Accept, "add")],
        Some(Row::Proposal { .. }) => &[(Action::Accept, "take it")],
        Some(Row::Heading(_) | Row::Tester) | None => &[],
    };
    let others = [
        (Action::Move(Move::Next), "next"),
        (Action::Back, "back"),
        (Action::Go(Go::NextStage), "next stage"),
        (Action::Go(Go::Help), "help"),
        (Action::Go(Go::Palette), "more"),
        (Action::Go(Go::Undo), "undo"),
    ];
    own.iter().copied().chain(others).collect()
}
