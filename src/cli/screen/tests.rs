//! The screen over the real worker, on the sandbox: from an empty folder to a deployed site, edited and deployed again.

use super::super::args::Arguments;
use super::super::output::{Form, Output};
use super::*;
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
        let mut played = Played { state, worker: Worker::new(console, Called::default(), messages), told };
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

#[test]
fn a_profile_that_is_there_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.toml");
    std::fs::write(&path, "mine").unwrap();
    assert!(matches!(created(path.clone(), "ours".into(), true), Message::CreateFailed(_)));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "mine");
}
