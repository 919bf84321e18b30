//! What a terminal can show: the styles that screens use, and what becomes of them without colour or Unicode.
//!
//! Screens are drawn as for a terminal that can do everything. [`Theme::finish`] then takes away what this one can't,
//! in one place, so that no widget has to ask. The background is never set: it is the person's own.

use ratatui::buffer::Buffer;
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
/// What should be looked at.
pub const DOUBTFUL: Style = Style::new().fg(Color::Yellow);
/// What can't stay as it is.
pub const WRONG: Style = Style::new().fg(Color::Red);

impl Theme {
    /// Takes from a drawn frame what this terminal can't show.
    pub fn finish(self, buffer: &mut Buffer) {
        if !self.colour {
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
    fn without_colour_no_cell_has_any() {
        let buffer = finished(Theme { colour: false, unicode: true }, "✓ done");
        assert!(buffer.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    }
}
