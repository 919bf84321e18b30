//! Real folders on disk, from the walk to what a release needs.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that can't set up its folder must fail")]

use sitecast::content::change::{Held, change};
use sitecast::content::hash::{ContentHash, hash_all};
use sitecast::content::hash_cache::HashCache;
use sitecast::content::manifest::Manifest;
use sitecast::content::problem::Problem;
use sitecast::content::release::{Release, Tally};
use sitecast::content::scan::{FoundFile, ScanOptions, scan};
use sitecast::error::{Error, Result};
use sitecast::profile::answers::*;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (key, bytes) in files {
        write(folder.path(), key, bytes);
    }
    folder
}

fn write(folder: &Path, key: &str, bytes: &str) {
    let path = folder.join(key);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn profile() -> Profile {
    let default = CacheAnswers {
        browser: Seconds(0),
        immutable: false,
        edge: EdgeTtl { min: Seconds(0), default: Seconds(86_400), max: Seconds(31_536_000) },
        query: Query::None,
        headers: Vec::new(),
        cookies: Vec::new(),
        compress: true,
    };
    let distribution = Distribution {
        folder: "public".into(),
        region: Region("eu-west-1".to_owned()),
        bucket: None,
        index: "index.html".to_owned(),
        error_page: Some("404.html".to_owned()),
        spa: false,
        pretty_urls: true,
        price_class: PriceClass::All,
        http: HttpVersion::Http2And3,
        ipv6: true,
        comment: String::new(),
        geo: Geo::Everyone,
    };
    Profile {
        name: "acme".to_owned(),
        distribution,
        failover: None,
        edge: Vec::new(),
        caching: Caching { default, rules: Vec::new() },
        https: None,
    }
}

fn found(folder: &TempDir) -> Vec<FoundFile> {
    scan(folder.path(), ScanOptions::default()).unwrap()
}

fn keys(folder: &TempDir, options: ScanOptions) -> Vec<String> {
    scan(folder.path(), options).unwrap().into_iter().map(|file| file.key).collect()
}

fn scan_error(folder: &Path) -> Error {
    scan(folder, ScanOptions::default()).unwrap_err()
}

fn prepare(folder: &Path) -> Result<Release> {
    let cache = &mut HashCache::none();
    Release::prepare(folder, &profile(), ScanOptions::default(), cache, SystemTime::now())
}

/// A time at which what is written now has long settled.
fn later() -> SystemTime {
    SystemTime::now() + Duration::from_secs(60)
}

#[test]
fn names_of_every_kind_are_keys_in_order() {
    let names = ["%41.txt", "a b/c+d.txt", "a&b=c?.txt", "it's \"x\".html", "z.gif", "é/ü.txt", "日本.html"];
    let folder = folder(&names.map(|name| (name, "")));
    assert_eq!(keys(&folder, ScanOptions::default()), names);
    assert!(found(&folder).iter().all(|file| file.stamp.size == 0 && file.path.is_file()));
}

#[test]
fn hidden_files_stay_out_unless_asked_for() {
    let all = [".git/config", ".well-known/security.txt", "a/.env", "a/b.txt"];
    let folder = folder(&all.map(|name| (name, "x")));
    assert_eq!(keys(&folder, ScanOptions::default()), [".well-known/security.txt", "a/b.txt"]);
    assert_eq!(keys(&folder, ScanOptions { hidden: true, prefix_bytes: 0 }), all);
}

#[test]
fn hidden_links_that_lead_nowhere_or_round_and_round_stay_out() {
    let folder = folder(&[("index.html", "x"), ("404.html", "x"), ("site.toml", "x")]);
    // What Emacs locks a file with.
    symlink("ann@host.4711", folder.path().join(".#index.html")).unwrap();
    symlink(".", folder.path().join(".loop")).unwrap();
    symlink("site.toml", folder.path().join("profile.toml")).unwrap();
    let release = prepare(folder.path()).unwrap();
    assert_eq!(release.left_out(), [".#index.html", ".loop"]);
    let release = release.without(&folder.path().join("site.toml"));
    assert_eq!(release.files().iter().map(|file| file.key()).collect::<Vec<_>>(), ["404.html", "index.html"]);
}

#[test]
fn what_git_ignores_is_published() {
    let folder = folder(&[(".gitignore", "*\n"), (".ignore", "*\n"), ("index.html", "x")]);
    fs::create_dir(folder.path().join(".git")).unwrap();
    assert_eq!(keys(&folder, ScanOptions::default()), ["index.html"]);
}

#[test]
fn a_folder_with_a_hidden_name_is_published() {
    let parent = folder(&[(".output/index.html", "x")]);
    assert_eq!(scan(&parent.path().join(".output"), ScanOptions::default()).unwrap().len(), 1);
}

#[test]
fn links_within_the_folder_are_followed() {
    let folder = folder(&[("real/a.txt", "abc")]);
    symlink("real", folder.path().join("linked")).unwrap();
    symlink("real/a.txt", folder.path().join("b.txt")).unwrap();
    assert_eq!(keys(&folder, ScanOptions::default()), ["b.txt", "linked/a.txt", "real/a.txt"]);
    assert!(found(&folder).iter().all(|file| file.stamp.size == 3));
}

#[test]
fn links_that_leave_break_or_turn_back_are_all_told_at_once() {
    let outside = folder(&[("secret.txt", "x"), ("more/secret.txt", "x")]);
    let folder = folder(&[("a/b/c.txt", "x")]);
    let outside = outside.path().canonicalize().unwrap();
    symlink(outside.join("secret.txt"), folder.path().join("file")).unwrap();
    symlink(outside.join("more"), folder.path().join("a/folder")).unwrap();
    symlink("..", folder.path().join("up")).unwrap();
    symlink("nowhere", folder.path().join("broken")).unwrap();
    symlink("..", folder.path().join("a/b/cycle")).unwrap();
    let parent = folder.path().canonicalize().unwrap().parent().unwrap().to_path_buf();
    let error = scan_error(folder.path());
    assert_eq!(
        error.causes,
        [
            format!("a/folder: a link that leaves the folder, to {}", outside.join("more").display()),
            format!("file: a link that leaves the folder, to {}", outside.join("secret.txt").display()),
            format!("up: a link that leaves the folder, to {}", parent.display()),
            "broken: a link to nowhere, which does not exist".to_owned(),
            "a/b/cycle: a link back to a, which holds it".to_owned(),
        ]
    );
    assert!(error.hint.is_some());
}

#[test]
fn names_that_cannot_be_keys_are_all_told_at_once() {
    let folder = folder(&[("index.html", "x")]);
    fs::write(folder.path().join(OsStr::from_bytes(b"caf\xe9.html")), "x").unwrap();
    write(folder.path(), "bell\u{7}.html", "x");
    let deep = ["d".repeat(250), "d".repeat(250), "d".repeat(250), "d".repeat(250), "x".repeat(21)].join("/");
    write(folder.path(), &deep, "x");
    let error = scan_error(folder.path());
    assert_eq!(error.causes.len(), 3, "{error}");
    assert_eq!(error.causes[0], "caf\u{fffd}.html: its name is not UTF-8");
    assert!(
        error.causes[1].starts_with("\"bell\\u{7}.html\": its name holds a control character"),
        "{error}"
    );
    assert!(error.causes[2].ends_with("its name has 1025 bytes; at most 1024 are possible"), "{error}");
}

#[test]
fn the_prefix_in_the_bucket_counts_towards_the_length_of_a_key() {
    let folder = folder(&[(&"x".repeat(200), "x")]);
    let with_prefix = |prefix_bytes| scan(folder.path(), ScanOptions { hidden: false, prefix_bytes });
    assert!(with_prefix(824).is_ok());
    assert!(with_prefix(825).is_err());
}

#[test]
fn a_socket_is_refused() {
    let folder = folder(&[("index.html", "x")]);
    let socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    assert_eq!(scan_error(folder.path()).causes, ["socket: neither a file nor a folder"]);
    drop(socket);
}

#[test]
fn a_folder_that_is_missing_empty_or_none_is_told_apart() {
    let folder = folder(&[("file", "x"), ("empty/.hidden", "x")]);
    for (name, cause) in [
        ("missing", "there is no such folder"),
        ("file", "it is not a folder"),
        ("empty", "it holds no files to publish"),
    ] {
        let error = prepare(&folder.path().join(name)).unwrap_err();
        assert_eq!(error.causes, [cause]);
        assert!(error.hint.is_some() && error.message.contains(name), "{error}");
    }
}

#[test]
fn missing_pages_are_told_at_once() {
    let folder = folder(&[("home.html", "x")]);
    assert_eq!(
        prepare(folder.path()).unwrap_err().causes,
        [
            "404.html: not in the folder, but distribution.error_page names it",
            "index.html: not in the folder, but distribution.index names it",
        ]
    );
}

#[test]
fn unreadable_files_and_folders_are_told_at_once_with_all_other_problems() {
    let folder = folder(&[("index.html", "x"), ("locked.txt", "x"), ("shut/a.txt", "x")]);
    let modes = |file, directory| {
        fs::set_permissions(folder.path().join("locked.txt"), fs::Permissions::from_mode(file)).unwrap();
        fs::set_permissions(folder.path().join("shut"), fs::Permissions::from_mode(directory)).unwrap();
    };
    modes(0o000, 0o000);
    // The superuser reads everything, so nothing can be unreadable to it.
    let reads_everything = File::open(folder.path().join("locked.txt")).is_ok();
    let prepared = prepare(folder.path());
    modes(0o600, 0o700);
    if !reads_everything {
        assert_eq!(
            prepared.unwrap_err().causes,
            [
                "404.html: not in the folder, but distribution.error_page names it",
                "locked.txt: Permission denied (os error 13)",
                "shut: Permission denied (os error 13)",
            ]
        );
    }
}

#[test]
fn files_that_vanish_or_change_after_the_scan_are_told_at_once() {
    let folder = folder(&[("a.txt", "a"), ("b.txt", "b"), ("c.txt", "c")]);
    let files = found(&folder);
    fs::remove_file(folder.path().join("a.txt")).unwrap();
    write(folder.path(), "b.txt", "longer");
    let problems = hash_all(&files, &mut HashCache::none(), SystemTime::now()).unwrap_err();
    assert_eq!(
        problems,
        [
            Problem::Unreadable {
                path: "a.txt".into(),
                reason: "No such file or directory (os error 2)".to_owned()
            },
            Problem::ChangedWhileRead { path: "b.txt".into() },
        ]
    );
}

#[test]
fn a_file_that_changes_before_it_is_sent_is_noticed() {
    let folder = folder(&[("404.html", "x"), ("index.html", "before")]);
    let release = prepare(folder.path()).unwrap();
    let file = release.get("index.html").unwrap();
    assert_eq!(file.read().unwrap(), b"before");
    file.ensure_unchanged().unwrap();
    write(folder.path(), "index.html", "after, and longer");
    assert!(file.read().is_err());
    assert!(file.ensure_unchanged().is_err());
}

#[test]
fn the_cache_saves_reading_until_a_file_changes() {
    let folder = folder(&[("a.txt", "abc")]);
    let mut cache = HashCache::none();
    let files = found(&folder);
    let lie = ContentHash::of(b"not what is in the file");
    cache.replace([("a.txt", files[0].stamp, lie)].into_iter(), later());
    assert_eq!(hash_all(&files, &mut cache, later()).unwrap(), [lie], "the file must not be read");

    // Same length, and the old modification time put back: only the change time tells.
    let modified = fs::metadata(&files[0].path).unwrap().modified().unwrap();
    fs::write(&files[0].path, "xyz").unwrap();
    File::options().write(true).open(&files[0].path).unwrap().set_modified(modified).unwrap();
    let files = found(&folder);
    assert_eq!(files[0].stamp.size, 3);
    assert_eq!(hash_all(&files, &mut cache, later()).unwrap(), [ContentHash::of(b"xyz")]);
}

#[test]
fn a_file_written_moments_ago_is_hashed_again_next_time() {
    let folder = folder(&[("a.txt", "abc")]);
    let files = found(&folder);
    let mut cache = HashCache::none();
    hash_all(&files, &mut cache, SystemTime::now()).unwrap();
    assert_eq!(cache.get("a.txt", &files[0].stamp), None);
    hash_all(&files, &mut cache, later()).unwrap();
    assert_eq!(cache.get("a.txt", &files[0].stamp), Some(ContentHash::of(b"abc")));
}

#[test]
fn twenty_thousand_files_are_prepared_and_compared() {
    let folder = folder(&[("404.html", "x"), ("index.html", "x")]);
    for directory in 0..200 {
        let path = folder.path().join(format!("section-{directory}"));
        fs::create_dir(&path).unwrap();
        for page in 0..100 {
            fs::write(path.join(format!("page-{page}.html")), page.to_string()).unwrap();
        }
    }
    let kept = tempfile::tempdir().unwrap();
    let kept = kept.path().join("hashes.json");
    let mut cache = HashCache::load(&kept);
    let options = ScanOptions::default();
    let first = Release::prepare(folder.path(), &profile(), options, &mut cache, later()).unwrap();
    cache.save().unwrap();
    let mut cache = HashCache::load(&kept);
    let second = Release::prepare(folder.path(), &profile(), options, &mut cache, later()).unwrap();
    assert_eq!(first, second);
    assert_eq!(first.files().len(), 20_002);
    let upload = change(&first, Held::Nothing);
    let manifest = Manifest::after("acme", &first, &upload, None, &BTreeMap::new());
    assert!(change(&second, Held::Manifest(&manifest)).is_empty());
}

#[test]
fn touching_every_file_changes_nothing() {
    let folder = folder(&[("404.html", "x"), ("index.html", "x")]);
    let before = prepare(folder.path()).unwrap();
    for file in before.files() {
        let opened = File::options().write(true).open(file.path()).unwrap();
        opened.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    }
    assert_eq!(prepare(folder.path()).unwrap().hash(), before.hash());
}

#[test]
fn a_release_is_summed_up() {
    let files = [("404.html", "12"), ("CNAME", "acme.example"), ("blob", "\0"), ("index.html", "123")];
    let summary = prepare(folder(&files).path()).unwrap().summary();
    assert_eq!((summary.files, summary.bytes), (4, 18));
    assert_eq!(summary.extensionless, ["CNAME", "blob"]);
    assert_eq!(summary.types["text/html; charset=utf-8"], Tally { files: 2, bytes: 5 });
    assert_eq!(summary.types["application/octet-stream"], Tally { files: 1, bytes: 1 });
    assert_eq!(summary.types["text/plain; charset=utf-8"], Tally { files: 1, bytes: 12 });
}
