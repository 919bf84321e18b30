//! What a run has done, in numbers.

use crate::blueprint::plan::Action;
use serde::Serialize;

/// What a run has done, in numbers. Steps that only waited, kept or copied something have changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Resources made.
    pub created: usize,
    /// Resources changed.
    pub changed: usize,
    /// Resources removed.
    pub deleted: usize,
    /// Half-made resources finished.
    pub adopted: usize,
    /// Steps that failed.
    pub failed: usize,
    /// Steps that never ran.
    pub skipped: usize,
}

impl Tally {
    /// The tally of the steps that did what they should, and of those that didn't.
    pub fn new(done: impl IntoIterator<Item = Action>, failed: usize, skipped: usize) -> Tally {
        let none = Tally { failed, skipped, ..Tally::default() };
        done.into_iter().fold(none, |mut tally, action| {
            match action {
                Action::Create => tally.created += 1,
                Action::Update => tally.changed += 1,
                Action::Delete => tally.deleted += 1,
                Action::Adopt => tally.adopted += 1,
                Action::Keep | Action::Await | Action::BackUp => {}
            }
            tally
        })
    }
}
