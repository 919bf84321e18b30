//! What keeps a text from being TOML: not only the first mistake, as far as the others can be told from its
//! consequences.
//!
//! A parser stops at the first mistake. Where that is one line by itself, the rest is read on: a line `key = value` is
//! taken for blank, also where it opens what no line closes, and a table's name without its last bracket is given
//! that. Anything else would make whatever follows look wrong too, so the search ends there.

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
    /// The text without the mistakes, where what is left is TOML.
    pub sound: Option<String>,
    /// Where brackets were put into it, places of its own. All else stays where it was.
    pub added: Vec<usize>,
    /// The keys on the mistaken lines.
    pub keys: Vec<String>,
}

/// A mistake that is one line by itself.
enum Lone {
    /// The answer to this key can't be read.
    Answer(String),
    /// A table's name lacks these brackets.
    Header(&'static str),
}

/// Finds the mistakes in `text`.
pub(super) fn mend(text: &str) -> Mended {
    let mut left = text.to_owned();
    let mut mended = Mended { problems: Vec::new(), sound: None, added: Vec::new(), keys: Vec::new() };
    while mended.problems.len() < MOST_MISTAKES {
        let error = match Document::parse(left.as_str()) {
            Ok(_) => {
                mended.sound = Some(left);
                break;
            }
            Err(error) => error,
        };
        let line = mistaken_line(&left, error.span().map_or(0, |span| span.start));
        // The parser doesn't tell mistakes in the order of their places.
        let upto_there = left.get(..line.end).map(Document::parse);
        let error = upto_there.and_then(Result::err).unwrap_or(error);
        let lone = lone_mistake(&left, &line);
        if lone.is_some() || mended.problems.is_empty() {
            mended.problems.push(mended.in_text(problem(&error)));
        }
        match lone {
            None => break,
            Some(Lone::Answer(key)) => {
                mended.keys.push(key);
                let blank = " ".repeat(line.len());
                left.replace_range(line, &blank);
            }
            Some(Lone::Header(brackets)) => {
                let end = line.start + left.get(line.clone()).map_or(0, |line| line.trim_end().len());
                left.insert_str(end, brackets);
                mended.added.extend(brackets.chars().map(|_| end));
            }
        }
    }
    mended
}

impl Mended {
    /// A problem found in what is left of the text, with its places in the text itself.
    pub fn in_text(&self, problem: Problem) -> Problem {
        problem.moved(|place| place - self.added.iter().filter(|added| **added < place).count())
    }
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
    let end = after.find('\n').map_or(text.len(), |newline| position + newline);
    // A lone carriage return would be a mistake of its own.
    let line = text.get(start..end).unwrap_or_default();
    start..start + line.strip_suffix('\r').unwrap_or(line).len()
}

/// The line at which the text stops being TOML, for a mistake that shows at `position`: what a line opens and no line
/// closes shows further down.
fn mistaken_line(text: &str, position: usize) -> Range<usize> {
    let mut line = line_around(text, position);
    while line.start > 0 && !is_sound(text.get(..line.start)) {
        line = line_around(text, line.start - 1);
    }
    line
}

fn lone_mistake(text: &str, line: &Range<usize>) -> Option<Lone> {
    let (words, rest) = (text.get(line.clone())?.trim(), text.get(line.end..)?);
    let stands_alone = rest.lines().find(|line| !line.trim().is_empty()).is_none_or(begins_anew);
    if !is_sound(text.get(..line.start)) || !stands_alone {
        return None;
    }
    if let Some(name) = words.strip_prefix('[') {
        let (name, wanted) = name.strip_prefix('[').map_or((name, 1_usize), |name| (name, 2));
        let bare = name.trim_end_matches(']');
        let missing =
            "]]".get(..wanted.saturating_sub(name.len() - bare.len())).filter(|missing| !missing.is_empty());
        return missing.filter(|_| is_key(bare)).map(Lone::Header);
    }
    let (key, _) = words.split_once('=')?;
    is_key(key).then(|| Lone::Answer(key.trim().rsplit('.').next().unwrap_or(key).to_owned()))
}

/// Whether a line can only be the beginning of something, and not the rest of what an earlier one began.
fn begins_anew(line: &str) -> bool {
    let line = line.trim();
    let is_answer = line.split_once('=').is_some_and(|(key, _)| is_key(key));
    is_answer
        || line.starts_with('#')
        || line.strip_prefix('[').is_some_and(|name| name.starts_with(is_plain))
        || line.starts_with("[[")
}

fn is_key(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().all(is_plain)
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._-".contains(c)
}

fn is_sound(text: Option<&str>) -> bool {
    text.is_some_and(|text| Document::parse(text).is_ok())
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
    fn mistakes_of_different_kinds_are_each_told_once() {
        let text = "a = bare\n[table\nb = \"open\nc = [1, 2,\nd = 4\n";
        let at: Vec<_> = mend(text).problems.iter().map(|problem| problem.line_and_column(text).0).collect();
        assert_eq!(at, [1, 2, 3, 4]);
    }

    #[test]
    fn the_name_of_a_table_without_its_bracket_is_one_mistake() {
        assert_eq!(lines("[table\nb = 2\nc = ?\n"), (vec![1, 3], true));
        assert_eq!(lines("[[table]\nb = 2\n[[table\nc = ?\n"), (vec![1, 3, 4], true));
    }

    #[test]
    fn the_name_of_a_table_with_a_bracket_too_many_is_one_mistake() {
        assert_eq!(lines("[table]]\nb = 2\n").0, [1]);
        assert_eq!(lines("[[table]]]\nb = 2\n").0, [1]);
    }

    #[test]
    fn what_is_never_closed_is_one_mistake_on_the_line_that_opens_it() {
        assert_eq!(lines("a = [1,\nb = 2\nc = ?\n"), (vec![1, 3], true));
        assert_eq!(lines("a = { b = 1,\n[table]\nc = ?\n").0.len(), 2);
    }

    #[test]
    fn what_a_mistake_brings_about_is_not_told() {
        assert_eq!(lines("a = [1,\nb = 2\nc = 3\n").0.len(), 1);
        assert_eq!(lines("a = \"\"\"never closed\nb = 2\n").0.len(), 1);
        assert_eq!(lines("a = [x,\n \"y\",\n]\nb = ?\n").0.len(), 1);
    }

    #[test]
    fn what_comes_after_an_added_bracket_keeps_its_place() {
        let text = "[table\nb = 2\n[[other\nc = ?\n";
        let starts: Vec<_> = mend(text).problems.iter().map(|problem| problem.place.start).collect();
        assert_eq!(starts.last(), text.find('?').as_ref());
    }

    #[test]
    fn windows_line_ends_change_nothing() {
        let text = "a = 1\nb = \"open\nc = ?\n[table\nd = 4\nd = 5\n\n";
        let told = |text: &str| -> Vec<_> {
            let problems = mend(text).problems;
            problems.iter().map(|it| (it.line_and_column(text), it.message.clone())).collect()
        };
        assert_eq!(told(&text.replace('\n', "\r\n")), told(text));
    }

    #[test]
    fn places_stay_what_they_were() {
        let text = "ü = 1\nb = ünquoted\nc = ?\n";
        let mended = mend(text);
        assert!(mended.sound.is_none_or(|sound| sound.len() == text.len()));
    }
}
