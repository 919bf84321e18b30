//! What an uploader says about an object, from the three operations that carry it.

use super::buckets::Bucket;
use super::version::Description;
use crate::sandbox::operation::parameters;
use s3s::dto::{CopyObjectInput, CreateMultipartUploadInput, PutObjectInput, ServerSideEncryption};
use std::collections::BTreeMap;
use time::OffsetDateTime;

macro_rules! described_by {
    ($($name:ident: $input:ty;)*) => {
        $(pub(super) fn $name(input: &$input, bucket: &Bucket) -> Description {
            Description {
                content_type: input.content_type.clone(),
                cache_control: input.cache_control.clone(),
                content_encoding: input.content_encoding.clone(),
                content_disposition: input.content_disposition.clone(),
                content_language: input.content_language.clone(),
                expires: input.expires.clone().map(OffsetDateTime::from),
                website_redirect_location: input.website_redirect_location.clone(),
                metadata: input.metadata.clone().unwrap_or_default().into_iter().collect(),
                tags: tags(input.tagging.as_deref()),
                storage_class: input.storage_class.as_ref().map(|class| class.as_str().to_owned()),
                encryption: Some(encryption(input.server_side_encryption.as_ref(), bucket)),
            }
        })*
    };
}

described_by! {
    put: PutObjectInput;
    copy: CopyObjectInput;
    multipart: CreateMultipartUploadInput;
}

fn tags(header: Option<&str>) -> BTreeMap<String, String> {
    parameters(header.unwrap_or_default().as_bytes()).into_iter().collect()
}

/// How a new object is encrypted: as asked, else as the bucket says, else by S3's own key.
pub(super) fn encryption(asked: Option<&ServerSideEncryption>, bucket: &Bucket) -> String {
    let rule = bucket.encryption.as_ref().and_then(|configuration| configuration.rules.first());
    let default = rule.and_then(|rule| rule.apply_server_side_encryption_by_default.as_ref());
    let algorithm = asked.or(default.map(|default| &default.sse_algorithm));
    algorithm.map_or(ServerSideEncryption::AES256, ServerSideEncryption::as_str).to_owned()
}
