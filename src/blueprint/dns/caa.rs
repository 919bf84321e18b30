//! CAA records: who may issue certificates for a domain.

use serde::Serialize;

/// The names by which a CAA record allows Amazon (aws-facts.md E).
const AMAZON: [&str; 4] = ["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"];

/// The CAA records that count for a domain: those of the closest name above it that has any (RFC 8659).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Caa {
    /// The name that holds them.
    pub at: String,
    /// The records.
    pub entries: Vec<CaaEntry>,
}

/// One CAA record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaaEntry {
    /// Whether an issuer that does not know the tag must refuse.
    pub critical: bool,
    /// The tag, such as `issue`.
    pub tag: String,
    /// The value, such as `amazon.com`.
    pub value: String,
}

impl Caa {
    /// Who may issue, if Amazon may not.
    pub fn refuses_amazon(&self, wildcard: bool) -> Option<Vec<String>> {
        let issuers = self.issuers(wildcard)?;
        let allowed = issuers.iter().any(|issuer| AMAZON.contains(&issuer.as_str()));
        (!allowed).then(|| issuers.into_iter().filter(|issuer| !issuer.is_empty()).collect())
    }

    /// The tag that decides: a wildcard goes by `issuewild` where there is one.
    pub fn tag(&self, wildcard: bool) -> &'static str {
        if wildcard && self.has("issuewild") { "issuewild" } else { "issue" }
    }

    /// The issuers that are named; nothing when nobody restricts the issuing.
    fn issuers(&self, wildcard: bool) -> Option<Vec<String>> {
        let unknown = |entry: &&CaaEntry| entry.critical && !is_known(&entry.tag);
        if self.entries.iter().any(|entry| unknown(&entry)) {
            return Some(Vec::new());
        }
        let tag = self.tag(wildcard);
        let entries = self.entries.iter().filter(|entry| entry.tag.eq_ignore_ascii_case(tag));
        let issuers: Vec<_> = entries.map(|entry| issuer(&entry.value)).collect();
        (!issuers.is_empty()).then_some(issuers)
    }

    fn has(&self, tag: &str) -> bool {
        self.entries.iter().any(|entry| entry.tag.eq_ignore_ascii_case(tag))
    }
}

fn is_known(tag: &str) -> bool {
    ["issue", "issuewild", "iodef", "issuemail"].iter().any(|known| tag.eq_ignore_ascii_case(known))
}

/// The issuer's domain, without parameters; empty when nobody may issue.
fn issuer(value: &str) -> String {
    super::plain(value.split(';').next().unwrap_or_default().trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caa(entries: &[(&str, &str)]) -> Caa {
        let entry = |(tag, value): &(&str, &str)| CaaEntry {
            critical: tag.ends_with('!'),
            tag: tag.trim_end_matches('!').to_owned(),
            value: (*value).to_owned(),
        };
        Caa { at: "example.com".to_owned(), entries: entries.iter().map(entry).collect() }
    }

    #[test]
    fn each_of_amazon_s_names_allows_it() {
        for name in ["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com", "Amazon.com; a=b"] {
            let both = caa(&[("issue", "letsencrypt.org"), ("issue", name)]);
            assert_eq!(both.refuses_amazon(false), None, "{name}");
            assert_eq!(both.refuses_amazon(true), None, "a wildcard goes by issue: {name}");
        }
    }

    #[test]
    fn others_alone_or_nobody_refuse_it() {
        let others = caa(&[("issue", "letsencrypt.org")]);
        assert_eq!(others.refuses_amazon(false), Some(vec!["letsencrypt.org".to_owned()]));
        assert_eq!(caa(&[("issue", ";")]).refuses_amazon(false), Some(Vec::new()));
        assert_eq!(caa(&[("future!", "x")]).refuses_amazon(false), Some(Vec::new()), "critical and unknown");
    }

    #[test]
    fn what_does_not_restrict_allows_all() {
        assert_eq!(caa(&[("iodef", "mailto:a@example.com")]).refuses_amazon(false), None);
        assert_eq!(caa(&[("future", "x")]).refuses_amazon(true), None);
    }

    #[test]
    fn issuewild_decides_on_wildcards_alone() {
        let mixed = caa(&[("issue", "amazon.com"), ("issuewild", "digicert.com")]);
        assert_eq!(mixed.refuses_amazon(false), None);
        assert_eq!(mixed.refuses_amazon(true), Some(vec!["digicert.com".to_owned()]));
        let only_wild = caa(&[("issuewild", "digicert.com")]);
        assert_eq!(only_wild.refuses_amazon(false), None, "issuewild says nothing about other names");
    }
}
