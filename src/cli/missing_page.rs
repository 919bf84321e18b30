//! A preset's error page that the site's folder does not hold: a new profile does without it, since no deploy would
//! take a page that isn't there.

use super::Console;
use super::site::shell_word;
use crate::error::Result;
use crate::profile;
use std::path::Path;

/// The answer that names the page.
const ERROR_PAGE: &str = "distribution.error_page";

/// A profile's text, and what a person should know of it.
pub struct Fitted {
    /// The text.
    pub text: String,
    /// What was left out, and why.
    pub notice: Option<String>,
}

/// The new profile's text without an error page that was not asked for and isn't there. Where there is no folder yet,
/// nobody knows.
pub fn left_out(console: &Console, text: String, file: &Path, asked: &[(String, String)]) -> Result<Fitted> {
    let is_asked = asked.iter().any(|(key, _)| key == ERROR_PAGE);
    let Some((folder, page)) = missing(&text, file).filter(|_| !is_asked) else {
        return Ok(Fitted { text, notice: None });
    };
    let edit =
        format!("edit {} --set {ERROR_PAGE}={}", shell_word(&file.display().to_string()), shell_word(&page));
    let notice = format!(
        "{folder} holds no {page}, so the profile names no error page; once it does: {}",
        console.command(&edit)
    );
    console.say(format!("! {notice}"));
    Ok(Fitted { text: without(&text)?, notice: Some(notice) })
}

/// The same for a profile on the screen, where the form shows what is answered.
pub fn left_out_quietly(text: String, file: &Path) -> Result<String> {
    if missing(&text, file).is_some() { without(&text) } else { Ok(text) }
}

fn without(text: &str) -> Result<String> {
    profile::edited(text, &[(ERROR_PAGE.to_owned(), String::new())])
}

/// The folder that is there, and the page that it lacks.
fn missing(text: &str, file: &Path) -> Option<(String, String)> {
    let distribution = profile::read(text, "").profile?.distribution;
    let folder = file.parent().unwrap_or(Path::new("")).join(distribution.folder);
    let page = distribution.error_page.filter(|page| folder.is_dir() && !folder.join(page).is_file())?;
    Some((folder.display().to_string(), page))
}
