//! The names of sites, buckets and edge functions.

use super::ensure;
use crate::profile::question::{Check, Fault};
use crate::profile::regions;

/// The prefixes that S3 keeps for itself (aws-facts.md G).
const RESERVED_PREFIXES: &[&str] = &["xn--", "sthree-", "amzn-s3-demo-"];

/// The suffixes that S3 keeps for itself (aws-facts.md G).
const RESERVED_SUFFIXES: &[&str] = &["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/// The shortest name of a bucket, and of a site, which the names of buckets begin with (aws-facts.md G).
const SHORTEST: usize = 3;

/// The name of a site: the names of all its resources begin with it.
pub fn check_site_name(name: &str) -> Result<(), Fault> {
    check_dashed(name, "a site's name", || suggestion(name, SHORTEST, check_site_name))?;
    ensure(!RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)), || {
        Fault::new(format!("`{name}` can't begin the name of a bucket"))
            .help("S3 keeps names that begin with `xn--`, `sthree-` or `amzn-s3-demo-` for itself")
    })
}

/// The name of an edge function within its site.
pub fn check_edge_name(name: &str) -> Result<(), Fault> {
    check_dashed(name, "an edge function's name", || suggestion(name, 1, check_edge_name))
}

fn check_dashed(name: &str, what: &str, meant: impl Fn() -> Option<String>) -> Result<(), Fault> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    ensure(name.bytes().all(allowed), || Fault {
        message: format!("{what} has only lower-case letters, digits and `-`"),
        help: meant(),
    })?;
    ensure(!name.starts_with('-') && !name.ends_with('-'), || {
        Fault::new(format!("{what} begins and ends with a letter or a digit"))
    })
}

/// What may have been meant, where that would be taken.
fn suggestion(name: &str, shortest: usize, check: Check) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let parts = lower.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let meant = parts.collect::<Vec<_>>().join("-");
    (meant.len() >= shortest && check(&meant).is_ok()).then(|| format!("for example `{meant}`"))
}

/// The name of a bucket (aws-facts.md G).
pub fn check_bucket(name: &str) -> Result<(), Fault> {
    // A dot would take the bucket's host name out of the S3 certificate, and CloudFront asks by HTTPS.
    let meant = || suggestion(name, SHORTEST, check_bucket);
    ensure(!name.contains('.'), || Fault {
        message: "a bucket that CloudFront reads by HTTPS can't have a dot in its name".into(),
        help: meant(),
    })?;
    check_dashed(name, "a bucket's name", meant)?;
    let prefix = RESERVED_PREFIXES.iter().find(|prefix| name.starts_with(*prefix));
    let suffix = RESERVED_SUFFIXES.iter().find(|suffix| name.ends_with(*suffix));
    if let Some(reserved) = prefix.or(suffix) {
        return Err(Fault::new(format!("S3 keeps bucket names with `{reserved}` for itself")));
    }
    ensure(!name.ends_with("-an") || account_regional(name).is_some(), || {
        Fault::new("S3 keeps bucket names that end with `-an` for the names of one account and region")
            .help("write NAME-ACCOUNT-REGION-an, or another ending")
    })
}

/// The region in a name of the form PREFIX-ACCOUNT-REGION-an.
pub fn account_regional(name: &str) -> Option<&'static str> {
    let rest = name.strip_suffix("-an")?;
    let region = regions::REGIONS.iter().find(|region| rest.ends_with(&format!("-{}", region.code)))?;
    let rest = rest.strip_suffix(region.code)?.strip_suffix('-')?;
    let (prefix, account) = rest.rsplit_once('-')?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    (is_account && !prefix.is_empty()).then_some(region.code)
}

/// A remark that CloudFront keeps.
pub fn check_remark(text: &str) -> Result<(), Fault> {
    ensure(!text.chars().any(char::is_control), || {
        Fault::new("a remark is one line, without control characters")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_names() {
        let good = ["acme-blog-primary", "a1b", "acme-123456789012-eu-west-1-an"];
        for name in good {
            assert_eq!(check_bucket(name), Ok(()), "{name}");
        }
        let bad = [
            "Acme",
            "acme.example",
            "-acme",
            "acme-",
            "xn--acme",
            "sthree-acme",
            "amzn-s3-demo-acme",
            "acme-s3alias",
            "acme--ol-s3",
            "acme--x-s3",
            "acme--table-s3",
            "acme-an",
            "acme-1234-eu-west-1-an",
            "acme_blog",
        ];
        for name in bad {
            assert!(check_bucket(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_name_that_could_be_meant_is_offered() {
        let rows: [(Check, &str, Option<&str>); 8] = [
            (check_site_name, "My Site!", Some("for example `my-site`")),
            (check_site_name, "X!", None),
            (check_site_name, "XN site", Some("for example `xn-site`")),
            (check_edge_name, "X!", Some("for example `x`")),
            (check_bucket, "Bad..Bucket", Some("for example `bad-bucket`")),
            (check_bucket, "acme.example", Some("for example `acme-example`")),
            (check_bucket, "acme.an", None),
            (check_bucket, "...", None),
        ];
        for (check, name, help) in rows {
            assert_eq!(check(name).unwrap_err().help.as_deref(), help, "{name}");
        }
    }
}
