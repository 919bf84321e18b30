//! Random keys, pastes and sizes: no panic, the focus stays valid, Escape leads home, undo takes back what was done,
//! and nothing reaches AWS that wasn't agreed to.

use super::site::STATES;
use super::{COLOUR, Driver, FakeWorker, key};
use crossterm::event::{Event as Input, KeyCode, KeyModifiers};
use proptest::prelude::*;
use sitecast::tui::lookup::{FoundBucket, Tagged};
use sitecast::tui::state::{Overlay, Screen};

const SHOP: &str = include_str!("../../presets/everything.toml");

fn driver() -> Driver {
    let bucket = FoundBucket { name: "photos".into(), region: None, tagged: Tagged::Untold };
    let worker = FakeWorker {
        files: [("shop.toml".into(), SHOP.to_owned())].into(),
        buckets: vec![bucket],
        ..FakeWorker::default()
    };
    let mut driver = Driver::new(worker, COLOUR, (80, 24));
    driver.press("<down><down><enter>");
    driver
}

fn any_key() -> impl Strategy<Value = Input> {
    let named = prop::sample::select(vec![
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::F(1),
    ]);
    let held = (prop::sample::select(vec!['1', '2', '3', '4', '5', '6']), Just(KeyModifiers::ALT));
    let control =
        (prop::sample::select(vec!['p', 'z', 'y', 'n', 'l', 'u', 'w']), Just(KeyModifiers::CONTROL));
    prop_oneof![
        4 => named.prop_map(|code| key(code, KeyModifiers::NONE)),
        2 => prop::sample::select(vec![KeyCode::Up, KeyCode::Down]).prop_map(|code| key(code, KeyModifiers::ALT)),
        2 => held.prop_map(|(letter, held)| key(KeyCode::Char(letter), held)),
        1 => control.prop_map(|(letter, held)| key(KeyCode::Char(letter), held)),
        3 => any::<char>().prop_map(|letter| key(KeyCode::Char(letter), KeyModifiers::NONE)),
        3 => "[ a-z0-9/*:?.{}]".prop_map(|text| key(KeyCode::Char(text.chars().next().unwrap_or(' ')), KeyModifiers::NONE)),
    ]
}

fn any_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        12 => any_key(),
        1 => "\\PC{0,20}(\r?\n)?\\PC{0,20}".prop_map(Input::Paste),
        1 => (1_u16..300, 1_u16..100).prop_map(|(columns, rows)| Input::Resize(columns, rows)),
    ]
}

/// `COUNT` asks for a longer run.
fn cases() -> u32 {
    std::env::var("COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(64)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_escape_leads_home(inputs in prop::collection::vec(any_input(), 0..60)) {
        let mut driver = driver();
        let mut agreed = 0;
        for input in inputs {
            let asked = matches!(driver.state.overlay, Some(Overlay::Deploy));
            agreed += usize::from(asked);
            driver.happen(input);
            driver.frame();
            let rows = driver.state.reachable().len();
            prop_assert!(rows == 0 || driver.state.place() < rows);
            if driver.state.leaving.is_some() {
                return Ok(());
            }
        }
        prop_assert!(driver.worker.deploys <= agreed);
        let worker = &driver.worker;
        let unasked = worker.teardowns.len() + worker.undone + worker.drills + worker.invalidated.len();
        prop_assert_eq!(unasked, 0);
        driver.happen(Input::Resize(80, 24));
        driver.press(&"<esc>".repeat(8));
        prop_assert_eq!(driver.state.screen, Screen::Welcome);
    }

    #[test]
    fn over_a_live_site_nothing_panics_and_nothing_happens_unasked(
        state in prop::sample::select(STATES.to_vec()),
        inputs in prop::collection::vec(any_input(), 0..60),
    ) {
        let worker = FakeWorker {
            files: [("shop.toml".into(), SHOP.to_owned())].into(),
            site_state: state.1,
            ..FakeWorker::default()
        };
        let mut driver = Driver::new(worker, COLOUR, (80, 24));
        driver.press("<down><down>s");
        let mut agreed = 0;
        for input in inputs {
            let dashboard = driver.state.dashboard.as_ref();
            agreed += usize::from(dashboard.is_some_and(|dashboard| dashboard.is_asked()));
            driver.happen(input);
            driver.frame();
            if driver.state.leaving.is_some() {
                return Ok(());
            }
        }
        prop_assert!(driver.worker.invalidated.len() + driver.worker.drills <= agreed);
        prop_assert!(driver.worker.teardowns.is_empty(), "the name was never typed");
        driver.happen(Input::Resize(80, 24));
        driver.press(&"<esc>".repeat(9));
        prop_assert_eq!(driver.state.screen, Screen::Welcome);
    }

    #[test]
    fn undo_takes_back_everything_that_was_done(inputs in prop::collection::vec(any_key(), 0..60)) {
        let mut driver = driver();
        for input in inputs {
            driver.happen(input);
            if driver.state.leaving.is_some() {
                return Ok(());
            }
        }
        let Some(editing) = driver.state.editing.as_mut() else { return Ok(()) };
        let path = editing.path.clone();
        let opened = editing.opened.clone();
        while editing.undo() {}
        prop_assert_eq!(editing.text(), &opened);
        prop_assert!(driver.worker.files.contains_key(&path));
    }
}
