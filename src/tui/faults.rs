//! What stands in the way of a plan, in the order of the pages, and where each of it can be mended.

use super::editing::{Editing, Trouble, is_about, stage_of};
use super::rows::{Page, Row, list_of};
use crate::profile::Severity;
use crate::profile::question::Stage;

/// One thing that stands in the way of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The key it is about.
    pub key: String,
    /// What is wrong.
    pub trouble: Trouble,
}

impl Editing {
    /// Everything that stands in the way of a plan, in the order of the pages and of their rows.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = self.standing().collect();
        faults.sort_by_cached_key(|fault| self.whereabouts(&fault.key));
        faults
    }

    /// How many things are wrong on a stage.
    pub fn problems_of(&self, stage: Stage) -> usize {
        self.standing().filter(|fault| stage_of(&fault.key) == stage).count()
    }

    /// How many things are wrong in all.
    pub fn problems(&self) -> usize {
        self.standing().count()
    }

    /// The page that a key is answered on, and which of the rows there that one can go to.
    pub fn whereabouts(&self, key: &str) -> (Page, usize) {
        let stage = stage_of(key);
        let page = Page { stage, item: item_of(key, stage) };
        let rows = self.rows(page);
        let place = rows.iter().filter(|row| row.is_reachable()).position(|row| is_of(row, key));
        (page, place.unwrap_or(0))
    }

    /// What the profile gets wrong, and what was refused. What was refused is about to replace what the profile has.
    fn standing(&self) -> impl Iterator<Item = Fault> {
        let errors = self.reading.problems.problems.iter().filter(|it| it.severity == Severity::Error);
        let found = errors.map(|problem| Fault {
            key: problem.keys.first().cloned().unwrap_or_default(),
            trouble: Trouble::of_problem(problem),
        });
        let refused = self.version.refused.iter();
        let refused =
            refused.map(|(key, refused)| Fault { key: key.clone(), trouble: Trouble::of_refused(refused) });
        let is_replaced = |fault: &Fault| self.version.refused.keys().any(|key| is_about(&fault.key, key));
        found.filter(move |fault| !is_replaced(fault)).chain(refused)
    }
}

/// The item whose own page asks for the key, where a stage has a list and the key is of one part of an item.
fn item_of(key: &str, stage: Stage) -> Option<usize> {
    let inside = key.strip_prefix(list_of(stage)?.key)?.strip_prefix('[')?;
    let (number, part) = inside.split_once(']')?;
    number.parse().ok().filter(|_| !part.is_empty())
}

/// Whether a row is where a key is answered: its own, the list that it is in, or the first of its table.
fn is_of(row: &Row, key: &str) -> bool {
    let is_inside = |inner: &str, outer: &str, between: char| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with(between))
    };
    match row {
        Row::Answer { key: own, .. } => {
            own == key || is_inside(key, own, '[') || is_inside(key, own, '.') || is_inside(own, key, '.')
        }
        Row::Item { list, index } => format!("{list}[{index}]") == key,
        Row::Heading(_) | Row::Add { .. } | Row::Proposal { .. } | Row::Tester => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn editing(text: &str) -> Editing {
        Editing::open(PathBuf::from("site.toml"), text.to_owned()).unwrap()
    }

    #[test]
    fn what_is_wrong_is_told_in_the_order_of_the_pages_and_once() {
        let mut editing = editing(
            "schema = 1\n[https]\ndomains = [\"-\"]\n[[caching.rule]]\npath = \"/a\"\nbrowser = \"1x\"\n",
        );
        editing.answer("name", "NO");
        let keys: Vec<String> = editing.faults().into_iter().map(|fault| fault.key).collect();
        let expected = ["name", "distribution.folder", "caching.rule[0].browser", "https.domains"];
        assert_eq!(keys, expected);
        assert_eq!((editing.problems(), editing.problems_of(Stage::Distribution)), (4, 2));
    }

    #[test]
    fn an_answer_without_a_meaning_can_still_be_taken_out() {
        let mut editing = editing(
            "schema = 1\nname = \"shop\"\n[distribution]\nfolder = \"public\"\nregion = \"eu-west-1\"\n\
             spa = true\nerror_page = \"404.html\"\n",
        );
        let (page, place) = editing.whereabouts(&editing.faults()[0].key);
        let rows = editing.rows(page);
        let row = rows.iter().filter(|row| row.is_reachable()).nth(place);
        assert!(matches!(row, Some(Row::Answer { key, .. }) if key == "distribution.error_page"), "{row:?}");
        editing.take_out("distribution.error_page");
        assert_eq!((editing.problems(), editing.rows(page).len()), (0, rows.len() - 1));
    }

    #[test]
    fn each_leads_to_the_row_that_mends_it() {
        let editing = editing(include_str!("../../presets/everything.toml"));
        let row = |key: &str| {
            let (page, place) = editing.whereabouts(key);
            let row = editing.rows(page).into_iter().filter(Row::is_reachable).nth(place).unwrap();
            match row {
                Row::Answer { key, .. } => key,
                Row::Item { list, index } => format!("{list}[{index}]"),
                Row::Heading(_) | Row::Add { .. } | Row::Proposal { .. } | Row::Tester => String::new(),
            }
        };
        let rows = [
            ("https.domains[1]", "https.domains"),
            ("https.hsts", "https.hsts.max_age"),
            ("caching.rule[1]", "caching.rule[1]"),
            ("caching.rule[1].edge.max", "caching.rule[1].edge"),
            ("caching.default", "caching.default.browser"),
        ];
        for (key, expected) in rows {
            assert_eq!(row(key), expected);
        }
    }
}
