//! Questions to AWS that are asked before anything is changed. Nothing here changes anything.

pub mod certificates;
pub mod distributions;
pub mod permissions;
pub mod quotas;
pub mod regions;
pub mod zones;
