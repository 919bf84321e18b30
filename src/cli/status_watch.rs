//! `sitecast status --watch`: a line for each change.

use super::args::Status;
use super::site::{Folder, Ground};
use super::status_facts::facts;
use super::{Console, Ending, watching};
use crate::error::{Error, Result};
use crate::status::{Moment, Panel, Update, View, watch};
use std::sync::Arc;
use std::time::SystemTime;
use tokio::sync::mpsc;

/// How many updates may wait to be told.
const WAITING: usize = 32;

/// Looks until it is interrupted, and prints a line for each change.
pub async fn run(console: &Console, arguments: &Status) -> Result<Ending> {
    if console.is_for_program() {
        return Err(Error::usage(
            "--watch writes lines for people, and --json and --events are for programs",
        )
        .hint("run `sitecast status FILE --json` as often as it is needed"));
    }
    let ground = Ground::open(console, &arguments.file, Folder::IfThere).await?;
    let sources = Arc::new(watching::fresh_sources(console, &ground));
    // Held for as long as is watched: without commands to come the watch would end.
    let (_commands, obeyed) = mpsc::channel(1);
    let (updates, mut seen) = mpsc::channel(WAITING);
    let watching = tokio::spawn(watch(sources, obeyed, updates));
    let mut told = Told::default();
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    loop {
        tokio::select! {
            update = seen.recv() => match update {
                Some(update) => tell(console, &mut told, update)?,
                None => break,
            },
            _ = &mut interrupted => break,
        }
    }
    watching.abort();
    Ok(Ending::Fine)
}

fn tell(console: &Console, told: &mut Told, update: Update) -> Result<()> {
    let now = Moment(SystemTime::now());
    told.absorb(update).into_iter().try_for_each(|line| console.data(format!("{now}  {line}")))
}

/// What was told so far.
#[derive(Debug, Default)]
struct Told {
    view: View,
    health: Option<String>,
}

impl Told {
    /// Takes a reading in, and says what changed by it.
    fn absorb(&mut self, update: Update) -> Vec<String> {
        let panel = update.panel();
        let before = facts(&self.view, panel);
        let is_first = self.view.taken(panel).is_none();
        self.view.absorb(update);
        let after = facts(&self.view, panel);
        let mut lines = changes(panel, &before, &after, is_first);
        if self.view.is_complete() {
            lines.extend(self.health());
        }
        lines
    }

    /// The health, if it is another than was told last.
    fn health(&mut self) -> Option<String> {
        let health = self.view.health();
        let reasons: Vec<_> = health.reasons.iter().map(|reason| reason.says.as_str()).collect();
        let line = [&[health.state.word()], reasons.as_slice()].concat().join("; ");
        let is_news = self.health.as_ref() != Some(&line);
        self.health = Some(line.clone());
        is_news.then(|| format!("{:14}  {line}", "Health"))
    }
}

/// A line for each fact that is new; for one that is gone only where none takes its place.
fn changes(panel: Panel, before: &[String], after: &[String], is_first: bool) -> Vec<String> {
    let line = |fact: &String| format!("{:14}  {fact}", panel.title());
    let new: Vec<_> = after.iter().filter(|fact| !before.contains(fact)).map(line).collect();
    if !new.is_empty() || is_first {
        return new;
    }
    let gone = before.iter().filter(|fact| !after.contains(fact));
    gone.map(|fact| format!("{:14}  no longer: {fact}", panel.title())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::{Failed, Reading, Trouble};

    #[test]
    fn only_what_changes_is_told() {
        let facts = |facts: &[&str]| facts.iter().map(|fact| (*fact).to_owned()).collect::<Vec<_>>();
        let changes =
            |before: &[&str], after: &[&str]| changes(Panel::Dns, &facts(before), &facts(after), false);
        assert!(changes(&["a", "b"], &["a", "b"]).is_empty());
        assert_eq!(changes(&["a", "b"], &["a", "c"]), ["DNS             c"]);
        assert_eq!(changes(&["a", "b"], &["a"]), ["DNS             no longer: b"]);
    }

    #[test]
    fn the_same_reading_is_told_once() {
        let mut told = Told::default();
        let failed = || Reading::new(SystemTime::now(), Err(Failed::new(Trouble::Throttled, "too fast")));
        assert_eq!(told.absorb(Update::Dns(failed())), ["DNS             no data: too fast"]);
        assert!(told.absorb(Update::Dns(failed())).is_empty());
    }
}
