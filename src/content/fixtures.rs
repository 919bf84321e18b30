//! Small sites for the tests of this folder.

use super::change::{Held, Listed, Upload, change};
use super::hash::ContentHash;
use super::headers::{Class, Headers};
use super::manifest::Manifest;
use super::release::{Release, SiteFile};
use super::scan::FoundFile;
use super::stamp::Stamp;
use crate::profile::answers::*;
use md5::{Digest as _, Md5};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// Edge caching of a day; `/assets/*` is immutable, and `/search/*` tells queries apart.
pub(super) fn caching() -> Caching {
    let default = CacheAnswers {
        browser: Seconds(0),
        immutable: false,
        edge: EdgeTtl { min: Seconds(0), default: Seconds(86_400), max: Seconds(31_536_000) },
        query: Query::None,
        headers: Vec::new(),
        cookies: Vec::new(),
        compress: true,
    };
    let assets = CacheAnswers { browser: Seconds(31_536_000), immutable: true, ..default.clone() };
    let search = CacheAnswers { query: Query::Only(vec!["q".to_owned()]), ..default.clone() };
    let rule = |path: &str, answers| CachingRule { path: path.to_owned(), answers };
    Caching { default, rules: vec![rule("/assets/*", assets), rule("/search/*", search)] }
}

/// A site with that caching and pretty URLs.
pub(super) fn profile() -> Profile {
    let distribution = Distribution {
        folder: "public".into(),
        region: Region("eu-west-1".to_owned()),
        bucket: None,
        index: "index.html".to_owned(),
        error_page: None,
        spa: false,
        pretty_urls: true,
        price_class: PriceClass::All,
        http: HttpVersion::Http2And3,
        ipv6: true,
        comment: String::new(),
        geo: Geo::Everyone,
    };
    let (failover, edge, https) = (None, Vec::new(), None);
    Profile { name: "acme".to_owned(), distribution, failover, edge, caching: caching(), https }
}

/// A release of these keys with these bytes.
pub(super) fn release(files: &[(&str, &str)]) -> Release {
    release_with(files, &caching())
}

/// The same, cached otherwise.
pub(super) fn release_with(files: &[(&str, &str)], caching: &Caching) -> Release {
    let file = |(key, bytes): &(&str, &str)| {
        let Ok(headers) = Headers::of(key, caching, || Ok::<_, Infallible>(bytes.as_bytes().to_vec()));
        let stamp = Stamp { size: bytes.len() as u64, modified_ns: 0, changed_ns: 0, inode: 0, device: 0 };
        SiteFile {
            found: FoundFile { key: (*key).to_owned(), path: key.into(), stamp },
            sha256: ContentHash::of(bytes.as_bytes()),
            headers_hash: headers.hash(),
            class: Class::of(key, &headers.content_type),
            headers,
        }
    };
    Release::new(files.iter().map(file).collect())
}

/// The MD5 of some bytes, as an ETag without its quotes.
pub(super) fn md5(bytes: &str) -> String {
    hex::encode(Md5::digest(bytes))
}

/// What a listing shows of these keys with these bytes.
pub(super) fn listing(files: &[(&str, &str)]) -> BTreeMap<String, Listed> {
    let listed = |bytes: &str| Listed {
        size: bytes.len() as u64,
        etag: format!("\"{}\"", md5(bytes)),
        headers: None,
        rewritten: false,
    };
    files.iter().map(|(key, bytes)| ((*key).to_owned(), listed(bytes))).collect()
}

/// Puts `files` where `before` was; what that took, and the manifest it leaves.
pub(super) fn publish(files: &[(&str, &str)], before: Option<&Manifest>) -> (Upload, Manifest) {
    let release = release(files);
    let upload = change(&release, before.map_or(Held::Nothing, Held::Manifest));
    let etags = files.iter().map(|(key, bytes)| ((*key).to_owned(), md5(bytes))).collect();
    let manifest = Manifest::after("acme", &release, &upload, before, &etags);
    (upload, manifest)
}
