//! Whether the caller may do everything that the profile takes.

use super::Finding;
use super::policy::{Scope, Statement, statements};
use crate::aws::preflight::permissions::{Ask, Principal, denied, principal};
use crate::aws::session::{Identity, Session};

const CHECK: &str = "permissions";

/// One finding where nothing is missing; else one for each group of actions of which some are.
pub async fn check(session: &Session, identity: &Identity, scope: &Scope<'_>) -> Vec<Finding> {
    let arn = match principal(session, identity).await {
        Principal::Root => return vec![Finding::ok(CHECK, "the account's root may do everything")],
        Principal::Named(arn) => arn,
        Principal::Unknown => {
            let what = format!("IAM can't be asked about {}", identity.arn);
            return vec![Finding::not_checked(CHECK, what)];
        }
    };
    let statements = statements(scope);
    let asks: Vec<Ask> = statements.iter().map(ask).collect();
    match denied(session, &arn, &asks).await {
        Ok(denied) => findings(&statements, denied),
        Err(refusal) => {
            let what = format!("permissions were not checked: {}", refusal.said);
            vec![Finding::not_checked(CHECK, what).way_out("allow iam:SimulatePrincipalPolicy to check them")]
        }
    }
}

fn ask(statement: &Statement) -> Ask {
    let context = statement
        .condition
        .as_ref()
        .and_then(|condition| condition.values.first().map(|value| (condition.key, value.clone())));
    Ask { actions: statement.actions.clone(), resources: statement.examples(), context }
}

fn findings(statements: &[Statement], denied: Vec<Vec<&'static str>>) -> Vec<Finding> {
    let with_denied = statements.iter().zip(denied).filter(|(_, denied)| !denied.is_empty());
    let missing: Vec<_> = with_denied.map(|(statement, denied)| missing(statement, &denied)).collect();
    if missing.is_empty() {
        let count: usize = statements.iter().map(|statement| statement.actions.len()).sum();
        return vec![Finding::ok(CHECK, format!("all {count} actions are allowed"))];
    }
    missing
}

fn missing(statement: &Statement, denied: &[&str]) -> Finding {
    let what = format!("not allowed: {}", denied.join(", "));
    let finding = match statement.needed {
        true => Finding::stop(CHECK, what).why("the deploy would fail on the way"),
        false => Finding::warning(CHECK, what)
            .why("the site can be deployed without it, but less can be told of it"),
    };
    let resources = statement.resources.join(", ");
    finding.way_out(format!("allow it on {resources}; `sitecast policy` prints the whole policy"))
}
