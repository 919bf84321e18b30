//! What a program reads on stdout: one object when the command ends, or a line for each thing that happens.

use super::Ending;
use crate::error::{Error, Result};
use crate::report::closing::{Closing, End};
use crate::report::json::{version_line, write_line};
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Who reads stdout, and in which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A person.
    People,
    /// A program that wants one object.
    Object,
    /// A program that wants a line for each thing that happens.
    Lines,
}

/// What a program is told on stdout. It is told exactly once how the command ended, whatever happens.
#[derive(Debug)]
pub struct Output {
    form: Form,
    began: Instant,
    last_event: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    result: Option<Value>,
    told_already: bool,
}

impl Output {
    /// Begins the output.
    pub fn begin(form: Form) -> Result<Self> {
        let output =
            Output { form, began: Instant::now(), last_event: AtomicU64::new(0), state: Mutex::default() };
        match form {
            Form::Lines => line(&version_line())?,
            Form::People | Form::Object => {}
        }
        Ok(output)
    }

    /// Who reads it.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The number of the newest event of a run.
    pub fn note_event(&self, seq: u64) {
        self.last_event.store(seq, Ordering::Relaxed);
    }

    /// What the command came to.
    pub fn result(&self, value: Value) {
        self.state().result = Some(value);
    }

    /// Tells the result at once, and nothing more at the end: for a command that goes on until it is stopped.
    pub fn print_now(&self, value: Value) -> Result<()> {
        self.state().told_already = true;
        match self.form {
            Form::Object => object(&value),
            Form::Lines => line(&self.closing(End::Ended { exit: 0, result: Some(value) })),
            Form::People => Ok(()),
        }
    }

    /// Tells how the command ended.
    pub(super) fn end(&self, outcome: &Result<Ending>) -> Result<()> {
        let State { result, told_already } = std::mem::take(&mut *self.state());
        if told_already {
            return Ok(());
        }
        match (self.form, outcome) {
            (Form::People, _) => Ok(()),
            (Form::Object, Ok(_)) => object(&result.unwrap_or_else(|| json!({}))),
            (Form::Object, Err(error)) => object(&with_error(result, error)),
            (Form::Lines, Ok(ending)) => line(&self.closing(End::Ended { exit: ending.exit_code(), result })),
            (Form::Lines, Err(error)) => line(&self.closing(End::Error(error.told()))),
        }
    }

    fn closing(&self, end: End) -> Closing {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let milliseconds = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Closing {
            ts: milliseconds(since_epoch),
            seq: self.last_event.fetch_add(1, Ordering::Relaxed) + 1,
            elapsed_ms: milliseconds(self.began.elapsed()),
            end,
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An error after a result does not take the result away.
fn with_error(result: Option<Value>, error: &Error) -> Value {
    let mut fields = match result {
        Some(Value::Object(fields)) => fields,
        Some(_) | None => Map::new(),
    };
    fields.insert("error".to_owned(), json!(error.told()));
    Value::Object(fields)
}

fn object(value: &Value) -> Result<()> {
    let mut out = io::stdout().lock();
    let written = serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from);
    written_well(written.and_then(|()| writeln!(out)).and_then(|()| out.flush()))
}

fn line(value: &impl serde::Serialize) -> Result<()> {
    written_well(write_line(&mut io::stdout().lock(), value))
}

/// A reader that went away, as `head` does, is no error.
pub fn written_well(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Error::failed("can't write to stdout").because(error)),
    }
}
