//! A terminal that nobody sits at, and a program on it.

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcgetattr, tcgetwinsize, tcsetwinsize};
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command};

/// Both ends of a terminal.
pub struct Terminal {
    /// Where a person would sit.
    pub person: File,
    program: File,
}

impl Terminal {
    /// A terminal of this size.
    pub fn new(columns: u16, rows: u16) -> Terminal {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap();
        // No other program may inherit it, or it would never be told that this end was closed.
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let program = rustix::fs::open(&name, flags, Mode::empty()).unwrap();
        let terminal = Terminal { person: person.into(), program: program.into() };
        terminal.resize(columns, rows);
        terminal
    }

    /// How many columns and rows it has.
    pub fn size(&self) -> (u16, u16) {
        let size = tcgetwinsize(&self.program).unwrap();
        (size.ws_col, size.ws_row)
    }

    /// Gives it another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&self.person, size).unwrap();
    }

    /// How keys and lines are treated on it, in words that can be compared.
    pub fn settings(&self) -> String {
        format!("{:?}", tcgetattr(&self.program).unwrap())
    }

    /// Starts a program on it, in this folder and without anything of the environment. The terminal is the one that
    /// controls it, so that it learns of new sizes.
    pub fn start(&self, program: &Path, arguments: &[&str], folder: &Path) -> Child {
        let end = || self.program.try_clone().unwrap();
        Command::new("/usr/bin/setsid")
            .args(["--ctty", "--wait"])
            .arg(program)
            .args(arguments)
            .env_clear()
            .env("HOME", folder)
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .current_dir(folder)
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .unwrap()
    }
}
