//! Commands that only print: presets, schemas, completions, the manual page.

use super::args::{Arguments, Man, Presets};
use super::{Console, Ending};
use crate::error::{Error, Kind, Result};
use crate::{profile, report};
use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;
use std::path::Path;

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

/// Prints the help where a wizard can't be shown: what is wrong is that nothing says what to do.
pub fn help() -> Result<Ending> {
    anstream::eprint!("{}", Arguments::command().render_help().ansi());
    Ok(Ending::Of(Kind::Usage))
}

/// Prints a completion script.
pub fn completions(console: &Console, shell: Shell) -> Result<Ending> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "sitecast", &mut script);
    let script = String::from_utf8_lossy(&script);
    console.give(json!({ "shell": shell.to_string(), "script": &script }), &script)?;
    Ok(Ending::Fine)
}

/// Prints the manual page of the program or of one command, or writes all of them into a folder.
pub fn manual(console: &Console, arguments: &Man) -> Result<Ending> {
    let mut program = Arguments::command();
    program.build();
    match &arguments.dir {
        Some(folder) => write_pages(console, program, folder)?,
        None => {
            let page = page(named(&program, &arguments.of)?)?;
            console.give(json!({ "page": &page }), &page)?;
        }
    }
    Ok(Ending::Fine)
}

/// The command that these words name, one below the other.
fn named<'a>(program: &'a clap::Command, words: &[String]) -> Result<&'a clap::Command> {
    words.iter().try_fold(program, |command, word| {
        command.find_subcommand(word).ok_or_else(|| {
            let there: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
            let error = Error::usage(format!("{} has no command `{word}`", command.get_name()));
            if there.is_empty() { error } else { error.hint(format!("there are: {}", there.join(", "))) }
        })
    })
}

fn page(command: &clap::Command) -> Result<String> {
    let mut page = Vec::new();
    let source = concat!("sitecast ", env!("CARGO_PKG_VERSION"));
    let rendered = clap_mangen::Man::new(command.clone()).source(source).render(&mut page);
    rendered.map_err(|error| Error::failed("can't make the manual page").because(error))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn write_pages(console: &Console, program: clap::Command, folder: &Path) -> Result<()> {
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(program, folder));
    written.map_err(|error| {
        Error::failed(format!("can't write the manual pages into {}", folder.display())).because(error)
    })?;
    console.say(format!("wrote the manual pages into {}", folder.display()));
    console.output().result(json!({ "folder": folder }));
    Ok(())
}
