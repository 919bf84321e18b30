//! Caching rules that fit what is in a folder. They are proposed, and hold only once a person takes them.
//!
//! A file that browsers keep can't be called back, so a folder counts as hashed only where every name in it holds
//! a hash of its content.

use super::pattern::covers;
use super::sheet::Sheet;
use std::collections::{BTreeMap, BTreeSet};

/// A caching rule that fits some of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedRule {
    /// What it covers; `None` for what holds where no rule does.
    pub path: Option<String>,
    /// How long browsers are to keep it.
    pub browser: &'static str,
    /// Whether browsers are told that it never changes.
    pub immutable: bool,
    /// What was found that it fits.
    pub reason: String,
}

/// Folders whose contents these builders never change under the same name.
const NEVER_CHANGED: &[(&str, &str)] = &[
    ("_next/static/", "Next.js"),
    ("_nuxt/", "Nuxt"),
    ("_astro/", "Astro"),
    ("_app/immutable/", "SvelteKit"),
];

const FONTS: &[&str] = &["woff2", "woff", "ttf", "otf", "eot"];
const PICTURES: &[&str] = &["png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico"];

/// From how many pictures outside of a folder of their own on a rule is worth its place.
const WORTH_A_RULE: usize = 3;
/// How many rules for pictures are proposed by their extension.
const PICTURE_RULES: usize = 2;
/// Pages that browsers keep for longer than this are seen to be old.
const LONG_FOR_A_PAGE: u64 = 5 * 60;

/// The rules that fit files with these names, the narrowest first. Names have `/` between their parts.
pub fn proposed_rules(files: &[&str]) -> Vec<ProposedRule> {
    let mut rules = Vec::new();
    let mut left: Vec<&str> = files.to_vec();
    for (folder, builder) in NEVER_CHANGED {
        let reason = |count| format!("{count}, which {builder} never changes under one name");
        rules.extend(taken(&mut left, folder, reason).map(never_changes));
    }
    for folder in uniform_folders(&left, &is_hashed) {
        let reason = |count| format!("{count}, each with a hash of its content in its name");
        rules.extend(taken(&mut left, &folder, reason).map(never_changes));
    }
    for folder in uniform_folders(&left, &|file| has_extension(file, FONTS)) {
        rules.extend(taken(&mut left, &folder, |count| format!("{count}, all fonts")).map(kept("30d")));
    }
    for folder in uniform_folders(&left, &|file| has_extension(file, PICTURES)) {
        rules.extend(taken(&mut left, &folder, |count| format!("{count}, all pictures")).map(kept("1d")));
    }
    rules.extend(by_extension(&left, FONTS, 1, FONTS.len()).map(kept("30d")));
    rules.extend(by_extension(&left, PICTURES, WORTH_A_RULE, PICTURE_RULES).map(kept("1d")));
    rules.extend(pages(&left));
    rules
}

impl ProposedRule {
    /// Whether the answers leave room for it: what it is about isn't decided by a rule already.
    pub fn is_open(&self, sheet: &Sheet) -> bool {
        match &self.path {
            None => sheet
                .value("caching.default.browser")
                .and_then(|seconds| seconds.as_u64())
                .is_some_and(|seconds| seconds > LONG_FOR_A_PAGE),
            Some(path) => !(0..sheet.length("caching.rule")).any(|index| {
                let rule = sheet.value(&format!("caching.rule[{index}].path"));
                rule.and_then(|rule| rule.as_str().map(|rule| covers(rule, path))).unwrap_or(false)
            }),
        }
    }

    /// The answers that it consists of, as they are typed, where so many rules are there already.
    pub fn answers(&self, rules: usize) -> Vec<(String, String)> {
        let Some(path) = &self.path else {
            return vec![("caching.default.browser".to_owned(), self.browser.to_owned())];
        };
        let answer = |name: &str, value: &str| (format!("caching.rule[{rules}].{name}"), value.to_owned());
        let mut answers = vec![answer("path", path), answer("browser", self.browser)];
        answers.extend(self.immutable.then(|| answer("immutable", "true")));
        answers
    }

    /// How long it keeps what it covers, in words.
    pub fn words(&self) -> String {
        let never = if self.immutable { " · never changes" } else { "" };
        format!("browsers {}{never}", self.browser)
    }
}

/// A path, and what was found there.
struct Found {
    path: String,
    reason: String,
}

/// Takes the files of a folder out of those that are left; `None` where it has none.
fn taken(left: &mut Vec<&str>, folder: &str, reason: impl Fn(String) -> String) -> Option<Found> {
    let before = left.len();
    left.retain(|file| !file.starts_with(folder));
    let count = before - left.len();
    (count > 0).then(|| Found { path: format!("/{folder}*"), reason: reason(counted(count)) })
}

fn counted(files: usize) -> String {
    if files == 1 { "one file".to_owned() } else { format!("{files} files") }
}

fn never_changes(found: Found) -> ProposedRule {
    ProposedRule { path: Some(found.path), browser: "365d", immutable: true, reason: found.reason }
}

fn kept(browser: &'static str) -> impl Fn(Found) -> ProposedRule {
    move |found| ProposedRule { path: Some(found.path), browser, immutable: false, reason: found.reason }
}

/// The outermost folders in which every file, however deep, is of one sort; the site itself is none.
fn uniform_folders(files: &[&str], is_of_it: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mixed: BTreeSet<&str> =
        files.iter().filter(|file| !is_of_it(file)).flat_map(|file| folders_of(file)).collect();
    let uniform = |file: &&str| folders_of(file).find(|folder| !mixed.contains(folder)).map(str::to_owned);
    let found: BTreeSet<String> = files.iter().filter_map(uniform).collect();
    found.into_iter().collect()
}

/// The folders that a file is in, the outermost first, each with its slash.
fn folders_of(file: &str) -> impl Iterator<Item = &str> {
    file.match_indices('/').map(|(at, _)| &file[..=at])
}

/// The commonest of these extensions, each with as many files as that at least.
fn by_extension(
    files: &[&str],
    extensions: &[&str],
    least: usize,
    most: usize,
) -> impl Iterator<Item = Found> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for extension in files.iter().filter_map(|file| extension(file)) {
        // A pattern tells capitals apart, so a rule speaks of the extension as it is written.
        if extensions.contains(&extension) {
            *counts.entry(extension).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().filter(|(_, count)| *count >= least).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.into_iter().take(most).map(|(extension, count)| Found {
        path: format!("/*.{extension}"),
        reason: format!("{} with this ending", counted(count)),
    })
}

fn pages(files: &[&str]) -> Option<ProposedRule> {
    let count = files.iter().filter(|file| has_extension(file, &["html", "htm"])).count();
    let reason = format!("{}: pages that browsers keep are seen to be old after a deploy", counted(count));
    (count > 0).then_some(ProposedRule { path: None, browser: "0s", immutable: false, reason })
}

fn extension(file: &str) -> Option<&str> {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').map(|(_, extension)| extension)
}

fn has_extension(file: &str, extensions: &[&str]) -> bool {
    extension(file).is_some_and(|extension| extensions.contains(&extension.to_ascii_lowercase().as_str()))
}

/// Whether a name holds a hash, as builders write it: `app.3f9a1c2b.js`, `index-BfGx12_Q.css`.
fn is_hashed(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    // What describes another file changes with it, and so does the hash of that.
    let name = name.strip_suffix(".map").unwrap_or(name);
    let name = ["gz", "br"].iter().find_map(|end| name.strip_suffix(&format!(".{end}"))).unwrap_or(name);
    let Some((stem, _)) = name.rsplit_once('.') else { return false };
    let of_dots = stem.split('.').skip(1).any(is_hash);
    // An underscore and a dash may stand in the hash itself.
    let after_dash = stem.match_indices('-').any(|(at, _)| is_hash(&stem[at + 1..]));
    let after_underscore = stem.match_indices('_').any(|(at, _)| is_hash(&stem[at + 1..]));
    of_dots || after_dash || after_underscore || stem.split('.').any(is_long_hexadecimal)
}

/// Whether a part of a name is a hash rather than a word, a version or a date.
fn is_hash(part: &str) -> bool {
    let is_hexadecimal = part.chars().all(|letter| letter.is_ascii_digit() || ('a'..='f').contains(&letter));
    let digits = part.chars().filter(char::is_ascii_digit).count();
    let capitals = part.chars().skip(1).filter(char::is_ascii_uppercase).count();
    let smalls = part.chars().filter(char::is_ascii_lowercase).count();
    let letters = part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-');
    match part.len() {
        8 if is_hexadecimal => digits > 0 && digits < 8,
        8 => letters && capitals > 0 && smalls > 0 && digits + capitals > 1,
        9..=64 => is_hexadecimal && digits > 0 && digits < part.len(),
        _ => false,
    }
}

fn is_long_hexadecimal(part: &str) -> bool {
    part.len() >= 16 && is_hash(part)
}

#[cfg(test)]
mod tests {
    use super::super::{edited, read};
    use super::*;

    fn told(files: &[&str]) -> Vec<String> {
        let told = |rule: ProposedRule| {
            format!("{} {}", rule.path.clone().unwrap_or_else(|| "elsewhere".into()), rule.words())
        };
        proposed_rules(files).into_iter().map(told).collect()
    }

    #[test]
    fn a_hash_is_told_from_a_word_a_version_and_a_date() {
        for (name, expected) in [
            ("app.3f9a1c2b.js", true),
            ("assets/index-BfGx12_Q.css", true),
            ("assets/vendor-C-xYz9Ab.js", true),
            ("main.0a1b2c3d4e5f60718293a4b5c6d7e8f9.css.map", true),
            ("4f2a9c1d8e7b6a5f.chunk.js", true),
            ("react-bootstrap.js", false),
            ("my-JavaScript.js", false),
            ("jquery-3.7.1.min.js", false),
            ("report-20240131.pdf", false),
            ("logo.png", false),
            ("photo_IMG_2041.jpg", false),
            ("LICENSE", false),
        ] {
            assert_eq!(is_hashed(name), expected, "{name}");
        }
    }

    #[test]
    fn rules_fit_what_is_there() {
        let files = [
            "index.html",
            "assets/index-BfGx12_Q.js",
            "assets/deep/logo-D1x9Qz8w.svg",
            "fonts/inter.woff2",
            "pictures/one.png",
            "pictures/two.jpg",
            "favicon.ico",
        ];
        assert_eq!(
            told(&files),
            [
                "/assets/* browsers 365d · never changes",
                "/fonts/* browsers 30d",
                "/pictures/* browsers 1d",
                "elsewhere browsers 0s",
            ]
        );
    }

    #[test]
    fn one_name_without_a_hash_keeps_a_folder_from_being_held_for_a_year() {
        assert_eq!(told(&["assets/a.3f9a1c2b.js", "assets/manifest.json"]), Vec::<String>::new());
        let inner = ["assets/js/a.3f9a1c2b.js", "assets/manifest.json"];
        assert_eq!(told(&inner), ["/assets/js/* browsers 365d · never changes"]);
    }

    #[test]
    fn what_a_rule_decides_already_is_not_proposed_again() {
        let text = include_str!("../../presets/blog.toml");
        let rule = &proposed_rules(&["made/a.3f9a1c2b.js"])[0];
        let rules = read(text, "blog.toml").sheet.length("caching.rule");
        assert!(rule.is_open(&read(text, "blog.toml").sheet));
        let taken = edited(text, &rule.answers(rules)).unwrap();
        let reading = read(&taken, "blog.toml");
        assert!(!rule.is_open(&reading.sheet));
        assert!(reading.profile.is_some(), "{taken}");
    }

    #[test]
    fn pages_are_spoken_of_only_where_browsers_keep_them_for_long() {
        let pages = &proposed_rules(&["index.html"])[0];
        let text = include_str!("../../presets/blog.toml");
        let with = |browser: &str| {
            edited(text, &[("caching.default.browser".to_owned(), browser.to_owned())]).unwrap()
        };
        assert!(!pages.is_open(&read(&with("0s"), "blog.toml").sheet));
        let long = with("1h");
        assert!(pages.is_open(&read(&long, "blog.toml").sheet));
        let taken = edited(&long, &pages.answers(0)).unwrap();
        assert!(!pages.is_open(&read(&taken, "blog.toml").sheet));
    }
}
