//! Stage 1: the site, its bucket and its distribution.

use crate::profile::countries::check_country;
use crate::profile::grammar::{check_bucket, check_folder, check_page, check_remark, check_site_name};
use crate::profile::question::{Choice, Default, Kind, Order, Question, ShownWhen, Stage, Text, What};
use crate::profile::regions::check_region;

const STAGE: Stage = Stage::Distribution;

/// The grammar of names that other names are made of.
pub(super) const DASHED: Option<&str> = Some("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$");

/// A bucket's name (aws-facts.md G).
pub(super) const BUCKET: Kind = Kind::Text(Text { what: What::Bucket, min: 3, max: 63, pattern: DASHED });

/// A page of the site; CloudFront takes a default root object of up to 255 characters (aws-facts.md B).
const PAGE: Kind = Kind::Text(Text { what: What::Page, min: 1, max: 255, pattern: Some("^[^/]") });

const COUNTRIES: Kind = Kind::List {
    of: Text { what: What::Country, min: 2, max: 2, pattern: Some("^[A-Z]{2}$") },
    min: 1,
    max: 249,
    order: Order::Sorted,
};

pub(super) const QUESTIONS: &[Question] = &[
    Question {
        key: "schema",
        stage: STAGE,
        prompt: "Profile format",
        help: "The version of this file's format, so that a later sitecast still reads it.",
        kind: Kind::Integer { min: 1, max: 1 },
        default: Default::Required,
        example: "1",
        shown_when: ShownWhen::Always,
        check: None,
    },
    Question {
        key: "name",
        stage: STAGE,
        prompt: "Name",
        help: "Everything that is created in AWS is named after it, so it can't change once the site is deployed.",
        kind: Kind::Text(Text { what: What::Name, min: 3, max: 32, pattern: DASHED }),
        default: Default::Required,
        example: "my-site",
        shown_when: ShownWhen::Always,
        check: Some(check_site_name),
    },
    Question {
        key: "distribution.folder",
        stage: STAGE,
        prompt: "Folder",
        help: "The folder with the finished files, relative to this profile.",
        kind: Kind::Text(Text { what: What::Folder, min: 1, max: 4096, pattern: None }),
        default: Default::Required,
        example: "public",
        shown_when: ShownWhen::Always,
        check: Some(check_folder),
    },
    Question {
        key: "distribution.region",
        stage: STAGE,
        prompt: "Region",
        help: "Where the bucket lives. Visitors are served from edge locations near them; only what those \
               don't hold yet comes from here, so choose the region nearest to most visitors.",
        kind: Kind::Region,
        default: Default::Required,
        example: "eu-west-1",
        shown_when: ShownWhen::Always,
        check: Some(check_region),
    },
    Question {
        key: "distribution.bucket",
        stage: STAGE,
        prompt: "Bucket",
        help: "Pins the bucket's name. Left out, a name is made of the site's name, the account and the region, \
               which nobody else can take.",
        kind: BUCKET,
        default: Default::Nothing("NAME-ACCOUNT-REGION-an"),
        example: "my-site-files",
        shown_when: ShownWhen::Always,
        check: Some(check_bucket),
    },
    Question {
        key: "distribution.index",
        stage: STAGE,
        prompt: "Index page",
        help: "The page that answers for `/`.",
        kind: PAGE,
        default: Default::Value("\"index.html\""),
        example: "index.html",
        shown_when: ShownWhen::Always,
        check: Some(check_page),
    },
    Question {
        key: "distribution.spa",
        stage: STAGE,
        prompt: "Single-page app",
        help: "Paths without an extension are answered by the index page, whose scripts then show what was asked.",
        kind: Kind::Bool,
        default: Default::Value("false"),
        example: "true",
        shown_when: ShownWhen::Always,
        check: None,
    },
    Question {
        key: "distribution.error_page",
        stage: STAGE,
        prompt: "Error page",
        help: "Shown with status 404 where there is no file. Left out, visitors see a bare error.",
        kind: PAGE,
        default: Default::Nothing("a bare error"),
        example: "404.html",
        shown_when: ShownWhen::No("distribution.spa"),
        check: Some(check_page),
    },
    Question {
        key: "distribution.pretty_urls",
        stage: STAGE,
        prompt: "Pretty URLs",
        help: "`/docs/` serves `/docs/index.html`. Without it only `/` has an index page.",
        kind: Kind::Bool,
        default: Default::Opposite("distribution.spa"),
        example: "true",
        shown_when: ShownWhen::No("distribution.spa"),
        check: None,
    },
    Question {
        key: "distribution.price_class",
        stage: STAGE,
        prompt: "Edge locations",
        help: "More edge locations are nearer to more visitors, and the further ones cost more for each request.",
        kind: Kind::Choice(&[
            Choice { value: "100", label: "North America, Europe and Israel" },
            Choice { value: "200", label: "also most of Asia, the Middle East and Africa" },
            Choice { value: "all", label: "everywhere" },
        ]),
        default: Default::Value("\"100\""),
        example: "all",
        shown_when: ShownWhen::Always,
        check: None,
    },
    Question {
        key: "distribution.http",
        stage: STAGE,
        prompt: "HTTP versions",
        help: "Browsers take the newest they know; the older ones stay available.",
        kind: Kind::Choice(&[
            Choice { value: "http2and3", label: "HTTP/2 and HTTP/3" },
            Choice { value: "http3", label: "HTTP/3" },
            Choice { value: "http2", label: "HTTP/2" },
            Choice { value: "http1.1", label: "HTTP/1.1 only" },
        ]),
        default: Default::Value("\"http2and3\""),
        example: "http2",
        shown_when: ShownWhen::Always,
        check: None,
    },
    Question {
        key: "distribution.ipv6",
        stage: STAGE,
        prompt: "IPv6",
        help: "Lets visitors come by IPv6 as well; some mobile networks have nothing else.",
        kind: Kind::Bool,
        default: Default::Value("true"),
        example: "false",
        shown_when: ShownWhen::Always,
        check: None,
    },
    Question {
        key: "distribution.comment",
        stage: STAGE,
        prompt: "Comment",
        help: "A note to yourself, shown in the CloudFront console.",
        kind: Kind::Text(Text { what: What::Remark, min: 0, max: 128, pattern: None }),
        default: Default::Value("\"\""),
        example: "Our public site",
        shown_when: ShownWhen::Always,
        check: Some(check_remark),
    },
    Question {
        key: "distribution.geo.allow",
        stage: STAGE,
        prompt: "Countries let in",
        help: "Only visitors from these countries see the site; everyone else gets status 403.",
        kind: COUNTRIES,
        default: Default::Nothing("everyone"),
        example: "DE,AT,CH",
        shown_when: ShownWhen::Always,
        check: Some(check_country),
    },
    Question {
        key: "distribution.geo.block",
        stage: STAGE,
        prompt: "Countries kept out",
        help: "Visitors from these countries get status 403.",
        kind: COUNTRIES,
        default: Default::Nothing("nobody"),
        example: "KP",
        shown_when: ShownWhen::Always,
        check: Some(check_country),
    },
];
