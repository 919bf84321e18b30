//! One question, asked by its kind.

use super::{Form, Person, Talk, Typed, summary};
use crate::error::Result;
use crate::profile::question::{Choice, Default, Kind, Question};
use crate::profile::regions::REGIONS;
use std::io::{BufRead, Write};

/// Asks one question until the answer can be taken, or until the person leaves it as it is.
pub fn ask(person: &mut impl Person, form: &mut Form, question: &Question, key: &str) -> Result<()> {
    person.introduce(form, question, key)?;
    loop {
        let typed = match person.answer(form, question, key)? {
            Typed::Nothing | Typed::End => return Ok(()),
            Typed::Line(line) => line,
        };
        let answer = if typed == "-" { String::new() } else { meant(&question.kind, &typed) };
        match form.answer(key, &answer) {
            Ok(()) => return told(person, form, question, key),
            Err(error) => person.say(&format!("Not taken: {error}"))?,
        }
    }
}

/// Says what holds now, and what is wrong with it beside the other answers.
fn told(person: &mut impl Person, form: &Form, question: &Question, key: &str) -> Result<()> {
    person.say(&format!("Saved. {}: {}", question.prompt, form.shown(question, key)))?;
    form.problems_of(key).iter().try_for_each(|problem| person.say(&summary::in_short(problem)))
}

/// Says on lines what a question is about, and what its answers are.
pub fn introduce<R: BufRead, W: Write>(
    talk: &mut Talk<R, W>,
    form: &Form,
    question: &Question,
    key: &str,
) -> Result<()> {
    talk.heading(format!("{}: {}", question.prompt, form.shown(question, key)))?;
    talk.say(question.help)?;
    options(talk, &question.kind)
}

/// Asks for a line, and explains as often as that is wanted.
pub fn answer<R: BufRead, W: Write>(talk: &mut Talk<R, W>, question: &Question) -> Result<Typed> {
    loop {
        let typed = talk.ask(prompt(question))?;
        match &typed {
            Typed::Line(line) if line == "?" => {
                talk.say(format!("For example {}. Enter leaves it as it is.", question.example))?;
            }
            Typed::Line(line) if line == "l" && matches!(question.kind, Kind::Region) => REGIONS
                .iter()
                .try_for_each(|region| talk.say(format!("  {}: {}", region.code, region.place)))?,
            Typed::Line(_) | Typed::Nothing | Typed::End => return Ok(typed),
        }
    }
}

fn prompt(question: &Question) -> &'static str {
    match (&question.kind, question.default) {
        (Kind::Choice(_), _) => "Number or value (Enter keeps, - for the default):",
        (Kind::Bool, _) => "y or n (Enter keeps, - for the default):",
        (Kind::Region, _) => "Code or place, or l to list them (Enter keeps):",
        (Kind::List { .. } | Kind::Statuses(_), _) => {
            "Values with commas between (Enter keeps, - for the default):"
        }
        (_, Default::Required) => "Answer (Enter keeps, ? for an example):",
        (_, _) => "Answer (Enter keeps, - for the default, ? for an example):",
    }
}

fn options<R: BufRead, W: Write>(talk: &mut Talk<R, W>, kind: &Kind) -> Result<()> {
    match kind {
        Kind::Choice(choices) => choices.iter().enumerate().try_for_each(|(index, choice)| {
            talk.say(format!("  {}. {}: {}", index + 1, choice.value, choice.label))
        }),
        Kind::Statuses(statuses) => {
            let codes: Vec<_> = statuses.iter().map(u16::to_string).collect();
            talk.say(format!("  any of {}", codes.join(", ")))
        }
        Kind::Text(_)
        | Kind::Bool
        | Kind::Integer { .. }
        | Kind::Duration { .. }
        | Kind::Region
        | Kind::List { .. }
        | Kind::EdgeTtl
        | Kind::Query
        | Kind::EdgeSource
        | Kind::Options => Ok(()),
    }
}

/// What a person means by what they type: a number stands for a choice, a place for its region.
fn meant(kind: &Kind, typed: &str) -> String {
    match kind {
        Kind::Choice(choices) => chosen(choices, typed).unwrap_or(typed).to_owned(),
        Kind::Bool => match typed.to_lowercase().as_str() {
            "y" | "yes" => "true".to_owned(),
            "n" | "no" => "false".to_owned(),
            other => other.to_owned(),
        },
        Kind::Region => region(typed).unwrap_or(typed).to_owned(),
        Kind::Text(_)
        | Kind::Integer { .. }
        | Kind::Duration { .. }
        | Kind::Statuses(_)
        | Kind::List { .. }
        | Kind::EdgeTtl
        | Kind::Query
        | Kind::EdgeSource
        | Kind::Options => typed.to_owned(),
    }
}

fn chosen(choices: &[Choice], typed: &str) -> Option<&'static str> {
    let index = typed.parse::<usize>().ok()?.checked_sub(1)?;
    choices.get(index).map(|choice| choice.value)
}

/// The only region of that place.
fn region(typed: &str) -> Option<&'static str> {
    let wanted = typed.to_lowercase();
    let mut named = REGIONS.iter().filter(|region| region.place.to_lowercase().contains(&wanted));
    let first = named.next()?;
    named.next().is_none().then_some(first.code)
}
