//! Reading functions and versions, one or many.

use super::input::broken;
use super::shown::{configuration, summary};
use super::state::{Functions, Version};
use super::target::{Target, find};
use crate::sandbox::call::{Refusal, Request, World};
use serde_json::{Value, json};

/// `GetFunctionConfiguration`.
pub fn get_configuration(world: &World, request: &Request, target: &Target) -> Result<Value, Refusal> {
    let state: Functions = world.store.read()?;
    let function = find(&state, target, &request.region)?;
    let version = function.version(target.qualifier.as_deref());
    let version = version.ok_or_else(|| target.not_found(&request.region))?;
    Ok(configuration(function, version, target.qualifier.is_some(), world))
}

/// `GetFunction`.
pub fn get(world: &World, request: &Request, target: &Target) -> Result<Value, Refusal> {
    let configuration = get_configuration(world, request, target)?;
    let state: Functions = world.store.read()?;
    let function = find(&state, target, &request.region)?;
    let version = configuration["Version"].as_str().unwrap_or_default();
    let location = format!(
        "https://awslambda-{0}-tasks.s3.{0}.amazonaws.com/snapshots/{1}?versionId={version}",
        request.region, function.name
    );
    let mut shown = json!({
        "Configuration": configuration,
        "Code": {"RepositoryType": "S3", "Location": location},
    });
    if !function.tags.is_empty() {
        shown["Tags"] = json!(function.tags);
    }
    Ok(shown)
}

/// `ListFunctions`.
pub fn list(world: &World, request: &Request) -> Result<Value, Refusal> {
    let all_versions = match request.query("FunctionVersion") {
        None => false,
        Some("ALL") => true,
        Some(other) => return Err(broken(other, "functionVersion", "satisfy enum value set: [ALL]")),
    };
    let state: Functions = world.store.read()?;
    let functions = state.functions.iter().filter(|function| function.region == request.region);
    let shown = functions.flat_map(|function| {
        let published: &[Version] = if all_versions { &function.published } else { &[] };
        std::iter::once(&function.latest)
            .chain(published)
            .map(|version| summary(function, version, all_versions))
            .collect::<Vec<_>>()
    });
    page(request, "Functions", shown.collect(), 50)
}

/// `ListVersionsByFunction`: `$LATEST` first, then the numbers upward.
pub fn list_versions(world: &World, request: &Request, target: &Target) -> Result<Value, Refusal> {
    let state: Functions = world.store.read()?;
    let function = find(&state, target, &request.region)?;
    let versions = std::iter::once(&function.latest).chain(&function.published);
    let shown = versions.map(|version| summary(function, version, true)).collect();
    page(request, "Versions", shown, 50)
}

/// The marker is the number of the first item of the page.
fn page(request: &Request, member: &str, items: Vec<Value>, most: usize) -> Result<Value, Refusal> {
    let asked = |name: &str, otherwise: usize| match request.query(name) {
        None | Some("") => Ok(otherwise),
        Some(text) => text.parse::<usize>().map_err(|_| broken(text, name, "be a number of this list")),
    };
    let first = asked("Marker", 0)?;
    let count = asked("MaxItems", most)?.clamp(1, most);
    let next = (items.len() > first + count).then(|| (first + count).to_string());
    let shown: Vec<Value> = items.into_iter().skip(first).take(count).collect();
    let mut answer = json!({});
    answer[member] = shown.into();
    if let Some(next) = next {
        answer["NextMarker"] = json!(next);
    }
    Ok(answer)
}
