//! The live dashboard as text, in each state of a site, and what its keys do.

#![expect(clippy::unwrap_used, reason = "a test that can't do what it describes has failed")]

#[expect(dead_code, reason = "only some of what the screen can do is needed here")]
mod screen;

use screen::site::{STATES, SiteState};
use screen::{ASCII, COLOUR, Driver, FakeWorker, NO_COLOUR, painted};
use sitecast::tui::Theme;
use sitecast::tui::dashboard::Attention;
use sitecast::tui::state::{Leaving, Screen};

const SHOP: &str = include_str!("../presets/everything.toml");

/// From the welcome screen to the dashboard of the profile that is there.
const OPEN: &str = "<down><down>s";

const SIZES: [(u16, u16); 3] = [(120, 36), (80, 24), (60, 15)];

fn shop(site_state: SiteState) -> FakeWorker {
    let text = SHOP.replace("my-site", "shop");
    FakeWorker { files: [("shop.toml".into(), text)].into(), site_state, ..FakeWorker::default() }
}

fn opened(site_state: SiteState, size: (u16, u16)) -> Driver {
    let mut driver = Driver::new(shop(site_state), COLOUR, size);
    driver.press(OPEN);
    driver
}

/// What is opened over the panels: its name and the keys.
const PANES: [(&str, &str); 6] = [
    ("details", "<tab><tab><tab><enter>"),
    ("paused", " "),
    ("invalidate", "i<backspace>blog/*"),
    ("invalidate_wrong", "i<ctrl-u>blog"),
    ("invalidate_question", "i<enter>"),
    ("logs", "l"),
];

fn compare(name: &str, worker: &FakeWorker, keys: &str, (kind, theme): (&str, Theme)) {
    let frames = SIZES.map(|size| {
        let mut driver = Driver::new(worker.clone(), theme, size);
        driver.press(OPEN).press(keys);
        painted(&driver.frame(), kind != "ascii")
    });
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "screen/snapshots" }, {
        insta::assert_snapshot!(format!("dashboard-{name}-{kind}"), frames.join("\n"));
    });
}

#[test]
fn every_state_at_every_size() {
    for (name, state) in STATES {
        compare(name, &shop(state), "", ("colour", COLOUR));
    }
}

#[test]
fn without_colour_and_in_ascii_every_state_can_be_told() {
    for (name, state) in [STATES[0], STATES[4], STATES[7]] {
        compare(name, &shop(state), "", ("no-colour", NO_COLOUR));
        compare(name, &shop(state), "", ("ascii", ASCII));
    }
}

#[test]
fn what_is_opened_over_the_panels() {
    for (name, keys) in PANES {
        compare(name, &shop(SiteState::Healthy), keys, ("colour", COLOUR));
    }
    compare("help", &shop(SiteState::Healthy), "<f1>", ("colour", COLOUR));
    compare("drill", &shop(SiteState::Healthy), "fy", ("colour", COLOUR));
    compare("certificate_details", &shop(SiteState::Expiring), "<tab><enter>", ("colour", COLOUR));
    compare("throttled_details", &shop(SiteState::Throttled), "<enter>", ("colour", COLOUR));
}

#[test]
fn no_panel_is_out_of_reach() {
    for size in SIZES {
        let mut driver = opened(SiteState::Healthy, size);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..11 {
            let dashboard = driver.state.dashboard.clone().unwrap();
            let frame = painted(&driver.frame(), false);
            let title = dashboard.panel().title();
            assert!(frame.contains(&format!("▸ {title}")), "{title} at {size:?}\n{frame}");
            seen.insert(dashboard.panel());
            driver.press("<tab>");
        }
        assert_eq!(seen.len(), 11);
    }
}

#[test]
fn nobody_is_asked_while_nobody_looks() {
    use Attention::{Away, Looks};
    let mut driver = opened(SiteState::Healthy, (80, 24));
    assert!(driver.worker.attention.is_empty());
    driver.press(" ");
    assert_eq!(driver.worker.attention, [Away]);
    driver.press(" ");
    assert_eq!(driver.worker.attention, [Away, Looks]);
    driver.press("u");
    assert_eq!((driver.state.screen, driver.worker.attention.last()), (Screen::Review, Some(&Away)));
    driver.press("<ctrl-p>live dash<enter>");
    assert_eq!((driver.state.screen, driver.worker.attention.last()), (Screen::Dashboard, Some(&Looks)));
    assert_eq!(driver.worker.watches, 1, "what was known is still known");
    driver.press("e");
    assert!(matches!(driver.state.screen, Screen::Page(_)));
    assert_eq!(driver.worker.attention.last(), Some(&Away));
}

#[test]
fn paths_are_forgotten_only_by_the_key_of_the_question() {
    let mut driver = opened(SiteState::Healthy, (80, 24));
    driver.press("i").press(&"<enter>".repeat(9));
    assert!(driver.worker.invalidated.is_empty());
    driver.press("<esc><ctrl-u>/a /b/*<enter>y");
    assert_eq!(driver.worker.invalidated, [["/a", "/b/*"]]);
    driver.press("y<enter>y");
    assert_eq!(driver.worker.invalidated.len(), 1);
}

#[test]
fn what_is_no_path_is_never_asked_about() {
    let mut driver = opened(SiteState::Healthy, (80, 24));
    driver.press("i<ctrl-u>blog<enter>y<enter>");
    assert!(driver.worker.invalidated.is_empty());
}

#[test]
fn a_drill_is_run_only_by_the_key_of_the_question() {
    let mut driver = opened(SiteState::Healthy, (80, 24));
    driver.press("f").press(&"<enter>".repeat(9)).press("<esc>");
    assert_eq!(driver.worker.drills, 0);
    driver.press("fyyy");
    assert_eq!(driver.worker.drills, 1);
}

#[test]
fn from_the_dashboard_one_comes_to_the_teardown_and_back() {
    let mut driver = opened(SiteState::Healthy, (80, 24));
    driver.press("t");
    assert_eq!(driver.state.screen, Screen::Teardown);
    driver.press("<esc>");
    assert_eq!(driver.state.screen, Screen::Dashboard);
    driver.press("<esc>");
    assert_eq!((driver.state.screen, driver.state.dashboard.is_none()), (Screen::Welcome, true));
    driver.press("sq");
    assert_eq!(driver.state.leaving, Some(Leaving::Quit));
}

#[test]
fn after_a_deploy_enter_opens_the_dashboard() {
    let mut driver = Driver::new(shop(SiteState::Healthy), COLOUR, (80, 24));
    driver.press("<down><down><enter><alt-6>ay<enter>");
    assert_eq!((driver.state.screen, driver.worker.watches), (Screen::Dashboard, 1));
}
