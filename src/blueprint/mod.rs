//! What a profile asks for, what AWS holds now, and the plan between the two.
//!
//! Everything here is pure: no I/O, no clock, no SDK. The hard thinking is therefore testable as
//! `profile + inventory -> plan text`, one file a case.

pub mod diff;
pub mod distribution;
pub mod facts;
pub mod inventory;
pub mod names;
pub mod plan;
pub mod resource;

pub use facts::Facts;
pub use inventory::Inventory;
pub use plan::Plan;
