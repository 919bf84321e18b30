//! The faces of a run: one story, told by each of them.

#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use indicatif::{ProgressDrawTarget, TermLike};
use insta::assert_snapshot;
use serde_json::{Value, json};
use sitecast::apply::event::{Amount, Event, RunOutcome};
use sitecast::apply::run::run_by_clock;
use sitecast::apply::{Ended, Failure, Perform, Performed, Progress, Reporter, Stop};
use sitecast::blueprint::diff::Change;
use sitecast::blueprint::plan::{Action, Plan, Stage, Step, StepId, Work};
use sitecast::blueprint::resource::{BucketSpec, Kind, Output, Outputs, ResourceId, Spec};
use sitecast::journal::{Journal, Purpose};
use sitecast::profile::answers::Region;
use sitecast::report::ci::Ci;
use sitecast::report::json::Json;
use sitecast::report::plain::Plain;
use sitecast::report::quiet::Quiet;
use sitecast::report::schema::events_schema;
use sitecast::report::text::painted;
use sitecast::report::tty::Tty;
use sitecast::report::{Face, Look, ended, live, plan, show};
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::sleep;

const NARROW: Look = Look { colour: false, unicode: true, width: 80 };
const COLOURED: Look = Look { colour: true, ..NARROW };

fn step(kind: Kind, name: &str, stage: Stage, action: Action, after: &[&str]) -> Step {
    let resource = ResourceId::new(kind, name);
    Step {
        id: StepId::of(&resource),
        action,
        name: name.to_owned(),
        resource,
        stage,
        reason: "it does not exist".to_owned(),
        changes: Vec::new(),
        after: after.iter().map(|id| StepId(id.to_string())).collect(),
        work: Work::Create(Spec::Bucket(BucketSpec { region: Region("eu-west-1".to_owned()) })),
    }
}

fn kept(step: Step) -> Step {
    Step { action: Action::Keep, work: Work::Nothing, reason: "it is as it should be".to_owned(), ..step }
}

fn changed(step: Step) -> Step {
    let change = |field: &str, from: Option<&str>, to: Option<&str>| Change {
        field: field.to_owned(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
    };
    let changes = vec![
        change("price_class", Some("PriceClass_100"), Some("PriceClass_All")),
        change("default_root_object", None, Some("index.html")),
    ];
    Step { changes, reason: "2 fields differ".to_owned(), ..step }
}

const PRIMARY: &str = "acme-123456789012-eu-west-1-an";
const BACKUP: &str = "acme-with-a-rather-long-name-123456789012-eu-central-1-an";

fn story() -> Plan {
    use {Action::*, Stage::*};
    let wait = Step {
        id: StepId("distribution/acme:deployed".to_owned()),
        reason: String::new(),
        ..step(Kind::Distribution, "acme", Distribution, Await, &["distribution/acme"])
    };
    let steps = vec![
        step(Kind::Bucket, PRIMARY, Distribution, Create, &[]),
        kept(step(Kind::OriginAccessControl, "sitecast_acme", Distribution, Keep, &[])),
        kept(step(Kind::Function, "sitecast_acme_pretty", Distribution, Keep, &[])),
        changed(step(Kind::Distribution, "acme", Distribution, Update, &[])),
        wait,
        step(Kind::Release, "acme", Distribution, Create, &[&format!("bucket/{PRIMARY}")]),
        step(Kind::Bucket, BACKUP, Failover, Create, &[]),
        step(Kind::BucketSettings, BACKUP, Failover, Create, &[&format!("bucket/{BACKUP}")]),
        step(Kind::CachePolicy, "sitecast_acme_0a1b", Caching, Delete, &["distribution/acme:deployed"]),
    ];
    let notices = vec!["HTTPS for own domains is left out: there are none in the profile".to_owned()];
    let (site, account) = ("acme".to_owned(), "123456789012".to_owned());
    Plan { site, account, steps, known: Outputs::new(), notices }
}

/// Tells the story.
struct Teller;

impl Perform for Teller {
    async fn perform(&self, step: Step, _: Outputs, report: Reporter) -> Result<Performed, Failure> {
        match step.id.0.as_str() {
            "distribution/acme" => {
                pause(2).await;
                let output = Output { id: "E1ABC".to_owned(), ..Output::default() };
                Ok(Performed::done("price class changed").with_output(output))
            }
            "distribution/acme:deployed" => wait_for_edges(&report).await,
            "release/acme" => upload(&report).await,
            id if id.ends_with(BACKUP) => {
                pause(4).await;
                Err(Failure {
                    causes: vec!["AccessDenied: s3:CreateBucket, 100% sure\nsays AWS".to_owned()],
                    hint: Some("sitecast policy acme.toml".to_owned()),
                    ..Failure::new(format!("Could not create the bucket {BACKUP}"))
                })
            }
            _ => {
                pause(1).await;
                Ok(Performed::done("made"))
            }
        }
    }
}

async fn pause(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

async fn upload(report: &Reporter) -> Result<Performed, Failure> {
    for files in 1..=4 {
        report.progress(Amount { files, files_total: 4, bytes: files * 1_500_000, bytes_total: 6_000_000 });
        pause(3).await;
    }
    report.note("repaired 1 file: index.html");
    Ok(Performed::done("4 files, 6.0 MB"))
}

async fn wait_for_edges(report: &Reporter) -> Result<Performed, Failure> {
    report.waiting("every edge location to have the new configuration");
    pause(95).await;
    Ok(Performed::unfinished("AWS is still at it after 1:35"))
}

async fn tell(face: &mut dyn Face) -> (Ended, Progress) {
    let (sender, receiver) = unbounded_channel();
    let plan = story();
    let on_event = move |event| sender.send(event).unwrap();
    let run = run_by_clock(&plan, Arc::new(Teller), Stop::new(), on_event, || 1_700_000_000_000);
    let (ended, progress) = tokio::join!(run, show(face, receiver));
    (ended.unwrap(), progress.unwrap())
}

async fn lines_of(make: impl FnOnce(&mut Vec<u8>) -> Box<dyn Face + '_>) -> String {
    let mut written = Vec::new();
    tell(make(&mut written).as_mut()).await;
    String::from_utf8(written).unwrap()
}

/// Keeps every event.
#[derive(Default)]
struct Keeper(Vec<Event>);

impl Face for Keeper {
    fn on(&mut self, event: &Event, _: &Progress) {
        self.0.push(event.clone());
    }
    fn tick(&mut self, _: u64, _: &Progress) {}
    fn finish(&mut self, _: &Progress) -> io::Result<()> {
        Ok(())
    }
}

async fn progress_at(now_ms: u64) -> Progress {
    let mut keeper = Keeper::default();
    tell(&mut keeper).await;
    let mut progress = Progress::default();
    keeper.0.iter().filter(|event| event.elapsed_ms <= now_ms).for_each(|event| progress.apply(event));
    progress
}

async fn screen_at(now_ms: u64, look: Look) -> String {
    painted(&live::screen(&progress_at(now_ms).await, now_ms, look), look)
}

#[tokio::test(start_paused = true)]
async fn live_screen_early() {
    assert_snapshot!(screen_at(3_500, NARROW).await);
}

#[tokio::test(start_paused = true)]
async fn live_screen_while_waiting() {
    assert_snapshot!(screen_at(65_000, NARROW).await);
}

#[tokio::test(start_paused = true)]
async fn live_screen_in_ascii() {
    let screen = screen_at(3_500, Look { unicode: false, ..NARROW }).await;
    assert!(screen.is_ascii());
    assert_snapshot!(screen);
}

#[tokio::test(start_paused = true)]
async fn colour_adds_nothing_but_colour() {
    let coloured = screen_at(3_500, COLOURED).await;
    assert!(coloured.contains('\u{1b}') && !coloured.contains("\u{1b}[4"), "a colour, but no background");
    let stripped = anstream::adapter::strip_str(&coloured).to_string();
    assert_eq!(stripped, screen_at(3_500, NARROW).await);
}

#[tokio::test(start_paused = true)]
async fn no_line_of_the_screen_is_too_wide() {
    for width in [20, 40, 60, 80, 200] {
        let look = Look { width, ..NARROW };
        for line in live::screen(&progress_at(3_500).await, 3_500, look) {
            assert!(line.width() <= width, "{width}: {}", line.painted(look));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn plain_lines() {
    assert_snapshot!(lines_of(|out| Box::new(Plain::new(out, Look::plain()))).await);
}

#[tokio::test(start_paused = true)]
async fn github_actions() {
    let folder = tempfile::tempdir().unwrap();
    let summary = folder.path().join("summary.md");
    let lines = lines_of(|out| Box::new(Ci::new(out, NARROW, Some(summary.clone())))).await;
    assert_snapshot!("github_log", lines);
    assert_snapshot!("github_summary", std::fs::read_to_string(summary).unwrap());
}

#[tokio::test(start_paused = true)]
async fn json_lines_follow_the_published_schema() {
    let schema = jsonschema::validator_for(&events_schema()).unwrap();
    let lines = lines_of(|out| Box::new(Json::new(out))).await;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        assert!(schema.is_valid(line), "{line}: {:?}", schema.iter_errors(line).collect::<Vec<_>>());
    }
    assert!(schema.is_valid(&json!({ "type": "version", "schema": "1.1" })));
    let types: BTreeSet<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    let all = [
        "run-finished",
        "run-started",
        "step-explained",
        "step-finished",
        "step-noted",
        "step-progressed",
        "step-started",
        "step-waiting",
    ];
    assert_eq!(types, BTreeSet::from(all));
    let explained = lines.iter().find(|line| line["type"] == "step-explained").unwrap();
    let ended = |line: &&Value| line["type"] == "step-finished" && line["step"] == explained["step"];
    let ended = lines.iter().find(ended).unwrap();
    assert_eq!(ended["seq"].as_u64(), explained["seq"].as_u64().map(|seq| seq + 1));
    // What was always on one line still is.
    let (tried, cause) = (explained["message"].as_str().unwrap(), explained["causes"][0].as_str().unwrap());
    assert_eq!(ended["message"], format!("{tried}; because {cause}"));
}

#[tokio::test(start_paused = true)]
async fn the_schema_refuses_what_is_no_event() {
    let schema = jsonschema::validator_for(&events_schema()).unwrap();
    let lines = lines_of(|out| Box::new(Json::new(out))).await;
    let finished = lines.lines().find(|line| line.contains("step-finished")).unwrap();
    let finished: Value = serde_json::from_str(finished).unwrap();
    assert!(schema.is_valid(&finished));
    for (field, wrong) in
        [("outcome", json!("splendid")), ("type", json!("step-imagined")), ("seq", json!("1"))]
    {
        let mut broken = finished.clone();
        broken[field] = wrong;
        assert!(!schema.is_valid(&broken), "{broken}");
        broken.as_object_mut().unwrap().remove(field);
        assert!(!schema.is_valid(&broken), "{broken}");
    }
}

#[test]
fn the_schema_in_assets_is_the_schema_of_the_program() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/events.schema.json");
    let program = events_schema();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, serde_json::to_string_pretty(&program).unwrap() + "\n").unwrap();
    }
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(kept, program, "UPDATE=1 cargo test --test report writes it");
}

#[tokio::test(start_paused = true)]
async fn the_journal_tells_the_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::at(folder.path());
    let mut keeper = Keeper::default();
    tell(&mut keeper).await;
    let mut recorder = journal.record(Purpose::Deploy, "arn:aws:iam::123456789012:user/ada");
    keeper.0.iter().for_each(|event| recorder.note(event));
    recorder.finish().unwrap();
    let [run] = journal.runs("acme").try_into().unwrap();
    assert_eq!((run.outcome, run.elapsed_ms, run.failed), (Some(RunOutcome::Failed), 97_000, 1));
    assert_eq!((run.summary["create"], run.summary["keep"]), (4, 2));
    let file = std::fs::read_dir(folder.path().join("acme")).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains("step-noted") && !text.contains("step-progressed"));
}

#[tokio::test(start_paused = true)]
async fn the_last_words() {
    let (ended, _) = tell(&mut Quiet).await;
    let lines = ended::lines(&story(), &ended, "sitecast deploy acme.toml", NARROW);
    assert_snapshot!("ended_text", painted(&lines, NARROW));
    let json = serde_json::to_string_pretty(&ended::ended_json(&story(), &ended)).unwrap();
    assert_snapshot!("ended_json", json);
}

#[test]
fn a_plan_for_people() {
    assert_snapshot!(painted(&plan::lines(&story(), NARROW), NARROW));
}

#[test]
fn a_plan_without_changes() {
    let keep = kept(step(Kind::Bucket, PRIMARY, Stage::Distribution, Action::Keep, &[]));
    let plan = Plan { steps: vec![keep], notices: Vec::new(), ..story() };
    assert_snapshot!(painted(&plan::lines(&plan, NARROW), NARROW));
}

#[test]
fn a_plan_for_programs() {
    let json = plan::plan_json(&story());
    assert_eq!(json["summary"], json!({ "create": 4, "update": 1, "delete": 1, "adopt": 0, "keep": 2 }));
    let expected = json!({
        "id": "distribution/acme",
        "action": "update",
        "resource": "distribution/acme",
        "name": "acme",
        "stage": "distribution",
        "reason": "2 fields differ",
        "changes": [
            { "field": "price_class", "from": "PriceClass_100", "to": "PriceClass_All" },
            { "field": "default_root_object", "from": null, "to": "index.html" },
        ],
        "after": [],
    });
    assert_eq!(json["steps"][3], expected);
}

/// A terminal that remembers what is on it.
#[derive(Debug, Clone, Default)]
struct Terminal(Arc<Mutex<Screen>>);

#[derive(Debug, Default)]
struct Screen {
    rows: Vec<Vec<char>>,
    row: usize,
    column: usize,
}

impl Screen {
    /// Writes as terminals do: a full row goes on in the next one only when something follows.
    fn put(&mut self, words: &str) {
        for char in words.chars() {
            match char {
                '\r' => self.column = 0,
                '\n' => (self.row, self.column) = (self.row + 1, 0),
                char => self.put_char(char),
            }
        }
    }

    fn put_char(&mut self, char: char) {
        if self.column == 80 {
            (self.row, self.column) = (self.row + 1, 0);
        }
        let height = self.rows.len().max(self.row + 1);
        self.rows.resize(height, Vec::new());
        let row = &mut self.rows[self.row];
        row.resize(row.len().max(self.column + 1), ' ');
        row[self.column] = char;
        self.column += 1;
    }
}

impl Terminal {
    fn text(&self) -> String {
        let screen = self.0.lock().unwrap();
        let row = |row: &Vec<char>| row.iter().collect::<String>().trim_end().to_owned() + "\n";
        screen.rows.iter().map(row).collect()
    }

    fn change(&self, change: impl FnOnce(&mut Screen)) -> io::Result<()> {
        change(&mut self.0.lock().unwrap());
        Ok(())
    }
}

impl TermLike for Terminal {
    fn width(&self) -> u16 {
        80
    }
    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.change(|screen| screen.row = screen.row.saturating_sub(n))
    }
    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.change(|screen| screen.row += n)
    }
    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.change(|screen| screen.column += n)
    }
    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.change(|screen| screen.column = screen.column.saturating_sub(n))
    }
    fn write_line(&self, words: &str) -> io::Result<()> {
        self.change(|screen| screen.put(&format!("{words}\n")))
    }
    fn write_str(&self, words: &str) -> io::Result<()> {
        self.change(|screen| screen.put(words))
    }
    fn clear_line(&self) -> io::Result<()> {
        self.change(|screen| {
            screen.column = 0;
            let row = screen.row;
            screen.rows.get_mut(row).into_iter().for_each(Vec::clear);
        })
    }
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_terminal_keeps_what_ended_and_clears_what_ran() {
    let terminal = Terminal::default();
    let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
    tell(&mut Tty::drawing_on(target, NARROW)).await;
    assert_snapshot!(terminal.text());
}

#[tokio::test(start_paused = true)]
async fn a_terminal_shows_what_runs_below_what_ended() {
    let mut keeper = Keeper::default();
    tell(&mut keeper).await;
    let terminal = Terminal::default();
    let mut tty = Tty::drawing_on(ProgressDrawTarget::term_like(Box::new(terminal.clone())), NARROW);
    let mut progress = Progress::default();
    for event in keeper.0.iter().filter(|event| event.elapsed_ms <= 5_000) {
        progress.apply(event);
        tty.on(event, &progress);
    }
    tty.tick(7_000, &progress);
    assert_snapshot!(terminal.text());
}
