//! Functions at the edge as a person has them: deployed, changed, taken away and torn down by the real program, on
//! the sandbox.

#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

#[path = "support/account.rs"]
mod account;
#[expect(dead_code, reason = "only some of the clients are needed here")]
mod sandbox;

use aws_sdk_cloudfront::types::{DistributionConfig, EventType};
use aws_sdk_lambda::types::FunctionCode;
use sitecast::sandbox::pace::Pace;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

const HEAD: &str =
    "schema = 1\nname = \"acme\"\n[distribution]\nfolder = \"public\"\nregion = \"eu-west-1\"\n";
const HEADERS: &str =
    "[[edge]]\nname = \"headers\"\nfunction = \"builtin:security-headers\"\nevent = \"viewer-response\"\n";
const GREETING: &str = "[[edge]]\nname = \"greeting\"\nfunction = \"builtin:greeting\"\nevent = \"origin-request\"\npaths = [\"/hello/*\"]\n";

const DEPLOY: &[&str] = &["deploy", "site.toml", "--yes", "--no-input"];
const PLAN: &[&str] = &["plan", "site.toml", "--detailed-exitcode"];
const DESTROY: &[&str] = &["destroy", "site.toml", "--yes", "--confirm", "acme", "--no-input"];

/// A profile, a folder and an account.
struct Place(TempDir);

impl Place {
    fn new(entries: &str) -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        place.set_entries(entries);
        place.write("public/index.html", "hello");
        place
    }

    fn set_entries(&self, entries: &str) {
        self.write("site.toml", &format!("{HEAD}{entries}"));
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run_at(&self, pace: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sitecast"));
        command.env_clear().env("HOME", self.0.path()).env("TERM", "dumb").current_dir(self.0.path());
        command.args(["--sandbox", "--pace", pace, "--sandbox-dir", "account"]).args(arguments);
        command.output().unwrap()
    }

    /// Runs the program, insists on its exit code, and gives all that it said.
    fn told(&self, code: i32, arguments: &[&str]) -> String {
        told(code, self.run_at("instant", arguments))
    }

    fn account(&self) -> PathBuf {
        self.0.path().join("account")
    }

    async fn snapshot(&self) -> String {
        account::snapshot(&self.account()).await
    }

    /// Does something in the account by hand.
    async fn by_hand<T>(&self, work: impl AsyncFnOnce(aws_types::SdkConfig) -> T) -> T {
        let running = sandbox::start(&self.account(), Pace::Instant, &[]).await;
        let done = work(sandbox::config(&running, "us-east-1")).await;
        running.stop().await;
        done
    }

    /// What each behaviour runs at the edge: path, event and the function with its version.
    async fn associations(&self) -> Vec<String> {
        self.by_hand(async |config| associations(&the_distribution(&config).await.1)).await
    }
}

fn told(code: i32, output: Output) -> String {
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{text}");
    text
}

async fn the_distribution(config: &aws_types::SdkConfig) -> (String, DistributionConfig, String) {
    let client = aws_sdk_cloudfront::Client::new(config);
    let listed = client.list_distributions().send().await.unwrap();
    let id = listed.distribution_list().unwrap().items()[0].id().to_owned();
    let answer = client.get_distribution_config().id(&id).send().await.unwrap();
    (id, answer.distribution_config.unwrap(), answer.e_tag.unwrap())
}

fn associations(config: &DistributionConfig) -> Vec<String> {
    let default = config.default_cache_behavior().unwrap();
    let others = config.cache_behaviors().map(|behaviors| behaviors.items()).unwrap_or_default();
    let default = ("*", default.lambda_function_associations());
    let all = others
        .iter()
        .map(|behavior| (behavior.path_pattern(), behavior.lambda_function_associations()))
        .chain([default]);
    let told = all.flat_map(|(path, functions)| {
        functions.map(|functions| functions.items()).unwrap_or_default().iter().map(move |function| {
            let name = function.lambda_function_arn().rsplit("sitecast_acme_").next().unwrap();
            format!("{path} {} {name}", function.event_type())
        })
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

#[tokio::test]
async fn functions_are_deployed_changed_taken_away_and_torn_down() {
    let place = Place::new(&[HEADERS, GREETING].concat());
    place.told(0, DEPLOY);
    let everywhere = ["* viewer-request pretty_urls:1", "* viewer-response headers:1"];
    let greeted = ["/hello/* origin-request greeting:1", "/hello/* viewer-response headers:1"];
    assert_eq!(place.associations().await, [&everywhere[..], &greeted].concat());
    assert!(place.told(0, PLAN).contains("No changes"));

    place.set_entries(&[HEADERS, "options = { frame = \"sameorigin\" }\n"].concat());
    place.told(0, DEPLOY);
    assert_eq!(place.associations().await, ["* viewer-request pretty_urls:1", "* viewer-response headers:2"]);
    let snapshot = place.snapshot().await;
    assert!(!snapshot.contains("edge function sitecast_acme_greeting"), "{snapshot}");
    assert_eq!(versions(&place, "sitecast_acme_headers").await, ["$LATEST", "2"]);
    assert!(place.told(0, PLAN).contains("No changes"));
    let status = place.told(0, &["status", "site.toml", "--check"]);
    assert!(status.contains("sitecast_acme_headers  version 2"), "{status}");

    place.told(0, DESTROY);
    assert_eq!(place.snapshot().await, "");
}

async fn versions(place: &Place, name: &str) -> Vec<String> {
    let listed = place.by_hand(async |config| {
        let client = aws_sdk_lambda::Client::new(&config);
        client.list_versions_by_function().function_name(name).send().await.unwrap()
    });
    listed.await.versions().iter().map(|version| version.version().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn copies_at_the_edge_leave_a_teardown_unfinished_and_the_next_run_finishes_it() {
    let place = torn_down_but_for_its_functions();
    let first = told(5, place.run_at("real", DESTROY));
    assert!(first.contains("still hold copies"), "{first}");
    let left = place.snapshot().await;
    assert!(left.contains("role sitecast_acme_edge") && !left.contains("bucket "), "{left}");
    let listed = place.told(0, &["list"]);
    let functions = "edge-function sitecast_acme_headers, edge-function sitecast_acme_pretty_urls";
    let words = format!(
        "acme                      no distribution and no bucket, only {functions}, edge-role sitecast_acme_edge"
    );
    assert!(listed.contains(&words), "{listed}");
    assert!(
        listed.contains("to remove that: sitecast destroy site.toml --sandbox --sandbox-dir account"),
        "{listed}"
    );
    let next = place.told(0, DESTROY);
    assert!(next.contains("edge-role"), "{next}");
    assert!(!place.told(0, &["list"]).contains("acme"));
    assert_eq!(place.snapshot().await, "");
}

#[tokio::test]
async fn a_teardown_can_wait_for_the_copies() {
    let place = torn_down_but_for_its_functions();
    told(5, place.run_at("real", DESTROY));
    told(0, place.run_at("quick", &[DESTROY, &["--wait"]].concat()));
    assert_eq!(place.snapshot().await, "");
}

/// Nothing but functions and what they need is left, so that no lifecycle but that of their copies counts.
fn torn_down_but_for_its_functions() -> Place {
    let place = Place::new(HEADERS);
    place.told(0, DEPLOY);
    let fault = "service=lambda op=DeleteFunction times=1000 fail=ServiceException status=500";
    place.told(1, &[DESTROY, &["--fault", fault]].concat());
    place
}

#[tokio::test]
async fn a_teardown_removes_the_logs_of_its_functions_alone_unless_they_are_to_stay() {
    let (ours, foreign) =
        ("/aws/lambda/us-east-1.sitecast_acme_headers", "/aws/lambda/us-east-1.sitecast_acme_other");
    for (further, left) in [(&[][..], vec![foreign]), (&["--keep-logs"][..], vec![ours, foreign])] {
        let place = Place::new(HEADERS);
        place.told(0, DEPLOY);
        let running = sandbox::start(&place.account(), Pace::Instant, &[]).await;
        for region in ["us-east-1", "eu-west-1", "ap-east-1"] {
            let client = aws_sdk_cloudwatchlogs::Client::new(&sandbox::config(&running, region));
            for group in [ours, foreign] {
                client.create_log_group().log_group_name(group).send().await.unwrap();
            }
        }
        running.stop().await;
        place.told(0, &[DESTROY, further].concat());
        let running = sandbox::start(&place.account(), Pace::Instant, &[]).await;
        for region in ["us-east-1", "eu-west-1", "ap-east-1"] {
            let client = aws_sdk_cloudwatchlogs::Client::new(&sandbox::config(&running, region));
            let groups = client.describe_log_groups().send().await.unwrap();
            let names: Vec<_> =
                groups.log_groups().iter().map(|group| group.log_group_name().unwrap()).collect();
            assert_eq!(names, left, "{region}");
        }
        running.stop().await;
    }
}

#[tokio::test]
async fn what_was_changed_by_hand_shows_field_by_field_and_is_set_right() {
    let place = Place::new(HEADERS);
    place.told(0, DEPLOY);
    let before = place.snapshot().await;
    place
        .by_hand(async |config| {
            let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
            let lambda = aws_sdk_lambda::Client::new(&config);
            let function = lambda.update_function_configuration().function_name("sitecast_acme_headers");
            function.memory_size(512).send().await.unwrap();
            let (id, mut site, etag) = the_distribution(&config).await;
            let default = site.default_cache_behavior.as_mut().unwrap();
            let functions = default.lambda_function_associations.as_mut().unwrap();
            functions.items.as_mut().unwrap().retain(|it| it.event_type != EventType::ViewerResponse);
            functions.quantity = 1;
            let cloudfront = aws_sdk_cloudfront::Client::new(&config);
            let update = cloudfront.update_distribution().id(id).if_match(etag).distribution_config(site);
            update.send().await.unwrap();
            let iam = aws_sdk_iam::Client::new(&config);
            let role = iam.update_assume_role_policy().role_name("sitecast_acme_edge");
            role.policy_document(trust).send().await.unwrap();
        })
        .await;
    let plan = place.told(3, PLAN);
    for field in ["trusted", "memory_mb", "viewer-response"] {
        assert!(plan.contains(field), "{field} in {plan}");
    }
    place.told(0, DEPLOY);
    assert_eq!(place.snapshot().await, before);
    assert_eq!(place.associations().await, ["* viewer-request pretty_urls:1", "* viewer-response headers:1"]);
}

#[tokio::test]
async fn a_function_of_somebody_elses_is_refused_and_left_alone() {
    let place = Place::new("");
    place.told(0, DEPLOY);
    place
        .by_hand(async |config| {
            let iam = aws_sdk_iam::Client::new(&config);
            let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
            iam.create_role().role_name("theirs").assume_role_policy_document(trust).send().await.unwrap();
            let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            archive.start_file("index.mjs", zip::write::SimpleFileOptions::default()).unwrap();
            let archive = archive.finish().unwrap().into_inner();
            let client = aws_sdk_lambda::Client::new(&config);
            let function = client.create_function().function_name("sitecast_acme_headers");
            let function = function.role("arn:aws:iam::123456789012:role/theirs").handler("index.handler");
            let code = FunctionCode::builder().zip_file(aws_sdk_lambda::primitives::Blob::new(archive)).build();
            function.runtime("nodejs22.x".into()).code(code).send().await.unwrap();
        })
        .await;
    let before = place.snapshot().await;
    place.set_entries(HEADERS);
    let refused = place.told(1, DEPLOY);
    assert!(refused.contains("sitecast_acme_headers exists and isn't ours"), "{refused}");
    assert_eq!(place.snapshot().await, before);
}

#[tokio::test]
async fn code_that_cannot_work_is_refused_before_anything_is_made() {
    let place =
        Place::new("[[edge]]\nname = \"own\"\nfunction = \"edge/own.mjs\"\nevent = \"origin-request\"\n");
    place.write("edge/own.mjs", "export const other = 1;\n");
    for command in [PLAN, DEPLOY] {
        let refused = place.told(2, command);
        assert!(refused.contains("`own` can't work") && refused.contains("edge/own.mjs"), "{refused}");
    }
    assert_eq!(place.snapshot().await, "");

    place.write("edge/own.mjs", "export const handler = async (event) => event.Records[0].cf.request;\n");
    place.told(0, DEPLOY);
    fs::remove_dir_all(place.0.path().join("edge")).unwrap();
    let status = place.told(0, &["status", "site.toml", "--check"]);
    assert!(status.contains("edge function own was not compared"), "{status}");
}

#[tokio::test]
async fn a_password_hash_appears_nowhere() {
    let hash = Command::new(env!("CARGO_BIN_EXE_sitecast"))
        .args(["edge", "hash-password"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .and_then(|mut child| {
            std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"correct horse\n")?;
            child.wait_with_output()
        });
    let hash = String::from_utf8(hash.unwrap().stdout).unwrap().trim().to_owned();
    assert!(hash.len() > 40, "{hash}");
    let place = Place::new(&format!(
        "[[edge]]\nname = \"door\"\nfunction = \"builtin:basic-auth\"\nevent = \"viewer-request\"\n\
         options = {{ users = {{ ann = \"{hash}\" }} }}\n"
    ));
    for arguments in [
        &["plan", "site.toml", "--json"][..],
        &[DEPLOY, &["--events"]].concat(),
        &["status", "site.toml", "--json"],
    ] {
        let said = place.told(0, arguments);
        assert!(!said.contains(&hash), "{said}");
    }
    assert_eq!(place.associations().await, ["* origin-request pretty_urls:1", "* viewer-request door:1"]);
}
