//! How the paths of edge functions and of caching rules share out the site.
//!
//! CloudFront takes the first behaviour whose path matches, and a behaviour has its functions for all of its
//! paths or for none. So a function's path must cover a behaviour whole or not touch it, unless what they
//! share was taken by an earlier behaviour that it does cover whole.

use super::caching::rule_path;
use super::edge::key;
use super::{Clash, View};
use crate::profile::answers::EdgeFunction;
use crate::profile::pattern::{covers, intersection, overlaps};
use crate::profile::sheet::Regard;

/// CloudFront's default quota (aws-facts.md B).
const MOST_BEHAVIOURS: usize = 75;

/// One behaviour: its path, and the answer that it comes from.
struct Behaviour<'a> {
    path: &'a str,
    key: String,
    is_rule: bool,
}

/// Caching rules in order, then the paths of functions that none of them equals, then all the rest.
fn behaviours<'a>(view: &View<'a>) -> Vec<Behaviour<'a>> {
    let rules = view.profile.caching.rules.iter().enumerate();
    let rule = |(index, rule): (usize, &'a crate::profile::answers::CachingRule)| Behaviour {
        path: &rule.path,
        key: rule_path(index),
        is_rule: true,
    };
    let is_sound = |rule: &Behaviour| !view.sheet.is_unusable(&rule.key);
    let mut behaviours: Vec<Behaviour> = rules.map(rule).filter(is_sound).collect();
    for (path, key) in edge_paths(view) {
        if path != EVERYTHING && !behaviours.iter().any(|earlier| earlier.path == path) {
            behaviours.push(Behaviour { path, key, is_rule: false });
        }
    }
    behaviours.push(Behaviour { path: EVERYTHING, key: "caching.default".into(), is_rule: false });
    behaviours
}

const EVERYTHING: &str = "/*";

fn edge_paths<'a>(view: &View<'a>) -> Vec<(&'a str, String)> {
    let functions = view.profile.edge.iter().enumerate();
    let paths = functions.flat_map(|(index, function)| {
        let paths = function.paths.iter().enumerate();
        paths.map(move |(nth, path)| {
            let nth = view.sheet.index_as_written(&key(index, "paths"), nth);
            (path.as_str(), key(index, &format!("paths[{nth}]")))
        })
    });
    paths.filter(|(_, key)| !view.sheet.is_unusable(key)).collect()
}

pub(super) fn paths_that_cut_across(view: &View) -> Vec<Clash> {
    let behaviours = behaviours(view);
    let mut clashes = Vec::new();
    for (path, key) in edge_paths(view) {
        let own = behaviours.iter().position(|behaviour| behaviour.path == path).unwrap_or(0);
        let earlier = &behaviours[..own];
        let cut = (0..own).find(|at| cuts_across(path, earlier, *at));
        clashes.extend(cut.map(|at| cut_across(path, key, &earlier[at])));
    }
    clashes
}

fn cuts_across(path: &str, behaviours: &[Behaviour], at: usize) -> bool {
    let behaviour = &behaviours[at];
    if covers(path, behaviour.path) || !overlaps(path, behaviour.path) {
        return false;
    }
    let taken = |shared: &String| {
        let whole = |earlier: &&Behaviour| covers(path, earlier.path);
        behaviours[..at].iter().filter(whole).any(|earlier| covers(earlier.path, shared))
    };
    !intersection(path, behaviour.path).is_some_and(|shared| shared.iter().all(taken))
}

fn cut_across(path: &str, key: String, behaviour: &Behaviour) -> Clash {
    let message = if covers(behaviour.path, path) {
        format!("the function would never run on `{path}`: `{}` matches first", behaviour.path)
    } else {
        format!("`{path}` and `{}` share some paths, but neither covers the other", behaviour.path)
    };
    let clash = Clash::new(key, message).with(behaviour.key.clone(), "matches first");
    clash.help(split(path, behaviour))
}

/// What to write so that every path has one owner.
fn split(path: &str, behaviour: &Behaviour) -> String {
    let Some(shared) = intersection(path, behaviour.path) else {
        return "choose paths that don't share anything, or put one inside the other".into();
    };
    if behaviour.is_rule {
        let rules: Vec<String> =
            shared.iter().map(|path| format!("[[caching.rule]]\npath = {path:?}")).collect();
        let like = behaviour.path;
        return format!(
            "before the rule for `{like}`, with the same answers as there, write\n{}",
            rules.join("\n")
        );
    }
    let paths: Vec<String> = shared.iter().map(|path| format!("{path:?}")).collect();
    format!(
        "name the narrower path in an earlier `[[edge]]` entry than `{}`: {}",
        behaviour.path,
        paths.join(", ")
    )
}

/// One behaviour runs one function on each event (aws-facts.md B).
pub(super) fn two_functions_on_one_event(view: &View) -> Vec<Clash> {
    let functions = &view.profile.edge;
    let behaviours = behaviours(view);
    let runs = |function: &EdgeFunction, behaviour: &Behaviour| {
        function.paths.iter().any(|path| covers(path, behaviour.path))
    };
    let meets = |(index, function): (usize, &EdgeFunction)| {
        let both = |earlier: &EdgeFunction| {
            let shared = |behaviour: &&Behaviour| runs(earlier, behaviour) && runs(function, behaviour);
            behaviours.iter().find(shared).filter(|_| earlier.event == function.event)
        };
        let (at, behaviour) = functions[..index]
            .iter()
            .enumerate()
            .find_map(|(at, earlier)| both(earlier).map(|it| (at, it)))?;
        let message = format!("two functions would run on the same event of `{}`", behaviour.path);
        let clash = Clash::new(key(index, "event"), message).with(key(at, "event"), "the other one");
        let paths = [index, at].map(|function| key(function, "paths"));
        let clash = paths.into_iter().fold(clash, |clash, paths| clash.with(paths, "").by(Regard::Elements));
        Some(clash.help("CloudFront runs one function on each event: make them one, or separate their paths"))
    };
    functions.iter().enumerate().filter_map(meets).collect()
}

pub(super) fn too_many(view: &View) -> Vec<Clash> {
    let drill = usize::from(view.profile.failover.is_some());
    let count = behaviours(view).len() + drill;
    if count <= MOST_BEHAVIOURS {
        return Vec::new();
    }
    let message = format!("rules and paths come to {count} behaviours; CloudFront takes {MOST_BEHAVIOURS}");
    vec![
        Clash::new("caching.rule", message)
            .by(Regard::Presence)
            .with("edge", "")
            .by(Regard::Presence)
            .help("fold rules with the same answers into one pattern"),
    ]
}
