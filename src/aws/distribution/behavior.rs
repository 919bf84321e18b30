//! One behaviour, both ways. CloudFront has two types for it, of which one also has a path.

#![expect(deprecated, reason = "a behaviour made in the older way must be freed of its own lifetimes")]

use super::read::reference;
use crate::aws::request::{quantity, resolved};
use crate::blueprint::answers::{EdgeEvent, PlainHttp};
use crate::blueprint::distribution::{Behavior, EdgeCall, PathBehavior};
use crate::blueprint::resource::Ref;
use aws_sdk_cloudfront::error::BuildError;
use aws_sdk_cloudfront::types::{
    self, AllowedMethods, CacheBehavior, CachedMethods, DefaultCacheBehavior, EventType, FunctionAssociation,
    FunctionAssociations, LambdaFunctionAssociation, LambdaFunctionAssociations, Method, TrustedKeyGroups,
    TrustedSigners, ViewerProtocolPolicy,
};
use std::collections::BTreeMap;

/// The fields of either type that a [`Behavior`] speaks of, or that clash with those.
struct Fields<'a> {
    target: &'a mut String,
    protocol: &'a mut ViewerProtocolPolicy,
    methods: &'a mut Option<AllowedMethods>,
    compress: &'a mut Option<bool>,
    cache_policy: &'a mut Option<String>,
    response_headers_policy: &'a mut Option<String>,
    functions: &'a mut Option<FunctionAssociations>,
    lambda_functions: &'a mut Option<LambdaFunctionAssociations>,
    forwarded_values: &'a mut Option<types::ForwardedValues>,
    ttls: [&'a mut Option<i64>; 3],
}

macro_rules! fields {
    ($behavior:expr) => {
        Fields {
            target: &mut $behavior.target_origin_id,
            protocol: &mut $behavior.viewer_protocol_policy,
            methods: &mut $behavior.allowed_methods,
            compress: &mut $behavior.compress,
            cache_policy: &mut $behavior.cache_policy_id,
            response_headers_policy: &mut $behavior.response_headers_policy_id,
            functions: &mut $behavior.function_associations,
            lambda_functions: &mut $behavior.lambda_function_associations,
            forwarded_values: &mut $behavior.forwarded_values,
            ttls: [&mut $behavior.min_ttl, &mut $behavior.default_ttl, &mut $behavior.max_ttl],
        }
    };
}

/// What every path without a behaviour of its own gets.
pub fn read_default(mut behavior: DefaultCacheBehavior) -> Behavior {
    fields!(behavior).read()
}

/// What some paths get.
pub fn read_path(mut behavior: CacheBehavior) -> PathBehavior {
    PathBehavior { behavior: fields!(behavior).read(), path: behavior.path_pattern }
}

/// The default behaviour as `wanted`, with all else kept.
pub fn merge_default(
    mut behavior: DefaultCacheBehavior,
    wanted: &Behavior,
) -> Result<DefaultCacheBehavior, BuildError> {
    fields!(behavior).write(wanted)?;
    Ok(behavior)
}

/// A path's behaviour as `wanted`, with all else kept.
pub fn merge_path(mut behavior: CacheBehavior, wanted: &PathBehavior) -> Result<CacheBehavior, BuildError> {
    fields!(behavior).write(&wanted.behavior)?;
    Ok(behavior)
}

/// A default behaviour that was not there before.
pub fn new_default(wanted: &Behavior) -> Result<DefaultCacheBehavior, BuildError> {
    let neutral = Neutral::new()?;
    let behavior = DefaultCacheBehavior::builder()
        .target_origin_id(&wanted.target)
        .viewer_protocol_policy(protocol(wanted.plain_http))
        .trusted_signers(neutral.trusted_signers)
        .trusted_key_groups(neutral.trusted_key_groups)
        .smooth_streaming(false)
        .lambda_function_associations(neutral.lambda_functions)
        .function_associations(neutral.functions)
        .field_level_encryption_id("")
        .build()?;
    merge_default(behavior, wanted)
}

/// A path's behaviour that was not there before.
pub fn new_path(wanted: &PathBehavior) -> Result<CacheBehavior, BuildError> {
    let neutral = Neutral::new()?;
    let behavior = CacheBehavior::builder()
        .path_pattern(&wanted.path)
        .target_origin_id(&wanted.behavior.target)
        .viewer_protocol_policy(protocol(wanted.behavior.plain_http))
        .trusted_signers(neutral.trusted_signers)
        .trusted_key_groups(neutral.trusted_key_groups)
        .smooth_streaming(false)
        .lambda_function_associations(neutral.lambda_functions)
        .function_associations(neutral.functions)
        .field_level_encryption_id("")
        .build()?;
    merge_path(behavior, wanted)
}

/// What may be left out when a distribution is made, but must be there when it is updated
/// (aws-facts.md B).
struct Neutral {
    trusted_signers: TrustedSigners,
    trusted_key_groups: TrustedKeyGroups,
    lambda_functions: LambdaFunctionAssociations,
    functions: FunctionAssociations,
}

impl Neutral {
    fn new() -> Result<Self, BuildError> {
        Ok(Neutral {
            trusted_signers: TrustedSigners::builder().enabled(false).quantity(0).build()?,
            trusted_key_groups: TrustedKeyGroups::builder().enabled(false).quantity(0).build()?,
            lambda_functions: LambdaFunctionAssociations::builder().quantity(0).build()?,
            functions: FunctionAssociations::builder().quantity(0).build()?,
        })
    }
}

impl Fields<'_> {
    fn read(self) -> Behavior {
        Behavior {
            target: self.target.clone(),
            plain_http: plain_http(self.protocol),
            options_allowed: allowed(self.methods.as_ref()).contains(&Method::Options),
            compress: self.compress.unwrap_or(false),
            cache_policy: reference(self.cache_policy.as_deref()),
            response_headers_policy: self
                .response_headers_policy
                .as_ref()
                .filter(|id| !id.is_empty())
                .map(|id| Ref::Known(id.clone())),
            viewer_request_function: associated(self.functions.as_ref())
                .iter()
                .find(|function| function.event_type == EventType::ViewerRequest)
                .map(|function| Ref::Known(function.function_arn.clone())),
            edge: edge_calls(self.lambda_functions.as_ref()),
        }
    }

    fn write(self, wanted: &Behavior) -> Result<(), BuildError> {
        *self.target = wanted.target.clone();
        *self.protocol = protocol(wanted.plain_http);
        *self.methods = Some(methods(self.methods.as_ref(), wanted.options_allowed)?);
        *self.compress = Some(wanted.compress);
        *self.response_headers_policy = wanted.response_headers_policy.as_ref().map(resolved);
        *self.functions = Some(functions(self.functions.as_ref(), wanted)?);
        *self.lambda_functions = Some(lambda_functions(self.lambda_functions.as_ref(), wanted)?);
        *self.cache_policy = Some(resolved(&wanted.cache_policy));
        // A cache policy does not go with the older way to say the same (aws-facts.md K14).
        *self.forwarded_values = None;
        self.ttls.into_iter().for_each(|ttl| *ttl = None);
        Ok(())
    }
}

/// What CloudFront does not say, or says in a word that we don't know, reads as the most permissive, which
/// a profile rarely asks for, so that it shows as drift.
fn plain_http(observed: &ViewerProtocolPolicy) -> PlainHttp {
    match observed {
        ViewerProtocolPolicy::RedirectToHttps => PlainHttp::Redirect,
        ViewerProtocolPolicy::HttpsOnly => PlainHttp::HttpsOnly,
        _ => PlainHttp::Allow,
    }
}

fn protocol(wanted: PlainHttp) -> ViewerProtocolPolicy {
    match wanted {
        PlainHttp::Redirect => ViewerProtocolPolicy::RedirectToHttps,
        PlainHttp::HttpsOnly => ViewerProtocolPolicy::HttpsOnly,
        PlainHttp::Allow => ViewerProtocolPolicy::AllowAll,
    }
}

/// The methods that are let through, and of the cached ones those that still are.
fn methods(present: Option<&AllowedMethods>, options: bool) -> Result<AllowedMethods, BuildError> {
    let allowed = match options {
        true => vec![Method::Get, Method::Head, Method::Options],
        false => vec![Method::Get, Method::Head],
    };
    let cached = match present.and_then(|methods| methods.cached_methods.as_ref()) {
        Some(cached) => {
            cached.items.iter().filter(|method| allowed.contains(method)).cloned().collect::<Vec<_>>()
        }
        None => vec![Method::Get, Method::Head],
    };
    let cached = CachedMethods::builder().quantity(quantity(&cached)).set_items(Some(cached)).build()?;
    AllowedMethods::builder()
        .quantity(quantity(&allowed))
        .set_items(Some(allowed))
        .cached_methods(cached)
        .build()
}

fn allowed(methods: Option<&AllowedMethods>) -> &[Method] {
    methods.map(|methods| methods.items.as_slice()).unwrap_or_default()
}

fn associated(functions: Option<&FunctionAssociations>) -> &[FunctionAssociation] {
    functions.and_then(|functions| functions.items.as_deref()).unwrap_or_default()
}

/// Ours on viewer requests; whatever runs on another event stays.
fn functions(
    present: Option<&FunctionAssociations>,
    wanted: &Behavior,
) -> Result<FunctionAssociations, BuildError> {
    let others =
        associated(present).iter().filter(|function| function.event_type != EventType::ViewerRequest);
    let mut items: Vec<_> = others.cloned().collect();
    if let Some(function) = &wanted.viewer_request_function {
        let ours = FunctionAssociation::builder()
            .function_arn(resolved(function))
            .event_type(EventType::ViewerRequest)
            .build()?;
        items.push(ours);
    }
    FunctionAssociations::builder()
        .quantity(quantity(&items))
        .set_items((!items.is_empty()).then_some(items))
        .build()
}

/// Our functions by event. Those of others are not ours to speak of.
fn edge_calls(present: Option<&LambdaFunctionAssociations>) -> BTreeMap<EdgeEvent, EdgeCall> {
    let call = |item: &LambdaFunctionAssociation| {
        let function = Ref::Known(item.lambda_function_arn.clone());
        let include_body = item.include_body.unwrap_or(false);
        Some((edge_event(&item.event_type)?, EdgeCall { function, include_body }))
    };
    at_the_edge(present).iter().filter(|item| is_ours(item)).filter_map(call).collect()
}

fn at_the_edge(functions: Option<&LambdaFunctionAssociations>) -> &[LambdaFunctionAssociation] {
    functions.and_then(|functions| functions.items.as_deref()).unwrap_or_default()
}

fn is_ours(item: &LambdaFunctionAssociation) -> bool {
    item.lambda_function_arn.contains(":function:sitecast_")
}

fn edge_event(observed: &EventType) -> Option<EdgeEvent> {
    match observed {
        EventType::ViewerRequest => Some(EdgeEvent::ViewerRequest),
        EventType::OriginRequest => Some(EdgeEvent::OriginRequest),
        EventType::OriginResponse => Some(EdgeEvent::OriginResponse),
        EventType::ViewerResponse => Some(EdgeEvent::ViewerResponse),
        _ => None,
    }
}

fn event_type(wanted: EdgeEvent) -> EventType {
    match wanted {
        EdgeEvent::ViewerRequest => EventType::ViewerRequest,
        EdgeEvent::OriginRequest => EventType::OriginRequest,
        EdgeEvent::OriginResponse => EventType::OriginResponse,
        EdgeEvent::ViewerResponse => EventType::ViewerResponse,
    }
}

/// Ours on the events that they are for; what others have on another event stays.
fn lambda_functions(
    present: Option<&LambdaFunctionAssociations>,
    wanted: &Behavior,
) -> Result<LambdaFunctionAssociations, BuildError> {
    let ours = wanted.edge.iter().map(|(event, call)| {
        LambdaFunctionAssociation::builder()
            .lambda_function_arn(resolved(&call.function))
            .event_type(event_type(*event))
            .include_body(call.include_body)
            .build()
    });
    let mut items = ours.collect::<Result<Vec<_>, _>>()?;
    let is_free = |item: &&LambdaFunctionAssociation| {
        edge_event(&item.event_type).is_none_or(|event| !wanted.edge.contains_key(&event))
    };
    let others = at_the_edge(present).iter().filter(|item| !is_ours(item)).filter(is_free);
    items.extend(others.cloned());
    LambdaFunctionAssociations::builder()
        .quantity(quantity(&items))
        .set_items((!items.is_empty()).then_some(items))
        .build()
}
