//! The real program on a terminal of its own, with what it shows there.

use crate::terminal::Terminal;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// Only how long a failure takes to be told: everything that is waited for comes by itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program on a terminal.
pub struct Shown {
    /// The terminal.
    pub terminal: Terminal,
    /// The program.
    pub child: Child,
    screen: Arc<(Mutex<vt100::Parser>, Condvar)>,
}

impl Shown {
    /// Starts the program on a terminal, in this folder.
    pub fn start(program: &Path, arguments: &[&str], folder: &Path, terminal: Terminal) -> Shown {
        let (columns, rows) = terminal.size();
        let child = terminal.start(program, arguments, folder);
        let screen = Arc::new((Mutex::new(vt100::Parser::new(rows, columns, 0)), Condvar::new()));
        follow(Box::new(terminal.person.try_clone().unwrap()), screen.clone());
        Shown { terminal, child, screen }
    }

    /// Presses keys.
    pub fn press(&self, keys: &str) {
        (&self.terminal.person).write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the screen is as wanted.
    pub fn until(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        let (screen, changed) = &*self.screen;
        let screen = screen.lock().unwrap();
        let (screen, waited) =
            changed.wait_timeout_while(screen, PATIENCE, |screen| !wanted(screen.screen())).unwrap();
        assert!(!waited.timed_out(), "no {what} on\n{}", screen.screen().contents());
    }

    /// Waits until these words are on the screen.
    pub fn until_told(&self, words: &str) {
        self.until(words, |screen| screen.contents().contains(words));
    }

    /// What is on the screen now.
    pub fn screen(&self) -> vt100::Screen {
        self.screen.0.lock().unwrap().screen().clone()
    }

    /// Gives the terminal another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.screen.0.lock().unwrap().screen_mut().set_size(rows, columns);
        self.terminal.resize(columns, rows);
    }
}

/// Where a test fails, its program goes with it.
impl Drop for Shown {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Takes in what is drawn until the terminal is closed.
fn follow(mut reader: Box<dyn Read + Send>, screen: Arc<(Mutex<vt100::Parser>, Condvar)>) {
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = reader.read(&mut bytes) {
            screen.0.lock().unwrap().process(&bytes[..count]);
            screen.1.notify_all();
        }
    });
}
