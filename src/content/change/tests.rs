//! What buckets need, case by case.

use super::*;
use crate::content::fixtures::{caching, listing, md5, publish, release, release_with};
use crate::profile::answers::Seconds;

const SITE: [(&str, &str); 3] = [("app.js", "code"), ("feed.xml", "<rss/>"), ("index.html", "page")];

fn md5s(
    release: &Release,
    objects: &BTreeMap<String, Listed>,
    files: &[(&str, &str)],
) -> BTreeMap<String, String> {
    let bytes: BTreeMap<&str, &str> = files.iter().copied().collect();
    let wanted = md5s_wanted(release, objects);
    wanted.iter().map(|file| (file.key().to_owned(), md5(bytes[file.key()]))).collect()
}

/// An upload from a listing, with the MD5s that it wants.
fn from_listing(
    files: &[(&str, &str)],
    manifest: Option<&Manifest>,
    objects: &BTreeMap<String, Listed>,
) -> Upload {
    let release = release(files);
    let md5s = md5s(&release, objects, files);
    change(&release, Held::Untrusted { manifest, objects, md5s: &md5s })
}

#[test]
fn an_empty_bucket_gets_everything_pages_last() {
    let (upload, _) = publish(&SITE, None);
    assert_eq!(upload.assets, ["app.js"]);
    assert_eq!(upload.html, ["feed.xml", "index.html"]);
    assert_eq!((upload.bytes, upload.unchanged, upload.added.len()), (14, 0, 3));
    assert!(upload.new_manifest && upload.basis == Basis::Nothing);
}

#[test]
fn the_same_release_again_needs_nothing() {
    let (_, manifest) = publish(&SITE, None);
    let (upload, again) = publish(&SITE, Some(&manifest));
    assert!(upload.is_empty(), "{upload:?}");
    assert_eq!(upload.unchanged, 3);
    assert_eq!(again.hash(), manifest.hash());
}

#[test]
fn only_what_changed_is_sent() {
    let (_, manifest) = publish(&SITE, None);
    let (upload, _) =
        publish(&[("app.js", "CODE"), ("feed.xml", "<rss/>"), ("index.html", "page")], Some(&manifest));
    assert_eq!(upload.written().collect::<Vec<_>>(), ["app.js"]);
    assert_eq!((upload.bytes, upload.unchanged, upload.added.len()), (4, 2, 0));
    assert!(upload.new_manifest);
}

#[test]
fn other_headers_alone_are_a_change() {
    let (_, manifest) = publish(&SITE, None);
    let mut caching = caching();
    caching.default.browser = Seconds(60);
    let upload = change(&release_with(&SITE, &caching), Held::Manifest(&manifest));
    assert_eq!(upload.header_only, ["app.js", "feed.xml", "index.html"]);
    assert_eq!((upload.bytes, upload.unchanged), (0, 0));
    assert_eq!(upload.etags["app.js"], md5("code"));
    assert!(upload.new_manifest);
}

#[test]
fn pages_go_at_once_and_assets_a_release_later() {
    let page = ("index.html", "page");
    let (_, first) = publish(&[("a.js", "1"), ("old.html", "x"), ("old.xml", "x"), page], None);
    let (second_upload, second) = publish(&[("b.js", "2"), page], Some(&first));
    assert_eq!(second_upload.delete_now, ["old.html", "old.xml"]);
    assert_eq!(second_upload.retire, ["a.js"]);
    assert!(second_upload.delete_retired.is_empty());
    assert_eq!(second.retired.keys().collect::<Vec<_>>(), ["a.js"]);

    let (again, _) = publish(&[("b.js", "2"), page], Some(&second));
    assert!(again.is_empty(), "the same release must not end the grace: {again:?}");

    let (third_upload, third) = publish(&[("c.js", "3"), page], Some(&second));
    assert_eq!(
        (third_upload.delete_retired, third_upload.retire),
        (vec!["a.js".to_owned()], vec!["b.js".to_owned()])
    );
    assert_eq!(third.retired.keys().collect::<Vec<_>>(), ["b.js"]);
    assert_eq!(third.generation, 3);
}

#[test]
fn a_page_is_known_by_its_type_even_without_an_extension() {
    let (_, first) = publish(&[("about", "<!doctype html>"), ("index.html", "page")], None);
    let (upload, _) = publish(&[("index.html", "page")], Some(&first));
    assert_eq!(upload.delete_now, ["about"]);
}

#[test]
fn going_back_takes_retired_assets_up_again() {
    let (page, other) = (("index.html", "page"), ("index.html", "other"));
    let (_, first) = publish(&[("a.js", "1"), page], None);
    let (_, second) = publish(&[("b.js", "2"), other], Some(&first));
    let (upload, third) = publish(&[("a.js", "1"), page], Some(&second));
    assert_eq!(upload.written().collect::<Vec<_>>(), ["index.html"]);
    assert_eq!(upload.retire, ["b.js"]);
    assert_eq!(third.files["a.js"], first.files["a.js"]);
    assert_eq!(third.hash(), first.hash());
}

#[test]
fn a_retired_key_that_returns_with_other_bytes_is_overwritten_not_added() {
    let page = ("index.html", "page");
    let (_, first) = publish(&[("a.js", "1"), page], None);
    let (_, second) = publish(&[page], Some(&first));
    let (upload, _) = publish(&[("a.js", "2"), page], Some(&second));
    assert_eq!(upload.assets, ["a.js"]);
    assert!(upload.added.is_empty());
}

#[test]
fn a_listing_that_agrees_with_the_manifest_changes_nothing() {
    let (_, manifest) = publish(&SITE, None);
    let objects = listing(&SITE);
    assert!(change(&release(&SITE), Held::Verified { manifest: &manifest, objects: &objects }).is_empty());
}

#[test]
fn what_was_changed_behind_our_back_is_repaired() {
    let (_, first) = publish(&[("old.js", "0"), ("app.js", "code"), ("index.html", "page")], None);
    let (_, manifest) = publish(&SITE, Some(&first));
    let objects = listing(&[
        ("old.js", "0"),
        ("app.js", "evil"),
        ("feed.xml", "<rss/>"),
        ("evil.html", "x"),
        ("x.js", ""),
    ]);
    let upload = change(&release(&SITE), Held::Verified { manifest: &manifest, objects: &objects });
    assert_eq!((&upload.assets, &upload.html), (&vec!["app.js".to_owned()], &vec!["index.html".to_owned()]));
    assert_eq!(upload.added.iter().collect::<Vec<_>>(), ["index.html"]);
    assert_eq!(upload.delete_now, ["evil.html", "x.js"]);
    assert!(upload.retire.is_empty(), "no release ever had it");
    assert!(upload.delete_retired.is_empty(), "a repair is no release");
    assert_eq!(upload.retired.keys().collect::<Vec<_>>(), ["old.js"]);
    assert_eq!(upload.basis, Basis::Manifest);
}

#[test]
fn without_a_manifest_equal_bytes_are_not_sent_but_headers_are_set() {
    let objects =
        listing(&[("app.js", "code"), ("feed.xml", "<RSS/>"), ("stray.js", "?"), ("stray.html", "?")]);
    let upload = from_listing(&SITE, None, &objects);
    assert_eq!(upload.header_only, ["app.js"]);
    assert_eq!(upload.html, ["feed.xml", "index.html"]);
    assert_eq!(
        (upload.delete_now, upload.retire),
        (vec!["stray.html".to_owned()], vec!["stray.js".to_owned()])
    );
    assert_eq!((upload.basis, upload.new_manifest), (Basis::Listing, true));
}

#[test]
fn headers_that_are_known_to_be_right_are_left_alone() {
    let mut objects = listing(&[("app.js", "code")]);
    let headers = release(&SITE).get("app.js").map(|file| file.headers_hash.clone());
    objects.entry("app.js".to_owned()).and_modify(|listed| listed.headers = headers);
    let upload = from_listing(&[("app.js", "code")], None, &objects);
    assert_eq!((upload.unchanged, upload.header_only), (1, Vec::new()));
    assert!(upload.new_manifest, "a listing is no manifest");
}

#[test]
fn an_etag_that_is_no_md5_counts_only_when_it_is_the_recorded_one() {
    let multipart = |etag: &str| Listed { size: 4, etag: etag.to_owned(), headers: None, rewritten: false };
    let files = [("app.js", "code")];
    let (_, mut manifest) = publish(&files, None);
    manifest.files.entry("app.js".to_owned()).and_modify(|entry| entry.etag = Some("abc-2".to_owned()));
    for (etag, sent) in [("abc-2", 0), ("\"abc-2\"", 0), ("def-2", 1)] {
        let objects = BTreeMap::from([("app.js".to_owned(), multipart(etag))]);
        assert!(md5s_wanted(&release(&files), &objects).is_empty());
        assert_eq!(from_listing(&files, Some(&manifest), &objects).assets.len(), sent, "{etag}");
        assert_eq!(from_listing(&files, None, &objects).assets.len(), 1, "{etag}");
    }
}

#[test]
fn an_unfinished_release_leaves_neither_stale_pages_nor_missing_assets() {
    let (_, first) = publish(&[("r.js", "0"), ("index.html", "zero")], None);
    let (_, second) = publish(&[("a.js", "1"), ("index.html", "one")], Some(&first));
    // The third release sent its asset and its page, and was killed; now the folder is back at the second.
    let objects = listing(&[("r.js", "0"), ("a.js", "1"), ("b.js", "2"), ("index.html", "two")]);
    let upload = from_listing(&[("a.js", "1"), ("index.html", "one")], Some(&second), &objects);
    assert_eq!(upload.html, ["index.html"]);
    assert_eq!(upload.retire, ["b.js"], "the killed release's page may be open somewhere");
    assert_eq!(upload.retired.keys().collect::<Vec<_>>(), ["b.js", "r.js"]);
    assert!(upload.delete_retired.is_empty());
}

#[test]
fn only_files_of_equal_length_are_worth_an_md5() {
    let objects = listing(&[("app.js", "CODE"), ("index.html", "longer page")]);
    let release = release(&SITE);
    let wanted = md5s_wanted(&release, &objects);
    assert_eq!(wanted.iter().map(|file| file.key()).collect::<Vec<_>>(), ["app.js"]);
}

#[test]
fn a_page_that_visitors_are_still_led_to_goes_a_release_later() {
    let page = ("home.html", "page");
    let (_, first) = publish(&[("index.html", "page"), ("a/index.html", "x"), ("aindex.html", "x")], None);
    let mut upload = change(&release(&[page]), Held::Manifest(&first));
    upload.spare(&["index.html".to_owned(), "404.html".to_owned()]);
    assert_eq!(upload.delete_now, ["aindex.html"]);
    assert_eq!(upload.retire, ["a/index.html", "index.html"]);
    let manifest = Manifest::after("acme", &release(&[page]), &upload, Some(&first), &BTreeMap::new());
    let next = change(&release(&[page, ("new.html", "x")]), Held::Manifest(&manifest));
    assert_eq!(next.delete_now, ["a/index.html", "index.html"]);
}
