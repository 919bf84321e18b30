//! The loop: wait, take in, draw once nothing more is waiting.

use super::message::{Command, Message};
use super::state::{Happening, Leaving, Setup, State};
use super::update::{begin, update};
use super::view::view;
use crate::error::{Error, Result};
use crossterm::event::Event as Input;
use futures::{Stream, StreamExt};
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::{Instant, sleep_until};

/// The longest that something told may wait to be drawn. What a person does is drawn at once.
const BETWEEN_FRAMES: Duration = Duration::from_millis(100);
/// How often times on the screen go on.
const SECOND: Duration = Duration::from_secs(1);
/// How many messages are taken in before a key is looked for again.
const MESSAGES_AT_ONCE: usize = 256;

/// Shows the screen until the person leaves it. Returns the last state.
pub async fn run<B: Backend>(
    terminal: &mut Terminal<B>,
    setup: Setup,
    mut input: impl Stream<Item = std::io::Result<Input>> + Unpin,
    commands: UnboundedSender<Command>,
    mut messages: UnboundedReceiver<Message>,
) -> Result<State> {
    let area = terminal.get_frame().area();
    let start = setup.start.clone();
    let mut state = State::new(setup, (area.width, area.height));
    let mut pace = Pace::new();
    let mut wanted = begin(&mut state, &start);
    draw(terminal, &mut state)?;
    loop {
        // A worker that went away can do nothing more; the screen can still be left.
        wanted.drain(..).for_each(|command| drop(commands.send(command)));
        if state.leaving.is_some() {
            return Ok(state);
        }
        let (happening, is_urgent) = tokio::select! {
            // Keys come first, however much is being told.
            biased;
            pressed = input.next() => match pressed {
                Some(Ok(pressed)) => (Some(Happening::Input(pressed)), true),
                Some(Err(error)) => return Err(Error::failed("can't read from the terminal").because(error)),
                None => return Ok(State { leaving: Some(Leaving::Interrupted), ..state }),
            },
            () = sleep_until(pace.due), if pace.waits => (None, true),
            () = sleep_until(pace.second), if state.is_ticking() => (Some(Happening::TimePassed), true),
            Some(message) = messages.recv() => (Some(Happening::Told(Box::new(message))), false),
        };
        let now = pace.now_ms();
        wanted.extend(happening.into_iter().flat_map(|happening| update(&mut state, happening, now)));
        for _ in 0..MESSAGES_AT_ONCE {
            let Ok(message) = messages.try_recv() else { break };
            wanted.extend(update(&mut state, Happening::Told(Box::new(message)), now));
        }
        // What is printed plainly stays until the person has read it.
        if pace.may_draw(is_urgent) && !state.away {
            draw(terminal, &mut state)?;
        }
    }
}

/// When frames are drawn.
struct Pace {
    began: Instant,
    drawn: Instant,
    /// Whether something is to be drawn as soon as it may.
    waits: bool,
    due: Instant,
    second: Instant,
}

impl Pace {
    fn new() -> Self {
        let now = Instant::now();
        // What is told first is drawn at once: until then there is nothing to see but that something is looked for.
        let drawn = now.checked_sub(BETWEEN_FRAMES).unwrap_or(now);
        Pace { began: now, drawn, waits: false, due: now, second: now + SECOND }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether it is time for a frame; if not, it is soon.
    fn may_draw(&mut self, is_urgent: bool) -> bool {
        let now = Instant::now();
        let may = is_urgent || now >= self.drawn + BETWEEN_FRAMES;
        self.waits = !may;
        if may {
            self.drawn = now;
            self.second = now + SECOND;
        } else {
            self.due = self.drawn + BETWEEN_FRAMES;
        }
        may
    }
}

fn draw<B: Backend>(terminal: &mut Terminal<B>, state: &mut State) -> Result<()> {
    if std::mem::take(&mut state.redraw) {
        forget_frame(terminal)?;
    }
    terminal.draw(|frame| view(state, frame)).map_err(|error| cant_draw(&error))?;
    Ok(())
}

/// Has the next frame drawn whole. `Terminal::clear` would ask where the cursor is, and the answer is taken for a key
/// by whoever waits for keys meanwhile.
fn forget_frame<B: Backend>(terminal: &mut Terminal<B>) -> Result<()> {
    terminal.backend_mut().clear_region(ClearType::All).map_err(|error| cant_draw(&error))?;
    terminal.swap_buffers();
    Ok(())
}

fn cant_draw(error: &dyn std::error::Error) -> Error {
    Error::failed("can't draw on the terminal").why(error.to_string())
}
