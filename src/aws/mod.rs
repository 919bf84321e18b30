//! The only place that calls AWS: session, observation, waits, upload, and one file a resource.

mod attempt;
pub mod bucket;
pub mod bucket_policy;
pub mod bucket_settings;
pub mod cache_policy;
pub mod claim;
mod credentials;
pub mod distribution;
mod emptying;
pub mod function;
pub mod invalidation;
mod lifecycle;
pub mod origin_access_control;
mod policy_document;
pub mod refusal;
pub mod replication;
pub mod replication_role;
mod request;
pub mod response_headers_policy;
pub mod session;
pub mod tags;

pub use session::{ConnectOptions, Session};
