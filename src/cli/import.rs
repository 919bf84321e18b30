//! `sitecast import`: the profile of a deployed site, from the copy kept with its release.

use super::args::Import;
use super::edit::write_new;
use super::site::connect;
use super::{Console, Ending};
use crate::aws::profile_copy::{self, Search};
use crate::error::{Error, Result};
use serde_json::json;
use std::path::PathBuf;

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
    console.output().result(json!({ "site": arguments.name, "file": file, "notices": notices }));
    Ok(Ending::Fine)
}
