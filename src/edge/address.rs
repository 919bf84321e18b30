//! The address that a sample request asks for.

use crate::error::{Error, Result};
use http::Uri;
use http::uri::InvalidUri;

/// What a URL may hold only in another spelling (RFC 3986, section 2).
const SPELT_OTHERWISE: &str = "\"<>\\^`{|}";

/// Reads an address, which may leave out scheme and host.
///
/// # Errors
/// When it is none; says what is wrong with it.
pub fn read(url: &str) -> Result<Uri> {
    if let Some(why) = letters_fault(url).or_else(|| form_fault(url)) {
        return Err(refused(url).why(why));
    }
    url.parse().map_err(|error: InvalidUri| refused(url).because(error))
}

fn refused(url: &str) -> Error {
    let hint = "write https://example.com/path?query, or /path?query alone";
    Error::usage(format!("`{url}` is no address that a visitor can ask for")).hint(hint)
}

fn letters_fault(url: &str) -> Option<String> {
    let is_wrong = |letter: &char| !letter.is_ascii_graphic() || SPELT_OTHERWISE.contains(*letter);
    let letter = url.chars().find(is_wrong)?;
    let spelt: String = letter.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
    Some(format!("it holds {letter:?}, which an address spells {spelt}"))
}

fn form_fault(url: &str) -> Option<String> {
    if url.starts_with('/') {
        return url.starts_with("//").then(|| "what follows // is read as a host".to_owned());
    }
    match url.split_once("://") {
        None if url.is_empty() => Some("it is empty".to_owned()),
        None => Some("it begins neither with / nor with https://".to_owned()),
        Some((scheme, _)) if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) => {
            Some(format!("CloudFront answers https and http, not {scheme}"))
        }
        Some((_, rest)) => {
            (rest.is_empty() || rest.starts_with(['/', '?', '#', ':'])).then(|| "it names no host".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_no_scheme_and_no_host() {
        for url in ["/", "/docs?q=1", "/%C3%BC#top", "https://example.com", "HTTP://example.com:80/a?b=c"] {
            read(url).unwrap();
        }
    }

    #[test]
    fn what_is_wrong_with_another_is_named() {
        for (url, why) in [
            ("", "it is empty"),
            ("docs", "begins neither with / nor with https://"),
            ("//docs", "is read as a host"),
            ("ftp://example.com/", "not ftp"),
            ("https:///docs", "names no host"),
            ("/a b", "holds ' ', which an address spells %20"),
            ("/über", "spells %C3%BC"),
            ("/{a}", "spells %7B"),
            ("https://[::1", "invalid"),
        ] {
            let error = read(url).unwrap_err();
            assert_eq!(error.kind, crate::error::Kind::Usage);
            assert!(error.causes.iter().any(|cause| cause.contains(why)), "{url}: {error}");
        }
    }
}
