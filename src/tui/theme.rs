//! What a terminal can show: the styles that screens use, and what becomes of them without colour or Unicode.
//!
//! Screens are drawn as for a terminal that can do everything. [`Theme::finish`] then takes away what this one can't,
//! in one place, so that no widget has to ask. The background is never set: it is the person's own.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier, Style};

/// What this terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Whether colours are wanted.
    pub colour: bool,
    /// Whether it shows more than ASCII.
    pub unicode: bool,
}

/// The terminal's own style.
pub const PLAIN: Style = Style::new();
/// What heads a block.
pub const HEADING: Style = Style::new().add_modifier(Modifier::BOLD);
/// What is less important than the rest.
pub const FAINT: Style = Style::new().add_modifier(Modifier::DIM);
/// Where the person is.
pub const FOCUS: Style = Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD);
/// A key that can be pressed.
pub const KEY: Style = Style::new().fg(Color::Cyan);
/// What is as it should be.
pub const GOOD: Style = Style::new().fg(Color::Green);
/// What should be looked at. Only its sign stays yellow, see [`Theme::finish`].
pub const DOUBTFUL: Style = Style::new().fg(Color::Yellow);
/// What can't stay as it is.
pub const WRONG: Style = Style::new().fg(Color::Red);

impl Theme {
    /// Takes from a drawn frame what this terminal can't show.
    pub fn finish(self, buffer: &mut Buffer) {
        if self.colour {
            embolden_doubtful_words(&mut buffer.content);
        } else {
            buffer.content.iter_mut().for_each(|cell| _ = cell.set_fg(Color::Reset));
        }
        if !self.unicode {
            buffer.content.iter_mut().filter(|cell| !cell.symbol().is_ascii()).for_each(|cell| {
                let plain = cell.symbol().chars().next().map_or(' ', in_ascii);
                cell.set_char(plain);
            });
        }
    }
}

/// Yellow words can hardly be read on a light background, and nothing tells what the background is.
fn embolden_doubtful_words(cells: &mut [Cell]) {
    let mut in_words = false;
    for cell in cells {
        let is_doubtful = cell.fg == Color::Yellow;
        in_words = is_doubtful && (in_words || cell.symbol().chars().all(char::is_alphanumeric));
        if in_words {
            cell.set_style(PLAIN.fg(Color::Reset).add_modifier(Modifier::BOLD));
        }
    }
}

/// The character that stands for another where there is only ASCII.
fn in_ascii(letter: char) -> char {
    match letter {
        '▸' | '→' => '>',
        '✓' => '*',
        '●' => '@',
        '○' => 'o',
        '✗' => 'x',
        '◐' => '%',
        '─' | '·' | '−' | '–' => '-',
        '…' => '.',
        '↑' => '^',
        '←' => '<',
        '↓' => 'v',
        '≠' => '!',
        '█' => '#',
        '▇' => '*',
        '▆' => '+',
        '▅' => '=',
        '▄' => '-',
        '▃' => ':',
        '▂' => '.',
        '▁' | '▏' => '_',
        'é' => 'e',
        'ã' => 'a',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;

    fn finished(theme: Theme, text: &str) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
        buffer.set_string(0, 0, text, GOOD);
        theme.finish(&mut buffer);
        buffer
    }

    #[test]
    fn ascii_keeps_the_columns() {
        let buffer = finished(Theme { colour: true, unicode: false }, "✓ São · 上海");
        let row: String = buffer.content.iter().map(|cell| cell.symbol()).collect();
        assert_eq!(row, "* Sao - ? ? ");
    }

    #[test]
    fn of_a_doubt_only_the_sign_is_yellow() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
        buffer.set_string(0, 0, " ! São? So…", DOUBTFUL);
        Theme { colour: true, unicode: true }.finish(&mut buffer);
        let yellow = |cell: &&Cell| cell.fg == Color::Yellow && cell.symbol() != " ";
        let signs: String = buffer.content.iter().filter(yellow).map(|cell| cell.symbol()).collect();
        assert_eq!(signs, "!");
    }

    #[test]
    fn without_colour_no_cell_has_any() {
        let buffer = finished(Theme { colour: false, unicode: true }, "✓ done");
        assert!(buffer.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    }
}
