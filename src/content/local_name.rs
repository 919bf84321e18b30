//! The name of a site's file on this machine. Keys of S3 may hold anything; a path must stay within its folder.

use std::fmt::Write as _;
use std::path::PathBuf;

/// The relative path under which a file of the site is kept in a folder of its own.
///
/// It is the key itself wherever that is harmless. What would lead elsewhere, or can't stand in a name, is written
/// as `%` and two digits, and so is a `%` that could be taken for that: no two keys ever share a path.
pub fn local_name(key: &str) -> PathBuf {
    key.split('/').map(segment).collect()
}

fn segment(name: &str) -> String {
    match name {
        "" => "%".to_owned(),
        "." | ".." => name.replace('.', "%2E"),
        _ => escaped(name),
    }
}

fn escaped(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for (place, letter) in name.char_indices() {
        if letter.is_ascii_control() || matches!(letter, '\\' | ':') || is_escape(&name[place..]) {
            // Writing to a String can't fail.
            let _ = write!(safe, "%{:02X}", u32::from(letter));
        } else {
            safe.push(letter);
        }
    }
    safe
}

/// Whether a text begins as something that was escaped does, or stands for an empty name.
fn is_escape(text: &str) -> bool {
    let mut letters = text.chars();
    if letters.next() != Some('%') {
        return false;
    }
    let digits = letters.as_str().chars().take_while(char::is_ascii_hexdigit).take(2).count();
    digits == 2 || text == "%"
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::{Component, Path};

    #[test]
    fn only_what_is_dangerous_gets_another_name() {
        let named = |key: &str| local_name(key).to_string_lossy().into_owned();
        for key in ["index.html", "a b/100% sure.html", "São/.well-known/x", "a...b"] {
            assert_eq!(named(key), key);
        }
        assert_eq!(named("../../etc/passwd"), "%2E%2E/%2E%2E/etc/passwd");
        assert_eq!(named("/etc//passwd"), "%/etc/%/passwd");
        assert_eq!(named("C:\\x\0"), "C%3A%5Cx%00");
        assert_eq!(named("%2E%2E/x"), "%252E%252E/x");
    }

    fn any_key() -> impl Strategy<Value = String> {
        prop_oneof!["[a./%2E:\\\\\0]{0,12}", "\\PC{0,20}"]
    }

    proptest! {
        #[test]
        fn no_name_leads_out_of_the_folder(key in any_key()) {
            let path = Path::new("folder").join(local_name(&key));
            prop_assert!(path.starts_with("folder"));
            prop_assert!(path.components().all(|part| matches!(part, Component::Normal(_))));
        }

        #[test]
        fn no_two_keys_share_a_name(one in any_key(), other in any_key()) {
            prop_assert!(one == other || local_name(&one) != local_name(&other));
        }
    }
}
