//! Ready functions, each with a table of the options that a profile may set.

mod checks;
mod options;
pub mod password;
mod table;

pub use options::{OptionDefault, OptionKind, OptionProblem, OptionRow, Options};
pub use table::READY_FUNCTIONS;

use super::answers::EdgeEvent;
use crate::error::{Error, Result};
use serde_json::Value as Json;

/// A function that comes with the program.
#[derive(Debug)]
pub struct ReadyFunction {
    /// What a profile calls it, after `builtin:`.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// Its code, an ES module that makes a handler from options.
    pub source: &'static str,
    /// The events that it can run on.
    pub events: &'static [EdgeEvent],
    /// Request headers that reach it only as part of the cache key of its paths, and that a cached answer of
    /// its depends on.
    pub cache_key_headers: &'static [&'static str],
    /// What can be chosen.
    pub options: &'static [OptionRow],
    /// Options that could be chosen, as a profile has them.
    pub example: &'static str,
    /// What takes several options to judge.
    pub check: fn(&Options) -> Vec<OptionProblem>,
}

impl ReadyFunction {
    /// The options as written with all defaults filled in, or everything that is wrong with them.
    pub fn options(&self, written: &Options) -> Result<Options, Vec<OptionProblem>> {
        let options = options::read(self.options, written)?;
        let problems = (self.check)(&options);
        if problems.is_empty() { Ok(options) } else { Err(problems) }
    }

    /// The options as they may be shown in plans and records: without what is secret.
    pub fn shown_options(&self, options: &Options) -> Options {
        let is_secret = |name: &str| self.options.iter().any(|row| row.secret && row.name == name);
        let shown = |(name, value): (&String, &Json)| {
            let value = if is_secret(name) { options::hidden(value) } else { value.clone() };
            (name.clone(), value)
        };
        options.iter().map(shown).collect()
    }

    /// The module that Lambda calls: the handler for these options.
    pub fn entry_module(&self, options: &Options) -> String {
        let constant = options::rendered(options);
        let name = self.name;
        format!(
            "import {{ handlerFor }} from './{name}.mjs';\n\nconst options = {constant};\n\n\
             export const handler = handlerFor(options);\n"
        )
    }
}

/// The ready function called `name`.
pub fn ready_function(name: &str) -> Result<&'static ReadyFunction> {
    READY_FUNCTIONS.iter().find(|function| function.name == name).ok_or_else(|| {
        let names: Vec<_> = READY_FUNCTIONS.iter().map(|function| function.name).collect();
        Error::usage(format!("there is no ready function `{name}`"))
            .hint(format!("there are: {}", names.join(", ")))
    })
}

/// The ready function that a profile names by this answer, such as `builtin:redirects`.
pub fn named_by(answer: &str) -> Option<&'static ReadyFunction> {
    ready_function(answer.strip_prefix("builtin:")?).ok()
}

#[cfg(test)]
mod tests;
