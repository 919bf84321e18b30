//! `sitecast new` and `sitecast edit` as a conversation, one line after the other.

use super::args::Deploy;
use super::edit::write_new;
use super::site::{load, shell_word};
use super::{Console, Ending, deploy, wait_for};
use crate::error::Result;
use crate::line::{self, Form, Outcome, Talk};
use crate::profile;
use std::io::{Stderr, StdinLock};
use std::path::{Path, PathBuf};

/// Writes a new profile, asking everything.
pub fn new(console: &Console, file: Option<&Path>) -> Result<Ending> {
    let mut talk = talk();
    let Some(text) = line::begin(&mut talk)? else {
        console.say("nothing was written");
        return Ok(Ending::Fine);
    };
    let name = profile::read(&text, "").profile.map_or_else(|| "site".to_owned(), |profile| profile.name);
    let file = file.map_or_else(|| PathBuf::from(format!("{name}.toml")), Path::to_owned);
    write_new(console, &file, &text)?;
    go_through(console, &mut talk, Form::new(text, file.display().to_string()), &file)
}

/// Goes through the answers of a profile that is there.
pub fn edit(console: &Console, file: &Path) -> Result<Ending> {
    let before = load(console, file)?;
    let form = Form::new(before.text.clone(), before.path.display().to_string()).of_a_site();
    go_through(console, &mut talk(), form, &before.path)
}

type Terminal = Talk<StdinLock<'static>, Stderr>;

fn talk() -> Terminal {
    Talk::new(std::io::stdin().lock(), std::io::stderr())
}

fn go_through(console: &Console, talk: &mut Terminal, mut form: Form, file: &Path) -> Result<Ending> {
    let outcome = line::interview(talk, &mut form, |text| profile::save(file, text))?;
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
