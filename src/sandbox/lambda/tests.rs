//! Calls as a client sends them.

use super::{answer, version};
use crate::sandbox::call::{Request, World};
use crate::sandbox::pace::Pace;
use crate::sandbox::store::Store;
use crate::sandbox::{holders, iam};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use time::{Duration, macros::datetime};

const ROLE: &str = "arn:aws:iam::123456789012:role/edge";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","edgelambda.amazonaws.com"]},"Action":"sts:AssumeRole"}]}"#;

struct Desk {
    world: World,
    _folder: tempfile::TempDir,
}

/// Status and body, or error code and message.
type Outcome = Result<Value, (u16, String, String)>;

impl Desk {
    fn new(pace: Pace) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let now = datetime!(2026-11-01 0:00 UTC);
        let desk = Desk { world: World { store, now, pace }, _folder: folder };
        desk.role("edge", TRUST, desk.world.now - Duration::HOUR);
        desk
    }

    fn role(&self, name: &str, trust: &str, created: time::OffsetDateTime) {
        let form = [("Action", "CreateRole"), ("RoleName", name), ("AssumeRolePolicyDocument", trust)];
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let pairs: Vec<String> = form.iter().map(|(key, value)| format!("{key}={}", encode(value))).collect();
        let request = Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: Vec::new(),
            headers: Default::default(),
            body: pairs.join("&").into(),
            service: "iam".to_owned(),
            region: "us-east-1".to_owned(),
        };
        let world = World { now: created, ..self.world.clone() };
        assert_eq!(iam::answer(&world, &request).status, 200);
    }

    fn send(&self, method: &str, path: &str, body: Value) -> Outcome {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let pair = |pair: &str| pair.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request {
            method: method.to_owned(),
            path: format!("/{path}"),
            query: query.split('&').filter_map(pair).collect(),
            headers: Default::default(),
            body: body.into(),
            service: "lambda".to_owned(),
            region: "us-east-1".to_owned(),
        };
        let answer = answer(&self.world, &request);
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if answer.status < 300 {
            return Ok(body);
        }
        let code = answer.headers.iter().find(|(name, _)| *name == "x-amzn-errortype").unwrap().1.clone();
        let message = body.get("message").or(body.get("Message")).unwrap().as_str().unwrap().to_owned();
        Err((answer.status, code, message))
    }

    fn create(&self, change: Value) -> Outcome {
        let mut input = json!({
            "FunctionName": "f",
            "Role": ROLE,
            "Runtime": "nodejs22.x",
            "Handler": "index.handler",
            "Code": {"ZipFile": archive("index.js", "one")},
        });
        for (name, value) in change.as_object().unwrap() {
            input[name] = value.clone();
        }
        self.send("POST", "2015-03-31/functions", input)
    }

    fn get(&self, path: &str) -> Outcome {
        self.send("GET", &format!("2015-03-31/functions/{path}"), Value::Null)
    }

    fn publish(&self, input: Value) -> Outcome {
        self.send("POST", "2015-03-31/functions/f/versions", input)
    }

    fn update_code(&self, text: &str) -> Outcome {
        let code = json!({"ZipFile": archive("index.js", text)});
        self.send("PUT", "2015-03-31/functions/f/code", code)
    }
}

fn archive(file: &str, text: &str) -> String {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file(file, stored).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    STANDARD.encode(writer.finish().unwrap().into_inner())
}

fn code_of(outcome: Outcome) -> String {
    outcome.map(|body| panic!("was accepted: {body}")).unwrap_err().1
}

#[test]
fn every_bad_function_is_refused() {
    const INVALID: &str = "InvalidParameterValueException";
    let desk = Desk::new(Pace::Instant);
    desk.role("other", &TRUST.replace("\"lambda.amazonaws.com\",", ""), desk.world.now - Duration::HOUR);
    let empty = STANDARD.encode(zip::ZipWriter::new(Cursor::new(Vec::new())).finish().unwrap().into_inner());
    let tags: Value = (0..51).map(|n| (format!("k{n}"), json!(""))).collect::<serde_json::Map<_, _>>().into();
    for (change, code) in [
        (json!({"FunctionName": "a b"}), "ValidationException"),
        (json!({"FunctionName": "x".repeat(65)}), "ValidationException"),
        (json!({"Role": "edge"}), "ValidationException"),
        (json!({"Role": "arn:aws:iam::123456789012:role/absent"}), INVALID),
        (json!({"Role": "arn:aws:iam::123456789012:role/other"}), INVALID),
        (json!({"Runtime": "nodejs16.x"}), INVALID),
        (json!({"Runtime": "perl5"}), INVALID),
        (json!({"Runtime": null}), INVALID),
        (json!({"Handler": "a b"}), "ValidationException"),
        (json!({"Handler": "other.handler"}), INVALID),
        (json!({"Runtime": "python3.13"}), INVALID),
        (json!({"Timeout": 901}), "ValidationException"),
        (json!({"Timeout": 0}), "ValidationException"),
        (json!({"MemorySize": 127}), "ValidationException"),
        (json!({"MemorySize": 10241}), "ValidationException"),
        (json!({"Description": "x".repeat(257)}), "ValidationException"),
        (json!({"Architectures": ["mips"]}), "ValidationException"),
        (json!({"PackageType": "Image"}), INVALID),
        (json!({"Code": {"ZipFile": STANDARD.encode("no archive")}}), INVALID),
        (json!({"Code": {"ZipFile": empty}}), INVALID),
        (json!({"Code": {}}), INVALID),
        (json!({"Environment": {"Variables": {"AWS_REGION": "x"}}}), INVALID),
        (json!({"Environment": {"Variables": {"A": "x".repeat(4096)}}}), INVALID),
        (json!({"Tags": tags}), INVALID),
    ] {
        assert_eq!(code_of(desk.create(change.clone())), code, "{change}");
    }
    assert_eq!(desk.get("").unwrap()["Functions"], json!([]));
    desk.create(json!({})).unwrap();
    assert_eq!(code_of(desk.create(json!({}))), "ResourceConflictException");
}

#[test]
fn a_role_that_was_just_made_can_not_be_assumed_yet() {
    let mut desk = Desk::new(Pace::Real);
    desk.role("fresh", TRUST, desk.world.now);
    let role = json!({"Role": ROLE.replace("edge", "fresh")});
    let refused = desk.create(role.clone()).unwrap_err();
    assert_eq!(refused.2, "The role defined for the function cannot be assumed by Lambda.");
    desk.world.now += Duration::seconds(12);
    desk.create(role).unwrap();
}

#[test]
fn a_new_function_is_pending_and_takes_no_change_until_it_is_active() {
    let mut desk = Desk::new(Pace::Real);
    let created = desk.create(json!({})).unwrap();
    assert_eq!((&created["State"], &created["Version"]), (&json!("Pending"), &json!("$LATEST")));
    assert_eq!(code_of(desk.publish(json!({}))), "ResourceConflictException");
    assert_eq!(code_of(desk.update_code("two")), "ResourceConflictException");
    desk.world.now += Duration::seconds(4);
    assert_eq!(desk.get("f/configuration").unwrap()["State"], "Active");
    let updated = desk.update_code("two").unwrap();
    assert_eq!((&updated["State"], &updated["LastUpdateStatus"]), (&json!("Active"), &json!("InProgress")));
    let refused = desk.publish(json!({})).unwrap_err();
    assert!(refused.2.contains("An update is in progress for resource: arn:aws:lambda:"), "{}", refused.2);
    desk.world.now += Duration::seconds(4);
    let published = desk.publish(json!({})).unwrap();
    assert_eq!((&published["State"], &published["Version"]), (&json!("Pending"), &json!("1")));
    assert!(published["FunctionArn"].as_str().unwrap().ends_with(":function:f:1"));
    desk.world.now += Duration::seconds(4);
    assert_eq!(desk.get("f/configuration?Qualifier=1").unwrap()["State"], "Active");
}

#[test]
fn publishing_twice_gives_the_same_version_and_guards_hold() {
    let desk = Desk::new(Pace::Instant);
    let created = desk.create(json!({})).unwrap();
    let first = desk.publish(json!({"Description": "hash one"})).unwrap();
    assert_eq!(desk.publish(json!({})).unwrap(), first);
    assert_eq!(first["Description"], "hash one");
    assert_eq!(code_of(desk.publish(json!({"CodeSha256": "other"}))), "InvalidParameterValueException");
    assert_eq!(code_of(desk.publish(json!({"RevisionId": "other"}))), "PreconditionFailedException");
    assert_eq!(created["CodeSha256"], first["CodeSha256"]);
    let updated = desk.update_code("two").unwrap();
    assert_ne!(updated["CodeSha256"], first["CodeSha256"]);
    assert_ne!(updated["RevisionId"], created["RevisionId"]);
    let second = desk.publish(json!({"CodeSha256": updated["CodeSha256"]})).unwrap();
    assert_eq!(second["Version"], "2");
    assert_eq!(
        desk.get("f:1/configuration").unwrap()["CodeSha256"],
        first["CodeSha256"],
        "versions never change"
    );
    let numbers: Vec<Value> = desk.get("f/versions").unwrap()["Versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| version["Version"].clone())
        .collect();
    assert_eq!(numbers, [json!("$LATEST"), json!("1"), json!("2")]);
}

#[test]
fn configuration_is_changed_only_where_something_was_sent() {
    let desk = Desk::new(Pace::Instant);
    desk.create(json!({"Timeout": 5})).unwrap();
    let path = "2015-03-31/functions/f/configuration";
    let change = json!({"MemorySize": 256, "TracingConfig": {"Mode": "Active"}});
    let changed = desk.send("PUT", path, change).unwrap();
    assert_eq!((&changed["MemorySize"], &changed["Timeout"]), (&json!(256), &json!(5)));
    assert_eq!(changed["TracingConfig"]["Mode"], "Active");
    assert_eq!(code_of(desk.send("PUT", path, json!({"Timeout": 901}))), "ValidationException");
    let stale = json!({"Timeout": 6, "RevisionId": "old"});
    assert_eq!(code_of(desk.send("PUT", path, stale)), "PreconditionFailedException");
}

#[test]
fn lists_carry_no_state() {
    let desk = Desk::new(Pace::Instant);
    desk.create(json!({"Publish": true})).unwrap();
    desk.create(json!({"FunctionName": "g"})).unwrap();
    let listed = desk.get("").unwrap();
    assert_eq!(listed["Functions"].as_array().unwrap().len(), 2);
    assert!(listed["Functions"][0].get("State").is_none());
    let first = desk.get("?MaxItems=1").unwrap();
    let rest = desk.get(&format!("?MaxItems=1&Marker={}", first["NextMarker"].as_str().unwrap())).unwrap();
    assert_eq!(rest["Functions"][0]["FunctionName"], "g");
    assert_eq!(desk.get("?FunctionVersion=ALL").unwrap()["Functions"].as_array().unwrap().len(), 3);
}

#[test]
fn a_replicated_version_stays_until_its_replicas_are_gone() {
    let mut desk = Desk::new(Pace::Real);
    desk.create(json!({})).unwrap();
    desk.world.now += Duration::MINUTE;
    let arn = desk.publish(json!({})).unwrap()["FunctionArn"].as_str().unwrap().to_owned();
    let delete =
        |desk: &Desk, path: &str| desk.send("DELETE", &format!("2015-03-31/functions/{path}"), Value::Null);
    for detached in [None, Some(desk.world.now)] {
        holders::hold(&desk.world.store, &arn, detached);
        for path in ["f", "f?Qualifier=1"] {
            let (status, code, message) = delete(&desk, path).unwrap_err();
            assert_eq!((status, code.as_str()), (400, "InvalidParameterValueException"));
            assert!(message.contains(&format!("unable to delete {arn} because it is a replicated function")));
        }
    }
    desk.world.now += Duration::minutes(30);
    delete(&desk, "f?Qualifier=1").unwrap();
    delete(&desk, "f").unwrap();
    assert_eq!(delete(&desk, "f").unwrap_err().1, "ResourceNotFoundException");
    desk.create(json!({})).unwrap();
    desk.world.now += Duration::MINUTE;
    assert_eq!(desk.publish(json!({})).unwrap()["Version"], "2", "numbers are never reused");
}

#[test]
fn what_is_not_there_is_not_found() {
    let desk = Desk::new(Pace::Instant);
    desk.create(json!({})).unwrap();
    for path in ["g", "f:7", "f?Qualifier=7", "f:7/configuration"] {
        let (status, code, message) = desk.get(path).unwrap_err();
        assert_eq!((status, code.as_str()), (404, "ResourceNotFoundException"), "{path}");
        assert!(message.starts_with("Function not found: arn:aws:lambda:us-east-1:"), "{message}");
    }
    let latest = desk.send("DELETE", "2015-03-31/functions/f?Qualifier=$LATEST", Value::Null);
    assert_eq!(code_of(latest), "InvalidParameterValueException");
}

#[test]
fn tags_belong_to_the_whole_function() {
    let desk = Desk::new(Pace::Instant);
    let arn = desk.create(json!({"Tags": {"a": "1"}})).unwrap()["FunctionArn"].as_str().unwrap().to_owned();
    let path = format!("2017-03-31/tags/{}", arn.replace(':', "%3A"));
    desk.send("POST", &path, json!({"Tags": {"b": "2"}})).unwrap();
    desk.send("DELETE", &format!("{path}?tagKeys=a"), Value::Null).unwrap();
    assert_eq!(desk.send("GET", &path, Value::Null).unwrap()["Tags"], json!({"b": "2"}));
    assert_eq!(desk.get("f").unwrap()["Tags"], json!({"b": "2"}));
    let of_version = desk.send("GET", &format!("{path}%3A1"), Value::Null);
    assert_eq!(code_of(of_version), "InvalidParameterValueException");
}

#[test]
fn cloudfront_sees_numbered_versions() {
    let mut desk = Desk::new(Pace::Real);
    desk.create(json!({"Environment": {"Variables": {"A": "1"}}})).unwrap();
    desk.world.now += Duration::MINUTE;
    let arn = desk.publish(json!({})).unwrap()["FunctionArn"].as_str().unwrap().to_owned();
    let facts =
        |desk: &Desk, arn: &str| version(&desk.world.store, desk.world.now, desk.world.pace, arn).unwrap();
    assert_eq!(facts(&desk, &arn).unwrap().state, super::State::Pending);
    assert_eq!(facts(&desk, &arn).unwrap().config.environment["A"], "1");
    assert!(facts(&desk, "arn:aws:lambda:us-east-1:123456789012:function:f:9").is_none());
}
