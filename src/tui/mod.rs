//! The full-screen wizard: welcome, five stages, review, provisioning, done.
//!
//! ```text
//! keys, paste, resize ──┐
//! messages of a worker ─┼─> update(state) ──> commands to the worker
//! time ─────────────────┘        │
//!                                └─> view(state) ──> one frame
//! ```
//!
//! [`run::run`] takes both ends as parameters, so a test drives the real loop with scripted keys. [`view::view`] is
//! a pure function of the state. No screen does I/O: what has to be done leaves as a [`message::Command`], and what
//! came of it arrives as a [`message::Message`].

pub mod answer;
pub mod dashboard;
pub mod editing;
pub mod faults;
pub mod focus;
mod in_words;
pub mod keys;
pub mod line_diff;
pub mod lookup;
pub mod message;
pub mod on_site;
pub mod own_code;
pub mod rows;
pub mod run;
pub mod screens;
pub mod site_keys;
pub mod state;
pub mod teardown;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod undo;
pub mod update;
pub mod view;
pub mod widgets;

pub use message::{Command, Message};
pub use run::run;
pub use state::{Setup, State};
pub use theme::Theme;
