//! The face for a terminal: what runs now stays at the bottom, what ended scrolls away above it.

use super::text::{Look, Text};
use super::{Face, live, words};
use crate::apply::event::Fact;
use crate::apply::{Event, Progress};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io;

/// The face for a terminal.
#[derive(Debug)]
pub struct Tty {
    look: Look,
    screen: MultiProgress,
    lines: Vec<(ProgressBar, Option<Text>)>,
    error: Option<io::Error>,
}

impl Tty {
    /// Draws on stderr.
    pub fn on_stderr(look: Look) -> Self {
        Tty::drawing_on(ProgressDrawTarget::stderr(), look)
    }

    /// Draws on `target`.
    pub fn drawing_on(target: ProgressDrawTarget, look: Look) -> Self {
        // A line that fills the last column makes some terminals wrap.
        let look = Look { width: look.width.saturating_sub(1), ..look };
        Tty { look, screen: MultiProgress::with_draw_target(target), lines: Vec::new(), error: None }
    }

    /// What it draws with, for whoever else wants to write on the same terminal.
    pub fn screen(&self) -> MultiProgress {
        self.screen.clone()
    }

    fn draw_screen(&mut self, now_ms: u64, progress: &Progress) {
        let mut lines = live::screen(progress, now_ms, self.look);
        if !lines.is_empty() {
            // The terminal answers Ctrl-C with `^C` of its own, which moves what we draw down by a line and so
            // leaves the topmost one behind. Let that be a blank one; an empty one would not be drawn.
            lines.insert(0, Text::new().plain(" "));
        }
        self.draw(&lines);
    }

    /// Writes only the lines that differ from what is on the screen: nobody sees the others change, and they
    /// would cost as much.
    fn draw(&mut self, lines: &[Text]) {
        while self.lines.len() > lines.len()
            && let Some((bar, _)) = self.lines.pop()
        {
            bar.finish_and_clear();
            self.screen.remove(&bar);
        }
        while self.lines.len() < lines.len() {
            let bar = self.screen.add(ProgressBar::no_length().with_style(message_only()));
            self.lines.push((bar, None));
        }
        for ((bar, shown), line) in self.lines.iter_mut().zip(lines) {
            if shown.as_ref() != Some(line) {
                bar.set_message(line.painted(self.look));
                *shown = Some(line.clone());
            }
        }
    }

    fn print(&mut self, line: &Text) {
        if let Err(error) = self.screen.println(line.painted(self.look)) {
            self.error.get_or_insert(error);
        }
    }
}

fn message_only() -> ProgressStyle {
    // The only template here, and it is well-formed; the fallback shows the message too.
    ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Face for Tty {
    fn on(&mut self, event: &Event, progress: &Progress) {
        match &event.fact {
            Fact::StepFinished { step, .. } => {
                let took = progress.step(step).and_then(|step| step.took(event.elapsed_ms));
                if let Some(line) = live::change(&event.fact, progress, self.look) {
                    let took = took.map_or_else(String::new, words::duration);
                    line.wrapped_with_right(&took, self.look).iter().for_each(|row| self.print(row));
                }
            }
            Fact::StepNoted { .. } => {
                if let Some(line) = live::change(&event.fact, progress, self.look) {
                    line.wrapped(self.look.width).iter().for_each(|row| self.print(row));
                }
            }
            // Files come faster than anyone reads; the next tick shows how far they are.
            Fact::StepProgressed { .. } => return,
            Fact::StepStarted { .. }
            | Fact::StepWaiting { .. }
            | Fact::StepExplained { .. }
            | Fact::RunStarted { .. }
            | Fact::RunFinished { .. } => {}
        }
        self.draw_screen(event.elapsed_ms, progress);
    }

    fn tick(&mut self, now_ms: u64, progress: &Progress) {
        self.draw_screen(now_ms, progress);
    }

    fn finish(&mut self, _progress: &Progress) -> io::Result<()> {
        self.draw(&[]);
        self.screen.clear()?;
        self.error.take().map_or(Ok(()), Err)
    }
}
