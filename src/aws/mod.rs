//! The only place that calls AWS: session, observation, waits, upload, and one file a resource.

mod attempt;
pub mod cache_policy;
pub mod claim;
mod credentials;
pub mod distribution;
pub mod function;
pub mod invalidation;
pub mod origin_access_control;
pub mod refusal;
mod request;
pub mod response_headers_policy;
pub mod session;
pub mod tags;

pub use session::{ConnectOptions, Session};
