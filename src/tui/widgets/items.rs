//! A list of texts: domains, paths, headers, cookies.

use super::super::state::ItemList;
use super::super::text::{blank, line, span, width};
use super::super::theme::{FAINT, FOCUS, HEADING, PLAIN, WRONG};
use super::body::{Aside, Body};
use crate::profile::question::{Kind, Order, Question};
use crate::profile::questions::question;
use crate::profile::spelt;
use ratatui::text::Line;
use tui_input::Input;

impl ItemList {
    /// The list of a question with these texts, ready to take another.
    pub fn new(key: &str, texts: &str) -> Self {
        let items: Vec<String> =
            texts.split(", ").filter(|text| !text.is_empty()).map(str::to_owned).collect();
        let cursor = items.len();
        ItemList { key: key.to_owned(), items, cursor, input: Input::default(), fault: None }
    }

    /// The texts as they are typed.
    pub fn joined(&self) -> String {
        self.items.join(", ")
    }

    /// Takes what was typed into the list; whether it could be.
    pub fn add(&mut self) -> bool {
        let typed = self.input.value().trim().to_owned();
        if typed.is_empty() {
            return true;
        }
        for text in typed.split([',', ' ']).filter(|text| !text.is_empty()) {
            let text = question(&self.key).map_or_else(|| text.to_owned(), |question| spelt(question, text));
            if let Some(fault) = self.fault_of(&text) {
                self.fault = Some(fault);
                return false;
            }
            self.items.push(text);
        }
        self.input.reset();
        self.cursor = self.items.len();
        true
    }

    /// Takes the text in focus out of the list, to be typed anew.
    pub fn change(&mut self) {
        if self.cursor < self.items.len() {
            self.input = Input::from(self.items.remove(self.cursor));
            self.cursor = self.items.len();
        }
    }

    /// Takes the text in focus out of the list.
    pub fn remove(&mut self) {
        if self.cursor < self.items.len() {
            self.items.remove(self.cursor);
        }
    }

    /// Moves the text in focus, and the focus with it.
    pub fn shift(&mut self, by: isize) {
        let to = self.cursor.saturating_add_signed(by);
        if self.cursor < self.items.len() && to < self.items.len() {
            self.items.swap(self.cursor, to);
            self.cursor = to;
        }
    }

    fn fault_of(&self, text: &str) -> Option<String> {
        if self.items.iter().any(|item| item == text) {
            return Some(format!("`{text}` is here already"));
        }
        let check = question(&self.key).and_then(|question| question.check)?;
        let fault = check(text).err()?;
        Some(fault.help.map_or(fault.message.clone(), |help| format!("{}: {help}", fault.message)))
    }
}

/// The list as it is drawn, with what was found out about each of its texts.
pub fn body(list: &ItemList, found: impl Fn(&str) -> Option<String>) -> Body {
    let mut body = Body::default();
    let Some(question) = question(&list.key) else { return body };
    body.gap();
    body.push(line(HEADING, format!("   {}", question.prompt)));
    body.gap();
    for (index, item) in list.items.iter().enumerate() {
        let is_here = index == list.cursor;
        let found = found(item).map(|words| format!("  {words}")).unwrap_or_default();
        body.push(item_line(item, is_here, remark(question, index).to_owned() + &found));
        if is_here {
            body.focus = Some((body.lines.len() - 1, body.lines.len() - 1));
        }
    }
    input_line(&mut body, list, question);
    body.aside = Some(Aside::words("Why", vec![question.help.to_owned()]));
    body
}

fn remark(question: &Question, index: usize) -> &'static str {
    let counts = matches!(&question.kind, Kind::List { order: Order::Kept, .. });
    if index == 0 && counts && question.key == "https.domains" { "  the main one" } else { "" }
}

fn item_line(item: &str, is_here: bool, remark: String) -> Line<'static> {
    let (mark, style) = if is_here { (" ▸ ", FOCUS) } else { ("   ", PLAIN) };
    Line::from(vec![span(FOCUS, mark), span(style, item), span(FAINT, remark)])
}

fn input_line(body: &mut Body, list: &ItemList, question: &Question) {
    let is_here = list.cursor == list.items.len();
    let row = body.lines.len();
    let head = if is_here { " ▸ + " } else { "   + " };
    let typed = match list.input.value() {
        "" => span(
            FAINT,
            format!("another, such as {}", question.example.split(',').next().unwrap_or_default()),
        ),
        typed => span(PLAIN, typed),
    };
    body.push(Line::from(vec![span(FOCUS, head), typed]));
    if is_here {
        body.focus = Some((row, row));
        body.cursor = Some((row, width(head) + list.input.visual_cursor()));
    }
    body.push(list.fault.as_ref().map_or(blank(), |fault| line(WRONG, format!("     ✗ {fault}"))));
}
