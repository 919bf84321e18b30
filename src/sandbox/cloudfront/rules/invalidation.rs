//! Rules about purges.

use super::{Rule, Subject, says};
use crate::sandbox::cloudfront::element::Element;

/// A purge as a client wants it.
#[derive(Debug)]
pub struct Purge<'a> {
    /// The distribution's configuration.
    pub config: &'a Element,
    /// `InvalidationBatch`.
    pub batch: &'a Element,
    /// The paths of every purge of the account that is still going on.
    pub running: &'a [&'a str],
}

/// Purges.
#[derive(Debug)]
pub struct Purges;

impl Subject for Purges {
    type At<'a> = Purge<'a>;
}

/// The table.
pub const RULES: &[Rule<Purges>] = &[
    Rule {
        id: "invalidation-empty",
        code: "InvalidArgument",
        about: "no paths, or no caller reference",
        source: "aws-facts.md A.2",
        complaint: |p| {
            says(
                paths(p).is_empty() || p.batch.text_at("CallerReference").is_empty(),
                "Your request contains an empty path or caller reference.",
            )
        },
    },
    Rule {
        id: "invalidation-path",
        code: "InvalidArgument",
        about: "a path without a leading slash, with a wildcard elsewhere than at its end, not URL-encoded, or of more than 4,000 characters; a tag without a tag header",
        source: "aws-facts.md L; emulators.md",
        complaint: |p| {
            says(
                !paths(p).into_iter().all(|path| is_path(path) || is_tag(p, path)),
                "Your request contains one or more invalid invalidation paths.",
            )
        },
    },
    Rule {
        id: "invalidation-size",
        code: "BatchTooLarge",
        about: "more than 3,000 paths at once",
        source: "aws-facts.md A.2, B, default quotas",
        complaint: |p| says(paths(p).len() > 3_000, "Invalidation batch specified is too large."),
    },
    Rule {
        id: "invalidation-paths-running",
        code: RUNNING,
        about: "more than 3,000 paths in progress",
        source: "aws-facts.md B, default quotas",
        complaint: |p| says(paths(p).len() + p.running.len() > 3_000, TOO_MANY),
    },
    Rule {
        id: "invalidation-wildcards-running",
        code: RUNNING,
        about: "more than 15 wildcards in progress",
        source: "aws-facts.md B, default quotas",
        complaint: |p| says(wildcards(&paths(p)) + wildcards(p.running) > 15, TOO_MANY),
    },
];

const RUNNING: &str = "TooManyInvalidationsInProgress";
const TOO_MANY: &str = "Processing your request will cause you to exceed the maximum number of in-progress wildcard invalidations or paths.";

fn paths<'a>(purge: &Purge<'a>) -> Vec<&'a str> {
    purge.batch.texts_at("Paths")
}

fn is_path(path: &str) -> bool {
    let (stem, _) = path.split_at(path.len() - usize::from(path.ends_with('*')));
    let encoded = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{}|*".contains(&byte);
    path.starts_with('/') && path.len() <= 4_000 && stem.bytes().all(encoded)
}

/// Tags are known only where the configuration names the header that carries them (aws-facts.md L).
fn is_tag(purge: &Purge, path: &str) -> bool {
    let tag = path.strip_prefix('#').unwrap_or_default();
    !purge.config.text_at("CacheTagConfig/HeaderName").is_empty() && (1..=256).contains(&tag.len())
}

fn wildcards(paths: &[&str]) -> usize {
    paths.iter().filter(|path| path.ends_with('*')).count()
}
