//! Syntax, as the real runtime judges it without running the code.

use super::CodeFile;
use crate::edge::finding::Finding;
use crate::edge::process::{Child, Line};
use crate::edge::runtime::{Language, LocalRuntime};
use crate::profile::answers::EdgeFunction;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Compiles one file in memory; py_compile would leave its output in the person's folder.
const COMPILE: &str = "import sys; path = sys.argv[1]; compile(open(path, 'rb').read(), path, 'exec')";

const LONGEST_CHECK: Duration = Duration::from_secs(10);

/// What is wrong with the syntax of these files.
pub(super) fn check(function: &EdgeFunction, language: Language, files: &[CodeFile]) -> Vec<Finding> {
    let Some(runtime) = LocalRuntime::find(language) else {
        let what = format!("the syntax was not checked: {} is not on this machine", language.name());
        return vec![Finding::note(what).way_out(format!("install {} to have it checked", language.name()))];
    };
    let files = files.iter().filter(|file| file.language == language);
    files.filter_map(|file| check_file(function, &runtime, file)).collect()
}

fn check_file(function: &EdgeFunction, runtime: &LocalRuntime, file: &CodeFile) -> Option<Finding> {
    let (fine, said) = run(&mut command(runtime, file.language, &file.place))?;
    if fine {
        return None;
    }
    let what = error_line(&said).unwrap_or("this is no valid code").to_owned();
    let why = format!("{} {} can't read it", file.language.name(), runtime.version);
    let mut finding = Finding::error(what).file(&file.shown).why(why);
    finding.line = line_number(&said, &file.place);
    // What has no end has none for a newer runtime either.
    let is_unclosed = finding.what.contains("Unexpected end of input");
    if runtime.is_older_than(&function.runtime) && !is_unclosed {
        finding.severity = crate::edge::finding::Severity::Warning;
        finding.way_out = format!(
            "{} is newer than the {} {} of this machine and may read it; a newer one here would tell for sure",
            function.runtime,
            file.language.name(),
            runtime.version
        );
    }
    Some(finding)
}

fn command(runtime: &LocalRuntime, language: Language, place: &Path) -> Command {
    let mut command = Command::new(runtime.program);
    match language {
        Language::Node => command.arg("--check"),
        Language::Python => command.args(["-I", "-c", COMPILE]),
    };
    command.arg(place);
    command
}

/// Whether a check passed, and what it said; nothing if it did not end.
fn run(command: &mut Command) -> Option<(bool, String)> {
    let mut child = Child::start(command, "").ok()?;
    loop {
        match child.line(LONGEST_CHECK) {
            Line::Text(_) => {}
            Line::Ended => return Some(child.wait()),
            Line::TimedOut => return None,
        }
    }
}

/// The last line that names an error, as both languages write it.
fn error_line(said: &str) -> Option<&str> {
    said.lines().rev().find(|line| line.split(':').next().is_some_and(|name| name.ends_with("Error")))
}

/// The line: `PATH:3` says Node.js, and `File "PATH", line 3` Python.
fn line_number(said: &str, place: &Path) -> Option<usize> {
    let path = place.file_name()?.to_str()?;
    let (_, after) = said.split_once(path)?;
    let digits = after.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits[..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len())].parse().ok()
}
