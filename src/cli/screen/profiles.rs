//! The profiles that the welcome screen offers: those in this folder, and those that were opened lately elsewhere,
//! each with how its last run from this machine ended.

use super::super::{Console, history};
use crate::apply::event::RunOutcome;
use crate::journal::{Journal, Purpose, Record};
use crate::profile;
use crate::tui::message::{FoundProfile, LastRun, LastState};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The profiles that can be opened, those in this folder first.
pub fn found(console: &Console) -> Vec<FoundProfile> {
    let journal = history::journal(console);
    let mut found = here();
    found.extend(elsewhere(journal.as_ref(), &found));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    for profile in &mut found {
        let runs = journal.as_ref().map(|journal| journal.runs(&profile.name)).unwrap_or_default();
        profile.last = runs.first().map(|run| last_run(run, now));
    }
    found
}

/// Notes that a profile was opened, so that it is offered from other folders too. The list is a convenience: where
/// it can't be written, the profile is opened all the same.
pub fn remember(console: &Console, path: &Path, text: &str) {
    let reading = profile::read(text, &path.display().to_string());
    let name = reading.sheet.value("name").and_then(|name| name.as_str().map(str::to_owned));
    // A sandbox begins with an empty folder, in which nothing may lie before.
    let flags = console.flags();
    let is_there = !flags.sandbox || flags.place.folder().is_ok_and(|folder| folder.exists());
    if let (Some(name), Some(journal), true) = (name, history::journal(console), is_there) {
        journal.remember(path, &name).unwrap_or_default();
    }
}

fn here() -> Vec<FoundProfile> {
    let files = std::fs::read_dir(".").into_iter().flatten().flatten().map(|entry| entry.path());
    let named = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let mut found: Vec<FoundProfile> = named.filter_map(|path| profile_at(&path, false)).collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn elsewhere(journal: Option<&Journal>, here: &[FoundProfile]) -> Vec<FoundProfile> {
    let known: Vec<PathBuf> =
        here.iter().filter_map(|profile| std::path::absolute(&profile.path).ok()).collect();
    let recent = journal.map(Journal::recent).unwrap_or_default().into_iter();
    let others = recent.filter(|recent| !known.contains(&recent.path));
    others.filter_map(|recent| profile_at(&recent.path, true)).collect()
}

/// What a file says of its site; `None` where it isn't a profile.
fn profile_at(path: &Path, elsewhere: bool) -> Option<FoundProfile> {
    let path = path.strip_prefix(".").unwrap_or(path).to_owned();
    let text = std::fs::read_to_string(&path).ok()?;
    let reading = profile::read(&text, &path.display().to_string());
    let name = reading.sheet.value("name")?.as_str()?.to_owned();
    reading.sheet.value("schema")?;
    let domains = reading.sheet.value("https.domains");
    let main = domains.and_then(|domains| domains.get(0)?.as_str().map(str::to_owned));
    let errors = reading.problems.problems.iter().filter(|it| it.severity == profile::Severity::Error);
    let about = main.unwrap_or_else(|| "on its CloudFront name".to_owned());
    Some(FoundProfile { path, name, about, problems: errors.count(), elsewhere, last: None })
}

fn last_run(run: &Record, now: u64) -> LastRun {
    let state = match (run.purpose, run.outcome) {
        (Purpose::Launch | Purpose::Deploy | Purpose::Upload, Some(RunOutcome::Done)) => LastState::Live,
        (Purpose::Destroy | Purpose::Undo, Some(RunOutcome::Done)) => LastState::Gone,
        (_, Some(RunOutcome::Failed)) => LastState::Failed,
        (_, Some(RunOutcome::Unfinished)) => LastState::Unfinished,
        (_, Some(RunOutcome::Interrupted) | None) => LastState::Stopped,
    };
    LastRun { state, seconds_ago: now.saturating_sub(run.ts / 1000) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::tally::Tally;
    use std::collections::BTreeMap;

    #[test]
    fn the_last_run_tells_how_a_site_is_known_to_be() {
        let run = |purpose, outcome| Record {
            purpose,
            account: "123456789012".into(),
            who: String::new(),
            ts: 1_000_000,
            outcome,
            elapsed_ms: 0,
            summary: BTreeMap::new(),
            failed: 0,
            tally: Tally::default(),
        };
        let state = |purpose, outcome| last_run(&run(purpose, outcome), 1_090).state;
        assert_eq!(state(Purpose::Launch, Some(RunOutcome::Done)), LastState::Live);
        assert_eq!(state(Purpose::Destroy, Some(RunOutcome::Done)), LastState::Gone);
        assert_eq!(state(Purpose::Deploy, Some(RunOutcome::Unfinished)), LastState::Unfinished);
        assert_eq!(state(Purpose::Deploy, None), LastState::Stopped);
        assert_eq!(last_run(&run(Purpose::Deploy, None), 1_090).seconds_ago, 90);
    }
}
