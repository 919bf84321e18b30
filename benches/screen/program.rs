//! What only the real program on a terminal can tell: how soon it shows something, and whether it rests.

#[expect(dead_code, reason = "only tests compare the terminal's settings")]
#[path = "../../tests/support/terminal.rs"]
mod terminal;

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use terminal::Terminal;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sitecast");

/// How often a start is measured.
const STARTS: usize = 30;
/// How long the program is watched at rest.
const REST: Duration = Duration::from_secs(5);
/// Nothing is drawn for so long once all that was looked up is told.
const QUIET: Duration = Duration::from_secs(2);

/// From the start to the end of `--help`, many times.
pub fn help_times() -> Vec<Duration> {
    let run = |_| {
        let began = Instant::now();
        let ended = Command::new(PROGRAM).arg("--help").stdout(Stdio::null()).status().unwrap();
        assert!(ended.success());
        began.elapsed()
    };
    (0..STARTS).map(run).collect()
}

/// From the start to the first words on the screen, many times.
pub fn first_frame_times() -> Vec<Duration> {
    (0..STARTS).map(|_| Shown::start().until_drawn()).collect()
}

/// How often the program was woken while nobody pressed a key and nothing happened. `None` where the system doesn't
/// tell.
pub fn idle_wakes() -> Option<u64> {
    let mut shown = Shown::start();
    shown.until_drawn();
    while shown.drawn.recv_timeout(QUIET).is_ok() {}
    let process = shown.child.id();
    let before = switches(process)?;
    std::thread::sleep(REST);
    Some(switches(process)?.saturating_sub(before))
}

/// How often the threads of a process gave up the processor by themselves, which they do each time they were woken.
pub fn switches(process: u32) -> Option<u64> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).ok()?;
    let of_thread = |thread: std::fs::DirEntry| {
        let status = std::fs::read_to_string(thread.path().join("status")).ok()?;
        let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches"))?;
        line.split_whitespace().last()?.parse::<u64>().ok()
    };
    Some(threads.flatten().filter_map(of_thread).sum())
}

/// The program on a terminal.
pub struct Shown {
    began: Instant,
    child: Child,
    drawn: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    _terminal: Terminal,
    folder: Option<tempfile::TempDir>,
}

impl Shown {
    /// Without credentials, in an empty folder.
    fn start() -> Shown {
        let folder = tempfile::tempdir().unwrap();
        let mut shown = Shown::of(Path::new(PROGRAM), &[], folder.path());
        shown.folder = Some(folder);
        shown
    }

    /// A program in this folder.
    pub fn of(program: &Path, arguments: &[&str], folder: &Path) -> Shown {
        let terminal = Terminal::new(120, 36);
        let mut reader = terminal.person.try_clone().unwrap();
        let began = Instant::now();
        let child = terminal.start(program, arguments, folder);
        let (sender, drawn) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 1 << 16];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Shown { began, child, drawn, seen: Vec::new(), _terminal: terminal, folder: None }
    }

    /// Until its first words are there.
    fn until_drawn(&mut self) -> Duration {
        self.until("sitecast")
    }

    /// From the start until these words were drawn.
    pub fn until(&mut self, words: &str) -> Duration {
        while !String::from_utf8_lossy(&self.seen).contains(words) {
            self.seen.extend(self.drawn.recv_timeout(Duration::from_secs(30)).unwrap());
        }
        self.began.elapsed()
    }

    /// Until everything that was looked up is told; ages go on being drawn once a second.
    pub fn until_quiet(&mut self) {
        let end = Instant::now() + 2 * QUIET;
        while self.drawn.recv_timeout(end.saturating_duration_since(Instant::now())).is_ok() {}
    }

    /// The program's process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
