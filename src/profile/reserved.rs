//! Domains that are kept for examples and tests (RFC 2606), as presets and guides hold them.

use super::file::Reading;
use super::problem::{Problem, Severity};

/// The names that nobody can register; sub-domains included.
const RESERVED: [&str; 7] =
    ["example.com", "example.net", "example.org", "example", "invalid", "localhost", "test"];

/// Whether nobody can ever own the domain, so that no certificate is issued for it.
pub fn is_reserved(domain: &str) -> bool {
    let is_within = |reserved: &&str| {
        let before = domain.strip_suffix(*reserved);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    RESERVED.iter().any(is_within)
}

/// That domains are still those of an example. The sandbox issues certificates for them, and AWS does not.
pub fn placeholders(reading: &Reading) -> Vec<Problem> {
    const DOMAINS: &str = "https.domains";
    let https = reading.profile.as_ref().and_then(|profile| profile.https.as_ref());
    let domains = https.into_iter().flat_map(|https| &https.domains);
    let reserved: Vec<_> = domains.filter(|domain| is_reserved(domain)).map(String::as_str).collect();
    if reserved.is_empty() {
        return Vec::new();
    }
    vec![Problem {
        severity: Severity::Warning,
        keys: vec![DOMAINS.to_owned()],
        message: format!(
            "no certificate is ever issued for {}: such names are kept for examples",
            reserved.join(" and ")
        ),
        help: Some("name domains of your own before you deploy; the sandbox takes these as well".to_owned()),
        place: reading.sheet.place(DOMAINS),
        related: Vec::new(),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{preset, read};

    #[test]
    fn names_of_examples_are_told_from_names_like_them() {
        for domain in
            ["example.com", "www.example.org", "*.example.net", "acme.test", "a.b.example", "localhost"]
        {
            assert!(is_reserved(domain), "{domain}");
        }
        for domain in ["myexample.com", "example.de", "example.com.acme.io", "latest", "contest.org"] {
            assert!(!is_reserved(domain), "{domain}");
        }
    }

    #[test]
    fn the_preset_with_everything_names_domains_that_must_be_replaced() {
        let text = preset("everything").unwrap().text;
        let [problem] = &placeholders(&read(text, "site.toml"))[..] else { panic!() };
        assert!(text[problem.place.clone()].contains("www.example.com"), "{problem:?}");
        assert!(problem.message.contains("example.com and www.example.com"), "{problem:?}");
        let own = text.replace("example.com", "acme.io");
        assert!(placeholders(&read(&own, "site.toml")).is_empty());
        assert!(placeholders(&read(preset("blog").unwrap().text, "site.toml")).is_empty());
    }
}
