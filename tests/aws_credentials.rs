//! What a person is told without usable AWS credentials, for each way in which that comes about.
//!
//! The SDK reads its configuration from the environment, which a test can't change for itself: each case runs
//! this very test program again, with an environment of its own.

#![expect(clippy::unwrap_used, reason = "a test that can't set up its case has failed")]

use sitecast::aws::{ConnectOptions, Session};
use sitecast::error::Kind;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const CONFIG: &str = r#"
[profile signed-in-by-sso]
sso_session = company
sso_account_id = 123456789012
sso_role_name = Deploy
region = eu-west-1

[sso-session company]
sso_region = eu-west-1
sso_start_url = https://example.awsapps.com/start
sso_registration_scopes = sso:account:access

[profile by-program]
credential_process = sh -c "echo SECRETWORD >&2; exit 3"

[profile with-a-source-that-is-not-there]
role_arn = arn:aws:iam::123456789012:role/deploy
source_profile = nothere

[profile with-half-of-its-keys]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE

[profile without-sso-region]
sso_account_id = 123456789012
sso_role_name = Deploy
sso_start_url = https://example.awsapps.com/start

[profile with-keys]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = SECRETWORD
"#;

/// Not a test of its own: tells, in a process that a test has started, what connecting comes to.
#[tokio::test]
#[ignore = "started by the other tests"]
async fn connect_and_tell() {
    let aws_profile = std::env::var("CASE_PROFILE").ok();
    let options = ConnectOptions { aws_profile, poll: Some(Duration::from_millis(1)), ..Default::default() };
    let told = match Session::connect(options).await {
        Ok(session) => session.identify().await.map(|identity| identity.arn.clone()),
        Err(error) => Err(error),
    };
    match told {
        Ok(arn) => println!("TOLD identified {arn}"),
        Err(error) => println!("TOLD {:?}\n{error}", error.kind),
    }
}

fn told(environment: &[(&str, &str)]) -> String {
    told_with(CONFIG, environment)
}

fn told_with(config: &str, environment: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    fs::write(&file, config).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "connect_and_tell", "--ignored", "--nocapture"])
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", &file)
        .env("AWS_SHARED_CREDENTIALS_FILE", Path::new("/nowhere"))
        .env("HOME", folder.path())
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("SECRETWORD"), "{text}");
    text.split_once("TOLD ").unwrap_or_else(|| panic!("{text}")).1.to_owned()
}

#[track_caller]
fn assert_told(environment: &[(&str, &str)], words: &[&str]) {
    let told = told(environment);
    assert!(told.starts_with(&format!("{:?}", Kind::Credentials)), "{told}");
    for word in words {
        assert!(told.contains(word), "`{word}` is not in: {told}");
    }
}

#[test]
fn without_any_credentials() {
    assert_told(&[], &["neither the environment nor", "aws configure sso", "--sandbox"]);
}

#[test]
fn with_a_profile_that_does_not_exist() {
    let words = ["no profile nope in", "there are: by-program, signed-in-by-sso, with-", "--sandbox"];
    assert_told(&[("CASE_PROFILE", "nope")], &words);
    assert_told(&[("AWS_PROFILE", "nope")], &words);
}

#[test]
fn with_a_source_profile_that_does_not_exist() {
    let words = [
        "profile with-a-source-that-is-not-there names nothere as its `source_profile`",
        "name one of these as `source_profile`: by-program, ",
    ];
    for variable in ["CASE_PROFILE", "AWS_PROFILE"] {
        assert_told(&[(variable, "with-a-source-that-is-not-there")], &words);
    }
}

#[test]
fn with_a_profile_that_lacks_a_key() {
    for variable in ["CASE_PROFILE", "AWS_PROFILE"] {
        let words = ["configuration of profile with-half-of-its-keys is not valid", "aws_secret_access_key"];
        assert_told(&[(variable, "with-half-of-its-keys")], &words);
        let words = ["configuration of profile without-sso-region is not valid: `sso_region` was missing"];
        assert_told(&[(variable, "without-sso-region")], &words);
    }
}

#[test]
fn with_a_configuration_that_is_none() {
    let told = told_with("[default]\nregion = eu-west-1\nSECRETWORD\n", &[]);
    assert!(told.contains("is not valid") && told.contains("on line 3"), "{told}");
    assert!(told.starts_with(&format!("{:?}", Kind::Credentials)), "{told}");
}

#[test]
fn with_an_sso_login_that_is_over() {
    assert_told(
        &[("CASE_PROFILE", "signed-in-by-sso")],
        &["SSO login of profile signed-in-by-sso", "`aws sso login --profile signed-in-by-sso`"],
    );
}

#[test]
fn with_a_program_that_gives_none() {
    assert_told(&[("CASE_PROFILE", "by-program")], &["credential_process of profile by-program"]);
}

#[test]
fn with_keys_but_nobody_to_ask() {
    assert_told(
        &[("CASE_PROFILE", "with-keys"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9")],
        &["Could not ask AWS who is calling", "AWS_ENDPOINT_URL"],
    );
}
