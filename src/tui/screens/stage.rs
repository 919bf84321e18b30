//! One stage of the wizard, or one item of its list: driven by the table of questions.

use super::super::editing::Editing;
use super::super::keys::{Action, Change};
use super::super::message::{Command, FolderContents};
use super::super::rows::{Page, Row, item_word, list_of};
use super::super::state::{ItemList, Overlay, Screen, State};
use super::super::text::{blank, counted, line, span, width, wrapped};
use super::super::theme::{DOUBTFUL, FAINT, FOCUS, HEADING, PLAIN};
use super::super::widgets::body::{Aside, Body};
use super::super::widgets::checklist;
use super::super::widgets::field::{self, Columns};
use super::super::widgets::picklist::{Pick, Picklist};
use super::{found, review, rules};
use crate::error::Error;
use crate::profile::gallery::{READY_FUNCTIONS, ReadyFunction, named_by};
use crate::profile::question::{Kind, Question, Stage};
use crate::profile::regions::{KnownRegion, REGIONS, region};
use ratatui::text::Line;
use std::path::PathBuf;
use tui_input::{Input, InputRequest};

/// Does what a key means here.
pub fn act(state: &mut State, action: Action) -> Vec<Command> {
    match action {
        Action::Move(way) => {
            let last = state.reachable().len().saturating_sub(1);
            state.focus(way.from(state.place(), last, state.screenful()));
        }
        Action::Back => return back(state),
        Action::Accept => on_row(state, OnRow::Open),
        Action::Change(Change::Left) => on_row(state, OnRow::Turn { forward: false }),
        Action::Change(Change::Right | Change::Toggle) => on_row(state, OnRow::Turn { forward: true }),
        Action::Change(Change::Delete) => delete(state),
        Action::Change(Change::MoveUp) => shift(state, -1),
        Action::Change(Change::MoveDown) => shift(state, 1),
        Action::Go(_)
        | Action::Offer(_)
        | Action::OnSite(_)
        | Action::Reply(_)
        | Action::Redraw
        | Action::Interrupt => {}
    }
    look_at_new_folder(state)
}

/// What code is that is not of the gallery.
const OWN_CODE: &str = "a file or folder of your own";

/// What is done to the row in focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OnRow {
    /// Show all that can be answered, or all of an item.
    Open,
    /// Take the next answer, or the one before.
    Turn { forward: bool },
}

/// Takes what is typed into the row in focus.
pub fn edit(state: &mut State, request: InputRequest) {
    let row = state.focused();
    let Some(editing) = state.editing.as_mut() else { return };
    match row {
        Some(Row::Tester) => drop(editing.tested.handle(request)),
        Some(Row::Answer { key, .. }) => {
            let was_typing = editing.typing.as_ref().is_some_and(|(other, _)| *other == key);
            let before = editing.typing.take().filter(|(other, _)| *other == key).map(|(_, input)| input);
            let mut input = before.unwrap_or_else(|| Input::from(editing.typed(&key)));
            let changed = input.handle(request).is_some_and(|change| change.value);
            let is_typed = changed || was_typing || input.value() != editing.typed(&key);
            let moved = input.cursor() != input.value().chars().count();
            editing.typing = (is_typed || moved).then_some((key, input));
        }
        Some(Row::Heading(_) | Row::Item { .. } | Row::Add { .. } | Row::Proposal { .. }) | None => {}
    }
}

/// Takes what was typed as the answer, on leaving its row.
pub fn leave_row(state: &mut State) {
    let Some(editing) = state.editing.as_mut() else { return };
    if let Some((key, input)) = editing.typing.take()
        && input.value().trim() != editing.typed(&key)
    {
        editing.answer(&key, input.value());
    }
}

/// Asks what is in the folder of the site, where that isn't known yet.
pub fn look_at_new_folder(state: &State) -> Vec<Command> {
    let mut commands = look_at_folder(state);
    let known = state.folder.as_ref().map(|(known, _)| known);
    commands
        .retain(|command| !matches!(command, Command::LookAtFolder { folder, .. } if known == Some(folder)));
    commands
}

/// Asks what is in the folder of the site by now.
pub fn look_at_folder(state: &State) -> Vec<Command> {
    let Some(editing) = &state.editing else { return Vec::new() };
    let folder = PathBuf::from(editing.typed("distribution.folder"));
    if folder.as_os_str().is_empty() {
        return Vec::new();
    }
    vec![Command::LookAtFolder { path: editing.path.clone(), folder }]
}

/// The folder was looked at: rules that fit its files can be proposed.
pub fn folder_seen(state: &mut State, folder: PathBuf, contents: Result<FolderContents, Error>) {
    if let (Some(editing), Ok(contents)) = (state.editing.as_mut(), &contents) {
        editing.propose(contents.proposals.clone());
    }
    state.folder = Some((folder, contents));
}

fn back(state: &mut State) -> Vec<Command> {
    if state.led_to.is_some() && state.led_to == state.page() {
        state.led_to = None;
        return review::enter(state);
    }
    state.screen = match state.page() {
        Some(Page { stage, item: Some(_) }) => Screen::Page(Page::of(stage)),
        Some(Page { item: None, .. }) | None => Screen::Welcome,
    };
    Vec::new()
}

fn on_row(state: &mut State, what: OnRow) {
    match state.focused() {
        Some(Row::Answer { key, question }) => on_answer(state, &key, question, what),
        Some(Row::Item { index, .. }) if what == OnRow::Open => open_item(state, index),
        Some(Row::Add { list }) if what == OnRow::Open => {
            let next = state.editing.as_ref().map_or(0, |editing| editing.reading.sheet.length(list));
            open_item(state, next);
        }
        Some(Row::Proposal { index }) if what == OnRow::Open => {
            if let Some(editing) = state.editing.as_mut() {
                editing.take_proposal(index);
            }
        }
        Some(Row::Heading(_) | Row::Item { .. } | Row::Add { .. } | Row::Proposal { .. } | Row::Tester)
        | None => {}
    }
}

fn open_item(state: &mut State, index: usize) {
    let Some(page) = state.page() else { return };
    let count = list_of(page.stage).zip(state.editing.as_ref());
    state.lookups.forget_failures();
    let is_new = count.is_some_and(|(list, editing)| index >= editing.reading.sheet.length(list.key));
    state.screen = Screen::Page(Page { item: Some(index), ..page });
    if is_new && page.stage == Stage::Edge {
        // A ready function brings its name along.
        state.focus(1);
    }
}

fn on_answer(state: &mut State, key: &str, question: &'static Question, what: OnRow) {
    match (&question.kind, what) {
        (Kind::Bool, _) => flip(state, key),
        (Kind::Choice(choices), OnRow::Turn { forward }) => {
            let values: Vec<&str> = choices.iter().map(|choice| choice.value).collect();
            turn(state, key, &values, forward);
        }
        (Kind::Choice(_) | Kind::Region | Kind::EdgeSource, OnRow::Open) => {
            let list = choices(state, key, question);
            state.overlay = Some(Overlay::Choose { key: key.to_owned(), list });
        }
        (Kind::Statuses(_) | Kind::List { .. }, OnRow::Open) => open_list(state, key, question),
        // What was typed is taken on the way here; a wrong answer keeps the focus.
        (
            Kind::Text(_)
            | Kind::Integer { .. }
            | Kind::Duration { .. }
            | Kind::EdgeTtl
            | Kind::Query
            | Kind::Options,
            OnRow::Open,
        ) => {
            if state.editing.as_ref().is_some_and(|editing| editing.troubles(key).is_empty()) {
                state.focus(state.place() + 1);
            }
        }
        (
            Kind::Text(_)
            | Kind::Integer { .. }
            | Kind::Duration { .. }
            | Kind::EdgeTtl
            | Kind::Query
            | Kind::Options
            | Kind::Region
            | Kind::EdgeSource
            | Kind::Statuses(_)
            | Kind::List { .. },
            OnRow::Turn { .. },
        ) => {}
    }
}

fn flip(state: &mut State, key: &str) {
    if let Some(editing) = state.editing.as_mut() {
        let is_on = editing.reading.sheet.value(key) == Some(serde_json::Value::Bool(true));
        editing.answer(key, if is_on { "false" } else { "true" });
    }
}

/// The next of a few values, round and round.
fn turn(state: &mut State, key: &str, values: &[&str], forward: bool) {
    let Some(editing) = state.editing.as_mut() else { return };
    let now = editing.reading.sheet.value(key);
    let at = now.and_then(|now| values.iter().position(|value| now == **value));
    let count = values.len();
    let next = match (at, forward) {
        (Some(at), true) => (at + 1) % count,
        (Some(at), false) => (at + count - 1) % count,
        (None, _) => 0,
    };
    editing.answer(key, values[next]);
}

fn open_list(state: &mut State, key: &str, question: &'static Question) {
    let Some(editing) = &state.editing else { return };
    state.overlay = Some(match checklist::picks(question) {
        Some(picks) => {
            let chosen = checklist::chosen(state, key, question);
            let list = checklist::opened(question.prompt, picks, &chosen);
            Overlay::Check { key: key.to_owned(), list, chosen }
        }
        None => Overlay::Items(ItemList::new(key, &editing.typed(key))),
    });
}

/// What a question with few answers, or with many that are known, can be answered with.
fn choices(state: &State, key: &str, question: &'static Question) -> Picklist {
    let value = state.editing.as_ref().and_then(|editing| editing.reading.sheet.value(key));
    let value = value.map(|value| super::super::answer::typed(question, &value)).unwrap_or_default();
    match &question.kind {
        Kind::Region => Picklist::new(question.prompt, region_picks(state, key), &value),
        Kind::EdgeSource => {
            let own = (!value.is_empty() && named_by(&value).is_none()).then(|| Pick {
                value: value.clone(),
                label: value.clone(),
                detail: OWN_CODE.to_owned(),
                ..Pick::default()
            });
            let picks = own.into_iter().chain(READY_FUNCTIONS.iter().map(function_pick)).collect();
            let list = Picklist::new(question.prompt, picks, &value);
            Picklist { own: Some(OWN_CODE), ..list }
        }
        Kind::Choice(choices) => {
            let pick = |choice: &crate::profile::question::Choice| Pick {
                value: choice.value.to_owned(),
                label: choice.value.to_owned(),
                detail: choice.label.to_owned(),
                aside: vec![question.help.to_owned()],
                ..Pick::default()
            };
            Picklist::new(question.prompt, choices.iter().map(pick).collect(), &value)
        }
        Kind::Text(_)
        | Kind::Bool
        | Kind::Integer { .. }
        | Kind::Duration { .. }
        | Kind::Statuses(_)
        | Kind::List { .. }
        | Kind::EdgeTtl
        | Kind::Query
        | Kind::Options => Picklist::new(question.prompt, Vec::new(), &value),
    }
}

/// The regions by distance from the first one, where a second is chosen; else by code.
fn region_picks(state: &State, key: &str) -> Vec<Pick> {
    let primary = state.editing.as_ref().and_then(|editing| region(&editing.typed("distribution.region")));
    let primary = primary.filter(|_| key != "distribution.region");
    let mut regions: Vec<&KnownRegion> = REGIONS.iter().collect();
    if let Some(primary) = primary {
        regions.sort_by(|a, b| primary.kilometres_to(a).total_cmp(&primary.kilometres_to(b)));
        regions.retain(|region| region.code != primary.code);
    }
    regions.into_iter().map(|region| region_pick(region, primary)).collect()
}

fn region_pick(region: &KnownRegion, primary: Option<&KnownRegion>) -> Pick {
    let distance = primary.map(|primary| format!("{:>6.0} km away", primary.kilometres_to(region)));
    let opt_in = if region.opt_in { "  to be switched on" } else { "" };
    Pick {
        value: region.code.to_owned(),
        label: region.code.to_owned(),
        detail: format!("{:<25}{}{opt_in}", region.place, distance.unwrap_or_default()),
        ..Pick::default()
    }
}

fn function_pick(function: &ReadyFunction) -> Pick {
    let events: Vec<_> = function.events.iter().map(|event| event.name()).collect();
    let mut aside = vec![format!("{} Runs on {}.", function.about, events.join(" and "))];
    aside.extend(function.options.iter().map(|row| format!("- {}: {}", row.name, row.about)));
    Pick {
        value: format!("builtin:{}", function.name),
        label: function.name.to_owned(),
        detail: function.about.to_owned(),
        aside,
        code: function.source.to_owned(),
    }
}

/// Takes what was chosen. A ready function brings along its name and the event that it mostly runs on.
pub fn chosen(state: &mut State, key: &str, value: &str) {
    let Some(editing) = state.editing.as_mut() else { return };
    editing.answer(key, value);
    let (Some(function), Some(table)) = (named_by(value), key.strip_suffix(".function")) else { return };
    for (part, answer) in
        [("name", Some(function.name)), ("event", function.events.first().map(|it| it.name()))]
    {
        let key = format!("{table}.{part}");
        if let Some(answer) = answer.filter(|_| !editing.is_written(&key)) {
            editing.answer(&key, answer);
        }
    }
}

/// What can be chosen of the ready function that the options are of.
pub fn options_of(editing: &Editing, key: &str) -> Vec<String> {
    let code = key.strip_suffix(".options").map(|table| editing.typed(&format!("{table}.function")));
    let function = code.as_deref().and_then(named_by);
    let rows = function.map(|function| function.options).unwrap_or_default();
    let told = rows.iter().map(|row| format!("{}: {}", row.name, row.about));
    let example = function.map(|function| format!("For example: {}", function.example));
    match rows {
        [] => Vec::new(),
        _ => ["It takes these:".to_owned()].into_iter().chain(told).chain(example).collect(),
    }
}

fn delete(state: &mut State) {
    match (state.focused(), state.editing.as_mut()) {
        (Some(Row::Item { list, index }), Some(editing)) => editing.remove_item(list, index),
        (Some(Row::Answer { key, .. }), Some(editing)) => editing.take_out(&key),
        (Some(Row::Heading(_) | Row::Add { .. } | Row::Proposal { .. } | Row::Tester) | None, _)
        | (_, None) => {}
    }
}

fn shift(state: &mut State, by: isize) {
    let Some(Row::Item { list, index }) = state.focused() else { return };
    let Some(editing) = state.editing.as_mut() else { return };
    let to = index.saturating_add_signed(by);
    if to != index && to < editing.reading.sheet.length(list) {
        editing.move_item(list, index, to);
        state.focus(state.place().saturating_add_signed(by));
    }
}

/// The screen.
pub fn body(state: &State, columns: usize) -> Body {
    let mut body = Body::default();
    let (Some(page), Some(editing)) = (state.page(), &state.editing) else { return body };
    let words = wrapped(&title(page, editing), columns.saturating_sub(2));
    body.lines.extend(words.into_iter().map(|text| line(PLAIN, format!(" {text}"))));
    body.gap();
    let here = state.place();
    let columns = Columns::of(columns);
    let mut place = 0;
    for row in editing.rows(page) {
        let is_here = row.is_reachable() && place == here;
        place += usize::from(row.is_reachable());
        draw_row(&mut body, state, editing, &row, (columns, is_here));
    }
    body.aside = state.focused().and_then(|row| aside(&row, editing, page.stage));
    body.pinned = pinned(editing.problems_of(page.stage) + found::faults(state, page.stage), columns.all);
    body
}

fn title(page: Page, editing: &Editing) -> String {
    let Some(index) = page.item else { return page.stage.about().to_owned() };
    let count = list_of(page.stage).map_or(0, |group| editing.reading.sheet.length(group.key));
    let word = item_word(page.stage);
    if index < count { format!("{word} {} of {count}", index + 1) } else { format!("{word}, new") }
}

fn draw_row(body: &mut Body, state: &State, editing: &Editing, row: &Row, at: (Columns, bool)) {
    let (columns, is_here) = at;
    match row {
        Row::Heading(text) => {
            if body.lines.last().is_some_and(|line| line.width() > 0) {
                body.gap();
            }
            body.push(line(HEADING, format!("   {text}")));
        }
        Row::Answer { key, question } => {
            field::draw(body, editing, key, question, at);
            body.lines.extend(found::lines(state, key, columns));
        }
        Row::Item { list, index } => {
            let is_broken = *list == "edge" && found::is_broken(state, *index);
            rules::draw_item(body, editing, (list, *index, is_broken), at);
        }
        Row::Add { list } => {
            let (mark, style) = if is_here { (" ▸ ", FOCUS) } else { ("   ", FAINT) };
            let what = if *list == "edge" { "an edge function" } else { "a rule" };
            if is_here {
                body.focus = Some((body.lines.len(), body.lines.len()));
            }
            body.push(Line::from(vec![span(FOCUS, mark), span(style, format!("+ add {what}"))]));
        }
        Row::Proposal { index } => rules::draw_proposal(body, editing, *index, at),
        Row::Tester => rules::draw_tester(body, editing, at),
    }
}

fn aside(row: &Row, editing: &Editing, stage: Stage) -> Option<Aside> {
    match row {
        Row::Answer { question, key } => {
            let words =
                [question.help.to_owned()].into_iter().chain(super::super::answer::form(&question.kind));
            Some(Aside::words("Why", words.chain(options_of(editing, key)).collect()))
        }
        Row::Item { .. } | Row::Add { .. } => Some(Aside::words("Why", vec![about_list(stage).to_owned()])),
        Row::Proposal { index } => editing.proposals.get(*index).map(|rule| {
            let words = ["Enter takes it as a rule of the profile, and Ctrl-Z takes that back."];
            Aside::words(
                "Why",
                [format!("Found in the folder: {}.", rule.reason)]
                    .into_iter()
                    .chain(words.map(str::to_owned))
                    .collect(),
            )
        }),
        Row::Tester => Some(Aside::words(
            "Why",
            vec!["Type an address of the site to see which rule decides, and what it gets.".to_owned()],
        )),
        Row::Heading(_) => None,
    }
}

fn about_list(stage: Stage) -> &'static str {
    match stage {
        Stage::Edge => {
            "Lambda@Edge runs Node.js or Python at the edge, on requests and on answers. A ready function needs no \
             code of yours; most sites need none at all."
        }
        Stage::Caching => "The first rule whose path covers an address decides, so put narrow paths first.",
        Stage::Distribution | Stage::Failover | Stage::Https => "",
    }
}

fn pinned(problems: usize, columns: usize) -> Vec<Line<'static>> {
    if problems == 0 {
        return Vec::new();
    }
    let short = format!(" {} here.", counted(problems, "problem"));
    let long = format!("{short} You can go on and fix it later.");
    let words = if width(&long) <= columns { long } else { short };
    vec![line(DOUBTFUL, words), blank()]
}
