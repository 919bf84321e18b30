//! What the program says to a person, and what it asks.

use super::args::{Global, When};
use super::site::shell_word;
use crate::error::{Error, Kind, Result};
use crate::profile::Colour;
use crate::report::{self, Look, text::Text};
use anstream::ColorChoice;
use std::io::{self, BufRead, IsTerminal, Write};

/// The person at the other end: stdout carries data only, everything else goes to stderr.
#[derive(Debug, Clone)]
pub struct Console {
    global: Global,
    choice: ColorChoice,
}

const ERROR: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();

impl Console {
    /// The console that the flags ask for.
    pub fn new(global: &Global) -> Self {
        let choice = match global.color {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        choice.write_global();
        Console { global: global.clone(), choice }
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

    /// Says something to the person, unless they want quiet.
    pub fn say(&self, text: impl AsRef<str>) {
        if !self.global.quiet {
            anstream::eprintln!("{}", text.as_ref().trim_end());
        }
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
        let Global { sandbox, place, aws_profile, expect_account, .. } = &self.global;
        let folder = place.sandbox_dir.as_ref().map(|folder| folder.display().to_string());
        let named = [
            ("--sandbox-dir", &folder),
            ("--aws-profile", aws_profile),
            ("--expect-account", expect_account),
        ];
        let named = named
            .into_iter()
            .filter_map(|(flag, value)| value.as_ref().map(|value| format!(" {flag} {}", shell_word(value))));
        let sandbox = sandbox.then(|| " --sandbox".to_owned());
        format!("sitecast {rest}{}", sandbox.into_iter().chain(named).collect::<String>())
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
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        let still = dumb || ["CI", "ACCESSIBLE", "SITECAST_ACCESSIBLE"].into_iter().any(set);
        io::stderr().is_terminal() && !self.global.line && !still
    }

    /// Prints data on stdout. A reader that went away, as `head` does, is no error.
    pub fn data(&self, text: impl AsRef<str>) -> Result<()> {
        let mut stdout = anstream::stdout();
        match writeln!(stdout, "{}", text.as_ref().trim_end()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Error::failed("can't write to stdout").because(error)),
            Ok(()) => Ok(()),
        }
    }

    /// Prints several lines on stdout.
    pub fn data_lines(&self, lines: &[Text]) -> Result<()> {
        let stdout = anstream::AutoStream::choice(&io::stdout());
        let look = Look { colour: stdout != ColorChoice::Never, ..self.look() };
        self.data(report::text::painted(lines, look))
    }

    /// Prints one JSON object on stdout.
    pub fn json(&self, value: &serde_json::Value) -> Result<()> {
        let text = serde_json::to_string_pretty(value);
        self.data(text.map_err(|error| Error::failed("can't write JSON").because(error))?)
    }

    /// Why nothing may be asked here; `None` when it may.
    pub fn silence(&self) -> Option<&'static str> {
        if self.global.no_input {
            Some("--no-input is set")
        } else if self.global.json || self.global.events {
            Some("the output is for a program")
        } else if !io::stdin().is_terminal() {
            Some("stdin is not a terminal")
        } else if !io::stderr().is_terminal() {
            Some("stderr is not a terminal")
        } else {
            None
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
            Ok(0) => Err(Error::new(Kind::Interrupted, "no answer; nothing was changed")),
            Ok(_) => Ok(answer.trim().to_owned()),
            Err(error) => Err(Error::failed("can't read the answer").because(error)),
        }
    }
}
