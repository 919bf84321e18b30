//! Parts of a request that would not reach a function at the edge, as the profile stands (aws-facts.md D.3, D.5).

use super::event::SampleRequest;
use super::finding::Finding;
use super::limits::is_viewer;
use crate::profile::answers::{CacheAnswers, EdgeFunction, EdgeSource, Query};
use crate::profile::gallery::ready_function;
use crate::profile::{Profile, pattern};

/// What of `request` CloudFront would keep from the function.
pub fn check(profile: &Profile, function: &EdgeFunction, request: &SampleRequest) -> Vec<Finding> {
    let mut findings: Vec<Finding> = other_path(function, request).into_iter().collect();
    if is_viewer(function.event) {
        findings.extend(headers_of_cloudfront(request));
        return findings;
    }
    let answers = caching_of(profile, &request.uri);
    findings.extend(query(answers, request));
    findings.extend(headers(answers, function, request));
    findings
}

fn other_path(function: &EdgeFunction, request: &SampleRequest) -> Option<Finding> {
    let is_asked = function.paths.iter().any(|path| pattern::matches(path, &request.uri));
    let what = format!("at the edge {} would not be asked for {}", function.name, request.uri);
    let finding = Finding::warning(what).why(format!("it runs on {}", function.paths.join(", ")));
    (!is_asked).then(|| finding.way_out("another --url, or more `paths`"))
}

/// The caching answers for a path: of the first rule that covers it.
fn caching_of<'a>(profile: &'a Profile, uri: &str) -> &'a CacheAnswers {
    let rule = profile.caching.rules.iter().find(|rule| pattern::matches(&rule.path, uri));
    rule.map_or(&profile.caching.default, |rule| &rule.answers)
}

fn headers_of_cloudfront(request: &SampleRequest) -> Vec<Finding> {
    let names = request.headers.iter().map(|(name, _)| name);
    let own = names.filter(|name| name.to_ascii_lowercase().starts_with("cloudfront-"));
    own.map(|name| {
        Finding::warning(format!("at the edge there would be no header {name}"))
            .why("CloudFront adds its own headers from origin-request on (CloudFront guide: edge-function-restrictions-all)")
            .way_out("event = \"origin-request\"")
    })
    .collect()
}

fn query(answers: &CacheAnswers, request: &SampleRequest) -> Option<Finding> {
    let what = match &answers.query {
        _ if request.query.is_empty() => return None,
        Query::All => return None,
        Query::None => "at the edge there would be no query string",
        Query::Only(_) | Query::Except(_) => "at the edge the query string might lack parts",
    };
    let why = "an origin event has only what is part of the cache key of this path";
    Some(Finding::warning(what).why(why).way_out("query = \"all\" in the caching rule of this path"))
}

fn headers(answers: &CacheAnswers, function: &EdgeFunction, request: &SampleRequest) -> Vec<Finding> {
    let added = match &function.function {
        EdgeSource::Builtin(name) => ready_function(name).map_or(&[][..], |ready| ready.cache_key_headers),
        EdgeSource::Own(_) => &[],
    };
    let is_in_key = |name: &str| {
        let is_cookie = name.eq_ignore_ascii_case("cookie") && !answers.cookies.is_empty();
        let mut known = answers.headers.iter().map(String::as_str).chain(added.iter().copied());
        is_cookie || known.any(|known| known.eq_ignore_ascii_case(name))
    };
    let lost = request.headers.iter().filter(|(name, _)| !is_in_key(name));
    lost.map(|(name, _)| {
        Finding::warning(format!("at the edge the header {name} might not come"))
            .why("an origin event is sure to have only what is part of the cache key of this path")
            .way_out("name it in `headers`, or a cookie in `cookies`, of the caching rule of this path")
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::fixtures::{own, ready};
    use crate::profile::answers::EdgeEvent;
    use serde_json::json;

    fn profile(caching: &str) -> Profile {
        let head =
            "schema = 1\nname = \"acme\"\n[distribution]\nfolder = \"public\"\nregion = \"eu-west-1\"\n";
        crate::profile::parse(&format!("{head}{caching}"), "a.toml").unwrap()
    }

    fn told(caching: &str, function: &EdgeFunction, url: &str, headers: &[&str]) -> Vec<String> {
        let request = SampleRequest::get(url).unwrap();
        let request = headers.iter().fold(request, |request, header| request.header(header).unwrap());
        check(&profile(caching), function, &request).into_iter().map(|finding| finding.what).collect()
    }

    const RULE: &str =
        "[[caching.rule]]\npath = \"/api/*\"\nquery = \"all\"\nheaders = [\"X-A\"]\ncookies = [\"c\"]\n";

    #[test]
    fn an_origin_event_has_what_the_rule_of_its_path_lets_through() {
        let function = own("a.mjs", EdgeEvent::OriginRequest);
        let headers = ["x-a: 1", "Cookie: c=1"];
        assert_eq!(told(RULE, &function, "/api/x?a=1", &headers), [""; 0]);
        assert_eq!(
            told(RULE, &function, "/x?a=1", &headers),
            [
                "at the edge there would be no query string",
                "at the edge the header x-a might not come",
                "at the edge the header Cookie might not come",
            ]
        );
    }

    #[test]
    fn a_ready_function_brings_its_headers_into_the_key() {
        let function = ready("greeting", EdgeEvent::OriginRequest, json!({}));
        assert_eq!(told("", &function, "/", &["CloudFront-Viewer-Country: DE"]), [""; 0]);
    }

    #[test]
    fn a_function_is_not_asked_for_other_paths() {
        let mut function = own("a.mjs", EdgeEvent::ViewerRequest);
        function.paths = vec!["/api/*".to_owned(), "/x".to_owned()];
        assert_eq!(told("", &function, "/api/a", &[]), [""; 0]);
        assert_eq!(told("", &function, "/b", &[]), ["at the edge example would not be asked for /b"]);
    }

    #[test]
    fn a_viewer_event_has_all_that_the_viewer_sent_and_nothing_of_cloudfronts() {
        let function = own("a.mjs", EdgeEvent::ViewerRequest);
        let expected = ["at the edge there would be no header CloudFront-Viewer-Country"];
        assert_eq!(told("", &function, "/?a=1", &["X-A: 1", "CloudFront-Viewer-Country: DE"]), expected);
    }
}
