//! Words out, lines in.

use super::person::{Menu, Person};
use super::{Form, question};
use crate::error::{Error, Kind, Result};
use crate::profile::question::Question;
use std::io::{self, BufRead, Write};

/// The person at the other end of two streams.
#[derive(Debug)]
pub struct Talk<R, W> {
    input: R,
    output: W,
}

/// What was typed at a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Only Enter.
    Nothing,
    /// A line, without the space around it.
    Line(String),
    /// The end of the input, as Ctrl-D gives it.
    End,
}

impl<R: BufRead, W: Write> Talk<R, W> {
    /// Talks over these streams.
    pub fn new(input: R, output: W) -> Self {
        Talk { input, output }
    }

    /// Adds one line.
    pub fn say(&mut self, line: impl AsRef<str>) -> Result<()> {
        writeln!(self.output, "{}", line.as_ref().trim_end()).map_err(lost)
    }

    /// Adds several lines, a little apart from what stood there.
    pub fn heading(&mut self, line: impl AsRef<str>) -> Result<()> {
        self.say("")?;
        self.say(line)
    }

    /// Asks, and reads one line.
    pub fn ask(&mut self, prompt: impl AsRef<str>) -> Result<Typed> {
        write!(self.output, "{} ", prompt.as_ref()).and_then(|()| self.output.flush()).map_err(lost)?;
        let mut line = String::new();
        if self.input.read_line(&mut line).map_err(lost)? == 0 {
            self.say("")?;
            return Ok(Typed::End);
        }
        Ok(match line.trim() {
            "" => Typed::Nothing,
            text => Typed::Line(text.to_owned()),
        })
    }
}

impl<R: BufRead, W: Write> Person for Talk<R, W> {
    fn say(&mut self, line: &str) -> Result<()> {
        Talk::say(self, line)
    }

    fn choose(&mut self, menu: &Menu<'_>) -> Result<Typed> {
        self.heading(menu.title)?;
        if !menu.about.is_empty() {
            self.say(menu.about)?;
        }
        for (index, row) in menu.rows.iter().enumerate() {
            self.say(format!("  {}. {row}", index + 1))?;
        }
        self.ask(menu.prompt)
    }

    fn text(&mut self, prompt: &str) -> Result<Typed> {
        self.ask(prompt)
    }

    fn introduce(&mut self, form: &Form, question: &Question, key: &str) -> Result<()> {
        question::introduce(self, form, question, key)
    }

    fn answer(&mut self, _form: &Form, question: &Question, _key: &str) -> Result<Typed> {
        question::answer(self, question)
    }
}

fn lost(error: io::Error) -> Error {
    Error::new(Kind::Failed, "can't talk with the terminal any more").because(error)
}
