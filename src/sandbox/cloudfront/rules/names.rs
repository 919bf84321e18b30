//! Domain names, what a certificate covers, and text without repetition.

use std::collections::BTreeSet;
use std::hash::Hash;

/// Whether `wildcard` is a wildcard name over exactly this level of `name`.
pub fn alias_covers(wildcard: &str, name: &str) -> bool {
    let parent = |name: &str| name.split_once('.').map(|(_, parent)| parent.to_owned());
    wildcard.starts_with("*.") && parent(wildcard) == parent(name)
}

/// Whether one of a certificate's names covers an alias, at exactly that wildcard level (aws-facts.md B, Aliases).
pub fn covered_by(alias: &str, names: &[String]) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(alias) || alias_covers(&name.to_lowercase(), alias))
}

/// Whether this is a DNS name of at least two labels.
pub fn is_domain_name(name: &str) -> bool {
    name.len() <= 253 && name.contains('.') && name.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let allowed = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    (1..=63).contains(&label.len()) && allowed && !label.starts_with('-') && !label.ends_with('-')
}

/// Whether this is a name that a distribution can answer to: lower case, a wildcard only as the whole first
/// label, and not one of CloudFront's own.
pub fn is_alias(name: &str) -> bool {
    let plain = name.strip_prefix("*.").unwrap_or(name);
    is_domain_name(plain)
        && name == name.to_lowercase()
        && !plain.ends_with("cloudfront.net")
        && !plain.contains('_')
}

/// Whether something is there twice.
pub fn repeats<T: Ord + Hash>(items: impl IntoIterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    items.into_iter().any(|item| !seen.insert(item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_covers_its_own_level_alone() {
        let names = ["*.example.com".to_owned()];
        assert!(covered_by("www.example.com", &names));
        assert!(covered_by("*.example.com", &names));
        assert!(!covered_by("example.com", &names));
        assert!(!covered_by("a.b.example.com", &names));
    }

    #[test]
    fn an_alias_is_lower_case_with_a_wildcard_in_front_at_most() {
        for good in ["example.com", "*.example.com", "a-b.example.co.uk"] {
            assert!(is_alias(good), "{good}");
        }
        for bad in
            ["Example.com", "www.*.com", "*", "example", "-a.com", "d1.cloudfront.net", "a..com", "a_b.com"]
        {
            assert!(!is_alias(bad), "{bad}");
        }
    }
}
