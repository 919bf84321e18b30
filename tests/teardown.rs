//! Backing up before a teardown, by the real program against the sandbox.

#![expect(clippy::unwrap_used, reason = "a test that can't run the program has failed")]

#[path = "support/program.rs"]
mod program;
#[expect(dead_code, reason = "only some of what the sandbox can do is needed here")]
mod sandbox;

use program::{Place, told};
use sitecast::sandbox::pace::Pace;
use std::fs;
use std::path::{Path, PathBuf};

const PROFILE: &str = r#"
schema = 1
name = "acme"

[distribution]
folder = "public"
region = "eu-west-1"
"#;

const FILES: &[(&str, &str)] = &[
    ("index.html", "<h1>Acme</h1>"),
    ("404.html", "<h1>Nothing</h1>"),
    ("a b/100% São.txt", "a name that only looks odd"),
    ("deep/er/data.bin", "\u{0}\u{1}\u{2}"),
];

const DESTROY: &[&str] = &["destroy", "site.toml", "--yes", "--confirm", "acme", "--no-input", "--back-up"];

fn deployed() -> Place {
    let place = Place::new(PROFILE, FILES);
    place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    place
}

fn root(place: &Place) -> PathBuf {
    place.account().parent().unwrap().to_owned()
}

/// The folder that was made beside the profile, if one was.
fn back_up_in(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found =
        entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("acme-backup-"));
    found.next()
}

#[test]
fn the_files_are_here_before_they_are_gone_there() {
    let place = deployed();
    place.run_well(DESTROY);
    let folder = back_up_in(&root(&place)).unwrap();
    for (name, text) in FILES {
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), *text, "{name}");
    }
    assert_eq!(place.run(DESTROY).status.code(), Some(1), "nothing is left");
}

#[test]
fn a_copy_that_was_cut_short_is_gone_on_with_and_nothing_is_written_over() {
    let place = deployed();
    let copied = place.copy();
    copied.run_well(DESTROY);
    let name = back_up_in(&root(&copied)).unwrap().file_name().unwrap().to_owned();
    let folder = root(&place).join(name);
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("index.html"), "something of the person's own").unwrap();
    let output = place.run(DESTROY);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("another file is there"), "{}", told(&output));
    place.run_well(&["status", "site.toml", "--check"]);
    fs::write(folder.join("index.html"), "<h1>Acme</h1>").unwrap();
    place.run_well(DESTROY);
    assert_eq!(fs::read_to_string(folder.join("404.html")).unwrap(), "<h1>Nothing</h1>");
}

#[tokio::test]
async fn a_file_that_is_not_what_was_published_keeps_the_site_from_going() {
    let place = deployed();
    let running = sandbox::start(&place.account(), Pace::Instant, &[]).await;
    let s3 = sandbox::s3(&running, "eu-west-1");
    let buckets = s3.list_buckets().send().await.unwrap();
    let bucket = buckets.buckets()[0].name().unwrap();
    let body = aws_sdk_s3::primitives::ByteStream::from_static(b"<h1>Acne</h1>");
    s3.put_object().bucket(bucket).key("site/index.html").body(body).send().await.unwrap();
    running.stop().await;
    let output = place.run(DESTROY);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("Could not back up index.html"), "{}", told(&output));
    let folder = back_up_in(&root(&place)).unwrap();
    assert!(!folder.join("index.html").exists());
    let status = place.run_well(&["status", "site.toml", "--json"]);
    assert!(status.contains("\"enabled\": true"), "{status}");
}

#[tokio::test]
async fn buckets_that_an_untagged_distribution_may_serve_stay() {
    let place = deployed();
    let running = sandbox::start(&place.account(), Pace::Instant, &[]).await;
    let cloudfront = aws_sdk_cloudfront::Client::new(&sandbox::config(&running, "us-east-1"));
    let list = cloudfront.list_distributions().send().await.unwrap().distribution_list.unwrap();
    let keys = aws_sdk_cloudfront::types::TagKeys::builder().items("sitecast:site").build();
    cloudfront.untag_resource().resource(&list.items()[0].arn).tag_keys(keys).send().await.unwrap();
    let destroy = ["destroy", "site.toml", "--yes", "--confirm", "acme", "--no-input"];
    let output = place.run(&destroy);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("give it back the tag sitecast:site = acme"), "{}", told(&output));
    let s3 = sandbox::s3(&running, "eu-west-1");
    let buckets = s3.list_buckets().send().await.unwrap();
    let page = s3.get_object().bucket(buckets.buckets()[0].name().unwrap()).key("site/index.html");
    page.send().await.unwrap();
    running.stop().await;
}
