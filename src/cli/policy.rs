//! `sitecast policy`: the least that an IAM policy must allow for a profile.

use super::args::{Policy, PolicyRole};
use super::site::{connect, load};
use super::{Console, Ending};
use crate::check::policy::{self, Scope};
use crate::error::{Kind, Result};
use serde_json::json;

/// Prints the policy: with `--json` that of the edge functions' role beside it.
pub async fn run(console: &Console, arguments: &Policy) -> Result<Ending> {
    let loaded = load(console, &arguments.file)?;
    let (partition, account) = account(console).await?;
    let scope = Scope::new(&loaded.profile, &partition, &account);
    let operator = policy::document(&policy::statements(&scope));
    let edge = policy::document(&policy::edge_role_statements(&scope));
    if console.flags().json {
        console.json(json!({ "operator": operator, "edge": edge }))?;
    } else {
        match arguments.role {
            PolicyRole::Operator => console.json(operator)?,
            PolicyRole::Edge => console.json(edge)?,
        }
    }
    Ok(Ending::Fine)
}

/// The account that the policy is for. It can be written without one, by a person who has no credentials yet.
async fn account(console: &Console) -> Result<(String, String)> {
    let named = console.flags().expect_account.clone();
    if let Some(account) = named.filter(|_| !console.flags().sandbox) {
        return Ok(("aws".to_owned(), account));
    }
    match connect(console, None).await {
        Ok(connection) => Ok((connection.identity.partition, connection.identity.account)),
        Err(error) if error.kind == Kind::Credentials => {
            console
                .say("no credentials, so the policy is for any account; name one with --expect-account ID");
            Ok(("aws".to_owned(), "*".to_owned()))
        }
        Err(error) => Err(error),
    }
}
