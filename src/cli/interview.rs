//! `sitecast new` and `sitecast edit` as a conversation: by prompts where the terminal can redraw a line, and else one
//! line after the other.

use super::args::Deploy;
use super::edit::write_new;
use super::missing_page::{self, Fitted};
use super::site::{load, shell_word};
use super::{Console, Ending, deploy, wait_for};
use crate::error::Result;
use crate::line::{self, Form, Inline, Mode, Outcome, Person, Talk};
use crate::profile::{self, Problem, Reading, Severity};
use std::io::{Stderr, StdinLock};
use std::path::{Path, PathBuf};

/// Writes a new profile, asking everything.
pub fn new(console: &Console, file: Option<&Path>) -> Result<Ending> {
    match console.why_line_by_line() {
        None => new_with(console, inline(console)?, file),
        Some(why) => new_with(console, talk(why)?, file),
    }
}

fn new_with(console: &Console, mut person: impl Person, file: Option<&Path>) -> Result<Ending> {
    let Some(text) = line::begin(&mut person)? else {
        console.say("nothing was written");
        return Ok(Ending::Fine);
    };
    let name = profile::read(&text, "").profile.map_or_else(|| "site".to_owned(), |profile| profile.name);
    let file = file.map_or_else(|| PathBuf::from(format!("{name}.toml")), Path::to_owned);
    let Fitted { text, notice: _ } = missing_page::left_out(console, text, &file, &[])?;
    write_new(console, &file, &text)?;
    go_through(console, person, Form::new(text, file.display().to_string()), &file)
}

/// Goes through the answers of a profile that is there.
pub fn edit(console: &Console, file: &Path) -> Result<Ending> {
    let before = load(console, file)?;
    let form = Form::new(before.text.clone(), before.path.display().to_string()).of_a_site();
    match console.why_line_by_line() {
        None => go_through(console, inline(console)?, form, &before.path),
        Some(why) => go_through(console, talk(why)?, form, &before.path),
    }
}

fn inline(console: &Console) -> Result<Inline> {
    let look = console.look();
    opened(Inline::new(look.colour, look.unicode), Mode::Prompts, why_prompts(console))
}

fn talk(why: &str) -> Result<Talk<StdinLock<'static>, Stderr>> {
    opened(Talk::new(std::io::stdin().lock(), std::io::stderr()), Mode::Lines, why)
}

fn opened<P: Person>(mut person: P, mode: Mode, why: &str) -> Result<P> {
    person.say(&line::opening(mode, why))?;
    Ok(person)
}

/// Why there is no screen although the cursor may be moved.
fn why_prompts(console: &Console) -> &'static str {
    let flags = console.flags();
    if flags.inline {
        "--inline or SITECAST_INLINE asks for it"
    } else if flags.quiet || flags.yes {
        "--quiet and --yes do without the screen"
    } else {
        "the terminal is too small for it"
    }
}

/// What may not do on AWS.
fn doubts(file: &Path, reading: &Reading) -> Vec<Problem> {
    [missing_folder(file, reading), profile::placeholders(reading)].concat()
}

/// That the site's folder isn't there yet. It may be made at any time before the deploy.
fn missing_folder(file: &Path, reading: &Reading) -> Vec<Problem> {
    const FOLDER: &str = "distribution.folder";
    let Some(serde_json::Value::String(folder)) = reading.sheet.value(FOLDER) else { return Vec::new() };
    let path = file.parent().unwrap_or(Path::new("")).join(&folder);
    if path.is_dir() {
        return Vec::new();
    }
    let message = match path.exists() {
        true => format!("{} is not a folder", path.display()),
        false => format!("there is no folder {} yet", path.display()),
    };
    vec![Problem {
        severity: Severity::Warning,
        keys: vec![FOLDER.to_owned()],
        message,
        help: Some("put the site's files there before you deploy, or name another folder".to_owned()),
        place: reading.sheet.place(FOLDER),
        related: Vec::new(),
    }]
}

fn go_through(console: &Console, mut person: impl Person, mut form: Form, file: &Path) -> Result<Ending> {
    form = form.looking(if console.flags().sandbox { missing_folder } else { doubts });
    let outcome = line::interview(&mut person, &mut form, |text| profile::save(file, text))?;
    // It holds standard input, which the deploy asks its own question on.
    drop(person);
    let named = shell_word(&file.display().to_string());
    match outcome {
        Outcome::Leave => {
            console.say(format!("saved in {}", file.display()));
            console.say(format!("next: {}", console.command(&format!("plan {named}"))));
            Ok(Ending::Fine)
        }
        Outcome::Deploy => {
            wait_for(deploy::run(console, &Deploy { file: file.to_owned(), ..Deploy::default() }))
        }
    }
}
