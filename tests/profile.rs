//! Whole profiles: those that are right load, those that are wrong say everything that is.

use sitecast::profile::{Colour, load, parse};
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/profile").join(folder);
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|it| it == "toml")).collect();
    files.sort();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

#[test]
fn valid_profiles_load_as_they_stand() {
    for path in files("valid") {
        let loaded = load(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(loaded.warnings.problems, [], "{}", path.display());
        assert!(loaded.folder.starts_with(path.parent().unwrap()));
    }
}

/// What is shown stands beside each file; `UPDATE=1` writes it anew.
#[test]
fn invalid_profiles_say_all_that_is_wrong() {
    let mut wrong = Vec::new();
    for path in files("invalid") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let shown = match parse(&fs::read_to_string(&path).unwrap(), name) {
            Ok(_) => panic!("{name} is valid"),
            Err(problems) => problems.render(Colour::Off) + "\n",
        };
        let beside = path.with_extension("txt");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&beside, &shown).unwrap();
        }
        if fs::read_to_string(&beside).unwrap_or_default() != shown {
            wrong.push(format!("{name} now shows\n{shown}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
