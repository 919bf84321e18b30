//! The only place that calls AWS.

pub mod distribution;
mod request;
