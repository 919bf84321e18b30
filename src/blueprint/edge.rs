//! The functions at the edge that a profile asks for: what each is made of, and where each runs.

use super::distribution::EdgeCall;
use super::domains::redirects;
use super::names;
use super::resource::{EdgeFunctionSpec, EdgeRoleSpec, Kind, Ref, ResourceId};
use super::{Facts, FolderFacts};
use crate::profile::answers::{CacheAnswers, EdgeEvent, EdgeFunction, EdgeSource, Profile, Seconds};
use crate::profile::placement::{
    EVERYTHING, PageAddresses, functions_on, page_addresses, paths_without_rule,
};
use serde_json::json;
use std::collections::BTreeMap;

/// The function of ours for the addresses of folders. No entry of a profile can be called so.
const PAGE_ADDRESSES: &str = "pretty_urls";

/// Who runs a function at the edge; both must be allowed to (aws-facts.md D.2).
const RUN_BY: &[&str] = &["edgelambda.amazonaws.com", "lambda.amazonaws.com"];

/// Every function that a profile needs at the edge and whose code can be known: the entries in it, and where
/// the folder is at hand, ours for the addresses of folders.
pub fn functions(profile: &Profile, folder: Option<&FolderFacts>) -> Vec<EdgeFunction> {
    let files = folder.map(|folder| folder.extensionless.as_slice());
    profile.edge.iter().cloned().chain(files.and_then(|files| page_function(profile, files))).collect()
}

/// Every function that a profile needs at the edge.
pub(super) fn wanted(profile: &Profile) -> Vec<EdgeFunction> {
    profile.edge.iter().cloned().chain(page_function(profile, &[])).collect()
}

/// The paths of every behaviour of the site's: those of caching rules, those of functions, and all the rest.
fn paths(profile: &Profile) -> impl Iterator<Item = &str> {
    let rules = profile.caching.rules.iter().map(|rule| rule.path.as_str());
    rules.chain(paths_without_rule(profile)).chain([EVERYTHING])
}

/// The Lambda@Edge function that stands in for the CloudFront Function where that one can't run.
fn page_function(profile: &Profile, extensionless: &[String]) -> Option<EdgeFunction> {
    let stands_in = |path| matches!(page_addresses(profile, path), PageAddresses::EdgeFunction(_));
    paths(profile).any(stands_in).then(|| EdgeFunction {
        name: PAGE_ADDRESSES.to_owned(),
        function: EdgeSource::Builtin("pretty-urls".to_owned()),
        event: EdgeEvent::ViewerRequest,
        paths: Vec::new(),
        runtime: "nodejs22.x".to_owned(),
        memory_mb: 128,
        timeout: Seconds(5),
        include_body: false,
        options: page_options(profile, extensionless),
    })
}

fn page_options(profile: &Profile, extensionless: &[String]) -> serde_json::Map<String, serde_json::Value> {
    let answers = &profile.distribution;
    let files: Vec<_> = extensionless.iter().map(|path| format!("/{path}")).collect();
    let hosts = redirects(profile.https.as_ref()).into_iter().map(|(from, to)| format!("{from} {to}"));
    let options = [
        ("index", json!(answers.index)),
        ("pretty", json!(answers.pretty_urls)),
        ("spa", json!(answers.spa)),
        ("files", json!(files)),
        ("hosts", json!(hosts.collect::<Vec<_>>())),
    ];
    options.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(super) fn role_id(site: &str) -> ResourceId {
    ResourceId::new(Kind::EdgeRole, names::resource_name(site, "edge"))
}

pub(super) fn function_id(site: &str, function: &str) -> ResourceId {
    ResourceId::new(Kind::EdgeFunction, names::edge_function_name(site, function))
}

/// The role may write the logs of this site's functions, wherever they run, and nothing else (aws-facts.md I).
pub(super) fn role(site: &str, facts: &Facts) -> EdgeRoleSpec {
    let Facts { account, partition, .. } = facts;
    let groups = names::edge_log_group(&names::resource_name(site, "*"));
    EdgeRoleSpec {
        trusted: RUN_BY.iter().map(|service| (*service).to_owned()).collect(),
        log_groups: format!("arn:{partition}:logs:*:{account}:log-group:{groups}"),
    }
}

pub(super) fn function(site: &str, entry: &EdgeFunction, facts: &Facts) -> EdgeFunctionSpec {
    let code = facts.edge.get(&entry.name);
    EdgeFunctionSpec {
        code: code.map(|code| code.hash.clone()),
        handler: code.map(|code| code.handler.clone()),
        runtime: entry.runtime.clone(),
        memory_mb: entry.memory_mb,
        timeout: entry.timeout,
        role: Ref::ArnOf(role_id(site)),
    }
}

/// What runs on each event of these paths.
pub(super) fn calls(profile: &Profile, path: &str) -> BTreeMap<EdgeEvent, EdgeCall> {
    let call = |name: &str, include_body| {
        let function = Ref::ArnOf(function_id(&profile.name, name));
        EdgeCall { function, include_body }
    };
    let entries = functions_on(profile, path).into_iter();
    let mut calls: BTreeMap<_, _> =
        entries.map(|entry| (entry.event, call(&entry.name, entry.include_body))).collect();
    if let PageAddresses::EdgeFunction(event) = page_addresses(profile, path) {
        calls.insert(event, call(PAGE_ADDRESSES, false));
    }
    calls
}

/// The caching answers of these paths with the headers in the key that functions there depend on.
pub(super) fn keyed(profile: &Profile, path: &str, answers: &CacheAnswers, facts: &Facts) -> CacheAnswers {
    let mut keyed = answers.clone();
    let code = functions_on(profile, path).into_iter().filter_map(|entry| facts.edge.get(&entry.name));
    let added: Vec<_> = code.flat_map(|code| &code.cache_key_headers).map(|it| it.to_lowercase()).collect();
    if added.is_empty() {
        return keyed;
    }
    keyed.headers.extend(added);
    keyed.headers.sort();
    keyed.headers.dedup();
    // Without a lifetime there is no key (aws-facts.md K15), and without a key the function would not get them.
    // What we send still has none, so nothing of ours is kept.
    keyed.edge.max.0 = keyed.edge.max.0.max(1);
    keyed
}

/// The caching answers of every behaviour, as keyed.
pub(super) fn all_keyed(profile: &Profile, facts: &Facts) -> Vec<CacheAnswers> {
    let default = &profile.caching.default;
    let rules = profile.caching.rules.iter().map(|rule| (rule.path.as_str(), &rule.answers));
    let others = paths_without_rule(profile).into_iter().chain([EVERYTHING]).map(|path| (path, default));
    rules.chain(others).map(|(path, answers)| keyed(profile, path, answers, facts)).collect()
}

/// What a person should know about the code.
pub(super) fn notices(profile: &Profile, facts: &Facts) -> Vec<String> {
    let code = profile.edge.iter().filter_map(|entry| Some((entry, facts.edge.get(&entry.name)?)));
    let told = code.flat_map(|(entry, code)| {
        code.warnings.iter().map(move |warning| format!("edge function {}: {warning}", entry.name))
    });
    told.collect()
}
