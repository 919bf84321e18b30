//! Key-value stores, as far as CloudFront's own API goes; their pairs belong to a service of their own.

use super::conversation::{self, Conversation, document, timestamp, versioned};
use super::element::Element;
use super::refusals::refusal;
use super::rules::{self, key_value_store::Wish};
use super::shapes::{self, others};
use super::state::{KeyValueStore, State};
use super::{tags, usage};
use crate::sandbox::call::{ACCOUNT, Answer, Refusal};
use crate::sandbox::pace::Wait;
use time::OffsetDateTime;

/// How many stores an account may have (aws-facts.md D.7).
const STORES: usize = 200;

/// A store's ARN.
pub fn arn(store: &KeyValueStore) -> String {
    format!("arn:aws:cloudfront::{ACCOUNT}:key-value-store/{}", store.id)
}

/// CreateKeyValueStore. It is READY after about as long as a Lambda function takes to be Active.
pub fn create(call: &mut Conversation) -> Result<Answer, Refusal> {
    let body =
        shapes::read(&call.request.body, "CreateKeyValueStoreRequest", &others::CREATE_KEY_VALUE_STORE)?;
    let (name, comment) = (body.text_at("Name").to_owned(), body.text_at("Comment").to_owned());
    let tags = tags::read(body.child("Tags"))?;
    rules::hold(&Wish { name: &name, comment: &comment }, rules::key_value_store::RULES)?;
    if body.child("ImportSource").is_some() {
        return Err(refusal("UnsupportedOperation", "The sandbox does not import key-value pairs."));
    }
    if call.state.key_value_stores.contains_key(&name) {
        return Err(refusal("EntityAlreadyExists", "A key value store with the same name already exists."));
    }
    if call.state.key_value_stores.len() >= STORES {
        return Err(refusal("EntityLimitExceeded", "The entity limit has been exceeded."));
    }
    let store = KeyValueStore {
        id: call.state.next_uuid(),
        comment,
        etag: call.state.next_id('E'),
        modified: call.now(),
        ready: call.now() + call.world.pace.duration(Wait::FunctionActive),
    };
    if !tags.is_empty() {
        call.state.tags.insert(arn(&store), tags);
    }
    let answer = conversation::created(
        &format!("key-value-store/{name}"),
        &store.etag,
        &whole(&name, &store, call.now()),
    );
    call.state.key_value_stores.insert(name, store);
    Ok(answer)
}

/// DescribeKeyValueStore.
pub fn describe(call: &mut Conversation) -> Result<Answer, Refusal> {
    let store = find(&call.state, call.id())?;
    Ok(versioned(200, &store.etag, &whole(call.id(), store, call.now())))
}

/// UpdateKeyValueStore: the comment.
pub fn update(call: &mut Conversation) -> Result<Answer, Refusal> {
    let name = call.id().to_owned();
    let mut store = find(&call.state, &name)?.clone();
    call.check_version(&store.etag)?;
    let body =
        shapes::read(&call.request.body, "UpdateKeyValueStoreRequest", &others::UPDATE_KEY_VALUE_STORE)?;
    store.comment = body.text_at("Comment").to_owned();
    rules::hold(&Wish { name: &name, comment: &store.comment }, rules::key_value_store::RULES)?;
    store.etag = call.state.next_id('E');
    store.modified = call.now();
    let answer = versioned(200, &store.etag, &whole(&name, &store, call.now()));
    call.state.key_value_stores.insert(name, store);
    Ok(answer)
}

/// DeleteKeyValueStore: only once no function uses it (aws-facts.md K32).
pub fn delete(call: &mut Conversation) -> Result<Answer, Refusal> {
    let name = call.id().to_owned();
    let store = find(&call.state, &name)?;
    call.check_version(&store.etag)?;
    let arn = arn(store);
    let uses = |config: &Element| usage::refers(config, "KeyValueStoreARN", &arn);
    let mut functions = call.state.functions.values();
    if functions.any(|function| {
        uses(&function.development.config) || function.live.as_ref().is_some_and(|live| uses(&live.config))
    }) {
        let message = "The entity cannot be deleted while it is in use.";
        return Err(refusal("CannotDeleteEntityWhileInUse", message));
    }
    call.state.key_value_stores.remove(&name);
    call.state.tags.remove(&arn);
    Ok(conversation::no_content())
}

/// ListKeyValueStores.
pub fn list(call: &mut Conversation) -> Result<Answer, Refusal> {
    let wanted = call.request.query("Status").unwrap_or_default();
    let stores = call.state.key_value_stores.iter();
    let stores = stores.filter(|(_, store)| wanted.is_empty() || wanted == status(store, call.now()));
    let keyed = stores.map(|(name, store)| (name.clone(), whole(name, store, call.now()))).collect();
    Ok(document(200, &call.page(keyed)?.write_short("KeyValueStoreList", |store| store)))
}

fn find<'a>(state: &'a State, name: &str) -> Result<&'a KeyValueStore, Refusal> {
    state.key_value_stores.get(name).ok_or_else(|| refusal("EntityNotFound", "The entity was not found."))
}

fn whole(name: &str, store: &KeyValueStore, now: OffsetDateTime) -> Element {
    Element::new("KeyValueStore")
        .with(Element::leaf("Name", name))
        .with(Element::leaf("Id", &store.id))
        .with(Element::leaf("Comment", &store.comment))
        .with(Element::leaf("ARN", arn(store)))
        .with(Element::leaf("Status", status(store, now)))
        .with(Element::leaf("LastModifiedTime", timestamp(store.modified)))
}

fn status(store: &KeyValueStore, now: OffsetDateTime) -> &'static str {
    if now < store.ready { "PROVISIONING" } else { "READY" }
}
