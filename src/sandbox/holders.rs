//! Which distributions hold a certificate or a function version, and until when others held it.

use super::cloudfront::{Attachment, associations};
use super::store::Store;
use std::io;

/// The distributions that hold or held `arn`.
pub fn holders(store: &Store, arn: &str) -> io::Result<Vec<Attachment>> {
    Ok(associations(store)?.into_iter().filter(|held| held.arn == arn).collect())
}

/// Writes down that a distribution holds `arn`, or held it until `detached`.
#[cfg(test)]
pub fn hold(store: &Store, arn: &str, detached: Option<time::OffsetDateTime>) {
    let distribution = "arn:aws:cloudfront::123456789012:distribution/E1".to_owned();
    let attachment = Attachment { arn: arn.to_owned(), distribution, detached };
    let document = serde_json::json!({"attachments": [attachment]});
    std::fs::write(store.folder().join("cloudfront.json"), document.to_string()).unwrap();
}
