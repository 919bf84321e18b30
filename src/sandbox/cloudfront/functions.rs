//! CloudFront Functions: a stage to work on, and a stage that distributions run.

use super::conversation::{self, Conversation, document, timestamp, versioned, with_header};
use super::element::Element;
use super::refusals::refusal;
use super::rules::{self, function::Draft};
use super::shapes::{self, others};
use super::state::{Function, Stage, State};
use super::{tags, usage};
use crate::sandbox::call::{ACCOUNT, Answer, Refusal};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;

/// How many functions an account may have (aws-facts.md B, default quotas).
const FUNCTIONS: usize = 100;

/// A function's ARN; both stages share it.
pub fn arn(name: &str) -> String {
    format!("arn:aws:cloudfront::{ACCOUNT}:function/{name}")
}

/// CreateFunction.
pub fn create(call: &mut Conversation) -> Result<Answer, Refusal> {
    let body = shapes::read(&call.request.body, "CreateFunctionRequest", &others::CREATE_FUNCTION)?;
    let name = body.text_at("Name").to_owned();
    let tags = tags::read(body.child("Tags"))?;
    check_draft(call, &body, &name)?;
    if call.state.functions.contains_key(&name) {
        let message = "A function with the same name already exists in this AWS account.";
        return Err(refusal("FunctionAlreadyExists", message));
    }
    if call.state.functions.len() >= FUNCTIONS {
        return Err(refusal(
            "TooManyFunctions",
            "You have reached the maximum number of CloudFront functions.",
        ));
    }
    let etag = call.state.next_id('E');
    let stage = Stage {
        etag: etag.clone(),
        created: call.now(),
        modified: call.now(),
        config: body.child("FunctionConfig").cloned().unwrap_or_default(),
        code: body.text_at("FunctionCode").to_owned(),
    };
    if !tags.is_empty() {
        call.state.tags.insert(arn(&name), tags);
    }
    call.state.functions.insert(name.clone(), Function { development: stage.clone(), live: None });
    let summary = summary(&call.state, &name, "DEVELOPMENT", &stage);
    Ok(conversation::created(&format!("function/{name}"), &etag, &summary))
}

/// DescribeFunction.
pub fn describe(call: &mut Conversation) -> Result<Answer, Refusal> {
    let (name, stage) = staged(call)?;
    Ok(versioned(200, &stage.etag, &summary(&call.state, call.id(), name, stage)))
}

/// GetFunction: the bare code.
pub fn get(call: &mut Conversation) -> Result<Answer, Refusal> {
    let (_, stage) = staged(call)?;
    let code = BASE64_STANDARD.decode(&stage.code).unwrap_or_default();
    let answer = Answer { status: 200, headers: Vec::new(), body: Bytes::from(code) };
    Ok(with_header(with_header(answer, "etag", &stage.etag), "content-type", "application/octet-stream"))
}

/// UpdateFunction: changes what is worked on, never what distributions run.
pub fn update(call: &mut Conversation) -> Result<Answer, Refusal> {
    let name = call.id().to_owned();
    let mut stage = find(&call.state, &name)?.development.clone();
    call.check_version(&stage.etag)?;
    let body = shapes::read(&call.request.body, "UpdateFunctionRequest", &others::UPDATE_FUNCTION)?;
    check_draft(call, &body, &name)?;
    stage.config = body.child("FunctionConfig").cloned().unwrap_or_default();
    stage.code = body.text_at("FunctionCode").to_owned();
    stage.etag = call.state.next_id('E');
    stage.modified = call.now();
    let answer = versioned(200, &stage.etag, &summary(&call.state, &name, "DEVELOPMENT", &stage));
    // The service model misspells this one header, and clients read it misspelt.
    let answer = with_header(answer, "ettag", &stage.etag);
    if let Some(function) = call.state.functions.get_mut(&name) {
        function.development = stage;
    }
    Ok(answer)
}

/// PublishFunction: distributions run what was worked on.
pub fn publish(call: &mut Conversation) -> Result<Answer, Refusal> {
    let name = call.id().to_owned();
    let function = find(&call.state, &name)?.clone();
    call.check_version(&function.development.etag)?;
    let created = function.live.as_ref().map_or(call.now(), |live| live.created);
    let live = Stage {
        etag: call.state.next_id('E'),
        created,
        modified: call.now(),
        ..function.development.clone()
    };
    let function = Function { development: function.development, live: Some(live.clone()) };
    call.state.functions.insert(name.clone(), function);
    Ok(document(200, &summary(&call.state, &name, "LIVE", &live)))
}

/// TestFunction. The sandbox holds no JavaScript engine: everything that is checked before a run is checked,
/// and a run is refused in so many words.
pub fn test(call: &mut Conversation) -> Result<Answer, Refusal> {
    let function = find(&call.state, call.id())?;
    let body = shapes::read(&call.request.body, "TestFunctionRequest", &others::TEST_FUNCTION)?;
    let stage = match body.text_at("Stage") {
        "LIVE" => function.live.as_ref().ok_or_else(no_such)?,
        _ => &function.development,
    };
    call.check_version(&stage.etag)?;
    let event = BASE64_STANDARD.decode(body.text_at("EventObject")).unwrap_or_default();
    if serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&event).is_err() {
        return Err(refusal("InvalidArgument", "The parameter EventObject is invalid."));
    }
    Err(refusal("UnsupportedOperation", "The sandbox does not run JavaScript, so it can't test functions."))
}

/// DeleteFunction: only once no distribution runs it (aws-facts.md A.2, K32).
pub fn delete(call: &mut Conversation) -> Result<Answer, Refusal> {
    let name = call.id().to_owned();
    call.check_version(&find(&call.state, &name)?.development.etag)?;
    let arn = arn(&name);
    if usage::distributions_with_function(&call.state, &arn).next().is_some() {
        let message = "Cannot delete function, it is in use by one or more distributions.";
        return Err(refusal("FunctionInUse", message));
    }
    call.state.functions.remove(&name);
    call.state.tags.remove(&arn);
    Ok(conversation::no_content())
}

/// ListFunctions: one stage, or both.
pub fn list(call: &mut Conversation) -> Result<Answer, Refusal> {
    let wanted = call.request.query("Stage").unwrap_or_default();
    if !matches!(wanted, "" | "DEVELOPMENT" | "LIVE") {
        return Err(refusal("InvalidArgument", "The parameter Stage is invalid."));
    }
    let stages = call.state.functions.iter().flat_map(|(name, function)| {
        let live = function.live.as_ref().map(|stage| ("LIVE", stage));
        [Some(("DEVELOPMENT", &function.development)), live]
            .into_iter()
            .flatten()
            .map(move |(stage, at)| (name, stage, at))
    });
    let wanted = stages.filter(|(_, stage, _)| wanted.is_empty() || wanted == *stage);
    let keyed =
        wanted.map(|(name, stage, at)| (format!("{name}/{stage}"), summary(&call.state, name, stage, at)));
    let page = call.page(keyed.collect())?.write_short("FunctionList", |summary| summary);
    Ok(document(200, &page))
}

fn find<'a>(state: &'a State, name: &str) -> Result<&'a Function, Refusal> {
    state.functions.get(name).ok_or_else(no_such)
}

fn no_such() -> Refusal {
    refusal("NoSuchFunctionExists", "The specified function does not exist.")
}

fn staged<'a>(call: &'a Conversation) -> Result<(&'static str, &'a Stage), Refusal> {
    let function = find(&call.state, call.id())?;
    match call.request.query("Stage") {
        None | Some("" | "DEVELOPMENT") => Ok(("DEVELOPMENT", &function.development)),
        Some("LIVE") => Ok(("LIVE", function.live.as_ref().ok_or_else(no_such)?)),
        Some(_) => Err(refusal("InvalidArgument", "The parameter Stage is invalid.")),
    }
}

fn check_draft(call: &Conversation, body: &Element, name: &str) -> Result<(), Refusal> {
    let config = body.child("FunctionConfig").cloned().unwrap_or_default();
    let code = BASE64_STANDARD
        .decode(body.text_at("FunctionCode"))
        .map_err(|_| refusal("InvalidArgument", "The parameter FunctionCode is invalid."))?;
    let draft = Draft { name, config: &config, code: &code, state: &call.state };
    rules::hold(&draft, rules::function::RULES)
}

fn summary(state: &State, name: &str, stage_name: &str, stage: &Stage) -> Element {
    let published = state.functions.get(name).is_some_and(|function| function.live.is_some());
    let associated = usage::distributions_with_function(state, &arn(name)).next().is_some();
    let status = match (published, associated) {
        (false, _) => "UNPUBLISHED",
        (true, false) => "UNASSOCIATED",
        (true, true) => "DEPLOYED",
    };
    let metadata = Element::new("FunctionMetadata")
        .with(Element::leaf("FunctionARN", arn(name)))
        .with(Element::leaf("Stage", stage_name))
        .with(Element::leaf("CreatedTime", timestamp(stage.created)))
        .with(Element::leaf("LastModifiedTime", timestamp(stage.modified)));
    Element::new("FunctionSummary")
        .with(Element::leaf("Name", name))
        .with(Element::leaf("Status", status))
        .with(stage.config.clone())
        .with(metadata)
}
