//! A command line that can't be read, told to whoever started the program.

use super::Ending;
use super::output::{Form, Output};
use crate::error::{Error, Kind, Result};
use std::ffi::OsStr;
use std::process::ExitCode;

/// Says what is wrong with the command line, on stdout as well where a program reads that; help and version are
/// printed as they are.
pub fn refuse(error: &clap::Error) -> ExitCode {
    // Nothing is left to be told to whom stdout or stderr is closed.
    let _ = error.print();
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
    told.hint(paragraphs.filter(|paragraph| !paragraph.is_empty()).collect::<Vec<_>>().join("; "))
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
