//! What keeps a text from being TOML: not only the first mistake, as far as the others can be told from its
//! consequences.
//!
//! A parser stops at the first mistake. Where that is one line `key = value` in an otherwise sound beginning, the
//! line is taken for blank and the rest is read on. Anything else, such as an array that is never closed, would make
//! whatever follows look wrong too, so the search ends there.

use super::problem::Problem;
use super::question::Fault;
use std::ops::Range;
use toml_edit::{Document, TomlError};

/// More mistakes than this tell that the text is something else altogether.
const MOST_MISTAKES: usize = 20;

/// What was found out about a text that is not TOML.
#[derive(Debug)]
pub(super) struct Mended {
    /// Each mistake.
    pub problems: Vec<Problem>,
    /// The text with the mistaken lines blank, where that makes it TOML. All places stay what they were.
    pub sound: Option<String>,
    /// The keys on the mistaken lines.
    pub keys: Vec<String>,
}

/// Finds the mistakes in `text`.
pub(super) fn mend(text: &str) -> Mended {
    let mut left = text.to_owned();
    let mut mended = Mended { problems: Vec::new(), sound: None, keys: Vec::new() };
    while mended.problems.len() < MOST_MISTAKES {
        let error = match Document::parse(left.as_str()) {
            Ok(_) => {
                mended.sound = Some(left);
                break;
            }
            Err(error) => error,
        };
        let line = line_around(&left, error.span().map_or(0, |span| span.start));
        let key = lone_mistake(&left, &line);
        if key.is_some() || mended.problems.is_empty() {
            mended.problems.push(problem(&error));
        }
        let Some(key) = key else { break };
        mended.keys.push(key);
        let blank = " ".repeat(line.len());
        left.replace_range(line, &blank);
    }
    mended
}

fn problem(error: &TomlError) -> Problem {
    let fault = Fault::new(format!("this is not TOML: {}", error.message()));
    Problem::new("", error.span().unwrap_or(0..0), fault)
}

/// The line that holds `position`, without its end.
fn line_around(text: &str, position: usize) -> Range<usize> {
    let position = text.floor_char_boundary(position);
    let (before, after) = text.split_at(position);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    start..after.find('\n').map_or(text.len(), |newline| position + newline)
}

/// The key of a line `key = value` that is wrong by itself: all before it is sound.
fn lone_mistake(text: &str, line: &Range<usize>) -> Option<String> {
    let (key, _) = text.get(line.clone())?.split_once('=')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let key = key.trim();
    let is_key = !key.is_empty() && key.chars().all(plain);
    let sound = Document::parse(text.get(..line.start)?).is_ok();
    (is_key && sound).then(|| key.rsplit('.').next().unwrap_or(key).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> (Vec<usize>, bool) {
        let mended = mend(text);
        let line = |problem: &Problem| problem.line_and_column(text).0;
        (mended.problems.iter().map(line).collect(), mended.sound.is_some())
    }

    #[test]
    fn each_mistaken_line_is_found() {
        assert_eq!(lines("a = 1\nb = \"open\nc = ?\nd = 4\n"), (vec![2, 3], true));
    }

    #[test]
    fn what_a_mistake_brings_about_is_not_told() {
        assert_eq!(lines("a = [1,\nb = 2\nc = 3\n").0.len(), 1);
        assert_eq!(lines("a = \"\"\"never closed\nb = 2\n").0.len(), 1);
        assert_eq!(lines("[table\nb = 2\nc = ?\n").0, [1]);
        assert_eq!(lines("a = [x,\n \"y\",\n]\nb = ?\n").0.len(), 1);
    }

    #[test]
    fn places_stay_what_they_were() {
        let text = "ü = 1\nb = ünquoted\nc = ?\n";
        let mended = mend(text);
        assert!(mended.sound.is_none_or(|sound| sound.len() == text.len()));
    }
}
