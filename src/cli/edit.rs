//! `sitecast new` and `sitecast edit`: writing and changing a profile without a screen.

use super::args::{Answers, Edit, New};
use super::history::journal;
use super::missing_page::{self, Fitted};
use super::site::{load_quietly, say_doubts, shell_word};
use super::{Console, Ending, interview};
use crate::error::{Error, Result};
use crate::profile::questions::{self, Entry};
use crate::profile::{self, Reading};
use serde_json::json;
use std::path::{Path, PathBuf};

/// The preset to begin with when none is named: the plainest.
const DEFAULT_PRESET: &str = "blog";

/// The key of the site's name.
const NAME: &str = "name";

/// Writes a new profile from a preset and answers.
pub fn new(console: &Console, arguments: &New) -> Result<Ending> {
    if arguments.preset.is_none() && arguments.answers.set.is_empty() && console.silence().is_none() {
        return interview::new(console, arguments.file.as_deref());
    }
    let preset = profile::preset(arguments.preset.as_deref().unwrap_or(DEFAULT_PRESET))?;
    let mut answers = sets(&arguments.answers)?;
    // Two profiles of one preset are two sites.
    let name = arguments.file.as_deref().and_then(profile::name_of_file).map(|name| (NAME.to_owned(), name));
    answers.extend(name.filter(|_| !answers.iter().any(is_name)));
    let text = profile::new_profile(preset, &answers)?;
    let shown =
        arguments.file.as_ref().map_or("the new profile".to_owned(), |file| file.display().to_string());
    let profile = checked(console, &text, &shown, &answers)?;
    let file = arguments.file.clone().unwrap_or_else(|| PathBuf::from(format!("{}.toml", profile.name)));
    let Fitted { text, notice } = missing_page::left_out(console, text, &file, &answers)?;
    write_new(console, &file, &text)?;
    say_doubts(console, &text, &file);
    console.say(format!("the site is called {}", profile.name));
    let next = console.command(&format!("plan {}", shell_word(&file.display().to_string())));
    console.say(format!("next: {next}"));
    let notices = Vec::from_iter(notice);
    console.output().result(json!({ "site": profile.name, "file": file, "notices": notices, "next": next }));
    Ok(Ending::Fine)
}

/// Changes answers in a profile, and leaves every other character of it alone.
pub fn edit(console: &Console, arguments: &Edit) -> Result<Ending> {
    let sets = sets(&arguments.answers)?;
    if sets.is_empty() && console.silence().is_none() {
        return interview::edit(console, &arguments.file);
    }
    if sets.is_empty() {
        let file = shell_word(&arguments.file.display().to_string());
        let example = format!("say what: sitecast edit {file} --set distribution.price_class=all");
        return Err(Error::usage("nothing to change").hint(example));
    }
    let before = load_quietly(console, &arguments.file)?;
    let text = profile::edited(&before.text, &sets)?;
    let after = checked(console, &text, &before.path.display().to_string(), &sets)?;
    let was_deployed = journal(console).is_some_and(|journal| !journal.runs(&before.profile.name).is_empty());
    // Where nothing is known of a deploy, the next one looks whether the site is there under its former name.
    if was_deployed || before.profile.name == after.name {
        profile::check_edit(&before.profile, &after)?;
    }
    console
        .output()
        .result(json!({ "site": after.name, "file": before.path, "changed": text != before.text }));
    if text == before.text {
        console.say(format!("{} says so already", before.path.display()));
        return Ok(Ending::Fine);
    }
    profile::save(&before.path, &text)?;
    say_doubts(console, &text, &before.path);
    console.say(format!("changed {}", before.path.display()));
    Ok(Ending::Fine)
}

fn is_name((key, _): &(String, String)) -> bool {
    key == NAME
}

/// The answers as pairs of key and value.
fn sets(answers: &Answers) -> Result<Vec<(String, String)>> {
    let pair = |set: &String| match set.split_once('=') {
        Some((key, value)) => Ok((key.trim().to_owned(), value.to_owned())),
        None => Err(Error::usage(format!("--set {set} has no `=`")).hint("write --set KEY=VALUE")),
    };
    answers.set.iter().map(pair).collect()
}

/// A profile is written only when it is right as a whole.
fn checked(console: &Console, text: &str, name: &str, sets: &[(String, String)]) -> Result<profile::Profile> {
    let Reading { profile, sheet, problems } = profile::read(text, name);
    if let Some(profile) = profile {
        return Ok(profile);
    }
    let is_lacking = |key: &String| sheet.is_needed(key) && !sheet.is_written(key);
    let lacking: Vec<_> = sets.iter().map(|(key, _)| key).filter(|key| is_lacking(key)).collect();
    if !lacking.is_empty() {
        return Err(lacking_answers(&lacking));
    }
    let message = format!("{name} would have {}, so nothing was written", problems.count());
    Err(Error { message, ..problems.into_error(console.problem_colour()) })
}

/// The error of `--set KEY=` for what no profile can do without.
fn lacking_answers(keys: &[&String]) -> Error {
    let named = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and ");
    let need = if keys.len() == 1 { "needs a value" } else { "need values" };
    let examples = keys.iter().filter_map(|key| match questions::entry(key)? {
        Entry::Question(question) => Some(format!("--set {key}={}", shell_word(question.example))),
        Entry::Group(_) => None,
    });
    Error::usage(format!("{named} {need}, so nothing was written"))
        .why("`--set KEY=` takes an answer out, and there is no default that could stand in for it")
        .hint(format!("for example {}", examples.collect::<Vec<_>>().join(" ")))
}

/// Writes a profile where none stands yet.
pub fn write_new(console: &Console, file: &Path, text: &str) -> Result<()> {
    if file.exists() {
        return Err(Error::usage(format!("{} exists already; it was left as it is", file.display())).hint(
            format!(
                "name another file, or change this one with: sitecast edit {} --set KEY=VALUE",
                shell_word(&file.display().to_string())
            ),
        ));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let folder = folder.display().to_string();
        return Err(Error::usage(format!("there is no folder {folder} to write {} in", file.display()))
            .hint(format!("make it first: mkdir -p {}", shell_word(&folder))));
    }
    profile::save(file, text)?;
    console.say(format!("wrote {}", file.display()));
    Ok(())
}
