//! What visitors get from a distribution in the sandbox.

#![expect(clippy::unwrap_used, reason = "a test that can't prepare its site has failed")]

#[expect(dead_code, reason = "only some of what places can do is needed here")]
#[path = "support/program.rs"]
mod program;
#[expect(dead_code, reason = "only some of the clients are needed here")]
mod sandbox;
#[path = "support/two_regions.rs"]
mod two_regions;

use program::Place;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::Running;
use sitecast::status::visit::{Edge, Visited, Visitor};
use two_regions::{PAGES, TWO_REGIONS};

/// A deployed site, and whoever visits it.
struct Site {
    place: Place,
    running: Running,
    visitor: Visitor,
    host: String,
}

impl Site {
    async fn new() -> Site {
        let place = Place::new(TWO_REGIONS, &PAGES);
        place.write("about.html", "<h1>About</h1>");
        let address = place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
        let host = address.trim().trim_start_matches("https://").trim_end_matches('/').to_owned();
        let running = sandbox::start(&place.account(), Pace::Instant, &[]).await;
        let visitor = Visitor::new(Edge::At(running.url().trim_start_matches("http://").parse().unwrap()));
        Site { place, running, visitor, host }
    }

    async fn get(&self, path: &str) -> Visited {
        self.get_of(&self.host, path).await
    }

    async fn get_of(&self, host: &str, path: &str) -> Visited {
        self.visitor.connect(host).await.unwrap().get(path).await.unwrap()
    }

    fn set_faults(&self, faults: &[&str]) {
        self.running.set_faults(faults.iter().map(|fault| fault.parse().unwrap()).collect());
    }
}

fn shown(visited: &Visited) -> (u16, String, &str) {
    let body = String::from_utf8(visited.body.to_vec()).unwrap();
    (visited.status.as_u16(), body, visited.header("x-cache").unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_come_from_the_bucket_and_then_from_the_cache() {
    let site = Site::new().await;
    let page = || "<h1>Acme</h1>".to_owned();
    let first = site.get("/").await;
    assert_eq!(shown(&first), (200, page(), "Miss from cloudfront"));
    assert_eq!(first.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(first.header("cache-control").is_some() && first.header("x-amz-version-id").is_none());
    let second = site.get("/index.html").await;
    assert_eq!((shown(&second).2, second.header("age").is_some()), ("Hit from cloudfront", true));
    site.place.write("index.html", "<h1>New</h1>");
    site.place.run_well(&["deploy", "site.toml", "--yes", "--quiet"]);
    let third = site.get("/").await;
    assert_eq!(shown(&third), (200, "<h1>New</h1>".to_owned(), "Miss from cloudfront"), "it was invalidated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_missing_gets_the_page_for_that() {
    let site = Site::new().await;
    let missing = site.get("/nothing.html").await;
    assert_eq!(shown(&missing), (404, "<h1>Not here</h1>".to_owned(), "Error from cloudfront"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backup_answers_while_the_primary_is_out() {
    let site = Site::new().await;
    site.set_faults(&["s3-region=eu-west-1 outage"]);
    assert_eq!(site.get("/about.html").await.status, 200);
    site.set_faults(&["s3-region=eu-west-1 hang"]);
    assert_eq!(site.get("/404.html").await.status, 200, "silence counts as well");
    site.set_faults(&["service=s3 outage"]);
    assert_eq!(site.get("/index.html").await.status, 503, "the visitor gets what the backup says");
    assert_eq!(site.get("/about.html").await.status, 200, "what is cached stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_drill_s_path_goes_over_on_a_missing_file() {
    let site = Site::new().await;
    let backup = sandbox::s3(&site.running, "eu-central-1");
    for key in ["site/.sitecast-drill/canary", "site/only-in-backup.html"] {
        let bucket = "acme-123456789012-eu-central-1-an";
        backup.put_object().bucket(bucket).key(key).body(b"here".to_vec().into()).send().await.unwrap();
    }
    let canary = site.get("/.sitecast-drill/canary").await;
    assert_eq!(shown(&canary), (200, "here".to_owned(), "Miss from cloudfront"));
    assert_eq!(
        shown(&site.get("/.sitecast-drill/canary").await).2,
        "Miss from cloudfront",
        "it is never cached"
    );
    assert_eq!(site.get("/only-in-backup.html").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_without_a_policy_and_a_host_without_a_distribution_are_refused() {
    let site = Site::new().await;
    for region in ["eu-west-1", "eu-central-1"] {
        let bucket = format!("acme-123456789012-{region}-an");
        let client = sandbox::s3(&site.running, region);
        client.delete_bucket_policy().bucket(bucket).send().await.unwrap();
    }
    assert_eq!(site.get("/about.html").await.status, 403);
    let nobody = site.get_of("dnobody.cloudfront.net", "/").await;
    assert_eq!((nobody.status.as_u16(), nobody.header("x-cache")), (403, Some("Error from cloudfront")));
}
