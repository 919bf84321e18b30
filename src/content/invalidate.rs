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
    let retired = primary.retired.keys().map(String::as_str);
    let live = release.files().iter().map(|file| file.key()).chain(retired).collect();
    let unchanged = paths_of(&live, profile).difference(&changed).cloned().collect();
    fold(&changed, &unchanged, budget)
}

/// The name of an invalidation request: the same for a request repeated after its answer was lost, and
/// another for each upload. A release alone would not do: it may be published, cut short, replaced by one that
/// is cut short as well, and published again, all over the same manifest; and what completed before counts
/// for nothing then.
pub fn caller_reference(
    replaced_version: &str,
    manifest_hash: &str,
    marker: &[u8],
    paths: &[String],
) -> String {
    let mut all = [replaced_version, manifest_hash].join("\n").into_bytes();
    all.extend_from_slice(marker);
    all.extend_from_slice(paths.join("\n").as_bytes());
    ContentHash::of(&all).hex()
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

/// A typed path with what has to be escaped in it; what is escaped already stays.
pub(super) fn escaped(path: &str) -> String {
    const TYPED: &AsciiSet = &ESCAPED.remove(b'%').remove(b'?');
    utf8_percent_encode(path, TYPED).to_string()
}

/// Every path under which edge locations can hold these keys.
fn paths_of(keys: &BTreeSet<&str>, profile: &Profile) -> BTreeSet<String> {
    keys.iter().flat_map(|key| paths_of_key(key, profile)).collect()
}

pub(super) fn paths_of_key(key: &str, profile: &Profile) -> Vec<String> {
    let distribution = &profile.distribution;
    let index = distribution.index.as_str();
    let mut addresses = vec![key.to_owned()];
    if key == index {
        addresses.push(String::new());
    }
    let is_index = distribution.pretty_urls && file_name(key) == file_name(index);
    if let Some((folder, _)) = key.rsplit_once('/').filter(|_| is_index) {
        addresses.extend([format!("{folder}/"), folder.to_owned()]);
    }
    addresses.into_iter().map(|address| path_of(&address, profile)).collect()
}

/// A path without a query stands for just that; where queries tell copies apart, a `*` is for them all.
fn path_of(address: &str, profile: &Profile) -> String {
    let queries = match answers_for(address, &profile.caching).query {
        Query::None => "",
        Query::All | Query::Only(_) | Query::Except(_) => "*",
    };
    let escaped = utf8_percent_encode(address, ESCAPED).to_string();
    // A star stands for itself in a file's name, and for anything in an invalidation, where it must come last.
    match escaped.split_once('*') {
        Some((beginning, _)) => format!("/{beginning}*"),
        None => format!("/{escaped}{queries}"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::change::{Held, change};
    use crate::content::fixtures::{listing, profile, publish, release, release_with};
    use crate::profile::answers::Seconds;
    use std::collections::BTreeMap;

    const INDEX: (&str, &str) = ("index.html", "page");

    /// What the step from one site to another invalidates, with the usual budget.
    fn paths(from: &[(&str, &str)], to: &[(&str, &str)]) -> Vec<String> {
        paths_for(&profile(), from, to)
    }

    fn paths_for(profile: &Profile, from: &[(&str, &str)], to: &[(&str, &str)]) -> Vec<String> {
        let (_, manifest) = publish(from, None);
        let (upload, _) = publish(to, Some(&manifest));
        invalidation_paths(&release(to), profile, &upload, None, BUDGET)
    }

    #[test]
    fn nothing_changed_nothing_forgotten() {
        assert!(paths(&[INDEX], &[INDEX]).is_empty());
    }

    #[test]
    fn overwritten_files_are_forgotten_even_when_immutable() {
        assert_eq!(paths(&[("app.js", "1"), INDEX], &[("app.js", "2"), INDEX]), ["/app.js"]);
        let (one, two) = ([("assets/app-a1b2c3d4.js", "1"), INDEX], [("assets/app-a1b2c3d4.js", "2"), INDEX]);
        assert_eq!(paths(&one, &two), ["/assets/app-a1b2c3d4.js"]);
    }

    #[test]
    fn a_star_in_a_name_becomes_a_wildcard_at_the_end() {
        assert_eq!(paths(&[("a*b/x.css", "1"), INDEX], &[("a*b/x.css", "2"), INDEX]), ["/a*"]);
    }

    #[test]
    fn an_index_page_stands_for_its_folder() {
        assert_eq!(paths(&[INDEX], &[("index.html", "2")]), ["/", "/index.html"]);
        let docs = |text| [("docs/index.html", text), INDEX];
        assert_eq!(paths(&docs("1"), &docs("2")), ["/docs", "/docs/", "/docs/index.html"]);
        let mut plain = profile();
        plain.distribution.pretty_urls = false;
        assert_eq!(paths_for(&plain, &docs("1"), &docs("2")), ["/docs/index.html"]);
        assert_eq!(paths_for(&plain, &[INDEX], &[("index.html", "2")]), ["/", "/index.html"]);
    }

    #[test]
    fn new_pages_are_forgotten_and_new_assets_are_not() {
        assert_eq!(paths(&[INDEX], &[("new.html", "x"), ("new.js", "x"), INDEX]), ["/new.html"]);
    }

    #[test]
    fn deleted_pages_go_at_once_and_retired_assets_when_they_go() {
        assert_eq!(paths(&[("old.html", "x"), ("old.js", "x"), INDEX], &[INDEX]), ["/old.html"]);
        let old = [("old.js", "x"), ("assets/app.js", "x"), ("assets/app-a1b2c3d4.js", "x"), INDEX];
        let (_, first) = publish(&old, None);
        let (_, second) = publish(&[INDEX], Some(&first));
        let third = [("feed.json", "x"), INDEX];
        let (upload, _) = publish(&third, Some(&second));
        assert_eq!(upload.delete_retired.len(), 3);
        let paths = invalidation_paths(&release(&third), &profile(), &upload, None, BUDGET);
        assert_eq!(paths, ["/assets/app.js", "/old.js"]);
    }

    #[test]
    fn other_headers_are_forgotten() {
        let (_, manifest) = publish(&[INDEX], None);
        let mut profile = profile();
        profile.caching.default.browser = Seconds(60);
        let release = release_with(&[INDEX], &profile.caching);
        let upload = change(&release, Held::Manifest(&manifest));
        assert_eq!(invalidation_paths(&release, &profile, &upload, None, BUDGET), ["/", "/index.html"]);
    }

    #[test]
    fn queries_that_tell_copies_apart_are_covered() {
        let site = |text| [("search/data.json", text), INDEX];
        assert_eq!(paths(&site("1"), &site("2")), ["/search/data.json*"]);
    }

    #[test]
    fn paths_are_escaped_as_browsers_escape_them() {
        let key = "a b/it's 100%+é~(1),[x]&#?.txt";
        assert_eq!(
            paths(&[(key, "1"), INDEX], &[(key, "2"), INDEX]),
            ["/a%20b/it's%20100%25+%C3%A9~(1),%5Bx%5D&%23%3F.txt"]
        );
    }

    #[test]
    fn a_single_page_app_answers_everywhere_with_its_index() {
        let mut app = profile();
        app.distribution.spa = true;
        let site = |page, code| [("app.js", code), ("index.html", page)];
        assert_eq!(paths_for(&app, &site("1", "1"), &site("2", "1")), ["/*"]);
        assert_eq!(paths_for(&app, &site("1", "1"), &site("1", "2")), ["/app.js"]);
    }

    #[test]
    fn without_a_trusted_manifest_everything_is_forgotten() {
        let (upload, _) = publish(&[INDEX], None);
        assert_eq!(invalidation_paths(&release(&[INDEX]), &profile(), &upload, None, BUDGET), ["/*"]);
        let (objects, md5s) = (listing(&[INDEX]), BTreeMap::new());
        let held = Held::Untrusted { manifest: None, objects: &objects, md5s: &md5s };
        let (_, manifest) = publish(&[INDEX], None);
        let (same, _) = publish(&[INDEX], Some(&manifest));
        let backup = change(&release(&[INDEX]), held);
        assert_eq!(invalidation_paths(&release(&[INDEX]), &profile(), &same, Some(&backup), BUDGET), ["/*"]);
    }

    #[test]
    fn filling_a_new_backup_forgets_nothing_and_repairing_one_does() {
        let site = [("app.js", "1"), INDEX];
        let (_, manifest) = publish(&site, None);
        let (same, _) = publish(&site, Some(&manifest));
        let (new, _) = publish(&site, None);
        assert!(invalidation_paths(&release(&site), &profile(), &same, Some(&new), BUDGET).is_empty());
        let (_, stale) = publish(&[("app.js", "0"), INDEX], None);
        let (repair, _) = publish(&site, Some(&stale));
        assert_eq!(
            invalidation_paths(&release(&site), &profile(), &same, Some(&repair), BUDGET),
            ["/app.js"]
        );
    }

    #[test]
    fn many_changes_fold() {
        let keys: Vec<String> = (0..40).map(|number| format!("posts/{number}/index.html")).collect();
        let site = |text| keys.iter().map(|key| (key.as_str(), text)).chain([INDEX]).collect::<Vec<_>>();
        assert_eq!(paths(&site("1"), &site("2")), ["/posts/*"]);
    }

    #[test]
    fn a_reference_depends_on_what_is_replaced_by_what_and_by_which_upload() {
        let paths = vec!["/a".to_owned()];
        let reference = caller_reference("v1", "hash", b"marker", &paths);
        assert_eq!(caller_reference("v1", "hash", b"marker", &paths), reference);
        assert_ne!(caller_reference("v2", "hash", b"marker", &paths), reference);
        assert_ne!(caller_reference("v1", "other", b"marker", &paths), reference);
        assert_ne!(caller_reference("v1", "hash", b"another", &paths), reference);
        assert_ne!(caller_reference("v1", "hash", b"marker", &[]), reference);
    }
}
