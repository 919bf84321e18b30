//! What stands between a screen's head and its foot: lines, one of them in focus, and words beside or below them.

use super::super::text::{blank, fit_line, line, span, wrapped};
use super::super::theme::{FAINT, HEADING, PLAIN};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;

/// The words of a screen are no wider than this, however wide the terminal is.
pub const MEASURE: usize = 80;

/// What stands between a screen's head and its foot.
#[derive(Debug, Clone, Default)]
pub struct Body {
    /// The lines.
    pub lines: Vec<Line<'static>>,
    /// How many of the first lines stay in sight while the others scroll.
    pub head: usize,
    /// The first line and the last that must be seen.
    pub focus: Option<(usize, usize)>,
    /// The line and column of the text cursor.
    pub cursor: Option<(usize, usize)>,
    /// The line that text without a focus begins with, as far as there is more of it than fits.
    pub top: Option<usize>,
    /// Words on what is in focus: beside the lines where there is room, else below them.
    pub aside: Option<Aside>,
    /// Lines that stay at the bottom.
    pub pinned: Vec<Line<'static>>,
}

/// Words on what is in focus.
#[derive(Debug, Clone)]
pub struct Aside {
    /// What they are.
    pub title: String,
    /// The words, a paragraph each.
    pub paragraphs: Vec<String>,
    /// Code that goes with them, whose lines are cut and never broken; only shown where there is room for it.
    pub code: String,
}

impl Aside {
    /// Words.
    pub fn words(title: impl Into<String>, paragraphs: Vec<String>) -> Self {
        Aside { title: title.into(), paragraphs, code: String::new() }
    }

    /// The words as a column of lines.
    fn column(&self, columns: usize) -> Vec<Line<'static>> {
        let mut lines = vec![line(HEADING, self.title.clone())];
        for paragraph in &self.paragraphs {
            lines.extend(wrapped(paragraph, columns).into_iter().map(|text| line(PLAIN, text)));
            lines.push(blank());
        }
        lines.extend(self.code.lines().map(|text| line(FAINT, text)));
        lines
    }

    /// The words as a block below, with the title at their left.
    fn block(&self, columns: usize) -> Vec<Line<'static>> {
        let indent = self.title.chars().count() + 4;
        let room = columns.min(MEASURE).saturating_sub(indent + 1);
        let texts = self.paragraphs.iter().flat_map(|paragraph| wrapped(paragraph, room));
        let mut lines = Vec::new();
        for (number, text) in texts.enumerate() {
            let title = if number == 0 { format!(" {}   ", self.title) } else { " ".repeat(indent) };
            lines.push(Line::from(vec![span(HEADING, title), span(PLAIN, text)]));
        }
        lines
    }
}

/// The most rows that stand above and below a body: the title, the rail, rules, a question and the keys.
const AROUND: usize = 8;

impl Body {
    /// Adds a line.
    pub fn push(&mut self, line: Line<'static>) {
        self.lines.push(line);
    }

    /// Adds an empty line.
    pub fn gap(&mut self) {
        self.lines.push(blank());
    }

    /// Adds words in as many lines as they need, so many columns from the left.
    pub fn words(&mut self, indent: usize, style: Style, words: &str, columns: usize) {
        let lines = wrapped(words, columns.min(MEASURE).saturating_sub(indent + 1)).into_iter();
        self.lines.extend(lines.map(|text| line(style, " ".repeat(indent) + &text)));
    }

    /// Adds words behind a sign, so many columns from the left.
    pub fn remark(&mut self, indent: usize, (style, sign): (Style, &str), words: &str, columns: usize) {
        let left = " ".repeat(indent);
        for (number, text) in wrapped(words, columns.min(MEASURE).saturating_sub(6)).into_iter().enumerate() {
            self.push(line(style, format!("{left}{} {text}", if number == 0 { sign } else { " " })));
        }
    }

    /// The last line that is worth beginning with on a screen of so many rows.
    pub fn last_top(&self, rows: u16) -> usize {
        let room = usize::from(rows).saturating_sub(AROUND + self.pinned.len());
        self.lines.len().saturating_sub(room)
    }

    /// Draws it, with the words beside it if there is a place for them.
    pub fn draw(&self, frame: &mut Frame<'_>, area: Rect, beside: Option<Rect>) {
        let mut below = Vec::new();
        if let Some(aside) = &self.aside {
            match beside {
                Some(beside) => draw_lines(frame, beside, &aside.column(beside.width.into()), 0),
                None => below = self.words_below(aside, area),
            }
        }
        below.extend(self.pinned.iter().cloned());
        let height = usize::from(area.height);
        let kept = below.len().min(height.saturating_sub(1));
        let (top, bottom) = split(area, kept);
        draw_lines(frame, bottom, &below[below.len() - kept..], 0);
        self.draw_scrolled(frame, top);
    }

    /// As many words as there is room for: at most a third of the height, and none where that is hardly any.
    fn words_below(&self, aside: &Aside, area: Rect) -> Vec<Line<'static>> {
        let room = usize::from(area.height) / 3;
        if room < 4 {
            return Vec::new();
        }
        let mut block = aside.block(area.width.into());
        if block.len() > room {
            block.truncate(room);
            if let Some(last) = block.last_mut() {
                last.spans.push(span(FAINT, " …"));
            }
        }
        block.insert(0, blank());
        block.push(blank());
        block
    }

    fn draw_scrolled(&self, frame: &mut Frame<'_>, area: Rect) {
        let head = self.head.min(usize::from(area.height) / 3);
        let (above, area) = split(area, usize::from(area.height) - head);
        let height = usize::from(area.height);
        let first = head + self.first_line(head, height);
        draw_lines(frame, above, &self.lines, 0);
        draw_lines(frame, area, &self.lines, first);
        self.draw_arrows(frame, area, (head, first));
        if let Some((line, column)) = self.cursor {
            let row = match line {
                _ if line < head => Some(usize::from(above.y) + line),
                _ => (first..first + height).contains(&line).then(|| usize::from(area.y) + line - first),
            };
            let column = u16::try_from(column).unwrap_or(u16::MAX).min(area.width.saturating_sub(1));
            if let Some(row) = row.and_then(|row| u16::try_from(row).ok()) {
                frame.set_cursor_position(Position::new(area.x + column, row));
            }
        }
    }

    /// The line after the head to begin with, so that what is in focus is seen, and with a little of what is around it.
    fn first_line(&self, head: usize, height: usize) -> usize {
        let furthest = self.lines.len().saturating_sub(head + height);
        if let Some(top) = self.top {
            return top.min(furthest);
        }
        let (start, end) = self.focus.unwrap_or((0, 0));
        let around = (height / 4).min(3);
        let needed = (end + 1 + around).saturating_sub(head + height);
        needed.min(start.saturating_sub(head)).min(furthest)
    }

    /// Signs that there is more above or below.
    fn draw_arrows(&self, frame: &mut Frame<'_>, area: Rect, (head, first): (usize, usize)) {
        let right = area.right().saturating_sub(1);
        let below = first + usize::from(area.height) < self.lines.len();
        for (is_more, row, sign) in
            [(first > head, area.y, "↑"), (below, area.bottom().saturating_sub(1), "↓")]
        {
            if is_more && area.height > 0 {
                frame.buffer_mut().set_string(right, row, sign, FAINT);
            }
        }
    }
}

fn split(area: Rect, below: usize) -> (Rect, Rect) {
    let below = u16::try_from(below).unwrap_or(u16::MAX).min(area.height);
    let top = Rect { height: area.height - below, ..area };
    (top, Rect { y: top.bottom(), height: below, ..area })
}

/// Draws lines from the `first` on, as far as there is room.
pub fn draw_lines(frame: &mut Frame<'_>, area: Rect, lines: &[Line<'static>], first: usize) {
    for (row, line) in area.rows().zip(lines.iter().skip(first)) {
        let columns = usize::from(row.width);
        match line.width() <= columns {
            true => frame.render_widget(line, row),
            false => frame.render_widget(fit_line(line.clone(), columns), row),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(lines: usize, focus: usize) -> Body {
        Body { lines: vec![blank(); lines], focus: Some((focus, focus)), ..Body::default() }
    }

    #[test]
    fn what_is_in_focus_is_always_seen() {
        for height in 1..12 {
            for focus in 0..20 {
                let first = body(20, focus).first_line(0, height);
                assert!((first..first + height).contains(&focus), "{focus} in {height} from {first}");
                assert!(first + height <= 20 || first == 0);
            }
        }
    }
}
