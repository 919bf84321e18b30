//! The table of ready functions.

use super::ReadyFunction;
use super::checks;
use super::options::{OptionDefault, OptionKind, OptionRow, TextCheck};
use super::password::check_password_hash;
use crate::profile::answers::EdgeEvent::{OriginRequest, OriginResponse, ViewerRequest, ViewerResponse};

/// As long as a default root object may be (aws-facts.md B): the profile's index page is one.
const LONGEST_INDEX: usize = 255;

/// Every ready function.
pub const READY_FUNCTIONS: &[ReadyFunction] = &[
    GREETING,
    PRETTY_URLS,
    REDIRECTS,
    AB_SPLIT,
    LANGUAGE,
    IMAGE_FORMAT,
    BASIC_AUTH,
    MAINTENANCE,
    SECURITY_HEADERS,
];

const GREETING: ReadyFunction = ReadyFunction {
    name: "greeting",
    about: "Answers with a page made at the edge, which greets by country, device and time of day; as JSON for \
            those who ask for it. CloudFront tells the country only from origin-request on.",
    source: include_str!("../../../assets/edge/greeting.mjs"),
    events: &[OriginRequest],
    cache_key_headers: &[
        "Accept",
        "CloudFront-Is-Desktop-Viewer",
        "CloudFront-Is-Mobile-Viewer",
        "CloudFront-Is-SmartTV-Viewer",
        "CloudFront-Is-Tablet-Viewer",
        "CloudFront-Viewer-Country",
        "CloudFront-Viewer-Time-Zone",
    ],
    options: &[
        text("title", "The title of the page", 200, OptionDefault::Text("Hello"), None),
        OptionRow {
            name: "cache_seconds",
            about: "How long CloudFront keeps an answer; 0 makes each anew",
            kind: OptionKind::Number { min: 0, max: 86_400 },
            default: OptionDefault::Number(0),
            check: None,
            secret: false,
        },
    ],
    example: r#"{ title = "Good day", cache_seconds = 60 }"#,
    check: checks::nothing,
};

const PRETTY_URLS: ReadyFunction = ReadyFunction {
    name: "pretty-urls",
    about: "Answers /docs/ with /docs/index.html, and sends /docs on to /docs/.",
    source: include_str!("../../../assets/edge/pretty-urls.mjs"),
    events: &[ViewerRequest, OriginRequest],
    cache_key_headers: &[],
    options: &[
        text(
            "index",
            "The page that answers for a folder",
            LONGEST_INDEX,
            OptionDefault::Text("index.html"),
            Some(checks::file_path),
        ),
        flag("pretty", "Whether the addresses of folders are answered by their pages", true),
        flag("spa", "Whether the root's index page answers for every folder", false),
        texts(
            "hosts",
            "Domains that lead to another, as in `www.acme.example acme.example`; on viewer-request only",
            OptionDefault::Texts(&[]),
            0,
            checks::two_domains,
        ),
        texts(
            "files",
            "Paths of files without an extension, which stay as they are",
            OptionDefault::Texts(&[]),
            0,
            checks::path,
        ),
    ],
    example: r#"{ index = "index.html" }"#,
    check: checks::nothing,
};

const REDIRECTS: ReadyFunction = ReadyFunction {
    name: "redirects",
    about: "Sends old addresses on to new ones, with their query. The first rule that fits decides.",
    source: include_str!("../../../assets/edge/redirects.mjs"),
    events: &[ViewerRequest, OriginRequest],
    cache_key_headers: &[],
    options: &[OptionRow {
        name: "rules",
        about: "What leads where",
        kind: OptionKind::Rows(&[
            text(
                "from",
                "A path; a * at its end stands for any rest",
                1000,
                OptionDefault::Required,
                Some(checks::path_or_beginning),
            ),
            text(
                "to",
                "A path or an https:// address; its * becomes the rest",
                1000,
                OptionDefault::Required,
                Some(checks::target),
            ),
            OptionRow {
                name: "status",
                about: "301 and 308 are for good, 302 and 307 for now; 307 and 308 keep the method",
                kind: OptionKind::NumberOf(&[301, 302, 307, 308]),
                default: OptionDefault::Number(302),
                check: None,
                secret: false,
            },
        ]),
        default: OptionDefault::Required,
        check: None,
        secret: false,
    }],
    example: r#"{ rules = [{ from = "/old/*", to = "/new/*", status = 301 }] }"#,
    check: checks::redirect_rules,
};

const AB_SPLIT: ReadyFunction = ReadyFunction {
    name: "ab-split",
    about: "Serves one of several variants, each from its own folder. On viewer-request it chooses; a second entry \
            with the same options on viewer-response sets the cookie that keeps the choice.",
    source: include_str!("../../../assets/edge/ab-split.mjs"),
    events: &[ViewerRequest, ViewerResponse],
    cache_key_headers: &[],
    options: &[
        OptionRow {
            name: "variants",
            about: "The folders, each with its weight",
            kind: OptionKind::Named {
                name: checks::token,
                value: &OptionKind::Number { min: 0, max: 10_000 },
                min: 2,
            },
            default: OptionDefault::Required,
            check: None,
            secret: false,
        },
        text("cookie", "The cookie's name", 64, OptionDefault::Text("variant"), Some(checks::token)),
        OptionRow {
            name: "days",
            about: "How many days a visitor keeps a variant",
            kind: OptionKind::Number { min: 1, max: 400 },
            default: OptionDefault::Number(30),
            check: None,
            secret: false,
        },
    ],
    example: r#"{ variants = { a = 90, b = 10 } }"#,
    check: checks::some_weight,
};

const LANGUAGE: ReadyFunction = ReadyFunction {
    name: "language",
    about: "Leads /about to /de/about, by the languages that the browser asks for or by a cookie.",
    source: include_str!("../../../assets/edge/language.mjs"),
    events: &[ViewerRequest],
    cache_key_headers: &[],
    options: &[
        texts(
            "languages",
            "The languages, which are the folders",
            OptionDefault::Required,
            1,
            checks::language_tag,
        ),
        text("default", "For everybody else", 40, OptionDefault::Required, Some(checks::language_tag)),
        text(
            "cookie",
            "A cookie that beats the browser's wish; empty for none",
            64,
            OptionDefault::Text(""),
            Some(checks::token_or_nothing),
        ),
        choice(
            "how",
            "Whether visitors see the language in the address",
            &["redirect", "rewrite"],
            "redirect",
        ),
        choice("where", "Every page, or / alone", &["pages", "root"], "pages"),
    ],
    example: r#"{ languages = ["en", "de"], default = "en" }"#,
    check: checks::default_language,
};

const IMAGE_FORMAT: ReadyFunction = ReadyFunction {
    name: "image-format",
    about: "Serves photo.avif or photo.webp for photo.jpg where the browser can show it; the files must be there.",
    source: include_str!("../../../assets/edge/image-format.mjs"),
    // On origin-request the answer would be cached under the first path, for browsers that can't show it too.
    events: &[ViewerRequest],
    cache_key_headers: &[],
    options: &[
        texts(
            "formats",
            "The formats that are there, the best first",
            OptionDefault::Texts(&["avif", "webp"]),
            1,
            checks::image_format,
        ),
        texts(
            "extensions",
            "The pictures that come in them",
            OptionDefault::Texts(&["jpg", "jpeg", "png"]),
            1,
            checks::extension,
        ),
        choice("name", "photo.avif, or photo.jpg.avif", &["replace", "append"], "replace"),
    ],
    example: r#"{ formats = ["webp"] }"#,
    check: checks::nothing,
};

const BASIC_AUTH: ReadyFunction = ReadyFunction {
    name: "basic-auth",
    about: "Asks for a name and a password. It holds salted hashes only.",
    source: include_str!("../../../assets/edge/basic-auth.mjs"),
    events: &[ViewerRequest],
    cache_key_headers: &[],
    options: &[
        OptionRow {
            name: "users",
            about: "Names, each with what `sitecast edge hash-password` printed",
            kind: OptionKind::Named {
                name: checks::user_name,
                value: &OptionKind::Text { max: 400 },
                min: 1,
            },
            default: OptionDefault::Required,
            check: Some(check_password_hash),
            secret: true,
        },
        text(
            "realm",
            "What the browser shows when it asks",
            100,
            OptionDefault::Text("Restricted"),
            Some(checks::realm),
        ),
    ],
    example: r#"{ users = { ada = "what `sitecast edge hash-password` printed" } }"#,
    check: checks::nothing,
};

const MAINTENANCE: ReadyFunction = ReadyFunction {
    name: "maintenance",
    about: "Closes the site for a while, with status 503, for all but some addresses and paths.",
    source: include_str!("../../../assets/edge/maintenance.mjs"),
    events: &[ViewerRequest],
    cache_key_headers: &[],
    options: &[
        text("title", "The title of the page", 200, OptionDefault::Text("Back soon"), None),
        text(
            "message",
            "What it says",
            2000,
            OptionDefault::Text("This site is being worked on. Please come back a little later."),
            None,
        ),
        OptionRow {
            name: "retry_after",
            about: "After how many seconds to come back",
            kind: OptionKind::Number { min: 1, max: 604_800 },
            default: OptionDefault::Number(3600),
            check: None,
            secret: false,
        },
        texts(
            "allow_ips",
            "Addresses that are let in, such as 192.0.2.0/24",
            OptionDefault::Texts(&[]),
            0,
            checks::address,
        ),
        texts(
            "allow_paths",
            "Paths that are let through; a * at the end stands for any rest",
            OptionDefault::Texts(&[]),
            0,
            checks::path_or_beginning,
        ),
    ],
    example: r#"{ title = "Back soon", allow_ips = ["192.0.2.0/24"] }"#,
    check: checks::nothing,
};

const SECURITY_HEADERS: ReadyFunction = ReadyFunction {
    name: "security-headers",
    about: "Adds the headers that tell a browser to be careful.",
    source: include_str!("../../../assets/edge/security-headers.mjs"),
    events: &[ViewerResponse, OriginResponse],
    cache_key_headers: &[],
    options: &[
        flag("nosniff", "X-Content-Type-Options: nosniff", true),
        choice("frame", "Which sites may show this one in a frame", &["deny", "sameorigin", "allow"], "deny"),
        text(
            "referrer",
            "Referrer-Policy; empty for none",
            100,
            OptionDefault::Text("strict-origin-when-cross-origin"),
            Some(checks::keyword),
        ),
        text(
            "opener",
            "Cross-Origin-Opener-Policy; empty for none",
            100,
            OptionDefault::Text("same-origin"),
            Some(checks::keyword),
        ),
        text(
            "permissions",
            "Permissions-Policy; empty for none",
            1000,
            OptionDefault::Text(""),
            Some(checks::header_value),
        ),
        text(
            "csp",
            "Content-Security-Policy; empty for none",
            4000,
            OptionDefault::Text(""),
            Some(checks::header_value),
        ),
        flag("csp_report_only", "Whether browsers only report what `csp` forbids", true),
    ],
    example: r#"{ frame = "sameorigin", referrer = "no-referrer" }"#,
    check: checks::nothing,
};

const fn flag(name: &'static str, about: &'static str, default: bool) -> OptionRow {
    let default = OptionDefault::Flag(default);
    OptionRow { name, about, kind: OptionKind::Flag, default, check: None, secret: false }
}

const fn choice(
    name: &'static str,
    about: &'static str,
    choices: &'static [&'static str],
    default: &'static str,
) -> OptionRow {
    let (kind, default) = (OptionKind::Choice(choices), OptionDefault::Text(default));
    OptionRow { name, about, kind, default, check: None, secret: false }
}

const fn text(
    name: &'static str,
    about: &'static str,
    max: usize,
    default: OptionDefault,
    check: Option<TextCheck>,
) -> OptionRow {
    OptionRow { name, about, kind: OptionKind::Text { max }, default, check, secret: false }
}

const fn texts(
    name: &'static str,
    about: &'static str,
    default: OptionDefault,
    min: usize,
    check: TextCheck,
) -> OptionRow {
    let kind = OptionKind::Texts { min, max: 1000 };
    OptionRow { name, about, kind, default, check: Some(check), secret: false }
}
