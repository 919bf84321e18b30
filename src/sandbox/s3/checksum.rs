//! Checksums: which one a request carries, whether it is right, and whether the operation needs one.

use super::rules;
use crate::sandbox::call::Refusal;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;
use md5::{Digest, Md5};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use s3s::dto::{self, ChecksumType};
use std::collections::BTreeMap;

/// The algorithms that S3 knows, as their header names end.
pub(super) const ALGORITHMS: [&str; 5] = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"];

/// The one that S3 makes of an object that came without any.
pub(super) const OWN: &str = "crc64nvme";

/// Operations that AWS refuses without a checksum (aws-facts.md A.3).
const NEED_CHECKSUM: [&str; 11] = [
    "PutPublicAccessBlock",
    "PutBucketOwnershipControls",
    "PutBucketVersioning",
    "PutBucketEncryption",
    "PutBucketPolicy",
    "PutBucketReplication",
    "PutBucketLifecycleConfiguration",
    "PutBucketTagging",
    "PutBucketCors",
    "PutObjectTagging",
    "DeleteObjects",
];

/// Checks every checksum that the headers carry against the body, and that one is there if it must be.
pub(super) fn verify(operation: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    verify_payload_hash(headers, body)?;
    let md5 = text(headers, "content-md5");
    if md5.is_some_and(|sent| sent != BASE64_STANDARD.encode(Md5::digest(body))) {
        return Err(
            rules::CHECKSUM_WRONG.refusal("The Content-MD5 you specified did not match what we received.")
        );
    }
    let sent = sent(headers);
    for (algorithm, value) in &sent {
        if *value != of(algorithm, body) {
            let name = algorithm.to_uppercase();
            let message = format!("The {name} you specified did not match the calculated checksum.");
            return Err(rules::CHECKSUM_WRONG.refusal(message));
        }
    }
    let missing = md5.is_none() && sent.is_empty();
    match (text(headers, "x-amz-sdk-checksum-algorithm"), missing) {
        (Some(_), _) if sent.is_empty() => Err(rules::CHECKSUM_ANNOUNCED.refusal(
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
        )),
        (_, true) if NEED_CHECKSUM.contains(&operation) => Err(rules::CHECKSUM_MISSING.refusal(
            "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
        )),
        _ => Ok(()),
    }
}

fn verify_payload_hash(headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let Some(hash) = text(headers, "x-amz-content-sha256").filter(|hash| hash.len() == 64) else {
        return Ok(());
    };
    if hash == hex::encode(sha2::Sha256::digest(body)) {
        return Ok(());
    }
    let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    Err(rules::PAYLOAD_HASH.refusal(message))
}

/// The checksums that the headers carry, by algorithm.
pub(super) fn sent(headers: &HeaderMap) -> BTreeMap<String, String> {
    let value = |algorithm: &str| text(headers, &format!("x-amz-checksum-{algorithm}")).map(str::to_owned);
    ALGORITHMS.iter().filter_map(|algorithm| Some(((*algorithm).to_owned(), value(algorithm)?))).collect()
}

/// The body's checksum in base64, empty for an algorithm that S3 doesn't know.
pub(super) fn of(algorithm: &str, body: &[u8]) -> String {
    let mut hasher = hasher(algorithm);
    hasher.update(body);
    base64_of(hasher)
}

/// The sums of a body that comes piece by piece.
pub(super) struct Sums {
    md5: Md5,
    hasher: ChecksumHasher,
}

impl Sums {
    /// Of nothing yet, with this algorithm beside the MD5.
    pub(super) fn with(algorithm: &str) -> Sums {
        Sums { md5: Md5::new(), hasher: hasher(algorithm) }
    }

    pub(super) fn update(&mut self, piece: &[u8]) {
        self.md5.update(piece);
        self.hasher.update(piece);
    }

    /// The hexadecimal MD5, and the checksum in base64.
    pub(super) fn finish(self) -> (String, String) {
        (hex::encode(self.md5.finalize()), base64_of(self.hasher))
    }
}

fn hasher(algorithm: &str) -> ChecksumHasher {
    ChecksumHasher {
        crc32: (algorithm == "crc32").then(Crc32::new),
        crc32c: (algorithm == "crc32c").then(Crc32c::new),
        crc64nvme: (algorithm == "crc64nvme").then(Crc64Nvme::new),
        sha1: (algorithm == "sha1").then(Sha1::new),
        sha256: (algorithm == "sha256").then(Sha256::new),
    }
}

fn base64_of(hasher: ChecksumHasher) -> String {
    let sums = hasher.finalize();
    let sum = sums.checksum_crc32.or(sums.checksum_crc32c).or(sums.checksum_crc64nvme);
    sum.or(sums.checksum_sha1).or(sums.checksum_sha256).unwrap_or_default()
}

/// The checksums that S3 keeps of a new object: those sent, else its own CRC-64.
pub(super) fn kept(headers: &HeaderMap, body: &[u8]) -> BTreeMap<String, String> {
    let sent = sent(headers);
    if sent.is_empty() {
        return BTreeMap::from([(OWN.to_owned(), of(OWN, body))]);
    }
    sent
}

/// The hexadecimal MD5, which is an object's ETag.
pub(super) fn md5_hex(body: &[u8]) -> String {
    hex::encode(Md5::digest(body))
}

/// Kept checksums as answers carry them.
pub(super) fn answer(kept: &BTreeMap<String, String>, composite: bool) -> dto::Checksum {
    let sum = |algorithm: &str| kept.get(algorithm).cloned();
    let kind = if composite { ChecksumType::COMPOSITE } else { ChecksumType::FULL_OBJECT };
    dto::Checksum {
        checksum_crc32: sum("crc32"),
        checksum_crc32c: sum("crc32c"),
        checksum_crc64nvme: sum("crc64nvme"),
        checksum_sha1: sum("sha1"),
        checksum_sha256: sum("sha256"),
        checksum_type: (!kept.is_empty()).then(|| ChecksumType::from_static(kind)),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(operation: &str, headers: &[(&'static str, &str)]) -> Result<(), String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        verify(operation, &map, b"hello").map_err(|refusal| refusal.code)
    }

    #[test]
    fn some_operations_need_a_checksum() {
        assert_eq!(code("PutObject", &[]), Ok(()));
        assert_eq!(code("PutBucketPolicy", &[]), Err("InvalidRequest".into()));
        assert_eq!(code("PutBucketPolicy", &[("content-md5", "XUFAKrxLKna5cZ2REBfFkg==")]), Ok(()));
        assert_eq!(code("PutBucketPolicy", &[("x-amz-checksum-crc32", "NhCmhg==")]), Ok(()));
        assert_eq!(
            code("PutObject", &[("x-amz-sdk-checksum-algorithm", "CRC32")]),
            Err("InvalidRequest".into())
        );
    }

    #[test]
    fn every_checksum_sent_must_be_right() {
        for algorithm in ALGORITHMS {
            let right = of(algorithm, b"hello");
            let header: &'static str = match algorithm {
                "crc32" => "x-amz-checksum-crc32",
                "crc32c" => "x-amz-checksum-crc32c",
                "crc64nvme" => "x-amz-checksum-crc64nvme",
                "sha1" => "x-amz-checksum-sha1",
                _ => "x-amz-checksum-sha256",
            };
            assert_eq!(code("PutObject", &[(header, &right)]), Ok(()), "{algorithm}");
            assert_eq!(code("PutObject", &[(header, "AAAA")]), Err("BadDigest".into()), "{algorithm}");
        }
        let hash = ("x-amz-content-sha256", "0".repeat(64));
        assert_eq!(code("PutObject", &[(hash.0, &hash.1)]), Err("XAmzContentSHA256Mismatch".into()));
    }
}
