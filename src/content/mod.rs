//! The folder of site files: what is in it, how each file is served, and what changed since the last release.
//!
//! ```text
//! folder ─> scan ─> hash ─┐
//! caching answers ────────┴─> release ─┐
//! manifest or listing of a bucket ─────┴─> change ─> invalidate
//!                                             └────> manifest of the next release
//! ```
//!
//! Only `scan`, `hash`, `hash_cache`, `manifest_copy` and `release` read files; the rest is pure. Nothing here knows a network.

pub mod change;
pub mod covered;
pub mod drift;
#[cfg(test)]
mod fixtures;
pub mod hash;
pub mod hash_cache;
pub mod headers;
pub mod invalidate;
pub mod local_name;
pub mod manifest;
pub mod manifest_copy;
mod media_type;
mod path_pattern;
pub mod problem;
pub mod publication;
pub mod release;
pub mod scan;
pub mod stamp;
mod wildcard;
