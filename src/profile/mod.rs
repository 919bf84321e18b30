//! The person's answers: one TOML file, and the only input.
//!
//! ```text
//! file ──> sheet (each answer, its place) ──> profile ──> clashes
//!            │        ▲
//!            └────────┴── questions (the table) ──> set, schema, defaults
//! ```
//!
//! The table in [`questions`] says what can be asked. Reading, defaults, `--set`, unknown keys and the JSON
//! Schema are interpreters of it. What takes several answers to judge is in `clashes`, over the finished
//! [`answers::Profile`].

pub mod answers;
mod build;
mod clashes;
pub mod countries;
pub mod duration;
mod edit;
mod examples;
mod file;
pub mod gallery;
pub mod grammar;
mod line_ends;
mod lists;
mod nearest;
pub mod pattern;
pub mod placement;
pub mod presets;
mod problem;
pub mod proposal;
pub mod question;
pub mod questions;
pub mod regions;
mod reorder;
mod reserved;
mod schema;
mod secrets;
mod sheet;
mod syntax;
mod values;

pub use answers::Profile;
pub use edit::{check_edit, edited, name_of_file, set, spelt, unset};
pub use file::{Loaded, Reading, load, load_in, parse, read, save, unread};
pub use nearest::nearest;
pub use presets::{Preset, new_profile, preset, presets};
pub use problem::{Colour, Problem, Problems, Severity};
pub use reorder::reordered;
pub use reserved::{is_reserved, placeholders};
pub use schema::schema;
pub use sheet::Sheet;
