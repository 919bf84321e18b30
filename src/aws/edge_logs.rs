//! What edge functions wrote: a log group of one name in each region in which a function ran (aws-facts.md D.2).

use super::refusal::Refusal;
use super::session::{Patience, Session};
use super::tagged_buckets::{regions, unless_not_enabled};
use crate::apply::Performed;
use crate::apply::Reporter;
use crate::blueprint::answers::Region;
use crate::blueprint::names::edge_log_group;
use crate::error::Result;
use futures::future::join_all;

/// Removes the log groups of these functions in every region. What can't be looked at is told and left: it must not
/// keep the functions from going.
///
/// # Errors
/// When AWS refuses for another reason than that the caller may not.
pub async fn delete(session: &Session, functions: &[String], report: &Reporter) -> Result<Performed> {
    let all = regions(&[]).into_iter().map(|(region, patience)| async move {
        let answer = delete_in(session, functions, &region, patience).await;
        (region, unless_not_enabled(answer, patience))
    });
    let mut removed = 0;
    for (region, answer) in join_all(all).await {
        match answer {
            Ok(groups) => removed += groups.len(),
            Err(refusal) if refusal.is_denied() => report.note(format!("logs in {region} stay: {refusal}")),
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(Performed::done(format!("{removed} log groups removed")))
}

/// The names of the groups that were removed in one region.
async fn delete_in(
    session: &Session,
    functions: &[String],
    region: &Region,
    patience: Patience,
) -> Result<Vec<String>, Refusal> {
    let client = session.logs(region, patience);
    let wanted: Vec<_> = functions.iter().map(|function| edge_log_group(function)).collect();
    let tried = || format!("look for logs of edge functions in {region}");
    let prefix = common_beginning(&wanted);
    let mut pages = client.describe_log_groups().log_group_name_prefix(prefix).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("logs:DescribeLogGroups", tried()))?;
        let names = page.log_groups.unwrap_or_default().into_iter().filter_map(|group| group.log_group_name);
        found.extend(names.filter(|name| wanted.contains(name)));
    }
    for group in &found {
        let tried = format!("delete the log group {group} in {region}");
        let answer = client.delete_log_group().log_group_name(group).send().await;
        match answer.map_err(Refusal::to("logs:DeleteLogGroup", tried)) {
            Err(refusal) if !refusal.is("ResourceNotFoundException") => return Err(refusal),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(found)
}

/// With what all the names begin, so that one list holds them all.
fn common_beginning(names: &[String]) -> String {
    let Some((first, others)) = names.split_first() else { return String::new() };
    let is_shared = |end: &usize| others.iter().all(|name| name.starts_with(&first[..*end]));
    let end = (0..=first.len()).rev().filter(|end| first.is_char_boundary(*end)).find(is_shared);
    first[..end.unwrap_or(0)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_list_holds_the_groups_of_all_functions() {
        let groups = |functions: &[&str]| -> Vec<String> {
            functions.iter().map(|function| edge_log_group(function)).collect()
        };
        let both = groups(&["sitecast_acme_greeting", "sitecast_acme_headers"]);
        assert_eq!(common_beginning(&both), "/aws/lambda/us-east-1.sitecast_acme_");
        assert_eq!(common_beginning(&both[..1]), both[0]);
    }
}
