//! The terminal while it is ours, and giving it back as it was: at the end, after an error, and after a panic.

use super::text::harmless;
use crate::error::{Error, Result};
use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use std::io::{self, BufWriter, Stderr, Write};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// A terminal that is drawn on through stderr, since stdout is for data.
pub type OnStderr = Terminal<CrosstermBackend<BufWriter<Stderr>>>;

/// The terminal while it is ours. Dropping it gives it back.
#[derive(Debug)]
pub struct Taken {
    /// Where to draw.
    pub terminal: OnStderr,
}

/// Takes the terminal: its own screen, and each key as it is pressed.
pub fn take() -> Result<Taken> {
    let failed = |error: io::Error| Error::failed("can't take over the terminal").because(error);
    enable_raw_mode().map_err(failed)?;
    IS_OURS.store(true, Ordering::SeqCst);
    give_back_after_panics();
    // From here on it is given back, also where the rest fails.
    let guard = GiveBack;
    execute!(io::stderr(), EnterAlternateScreen, EnableBracketedPaste).map_err(failed)?;
    // A frame is written in one piece, however many cells it changes.
    let backend = CrosstermBackend::new(BufWriter::with_capacity(1 << 16, io::stderr()));
    let terminal = Terminal::new(backend).map_err(failed)?;
    std::mem::forget(guard);
    Ok(Taken { terminal })
}

impl Drop for Taken {
    fn drop(&mut self) {
        give_back();
    }
}

struct GiveBack;

impl Drop for GiveBack {
    fn drop(&mut self) {
        give_back();
    }
}

/// Puts a text on the terminal's clipboard, if it lets us.
pub fn copy(text: &str) -> io::Result<()> {
    execute!(io::stderr(), CopyToClipboard::to_clipboard_from(text))
}

/// Leaves our own screen for a while, and prints these lines where the terminal keeps them.
pub fn print(lines: &[String]) -> io::Result<()> {
    execute!(io::stderr(), LeaveAlternateScreen, Show)?;
    // Keys still come one by one, so a line end alone doesn't lead to the first column.
    let text: String = lines.iter().map(|line| format!("{}\r\n", harmless(line))).collect();
    io::stderr().write_all(text.as_bytes())
}

/// Shows our own screen again; what was on it has to be drawn anew.
pub fn come_back() -> io::Result<()> {
    execute!(io::stderr(), EnterAlternateScreen)
}

/// Whether the terminal is ours. Leaving its second screen twice would put the cursor back to where it was before,
/// over what a panic said meanwhile.
static IS_OURS: AtomicBool = AtomicBool::new(false);

fn give_back() {
    if !IS_OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    // Whatever fails here, there is nobody left to tell, and the rest is still worth trying.
    let _ = execute!(io::stderr(), DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
}

fn give_back_after_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            give_back();
            before(panicked);
        }));
    });
}
