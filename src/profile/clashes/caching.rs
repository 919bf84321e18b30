//! Clashes among the answers on caching.

use super::{Clash, View};
use crate::profile::answers::{CacheAnswers, CachingRule, Query};
use crate::profile::pattern::covers;
use crate::profile::sheet::Regard;

pub(super) fn immutable_but_not_kept(view: &View) -> Vec<Clash> {
    let wrong = |(key, answers): (String, &CacheAnswers)| {
        (answers.immutable && answers.browser.0 == 0).then(|| {
            Clash::new(
                format!("{key}.immutable"),
                "browsers can't keep for good what they may not keep at all",
            )
            .with(format!("{key}.browser"), "not kept at all")
            .help("give a long `browser`, such as \"365d\", or drop `immutable`")
        })
    };
    all_answers(view).into_iter().filter_map(wrong).collect()
}

pub(super) fn rules_that_never_match(view: &View) -> Vec<Clash> {
    let rules = &view.profile.caching.rules;
    let shadowed = |(index, rule): (usize, &CachingRule)| {
        let earlier = rules[..index].iter().position(|earlier| covers(&earlier.path, &rule.path))?;
        let clash = if rules[earlier].path == rule.path {
            Clash::new(rule_path(index), format!("there are two rules for `{}`", rule.path))
                .help("only the first would count: make them one")
        } else {
            let message =
                format!("this rule never matches: `{}` covers it and comes first", rules[earlier].path);
            Clash::new(rule_path(index), message)
                .help("the first match decides: put the narrow rule before the wide one")
        };
        Some(clash.with(rule_path(earlier), "matches first"))
    };
    rules.iter().enumerate().filter_map(shadowed).collect()
}

/// CloudFront refuses a key for what it never keeps (aws-facts.md K 15).
pub(super) fn nothing_cached_but_keyed(view: &View) -> Vec<Clash> {
    let wrong = |(key, answers): (String, &CacheAnswers)| {
        // Whatever is wrong with it, where a first name is written there are names.
        let is_named = |part| view.sheet.is_written(&format!("{key}.{part}[0]"));
        let named = [
            ("headers", is_named("headers"), Regard::Presence),
            ("cookies", is_named("cookies"), Regard::Presence),
            ("query", answers.query != Query::None, Regard::Value),
        ];
        let (part, _, regard) = named.into_iter().find(|(_, given, _)| *given && answers.edge.max.0 == 0)?;
        let clash = Clash::new(
            format!("{key}.{part}"),
            "nothing is cached here, so nothing can tell two copies apart",
        );
        let clash = clash.by(regard);
        Some(
            clash
                .with(format!("{key}.edge"), "kept for no time at all")
                .help(format!("drop `{part}`, or raise `max`")),
        )
    };
    all_answers(view).into_iter().filter_map(wrong).collect()
}

/// A cache policy takes so many letters of names in total (aws-facts.md B, quotas).
pub(super) fn too_many_letters_in_the_key(view: &View) -> Vec<Clash> {
    const MOST_LETTERS: usize = 1_024;
    let wrong = |(key, answers): (String, &CacheAnswers)| {
        let query: &[String] = match &answers.query {
            Query::None | Query::All => &[],
            Query::Only(names) | Query::Except(names) => names,
        };
        let letters: usize =
            [query, &answers.headers, &answers.cookies].concat().iter().map(String::len).sum();
        (letters > MOST_LETTERS).then(|| {
            let message =
                format!("the names in this cache key have {letters} letters; {MOST_LETTERS} are allowed");
            // Names that are wrong aren't counted.
            let parts = ["query", "headers", "cookies"].map(|part| format!("{key}.{part}"));
            let clash = Clash::new(key, message).by(Regard::Presence);
            parts.into_iter().fold(clash, |clash, part| clash.with(part, "").by(Regard::Presence))
        })
    };
    all_answers(view).into_iter().filter_map(wrong).collect()
}

/// The answers for every path, each with the key of the table that they are in.
fn all_answers<'a>(view: &View<'a>) -> Vec<(String, &'a CacheAnswers)> {
    let caching = &view.profile.caching;
    let rules = caching.rules.iter().enumerate();
    let rules = rules.map(|(index, rule)| (format!("caching.rule[{index}]"), &rule.answers));
    std::iter::once(("caching.default".to_owned(), &caching.default)).chain(rules).collect()
}

pub(super) fn rule_path(index: usize) -> String {
    format!("caching.rule[{index}].path")
}
