//! The screens. Each says what its keys do, and what it looks like.

pub mod confirmation;
pub mod dashboard;
pub mod drift;
pub mod ended;
pub mod faults;
pub mod found;
pub mod known;
pub mod provision;
pub mod records;
pub mod review;
pub mod rules;
pub mod stage;
pub mod teardown;
pub mod welcome;
