//! `sitecast import`: the profile of a deployed site, from the copy kept with its release.

use super::args::Import;
use super::edit::write_new;
use super::site::{connect, shell_word};
use super::{Console, Ending};
use crate::aws::profile_copy::{self, Search};
use crate::error::{Error, Result};
use crate::profile;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Writes the profile of a deployed site.
pub async fn run(console: &Console, arguments: &Import) -> Result<Ending> {
    let connection = connect(console, None).await?;
    let Search { text, notices } = profile_copy::read(&connection.session, &arguments.name).await?;
    for notice in &notices {
        console.say(format!("! {notice}"));
    }
    let Some(text) = text else {
        return Err(Error::failed(format!(
            "no site named {} with a copy of its profile in account {}",
            arguments.name, connection.identity.account
        ))
        .hint("sitecast list shows the sites of this account"));
    };
    let file = arguments.file.clone().unwrap_or_else(|| PathBuf::from(format!("{}.toml", arguments.name)));
    write_new(console, &file, &text)?;
    let next = next(console, &file, &text);
    console.say(format!("next: {next}"));
    let site = &arguments.name;
    console.output().result(json!({ "site": site, "file": file, "notices": notices, "next": next }));
    Ok(Ending::Fine)
}

/// What to do with the file. The folder that it names is relative to it, and stayed where it was deployed from.
fn next(console: &Console, file: &Path, text: &str) -> String {
    let shown = shell_word(&file.display().to_string());
    let folder = profile::parse(text, &shown).ok().map(|profile| profile.distribution.folder);
    let here = file.parent().unwrap_or(Path::new(""));
    match folder.filter(|folder| !here.join(folder).is_dir()) {
        Some(folder) => {
            console.say(format!(
                "! the profile publishes the folder {}, which is relative to {shown} and isn't there",
                folder.display()
            ));
            console.command(&format!("edit {shown} --set distribution.folder=FOLDER"))
        }
        None => console.command(&format!("plan {shown}")),
    }
}
