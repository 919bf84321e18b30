//! Undoes `aws-chunked`, the encoding in which SDKs send a body together with a checksum that follows it.
//!
//! Chunk signatures are skipped like every signature: no secret is known here.

use super::rules;
use crate::sandbox::call::Refusal;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

/// Whether the body is in chunks.
pub(super) fn is_chunked(headers: &HeaderMap) -> bool {
    let hash = headers.get("x-amz-content-sha256").and_then(|value| value.to_str().ok());
    hash.is_some_and(|hash| hash.starts_with("STREAMING-"))
}

/// The body without its chunks; trailing headers join the others, and `aws-chunked` leaves Content-Encoding.
pub(super) fn decode(body: &Bytes, headers: &mut HeaderMap) -> Result<Bytes, Refusal> {
    let mut rest: &[u8] = body;
    let mut decoded = Vec::with_capacity(body.len());
    loop {
        let (line, after) = line(rest)?;
        let size = chunk_size(line)?;
        if size == 0 {
            take_trailers(after, headers);
            break;
        }
        if after.len() < size + 2 || &after[size..size + 2] != b"\r\n" {
            return Err(incomplete());
        }
        decoded.extend_from_slice(&after[..size]);
        rest = &after[size + 2..];
    }
    check_length(decoded.len(), headers)?;
    drop_coding(headers);
    Ok(Bytes::from(decoded))
}

fn line(bytes: &[u8]) -> Result<(&str, &[u8]), Refusal> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n").ok_or_else(incomplete)?;
    let text = std::str::from_utf8(&bytes[..end]).map_err(|_| incomplete())?;
    Ok((text, &bytes[end + 2..]))
}

fn chunk_size(line: &str) -> Result<usize, Refusal> {
    let digits = line.split(';').next().unwrap_or_default();
    usize::from_str_radix(digits, 16).map_err(|_| incomplete())
}

fn take_trailers(mut rest: &[u8], headers: &mut HeaderMap) {
    while let Ok((text, after)) = line(rest) {
        let Some((name, value)) = text.split_once(':') else { break };
        if let (Ok(name), Ok(value)) =
            (name.trim().parse::<HeaderName>(), HeaderValue::from_str(value.trim()))
        {
            headers.insert(name, value);
        }
        rest = after;
    }
}

fn check_length(length: usize, headers: &HeaderMap) -> Result<(), Refusal> {
    let announced = headers.get("x-amz-decoded-content-length").and_then(|value| value.to_str().ok());
    match announced.and_then(|text| text.parse::<usize>().ok()) {
        Some(announced) if announced == length => Ok(()),
        Some(_) => Err(incomplete()),
        None => Err(rules::CHUNKS_LENGTH.refusal("You must provide the Content-Length HTTP header.")),
    }
}

fn drop_coding(headers: &mut HeaderMap) {
    let codings = headers.get(http::header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
    let kept: Vec<&str> = codings
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|coding| !coding.is_empty() && *coding != "aws-chunked")
        .collect();
    let kept = HeaderValue::from_str(&kept.join(",")).ok().filter(|value| !value.is_empty());
    match kept {
        Some(value) => drop(headers.insert(http::header::CONTENT_ENCODING, value)),
        None => drop(headers.remove(http::header::CONTENT_ENCODING)),
    }
}

fn incomplete() -> Refusal {
    let message = "You did not provide the number of bytes specified by the Content-Length HTTP header";
    rules::BODY_CUT.refusal(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(length: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-decoded-content-length", HeaderValue::from_static(length));
        headers.insert("content-encoding", HeaderValue::from_static("aws-chunked, gzip"));
        headers
    }

    #[test]
    fn chunks_are_joined_and_trailers_become_headers() {
        let body = Bytes::from_static(
            b"5\r\nhello\r\n3;chunk-signature=ab\r\n ab\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n",
        );
        let mut headers = headers("8");
        assert_eq!(decode(&body, &mut headers).unwrap(), "hello ab");
        assert_eq!(headers["x-amz-checksum-crc32"], "AAAA");
        assert_eq!(headers["content-encoding"], "gzip");
    }

    #[test]
    fn a_body_cut_short_is_refused() {
        let cut = Bytes::from_static(b"5\r\nhel");
        assert_eq!(decode(&cut, &mut headers("5")).unwrap_err().code, "IncompleteBody");
        let short = Bytes::from_static(b"3\r\nhel\r\n0\r\n\r\n");
        assert_eq!(decode(&short, &mut headers("5")).unwrap_err().code, "IncompleteBody");
    }
}
