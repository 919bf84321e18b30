//! Tags of roles.

use super::Conversation;
use super::answers::page;
use super::parameters::Parameters;
use super::roles::invalid;
use crate::sandbox::call::Refusal;
use crate::sandbox::cloudfront::Element;
use std::collections::BTreeMap;

type Fields = Result<Option<Vec<Element>>, Refusal>;

/// How many tags a role may have.
const TAGS: usize = 50;

/// TagRole.
pub fn tag(call: &mut Conversation) -> Fields {
    let name = call.parameters.needed("RoleName")?.to_owned();
    let added = read(&call.parameters)?;
    let role = call.state.role_mut(&name)?;
    let mut tags = role.tags.clone();
    tags.extend(added);
    check_count(&tags)?;
    role.tags = tags;
    Ok(None)
}

/// UntagRole.
pub fn untag(call: &mut Conversation) -> Fields {
    let name = call.parameters.needed("RoleName")?.to_owned();
    let keys: Vec<String> = call.parameters.list("TagKeys").into_iter().map(str::to_owned).collect();
    let role = call.state.role_mut(&name)?;
    role.tags.retain(|key, _| !keys.contains(key));
    Ok(None)
}

/// ListRoleTags.
pub fn list(call: &mut Conversation) -> Fields {
    let role = call.state.role(call.parameters.needed("RoleName")?)?;
    let tags = role.tags.keys().cloned().zip(write(&role.tags));
    Ok(Some(page(&call.parameters, "Tags", tags)?))
}

/// Tags as they are written.
pub fn write(tags: &BTreeMap<String, String>) -> impl Iterator<Item = Element> {
    tags.iter().map(|(key, value)| {
        Element::new("member").with(Element::leaf("Key", key)).with(Element::leaf("Value", value))
    })
}

/// Reads and checks the tags of a call.
pub fn read(parameters: &Parameters) -> Result<BTreeMap<String, String>, Refusal> {
    let allowed =
        |text: &str| text.chars().all(|letter| letter.is_alphanumeric() || " _.:/=+-@".contains(letter));
    let mut tags = BTreeMap::new();
    for (key, value) in parameters.pairs("Tags") {
        if key.is_empty() || key.chars().count() > 128 || !allowed(key) {
            return Err(invalid("tags.member.key", key, "have between 1 and 128 allowed characters"));
        }
        if value.chars().count() > 256 || !allowed(value) {
            return Err(invalid("tags.member.value", value, "have at most 256 allowed characters"));
        }
        if key.to_lowercase().starts_with("aws:") {
            return Err(Refusal::new(
                400,
                "InvalidInput",
                "Tag keys that begin with aws: are reserved for AWS.",
            ));
        }
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(Refusal::new(
                400,
                "InvalidInput",
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
    }
    check_count(&tags)?;
    Ok(tags)
}

fn check_count(tags: &BTreeMap<String, String>) -> Result<(), Refusal> {
    if tags.len() > TAGS {
        return Err(Refusal::new(
            409,
            "LimitExceeded",
            format!("Cannot exceed quota for TagsPerRole: {TAGS}"),
        ));
    }
    Ok(())
}
