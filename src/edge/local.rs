//! One run of a function on this machine, on the real runtime, judged as CloudFront would judge it.
//!
//! The environment is emptied, so what is missing at the edge is missing here. The run is bounded in time, and
//! on Node.js in memory. The network and the disk are not closed off: a function can do here what any program
//! of this person can.

use super::answer;
use super::finding::Finding;
use super::package::{Package, package};
use super::process::{Child, Line};
use super::runtime::{Language, LocalRuntime};
use crate::error::{Error, Result};
use crate::profile::answers::EdgeFunction;
use serde_json::Value as Json;
use std::path::{Component, Path};
use std::process::Command;
use std::time::Duration;

/// How long a function may take to load, as in Lambda.
const LONGEST_LOAD: Duration = Duration::from_secs(10);

const NODE_HARNESS: &str = include_str!("../../assets/edge/harness/node.mjs");
const PYTHON_HARNESS: &str = include_str!("../../assets/edge/harness/python.py");

/// What one run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalRun {
    /// What the function answered, if it did.
    pub answer: Option<Json>,
    /// What it printed.
    pub log: String,
    /// What ran it, such as `Node.js 22.3.0`.
    pub ran_on: String,
    /// What CloudFront would not take, and what could not be found out.
    pub findings: Vec<Finding>,
}

/// Runs a function of a profile that lies in `folder` on one event.
pub fn run_locally(function: &EdgeFunction, folder: &Path, event: &Json) -> Result<LocalRun> {
    let package = package(function, folder)?;
    let runtime = LocalRuntime::find(package.language).ok_or_else(|| missing(package.language))?;
    let failed =
        |error: std::io::Error| Error::failed(format!("can't run `{}` here", function.name)).because(error);
    let place = tempfile::tempdir().map_err(failed)?;
    unpack(&package, place.path()).map_err(failed)?;
    let mut command = command(function, &package, &runtime, place.path());
    let mut child = Child::start(&mut command, &event.to_string()).map_err(failed)?;
    let outcome = outcome(&mut child, Duration::from_secs(function.timeout.0));
    let log = child.finish();
    let ran_on = format!("{} {}", package.language.name(), runtime.version);
    let mut findings = notes(function, &runtime, &ran_on, package.language);
    let answer = match outcome {
        Outcome::Answered(answer) => {
            findings.extend(answer::check(function.event, event, &answer));
            Some(answer)
        }
        Outcome::Failed(finding) => {
            findings.push(*finding);
            None
        }
    };
    Ok(LocalRun { answer, log, ran_on, findings })
}

fn missing(language: Language) -> Error {
    let name = language.name();
    Error::failed(format!("can't run the function here: {name} is not on this machine"))
        .hint(format!("install {name}, and run this again"))
}

fn notes(function: &EdgeFunction, runtime: &LocalRuntime, ran_on: &str, language: Language) -> Vec<Finding> {
    const OPEN: &str = "network and disk were open to it, and its speed is this machine's";
    let at_the_edge = &function.runtime;
    let mut notes = vec![if runtime.is_older_than(at_the_edge) {
        let what = format!("ran on {ran_on} of this machine, which is older than {at_the_edge}");
        Finding::warning(what).why(format!("what fails here may work there; {OPEN}"))
    } else {
        Finding::note(format!("ran on {ran_on} of this machine; at the edge it is {at_the_edge}")).why(OPEN)
    }];
    if language == Language::Python {
        notes.push(Finding::note(format!("memory was not held to {} MB", function.memory_mb)));
    }
    notes
}

/// Writes the package as Lambda would unpack it, and the harness beside it.
fn unpack(package: &Package, place: &Path) -> std::io::Result<()> {
    for file in &package.files {
        // Links can't bring such a name about, but a name that leads elsewhere must never be written.
        let inside = Path::new(&file.name).components().all(|part| matches!(part, Component::Normal(_)));
        let path = place.join("function").join(&file.name);
        if !inside {
            return Err(std::io::Error::other(format!("{} leads out of the package", file.name)));
        }
        std::fs::create_dir_all(path.parent().unwrap_or(place))?;
        std::fs::write(path, &file.bytes)?;
    }
    std::fs::write(place.join("node.mjs"), NODE_HARNESS)?;
    std::fs::write(place.join("python.py"), PYTHON_HARNESS)
}

fn command(function: &EdgeFunction, package: &Package, runtime: &LocalRuntime, place: &Path) -> Command {
    let (module, name) = package.handler.split_once('.').unwrap_or((&package.handler, "handler"));
    let (memory, folder) = (function.memory_mb.to_string(), place.join("function"));
    let mut command = Command::new(runtime.program);
    match package.language {
        Language::Node => {
            let entry = ["mjs", "js", "cjs"].map(|extension| format!("{module}.{extension}"));
            let is_there = |name: &&String| package.files.iter().any(|file| file.name == **name);
            let entry = entry.iter().find(is_there).unwrap_or(&entry[0]);
            command.arg(format!("--max-old-space-size={memory}"));
            command.arg(place.join("node.mjs")).arg(folder.join(entry)).arg(name);
        }
        Language::Python => {
            // Unbuffered, since it is ended once it has answered.
            command.args(["-u", "-B", "-s"]).arg(place.join("python.py")).arg(&folder).arg(module).arg(name);
        }
    }
    command.arg(memory).arg(function.timeout.0.to_string()).current_dir(folder).env_clear();
    // Without these a program is not found, or does not start on Windows.
    for kept in ["PATH", "SystemRoot"] {
        command.envs(std::env::var_os(kept).map(|value| (kept, value)));
    }
    command.env("TZ", "UTC").env("AWS_REGION", "us-east-1");
    command
}

enum Outcome {
    Answered(Json),
    Failed(Box<Finding>),
}

fn outcome(child: &mut Child, timeout: Duration) -> Outcome {
    let loaded = read(child, LONGEST_LOAD, "to load");
    match loaded {
        Ok(message) if message.get("loaded").is_some() => {}
        Ok(message) => return failed("the function could not be loaded", &message["unloadable"]),
        Err(finding) => return Outcome::Failed(Box::new(finding)),
    }
    match read(child, timeout, "to answer") {
        Ok(mut message) if message.get("answer").is_some() => Outcome::Answered(message["answer"].take()),
        Ok(message) => failed("the function failed", &message["threw"]),
        Err(finding) => Outcome::Failed(Box::new(finding)),
    }
}

fn failed(what: &str, why: &Json) -> Outcome {
    let why = why.as_str().unwrap_or_default().trim();
    Outcome::Failed(Box::new(Finding::error(what).why(why)))
}

fn read(child: &mut Child, limit: Duration, doing: &str) -> Result<Json, Finding> {
    match child.line(limit) {
        Line::Text(line) => serde_json::from_str(&line)
            .map_err(|error| Finding::error("the function's answer can't be read").why(error.to_string())),
        Line::TimedOut => Err(Finding::error(format!("the function took longer than {limit:?} {doing}"))
            .why("Lambda ends it then, and the visitor gets an error")
            .way_out("make it quicker, or raise `timeout`")),
        Line::Ended => Err(Finding::error(format!("the function ended before it came {doing}"))
            .why("it exited, ran out of memory, or waits for something that never happens")),
    }
}

#[cfg(test)]
mod tests;
