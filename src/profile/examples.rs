//! The tables that presets hold as commented-out examples, which nobody needs beside the real table.

use super::presets::presets;
use toml_edit::DocumentMut;

/// A commented-out table of a preset.
struct Example {
    table: &'static str,
    lines: Vec<&'static str>,
}

/// The text after a change, without the examples of tables that the change added.
///
/// What a person wrote stays: an example is only known by being, line by line, what a preset has.
pub(super) fn without_examples(before: &DocumentMut, after: &DocumentMut) -> String {
    let is_added = |table: &str| after.contains_key(table) && !before.contains_key(table);
    let added = examples().filter(|example| is_added(example.table));
    added.fold(after.to_string(), |text, example| without(&text, &example))
}

fn examples() -> impl Iterator<Item = Example> {
    presets().iter().flat_map(|preset| {
        let lines: Vec<&str> = preset.text.lines().collect();
        let blocks = lines.chunk_by(|one, next| is_comment(one) == is_comment(next));
        blocks.filter_map(example).collect::<Vec<_>>()
    })
}

fn is_comment(line: &str) -> bool {
    line.starts_with('#')
}

fn example(block: &[&'static str]) -> Option<Example> {
    let table = block.iter().find_map(|line| line.strip_prefix("# [")?.strip_suffix(']'))?;
    Some(Example { table, lines: block.to_vec() })
}

/// The text without these lines, and without the empty line above them.
fn without(text: &str, example: &Example) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let count = example.lines.len();
    let is_there =
        |window: &[&str]| window.iter().map(|line| line.trim_end()).eq(example.lines.iter().copied());
    let Some(start) = lines.windows(count).position(is_there) else { return text.to_owned() };
    let above = &lines[..start];
    let above = above.split_last().filter(|(last, _)| last.trim().is_empty()).map_or(above, |(_, rest)| rest);
    [above, &lines[start + count..]].concat().concat()
}

#[cfg(test)]
mod tests {
    use crate::profile::{edited, preset, presets};

    fn with(text: &str, key: &str, value: &str) -> String {
        edited(text, &[(key.to_owned(), value.to_owned())]).unwrap()
    }

    #[test]
    fn an_example_goes_once_the_table_is_there_and_not_before() {
        for preset in presets() {
            let examples = preset.text.matches("# [https]").count();
            let other = with(preset.text, "name", "acme");
            assert_eq!(other.matches("# [https]").count(), examples, "{other}");
            let real = with(preset.text, "https.domains", "acme.test");
            let ends = real.ends_with("\n[https]\ndomains = [\"acme.test\"]\n");
            assert!(ends || examples == 0, "{real}");
            assert!(!real.contains("uncomment") && !real.contains("# ["), "{real}");
        }
    }

    #[test]
    fn comments_of_a_person_stay() {
        let text = preset("blog").unwrap().text;
        let (example, note) = ("# redirect = \"to-apex\"", "# ask Ann about the domain");
        let beside = format!("{text}{note}\n\n{note}\n");
        let real = with(&beside, "https.domains", "acme.test");
        assert_eq!(real.matches(note).count(), 2, "{real}");
        assert!(!real.contains(example), "{real}");
        let between = text.replace(example, &format!("{note}\n{example}"));
        let real = with(&between, "https.domains", "acme.test");
        assert!(real.contains(note) && real.contains(example), "{real}");
        let changed = text.replace("www.example.com", "www.acme.test");
        assert!(with(&changed, "https.domains", "acme.test").contains("www.acme.test"));
    }

    #[test]
    fn windows_line_ends_stay() {
        let text = preset("documentation").unwrap().text.replace('\n', "\r\n");
        let real = with(&text, "https.domains", "acme.test");
        assert!(!real.contains("uncomment") && !real.replace("\r\n", "").contains('\n'), "{real}");
    }
}
