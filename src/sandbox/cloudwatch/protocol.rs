//! The three protocols: Smithy RPC v2 with CBOR, AWS JSON 1.0, and the query protocol.

use crate::sandbox::call::{Answer, Refusal, Request};
use crate::sandbox::envelope::Protocol;
use crate::sandbox::{json_calls, operation};
use bytes::Bytes;
use ciborium::Value as Cbor;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const NAMESPACE: &str = "http://monitoring.amazonaws.com/doc/2010-08-01/";

/// CBOR's tag for seconds since 1970.
const EPOCH_TAG: u64 = 1;

/// Reads a request in whatever protocol it speaks, performs it, and answers in the same.
pub fn answered(request: &Request, perform: impl FnOnce(&str, &Value) -> Result<Value, Refusal>) -> Answer {
    let protocol = Protocol::of(&request.service, &request.path, &request.headers);
    let operation = operation::name(request);
    let result = read(protocol, request).and_then(|input| perform(&operation, &input));
    match result {
        Ok(output) => written(protocol, &operation, &output),
        Err(refusal) => refused(protocol, &refusal),
    }
}

fn read(protocol: Protocol, request: &Request) -> Result<Value, Refusal> {
    match protocol {
        Protocol::Cbor if request.body.is_empty() => Ok(json!({})),
        Protocol::Cbor => {
            let value: Cbor = ciborium::from_reader(request.body.as_ref())
                .map_err(|error| Refusal::new(400, "SerializationException", error.to_string()))?;
            Ok(from_cbor(value))
        }
        Protocol::Json => json_calls::input(&request.body),
        Protocol::Xml | Protocol::S3 => Ok(from_parameters(&operation::parameters(&request.body))),
    }
}

fn from_cbor(value: Cbor) -> Value {
    match value {
        Cbor::Bool(value) => json!(value),
        Cbor::Text(text) => json!(text),
        Cbor::Float(number) => json!(number),
        Cbor::Integer(number) => i64::try_from(number).map_or(Value::Null, |number| json!(number)),
        Cbor::Array(items) => items.into_iter().map(from_cbor).collect(),
        Cbor::Map(entries) => {
            let named = entries
                .into_iter()
                .filter_map(|(key, value)| Some((key.into_text().ok()?, from_cbor(value))));
            Value::Object(named.collect())
        }
        Cbor::Tag(_, inner) => from_cbor(*inner),
        // The enum is open; bytes and null are the only other kinds, and no input of ours has bytes.
        _ => Value::Null,
    }
}

/// `A.member.1.B=c` as `{"A": [{"B": "c"}]}`.
fn from_parameters(parameters: &[(String, String)]) -> Value {
    let mut root = Value::Object(Map::new());
    for (name, value) in parameters {
        let path: Vec<&str> = name.split('.').filter(|part| *part != "member").collect();
        place(&mut root, &path, value);
    }
    root
}

fn place(at: &mut Value, path: &[&str], value: &str) {
    let Some((first, rest)) = path.split_first() else {
        *at = json!(value);
        return;
    };
    match first.parse::<usize>().ok().filter(|number| (1..=1_000).contains(number)) {
        Some(number) => {
            if !at.is_array() {
                *at = json!([]);
            }
            if let Some(items) = at.as_array_mut() {
                items.resize(items.len().max(number), Value::Null);
                place(&mut items[number - 1], rest, value);
            }
        }
        None => {
            if !at.is_object() {
                *at = json!({});
            }
            place(&mut at[*first], rest, value);
        }
    }
}

fn written(protocol: Protocol, operation: &str, output: &Value) -> Answer {
    let (headers, body) = match protocol {
        Protocol::Cbor => {
            let mut bytes = Vec::new();
            if let Err(error) = ciborium::into_writer(&to_cbor(output, false), &mut bytes) {
                let refusal = Refusal::new(500, "InternalFailure", error.to_string());
                return refused(protocol, &refusal);
            }
            let spoken = ("smithy-protocol", "rpc-v2-cbor".to_owned());
            (vec![("content-type", "application/cbor".to_owned()), spoken], bytes)
        }
        Protocol::Json => {
            let content_type = ("content-type", "application/x-amz-json-1.0".to_owned());
            (vec![content_type], output.to_string().into_bytes())
        }
        Protocol::Xml | Protocol::S3 => {
            let mut body = format!("<{operation}Response xmlns=\"{NAMESPACE}\"><{operation}Result>");
            write_xml(output, false, &mut body);
            body.push_str(&format!("</{operation}Result></{operation}Response>"));
            (vec![("content-type", "text/xml".to_owned())], body.into_bytes())
        }
    };
    Answer { status: 200, headers, body: Bytes::from(body) }
}

/// Clients of the query protocol's days want its error code beside the new one.
fn refused(protocol: Protocol, refusal: &Refusal) -> Answer {
    let mut answer = protocol.wrap(refusal, "");
    if protocol != Protocol::Xml {
        answer.headers.push(("x-amzn-query-error", format!("{};Sender", refusal.code)));
    }
    answer
}

/// Members whose name begins with `Timestamp` hold moments.
fn is_moment(name: &str) -> bool {
    name.starts_with("Timestamp")
}

fn to_cbor(value: &Value, moment: bool) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(value) => Cbor::Bool(*value),
        Value::Number(number) if moment => {
            Cbor::Tag(EPOCH_TAG, Box::new(Cbor::Float(number.as_f64().unwrap_or_default())))
        }
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Cbor::Integer(whole.into()),
            None => Cbor::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Cbor::Text(text.clone()),
        Value::Array(items) => Cbor::Array(items.iter().map(|item| to_cbor(item, moment)).collect()),
        Value::Object(members) => Cbor::Map(
            members
                .iter()
                .map(|(name, value)| (Cbor::Text(name.clone()), to_cbor(value, is_moment(name))))
                .collect(),
        ),
    }
}

fn write_xml(value: &Value, moment: bool, out: &mut String) {
    match value {
        Value::Null => {}
        Value::Bool(value) => out.push_str(&value.to_string()),
        Value::Number(number) if moment => {
            let at = OffsetDateTime::from_unix_timestamp(number.as_i64().unwrap_or_default());
            out.push_str(&at.ok().and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default());
        }
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => out.push_str(&quick_xml::escape::escape(text)),
        Value::Array(items) => {
            for item in items {
                out.push_str("<member>");
                write_xml(item, moment, out);
                out.push_str("</member>");
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                out.push_str(&format!("<{name}>"));
                write_xml(value, is_moment(name), out);
                out.push_str(&format!("</{name}>"));
            }
        }
    }
}
