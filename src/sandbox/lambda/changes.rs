//! Creating, updating, publishing and deleting functions.

use super::input::{Sent, SentCode, invalid};
use super::roles;
use super::shown::configuration;
use super::state::{Function, Functions, State, Version, arn};
use super::target::{Target, find_mut};
use crate::sandbox::call::{Refusal, Request, World};
use crate::sandbox::holders::holders;
use crate::sandbox::json_calls;
use crate::sandbox::pace::Wait;
use serde::Deserialize;
use serde_json::Value;

/// Bytes of code that a region's functions and versions may have together.
const MOST_CODE: usize = 75 * 1024 * 1024 * 1024;

/// `CreateFunction`.
pub fn create(world: &World, request: &Request) -> Result<Value, Refusal> {
    let sent: Sent = json_calls::input(&request.body)?;
    let target = Target::parse(&sent.function_name, &request.region)?;
    let config = sent.created()?;
    let code = sent.code.checked(&config)?;
    super::tags::check(sent.tags.len())?;
    roles::check(world, &config.role)?;
    let guard = world.store.lock()?;
    let mut state: Functions = guard.read()?;
    if state.functions.iter().any(|other| other.name == target.name && other.region == request.region) {
        let message = format!("Function already exist: {}", target.name);
        return Err(Refusal::new(409, "ResourceConflictException", message));
    }
    check_storage(&state, &request.region, code.size)?;
    let latest = Version {
        version: "$LATEST".to_owned(),
        config,
        code,
        revision: state.next_revision(),
        created: world.now,
        modified: world.now,
    };
    let (name, region) = (target.name, request.region.clone());
    let mut function = Function { name, region, latest, published: Vec::new(), tags: sent.tags };
    let shown = match sent.publish {
        true => publish_now(&mut state, &mut function, None, world),
        false => configuration(&function, &function.latest, false, world),
    };
    state.functions.push(function);
    guard.write(&state)?;
    Ok(shown)
}

fn check_storage(state: &Functions, region: &str, more: usize) -> Result<(), Refusal> {
    let functions = state.functions.iter().filter(|function| function.region == region);
    let stored = functions.flat_map(|function| function.published.iter().chain([&function.latest]));
    if stored.map(|version| version.code.size).sum::<usize>() + more > MOST_CODE {
        return Err(Refusal::new(400, "CodeStorageExceededException", "Code storage limit exceeded."));
    }
    Ok(())
}

/// `UpdateFunctionCode`.
pub fn update_code(world: &World, request: &Request, target: &Target) -> Result<Value, Refusal> {
    let sent: SentCode = json_calls::input(&request.body)?;
    let guard = world.store.lock()?;
    let mut state: Functions = guard.read()?;
    let revision = state.next_revision();
    let function = find_mut(&mut state, target, &request.region)?;
    check_settled(function, world)?;
    check_revision(function, sent.revision_id.as_deref())?;
    let code = sent.checked(&function.latest.config)?;
    if let Some(architecture) = sent.architecture()? {
        function.latest.config.architecture = architecture;
    }
    function.latest.code = code;
    touch(&mut function.latest, revision, world);
    let mut shown = configuration(function, &function.latest, false, world);
    if sent.dry_run {
        return Ok(shown);
    }
    if sent.publish {
        let mut function = function.clone();
        shown = publish_now(&mut state, &mut function, None, world);
        *find_mut(&mut state, target, &request.region)? = function;
    }
    guard.write(&state)?;
    Ok(shown)
}

/// `UpdateFunctionConfiguration`.
pub fn update_configuration(world: &World, request: &Request, target: &Target) -> Result<Value, Refusal> {
    let sent: Sent = json_calls::input(&request.body)?;
    if let Some(role) = &sent.role {
        roles::check(world, role)?;
    }
    let guard = world.store.lock()?;
    let mut state: Functions = guard.read()?;
    let revision = state.next_revision();
    let function = find_mut(&mut state, target, &request.region)?;
    check_settled(function, world)?;
    check_revision(function, sent.revision_id.as_deref())?;
    function.latest.config = sent.changed(&function.latest.config)?;
    touch(&mut function.latest, revision, world);
    let shown = configuration(function, &function.latest, false, world);
    guard.write(&state)?;
    Ok(shown)
}

fn touch(latest: &mut Version, revision: String, world: &World) {
    latest.revision = revision;
    latest.modified = world.now;
}

/// Only one change at a time (aws-facts.md A.5, K25).
fn check_settled(function: &Function, world: &World) -> Result<(), Refusal> {
    let conflict = |reason: String| {
        let message = format!("The operation cannot be performed at this time. {reason}");
        Err(Refusal::new(409, "ResourceConflictException", message))
    };
    match function.latest.state(world.now, world.pace) {
        State::Active => Ok(()),
        State::Pending => conflict("The function is currently in the following state: Pending".to_owned()),
        State::Updating => conflict(format!("An update is in progress for resource: {}", function.arn())),
    }
}

fn check_revision(function: &Function, sent: Option<&str>) -> Result<(), Refusal> {
    if sent.is_none_or(|sent| sent == function.latest.revision) {
        return Ok(());
    }
    let message = "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias \
                   API to retrieve the latest Revision Id";
    Err(Refusal::new(412, "PreconditionFailedException", message))
}

/// `PublishVersion`. Where nothing has changed since the last one, that one is the answer.
pub fn publish(world: &World, request: &Request, target: &Target) -> Result<Value, Refusal> {
    #[derive(Debug, Default, Deserialize)]
    #[serde(rename_all = "PascalCase", default)]
    struct Input {
        code_sha256: Option<String>,
        description: Option<String>,
        revision_id: Option<String>,
    }
    let input: Input = json_calls::input(&request.body)?;
    let guard = world.store.lock()?;
    let mut state: Functions = guard.read()?;
    let mut function = find_mut(&mut state, target, &request.region)?.clone();
    check_settled(&function, world)?;
    check_revision(&function, input.revision_id.as_deref())?;
    let current = &function.latest.code.sha256;
    if let Some(sent) = input.code_sha256.filter(|sent| sent != current) {
        return Err(invalid(format!(
            "CodeSHA256 ({sent}) is different from current CodeSHA256 in $LATEST ({current}). Please try again with \
             the CodeSHA256 in $LATEST."
        )));
    }
    let shown = publish_now(&mut state, &mut function, input.description, world);
    *find_mut(&mut state, target, &request.region)? = function;
    guard.write(&state)?;
    Ok(shown)
}

fn publish_now(
    state: &mut Functions,
    function: &mut Function,
    description: Option<String>,
    world: &World,
) -> Value {
    let unchanged = function.published.last().filter(|last| last.revision == function.latest.revision);
    if let Some(last) = unchanged {
        return configuration(function, last, true, world);
    }
    let mut version = function.latest.clone();
    version.version = state.next_number(&function.arn()).to_string();
    version.created = world.now;
    version.modified = world.now;
    if let Some(description) = description.filter(|description| !description.is_empty()) {
        version.config.description = description;
    }
    let shown = configuration(function, &version, true, world);
    function.published.push(version);
    shown
}

/// `DeleteFunction`: one version, or all of it.
pub fn delete(world: &World, request: &Request, target: &Target) -> Result<(), Refusal> {
    let guard = world.store.lock()?;
    let mut state: Functions = guard.read()?;
    let function = find_mut(&mut state, target, &request.region)?;
    match target.qualifier.as_deref() {
        Some("$LATEST") => {
            return Err(invalid("$LATEST version cannot be deleted without deleting the function."));
        }
        Some(number) => {
            if function.version(Some(number)).is_none() {
                return Err(target.not_found(&request.region));
            }
            check_replicas(world, function, number)?;
            function.published.retain(|version| version.version != number);
        }
        None => {
            for version in &function.published {
                check_replicas(world, function, &version.version)?;
            }
            let gone = function.arn();
            state.functions.retain(|function| function.arn() != gone);
        }
    }
    guard.write(&state)?;
    Ok(())
}

/// Replicas at the edge go only a while after the last association (aws-facts.md D.6, K23).
fn check_replicas(world: &World, function: &Function, number: &str) -> Result<(), Refusal> {
    let version_arn = format!("{}:{number}", arn(&function.region, &function.name));
    let lag = world.pace.duration(Wait::ReplicasGone);
    let replicated = holders(&world.store, &version_arn)?
        .iter()
        .any(|holder| holder.detached.is_none_or(|at| at + lag > world.now));
    if !replicated {
        return Ok(());
    }
    Err(invalid(format!(
        "Lambda was unable to delete {version_arn} because it is a replicated function. Please see our documentation \
         for Deleting Lambda@Edge Functions and Replicas."
    )))
}
