//! Clashes among the answers on domains and HTTPS.

use super::{Clash, View};
use crate::profile::answers::{Https, PlainHttp, WwwRedirect};
use crate::profile::duration::YEAR;
use crate::profile::sheet::Regard;

const HTTP: &str = "https.http";

/// The first name is the site's address, and the one that a certificate is named after (aws-facts.md E).
pub(super) fn first_domain(view: &View) -> Vec<Clash> {
    let Some(first) = view.profile.https.as_ref().and_then(|https| https.domains.first()) else {
        return Vec::new();
    };
    let key = "https.domains[0]";
    // Where the first is wrong, another has taken its place.
    if view.sheet.index_as_written("https.domains", 0) != 0 {
        return Vec::new();
    }
    if first.starts_with("*.") {
        let clash = Clash::new(key, "the first domain is the site's address, so it can't be a wildcard");
        return vec![
            clash.help(format!("put a name before it, such as \"{}\"", first.replacen('*', "www", 1))),
        ];
    }
    if first.len() > 64 {
        let message =
            format!("the first domain has {} characters; a certificate takes 64 there", first.len());
        return vec![Clash::new(key, message).help("put a shorter name first")];
    }
    Vec::new()
}

pub(super) fn www_and_bare(view: &View) -> Vec<Clash> {
    let Some(https) = &view.profile.https else { return Vec::new() };
    let wanted = match https.redirect {
        WwwRedirect::None => return Vec::new(),
        WwwRedirect::ToApex | WwwRedirect::ToWww => has_www_and_bare(https),
    };
    if wanted {
        return Vec::new();
    }
    let bare = https.domains.iter().find(|domain| !domain.starts_with("*."));
    let bare = bare.map_or("example.com", |domain| domain.strip_prefix("www.").unwrap_or(domain));
    let clash = Clash::new("https.redirect", "there is no name with both `www.` and without to lead between");
    vec![
        clash
            .with("https.domains", "the site's names")
            .help(format!("name both \"{bare}\" and \"www.{bare}\" in `domains`")),
    ]
}

fn has_www_and_bare(https: &Https) -> bool {
    https.domains.iter().any(|domain| https.domains.contains(&format!("www.{domain}")))
}

pub(super) fn strict_transport_over_plain_http(view: &View) -> Vec<Clash> {
    let Some(https) = &view.profile.https else { return Vec::new() };
    match https.http {
        PlainHttp::Allow if https.hsts.is_some() => {
            let message = "browsers are told to use HTTPS alone, while plain HTTP is served";
            let clash = Clash::new("https.hsts", message).by(Regard::Presence);
            let clash = clash.with(HTTP, "served without HTTPS");
            vec![clash.help("write `http = \"redirect\"`, or drop `hsts`")]
        }
        PlainHttp::Allow | PlainHttp::Redirect | PlainHttp::HttpsOnly => Vec::new(),
    }
}

/// What the browsers' own list asks of a domain.
pub(super) fn preload(view: &View) -> Vec<Clash> {
    let Some(https) = &view.profile.https else { return Vec::new() };
    let Some(hsts) = https.hsts.as_ref().filter(|hsts| hsts.preload) else { return Vec::new() };
    let key = "https.hsts.preload";
    let mut clashes = Vec::new();
    if !hsts.subdomains {
        let clash = Clash::new(key, "the browsers' list only takes domains with all their sub-domains");
        clashes.push(
            clash.with("https.hsts.subdomains", "").help("write `subdomains = true`, or drop `preload`"),
        );
    }
    if hsts.max_age.0 < YEAR {
        let clash = Clash::new(key, "the browsers' list only takes domains with `max_age` of a year or more");
        clashes.push(
            clash
                .with("https.hsts.max_age", "too short")
                .help("write `max_age = \"365d\"`, or drop `preload`"),
        );
    }
    if https.http == PlainHttp::HttpsOnly {
        let clash = Clash::new(key, "the browsers' list only takes domains whose plain HTTP leads to HTTPS");
        clashes.push(
            clash.with(HTTP, "answers with 403").help("write `http = \"redirect\"`, or drop `preload`"),
        );
    }
    clashes
}
