//! The tags of functions, by ARN.

use super::input::invalid;
use super::state::Functions;
use super::target::{Target, find, find_mut};
use crate::sandbox::call::{Refusal, Request, World};
use crate::sandbox::json_calls;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Whether a function may have so many tags.
pub fn check(count: usize) -> Result<(), Refusal> {
    match count > 50 {
        true => Err(invalid("A function can have no more than 50 tags.")),
        false => Ok(()),
    }
}

/// `TagResource`.
pub fn tag(world: &World, request: &Request, arn: &str) -> Result<(), Refusal> {
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        tags: BTreeMap<String, String>,
    }
    let input: Input = json_calls::input(&request.body)?;
    change(world, request, arn, |tags| tags.extend(input.tags))
}

/// `UntagResource`.
pub fn untag(world: &World, request: &Request, arn: &str) -> Result<(), Refusal> {
    let keys = request.query.iter().filter(|(name, _)| name == "tagKeys").map(|(_, key)| key.clone());
    let keys: Vec<String> = keys.collect();
    change(world, request, arn, |tags| tags.retain(|key, _| !keys.contains(key)))
}

/// `ListTags`.
pub fn list(world: &World, request: &Request, arn: &str) -> Result<Value, Refusal> {
    let state: Functions = world.store.read()?;
    let function = find(&state, &target(arn, &request.region)?, &request.region)?;
    Ok(json!({"Tags": function.tags}))
}

fn change(
    world: &World,
    request: &Request,
    arn: &str,
    apply: impl FnOnce(&mut BTreeMap<String, String>),
) -> Result<(), Refusal> {
    let guard = world.store.lock()?;
    let mut state: Functions = guard.read()?;
    let function = find_mut(&mut state, &target(arn, &request.region)?, &request.region)?;
    apply(&mut function.tags);
    check(function.tags.len())?;
    guard.write(&state)?;
    Ok(())
}

/// Only whole functions carry tags.
fn target(arn: &str, region: &str) -> Result<Target, Refusal> {
    let target = Target::parse(arn, region)?;
    match target.qualifier {
        None => Ok(target),
        Some(_) => Err(invalid(
            "Tags on function aliases and versions are not supported. Please specify either a function ARN or an \
             event source mapping ARN.",
        )),
    }
}
