//! The only place that calls AWS: session, observation, waits, upload, and one file a resource.

pub mod bucket;
pub mod bucket_policy;
pub mod bucket_settings;
mod credentials;
mod difference;
mod emptying;
mod lifecycle;
mod listing;
mod multipart;
mod policy_document;
pub mod publication;
pub mod record;
pub mod refusal;
pub mod replication;
pub mod replication_role;
pub mod session;
mod upload;
mod wait;

pub use publication::Publication;
pub use session::{ConnectOptions, Session};
