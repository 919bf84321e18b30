//! What edge functions wrote lately: a function writes in the region that is nearest to the visitor, so every region is
//! asked (aws-facts.md D.2).

use super::refusal::Refusal;
use super::session::{Patience, Session};
use super::tagged_buckets::{regions, unless_not_enabled};
use crate::blueprint::answers::Region;
use crate::blueprint::names::edge_log_group;
use futures::future::join_all;

/// How many pages of one group are read at most; each holds up to ten thousand events.
const PAGES: usize = 5;

/// One line that an edge function wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeLogEvent {
    /// When, in milliseconds since the beginning of 1970.
    pub milliseconds: i64,
    /// In which region.
    pub region: Region,
    /// The function's name on AWS.
    pub function: String,
    /// What.
    pub text: String,
}

/// What was found, and what could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EdgeLogEvents {
    /// The events of all regions, newest last.
    pub events: Vec<EdgeLogEvent>,
    /// Regions that did not answer, each with the reason.
    pub notices: Vec<String>,
}

/// What these functions have written in any region since `since`, in milliseconds since the beginning of 1970; of too
/// much only the `most` newest.
pub async fn read(session: &Session, functions: &[String], since: i64, most: usize) -> EdgeLogEvents {
    let asked = regions(&[]).into_iter().map(|(region, patience)| async move {
        let of_all =
            functions.iter().map(|function| in_region(session, function, (&region, patience), since));
        let answers = join_all(of_all).await.into_iter().collect::<Result<Vec<_>, _>>();
        unless_not_enabled(answers.map(|found| found.concat()), patience)
    });
    let mut found = EdgeLogEvents::default();
    for answer in join_all(asked).await {
        match answer {
            Ok(events) => found.events.extend(events),
            Err(refusal) => found.notices.push(refusal.to_string()),
        }
    }
    found.events.sort_by_key(|event| event.milliseconds);
    let surplus = found.events.len().saturating_sub(most);
    found.events.drain(..surplus);
    found
}

async fn in_region(
    session: &Session,
    function: &str,
    (region, patience): (&Region, Patience),
    since: i64,
) -> Result<Vec<EdgeLogEvent>, Refusal> {
    let call = session.logs(region, patience).filter_log_events().start_time(since);
    let mut pages = call.log_group_name(edge_log_group(function)).into_paginator().send();
    let tried = || format!("read what {function} wrote in {region}");
    let mut found = Vec::new();
    for _ in 0..PAGES {
        let Some(page) = pages.next().await else { break };
        let page = match page.map_err(Refusal::to("logs:FilterLogEvents", tried())) {
            // Where a function never ran it has no log group.
            Err(refusal) if refusal.is("ResourceNotFoundException") => return Ok(Vec::new()),
            other => other?,
        };
        found.extend(page.events.unwrap_or_default().into_iter().map(|event| EdgeLogEvent {
            milliseconds: event.timestamp.unwrap_or_default(),
            region: region.clone(),
            function: function.to_owned(),
            text: event.message.unwrap_or_default().trim_end().to_owned(),
        }));
    }
    Ok(found)
}
