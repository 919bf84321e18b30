//! The history of runs, for people and for estimates of time. Nothing is ever decided from it.
//!
//! Each run is one file of JSON lines: a heading, then its events. Events hold names, states and reasons, and
//! no secret.

mod reading;
pub mod recent;

use crate::apply::event::{Event, Fact, RunOutcome};
use crate::apply::tally::Tally;
use crate::error::{Error, Result};
use reading::read_record;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

/// The file of a site's latest drill.
const DRILL: &str = "drill.json";
/// How many runs of a site are kept.
const KEPT_RUNS: usize = 50;
/// How many runs an estimate looks back: AWS's pace changes over the months.
const COMPARED_RUNS: usize = 10;

/// What a run was for. Runs for the same purpose take about the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// It made the site.
    Launch,
    /// It changed a site that existed, and waited until every edge location knew.
    Deploy,
    /// It changed a site that existed without such a wait, mostly by publishing files.
    Upload,
    /// It removed the site.
    Destroy,
    /// It took back what the run before it made.
    Undo,
}

/// One run, as its file tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// What it was for.
    pub purpose: Purpose,
    /// The AWS account.
    pub account: String,
    /// Who ran it: the ARN of the caller.
    pub who: String,
    /// When it began, in milliseconds since the epoch.
    pub ts: u64,
    /// How it ended; `None` when it was killed, or still runs.
    pub outcome: Option<RunOutcome>,
    /// How long it took; 0 where it has no end.
    pub elapsed_ms: u64,
    /// How many steps were planned to do what, by the word for it.
    pub summary: BTreeMap<String, usize>,
    /// How many steps failed.
    pub failed: usize,
    /// What was done, in numbers, up to the run's end or as far as it came.
    pub tally: Tally,
}

/// The outcome of a failover drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drill {
    /// When it ended, in seconds since the epoch.
    pub ts: i64,
    /// Whether the backup answered.
    pub passed: bool,
    /// How long the answer took, in milliseconds.
    pub elapsed_ms: u64,
}

/// Where the history is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    folder: PathBuf,
}

/// Writes one run's file.
#[derive(Debug)]
pub struct Recorder {
    journal: Journal,
    purpose: Purpose,
    who: String,
    file: Option<File>,
    error: Option<Error>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename = "run")]
struct Heading {
    purpose: Purpose,
    account: String,
    who: String,
    ts: u64,
}

impl Journal {
    /// The journal in `folder`, where each site has a folder of its own.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Journal { folder: folder.into() }
    }

    /// The journal of the person who runs this program; `None` where they have no home.
    pub fn of_this_person(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let state = set("XDG_STATE_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| set("LOCALAPPDATA"))
            .or_else(|| set("HOME").map(|home| home.join(".local/state")))?;
        Some(Journal::at(state.join("sitecast").join("history")))
    }

    /// Records the run of `who`, an ARN, that begins now. A journal that can't be written never stops a run.
    pub fn record(&self, purpose: Purpose, who: impl Into<String>) -> Recorder {
        Recorder { journal: self.clone(), purpose, who: who.into(), file: None, error: None }
    }

    /// The runs of a site, newest first. Files that can't be read are left out.
    pub fn runs(&self, site: &str) -> Vec<Record> {
        let files = self.files(site).unwrap_or_default();
        files.iter().rev().filter_map(|path| read_record(path).ok()).collect()
    }

    /// The shortest and the longest of the site's latest successful runs for this purpose; `None` when there was
    /// none.
    pub fn usual_duration(&self, site: &str, purpose: Purpose) -> Option<(Duration, Duration)> {
        let alike = self.runs(site).into_iter().filter(|run| run.purpose == purpose && run.says_how_long());
        let times: Vec<u64> = alike.take(COMPARED_RUNS).map(|run| run.elapsed_ms).collect();
        let (shortest, longest) = (times.iter().min()?, times.iter().max()?);
        Some((Duration::from_millis(*shortest), Duration::from_millis(*longest)))
    }

    /// Writes the outcome of a drill down, in place of the one before.
    ///
    /// # Errors
    /// When the journal can't be written.
    pub fn note_drill(&self, site: &str, drill: &Drill) -> Result<()> {
        let folder = self.folder.join(site);
        let broken = |error: io::Error| {
            Error::failed(format!("can't write the journal in {}", folder.display())).because(error)
        };
        fs::create_dir_all(&folder).map_err(broken)?;
        let mut file = File::create(folder.join(DRILL)).map_err(broken)?;
        write_line(&mut file, drill).map_err(broken)
    }

    /// The latest drill of a site; `None` where none was run from this machine.
    pub fn last_drill(&self, site: &str) -> Option<Drill> {
        serde_json::from_slice(&fs::read(self.folder.join(site).join(DRILL)).ok()?).ok()
    }

    fn begin(&self, site: &str, heading: &Heading) -> io::Result<File> {
        let folder = self.folder.join(site);
        fs::create_dir_all(&folder)?;
        // Two runs may begin in the same millisecond, but not in the same process.
        let name = format!("{:013}-{}.ndjson", heading.ts, std::process::id());
        let mut file = OpenOptions::new().write(true).create_new(true).open(folder.join(name))?;
        write_line(&mut file, heading)?;
        self.prune(site)?;
        Ok(file)
    }

    fn prune(&self, site: &str) -> io::Result<()> {
        let files = self.files(site)?;
        let surplus = files.len().saturating_sub(KEPT_RUNS);
        files.iter().take(surplus).try_for_each(|path| match fs::remove_file(path) {
            // Another run of the same site was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result,
        })
    }

    /// Oldest first: a file's name begins with its time.
    fn files(&self, site: &str) -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(self.folder.join(site))?.map(|entry| entry.map(|entry| entry.path()));
        let mut files = entries.collect::<io::Result<Vec<_>>>()?;
        files.retain(|path| path.extension().is_some_and(|extension| extension == "ndjson"));
        files.sort();
        Ok(files)
    }
}

impl Record {
    /// A run that changed nothing, or did not come to its end, says nothing about how long the others take.
    fn says_how_long(&self) -> bool {
        let changed = self.summary.iter().any(|(action, count)| action != "keep" && *count > 0);
        changed && self.outcome == Some(RunOutcome::Done)
    }
}

impl Recorder {
    /// Writes an event down. After the first error, nothing more is written.
    pub fn note(&mut self, event: &Event) {
        if self.error.is_some() {
            return;
        }
        if let Err(error) = self.write(event) {
            let folder = self.journal.folder.display();
            self.error = Some(Error::failed(format!("can't write the journal in {folder}")).because(error));
        }
    }

    /// What kept the journal from being written.
    pub fn finish(self) -> Result<()> {
        self.error.map_or(Ok(()), Err)
    }

    fn write(&mut self, event: &Event) -> io::Result<()> {
        match &event.fact {
            Fact::RunStarted { site, account, .. } => {
                let (account, who) = (account.clone(), self.who.clone());
                let heading = Heading { purpose: self.purpose, account, who, ts: event.ts };
                self.file = Some(self.journal.begin(site, &heading)?);
            }
            // They are many, and tell nothing once they are past.
            Fact::StepProgressed { .. } => return Ok(()),
            Fact::StepStarted { .. }
            | Fact::StepWaiting { .. }
            | Fact::StepNoted { .. }
            | Fact::StepExplained { .. }
            | Fact::StepFinished { .. }
            | Fact::RunFinished { .. } => {}
        }
        self.file.as_mut().map_or(Ok(()), |file| write_line(file, event))
    }
}

fn write_line(file: &mut File, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const WHO: &str = "arn:aws:iam::123456789012:user/ada";
    const DONE: RunOutcome = RunOutcome::Done;

    fn began(ts: u64) -> Event {
        let fact =
            Fact::RunStarted { site: "acme".into(), account: "123456789012".into(), steps: Vec::new() };
        Event { ts, seq: 1, elapsed_ms: 0, fact }
    }

    /// Writes the file of a run as `Recorder` would, were there a plan.
    fn write_run(journal: &Journal, purpose: Purpose, ts: u64, end: Option<(RunOutcome, u64, usize)>) {
        let mut recorder = journal.record(purpose, WHO);
        recorder.note(&began(ts));
        if let Some((outcome, elapsed_ms, create)) = end {
            let line = json!({
                "type": "run-finished", "ts": ts, "seq": 2, "elapsed_ms": elapsed_ms, "outcome": outcome,
                "summary": { "create": create, "keep": 3 }, "failed": 0, "skipped": 0,
            });
            write_line(recorder.file.as_mut().unwrap(), &line).unwrap();
        }
        recorder.finish().unwrap();
    }

    fn journal() -> (tempfile::TempDir, Journal) {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::at(folder.path().join("state/sitecast"));
        (folder, journal)
    }

    #[test]
    fn runs_are_told_newest_first() {
        let (_folder, journal) = journal();
        write_run(&journal, Purpose::Launch, 1_700_000_000_000, Some((DONE, 300_000, 4)));
        write_run(&journal, Purpose::Deploy, 1_700_000_100_000, None);
        let [killed, launch] = journal.runs("acme").try_into().unwrap();
        assert_eq!((killed.purpose, killed.outcome, killed.elapsed_ms), (Purpose::Deploy, None, 0));
        let summary = BTreeMap::from([("create".to_owned(), 4), ("keep".to_owned(), 3)]);
        let expected = Record {
            purpose: Purpose::Launch,
            account: "123456789012".to_owned(),
            who: WHO.to_owned(),
            ts: 1_700_000_000_000,
            outcome: Some(DONE),
            elapsed_ms: 300_000,
            summary,
            failed: 0,
            tally: Tally::default(),
        };
        assert_eq!(launch, expected);
        assert!(journal.runs("acme-blog").is_empty());
    }

    /// What was planned and not done is not counted, nor what was only waited for.
    #[test]
    fn a_run_is_counted_by_what_its_steps_came_to() {
        let (_folder, journal) = journal();
        let mut recorder = journal.record(Purpose::Deploy, WHO);
        recorder.note(&began(1));
        let steps = [
            ("a", "create", "done"),
            ("b", "await", "done"),
            ("c", "update", "failed"),
            ("d", "", "skipped"),
        ];
        let file = recorder.file.as_mut().unwrap();
        for (step, action, outcome) in steps {
            if !action.is_empty() {
                write_line(file, &json!({ "type": "step-started", "step": step, "action": action })).unwrap();
            }
            let ended = json!({ "type": "step-finished", "step": step, "outcome": outcome, "message": "" });
            write_line(file, &ended).unwrap();
        }
        write!(file, "{{\"type\": \"step-fin").unwrap();
        recorder.finish().unwrap();
        let [run] = journal.runs("acme").try_into().unwrap();
        let counted = Tally { created: 1, failed: 1, skipped: 1, ..Tally::default() };
        assert_eq!((run.outcome, run.tally), (None, counted));
    }

    #[test]
    fn an_estimate_comes_from_like_runs_that_ended_well() {
        let (_folder, journal) = journal();
        let runs = [
            (Purpose::Deploy, Some((DONE, 9_000, 1))),
            (Purpose::Deploy, Some((DONE, 4_000, 2))),
            (Purpose::Deploy, Some((DONE, 100, 0))),
            (Purpose::Deploy, Some((RunOutcome::Failed, 1, 1))),
            (Purpose::Deploy, None),
            (Purpose::Launch, Some((DONE, 600_000, 9))),
        ];
        for (number, (purpose, end)) in runs.into_iter().enumerate() {
            write_run(&journal, purpose, 1_700_000_000_000 + number as u64, end);
        }
        let seconds = |from, to| Some((Duration::from_secs(from), Duration::from_secs(to)));
        assert_eq!(journal.usual_duration("acme", Purpose::Deploy), seconds(4, 9));
        assert_eq!(journal.usual_duration("acme", Purpose::Launch), seconds(600, 600));
        assert_eq!(journal.usual_duration("acme", Purpose::Destroy), None);
    }

    #[test]
    fn old_runs_are_forgotten() {
        let (_folder, journal) = journal();
        for number in 0..KEPT_RUNS as u64 + 3 {
            write_run(&journal, Purpose::Deploy, 1_700_000_000_000 + number, None);
        }
        let runs = journal.runs("acme");
        assert_eq!(runs.len(), KEPT_RUNS);
        assert_eq!(runs.last().unwrap().ts, 1_700_000_000_003);
    }

    #[test]
    fn a_journal_that_cannot_be_written_says_so_once_and_stops_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let mut recorder = Journal::at(&file).record(Purpose::Deploy, WHO);
        recorder.note(&began(1));
        recorder.note(&began(2));
        let error = recorder.finish().unwrap_err();
        assert!(error.message.contains("can't write the journal"), "{error}");
        assert!(Journal::at(&file).runs("acme").is_empty());
    }

    #[test]
    fn the_journal_lives_where_the_system_wants_it() {
        let find = |pairs: &[(&str, &str)]| {
            Journal::of_this_person(|name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_string())
            })
            .map(|journal| journal.folder)
        };
        let home = ("HOME", "/home/ann");
        assert_eq!(find(&[home, ("XDG_STATE_HOME", "/state")]), Some("/state/sitecast/history".into()));
        assert_eq!(
            find(&[home, ("XDG_STATE_HOME", "")]),
            Some("/home/ann/.local/state/sitecast/history".into())
        );
        assert_eq!(
            find(&[home, ("XDG_STATE_HOME", "state")]),
            Some("/home/ann/.local/state/sitecast/history".into())
        );
        assert_eq!(find(&[]), None);
    }
}
