//! Every action that a profile takes is granted by its policy, and missed by the check when it is taken away.

#![expect(clippy::unwrap_used, reason = "a test that can't prepare its sandbox has failed")]

use serde_json::Value;
use sitecast::aws::session::{ConnectOptions, Session};
use sitecast::check::policy::{Scope, Statement, document, edge_role_statements, statements};
use sitecast::check::{Finding, Level, permissions};
use sitecast::profile::{self, Loaded};
use sitecast::sandbox::iam;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::{self, Options, Running};

const PROFILE: &str = r#"
schema = 1
name = "acme"
[distribution]
folder = "public"
region = "eu-west-1"
[failover]
region = "eu-central-1"
copy = "replication"
[[edge]]
name = "headers"
function = "builtin:security-headers"
event = "viewer-response"
paths = ["*"]
[https]
domains = ["example.com", "*.example.com"]
dns = "route53"
"#;

struct Account {
    running: Running,
    session: Session,
    loaded: Loaded,
    _folder: tempfile::TempDir,
}

impl Account {
    async fn new() -> Account {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("site.toml");
        std::fs::write(&file, PROFILE).unwrap();
        let options = Options {
            folder: folder.path().join("state"),
            pace: Pace::Instant,
            port: 0,
            faults: Vec::new(),
            dns_port: None,
        };
        let running = server::start(options).await.unwrap();
        let options = ConnectOptions { sandbox: Some(running.url()), ..ConnectOptions::default() };
        let session = Session::connect(options).await.unwrap();
        Account { running, session, loaded: profile::load(&file).unwrap(), _folder: folder }
    }

    async fn statements(&self) -> Vec<Statement> {
        let identity = self.session.identify().await.unwrap();
        statements(&Scope::new(&self.loaded.profile, &identity.partition, &identity.account))
    }

    /// What the check finds when the caller may do just what `document` says.
    async fn checked(&self, document: &Value) -> Vec<Finding> {
        iam::restrict(self.running.store(), Some(&document.to_string())).unwrap();
        let identity = self.session.identify().await.unwrap();
        let scope = Scope::new(&self.loaded.profile, &identity.partition, &identity.account);
        permissions::check(&self.session, identity, &scope).await
    }
}

#[tokio::test]
async fn the_policy_is_enough() {
    let account = Account::new().await;
    let findings = account.checked(&document(&account.statements().await)).await;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0].level, Level::Ok, "{findings:#?}");
}

#[tokio::test]
async fn every_action_that_is_taken_away_is_named() {
    let account = Account::new().await;
    let whole = account.statements().await;
    let mut tried = 0;
    for (at, statement) in whole.iter().enumerate() {
        for action in &statement.actions {
            let mut less = whole.clone();
            less[at].actions.retain(|other| other != action);
            less.retain(|statement| !statement.actions.is_empty());
            let findings = account.checked(&document(&less)).await;
            let named = findings.iter().filter(|finding| names(finding, action, statement.needed));
            assert_eq!((findings.len(), named.count()), (1, 1), "{action}: {findings:#?}");
            tried += 1;
        }
    }
    assert!(tried > 80, "only {tried} actions");
}

fn names(finding: &Finding, action: &str, needed: bool) -> bool {
    let level = if needed { Level::Stop } else { Level::Warning };
    finding.level == level && finding.what == format!("not allowed: {action}")
}

#[tokio::test]
async fn a_policy_for_another_site_is_not_enough() {
    let account = Account::new().await;
    let other = PROFILE.replace("\"acme\"", "\"other\"");
    let text = document(&account.statements().await).to_string();
    assert!(other.contains("other") && text.contains("sitecast_acme_"));
    let other: Value = serde_json::from_str(&text.replace("acme", "other")).unwrap();
    let findings = account.checked(&other).await;
    assert!(findings.iter().any(|finding| finding.what.contains("s3:CreateBucket")), "{findings:#?}");
    let looks = ["s3:GetObjectVersion", "logs:FilterLogEvents"];
    let stops = |finding: &&Finding| !looks.iter().any(|action| finding.what.ends_with(action));
    assert!(
        findings.iter().filter(stops).all(|finding| finding.level == Level::Stop),
        "only a look at earlier releases and at logs can be done without: {findings:#?}"
    );
}

#[tokio::test]
async fn a_caller_who_may_not_ask_is_told_that_nothing_was_checked() {
    let account = Account::new().await;
    let faults = vec!["op=SimulatePrincipalPolicy fail=AccessDenied status=403".parse().unwrap()];
    account.running.set_faults(faults);
    let findings = account.checked(&document(&account.statements().await)).await;
    assert_eq!((findings.len(), findings[0].level), (1, Level::NotChecked), "{findings:#?}");
}

#[tokio::test]
async fn the_edge_role_may_only_write_the_logs_of_the_site_s_functions() {
    let account = Account::new().await;
    let scope = Scope::new(&account.loaded.profile, "aws", "123456789012");
    let document = document(&edge_role_statements(&scope));
    assert_eq!(
        document["Statement"][0]["Resource"][0],
        "arn:aws:logs:*:123456789012:log-group:/aws/lambda/us-east-1.sitecast_acme_*"
    );
}
