//! Commands that only print: presets, schemas, completions, the manual page.

use super::args::{Arguments, Presets};
use super::{Console, Ending};
use crate::error::{Error, Result};
use crate::{profile, report};
use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

/// Lists the presets, or prints one.
pub fn presets(console: &Console, arguments: &Presets) -> Result<Ending> {
    if let Some(name) = &arguments.name {
        let preset = profile::preset(name)?;
        let value = json!({ "name": preset.name, "about": preset.about(), "text": preset.text });
        console.give(value, preset.text)?;
    } else {
        let all = profile::presets();
        let rows: Vec<_> = all.iter().map(|it| json!({ "name": it.name, "about": it.about() })).collect();
        let lines: Vec<_> = all.iter().map(|it| format!("{:18} {}", it.name, it.about())).collect();
        console.give(json!({ "presets": rows }), lines.join("\n"))?;
    }
    Ok(Ending::Fine)
}

/// Prints the JSON Schema of a profile, or of the events.
pub fn schema(console: &Console) -> Result<Ending> {
    let schema = if console.flags().events { report::schema::events_schema() } else { profile::schema() };
    console.json(schema)?;
    Ok(Ending::Fine)
}

/// Prints a completion script.
pub fn completions(console: &Console, shell: Shell) -> Result<Ending> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "sitecast", &mut script);
    let script = String::from_utf8_lossy(&script);
    console.give(json!({ "shell": shell.to_string(), "script": &script }), &script)?;
    Ok(Ending::Fine)
}

/// Prints the manual page.
pub fn manual(console: &Console) -> Result<Ending> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Arguments::command()).render(&mut page);
    rendered.map_err(|error| Error::failed("can't make the manual page").because(error))?;
    let page = String::from_utf8_lossy(&page);
    console.give(json!({ "page": &page }), &page)?;
    Ok(Ending::Fine)
}
