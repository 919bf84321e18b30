//! The same questions without a screen: by prompts where the terminal can redraw a line, and otherwise by lines that
//! are only ever added, so that a screen reader, a dumb terminal or a transcript gets each of them once and in order.
//!
//! ```text
//! stage page ──> a number ──> one question ──> the profile's text, saved
//!      └───────> a list ────> one item of it ──┘
//! ```
//!
//! Everything shown comes from the table of questions; nothing here knows a single key.

mod form;
mod inline;
mod interview;
mod opening;
mod page;
mod person;
mod question;
mod summary;
mod talk;
#[cfg(test)]
mod tests;

pub use form::{Form, Look};
pub use inline::Inline;
pub use interview::{Outcome, begin, interview};
pub use opening::{Mode, opening};
pub use person::{Menu, Person};
pub use talk::{Talk, Typed};
