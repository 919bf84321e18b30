//! Where a request is led: the first behaviour that covers its path, and the origins behind that.

use super::element::Element;

/// The managed cache policy that holds nothing (aws-facts.md C).
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/// Where a request is led.
pub struct Route<'a> {
    /// The origins, the first one first.
    pub origins: Vec<&'a Element>,
    /// On which answers of the first the second is asked.
    pub statuses: Vec<u16>,
    /// Whether answers are held.
    pub caches: bool,
}

/// Where `path` is led.
pub fn route<'a>(config: &'a Element, path: &str) -> Route<'a> {
    let paths = config.items_at("CacheBehaviors").iter();
    let covering = paths.into_iter().find(|behaviour| covers(behaviour.text_at("PathPattern"), path));
    let behaviour = covering.or(config.child("DefaultCacheBehavior"));
    let text = |name: &str| behaviour.map_or("", |behaviour| behaviour.text_at(name));
    let (origins, statuses) = origins(config, text("TargetOriginId"));
    Route { origins, statuses, caches: text("CachePolicyId") != CACHING_DISABLED }
}

fn origins<'a>(config: &'a Element, target: &str) -> (Vec<&'a Element>, Vec<u16>) {
    let by_id = |list: &str, id: &str| config.items_at(list).iter().find(|item| item.text_at("Id") == id);
    let Some(group) = by_id("OriginGroups", target) else {
        return (by_id("Origins", target).into_iter().collect(), Vec::new());
    };
    let members = group.items_at("Members").iter().map(|member| member.text_at("OriginId"));
    let statuses = group.texts_at("FailoverCriteria/StatusCodes");
    (
        members.filter_map(|id| by_id("Origins", id)).collect(),
        statuses.into_iter().filter_map(|status| status.parse().ok()).collect(),
    )
}

/// A path without empty and dotted parts, as patterns are held against it (aws-facts.md B).
pub fn normalised(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let end = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    format!("/{}{end}", parts.join("/"))
}

/// Whether a path pattern covers a path: `*` is any text, `?` any one character; a leading slash may be left out.
pub fn covers(pattern: &str, path: &str) -> bool {
    let bare = |text: &str| text.strip_prefix('/').unwrap_or(text).as_bytes().to_vec();
    matches(&bare(pattern), &bare(path))
}

fn matches(pattern: &[u8], text: &[u8]) -> bool {
    // The last star, and where the text that it stands for ends.
    let (mut at, mut seen, mut star) = (0, 0, None);
    while seen < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(letter) if *letter == b'?' || *letter == text[seen] => {
                at += 1;
                seen += 1;
            }
            Some(_) | None => {
                let Some((place, end)) = star else { return false };
                star = Some((place, end + 1));
                (at, seen) = (place + 1, end + 1);
            }
        }
    }
    pattern[at..].iter().all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_what_they_say() {
        for (pattern, path, covered) in [
            ("/.sitecast-drill/*", "/.sitecast-drill/abc", true),
            ("*.jpg", "/a/b.jpg", true),
            ("*.jpg", "/a/b.jpeg", false),
            ("/a?c", "/abc", true),
            ("/a?c", "/ac", false),
            ("/blog/*/x*z", "/blog/y/xyz", true),
            ("*", "/", true),
            ("/Blog/*", "/blog/a", false),
        ] {
            assert_eq!(covers(pattern, path), covered, "{pattern} {path}");
        }
    }

    #[test]
    fn a_path_is_normalised() {
        for (sent, plain) in [("//a//b/", "/a/b/"), ("/a/../b", "/b"), ("/", "/"), ("/./x", "/x")] {
            assert_eq!(normalised(sent), plain);
        }
    }
}
