//! The only place that calls AWS: session, observation, waits, upload, and one file a resource.

pub mod bucket;
pub mod bucket_policy;
pub mod bucket_settings;
mod credentials;
mod emptying;
mod lifecycle;
mod policy_document;
pub mod refusal;
pub mod replication;
pub mod replication_role;
pub mod session;

pub use session::{ConnectOptions, Session};
