//! The names of everything that belongs to a site.
//!
//! `_` separates the parts, since a site's name may hold `-`: sites `acme` and `acme-blog` must never see
//! each other's things.

use super::Facts;
use crate::profile::answers::{KeyType, Region};
use sha2::{Digest, Sha256};

/// The tag that makes a resource ours; its value is the site's name.
pub const SITE_TAG: &str = "sitecast:site";

/// The tag of a distribution that remembers a bucket still to be removed; a number follows.
pub const OLD_BUCKET_TAG: &str = "sitecast:old-bucket-";

/// The tag by which a certificate or a distribution says that a DNS record was made for it; a hash of the record's
/// name and type follows.
pub const RECORD_TAG: &str = "sitecast:record-";

/// The tag of a certificate that says how many requests for its names failed before it.
pub const ATTEMPT_TAG: &str = "sitecast:attempt";

/// The folder inside a bucket that is the distribution's origin path. What lies outside is never served.
pub const RELEASE_PREFIX: &str = "site";

/// The path of the failover drill; the first behaviour of every site with failover.
pub const DRILL_PATH: &str = "/.sitecast-drill/*";

/// The longest bucket name (aws-facts.md G).
const BUCKET_NAME_LIMIT: usize = 63;

/// The longest name of a Lambda function (aws-facts.md A.5).
const EDGE_FUNCTION_NAME_LIMIT: usize = 64;

/// What the name of every site's resources begins with, where a service keeps them all in one place.
pub const NAME_PREFIX: &str = "sitecast_";

/// `sitecast_SITE_USE`: the name of a resource of this site.
pub fn resource_name(site: &str, part: &str) -> String {
    format!("{NAME_PREFIX}{site}_{part}")
}

/// `sitecast_SITE`: the name of a resource of which a site has one.
pub fn site_resource_name(site: &str) -> String {
    format!("{NAME_PREFIX}{site}")
}

/// `sitecast_SITE_FUNCTION`, shortened with a hash where it is longer than a function's name may be.
pub fn edge_function_name(site: &str, function: &str) -> String {
    let name = resource_name(site, function);
    if name.len() <= EDGE_FUNCTION_NAME_LIMIT {
        return name;
    }
    format!("{}-{}", &name[..EDGE_FUNCTION_NAME_LIMIT - 9], &short_hash(&name)[..8])
}

/// The log group of an edge function, in whichever region it runs (aws-facts.md D.2).
pub fn edge_log_group(function_name: &str) -> String {
    format!("/aws/lambda/us-east-1.{function_name}")
}

/// What the description or comment of a resource without tags says when it is ours.
pub fn ownership_mark(site: &str) -> String {
    format!("{SITE_TAG}={site}")
}

/// The name of a bucket that the profile does not pin: in the account-regional namespace, so that nobody
/// else can take it (aws-facts.md G and L).
pub fn default_bucket_name(site: &str, facts: &Facts, region: &Region) -> String {
    let ending = format!("-{}-{region}-an", facts.account);
    if site.len() + ending.len() <= BUCKET_NAME_LIMIT {
        return format!("{site}{ending}");
    }
    let kept = BUCKET_NAME_LIMIT - ending.len() - 9;
    format!("{}-{}{ending}", &site[..kept], &short_hash(site)[..8])
}

/// Whether a bucket's name lies in the account-regional namespace.
pub fn is_account_regional(bucket: &str) -> bool {
    bucket.ends_with("-an")
}

/// The REST endpoint of a bucket as CloudFront wants it (aws-facts.md C).
pub fn bucket_domain(bucket: &str, region: &Region) -> String {
    format!("{bucket}.s3.{region}.amazonaws.com")
}

/// The domain whose ownership proves `name`: a wildcard shares that of the domain below it (aws-facts.md E).
pub fn base_domain(name: &str) -> &str {
    name.strip_prefix("*.").unwrap_or(name)
}

/// What a certificate for these names, which are sorted, is called in a plan. On AWS it has no name.
pub fn certificate_name(names: &[String], key: KeyType) -> String {
    let shortest =
        names.iter().map(|name| base_domain(name)).min_by_key(|name| name.len()).unwrap_or_default();
    let identity = format!("{} {}", names.join(" "), key.algorithm());
    format!("{shortest}-{}", &short_hash(&identity)[..8])
}

/// The tag that says that the record of this name and type was made for whatever carries it.
pub fn record_tag(name: &str, kind: &str) -> String {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    format!("{RECORD_TAG}{}", short_hash(&format!("{name} {kind}")))
}

/// Sixteen hexadecimal digits that stand for `text`.
pub fn short_hash(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            account: "123456789012".into(),
            partition: "aws".into(),
            folder: None,
            edge: Default::default(),
        }
    }

    #[test]
    fn a_bucket_name_lies_in_the_account_regional_namespace() {
        let name = default_bucket_name("hello", &facts(), &Region("eu-west-1".into()));
        assert_eq!(name, "hello-123456789012-eu-west-1-an");
        assert!(is_account_regional(&name));
    }

    #[test]
    fn a_long_bucket_name_is_shortened_with_a_hash_and_stays_distinct() {
        let region = Region("ap-southeast-12".into());
        let long = "a".repeat(32);
        let other = format!("{}b", "a".repeat(31));
        let name = default_bucket_name(&long, &facts(), &region);
        assert_eq!(name.len(), BUCKET_NAME_LIMIT);
        assert_ne!(name, default_bucket_name(&other, &facts(), &region));
    }

    #[test]
    fn a_long_function_name_is_shortened_and_stays_distinct() {
        assert_eq!(edge_function_name("acme", "greeting"), "sitecast_acme_greeting");
        let long = |end: &str| edge_function_name(&"s".repeat(32), &format!("{}{end}", "f".repeat(40)));
        assert_eq!(long("a").len(), EDGE_FUNCTION_NAME_LIMIT);
        assert_ne!(long("a"), long("b"));
    }
}
