//! `sitecast list`: the sites in this account.

use super::site::connect;
use super::{Console, Ending};
use crate::aws::sites::{Sites, sites};
use crate::error::Result;
use serde_json::json;

/// Lists the sites in this account.
pub async fn run(console: &Console) -> Result<Ending> {
    let connection = connect(console, None).await?;
    let Sites { found, notices } = sites(&connection.session).await?;
    for notice in &notices {
        console.say(format!("! {notice}"));
    }
    let account = &connection.identity.account;
    console.output().result(json!({ "account": account, "sites": found, "notices": notices }));
    if console.is_for_program() {
        return Ok(Ending::Fine);
    }
    if found.is_empty() {
        console.say("no sites here yet; `sitecast new` begins one");
    }
    for site in found {
        let address = site.aliases.into_iter().next().or(site.domain);
        let address = address.map_or("no distribution".to_owned(), |domain| format!("https://{domain}/"));
        let names: Vec<_> = site.buckets.iter().map(|bucket| bucket.name.as_str()).collect();
        console.data(format!("{:24}  {address}  {}", site.name, names.join(" ")))?;
    }
    Ok(Ending::Fine)
}
