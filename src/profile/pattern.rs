//! Path patterns: `*` stands for any run of characters, `/` among them, and `?` for exactly one.
//!
//! They are compared as CloudFront compares them: case counts, query strings don't, and the leading `/` may
//! be left out (aws-facts.md B).

use std::collections::HashSet;

/// The pattern with its leading `/`.
pub fn with_slash(pattern: &str) -> String {
    if pattern.starts_with('/') { pattern.to_owned() } else { format!("/{pattern}") }
}

/// Whether a request for `path` is covered by `pattern`.
pub fn matches(pattern: &str, path: &str) -> bool {
    let pattern = tokens(pattern);
    let mut positions = closure(&pattern, vec![false; pattern.len() + 1], 0);
    for letter in with_slash(path).chars() {
        positions = advance(&pattern, &positions, letter);
    }
    positions[pattern.len()]
}

/// Whether every path that `specific` covers is covered by `general` too.
///
/// A letter that stands for a wildcard of `specific` is matched by `general` in every case only if a
/// wildcard matches it. So it is enough to ask about a letter that no pattern can hold; what remains open
/// is how many of them each `*` stands for, and every number that makes a difference is tried. Patterns made
/// for it can have millions of them to try; after a bound the answer is no.
pub fn covers(general: &str, specific: &str) -> bool {
    let (general, specific) = (tokens(general), tokens(specific));
    let start = closure(&general, vec![false; general.len() + 1], 0);
    let mut seen = HashSet::new();
    let mut open = vec![(0, start)];
    while let Some((position, reached)) = open.pop() {
        if !reached.contains(&true) || (position == specific.len() && !reached[general.len()]) {
            return false;
        }
        if seen.len() > MOST_TRIES {
            return false;
        }
        if position == specific.len() || !seen.insert((position, reached.clone())) {
            continue;
        }
        match specific[position] {
            '*' => {
                open.push((position, advance(&general, &reached, UNKNOWN)));
                open.push((position + 1, reached));
            }
            '?' => open.push((position + 1, advance(&general, &reached, UNKNOWN))),
            letter => open.push((position + 1, advance(&general, &reached, letter))),
        }
    }
    true
}

/// Whether some path is covered by both.
pub fn overlaps(one: &str, other: &str) -> bool {
    let (one, other) = (tokens(one), tokens(other));
    // The row for `i` says for which `j` the rests `one[i..]` and `other[j..]` share a text.
    let mut below = vec![false; other.len() + 1];
    for i in (0..=one.len()).rev() {
        let mut row = vec![false; other.len() + 1];
        for j in (0..=other.len()).rev() {
            row[j] = match (one.get(i), other.get(j)) {
                (None, None) => true,
                (Some('*'), Some(_)) => below[j] || row[j + 1],
                (Some('*'), None) => below[j],
                (Some(_), Some('*')) => row[j + 1] || below[j],
                (None, Some('*')) => row[j + 1],
                (Some(a), Some(b)) => (a == b || *a == '?' || *b == '?') && below[j + 1],
                (Some(_), None) | (None, Some(_)) => false,
            };
        }
        below = row;
    }
    below[0]
}

/// The patterns that together cover exactly what both cover, or `None` if they are too many to write down.
pub fn intersection(one: &str, other: &str) -> Option<Vec<String>> {
    let (one, other) = (tokens(one), tokens(other));
    // As in `overlaps`, with the shared texts in place of whether there are any.
    let mut below: Vec<Vec<String>> = vec![Vec::new(); other.len() + 1];
    for i in (0..=one.len()).rev() {
        let mut row = vec![Vec::new(); other.len() + 1];
        for j in (0..=other.len()).rev() {
            row[j] = without_covered(shared(one.get(i), other.get(j), Rests { below: &below, row: &row, j }));
            if row[j].len() > MOST_PATTERNS {
                return None;
            }
        }
        below = row;
    }
    below.into_iter().next()
}

/// What the rests after one or both of the next tokens share.
struct Rests<'a> {
    below: &'a [Vec<String>],
    row: &'a [Vec<String>],
    j: usize,
}

fn shared(one: Option<&char>, other: Option<&char>, rests: Rests<'_>) -> Vec<String> {
    let Rests { below, row, j } = rests;
    match (one, other) {
        (None, None) => vec![String::new()],
        (Some('*'), Some('*')) => below[j].iter().chain(&row[j + 1]).map(|rest| starred(rest)).collect(),
        (Some('*'), Some(letter)) => [below[j].clone(), prefixed(*letter, &row[j + 1])].concat(),
        (Some(letter), Some('*')) => [row[j + 1].clone(), prefixed(*letter, &below[j])].concat(),
        (Some('*'), None) => below[j].clone(),
        (None, Some('*')) => row[j + 1].clone(),
        (Some('?'), Some(letter)) | (Some(letter), Some('?')) => prefixed(*letter, &below[j + 1]),
        (Some(a), Some(b)) if a == b => prefixed(*a, &below[j + 1]),
        (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) => Vec::new(),
    }
}

/// More patterns than this help nobody: each would be a rule of its own.
const MOST_PATTERNS: usize = 8;

/// Far more than the patterns of any real site need.
const MOST_TRIES: usize = 20_000;

/// Stands for every letter that the patterns don't hold. No path can hold a NUL.
const UNKNOWN: char = '\0';

fn tokens(pattern: &str) -> Vec<char> {
    let mut letters: Vec<char> = with_slash(pattern).chars().collect();
    letters.dedup_by(|next, previous| *next == '*' && *previous == '*');
    letters
}

/// Marks `position`, and what follows it where a `*` may stand for nothing.
fn closure(pattern: &[char], mut positions: Vec<bool>, position: usize) -> Vec<bool> {
    positions[position] = true;
    if pattern.get(position) == Some(&'*') {
        positions[position + 1] = true;
    }
    positions
}

fn advance(pattern: &[char], positions: &[bool], letter: char) -> Vec<bool> {
    let mut next = vec![false; positions.len()];
    for (position, token) in pattern.iter().enumerate().filter(|(position, _)| positions[*position]) {
        if *token == '*' {
            next = closure(pattern, next, position);
        } else if *token == '?' || *token == letter {
            next = closure(pattern, next, position + 1);
        }
    }
    next
}

fn starred(rest: &str) -> String {
    if rest.starts_with('*') { rest.to_owned() } else { format!("*{rest}") }
}

fn prefixed(letter: char, rests: &[String]) -> Vec<String> {
    rests.iter().map(|rest| format!("{letter}{rest}")).collect()
}

fn without_covered(mut patterns: Vec<String>) -> Vec<String> {
    patterns.sort_by_key(|pattern| pattern.chars().filter(|letter| *letter != '*').count());
    let mut kept: Vec<String> = Vec::new();
    for pattern in patterns {
        if !kept.iter().any(|wider| covers(wider, &pattern)) {
            kept.push(pattern);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_matched_as_cloudfront_does() {
        let rows = [
            ("/assets/*", "/assets/app.js", true),
            ("/assets/*", "/assets/", true),
            ("/assets/*", "/assets", false),
            ("*.jpg", "/deep/down/a.jpg", true),
            ("*.jpg", "/a.JPG", false),
            ("images/?.png", "/images/a.png", true),
            ("images/?.png", "/images/ab.png", false),
            ("*", "/", true),
            ("/*", "/", true),
        ];
        for (pattern, path, expected) in rows {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_wildcard_covers_only_what_it_must() {
        let rows = [
            ("/*", "*.js", true),
            ("*.js", "/*", false),
            ("/docs/*", "/docs/*.css", true),
            ("/a?*", "/a*?", true),
            ("/?*", "/*a", true),
            ("/a*b*c", "/a*c", false),
            ("/a*", "/a", true),
            ("/a?", "/ab", true),
            ("/ab", "/a?", false),
        ];
        for (general, specific, expected) in rows {
            assert_eq!(covers(general, specific), expected, "{general} {specific}");
        }
    }

    #[test]
    fn patterns_made_to_take_for_ever_come_to_an_end() {
        let general = format!("*a{}*", "?".repeat(24));
        assert!(!covers(&general, &"*a".repeat(60)));
        assert_eq!(intersection(&"*a*".repeat(60), &"*b*".repeat(60)), None);
        assert!(overlaps(&"*a".repeat(120), &"*b*a".repeat(60)));
        assert!(!overlaps(&"*a".repeat(120), &"*a*b".repeat(60)));
    }

    #[test]
    fn an_intersection_is_what_one_would_write() {
        assert_eq!(intersection("/docs/*", "*.css"), Some(vec!["/docs/*.css".into()]));
        assert_eq!(intersection("/a/*", "/b/*"), Some(vec![]));
        assert_eq!(intersection("/a/*", "/a/b"), Some(vec!["/a/b".into()]));
    }

    fn pattern() -> impl Strategy<Value = String> {
        "[ab*?]{0,5}"
    }

    /// Every path over three letters up to a length that any difference between short patterns shows in.
    fn paths() -> Vec<String> {
        let mut paths = vec![String::new()];
        let mut last = paths.clone();
        for _ in 0..6 {
            last = last
                .iter()
                .flat_map(|path| ['a', 'b', 'c'].map(|letter| format!("{path}{letter}")))
                .collect();
            paths.extend(last.clone());
        }
        paths
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn covering_and_overlapping_agree_with_trying_every_path(one in pattern(), other in pattern()) {
            let paths = paths();
            let covered = paths.iter().all(|path| !matches(&other, path) || matches(&one, path));
            prop_assert_eq!(covers(&one, &other), covered);
            let shared = paths.iter().any(|path| matches(&other, path) && matches(&one, path));
            prop_assert_eq!(overlaps(&one, &other), shared);
        }

        #[test]
        fn an_intersection_covers_exactly_the_shared_paths(one in pattern(), other in pattern()) {
            if let Some(shared) = intersection(&one, &other) {
                for path in paths() {
                    let both = matches(&one, &path) && matches(&other, &path);
                    prop_assert_eq!(shared.iter().any(|pattern| matches(pattern, &path)), both, "{}", path);
                }
            }
        }
    }
}
