//! What a check found.

use serde::Serialize;

/// What a finding means for the deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Nothing is in the way.
    Ok,
    /// Something may not be as meant.
    Warning,
    /// It would fail, or end where nobody can use it.
    Stop,
    /// It could not be found out.
    NotChecked,
}

/// What a check found, for one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, such as `permissions`.
    pub check: &'static str,
    /// What it means for the deploy.
    pub level: Level,
    /// What was found.
    pub what: String,
    /// Why that matters.
    pub why: Option<String>,
    /// What to do.
    pub way_out: Option<String>,
}

impl Finding {
    /// Nothing is in the way.
    pub fn ok(check: &'static str, what: impl Into<String>) -> Self {
        Finding { check, level: Level::Ok, what: what.into(), why: None, way_out: None }
    }

    /// Something may not be as meant.
    pub fn warning(check: &'static str, what: impl Into<String>) -> Self {
        Finding { level: Level::Warning, ..Finding::ok(check, what) }
    }

    /// It would fail.
    pub fn stop(check: &'static str, what: impl Into<String>) -> Self {
        Finding { level: Level::Stop, ..Finding::ok(check, what) }
    }

    /// It could not be found out.
    pub fn not_checked(check: &'static str, what: impl Into<String>) -> Self {
        Finding { level: Level::NotChecked, ..Finding::ok(check, what) }
    }

    /// Says why it matters.
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Says what to do.
    pub fn way_out(mut self, way_out: impl Into<String>) -> Self {
        self.way_out = Some(way_out.into());
        self
    }
}
