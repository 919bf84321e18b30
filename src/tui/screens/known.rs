//! What is known that a typed answer could be: the buckets of the account, the pages of the folder.

use super::super::editing::Editing;
use super::super::lookup::{Answer, FoundBucket, Lookup, Tagged};
use super::super::rows::Row;
use super::super::state::{Overlay, State};
use super::super::widgets::picklist::{Pick, Picklist};
use crate::profile::question::Question;

/// Offers what is known for the answer in focus. Nothing is offered where something was typed, nor where nothing is
/// known.
pub fn offer(state: &mut State) -> bool {
    let Some((key, question)) = answer_in_focus(state) else { return false };
    let (picks, value) = (picks(state, &key), holding(state, &key));
    if picks.is_empty() {
        return false;
    }
    let list = Picklist::new(question.prompt, picks, &value);
    let list = Picklist { own: Some("as it is typed"), ..list };
    state.overlay = Some(Overlay::Choose { key, list });
    true
}

/// Whether something is offered for the answer in focus.
pub fn is_offered(state: &State) -> bool {
    answer_in_focus(state).is_some_and(|(key, _)| !picks(state, &key).is_empty())
}

/// The answer in focus, where nothing was typed into it.
fn answer_in_focus(state: &State) -> Option<(String, &'static Question)> {
    let is_typing = state.editing.as_ref()?.typing.is_some();
    match state.focused()? {
        Row::Answer { key, question } => (!is_typing).then_some((key, question)),
        Row::Heading(_) | Row::Item { .. } | Row::Add { .. } | Row::Proposal { .. } | Row::Tester => None,
    }
}

fn typed(state: &State, key: &str) -> String {
    state.editing.as_ref().map(|editing| editing.typed(key)).unwrap_or_default()
}

/// The answer that holds, also where it is the default.
fn holding(state: &State, key: &str) -> String {
    let value = state.editing.as_ref().and_then(|editing| editing.reading.sheet.value(key));
    let value = value.and_then(|value| value.as_str().map(str::to_owned));
    Some(typed(state, key)).filter(|typed| !typed.is_empty()).or(value).unwrap_or_default()
}

fn picks(state: &State, key: &str) -> Vec<Pick> {
    match key {
        "distribution.bucket" | "failover.bucket" => buckets(state),
        "distribution.index" | "distribution.error_page" => pages(state),
        _ => Vec::new(),
    }
}

/// The account's buckets, those of this site first.
fn buckets(state: &State) -> Vec<Pick> {
    let Some(Ok(Answer::Buckets(found))) = state.lookups.answer(&Lookup::Buckets) else { return Vec::new() };
    let site = state.editing.as_ref().map(Editing::site).unwrap_or_default();
    let mut found: Vec<&FoundBucket> = found.iter().collect();
    found.sort_by_key(|bucket| bucket.tagged != Tagged::Site(site.clone()));
    found.into_iter().map(|bucket| bucket_pick(bucket, &site)).collect()
}

fn bucket_pick(bucket: &FoundBucket, site: &str) -> Pick {
    let whose = match &bucket.tagged {
        Tagged::Site(other) if other == site => "this site's".to_owned(),
        Tagged::Site(other) => format!("taken: it is site {other}'s"),
        Tagged::Nobody => "taken: it is no site's".to_owned(),
        Tagged::Untold => "not known whose".to_owned(),
    };
    Pick {
        value: bucket.name.clone(),
        label: bucket.name.clone(),
        detail: format!("{:<15} {whose}", bucket.region.as_deref().unwrap_or_default()),
        ..Pick::default()
    }
}

/// The pages of the folder, as far as it is the one that is answered.
fn pages(state: &State) -> Vec<Pick> {
    let Some((folder, Ok(contents))) = &state.folder else { return Vec::new() };
    if folder.display().to_string() != typed(state, "distribution.folder") {
        return Vec::new();
    }
    let pick = |page: &String| Pick { value: page.clone(), label: page.clone(), ..Pick::default() };
    contents.pages.iter().map(pick).collect()
}
