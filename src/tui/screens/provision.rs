//! The run as it goes on, and how it ended.

use super::super::keys::{Action, Change, Move, Offer, Reply};
use super::super::message::{Command, RunEnd, WantedRecord};
use super::super::on_site;
use super::super::site_keys::OnSite;
use super::super::state::{Confirmed, Leaving, Overlay, Run, RunPurpose, Screen, State};
use super::super::teardown::{Chosen, Receipt};
use super::super::text::{clock, counted, line, size, span, with_right};
use super::super::theme::{DOUBTFUL, FAINT, FOCUS, GOOD, HEADING, PLAIN, WRONG};
use super::super::widgets::body::Body;
use super::review::{self, failure};
use super::{ended, records, teardown};
use crate::apply::Event;
use crate::apply::event::{Amount, Outcome, RunOutcome};
use crate::apply::progress::{StageProgress, State as Doing, StepProgress};
use crate::blueprint::Plan;
use crate::blueprint::plan::Action as Does;
use crate::status::panels::ProbeView;
use ratatui::style::Style;
use ratatui::text::Line;

/// Does what a key means here.
pub fn act(state: &mut State, action: Action) -> Vec<Command> {
    match action {
        Action::Move(way) => {
            let last = body(state, state.size.0.into()).last_top(state.size.1);
            state.scroll = way.from(state.scroll, last, state.screenful());
        }
        Action::Back => return back(state),
        Action::Accept if is_live(state) => return on_site::wished(state, OnSite::Dashboard),
        Action::Accept => return go_on(state),
        Action::Offer(Offer::Copy) => return copy(state),
        Action::Offer(Offer::CopyName) => return copy_name(state),
        Action::Offer(Offer::Print) => return print(state),
        Action::Change(Change::Left) => choose_record(state, Move::Previous),
        Action::Change(Change::Right) => choose_record(state, Move::Next),
        Action::Offer(Offer::Undo) => ask_undo(state),
        Action::Offer(Offer::Deploy | Offer::Diff | Offer::Replace | Offer::TakeTheirs | Offer::KeepMine)
        | Action::Change(Change::Toggle | Change::Delete | Change::MoveUp | Change::MoveDown)
        | Action::Go(_)
        | Action::OnSite(_)
        | Action::Reply(_)
        | Action::Redraw
        | Action::Interrupt => {}
    }
    Vec::new()
}

/// Whether a deploy has ended well, so that there is a site to look at.
pub fn is_live(state: &State) -> bool {
    state.run.as_ref().is_some_and(|run| has_done(run, RunPurpose::Deploy))
}

/// Whether the run has ended and left something undone that another one can go on with.
pub fn is_left_undone(state: &State) -> bool {
    state.run.as_ref().is_some_and(|run| match &run.ended {
        Some(Ok(end)) => end.outcome != RunOutcome::Done && !run.undoes(),
        Some(Err(_)) => !run.undoes(),
        None => false,
    })
}

/// Plans what is left; that is carried out only once it is agreed to.
fn go_on(state: &mut State) -> Vec<Command> {
    let purpose = state.run.as_ref().filter(|_| is_left_undone(state)).map(|run| run.purpose);
    match purpose {
        Some(RunPurpose::TearDown) => teardown::enter(state),
        Some(RunPurpose::Deploy | RunPurpose::Undo) => review::enter(state),
        None => Vec::new(),
    }
}

fn back(state: &mut State) -> Vec<Command> {
    if state.running().is_some() {
        state.overlay = Some(Overlay::Stop);
        return Vec::new();
    }
    if state.run.as_ref().is_some_and(|run| run.purpose == RunPurpose::TearDown) {
        state.screen = Screen::Welcome;
        return Vec::new();
    }
    review::enter(state)
}

fn copy(state: &mut State) -> Vec<Command> {
    let record = chosen(state).map(|record| record.value.clone());
    let address = match state.run.as_ref().and_then(|run| run.ended.as_ref()) {
        Some(Ok(RunEnd { address, .. })) => address.clone(),
        Some(Err(_)) | None => None,
    };
    record.or(address).map(|text| send(state, text)).unwrap_or_default()
}

fn copy_name(state: &mut State) -> Vec<Command> {
    let name = chosen(state).map(|record| record.name.clone());
    name.map(|name| send(state, name)).unwrap_or_default()
}

fn send(state: &mut State, text: String) -> Vec<Command> {
    state.notice = Some(format!("Sent to the terminal's clipboard: {text}"));
    vec![Command::Copy { text }]
}

/// The record that is copied.
fn chosen(state: &State) -> Option<&WantedRecord> {
    let run = state.run.as_ref()?;
    run.records.get(run.record)
}

fn choose_record(state: &mut State, way: Move) {
    if let Some(run) = state.run.as_mut() {
        run.record = way.from(run.record, run.records.len().saturating_sub(1), 1);
    }
}

/// Prints the records where they can be selected with a mouse, since a terminal may not let us copy.
fn print(state: &mut State) -> Vec<Command> {
    let records = state.run.as_ref().map(|run| run.records.as_slice()).unwrap_or_default();
    if records.is_empty() {
        return Vec::new();
    }
    let told = records.iter().flat_map(|WantedRecord { kind, name, value, .. }| {
        [String::new(), format!("Type   {kind}"), format!("Name   {name}"), format!("Value  {value}")]
    });
    let last = [String::new(), "Press Enter to go back.".to_owned()];
    let lines = told.chain(last).collect();
    state.away = true;
    vec![Command::Print { lines }]
}

/// Stops the run, and leaves the program afterwards if that is wished.
pub fn stop(state: &mut State, reply: Reply) -> Vec<Command> {
    let Some(run) = state.run.as_mut() else { return Vec::new() };
    let again = run.stopping;
    run.stopping = true;
    run.then_leave = run.then_leave || reply == Reply::Detach;
    if again { Vec::new() } else { vec![Command::Stop] }
}

/// Asks whether to take back what the run made, where it made anything.
pub fn ask_undo(state: &mut State) {
    match &state.run {
        Some(run) if run.can_be_undone() => {
            let site = run.planned.plan.site.clone();
            super::confirmation::ask(state, Confirmed::Undo, site);
        }
        Some(_) => state.notice = Some("This run made nothing that could be taken back.".to_owned()),
        None => {}
    }
}

/// Takes back what the run made, as soon as what is under way is done.
pub fn undo(state: &mut State) -> Vec<Command> {
    match state.run.as_mut() {
        Some(run) if run.ended.is_none() => {
            run.then_undo = true;
            stop(state, Reply::StopRun)
        }
        Some(run) => {
            let made = run.made();
            let mut planned = run.planned.clone();
            planned.plan.steps.clear();
            planned.plan.notices.clear();
            planned.usual_seconds = None;
            planned.expected_seconds = None;
            state.run = Some(Run { purpose: RunPurpose::Undo, ..Run::new(planned, state.now_ms) });
            state.scroll = 0;
            vec![Command::Undo { made }]
        }
        None => Vec::new(),
    }
}

/// What is asked before that.
pub fn undo_words(state: &State) -> Vec<String> {
    let Some(run) = &state.run else { return Vec::new() };
    let made = run.made();
    let first = format!("Take back the {} that this run made?", counted(made.created.len(), "thing"));
    let names: Vec<String> = made.created.iter().map(ToString::to_string).collect();
    let rest = "What was there before the run stays, and so does what it still uses. What is under way is finished \
                first.";
    vec![first, names.join(", "), rest.to_owned()]
}

/// Leaves at once, whatever is under way.
pub fn leave_now(state: &mut State) -> Vec<Command> {
    state.leaving = Some(Leaving::Interrupted);
    vec![Command::Stop, Command::Stop]
}

/// What Ctrl-C asks.
pub fn question(state: &State) -> Vec<(Style, String)> {
    let command = state.run.as_ref().map(|run| run.planned.command.clone()).unwrap_or_default();
    let mut words = vec![
        (DOUBTFUL, "Stop? AWS keeps what it already accepted.".to_owned()),
        (PLAIN, format!("  d  detach: leave, and continue later with {command}")),
    ];
    if let Some(run) = state.run.as_ref().filter(|run| run.can_be_undone()) {
        let made = counted(run.made().created.len(), "thing");
        words.push((PLAIN, format!("  u  undo: stop, and take back the {made} that this run made so far")));
    }
    words.push((PLAIN, "  s  stop after what is under way, and stay here".to_owned()));
    words.push((PLAIN, "  Esc keep watching; Ctrl-C again leaves at once".to_owned()));
    words
}

/// The screen.
pub fn body(state: &State, columns: usize) -> Body {
    let mut body = Body::default();
    let Some(run) = &state.run else { return body };
    let now = run.age_ms(state.now_ms);
    match &run.ended {
        Some(Ok(end)) => {
            let file = state.editing.as_ref().map(|editing| editing.path.display().to_string());
            ended::lines(&mut body, run, end, file, columns);
        }
        Some(Err(error)) => failure(&mut body, error, columns),
        None => body.push(head(run, now, columns)),
    }
    body.gap();
    records::lines(&mut body, run, columns);
    tree(&mut body, run, now, columns);
    if run.ended.is_none() {
        body.gap();
        let words = if run.stopping {
            "Stopping after what is under way."
        } else {
            "It is safe to leave at any moment."
        };
        body.push(line(FAINT, format!(" {words}")));
    }
    // Until the person scrolls, what is under way is kept in sight.
    body.top = Some(state.scroll).filter(|scroll| *scroll > 0 || body.focus.is_none());
    body
}

fn head(run: &Run, now: u64, columns: usize) -> Line<'static> {
    let counts = run.progress.counts();
    let doing = match run.purpose {
        RunPurpose::Deploy => "Deploying",
        RunPurpose::TearDown => "Tearing down",
        RunPurpose::Undo => "Taking back what was made for",
    };
    let done = format!(" {doing} {}   {} of {} steps", run.planned.plan.site, counts.well, counts.total());
    let usual = review::how_long(&run.planned).map(|words| format!("  {words}"));
    let right = format!("{} so far{} ", clock(now), usual.unwrap_or_default());
    with_right(line(HEADING, done), line(FAINT, right), columns)
}

/// Each stage, and under it the steps that are worth a line.
fn tree(body: &mut Body, run: &Run, now: u64, columns: usize) {
    let progress = &run.progress;
    for stage in progress.stages(now) {
        body.push(stage_line(&stage, columns));
        let steps = progress.steps.iter().filter(|step| step.planned.stage == stage.stage);
        let over = stage.counts.ended() == stage.counts.total();
        for step in steps.filter(|step| is_worth_a_line(step, over)) {
            let first = body.lines.len();
            let above = !run.records.is_empty() && records::waits_for_dns(step);
            let words = if above { "waiting for the records above".to_owned() } else { words(step, now) };
            step_lines(body, step, &words, now, columns);
            if step.is_running() {
                body.focus.get_or_insert((first, body.lines.len() - 1));
            }
        }
    }
}

/// A stage that is over is told in one line, and so is what stays as it is.
fn is_worth_a_line(step: &StepProgress, over: bool) -> bool {
    is_trouble(step) || (!over && step.planned.action != Does::Keep)
}

fn is_trouble(step: &StepProgress) -> bool {
    match step.state {
        Doing::Ended(Outcome::Failed | Outcome::Skipped | Outcome::Unfinished) => true,
        Doing::Ended(Outcome::Done | Outcome::Unneeded) | Doing::Queued | Doing::Running | Doing::Waiting => {
            false
        }
    }
}

fn stage_line(stage: &StageProgress, columns: usize) -> Line<'static> {
    let counts = stage.counts;
    let (sign, style) = if counts.failed > 0 {
        ("✗", WRONG)
    } else if counts.skipped + counts.unfinished > 0 {
        ("!", DOUBTFUL)
    } else if counts.ended() == counts.total() {
        ("✓", GOOD)
    } else if counts.running + counts.ended() > 0 {
        ("◐", FOCUS)
    } else {
        ("○", FAINT)
    };
    let left = vec![
        span(style, format!(" {sign} ")),
        span(HEADING, stage.stage.title()),
        span(FAINT, format!("  {} of {}", counts.well, counts.total())),
    ];
    let time = if stage.elapsed_ms > 0 { clock(stage.elapsed_ms) + " " } else { String::new() };
    with_right(Line::from(left), line(FAINT, time), columns)
}

fn step_lines(body: &mut Body, step: &StepProgress, words: &str, now: u64, columns: usize) {
    let (sign, style) = sign(step.state);
    let resource = &step.planned.resource;
    let left = vec![
        span(style, format!("   {sign} ")),
        span(PLAIN, format!("{} ", step.planned.action)),
        span(PLAIN, format!("{} ", resource.kind)),
        span(FAINT, resource.name.clone()),
    ];
    let time = step.took(now).map(|took| clock(took) + " ").unwrap_or_default();
    body.push(with_right(Line::from(left), line(FAINT, time), columns));
    body.words(7, style, words, columns);
}

fn sign(doing: Doing) -> (&'static str, Style) {
    match doing {
        Doing::Queued => ("○", FAINT),
        Doing::Running => ("◐", FOCUS),
        Doing::Waiting => ("◐", DOUBTFUL),
        Doing::Ended(Outcome::Done) => ("✓", GOOD),
        Doing::Ended(Outcome::Unneeded) => ("=", FAINT),
        Doing::Ended(Outcome::Failed) => ("✗", WRONG),
        Doing::Ended(Outcome::Skipped) => ("○", FAINT),
        Doing::Ended(Outcome::Unfinished) => ("!", DOUBTFUL),
    }
}

/// What a step is doing, where that isn't plain.
fn words(step: &StepProgress, now: u64) -> String {
    match step.state {
        Doing::Waiting => format!("waiting for {}", step.message),
        Doing::Running => match step.amount {
            Some(done) => amount(done, step.bytes_per_second(now), step.left_ms(now)),
            None => step.message.clone(),
        },
        Doing::Ended(Outcome::Failed | Outcome::Skipped | Outcome::Unfinished) => step.message.clone(),
        Doing::Ended(Outcome::Done | Outcome::Unneeded) | Doing::Queued => String::new(),
    }
}

fn amount(amount: Amount, rate: Option<u64>, left: Option<u64>) -> String {
    let Amount { files, files_total, bytes, bytes_total } = amount;
    let counted = (files_total > 0).then(|| format!("{files} of {files_total} files"));
    let sized = (bytes_total > 0).then(|| format!("{} of {}", size(bytes), size(bytes_total)));
    let rate = rate.map(|rate| format!("{}/s", size(rate)));
    let left = left.map(|left| format!("{} left", clock(left)));
    [counted, sized, left, rate].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Something happened in the run.
pub fn happened(state: &mut State, event: &Event) {
    if let Some(run) = state.run.as_mut() {
        run.progress.apply(event);
        run.newest = (state.now_ms, event.elapsed_ms);
    }
}

/// The person has to add these records.
pub fn records_wanted(state: &mut State, records: Vec<WantedRecord>) {
    if let Some(run) = state.run.as_mut() {
        run.record = run.record.min(records.len().saturating_sub(1));
        run.records = records;
    }
}

/// The deployed site answered.
pub fn answered(state: &mut State, answers: Vec<ProbeView>) {
    if let Some(run) = state.run.as_mut() {
        run.answers = answers;
    }
}

/// It is known what a teardown came to.
pub fn torn_down(state: &mut State, receipt: Receipt) {
    if let Some(run) = state.run.as_mut() {
        run.receipt = Some(receipt);
    }
}

/// The run ended: the screen stays to say how, unless the person wished to leave or to take it back.
pub fn run_ended(state: &mut State, end: Result<RunEnd, crate::error::Error>) -> Vec<Command> {
    state.scroll = 0;
    state.lookups.forget();
    if matches!(state.overlay, Some(Overlay::Stop)) {
        state.overlay = None;
    }
    state.screen = Screen::Provision;
    let Some(run) = state.run.as_mut() else { return Vec::new() };
    run.ended = Some(end);
    if has_done(run, RunPurpose::TearDown) {
        state.chosen_before = Chosen::default();
    }
    state.leaving = run.then_leave.then_some(Leaving::Interrupted).or(state.leaving);
    let then = if std::mem::take(&mut run.then_undo) { undo(state) } else { Vec::new() };
    // What was seen of the site before the run says nothing of it now.
    let unwatch = state.dashboard.take().map(|_| Command::Unwatch);
    unwatch.into_iter().chain(then).collect()
}

/// Whether a run for this purpose has ended well.
fn has_done(run: &Run, purpose: RunPurpose) -> bool {
    let is_done = matches!(&run.ended, Some(Ok(end)) if end.outcome == RunOutcome::Done);
    is_done && run.purpose == purpose
}

/// What is taken back is known.
pub fn undo_planned(state: &mut State, plan: Plan) {
    if let Some(run) = state.run.as_mut().filter(|run| run.undoes()) {
        run.planned.plan = plan;
    }
}
