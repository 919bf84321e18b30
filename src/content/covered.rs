//! What an invalidation that a person types covers of what is published.

use super::invalidate::{escaped, paths_of_key};
use super::manifest::Manifest;
use crate::error::{Error, Result};
use crate::profile::answers::Profile;

/// How many paths one invalidation takes (aws-facts.md B, quotas).
const MOST: usize = 3_000;

/// The paths in what is typed, with spaces or commas between, as CloudFront takes them.
///
/// # Errors
/// When there is none, or one of them is no path.
pub fn typed_paths(typed: &str) -> Result<Vec<String>> {
    let words = typed.split([' ', ',', '\t']).filter(|word| !word.is_empty());
    let paths: Vec<String> = words.map(typed_path).collect::<Result<_>>()?;
    match paths.len() {
        0 => Err(Error::usage("no path is typed")),
        1..=MOST => Ok(paths),
        count => Err(Error::usage(format!("{count} paths are more than the {MOST} of one invalidation"))),
    }
}

fn typed_path(word: &str) -> Result<String> {
    let refused = |why| Err(Error::usage(format!("{word} is no path to forget")).why(why));
    if !word.starts_with('/') {
        return refused("it has to begin with /");
    }
    if word.strip_suffix('*').unwrap_or(word).contains('*') {
        return refused("a * stands for anything, and only at the end");
    }
    Ok(escaped(word))
}

/// The published files that the paths cover, under whatever address visitors reach them.
pub fn covered<'a>(paths: &[String], manifest: &'a Manifest, profile: &Profile) -> Vec<&'a str> {
    let is_covered = |key: &&str| {
        let addresses = paths_of_key(key, profile);
        paths.iter().any(|path| addresses.iter().any(|address| covers(path, address)))
    };
    manifest.files.keys().map(String::as_str).filter(is_covered).collect()
}

/// An address may end in a `*` of its own, for whatever query follows.
fn covers(path: &str, address: &str) -> bool {
    let address = address.trim_end_matches('*');
    match path.strip_suffix('*') {
        Some(beginning) => address.starts_with(beginning),
        None => address == path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::fixtures::{profile, publish};

    #[test]
    fn paths_are_told_from_what_is_none() {
        assert_eq!(typed_paths("/a, /b/*  /ü%20").unwrap(), ["/a", "/b/*", "/%C3%BC%20"]);
        for wrong in ["", " , ", "a", "/a*b", "/**", "/a b"] {
            assert!(typed_paths(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_file_is_found_under_every_address_that_it_has() {
        let files = [("index.html", "1"), ("blog/index.html", "2"), ("blog/a b.css", "3"), ("x.js", "4")];
        let (_, manifest) = publish(&files, None);
        let found = |typed: &str| covered(&typed_paths(typed).unwrap(), &manifest, &profile()).join(" ");
        assert_eq!(found("/"), "index.html");
        assert_eq!(found("/blog/"), "blog/index.html");
        assert_eq!(found("/blog/*"), "blog/a b.css blog/index.html");
        assert_eq!(found("/blog/a%20b.css /x.js"), "blog/a b.css x.js");
        assert_eq!(found("/*").split(' ').count(), 5);
        assert_eq!(found("/nothing"), "");
    }
}
