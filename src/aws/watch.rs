//! Each call to AWS as it went, for a person who wants to watch. Only what names a call is told: no parameter, no
//! header and no body, so no secret either.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use aws_types::region::Region;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The headers in which the services name a request.
const REQUEST_ID_HEADERS: [&str; 2] = ["x-amzn-requestid", "x-amz-request-id"];

/// A call to AWS, or one of several attempts at it, that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Whether this is all of it, or one attempt.
    pub part: Part,
    /// The service, such as `S3`.
    pub service: String,
    /// The operation, such as `PutObject`.
    pub operation: String,
    /// The region that was called.
    pub region: String,
    /// The HTTP status; `None` when no answer came.
    pub status: Option<u16>,
    /// By which AWS's support finds the call.
    pub request_id: Option<String>,
    /// How many attempts there were so far.
    pub attempts: u32,
    /// How long it took.
    pub took: Duration,
}

/// How much of a call something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// One attempt, which the SDK may repeat.
    Attempt,
    /// All attempts and the pauses between them.
    Whole,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Call { part, service, operation, region, status, request_id, attempts, took } = self;
        let status = status.map_or("no answer".to_owned(), |status| status.to_string());
        write!(f, "aws {service} {operation} {region} {status} {} ms", took.as_millis())?;
        match (part, attempts) {
            (Part::Attempt, _) => write!(f, ", attempt {attempts}")?,
            (Part::Whole, 0 | 1) => {}
            (Part::Whole, _) => write!(f, ", {attempts} attempts")?,
        }
        request_id.as_ref().map_or(Ok(()), |id| write!(f, ", request {id}"))
    }
}

/// Where calls are told.
#[derive(Clone)]
pub struct Watch(Arc<dyn Fn(Call) + Send + Sync>);

impl Watch {
    /// Tells each call and each attempt to `listener`.
    pub fn new(listener: impl Fn(Call) + Send + Sync + 'static) -> Self {
        Watch(Arc::new(listener))
    }

    /// Tells nobody.
    pub fn nobody() -> Self {
        Watch::new(drop)
    }

    /// Tells a call that went without the SDK's machinery.
    pub(super) fn tell_call(&self, call: Call) {
        (self.0)(call);
    }

    fn tell(&self, part: Part, context: &FinalizerInterceptorContextRef<'_>, cfg: &ConfigBag) {
        let Some(sent) = cfg.load::<LastSent>() else { return };
        // What was only signed, to see how it would be sent, came to neither an answer nor an error.
        if context.output_or_error().is_none() {
            return;
        }
        let metadata = cfg.load::<Metadata>();
        let response = context.response();
        let header = |name: &&str| response.and_then(|response| response.headers().get(*name));
        let began = match part {
            Part::Attempt => Some(sent.0),
            Part::Whole => cfg.load::<CallBegan>().map(|began| began.0),
        };
        (self.0)(Call {
            part,
            service: metadata.map(|metadata| metadata.service().to_owned()).unwrap_or_default(),
            operation: metadata.map(|metadata| metadata.name().to_owned()).unwrap_or_default(),
            region: cfg.load::<Region>().map(ToString::to_string).unwrap_or_default(),
            status: response.map(|response| response.status().as_u16()),
            request_id: REQUEST_ID_HEADERS.iter().find_map(header).map(str::to_owned),
            attempts: cfg.load::<RequestAttempts>().map_or(0, RequestAttempts::attempts),
            took: began.map(|began| began.elapsed()).unwrap_or_default(),
        });
    }
}

impl Default for Watch {
    fn default() -> Self {
        Watch::nobody()
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

#[derive(Debug)]
struct CallBegan(Instant);

impl Storable for CallBegan {
    type Storer = StoreReplace<Self>;
}

/// When the last attempt left. A request that was only signed, to learn an address, never does.
#[derive(Debug)]
struct LastSent(Instant);

impl Storable for LastSent {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn read_before_execution(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        cfg.interceptor_state().store_put(CallBegan(Instant::now()));
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        cfg.interceptor_state().store_put(LastSent(Instant::now()));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.tell(Part::Attempt, context, cfg);
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.tell(Part::Whole, context, cfg);
        Ok(())
    }
}

/// A client of one service, made of the common configuration and a [`Watch`].
macro_rules! watched_client {
    ($service:ident, $config:expr, $watch:expr) => {
        $service::Client::from_conf(
            $service::config::Builder::from($config).interceptor($watch.clone()).build(),
        )
    };
}

pub(super) use watched_client;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_told_on_one_line() {
        let call = Call {
            part: Part::Whole,
            service: "S3".into(),
            operation: "HeadBucket".into(),
            region: "eu-west-1".into(),
            status: Some(200),
            request_id: Some("ABC".into()),
            attempts: 1,
            took: Duration::from_millis(12),
        };
        assert_eq!(call.to_string(), "aws S3 HeadBucket eu-west-1 200 12 ms, request ABC");
        let lost = Call { status: None, request_id: None, attempts: 10, ..call };
        assert_eq!(lost.to_string(), "aws S3 HeadBucket eu-west-1 no answer 12 ms, 10 attempts");
        let attempt = Call { part: Part::Attempt, attempts: 2, ..lost };
        assert_eq!(attempt.to_string(), "aws S3 HeadBucket eu-west-1 no answer 12 ms, attempt 2");
    }
}
