//! The plan before it is carried out: what would change in AWS, stage by stage, each with its reason.

use super::super::editing::Editing;
use super::super::keys::{Action, Change, Move, Offer, shown};
use super::super::line_diff::{Compared, compared};
use super::super::message::{Command, Planned, Replaced};
use super::super::rows::Page;
use super::super::state::{Confirmed, Overlay, Planning, Run, Screen, State};
use super::super::text::{between, blank, counted, fit, line, padded, span, width, wrapped};
use super::super::theme::{DOUBTFUL, FAINT, GOOD, HEADING, PLAIN, WRONG};
use super::super::widgets::body::{Body, MEASURE};
use super::{confirmation, drift, faults};
use crate::blueprint::plan::{Action as Does, Plan, Step, Summary};
use crate::error::Error;
use crate::profile::question::Stage;
use ratatui::style::Style;
use ratatui::text::Line;

/// Shows the review, and asks for the plan.
pub fn enter(state: &mut State) -> Vec<Command> {
    state.screen = Screen::Review;
    state.scroll = 0;
    state.drifted = 0;
    state.shows_diff = false;
    let Some(editing) = &state.editing else { return Vec::new() };
    if editing.problems() > 0 {
        state.planning = Planning::None;
        state.fault = 0;
        return Vec::new();
    }
    state.planning = Planning::Making;
    vec![Command::Plan { path: editing.path.clone(), sandbox: state.sandbox, agreed: state.agreed.clone() }]
}

/// Does what a key means here.
pub fn act(state: &mut State, action: Action) -> Vec<Command> {
    match action {
        Action::Move(way) if faults::are_shown(state) => faults::choose(state, way),
        Action::Accept if faults::are_shown(state) => faults::open(state),
        Action::Move(way) => {
            let last = body(state, state.size.0.into()).last_top(state.size.1);
            state.scroll = way.from(state.scroll, last, state.screenful());
        }
        Action::Back if state.shows_diff => (state.shows_diff, state.scroll) = (false, 0),
        Action::Back => leave(state),
        Action::Offer(Offer::Diff) => {
            state.shows_diff = !state.shows_diff;
            state.scroll = if state.shows_diff { first_change(state) } else { 0 };
        }
        Action::Offer(Offer::Deploy) => ask(state),
        Action::Offer(Offer::Copy) => return copy(state),
        Action::Offer(Offer::Replace) => ask_to_lose(state),
        Action::Offer(Offer::TakeTheirs) => return drift::take_theirs(state),
        Action::Offer(Offer::KeepMine) => drift::keep_mine(state),
        Action::Change(Change::Left) => drift::choose(state, Move::Previous),
        Action::Change(Change::Right) => drift::choose(state, Move::Next),
        Action::Offer(Offer::CopyName | Offer::Print | Offer::Undo) => {}
        Action::Change(Change::Toggle) if !state.shows_diff => state.shows_changes = !state.shows_changes,
        Action::Accept
        | Action::Change(Change::Toggle | Change::Delete | Change::MoveUp | Change::MoveDown)
        | Action::Go(_)
        | Action::OnSite(_)
        | Action::Reply(_)
        | Action::Redraw
        | Action::Interrupt => {}
    }
    Vec::new()
}

fn leave(state: &mut State) {
    state.scroll = 0;
    state.screen = Screen::Page(Page::of(Stage::Https));
}

/// What the person is asked to agree to lose; the first comes first.
pub fn asked(state: &State) -> Option<&Replaced> {
    let asked: &[Replaced] = match &state.planning {
        Planning::Asking(replaced) => replaced,
        Planning::Made(planned) => planned.takeover.as_slice(),
        Planning::None | Planning::Making | Planning::Failed(_) => &[],
    };
    asked.iter().find(|replaced| !state.agreed.contains(&replaced.name))
}

/// Asks for the name of what is lost.
fn ask_to_lose(state: &mut State) {
    if let Some(name) = asked(state).map(|replaced| replaced.name.clone()) {
        confirmation::ask(state, Confirmed::Replace, name);
    }
}

/// Agrees to lose one thing. Once nothing more is asked, the plan can be made.
pub fn agree(state: &mut State, name: String) -> Vec<Command> {
    state.agreed.insert(name);
    match state.planning {
        Planning::Asking(_) if asked(state).is_none() => enter(state),
        Planning::Asking(_) | Planning::Made(_) | Planning::None | Planning::Making | Planning::Failed(_) => {
            Vec::new()
        }
    }
}

fn ask(state: &mut State) {
    let key = shown(Action::Offer(Offer::Replace), false);
    match &state.planning {
        Planning::Made(planned) if !planned.obstacles.is_empty() => {
            state.notice = Some("Something is in the way of this deploy: it is marked with ✗.".to_owned());
        }
        Planning::Made(_) if asked(state).is_some() => {
            state.notice = Some(format!("First press {key} if what is there may be replaced."));
        }
        Planning::Made(planned) if planned.plan.has_work() => {
            state.overlay = Some(Overlay::Deploy);
        }
        Planning::Made(_) => state.notice = Some("There is nothing to deploy.".to_owned()),
        Planning::None | Planning::Making | Planning::Asking(_) | Planning::Failed(_) => {
            state.notice = Some("There is no plan to deploy yet.".to_owned());
        }
    }
}

fn copy(state: &mut State) -> Vec<Command> {
    let Planning::Made(planned) = &state.planning else { return Vec::new() };
    state.notice = Some("Sent the command to the terminal's clipboard.".to_owned());
    vec![Command::Copy { text: planned.command.clone() }]
}

/// Carries out the plan that is shown.
pub fn deploy(state: &mut State) -> Vec<Command> {
    let planning = std::mem::replace(&mut state.planning, Planning::None);
    let Planning::Made(planned) = planning else { return Vec::new() };
    state.run = Some(Run::new(planned, state.now_ms));
    state.screen = Screen::Provision;
    state.scroll = 0;
    vec![Command::Deploy]
}

/// What is asked before a deploy.
pub fn question(state: &State) -> Vec<(Style, String)> {
    let Planning::Made(planned) = &state.planning else { return Vec::new() };
    let account = &planned.plan.account;
    let wher = if state.sandbox { "the sandbox".to_owned() } else { format!("AWS account {account}") };
    let mut words = vec![(DOUBTFUL, format!("Carry this out in {wher}? Press y, not Enter."))];
    let deleted = planned.plan.summary().delete;
    if deleted > 0 {
        words.push((WRONG, format!("{} will be deleted.", counted(deleted, "thing"))));
    }
    words
}

/// The screen.
pub fn body(state: &State, columns: usize) -> Body {
    let mut body = Body::default();
    let Some(editing) = &state.editing else { return body };
    if let Some(error) = editing.impossible_move().filter(|_| !state.shows_diff) {
        let words =
            format!("if this site is deployed already: {}; {}", error.message, error.causes.join(", "));
        doubt(&mut body, &words, columns);
        body.gap();
    }
    if state.shows_diff {
        diff(&mut body, editing);
    } else if editing.problems() > 0 {
        return faults::body(body, state, columns);
    } else {
        match &state.planning {
            Planning::None | Planning::Making => {
                body.push(line(PLAIN, " Comparing the profile, the folder and AWS…"));
            }
            Planning::Asking(replaced) => {
                body.push(line(HEADING, " Before there is a plan: may these be replaced?"));
                body.gap();
                replaced.iter().for_each(|replaced| consent(&mut body, state, replaced, columns));
            }
            Planning::Made(planned) => plan(&mut body, state, planned, columns),
            Planning::Failed(error) => failure(&mut body, error, columns),
        }
    }
    body.top = Some(state.scroll);
    body
}

/// An error as it is told to people: what was tried, why it failed, what to do.
pub fn failure(body: &mut Body, error: &Error, columns: usize) {
    let room = columns.min(MEASURE).saturating_sub(6);
    let mut say = |style: Style, first: &str, text: &str| {
        for (number, text) in wrapped(text, room).into_iter().enumerate() {
            body.push(line(style, format!("{}{text}", if number == 0 { first } else { "   " })));
        }
    };
    say(WRONG, " ✗ ", &error.message);
    error.causes.iter().for_each(|cause| say(PLAIN, "   ", &format!("because: {cause}")));
    for problem in error.listing.iter().flat_map(|listing| &listing.problems) {
        say(PLAIN, "   ", &format!("line {}: {}", problem.line, problem.message));
    }
    if let Some(hint) = &error.hint {
        say(PLAIN, "   ", "");
        say(FAINT, "   ", hint);
    }
}

/// What is asked about, and what was answered.
fn consent(body: &mut Body, state: &State, replaced: &Replaced, columns: usize) {
    let agreed = state.agreed.contains(&replaced.name);
    let (style, sign) = if agreed { (GOOD, "✓") } else { (DOUBTFUL, "!") };
    body.remark(1, (style, sign), &replaced.words, columns);
    if asked(state) == Some(replaced) {
        let key = shown(Action::Offer(Offer::Replace), false);
        let words = format!("{key} replaces that, once its name is typed; Esc leaves it alone.");
        body.words(3, PLAIN, &words, columns);
    }
}

fn plan(body: &mut Body, state: &State, planned: &Planned, columns: usize) {
    let Planned { plan, command, doubts, obstacles, takeover, costs, .. } = planned;
    let head = line(HEADING, format!(" {}", summary(plan)));
    let time = line(FAINT, how_long(planned).map(|words| format!("     {words}")).unwrap_or_default());
    if head.width() + time.width() <= columns {
        body.push(Line::from_iter(head.spans.into_iter().chain(time.spans)));
    } else {
        body.push(head);
        body.push(time);
    }
    body.gap();
    obstacles.iter().for_each(|obstacle| body.remark(1, (WRONG, "✗"), obstacle, columns));
    takeover.iter().for_each(|replaced| consent(body, state, replaced, columns));
    if !obstacles.is_empty() || takeover.is_some() {
        body.gap();
    }
    drift::lines(body, planned, state, columns);
    for stage in Stage::ALL {
        stage_lines(body, (plan, stage), state.shows_changes, columns);
    }
    let told = takeover.iter().map(|replaced| &replaced.words).collect::<Vec<_>>();
    let notices = plan.notices.iter().filter(|notice| !told.contains(notice));
    notices.chain(doubts).for_each(|notice| doubt(body, notice, columns));
    body.gap();
    cost_lines(body, costs, columns);
    body.push(line(FAINT, " From a shell"));
    let lines = wrapped(command, columns.saturating_sub(5));
    body.lines.extend(lines.into_iter().map(|text| line(PLAIN, format!("   {text}"))));
}

/// How long it takes: what such runs took before, or else what AWS usually takes.
pub fn how_long(planned: &Planned) -> Option<String> {
    let told =
        |word: &str, (least, most): (u64, u64)| format!("{word} {}", between(least * 1000, most * 1000));
    let usual = planned.usual_seconds.map(|times| told("usually", times));
    usual.or(planned.expected_seconds.map(|times| told("about", times)))
}

/// What is paid for, where the plan changes anything.
fn cost_lines(body: &mut Body, costs: &[String], columns: usize) {
    if costs.is_empty() {
        return;
    }
    body.push(line(FAINT, " What AWS charges for"));
    let room = columns.min(MEASURE).saturating_sub(6);
    for text in costs.iter().flat_map(|cost| wrapped(cost, room)) {
        body.push(line(PLAIN, format!("   {text}")));
    }
    body.gap();
}

/// Something to think about before agreeing.
fn doubt(body: &mut Body, words: &str, columns: usize) {
    body.remark(1, (DOUBTFUL, "!"), words, columns);
}

/// How much would change.
fn summary(plan: &Plan) -> String {
    let Summary { create, update, delete, adopt, keep: _ } = plan.summary();
    if !plan.changes_aws() {
        return "Nothing to change: AWS is as the profile asks".to_owned();
    }
    let adopted = if adopt > 0 { format!(" · {adopt} to adopt") } else { String::new() };
    format!("{create} to create · {update} to change · {delete} to delete{adopted}")
}

fn stage_lines(body: &mut Body, (plan, stage): (&Plan, Stage), shows_changes: bool, columns: usize) {
    let steps: Vec<&Step> = plan.steps.iter().filter(|step| step.stage == stage).collect();
    if steps.is_empty() {
        return;
    }
    let kept = steps.iter().filter(|step| step.action == Does::Keep).count();
    let words = if kept > 0 { format!("  {} as it is", kept) } else { String::new() };
    body.push(Line::from(vec![span(HEADING, format!(" {}", stage.title())), span(FAINT, words)]));
    for step in steps.into_iter().filter(|step| step.action != Does::Keep) {
        step_lines(body, step, columns);
        change_lines(body, step, shows_changes, columns);
    }
    body.gap();
}

fn step_lines(body: &mut Body, step: &Step, columns: usize) {
    let (sign, style) = sign(step.action);
    let kind_columns = if columns < 60 { 16 } else { 24 };
    let kind = padded(&fit(step.resource.kind.word(), kind_columns - 1), kind_columns);
    let head = vec![span(style, format!("   {sign} ")), span(PLAIN, kind), span(PLAIN, step.name.clone())];
    let line_of_step = Line::from(head);
    // A name is copied by people, so it may be too wide but is never cut; the reason moves down instead.
    let room = columns.saturating_sub(line_of_step.width() + 2);
    if step.reason.chars().count() <= room {
        let mut together = line_of_step;
        together.spans.push(span(FAINT, format!("  {}", step.reason)));
        body.push(together);
    } else {
        body.push(line_of_step);
        let room = columns.saturating_sub(8);
        body.lines.extend(
            wrapped(&step.reason, room).into_iter().map(|text| line(FAINT, format!("       {text}"))),
        );
    }
}

/// What differs: the fields, or what each is and becomes.
fn change_lines(body: &mut Body, step: &Step, in_full: bool, columns: usize) {
    let room = columns.saturating_sub(8);
    let mut say = |style: Style, first: &str, text: &str| {
        for (number, text) in wrapped(text, room.saturating_sub(width(first))).into_iter().enumerate() {
            let head = if number == 0 { first.to_owned() } else { " ".repeat(width(first)) };
            body.push(line(style, format!("       {head}{text}")));
        }
    };
    if !in_full {
        let fields: Vec<&str> = step.changes.iter().map(|change| change.field.as_str()).collect();
        say(FAINT, "differs in: ", &fields.join(", "));
        return;
    }
    let told = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    for change in &step.changes {
        say(PLAIN, "", &change.field);
        say(WRONG, "− ", &told(&change.from));
        say(GOOD, "+ ", &told(&change.to));
    }
}

/// Whether the plan changes things of which it can be told what differs.
pub fn has_changes(state: &State) -> bool {
    match &state.planning {
        Planning::Made(planned) => planned.plan.steps.iter().any(|step| !step.changes.is_empty()),
        Planning::None | Planning::Making | Planning::Asking(_) | Planning::Failed(_) => false,
    }
}

/// How an action is marked.
pub fn sign(action: Does) -> (&'static str, Style) {
    match action {
        Does::Create => ("+", GOOD),
        Does::Update => ("~", DOUBTFUL),
        Does::Delete => ("−", WRONG),
        Does::Adopt => ("<", GOOD),
        Does::Keep => ("=", FAINT),
        Does::Await => ("…", FAINT),
        Does::BackUp => ("↓", GOOD),
    }
}

/// The line of the comparison to begin with, so that the first change is seen with a little of what is above it.
fn first_change(state: &State) -> usize {
    let Some(editing) = &state.editing else { return 0 };
    let lines = compared(&editing.opened, editing.text());
    lines.iter().position(|line| !matches!(line, Compared::Same(_))).unwrap_or(0)
}

fn diff(body: &mut Body, editing: &Editing) {
    let lines = compared(&editing.opened, editing.text());
    let changed = lines.iter().any(|line| !matches!(line, Compared::Same(_)));
    let head = if changed { "since it was opened" } else { "as it was opened" };
    body.push(line(HEADING, format!(" {} {head}", editing.path.display())));
    body.push(blank());
    body.lines.extend(lines.into_iter().map(|compared| match compared {
        Compared::Same(text) => line(FAINT, format!("   {text}")),
        Compared::Gone(text) => line(WRONG, format!(" − {text}")),
        Compared::New(text) => line(GOOD, format!(" + {text}")),
    }));
}
