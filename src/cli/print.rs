//! Commands that only print: presets, schemas, completions, the manual page.

use super::args::{Arguments, Presets};
use super::{Console, Ending};
use crate::error::{Error, Kind, Result};
use crate::{profile, report};
use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

/// Lists the presets, or prints one.
pub fn presets(console: &Console, arguments: &Presets) -> Result<Ending> {
    if let Some(name) = &arguments.name {
        console.data(profile::preset(name)?.text)?;
    } else if console.flags().json {
        let rows: Vec<_> =
            profile::presets().iter().map(|it| json!({"name": it.name, "about": it.about()})).collect();
        console.json(&json!({ "presets": rows }))?;
    } else {
        for preset in profile::presets() {
            console.data(format!("{:18} {}", preset.name, preset.about()))?;
        }
    }
    Ok(Ending::Fine)
}

/// Prints the JSON Schema of a profile, or of the events.
pub fn schema(console: &Console) -> Result<Ending> {
    let schema = if console.flags().events { report::schema::events_schema() } else { profile::schema() };
    console.json(&schema)?;
    Ok(Ending::Fine)
}

/// Prints the help where a wizard can't be shown: what is wrong is that nothing says what to do.
pub fn help() -> Result<Ending> {
    anstream::eprint!("{}", Arguments::command().render_help().ansi());
    Ok(Ending::Of(Kind::Usage))
}

/// Prints a completion script.
pub fn completions(console: &Console, shell: Shell) -> Result<Ending> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "sitecast", &mut script);
    console.data(String::from_utf8_lossy(&script))?;
    Ok(Ending::Fine)
}

/// Prints the manual page.
pub fn manual(console: &Console) -> Result<Ending> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Arguments::command()).render(&mut page);
    rendered.map_err(|error| Error::failed("can't make the manual page").because(error))?;
    console.data(String::from_utf8_lossy(&page))?;
    Ok(Ending::Fine)
}
