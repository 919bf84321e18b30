//! What the program says to a person, and what it asks.

use super::args::{Global, When};
use super::output::{Form, Output, written_well};
use super::site::shell_word;
use crate::error::{Error, Kind, Result};
use crate::profile::Colour;
use crate::report::{self, Look, text::Text};
use anstream::ColorChoice;
use indicatif::MultiProgress;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The person at the other end: stdout carries data only, everything else goes to stderr.
#[derive(Debug, Clone)]
pub struct Console {
    global: Global,
    choice: ColorChoice,
    output: Arc<Output>,
    /// What draws on the terminal just now, and must make room for a line.
    drawn: Arc<Mutex<Option<MultiProgress>>>,
}

const ERROR: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();

impl Console {
    /// The console that the flags ask for; `output` is what a program reads.
    pub fn new(global: &Global, output: Output) -> Self {
        let choice = match global.color {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        choice.write_global();
        Console { global: global.clone(), choice, output: Arc::new(output), drawn: Arc::default() }
    }

    /// The same console, which says nothing: while a screen is shown, stderr is its own.
    pub fn quiet(&self) -> Self {
        Console { global: Global { quiet: true, ..self.global.clone() }, ..self.clone() }
    }

    /// The same console, with or without the sandbox.
    pub fn in_sandbox(&self, sandbox: bool) -> Self {
        Console { global: Global { sandbox, ..self.global.clone() }, ..self.clone() }
    }

    /// The flags.
    pub fn flags(&self) -> &Global {
        &self.global
    }

    /// What a program reads.
    pub fn output(&self) -> &Output {
        &self.output
    }

    /// Whether stdout is for a program.
    pub fn is_for_program(&self) -> bool {
        self.output.form() != Form::People
    }

    /// Gives what the command came to: `value` to a program, and `text` to a person.
    pub fn give(&self, value: serde_json::Value, text: impl AsRef<str>) -> Result<()> {
        self.output.result(value);
        self.data(text)
    }

    /// Says something even to a person who wants quiet.
    pub fn complain(&self, text: impl AsRef<str>) {
        anstream::eprintln!("{}", text.as_ref().trim_end());
    }

    /// Says something to the person, unless they want quiet.
    pub fn say(&self, text: impl AsRef<str>) {
        if !self.global.quiet {
            self.complain(text);
        }
    }

    /// Says a line that was asked for with `-v`, above whatever is drawn on the terminal.
    pub fn trace(&self, line: &str) {
        let drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        match drawn.as_ref() {
            Some(screen) => screen.suspend(|| anstream::eprintln!("{line}")),
            None => anstream::eprintln!("{line}"),
        }
    }

    /// From now on `screen` is drawn on the terminal; `None` when nothing is any more.
    pub fn set_drawn(&self, screen: Option<MultiProgress>) {
        *self.drawn.lock().unwrap_or_else(PoisonError::into_inner) = screen;
    }

    /// Says several lines to the person, unless they want quiet.
    pub fn lines(&self, lines: &[Text]) {
        if !self.global.quiet {
            self.insist(lines);
        }
    }

    /// Says several lines even to a person who wants quiet.
    pub fn insist(&self, lines: &[Text]) {
        // Painted by our own judgement of the terminal, so nothing is to be stripped or added.
        eprint!("{}", report::text::painted(lines, self.look()));
    }

    /// Says what went wrong. Problems of a profile say by themselves that they are errors.
    pub fn error(&self, error: &Error) {
        let text = error.to_string();
        match anstream::adapter::strip_str(&text).to_string().starts_with("error") {
            true => anstream::eprintln!("{text}"),
            false => anstream::eprintln!("{ERROR}error{ERROR:#}: {text}"),
        }
    }

    /// A command as it is to be typed after this one, with the flags that say which AWS is meant.
    pub fn command(&self, rest: &str) -> String {
        format!("sitecast {rest}{}", self.aws_flags())
    }

    /// The error with this profile in its hint, and with the flags that say which AWS is meant.
    pub fn naming_profile(&self, file: &Path, error: Error) -> Error {
        error.naming_profile(&format!("{}{}", shell_word(&file.display().to_string()), self.aws_flags()))
    }

    fn aws_flags(&self) -> String {
        let Global { sandbox, place, aws_profile, expect_account, .. } = &self.global;
        let folder = place.sandbox_dir.as_ref().filter(|_| *sandbox);
        let folder = folder.map(|folder| folder.display().to_string());
        let named = [
            ("--sandbox-dir", &folder),
            ("--aws-profile", aws_profile),
            ("--expect-account", expect_account),
        ];
        let named = named
            .into_iter()
            .filter_map(|(flag, value)| value.as_ref().map(|value| format!(" {flag} {}", shell_word(value))));
        let sandbox = sandbox.then(|| " --sandbox".to_owned());
        sandbox.into_iter().chain(named).collect()
    }

    /// What the person's terminal can show.
    pub fn look(&self) -> Look {
        Look::of_stderr(self.choice)
    }

    /// Whether problems of a profile are shown in colour.
    pub fn problem_colour(&self) -> Colour {
        if self.look().colour { Colour::On } else { Colour::Off }
    }

    /// Whether the cursor may be moved.
    pub fn is_live(&self) -> bool {
        self.why_line_by_line().is_none()
    }

    /// Why the cursor may not be moved, in words that follow "because".
    pub fn why_line_by_line(&self) -> Option<&'static str> {
        const VARIABLES: [(&str, &str); 3] = [
            ("CI", "CI is set"),
            ("ACCESSIBLE", "ACCESSIBLE is set"),
            ("SITECAST_ACCESSIBLE", "SITECAST_ACCESSIBLE is set"),
        ];
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        if self.global.line {
            Some("--line or SITECAST_LINE asks for it")
        } else if !io::stderr().is_terminal() {
            Some("stderr is not a terminal")
        } else if std::env::var_os("TERM").is_none_or(|term| term == "dumb") {
            Some("TERM says that the terminal is dumb")
        } else {
            VARIABLES.into_iter().find(|(name, _)| set(name)).map(|(_, words)| words)
        }
    }

    /// Prints data for a person on stdout, which is a program's alone where one reads it. A reader that went away,
    /// as `head` does, is no error.
    pub fn data(&self, text: impl AsRef<str>) -> Result<()> {
        if self.is_for_program() {
            return Ok(());
        }
        let mut stdout = anstream::stdout();
        written_well(writeln!(stdout, "{}", text.as_ref().trim_end()).and_then(|()| stdout.flush()))
    }

    /// Prints several lines on stdout.
    pub fn data_lines(&self, lines: &[Text]) -> Result<()> {
        let stdout = anstream::AutoStream::choice(&io::stdout());
        let look = Look { colour: stdout != ColorChoice::Never, ..self.look() };
        self.data(report::text::painted(lines, look))
    }

    /// Gives JSON, which is the same for people and for programs.
    pub fn json(&self, value: serde_json::Value) -> Result<()> {
        let text = serde_json::to_string_pretty(&value);
        let text = text.map_err(|error| Error::failed("can't write JSON").because(error))?;
        self.give(value, text)
    }

    /// Why nothing may be asked here; `None` when it may.
    pub fn silence(&self) -> Option<&'static str> {
        if self.global.no_input {
            Some("--no-input is set")
        } else if self.is_for_program() {
            Some("the output is for a program")
        } else if !io::stdin().is_terminal() {
            Some("stdin is not a terminal")
        } else if !io::stderr().is_terminal() {
            Some("stderr is not a terminal")
        } else {
            None
        }
    }

    /// Asks for a yes, which `--yes` gives beforehand. `command` is what to run where nothing can be asked.
    ///
    /// # Errors
    /// When nobody agrees.
    pub fn agree(&self, question: &str, command: &str) -> Result<()> {
        if self.global.yes {
            return Ok(());
        }
        let answer = self.ask(&format!("{question} [y/N]"), "--yes", &format!("{command} --yes"))?;
        match answer.to_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Error::new(Kind::Interrupted, "not agreed to; nothing was changed")),
        }
    }

    /// Asks a question and reads one line.
    ///
    /// # Errors
    /// [`Kind::Usage`] where nothing may be asked: names the flag that answers, and the command to run.
    pub fn ask(&self, question: &str, flag: &str, command: &str) -> Result<String> {
        if let Some(why) = self.silence() {
            return Err(Error::usage(format!("{flag} is needed, since nothing can be asked here"))
                .why(why)
                .hint(format!("run: {command}")));
        }
        anstream::eprint!("{question} ");
        let mut answer = String::new();
        let read = io::stderr().flush().and_then(|()| io::stdin().lock().read_line(&mut answer));
        match read {
            Ok(0) => {
                // What is said next must not stand behind the question.
                anstream::eprintln!();
                Err(Error::new(Kind::Interrupted, "no answer; nothing was changed"))
            }
            Ok(_) => Ok(answer.trim().to_owned()),
            Err(error) => Err(Error::failed("can't read the answer").because(error)),
        }
    }
}
