//! The only place that calls AWS: session, observation, waits, upload, and one file a resource.

mod credentials;
pub mod distribution;
pub mod refusal;
mod request;
pub mod session;

pub use session::{ConnectOptions, Session};
