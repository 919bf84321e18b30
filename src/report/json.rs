//! The face for programs: one JSON object a line.

use super::Face;
use crate::apply::event::SCHEMA;
use crate::apply::{Event, Progress};
use serde::Serialize;
use serde_json::json;
use std::io::{self, Write};

/// Writes every event as one line of JSON. Whoever owns the output has begun it with [`version_line`].
#[derive(Debug)]
pub struct Json<W> {
    out: W,
    error: Option<io::Error>,
}

impl<W: Write> Json<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Json { out, error: None }
    }

    fn write(&mut self, value: &impl Serialize) {
        if self.error.is_none() {
            self.error = write_line(&mut self.out, value).err();
        }
    }
}

/// The first line, by which a reader knows what the others are.
pub fn version_line() -> serde_json::Value {
    json!({ "type": "version", "schema": SCHEMA })
}

/// Writes `value` as one line, at once.
pub fn write_line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    out.write_all(&line)?;
    out.flush()
}

impl<W: Write> Face for Json<W> {
    fn on(&mut self, event: &Event, _progress: &Progress) {
        self.write(event);
    }

    fn tick(&mut self, _now_ms: u64, _progress: &Progress) {}

    fn finish(&mut self, _progress: &Progress) -> io::Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }
}
