//! What AWS refused, in words for a person and codes for the program.

use super::credentials::{self, Why};
use crate::apply::Failure;
use crate::error::{Error, Kind};
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as _;
use std::error::Error as StdError;
use std::fmt;

/// Codes by which the services say that a call isn't allowed.
const DENIED: &[&str] = &["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden"];

/// Codes by which the services say that calls come too fast (aws-facts.md H).
const THROTTLED: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "SlowDown",
    "RequestLimitExceeded",
];

/// What is said of a call that nothing could sign.
const NO_CREDENTIALS: &str = "there are no usable credentials any more";

/// A call that AWS refused, or that never reached it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The IAM action, such as `s3:CreateBucket`.
    pub action: &'static str,
    /// What was tried on what: words that follow "could not".
    pub tried: Box<str>,
    /// The service's code; `None` when the call never got an answer.
    pub code: Option<Box<str>>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// What the service, or the way to it, said.
    pub said: Box<str>,
    /// By which AWS's support finds the call.
    pub request_id: Option<Box<str>>,
    /// The region that a bucket's endpoint names as the bucket's.
    pub bucket_region: Option<Box<str>>,
    /// Whether the call was sent, or to be sent, and no answer came.
    pub unanswered: bool,
    /// Why there were no credentials to sign with, where that is what went wrong.
    pub unsigned: Option<Why>,
}

impl Refusal {
    /// What the SDK's error means. `tried` are words that follow "could not".
    pub fn of<E>(action: &'static str, tried: impl Into<String>, error: SdkError<E, HttpResponse>) -> Refusal
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let of_service = error.as_service_error().map(ProvideErrorMetadata::meta);
        Refusal::heard(action, tried.into(), error.raw_response(), of_service, error.source())
    }

    /// Not generic, since there are a hundred kinds of the SDK's errors, and all but this is compiled for each.
    fn heard(
        action: &'static str,
        tried: String,
        answer: Option<&HttpResponse>,
        of_service: Option<&ErrorMetadata>,
        source: Option<&(dyn StdError + 'static)>,
    ) -> Refusal {
        let header = |name: &str| answer.and_then(|answer| answer.headers().get(name)).map(Box::from);
        let unsigned = source.and_then(|error| sources(error).find_map(|source| source.downcast_ref()));
        let unsigned = unsigned.map(Why::of);
        let last = || source.and_then(|error| sources(error).last()).map(ToString::to_string);
        Refusal {
            action,
            tried: tried.into(),
            code: of_service.and_then(ErrorMetadata::code).map(Box::from),
            status: answer.map(|answer| answer.status().as_u16()),
            said: match (of_service.and_then(ErrorMetadata::message), &unsigned, of_service.and(answer)) {
                (Some(message), _, _) => message.into(),
                // The SDK's words may hold what a credential process printed.
                (None, Some(_), _) => NO_CREDENTIALS.into(),
                (None, None, Some(answer)) => without_words(answer.status().as_u16()).into(),
                (None, None, None) => last().unwrap_or_default().into(),
            },
            unanswered: answer.is_none() && unsigned.is_none(),
            unsigned,
            request_id: answer.and_then(|answer| answer.headers().request_id()).map(Box::from),
            bucket_region: header("x-amz-bucket-region"),
        }
    }

    /// A request that the SDK would not put together, which only a mistake of ours can cause.
    pub fn of_ours(action: &'static str, tried: impl Into<String>, error: impl StdError) -> Refusal {
        Refusal::of_words(action, tried, &error.to_string())
    }

    /// A call that failed for a reason that no error of the SDK carries.
    pub fn of_words(action: &'static str, tried: impl Into<String>, said: &str) -> Refusal {
        Refusal {
            action,
            tried: tried.into().into(),
            code: None,
            status: None,
            said: said.into(),
            request_id: None,
            bucket_region: None,
            unanswered: false,
            unsigned: None,
        }
    }

    /// What an answer with this status means that came without the SDK.
    pub fn of_status(action: &'static str, tried: &str, status: u16, message: Option<&str>) -> Refusal {
        let said = message.map_or_else(|| without_words(status), str::to_owned);
        Refusal { status: Some(status), ..Refusal::of_words(action, tried, &said) }
    }

    /// A call that got no answer.
    pub fn unanswered(action: &'static str, tried: &str, error: &(dyn StdError + 'static)) -> Refusal {
        let said = sources(error).last().map(ToString::to_string).unwrap_or_default();
        Refusal { unanswered: true, ..Refusal::of_words(action, tried, &said) }
    }

    /// A call that could not be signed.
    pub fn unsigned(action: &'static str, tried: &str, error: &CredentialsError) -> Refusal {
        Refusal { unsigned: Some(Why::of(error)), ..Refusal::of_words(action, tried, NO_CREDENTIALS) }
    }

    /// For `map_err`: [`Refusal::of`] with the SDK's error still to come.
    pub fn to<E>(
        action: &'static str,
        tried: impl Into<String>,
    ) -> impl FnOnce(SdkError<E, HttpResponse>) -> Refusal
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        move |error| Refusal::of(action, tried, error)
    }

    /// Whether the service's code is this one.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the service's code is one of these.
    pub fn is_any(&self, codes: &[&str]) -> bool {
        codes.iter().any(|code| self.is(code))
    }

    /// Whether calls come too fast.
    pub fn is_throttled(&self) -> bool {
        self.is_any(THROTTLED)
    }

    /// Whether what was asked for isn't there.
    pub fn is_not_found(&self) -> bool {
        self.status == Some(404)
    }

    /// Whether the call isn't allowed.
    pub fn is_denied(&self) -> bool {
        self.is_any(DENIED) || (self.status == Some(403) && !credentials::are_refused(self))
    }

    /// Whether there were no credentials that AWS accepts.
    pub fn is_unsigned(&self) -> bool {
        credentials::are_refused(self)
    }

    /// Whether a condition on an ETag did not hold.
    pub fn is_precondition(&self) -> bool {
        self.status == Some(412)
    }

    /// Whether no answer came.
    pub fn is_unreachable(&self) -> bool {
        self.unanswered
    }

    /// Whether the service itself is down, as far as its answer, or that none came, can tell.
    pub fn is_outage(&self) -> bool {
        self.unanswered || self.status.is_some_and(|status| status >= 500)
    }

    fn hint(&self) -> Option<String> {
        if self.is_unsigned() {
            return Some("log in to AWS again, then run the same command; it goes on from here".to_owned());
        }
        if self.said.contains("account must be verified") {
            // aws-facts.md K1: only AWS can lift this.
            return Some("open a case at https://console.aws.amazon.com/support, and deploy once AWS has verified the account".to_owned());
        }
        if self.is_denied() {
            return Some(format!(
                "allow {} to these credentials, then run the same command again; it goes on from here",
                self.action
            ));
        }
        if self.is_throttled() {
            return Some("AWS asks to go slower; run the same command again in a few minutes".to_owned());
        }
        if self.is("InvalidLocationConstraint") || self.is("RegionDisabledException") {
            return Some(
                "enable the region under Account in the AWS console, or choose another in the profile"
                    .to_owned(),
            );
        }
        if self.is("CNAMEAlreadyExists") {
            // aws-facts.md K9: it may be in another account, which AWS names only in part.
            return Some("take the domain off the distribution that has it; `aws cloudfront list-conflicting-aliases` finds that one".to_owned());
        }
        if self.is_unreachable() {
            return Some("check the network, then run the same command again".to_owned());
        }
        if self.is("SandboxStateUnusable") {
            return Some(
                "`sitecast sandbox reset` has the sandbox begin anew, with nothing in it".to_owned(),
            );
        }
        self.is_outage().then(|| {
            "https://health.aws.amazon.com shows whether AWS has a problem there; run the same command again later"
                .to_owned()
        })
    }

    /// What came back, on one line.
    pub fn cause(&self) -> String {
        let code = self.code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default();
        let request = self.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
        format!("{code}{}{request}", self.said)
    }
}

/// An answer to HEAD has no body, and so no code and no message.
fn without_words(status: u16) -> String {
    let reason = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    format!("the answer was HTTP {status} {}, with no further words", reason.unwrap_or("of no known meaning"))
}

/// The service's code, if it answered with one.
pub fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {}", self.tried, self.cause())
    }
}

impl StdError for Refusal {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        let kind = if credentials::are_refused(&refusal) { Kind::Credentials } else { Kind::Failed };
        let error = Error::new(kind, format!("Could not {}", refusal.tried)).why(refusal.cause());
        Error { hint: refusal.hint(), ..error }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Error::from(refusal).into()
    }
}

pub(super) fn sources<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
