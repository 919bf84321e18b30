//! The log of calls, for tests that count calls and rounds.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// One signed call to the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// Its place among all calls, from 1.
    pub n: u64,
    /// The service it was signed for, such as `cloudfront`.
    pub service: String,
    /// The operation, such as `CreateDistribution`.
    pub operation: String,
    /// The region it was signed for.
    pub region: String,
    /// Whether the operation changes anything.
    pub mutating: bool,
    /// When it arrived, in milliseconds since the server started.
    pub started_ms: u64,
    /// When its answer was ready or withheld; absent while it is under way or if the client went away.
    pub ended_ms: Option<u64>,
}

/// All calls so far.
#[derive(Debug)]
pub(super) struct Calls {
    since: Instant,
    records: Mutex<Vec<CallRecord>>,
}

impl Calls {
    pub(super) fn new() -> Self {
        Calls { since: Instant::now(), records: Mutex::default() }
    }

    /// Writes down that a call arrived.
    pub(super) fn begin(&self, service: &str, operation: &str, region: &str) -> CallRecord {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let record = CallRecord {
            n: records.len() as u64 + 1,
            service: service.to_owned(),
            operation: operation.to_owned(),
            region: region.to_owned(),
            mutating: mutating(operation),
            started_ms: self.elapsed_ms(),
            ended_ms: None,
        };
        records.push(record.clone());
        record
    }

    /// Writes down that the call numbered `n` is over.
    pub(super) fn end(&self, n: u64) {
        let ended_ms = self.elapsed_ms();
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(record) = records.get_mut(n as usize - 1) {
            record.ended_ms = Some(ended_ms);
        }
    }

    pub(super) fn all(&self) -> Vec<CallRecord> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn elapsed_ms(&self) -> u64 {
        self.since.elapsed().as_millis() as u64
    }
}

fn mutating(operation: &str) -> bool {
    let reading = ["Get", "List", "Head", "Describe", "Simulate", "Lookup", "Test", "Verify"];
    !reading.iter().any(|verb| operation.starts_with(verb))
}
