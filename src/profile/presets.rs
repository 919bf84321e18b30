//! Ready profiles, embedded in the program; each is a file under `presets/` as well.

use super::edit::edited;
use crate::error::{Error, Result};

/// A ready profile to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// What it is chosen by.
    pub name: &'static str,
    /// The whole file.
    pub text: &'static str,
}

impl Preset {
    /// What it is for: the first line of the file, a comment.
    pub fn about(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches(['#', ' '])
    }
}

/// Every preset, the plainest first.
pub fn presets() -> &'static [Preset] {
    &[
        Preset { name: "blog", text: include_str!("../../presets/blog.toml") },
        Preset { name: "single-page-app", text: include_str!("../../presets/single-page-app.toml") },
        Preset { name: "documentation", text: include_str!("../../presets/documentation.toml") },
        Preset { name: "downloads", text: include_str!("../../presets/downloads.toml") },
        Preset { name: "everything", text: include_str!("../../presets/everything.toml") },
    ]
}

/// The preset of this name.
pub fn preset(name: &str) -> Result<&'static Preset> {
    let names = || presets().iter().map(|preset| preset.name);
    presets().iter().find(|preset| preset.name == name).ok_or_else(|| {
        let error = Error::usage(format!("there is no preset `{name}`"));
        match super::nearest::nearest(name, names()) {
            Some(meant) => error.hint(format!("did you mean `{meant}`?")),
            None => error.hint(format!("there are {}", names().collect::<Vec<_>>().join(", "))),
        }
    })
}

/// The text of a new profile: a preset with some answers changed, as `--set` gives them.
pub fn new_profile(preset: &Preset, sets: &[(String, String)]) -> Result<String> {
    edited(preset.text, sets)
}
