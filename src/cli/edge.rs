//! `sitecast edge`: a run of an edge function on this machine, and hashes of passwords.

use super::site::load;
use super::{Console, Ending, profile_path};
use crate::edge::event::{SampleRequest, parse_event, sample_event};
use crate::edge::finding::{Finding, Severity, has_errors};
use crate::edge::forwarding;
use crate::edge::lint::lint;
use crate::edge::local::{LocalRun, run_locally};
use crate::error::{Error, Kind, Result};
use crate::profile::Loaded;
use crate::profile::answers::EdgeFunction;
use crate::profile::gallery::password::hash_password;
use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

/// The longest password, in bytes: browsers send it in a header.
const LONGEST_PASSWORD: u64 = 1024;

/// What to do about edge functions.
#[derive(Debug, Subcommand)]
pub enum EdgeCommand {
    /// Run a function once on this machine, and hold its answer against CloudFront's rules
    #[command(after_help = "Example: sitecast edge test shop.toml greeting --url /docs")]
    Test(EdgeTest),
    /// Read a password from stdin, and print its salted hash for the basic-auth function
    #[command(after_help = "Example: sitecast edge hash-password < password.txt")]
    HashPassword,
}

/// Run a function once on this machine.
#[derive(Debug, Args)]
pub struct EdgeTest {
    /// The profile
    #[arg(value_parser = profile_path::to_read())]
    pub file: PathBuf,
    /// The function's name in the profile
    pub name: String,
    /// A file with the event, as JSON
    #[arg(long, value_name = "FILE", conflicts_with_all = ["url", "method", "header", "body"])]
    pub event: Option<PathBuf>,
    /// The address that is asked for, such as /docs?q=1
    #[arg(long, default_value = "/")]
    pub url: String,
    /// The request's method
    #[arg(long, default_value = "GET")]
    pub method: String,
    /// A header of the request, such as 'Accept-Language: de'; may be repeated
    #[arg(long, value_name = "NAME: VALUE")]
    pub header: Vec<String>,
    /// The request's body; the function gets it if its `include_body` is true
    #[arg(long, default_value = "", hide_default_value = true)]
    pub body: String,
}

/// Does what the command says.
pub fn run(console: &Console, command: &EdgeCommand) -> Result<Ending> {
    match command {
        EdgeCommand::Test(arguments) => test(console, arguments),
        EdgeCommand::HashPassword => print_hash(console),
    }
}

/// Runs a function: its answer goes to stdout, all else to stderr.
fn test(console: &Console, arguments: &EdgeTest) -> Result<Ending> {
    let loaded = load(console, &arguments.file)?;
    let function = function(&loaded, &arguments.name)?;
    let folder = arguments.file.parent().unwrap_or(Path::new(""));
    let found = lint(function, folder)?;
    tell(console, &found);
    if !can_run(&found) {
        console.output().result(json!({ "answer": null, "findings": told(&found) }));
        return Ok(Ending::Of(Kind::Usage));
    }
    let event = event(console, &loaded, function, arguments)?;
    let run = run_locally(function, folder, &event)?;
    report(console, &found, &run)?;
    let broken = has_errors(&found) || has_errors(&run.findings);
    Ok(if broken { Ending::Of(Kind::Failed) } else { Ending::Fine })
}

/// Whether the profile's own answers make sense. What is wrong with the code, a run shows in its own way.
fn can_run(found: &[Finding]) -> bool {
    !found.iter().any(|finding| finding.severity == Severity::Error && finding.file.is_none())
}

fn report(console: &Console, found: &[Finding], run: &LocalRun) -> Result<()> {
    if !run.log.is_empty() {
        console.say(format!("the function printed:\n{}", run.log));
    }
    tell(console, &run.findings);
    let findings = [told(found), told(&run.findings)].concat();
    console.output().result(json!({
        "answer": run.answer, "findings": findings, "log": run.log, "ran_on": run.ran_on,
    }));
    match &run.answer {
        Some(answer) => console.data(format!("{answer:#}")),
        None => Ok(()),
    }
}

/// Findings as a program reads them.
fn told(findings: &[Finding]) -> Vec<Json> {
    let one = |finding: &Finding| {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let Finding { severity: _, file, line, what, why, way_out } = finding;
        json!({ "severity": severity, "file": file, "line": line, "message": what, "why": why, "help": way_out })
    };
    findings.iter().map(one).collect()
}

/// Errors are told even to those who want quiet.
fn tell(console: &Console, findings: &[Finding]) {
    for finding in findings {
        match finding.severity {
            Severity::Error => console.complain(finding.to_string()),
            Severity::Warning | Severity::Note => console.say(finding.to_string()),
        }
    }
}

fn function<'a>(loaded: &'a Loaded, name: &str) -> Result<&'a EdgeFunction> {
    let functions = &loaded.profile.edge;
    functions.iter().find(|function| function.name == name).ok_or_else(|| {
        let names: Vec<_> = functions.iter().map(|function| function.name.as_str()).collect();
        let error = Error::usage(format!("{} has no edge function `{name}`", loaded.path.display()));
        match names.as_slice() {
            [] => error.hint("add one as [[edge]]"),
            _ => error.hint(format!("it has: {}", names.join(", "))),
        }
    })
}

fn event(console: &Console, loaded: &Loaded, function: &EdgeFunction, arguments: &EdgeTest) -> Result<Json> {
    let Some(file) = &arguments.event else {
        let mut request = SampleRequest::get(&arguments.url)?;
        for header in &arguments.header {
            request = request.header(header)?;
        }
        request.method = arguments.method.to_uppercase();
        request.body = arguments.body.clone();
        tell(console, &forwarding::check(&loaded.profile, function, &request));
        return Ok(sample_event(function, loaded.profile.distribution.region.as_str(), &request));
    };
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::usage(format!("can't read the event {shown}")).because(error))?;
    parse_event(function, &text, &shown)
}

/// Prints the hash of the password that comes on stdin. An argument could be seen by others on this machine.
fn print_hash(console: &Console) -> Result<Ending> {
    let password = if io::stdin().is_terminal() { ask_password(console)? } else { piped_password()? };
    if password.is_empty() {
        return Err(Error::usage("no password came on stdin")
            .hint("run: sitecast edge hash-password, and type it; or: sitecast edge hash-password < FILE"));
    }
    if password.chars().any(char::is_control) {
        return Err(Error::usage("the password holds a line break or another control character")
            .hint("browsers can't send one; choose another password"));
    }
    let hash = hash_password(&password)?;
    console.give(json!({ "hash": &hash }), &hash)?;
    Ok(Ending::Fine)
}

fn ask_password(console: &Console) -> Result<String> {
    if console.flags().no_input {
        return Err(Error::usage("nothing can be asked here")
            .why("--no-input is set")
            .hint("run: sitecast edge hash-password < FILE"));
    }
    anstream::eprint!("password: ");
    let typed = console::Term::stderr().read_secure_line();
    typed.map_err(|error| Error::failed("can't read the password").because(error))
}

fn piped_password() -> Result<String> {
    let mut text = String::new();
    let failed = |error| Error::failed("can't read the password from stdin").because(error);
    io::stdin().take(LONGEST_PASSWORD + 2).read_to_string(&mut text).map_err(failed)?;
    // `echo` and editors end a line; passwords don't.
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let password = line.strip_suffix('\r').unwrap_or(line);
    if password.len() as u64 > LONGEST_PASSWORD {
        return Err(Error::usage(format!("the password is longer than {LONGEST_PASSWORD} bytes")));
    }
    Ok(password.to_owned())
}
