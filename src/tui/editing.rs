//! The profile that is open: its text, what it says, what was typed and refused, and the way back.

use super::answer;
use super::in_words::in_words;
use super::rows::{Page, Row, rows, with_proposals};
use super::undo::History;
use crate::error::{Error, Result};
use crate::profile::proposal::ProposedRule;
use crate::profile::question::{Question, Shape, Stage};
use crate::profile::questions::{Entry, entry, question, table_of};
use crate::profile::{self, Reading, Severity};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use tui_input::Input;

/// The profile that is open.
#[derive(Debug, Clone)]
pub struct Editing {
    /// Its file.
    pub path: PathBuf,
    /// What the file held when it was opened.
    pub opened: String,
    /// The site's name as the file was opened.
    pub opened_as: Option<String>,
    /// What the file holds, as far as is known.
    pub saved: String,
    /// What it should hold, and what could not be put there.
    pub version: Version,
    /// What `version` says.
    pub reading: Reading,
    /// What is being typed, and the key it is for.
    pub typing: Option<(String, Input)>,
    /// The stages that were looked at.
    pub visited: BTreeSet<Stage>,
    /// The row that each page was left on.
    pub places: BTreeMap<Page, usize>,
    /// The address whose rule is wanted.
    pub tested: Input,
    /// The caching rules that fit the files and can be taken.
    pub proposals: Vec<ProposedRule>,
    fitting: Vec<ProposedRule>,
    history: History<Version>,
}

/// One version of the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The profile.
    pub text: String,
    /// What was typed and refused, by key. The profile holds none of it.
    pub refused: BTreeMap<String, Refused>,
}

/// An answer that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What was typed.
    pub typed: String,
    /// Why it was refused.
    pub why: String,
    /// What would be taken.
    pub help: Option<String>,
}

/// Something wrong with an answer, as it is shown beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Whether the profile can be used all the same.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Trouble {
    /// What the profile gets wrong.
    pub fn of_problem(problem: &profile::Problem) -> Self {
        let key = problem.keys.first().map(String::as_str).unwrap_or_default();
        Trouble {
            severity: problem.severity,
            message: in_words(&problem.message, key),
            help: problem.help.as_ref().filter(|help| !is_of_text(help)).map(|help| in_words(help, key)),
        }
    }

    /// Why an answer was refused.
    pub fn of_refused(refused: &Refused) -> Self {
        Trouble { severity: Severity::Error, message: refused.why.clone(), help: refused.help.clone() }
    }
}

impl Editing {
    /// Opens a profile.
    ///
    /// # Errors
    /// When the text isn't TOML, so that no answer in it could be changed.
    pub fn open(path: PathBuf, text: String) -> Result<Self> {
        profile::edited(&text, &[])?;
        let reading = profile::read(&text, &path.display().to_string());
        Ok(Editing {
            path,
            opened_as: name_in(&reading),
            opened: text.clone(),
            saved: text.clone(),
            version: Version { text, refused: BTreeMap::new() },
            reading,
            typing: None,
            visited: BTreeSet::new(),
            places: BTreeMap::new(),
            tested: Input::default(),
            proposals: Vec::new(),
            fitting: Vec::new(),
            history: History::default(),
        })
    }

    /// The profile's text.
    pub fn text(&self) -> &str {
        &self.version.text
    }

    /// The site's name, as far as it is known.
    pub fn site(&self) -> String {
        name_in(&self.reading).unwrap_or_else(|| "new site".to_owned())
    }

    /// The rows of a page.
    pub fn rows(&self, page: Page) -> Vec<Row> {
        let problems = self.reading.problems.problems.iter();
        let wrong: Vec<&str> = problems.flat_map(|problem| &problem.keys).map(String::as_str).collect();
        let rows = rows(page, &self.reading.sheet, &wrong);
        match page == Page::of(Stage::Caching) {
            true => with_proposals(rows, self.proposals.len()),
            false => rows,
        }
    }

    /// Takes in which caching rules fit the files. None of them holds before a person takes it.
    pub fn propose(&mut self, fitting: Vec<ProposedRule>) {
        self.fitting = fitting;
        self.weigh_proposals();
    }

    /// Takes a proposed rule into the profile.
    pub fn take_proposal(&mut self, index: usize) {
        if let Some(text) = self.proposals.get(index).and_then(|rule| self.with_rule(rule)) {
            self.replace(Version { text, refused: self.version.refused.clone() });
        }
    }

    /// Only what nothing decides yet and clashes with nothing is proposed.
    fn weigh_proposals(&mut self) {
        let errors = |reading: &Reading| {
            reading.problems.problems.iter().filter(|it| it.severity == Severity::Error).count()
        };
        let now = errors(&self.reading);
        let is_sound = |rule: &&ProposedRule| {
            let text = self.with_rule(rule);
            text.is_some_and(|text| errors(&profile::read(&text, "")) <= now)
        };
        let open = self.fitting.iter().filter(|rule| rule.is_open(&self.reading.sheet)).filter(is_sound);
        self.proposals = open.cloned().collect();
    }

    fn with_rule(&self, rule: &ProposedRule) -> Option<String> {
        let answers = rule.answers(self.reading.sheet.length("caching.rule"));
        profile::edited(self.text(), &answers).ok()
    }

    /// The answer that is written for a key, or its default, as it is typed; nothing where there is neither.
    pub fn typed(&self, key: &str) -> String {
        if let Some(refused) = self.version.refused.get(key) {
            return refused.typed.clone();
        }
        let written = question(key).filter(|_| self.reading.sheet.is_written(key));
        let value = written.and_then(|question| Some((question, self.reading.sheet.value(key)?)));
        value.map(|(question, value)| answer::typed(question, &value)).unwrap_or_default()
    }

    /// Whether the answer is the file's own, not the default.
    pub fn is_written(&self, key: &str) -> bool {
        self.reading.sheet.is_written(key) || self.version.refused.contains_key(key)
    }

    /// Whether the key is in a table that is left out, which switches it off.
    pub fn is_switched_off(&self, key: &str) -> bool {
        let optional = match entry(table_of(key)) {
            Some(Entry::Group(group)) => group.shape == Shape::Optional,
            Some(Entry::Question(_)) | None => false,
        };
        optional && !self.reading.sheet.is_written(table_of(key))
    }

    /// Takes an answer as it was typed; an empty one takes the answer out. A wrong one is kept beside its reason.
    pub fn answer(&mut self, key: &str, text: &str) {
        let Some(question) = question(key) else { return };
        if text.trim().is_empty() {
            return self.take_out(key);
        }
        let understood = answer::understood(question, text);
        match profile::edited(self.text(), &[(key.to_owned(), understood)]) {
            Ok(changed) => self.change(changed, key, None),
            Err(error) => self.change(self.version.text.clone(), key, Some(refused(text, error))),
        }
    }

    /// Takes several answers at once, as they are typed; whether they could be.
    pub fn answer_all(&mut self, answers: &[(String, String)]) -> bool {
        let changed = profile::edited(self.text(), answers);
        let is_taken = changed.is_ok();
        if let Ok(text) = changed {
            self.replace(Version { text, refused: self.version.refused.clone() });
        }
        is_taken
    }

    /// Takes an answer out, so that its default holds. Domains and HSTS without an answer are switched off.
    pub fn take_out(&mut self, key: &str) {
        let key_or_table = match key {
            "https.domains" | "https.hsts.max_age" => table_of(key),
            _ => key,
        };
        match profile::edited(self.text(), &[(key_or_table.to_owned(), String::new())]) {
            Ok(changed) => self.change(changed, key, None),
            Err(error) => self.change(self.version.text.clone(), key, Some(refused("", error))),
        }
    }

    /// Takes over what something else wrote into the file.
    pub fn take_over(&mut self, text: String) {
        self.typing = None;
        self.saved.clone_from(&text);
        self.replace(Version { text, refused: BTreeMap::new() });
    }

    /// Takes an item out of a list.
    pub fn remove_item(&mut self, list: &str, index: usize) {
        if let Ok(text) = profile::edited(self.text(), &[(format!("{list}[{index}]"), String::new())]) {
            let refused = self.refused_after(list, |item| match item.cmp(&index) {
                Ordering::Less => Some(item),
                Ordering::Equal => None,
                Ordering::Greater => Some(item - 1),
            });
            self.replace(Version { text, refused });
        }
    }

    /// What is refused once each item of a list has gone where `place` says, or is gone.
    fn refused_after(&self, list: &str, place: impl Fn(usize) -> Option<usize>) -> BTreeMap<String, Refused> {
        let moved = |(key, refused): (&String, &Refused)| {
            let of_item = key.strip_prefix(list).and_then(|rest| rest.strip_prefix('[')?.split_once(']'));
            let key = match of_item.and_then(|(number, rest)| Some((number.parse().ok()?, rest))) {
                Some((number, rest)) => format!("{list}[{}]{rest}", place(number)?),
                None => key.clone(),
            };
            Some((key, refused.clone()))
        };
        self.version.refused.iter().filter_map(moved).collect()
    }

    /// Moves an item of a list to another place in it.
    pub fn move_item(&mut self, list: &str, from: usize, to: usize) {
        if let Ok(text) = profile::reordered(self.text(), list, from, to) {
            let refused = self.refused_after(list, |item| {
                Some(match item {
                    _ if item == from => to,
                    _ if from < item && item <= to => item - 1,
                    _ if to <= item && item < from => item + 1,
                    _ => item,
                })
            });
            self.replace(Version { text, refused });
        }
    }

    /// Goes back by one change; whether there was one.
    pub fn undo(&mut self) -> bool {
        if self.typing.take().is_some() {
            return true;
        }
        self.walk(History::undo)
    }

    /// Takes back the last undo; whether there was one.
    pub fn redo(&mut self) -> bool {
        self.typing = None;
        self.walk(History::redo)
    }

    /// What is wrong with one answer.
    pub fn troubles(&self, key: &str) -> Vec<Trouble> {
        // What was refused is about to replace what the profile has.
        if let Some(refused) = self.version.refused.get(key) {
            return vec![Trouble::of_refused(refused)];
        }
        let about = |problem: &&profile::Problem| problem.keys.iter().any(|other| is_about(other, key));
        self.reading.problems.problems.iter().filter(about).map(Trouble::of_problem).collect()
    }

    /// What couldn't be carried out if the site was deployed as the profile was opened, such as another name.
    pub fn impossible_move(&self) -> Option<Error> {
        let before = profile::parse(&self.opened, "").ok()?;
        profile::check_edit(&before, self.reading.profile.as_ref()?).err()
    }

    /// How many answers are on the screen but not in the file, since it can't hold them.
    pub fn unkept(&self) -> usize {
        self.version.refused.len()
    }

    fn change(&mut self, text: String, key: &str, fault: Option<Refused>) {
        let mut refused = self.version.refused.clone();
        match fault {
            Some(fault) => drop(refused.insert(key.to_owned(), fault)),
            None => drop(refused.remove(key)),
        }
        self.replace(Version { text, refused });
    }

    fn replace(&mut self, version: Version) {
        if version != self.version {
            let before = std::mem::replace(&mut self.version, version);
            self.history.remember(before);
            self.read_again();
        }
    }

    fn walk(&mut self, go: fn(&mut History<Version>, Version) -> Result<Version, Version>) -> bool {
        let (version, moved) = match go(&mut self.history, self.version.clone()) {
            Ok(version) => (version, true),
            Err(version) => (version, false),
        };
        self.version = version;
        self.read_again();
        moved
    }

    fn read_again(&mut self) {
        self.reading = profile::read(&self.version.text, &self.path.display().to_string());
        self.weigh_proposals();
    }
}

fn name_in(reading: &Reading) -> Option<String> {
    reading.sheet.value("name")?.as_str().map(str::to_owned)
}

/// The stage that a key is asked on.
pub fn stage_of(key: &str) -> Stage {
    let known = entry(key).or_else(|| entry(table_of(key)));
    match known {
        Some(Entry::Question(Question { stage, .. })) => *stage,
        Some(Entry::Group(group)) => group.stage,
        None => Stage::Distribution,
    }
}

/// Whether a problem with `other` is one of the answer `key`: of it, or of one of its parts.
pub(super) fn is_about(other: &str, key: &str) -> bool {
    other == key || other.strip_prefix(key).is_some_and(|rest| rest.starts_with('['))
}

/// Whether it says how to write an answer in a file or on a command line, which is of no use in a form.
fn is_of_text(help: &str) -> bool {
    help.starts_with("for example")
}

fn refused(typed: &str, error: Error) -> Refused {
    let why = error.causes.first().cloned().unwrap_or(error.message);
    let help = error.hint.filter(|hint| !is_of_text(hint));
    Refused { typed: typed.to_owned(), why, help }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOG: &str = include_str!("../../presets/blog.toml");

    fn blog() -> Editing {
        Editing::open(PathBuf::from("blog.toml"), BLOG.to_owned()).unwrap()
    }

    #[test]
    fn a_wrong_answer_is_kept_with_its_reason_and_not_in_the_file() {
        let mut editing = blog();
        editing.answer("distribution.region", "frankfurt");
        assert_eq!(editing.text(), BLOG);
        assert_eq!(editing.typed("distribution.region"), "frankfurt");
        let troubles = editing.troubles("distribution.region");
        assert!(troubles[0].help.as_ref().unwrap().contains("eu-central-1"), "{troubles:?}");
        assert_eq!(editing.problems_of(Stage::Distribution), 1);
        editing.answer("distribution.region", "eu-central-1");
        assert_eq!(editing.problems(), 0);
    }

    #[test]
    fn an_answer_that_is_taken_out_leaves_nothing_behind() {
        let mut editing = blog();
        editing.answer("distribution.geo.block", "DE");
        assert!(editing.text().contains("geo = { block = [\"DE\"] }"), "{}", editing.text());
        editing.take_out("distribution.geo.block");
        assert_eq!(editing.text(), BLOG);
    }

    #[test]
    fn undo_brings_every_character_back() {
        let mut editing = blog();
        editing.answer("failover.enabled", "on");
        editing.answer("failover.region", "eu-north-1");
        editing.remove_item("caching.rule", 0);
        editing.answer("name", "!");
        let last = editing.version.clone();
        while editing.undo() {}
        assert_eq!(editing.version, Version { text: BLOG.to_owned(), refused: BTreeMap::new() });
        while editing.redo() {}
        assert_eq!(editing.version, last);
    }

    #[test]
    fn what_was_refused_goes_where_its_item_goes() {
        let text = include_str!("../../presets/everything.toml").to_owned();
        let mut editing = Editing::open(PathBuf::from("every.toml"), text).unwrap();
        editing.answer("caching.rule[1].edge", "5 s");
        editing.move_item("caching.rule", 1, 0);
        assert_eq!(editing.typed("caching.rule[0].edge"), "5 s");
        editing.remove_item("caching.rule", 1);
        assert_eq!((editing.typed("caching.rule[0].edge").as_str(), editing.unkept()), ("5 s", 1));
        editing.remove_item("caching.rule", 0);
        assert_eq!(editing.unkept(), 0);
    }

    #[test]
    fn what_something_else_wrote_can_be_undone() {
        let mut editing = blog();
        editing.answer("name", "mine");
        editing.take_over(BLOG.replace("my-blog", "theirs"));
        assert_eq!(editing.typed("name"), "theirs");
        editing.undo();
        assert_eq!(editing.typed("name"), "mine");
    }

    #[test]
    fn what_is_needed_and_missing_is_counted() {
        let mut editing = blog();
        editing.answer("failover.enabled", "on");
        assert_eq!(editing.problems_of(Stage::Failover), 1);
        assert_eq!(editing.troubles("failover.region").len(), 1);
    }

    #[test]
    fn domains_without_an_answer_are_switched_off() {
        let mut editing = blog();
        editing.answer("https.domains", "example.com www.example.com");
        editing.answer("https.dns", "route53");
        assert_eq!(
            (editing.typed("https.domains"), editing.problems()),
            ("example.com, www.example.com".into(), 0)
        );
        editing.answer("https.domains", "");
        assert!(editing.is_switched_off("https.domains"));
        assert_eq!(editing.problems(), 0);
    }

    #[test]
    fn another_name_is_told_apart_from_other_changes() {
        let mut editing = blog();
        editing.answer("distribution.region", "eu-central-1");
        assert_eq!(editing.impossible_move(), None);
        editing.answer("name", "other");
        assert!(editing.impossible_move().is_some());
    }

    #[test]
    fn what_is_no_toml_is_not_opened() {
        assert!(Editing::open(PathBuf::from("x.toml"), "name = ".to_owned()).is_err());
    }
}
