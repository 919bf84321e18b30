//! The envelope in which each wire protocol carries a refusal.

use super::call::{Answer, Refusal};
use bytes::Bytes;
use http::HeaderMap;
use serde::Serialize;

/// The wire protocols, as far as their errors differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// S3's own XML.
    S3,
    /// The XML of the query and REST-XML protocols.
    Xml,
    /// AWS JSON and REST-JSON.
    Json,
    /// Smithy RPC v2 with CBOR.
    Cbor,
}

impl Protocol {
    /// The protocol that a request speaks. The service is empty while it isn't known, as in an unsigned request.
    pub fn of(service: &str, path: &str, headers: &HeaderMap) -> Protocol {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let content_type = header("content-type");
        match service {
            _ if !header("smithy-protocol").is_empty() => Protocol::Cbor,
            "s3" => Protocol::S3,
            _ if content_type.starts_with("application/x-amz-json") => Protocol::Json,
            "lambda" | "acm" | "logs" | "servicequotas" | "tagging" => Protocol::Json,
            "" if !content_type.starts_with("application/x-www-form-urlencoded") => Protocol::of_path(path),
            _ => Protocol::Xml,
        }
    }

    fn of_path(path: &str) -> Protocol {
        match path.split('/').nth(1) {
            Some("2020-05-31" | "2013-04-01") => Protocol::Xml,
            Some("2015-03-31" | "2017-03-31") => Protocol::Json,
            _ => Protocol::S3,
        }
    }

    /// Wraps a refusal as this protocol does.
    pub fn wrap(self, refusal: &Refusal, request_id: &str) -> Answer {
        let (content_type, body) = match self {
            Protocol::S3 => ("application/xml", s3_error(refusal, request_id)),
            Protocol::Xml => ("text/xml", xml_error(refusal, request_id)),
            Protocol::Json => ("application/x-amz-json-1.1", json_error(refusal)),
            Protocol::Cbor => ("application/cbor", cbor_error(refusal)),
        };
        let mut headers = vec![("content-type", content_type.to_owned())];
        match self {
            Protocol::S3 | Protocol::Xml => {}
            Protocol::Json => headers.push(("x-amzn-errortype", refusal.code.clone())),
            Protocol::Cbor => headers.push(("smithy-protocol", "rpc-v2-cbor".to_owned())),
        }
        Answer { status: refusal.status, headers, body }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct S3Error<'a> {
    code: &'a str,
    message: &'a str,
    request_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorResponse<'a> {
    error: XmlError<'a>,
    request_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct XmlError<'a> {
    r#type: &'a str,
    code: &'a str,
    message: &'a str,
}

fn s3_error(refusal: &Refusal, request_id: &str) -> Bytes {
    let error = S3Error { code: &refusal.code, message: &refusal.message, request_id };
    document(quick_xml::se::to_string_with_root("Error", &error))
}

fn xml_error(refusal: &Refusal, request_id: &str) -> Bytes {
    let r#type = if refusal.status < 500 { "Sender" } else { "Receiver" };
    let error = XmlError { r#type, code: &refusal.code, message: &refusal.message };
    document(quick_xml::se::to_string(&ErrorResponse { error, request_id }))
}

// Structs of strings always serialise: an empty body stands for the impossible.
fn document(xml: Result<String, quick_xml::SeError>) -> Bytes {
    let xml = xml.unwrap_or_default();
    Bytes::from(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{xml}"))
}

fn json_error(refusal: &Refusal) -> Bytes {
    let body = serde_json::json!({ "__type": refusal.code, "message": refusal.message });
    Bytes::from(body.to_string())
}

fn cbor_error(refusal: &Refusal) -> Bytes {
    const MAP_OF_TWO: u8 = 0xa2;
    let mut body = vec![MAP_OF_TWO];
    for text in ["__type", &refusal.code, "message", &refusal.message] {
        push_cbor_text(&mut body, text);
    }
    Bytes::from(body)
}

fn push_cbor_text(body: &mut Vec<u8>, text: &str) {
    const TEXT_OF_U32_LENGTH: u8 = 0x7a;
    body.push(TEXT_OF_U32_LENGTH);
    body.extend((text.len() as u32).to_be_bytes());
    body.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(protocol: Protocol) -> String {
        let refusal = Refusal::new(400, "Throttling", "Rate <exceeded>");
        String::from_utf8_lossy(&protocol.wrap(&refusal, "id-1").body).into_owned()
    }

    #[test]
    fn each_protocol_has_its_envelope() {
        assert!(
            body(Protocol::S3)
                .contains("<Error><Code>Throttling</Code><Message>Rate &lt;exceeded&gt;</Message>")
        );
        assert!(
            body(Protocol::Xml).contains("<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code>")
        );
        assert_eq!(body(Protocol::Json), r#"{"__type":"Throttling","message":"Rate <exceeded>"}"#);
        assert!(body(Protocol::Cbor).contains("Throttling"));
    }

    #[test]
    fn an_unsigned_request_is_known_by_its_path_and_content_type() {
        let mut form = HeaderMap::new();
        form.insert("content-type", "application/x-www-form-urlencoded; charset=utf-8".parse().unwrap());
        assert_eq!(Protocol::of("", "/", &form), Protocol::Xml);
        assert_eq!(Protocol::of("", "/2020-05-31/distribution", &HeaderMap::new()), Protocol::Xml);
        assert_eq!(Protocol::of("", "/some-bucket/key", &HeaderMap::new()), Protocol::S3);
    }
}
