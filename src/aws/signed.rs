//! A PutObject as it goes over the wire: its address, its headers, its signature.

use super::refusal::Refusal;
use aws_credential_types::Credentials;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningParams, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::time::{Duration, SystemTime};

/// What stays as it is in the path of a request: the unreserved characters, and the slashes of a key.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A key that needs no escaping, by which a bucket's address is found.
const ANY_KEY: &str = "key";

/// For how long that request is signed; it is never sent.
const NEVER_SENT: Duration = Duration::from_secs(60);

/// One object to be sent.
#[derive(Debug, Clone)]
pub struct NewObject<'a> {
    /// Where the bucket answers; see [`address`].
    pub address: &'a str,
    /// The account that the bucket must belong to.
    pub owner: &'a str,
    /// The object's key.
    pub key: &'a str,
    /// What it is served with, by names in lower case.
    pub headers: &'a [(&'static str, &'a str)],
    /// What is in it.
    pub bytes: Bytes,
    /// The SHA-256 of that in hex, which the signature covers, so that S3 takes no other bytes.
    pub sha256_hex: &'a str,
    /// The same in Base64, which S3 keeps.
    pub sha256_base64: &'a str,
    /// What is tried, for people: words that follow "could not".
    pub words: &'a str,
}

/// Where a bucket answers, found by the SDK itself: a custom endpoint, the path style and the partition count.
pub async fn address(s3: &aws_sdk_s3::Client, bucket: &str) -> Result<String, Refusal> {
    const ACTION: &str = "s3:PutObject";
    let words = || format!("find the address of bucket {bucket}");
    let unfit = |error| Refusal::of_ours(ACTION, words(), error);
    let config = PresigningConfig::expires_in(NEVER_SENT).map_err(unfit)?;
    let call = s3.put_object().bucket(bucket).key(ANY_KEY);
    let request = call.presigned(config).await.map_err(Refusal::to(ACTION, words()))?;
    let path = request.uri().split('?').next().unwrap_or_default();
    let address = path.strip_suffix(ANY_KEY).map(|address| address.trim_end_matches('/').to_owned());
    address.ok_or_else(|| Refusal::of_words(ACTION, words(), "the SDK gives it another form than expected"))
}

/// The request that puts an object.
pub fn put(
    object: &NewObject<'_>,
    region: &str,
    credentials: &Credentials,
    now: SystemTime,
) -> Result<HttpRequest, BoxError> {
    let uri = format!("{}/{}", object.address, utf8_percent_encode(object.key, ESCAPED));
    let length = object.bytes.len().to_string();
    let own = [
        ("content-length", length.as_str()),
        ("x-amz-checksum-sha256", object.sha256_base64),
        ("x-amz-expected-bucket-owner", object.owner),
    ];
    let headers = || own.iter().chain(object.headers).copied();
    let identity = credentials.clone().into();
    let params = params(&identity, region, now)?;
    let body = SignableBody::Precomputed(object.sha256_hex.to_owned());
    let signable = SignableRequest::new("PUT", uri.as_str(), headers(), body)?;
    let (instructions, _signature) = sign(signable, &params)?.into_parts();

    let mut request = HttpRequest::new(SdkBody::from(object.bytes.clone()));
    request.set_method("PUT")?;
    request.set_uri(uri.as_str())?;
    let kept = request.headers_mut();
    for (name, value) in headers() {
        kept.try_insert(name, value.to_owned())?;
    }
    for (name, value) in instructions.headers() {
        kept.try_insert(name.to_owned(), value.to_owned())?;
    }
    kept.try_insert("user-agent", concat!("sitecast/", env!("CARGO_PKG_VERSION")))?;
    Ok(request)
}

/// S3 wants its paths as they are, and the hash of the payload in a header.
fn params<'a>(
    identity: &'a Identity,
    region: &'a str,
    now: SystemTime,
) -> Result<SigningParams<'a>, BoxError> {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let params = v4::SigningParams::builder().identity(identity).region(region).name("s3");
    Ok(params.time(now).settings(settings).build()?.into())
}
