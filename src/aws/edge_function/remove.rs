//! Removing functions and versions. Copies at edge locations outlive the last behaviour that named them by an hour or
//! more, and until they are gone Lambda removes nothing (aws-facts.md D.6).

use super::observe::version;
use super::{INVALID, Named, get, versions};
use crate::apply::Performed;
use crate::aws::claim::not_ours;
use crate::aws::refusal::Refusal;
use crate::aws::tags;
use crate::aws::wait::until;
use crate::blueprint::inventory::Foreign;
use crate::blueprint::resource::{Kind, ResourceId};
use crate::error::Result;

/// Removes a function with all its versions. One that is gone is as good. Where copies remain, it is `awaited` until
/// they are gone, or left to another run.
///
/// # Errors
/// When AWS refuses for another reason, or when the function is not ours.
pub async fn delete(at: Named<'_>, awaited: bool) -> Result<Performed> {
    let function = match get(at.client, at.name, None).await {
        Err(refusal) if refusal.is_not_found() => return Ok(Performed::unneeded("it is gone already")),
        other => other?,
    };
    let held = function.tags.unwrap_or_default().into_iter().collect();
    if let Err(why) = tags::ownership(&held, at.site) {
        let resource = ResourceId::new(Kind::EdgeFunction, at.name);
        return Err(not_ours("edge function", &Foreign { resource, why }));
    }
    let look = || async { Ok::<_, Refusal>(is_removed(at, None).await?.then_some(())) };
    let removed = match awaited {
        true => {
            until(at.poll, "edge locations to let go of their copies, often an hour", at.report, look).await?
        }
        false => look().await?,
    };
    Ok(match removed {
        Some(()) => Performed::done("removed"),
        None => Performed::unfinished(
            "edge locations still hold copies of it, often for an hour and sometimes for several; the next run \
             removes it",
        ),
    })
}

/// Removes every version but the one with the ARN `kept`. Those of which copies remain are left to a later change.
///
/// # Errors
/// When AWS refuses for another reason.
pub async fn prune(at: Named<'_>, kept: &str) -> Result<Performed> {
    let found = match versions(at.client, at.name).await {
        Err(refusal) if refusal.is_not_found() => return Ok(Performed::unneeded("the function is gone")),
        other => other?,
    };
    let (mut removed, mut left) = (0, 0);
    for version in found.iter().filter_map(version).filter(|version| version.arn != kept) {
        match is_removed(at, Some(&version.number)).await? {
            true => removed += 1,
            false => left += 1,
        }
    }
    Ok(Performed::done(match left {
        0 => format!("{removed} removed"),
        _ => format!("{removed} removed; {left} go with a later change, once edge locations hold no copies"),
    }))
}

/// Asks for the removal of one version, or of all; whether there was no copy in the way.
async fn is_removed(at: Named<'_>, version: Option<&str>) -> Result<bool, Refusal> {
    let call = at.client.delete_function().function_name(at.name).set_qualifier(version.map(str::to_owned));
    let tried = format!("delete the edge function {}", at.name);
    match call.send().await.map_err(Refusal::to("lambda:DeleteFunction", tried)) {
        Ok(_) => Ok(true),
        Err(refusal) if refusal.is_not_found() => Ok(true),
        Err(refusal) if refusal.is(INVALID) && refusal.said.contains("replicated function") => Ok(false),
        Err(refusal) => Err(refusal),
    }
}
