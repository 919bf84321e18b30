//! Signs, words and colours for what people see. The word always says it all; sign and colour only help the eye.

use super::text::{Look, Text};
use crate::apply::event::{Amount, Outcome, RunOutcome};
pub use crate::apply::figures::{between, duration, size};
use crate::apply::progress::State;
use crate::apply::tally::Tally;
use crate::blueprint::plan::{Action, StepId};
use crate::blueprint::resource::ResourceId;
use anstyle::{AnsiColor, Style};

/// How something is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    unicode: &'static str,
    ascii: &'static str,
    /// What it means.
    pub word: &'static str,
    style: Style,
}

impl Mark {
    /// The sign.
    pub fn glyph(self, look: Look) -> &'static str {
        if look.unicode { self.unicode } else { self.ascii }
    }

    /// Sign and word, padded so that what follows lines up.
    pub fn text(self, look: Look) -> Text {
        self.indented(0, look)
    }

    /// The same, moved to the right.
    pub fn indented(self, columns: usize, look: Look) -> Text {
        let (glyph, word) = (self.glyph(look), self.word);
        Text::new().plain(" ".repeat(columns)).styled(self.style, format!("{glyph} {word:<10} "))
    }

    /// The sign alone, for where the words follow from what is beside it.
    pub fn sign(self, look: Look) -> Text {
        Text::new().styled(self.style, format!("{} ", self.glyph(look)))
    }
}

const fn mark(unicode: &'static str, ascii: &'static str, word: &'static str, style: Style) -> Mark {
    Mark { unicode, ascii, word, style }
}

const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();

/// What is less important than the rest.
pub const FAINT: Style = Style::new().dimmed();
/// What heads a block.
pub const HEADING: Style = Style::new().bold();
/// What should be read first.
pub const WARNING: Style = YELLOW;

/// What a teardown has removed.
pub const GONE: Mark = mark("✓", "+", "gone", GREEN);
/// What a teardown leaves standing.
pub const KEPT: Mark = mark("=", "=", "kept", FAINT);
/// What a teardown could not remove yet.
pub const PENDING: Mark = mark("…", "~", "pending", YELLOW);

/// How something worth telling is marked.
pub const NOTE: Mark = mark("·", "-", "note", CYAN);

/// How a planned action is marked.
pub fn action(action: Action) -> Mark {
    match action {
        Action::Create => mark("+", "+", "create", GREEN),
        Action::Update => mark("~", "~", "update", YELLOW),
        Action::Delete => mark("-", "-", "delete", RED),
        Action::Adopt => mark("<", "<", "adopt", CYAN),
        Action::Keep => mark("=", "=", "keep", FAINT),
        Action::Await => mark("…", ".", "await", CYAN),
        Action::BackUp => mark("↓", "v", "back-up", CYAN),
    }
}

/// How the end of a step is marked.
pub fn outcome(outcome: Outcome) -> Mark {
    match outcome {
        Outcome::Done => mark("✓", "*", "done", GREEN),
        Outcome::Unneeded => mark("=", "=", "unneeded", FAINT),
        Outcome::Failed => mark("✗", "x", "failed", RED),
        Outcome::Skipped => mark("○", "o", "skipped", FAINT),
        Outcome::Unfinished => mark("!", "!", "unfinished", YELLOW),
    }
}

/// How what a step is doing is marked.
pub fn state(state: State) -> Mark {
    match state {
        State::Queued => mark("○", "o", "queued", FAINT),
        State::Running => mark("◐", ">", "running", CYAN),
        State::Waiting => mark("◐", ">", "waiting", YELLOW),
        State::Ended(end) => outcome(end),
    }
}

/// How the end of a run is marked.
pub fn run_outcome(end: RunOutcome) -> Mark {
    match end {
        RunOutcome::Done => outcome(Outcome::Done),
        RunOutcome::Failed => outcome(Outcome::Failed),
        RunOutcome::Unfinished => outcome(Outcome::Unfinished),
        RunOutcome::Interrupted => mark("!", "!", "stopped", YELLOW),
    }
}

/// What a step does to what.
pub fn step(action: Action, id: &StepId, resource: &ResourceId) -> String {
    // A suffix tells the steps of one resource apart.
    let suffix = id.0.strip_prefix(&resource.to_string()).unwrap_or_default();
    format!("{} {} {}{}", self::action(action).word, resource.kind, resource.name, suffix.replace(':', " "))
}

/// `12 created`, `1 changed`, `1 failed`; empty where nothing happened.
pub fn tally(tally: &Tally) -> Vec<String> {
    let Tally { created, changed, deleted, adopted, failed, skipped } = *tally;
    let counts = [
        (created, "created"),
        (changed, "changed"),
        (deleted, "deleted"),
        (adopted, "adopted"),
        (failed, "failed"),
        (skipped, "skipped"),
    ];
    let told = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    told.collect()
}

/// `112 of 340 files, 12.1 of 40.2 MB, 0:23 left, 1.2 MB/s`, with what is not counted or not known left out.
pub fn amount(amount: Amount, bytes_per_second: Option<u64>, left_ms: Option<u64>) -> String {
    let files = (amount.files_total > 0).then(|| format!("{} of {} files", amount.files, amount.files_total));
    let bytes =
        (amount.bytes_total > 0).then(|| format!("{} of {}", size(amount.bytes), size(amount.bytes_total)));
    let rate = bytes_per_second.map(|rate| format!("{}/s", size(rate)));
    let left = left_ms.map(|left| format!("{} left", duration(left)));
    [files, bytes, left, rate].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_leave_out_what_is_not_counted() {
        let all = Amount { files: 1, files_total: 2, bytes: 1000, bytes_total: 4000 };
        assert_eq!(amount(all, Some(500), Some(6_000)), "1 of 2 files, 1.0 kB of 4.0 kB, 0:06 left, 500 B/s");
        assert_eq!(amount(Amount { files_total: 0, ..all }, None, None), "1.0 kB of 4.0 kB");
    }

    #[test]
    fn every_mark_has_its_own_word() {
        let ends = [Outcome::Done, Outcome::Unneeded, Outcome::Failed, Outcome::Skipped, Outcome::Unfinished];
        let states = [State::Queued, State::Running, State::Waiting].map(state).into_iter();
        let mut words: Vec<_> = ends.map(outcome).into_iter().chain(states).map(|mark| mark.word).collect();
        words.sort_unstable();
        let all = words.len();
        words.dedup();
        assert_eq!(words.len(), all);
    }
}
