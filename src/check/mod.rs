//! Everything that can be known before the first change.
//!
//! Each check is one function that gives its own findings. A check that fails says so in a line of its own and
//! never ends the others.

mod finding;
pub mod permissions;
pub mod policy;

pub use finding::{Finding, Level};
