//! Functions that run at CloudFront's edge (Lambda@Edge): ready ones, and the person's own.
//!
//! ```text
//! profile entry ──> package (files, handler) ──> zip ──> code hash
//!        │              │
//!        │              ├──> lint:  what AWS or a visitor would trip over, from the source
//!        │              └──> local: one run here, on a true event ──> answer: CloudFront's rules
//!        └──> `profile::gallery`, where a ready one is named
//! ```
//!
//! Nothing here calls AWS. What AWS refuses, or answers with status 502 at the edge, is found before anything
//! is created.

mod address;
pub mod answer;
pub mod event;
pub mod finding;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod forwarding;
pub mod headers;
pub mod limits;
pub mod lint;
pub mod local;
pub mod package;
pub mod prepare;
mod process;
pub mod runtime;
mod source;
