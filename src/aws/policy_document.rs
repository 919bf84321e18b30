//! JSON policies as IAM and S3 give them back, made comparable.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// The policy in what a service answered; IAM escapes it like an address (aws-facts.md A.6).
pub fn parse(text: &str) -> Option<Value> {
    let plain = percent_decode_str(text).decode_utf8().ok()?;
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&plain)).ok()
}

/// The statements of a policy; a lone one may stand without brackets.
pub fn statements(policy: &Value) -> Vec<Value> {
    match &policy["Statement"] {
        Value::Array(statements) => statements.clone(),
        Value::Null => Vec::new(),
        lone => vec![lone.clone()],
    }
}

/// Whether two policies say the same: services drop the brackets of lists with one member, or add them.
pub fn same(one: &Value, other: &Value) -> bool {
    normal(one) == normal(other)
}

fn normal(value: &Value) -> Value {
    match value {
        Value::Array(values) if values.len() == 1 => normal(&values[0]),
        Value::Array(values) => Value::Array(values.iter().map(normal).collect()),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, value)| (key.clone(), normal(value))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn brackets_around_one_member_do_not_count() {
        assert!(same(&json!({"Action": ["s3:GetObject"]}), &json!({"Action": "s3:GetObject"})));
        assert!(!same(&json!({"Action": ["a", "b"]}), &json!({"Action": ["a"]})));
    }

    #[test]
    fn an_escaped_policy_reads_as_a_plain_one() {
        assert_eq!(parse("%7B%22Version%22%3A1%7D"), parse(r#"{"Version":1}"#));
        assert_eq!(parse("no policy"), None);
    }
}
