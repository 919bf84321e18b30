//! Tests of IAM through its front.

use super::{answer, assumable};
use crate::sandbox::call::{Request, World};
use crate::sandbox::pace::Pace;
use crate::sandbox::store::Store;
use bytes::Bytes;
use http::HeaderMap;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use time::{Duration, OffsetDateTime};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","edgelambda.amazonaws.com"]},"Action":"sts:AssumeRole"}]}"#;
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"logs:*","Resource":"arn:aws:logs:*:*:*"}}"#;
const MANAGED: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

struct Sandbox {
    world: World,
    _folder: tempfile::TempDir,
}

impl Sandbox {
    fn new(pace: Pace) -> Sandbox {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        Sandbox { world: World { store, now: OffsetDateTime::UNIX_EPOCH, pace }, _folder: folder }
    }

    /// The status and body of a call.
    fn ask(&self, action: &str, parameters: &[(&str, &str)]) -> (u16, String) {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs = parameters.iter().map(|(name, value)| format!("&{name}={}", encode(value)));
        let body = format!("Action={action}&Version=2010-05-08{}", pairs.collect::<String>());
        let request = Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Bytes::from(body),
            service: "iam".to_owned(),
            region: "us-east-1".to_owned(),
        };
        let answer = answer(&self.world, &request);
        (answer.status, String::from_utf8(answer.body.to_vec()).unwrap())
    }

    fn done(&self, action: &str, parameters: &[(&str, &str)]) -> String {
        let (status, body) = self.ask(action, parameters);
        assert_eq!(status, 200, "{action}: {body}");
        body
    }

    fn refused(&self, action: &str, parameters: &[(&str, &str)], status: u16, code: &str) {
        let (got, body) = self.ask(action, parameters);
        assert!(got == status && body.contains(&format!("<Code>{code}</Code>")), "{action}: {got} {body}");
    }

    fn create(&self, name: &str) {
        self.done("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", TRUST)]);
    }
}

#[test]
fn a_role_lives_through_its_policies() {
    let sandbox = Sandbox::new(Pace::Instant);
    let role = ("RoleName", "edge");
    sandbox.create("edge");
    sandbox.refused("CreateRole", &[role, ("AssumeRolePolicyDocument", TRUST)], 409, "EntityAlreadyExists");
    assert!(
        sandbox.done("GetRole", &[role]).contains("%7B%22Version%22%3A%222012-10-17%22"),
        "it is URL-encoded"
    );
    sandbox.done("PutRolePolicy", &[role, ("PolicyName", "logs"), ("PolicyDocument", POLICY)]);
    sandbox.done("AttachRolePolicy", &[role, ("PolicyArn", MANAGED)]);
    sandbox.done("AttachRolePolicy", &[role, ("PolicyArn", MANAGED)]);
    assert!(sandbox.done("GetRolePolicy", &[role, ("PolicyName", "logs")]).contains("logs%3A%2A"));
    assert!(sandbox.done("ListRolePolicies", &[role]).contains("<member>logs</member>"));
    assert!(sandbox.done("ListAttachedRolePolicies", &[role]).contains("AWSLambdaBasicExecutionRole"));
    sandbox.refused("DeleteRole", &[role], 409, "DeleteConflict");
    sandbox.done("DetachRolePolicy", &[role, ("PolicyArn", MANAGED)]);
    sandbox.refused("DeleteRole", &[role], 409, "DeleteConflict");
    sandbox.done("DeleteRolePolicy", &[role, ("PolicyName", "logs")]);
    sandbox.done("DeleteRole", &[role]);
    sandbox.refused("GetRole", &[role], 404, "NoSuchEntity");
}

#[test]
fn wrong_parameters_are_refused() {
    let sandbox = Sandbox::new(Pace::Instant);
    sandbox.create("edge");
    let long = "x".repeat(65);
    let trust = ("AssumeRolePolicyDocument", TRUST);
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], u16, &'a str);
    let rows: &[Row] = &[
        ("Nothing", &[], 400, "InvalidAction"),
        ("CreateRole", &[("RoleName", "x")], 400, "ValidationError"),
        ("CreateRole", &[("RoleName", &long), trust], 400, "ValidationError"),
        ("CreateRole", &[("RoleName", "a b"), trust], 400, "ValidationError"),
        ("CreateRole", &[("RoleName", "x"), trust, ("Path", "x")], 400, "ValidationError"),
        ("CreateRole", &[("RoleName", "x"), trust, ("MaxSessionDuration", "60")], 400, "ValidationError"),
        (
            "CreateRole",
            &[("RoleName", "x"), ("AssumeRolePolicyDocument", "{")],
            400,
            "MalformedPolicyDocument",
        ),
        (
            "CreateRole",
            &[("RoleName", "x"), ("AssumeRolePolicyDocument", POLICY)],
            400,
            "MalformedPolicyDocument",
        ),
        ("GetRole", &[("RoleName", "none")], 404, "NoSuchEntity"),
        (
            "PutRolePolicy",
            &[("RoleName", "edge"), ("PolicyName", "p"), ("PolicyDocument", TRUST)],
            400,
            "MalformedPolicyDocument",
        ),
        (
            "AttachRolePolicy",
            &[("RoleName", "edge"), ("PolicyArn", "arn:aws:iam::aws:policy/None")],
            404,
            "NoSuchEntity",
        ),
        ("DetachRolePolicy", &[("RoleName", "edge"), ("PolicyArn", MANAGED)], 404, "NoSuchEntity"),
        ("CreateServiceLinkedRole", &[("AWSServiceName", "none.amazonaws.com")], 400, "InvalidInput"),
        ("ListRoles", &[("MaxItems", "0")], 400, "ValidationError"),
    ];
    for (action, parameters, status, code) in rows {
        sandbox.refused(action, parameters, *status, code);
    }
}

#[test]
fn a_service_linked_role_is_made_once_and_never_changed() {
    let sandbox = Sandbox::new(Pace::Instant);
    let service = ("AWSServiceName", "replicator.lambda.amazonaws.com");
    assert!(
        sandbox.done("CreateServiceLinkedRole", &[service]).contains("AWSServiceRoleForLambdaReplicator")
    );
    sandbox.refused("CreateServiceLinkedRole", &[service], 400, "InvalidInput");
    sandbox.refused(
        "DeleteRole",
        &[("RoleName", "AWSServiceRoleForLambdaReplicator")],
        400,
        "UnmodifiableEntity",
    );
}

#[test]
fn tags_are_listed_and_taken_away() {
    let sandbox = Sandbox::new(Pace::Instant);
    let tag = [("Tags.member.1.Key", "site"), ("Tags.member.1.Value", "acme")];
    sandbox.create("edge");
    sandbox.done("TagRole", &[&[("RoleName", "edge")], &tag[..]].concat());
    assert!(sandbox.done("GetRole", &[("RoleName", "edge")]).contains("<Value>acme</Value>"));
    assert!(sandbox.done("ListRoleTags", &[("RoleName", "edge")]).contains("<Key>site</Key>"));
    sandbox.done("UntagRole", &[("RoleName", "edge"), ("TagKeys.member.1", "site")]);
    assert!(!sandbox.done("ListRoleTags", &[("RoleName", "edge")]).contains("site"));
}

#[test]
fn roles_are_listed_page_by_page() {
    let sandbox = Sandbox::new(Pace::Instant);
    ["a", "b", "c"].into_iter().for_each(|name| sandbox.create(name));
    let first = sandbox.done("ListRoles", &[("MaxItems", "2")]);
    assert!(first.contains("<IsTruncated>true</IsTruncated><Marker>b</Marker>"), "{first}");
    let second = sandbox.done("ListRoles", &[("MaxItems", "2"), ("Marker", "b")]);
    assert!(second.contains("<RoleName>c</RoleName>") && second.contains("<IsTruncated>false</IsTruncated>"));
}

#[test]
fn a_role_and_a_new_trust_count_after_a_while() {
    let mut sandbox = Sandbox::new(Pace::Real);
    sandbox.create("edge");
    let may = |sandbox: &Sandbox, service: &str| {
        let world = &sandbox.world;
        assumable(&world.store, world.now, world.pace, "arn:aws:iam::123456789012:role/edge", service)
            .unwrap()
    };
    assert!(!may(&sandbox, "lambda.amazonaws.com"), "a new role can't be assumed at once");
    sandbox.world.now += Duration::minutes(1);
    assert!(may(&sandbox, "lambda.amazonaws.com") && may(&sandbox, "edgelambda.amazonaws.com"));
    assert!(!may(&sandbox, "s3.amazonaws.com"));
    let trust = TRUST.replace("edgelambda", "s3");
    sandbox.done("UpdateAssumeRolePolicy", &[("RoleName", "edge"), ("PolicyDocument", &trust)]);
    assert!(may(&sandbox, "edgelambda.amazonaws.com"), "the earlier trust still counts");
    sandbox.world.now += Duration::minutes(1);
    assert!(may(&sandbox, "s3.amazonaws.com") && !may(&sandbox, "edgelambda.amazonaws.com"));
}

#[test]
fn every_action_is_allowed_to_our_account() {
    let sandbox = Sandbox::new(Pace::Instant);
    let ours = ("PolicySourceArn", "arn:aws:iam::123456789012:user/me");
    let actions =
        [("ActionNames.member.1", "s3:PutObject"), ("ActionNames.member.2", "lambda:EnableReplication*")];
    let allowed = sandbox.done("SimulatePrincipalPolicy", &[&[ours], &actions[..]].concat());
    assert_eq!(allowed.matches("<EvalDecision>allowed</EvalDecision>").count(), 2);
    sandbox.refused(
        "SimulatePrincipalPolicy",
        &[ours, ("ActionNames.member.1", "nonsense")],
        400,
        "ValidationError",
    );
    let other = ("PolicySourceArn", "arn:aws:iam::210987654321:user/me");
    sandbox.refused("SimulatePrincipalPolicy", &[other, actions[0]], 404, "NoSuchEntity");
}
