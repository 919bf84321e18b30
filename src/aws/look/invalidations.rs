//! What edge locations were lately told to forget.

use crate::aws::refusal::Refusal;
use crate::aws::session::Session;

/// An invalidation in a list, which names no paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// When it was asked for, in seconds since 1970.
    pub asked: i64,
    /// Whether every edge location has forgotten.
    pub completed: bool,
}

/// The newest few, newest first.
///
/// # Errors
/// When AWS refuses to list them.
pub async fn newest(session: &Session, distribution: &str, count: i32) -> Result<Vec<Listed>, Refusal> {
    let tried = format!("list the invalidations of {distribution}");
    let call = session.cloudfront().list_invalidations().distribution_id(distribution).max_items(count);
    let answer = call.send().await.map_err(Refusal::to("cloudfront:ListInvalidations", tried))?;
    let items = answer.invalidation_list.and_then(|list| list.items).unwrap_or_default();
    let listed = items.into_iter().map(|item| Listed {
        id: item.id,
        asked: item.create_time.secs(),
        completed: item.status == "Completed",
    });
    let mut listed: Vec<_> = listed.collect();
    listed.sort_by_key(|item| std::cmp::Reverse(item.asked));
    listed.truncate(usize::try_from(count).unwrap_or_default());
    Ok(listed)
}

/// The paths of one, which never change.
///
/// # Errors
/// When AWS refuses to read it.
pub async fn paths(session: &Session, distribution: &str, id: &str) -> Result<Vec<String>, Refusal> {
    let tried = format!("read the invalidation {id} of {distribution}");
    let call = session.cloudfront().get_invalidation().distribution_id(distribution).id(id);
    let answer = call.send().await.map_err(Refusal::to("cloudfront:GetInvalidation", tried))?;
    let batch = answer.invalidation.and_then(|invalidation| invalidation.invalidation_batch);
    Ok(batch.and_then(|batch| batch.paths).and_then(|paths| paths.items).unwrap_or_default())
}
