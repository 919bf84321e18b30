//! The person's own edge code, which is checked in the background while the stage that names it is shown.

use super::editing::Editing;
use super::lookup::Lookup;
use crate::profile::answers::EdgeFunction;
use crate::profile::question::Stage;
use crate::profile::questions::questions_of;
use serde_json::{Map, Value};

/// Something that was found in a function's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeFinding {
    /// Whether the function can't work; else it may not do what was meant.
    pub is_error: bool,
    /// Where it is, what it is and what to do.
    pub told: String,
}

/// What is to be checked of each function whose code is the person's own.
pub fn lookups(editing: &Editing) -> Vec<Lookup> {
    (0..editing.reading.sheet.length("edge")).filter_map(|index| lookup(editing, index)).collect()
}

/// The check of one function's code; `None` where it is a ready one, or not answered far enough.
pub fn lookup(editing: &Editing, index: usize) -> Option<Lookup> {
    let function = answers(editing, index)?;
    // Only what a function can be made of is worth a look.
    serde_json::from_value::<EdgeFunction>(Value::Object(function.clone())).ok()?;
    Some(Lookup::Code { profile: editing.path.clone(), function: Value::Object(function).to_string() })
}

/// The function that an answer is of, where it is the one that names the code.
pub fn function_of(key: &str) -> Option<usize> {
    key.strip_prefix("edge[")?.strip_suffix("].function")?.parse().ok()
}

fn answers(editing: &Editing, index: usize) -> Option<Map<String, Value>> {
    let value = |part: &str| editing.reading.sheet.value(&format!("edge[{index}].{part}"));
    value("function")?.get("own")?;
    let parts = questions_of(Stage::Edge).iter().filter_map(|question| question.key.strip_prefix("edge[]."));
    let answered = parts.filter_map(|part| Some((part.to_owned(), value(part)?)));
    // What the code is worth doesn't hang on the function's name.
    Some([("name".to_owned(), Value::from("unnamed"))].into_iter().chain(answered).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn looked_up(function: &str) -> Vec<Lookup> {
        let text = format!("schema = 1\n[[edge]]\n{function}");
        lookups(&Editing::open(PathBuf::from("site.toml"), text).unwrap())
    }

    #[test]
    fn only_own_code_that_is_answered_far_enough_is_checked() {
        let [Lookup::Code { function, .. }] =
            &looked_up("function = \"a.mjs\"\nevent = \"viewer-request\"")[..]
        else {
            panic!("one check")
        };
        let function: EdgeFunction = serde_json::from_str(function).unwrap();
        assert_eq!((function.name.as_str(), function.memory_mb), ("unnamed", 128));
        assert!(looked_up("function = \"a.mjs\"").is_empty());
        assert!(looked_up("function = \"builtin:greeting\"\nevent = \"origin-request\"").is_empty());
        assert_eq!(function_of("edge[2].function"), Some(2));
        assert_eq!((function_of("edge[2].name"), function_of("distribution.folder")), (None, None));
    }
}
