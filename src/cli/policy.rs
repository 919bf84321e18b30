//! `sitecast policy`: the least that an IAM policy must allow for a profile.

use super::args::{Policy, PolicyRole};
use super::site::{connect, load};
use super::{Console, Ending};
use crate::check::policy::{self, Scope, Statement};
use crate::error::{Error, Kind, Result};
use serde_json::{Value, json};

/// Prints the policy: with `--json` that of the edge functions' role beside it.
pub async fn run(console: &Console, arguments: &Policy) -> Result<Ending> {
    let loaded = load(console, &arguments.file)?;
    let (partition, account) = account(console).await?;
    let scope = Scope::new(&loaded.profile, &partition, &account);
    let (operator, edge) = (policy::statements(&scope), policy::edge_role_statements(&scope));
    if console.flags().json {
        console.json(json!({ "operator": policy::document(&operator), "edge": policy::document(&edge) }))?;
    } else {
        let statements = match arguments.role {
            PolicyRole::Operator => operator,
            PolicyRole::Edge => edge,
        };
        console.json(one(console, &statements, arguments.part)?)?;
    }
    Ok(Ending::Fine)
}

/// The policy, or the part of it that was asked for.
fn one(console: &Console, statements: &[Statement], part: Option<usize>) -> Result<Value> {
    let parts = policy::documents(statements);
    let count = parts.len();
    let Some(number) = part else {
        if count > 1 {
            console.say(format!(
                "this is too long for one managed policy, which holds {} characters: make {count} \
                 of it, which --part 1 to --part {count} print",
                policy::MANAGED_POLICY_CHARACTERS
            ));
        }
        return Ok(policy::document(statements));
    };
    let found = number.checked_sub(1).and_then(|index| parts.into_iter().nth(index));
    found.ok_or_else(|| Error::usage(format!("there is no part {number}: the policy has {count}")))
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
