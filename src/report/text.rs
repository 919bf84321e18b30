//! A line of text in several styles, measured in columns of the terminal.

use anstream::{AutoStream, ColorChoice};
use anstyle::Style;
use std::env;
use std::io;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether colours are wanted.
    pub colour: bool,
    /// Whether it shows more than ASCII.
    pub unicode: bool,
    /// How many columns it has.
    pub width: usize,
}

impl Look {
    /// The look of this process's stderr; `choice` is what the person asked for.
    pub fn of_stderr(choice: ColorChoice) -> Self {
        let colour = match choice {
            ColorChoice::Auto => AutoStream::choice(&io::stderr()),
            ColorChoice::AlwaysAnsi | ColorChoice::Always | ColorChoice::Never => choice,
        };
        let (_, columns) = console::Term::stderr().size();
        Look { colour: colour != ColorChoice::Never, unicode: shows_unicode(), width: columns.into() }
    }

    /// No colour and nothing but ASCII, as for a log file.
    pub fn plain() -> Self {
        Look { colour: false, unicode: false, width: 80 }
    }
}

/// As the C library decides it: the first of these that is set counts.
fn shows_unicode() -> bool {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    match locale {
        Some(locale) => locale.to_lowercase().replace('-', "").contains("utf8"),
        None => cfg!(windows) || cfg!(target_os = "macos"),
    }
}

/// From how many columns on the beginning of a word is kept where a line is cut.
const LONGEST_FRAGMENT: usize = 12;

/// How far rows after the first are set in.
const SET_IN: usize = 4;

/// A line of text in several styles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    spans: Vec<(Style, String)>,
}

impl Text {
    /// An empty line.
    pub fn new() -> Self {
        Text::default()
    }

    /// Adds words in the terminal's own style.
    pub fn plain(self, words: impl Into<String>) -> Self {
        self.styled(Style::new(), words)
    }

    /// Adds words in a style.
    pub fn styled(mut self, style: Style, words: impl Into<String>) -> Self {
        let words: String = words.into();
        // Whatever an error message holds, a line stays a line and moves no cursor.
        let words = words.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
        self.spans.push((style, words));
        self
    }

    /// Its width in columns.
    pub fn width(&self) -> usize {
        self.spans.iter().map(|(_, words)| words.width()).sum()
    }

    /// The line cut to `width` columns, with a sign where it was cut.
    pub fn fit(self, width: usize, look: Look) -> Self {
        if self.width() <= width {
            return self;
        }
        let sign = if look.unicode { "…" } else { "..." };
        let mut left = width.saturating_sub(sign.width());
        let mut fitted = Text::new();
        for (style, words) in self.spans {
            let kept: String = words.chars().take_while(|char| take(&mut left, *char)).collect();
            if kept.len() < words.len() {
                fitted = fitted.styled(style, without_fragment(&kept));
                break;
            }
            fitted = fitted.styled(style, kept);
        }
        fitted.plain(sign.chars().take(width).collect::<String>())
    }

    /// The line on as many rows as it needs, broken between words; rows after the first are set in.
    pub fn wrapped(&self, width: usize) -> Vec<Text> {
        let mut rows = vec![Text::new()];
        for (style, words) in &self.spans {
            for word in words.split_inclusive(' ') {
                let used = rows.last().map_or(0, Text::width);
                if used > SET_IN && used + word.trim_end().width() > width {
                    rows.push(Text::new().plain(" ".repeat(SET_IN)));
                }
                if let Some(row) = rows.last_mut() {
                    row.spans.push((*style, word.to_owned()));
                }
            }
        }
        rows
    }

    /// The line with `right` at the right-hand edge of its last row; nothing is cut.
    pub fn wrapped_with_right(&self, right: &str, look: Look) -> Vec<Text> {
        let mut rows = self.wrapped(look.width.saturating_sub(right.width() + 2));
        let last = rows.pop().map(|row| row.with_right(right, look));
        rows.into_iter().chain(last).collect()
    }

    /// The line with `right` at the right-hand edge; the line is cut, `right` is not.
    pub fn with_right(self, right: &str, look: Look) -> Self {
        let room = look.width.saturating_sub(right.width() + 2);
        let fitted = self.fit(room, look);
        let gap = look.width.saturating_sub(fitted.width() + right.width());
        fitted.plain(" ".repeat(gap)).plain(right)
    }

    /// The line as it is written, with colours where they are wanted.
    pub fn painted(&self, look: Look) -> String {
        let paint = |(style, words): &(Style, String)| {
            let words = if look.unicode { words.clone() } else { in_ascii(words) };
            if look.colour { format!("{style}{words}{style:#}") } else { words }
        };
        self.spans.iter().map(paint).collect()
    }
}

/// What is left of a cut line without the beginning of a word. A long one is a name, of which a part tells more
/// than nothing.
fn without_fragment(kept: &str) -> &str {
    match kept.rsplit_once(' ') {
        Some((words, fragment)) if fragment.width() < LONGEST_FRAGMENT => words.trim_end(),
        Some(_) | None => kept,
    }
}

/// Our own signs in ASCII; what others have named keeps its name.
fn in_ascii(words: &str) -> String {
    words.replace('·', "-").replace('…', "...")
}

fn take(left: &mut usize, char: char) -> bool {
    let width = char.width().unwrap_or(0);
    let fits = width <= *left;
    *left = if fits { *left - width } else { 0 };
    fits
}

/// Lines as they are written, each with its end.
pub fn painted(lines: &[Text], look: Look) -> String {
    lines.iter().map(|line| line.painted(look).trim_end().to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use anstyle::AnsiColor;
    use proptest::prelude::*;

    const WIDE: Look = Look { colour: false, unicode: true, width: 10 };

    #[test]
    fn a_long_line_is_cut_by_columns() {
        let line = Text::new().plain("上海").plain(" harbour");
        assert_eq!(line.clone().fit(8, WIDE).painted(WIDE), "上海…");
        assert_eq!(line.clone().fit(4, WIDE).painted(WIDE), "上…");
        assert_eq!(line.fit(13, WIDE).painted(WIDE), "上海 harbour");
    }

    #[test]
    fn the_right_hand_edge_survives() {
        assert_eq!(Text::new().plain("a").with_right("1:48", WIDE).painted(WIDE), "a     1:48");
        assert_eq!(Text::new().plain("abcdefgh").with_right("1:48", WIDE).painted(WIDE), "abc…  1:48");
    }

    #[test]
    fn a_wrapped_line_breaks_between_words_and_loses_none() {
        let line = Text::new().plain("one two three").plain(" four");
        let rows: Vec<_> =
            line.wrapped(10).iter().map(|row| row.painted(WIDE).trim_end().to_owned()).collect();
        assert_eq!(rows, ["one two", "    three", "    four"]);
        assert_eq!(Text::new().plain("abcdefghijklmnop").wrapped(10).len(), 1, "a name is never cut");
    }

    #[test]
    fn without_unicode_our_signs_are_ascii() {
        assert_eq!(Text::new().plain("a · b…").painted(Look { unicode: false, ..WIDE }), "a - b...");
    }

    #[test]
    fn colour_is_only_where_it_is_wanted() {
        let line = Text::new().styled(AnsiColor::Red.on_default(), "bad");
        assert_eq!(line.painted(WIDE), "bad");
        assert_eq!(line.painted(Look { colour: true, ..WIDE }), "\u{1b}[31mbad\u{1b}[0m");
    }

    #[test]
    fn control_characters_move_no_cursor() {
        assert_eq!(Text::new().plain("a\n\u{1b}[2Jb").painted(WIDE), "a  [2Jb");
    }

    proptest! {
        #[test]
        fn a_fitted_line_fits(words in "\\PC{0,40}", width in 0_usize..30, unicode: bool) {
            let look = Look { unicode, ..WIDE };
            prop_assert!(Text::new().plain(words).fit(width, look).width() <= width);
        }
    }
}
