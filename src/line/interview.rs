//! From the first question to the last, in any order.

use super::page::{self, Row};
use super::{Form, Menu, Person, Typed, opening, question, summary};
use crate::error::Result;
use crate::profile::question::{Group, Stage};
use crate::profile::{Preset, new_profile, presets};

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
pub fn begin(person: &mut impl Person) -> Result<Option<String>> {
    let Some(preset) = preset(person)? else { return Ok(None) };
    loop {
        let name = match person
            .text("Name of the site (every name in AWS derives from it, and it can't change later):")?
        {
            Typed::End => return Ok(None),
            Typed::Nothing => {
                person.say(&opening::no_name())?;
                continue;
            }
            Typed::Line(name) => name,
        };
        match new_profile(preset, &[("name".to_owned(), name)]) {
            Ok(text) => return Ok(Some(text)),
            Err(error) => person.say(&format!("Not taken: {error}"))?,
        }
    }
}

fn preset(person: &mut impl Person) -> Result<Option<&'static Preset>> {
    let rows: Vec<_> =
        presets().iter().map(|preset| format!("{}: {}", preset.name, preset.about())).collect();
    let menu = Menu {
        title: "What kind of site is it?",
        rows: &rows,
        prompt: "Type its number, or press Enter for 1:",
        ..Menu::default()
    };
    let mut typed = person.choose(&menu)?;
    loop {
        match typed {
            Typed::End => return Ok(None),
            Typed::Nothing => return Ok(presets().first()),
            Typed::Line(line) => match numbered(&line, presets().len()) {
                Some(index) => return Ok(presets().get(index)),
                None => person.say(&format!("Not taken: type a number from 1 to {}.", presets().len()))?,
            },
        }
        typed = person.text(menu.prompt)?;
    }
}

/// Goes through the stages, saving after each change.
///
/// # Errors
/// When the terminal goes away, or `save` fails.
pub fn interview(
    person: &mut impl Person,
    form: &mut Form,
    save: impl FnMut(&str) -> Result<()>,
) -> Result<Outcome> {
    let mut interview = Interview { person, form, save };
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

struct Interview<'a, P, S> {
    person: &'a mut P,
    form: &'a mut Form,
    save: S,
}

impl<P: Person, S: FnMut(&str) -> Result<()>> Interview<'_, P, S> {
    fn stage(&mut self, stage: Stage, number: usize) -> Result<Go> {
        loop {
            let title = format!("Stage {number} of {}: {}", Stage::ALL.len(), stage.title());
            let rows = page::of_stage(self.form, stage);
            let menu = Menu {
                title: &title,
                about: stage.about(),
                rows: &self.told(&rows),
                prompt: "Type a number to change that answer, ? before a number, such as ?1, to be told what it is \
                         for, b to go back, q to leave; Enter goes on:",
                ways: &[("", "go on"), ("b", "go back"), ("q", "leave")],
                back: "b",
                signs: &[],
            };
            let line = match self.person.choose(&menu)? {
                Typed::Nothing => {
                    self.person.say(&summary::of_done(self.form, stage))?;
                    return Ok(Go::Next);
                }
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

    fn told(&self, rows: &[(Row, String)]) -> Vec<String> {
        rows.iter().map(|(row, key)| row.line(self.form, key)).collect()
    }

    /// Does what a line typed under some rows asks for.
    fn choose(&mut self, rows: &[(Row, String)], line: &str) -> Result<()> {
        let (explain, number) = line.strip_prefix('?').map_or((false, line), |rest| (true, rest));
        let Some((row, key)) = numbered(number, rows.len()).map(|index| &rows[index]) else {
            return self.person.say(&format!("Not taken: type a number from 1 to {}.", rows.len()));
        };
        if explain {
            return self.person.say(&format!("{}: {}", row.label(), row.help()));
        }
        match row {
            Row::Answer(question) => self.ask(question, key),
            Row::List(group) => self.list(group),
        }
    }

    fn ask(&mut self, question: &'static crate::profile::question::Question, key: &str) -> Result<()> {
        let before = self.form.text().to_owned();
        question::ask(self.person, self.form, question, key)?;
        self.saved(&before)
    }

    fn saved(&mut self, before: &str) -> Result<()> {
        if self.form.text() == before { Ok(()) } else { (self.save)(self.form.text()) }
    }

    /// One list of tables: its items can be added, changed and removed.
    fn list(&mut self, group: &'static Group) -> Result<()> {
        loop {
            let count = self.form.reading().sheet.length(group.key);
            let rows: Vec<_> = (0..count).map(|index| self.form.item_name(group.key, index)).collect();
            let menu = Menu {
                title: &format!("{}: {count}", group.title),
                rows: &rows,
                prompt: "Type a to add an item, a number to change that item, - before a number, such as -1, to \
                         remove it, ^ before a number, such as ^2, to move it up; Enter goes back:",
                ways: &[("", "go back"), ("a", "add")],
                signs: &[("", "change it"), ("-", "remove it"), ("^", "move it up")],
                ..Menu::default()
            };
            let Typed::Line(line) = self.person.choose(&menu)? else { return Ok(()) };
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
            return self.person.say("Not taken: there is no item of that number.");
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
            let rows = page::of_item(self.form, group, index);
            let menu = Menu {
                title: &format!("{}, number {}", group.title, index + 1),
                rows: &self.told(&rows),
                prompt: "Type a number to change that answer, ? before a number, such as ?1, to be told what it is \
                         for; Enter goes back:",
                ways: &[("", "go back")],
                ..Menu::default()
            };
            let Typed::Line(line) = self.person.choose(&menu)? else { return Ok(()) };
            self.choose(&rows, &line)?;
        }
    }

    /// What is wrong, and what to do with the profile; nothing when the person wants to see the stages again.
    fn review(&mut self) -> Result<Option<Outcome>> {
        self.person.say("")?;
        self.person.say("What was answered, stage by stage:")?;
        summary::of_all(self.form).iter().try_for_each(|line| self.person.say(line))?;
        let problems = self.form.problems();
        problems.iter().try_for_each(|problem| self.person.say(&summary::of_problem(problem)))?;
        let usable = self.form.reading().profile.is_some();
        let menu = review_menu(usable);
        let mut typed = self.person.choose(&menu)?;
        loop {
            let line = match typed {
                Typed::Nothing | Typed::End => return Ok(Some(Outcome::Leave)),
                Typed::Line(line) => line,
            };
            match line.as_str() {
                "d" if usable => return Ok(Some(Outcome::Deploy)),
                "b" => return Ok(None),
                _ => self.person.say(&format!("Not taken: {line}."))?,
            }
            typed = self.person.text(menu.prompt)?;
        }
    }
}

fn review_menu(is_usable: bool) -> Menu<'static> {
    let title = "Review";
    match is_usable {
        true => Menu {
            title,
            about: "The profile is complete and saved.",
            prompt: "Type d to deploy it, b to begin again at stage 1; Enter leaves:",
            ways: &[("", "leave"), ("d", "deploy it"), ("b", "begin again at stage 1")],
            back: "b",
            ..Menu::default()
        },
        false => Menu {
            title,
            about: "The profile is saved, and can't be deployed before these problems are solved.",
            prompt: "Type b to begin again at stage 1; Enter leaves:",
            ways: &[("", "leave"), ("b", "begin again at stage 1")],
            back: "b",
            ..Menu::default()
        },
    }
}

/// The index that a number from one stands for.
fn numbered(typed: &str, count: usize) -> Option<usize> {
    typed.trim().parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < count)
}
