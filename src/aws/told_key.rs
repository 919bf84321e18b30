//! Keys as lists tell them: XML 1.0 can't hold each character that a key can, so lists are asked for with
//! `encoding-type=url` (the documentation of ListObjectsV2).

use aws_sdk_s3::types::EncodingType;
use percent_encoding::percent_decode_str;

/// The key that a list tells, where the list says that it is encoded: a space is a `+` then.
pub fn plain(key: Option<&str>, encoding: Option<&EncodingType>) -> String {
    let key = key.unwrap_or_default();
    if encoding != Some(&EncodingType::Url) {
        return key.to_owned();
    }
    percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_to_be_encoded_is_decoded() {
        assert_eq!(plain(Some("a+b%2B%07%C3%BC"), Some(&EncodingType::Url)), "a b+\u{7}ü");
        assert_eq!(plain(Some("a+b%2B"), None), "a+b%2B");
    }
}
