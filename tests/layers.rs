//! The architecture, held against the code: what each module may import.
//!
//! Every `crate::<module>` path in a module's files must stand in its row, and no file may name a crate that
//! its row forbids.

#![expect(clippy::unwrap_used, reason = "a test that can't read its fixtures has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

struct Layer {
    module: &'static str,
    may_import: &'static [&'static str],
    never: &'static [&'static str],
}

const SDK: &[&str] = &["aws_config", "aws_sdk_", "aws_smithy_", "aws_types", "tokio", "clap", "ratatui"];
const NO_SDK: &[&str] = &["aws_config", "aws_sdk_", "aws_smithy_", "aws_types", "clap", "ratatui"];
const NO_FILES: &[&str] = &["aws_config", "aws_sdk_", "aws_smithy_", "aws_types", "clap", "fs"];
const NO_SCREEN: &[&str] = &["clap", "ratatui", "indicatif"];

const LAYERS: &[Layer] = &[
    Layer { module: "error", may_import: &[], never: SDK },
    Layer { module: "profile", may_import: &["error"], never: SDK },
    Layer { module: "blueprint", may_import: &["profile", "error"], never: SDK },
    Layer { module: "content", may_import: &["profile", "error"], never: NO_SDK },
    Layer { module: "edge", may_import: &["blueprint", "profile", "error"], never: NO_SDK },
    Layer { module: "dns", may_import: &["blueprint", "error"], never: NO_SDK },
    Layer { module: "apply", may_import: &["blueprint", "error"], never: NO_SDK },
    Layer { module: "aws", may_import: &["apply", "blueprint", "content", "dns", "error"], never: NO_SCREEN },
    Layer {
        module: "check",
        may_import: &["aws", "dns", "content", "edge", "blueprint", "profile", "error"],
        never: &["clap", "ratatui", "indicatif", "aws_sdk_"],
    },
    Layer {
        module: "status",
        may_import: &["aws", "dns", "content", "edge", "blueprint", "profile", "error"],
        never: &["clap", "ratatui", "indicatif", "aws_sdk_"],
    },
    Layer { module: "journal", may_import: &["apply", "blueprint", "error"], never: NO_SDK },
    Layer { module: "line", may_import: &["profile", "error"], never: SDK },
    Layer { module: "report", may_import: &["apply", "blueprint", "error"], never: NO_SDK },
    Layer {
        module: "tui",
        may_import: &["apply", "blueprint", "profile", "status", "error"],
        never: NO_FILES,
    },
    Layer { module: "sandbox", may_import: &[], never: NO_SDK },
];

#[test]
fn every_module_imports_only_what_its_row_allows() {
    let mut wrong = Vec::new();
    for layer in LAYERS {
        let files = files_of(layer.module);
        assert!(!files.is_empty(), "{} has a row and no code", layer.module);
        for file in files {
            let text = code_of(&file);
            for import in imports(&text) {
                if import != layer.module && !layer.may_import.contains(&import.as_str()) {
                    wrong.push(format!("{} imports crate::{import}", file.display()));
                }
            }
            for name in layer.never.iter().filter(|name| names_crate(&text, name)) {
                wrong.push(format!("{} names {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_has_a_row() {
    let rows: BTreeSet<_> = LAYERS.iter().map(|layer| layer.module.to_owned()).collect();
    let entries = fs::read_dir(source()).unwrap().map(|entry| entry.unwrap().path());
    let modules = entries.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned());
    // The command line knows everything, which is why nothing holds it back.
    let unruled: Vec<_> = modules
        .filter(|name| !rows.contains(name) && !["lib", "main", "cli"].contains(&name.as_str()))
        .collect();
    assert!(unruled.is_empty(), "no row for {unruled:?}");
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files_of(module: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![source().join(module)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let single = source().join(format!("{module}.rs"));
    files.extend(single.is_file().then_some(single));
    files
}

/// A file without its comments.
fn code_of(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The first segment of every `crate::` path, those in braces included.
fn imports(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for after in text.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            Some(group) => {
                let group = group.split(';').next().unwrap_or_default();
                found.extend(top_level_names(group));
            }
            None => drop(found.insert(identifier(after))),
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// The names at the outermost level of a brace group.
fn top_level_names(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (0, vec![identifier(group)], true);
    for (position, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            character if start && depth == 0 && !character.is_whitespace() => {
                names.push(identifier(&group[position..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn names_crate(text: &str, name: &str) -> bool {
    let path = if name.ends_with('_') { name.to_owned() } else { format!("{name}::") };
    text.match_indices(&path).any(|(at, _)| {
        !text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':')
    })
}

#[test]
fn imports_are_found_in_every_form() {
    let text = "use crate::a::B; use crate::{c::{D, E}, f, g::H}; let x = crate::i::j();";
    let expected: BTreeSet<String> = ["a", "c", "f", "g", "i"].map(str::to_owned).into();
    assert_eq!(imports(text), expected);
}
