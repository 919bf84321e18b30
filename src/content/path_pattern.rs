//! Whether a CloudFront path pattern covers a path.

/// Whether `pattern` covers the whole of `path`: `*` stands for any characters (also none, also `/`), `?`
/// for exactly one, and everything else for itself, case included (aws-facts.md B, PathPattern).
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let path: Vec<char> = path.chars().collect();
    let (mut at_pattern, mut at_path) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while at_path < path.len() {
        match pattern.get(at_pattern) {
            Some('*') => {
                last_star = Some((at_pattern, at_path));
                at_pattern += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == path[at_path] => {
                at_pattern += 1;
                at_path += 1;
            }
            _ => {
                // The last star takes one character more; no earlier star can do better.
                let Some((star, taken)) = last_star else { return false };
                last_star = Some((star, taken + 1));
                at_pattern = star + 1;
                at_path = taken + 1;
            }
        }
    }
    pattern[at_pattern..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_cover_paths() {
        for (pattern, path, covered) in [
            ("/*", "/", true),
            ("/assets/*", "/assets/a/b.js", true),
            ("/assets/*", "/assets", false),
            ("*.html", "/docs/index.html", true),
            ("/a?c", "/abc", true),
            ("/a?c", "/ac", false),
            ("/*a*b*c", "/aabbcc", true),
            ("/*a*b*c", "/aabbcd", false),
            ("/A", "/a", false),
            ("/é?", "/éü", true),
        ] {
            assert_eq!(matches(pattern, path), covered, "{pattern} on {path}");
        }
    }
}
