//! Which key does what. Screens never see key codes, only actions; the footer and the palette read the same table.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::InputRequest;

/// What a person wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
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
    /// Take or open what is in focus. Never changes anything in AWS.
    Accept,
    /// Back to where one came from; nothing is lost.
    Back,
    /// The choice before.
    Left,
    /// The choice after.
    Right,
    /// Switch what is in focus on or off.
    Toggle,
    /// Take away what is in focus.
    Delete,
    /// Move what is in focus up.
    MoveUp,
    /// Move what is in focus down.
    MoveDown,
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
    /// Draw everything anew.
    Redraw,
    /// Leave the program.
    Quit,
    /// Ctrl-C.
    Interrupt,
    /// Carry out the plan.
    Deploy,
    /// Yes, to a question that isn't answered by Enter.
    Yes,
    /// The profile's TOML, as it was and as it is.
    Diff,
    /// Copy what can be copied here.
    Copy,
    /// Leave the run to go on another time.
    Detach,
    /// End the run as soon as what is under way is done.
    StopRun,
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
struct Binding {
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

const NONE: KeyModifiers = KeyModifiers::NONE;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const ALT: KeyModifiers = KeyModifiers::ALT;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;

const fn always(action: Action, code: KeyCode, modifiers: KeyModifiers) -> Binding {
    Binding { action, code, modifiers, heard: Heard::Always }
}

const fn outside(action: Action, code: KeyCode) -> Binding {
    Binding { action, code, modifiers: NONE, heard: Heard::OutsideText }
}

const fn letter(action: Action, letter: char) -> Binding {
    outside(action, KeyCode::Char(letter))
}

const fn held(action: Action, letter: char, modifiers: KeyModifiers) -> Binding {
    always(action, KeyCode::Char(letter), modifiers)
}

/// The first row of an action is the one that is shown.
const BINDINGS: &[Binding] = &[
    always(Action::Next, KeyCode::Down, NONE),
    always(Action::Next, KeyCode::Tab, NONE),
    always(Action::Previous, KeyCode::Up, NONE),
    always(Action::Previous, KeyCode::BackTab, SHIFT),
    always(Action::Previous, KeyCode::BackTab, NONE),
    outside(Action::First, KeyCode::Home),
    outside(Action::Last, KeyCode::End),
    always(Action::PageDown, KeyCode::PageDown, NONE),
    always(Action::PageUp, KeyCode::PageUp, NONE),
    always(Action::Accept, KeyCode::Enter, NONE),
    always(Action::Back, KeyCode::Esc, NONE),
    outside(Action::Left, KeyCode::Left),
    outside(Action::Right, KeyCode::Right),
    letter(Action::Toggle, ' '),
    outside(Action::Delete, KeyCode::Delete),
    outside(Action::Delete, KeyCode::Backspace),
    always(Action::MoveUp, KeyCode::Up, ALT),
    always(Action::MoveDown, KeyCode::Down, ALT),
    always(Action::MoveUp, KeyCode::Up, SHIFT),
    always(Action::MoveDown, KeyCode::Down, SHIFT),
    held(Action::Stage(0), '1', ALT),
    held(Action::Stage(1), '2', ALT),
    held(Action::Stage(2), '3', ALT),
    held(Action::Stage(3), '4', ALT),
    held(Action::Stage(4), '5', ALT),
    held(Action::Stage(5), '6', ALT),
    held(Action::NextStage, 'n', CTRL),
    held(Action::PreviousStage, 'b', ALT),
    held(Action::Palette, 'p', CTRL),
    letter(Action::Palette, ':'),
    letter(Action::Palette, '/'),
    always(Action::Help, KeyCode::F(1), NONE),
    letter(Action::Help, '?'),
    held(Action::Undo, 'z', CTRL),
    held(Action::Redo, 'y', CTRL),
    held(Action::Redraw, 'l', CTRL),
    letter(Action::Quit, 'q'),
    held(Action::Interrupt, 'c', CTRL),
    letter(Action::Deploy, 'a'),
    letter(Action::Diff, 'd'),
    letter(Action::Copy, 'c'),
];

/// The keys of the question that Ctrl-C asks during a run, and of the one before a deploy.
const ANSWERS: &[Binding] =
    &[letter(Action::Yes, 'y'), letter(Action::Detach, 'd'), letter(Action::StopRun, 's')];

/// What a key means where `typing` says whether text is typed, and `asked` whether a question is open.
pub fn action(key: KeyEvent, typing: bool, asked: bool) -> Option<Action> {
    let answers = if asked { ANSWERS } else { &[] };
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
    let found = ANSWERS.iter().chain(BINDINGS).filter(|binding| binding.action == action).find(heard);
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
        assert_eq!(action(q, false, false), Some(Action::Quit));
        assert_eq!(action(q, true, false), None);
        assert_eq!(edit(q), Some(InputRequest::InsertChar('q')));
    }

    #[test]
    fn a_question_is_answered_by_its_own_letters() {
        let d = press(KeyCode::Char('d'), NONE);
        assert_eq!(
            (action(d, false, true), action(d, false, false)),
            (Some(Action::Detach), Some(Action::Diff))
        );
    }

    #[test]
    fn a_shifted_sign_is_still_the_sign() {
        assert_eq!(action(press(KeyCode::Char('?'), SHIFT), false, false), Some(Action::Help));
    }

    #[test]
    fn shown_keys_do_what_they_say() {
        for binding in BINDINGS.iter().filter(|binding| binding.heard == Heard::Always) {
            let pressed = press(binding.code, binding.modifiers);
            assert_eq!(action(pressed, true, false), Some(binding.action), "{binding:?}");
        }
        assert_eq!(shown(Action::Undo, true), "Ctrl-Z");
        assert_eq!((shown(Action::Help, true), shown(Action::Deploy, false)), ("F1".into(), "a".into()));
    }
}
