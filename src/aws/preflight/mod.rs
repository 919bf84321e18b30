//! Questions to AWS that are asked before anything is changed. Nothing here changes anything.

pub mod permissions;
