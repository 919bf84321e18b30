//! Rules about key-value stores.

use super::function::is_short_name;
use super::{Rule, Subject, says};

/// A store as a client wants it.
#[derive(Debug)]
pub struct Wish<'a> {
    /// Its name.
    pub name: &'a str,
    /// Words for people.
    pub comment: &'a str,
}

/// Key-value stores.
#[derive(Debug)]
pub struct Wishes;

impl Subject for Wishes {
    type At<'a> = Wish<'a>;
}

/// The table.
pub const RULES: &[Rule<Wishes>] = &[
    Rule {
        id: "key-value-store-name",
        code: "InvalidArgument",
        about: "a name that is empty, has more than 64 characters, or others than letters, digits, - and _",
        source: "service model",
        complaint: |w| says(!is_short_name(w.name), "The parameter Name is invalid."),
    },
    Rule {
        id: "key-value-store-comment",
        code: "InvalidArgument",
        about: "a comment of more than 128 characters",
        source: "service model",
        complaint: |w| says(w.comment.chars().count() > 128, "The parameter Comment is too big."),
    },
];
