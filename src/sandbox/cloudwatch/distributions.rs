//! The distributions that there are, as CloudFront wrote them down.

use crate::sandbox::store::{Document, Store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use time::OffsetDateTime;

/// The part of CloudFront's document that is read here; it is never written.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Distributions {
    distributions: BTreeMap<String, Distribution>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Distribution {
    modified: OffsetDateTime,
}

impl Document for Distributions {
    const FILE: &'static str = "cloudfront.json";
}

/// The id of every distribution, with the moment of its last change.
pub fn known(store: &Store) -> io::Result<BTreeMap<String, OffsetDateTime>> {
    let all = store.read::<Distributions>()?.distributions;
    Ok(all.into_iter().map(|(id, distribution)| (id, distribution.modified)).collect())
}
