//! What is wrong, or may be, with a function: for a person to read.

use crate::error::Error;
use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It can't work, so nothing is created.
    Error,
    /// It may not do what was meant.
    Warning,
    /// Something that could not be found out here.
    Note,
}

/// What is wrong, or may be, with a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The file it is in, if it is in one.
    pub file: Option<String>,
    /// The line in that file, counted from 1.
    pub line: Option<usize>,
    /// What was found.
    pub what: String,
    /// Why that is a problem.
    pub why: String,
    /// What to do about it.
    pub way_out: String,
}

impl Finding {
    /// Something that can't work.
    pub fn error(what: impl Into<String>) -> Self {
        Finding::new(Severity::Error, what)
    }

    /// Something that may not do what was meant.
    pub fn warning(what: impl Into<String>) -> Self {
        Finding::new(Severity::Warning, what)
    }

    /// Something that could not be found out.
    pub fn note(what: impl Into<String>) -> Self {
        Finding::new(Severity::Note, what)
    }

    fn new(severity: Severity, what: impl Into<String>) -> Self {
        let (file, line, why, way_out) = (None, None, String::new(), String::new());
        Finding { severity, file, line, what: what.into(), why, way_out }
    }

    /// Names the file.
    pub fn file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Names the line.
    pub fn line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// Says why it is a problem.
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    /// Says what to do.
    pub fn way_out(mut self, way_out: impl Into<String>) -> Self {
        self.way_out = way_out.into();
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.severity {
            Severity::Error => "error: ",
            Severity::Warning => "warning: ",
            Severity::Note => "note: ",
        })?;
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{file}:{line}: ")?,
            (Some(file), None) => write!(f, "{file}: ")?,
            (None, _) => {}
        }
        f.write_str(&self.what)?;
        for (word, text) in [("why", &self.why), ("way out", &self.way_out)] {
            if !text.is_empty() {
                write!(f, "\n  {word}: {text}")?;
            }
        }
        Ok(())
    }
}

/// Whether anything among the findings can't work.
pub fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// The errors among the findings as one error about the function `name`, if there are any.
pub fn refuse(name: &str, findings: &[Finding]) -> Result<(), Error> {
    let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    if errors.is_empty() {
        return Ok(());
    }
    let error = Error::usage(format!("the edge function `{name}` can't work; nothing was changed"));
    let error = errors.iter().fold(error, |error, finding| error.why(finding.to_string()));
    Err(error.hint(format!("run it here first: sitecast edge test PROFILE {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_a_compiler_would_say_it() {
        let finding =
            Finding::error("no handler").file("a.mjs").line(3).why("Lambda calls it").way_out("export one");
        assert_eq!(
            finding.to_string(),
            "error: a.mjs:3: no handler\n  why: Lambda calls it\n  way out: export one"
        );
        assert_eq!(Finding::note("unchecked").to_string(), "note: unchecked");
    }

    #[test]
    fn only_errors_refuse() {
        assert_eq!(refuse("a", &[Finding::warning("x"), Finding::note("y")]), Ok(()));
        let error =
            refuse("a", &[Finding::error("x"), Finding::warning("y"), Finding::error("z")]).unwrap_err();
        assert_eq!(error.causes, ["error: x", "error: z"]);
    }
}
