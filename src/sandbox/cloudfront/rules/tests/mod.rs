//! Every rule, with a row that breaks it, beside a configuration that breaks none.

mod calls;
mod case;
mod configurations;
mod distributions;
mod others;

use super::{Rule, Subject};
use crate::sandbox::cloudfront::element::Element;
use crate::sandbox::cloudfront::state::Stage;
use std::collections::BTreeSet;
use time::OffsetDateTime;

const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

fn stage() -> Stage {
    let config = Element::new("FunctionConfig");
    Stage { etag: "E1".to_owned(), created: NOW, modified: NOW, config, code: String::new() }
}

fn first_broken<S: Subject>(subject: &S::At<'_>, rules: &[Rule<S>]) -> Option<&'static str> {
    rules.iter().find(|rule| (rule.complaint)(subject).is_some()).map(|rule| rule.id)
}

fn set_list(element: &mut Element, tag: &str, texts: &[&str]) {
    element.set(Element::leaf("Quantity", texts.len()));
    element.set(Element::new("Items").with_all(texts.iter().map(|text| Element::leaf(tag, text))));
}

#[test]
fn every_rule_has_a_name_of_its_own_and_says_where_it_is_known_from() {
    let rows = super::rules();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), rows.len());
    assert!(rows.iter().all(|row| !row.source.is_empty() && !row.about.is_empty()));
}
