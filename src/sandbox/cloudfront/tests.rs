//! Calls on a clock of their own, and what CloudFront sees of other services.

use super::{Element, answer, associations};
use crate::sandbox::acm::state::{Certificate, Certificates, Outcome};
use crate::sandbox::call::{Answer, Request, World};
use crate::sandbox::iam;
use crate::sandbox::lambda::state::{Code, Config, Function, Functions, Version};
use crate::sandbox::pace::Pace;
use crate::sandbox::store::{Document, Store};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

const CERTIFICATE: &str = "arn:aws:acm:us-east-1:123456789012:certificate/1";
const VERSION: &str = "arn:aws:lambda:us-east-1:123456789012:function:edge:1";

pub const PLAIN: &str = "<DistributionConfig><CallerReference>r</CallerReference><Future>kept</Future><Origins><Quantity>1</Quantity><Items><Origin><Id>web</Id><DomainName>example.org</DomainName><CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>https-only</OriginProtocolPolicy><OriginSslProtocols><Quantity>1</Quantity><Items><SslProtocol>TLSv1.2</SslProtocol></Items></OriginSslProtocols></CustomOriginConfig></Origin></Items></Origins><DefaultCacheBehavior><TargetOriginId>web</TargetOriginId><ViewerProtocolPolicy>https-only</ViewerProtocolPolicy><CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId></DefaultCacheBehavior><Comment/><Enabled>true</Enabled></DistributionConfig>";

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

    fn ask(&self, method: &str, path: &str, etag: &str, body: &str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert("if-match", HeaderValue::from_str(etag).unwrap());
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query = query.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        let request = Request {
            method: method.to_owned(),
            path: format!("/2020-05-31/{path}"),
            query: query.into_iter().collect(),
            headers,
            body: Bytes::from(body.to_owned()),
            service: "cloudfront".to_owned(),
            region: "us-east-1".to_owned(),
        };
        answer(&self.world, &request)
    }

    fn create(&self, config: &Element) -> Element {
        let answer = self.ask("POST", "distribution", "", &config.to_document("x"));
        assert_eq!(answer.status, 201, "{answer:?}");
        document(&answer)
    }

    fn refused(&self, config: &Element) -> String {
        document(&self.ask("POST", "distribution", "", &config.to_document("x")))
            .text_at("Error/Message")
            .to_owned()
    }

    fn keep<D: Document>(&self, document: &D) {
        self.world.store.lock().unwrap().write(document).unwrap();
    }

    /// Changes a distribution as a client does: it reads the configuration and sends it back changed.
    fn change(&self, id: &str, change: impl Fn(&mut Element)) -> Answer {
        let read = self.ask("GET", &format!("distribution/{id}/config"), "", "");
        let mut config = document(&read);
        change(&mut config);
        self.ask("PUT", &format!("distribution/{id}/config"), &etag(&read), &config.to_document("x"))
    }
}

fn document(answer: &Answer) -> Element {
    Element::parse(&answer.body).expect("every answer is well formed")
}

fn etag(answer: &Answer) -> String {
    answer.headers.iter().find(|(name, _)| *name == "etag").expect("it has a version").1.clone()
}

fn plain() -> Element {
    Element::parse(PLAIN.as_bytes()).expect("it is well formed")
}

fn aliased() -> Element {
    let certificate = Element::new("ViewerCertificate")
        .with(Element::leaf("ACMCertificateArn", CERTIFICATE))
        .with(Element::leaf("SSLSupportMethod", "sni-only"))
        .with(Element::leaf("MinimumProtocolVersion", "TLSv1.2_2021"));
    plain().with(certificate).with(Element::list("Aliases", vec![Element::leaf("CNAME", "www.example.com")]))
}

fn certificate(outcome: Option<Outcome>) -> Certificates {
    let certificate = Certificate {
        arn: CERTIFICATE.to_owned(),
        region: "us-east-1".to_owned(),
        names: vec!["www.example.com".to_owned()],
        key_algorithm: "RSA_2048".to_owned(),
        validation_method: "DNS".to_owned(),
        token: None,
        requested: OffsetDateTime::UNIX_EPOCH,
        outcome,
        tags: BTreeMap::new(),
    };
    Certificates { certificates: vec![certificate], serial: 1 }
}

#[test]
fn a_distribution_deploys_for_minutes_and_is_deleted_only_once_it_is_disabled_everywhere() {
    let mut sandbox = Sandbox::new(Pace::Real);
    let created = sandbox.create(&plain());
    let id = created.text_at("Id").to_owned();
    assert_eq!(created.text_at("Status"), "InProgress");
    sandbox.world.now += Duration::minutes(10);
    let read = sandbox.ask("GET", &format!("distribution/{id}"), "", "");
    assert_eq!(document(&read).text_at("Status"), "Deployed");
    let delete =
        |sandbox: &Sandbox, etag: &str| sandbox.ask("DELETE", &format!("distribution/{id}"), etag, "").status;
    assert_eq!(delete(&sandbox, &etag(&read)), 409, "it is enabled");
    let disabled = sandbox.change(&id, |config| config.set(Element::leaf("Enabled", false)));
    assert_eq!(document(&disabled).text_at("Status"), "InProgress");
    assert_eq!(delete(&sandbox, &etag(&disabled)), 409, "it is still deploying");
    sandbox.world.now += Duration::minutes(10);
    assert_eq!(delete(&sandbox, "ESTALE"), 412);
    assert_eq!(delete(&sandbox, &etag(&disabled)), 204);
}

#[test]
fn a_field_that_nobody_knows_yet_comes_back() {
    let sandbox = Sandbox::new(Pace::Instant);
    let created = sandbox.create(&plain());
    assert_eq!(created.text_at("DistributionConfig/Future"), "kept");
}

#[test]
fn a_certificate_counts_once_it_is_issued_and_its_holder_is_known() {
    let mut sandbox = Sandbox::new(Pace::Instant);
    sandbox.keep(&certificate(None));
    assert!(sandbox.refused(&aliased()).starts_with("The specified SSL certificate doesn't exist"));
    sandbox.keep(&certificate(Some(Outcome::Issued { at: OffsetDateTime::UNIX_EPOCH })));
    let created = sandbox.create(&aliased());
    let holds = |sandbox: &Sandbox| associations(&sandbox.world.store).unwrap();
    assert_eq!(holds(&sandbox)[0].arn, CERTIFICATE);
    assert_eq!(
        (holds(&sandbox)[0].distribution.as_str(), holds(&sandbox)[0].detached),
        (created.text_at("ARN"), None)
    );
    sandbox.world.now += Duration::minutes(1);
    let released = sandbox.change(created.text_at("Id"), |config| {
        config.set(Element::list("Aliases", Vec::new()));
        let own = Element::new("ViewerCertificate").with(Element::leaf("CloudFrontDefaultCertificate", true));
        config.set(own);
    });
    assert_eq!(released.status, 200, "{released:?}");
    assert_eq!(holds(&sandbox)[0].detached, Some(sandbox.world.now));
}

/// Two distributions with the same certificate, of which the first has the domain.
fn neighbours(sandbox: &Sandbox) -> [String; 2] {
    sandbox.keep(&certificate(Some(Outcome::Issued { at: OffsetDateTime::UNIX_EPOCH })));
    let mut other = aliased();
    other.set(Element::list("Aliases", Vec::new()));
    other.set(Element::leaf("CallerReference", "other"));
    [aliased(), other].map(|config| sandbox.create(&config).text_at("Id").to_owned())
}

fn about_domain(root: &str, place: &str, domain: &str, distribution: &str) -> String {
    format!(
        "<{root}><Domain>{domain}</Domain><{place}><DistributionId>{distribution}</DistributionId></{place}></{root}>"
    )
}

#[test]
fn who_holds_a_domain_is_told_to_whom_has_a_certificate_for_it() {
    let sandbox = Sandbox::new(Pace::Instant);
    let [holder, other] = neighbours(&sandbox);
    let asked = |domain: &str, by: &str| {
        let place = "DomainControlValidationResource";
        let body = about_domain("ListDomainConflictsRequest", place, domain, by);
        document(&sandbox.ask("POST", "domain-conflicts", "", &body))
    };
    let found = asked("www.example.com", &other);
    let conflict = &found.child("DomainConflicts").unwrap().children[0];
    assert_eq!(conflict.text_at("Domain"), "www.example.com");
    assert_eq!(conflict.text_at("ResourceType"), "distribution");
    assert!(
        conflict.text_at("ResourceId").ends_with(&holder[7..]) && conflict.text_at("ResourceId") != holder
    );
    assert_eq!(asked("www.example.com", &holder).child("DomainConflicts").unwrap().children.len(), 0);
    assert_eq!(asked("other.example.org", &other).text_at("Error/Code"), "InvalidArgument");
    assert_eq!(asked("www.example.com", "ENOBODY").text_at("Error/Code"), "EntityNotFound");
}

#[test]
fn a_domain_moves_only_away_from_what_is_disabled() {
    let sandbox = Sandbox::new(Pace::Instant);
    let [holder, other] = neighbours(&sandbox);
    let move_with = |etag: &str| {
        let body =
            about_domain("UpdateDomainAssociationRequest", "TargetResource", "www.example.com", &other);
        sandbox.ask("POST", "domain-association", etag, &body)
    };
    let aliases = |id: &str| {
        let read = document(&sandbox.ask("GET", &format!("distribution/{id}/config"), "", ""));
        read.texts_at("Aliases").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(document(&move_with("")).text_at("Error/Code"), "IllegalUpdate");
    assert_eq!(sandbox.change(&holder, |config| config.set(Element::leaf("Enabled", false))).status, 200);
    assert_eq!(move_with("ESTALE").status, 412);
    let moved = move_with("");
    assert_eq!((moved.status, document(&moved).text_at("ResourceId")), (200, other.as_str()), "{moved:?}");
    assert_eq!((aliases(&holder), aliases(&other)), (Vec::new(), vec!["www.example.com".to_owned()]));
    let now = sandbox.ask("GET", &format!("distribution/{other}"), "", "");
    assert_eq!(etag(&now), etag(&moved));
}

#[test]
fn an_alias_moves_only_where_a_record_names_the_target() {
    let sandbox = Sandbox::new(Pace::Instant);
    let [_, other] = neighbours(&sandbox);
    let path = format!("distribution/{other}/associate-alias?Alias=www.example.com");
    let refused = document(&sandbox.ask("PUT", &path, "", ""));
    assert_eq!(refused.text_at("Error/Code"), "IllegalUpdate");
    assert_eq!(refused.text_at("Error/Message"), "Invalid or missing alias DNS TXT records.");
    let elsewhere = sandbox.ask("PUT", "distribution/ENOBODY/associate-alias?Alias=www.example.com", "", "");
    assert_eq!(elsewhere.status, 404);
}

fn with_function() -> Element {
    let association = Element::new("LambdaFunctionAssociation")
        .with(Element::leaf("LambdaFunctionARN", VERSION))
        .with(Element::leaf("EventType", "origin-request"));
    let mut config = plain();
    let behaviour = config.child_mut("DefaultCacheBehavior").expect("it is there");
    behaviour.set(Element::list("LambdaFunctionAssociations", vec![association]));
    config
}

fn function() -> Functions {
    let config = Config {
        runtime: "nodejs22.x".to_owned(),
        role: "arn:aws:iam::123456789012:role/edge".to_owned(),
        handler: "index.handler".to_owned(),
        description: String::new(),
        timeout: 3,
        memory_size: 128,
        architecture: "x86_64".to_owned(),
        environment: BTreeMap::new(),
        ephemeral_storage: 512,
        layers: Vec::new(),
        others: serde_json::Map::new(),
    };
    let version = |number: &str| Version {
        version: number.to_owned(),
        config: config.clone(),
        code: Code { sha256: String::new(), size: 100 },
        revision: String::new(),
        created: OffsetDateTime::UNIX_EPOCH,
        modified: OffsetDateTime::UNIX_EPOCH,
    };
    let function = Function {
        name: "edge".to_owned(),
        region: "us-east-1".to_owned(),
        latest: version("$LATEST"),
        published: vec![version("1")],
        tags: BTreeMap::new(),
    };
    Functions { functions: vec![function], ..Functions::default() }
}

/// Creates the execution role, trusted by these services.
fn create_role(sandbox: &Sandbox, services: &str) {
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":[{services}]}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let body = format!("Action=CreateRole&RoleName=edge&AssumeRolePolicyDocument={trust}");
    let request = Request {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        query: Vec::new(),
        headers: HeaderMap::new(),
        body: Bytes::from(body),
        service: "iam".to_owned(),
        region: "us-east-1".to_owned(),
    };
    assert_eq!(iam::answer(&sandbox.world, &request).status, 200);
}

#[test]
fn a_function_version_counts_once_it_is_active_and_its_role_trusts_the_edge() {
    let mut sandbox = Sandbox::new(Pace::Real);
    assert!(sandbox.refused(&with_function()).starts_with("The function cannot be found."));
    sandbox.keep(&function());
    create_role(&sandbox, r#""lambda.amazonaws.com""#);
    let pending = format!(
        "The function must be in an Active state. The current state for function {VERSION} is Pending"
    );
    assert_eq!(sandbox.refused(&with_function()), pending);
    sandbox.world.now += Duration::minutes(1);
    assert!(sandbox.refused(&with_function()).starts_with("The function execution role must be assumable"));
    let sandbox = Sandbox::new(Pace::Instant);
    sandbox.keep(&function());
    create_role(&sandbox, r#""lambda.amazonaws.com","edgelambda.amazonaws.com""#);
    sandbox.create(&with_function());
    assert_eq!(associations(&sandbox.world.store).unwrap()[0].arn, VERSION);
}
