//! The screen over the real worker, on the sandbox: from an empty folder to a deployed site, edited and deployed again.

use super::super::args::Arguments;
use super::super::output::{Form, Output};
use super::*;
use crate::blueprint::answers::Region;
use crate::tui::dashboard::{Asking, Pane};
use crate::tui::lookup::{Answer, BucketOwner, FoundBucket, Tagged};
use crate::tui::message::Planned;
use crate::tui::state::{Happening, Planning, Screen, State};
use crate::tui::update;
use clap::Parser;
use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
use std::time::Duration;
use tempfile::TempDir;

/// The screen and its worker, with this test as the loop between them.
struct Played {
    state: State,
    worker: Worker,
    told: UnboundedReceiver<Message>,
}

impl Played {
    /// Begins where there is nothing yet. The folder goes with its value.
    fn in_new_folder() -> (Self, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (Played::new(folder.path()), folder)
    }

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

    /// Begins a site with the first preset, under this name where one is given.
    async fn begin_site(&mut self, name: Option<&str>) {
        self.enter();
        if let Some(name) = name {
            self.press(KeyCode::Char('u'), KeyModifiers::CONTROL);
            self.letters(name);
        }
        self.enter();
        self.until("profile", |state| state.editing.is_some()).await;
    }

    /// Switches the failover on, to the region that is found by this word.
    fn fail_over_to(&mut self, word: &str) {
        self.stage('2');
        self.press(KeyCode::Char(' '), KeyModifiers::NONE);
        self.press(KeyCode::Down, KeyModifiers::NONE);
        self.enter();
        self.letters(word);
        self.enter();
    }

    fn enter(&mut self) {
        self.press(KeyCode::Enter, KeyModifiers::NONE);
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
        self.enter();
        self.until("undo", |state| state.run.as_ref().is_some_and(|run| run.undoes() && run.ended.is_some()))
            .await;
        let end = self.state.run.take().unwrap().ended.unwrap().unwrap();
        assert_eq!(end.outcome, RunOutcome::Done, "{:?}", end.troubles);
    }

    async fn deploy(&mut self) -> RunEnd {
        self.letters("ay");
        self.until("end", |state| state.run.as_ref().is_some_and(|run| run.ended.is_some())).await;
        let end = self.state.run.as_ref().unwrap().ended.clone().unwrap().unwrap();
        if end.address.is_some() {
            self.until("answer of the site", |state| !state.run.as_ref().unwrap().answers.is_empty()).await;
            let answer = self.state.run.as_ref().unwrap().answers[0].answer.clone().unwrap();
            assert_eq!((answer.status, answer.edge_location.is_some()), (200, true));
        }
        self.state.run = None;
        end
    }
}

#[tokio::test]
async fn from_an_empty_folder_to_a_site_that_is_edited_and_deployed_again() {
    let (mut played, folder) = Played::in_new_folder();
    played.begin_site(Some("harbour")).await;

    assert!(played.plan().await.plan.summary().create > 5);
    let first = played.deploy().await;
    assert_eq!(first.outcome, RunOutcome::Done, "{:?}", first.troubles);
    assert!(first.address.unwrap().starts_with("https://"));

    assert!(!played.plan().await.plan.changes_aws());
    played.fail_over_to("frankfurt");
    assert!(played.plan().await.plan.steps.iter().any(|step| step.name.contains("eu-central-1")));
    assert_eq!(played.deploy().await.outcome, RunOutcome::Done);
    let text = std::fs::read_to_string(folder.path().join("site.toml")).unwrap();
    assert!(text.contains("region = \"eu-central-1\""), "{text}");
}

#[tokio::test]
async fn the_screen_is_told_which_records_to_add() {
    let (mut played, _folder) = Played::in_new_folder();
    played.begin_site(None).await;
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
async fn what_something_else_wrote_to_the_profile_is_not_lost() {
    let (mut played, folder) = Played::in_new_folder();
    played.begin_site(Some("harbour")).await;
    let file = folder.path().join("site.toml");
    let theirs = std::fs::read_to_string(&file).unwrap() + "# theirs\n";
    std::fs::write(&file, &theirs).unwrap();
    played.state.editing.as_mut().unwrap().answer("distribution.ipv6", "false");
    played.take(Happening::TimePassed);
    let shows = |state: &State, text: &str| state.editing.as_ref().is_some_and(|it| it.saved.contains(text));
    played.until("their text", |state| shows(state, "# theirs")).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), theirs);
    played.press(KeyCode::Char('z'), KeyModifiers::CONTROL);
    played.until("own text", |state| shows(state, "ipv6 = false")).await;
    assert!(!std::fs::read_to_string(&file).unwrap().contains("theirs"));
}

#[tokio::test]
async fn the_account_is_looked_into_while_a_person_answers() {
    let (mut played, _folder) = Played::in_new_folder();
    played.begin_site(None).await;
    let connection = played.worker.connections.of(&played.worker.console.in_sandbox(true)).await.unwrap();
    let zone = connection.session.route53().create_hosted_zone().name("example.com").caller_reference("1");
    zone.send().await.unwrap();
    let s3 = connection.session.s3(&Region("us-east-1".to_owned()));
    s3.create_bucket().bucket("holiday-photos").send().await.unwrap();
    let other = FoundBucket {
        name: "holiday-photos".to_owned(),
        region: Some("us-east-1".to_owned()),
        tagged: Tagged::Nobody,
    };
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
    played.until("answer", |state| state.lookups.answer(&Lookup::Buckets).is_some()).await;
    assert_eq!(played.state.lookups.answer(&Lookup::Buckets), Some(&Ok(Answer::Buckets(vec![other]))));
}

#[tokio::test]
async fn where_the_deployed_profile_cannot_be_read_the_review_says_what_that_means() {
    let (mut played, _folder) = Played::in_new_folder();
    played.begin_site(None).await;
    let bucket = played.plan().await.plan.steps[0].name.clone();
    assert_eq!(played.deploy().await.outcome, RunOutcome::Done);
    let connection = played.worker.connections.of(&played.worker.console.in_sandbox(true)).await.unwrap();
    let s3 = connection.session.s3(&Region("eu-west-1".to_owned()));
    s3.delete_object().bucket(bucket).key("sitecast/profile.toml").send().await.unwrap();
    played.state.editing.as_mut().unwrap().answer("distribution.price_class", "all");
    let Planned { doubts, drift, .. } = played.plan().await;
    assert!(drift.is_empty() && doubts.iter().any(|doubt| doubt.contains("can't be told")), "{doubts:?}");
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
    let (mut played, _folder) = Played::in_new_folder();
    played.begin_site(None).await;
    played.plan().await;
    let empty = held(&played);
    played.stop_and_undo(5).await;
    played.plan().await;
    assert_eq!(held(&played), empty);

    played.deploy().await;
    played.plan().await;
    assert!(!played.plan().await.plan.changes_aws());
    played.fail_over_to("frankfurt");
    played.plan().await;
    let before = held(&played);
    played.stop_and_undo(1).await;
    played.plan().await;
    assert_eq!(held(&played), before);
}

/// Presses keys from an empty folder to a deployed site of this name, with failover.
async fn deployed(played: &mut Played, name: &str) {
    played.begin_site(Some(name)).await;
    let editing = played.state.editing.as_mut().unwrap();
    editing.answer("failover.region", "eu-central-1");
    played.plan().await;
    played.letters("ay");
    played.until("end of the deploy", has_ended).await;
}

fn has_ended(state: &State) -> bool {
    state.run.as_ref().is_some_and(|run| run.ended.is_some())
}

#[tokio::test]
async fn a_deployed_site_is_watched_and_torn_down_on_the_screen() {
    let (mut played, folder) = Played::in_new_folder();
    deployed(&mut played, "harbour").await;

    played.enter();
    assert_eq!(played.state.screen, Screen::Dashboard);
    played.until("data", |state| state.dashboard.as_ref().is_some_and(|it| it.view.is_complete())).await;
    let view = played.state.dashboard.as_ref().unwrap().view.clone();
    assert!(view.distribution.known().unwrap().is_some(), "{:?}", view.distribution);
    assert_eq!(view.origins.known().unwrap().origins.len(), 2, "{:?}", view.origins);

    played.letters("i");
    played
        .until("published files", |state| matches!(pane(state), Pane::Invalidate(it) if it.covered.is_some()))
        .await;
    let Pane::Invalidate(invalidating) = pane(&played.state) else { panic!() };
    assert_eq!(invalidating.covered.as_ref().unwrap().as_ref().unwrap().files, 2);
    played.enter();
    played.letters("y");
    let is_told = |state: &State| matches!(pane(state), Pane::Invalidate(it) if matches!(it.stage, Asking::Done(Ok(_))));
    played.until("invalidation", is_told).await;
    played.press(KeyCode::Esc, KeyModifiers::NONE);

    played.letters("t");
    let is_counted = |state: &State| state.teardown.as_ref().is_some_and(|it| it.held.len() == 2);
    played.until("counts", is_counted).await;
    let held: Vec<_> = played.state.teardown.as_ref().unwrap().held.values().cloned().collect();
    assert!(held.iter().all(|held| held.as_ref().unwrap().objects > 2), "{held:?}");
    played.letters("b");
    played.enter();
    played.letters("harbour");
    played.enter();
    assert_eq!(played.state.screen, Screen::Provision);
    played.until("end of the teardown", has_ended).await;
    let run = played.state.run.clone().unwrap();
    assert_eq!(run.ended.unwrap().unwrap().outcome, RunOutcome::Done);
    let receipt = run.receipt.unwrap();
    assert!(receipt.pending.is_empty() && receipt.gone.len() > 4, "{receipt:?}");
    let mut entries = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let copy = entries.find(|path| path.to_string_lossy().contains("harbour-backup-")).unwrap();
    assert!(copy.join("index.html").exists());

    // Nothing of the site is left in the account.
    played.press(KeyCode::Esc, KeyModifiers::NONE);
    played.perform(vec![Command::PlanTeardown { path: folder.path().join("site.toml"), sandbox: true }]);
    let told = loop {
        let told = tokio::time::timeout(Duration::from_secs(60), played.told.recv()).await.unwrap().unwrap();
        if let Message::TeardownPlanned(told) = told {
            break told;
        }
    };
    assert!(told.unwrap_err().message.starts_with("nothing named harbour"));
}

fn pane(state: &State) -> &Pane {
    &state.dashboard.as_ref().unwrap().pane
}

#[test]
fn a_profile_that_is_there_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.toml");
    std::fs::write(&path, "mine").unwrap();
    assert!(matches!(created(path.clone(), "ours".into(), true), Message::CreateFailed(_)));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "mine");
}
