//! Which distributions hold a certificate or a function version, and until when others held it.

use super::store::{Document, Store};
use serde::{Deserialize, Serialize};
use std::io;
use time::OffsetDateTime;

/// A distribution that holds something, or held it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The ARN of what is held.
    pub arn: String,
    /// The distribution's ARN.
    pub distribution: String,
    /// When it let go, if it has.
    pub detached: Option<OffsetDateTime>,
}

/// The part of CloudFront's document that is read here.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Attachments {
    attachments: Vec<Holder>,
}

impl Document for Attachments {
    const FILE: &'static str = "cloudfront.json";
}

/// The distributions that hold or held `arn`.
pub fn holders(store: &Store, arn: &str) -> io::Result<Vec<Holder>> {
    let all = store.read::<Attachments>()?.attachments;
    Ok(all.into_iter().filter(|holder| holder.arn == arn).collect())
}

/// Writes down that a distribution holds `arn`, or held it until `detached`.
#[cfg(test)]
pub fn hold(store: &Store, arn: &str, detached: Option<OffsetDateTime>) {
    let distribution = "arn:aws:cloudfront::123456789012:distribution/E1".to_owned();
    let holder = Holder { arn: arn.to_owned(), distribution, detached };
    let guard = store.lock().unwrap();
    guard.write(&Attachments { attachments: vec![holder] }).unwrap();
}
