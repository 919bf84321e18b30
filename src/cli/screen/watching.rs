//! Watching a live site for the dashboard, and what can be done from there.

use super::super::site::{Folder, Ground};
use super::super::{Console, drill, watching};
use crate::aws::bucket::Bucket;
use crate::aws::edge_log_events::{self, EdgeLogEvent, EdgeLogEvents};
use crate::aws::invalidation;
use crate::aws::look::distribution;
use crate::aws::record::Record;
use crate::blueprint::resource::Kind;
use crate::content::covered::{covered, typed_paths};
use crate::content::manifest::Manifest;
use crate::error::{Error, Result};
use crate::status::{self, Moment, Sources, Update};
use crate::tui::Message;
use crate::tui::dashboard::{Attention, Covered, LogLine, LogLines};
use crate::tui::message::OnWatched;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::OnceCell;
use tokio::sync::mpsc::{Receiver, Sender, UnboundedSender, channel};
use tokio::task::AbortHandle;

/// How many readings may wait to be told.
const WAITING: usize = 32;
/// How many of the covered files are named.
const NAMED: usize = 8;
/// How many lines of logs are shown.
const LINES: usize = 500;
/// How far back logs are read: first a little, and further only where that holds nothing, since they are read from
/// the oldest on.
const LATELY: [Duration; 2] = [Duration::from_secs(10 * 60), Duration::from_secs(3 * 60 * 60)];

/// A site that is watched. Dropping it ends that.
pub struct Watched {
    commands: Sender<status::Command>,
    task: AbortHandle,
    site: Arc<OnceCell<Arc<Looked>>>,
}

/// A site with what looking at it needs.
struct Looked {
    console: Console,
    ground: Ground,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Watched {
    /// Begins to look at the site of this profile, and tells what is seen.
    pub fn begin(console: Console, path: &Path, messages: UnboundedSender<Message>) -> Self {
        let (commands, obeyed) = channel(WAITING);
        let site = Arc::new(OnceCell::new());
        let (path, opened) = (path.to_owned(), site.clone());
        let task = tokio::spawn(async move {
            match Ground::open(&console, &path, Folder::IfThere).await {
                Ok(ground) => {
                    let sources = Arc::new(watching::fresh_sources(&console, &ground));
                    let looked = Arc::new(Looked { console, ground });
                    // Nobody else opens it.
                    drop(opened.set(looked));
                    tell(sources, obeyed, &messages).await;
                }
                Err(error) => drop(messages.send(Message::WatchFailed(error))),
            }
        });
        Watched { commands, task: task.abort_handle(), site }
    }

    /// Does what the dashboard wishes.
    pub fn perform(&self, wish: OnWatched, messages: UnboundedSender<Message>) {
        match wish {
            OnWatched::Attend(attention) => self.attend(attention),
            OnWatched::LookAgain => self.command(status::Command::Refresh),
            OnWatched::FindCovered { typed } => self.find_covered(typed, messages),
            OnWatched::Invalidate { paths } => self.invalidate(paths, messages),
            OnWatched::ReadLogs => self.read_logs(messages),
            OnWatched::Drill => self.drill(messages),
        }
    }

    /// Looks, or pauses.
    fn attend(&self, attention: Attention) {
        self.command(match attention {
            Attention::Looks => status::Command::Resume,
            Attention::Away => status::Command::Pause,
        });
    }

    /// A collector that can't keep up has more than enough to do.
    fn command(&self, command: status::Command) {
        let _ = self.commands.try_send(command);
    }

    /// Finds out which published files the typed paths cover.
    fn find_covered(&self, typed: String, messages: UnboundedSender<Message>) {
        self.spawn(messages, async move |site| {
            let covered = match site {
                Ok(site) => site.covered(&typed).await,
                Err(error) => Err(error),
            };
            Message::PathsCovered { typed, covered }
        });
    }

    /// Has edge locations forget these paths.
    fn invalidate(&self, paths: Vec<String>, messages: UnboundedSender<Message>) {
        let commands = self.commands.clone();
        self.spawn(messages, async move |site| {
            let told = match site {
                Ok(site) => site.invalidate(&paths).await,
                Err(error) => Err(error),
            };
            let _ = commands.try_send(status::Command::Refresh);
            Message::Invalidated(told)
        });
    }

    /// Reads what edge functions wrote.
    fn read_logs(&self, messages: UnboundedSender<Message>) {
        self.spawn(messages, async move |site| {
            Message::LogsRead(match site {
                Ok(site) => Ok(site.logs().await),
                Err(error) => Err(error),
            })
        });
    }

    /// Tries whether the backup takes over.
    fn drill(&self, messages: UnboundedSender<Message>) {
        let commands = self.commands.clone();
        self.spawn(messages, async move |site| {
            let told = match site {
                Ok(site) => site.drill().await,
                Err(error) => Err(error),
            };
            let _ = commands.try_send(status::Command::Refresh);
            Message::Drilled(told)
        });
    }

    /// Does something with the site beside the watching, and tells what came of it.
    fn spawn<F>(&self, messages: UnboundedSender<Message>, work: impl FnOnce(Result<Arc<Looked>>) -> F)
    where
        F: Future<Output = Message> + Send + 'static,
    {
        let site = self.site.get().cloned();
        let site = site.ok_or_else(|| Error::failed("the site is still being opened; try again in a moment"));
        let working = work(site);
        tokio::spawn(async move { drop(messages.send(working.await)) });
    }
}

/// Tells every reading until nobody listens.
async fn tell(
    sources: Arc<dyn Sources>,
    obeyed: Receiver<status::Command>,
    messages: &UnboundedSender<Message>,
) {
    let (updates, mut seen) = channel::<Update>(WAITING);
    let telling = async {
        while let Some(update) = seen.recv().await {
            let told = Message::SiteSeen { update: Box::new(update), now: SystemTime::now() };
            if messages.send(told).is_err() {
                return;
            }
        }
    };
    tokio::join!(status::watch(sources, obeyed, updates), telling);
}

impl Looked {
    async fn covered(&self, typed: &str) -> Result<Covered> {
        let paths = typed_paths(typed)?;
        let manifest = self.manifest().await?;
        let files = covered(&paths, &manifest, &self.ground.loaded.profile);
        Ok(Covered {
            typed: typed.to_owned(),
            files: files.len(),
            first: files.iter().take(NAMED).map(|file| (*file).to_owned()).collect(),
            of: manifest.files.len(),
            paths,
        })
    }

    /// What the first bucket that answers serves.
    async fn manifest(&self) -> Result<Manifest> {
        let Ground { connection, blueprint, .. } = &self.ground;
        let mut failed = Error::failed("nothing is published yet");
        for named in &blueprint.buckets {
            let read = async {
                let bucket = Bucket::reach(&connection.session, named).await?;
                Record::read(&bucket).await
            };
            match read.await {
                Ok(Record { manifest: Some(manifest), .. }) => return Ok(manifest),
                Ok(_) => {}
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    async fn invalidate(&self, paths: &[String]) -> Result<String> {
        let Ground { connection, blueprint, .. } = &self.ground;
        let session = &connection.session;
        let id = distribution::find(session, &blueprint.site).await?;
        let id = id.ok_or_else(|| Error::failed(format!("{} has no distribution", blueprint.site)))?;
        let reference = format!("by-hand-{}", milliseconds(SystemTime::now()));
        let asked = invalidation::ask(session.cloudfront(), &id, paths, &reference).await?;
        Ok(format!("{asked} was accepted; edge locations forget within a minute or two"))
    }

    /// The verdict of a drill, and what was seen.
    async fn drill(&self) -> Result<(String, Vec<String>)> {
        let drilled = drill::drill(&self.console, &self.ground).await?;
        let mut lines = drill::lines(&drilled).into_iter();
        let verdict = lines.next().unwrap_or_default();
        match drilled.passed {
            true => Ok((verdict, lines.collect())),
            false => Err(Error { causes: lines.collect(), ..Error::failed(verdict) }),
        }
    }

    async fn logs(&self) -> LogLines {
        let Ground { connection, blueprint, .. } = &self.ground;
        let edge = blueprint.resources.iter().filter(|wanted| wanted.id.kind == Kind::EdgeFunction);
        let functions: Vec<_> = edge.map(|wanted| wanted.id.name.clone()).collect();
        let mut found = EdgeLogEvents::default();
        for back in LATELY {
            let since = milliseconds(SystemTime::now() - back);
            found = edge_log_events::read(&connection.session, &functions, since, LINES).await;
            if !found.events.is_empty() {
                break;
            }
        }
        LogLines { lines: found.events.into_iter().map(log_line).collect(), notices: found.notices }
    }
}

fn log_line(event: EdgeLogEvent) -> LogLine {
    let EdgeLogEvent { milliseconds, region, function, text } = event;
    LogLine { at: Moment::of_seconds(milliseconds.div_euclid(1000)), region: region.0, function, text }
}

fn milliseconds(moment: SystemTime) -> i64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
