//! A command line that can't be read, told to whoever started the program.

use super::Ending;
use super::output::{Form, Output};
use super::site::shell_word;
use crate::error::{Error, Kind, Result};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitCode;

/// Says what is wrong with the command line, on stdout as well where a program reads that; help and version are
/// printed as they are.
pub fn refuse(error: &clap::Error) -> ExitCode {
    // Nothing is left to be told to whom stdout or stderr is closed.
    let _ = error.print();
    if let Some(hint) = of_profile(error) {
        anstream::eprintln!("\n{hint}");
    }
    let code = u8::try_from(error.exit_code()).unwrap_or(Kind::Usage.exit_code());
    if error.use_stderr() {
        let outcome: Result<Ending> = Err(in_our_words(error));
        let _ = Output::begin(form_wanted()).and_then(|output| output.end(&outcome));
    }
    ExitCode::from(code)
}

/// Clap's first paragraph says what is wrong, and the others what to do.
fn in_our_words(error: &clap::Error) -> Error {
    let text = error.render().to_string();
    let mut paragraphs =
        text.split("\n\n").map(|lines| lines.split_whitespace().collect::<Vec<_>>().join(" "));
    let first = paragraphs.next().unwrap_or_default();
    let told = Error::usage(first.strip_prefix("error: ").unwrap_or(&first));
    let hints = of_profile(error).into_iter().chain(paragraphs.filter(|paragraph| !paragraph.is_empty()));
    told.hint(hints.collect::<Vec<_>>().join("; "))
}

/// What to write where a profile stands in the place of a command.
fn of_profile(error: &clap::Error) -> Option<String> {
    let wrong = match (error.kind(), error.get(ContextKind::InvalidSubcommand)?) {
        (ErrorKind::InvalidSubcommand, ContextValue::String(wrong)) => wrong,
        _ => return None,
    };
    let is_profile = Path::new(wrong).extension().is_some_and(|extension| extension == "toml");
    let file = shell_word(wrong);
    is_profile
        .then(|| format!("to open a profile: sitecast edit {file}; to deploy it: sitecast deploy {file}"))
}

/// What the flags ask for, as far as that can be seen without reading the others.
fn form_wanted() -> Form {
    let given = |flag: &str| std::env::args_os().any(|argument| argument == OsStr::new(flag));
    let set = |name: &str| std::env::var(name).is_ok_and(|value| is_true(&value));
    if given("--json") || (set("SITECAST_JSON") && !given("--events")) {
        Form::Object
    } else if given("--events") || set("SITECAST_EVENTS") {
        Form::Lines
    } else {
        Form::People
    }
}

/// As clap's own reader of such variables has it.
fn is_true(value: &str) -> bool {
    !["", "n", "no", "f", "false", "off", "0"].contains(&value.to_lowercase().as_str())
}
