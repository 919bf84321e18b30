//! What one bucket serves: the record that each release leaves beside its files.

use super::change::{Listed, Upload};
use super::hash::ContentHash;
use super::headers::{Class, HeadersHash};
use super::release::Release;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The manifest's format that this program writes, and the only one that it reads.
pub const SCHEMA: u32 = 1;

/// What one bucket serves since its last release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format; see [`SCHEMA`].
    pub schema: u32,
    /// The site's name.
    pub site: String,
    /// How many releases this bucket has had.
    pub generation: u64,
    /// What is released.
    pub files: BTreeMap<String, Entry>,
    /// Assets of the release before, which stay until the next. What is in one is unknown when it was
    /// found in the bucket without a record.
    pub retired: BTreeMap<String, Option<Entry>>,
}

/// One file in a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Row", into = "Row")]
pub struct Entry {
    /// What is in it.
    pub sha256: ContentHash,
    /// How long it is, in bytes.
    pub size: u64,
    /// The headers it is stored with.
    pub headers: HeadersHash,
    /// The ETag that its upload returned, without quotes.
    pub etag: Option<String>,
    /// Whether it is a page or an asset.
    pub class: Class,
}

impl Entry {
    /// Whether a listing shows the object as it was recorded.
    pub(super) fn is_what_is_listed(&self, listed: &Listed) -> bool {
        self.size == listed.size && self.etag.as_deref().is_none_or(|etag| etag == listed.etag())
    }
}

/// An [`Entry`] as it is written: no names, since there are thousands of them.
#[derive(Serialize, Deserialize)]
struct Row(ContentHash, u64, HeadersHash, Option<String>, u8);

impl From<Entry> for Row {
    fn from(entry: Entry) -> Row {
        let class = match entry.class {
            Class::Asset => 0,
            Class::Page => 1,
        };
        Row(entry.sha256, entry.size, entry.headers, entry.etag, class)
    }
}

impl TryFrom<Row> for Entry {
    type Error = String;

    fn try_from(Row(sha256, size, headers, etag, class): Row) -> Result<Entry, String> {
        let class = match class {
            0 => Class::Asset,
            1 => Class::Page,
            unknown => return Err(format!("there is no class {unknown}")),
        };
        Ok(Entry { sha256, size, headers, etag, class })
    }
}

#[derive(Deserialize)]
struct SchemaOnly {
    schema: u32,
}

impl Manifest {
    /// The manifest once `upload` of `release` is done. `etags` are those that this upload's requests
    /// returned, by key and without quotes; files that it left alone keep theirs.
    pub fn after(
        site: &str,
        release: &Release,
        upload: &Upload,
        before: Option<&Manifest>,
        etags: &BTreeMap<String, String>,
    ) -> Manifest {
        let etag = |key: &str| etags.get(key).or_else(|| upload.etags.get(key)).cloned();
        let files = release.files().iter().map(|file| {
            let entry = Entry { etag: etag(file.key()), ..file.entry() };
            (file.key().to_owned(), entry)
        });
        Manifest {
            schema: SCHEMA,
            site: site.to_owned(),
            generation: before.map_or(1, |before| before.generation.saturating_add(1)),
            files: files.collect(),
            retired: upload.retired.clone(),
        }
    }

    /// The manifest in the bytes of a manifest object.
    pub fn parse(bytes: &[u8]) -> Result<Manifest> {
        let broken = |error: serde_json::Error| {
            Error::failed("reading the manifest of the last release")
                .because(error)
                .hint("sitecast deploy PROFILE compares the bucket itself and writes it anew")
        };
        let SchemaOnly { schema } = serde_json::from_slice(bytes).map_err(broken)?;
        if schema != SCHEMA {
            return Err(Error::failed("reading the manifest of the last release")
                .why(format!("it has format {schema}, and this sitecast knows format {SCHEMA}"))
                .hint("use the sitecast that made the last release, or a newer one"));
        }
        serde_json::from_slice(bytes).map_err(broken)
    }

    /// The bytes of the manifest object; the same manifest always gives the same bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self)
            .map_err(|error| Error::failed("writing the manifest of the release").because(error))
    }

    /// Tells what is released from any other release, in any bucket, at any time.
    pub fn hash(&self) -> String {
        hash_of(self.files.iter().map(|(key, entry)| (key.as_str(), &entry.sha256, &entry.headers)))
    }
}

/// The hash of a release's files, in the order of their keys.
pub(super) fn hash_of<'a>(
    files: impl Iterator<Item = (&'a str, &'a ContentHash, &'a HeadersHash)>,
) -> String {
    let mut hasher = Sha256::new();
    for (key, sha256, headers) in files {
        // The lengths keep one file's end apart from the next one's beginning.
        hasher.update((key.len() as u64).to_be_bytes());
        hasher.update(key);
        hasher.update(sha256.0);
        hasher.update((headers.0.len() as u64).to_be_bytes());
        hasher.update(&headers.0);
    }
    hex::encode(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::fixtures::{publish, release};

    const SITE: [(&str, &str); 2] = [("app.js", "code"), ("index.html", "page")];

    #[test]
    fn a_manifest_reads_back_as_it_was_written() {
        let (_, first) = publish(&[("old.js", "0"), ("index.html", "page")], None);
        let (_, mut second) = publish(&SITE, Some(&first));
        second.retired.insert("stray.js".to_owned(), None);
        assert_eq!(Manifest::parse(&second.to_bytes().unwrap()).unwrap(), second);
    }

    #[test]
    fn the_form_stays_as_it_is() {
        let (_, manifest) = publish(&[("a \"quoted\".js", "abc")], None);
        let text = String::from_utf8(manifest.to_bytes().unwrap()).unwrap();
        insta::assert_snapshot!(text, @r#"{"schema":1,"site":"acme","generation":1,"files":{"a \"quoted\".js":["ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0",3,"33b4d84ccfc4","900150983cd24fb0d6963f7d28e17f72",0]},"retired":{}}"#);
    }

    #[test]
    fn ten_thousand_files_stay_below_one_and_a_half_megabytes() {
        let keys: Vec<String> =
            (0..10_000).map(|number| format!("articles/2024/a-title-of-{number:05}.html")).collect();
        let files: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "page")).collect();
        let bytes = publish(&files, None).1.to_bytes().unwrap();
        assert!(bytes.len() < 1_500_000, "{}", bytes.len());
    }

    #[test]
    fn a_newer_format_is_refused_by_its_number() {
        let error = Manifest::parse(br#"{"schema":2,"something":"else"}"#).unwrap_err();
        assert_eq!(error.causes, ["it has format 2, and this sitecast knows format 1"]);
    }

    #[test]
    fn damaged_bytes_are_an_error() {
        let (_, manifest) = publish(&SITE, None);
        let bytes = manifest.to_bytes().unwrap();
        assert!(Manifest::parse(&bytes[..bytes.len() / 2]).is_err());
        let other_class = String::from_utf8(bytes).unwrap().replace(",1]", ",2]");
        assert!(Manifest::parse(other_class.as_bytes()).is_err());
    }

    #[test]
    fn the_hash_tells_what_is_published_and_nothing_else() {
        let (_, first) = publish(&SITE, None);
        let other =
            Manifest { generation: 9, retired: BTreeMap::from([("x.js".to_owned(), None)]), ..first.clone() };
        assert_eq!(other.hash(), first.hash());
        assert_eq!(release(&SITE).hash(), first.hash());
        let hashes = [
            release(&[("app.js", "code")]).hash(),
            release(&[("app.js", "page"), ("index.html", "code")]).hash(),
            release(&[("app.mjs", "code"), ("index.html", "page")]).hash(),
        ];
        assert!(hashes.iter().all(|hash| *hash != first.hash()));
    }
}
