//! Where functions run: which entries each path has, and what answers for the addresses of folders there.

use super::answers::{EdgeEvent, EdgeFunction, EdgeSource, Profile, WwwRedirect};
use super::pattern::covers;

/// The paths of the default behaviour.
pub const EVERYTHING: &str = "/*";

/// What turns the addresses of folders into those of pages on the paths of one behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageAddresses {
    /// Nothing: the profile doesn't ask for it, or a ready function does it or makes every answer itself.
    Unchanged,
    /// A CloudFront Function, which is the fastest.
    CloudFrontFunction,
    /// A Lambda@Edge function on this event: CloudFront runs no function of its own beside one on a viewer event
    /// (aws-facts.md B).
    EdgeFunction(EdgeEvent),
    /// The person's own functions take every event on which it could be done.
    NoRoom,
}

/// The paths of functions that are behaviours of their own, since no caching rule equals them; in order.
pub fn paths_without_rule(profile: &Profile) -> Vec<&str> {
    let is_rule = |path: &str| profile.caching.rules.iter().any(|rule| rule.path == path);
    let mut found: Vec<&str> = Vec::new();
    for path in profile.edge.iter().flat_map(|function| &function.paths) {
        if path != EVERYTHING && !is_rule(path) && !found.contains(&path.as_str()) {
            found.push(path);
        }
    }
    found
}

/// The functions that run on all of these paths.
pub fn functions_on<'a>(profile: &'a Profile, path: &str) -> Vec<&'a EdgeFunction> {
    let runs = |function: &&EdgeFunction| function.paths.iter().any(|own| covers(own, path));
    profile.edge.iter().filter(runs).collect()
}

/// What turns the addresses of folders into those of pages on these paths, and sends visitors of one domain on to
/// another. Only a viewer event knows which domain a visitor came to, so the latter is left out where a function of the
/// profile takes that event.
///
/// On origin-request it works as well, only that the query is not part of a redirect unless it is part of the
/// cache key.
pub fn page_addresses(profile: &Profile, path: &str) -> PageAddresses {
    let functions = functions_on(profile, path);
    let is_asked = profile.distribution.pretty_urls || profile.distribution.spa;
    let is_wanted = is_asked && !functions.iter().any(|function| finds_pages(function));
    let is_taken = |event: &EdgeEvent| functions.iter().any(|function| function.event == *event);
    let leads_on = leads_elsewhere(profile) && !is_taken(&EdgeEvent::ViewerRequest);
    if !is_wanted && !leads_on {
        return PageAddresses::Unchanged;
    }
    let events = [EdgeEvent::ViewerRequest, EdgeEvent::OriginRequest];
    match events.into_iter().find(|event| !is_taken(event)) {
        Some(EdgeEvent::ViewerRequest) if !is_taken(&EdgeEvent::ViewerResponse) => {
            PageAddresses::CloudFrontFunction
        }
        Some(event) => PageAddresses::EdgeFunction(event),
        None => PageAddresses::NoRoom,
    }
}

/// Whether one of the site's domains leads to another.
pub fn leads_elsewhere(profile: &Profile) -> bool {
    profile.https.as_ref().is_some_and(|https| https.redirect != WwwRedirect::None)
}

/// Whether it is one of the ready functions that need no help: one turns addresses into those of pages, and one
/// never asks for a file.
fn finds_pages(function: &EdgeFunction) -> bool {
    match &function.function {
        EdgeSource::Builtin(name) => matches!(name.as_str(), "pretty-urls" | "greeting"),
        EdgeSource::Own(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(edge: &str) -> Profile {
        let head =
            "schema = 1\nname = \"acme\"\n[distribution]\nfolder = \"public\"\nregion = \"eu-west-1\"\n";
        crate::profile::parse(&format!("{head}{edge}"), "a.toml").unwrap()
    }

    fn entry(name: &str, event: &str) -> String {
        format!(
            "[[edge]]\nname = \"{name}\"\nfunction = \"{name}.mjs\"\nevent = \"{event}\"\npaths = [\"/a/*\"]\n"
        )
    }

    fn placed(events: &[&str]) -> PageAddresses {
        let entries: String = events.iter().map(|event| entry(event, event)).collect();
        page_addresses(&profile(&entries), "/a/*")
    }

    #[test]
    fn the_fastest_place_that_cloudfront_allows_is_taken() {
        assert_eq!(placed(&[]), PageAddresses::CloudFrontFunction);
        assert_eq!(placed(&["origin-request", "origin-response"]), PageAddresses::CloudFrontFunction);
        assert_eq!(placed(&["viewer-response"]), PageAddresses::EdgeFunction(EdgeEvent::ViewerRequest));
        assert_eq!(placed(&["viewer-request"]), PageAddresses::EdgeFunction(EdgeEvent::OriginRequest));
    }

    #[test]
    fn a_ready_function_that_makes_every_answer_needs_no_help() {
        let greeting = entry("greeting", "origin-request").replace("greeting.mjs", "builtin:greeting");
        let both = profile(&[greeting, entry("door", "viewer-request")].concat());
        assert_eq!(page_addresses(&both, "/a/*"), PageAddresses::Unchanged);
    }

    #[test]
    fn other_paths_are_not_concerned() {
        let profile = profile(&entry("viewer-request", "viewer-request"));
        assert_eq!(page_addresses(&profile, EVERYTHING), PageAddresses::CloudFrontFunction);
        assert_eq!(paths_without_rule(&profile), ["/a/*"]);
    }
}
