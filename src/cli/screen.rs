//! The full-screen wizard's worker: it performs what the screen asks for, and tells it what came of it.

use super::carry_out::performer;
use super::site::{Folder, Site, connect, shell_word};
use super::{Console, Ending, args};
use crate::apply::event::RunOutcome;
use crate::apply::{self, Event, Stop};
use crate::aws::profile_copy;
use crate::blueprint::Plan;
use crate::blueprint::resource::{Kind, Outputs};
use crate::content::scan::{ScanOptions, scan};
use crate::edge::gallery::READY_FUNCTIONS;
use crate::error::{Error, Kind as End, Result};
use crate::journal::{Journal, Purpose};
use crate::profile;
use crate::tui::message::{Caller, FolderContents, FoundProfile, Planned, ReadyFunction, RunEnd};
use crate::tui::state::{Leaving, Run, Setup, Start};
use crate::tui::{Command, Message, Theme, terminal};
use crossterm::event::EventStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Where the screen begins for a command; `None` where the command does without one.
pub fn start(console: &Console, command: Option<&args::Command>) -> Option<Start> {
    let start = match command {
        None => Start::Welcome,
        Some(args::Command::New(new)) if new.preset.is_none() && new.answers.set.is_empty() => {
            Start::New { path: new.file.clone() }
        }
        Some(args::Command::Edit(edit)) if edit.answers.set.is_empty() => {
            Start::Edit { path: edit.file.clone() }
        }
        Some(args::Command::Deploy(deploy)) => Start::Deploy { path: deploy.file.clone() },
        Some(_) => return None,
    };
    is_possible(console).then_some(start)
}

/// Whether the screen can be shown: a person at a terminal that takes it, who doesn't prefer lines.
fn is_possible(console: &Console) -> bool {
    console.is_live() && console.silence().is_none() && !console.flags().quiet && !console.flags().yes
}

/// Shows the screen until the person leaves it.
pub async fn show(console: &Console, start: Start) -> Result<Ending> {
    insist_on_file(&start)?;
    let (commands, wanted) = unbounded_channel();
    let (messages, told) = unbounded_channel();
    let worker = Worker::new(console.quiet(), messages.clone());
    let working = tokio::spawn(worker.work(wanted));
    stop_on_signals(messages)?;
    let ended = {
        let mut taken = terminal::take()?;
        crate::tui::run(&mut taken.terminal, setup(console, start), EventStream::new(), commands, told).await
    };
    // What was to be saved is saved before the program ends.
    drop(working.await);
    let state = ended?;
    let run = state.run.as_ref();
    match run.and_then(|run| run.ended.as_ref()) {
        Some(Ok(RunEnd { address: Some(address), .. })) => console.data(address)?,
        Some(Ok(RunEnd { address: None, go_on, .. })) => console.say(format!("go on with: {go_on}")),
        Some(Err(error)) => return Err(error.clone()),
        None => {
            if let Some(run) = run {
                console.say(format!("go on with: {}", run.planned.command));
            }
        }
    }
    match state.leaving {
        Some(Leaving::Interrupted) => Ok(Ending::Of(End::Interrupted)),
        Some(Leaving::Quit) | None => Ok(ending_of(run)),
    }
}

/// A run that was watched to its end decides how the program ends.
fn ending_of(run: Option<&Run>) -> Ending {
    match run.and_then(|run| run.ended.as_ref()).map(|ended| ended.as_ref().map(|end| end.outcome)) {
        Some(Ok(RunOutcome::Failed)) => Ending::Of(End::Failed),
        Some(Ok(RunOutcome::Unfinished)) => Ending::Of(End::Unfinished),
        Some(Ok(RunOutcome::Interrupted)) => Ending::Of(End::Interrupted),
        Some(Ok(RunOutcome::Done) | Err(_)) | None => Ending::Fine,
    }
}

/// A profile that was named has to be there; what is wrong in it can be seen on the screen.
fn insist_on_file(start: &Start) -> Result<()> {
    let (Start::Edit { path } | Start::Deploy { path }) = start else { return Ok(()) };
    std::fs::metadata(path).map(drop).map_err(|cause| {
        let error = Error::usage(format!("can't read the profile {}", path.display())).because(cause);
        error.hint(format!("make one with: sitecast new {}", shell_word(&path.display().to_string())))
    })
}

fn setup(console: &Console, start: Start) -> Setup {
    let look = console.look();
    Setup {
        theme: Theme { colour: look.colour, unicode: look.unicode },
        start,
        sandbox: console.flags().sandbox,
        ready_functions: ready_functions(),
    }
}

fn ready_functions() -> Vec<ReadyFunction> {
    let told = |function: &crate::edge::gallery::ReadyFunction| ReadyFunction {
        name: function.name.to_owned(),
        about: function.about.to_owned(),
        events: function.events.iter().map(|event| event_name(*event)).collect(),
        options: function.options.iter().map(|row| format!("{}: {}", row.name, row.about)).collect(),
        code: function.source.to_owned(),
    };
    READY_FUNCTIONS.iter().map(told).collect()
}

fn event_name(event: profile::answers::EdgeEvent) -> String {
    let written = serde_json::to_value(event).ok();
    written.and_then(|written| written.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(unix)]
fn stop_on_signals(messages: UnboundedSender<Message>) -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |error: std::io::Error| Error::failed("can't listen for signals").because(error);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(failed)?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
        drop(messages.send(Message::Terminated));
    });
    Ok(())
}

#[cfg(not(unix))]
fn stop_on_signals(_messages: UnboundedSender<Message>) -> Result<()> {
    Ok(())
}

/// A plan that was told, with what carrying it out needs.
struct Prepared {
    console: Console,
    site: Site,
    plan: Plan,
}

/// Performs what the screen asks for. What takes long runs beside the rest, so that saving never waits for AWS.
struct Worker {
    console: Console,
    messages: UnboundedSender<Message>,
    prepared: Arc<Mutex<Option<Prepared>>>,
    stop: Stop,
}

impl Worker {
    fn new(console: Console, messages: UnboundedSender<Message>) -> Self {
        Worker { console, messages, prepared: Arc::default(), stop: Stop::new() }
    }

    async fn work(mut self, mut wanted: UnboundedReceiver<Command>) {
        while let Some(command) = wanted.recv().await {
            self.perform(command);
        }
    }

    fn perform(&mut self, command: Command) {
        match command {
            Command::FindProfiles => self.tell(Message::ProfilesFound(profiles_here())),
            Command::Identify { sandbox } => self.identify(sandbox),
            Command::Open { path } => self.tell(opened(path)),
            Command::Create { path, text, sandbox } => self.tell(created(path, text, sandbox)),
            Command::Save { path, text } => self.tell(saved(&path, text)),
            Command::LookAtFolder { path, folder } => self.look_at(&path, folder),
            Command::Plan { path, sandbox } => self.plan(path, sandbox),
            Command::Deploy => self.deploy(),
            Command::Stop => self.stop.request(),
            // A terminal that doesn't take it says nothing, and neither can we.
            Command::Copy { text } => terminal::copy(&text).unwrap_or_default(),
        }
    }

    fn tell(&self, message: Message) {
        // Nobody listens once the screen was left.
        drop(self.messages.send(message));
    }

    fn identify(&self, sandbox: bool) {
        let (console, messages) = (self.console.in_sandbox(sandbox), self.messages.clone());
        tokio::spawn(async move {
            let caller = connect(&console, None).await.map(|connection| Caller {
                account: connection.identity.account.clone(),
                arn: connection.identity.arn.clone(),
            });
            drop(messages.send(Message::Identified { sandbox, caller }));
        });
    }

    fn look_at(&self, path: &Path, folder: PathBuf) {
        let (there, messages) = (path.parent().unwrap_or(Path::new("")).join(&folder), self.messages.clone());
        tokio::task::spawn_blocking(move || {
            drop(messages.send(Message::FolderSeen { folder, contents: contents(&there) }));
        });
    }

    fn plan(&self, path: PathBuf, sandbox: bool) {
        let console = self.console.in_sandbox(sandbox);
        let (prepared, messages) = (self.prepared.clone(), self.messages.clone());
        tokio::spawn(async move {
            let planned = prepare(console, &path).await.map(|(planned, ready)| (planned, Some(ready)));
            let told = match planned {
                Ok((planned, ready)) => {
                    *prepared.lock().await = ready;
                    Ok(Box::new(planned))
                }
                Err(error) => Err(error),
            };
            drop(messages.send(Message::Planned(told)));
        });
    }

    fn deploy(&mut self) {
        self.stop = Stop::new();
        let (prepared, messages, stop) = (self.prepared.clone(), self.messages.clone(), self.stop.clone());
        tokio::spawn(async move {
            let told = match prepared.lock().await.take() {
                Some(ready) => carry_out(&ready, stop, &messages).await,
                None => Err(Error::failed("there is no plan to carry out")),
            };
            drop(messages.send(Message::RunEnded(told)));
        });
    }
}

async fn prepare(console: Console, path: &Path) -> Result<(Planned, Prepared)> {
    let site = Site::open(&console, path, Folder::Needed).await?;
    let plan = site.plan()?;
    let command = console.command(&format!("deploy {}", shell_word(&path.display().to_string())));
    let planned = Planned { plan: plan.clone(), usual_seconds: usual_seconds(&console, &plan), command };
    Ok((planned, Prepared { console, site, plan }))
}

/// The journal of this person. Practice isn't kept in it, since it says nothing about how long AWS takes.
fn journal(console: &Console) -> Option<Journal> {
    let practises = console.flags().sandbox;
    Journal::of_this_person(|name| std::env::var(name).ok()).filter(|_| !practises)
}

/// The first deploy of a site takes longer than those that follow.
fn purpose(plan: &Plan) -> Purpose {
    let exists = plan.known.keys().any(|id| id.kind == Kind::Distribution);
    if exists { Purpose::Deploy } else { Purpose::Launch }
}

/// How long such runs of this site took lately.
fn usual_seconds(console: &Console, plan: &Plan) -> Option<(u64, u64)> {
    let (least, most) = journal(console)?.usual_duration(&plan.site, purpose(plan))?;
    Some((least.as_secs(), most.as_secs()))
}

async fn carry_out(ready: &Prepared, stop: Stop, messages: &UnboundedSender<Message>) -> Result<RunEnd> {
    let Prepared { console, site, plan } = ready;
    let mut recorder = journal(console).map(|journal| journal.record(purpose(plan)));
    let tell = |event: Event| {
        recorder.iter_mut().for_each(|recorder| recorder.note(&event));
        drop(messages.send(Message::Happened(event)));
    };
    let ended = apply::run(plan, Arc::new(performer(site)), stop, tell).await?;
    if ended.kind().is_none() && plan.changes_aws() {
        profile_copy::renew(&site.connection.session, &site.blueprint.buckets, &site.loaded.text).await?;
    }
    let failures = ended.failures.iter().chain(&ended.unfinished);
    let troubles = failures.map(|(step, failure)| {
        let causes: Vec<String> = failure.causes.iter().map(|cause| format!("\nbecause: {cause}")).collect();
        let hint = failure.hint.iter().map(|hint| format!("\n{hint}")).collect::<String>();
        format!("{step}: {}{}{hint}", failure.message, causes.concat())
    });
    Ok(RunEnd {
        outcome: ended.outcome,
        address: ended.kind().is_none().then(|| address(&ended.outputs)).flatten(),
        troubles: troubles.collect(),
        go_on: console.command(&format!("deploy {}", site.file())),
    })
}

fn address(outputs: &Outputs) -> Option<String> {
    let distribution = outputs.iter().find(|(id, _)| id.kind == Kind::Distribution);
    distribution.map(|(_, output)| format!("https://{}/", output.domain))
}

fn profiles_here() -> Vec<FoundProfile> {
    let files = std::fs::read_dir(".").into_iter().flatten().flatten().map(|entry| entry.path());
    let named = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let mut found: Vec<FoundProfile> = named.filter_map(|path| profile_at(&path)).collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// What a file says of its site; `None` where it isn't a profile.
fn profile_at(path: &Path) -> Option<FoundProfile> {
    let path = path.strip_prefix(".").unwrap_or(path).to_owned();
    let text = std::fs::read_to_string(&path).ok()?;
    let reading = profile::read(&text, &path.display().to_string());
    let name = reading.sheet.value("name")?.as_str()?.to_owned();
    reading.sheet.value("schema")?;
    let domains = reading.sheet.value("https.domains");
    let main = domains.and_then(|domains| domains.get(0)?.as_str().map(str::to_owned));
    let errors = reading.problems.problems.iter().filter(|it| it.severity == profile::Severity::Error);
    let about = main.unwrap_or_else(|| "on its CloudFront name".to_owned());
    Some(FoundProfile { path, name, about, problems: errors.count() })
}

fn opened(path: PathBuf) -> Message {
    match std::fs::read_to_string(&path) {
        Ok(text) => Message::Opened { path, text },
        Err(error) => {
            let message = format!("can't read the profile {}", path.display());
            Message::OpenFailed(Error::usage(message).because(error))
        }
    }
}

fn created(path: PathBuf, text: String, sandbox: bool) -> Message {
    if path.exists() {
        return Message::CreateFailed(Error::usage(format!("{} exists already", path.display())));
    }
    let made = profile::save(&path, &text)
        .and_then(|()| if sandbox { practice_folder(&path, &text) } else { Ok(()) });
    match made {
        Ok(()) => Message::Created { path, text },
        Err(error) => Message::CreateFailed(error),
    }
}

const PRACTICE_PAGE: &str = "<!doctype html>\n<title>Practice</title>\n<h1>It works</h1>\n";

/// Something to publish, where a person practises and has nothing yet. What is there is left alone.
fn practice_folder(path: &Path, text: &str) -> Result<()> {
    let reading = profile::read(text, &path.display().to_string());
    let folder = reading.sheet.value("distribution.folder");
    let Some(folder) = folder.and_then(|folder| folder.as_str().map(PathBuf::from)) else { return Ok(()) };
    let folder = path.parent().unwrap_or(Path::new("")).join(folder);
    if folder.exists() {
        return Ok(());
    }
    let pages = ["index.html", "404.html"].into_iter().map(|page| folder.join(page));
    let written = std::fs::create_dir_all(&folder);
    let written =
        written.and_then(|()| pages.into_iter().try_for_each(|page| std::fs::write(page, PRACTICE_PAGE)));
    written
        .map_err(|error| Error::failed(format!("can't make the folder {}", folder.display())).because(error))
}

fn saved(path: &Path, text: String) -> Message {
    match profile::save(path, &text) {
        Ok(()) => Message::Saved { text },
        Err(error) => Message::SaveFailed(error),
    }
}

fn contents(folder: &Path) -> Result<FolderContents> {
    if !folder.is_dir() {
        return Err(Error::failed(format!("there is no folder {}", folder.display())));
    }
    let files = scan(folder, ScanOptions::default())?;
    let sizes = files.iter().filter_map(|file| std::fs::metadata(&file.path).ok());
    let bytes = sizes.map(|metadata| metadata.len()).sum();
    let pages = files.iter().map(|file| file.key.clone()).filter(|key| key.ends_with(".html"));
    Ok(FolderContents { files: files.len(), bytes, pages: pages.collect() })
}

#[cfg(test)]
mod tests;
