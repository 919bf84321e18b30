//! A child process that is read line by line, never waited for without a bound, and never left behind.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How long the rest of a finished child's stderr is waited for: a grandchild may hold it open.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The most that is kept of what a child says on stderr.
const MOST_LOG: u64 = 1024 * 1024;

/// A running child. Dropping it ends it.
pub(super) struct Child {
    child: std::process::Child,
    lines: Receiver<String>,
    log: Receiver<String>,
}

/// What came from a child's stdout.
pub(super) enum Line {
    /// One line, without its end.
    Text(String),
    /// It closed stdout.
    Ended,
    /// Nothing came within the bound.
    TimedOut,
}

impl Child {
    /// Starts a program, and writes `input` to its stdin.
    pub(super) fn start(command: &mut Command, input: &str) -> io::Result<Child> {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            let input = input.to_owned();
            // A child that reads nothing is its own affair; it ends without an answer.
            thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap_or_default());
        }
        let lines = child.stdout.take().map(lines_of);
        let log = child.stderr.take().map(text_of);
        let missing = || io::Error::other("the child has no output");
        Ok(Child { child, lines: lines.ok_or_else(missing)?, log: log.ok_or_else(missing)? })
    }

    /// The next line of its stdout.
    pub(super) fn line(&mut self, limit: Duration) -> Line {
        match self.lines.recv_timeout(limit) {
            Ok(text) => Line::Text(text),
            Err(RecvTimeoutError::Disconnected) => Line::Ended,
            Err(RecvTimeoutError::Timeout) => Line::TimedOut,
        }
    }

    /// Ends it, and returns what it said on stderr.
    pub(super) fn finish(mut self) -> String {
        self.end();
        self.log.recv_timeout(LAST_WORDS).unwrap_or_default()
    }

    /// Waits for a child that has closed its stdout, and returns whether it went well, with what it said on
    /// stderr.
    pub(super) fn wait(mut self) -> (bool, String) {
        let log = self.log.recv_timeout(LAST_WORDS).unwrap_or_default();
        let fine = self.child.wait().is_ok_and(|status| status.success());
        (fine, log)
    }

    fn end(&mut self) {
        // One that has gone by itself can't be ended, and is only to be collected.
        self.child.kill().unwrap_or_default();
        drop(self.child.wait());
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end();
    }
}

fn lines_of(stdout: impl Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    receive
}

fn text_of(stderr: impl Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let (mut bytes, mut stderr) = (Vec::new(), stderr);
        // What came before a failure is told all the same.
        drop(stderr.by_ref().take(MOST_LOG).read_to_end(&mut bytes));
        drop(send.send(String::from_utf8_lossy(&bytes).into_owned()));
        // Read on, lest a child that says more than is kept wait for ever.
        drop(io::copy(&mut stderr, &mut io::sink()));
    });
    receive
}
