//! What edge locations were lately told to forget.

use super::Live;
use crate::aws::look::invalidations;
use crate::status::moment::Moment;
use crate::status::panels::{InvalidationView, InvalidationsView};
use crate::status::sources::Answer;
use std::collections::BTreeMap;

/// How many are shown.
const SHOWN: i32 = 5;

/// The paths of those that are shown, by id: they never change.
pub(super) type Known = BTreeMap<String, Vec<String>>;

impl Live {
    pub(super) async fn view_invalidations(&self) -> Answer<InvalidationsView> {
        let Some(distribution) = self.seen_distribution().await? else {
            return Ok(InvalidationsView { newest: Vec::new() });
        };
        let session = &self.subject.session;
        let listed = invalidations::newest(session, &distribution.id, SHOWN).await?;
        let mut known = self.invalidations.lock().await;
        known.retain(|id, _| listed.iter().any(|item| item.id == *id));
        for item in &listed {
            if !known.contains_key(&item.id) {
                known.insert(
                    item.id.clone(),
                    invalidations::paths(session, &distribution.id, &item.id).await?,
                );
            }
        }
        let newest = listed.into_iter().map(|item| InvalidationView {
            paths: known.get(&item.id).cloned().unwrap_or_default(),
            asked: Some(Moment::of_seconds(item.asked)),
            completed: item.completed,
            id: item.id,
        });
        Ok(InvalidationsView { newest: newest.collect() })
    }
}
