//! What a profile asks for, what AWS holds now, and the plan between the two.
//!
//! Everything here is pure: no I/O, no clock, no SDK. The hard thinking is therefore testable as
//! `profile + inventory -> plan text`, one file a case.

pub mod backup;
mod build;
mod cache_policy;
mod certificates;
pub mod diff;
pub mod distribution;
pub mod dns;
mod domain_steps;
pub mod domains;
pub mod drift;
pub mod edge;
mod edge_versions;
mod existing;
pub mod facts;
pub mod inventory;
mod lint;
pub mod names;
mod observed_https;
mod old_buckets;
pub mod outlook;
pub mod pasted_records;
pub mod plan;
mod planner;
mod removal;
pub mod resource;
mod teardown;
mod undo;
mod urls;
pub mod visitors;
pub mod zones;

/// The plain values among a profile's answers, of which resources are made too.
pub use crate::profile::answers;
pub use build::{Blueprint, Wanted, blueprint};
pub use certificates::in_use as certificate_in_use;
pub use facts::{EdgeCode, Facts, FolderFacts};
pub use inventory::Inventory;
pub use plan::Plan;
pub use planner::plan;
pub use teardown::{KeepOnDestroy, teardown};
pub use undo::{Made, undo};
pub use zones::records_in_the_way;
