//! Lambda: functions, their numbered versions, and the replicas that outlive their last association.
//!
//! Behaviour: aws-facts.md A.5 and D. Code is checked and hashed, never run and never kept.

mod changes;
mod input;
mod package;
mod reading;
mod roles;
mod shown;
pub mod state;
mod tags;
mod target;
#[cfg(test)]
mod tests;

use super::call::{Answer, Refusal, Request, World};
use super::pace::Pace;
use super::rules::RuleRow;
use super::store::Store;
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use state::{Config, Functions, State};
use std::io;
use target::Target;
use time::OffsetDateTime;

/// Answers a call.
pub fn answer(world: &World, request: &Request) -> Answer {
    match perform(world, request) {
        Ok((204, _)) => Answer { status: 204, headers: Vec::new(), body: Bytes::new() },
        Ok((status, body)) => json_answer(status, &body),
        Err(refusal) => refused(&refusal),
    }
}

/// A numbered version as CloudFront looks at it.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionFacts {
    /// How it is configured.
    pub config: Config,
    /// Where it is in its life.
    pub state: State,
    /// The size of its archive.
    pub code_size: usize,
}

/// The version of this ARN, which must name a number.
pub fn version(
    store: &Store,
    now: OffsetDateTime,
    pace: Pace,
    arn: &str,
) -> io::Result<Option<VersionFacts>> {
    let Some((function_arn, number)) = arn.rsplit_once(':') else {
        return Ok(None);
    };
    let functions: Functions = store.read()?;
    let function = functions.functions.iter().find(|function| function.arn() == function_arn);
    let version = function.and_then(|function| function.version(Some(number)));
    Ok(version.map(|version| VersionFacts {
        config: version.config.clone(),
        state: version.state(now, pace),
        code_size: version.code.size,
    }))
}

fn perform(world: &World, request: &Request) -> Result<(u16, Value), Refusal> {
    let path = request.path.trim_matches('/');
    let parts = path.split('/').map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned());
    let parts: Vec<String> = parts.collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let target =
        |text: &str| Target::parse(text, &request.region).map(|target| target.at(request.query("Qualifier")));
    let nothing = |()| (204, Value::Null);
    let with = |status: u16| move |body: Value| (status, body);
    match (request.method.as_str(), parts.as_slice()) {
        ("POST", ["2015-03-31", "functions"]) => changes::create(world, request).map(with(201)),
        ("GET", ["2015-03-31", "functions"]) => reading::list(world, request).map(with(200)),
        ("GET", ["2015-03-31", "functions", name]) => {
            reading::get(world, request, &target(name)?).map(with(200))
        }
        ("DELETE", ["2015-03-31", "functions", name]) => {
            changes::delete(world, request, &target(name)?).map(nothing)
        }
        ("GET", ["2015-03-31", "functions", name, "configuration"]) => {
            reading::get_configuration(world, request, &target(name)?).map(with(200))
        }
        ("PUT", ["2015-03-31", "functions", name, "configuration"]) => {
            changes::update_configuration(world, request, &target(name)?).map(with(200))
        }
        ("PUT", ["2015-03-31", "functions", name, "code"]) => {
            changes::update_code(world, request, &target(name)?).map(with(200))
        }
        ("POST", ["2015-03-31", "functions", name, "versions"]) => {
            changes::publish(world, request, &target(name)?).map(with(201))
        }
        ("GET", ["2015-03-31", "functions", name, "versions"]) => {
            reading::list_versions(world, request, &target(name)?).map(with(200))
        }
        ("POST", ["2017-03-31", "tags", arn]) => tags::tag(world, request, arn).map(nothing),
        ("GET", ["2017-03-31", "tags", arn]) => tags::list(world, request, arn).map(with(200)),
        ("DELETE", ["2017-03-31", "tags", arn]) => tags::untag(world, request, arn).map(nothing),
        _ => Err(unknown(request)),
    }
}

fn unknown(request: &Request) -> Refusal {
    let message = format!("The sandbox does not know {} {}", request.method, request.path);
    Refusal::new(404, "UnknownOperationException", message)
}

fn json_answer(status: u16, body: &Value) -> Answer {
    let headers = vec![("content-type", "application/json".to_owned())];
    Answer { status, headers, body: Bytes::from(body.to_string()) }
}

/// The code goes into a header; two spellings of "message" are in the model.
fn refused(refusal: &Refusal) -> Answer {
    let member = if refusal.code == "ResourceNotFoundException" { "Message" } else { "message" };
    let mut body = json!({"Type": if refusal.status < 500 { "User" } else { "Service" }});
    body[member] = json!(refusal.message);
    let mut answer = json_answer(refusal.status, &body);
    answer.headers.push(("x-amzn-errortype", refusal.code.clone()));
    answer
}

/// What Lambda refuses here.
pub fn rules() -> Vec<RuleRow> {
    const INVALID: &str = "InvalidParameterValueException";
    let row = |id, about, code, source| RuleRow { service: "lambda", id, about, code, source };
    vec![
        row("name", "a name of other letters or over 64", "ValidationException", "aws-facts.md A.5"),
        row("exists", "creating a function that exists", "ResourceConflictException", "aws-facts.md A.5"),
        row("role-form", "a role that is no role's ARN", "ValidationException", "lambda model"),
        row(
            "role",
            "a role that is not there, is too new, or does not trust Lambda",
            INVALID,
            "aws-facts.md A.5, K24",
        ),
        row("runtime", "a runtime that is unknown or retired", INVALID, "aws-facts.md D.1"),
        row("handler-and-runtime", "an archive without handler or runtime", INVALID, "aws-facts.md A.5"),
        row("archive", "code that is no zip archive, or an empty one", INVALID, "lambda guide"),
        row(
            "archive-handler",
            "an archive without the handler's file (AWS: at the first run)",
            INVALID,
            "sandbox",
        ),
        row("archive-unpacked", "over 250 MB unpacked", INVALID, "lambda guide"),
        row("archive-size", "over 50 MB packed", "RequestEntityTooLargeException", "aws-facts.md D.1"),
        row("storage", "over 75 GB of code in a region", "CodeStorageExceededException", "aws-facts.md A.5"),
        row("timeout", "a time-out outside 1 to 900 seconds", "ValidationException", "lambda model"),
        row("memory", "memory outside 128 to 10,240 MB", "ValidationException", "lambda model"),
        row("description", "a description over 256 characters", "ValidationException", "lambda model"),
        row("variables", "reserved or over 4 KB of environment variables", INVALID, "lambda guide"),
        row(
            "pending",
            "any change while the last one is under way",
            "ResourceConflictException",
            "aws-facts.md A.5, K25",
        ),
        row(
            "revision",
            "a revision that is not the newest",
            "PreconditionFailedException",
            "aws-facts.md A.5",
        ),
        row("code-sha256", "publishing other code than expected", INVALID, "aws-facts.md A.5"),
        row("latest", "deleting $LATEST alone", INVALID, "lambda model"),
        row("replicated", "deleting while replicas remain at the edge", INVALID, "aws-facts.md D.6, K23"),
        row(
            "unknown",
            "a function or version that is not there",
            "ResourceNotFoundException",
            "lambda model",
        ),
        row("tags", "more than 50 tags, or tags on a version", INVALID, "lambda guide"),
    ]
}
