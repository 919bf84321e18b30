//! The person's answers: one TOML file, and the only input.

pub mod answers;
