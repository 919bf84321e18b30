//! The JSON protocols of AWS: operation from `X-Amz-Target`, body in, body or refusal out.

use super::call::{Answer, Refusal, Request};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::OffsetDateTime;

/// The operation that a target header such as `CertificateManager.ListCertificates` names.
pub fn targeted_operation(request: &Request) -> String {
    let target = request.header("x-amz-target").unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

/// The body, read as this operation's input; an empty body is an empty object.
pub fn input<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    let bytes: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(bytes)
        .map_err(|error| Refusal::new(400, "SerializationException", format!("{error}")))
}

/// The refusal for an operation that this service does not have.
pub fn unknown_operation(operation: &str) -> Refusal {
    Refusal::new(400, "UnknownOperationException", format!("The operation {operation} is not known here."))
}

/// The answer of an `application/x-amz-json-1.1` service.
pub fn answer(result: Result<Value, Refusal>) -> Answer {
    let (status, body) = match result {
        Ok(body) => (200, body),
        Err(refusal) => (refusal.status, json!({"__type": refusal.code, "message": refusal.message})),
    };
    Answer {
        status,
        headers: vec![("content-type", "application/x-amz-json-1.1".to_owned())],
        body: Bytes::from(body.to_string()),
    }
}

/// A moment as the JSON protocols write it: seconds since 1970, with milliseconds.
pub fn seconds(moment: OffsetDateTime) -> f64 {
    (moment.unix_timestamp_nanos() / 1_000_000) as f64 / 1000.0
}

/// The refusal of a value that breaks a constraint of the service's model.
pub fn broken_constraint(value: &str, member: &str, constraint: &str) -> Refusal {
    Refusal::new(
        400,
        "ValidationException",
        format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: \
             Member must {constraint}"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_carries_its_code_as_type() {
        let answer = answer(Err(Refusal::new(400, "LimitExceededException", "too many")));
        assert_eq!(answer.status, 400);
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(body, json!({"__type": "LimitExceededException", "message": "too many"}));
    }

    #[test]
    fn a_body_that_is_no_json_is_a_serialization_error() {
        let refusal = input::<Value>(&Bytes::from_static(b"<xml/>")).unwrap_err();
        assert_eq!(refusal.code, "SerializationException");
    }
}
