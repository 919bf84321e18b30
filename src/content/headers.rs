//! The headers that each file is stored with, and so served with.

use super::hash::ContentHash;
use super::media_type;
use super::path_pattern::matches;
use crate::profile::answers::{CacheAnswers, Caching};
use serde::{Deserialize, Serialize};

/// The headers that a file is stored with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Headers {
    /// `Content-Type`.
    pub content_type: String,
    /// `Cache-Control`.
    pub cache_control: String,
    /// `Content-Encoding`, of the few formats that are compressed by definition.
    pub content_encoding: Option<String>,
}

/// Tells two sets of headers apart; 48 bits, since it only ever compares two for the same key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HeadersHash(pub String);

/// Pages are what visitors and crawlers ask for by address; assets are what pages load.
///
/// Assets go up before the pages that load them, and outlive them by one release, for the sake of pages
/// still open. Pages go up last and vanish at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Class {
    /// Everything that isn't a page: styles, scripts, images, fonts, data, downloads.
    Asset,
    /// HTML, and what lists pages: feeds, sitemaps and other XML, and `robots.txt`.
    Page,
}

impl Headers {
    /// The headers of `key`; `beginning` hands over the start of the file, for names that tell no type.
    pub fn of<E>(
        key: &str,
        caching: &Caching,
        beginning: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Headers, E> {
        let content_type = match media_type::by_name(key) {
            Some(content_type) => content_type,
            None => media_type::by_beginning(&beginning()?).to_owned(),
        };
        let is_svgz =
            media_type::extension(key).is_some_and(|extension| extension.eq_ignore_ascii_case("svgz"));
        Ok(Headers {
            content_type,
            cache_control: cache_control(answers_for(key, caching)),
            content_encoding: is_svgz.then(|| "gzip".to_owned()),
        })
    }

    /// Tells these headers from others.
    pub fn hash(&self) -> HeadersHash {
        let Headers { content_type, cache_control, content_encoding } = self;
        let encoding = content_encoding.as_deref().unwrap_or_default();
        let all = [content_type.as_str(), cache_control, encoding].join("\n");
        HeadersHash(hex::encode(&ContentHash::of(all.as_bytes()).0[..6]))
    }
}

impl Class {
    /// The class of a key whose content type isn't known.
    pub fn of_key(key: &str) -> Class {
        Class::of(key, &media_type::by_name(key).unwrap_or_default())
    }

    /// The class of a key that is served as `content_type`.
    pub fn of(key: &str, content_type: &str) -> Class {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let is_listing = matches!(
            essence,
            "application/xml" | "text/xml" | "application/rss+xml" | "application/atom+xml"
        );
        let is_html = matches!(essence, "text/html" | "application/xhtml+xml");
        if is_html || is_listing || key == "robots.txt" { Class::Page } else { Class::Asset }
    }
}

/// The caching answers that hold for a key: those of the first rule that covers it.
pub fn answers_for<'a>(key: &str, caching: &'a Caching) -> &'a CacheAnswers {
    let path = format!("/{key}");
    let rule = caching.rules.iter().find(|rule| matches(&rule.path, &path));
    rule.map_or(&caching.default, |rule| &rule.answers)
}

/// The edge's share is sent too, since a cache policy's default only counts when the origin is silent.
fn cache_control(answers: &CacheAnswers) -> String {
    let immutable = if answers.immutable { ", immutable" } else { "" };
    format!("max-age={}, s-maxage={}{immutable}", answers.browser.0, answers.edge.default.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::fixtures::caching;
    use std::convert::Infallible;

    fn headers(key: &str) -> Headers {
        Headers::of(key, &caching(), || Ok::<_, Infallible>(b"words".to_vec())).unwrap()
    }

    #[test]
    fn the_first_rule_that_covers_a_key_decides() {
        assert_eq!(headers("index.html").cache_control, "max-age=0, s-maxage=86400");
        assert_eq!(headers("assets/a.js").cache_control, "max-age=31536000, s-maxage=86400, immutable");
        let mut two_rules = caching();
        two_rules.rules[1].path = "/assets/a.js".to_owned();
        assert!(answers_for("assets/a.js", &two_rules).immutable);
    }

    #[test]
    fn a_name_without_type_is_told_by_its_content() {
        assert_eq!(headers("CNAME").content_type, "text/plain; charset=utf-8");
    }

    #[test]
    fn svgz_says_that_it_is_compressed() {
        assert_eq!(headers("logo.svgz").content_encoding.as_deref(), Some("gzip"));
        assert_eq!(headers("logo.svg").content_encoding, None);
    }

    #[test]
    fn every_header_counts_in_the_hash() {
        let original = headers("logo.svg");
        let others = [
            Headers { content_type: "text/plain".to_owned(), ..original.clone() },
            Headers { cache_control: "max-age=1".to_owned(), ..original.clone() },
            Headers { content_encoding: Some("gzip".to_owned()), ..original.clone() },
        ];
        for other in others {
            assert_ne!(other.hash(), original.hash(), "{other:?}");
        }
    }

    #[test]
    fn pages_are_told_from_assets() {
        for (key, class) in [
            ("index.html", Class::Page),
            ("old.HTM", Class::Page),
            ("feed.xml", Class::Page),
            ("blog.atom", Class::Page),
            ("robots.txt", Class::Page),
            ("notes/robots.txt", Class::Asset),
            ("app.js", Class::Asset),
            ("logo.svg", Class::Asset),
            ("LICENSE", Class::Asset),
        ] {
            assert_eq!(Class::of_key(key), class, "{key}");
        }
        assert_eq!(Class::of("about", "text/html; charset=utf-8"), Class::Page);
    }
}
