//! Checks that need several answers: what can't hold at once, and what can never take effect.

mod behaviours;
mod caching;
mod distribution;
mod edge;
mod https;

use super::answers::Profile;
use super::problem::{Problem, Severity};
use super::sheet::{Regard, Sheet};

/// Answers that don't go together.
struct Clash {
    severity: Severity,
    message: String,
    help: Option<String>,
    /// Every answer that it depends on, with a word on its part; the first is the one to change.
    keys: Vec<Key>,
}

/// An answer that a clash depends on.
struct Key {
    key: String,
    part: &'static str,
    regard: Regard,
}

impl Clash {
    fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        let keys = vec![Key { key: key.into(), part: "", regard: Regard::Value }];
        Clash { severity: Severity::Error, message: message.into(), help: None, keys }
    }

    fn warning(key: impl Into<String>, message: impl Into<String>) -> Self {
        Clash { severity: Severity::Warning, ..Clash::new(key, message) }
    }

    fn with(mut self, key: impl Into<String>, part: &'static str) -> Self {
        self.keys.push(Key { key: key.into(), part, regard: Regard::Value });
        self
    }

    /// Of the answer that was named last, less than its whole value matters.
    fn by(mut self, regard: Regard) -> Self {
        if let Some(last) = self.keys.last_mut() {
            last.regard = regard;
        }
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What a check looks at.
struct View<'a> {
    profile: &'a Profile,
    sheet: &'a Sheet,
}

const CHECKS: &[fn(&View) -> Vec<Clash>] = &[
    distribution::countries_both_ways,
    distribution::single_page_app,
    distribution::one_region_twice,
    distribution::one_bucket_twice,
    distribution::bucket_of_another_region,
    caching::immutable_but_not_kept,
    caching::rules_that_never_match,
    caching::nothing_cached_but_keyed,
    caching::too_many_letters_in_the_key,
    edge::names_twice,
    edge::options_of_own_code,
    edge::functions_that_are_not_ready,
    edge::events_of_ready_functions,
    edge::options_of_ready_functions,
    edge::body_of_a_response,
    edge::runtime_for_another_language,
    edge::heavy_viewer_functions,
    behaviours::paths_that_cut_across,
    behaviours::two_functions_on_one_event,
    behaviours::too_many,
    edge::no_room_for_page_addresses,
    edge::no_room_for_redirect,
    https::first_domain,
    https::www_and_bare,
    https::strict_transport_over_plain_http,
    https::preload,
];

/// Everything that doesn't go together, as problems of this file.
pub(super) fn clashes(profile: &Profile, sheet: &Sheet) -> Vec<Problem> {
    let view = View { profile, sheet };
    let found = CHECKS.iter().flat_map(|check| check(&view));
    let sound = found.filter(|clash| clash.keys.iter().all(|it| sheet.holds(&it.key, it.regard)));
    sound.map(|clash| into_problem(clash, sheet)).collect()
}

fn into_problem(clash: Clash, sheet: &Sheet) -> Problem {
    let place = clash.keys.first().map_or(0..0, |it| sheet.place(&it.key));
    let others = clash.keys.iter().skip(1).filter(|it| !it.part.is_empty() && sheet.is_written(&it.key));
    let related = others.map(|it| (sheet.place(&it.key), it.part.to_owned()));
    Problem {
        severity: clash.severity,
        related: related.filter(|(range, _)| *range != place).collect(),
        place,
        keys: clash.keys.into_iter().map(|it| it.key).collect(),
        message: clash.message,
        help: clash.help,
    }
}
