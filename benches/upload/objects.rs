//! What the discarding server remembers of objects, and how it lists them.

use super::server::{md5_hex, timestamp};
use bytes::Bytes;
use http::HeaderMap;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Bound;
use std::time::SystemTime;

/// One object without its bytes.
#[derive(Debug, Clone)]
pub struct Object {
    /// How long it is.
    pub size: usize,
    /// The MD5 of its bytes.
    pub etag: String,
    /// What it was sent with: its type, its caching, its encoding.
    pub headers: BTreeMap<String, String>,
    /// Its bytes, where they were worth keeping.
    pub body: Option<Bytes>,
    arrived: SystemTime,
}

/// Objects by key.
pub type Bucket = BTreeMap<String, Object>;

/// Which part of a bucket is listed, and how.
pub struct Page {
    /// What the keys begin with.
    pub prefix: String,
    /// The key after which it begins.
    pub after: String,
    /// How many keys it has at most.
    pub most: usize,
    /// Whether keys are escaped as in a URL.
    pub encoded: bool,
}

const KEPT_HEADERS: [&str; 3] = ["content-type", "cache-control", "content-encoding"];

impl Object {
    /// An object that was just sent.
    pub fn of(headers: &HeaderMap, body: &Bytes, keep: bool) -> Object {
        let kept = KEPT_HEADERS
            .iter()
            .chain(&["x-amz-meta-mtime"])
            .filter_map(|name| Some(((*name).to_owned(), headers.get(*name)?.to_str().ok()?.to_owned())));
        Object {
            size: body.len(),
            etag: md5_hex(body),
            headers: kept.collect(),
            body: keep.then(|| body.clone()),
            arrived: SystemTime::now(),
        }
    }
}

/// A page of a listing as S3 writes it.
pub fn listed(name: &str, bucket: &Bucket, page: &Page) -> String {
    let first = if page.after.is_empty() { Bound::Unbounded } else { Bound::Excluded(page.after.clone()) };
    let fitting = bucket.range((first, Bound::Unbounded)).filter(|(key, _)| key.starts_with(&page.prefix));
    let found: Vec<_> = fitting.take(page.most + 1).collect();
    let (shown, more) = (&found[..found.len().min(page.most)], found.len() > page.most);
    let mut text = format!(
        "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{name}</Name>\
         <Prefix>{}</Prefix><KeyCount>{}</KeyCount><MaxKeys>{}</MaxKeys><IsTruncated>{more}</IsTruncated>",
        page.prefix,
        shown.len(),
        page.most
    );
    if page.encoded {
        text.push_str("<EncodingType>url</EncodingType>");
    }
    if let Some((last, _)) = shown.last().filter(|_| more) {
        let _ = write!(
            text,
            "<NextContinuationToken>{}</NextContinuationToken>",
            quick_xml::escape::escape(*last)
        );
    }
    for (key, object) in shown {
        let key = match page.encoded {
            true => utf8_percent_encode(key, NON_ALPHANUMERIC).to_string(),
            false => quick_xml::escape::escape(*key).into_owned(),
        };
        let _ = write!(
            text,
            "<Contents><Key>{key}</Key><LastModified>{}</LastModified><ETag>&quot;{}&quot;</ETag>\
             <Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
            timestamp(object.arrived),
            object.etag,
            object.size
        );
    }
    text + "</ListBucketResult>"
}
