//! Domain names.

use super::ensure;
use crate::profile::question::Fault;

/// The endings of names that belong to Amazon: no certificate is issued for them (aws-facts.md E).
const AMAZON_OWNED: &[&str] = &["cloudfront.net", "amazonaws.com", "amazon.com", "awsstatic.com"];

/// A name of the site: lower-case labels, the first of which may be `*` (aws-facts.md B, E).
pub fn check_domain(domain: &str) -> Result<(), Fault> {
    check_letters(domain)?;
    let labels: Vec<&str> = domain.strip_prefix("*.").unwrap_or(domain).split('.').collect();
    ensure(labels.len() >= 2, || {
        Fault::new(format!("`{domain}` is not a full domain name")).help("for example `www.example.com`")
    })?;
    labels.iter().try_for_each(|label| check_label(label))?;
    ensure(!labels[labels.len() - 1].bytes().all(|byte| byte.is_ascii_digit()), || {
        Fault::new(format!("`{domain}` is an address, not a domain name"))
    })?;
    let is_owned = |owned: &str| domain == owned || domain.ends_with(&format!(".{owned}"));
    ensure(!AMAZON_OWNED.iter().any(|owned| is_owned(owned)), || {
        Fault::new(format!("`{domain}` belongs to Amazon"))
            .help("every site has its cloudfront.net name anyway; leave `[https]` out to use that alone")
    })
}

fn check_letters(domain: &str) -> Result<(), Fault> {
    if let Some((_, rest)) = domain.split_once("://") {
        let host = rest.split('/').next().unwrap_or(rest);
        return Err(Fault::new("this is a URL, not a domain name").help(format!("write `{host}`")));
    }
    ensure(domain.is_ascii(), || {
        Fault::new(format!("`{domain}` has letters that DNS can't hold"))
            .help("write its punycode form, in which such labels begin with `xn--`")
    })?;
    ensure(!domain.bytes().any(|byte| byte.is_ascii_uppercase()), || {
        Fault::new("a domain is written in lower case").help(format!("write `{}`", domain.to_lowercase()))
    })?;
    ensure(!domain.ends_with('.'), || {
        let bare = domain.trim_end_matches('.');
        Fault::new("a domain is written without the final dot").help(format!("write `{bare}`"))
    })?;
    ensure(!domain.strip_prefix('*').unwrap_or(domain).contains('*') && !domain.starts_with("**"), || {
        Fault::new("`*` stands only for the whole first label").help("for example `*.example.com`")
    })
}

fn check_label(label: &str) -> Result<(), Fault> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let well_formed = label.bytes().all(allowed) && !label.starts_with('-') && !label.ends_with('-');
    ensure((1..=63).contains(&label.len()) && well_formed, || {
        Fault::new(format!("`{label}` can't be a part of a domain name"))
            .help("each part has 1 to 63 letters, digits and `-`, with no `-` at either end")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains() {
        for domain in ["acme.example", "www.acme.example", "*.acme.example", "xn--bcher-kva.example", "a.co"]
        {
            assert_eq!(check_domain(domain), Ok(()), "{domain}");
        }
        let bad = [
            "acme",
            "*",
            "*.example",
            "",
            "WWW.acme.example",
            "acme.example.",
            "a..b",
            "-a.example",
            "a-.example",
            "a_b.example",
            "bücher.example",
            "1.2.3.4",
            "*a.example.com",
            "a.*.example",
            "https://acme.example/",
            "d111.cloudfront.net",
            "acme.example/path",
            "*acme.example.com",
            "**.acme.example",
        ];
        for domain in bad {
            assert!(check_domain(domain).is_err(), "{domain}");
        }
    }
}
