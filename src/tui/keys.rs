//! Which key does what. Screens never see key codes, only actions; the footer and the palette read the same table.

use super::site_keys::{self, OnSite};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::InputRequest;

/// What a person wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Move the focus, or what is seen of a text.
    Move(Move),
    /// Change what is in focus.
    Change(Change),
    /// What means the same on every screen.
    Go(Go),
    /// What a screen offers beside its rows.
    Offer(Offer),
    /// What can be done about a deployed site.
    OnSite(OnSite),
    /// The reply to a question that Enter doesn't answer.
    Reply(Reply),
    /// Take or open what is in focus. Never changes anything in AWS.
    Accept,
    /// Back to where one came from; nothing is lost.
    Back,
    /// Draw everything anew.
    Redraw,
    /// Ctrl-C.
    Interrupt,
}

/// A move of the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// To the next row.
    Next,
    /// To the row before.
    Previous,
    /// To the first row.
    First,
    /// To the last row.
    Last,
    /// Further by a screenful.
    PageDown,
    /// Back by a screenful.
    PageUp,
}

/// A change of what is in focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The choice before.
    Left,
    /// The choice after.
    Right,
    /// Switch it on or off.
    Toggle,
    /// Take it away.
    Delete,
    /// Move it up.
    MoveUp,
    /// Move it down.
    MoveDown,
}

/// What means the same on every screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    /// To a stage, counted from nought; the sixth is the review.
    Stage(u8),
    /// The stage after this one.
    NextStage,
    /// The stage before this one.
    PreviousStage,
    /// All that can be done here.
    Palette,
    /// All there is to say about what is in focus.
    Help,
    /// Take the last change back.
    Undo,
    /// Make the change again.
    Redo,
    /// Leave the program.
    Quit,
}

/// What a screen offers beside its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Carry out the plan.
    Deploy,
    /// The profile's TOML, as it was and as it is.
    Diff,
    /// Copy what can be copied here.
    Copy,
    /// Copy the name of what is copied.
    CopyName,
    /// Print plainly what can be copied.
    Print,
    /// Agree to lose what is asked about.
    Replace,
    /// Take back what the run made.
    Undo,
    /// Have the profile say what somebody changed in AWS.
    TakeTheirs,
    /// Have what somebody changed in AWS set back.
    KeepMine,
}

/// The reply to a question that Enter doesn't answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Yes.
    Yes,
    /// Leave the run, to go on another time.
    Detach,
    /// End the run as soon as what is under way is done.
    StopRun,
    /// End the run, and take back what it made.
    Undo,
}

impl Move {
    /// The place that it leads to from `place`, where the last is `last` and a screenful is so many.
    pub fn from(self, place: usize, last: usize, screenful: usize) -> usize {
        match self {
            Move::Next => place.saturating_add(1),
            Move::Previous => place.saturating_sub(1),
            Move::First => 0,
            Move::Last => last,
            Move::PageDown => place.saturating_add(screenful),
            Move::PageUp => place.saturating_sub(screenful),
        }
        .min(last)
    }
}

/// When a key means its action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    /// Always.
    Always,
    /// Only where no text is typed.
    OutsideText,
}

/// One row of the table of keys.
#[derive(Debug)]
pub(in crate::tui) struct Binding {
    action: Action,
    code: KeyCode,
    modifiers: KeyModifiers,
    heard: Heard,
}

/// A key as the footer shows it, and what it does there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The key.
    pub key: String,
    /// What it does, in a word or two.
    pub does: String,
}

impl Binding {
    /// Whether it is for this action.
    pub(in crate::tui) fn is_for(&self, action: Action) -> bool {
        self.action == action
    }
}

const NONE: KeyModifiers = KeyModifiers::NONE;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const ALT: KeyModifiers = KeyModifiers::ALT;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;

const fn always(action: Action, code: KeyCode, modifiers: KeyModifiers) -> Binding {
    Binding { action, code, modifiers, heard: Heard::Always }
}

pub(super) const fn outside(action: Action, code: KeyCode) -> Binding {
    Binding { action, code, modifiers: NONE, heard: Heard::OutsideText }
}

pub(super) const fn letter(action: Action, letter: char) -> Binding {
    outside(action, KeyCode::Char(letter))
}

const fn held(action: Action, letter: char, modifiers: KeyModifiers) -> Binding {
    always(action, KeyCode::Char(letter), modifiers)
}

/// The first row of an action is the one that is shown.
const BINDINGS: &[Binding] = &[
    always(Action::Move(Move::Next), KeyCode::Down, NONE),
    always(Action::Move(Move::Next), KeyCode::Tab, NONE),
    always(Action::Move(Move::Previous), KeyCode::Up, NONE),
    always(Action::Move(Move::Previous), KeyCode::BackTab, SHIFT),
    always(Action::Move(Move::Previous), KeyCode::BackTab, NONE),
    outside(Action::Move(Move::First), KeyCode::Home),
    outside(Action::Move(Move::Last), KeyCode::End),
    always(Action::Move(Move::PageDown), KeyCode::PageDown, NONE),
    always(Action::Move(Move::PageUp), KeyCode::PageUp, NONE),
    always(Action::Accept, KeyCode::Enter, NONE),
    always(Action::Back, KeyCode::Esc, NONE),
    outside(Action::Change(Change::Left), KeyCode::Left),
    outside(Action::Change(Change::Right), KeyCode::Right),
    letter(Action::Change(Change::Toggle), ' '),
    outside(Action::Change(Change::Delete), KeyCode::Delete),
    outside(Action::Change(Change::Delete), KeyCode::Backspace),
    always(Action::Change(Change::MoveUp), KeyCode::Up, ALT),
    always(Action::Change(Change::MoveDown), KeyCode::Down, ALT),
    always(Action::Change(Change::MoveUp), KeyCode::Up, SHIFT),
    always(Action::Change(Change::MoveDown), KeyCode::Down, SHIFT),
    held(Action::Go(Go::Stage(0)), '1', ALT),
    held(Action::Go(Go::Stage(1)), '2', ALT),
    held(Action::Go(Go::Stage(2)), '3', ALT),
    held(Action::Go(Go::Stage(3)), '4', ALT),
    held(Action::Go(Go::Stage(4)), '5', ALT),
    held(Action::Go(Go::Stage(5)), '6', ALT),
    held(Action::Go(Go::NextStage), 'n', CTRL),
    held(Action::Go(Go::PreviousStage), 'b', ALT),
    held(Action::Go(Go::Palette), 'p', CTRL),
    letter(Action::Go(Go::Palette), ':'),
    letter(Action::Go(Go::Palette), '/'),
    always(Action::Go(Go::Help), KeyCode::F(1), NONE),
    letter(Action::Go(Go::Help), '?'),
    held(Action::Go(Go::Undo), 'z', CTRL),
    held(Action::Go(Go::Redo), 'y', CTRL),
    held(Action::Redraw, 'l', CTRL),
    letter(Action::Go(Go::Quit), 'q'),
    held(Action::Interrupt, 'c', CTRL),
    letter(Action::Offer(Offer::Deploy), 'a'),
    letter(Action::Offer(Offer::Diff), 'd'),
    letter(Action::Offer(Offer::Copy), 'c'),
    letter(Action::Offer(Offer::CopyName), 'n'),
    letter(Action::Offer(Offer::Print), 'p'),
    letter(Action::Offer(Offer::Replace), 'r'),
    letter(Action::Offer(Offer::Undo), 'u'),
    letter(Action::Offer(Offer::TakeTheirs), 't'),
    letter(Action::Offer(Offer::KeepMine), 'k'),
];

/// The keys of the question that Ctrl-C asks during a run, and of the one before a deploy.
const ANSWERS: &[Binding] = &[
    letter(Action::Reply(Reply::Yes), 'y'),
    letter(Action::Reply(Reply::Detach), 'd'),
    letter(Action::Reply(Reply::StopRun), 's'),
    letter(Action::Reply(Reply::Undo), 'u'),
];

/// What a key means where `typing` says whether text is typed, and `asked` whether a question is open.
pub fn action(key: KeyEvent, typing: bool, asked: bool) -> Option<Action> {
    action_with(key, typing, if asked { ANSWERS } else { &[] })
}

/// The same on a screen about a deployed site, whose own table goes before the others.
pub(super) fn action_on_site(key: KeyEvent, typing: bool, own: &[Binding]) -> Option<Action> {
    action_with(key, typing, own)
}

fn action_with(key: KeyEvent, typing: bool, answers: &[Binding]) -> Option<Action> {
    let pressed = |binding: &&Binding| {
        let modifiers = key.modifiers.difference(ignored(key.code));
        let same = key.code == binding.code && modifiers == binding.modifiers;
        same && (binding.heard == Heard::Always || !typing)
    };
    answers.iter().chain(BINDINGS).find(pressed).map(|binding| binding.action)
}

/// A shifted letter is another letter already.
fn ignored(code: KeyCode) -> KeyModifiers {
    match code {
        KeyCode::Char(_) => SHIFT,
        _ => NONE,
    }
}

/// What a key does to a text.
pub fn edit(key: KeyEvent) -> Option<InputRequest> {
    let control = key.modifiers.contains(CTRL);
    let alt = key.modifiers.contains(ALT);
    Some(match (key.code, control || alt) {
        (KeyCode::Char('u'), true) if control => InputRequest::DeleteLine,
        (KeyCode::Char('w'), true) if control => InputRequest::DeletePrevWord,
        (KeyCode::Char('k'), true) if control => InputRequest::DeleteTillEnd,
        (KeyCode::Char('a'), true) if control => InputRequest::GoToStart,
        (KeyCode::Char('e'), true) if control => InputRequest::GoToEnd,
        (KeyCode::Left, true) => InputRequest::GoToPrevWord,
        (KeyCode::Right, true) => InputRequest::GoToNextWord,
        (KeyCode::Backspace, true) => InputRequest::DeletePrevWord,
        (KeyCode::Char(letter), false) if !letter.is_control() => InputRequest::InsertChar(letter),
        (KeyCode::Backspace, false) => InputRequest::DeletePrevChar,
        (KeyCode::Delete, false) => InputRequest::DeleteNextChar,
        (KeyCode::Left, false) => InputRequest::GoToPrevChar,
        (KeyCode::Right, false) => InputRequest::GoToNextChar,
        (KeyCode::Home, false) => InputRequest::GoToStart,
        (KeyCode::End, false) => InputRequest::GoToEnd,
        _ => return None,
    })
}

/// The key of an action, as it is shown; where text is typed, one that is heard there.
pub fn shown(action: Action, typing: bool) -> String {
    let heard = |binding: &&Binding| binding.heard == Heard::Always || !typing;
    let all = ANSWERS.iter().chain(BINDINGS).chain(site_keys::ALL.iter().copied().flatten());
    let found = all.filter(|binding| binding.action == action).find(heard);
    found.map(|binding| name(binding.code, binding.modifiers)).unwrap_or_default()
}

/// A hint for the footer.
pub fn hint(action: Action, does: &str, typing: bool) -> Hint {
    Hint { key: shown(action, typing), does: does.to_owned() }
}

fn name(code: KeyCode, modifiers: KeyModifiers) -> String {
    let held = if modifiers.contains(CTRL) {
        "Ctrl-"
    } else if modifiers.contains(ALT) {
        "Alt-"
    } else {
        ""
    };
    let key = match code {
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(letter) if held.is_empty() => letter.to_string(),
        KeyCode::Char(letter) => letter.to_uppercase().to_string(),
        KeyCode::F(number) => format!("F{number}"),
        KeyCode::Up => "↑".to_owned(),
        KeyCode::Down => "↓".to_owned(),
        KeyCode::Left => "←".to_owned(),
        KeyCode::Right => "→".to_owned(),
        KeyCode::PageUp => "PgUp".to_owned(),
        KeyCode::PageDown => "PgDn".to_owned(),
        other => other.to_string(),
    };
    format!("{held}{key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(code: KeyCode, modifiers: KeyModifiers) -> KeyEvent {
        KeyEvent::new(code, modifiers)
    }

    #[test]
    fn letters_act_only_outside_text() {
        let q = press(KeyCode::Char('q'), NONE);
        assert_eq!(action(q, false, false), Some(Action::Go(Go::Quit)));
        assert_eq!(action(q, true, false), None);
        assert_eq!(edit(q), Some(InputRequest::InsertChar('q')));
    }

    #[test]
    fn a_question_is_answered_by_its_own_letters() {
        let d = press(KeyCode::Char('d'), NONE);
        assert_eq!(
            (action(d, false, true), action(d, false, false)),
            (Some(Action::Reply(Reply::Detach)), Some(Action::Offer(Offer::Diff)))
        );
    }

    #[test]
    fn a_shifted_sign_is_still_the_sign() {
        assert_eq!(action(press(KeyCode::Char('?'), SHIFT), false, false), Some(Action::Go(Go::Help)));
    }

    #[test]
    fn shown_keys_do_what_they_say() {
        for binding in BINDINGS.iter().filter(|binding| binding.heard == Heard::Always) {
            let pressed = press(binding.code, binding.modifiers);
            assert_eq!(action(pressed, true, false), Some(binding.action), "{binding:?}");
        }
        assert_eq!(shown(Action::Go(Go::Undo), true), "Ctrl-Z");
        assert_eq!(
            (shown(Action::Go(Go::Help), true), shown(Action::Offer(Offer::Deploy), false)),
            ("F1".into(), "a".into())
        );
    }
}
