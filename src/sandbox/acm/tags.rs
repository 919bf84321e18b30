//! The tags of certificates.

use super::state::Certificates;
use super::{certificate_mut, find};
use crate::sandbox::call::{Refusal, Request, World};
use crate::sandbox::json_calls;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A tag as ACM reads and writes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    #[serde(default)]
    pub value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default)]
    certificate_arn: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Whether `tags` may be added to a certificate that has `present` others.
pub fn check(tags: &[Tag], present: usize) -> Result<(), Refusal> {
    if present + tags.len() > 50 {
        let message = "A certificate can have no more than 50 tags.";
        return Err(Refusal::new(400, "TooManyTagsException", message));
    }
    let bad = tags.iter().find(|tag| {
        tag.key.is_empty() || tag.key.len() > 128 || tag.value.len() > 256 || tag.key.starts_with("aws:")
    });
    bad.map_or(Ok(()), |tag| {
        let message = format!("The tag '{}' is not valid.", tag.key);
        Err(Refusal::new(400, "InvalidTagException", message))
    })
}

/// `AddTagsToCertificate`.
pub fn add(world: &World, request: &Request) -> Result<Value, Refusal> {
    change(world, request, |tags, input| {
        let others = tags.keys().filter(|key| !input.iter().any(|tag| tag.key == **key)).count();
        check(input, others)?;
        tags.extend(input.iter().map(|tag| (tag.key.clone(), tag.value.clone())));
        Ok(())
    })
}

/// `RemoveTagsFromCertificate`.
pub fn remove(world: &World, request: &Request) -> Result<Value, Refusal> {
    change(world, request, |tags, input| {
        input.iter().for_each(|tag| drop(tags.remove(&tag.key)));
        Ok(())
    })
}

fn change(
    world: &World,
    request: &Request,
    apply: impl FnOnce(&mut std::collections::BTreeMap<String, String>, &[Tag]) -> Result<(), Refusal>,
) -> Result<Value, Refusal> {
    let input: Input = json_calls::input(&request.body)?;
    let guard = world.store.lock()?;
    let mut state: Certificates = guard.read()?;
    let certificate = certificate_mut(&mut state, &input.certificate_arn, &request.region)?;
    apply(&mut certificate.tags, &input.tags)?;
    guard.write(&state)?;
    Ok(json!({}))
}

/// `ListTagsForCertificate`.
pub fn list(world: &World, request: &Request) -> Result<Value, Refusal> {
    let input: Input = json_calls::input(&request.body)?;
    let state: Certificates = world.store.read()?;
    let certificate = find(&state, &input.certificate_arn, &request.region)?;
    let tags: Vec<Value> =
        certificate.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    Ok(json!({"Tags": tags}))
}
