//! The commands; the only module that knows all others.

mod args;
mod carry_out;
mod check;
mod console;
mod deploy;
mod destroy;
mod drill;
mod edge;
mod edit;
mod history;
mod import;
mod interview;
mod left_out;
mod list;
mod missing_page;
mod output;
mod plan;
mod policy;
mod print;
mod profile_path;
mod public_dns;
mod reading;
mod refused;
mod renamed;
mod sandbox;
mod sandbox_zone;
mod screen;
mod site;
mod status;
mod status_domains;
mod status_facts;
mod status_watch;
mod takeover;
mod undo;
mod watching;

pub use args::Arguments;
pub use console::Console;

use crate::error::{Error, Kind, Result};
use args::{Command, Global};
use clap::Parser;
use output::{Form, Output};
use std::process::ExitCode;

/// How a command that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// As it should.
    Fine,
    /// With something that the exit code tells, such as changes pending.
    Of(Kind),
}

impl Ending {
    fn exit_code(self) -> u8 {
        match self {
            Ending::Fine => 0,
            Ending::Of(kind) => kind.exit_code(),
        }
    }
}

/// Reads the command line, does what it says, and returns the exit code.
pub fn main() -> ExitCode {
    let Arguments { command, global } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refused::refuse(&error),
    };
    let output = match Output::begin(form(&global, command.as_ref())) {
        Ok(output) => output,
        Err(error) => return ExitCode::from(error.kind.exit_code()),
    };
    let console = Console::new(&global, output);
    let outcome = run(&console, command.as_ref());
    let told = console.output().end(&outcome);
    match outcome.and_then(|ending| told.map(|()| ending)) {
        Ok(ending) => ExitCode::from(ending.exit_code()),
        Err(error) => {
            console.error(&error);
            ExitCode::from(error.kind.exit_code())
        }
    }
}

/// `schema --events` asks for the schema of the lines, and not for lines.
fn form(global: &Global, command: Option<&Command>) -> Form {
    if global.json {
        Form::Object
    } else if global.events && !matches!(command, Some(Command::Schema)) {
        Form::Lines
    } else {
        Form::People
    }
}

fn run(console: &Console, command: Option<&Command>) -> Result<Ending> {
    sandbox::insist_on_sandbox(console, command)?;
    if let Some(start) = screen::start(console, command) {
        return wait_for(screen::show(console, start, command));
    }
    let Some(command) = command else { return without_command(console) };
    match command {
        Command::New(arguments) => edit::new(console, arguments),
        Command::Edit(arguments) => edit::edit(console, arguments),
        Command::Presets(arguments) => print::presets(console, arguments),
        Command::Schema => print::schema(console),
        Command::Edge(command) => edge::run(console, command),
        Command::Completions { shell } => print::completions(console, *shell),
        Command::Man(arguments) => print::manual(console, arguments),
        Command::Check(arguments) => wait_for(check::run(console, arguments)),
        Command::Policy(arguments) => wait_for(policy::run(console, arguments)),
        Command::Plan(arguments) => wait_for(plan::run(console, arguments)),
        Command::Deploy(arguments) => wait_for(deploy::run(console, arguments)),
        Command::Status(arguments) => wait_for(status::run(console, arguments)),
        Command::Drill(arguments) => wait_for(drill::run(console, arguments)),
        Command::Destroy(arguments) => wait_for(destroy::run(console, arguments)),
        Command::History(arguments) => history::run(console, arguments),
        Command::List => wait_for(list::run(console)),
        Command::Sandbox(command) => wait_for(sandbox::run(console, command)),
        Command::Import(arguments) => wait_for(import::run(console, arguments)),
    }
}

/// Who declined the screen, or has a terminal that can't show it, begins a profile by prompts or lines instead.
fn without_command(console: &Console) -> Result<Ending> {
    let flags = console.flags();
    match console.silence().is_some() || flags.quiet || flags.yes {
        true => print::help(),
        false => interview::new(console, None),
    }
}

fn wait_for(command: impl Future<Output = Result<Ending>>) -> Result<Ending> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::failed("can't start").because(error))?;
    let ending = runtime.block_on(command);
    // A second Ctrl-C leaves at once, whatever still runs.
    runtime.shutdown_background();
    ending
}
