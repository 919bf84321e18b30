//! One look at one panel's facts: when it was taken, and what came of it.

use super::moment::Moment;
use crate::error::{Error, Kind};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::time::{Duration, SystemTime};

/// One look at one panel's facts. To programs it is `taken` and either `data` or `error`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading<T> {
    /// When the answer came.
    pub taken: Moment,
    /// The answer.
    #[serde(flatten, serialize_with = "answered", bound = "T: Serialize")]
    pub answer: Result<T, Failed>,
}

/// Writes an answer as `data` or `error`, as programs expect it.
pub(super) fn answered<T: Serialize, S: Serializer>(
    answer: &Result<T, Failed>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    match answer {
        Ok(data) => map.serialize_entry("data", data)?,
        Err(failed) => map.serialize_entry("error", failed)?,
    }
    map.end()
}

/// Why a look came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// What kind of failure it was, where more than words depends on it.
    pub trouble: Trouble,
    /// What was tried, and why it failed; one line.
    pub why: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What kind of failure a look came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// AWS asks to go slower; the panel is asked less often for a while.
    Throttled,
    /// There are no usable credentials any more.
    Credentials,
    /// These credentials may not ask.
    Denied,
    /// Nothing answered.
    Unreachable,
    /// Anything else.
    Other,
}

/// A figure that may not exist, as with metrics that nobody measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured<T> {
    /// The figure.
    Data(T),
    /// There is none; "no data" is shown with this reason, and never zero.
    NoData {
        /// The reason.
        why: String,
    },
}

impl<T> Measured<T> {
    /// No figure, and why.
    pub fn no_data(why: impl Into<String>) -> Self {
        Measured::NoData { why: why.into() }
    }

    /// The figure, where there is one.
    pub fn data(&self) -> Option<&T> {
        match self {
            Measured::Data(data) => Some(data),
            Measured::NoData { .. } => None,
        }
    }
}

impl Failed {
    /// A failure in words.
    pub fn new(trouble: Trouble, why: impl Into<String>) -> Self {
        Failed { trouble, why: why.into(), hint: None }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Failed {
        let trouble = match error.kind {
            Kind::Credentials => Trouble::Credentials,
            Kind::Failed
            | Kind::Usage
            | Kind::Changes
            | Kind::Unfinished
            | Kind::WaitsForYou
            | Kind::Degraded
            | Kind::Interrupted => Trouble::Other,
        };
        let why = std::iter::once(error.message).chain(error.causes).collect::<Vec<_>>().join(": ");
        Failed { trouble, why: without_request_ids(&why), hint: error.hint }
    }
}

/// Every answer of AWS has an id of its own, so the same failure would look like another at every look.
fn without_request_ids(text: &str) -> String {
    const BEGIN: &str = " (request ";
    let mut parts = text.split(BEGIN);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once(')').map_or("", |(_, rest)| rest))
}

impl<T> Reading<T> {
    /// An answer that came at `taken`.
    pub fn new(taken: SystemTime, answer: Result<T, Failed>) -> Self {
        Reading { taken: Moment(taken), answer }
    }

    /// How old it is.
    pub fn age(&self, now: SystemTime) -> Duration {
        self.taken.age(now)
    }
}

/// What is known for one panel: its newest reading, and behind one that failed the last that did not.
/// To programs it is the newest reading.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent, bound = "T: Serialize")]
pub struct Slot<T> {
    newest: Option<Reading<T>>,
    #[serde(skip)]
    before: Option<Reading<T>>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot { newest: None, before: None }
    }
}

impl<T> Slot<T> {
    /// The newest reading; none until the first answer.
    pub fn newest(&self) -> Option<&Reading<T>> {
        self.newest.as_ref()
    }

    /// What was last known, even where a later look failed.
    pub fn known(&self) -> Option<&T> {
        self.last_good().and_then(|reading| reading.answer.as_ref().ok())
    }

    /// When what is known was taken.
    pub fn known_since(&self) -> Option<Moment> {
        self.last_good().map(|reading| reading.taken)
    }

    /// Why the newest look came to nothing, if it did.
    pub fn failure(&self) -> Option<&Failed> {
        self.newest.as_ref().and_then(|reading| reading.answer.as_ref().err())
    }

    /// Takes a newer reading in.
    pub fn absorb(&mut self, reading: Reading<T>) {
        match (reading.answer.is_ok(), self.newest.take()) {
            (true, _) => self.before = None,
            (false, Some(newest)) if newest.answer.is_ok() => self.before = Some(newest),
            (false, _) => {}
        }
        self.newest = Some(reading);
    }

    fn last_good(&self) -> Option<&Reading<T>> {
        self.newest.as_ref().filter(|reading| reading.answer.is_ok()).or(self.before.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_failure_looks_the_same_at_every_look() {
        let error =
            Error::failed("Could not read").why("Throttling: slow (request A1)").why("twice (request B2)");
        assert_eq!(Failed::from(error).why, "Could not read: Throttling: slow: twice");
    }

    #[test]
    fn a_failed_look_leaves_what_was_known_before() {
        let at = |second| SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        let failed = || Failed::new(Trouble::Throttled, "too fast");
        let mut slot = Slot::default();
        slot.absorb(Reading::<u8>::new(at(0), Err(failed())));
        assert_eq!((slot.known(), slot.failure()), (None, Some(&failed())));
        slot.absorb(Reading::new(at(1), Ok(7)));
        slot.absorb(Reading::new(at(2), Err(failed())));
        slot.absorb(Reading::new(at(3), Err(failed())));
        assert_eq!((slot.known(), slot.known_since()), (Some(&7), Some(Moment(at(1)))));
        assert_eq!(slot.failure(), Some(&failed()));
        slot.absorb(Reading::new(at(4), Ok(8)));
        assert_eq!((slot.known(), slot.failure()), (Some(&8), None));
    }
}
