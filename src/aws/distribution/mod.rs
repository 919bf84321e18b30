//! The distribution: what we model of it, both ways, and its life from making to removal.

mod behavior;
mod change;
mod create;
mod observe;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use change::{delete, disable, is_deployed, update};
pub use create::{Owner, create, patience};
pub(in crate::aws) use observe::says_deployed as is_deployed_status;
pub use observe::{Candidate, Neighbour, Overview, candidates, overview, read};
pub use read::spec_of;
pub use write::{fresh, merge};
