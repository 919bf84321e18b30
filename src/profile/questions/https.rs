//! Stage 5: domains, certificate and DNS.

use crate::profile::duration::DAY;
use crate::profile::grammar::check_domain;
use crate::profile::question::{Choice, Default, Kind, Order, Question, ShownWhen, Stage, Text, What};

const STAGE: Stage = Stage::Https;
const HAS_DOMAINS: ShownWhen = ShownWhen::Given("https.domains");
const HAS_HSTS: ShownWhen = ShownWhen::Given("https.hsts");

pub(super) const QUESTIONS: &[Question] = &[
    Question {
        key: "https.domains",
        stage: STAGE,
        prompt: "Domains",
        help: "The site's own names; the first is the main one. One free certificate covers up to ten.",
        kind: Kind::List {
            of: Text { what: What::Domain, min: 3, max: 253, pattern: Some("^(\\*\\.)?[a-z0-9.-]+$") },
            min: 1,
            // The names that one certificate takes by default (aws-facts.md E).
            max: 10,
            order: Order::Kept,
        },
        default: Default::Required,
        example: "example.com,www.example.com",
        shown_when: ShownWhen::Always,
        check: Some(check_domain),
    },
    Question {
        key: "https.dns",
        stage: STAGE,
        prompt: "DNS records",
        help: "Two records are needed for each name: one proves that it is yours, one leads to the site.",
        kind: Kind::Choice(&[
            Choice { value: "manual", label: "show them to me" },
            Choice { value: "route53", label: "write them in Route 53" },
        ]),
        // Writing into a zone is for the person to ask for.
        default: Default::Value("\"manual\""),
        example: "route53",
        shown_when: HAS_DOMAINS,
        check: None,
    },
    Question {
        key: "https.http",
        stage: STAGE,
        prompt: "Plain HTTP",
        help: "What a visitor who comes without HTTPS gets.",
        kind: Kind::Choice(&[
            Choice { value: "redirect", label: "is sent on to HTTPS" },
            Choice { value: "https-only", label: "gets status 403" },
            Choice { value: "allow", label: "gets the page unprotected" },
        ]),
        default: Default::Value("\"redirect\""),
        example: "redirect",
        shown_when: HAS_DOMAINS,
        check: None,
    },
    Question {
        key: "https.minimum_tls",
        stage: STAGE,
        prompt: "Minimum TLS",
        help: "The oldest TLS version and ciphers that visitors may use.",
        // CloudFront's own names (aws-facts.md B). Those that let in TLS 1.0 and 1.1 aren't offered.
        kind: Kind::Choice(&[
            Choice { value: "TLSv1.2_2021", label: "TLS 1.2, any browser of the last ten years" },
            Choice { value: "TLSv1.2_2025", label: "TLS 1.2, newer ciphers" },
            Choice { value: "TLSv1.3_2025", label: "TLS 1.3 only" },
            Choice { value: "TLSv1.2_2019", label: "TLS 1.2, older ciphers too" },
            Choice { value: "TLSv1.2_2018", label: "TLS 1.2, the oldest ciphers too" },
        ]),
        default: Default::Value("\"TLSv1.2_2021\""),
        example: "TLSv1.2_2021",
        shown_when: HAS_DOMAINS,
        check: None,
    },
    Question {
        key: "https.key",
        stage: STAGE,
        prompt: "Certificate key",
        help: "ECDSA makes each new connection quicker; RSA is there for clients that can do nothing else.",
        kind: Kind::Choice(&[
            Choice { value: "ecdsa", label: "ECDSA, prime256v1" },
            Choice { value: "rsa", label: "RSA, 2048 bits" },
        ]),
        // ECDSA is safe as the default: CloudFront takes prime256v1 (aws-facts.md E), and every client that can
        // speak the TLS 1.2 that we ask for knows that curve.
        default: Default::Value("\"ecdsa\""),
        example: "rsa",
        shown_when: HAS_DOMAINS,
        check: None,
    },
    Question {
        key: "https.redirect",
        stage: STAGE,
        prompt: "www or not",
        help: "Search engines prefer one name for each page. The other then leads there.",
        kind: Kind::Choice(&[
            Choice { value: "none", label: "every name serves the site" },
            Choice { value: "to-apex", label: "www. leads to the bare domain" },
            Choice { value: "to-www", label: "the bare domain leads to www." },
        ]),
        default: Default::Value("\"none\""),
        example: "to-apex",
        shown_when: HAS_DOMAINS,
        check: None,
    },
    Question {
        key: "https.hsts.max_age",
        stage: STAGE,
        prompt: "HSTS",
        help: "Browsers refuse plain HTTP for this long after a visit. It can't be called back, so start short.",
        kind: Kind::Duration { min: 0, max: 3_650 * DAY },
        default: Default::Value("\"365d\""),
        example: "365d",
        shown_when: HAS_DOMAINS,
        check: None,
    },
    Question {
        key: "https.hsts.subdomains",
        stage: STAGE,
        prompt: "HSTS for sub-domains",
        help: "Every sub-domain must then speak HTTPS as well, also those that aren't part of this site.",
        kind: Kind::Bool,
        default: Default::Value("false"),
        example: "true",
        shown_when: HAS_HSTS,
        check: None,
    },
    Question {
        key: "https.hsts.preload",
        stage: STAGE,
        prompt: "HSTS preload",
        help: "Allows browsers to ship with the domain on their list. Getting off that list takes months.",
        kind: Kind::Bool,
        default: Default::Value("false"),
        example: "true",
        shown_when: HAS_HSTS,
        check: None,
    },
];
