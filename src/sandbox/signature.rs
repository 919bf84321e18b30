//! Takes apart the signature of a request: for which service and region it was signed, and when.
//!
//! The signature itself is not verified: any credentials are accepted, so no secret is known here.
//! What is malformed, missing or of another time is refused as AWS refuses it.

use super::call::Refusal;
use super::envelope::Protocol;
use super::rules::{RuleRow, refusals};
use http::HeaderMap;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

refusals! { "any":
    UNSIGNED = "unsigned", 403, "MissingAuthenticationToken",
        "a request without a signature; S3 says AccessDenied",
        "AWS signing guide";
    MALFORMED = "signature", 400, "IncompleteSignature",
        "a signature without credential, signed headers, date or 64 digits; S3 says AuthorizationHeaderMalformed",
        "aws-facts.md A.1, AWS signing guide";
    SKEWED = "clock", 403, "RequestTimeTooSkewed",
        "a request of more than 15 minutes ago or ahead",
        "AWS signing guide";
    EXPIRED = "expired", 403, "AccessDenied",
        "a presigned request whose time has run out",
        "AWS signing guide";
}

/// What every service refuses about a signature, for people.
pub(super) fn rules() -> Vec<RuleRow> {
    ALL.iter().map(|rule| rule.row).collect()
}

/// How far a request's clock may be off.
const TOLERATED_SKEW: Duration = Duration::minutes(15);

/// The service and region that a request was signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) service: String,
    pub(super) region: String,
}

/// What a request says about its own signature, from its headers or its query.
struct Claim {
    credential: String,
    signature: String,
    date: Option<String>,
    expires: Option<Duration>,
}

/// The scope of a request's signature, or AWS's refusal of an absent, malformed or outdated one.
pub(super) fn scope(
    protocol: Protocol,
    headers: &HeaderMap,
    query: &[(String, String)],
    now: OffsetDateTime,
) -> Result<Scope, Refusal> {
    let claim = match headers.get(http::header::AUTHORIZATION).map(|value| value.to_str()) {
        Some(Ok(authorization)) => from_header(protocol, authorization, headers)?,
        Some(Err(_)) => return Err(malformed(protocol, "The authorization header is malformed.")),
        None => from_query(query).ok_or_else(|| unsigned(protocol))?,
    };
    check_signature_form(protocol, &claim.signature)?;
    check_time(protocol, &claim, now)?;
    from_credential(protocol, &claim.credential)
}

fn from_header(protocol: Protocol, authorization: &str, headers: &HeaderMap) -> Result<Claim, Refusal> {
    let fields = authorization.strip_prefix("AWS4-HMAC-SHA256 ").ok_or_else(|| {
        malformed(protocol, "The authorization mechanism you have provided is not supported.")
    })?;
    let field = |name: &str| {
        let mut parts = fields.split(',').map(str::trim);
        parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
    };
    let missing = |name: &str| {
        malformed(
            protocol,
            &format!("Authorization header requires '{name}' parameter. Authorization={authorization}"),
        )
    };
    field("SignedHeaders").ok_or_else(|| missing("SignedHeaders"))?;
    Ok(Claim {
        credential: field("Credential").ok_or_else(|| missing("Credential"))?,
        signature: field("Signature").ok_or_else(|| missing("Signature"))?,
        date: headers.get("x-amz-date").and_then(|value| value.to_str().ok()).map(str::to_owned),
        expires: None,
    })
}

fn from_query(query: &[(String, String)]) -> Option<Claim> {
    let field = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    Some(Claim {
        credential: field("X-Amz-Credential")?,
        signature: field("X-Amz-Signature")?,
        date: field("X-Amz-Date"),
        expires: field("X-Amz-Expires").and_then(|seconds| seconds.parse().ok()).map(Duration::seconds),
    })
}

fn from_credential(protocol: Protocol, credential: &str) -> Result<Scope, Refusal> {
    match credential.split('/').collect::<Vec<_>>().as_slice() {
        [key, _day, region, service, "aws4_request"] if !key.is_empty() && !region.is_empty() => {
            Ok(Scope { service: (*service).to_owned(), region: (*region).to_owned() })
        }
        _ => Err(malformed(
            protocol,
            "The Credential is malformed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
        )),
    }
}

fn check_signature_form(protocol: Protocol, signature: &str) -> Result<(), Refusal> {
    if signature.len() == 64 && signature.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(malformed(protocol, "The Signature is malformed; expecting 64 hexadecimal digits."))
}

fn check_time(protocol: Protocol, claim: &Claim, now: OffsetDateTime) -> Result<(), Refusal> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let signed = claim
        .date
        .as_deref()
        .and_then(|date| PrimitiveDateTime::parse(date, format).ok())
        .ok_or_else(|| malformed(protocol, "The request needs a date of the form YYYYMMDDTHHMMSSZ."))?
        .assume_utc();
    let skewed = match claim.expires {
        Some(expires) if now > signed + expires => {
            return Err(EXPIRED.refusal("Request has expired"));
        }
        Some(_) => signed - now > TOLERATED_SKEW,
        None => (now - signed).abs() > TOLERATED_SKEW,
    };
    if skewed {
        let message = "The difference between the request time and the current time is too large.";
        return Err(SKEWED.refusal(message));
    }
    Ok(())
}

fn unsigned(protocol: Protocol) -> Refusal {
    match protocol {
        Protocol::S3 => Refusal::new(403, "AccessDenied", "Access Denied"),
        Protocol::Xml | Protocol::Json | Protocol::Cbor => {
            UNSIGNED.refusal("Request is missing Authentication Token")
        }
    }
}

fn malformed(protocol: Protocol, message: &str) -> Refusal {
    match protocol {
        Protocol::S3 => Refusal::new(400, "AuthorizationHeaderMalformed", message),
        Protocol::Xml | Protocol::Json | Protocol::Cbor => MALFORMED.refusal(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-03-01 12:00:00 UTC);

    fn check(authorization: &str, date: &str) -> Result<Scope, String> {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", authorization.parse().unwrap());
        headers.insert("x-amz-date", date.parse().unwrap());
        scope(Protocol::Xml, &headers, &[], NOW).map_err(|refusal| refusal.code)
    }

    fn signed(credential: &str) -> String {
        let signature = "a".repeat(64);
        format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature={signature}")
    }

    #[test]
    fn a_sound_header_names_service_and_region() {
        let scope = check(&signed("AK/20260301/eu-west-1/acm/aws4_request"), "20260301T115900Z");
        assert_eq!(scope, Ok(Scope { service: "acm".into(), region: "eu-west-1".into() }));
    }

    #[test]
    fn malformed_headers_and_skewed_clocks_are_refused() {
        let sound = signed("AK/20260301/eu-west-1/acm/aws4_request");
        assert_eq!(check("Basic abc", "20260301T115900Z"), Err("IncompleteSignature".into()));
        assert_eq!(check(&signed("AK/eu-west-1"), "20260301T115900Z"), Err("IncompleteSignature".into()));
        assert_eq!(
            check(&sound.replace("aaaa", "zzzz"), "20260301T115900Z"),
            Err("IncompleteSignature".into())
        );
        assert_eq!(check(&sound, "20260301T114400Z"), Err("RequestTimeTooSkewed".into()));
    }

    #[test]
    fn a_request_without_signature_is_refused_by_protocol() {
        let code = |protocol| scope(protocol, &HeaderMap::new(), &[], NOW).unwrap_err().code;
        assert_eq!(code(Protocol::Json), "MissingAuthenticationToken");
        assert_eq!(code(Protocol::S3), "AccessDenied");
    }
}
