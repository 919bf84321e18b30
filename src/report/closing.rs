//! The last line for programs: how the command ended, and what came of it.

use crate::error::Told;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// The last line of `--events`, whatever the command.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Closing {
    /// When, in milliseconds since the epoch.
    pub ts: u64,
    /// Counts on from the last event.
    pub seq: u64,
    /// Since the command began, in milliseconds.
    pub elapsed_ms: u64,
    /// How it ended.
    #[serde(flatten)]
    pub end: End,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum End {
    /// It did what it should, or what the exit code tells.
    Ended {
        /// The exit code.
        exit: u8,
        /// The object that `--json` prints.
        result: Option<Value>,
    },
    /// It could not go on.
    Error(Told),
}
