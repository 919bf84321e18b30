//! What is said of a profile's keys, for people who see a form: an answer is called what the form calls it.

use super::rows::{item_word, list_of};
use crate::profile::question::Stage;
use crate::profile::questions::{Entry, entry, table_of};

/// The same words, each key in them as the form calls it. `key` is the one they are about: others are of its table, or
/// of one around it.
pub fn in_words(text: &str, key: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let told = parts.into_iter().enumerate().map(|(number, part)| match number % 2 {
        0 => part.to_owned(),
        _ => in_form(part, key).unwrap_or_else(|| format!("`{part}`")),
    });
    told.collect()
}

/// A key, or a key and its value, as the form shows them; `None` where it is something else.
fn in_form(code: &str, key: &str) -> Option<String> {
    let (name, value) = match code.split_once(" = ") {
        Some((name, "true")) => (name, ": on".to_owned()),
        Some((name, "false")) => (name, ": off".to_owned()),
        Some((name, value)) => (name, format!(": {}", value.trim_matches('"'))),
        None => (code, String::new()),
    };
    if let Some(item) = item(code) {
        return Some(item);
    }
    let in_table = |table: &str| called(format!("{table}.{name}").trim_start_matches('.'));
    let called = tables_around(key).find_map(in_table).or_else(|| table_called(name))?;
    Some(format!("\"{called}{value}\""))
}

/// An item of a stage's list, by its number as people count.
fn item(code: &str) -> Option<String> {
    let (list, number) = code.strip_suffix(']')?.split_once('[')?;
    let stage =
        Stage::ALL.into_iter().find(|stage| list_of(*stage).is_some_and(|group| group.key == list))?;
    Some(format!("{} {}", item_word(stage).to_lowercase(), number.parse::<usize>().ok()? + 1))
}

/// The table of a key, and those around it.
fn tables_around(key: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(table_of(key)), |table| {
        let above = table_of(table);
        (!above.is_empty()).then_some(above)
    })
}

/// A whole table is named by itself.
fn table_called(name: &str) -> Option<&'static str> {
    match entry(name)? {
        Entry::Group(group) => Some(group.title),
        Entry::Question(_) => None,
    }
}

fn called(key: &str) -> Option<&'static str> {
    Some(match entry(key)? {
        Entry::Question(question) => question.prompt,
        Entry::Group(group) => group.title,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_called_what_the_form_calls_them() {
        let rows = [
            (
                "drop `error_page`, or `spa`",
                "distribution.error_page",
                "drop \"Error page\", or \"Single-page app\"",
            ),
            (
                "write `http = \"redirect\"`, or drop `preload`",
                "https.hsts.preload",
                "write \"Plain HTTP: redirect\", or drop \"HSTS preload\"",
            ),
            ("write `subdomains = true`", "https.hsts.preload", "write \"HSTS for sub-domains: on\""),
            ("drop `immutable`", "caching.rule[0].immutable", "drop \"Never changes\""),
            ("there is no region `frankfurt`", "distribution.region", "there is no region `frankfurt`"),
            ("`edge[1]` needs `name`", "edge[1].name", "edge function 2 needs \"Name\""),
            ("`failover` needs `region`", "failover.region", "\"Regional failover\" needs \"Second region\""),
            ("a lone ` stays", "name", "a lone ` stays"),
        ];
        for (text, key, expected) in rows {
            assert_eq!(in_words(text, key), expected);
        }
    }
}
