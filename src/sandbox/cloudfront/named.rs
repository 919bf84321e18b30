//! Origin access controls and policies: four kinds of one thing, a configuration with a name that is unique
//! among its kind and that distributions refer to by id.

use super::conversation::{self, Conversation, document, timestamp, versioned};
use super::element::Element;
use super::managed;
use super::refusals::refusal;
use super::rules::{self, Configurations, Rule};
use super::shapes::{self, Shape, policies};
use super::state::{Named, State};
use super::usage;
use crate::sandbox::call::{Answer, Refusal};

/// One kind.
pub struct Kind {
    /// The first part of its paths.
    pub path: &'static str,
    /// The tag of one of them; its configuration, list and summary are named after it.
    pub object: &'static str,
    /// Its plural, as in `TooManyCachePolicies`.
    pub plural: &'static str,
    /// Its name in messages.
    pub words: &'static str,
    /// How many an account may have (aws-facts.md B, default quotas).
    pub quota: usize,
    shape: &'static Shape,
    rules: &'static [Rule<Configurations>],
    /// What a list shows of an origin access control; a policy is shown whole.
    summary: Option<&'static [&'static str]>,
}

/// Origin access controls.
pub const ORIGIN_ACCESS_CONTROL: Kind = Kind {
    path: "origin-access-control",
    object: "OriginAccessControl",
    plural: "OriginAccessControls",
    words: "origin access control",
    quota: 100,
    shape: &policies::ORIGIN_ACCESS_CONTROL_CONFIG,
    rules: rules::origin_access_control::RULES,
    summary: Some(&[
        "Description",
        "Name",
        "SigningProtocol",
        "SigningBehavior",
        "OriginAccessControlOriginType",
    ]),
};

/// Cache policies.
pub const CACHE_POLICY: Kind = Kind {
    path: "cache-policy",
    object: "CachePolicy",
    plural: "CachePolicies",
    words: "cache policy",
    quota: 20,
    shape: &policies::CACHE_POLICY_CONFIG,
    rules: rules::cache_policy::RULES,
    summary: None,
};

/// Origin request policies.
pub const ORIGIN_REQUEST_POLICY: Kind = Kind {
    path: "origin-request-policy",
    object: "OriginRequestPolicy",
    plural: "OriginRequestPolicies",
    words: "origin request policy",
    quota: 20,
    shape: &policies::ORIGIN_REQUEST_POLICY_CONFIG,
    rules: rules::origin_request_policy::RULES,
    summary: None,
};

/// Response headers policies.
pub const RESPONSE_HEADERS_POLICY: Kind = Kind {
    path: "response-headers-policy",
    object: "ResponseHeadersPolicy",
    plural: "ResponseHeadersPolicies",
    words: "response headers policy",
    quota: 20,
    shape: &policies::RESPONSE_HEADERS_POLICY_CONFIG,
    rules: rules::response_headers_policy::RULES,
    summary: None,
};

impl Kind {
    /// Every one of this kind that the account made, by id.
    pub fn own<'a>(&self, state: &'a State) -> impl Iterator<Item = &'a Named> + use<'a> {
        state.named.get(self.object).into_iter().flat_map(|named| named.values())
    }

    /// The one of this id, be it the account's or AWS's own.
    pub fn find(&self, state: &State, id: &str) -> Option<Named> {
        let own = state.named.get(self.object).and_then(|named| named.get(id)).cloned();
        own.or_else(|| managed::all(self.object).into_iter().find(|named| named.id == id))
    }

    fn config_name(&self) -> String {
        format!("{}Config", self.object)
    }

    fn no_such(&self) -> Refusal {
        refusal(&format!("NoSuch{}", self.object), format!("The {} does not exist.", self.words))
    }

    fn is_managed(&self, id: &str) -> bool {
        managed::all(self.object).iter().any(|named| named.id == id)
    }
}

/// Creates one.
pub fn create(call: &mut Conversation, kind: &Kind) -> Result<Answer, Refusal> {
    let config = read_config(call, kind)?;
    check_name(&call.state, kind, &config, None)?;
    if kind.own(&call.state).count() >= kind.quota {
        let message = format!("You have reached the maximum number of {} for this AWS account.", kind.plural);
        return Err(refusal(&format!("TooMany{}", kind.plural), message));
    }
    let id = if kind.summary.is_some() { call.state.next_id('E') } else { call.state.next_uuid() };
    let named = Named { id: id.clone(), etag: call.state.next_id('E'), modified: call.now(), config };
    let answer = conversation::created(&format!("{}/{id}", kind.path), &named.etag, &write(kind, &named));
    call.state.named.entry(kind.object.to_owned()).or_default().insert(id, named);
    Ok(answer)
}

/// Gives one back, with its id.
pub fn get(call: &mut Conversation, kind: &Kind) -> Result<Answer, Refusal> {
    let named = kind.find(&call.state, call.id()).ok_or_else(|| kind.no_such())?;
    Ok(versioned(200, &named.etag, &write(kind, &named)))
}

/// Gives its configuration back.
pub fn get_config(call: &mut Conversation, kind: &Kind) -> Result<Answer, Refusal> {
    let named = kind.find(&call.state, call.id()).ok_or_else(|| kind.no_such())?;
    Ok(versioned(200, &named.etag, &named.config.named(&kind.config_name())))
}

/// Replaces its configuration.
pub fn update(call: &mut Conversation, kind: &Kind) -> Result<Answer, Refusal> {
    let id = call.id().to_owned();
    let mut named = kind.find(&call.state, &id).ok_or_else(|| kind.no_such())?;
    if kind.is_managed(&id) {
        return Err(refusal("IllegalUpdate", "You cannot update a managed policy."));
    }
    call.check_version(&named.etag)?;
    named.config = read_config(call, kind)?;
    check_name(&call.state, kind, &named.config, Some(&id))?;
    named.etag = call.state.next_id('E');
    named.modified = call.now();
    let answer = versioned(200, &named.etag, &write(kind, &named));
    call.state.named.entry(kind.object.to_owned()).or_default().insert(id, named);
    Ok(answer)
}

/// Deletes one that no distribution refers to (aws-facts.md A.2, K32).
pub fn delete(call: &mut Conversation, kind: &Kind) -> Result<Answer, Refusal> {
    let id = call.id().to_owned();
    let named = kind.find(&call.state, &id).ok_or_else(|| kind.no_such())?;
    if kind.is_managed(&id) {
        return Err(refusal("IllegalDelete", "You cannot delete a managed policy."));
    }
    call.check_version(&named.etag)?;
    if usage::distributions_with(&call.state, kind, &id).next().is_some() {
        let message =
            format!("Cannot delete the {} because it is in use by one or more distributions.", kind.words);
        return Err(refusal(&format!("{}InUse", kind.object), message));
    }
    call.state.named.entry(kind.object.to_owned()).or_default().remove(&id);
    Ok(conversation::no_content())
}

/// Lists the account's own, AWS's, or both.
pub fn list(call: &mut Conversation, kind: &Kind) -> Result<Answer, Refusal> {
    let own = || kind.own(&call.state).cloned().map(|named| ("custom", named));
    let managed = || managed::all(kind.object).into_iter().map(|named| ("managed", named));
    let mut listed: Vec<(&str, Named)> = match call.request.query("Type") {
        None | Some("") => managed().chain(own()).collect(),
        Some("custom") => own().collect(),
        Some("managed") => managed().collect(),
        Some(_) => return Err(refusal("InvalidArgument", "The parameter Type is invalid.")),
    };
    listed.sort_by(|(_, one), (_, other)| one.id.cmp(&other.id));
    let page = call.page(listed.into_iter().map(|item| (item.1.id.clone(), item)).collect())?;
    let (list, summary) = (format!("{}List", kind.object), format!("{}Summary", kind.object));
    let element = match kind.summary {
        Some(shown) => page.write(&list, |(_, named)| summarised(&named, &summary, shown)),
        None => page.write_short(&list, |(origin, named)| {
            Element::new(&summary).with(Element::leaf("Type", origin)).with(write(kind, &named))
        }),
    };
    Ok(document(200, &element))
}

fn read_config(call: &Conversation, kind: &Kind) -> Result<Element, Refusal> {
    let mut config = shapes::read(&call.request.body, &kind.config_name(), kind.shape)?;
    shapes::fill(&mut config, kind.shape);
    rules::hold(&config, kind.rules)?;
    Ok(config)
}

/// Names are unique among a kind, managed ones included (aws-facts.md A.2, K18).
fn check_name(state: &State, kind: &Kind, config: &Element, except: Option<&str>) -> Result<(), Refusal> {
    let name = config.text_at("Name");
    let managed = managed::all(kind.object);
    let mut others = kind.own(state).chain(&managed).filter(|named| Some(named.id.as_str()) != except);
    if others.any(|other| other.config.text_at("Name") == name) {
        let article = if kind.words.starts_with('o') { "An" } else { "A" };
        let message = format!("{article} {} with the same name already exists.", kind.words);
        return Err(refusal(&format!("{}AlreadyExists", kind.object), message));
    }
    Ok(())
}

fn write(kind: &Kind, named: &Named) -> Element {
    let element = Element::new(kind.object).with(Element::leaf("Id", &named.id));
    let dated = kind.summary.is_none().then(|| Element::leaf("LastModifiedTime", timestamp(named.modified)));
    element.with_all(dated).with(named.config.clone().named(&kind.config_name()))
}

fn summarised(named: &Named, tag: &str, shown: &[&str]) -> Element {
    let fields = shown.iter().filter_map(|name| named.config.child(name)).cloned();
    Element::new(tag).with(Element::leaf("Id", &named.id)).with_all(fields)
}
