//! The only place that calls AWS: session, observation, waits, upload, and one file a resource.

mod credentials;
pub mod refusal;
pub mod session;

pub use session::{ConnectOptions, Session};
