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

/// Before a deploy changes anything: says what is doubtful, and ends it where something is in the way.
pub async fn before_deploy(
    console: &Console,
    loaded: &Loaded,
    connection: &Connection,
    command: &str,
) -> Result<()> {
    let findings = check::remote(&subject(loaded, connection)).await;
    let of = |level: Level| findings.iter().filter(move |finding| finding.level == level).map(line);
    console.lines(&of(Level::Warning).collect::<Vec<_>>());
    let stops: Vec<_> = of(Level::Stop).collect();
    if stops.is_empty() {
        return Ok(());
    }
    console.insist(&stops);
    Err(Error::failed("something is in the way of this deploy; nothing was changed")
        .hint(format!("put it right, see it with `{command}`, then deploy again")))
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
    if console.flags().json {
        let stop = findings.iter().any(|finding| finding.level == Level::Stop);
        return console.json(json!({ "ok": !stop, "findings": findings }));
    }
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
    let why = finding.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let way_out = finding.way_out.as_ref().map(|way_out| format!("; {way_out}")).unwrap_or_default();
    Text::new()
        .styled(style, format!("{word:<5}"))
        .plain(format!("{:<12}{}{why}{way_out}", finding.check, finding.what))
}
