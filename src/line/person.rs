//! The person who is asked, whatever they are asked by.

use super::{Form, Typed};
use crate::error::Result;
use crate::profile::question::Question;

/// The person who is asked. What comes back is what they would have typed at a line, so that whoever asks need not
/// know by what.
pub trait Person {
    /// Says one line.
    ///
    /// # Errors
    /// When the person can't be reached any more, as with everything here.
    fn say(&mut self, line: &str) -> Result<()>;

    /// Has one of the rows chosen, or one of the ways on.
    fn choose(&mut self, menu: &Menu<'_>) -> Result<Typed>;

    /// Has a text typed.
    fn text(&mut self, prompt: &str) -> Result<Typed>;

    /// Says what a question is about, before it is asked.
    fn introduce(&mut self, form: &Form, question: &Question, key: &str) -> Result<()>;

    /// Asks a question once: `-` is the default, and nothing leaves the answer as it is.
    fn answer(&mut self, form: &Form, question: &Question, key: &str) -> Result<Typed>;
}

/// Rows to choose from, and ways on.
#[derive(Debug, Default)]
pub struct Menu<'a> {
    /// What heads it.
    pub title: &'a str,
    /// What it is about.
    pub about: &'a str,
    /// The rows, which are numbered from one.
    pub rows: &'a [String],
    /// What a line says of all that can be typed.
    pub prompt: &'a str,
    /// What can be typed instead of a number, and what that does.
    pub ways: &'a [(&'a str, &'a str)],
    /// What of it leads back; empty where only Enter does.
    pub back: &'a str,
    /// What can be typed before a number, and what that does to its row; the first is what a number alone does.
    pub signs: &'a [(&'a str, &'a str)],
}
