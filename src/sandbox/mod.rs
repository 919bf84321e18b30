//! An AWS that runs on this machine, behind a real HTTP endpoint.
//!
//! It speaks the wire protocols of the services that a static site needs, keeps its state in a folder,
//! moves through the real lifecycles at a chosen pace, and refuses what AWS refuses, with AWS's codes.
//! It imports nothing of ours, lest a mistake shared with the program hide.

pub mod acm;
pub mod call;
pub mod calls;
pub mod cloudfront;
pub mod cloudwatch;
mod dispatch;
pub mod dns;
pub mod envelope;
pub mod fault;
pub mod fault_text;
pub mod holders;
pub mod iam;
pub mod identifiers;
pub mod json_calls;
pub mod known;
pub mod lambda;
mod log_events;
pub mod logs;
pub mod operation;
pub mod pace;
pub mod quotas;
pub mod request_id;
pub mod route53;
pub mod rules;
pub mod s3;
pub mod server;
mod signature;
pub mod store;
mod sts;
mod tagging;
