//! How far a bucket is from what its own record says. Pure.

use super::change::Listed;
use super::manifest::{Entry, Manifest};
use std::collections::BTreeMap;

/// How far a bucket is from what its own record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drift {
    /// Files that are missing.
    pub missing: usize,
    /// Files that something else has written over.
    pub overwritten: usize,
    /// Objects that no release put there.
    pub strange: usize,
}

impl Drift {
    /// What a listing shows that the manifest doesn't say, or says otherwise.
    pub fn between(manifest: &Manifest, objects: &BTreeMap<String, Listed>) -> Drift {
        let is_other = |(key, entry): &(&String, &Entry)| {
            objects.get(*key).is_some_and(|listed| listed.rewritten || !entry.is_what_is_listed(listed))
        };
        let is_known =
            |key: &&String| manifest.files.contains_key(*key) || manifest.retired.contains_key(*key);
        Drift {
            missing: manifest.files.keys().filter(|key| !objects.contains_key(*key)).count(),
            overwritten: manifest.files.iter().filter(is_other).count(),
            strange: objects.keys().filter(|key| !is_known(key)).count(),
        }
    }

    /// Whether there is none.
    pub fn is_none(self) -> bool {
        self == Drift::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::fixtures::publish;

    #[test]
    fn what_is_missing_overwritten_or_strange_is_counted_and_nothing_else() {
        let (_, mut manifest) = publish(&[("a.js", "a"), ("b.js", "b"), ("c.js", "c")], None);
        manifest.retired.insert("old.js".to_owned(), None);
        let listed = |key: &str, etag: Option<&str>| {
            let entry = &manifest.files[key];
            let etag = etag.map_or_else(|| entry.etag.clone().unwrap(), str::to_owned);
            (key.to_owned(), Listed { size: entry.size, etag, headers: None, rewritten: false })
        };
        let stranger = |key: &str| {
            (key.to_owned(), Listed { size: 1, etag: "e".into(), headers: None, rewritten: true })
        };
        let sound = BTreeMap::from([
            listed("a.js", None),
            listed("b.js", None),
            listed("c.js", None),
            stranger("old.js"),
        ]);
        assert!(Drift::between(&manifest, &sound).is_none());
        let unsound =
            BTreeMap::from([listed("a.js", None), listed("b.js", Some("other")), stranger("new.js")]);
        assert_eq!(Drift::between(&manifest, &unsound), Drift { missing: 1, overwritten: 1, strange: 1 });
        let mut rewritten = sound;
        rewritten.values_mut().for_each(|listed| listed.rewritten = true);
        assert_eq!(Drift::between(&manifest, &rewritten), Drift { overwritten: 3, ..Drift::default() });
    }
}
