//! The face of a run that nobody watches.

use super::Face;
use crate::apply::{Event, Progress};
use std::io;

/// Shows nothing; what failed is told when the run is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet;

impl Face for Quiet {
    fn on(&mut self, _event: &Event, _progress: &Progress) {}

    fn tick(&mut self, _now_ms: u64, _progress: &Progress) {}

    fn finish(&mut self, _progress: &Progress) -> io::Result<()> {
        Ok(())
    }
}
