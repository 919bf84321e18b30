//! Prompts in the flow of a terminal that can redraw a line: choices are narrowed by typing, and texts edited.

use super::person::{Menu, Person};
use super::{Form, Typed};
use crate::error::{Error, Kind as End, Result};
use crate::profile::question::{Choice, Default, Kind, Question};
use crate::profile::regions::REGIONS;
use inquire::ui::{Color, RenderConfig, Styled};
use inquire::{InquireError, MultiSelect, Select, Text};
use std::fmt;

/// How many rows are shown at once.
const PAGE: usize = 12;

/// The keys of each kind of prompt.
const CHOOSING: &str = "type to search, Enter takes, Esc goes back";
const CHECKING: &str = "Space picks, Enter takes, Esc leaves it as it is";
const WRITING: &str = "Esc leaves it as it is, - is the default";

/// A person at a terminal that can redraw.
#[derive(Debug)]
pub struct Inline {
    look: RenderConfig<'static>,
}

/// Something to choose: what is typed for it, and what is read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pick {
    typed: String,
    label: String,
}

impl fmt::Display for Pick {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.label)
    }
}

impl Pick {
    fn new(typed: impl Into<String>, label: impl Into<String>) -> Self {
        Pick { typed: typed.into(), label: label.into() }
    }
}

impl Inline {
    /// Prompts that show what the terminal can.
    pub fn new(colour: bool, unicode: bool) -> Self {
        let sign = |sign: &'static str| {
            let sign = Styled::new(if unicode { sign } else { ">" });
            if colour { sign.with_fg(Color::DarkCyan) } else { sign }
        };
        let look = RenderConfig::empty()
            .with_prompt_prefix(sign("›"))
            .with_answered_prompt_prefix(sign("✓"))
            .with_highlighted_option_prefix(sign("▸"))
            .with_canceled_prompt_indicator(Styled::new("(left as it was)"));
        Inline { look }
    }

    /// Says something that may be longer than a line.
    fn tell(&mut self, text: &str) -> Result<()> {
        let columns = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
        wrapped(text, columns.clamp(20, 80)).iter().try_for_each(|line| self.say(line))
    }

    fn pick(&self, prompt: &str, picks: Vec<Pick>, now: usize) -> Result<Typed> {
        let list = Select::new(prompt, picks).with_page_size(PAGE).with_starting_cursor(now);
        let picked = list.with_help_message(CHOOSING).with_render_config(self.look).prompt();
        taken(picked.map(|pick| pick.typed))
    }

    fn check(&self, question: &Question, statuses: &[u16], shown: &str) -> Result<Typed> {
        let now: Vec<usize> =
            (0..statuses.len()).filter(|index| shown.contains(&statuses[*index].to_string())).collect();
        let list = MultiSelect::new(question.prompt, statuses.to_vec()).with_default(&now);
        let list = list.with_page_size(PAGE).with_help_message(CHECKING).with_render_config(self.look);
        taken(list.prompt().map(|codes| codes.iter().map(u16::to_string).collect::<Vec<_>>().join(",")))
    }

    fn write(&self, question: &Question, now: &str) -> Result<Typed> {
        let help = format!("for example {}; {WRITING}", question.example);
        let text = Text::new(question.prompt).with_initial_value(now).with_help_message(&help);
        taken(text.with_render_config(self.look).prompt())
    }
}

impl Person for Inline {
    fn say(&mut self, line: &str) -> Result<()> {
        anstream::eprintln!("{line}");
        Ok(())
    }

    fn choose(&mut self, menu: &Menu<'_>) -> Result<Typed> {
        self.say("")?;
        let ways = menu.ways.iter().map(|(typed, does)| Pick::new(*typed, format!("[{does}]")));
        let rows = menu.rows.iter().enumerate().map(|(index, row)| Pick::new((index + 1).to_string(), row));
        self.tell(menu.about)?;
        let typed = self.pick(menu.title, ways.chain(rows).collect(), 0)?;
        match &typed {
            Typed::Line(number) if !menu.signs.is_empty() && number.parse::<usize>().is_ok() => {
                let signs = menu.signs.iter();
                let signs = signs.map(|(sign, does)| Pick::new(format!("{sign}{number}"), *does)).collect();
                match self.pick("What about it?", signs, 0)? {
                    Typed::End => self.choose(menu),
                    chosen @ (Typed::Line(_) | Typed::Nothing) => Ok(chosen),
                }
            }
            Typed::End if !menu.back.is_empty() => Ok(Typed::Line(menu.back.to_owned())),
            Typed::Line(_) | Typed::Nothing | Typed::End => Ok(typed),
        }
    }

    fn text(&mut self, prompt: &str) -> Result<Typed> {
        taken(Text::new(prompt).with_render_config(self.look).prompt())
    }

    fn introduce(&mut self, _form: &Form, question: &Question, _key: &str) -> Result<()> {
        self.tell(question.help)
    }

    fn answer(&mut self, form: &Form, question: &Question, key: &str) -> Result<Typed> {
        let shown = form.shown(question, key);
        match &question.kind {
            Kind::Choice(choices) => {
                let picks = choices.iter().map(|it| Pick::new(it.value, in_words(it))).collect();
                self.known(question, picks, &shown)
            }
            Kind::Bool => {
                self.known(question, vec![Pick::new("true", "yes"), Pick::new("false", "no")], &shown)
            }
            Kind::Region => {
                let told = REGIONS.iter().map(|it| Pick::new(it.code, format!("{}, {}", it.code, it.place)));
                self.known(question, told.collect(), &shown)
            }
            Kind::Statuses(statuses) => self.check(question, statuses, &shown),
            Kind::Text(_)
            | Kind::Integer { .. }
            | Kind::Duration { .. }
            | Kind::List { .. }
            | Kind::EdgeTtl
            | Kind::Query
            | Kind::EdgeSource
            | Kind::Options => self.write(question, &form.typed(question, key)),
        }
    }
}

impl Inline {
    /// Has one of the answers chosen that there are, or the default where there is one.
    fn known(&self, question: &Question, picks: Vec<Pick>, shown: &str) -> Result<Typed> {
        let default = (question.default != Default::Required).then(|| Pick::new("-", "the default"));
        let picks: Vec<Pick> = picks.into_iter().chain(default).collect();
        let is_now = |pick: &Pick| shown.starts_with(&pick.typed) || shown.starts_with(&pick.label);
        let now = picks.iter().position(is_now).unwrap_or(0);
        self.pick(question.prompt, picks, now)
    }
}

fn in_words(choice: &Choice) -> String {
    format!("{}, {}", choice.value, choice.label)
}

/// The words on lines of so many letters.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < columns => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What was chosen or typed, as a line would have it. Leaving a prompt ends what it asks, and Ctrl-C ends all.
fn taken(answered: std::result::Result<String, InquireError>) -> Result<Typed> {
    match answered {
        Ok(text) if text.trim().is_empty() => Ok(Typed::Nothing),
        Ok(text) => Ok(Typed::Line(text.trim().to_owned())),
        Err(InquireError::OperationCanceled) => Ok(Typed::End),
        Err(InquireError::OperationInterrupted) => {
            Err(Error::new(End::Interrupted, "stopped; what was answered is saved"))
        }
        Err(error) => Err(Error::failed("can't ask at this terminal").because(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_lines_short() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 3), ["one", "two", "three"]);
        assert!(wrapped("", 10).is_empty());
    }

    #[test]
    fn leaving_a_prompt_is_an_end_and_ctrl_c_is_not() {
        assert_eq!(taken(Ok(" a ".to_owned())).unwrap(), Typed::Line("a".to_owned()));
        assert_eq!(taken(Ok(String::new())).unwrap(), Typed::Nothing);
        assert_eq!(taken(Err(InquireError::OperationCanceled)).unwrap(), Typed::End);
        assert_eq!(taken(Err(InquireError::OperationInterrupted)).unwrap_err().kind, End::Interrupted);
    }
}
