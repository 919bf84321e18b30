//! The text of a profile at random: mostly one that the checks take, with values at the edge of what they take.

use super::dice::Dice;
use sitecast::profile::countries::COUNTRIES;
use sitecast::profile::regions::REGIONS;
use toml_edit::Value;

/// The account that every sandbox plays.
const ACCOUNT: &str = "123456789012";

const NAMES: &[&str] = &[
    "a1b",
    "my-site",
    "000",
    "a--b",
    "site-an",
    "abcdefghijklmnopqrstuvwxyz-01234",
    "0123456789ab-eu-west-1",
];

const BUCKETS: &[&str] = &["pinned-one", "pinned-two", "p0p"];

const PAGES: &[&str] = &[
    "index.html",
    "404.html",
    "docs/start.htm",
    "~a/$b/c_d-e.f",
    "it's&so.html",
    "no-extension",
    ".well-known/page.html",
];

/// Pages that the checks may well refuse.
const DOUBTFUL_PAGES: &[&str] = &[
    "it's \"so\".html",
    "\"quoted\".html",
    "a(b)!c.html",
    "d,e;f=g.html",
    "h+i.html",
    "j@k:l.html",
    "<x>.html",
    "[y].html",
    "{z}.html",
    "|^`.html",
    "a*.html",
    "ü.html",
    "%20.html",
];

const COMMENTS: &[&str] = &[
    "",
    "Our public site",
    " ",
    "  both  ends  ",
    "<a & 'b' \"c\">",
    "]]>",
    "&amp;",
    "🦀 größer",
    "\\",
    "%20",
];

const DURATIONS: &[&str] =
    &["0s", "1s", "2s", "59s", "60s", "1m", "1h", "86400s", "1d", "31535999s", "8760h", "365d"];

const PATHS: &[&str] = &[
    "/assets/*",
    "assets/*",
    "/assets/?.js",
    "*.js",
    "/*.?s",
    "/*/",
    "/?",
    "/?*",
    "/??*",
    "/*.*",
    "/",
    "/index.html",
    "/.well-known/*",
    "/a/*/c/*/e",
    "/A/*",
    "/a/*",
    "/~$_-.'\"@:+&/*",
    "/.?itecast-drill/*",
    "/*drill*",
    "/***/x",
    "/search",
    "/search/",
    "/404.html",
];

const HEADERS: &[&str] = &[
    "Accept-Language",
    "origin",
    "Accept",
    "CloudFront-Viewer-Country",
    "cloudfront-is-mobile-viewer",
    "Referer",
    "user-agent",
    "X-One",
    "x_two",
    "!#$%&'*+-.^_`|~",
    "Access-Control-Request-Method",
    "DNT",
    "Date",
    "Max-Forwards",
    "X-HTTP-Method-Override",
];

const COOKIES: &[&str] =
    &["session", "Session", "lang*", "*", "?", "a", "b", "__Host-x", "c.d", "!#$%&'*+-.^_`|~", "e-f", "g"];

const QUERIES: &[&str] =
    &["q", "Q", "page", "a[]", "utm_source", "x.y", "a+b", "%20", "<b>", "\"c\"", "*", "'", "d;e", "f"];

const STATUSES: &[&str] = &["400", "403", "404", "416", "429", "500", "502", "503", "504"];

/// What the profiles of one site have in common.
pub struct Habits {
    name: &'static str,
    /// Few, so that a site often comes back to one and often swaps its two.
    regions: Vec<&'static str>,
    /// In how many cases of a hundred a bucket's name is given.
    pinned: usize,
}

impl Habits {
    pub fn new(dice: &mut Dice) -> Habits {
        let regions: Vec<&str> = REGIONS.iter().map(|region| region.code).collect();
        let many = dice.one_of(&[2, 2, 3, 20]);
        let regions = dice.some_of(&regions, many, many);
        Habits { name: dice.one_of(NAMES), regions, pinned: dice.one_of(&[0, 20, 80]) }
    }

    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// The text of a profile.
pub fn profile(dice: &mut Dice, habits: &Habits) -> String {
    let mut lines = Lines { text: format!("schema = 1\nname = {}\n", quoted(habits.name)) };
    distribution(dice, habits, &mut lines);
    if dice.percent(60) {
        failover(dice, habits, &mut lines);
    }
    lines.table("[caching.default]");
    caching(dice, &mut lines);
    for _ in 0..dice.below(7) {
        rule(dice, &mut lines);
    }
    if dice.percent(10) {
        lines.text += "[[edge]]\nname = \"headers\"\nfunction = \"builtin:security-headers\"\n";
        lines.text += "event = \"viewer-response\"\npaths = [\"*\"]\n";
    }
    if dice.percent(30) {
        let domains = dice.one_of(&[
            r#"["example.com"]"#,
            r#"["example.com", "www.example.com"]"#,
            r#"["*.example.com", "example.com"]"#,
        ]);
        lines.text += &format!("[https]\ndns = \"route53\"\ndomains = {domains}\n");
        lines.maybe(dice, "key", |dice| quoted(dice.one_of(&["ecdsa", "rsa"])));
        lines.maybe(dice, "minimum_tls", |dice| quoted(dice.one_of(&["TLSv1.2_2021", "TLSv1.3_2025"])));
        lines.maybe(dice, "http", |dice| quoted(dice.one_of(&["redirect", "https-only", "allow"])));
    }
    lines.text
}

struct Lines {
    text: String,
}

impl Lines {
    fn table(&mut self, header: &str) {
        self.text += &format!("{header}\n");
    }

    fn answer(&mut self, key: &str, value: impl AsRef<str>) {
        self.text += &format!("{key} = {}\n", value.as_ref());
    }

    /// An answer in four cases of ten.
    fn maybe(&mut self, dice: &mut Dice, key: &str, value: impl Fn(&mut Dice) -> String) {
        if dice.percent(40) {
            let value = value(dice);
            self.answer(key, value);
        }
    }
}

fn distribution(dice: &mut Dice, habits: &Habits, lines: &mut Lines) {
    lines.table("[distribution]");
    lines.answer("folder", "\"public\"");
    bucket(dice, habits, lines);
    lines.maybe(dice, "index", page);
    match dice.below(3) {
        0 => lines.answer("spa", "true"),
        1 => lines.maybe(dice, "pretty_urls", boolean),
        _ => {
            lines.maybe(dice, "error_page", page);
            lines.maybe(dice, "pretty_urls", boolean);
        }
    }
    lines.maybe(dice, "price_class", |dice| quoted(dice.one_of(&["100", "200", "all"])));
    lines.maybe(dice, "http", |dice| quoted(dice.one_of(&["http1.1", "http2", "http3", "http2and3"])));
    lines.maybe(dice, "ipv6", boolean);
    lines.maybe(dice, "comment", comment);
    if dice.percent(25) {
        let most = dice.one_of(&[1, 2, 30, COUNTRIES.len()]);
        let codes: Vec<&str> = COUNTRIES.iter().map(|(code, _)| *code).collect();
        let countries = list(&dice.some_of(&codes, 1, most));
        lines.answer(dice.one_of(&["geo.allow", "geo.block"]), countries);
    }
}

fn failover(dice: &mut Dice, habits: &Habits, lines: &mut Lines) {
    lines.table("[failover]");
    lines.maybe(dice, "enabled", |dice| dice.percent(80).to_string());
    bucket(dice, habits, lines);
    lines.maybe(dice, "on", |dice| format!("[{}]", dice.some_of(STATUSES, 1, STATUSES.len()).join(", ")));
    lines.maybe(dice, "copy", |dice| quoted(dice.one_of(&["upload", "replication"])));
    lines.maybe(dice, "connect_attempts", |dice| dice.one_of(&["1", "2", "3"]).to_owned());
    lines.maybe(dice, "connect_timeout", |dice| quoted(dice.one_of(&["1s", "2s", "10s"])));
}

/// A region, and now and then a bucket of a given name in it.
fn bucket(dice: &mut Dice, habits: &Habits, lines: &mut Lines) {
    let region = dice.one_of(&habits.regions);
    lines.answer("region", quoted(region));
    if dice.percent(habits.pinned) {
        let name = dice.one_of(BUCKETS);
        let pinned = match dice.below(3) {
            0 => format!("{name}-{ACCOUNT}-{region}-an"),
            1 => format!("{name:x<63}"),
            _ => name.to_owned(),
        };
        lines.answer("bucket", quoted(pinned));
    }
}

fn rule(dice: &mut Dice, lines: &mut Lines) {
    let path = match dice.below(12) {
        0 => format!("/{}", "x".repeat(254)),
        1 => "y".repeat(254),
        2 => format!("{}*", dice.one_of(PATHS)),
        3 => format!("/{}{}", dice.below(100), dice.one_of(PATHS)),
        _ => dice.one_of(PATHS).to_owned(),
    };
    lines.table("[[caching.rule]]");
    lines.answer("path", quoted(path));
    caching(dice, lines);
}

fn caching(dice: &mut Dice, lines: &mut Lines) {
    let browser = dice.one_of(DURATIONS);
    lines.answer("browser", quoted(browser));
    if dice.percent(if browser == "0s" { 2 } else { 30 }) {
        lines.answer("immutable", "true");
    }
    lines.maybe(dice, "edge", edge);
    lines.maybe(dice, "compress", boolean);
    if dice.percent(25) {
        lines.maybe(dice, "query", query);
        lines.maybe(dice, "headers", |dice| named(dice, HEADERS, 0));
        lines.maybe(dice, "cookies", |dice| named(dice, COOKIES, 0));
    }
}

fn edge(dice: &mut Dice) -> String {
    if dice.percent(50) {
        return quoted(dice.one_of(DURATIONS));
    }
    // In the order of their lengths, as the list is.
    let mut places = [0; 3].map(|_| dice.below(DURATIONS.len()));
    if dice.percent(95) {
        places.sort_unstable();
    }
    let [min, default, max] = places.map(|place| quoted(DURATIONS[place]));
    match dice.below(4) {
        0 => format!("{{ default = {default} }}"),
        1 => format!("{{ min = {min}, default = {default} }}"),
        2 => format!("{{ default = {default}, max = {max} }}"),
        _ => format!("{{ min = {min}, default = {default}, max = {max} }}"),
    }
}

fn query(dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => quoted("none"),
        1 => quoted("all"),
        2 => format!("{{ only = {} }}", named(dice, QUERIES, 1)),
        _ => format!("{{ except = {} }}", named(dice, QUERIES, 1)),
    }
}

/// Up to ten names; seldom eight of the greatest length, which are as many letters as a policy takes.
fn named(dice: &mut Dice, names: &[&str], least: usize) -> String {
    if dice.percent(5) {
        let long: Vec<String> = (0..8).map(|number| format!("{number:n<128}")).collect();
        return list(&long);
    }
    let most = dice.one_of(&[1, 2, 10]);
    list(&dice.some_of(names, least, most))
}

fn page(dice: &mut Dice) -> String {
    match dice.below(12) {
        0 => quoted("p".repeat(255)),
        1 => quoted(format!("d{}", "/e".repeat(127))),
        _ if dice.percent(3) => quoted(dice.one_of(DOUBTFUL_PAGES)),
        _ => quoted(dice.one_of(PAGES)),
    }
}

fn comment(dice: &mut Dice) -> String {
    match dice.below(8) {
        0 => quoted("c".repeat(128)),
        1 => quoted("ü".repeat(128)),
        2 => quoted("🦀".repeat(128)),
        3 => quoted("&".repeat(128)),
        _ => quoted(dice.one_of(COMMENTS)),
    }
}

fn boolean(dice: &mut Dice) -> String {
    dice.percent(50).to_string()
}

fn quoted(text: impl AsRef<str>) -> String {
    Value::from(text.as_ref()).to_string()
}

fn list(texts: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = texts.iter().map(quoted).collect();
    format!("[{}]", quoted.join(", "))
}
