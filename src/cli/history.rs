//! `sitecast history`: what was run on a site from this machine. It is kept for people, and for telling how long
//! things usually take.

use super::args::Profile;
use super::site::load;
use super::{Console, Ending};
use crate::apply::event::RunOutcome;
use crate::blueprint::Plan;
use crate::blueprint::plan::Action;
use crate::blueprint::resource::Kind;
use crate::error::{Error, Result};
use crate::journal::{Drill, Journal, Purpose, Record};
use crate::report::words;
use serde_json::json;
use std::cmp::Reverse;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const MINUTE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]Z");

/// Shows the runs of the profile's site, newest first.
pub fn run(console: &Console, arguments: &Profile) -> Result<Ending> {
    let site = load(console, &arguments.file)?.profile.name;
    let journal = journal(console).ok_or_else(|| {
        Error::failed("can't find the journal")
            .why("there is no home folder")
            .hint("set HOME or XDG_STATE_HOME")
    })?;
    let (runs, drill) = (journal.runs(&site), journal.last_drill(&site));
    if runs.is_empty() && drill.is_none() {
        console.say(format!("nothing was run on {site} from this machine yet"));
    }
    // Runs say when they began and a drill when it ended, so within a second the drill came last.
    let drilled = drill.iter().map(|drill| (drill.ts.unsigned_abs(), drill_line(drill)));
    let mut lines: Vec<_> = drilled.chain(runs.iter().map(|run| (run.ts / 1000, line(run)))).collect();
    lines.sort_by_key(|(second, _)| Reverse(*second));
    let lines: Vec<_> = lines.into_iter().map(|(_, line)| line).collect();
    console.give(json!({ "site": site, "runs": runs, "last_drill": drill }), lines.join("\n"))?;
    Ok(Ending::Fine)
}

/// Where runs are written down: those in the sandbox with the sandbox.
pub(super) fn journal(console: &Console) -> Option<Journal> {
    let flags = console.flags();
    if flags.sandbox {
        return flags.place.folder().ok().map(|folder| Journal::at(folder.join("history")));
    }
    Journal::of_this_person(|name| std::env::var(name).ok())
}

/// What a deploy is for, which decides what it can be compared with.
pub(super) fn purpose(plan: &Plan) -> Purpose {
    let exists = plan.known.keys().any(|id| id.kind == Kind::Distribution);
    let waits = plan.steps.iter().any(|step| step.action == Action::Await);
    match (exists, waits) {
        (false, _) => Purpose::Launch,
        (true, true) => Purpose::Deploy,
        (true, false) => Purpose::Upload,
    }
}

/// Says how long such a run took before, where that is known.
pub(super) fn estimate(console: &Console, journal: Option<&Journal>, site: &str, purpose: Purpose) {
    let Some((shortest, longest)) = journal.and_then(|journal| journal.usual_duration(site, purpose)) else {
        return;
    };
    let usually = words::between(milliseconds(shortest), milliseconds(longest));
    console.say(format!("{} usually took {usually} here", noun(purpose)));
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn noun(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Launch => "a first deploy",
        Purpose::Deploy => "a deploy",
        Purpose::Upload => "an upload",
        Purpose::Destroy => "a teardown",
        Purpose::Undo => "taking a run back",
    }
}

/// Only the latest drill is kept.
fn drill_line(drill: &Drill) -> String {
    let passed = if drill.passed { "passed" } else { "failed" };
    format!("{}  {:<7}  {passed:<11}  {:>4} ms", minute(drill.ts), "drill", drill.elapsed_ms)
}

fn minute(seconds: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(seconds).ok();
    moment.and_then(|moment| moment.format(MINUTE).ok()).unwrap_or_default()
}

fn line(run: &Record) -> String {
    let began = minute(i64::try_from(run.ts / 1000).unwrap_or_default());
    let (ended, took) = match run.outcome {
        Some(outcome) => (outcome_word(outcome), words::duration(run.elapsed_ms)),
        None => ("cut off", "-".to_owned()),
    };
    // What was planned is no news: a run is told as it told itself when it ended.
    let changes = words::tally(&run.tally).join(", ");
    let purpose = match run.purpose {
        Purpose::Launch | Purpose::Deploy | Purpose::Upload => "deploy",
        Purpose::Destroy => "destroy",
        Purpose::Undo => "undo",
    };
    format!(
        "{began}  {purpose:<7}  {ended:<11}  {took:>7}  {changes:<30}  account {} as {}",
        run.account, run.who
    )
    .trim_end()
    .to_owned()
}

fn outcome_word(outcome: RunOutcome) -> &'static str {
    match outcome {
        RunOutcome::Done => "done",
        RunOutcome::Failed => "failed",
        RunOutcome::Unfinished => "unfinished",
        RunOutcome::Interrupted => "interrupted",
    }
}
