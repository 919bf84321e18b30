//! Tags of distributions, functions and key-value stores.

use super::conversation::{self, Conversation, document};
use super::element::Element;
use super::refusals::refusal;
use super::shapes::{self, others};
use super::state::State;
use crate::sandbox::call::{ACCOUNT, Answer, Refusal};
use std::collections::BTreeMap;

/// How many tags a resource may have (aws-facts.md A.2).
const TAGS: usize = 50;

/// TagResource.
pub fn tag(call: &mut Conversation) -> Result<Answer, Refusal> {
    let arn = resource(call)?;
    let added = read(Some(&shapes::read(&call.request.body, "Tags", &others::TAGS)?))?;
    let mut tags = call.state.tags.remove(&arn).unwrap_or_default();
    tags.extend(added);
    check_count(&tags)?;
    call.state.tags.insert(arn, tags);
    Ok(conversation::no_content())
}

/// UntagResource.
pub fn untag(call: &mut Conversation) -> Result<Answer, Refusal> {
    let arn = resource(call)?;
    let keys = shapes::read(&call.request.body, "TagKeys", &others::TAG_KEYS)?;
    let tags = call.state.tags.entry(arn).or_default();
    for key in keys.child("Items").map_or(&[][..], |items| &items.children) {
        tags.remove(&key.text);
    }
    Ok(conversation::no_content())
}

/// ListTagsForResource.
pub fn list(call: &mut Conversation) -> Result<Answer, Refusal> {
    let arn = resource(call)?;
    let items = call.state.tags.get(&arn).into_iter().flatten().map(|(key, value)| {
        Element::new("Tag").with(Element::leaf("Key", key)).with(Element::leaf("Value", value))
    });
    Ok(document(200, &Element::new("Tags").with(Element::new("Items").with_all(items))))
}

/// Reads and checks the tags in a body.
pub fn read(tags: Option<&Element>) -> Result<BTreeMap<String, String>, Refusal> {
    let items = tags.and_then(|tags| tags.child("Items")).map_or(&[][..], |items| &items.children);
    let mut read = BTreeMap::new();
    for item in items {
        let (key, value) = (item.text_at("Key"), item.text_at("Value"));
        check(key, value)?;
        if read.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(refusal("InvalidTagging", "The tags have a key twice."));
        }
    }
    check_count(&read)?;
    Ok(read)
}

fn check(key: &str, value: &str) -> Result<(), Refusal> {
    let allowed =
        |text: &str| text.chars().all(|letter| letter.is_alphanumeric() || " _.:/=+-@".contains(letter));
    let problem = match key.chars().count() {
        0 | 129.. => "A tag's key has between 1 and 128 characters.",
        _ if value.chars().count() > 256 => "A tag's value has at most 256 characters.",
        _ if !allowed(key) || !allowed(value) => "A tag has a character that is not allowed.",
        _ if key.to_lowercase().starts_with("aws:") => "Keys that begin with aws: are AWS's own.",
        _ => return Ok(()),
    };
    Err(refusal("InvalidTagging", problem))
}

fn check_count(tags: &BTreeMap<String, String>) -> Result<(), Refusal> {
    if tags.len() > TAGS {
        return Err(refusal("InvalidTagging", format!("A resource has at most {TAGS} tags.")));
    }
    Ok(())
}

fn resource(call: &Conversation) -> Result<String, Refusal> {
    let arn = call.request.query("Resource").unwrap_or_default();
    if !arn.starts_with("arn:aws:cloudfront::") {
        return Err(refusal("InvalidArgument", "The parameter Resource is not a valid ARN."));
    }
    if !exists(&call.state, arn) {
        return Err(refusal("NoSuchResource", "The resource does not exist."));
    }
    Ok(arn.to_owned())
}

fn exists(state: &State, arn: &str) -> bool {
    let Some((kind, id)) =
        arn.strip_prefix(&format!("arn:aws:cloudfront::{ACCOUNT}:")).and_then(|rest| rest.split_once('/'))
    else {
        return false;
    };
    match kind {
        "distribution" => state.distributions.contains_key(id),
        "function" => state.functions.contains_key(id),
        "key-value-store" => state.key_value_stores.values().any(|store| store.id == id),
        _ => false,
    }
}
