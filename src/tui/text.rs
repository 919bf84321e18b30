//! Text measured in columns of the terminal.

pub use crate::apply::figures::{between, duration as clock, size};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How many columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text cut to so many columns, with a sign where it was cut.
pub fn fit(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut left = columns.saturating_sub(1);
    let fits = |letter: &&str| {
        let wide = letter.width();
        let fits = wide <= left;
        left = if fits { left - wide } else { 0 };
        fits
    };
    let kept: String = text.graphemes(true).take_while(fits).collect();
    if columns == 0 { kept } else { kept + "…" }
}

/// The text in exactly so many columns.
pub fn padded(text: &str, columns: usize) -> String {
    let fitted = fit(text, columns);
    let room = columns.saturating_sub(fitted.width());
    fitted + &" ".repeat(room)
}

/// The text in lines of at most so many columns, broken between words where that is possible.
pub fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    text.lines().flat_map(|line| wrapped_line(line, columns)).collect()
}

fn wrapped_line(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        for piece in pieces(word, columns) {
            let last = lines.last_mut();
            match last {
                Some(line) if line.is_empty() => line.push_str(&piece),
                Some(line) if line.width() + 1 + piece.width() <= columns => {
                    line.push(' ');
                    line.push_str(&piece);
                }
                Some(_) | None => lines.push(piece),
            }
        }
    }
    lines
}

/// A line of code in lines of at most so many columns, broken between words; what goes on stands further in.
pub fn wrapped_code(text: &str, columns: usize) -> Vec<String> {
    if text.width() <= columns {
        return vec![text.to_owned()];
    }
    let code = text.trim_start();
    let indent = (text.len() - code.len()).min(columns / 2);
    let lines = wrapped(code, columns.saturating_sub(indent + 2)).into_iter().enumerate();
    lines.map(|(number, line)| " ".repeat(if number == 0 { indent } else { indent + 2 }) + &line).collect()
}

/// A text, cut wherever it is wider than so many columns.
pub fn pieces(word: &str, columns: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    // What is drawn as one is measured as one: a sign after a letter may make it wider.
    for letter in word.graphemes(true).flat_map(|letter| narrow(letter, columns)) {
        let wide = letter.width();
        if used + wide > columns && used > 0 {
            pieces.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(letter);
        }
    }
    pieces
}

/// A letter with its signs, or each by itself where together they are wider than a line.
fn narrow(letter: &str, columns: usize) -> Vec<&str> {
    if letter.width() <= columns {
        return vec![letter];
    }
    letter.split_inclusive(|_| true).collect()
}

/// One line, a sign short of nothing: control characters move no cursor.
pub fn harmless(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// A piece of a line.
pub fn span(style: Style, text: impl Into<String>) -> Span<'static> {
    Span::styled(harmless(&text.into()), style)
}

/// A line in one style.
pub fn line(style: Style, text: impl Into<String>) -> Line<'static> {
    Line::from(span(style, text))
}

/// An empty line.
pub fn blank() -> Line<'static> {
    Line::default()
}

/// A line with something at the right-hand edge; the left part is cut before the right one is.
pub fn with_right(left: Line<'static>, right: Line<'static>, columns: usize) -> Line<'static> {
    let room = columns.saturating_sub(right.width() + 1);
    let mut fitted = fit_line(left, room);
    let gap = columns.saturating_sub(fitted.width() + right.width());
    fitted.spans.push(Span::raw(" ".repeat(gap)));
    fitted.spans.extend(right.spans);
    fitted
}

/// The line cut to so many columns.
pub fn fit_line(line: Line<'static>, columns: usize) -> Line<'static> {
    let mut left = columns;
    let mut fitted = Line::default();
    for part in line.spans {
        let text = fit(&part.content, left);
        left -= text.width().min(left);
        fitted.spans.push(Span::styled(text, part.style));
    }
    fitted
}

/// `1 problem`, `3 problems`.
pub fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a verylongword", 5), ["a", "veryl", "ongwo", "rd"]);
        assert_eq!(wrapped("", 5), Vec::<String>::new());
        assert_eq!(wrapped("𫠠𑤷", 2), ["𫠠", "𑤷"]);
    }

    #[test]
    fn code_keeps_its_indent_and_what_goes_on_stands_further_in() {
        assert_eq!(wrapped_code("  return request;", 40), ["  return request;"]);
        assert_eq!(wrapped_code("  return one + two;", 14), ["  return one", "    + two;"]);
    }

    #[test]
    fn the_right_hand_edge_survives() {
        let told = with_right(line(Style::new(), "abcdefgh"), line(Style::new(), "1:48"), 10);
        assert_eq!(told.to_string(), "abcd… 1:48");
    }

    proptest! {
        #[test]
        fn what_is_padded_is_as_wide_as_asked(text in "\\PC{0,40}", columns in 0_usize..40) {
            prop_assert_eq!(width(&padded(&text, columns)), columns);
        }

        #[test]
        fn no_wrapped_line_is_too_wide(text in "\\PC{0,80}", columns in 2_usize..40) {
            prop_assert!(wrapped(&text, columns).iter().all(|line| width(line) <= columns));
            let columns = columns + 6;
            prop_assert!(wrapped_code(&text, columns).iter().all(|line| width(line) <= columns));
        }
    }
}
