//! The distribution: what we model of it, both ways, and its life from making to removal.

mod behavior;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::spec_of;
pub use write::{fresh, merge};
