//! Folds many paths into few wildcards that cover little else.

use std::collections::{BTreeMap, BTreeSet};

/// At most `budget` paths that cover all of `changed`, and as few of `unchanged` as is possible with whole
/// folders; among equals the one with the fewest wildcards, since those are rationed (aws-facts.md B, quotas).
///
/// All paths begin with `/` and are escaped; one that ends in `*` is a wildcard already.
pub(super) fn fold(changed: &BTreeSet<String>, unchanged: &BTreeSet<String>, budget: usize) -> Vec<String> {
    let mut root = Folder { path: "/".to_owned(), ..Folder::default() };
    for path in changed {
        root.enter(path).changed.push(path.clone());
    }
    for path in unchanged {
        // Where nothing changed, nothing is folded; such folders needn't exist, but their files count.
        root.count_unchanged(path);
    }
    if changed.is_empty() {
        return Vec::new();
    }
    let choices = root.choices(budget.max(1));
    let best = choices
        .into_iter()
        .flatten()
        .min_by_key(|choice| (choice.excess, choice.wildcards, choice.paths.len()));
    let mut paths = best.map_or_else(|| vec!["/*".to_owned()], |choice| choice.paths);
    paths.sort();
    paths
}

/// A folder below which something changed.
#[derive(Default)]
struct Folder {
    /// With the slash at its end.
    path: String,
    /// Changed paths right in it.
    changed: Vec<String>,
    /// How many unchanged paths are in it and below.
    unchanged: u64,
    folders: BTreeMap<String, Folder>,
}

/// One way to cover all that changed in a folder and below.
#[derive(Clone)]
struct Choice {
    paths: Vec<String>,
    /// How many unchanged paths it covers too.
    excess: u64,
    wildcards: usize,
}

/// The best choice for each number of paths, from none up to the budget.
type Choices = Vec<Option<Choice>>;

impl Folder {
    /// The folder right around `path`, made if need be.
    fn enter(&mut self, path: &str) -> &mut Folder {
        let mut folder = self;
        for name in folders_of(path) {
            let path = format!("{}{name}/", folder.path);
            folder =
                folder.folders.entry(name.to_owned()).or_insert_with(|| Folder { path, ..Folder::default() });
        }
        folder
    }

    fn count_unchanged(&mut self, path: &str) {
        let mut folder = self;
        folder.unchanged += 1;
        for name in folders_of(path) {
            let Some(inner) = folder.folders.get_mut(name) else { return };
            folder = inner;
            folder.unchanged += 1;
        }
    }

    fn choices(&self, budget: usize) -> Choices {
        let mut choices: Choices = vec![None; budget + 1];
        let wildcards = self.changed.iter().filter(|path| path.ends_with('*')).count();
        if let Some(each) = choices.get_mut(self.changed.len()) {
            *each = Some(Choice { paths: self.changed.clone(), excess: 0, wildcards });
        }
        for folder in self.folders.values() {
            choices = combine(&choices, &folder.choices(budget));
        }
        let whole = Choice { paths: vec![format!("{}*", self.path)], excess: self.unchanged, wildcards: 1 };
        take_better(&mut choices[1], whole.excess, whole.wildcards, || whole);
        choices
    }
}

/// The names of the folders on the way to `path`.
fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    let folders = path.trim_start_matches('/').rsplit_once('/').map(|(folders, _)| folders);
    folders.into_iter().flat_map(|folders| folders.split('/'))
}

/// The best ways to cover two folders at once.
fn combine(one: &Choices, other: &Choices) -> Choices {
    let mut both: Choices = vec![None; one.len()];
    for (count, choice) in one.iter().enumerate() {
        let Some(choice) = choice else { continue };
        for (more, addition) in other.iter().enumerate().take(one.len() - count) {
            let Some(addition) = addition else { continue };
            let excess = choice.excess + addition.excess;
            let wildcards = choice.wildcards + addition.wildcards;
            let paths = || choice.paths.iter().chain(&addition.paths).cloned().collect();
            take_better(&mut both[count + more], excess, wildcards, || Choice {
                paths: paths(),
                excess,
                wildcards,
            });
        }
    }
    both
}

fn take_better(best: &mut Option<Choice>, excess: u64, wildcards: usize, choice: impl FnOnce() -> Choice) {
    if best.as_ref().is_none_or(|best| (excess, wildcards) < (best.excess, best.wildcards)) {
        *best = Some(choice());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::btree_set;
    use proptest::prelude::*;

    fn set(paths: &[&str]) -> BTreeSet<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    fn check(changed: &[&str], unchanged: &[&str], budget: usize, expected: &[&str]) {
        assert_eq!(fold(&set(changed), &set(unchanged), budget), expected);
    }

    #[test]
    fn few_paths_stay_as_they_are() {
        check(&[], &["/a"], 3, &[]);
        check(&["/b", "/a/c", "/"], &["/a/d"], 3, &["/", "/a/c", "/b"]);
    }

    #[test]
    fn many_paths_fold_where_least_else_is_covered() {
        check(&["/a/1", "/a/2", "/b/1", "/b/2"], &["/a/3", "/c"], 3, &["/a/1", "/a/2", "/b/*"]);
        check(&["/a/1", "/a/2", "/b/1", "/b/2"], &["/a/3", "/c"], 2, &["/a/*", "/b/*"]);
        check(&["/a/1", "/a/2", "/b/1", "/b/2"], &["/a/3", "/c"], 1, &["/*"]);
    }

    #[test]
    fn the_deepest_common_folder_is_chosen() {
        check(&["/x", "/a/b/c/1", "/a/b/c/2"], &["/a/0", "/a/b/0"], 2, &["/a/b/c/*", "/x"]);
        check(&["/x", "/a/b/c/1", "/a/b/d/2"], &["/a/0", "/a/b/0"], 2, &["/a/b/*", "/x"]);
    }

    #[test]
    fn files_right_in_the_root_fold_into_everything() {
        check(&["/1", "/2", "/3"], &["/a/0"], 2, &["/*"]);
    }

    #[test]
    fn no_budget_is_a_budget_of_one() {
        check(&["/a/1", "/a/2"], &["/b"], 0, &["/a/*"]);
    }

    #[test]
    fn a_large_site_folds_quickly() {
        let path = |number: usize| format!("/{}/{}/{number}.html", number % 10, number % 1000);
        let changed: BTreeSet<String> = (0..20_000).filter(|number| number % 7 == 0).map(path).collect();
        let unchanged: BTreeSet<String> = (0..20_000).filter(|number| number % 7 != 0).map(path).collect();
        let folded = fold(&changed, &unchanged, 15);
        assert!(folded.len() <= 15 && changed.iter().all(|path| covered(path, &folded)), "{folded:?}");
    }

    fn covered(path: &str, by: &[String]) -> bool {
        by.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(beginning) => path.trim_end_matches('*').starts_with(beginning),
            None => pattern == path,
        })
    }

    proptest! {
        #[test]
        fn everything_changed_is_covered_within_the_budget(
            changed in btree_set("(/[ab%]{1,2}){1,4}[/*]?", 1..30),
            unchanged in btree_set("(/[ab%]{1,2}){1,4}", 0..30),
            budget in 1_usize..17,
        ) {
            let folded = fold(&changed, &unchanged, budget);
            prop_assert!(folded.len() <= budget);
            for path in &changed {
                prop_assert!(covered(path, &folded), "{path} by {folded:?}");
            }
            if changed.len() <= budget {
                prop_assert!(unchanged.iter().all(|path| changed.contains(path) || !covered(path, &folded) || covered(path, &changed.iter().cloned().collect::<Vec<_>>())));
            }
        }
    }
}
