//! `sitecast list`: the sites in this account.

use super::screen::profiles;
use super::site::{connect, shell_word};
use super::{Console, Ending};
use crate::aws::sites::{SiteFound, Sites, sites};
use crate::error::Result;
use crate::tui::message::FoundProfile;
use serde::Serialize;
use serde_json::json;

/// Lists the sites in this account.
pub async fn run(console: &Console) -> Result<Ending> {
    let connection = connect(console, None).await?;
    let Sites { found, notices } = sites(&connection.session).await?;
    for notice in &notices {
        console.say(format!("! {notice}"));
    }
    let account = &connection.identity.account;
    let profiles = profiles::found(console);
    let listed: Vec<_> = found.into_iter().map(|site| Listed::new(console, site, &profiles)).collect();
    console.output().result(json!({ "account": account, "sites": listed, "notices": notices }));
    if console.is_for_program() {
        return Ok(Ending::Fine);
    }
    if listed.is_empty() {
        console.say("no sites here yet; `sitecast new` begins one");
    }
    listed.iter().try_for_each(|listed| console.data(listed.line()))?;
    Ok(Ending::Fine)
}

/// A site as it is listed.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    site: SiteFound,
    /// The command that finishes its teardown, where one is under way.
    finish: Option<String>,
}

impl Listed {
    fn new(console: &Console, site: SiteFound, profiles: &[FoundProfile]) -> Listed {
        let finish = site.is_going().then(|| {
            let own = profiles.iter().find(|profile| profile.name == site.name);
            let file = own.map_or("FILE".to_owned(), |own| shell_word(&own.path.display().to_string()));
            console.command(&format!("destroy {file}"))
        });
        Listed { site, finish }
    }

    fn line(&self) -> String {
        let SiteFound { name, domain, aliases, buckets, leftovers, .. } = &self.site;
        let left = || leftovers.iter().map(|left| format!("{} {}", left.kind, left.name)).collect::<Vec<_>>();
        if let Some(finish) = &self.finish {
            let left = left().join(", ");
            return format!(
                "{name:24}  no distribution and no bucket, only {left}; to remove that: {finish}"
            );
        }
        let address = aliases.first().or(domain.as_ref());
        let address = address.map_or("no distribution".to_owned(), |domain| format!("https://{domain}/"));
        let address =
            if self.site.disabled { format!("{address} (disabled: nobody is served)") } else { address };
        let names = buckets.iter().map(|bucket| bucket.name.clone());
        format!("{name:24}  {address}  {}", names.chain(left()).collect::<Vec<_>>().join(" "))
    }
}
