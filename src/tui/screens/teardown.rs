//! What a teardown would remove, what stays and why, and the name that has to be typed before it begins.

use super::super::keys::{Action, Move, shown};
use super::super::message::{Command, Planned};
use super::super::site_keys::OnSite;
use super::super::state::{Run, RunPurpose, Screen, State};
use super::super::teardown::{Held, PlannedTeardown, Receipt, Teardown, TeardownPlanning};
use super::super::text::{between, blank, counted, line, padded, size, span, with_right, wrapped};
use super::super::theme::{DOUBTFUL, FAINT, FOCUS, GOOD, HEADING, KEY, PLAIN, WRONG};
use super::super::widgets::body::{Body, MEASURE};
use super::review::failure;
use crate::blueprint::plan::{Action as Does, Plan, STAYS, Step, Work};
use crate::blueprint::resource::Kind;
use crate::error::Error;
use ratatui::style::Style;
use ratatui::text::Line;
use std::collections::BTreeMap;
use tui_input::Input;

/// Shows what would go, and has it looked for.
pub fn enter(state: &mut State) -> Vec<Command> {
    if state.editing.is_none() {
        return Vec::new();
    }
    let chosen = std::mem::take(&mut state.chosen_before);
    state.teardown = Some(Teardown::new(state.screen, chosen));
    state.screen = Screen::Teardown;
    state.scroll = 0;
    look(state)
}

fn look(state: &mut State) -> Vec<Command> {
    let (Some(editing), Some(teardown)) = (&state.editing, state.teardown.as_mut()) else {
        return Vec::new();
    };
    teardown.planning = TeardownPlanning::Making;
    teardown.held.clear();
    vec![Command::PlanTeardown { path: editing.path.clone(), sandbox: state.sandbox }]
}

/// It is known what would go, or why that can't be told.
pub fn planned(state: &mut State, planned: Result<Box<PlannedTeardown>, Error>) {
    if let Some(teardown) = state.teardown.as_mut() {
        teardown.planning = planned.map_or_else(TeardownPlanning::Failed, TeardownPlanning::Made);
    }
}

/// It is known what a bucket holds.
pub fn counted_in(state: &mut State, bucket: String, held: Result<Held, Error>) {
    if let Some(teardown) = state.teardown.as_mut() {
        teardown.held.insert(bucket, held);
    }
}

/// Does what a key means here.
pub fn act(state: &mut State, action: Action) -> Vec<Command> {
    match action {
        Action::Move(way) => scroll(state, way),
        Action::Accept => return accept(state),
        Action::Back => back(state),
        Action::Change(_)
        | Action::Go(_)
        | Action::Offer(_)
        | Action::OnSite(_)
        | Action::Reply(_)
        | Action::Redraw
        | Action::Interrupt => {}
    }
    Vec::new()
}

fn scroll(state: &mut State, way: Move) {
    let last = body(state, state.size.0.into()).last_top(state.size.1);
    state.scroll = way.from(state.scroll, last, state.screenful());
}

/// First away from what is typed, then away from the screen.
fn back(state: &mut State) {
    let Some(teardown) = state.teardown.as_mut() else { return };
    teardown.fault = None;
    if teardown.typed.take().is_none() {
        state.screen = teardown.from;
        state.scroll = 0;
    }
}

/// Chooses what a letter stands for.
pub fn wished(state: &mut State, wish: OnSite) -> Vec<Command> {
    let Some(teardown) = state.teardown.as_mut() else { return Vec::new() };
    let chosen = &mut teardown.chosen;
    match wish {
        OnSite::KeepBuckets => chosen.keep_buckets = !chosen.keep_buckets,
        OnSite::LeaveDns => chosen.leave_dns = !chosen.leave_dns,
        OnSite::BackUp => match teardown.planning {
            TeardownPlanning::Made(ref planned) if planned.back_up.is_err() => {
                state.notice = planned.back_up.as_ref().err().cloned();
            }
            TeardownPlanning::Made(_) | TeardownPlanning::Making | TeardownPlanning::Failed(_) => {
                chosen.back_up = !chosen.back_up;
            }
        },
        OnSite::Refresh => return look(state),
        OnSite::TearDown
        | OnSite::Dashboard
        | OnSite::Pause
        | OnSite::Invalidate
        | OnSite::Drill
        | OnSite::Edit
        | OnSite::Upload
        | OnSite::Logs => {}
    }
    Vec::new()
}

/// Asks for the site's name, and begins once it is typed.
fn accept(state: &mut State) -> Vec<Command> {
    let Some(teardown) = state.teardown.as_mut() else { return Vec::new() };
    if teardown.is_held_back() {
        if teardown.planned().is_some() {
            state.notice = Some("Domains still lead here: see what is marked with ✗.".to_owned());
        }
        return Vec::new();
    }
    let Some(planned) = teardown.planned() else { return Vec::new() };
    let site = planned.whole.site.clone();
    match &teardown.typed {
        None => teardown.typed = Some(Input::default()),
        Some(typed) if typed.value().trim() == site => return begin(state),
        Some(_) => teardown.fault = Some(format!("That is not the site's name, which is {site}.")),
    }
    Vec::new()
}

fn begin(state: &mut State) -> Vec<Command> {
    let Some(teardown) = state.teardown.take() else { return Vec::new() };
    // Whoever goes on with it later has chosen already.
    let chosen = teardown.chosen;
    state.chosen_before = chosen;
    let Some(planned) = teardown.planned() else { return Vec::new() };
    let plan = planned.plan(chosen);
    let command = planned.command(chosen);
    let shown = Planned {
        plan: plan.clone(),
        address: None,
        usual_seconds: planned.usual_seconds,
        plain_command: command.clone(),
        command,
        expected_seconds: None,
        drift: Vec::new(),
        costs: Vec::new(),
        doubts: Vec::new(),
        obstacles: Vec::new(),
        takeover: None,
    };
    let run = Run::new(Box::new(shown), state.now_ms);
    state.run = Some(Run { purpose: RunPurpose::TearDown, ..run });
    state.screen = Screen::Provision;
    state.scroll = 0;
    vec![Command::TearDown { plan: Box::new(plan), chosen }]
}

/// The screen.
pub fn body(state: &State, columns: usize) -> Body {
    let mut body = Body::default();
    let Some(teardown) = &state.teardown else { return body };
    match &teardown.planning {
        TeardownPlanning::Making => {
            body.push(line(PLAIN, " Looking for everything that belongs to the site…"))
        }
        TeardownPlanning::Failed(error) => failure(&mut body, error, columns),
        TeardownPlanning::Made(planned) => {
            planned_lines(&mut body, teardown, planned, columns);
            body.pinned = prompt(teardown, planned, columns);
        }
    }
    body.top = Some(state.scroll);
    body
}

fn planned_lines(body: &mut Body, teardown: &Teardown, planned: &PlannedTeardown, columns: usize) {
    let plan = planned.removal(teardown.chosen);
    let usual = planned
        .usual_seconds
        .filter(|_| columns > 64)
        .map_or_else(String::new, |(least, most)| format!("usually {} ", between(least * 1000, most * 1000)));
    let words =
        format!(" Tear down {}: {} · can't be undone", plan.site, counted(removed(plan).count(), "thing"));
    body.push(with_right(line(HEADING, words), line(FAINT, usual), columns));
    body.gap();
    led_lines(body, teardown, planned, columns);
    // Before what may be a long list, so that they are seen without going down.
    options(body, teardown, planned, columns);
    body.gap();
    removed(plan).for_each(|step| removal_lines(body, plan, step, &teardown.held, columns));
    notices(body, plan, columns);
}

/// What goes. That a bucket is emptied first is told with the bucket.
fn removed(plan: &Plan) -> impl Iterator<Item = &Step> {
    plan.steps.iter().filter(|step| step.action == Does::Delete && step.resource.kind != Kind::Release)
}

fn removal_lines(
    body: &mut Body,
    plan: &Plan,
    step: &Step,
    held: &BTreeMap<String, Result<Held, crate::error::Error>>,
    columns: usize,
) {
    let kind = padded(&step.resource.kind.to_string(), if columns < 60 { 16 } else { 23 }) + " ";
    let head =
        Line::from(vec![span(WRONG, "   − "), span(PLAIN, kind), span(PLAIN, step.resource.name.clone())]);
    let (style, words) = detail(plan, step, held);
    // A name is copied by people, so it may be too wide but is never cut; the detail moves down instead.
    if head.width() + words.chars().count() + 3 <= columns {
        let mut together = head;
        together.spans.push(span(style, format!("  {words}")));
        body.push(together);
        return;
    }
    body.push(head);
    body.words(7, style, &words, columns);
}

/// What there is to know about how a thing goes.
fn detail(
    plan: &Plan,
    step: &Step,
    held: &BTreeMap<String, Result<Held, crate::error::Error>>,
) -> (Style, String) {
    let words = match step.resource.kind {
        Kind::Bucket => return bucket_words(held.get(&step.resource.name)),
        Kind::Distribution if is_disabled_first(plan) => {
            "disabled, then deleted once no edge location serves it: some minutes"
        }
        Kind::EdgeFunction => "its copies at edge locations may take hours; another run goes on then",
        Kind::EdgeLogs => "what the functions wrote, in every region",
        Kind::AliasRecord => "the record that leads visitors here",
        Kind::ValidationRecord => "the record that proves the domain",
        Kind::Distribution
        | Kind::BucketSettings
        | Kind::BucketPolicy
        | Kind::ReplicationRole
        | Kind::Replication
        | Kind::OriginAccessControl
        | Kind::CachePolicy
        | Kind::ResponseHeadersPolicy
        | Kind::Function
        | Kind::EdgeRole
        | Kind::Certificate
        | Kind::Release => "",
    };
    (FAINT, words.to_owned())
}

fn is_disabled_first(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| matches!(step.work, Work::Disable { .. } | Work::AwaitDeployed { .. }))
}

fn bucket_words(held: Option<&Result<Held, crate::error::Error>>) -> (Style, String) {
    match held {
        None => (FAINT, "counting what it holds…".to_owned()),
        Some(Err(error)) => (DOUBTFUL, format!("no count: {}", error.message)),
        Some(Ok(Held { objects: 0, old_versions: 0, bytes: _ })) => (FAINT, "empty".to_owned()),
        Some(Ok(Held { objects, old_versions, bytes })) => {
            let old = match old_versions {
                0 => String::new(),
                several => format!(
                    " and {}",
                    counted(usize::try_from(*several).unwrap_or(usize::MAX), "old version")
                ),
            };
            let objects = counted(usize::try_from(*objects).unwrap_or(usize::MAX), "object");
            (PLAIN, format!("{objects}{old}, {}", size(*bytes)))
        }
    }
}

/// Domains that must not be left leading to what is gone.
fn led_lines(body: &mut Body, teardown: &Teardown, planned: &PlannedTeardown, columns: usize) {
    if planned.still_led.is_empty() {
        return;
    }
    let (style, sign) = if teardown.chosen.leave_dns { (DOUBTFUL, "!") } else { (WRONG, "✗") };
    for domain in &planned.still_led {
        body.remark(3, (style, sign), &format!("public DNS still leads {domain} here"), columns);
    }
    let key = |wish| shown(Action::OnSite(wish), false);
    let words = match teardown.chosen.leave_dns {
        true => "It goes on regardless: whoever gets a distribution for these names could answer for them."
            .to_owned(),
        false => format!(
            "Remove these records where their DNS is kept. {} looks again; {} goes on regardless.",
            key(OnSite::Refresh),
            key(OnSite::LeaveDns)
        ),
    };
    body.words(5, PLAIN, &words, columns);
    body.gap();
}

/// What can be chosen, with the key for it.
fn options(body: &mut Body, teardown: &Teardown, planned: &PlannedTeardown, columns: usize) {
    let chosen = teardown.chosen;
    let keep = match chosen.keep_buckets {
        true => "the buckets stay, with everything in them",
        false => "keep the buckets, with everything in them",
    };
    option(body, (OnSite::KeepBuckets, chosen.keep_buckets), keep, columns);
    let copy = match &planned.back_up {
        Ok(wanted) => format!("back up the published files first, into {}", wanted.folder.display()),
        Err(why) => format!("no back-up: {why}"),
    };
    option(body, (OnSite::BackUp, chosen.back_up && planned.back_up.is_ok()), &copy, columns);
}

fn option(body: &mut Body, (wish, is_on): (OnSite, bool), words: &str, columns: usize) {
    let room = columns.min(MEASURE).saturating_sub(10);
    let (style, sign) = if is_on { (GOOD, "[✓]") } else { (PLAIN, "[ ]") };
    for (number, text) in wrapped(words, room).into_iter().enumerate() {
        body.push(match number {
            0 => Line::from(vec![
                span(KEY, format!("   {} ", shown(Action::OnSite(wish), false))),
                span(style, format!("{sign} ")),
                span(style, text),
            ]),
            _ => line(style, format!("         {text}")),
        });
    }
}

/// What stays and why, and what else a person should know.
fn notices(body: &mut Body, plan: &Plan, columns: usize) {
    if plan.notices.is_empty() {
        return;
    }
    body.gap();
    for notice in &plan.notices {
        match notice.strip_prefix(STAYS) {
            Some(what) => body.remark(3, (FAINT, "="), &format!("{STAYS}{what}"), columns),
            None => body.remark(3, (DOUBTFUL, "!"), notice, columns),
        }
    }
}

/// At the foot: how to begin.
fn prompt(teardown: &Teardown, planned: &PlannedTeardown, columns: usize) -> Vec<Line<'static>> {
    let site = &planned.whole.site;
    let Some(typed) = &teardown.typed else {
        let words = match teardown.is_held_back() {
            true => " It can't begin while domains lead here.".to_owned(),
            false => format!(" Enter asks for the site's name, and only {site} typed out begins it."),
        };
        let lines = wrapped(&words, columns.saturating_sub(2));
        return std::iter::once(blank())
            .chain(lines.into_iter().map(|text| line(FAINT, format!(" {text}"))))
            .collect();
    };
    let (before, after) = split(typed);
    let asks = Line::from(vec![
        span(DOUBTFUL, format!(" Type {site} to tear it down: ")),
        span(PLAIN, before),
        span(FOCUS, "▏"),
        span(PLAIN, after),
    ]);
    let fault = teardown.fault.iter().map(|fault| line(WRONG, format!(" ✗ {fault}")));
    [blank(), asks].into_iter().chain(fault).collect()
}

/// What stands before the cursor, and what after it.
pub(super) fn split(typed: &Input) -> (String, String) {
    let letters: Vec<char> = typed.value().chars().collect();
    let (before, after) = letters.split_at(typed.cursor().min(letters.len()));
    (before.iter().collect(), after.iter().collect())
}

/// What a teardown came to, once it has ended.
pub fn receipt(body: &mut Body, receipt: &Receipt, columns: usize) {
    body.push(line(HEADING, " Looked at again in every service and region"));
    receipt.gone.iter().for_each(|what| body.remark(3, (GOOD, "✓"), &format!("gone: {what}"), columns));
    receipt.kept.iter().for_each(|what| {
        let what = what.strip_prefix(STAYS).unwrap_or(what);
        body.remark(3, (FAINT, "="), &format!("{STAYS}{what}"), columns);
    });
    for pending in &receipt.pending {
        body.remark(3, (DOUBTFUL, "…"), &format!("still to go: {}: {}", pending.name, pending.why), columns);
    }
    body.gap();
}
