//! Calls as a client sends them, against a DNS that the test fills.

use super::{answer, certificate, validation};
use crate::sandbox::call::{Request, World};
use crate::sandbox::dns;
use crate::sandbox::holders;
use crate::sandbox::pace::Pace;
use crate::sandbox::store::Store;
use serde_json::{Value, json};
use time::{Duration, macros::datetime};

struct Desk {
    world: World,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new(pace: Pace) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        Desk { world: World { store, now: datetime!(2026-11-01 0:00 UTC), pace }, _folder: folder }
    }

    fn call_in(&self, region: &str, operation: &str, input: Value) -> Result<Value, String> {
        let mut headers = http::HeaderMap::new();
        headers.insert("x-amz-target", format!("CertificateManager.{operation}").parse().unwrap());
        let request = Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: Vec::new(),
            headers,
            body: input.to_string().into(),
            service: "acm".to_owned(),
            region: region.to_owned(),
        };
        let answer = answer(&self.world, &request);
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        if answer.status == 200 { Ok(body) } else { Err(body["__type"].as_str().unwrap().to_owned()) }
    }

    fn call(&self, operation: &str, input: Value) -> Result<Value, String> {
        self.call_in("us-east-1", operation, input)
    }

    fn request(&self, input: Value) -> String {
        let mut input = input;
        input["ValidationMethod"] = json!("DNS");
        self.call("RequestCertificate", input).unwrap()["CertificateArn"].as_str().unwrap().to_owned()
    }

    fn detail(&self, arn: &str) -> Value {
        self.call("DescribeCertificate", json!({"CertificateArn": arn})).unwrap()["Certificate"].clone()
    }

    fn prove(&self, domain: &str) {
        let (name, value) = validation::record(domain);
        dns::add(&self.world.store, self.world.now, &name, "CNAME", &value).unwrap();
    }

    fn add(&self, name: &str, kind: &str, value: &str) {
        dns::add(&self.world.store, self.world.now, name, kind, value).unwrap();
    }

    fn pass(&mut self, time: Duration) {
        self.world.now += time;
    }
}

#[test]
fn every_bad_request_is_refused() {
    let desk = Desk::new(Pace::Instant);
    let many: Vec<String> = (0..10).map(|n| format!("a{n}.example.com")).collect();
    let long_label = format!("{}.com", "a".repeat(64));
    let long_first = format!("{}.{}.com", "a".repeat(40), "b".repeat(40));
    let tags: Vec<Value> = (0..51).map(|n| json!({"Key": format!("k{n}"), "Value": ""})).collect();
    for (input, code) in [
        (json!({}), "ValidationException"),
        (json!({"DomainName": "localhost"}), "ValidationException"),
        (json!({"DomainName": "-a.example.com"}), "ValidationException"),
        (json!({"DomainName": "a_b.example.com"}), "ValidationException"),
        (json!({"DomainName": "a.*.example.com"}), "ValidationException"),
        (json!({"DomainName": "*example.com"}), "ValidationException"),
        (json!({"DomainName": "example.com."}), "ValidationException"),
        (json!({"DomainName": long_label}), "ValidationException"),
        (json!({"DomainName": long_first}), "InvalidDomainValidationOptionsException"),
        (json!({"DomainName": "example.com", "SubjectAlternativeNames": ["ccc"]}), "ValidationException"),
        (json!({"DomainName": "example.com", "SubjectAlternativeNames": many}), "LimitExceededException"),
        (json!({"DomainName": "d1.cloudfront.net"}), "InvalidDomainValidationOptionsException"),
        (json!({"DomainName": "example.com", "KeyAlgorithm": "RSA_4096"}), "InvalidParameterException"),
        (json!({"DomainName": "example.com", "KeyAlgorithm": "DSA"}), "ValidationException"),
        (json!({"DomainName": "example.com", "IdempotencyToken": "with-hyphen"}), "ValidationException"),
        (json!({"DomainName": "example.com", "IdempotencyToken": "x".repeat(33)}), "ValidationException"),
        (json!({"DomainName": "example.com", "ValidationMethod": "HTTP"}), "InvalidParameterException"),
        (json!({"DomainName": "example.com", "Tags": tags}), "TooManyTagsException"),
        (json!({"DomainName": "example.com", "Tags": [{"Key": "aws:x"}]}), "InvalidTagException"),
    ] {
        assert_eq!(desk.call("RequestCertificate", input.clone()).unwrap_err(), code, "{input}");
    }
    let listed = desk.call("ListCertificates", json!({})).unwrap();
    assert_eq!(listed["CertificateSummaryList"], json!([]));
}

#[test]
fn a_long_name_may_be_a_further_name() {
    let desk = Desk::new(Pace::Instant);
    let long = format!("{}.{}.com", "a".repeat(40), "b".repeat(40));
    desk.request(json!({"DomainName": "example.com", "SubjectAlternativeNames": [long]}));
}

#[test]
fn the_record_appears_late_and_is_shared_by_the_wildcard() {
    let mut desk = Desk::new(Pace::Real);
    let arn =
        desk.request(json!({"DomainName": "example.com", "SubjectAlternativeNames": ["*.example.com"]}));
    let first = &desk.detail(&arn)["DomainValidationOptions"];
    assert!(first[0].get("ResourceRecord").is_none() && first[0]["ValidationStatus"] == "PENDING_VALIDATION");
    desk.pass(Duration::seconds(5));
    let later = &desk.detail(&arn)["DomainValidationOptions"];
    assert_eq!(later[0]["ResourceRecord"], later[1]["ResourceRecord"]);
    let name = later[0]["ResourceRecord"]["Name"].as_str().unwrap();
    assert!(name.starts_with('_') && name.ends_with(".example.com."), "{name}");
}

#[test]
fn it_is_issued_a_while_after_every_record_resolves_and_stays_so() {
    let mut desk = Desk::new(Pace::Real);
    let arn = desk.request(json!({"DomainName": "example.com", "SubjectAlternativeNames": ["example.org"]}));
    desk.prove("example.com");
    desk.pass(Duration::HOUR);
    let half = desk.detail(&arn);
    assert_eq!(half["Status"], "PENDING_VALIDATION");
    assert_eq!(half["DomainValidationOptions"][0]["ValidationStatus"], "SUCCESS");
    desk.prove("example.org");
    desk.pass(Duration::seconds(179));
    assert_eq!(desk.detail(&arn)["Status"], "PENDING_VALIDATION");
    desk.pass(Duration::SECOND);
    let issued = desk.detail(&arn);
    assert_eq!(issued["Status"], "ISSUED");
    assert_eq!(issued["KeyAlgorithm"], "RSA-2048");
    desk.add("example.com", "NS", "ns1.other.");
    desk.pass(Duration::HOUR);
    assert_eq!(desk.detail(&arn)["IssuedAt"], issued["IssuedAt"]);
}

#[test]
fn other_services_see_it_while_they_hold_the_lock() {
    let desk = Desk::new(Pace::Instant);
    let arn = desk.request(json!({"DomainName": "example.com"}));
    desk.prove("example.com");
    let _guard = desk.world.store.lock().unwrap();
    let seen = certificate(&desk.world.store, desk.world.now, desk.world.pace, &arn).unwrap();
    assert_eq!(seen.unwrap().status(), "ISSUED");
}

#[test]
fn caa_records_decide_from_the_name_upward() {
    for (records, name, status) in [
        (vec![("example.com", "0 issue \"letsencrypt.org\"")], "www.example.com", "FAILED"),
        (vec![("example.com", "0 issue \"amazon.com\"")], "www.example.com", "ISSUED"),
        (vec![("example.com", "0 issue \"awstrust.com; x=1\"")], "example.com", "ISSUED"),
        (vec![("example.com", "0 issue \";\"")], "example.com", "FAILED"),
        (vec![("example.com", "0 iodef \"mailto:a@example.com\"")], "example.com", "ISSUED"),
        (
            vec![("example.com", "0 issue \"other.org\""), ("www.example.com", "0 issue \"amazon.com\"")],
            "www.example.com",
            "ISSUED",
        ),
        (
            vec![("example.com", "0 issue \"amazon.com\""), ("example.com", "0 issuewild \"other.org\"")],
            "*.example.com",
            "FAILED",
        ),
        (
            vec![("example.com", "0 issue \"amazon.com\""), ("example.com", "0 issuewild \"other.org\"")],
            "example.com",
            "ISSUED",
        ),
    ] {
        let desk = Desk::new(Pace::Instant);
        records.iter().for_each(|(at, value)| desk.add(at, "CAA", value));
        let arn = desk.request(json!({"DomainName": name}));
        desk.prove(name);
        let detail = desk.detail(&arn);
        assert_eq!(detail["Status"], status, "{records:?} {name}");
        let reason = if status == "FAILED" { json!("CAA_ERROR") } else { Value::Null };
        assert_eq!(detail.get("FailureReason").cloned().unwrap_or_default(), reason);
    }
}

#[test]
fn it_times_out_after_72_hours_and_is_not_revived() {
    let mut desk = Desk::new(Pace::Instant);
    let arn = desk.request(json!({"DomainName": "example.com"}));
    desk.pass(Duration::hours(71));
    assert_eq!(desk.detail(&arn)["Status"], "PENDING_VALIDATION");
    desk.pass(Duration::HOUR);
    assert_eq!(desk.detail(&arn)["Status"], "VALIDATION_TIMED_OUT");
    desk.prove("example.com");
    assert_eq!(desk.detail(&arn)["Status"], "VALIDATION_TIMED_OUT");
    let hopeless = desk.request(json!({"DomainName": "nas.local"}));
    assert_eq!(desk.detail(&hopeless)["FailureReason"], "INVALID_PUBLIC_DOMAIN");
}

#[test]
fn a_token_is_remembered_for_an_hour_in_its_region() {
    let mut desk = Desk::new(Pace::Instant);
    let input = json!({"DomainName": "example.com", "IdempotencyToken": "once"});
    let first = desk.request(input.clone());
    assert_eq!(desk.request(input.clone()), first);
    let elsewhere = desk.call_in("eu-west-1", "RequestCertificate", input.clone()).unwrap();
    assert!(elsewhere["CertificateArn"].as_str().unwrap().contains(":eu-west-1:"));
    desk.pass(Duration::HOUR);
    assert_ne!(desk.request(input), first);
}

#[test]
fn lists_show_rsa_only_unless_asked_and_page() {
    let desk = Desk::new(Pace::Instant);
    desk.request(json!({"DomainName": "a.example.com"}));
    desk.request(json!({"DomainName": "b.example.com", "KeyAlgorithm": "EC_prime256v1"}));
    let names = |answer: &Value| -> Vec<String> {
        let list = answer["CertificateSummaryList"].as_array().unwrap();
        list.iter().map(|summary| summary["DomainName"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&desk.call("ListCertificates", json!({})).unwrap()), ["a.example.com"]);
    let both = json!({"keyTypes": ["RSA_2048", "EC_prime256v1"]});
    let page = desk.call("ListCertificates", json!({"Includes": both, "MaxItems": 1})).unwrap();
    let rest = json!({"Includes": both, "MaxItems": 1, "NextToken": page["NextToken"]});
    let rest = desk.call("ListCertificates", rest).unwrap();
    assert_eq!(
        (names(&page), names(&rest)),
        (vec!["a.example.com".to_owned()], vec!["b.example.com".to_owned()])
    );
    assert!(rest.get("NextToken").is_none());
    let issued = desk.call("ListCertificates", json!({"CertificateStatuses": ["ISSUED"]})).unwrap();
    assert!(names(&issued).is_empty());
    assert_eq!(desk.call("ListCertificates", json!({"MaxItems": 0})).unwrap_err(), "ValidationException");
}

#[test]
fn a_certificate_in_use_stays_until_a_while_after_its_detach() {
    let mut desk = Desk::new(Pace::Real);
    let arn = desk.request(json!({"DomainName": "example.com"}));
    let delete = || ("DeleteCertificate", json!({"CertificateArn": arn}));
    holders::hold(&desk.world.store, &arn, None);
    assert_eq!(desk.detail(&arn)["InUseBy"].as_array().unwrap().len(), 1);
    assert_eq!(desk.call(delete().0, delete().1).unwrap_err(), "ResourceInUseException");
    holders::hold(&desk.world.store, &arn, Some(desk.world.now));
    assert_eq!(desk.call(delete().0, delete().1).unwrap_err(), "ResourceInUseException");
    desk.pass(Duration::minutes(3));
    desk.call(delete().0, delete().1).unwrap();
    assert_eq!(desk.call(delete().0, delete().1).unwrap_err(), "ResourceNotFoundException");
}

#[test]
fn certificates_belong_to_a_region_and_arns_are_checked() {
    let desk = Desk::new(Pace::Instant);
    let arn = desk.request(json!({"DomainName": "example.com"}));
    let describe = |region: &str, arn: &str| {
        desk.call_in(region, "DescribeCertificate", json!({"CertificateArn": arn})).map(drop)
    };
    assert_eq!(describe("eu-west-1", &arn).unwrap_err(), "ResourceNotFoundException");
    assert_eq!(describe("us-east-1", "nonsense").unwrap_err(), "InvalidArnException");
    assert_eq!(desk.call("RenewEverything", json!({})).unwrap_err(), "UnknownOperationException");
}

#[test]
fn tags_are_added_listed_and_removed() {
    let desk = Desk::new(Pace::Instant);
    let arn = desk.request(json!({"DomainName": "example.com", "Tags": [{"Key": "a", "Value": "1"}]}));
    let with = |key: &str| json!({"CertificateArn": arn, "Tags": [{"Key": key, "Value": "2"}]});
    desk.call("AddTagsToCertificate", with("b")).unwrap();
    desk.call("RemoveTagsFromCertificate", with("a")).unwrap();
    let tags = desk.call("ListTagsForCertificate", json!({"CertificateArn": arn})).unwrap();
    assert_eq!(tags["Tags"], json!([{"Key": "b", "Value": "2"}]));
}
