//! The full-screen wizard's worker: it performs what the screen asks for, and tells it what came of it.

mod deploying;
mod looking;
pub(super) mod profiles;
mod tearing_down;
mod wanted_records;
mod watching;

use super::{Console, Ending, args, missing_page, profile_path};
use crate::apply::Stop;
use crate::apply::event::RunOutcome;
use crate::blueprint::Made;
use crate::content::scan::{ScanOptions, scan};
use crate::error::{Error, Kind as End, Result};
use crate::profile::{self, proposal::proposed_rules};
use crate::tui::lookup::Lookup;
use crate::tui::message::{Caller, FolderContents, PAGE, RunEnd};
use crate::tui::state::{Leaving, Planning, Run, RunPurpose, SMALLEST, Setup, Start};
use crate::tui::teardown::Chosen;
use crate::tui::{Command, Message, Theme, terminal};
use crossterm::event::EventStream;
use deploying::{Prepared, Preparing, Wish};
use looking::Connections;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use watching::Watched;

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
        Some(args::Command::Status(status)) if shows_dashboard(status) => {
            Start::Watch { path: status.file.clone() }
        }
        Some(args::Command::Destroy(destroy)) if destroy.confirm.is_none() => Start::TearDown {
            path: destroy.file.clone(),
            chosen: Chosen {
                keep_buckets: destroy.keep_buckets,
                back_up: destroy.back_up,
                leave_dns: destroy.leave_dns,
            },
        },
        Some(_) => return None,
    };
    // Without a command there is nothing to ask for at a prompt; the screen says what size it needs.
    let has_room = start == Start::Welcome || has_room();
    (is_possible(console) && has_room).then_some(start)
}

/// Whether `status` opens the dashboard: where nothing reads what it prints, and nothing but looking is asked for.
fn shows_dashboard(status: &args::Status) -> bool {
    !status.check && !status.watch && std::io::stdout().is_terminal()
}

/// Whether the screen can be shown: a person at a terminal that takes it, who doesn't prefer lines or prompts.
fn is_possible(console: &Console) -> bool {
    let flags = console.flags();
    let is_declined = flags.quiet || flags.yes || flags.inline;
    console.is_live() && console.silence().is_none() && !is_declined
}

/// A terminal that is too small for the screen has room for prompts all the same.
fn has_room() -> bool {
    let (least_columns, least_rows) = SMALLEST;
    let size = crossterm::terminal::size();
    size.is_ok_and(|(columns, rows)| columns >= least_columns && rows >= least_rows)
}

/// Shows the screen until the person leaves it.
pub async fn show(console: &Console, start: Start, command: Option<&args::Command>) -> Result<Ending> {
    insist_on_file(&start)?;
    let is_deploy = matches!(start, Start::Deploy { .. });
    let is_teardown = matches!(start, Start::TearDown { .. });
    let (commands, wanted) = unbounded_channel();
    let (messages, told) = unbounded_channel();
    let worker = Worker::new(console.quiet(), arguments(command), messages.clone());
    let working = tokio::spawn(worker.work(wanted));
    stop_on_signals(messages)?;
    let ended = {
        let mut taken = terminal::take()?;
        crate::tui::run(&mut taken.terminal, setup(console, start), EventStream::new(), commands, told).await
    };
    // What was to be saved is saved before the program ends.
    drop(working.await);
    let state = ended?;
    match &state.run {
        Some(run) => after_run(console, run)?,
        None if is_deploy => return without_run(console, state.planning),
        None if is_teardown => return Err(tearing_down::without(state.teardown)),
        None => {}
    }
    match state.leaving {
        Some(Leaving::Interrupted) => Ok(Ending::Of(End::Interrupted)),
        Some(Leaving::Quit) | None => Ok(ending_of(state.run.as_ref())),
    }
}

/// What is worth keeping once the screen is gone.
fn after_run(console: &Console, run: &Run) -> Result<()> {
    if let (RunPurpose::TearDown, Some(Ok(end))) = (run.purpose, &run.ended) {
        tearing_down::after(console, run, end);
        return Ok(());
    }
    match &run.ended {
        Some(Ok(RunEnd { address: Some(address), .. })) => console.data(address),
        Some(Ok(RunEnd { address: None, go_on, .. })) => {
            console.say(format!("go on with: {go_on}"));
            Ok(())
        }
        Some(Err(error)) => Err(error.clone()),
        None => {
            console.say(format!("go on with: {}", run.planned.command));
            Ok(())
        }
    }
}

/// A deploy that was asked for on the command line, and not carried out.
fn without_run(console: &Console, planning: Planning) -> Result<Ending> {
    let declined = || Error::new(End::Interrupted, "not agreed to; nothing was changed");
    match planning {
        Planning::Made(planned) if !planned.obstacles.is_empty() => {
            Err(Error::failed("something is in the way of this deploy; nothing was changed")
                .hint("put it right, then deploy again"))
        }
        Planning::Made(planned) if !planned.plan.has_work() => {
            planned.address.map_or(Ok(()), |address| console.data(address))?;
            Ok(Ending::Fine)
        }
        Planning::Failed(error) => Err(error),
        Planning::None | Planning::Making | Planning::Asking(_) | Planning::Made(_) => Err(declined()),
    }
}

/// What the command was called with.
#[derive(Debug, Clone, Default)]
struct Called {
    deploy: args::Deploy,
    destroy: args::Destroy,
}

fn arguments(command: Option<&args::Command>) -> Called {
    match command {
        Some(args::Command::Deploy(deploy)) => Called { deploy: deploy.clone(), ..Called::default() },
        Some(args::Command::Destroy(destroy)) => Called { destroy: destroy.clone(), ..Called::default() },
        Some(_) | None => Called::default(),
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
    let (Start::Edit { path }
    | Start::Deploy { path }
    | Start::Watch { path }
    | Start::TearDown { path, .. }) = start
    else {
        return Ok(());
    };
    std::fs::metadata(path).map(drop).map_err(|cause| profile_path::unread(path, cause))
}

fn setup(console: &Console, start: Start) -> Setup {
    let look = console.look();
    Setup {
        theme: Theme { colour: look.colour, unicode: look.unicode },
        start,
        sandbox: console.flags().sandbox,
    }
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

/// Performs what the screen asks for. What takes long runs beside the rest, so that saving never waits for AWS.
struct Worker {
    console: Console,
    /// What the command was called with; the file is the one that is open.
    arguments: Called,
    messages: UnboundedSender<Message>,
    connections: Connections,
    prepared: Arc<Mutex<Option<Prepared>>>,
    /// The plan that was carried out last.
    carried: Arc<Mutex<Option<Prepared>>>,
    looked_at: Arc<Mutex<Option<Arc<tearing_down::Prepared>>>>,
    watched: Option<Watched>,
    stop: Stop,
    /// What the open profile's file held when it was last read or written.
    held: Option<(PathBuf, String)>,
}

impl Worker {
    fn new(console: Console, arguments: Called, messages: UnboundedSender<Message>) -> Self {
        Worker {
            console,
            arguments,
            messages,
            connections: Connections::default(),
            prepared: Arc::default(),
            carried: Arc::default(),
            looked_at: Arc::default(),
            watched: None,
            stop: Stop::new(),
            held: None,
        }
    }

    async fn work(mut self, mut wanted: UnboundedReceiver<Command>) {
        while let Some(command) = wanted.recv().await {
            self.perform(command);
        }
    }

    fn perform(&mut self, command: Command) {
        match command {
            Command::FindProfiles => self.tell(Message::ProfilesFound(profiles::found(&self.console))),
            Command::Identify { sandbox } => self.identify(sandbox),
            Command::Open { path } => self.begin(opened(path)),
            Command::Create { path, text, sandbox } => self.begin(created(path, text, sandbox)),
            Command::Save { path, text } => self.save(path, text),
            Command::LookAtFolder { path, folder } => self.look_at(&path, folder),
            Command::LookUp { sandbox, lookup: Lookup::Code { profile, function } } => {
                self.check_code(sandbox, profile, function);
            }
            Command::LookUp { sandbox, lookup } => self.look_up(sandbox, lookup),
            Command::Plan { path, sandbox, agreed } => {
                let console = self.console.in_sandbox(sandbox);
                self.plan(Wish {
                    console,
                    arguments: args::Deploy { file: path, ..self.arguments.deploy.clone() },
                    agreed,
                });
            }
            Command::Deploy => self.deploy(),
            Command::Undo { made } => self.undo(made),
            Command::PlanTeardown { path, sandbox } => self.plan_teardown(path, sandbox),
            Command::Watch { path, sandbox } => {
                let console = self.console.in_sandbox(sandbox);
                self.watched = Some(Watched::begin(console, &path, self.messages.clone()));
            }
            Command::Unwatch => self.watched = None,
            Command::OnWatched(wish) => {
                if let Some(watched) = &self.watched {
                    watched.perform(wish, self.messages.clone());
                }
            }
            Command::TearDown { plan, chosen } => self.tear_down(*plan, chosen),
            Command::Stop => self.stop.request(),
            // Where the terminal takes no more text, the screen comes back by itself.
            Command::Print { lines } => {
                if terminal::print(&lines).is_err() {
                    self.come_back();
                }
            }
            Command::ComeBack => self.come_back(),
            // A terminal that doesn't take it says nothing, and neither can we.
            Command::Copy { text } => terminal::copy(&text).unwrap_or_default(),
        }
    }

    fn come_back(&self) {
        terminal::come_back().unwrap_or_default();
        self.tell(Message::CameBack);
    }

    /// Tells of a profile that is open by now, and remembers it.
    fn begin(&mut self, message: Message) {
        if let Message::Opened { path, text } | Message::Created { path, text } = &message {
            profiles::remember(&self.console, path, text);
            self.held = Some((path.clone(), text.clone()));
        }
        self.tell(message);
    }

    /// Writes the profile, unless something else has written to it since: that must not be lost.
    fn save(&mut self, path: PathBuf, text: String) {
        let there = std::fs::read_to_string(&path).ok();
        let held = self.held.as_ref().filter(|(of, _)| *of == path).map(|(_, held)| held);
        let other = there.filter(|there| *there != text && held.is_some_and(|held| held != there));
        let told = match other {
            None => saved(&path, text),
            Some(other) => changed_outside(&path, other),
        };
        if let Message::Saved { text } | Message::ChangedOutside { text } = &told {
            self.held = Some((path, text.clone()));
        }
        self.tell(told);
    }

    fn tell(&self, message: Message) {
        // Nobody listens once the screen was left.
        drop(self.messages.send(message));
    }

    fn identify(&self, sandbox: bool) {
        let (console, messages) = (self.console.in_sandbox(sandbox), self.messages.clone());
        let connections = self.connections.clone();
        tokio::spawn(async move {
            let caller = connections.of(&console).await.map(|connection| Caller {
                account: connection.identity.account.clone(),
                arn: connection.identity.arn.clone(),
            });
            drop(messages.send(Message::Identified { sandbox, caller }));
        });
    }

    fn look_up(&self, sandbox: bool, lookup: Lookup) {
        let (console, messages) = (self.console.in_sandbox(sandbox), self.messages.clone());
        let connections = self.connections.clone();
        tokio::spawn(async move {
            let answer = match connections.of(&console).await {
                Ok(connection) => looking::look_up(&connection, &lookup).await,
                Err(error) => Err(error),
            };
            drop(messages.send(Message::LookedUp { sandbox, lookup, answer }));
        });
    }

    fn check_code(&self, sandbox: bool, profile: PathBuf, function: String) {
        let messages = self.messages.clone();
        tokio::task::spawn_blocking(move || {
            let answer = looking::check_code(&profile, &function);
            let lookup = Lookup::Code { profile, function };
            drop(messages.send(Message::LookedUp { sandbox, lookup, answer }));
        });
    }

    fn look_at(&self, path: &Path, folder: PathBuf) {
        let (there, messages) = (path.parent().unwrap_or(Path::new("")).join(&folder), self.messages.clone());
        let profile = path.canonicalize().ok();
        tokio::task::spawn_blocking(move || {
            drop(messages.send(Message::FolderSeen { folder, contents: contents(&there, profile) }));
        });
    }

    fn plan(&self, wish: Wish) {
        let (prepared, messages) = (self.prepared.clone(), self.messages.clone());
        tokio::spawn(async move {
            let told = match deploying::prepare(wish).await {
                Ok(Preparing::Ready(planned, ready)) => {
                    *prepared.lock().await = Some(*ready);
                    Message::Planned(Ok(planned))
                }
                Ok(Preparing::Asks(replaced)) => Message::Replaces(replaced),
                Err(error) => Message::Planned(Err(error)),
            };
            drop(messages.send(told));
        });
    }

    fn deploy(&mut self) {
        self.stop = Stop::new();
        let (messages, stop) = (self.messages.clone(), self.stop.clone());
        let (prepared, carried) = (self.prepared.clone(), self.carried.clone());
        tokio::spawn(async move {
            let Some(ready) = prepared.lock().await.take() else {
                let error = Error::failed("there is no plan to carry out");
                return drop(messages.send(Message::RunEnded(Err(error))));
            };
            let told = deploying::carry_out(&ready, stop, &messages).await;
            let answers = deploying::first_answers(&ready, &told);
            *carried.lock().await = Some(ready);
            drop(messages.send(Message::RunEnded(told)));
            if let Some(answers) = answers.await {
                drop(messages.send(Message::SiteAnswered(answers)));
            }
        });
    }

    fn undo(&mut self, made: Made) {
        self.stop = Stop::new();
        let (messages, stop, carried) = (self.messages.clone(), self.stop.clone(), self.carried.clone());
        tokio::spawn(async move {
            let told = match carried.lock().await.as_mut() {
                Some(ready) => deploying::undo(ready, &made, stop, &messages).await,
                None => Err(Error::failed("there is no run to take back")),
            };
            drop(messages.send(Message::RunEnded(told)));
        });
    }
}

fn opened(path: PathBuf) -> Message {
    match std::fs::read_to_string(&path) {
        Ok(text) => Message::Opened { path, text },
        Err(error) => Message::OpenFailed(profile_path::unread(&path, error)),
    }
}

fn created(path: PathBuf, text: String, sandbox: bool) -> Message {
    if path.exists() {
        return Message::CreateFailed(Error::usage(format!("{} exists already", path.display())));
    }
    let made = missing_page::left_out_quietly(text, &path).and_then(|text| {
        profile::save(&path, &text)?;
        if sandbox {
            practice_folder(&path, &text)?;
        }
        Ok(text)
    });
    match made {
        Ok(text) => Message::Created { path, text },
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

fn changed_outside(path: &Path, text: String) -> Message {
    match profile::edited(&text, &[]) {
        Ok(_) => Message::ChangedOutside { text },
        Err(_) => Message::SaveFailed(
            Error::failed(format!("can't save the profile {}", path.display()))
                .why("something else has changed it, and it is no TOML now"),
        ),
    }
}

fn saved(path: &Path, text: String) -> Message {
    match profile::save(path, &text) {
        Ok(()) => Message::Saved { text },
        Err(error) => Message::SaveFailed(error),
    }
}

/// What a deploy would publish of the folder: not the profile itself.
fn contents(folder: &Path, profile: Option<PathBuf>) -> Result<FolderContents> {
    if !folder.is_dir() {
        return Err(Error::failed(format!("there is no folder {}", folder.display())));
    }
    let mut files = scan(folder, ScanOptions::default())?;
    files.retain(|file| Some(&file.path) != profile.as_ref());
    let bytes = files.iter().map(|file| file.stamp.size).sum();
    let pages = files.iter().map(|file| file.key.clone()).filter(|key| key.ends_with(PAGE));
    let keys: Vec<&str> = files.iter().map(|file| file.key.as_str()).collect();
    let proposals = proposed_rules(&keys);
    Ok(FolderContents { files: files.len(), bytes, pages: pages.collect(), proposals })
}

#[cfg(test)]
mod tests;
