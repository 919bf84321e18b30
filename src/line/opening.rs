//! What is said before the first question: how questions are asked here, why so, and how to leave.

use crate::profile;

/// How questions are asked without a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By lines, which are only ever added.
    Lines,
    /// By prompts, which are drawn anew while something is typed.
    Prompts,
}

/// The first line; `why` follows "because".
pub fn opening(mode: Mode, why: &str) -> String {
    match mode {
        Mode::Lines => format!(
            "Line mode, because {why}: lines are only added, and nothing is drawn over. To leave, type q at a page, \
             or press Ctrl-C; each answer is saved as it is taken."
        ),
        Mode::Prompts => format!(
            "Prompts instead of the whole screen, because {why}. Esc goes back, and Ctrl-C leaves; each answer is \
             saved as it is taken."
        ),
    }
}

/// Why a name is asked for again that was left empty.
pub(super) fn no_name() -> String {
    let example = profile::presets().first().map_or("acme", |preset| preset.name);
    format!("Not taken: a site can't be without a name; type one, such as my-{example}.")
}
