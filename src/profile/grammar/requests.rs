//! The parts of a request that can be part of a cache key.

use super::ensure;
use crate::profile::question::Fault;

/// Headers that CloudFront removes, replaces or never lets into a cache key (aws-facts.md B, D.5).
const REFUSED: &[&str] = &[
    "authorization",
    "cdn-loop",
    "connection",
    "content-length",
    "expect",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "warning",
    "x-cache",
    "x-forwarded-proto",
    "x-real-ip",
];

/// The beginnings of such headers (aws-facts.md D.5).
const REFUSED_PREFIXES: &[&str] = &["x-accel-", "x-amz-", "x-amzn-", "x-edge-"];

/// A request header that may be part of a cache key.
pub fn check_header(header: &str) -> Result<(), Fault> {
    ensure(is_token(header), || {
        Fault::new(format!("`{header}` is not the name of a header")).help("for example `accept-language`")
    })?;
    let lower = header.to_lowercase();
    if let Some(reason) = why_refused(&lower) {
        return Err(Fault::new(format!("the header `{header}` can't be part of the cache key")).help(reason));
    }
    let refused =
        REFUSED.contains(&lower.as_str()) || REFUSED_PREFIXES.iter().any(|prefix| lower.starts_with(prefix));
    ensure(!refused, || {
        Fault::new(format!("the header `{header}` can't be part of the cache key"))
            .help("CloudFront removes or replaces it on the way to the bucket")
    })
}

fn why_refused(lower: &str) -> Option<&'static str> {
    match lower {
        "host" => Some("S3 must see its own host name, or the signature of the request doesn't hold"),
        "accept-encoding" => Some("write `compress = true`, which makes it part of the key"),
        "cookie" => Some("name the cookies under `cookies`"),
        _ => None,
    }
}

/// The name of a cookie; `*` may stand in it.
pub fn check_cookie(cookie: &str) -> Result<(), Fault> {
    ensure(is_token(cookie), || {
        Fault::new(format!("`{cookie}` is not the name of a cookie"))
            .help("write the name alone, without its value; spaces and , ; = can't be in it")
    })
}

/// The name of a query string.
pub fn check_query_name(name: &str) -> Result<(), Fault> {
    let well_formed = name.chars().all(|letter| letter.is_ascii_graphic() && !"&=#?".contains(letter));
    ensure(!name.is_empty() && name.len() <= 128 && well_formed, || {
        Fault::new(format!("`{name}` is not the name of a query string"))
            .help("write the name alone, as in `?name=value`")
    })
}

/// A token as HTTP defines it.
fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        for header in ["accept-language", "Origin", "CloudFront-Viewer-Country"] {
            assert_eq!(check_header(header), Ok(()), "{header}");
        }
        for header in ["Host", "accept-encoding", "Cookie", "X-Edge-Location", "a b", "", "connection"] {
            assert!(check_header(header).is_err(), "{header}");
        }
    }

    #[test]
    fn cookies_and_queries() {
        assert_eq!(check_cookie("session_id"), Ok(()));
        assert_eq!(check_query_name("utm_source"), Ok(()));
        for name in ["", "a=b", "a b", "a;b", "é"] {
            assert!(
                check_cookie(name).is_err() && (name == "a;b" || check_query_name(name).is_err()),
                "{name}"
            );
        }
    }
}
