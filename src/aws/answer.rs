//! What S3 answers to a request that went without the SDK's machinery.

use super::refusal::Refusal;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::date_time::{DateTime, Format};
use serde::Deserialize;
use std::time::SystemTime;

/// S3 did what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// By which AWS's support finds the call.
    pub request_id: Option<String>,
    /// The object's ETag, without quotes.
    pub etag: String,
}

/// S3 did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// The time by S3's clock, where it told it.
    pub time: Option<SystemTime>,
}

/// An error as S3 writes it; what is not XML has no code and no message.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Told {
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Refused { refusal, time: None }
    }
}

impl Answer {
    /// What an answer without a body says.
    pub fn of(response: &HttpResponse) -> Answer {
        let header = |name: &str| response.headers().get(name);
        Answer {
            status: response.status().as_u16(),
            request_id: header("x-amz-request-id").map(str::to_owned),
            etag: header("etag").unwrap_or_default().trim_matches('"').to_owned(),
        }
    }
}

/// What a refusing answer says.
pub async fn refused(action: &'static str, words: &str, response: HttpResponse) -> Refused {
    let status = response.status().as_u16();
    let header = |name: &str| response.headers().get(name).map(str::to_owned);
    let (id, region, date) = (header("x-amz-request-id"), header("x-amz-bucket-region"), header("date"));
    // An answer that breaks off is told by its status alone.
    let body = ByteStream::new(response.into_body()).collect().await.map(|body| body.into_bytes());
    let told = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
    let told: Told = quick_xml::de::from_str(&told).unwrap_or_default();
    let time = date.and_then(|date| DateTime::from_str(&date, Format::HttpDate).ok());
    Refused {
        refusal: Refusal {
            code: told.code.map(Box::from),
            request_id: id.or(told.request_id).map(Box::from),
            bucket_region: region.map(Box::from),
            ..Refusal::of_status(action, words, status, told.message.as_deref())
        },
        time: time.and_then(|time| SystemTime::try_from(time).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::body::SdkBody;
    use std::time::{Duration, UNIX_EPOCH};

    async fn answered(status: u16, body: &'static str) -> Refused {
        let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
        response.headers_mut().insert("date", "Thu, 01 Jan 1970 02:00:00 GMT");
        response.headers_mut().insert("x-amz-request-id", "ID");
        refused("s3:PutObject", "upload a.txt", response).await
    }

    #[tokio::test]
    async fn code_message_and_time_are_read() {
        let refused = answered(
            503,
            "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Please &amp; thanks</Message></Error>",
        );
        let Refused { refusal, time } = refused.await;
        assert!(refusal.is("SlowDown"));
        assert_eq!(refusal.cause(), "SlowDown: Please & thanks (request ID)");
        assert_eq!((refusal.status, time), (Some(503), Some(UNIX_EPOCH + Duration::from_secs(7200))));
    }

    #[tokio::test]
    async fn an_answer_that_is_no_xml_is_told_by_its_status() {
        let Refused { refusal, .. } = answered(502, "<html>bad gateway").await;
        assert_eq!(refusal.code, None);
        assert_eq!(
            refusal.cause(),
            "the answer was HTTP 502 Bad Gateway, with no further words (request ID)"
        );
    }
}
