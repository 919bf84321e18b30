//! Which paths edge locations must forget after a release.
//!
//! - Overwritten and deleted files, also where only headers changed.
//! - Pages that are new: an edge location may hold the "not found" of a visitor who came too early, and a
//!   new page may replace what a single-page app answered there. New assets are left out: nothing asked
//!   for them before, and edge locations keep an error for seconds only.
//! - Not the deletion of a retired asset that is immutable and has a fingerprint in its name: that name
//!   never stands for other bytes, so a copy that lingers does no harm.
//! - Everything, when nobody knows what edge locations may hold: there was no trusted manifest.
//!
//! Whatever the caching answers promise, a file whose bytes did change is always forgotten.

use super::change::{Basis, Upload};
use super::hash::ContentHash;
use super::headers::answers_for;
use super::media_type::file_name;
use super::release::Release;
use super::wildcard::fold;
use crate::profile::answers::{Profile, Query};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::collections::BTreeSet;

/// How many paths an invalidation may have: as many wildcards may be in progress at once, and a month's
/// first thousand paths are free (aws-facts.md B, quotas).
pub const BUDGET: usize = 15;

/// What a browser or RFC 1738 escapes in a path. Escaping more would make CloudFront miss its copy.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The invalidation's paths for one release into one or two buckets: sorted, escaped, at most `budget`.
/// None when edge locations hold nothing that changed.
pub fn invalidation_paths(
    release: &Release,
    profile: &Profile,
    primary: &Upload,
    backup: Option<&Upload>,
    budget: usize,
) -> Vec<String> {
    let changed = changed_keys(profile, primary, backup);
    let is_uncertain = match (primary.basis, backup.map(|backup| backup.basis)) {
        (Basis::Nothing | Basis::Listing, _) | (_, Some(Basis::Listing)) => true,
        (Basis::Manifest, Some(Basis::Nothing | Basis::Manifest) | None) => false,
    };
    // A single-page app's index answers for paths that nobody can list.
    let is_everywhere = profile.distribution.spa && changed.contains(profile.distribution.index.as_str());
    if is_uncertain || is_everywhere {
        return vec!["/*".to_owned()];
    }
    let changed = paths_of(&changed, profile);
    let live = release.files().iter().map(|file| file.key()).collect();
    let unchanged = paths_of(&live, profile).difference(&changed).cloned().collect();
    fold(&changed, &unchanged, budget)
}

/// The name of an invalidation request: the same for a request repeated after its answer was lost, and
/// another each time that a release replaces a manifest (A, B, A purges thrice).
pub fn caller_reference(replaced_version: &str, manifest_hash: &str, paths: &[String]) -> String {
    let all = [replaced_version, manifest_hash].into_iter().chain(paths.iter().map(String::as_str));
    ContentHash::of(all.collect::<Vec<_>>().join("\n").as_bytes()).hex()
}

fn changed_keys<'a>(profile: &Profile, primary: &'a Upload, backup: Option<&'a Upload>) -> BTreeSet<&'a str> {
    let overwritten = |upload: &'a Upload| upload.written().filter(|key| !upload.added.contains(*key));
    let outlives = |key: &&str| answers_for(key, &profile.caching).immutable && has_fingerprint(key);
    let gone = |upload: &'a Upload| upload.deleted().filter(move |key| !outlives(key));
    let new_pages = primary.html.iter().map(String::as_str).filter(|key| primary.added.contains(*key));
    // A file that only the backup lacked was never served from there.
    let buckets = [Some(primary), backup].into_iter().flatten();
    let mut keys: BTreeSet<&str> =
        buckets.flat_map(|upload| overwritten(upload).chain(gone(upload))).collect();
    keys.extend(new_pages);
    keys
}

/// Every path under which edge locations can hold these keys.
fn paths_of(keys: &BTreeSet<&str>, profile: &Profile) -> BTreeSet<String> {
    keys.iter().flat_map(|key| paths_of_key(key, profile)).collect()
}

fn paths_of_key(key: &str, profile: &Profile) -> Vec<String> {
    let distribution = &profile.distribution;
    let index = distribution.index.as_str();
    let mut addresses = vec![key.to_owned()];
    if key == index {
        addresses.push(String::new());
    }
    if distribution.pretty_urls && file_name(key) == file_name(index) {
        if let Some((folder, _)) = key.rsplit_once('/') {
            addresses.extend([format!("{folder}/"), folder.to_owned()]);
        }
    }
    addresses.into_iter().map(|address| path_of(&address, profile)).collect()
}

/// A path without a query stands for just that; where queries tell copies apart, a `*` is for them all.
fn path_of(address: &str, profile: &Profile) -> String {
    let queries = match answers_for(address, &profile.caching).query {
        Query::None => "",
        Query::All | Query::Only(_) | Query::Except(_) => "*",
    };
    format!("/{}{queries}", utf8_percent_encode(address, ESCAPED))
}

/// Whether a file's name holds what looks like a hash of its content: eight or more letters and digits,
/// both among them.
fn has_fingerprint(key: &str) -> bool {
    file_name(key).split(['.', '-', '_', '~']).any(|part| {
        let is_word = part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_word
            && part.bytes().any(|byte| byte.is_ascii_digit())
            && part.bytes().any(|byte| byte.is_ascii_alphabetic())
    })
}
