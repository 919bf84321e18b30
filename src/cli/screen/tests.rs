//! The screen over the real worker, on the sandbox: from an empty folder to a deployed site, edited and deployed again.

use super::super::args::Arguments;
use super::super::output::{Form, Output};
use super::*;
use crate::tui::lookup::{Answer, BucketOwner};
use crate::tui::message::Planned;
use crate::tui::state::{Happening, Planning, State};
use crate::tui::update;
use clap::Parser;
use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
use std::time::Duration;

/// The screen and its worker, with this test as the loop between them.
struct Played {
    state: State,
    worker: Worker,
    told: UnboundedReceiver<Message>,
}

impl Played {
    fn new(folder: &Path) -> Self {
        let account = folder.join("account");
        let arguments = Arguments::parse_from([
            "sitecast",
            "--sandbox",
            "--sandbox-dir",
            &account.to_string_lossy(),
            "--pace",
            "instant",
        ]);
        let output = Output::begin(Form::People).unwrap();
        let console = Console::new(&arguments.global, output).quiet();
        let start = Start::New { path: Some(folder.join("site.toml")) };
        let (messages, told) = unbounded_channel();
        let mut state = State::new(setup(&console, start.clone()), (80, 24));
        let commands = update::begin(&mut state, &start);
        let mut played =
            Played { state, worker: Worker::new(console, args::Deploy::default(), messages), told };
        played.perform(commands);
        played
    }

    fn perform(&mut self, commands: Vec<Command>) {
        commands.into_iter().for_each(|command| self.worker.perform(command));
    }

    fn take(&mut self, happening: Happening) {
        let commands = update::update(&mut self.state, happening, 0);
        self.perform(commands);
    }

    fn press(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.take(Happening::Input(Input::Key(KeyEvent::new(code, modifiers))));
    }

    fn letters(&mut self, letters: &str) {
        letters.chars().for_each(|letter| self.press(KeyCode::Char(letter), KeyModifiers::NONE));
    }

    fn stage(&mut self, number: char) {
        self.press(KeyCode::Char(number), KeyModifiers::ALT);
    }

    /// Takes in what the worker tells until the state is as wanted.
    async fn until(&mut self, what: &str, wanted: impl Fn(&State) -> bool) {
        while !wanted(&self.state) {
            let told = tokio::time::timeout(Duration::from_secs(120), self.told.recv()).await;
            let message = told.unwrap_or_else(|_| panic!("still no {what}")).unwrap();
            self.take(Happening::Told(Box::new(message)));
        }
    }

    async fn plan(&mut self) -> Planned {
        self.stage('6');
        self.until("plan", |state| !matches!(state.planning, Planning::None | Planning::Making)).await;
        match &self.state.planning {
            Planning::Made(planned) => *planned.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// Deploys until so many things are made, and takes them back.
    async fn stop_and_undo(&mut self, things: usize) {
        self.letters("ay");
        self.until("thing", |state| {
            state.run.as_ref().is_some_and(|run| run.ended.is_some() || run.made().created.len() >= things)
        })
        .await;
        let site = self.state.run.as_ref().unwrap().planned.plan.site.clone();
        self.press(KeyCode::Char('c'), KeyModifiers::CONTROL);
        self.letters("u");
        self.letters(&site);
        self.press(KeyCode::Enter, KeyModifiers::NONE);
        self.until("undo", |state| state.run.as_ref().is_some_and(|run| run.undoes && run.ended.is_some()))
            .await;
        let end = self.state.run.take().unwrap().ended.unwrap().unwrap();
        assert_eq!(end.outcome, RunOutcome::Done, "{:?}", end.troubles);
    }

    async fn deploy(&mut self) -> RunEnd {
        self.letters("ay");
        self.until("end", |state| state.run.as_ref().is_some_and(|run| run.ended.is_some())).await;
        self.state.run.take().unwrap().ended.unwrap().unwrap()
    }
}

#[tokio::test]
async fn from_an_empty_folder_to_a_site_that_is_edited_and_deployed_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut played = Played::new(folder.path());
    played.press(KeyCode::Enter, KeyModifiers::NONE);
    played.press(KeyCode::Char('u'), KeyModifiers::CONTROL);
    played.letters("harbour");
    played.press(KeyCode::Enter, KeyModifiers::NONE);
    played.until("profile", |state| state.editing.is_some()).await;

    assert!(played.plan().await.plan.summary().create > 5);
    let first = played.deploy().await;
    assert_eq!(first.outcome, RunOutcome::Done, "{:?}", first.troubles);
    assert!(first.address.unwrap().starts_with("https://"));

    assert!(!played.plan().await.plan.changes_aws());
    played.stage('2');
    played.press(KeyCode::Char(' '), KeyModifiers::NONE);
    played.press(KeyCode::Down, KeyModifiers::NONE);
    played.press(KeyCode::Enter, KeyModifiers::NONE);
    played.letters("frankfurt");
    played.press(KeyCode::Enter, KeyModifiers::NONE);
    assert!(played.plan().await.plan.steps.iter().any(|step| step.name.contains("eu-central-1")));
    assert_eq!(played.deploy().await.outcome, RunOutcome::Done);
    let text = std::fs::read_to_string(folder.path().join("site.toml")).unwrap();
    assert!(text.contains("region = \"eu-central-1\""), "{text}");
}

#[tokio::test]
async fn the_screen_is_told_which_records_to_add() {
    let folder = tempfile::tempdir().unwrap();
    let mut played = Played::new(folder.path());
    played.press(KeyCode::Enter, KeyModifiers::NONE);
    played.press(KeyCode::Enter, KeyModifiers::NONE);
    played.until("profile", |state| state.editing.is_some()).await;
    let editing = played.state.editing.as_mut().unwrap();
    editing.answer("https.domains", "www.shop.example.com");
    editing.answer("https.dns", "manual");
    played.plan().await;
    played.letters("ay");
    played.until("record", |state| state.run.as_ref().is_some_and(|run| !run.records.is_empty())).await;
    let records = &played.state.run.as_ref().unwrap().records;
    assert_eq!(records.len(), 1);
    assert!(records[0].name.ends_with(".www.shop.example.com"), "{records:?}");
}

#[tokio::test]
async fn the_account_is_looked_into_while_a_person_answers() {
    let folder = tempfile::tempdir().unwrap();
    let mut played = Played::new(folder.path());
    played.press(KeyCode::Enter, KeyModifiers::NONE);
    played.press(KeyCode::Enter, KeyModifiers::NONE);
    played.until("profile", |state| state.editing.is_some()).await;
    let connection = played.worker.connections.of(&played.worker.console.in_sandbox(true)).await.unwrap();
    let zone = connection.session.route53().create_hosted_zone().name("example.com").caller_reference("1");
    zone.send().await.unwrap();
    played.state.editing.as_mut().unwrap().answer("https.domains", "www.example.com");
    played.stage('5');
    let certificates = Lookup::Certificates { names: vec!["www.example.com".to_owned()] };
    played.until("answer", |state| state.lookups.answer(&certificates).is_some()).await;
    played.until("answer", |state| state.lookups.answer(&Lookup::Zones).is_some()).await;
    assert_eq!(played.state.lookups.answer(&certificates), Some(&Ok(Answer::Certificates(Vec::new()))));
    let Some(Ok(Answer::Zones(zones))) = played.state.lookups.answer(&Lookup::Zones) else { panic!() };
    assert_eq!(zones[0].name, "example.com");
    played.stage('1');
    let bucket = crate::tui::lookup::bucket(&played.state, "distribution").unwrap();
    played.until("answer", |state| state.lookups.answer(&bucket).is_some()).await;
    assert_eq!(played.state.lookups.answer(&bucket), Some(&Ok(Answer::Bucket(BucketOwner::Nobody))));
}

/// What the account's services hold, but for times and ids.
fn held(played: &Played) -> Vec<String> {
    let planned = match &played.state.planning {
        Planning::Made(planned) => planned,
        other => panic!("{other:?}"),
    };
    planned.plan.steps.iter().map(|step| format!("{} {}", step.action, step.id)).collect()
}

#[tokio::test]
async fn what_a_stopped_run_made_is_taken_back_and_the_account_is_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut played = Played::new(folder.path());
    played.press(KeyCode::Enter, KeyModifiers::NONE);
    played.press(KeyCode::Enter, KeyModifiers::NONE);
    played.until("profile", |state| state.editing.is_some()).await;
    played.plan().await;
    let empty = held(&played);
    played.stop_and_undo(5).await;
    played.plan().await;
    assert_eq!(held(&played), empty);

    played.deploy().await;
    played.plan().await;
    assert!(!played.plan().await.plan.changes_aws());
    played.stage('2');
    played.press(KeyCode::Char(' '), KeyModifiers::NONE);
    played.press(KeyCode::Down, KeyModifiers::NONE);
    played.press(KeyCode::Enter, KeyModifiers::NONE);
    played.letters("frankfurt");
    played.press(KeyCode::Enter, KeyModifiers::NONE);
    played.plan().await;
    let before = held(&played);
    played.stop_and_undo(1).await;
    played.plan().await;
    assert_eq!(held(&played), before);
}

#[test]
fn a_profile_that_is_there_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.toml");
    std::fs::write(&path, "mine").unwrap();
    assert!(matches!(created(path.clone(), "ours".into(), true), Message::CreateFailed(_)));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "mine");
}
