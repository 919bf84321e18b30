//! DNS names as Route 53 writes and orders them.

/// Lower case, with a final dot, and with anything but letters, digits, `-`, `_` and `.` as an octal
/// escape, so that `*` becomes `\052` (aws-facts.md F).
pub fn canonical(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 1);
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                out.push('\\');
                out.extend(letters.by_ref().take(3));
            }
            'A'..='Z' => out.push(letter.to_ascii_lowercase()),
            'a'..='z' | '0'..='9' | '-' | '_' | '.' => out.push(letter),
            other => {
                let mut bytes = [0; 4];
                out.extend(other.encode_utf8(&mut bytes).bytes().map(|byte| format!("\\{byte:03o}")));
            }
        }
    }
    if !out.ends_with('.') {
        out.push('.');
    }
    out
}

/// What Route 53 sorts by: the labels from the last to the first.
pub fn sort_key(canonical: &str) -> Vec<String> {
    canonical.trim_end_matches('.').split('.').rev().map(str::to_owned).collect()
}

/// Whether `name` is `zone` or lies below it. Both are canonical.
pub fn lies_within(name: &str, zone: &str) -> bool {
    name == zone || name.strip_suffix(zone).is_some_and(|before| before.ends_with('.'))
}

/// Why a name is not a domain name, in AWS's words, or nothing if it is one.
pub fn fault(name: &str) -> Option<&'static str> {
    let bare = name.strip_suffix('.').unwrap_or(name);
    if bare.len() > 254 {
        return Some("DomainNameTooLong (Domain name is too long)");
    }
    bare.split('.').find_map(|label| match label {
        "" => Some("DomainLabelEmpty (Domain label is empty)"),
        long if long.len() > 63 => Some("DomainLabelTooLong (Domain label is too long)"),
        odd if odd.chars().any(|letter| letter.is_whitespace() || letter.is_control()) => {
            Some("UnsupportedCharacter (Value contains unsupported characters)")
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lowered_dotted_and_escaped() {
        for (given, expected) in [
            ("WWW.Example.com", "www.example.com."),
            ("*.example.com.", "\\052.example.com."),
            ("\\052.example.com", "\\052.example.com."),
            ("_x.example.com", "_x.example.com."),
        ] {
            assert_eq!(canonical(given), expected);
        }
    }

    #[test]
    fn order_is_by_reversed_labels() {
        let mut names = ["b.example.com.", "example.org.", "example.com.", "a.z.example.com."];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["example.com.", "b.example.com.", "a.z.example.com.", "example.org."]);
    }

    #[test]
    fn only_whole_labels_lie_within() {
        assert!(lies_within("a.example.com.", "example.com."));
        assert!(lies_within("example.com.", "example.com."));
        assert!(!lies_within("badexample.com.", "example.com."));
    }

    #[test]
    fn faults_name_what_is_wrong() {
        assert_eq!(fault("a..b"), Some("DomainLabelEmpty (Domain label is empty)"));
        assert!(fault(&format!("{}.com", "a".repeat(64))).is_some());
        assert!(fault("a b.com").is_some());
        assert_eq!(fault("xn--bcher-kva.example."), None);
    }
}
