//! `sitecast check`: everything that can be known before the first change.

use super::args::Profile;
use super::site::{Connection, connect, load};
use super::{Console, Ending};
use crate::check::{self, Finding, Level, Subject};
use crate::error::{Error, Kind, Result};
use crate::profile::Loaded;
use crate::report::text::Text;
use anstyle::{AnsiColor, Style};
use serde_json::json;
use tokio::task::JoinSet;

/// Prints one line for each finding.
pub async fn run(console: &Console, arguments: &Profile) -> Result<Ending> {
    let loaded = load(console, &arguments.file)?;
    let (local, connection) = tokio::join!(check::local(&loaded), connect(console, Some(&loaded.profile)));
    let connection = match connection {
        Ok(connection) => connection,
        Err(error) => {
            // What was found without AWS is worth having all the same.
            show(console, &local)?;
            return Err(error);
        }
    };
    let findings = [local, check::remote(&subject(&loaded, &connection)).await].concat();
    show(console, &findings)?;
    let stopped = findings.iter().any(|finding| finding.level == Level::Stop);
    Ok(if stopped { Ending::Of(Kind::Failed) } else { Ending::Fine })
}

/// A check that goes on beside whatever else is done; it ends when it is dropped.
pub struct Ahead(JoinSet<Preflight>);

impl Ahead {
    /// Begins to look.
    pub fn begin(loaded: &Loaded, connection: &Connection) -> Ahead {
        let (loaded, session) = (loaded.clone(), connection.session.clone());
        let (identity, resolver) = (connection.identity.clone(), connection.resolver.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let subject =
                Subject { loaded: &loaded, session: &session, identity: &identity, resolver: &resolver };
            sorted(check::remote(&subject).await)
        });
        Ahead(tasks)
    }

    /// What was found.
    ///
    /// # Errors
    ///
    /// When the check itself broke down.
    pub async fn found(mut self) -> Result<Preflight> {
        let found = self.0.join_next().await.transpose();
        let found = found.map_err(|error| Error::failed("can't check beforehand").because(error))?;
        Ok(found.unwrap_or_default())
    }
}

/// Before a deploy changes anything: says what is doubtful, and ends it where something is in the way.
pub async fn before_deploy(console: &Console, ahead: Ahead, command: &str) -> Result<()> {
    let Preflight { doubts, obstacles } = ahead.found().await?;
    console.lines(&doubts.iter().map(line).collect::<Vec<_>>());
    if obstacles.is_empty() {
        return Ok(());
    }
    console.insist(&obstacles.iter().map(line).collect::<Vec<_>>());
    Err(Error::failed("something is in the way of this deploy; nothing was changed")
        .hint(format!("put it right, see it with `{command}`, then deploy again")))
}

/// What has to be known before a deploy.
#[derive(Default)]
pub struct Preflight {
    /// What may not be as meant.
    pub doubts: Vec<Finding>,
    /// What is in the way.
    pub obstacles: Vec<Finding>,
}

fn sorted(findings: Vec<Finding>) -> Preflight {
    let mut found = Preflight::default();
    for finding in findings {
        match finding.level {
            Level::Warning => found.doubts.push(finding),
            Level::Stop => found.obstacles.push(finding),
            Level::Ok | Level::NotChecked => {}
        }
    }
    found
}

/// A finding as a sentence: what was found, why that matters, what to do.
pub fn sentence(finding: &Finding) -> String {
    let why = finding.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let way_out = finding.way_out.as_ref().map(|way_out| format!("; {way_out}")).unwrap_or_default();
    format!("{}{why}{way_out}", finding.what)
}

fn subject<'a>(loaded: &'a Loaded, connection: &'a Connection) -> Subject<'a> {
    Subject {
        loaded,
        session: &connection.session,
        identity: &connection.identity,
        resolver: &connection.resolver,
    }
}

fn show(console: &Console, findings: &[Finding]) -> Result<()> {
    let stop = findings.iter().any(|finding| finding.level == Level::Stop);
    console.output().result(json!({ "ok": !stop, "findings": findings }));
    console.data_lines(&findings.iter().map(line).collect::<Vec<_>>())
}

fn line(finding: &Finding) -> Text {
    let (word, colour) = match finding.level {
        Level::Ok => ("ok", AnsiColor::Green),
        Level::Warning => ("warn", AnsiColor::Yellow),
        Level::Stop => ("stop", AnsiColor::Red),
        Level::NotChecked => ("skip", AnsiColor::Cyan),
    };
    let style = Style::new().fg_color(Some(colour.into()));
    Text::new().styled(style, format!("{word:<5}")).plain(format!(
        "{:<12}{}",
        finding.check,
        sentence(finding)
    ))
}
