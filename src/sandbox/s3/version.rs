//! One version of one object, or a delete marker.

use s3s::dto::{ETag, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// The version id of objects in a bucket that keeps no versions.
pub(super) const NULL_VERSION: &str = "null";

/// One version of one object, or a delete marker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) key: String,
    pub(super) id: String,
    /// From when on it is there, in milliseconds since 1970. A replica under way has a time to come.
    pub(super) since: i64,
    /// What it consists of; a delete marker has none.
    pub(super) content: Option<Content>,
    /// When its replica is there, if it is replicated.
    pub(super) replicated: Option<i64>,
    /// Whether it is itself a replica.
    pub(super) replica: bool,
}

/// An object's body and all that is said about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    /// The name of the file that holds the body.
    pub(super) body: String,
    pub(super) size: u64,
    pub(super) etag: String,
    pub(super) description: Description,
    /// Checksums by lower-case algorithm, such as `crc32`, in base64.
    pub(super) checksums: BTreeMap<String, String>,
    /// Whether the checksums are of the parts' checksums rather than of the whole body.
    pub(super) composite: bool,
}

/// What the uploader says about an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Description {
    pub(super) content_type: Option<String>,
    pub(super) cache_control: Option<String>,
    pub(super) content_encoding: Option<String>,
    pub(super) content_disposition: Option<String>,
    pub(super) content_language: Option<String>,
    pub(super) expires: Option<OffsetDateTime>,
    pub(super) website_redirect_location: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) storage_class: Option<String>,
    pub(super) encryption: Option<String>,
}

impl Version {
    pub(super) fn last_modified(&self) -> Timestamp {
        Timestamp::from(from_milliseconds(self.since))
    }

    pub(super) fn is_marker(&self) -> bool {
        self.content.is_none()
    }

    pub(super) fn etag(&self) -> Option<ETag> {
        self.content.as_ref().map(|content| ETag::Strong(content.etag.clone()))
    }
}

/// Milliseconds since 1970.
pub(super) fn milliseconds(moment: OffsetDateTime) -> i64 {
    (moment.unix_timestamp_nanos() / 1_000_000) as i64
}

/// The moment that lies so many milliseconds after 1970.
pub(super) fn from_milliseconds(milliseconds: i64) -> OffsetDateTime {
    let nanoseconds = i128::from(milliseconds) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
