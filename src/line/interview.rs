//! From the first question to the last, in any order.

use super::page::{self, Row};
use super::{Form, Talk, Typed, question};
use crate::error::Result;
use crate::profile::question::{Group, Stage};
use crate::profile::{Colour, new_profile, presets};
use std::io::{BufRead, Write};

/// What the person wants to do with the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing more: it is saved.
    Leave,
    /// Deploy it.
    Deploy,
}

/// Where to go from a page.
enum Go {
    Next,
    Back,
    Leave,
}

/// Lets the person choose a preset and name the site; the text of the new profile, or nothing if they left.
pub fn begin<R: BufRead, W: Write>(talk: &mut Talk<R, W>) -> Result<Option<String>> {
    talk.heading("What kind of site is it?")?;
    for (index, preset) in presets().iter().enumerate() {
        talk.say(format!("  {}. {}: {}", index + 1, preset.name, preset.about()))?;
    }
    let preset = loop {
        match talk.ask("Number (Enter for 1):")? {
            Typed::End => return Ok(None),
            Typed::Nothing => break &presets()[0],
            Typed::Line(line) => match numbered(&line, presets().len()) {
                Some(index) => break &presets()[index],
                None => talk.say(format!("Not taken: type a number from 1 to {}.", presets().len()))?,
            },
        }
    };
    loop {
        let name = match talk
            .ask("Name of the site (every name in AWS derives from it, and it can't change later):")?
        {
            Typed::End => return Ok(None),
            Typed::Nothing => continue,
            Typed::Line(name) => name,
        };
        match new_profile(preset, &[("name".to_owned(), name)]) {
            Ok(text) => return Ok(Some(text)),
            Err(error) => talk.say(format!("Not taken: {error}"))?,
        }
    }
}

/// Goes through the stages, saving after each change.
///
/// # Errors
/// When the terminal goes away, or `save` fails.
pub fn interview<R: BufRead, W: Write>(
    talk: &mut Talk<R, W>,
    form: &mut Form,
    save: impl FnMut(&str) -> Result<()>,
) -> Result<Outcome> {
    let mut interview = Interview { talk, form, save };
    let mut stage = 0;
    loop {
        let Some(page) = Stage::ALL.get(stage) else {
            match interview.review()? {
                Some(outcome) => return Ok(outcome),
                None => stage = 0,
            }
            continue;
        };
        match interview.stage(*page, stage + 1)? {
            Go::Next => stage += 1,
            Go::Back => stage = stage.saturating_sub(1),
            Go::Leave => return Ok(Outcome::Leave),
        }
    }
}

struct Interview<'a, R, W, S> {
    talk: &'a mut Talk<R, W>,
    form: &'a mut Form,
    save: S,
}

impl<R: BufRead, W: Write, S: FnMut(&str) -> Result<()>> Interview<'_, R, W, S> {
    fn stage(&mut self, stage: Stage, number: usize) -> Result<Go> {
        loop {
            let title = format!("Stage {number} of {}: {}", Stage::ALL.len(), stage.title());
            self.talk.heading(title)?;
            self.talk.say(stage.about())?;
            let rows = page::of_stage(self.form, stage);
            self.rows(&rows)?;
            let prompt = "Number to change, ?NUMBER explains, Enter goes on, b goes back, q leaves:";
            let line = match self.talk.ask(prompt)? {
                Typed::Nothing => return Ok(Go::Next),
                Typed::End => return Ok(Go::Leave),
                Typed::Line(line) => line,
            };
            match line.as_str() {
                "b" => return Ok(Go::Back),
                "q" => return Ok(Go::Leave),
                line => self.choose(&rows, line)?,
            }
        }
    }

    fn rows(&mut self, rows: &[(Row, String)]) -> Result<()> {
        rows.iter().enumerate().try_for_each(|(index, (row, key))| {
            self.talk.say(format!("  {}. {}", index + 1, row.line(self.form, key)))
        })
    }

    /// Does what a line typed under some rows asks for.
    fn choose(&mut self, rows: &[(Row, String)], line: &str) -> Result<()> {
        let (explain, number) = line.strip_prefix('?').map_or((false, line), |rest| (true, rest));
        let Some((row, key)) = numbered(number, rows.len()).map(|index| &rows[index]) else {
            return self.talk.say(format!("Not taken: type a number from 1 to {}.", rows.len()));
        };
        if explain {
            return self.talk.say(row.help());
        }
        match row {
            Row::Answer(question) => self.ask(question, key),
            Row::List(group) => self.list(group),
        }
    }

    fn ask(&mut self, question: &'static crate::profile::question::Question, key: &str) -> Result<()> {
        let before = self.form.text().to_owned();
        question::ask(self.talk, self.form, question, key)?;
        self.saved(&before)
    }

    fn saved(&mut self, before: &str) -> Result<()> {
        if self.form.text() == before { Ok(()) } else { (self.save)(self.form.text()) }
    }

    /// One list of tables: its items can be added, changed and removed.
    fn list(&mut self, group: &'static Group) -> Result<()> {
        loop {
            let count = self.form.reading().sheet.length(group.key);
            self.talk.heading(format!("{}: {count}", group.title))?;
            for index in 0..count {
                let name = self.form.item_name(group.key, index);
                self.talk.say(format!("  {}. {name}", index + 1))?;
            }
            let prompt = "Number to change, a adds, -NUMBER removes, ^NUMBER moves up, Enter goes back:";
            let Typed::Line(line) = self.talk.ask(prompt)? else { return Ok(()) };
            self.change_list(group, count, &line)?;
        }
    }

    fn change_list(&mut self, group: &'static Group, count: usize, line: &str) -> Result<()> {
        if line == "a" {
            return self.add(group, count);
        }
        let (sign, number) = match line.chars().next() {
            Some(sign @ ('-' | '^')) => (Some(sign), &line[1..]),
            Some(_) | None => (None, line),
        };
        let Some(index) = numbered(number, count) else {
            return self.talk.say("Not taken: there is no item of that number.");
        };
        let before = self.form.text().to_owned();
        match sign {
            None => return self.item(group, index),
            Some('-') => self.form.answer(&format!("{}[{index}]", group.key), "")?,
            Some(_) => self.form.move_up(group.key, index)?,
        }
        self.saved(&before)
    }

    /// An item begins with its first answer; without one there is no item.
    fn add(&mut self, group: &'static Group, index: usize) -> Result<()> {
        let Some((Row::Answer(first), key)) = page::of_item(self.form, group, index).into_iter().next()
        else {
            return Ok(());
        };
        self.ask(first, &key)?;
        if self.form.reading().sheet.length(group.key) > index { self.item(group, index) } else { Ok(()) }
    }

    fn item(&mut self, group: &'static Group, index: usize) -> Result<()> {
        loop {
            self.talk.heading(format!("{}, number {}", group.title, index + 1))?;
            let rows = page::of_item(self.form, group, index);
            self.rows(&rows)?;
            let Typed::Line(line) = self.talk.ask("Number to change, ?NUMBER explains, Enter goes back:")?
            else {
                return Ok(());
            };
            self.choose(&rows, &line)?;
        }
    }

    /// What is wrong, and what to do with the profile; nothing when the person wants to see the stages again.
    fn review(&mut self) -> Result<Option<Outcome>> {
        self.talk.heading("Review")?;
        let reading = self.form.reading();
        if !reading.problems.problems.is_empty() {
            self.talk.say(reading.problems.render(Colour::Off))?;
        }
        let usable = reading.profile.is_some();
        let prompt = if usable {
            self.talk.say("The profile is complete and saved.")?;
            "d deploys it, b begins again at stage 1, Enter leaves:"
        } else {
            self.talk.say("The profile is saved, and can't be deployed before these problems are solved.")?;
            "b begins again at stage 1, Enter leaves:"
        };
        Ok(match self.talk.ask(prompt)? {
            Typed::Line(line) if line == "d" && usable => Some(Outcome::Deploy),
            Typed::Line(_) => None,
            Typed::Nothing | Typed::End => Some(Outcome::Leave),
        })
    }
}

/// The index that a number from one stands for.
fn numbered(typed: &str, count: usize) -> Option<usize> {
    typed.trim().parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < count)
}
