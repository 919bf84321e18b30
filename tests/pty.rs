//! The real program on a terminal of its own: however it ends, the terminal is as it was before.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that can't do what it describes has failed")]

#[path = "support/shown.rs"]
mod shown;
#[path = "support/terminal.rs"]
mod terminal;

use shown::Shown;
use std::ops::Deref;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use terminal::Terminal;

const INTERRUPTED: i32 = 130;

const CTRL_C: &str = "\x03";
const ENTER: &str = "\r";
const REVIEW: &str = "\x1b6";

/// A program on a terminal, in a folder of its own.
struct Screen {
    shown: Shown,
    before: String,
    folder: TempDir,
}

impl Deref for Screen {
    type Target = Shown;

    fn deref(&self) -> &Shown {
        &self.shown
    }
}

impl Screen {
    /// The program in an empty folder, with an account of its own.
    fn sitecast(arguments: &[&str]) -> Screen {
        let arguments = [&["--sandbox", "--sandbox-dir", "account"], arguments].concat();
        Screen::of(Path::new(env!("CARGO_BIN_EXE_sitecast")), &arguments)
    }

    fn of(program: &Path, arguments: &[&str]) -> Screen {
        Screen::in_folder(program, arguments, tempfile::tempdir().unwrap())
    }

    fn in_folder(program: &Path, arguments: &[&str], folder: TempDir) -> Screen {
        Screen::on(Terminal::new(80, 24), program, arguments, folder)
    }

    fn on(terminal: Terminal, program: &Path, arguments: &[&str], folder: TempDir) -> Screen {
        let before = terminal.settings();
        Screen { shown: Shown::start(program, arguments, folder.path(), terminal), before, folder }
    }

    fn signal(&self, name: &str) {
        let process = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &process]).status().unwrap().success());
    }

    /// Waits for the end, and insists that the terminal is as it was and says these words last.
    fn ends_with(mut self, code: i32, words: &str) {
        let status = self.shown.child.wait().unwrap();
        self.until("end of the screen", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor() && screen.contents().contains(words)
        });
        assert_eq!(self.terminal.settings(), self.before);
        let screen = self.screen();
        assert!(!screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(status.code(), Some(code), "{}", screen.contents());
    }

    /// On the first stage of a new site.
    fn on_stage(arguments: &[&str]) -> Screen {
        let screen = Screen::sitecast(arguments);
        screen.until_told("What would you like to do?");
        screen.press(ENTER);
        screen.until_told("Start from");
        screen.press(ENTER);
        screen.until_told("A new site from the preset");
        screen.press(ENTER);
        screen.until_told("Folder");
        screen
    }

    /// With a site that was just deployed.
    fn on_done() -> Screen {
        let screen = Screen::on_stage(&["--pace", "instant"]);
        screen.press(REVIEW);
        screen.until_told("to create");
        screen.press("a");
        screen.until_told("Carry this out");
        screen.press("y");
        screen.until_told("is live");
        screen
    }

    /// A deploy on the command line, in a folder with a site.
    fn deploying_by_lines() -> Screen {
        let folder = tempfile::tempdir().unwrap();
        let profile =
            "schema = 1\nname = \"harbour\"\n[distribution]\nfolder = \"public\"\nregion = \"eu-west-1\"\n";
        std::fs::create_dir(folder.path().join("public")).unwrap();
        std::fs::write(folder.path().join("public/index.html"), "<h1>Harbour</h1>").unwrap();
        std::fs::write(folder.path().join("harbour.toml"), profile).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_sitecast"));
        // Long enough for a key to be pressed meanwhile.
        let slow = "op=CreateDistributionWithTags nth=1 delay=5000";
        let sandbox = ["--sandbox", "--sandbox-dir", "account", "--pace", "instant", "--fault", slow];
        let deploy = [&sandbox[..], &["--line", "deploy", "harbour.toml"]].concat();
        let screen = Screen::in_folder(program, &deploy, folder);
        screen.until_told("Carry this out");
        screen.press("y\r");
        screen.until_told("running    create distribution harbour");
        screen
    }

    /// With a deploy under way that takes as long as on AWS.
    fn on_provisioning() -> Screen {
        let screen = Screen::on_stage(&["--pace", "real"]);
        screen.press(REVIEW);
        screen.until_told("to create");
        screen.press("a");
        screen.until_told("Carry this out");
        screen.press("y");
        screen.until_told("so far");
        screen
    }
}

#[test]
fn ctrl_c_leaves_the_welcome_screen_at_once() {
    let screen = Screen::sitecast(&[]);
    screen.until_told("What would you like to do?");
    screen.press(CTRL_C);
    screen.ends_with(INTERRUPTED, "");
}

#[test]
fn ctrl_c_asks_on_every_other_screen_and_leaves_the_second_time() {
    let ways: [(&str, &str); 6] = [
        ("", "Folder"),
        (ENTER, "Folder"),
        ("\x1b5", "Domains"),
        ("\x1b4\x1b[B\x1b[B\x1b[B\x1b[B\x1b[B\x1b[B\x1b[B\r", "Rule 1 of"),
        (REVIEW, "to create"),
        ("\x10", "Command"),
    ];
    for (keys, words) in ways {
        let screen = Screen::on_stage(&["--pace", "instant"]);
        screen.press(keys);
        screen.until_told(words);
        screen.press(CTRL_C);
        screen.until_told("Leave? Everything is saved.");
        screen.press(CTRL_C);
        screen.ends_with(INTERRUPTED, "");
    }
}

#[test]
fn ctrl_c_on_the_done_page_asks_and_leaves_the_second_time() {
    let screen = Screen::on_done();
    screen.press(CTRL_C);
    screen.until_told("Leave?");
    screen.press(CTRL_C);
    screen.ends_with(INTERRUPTED, "");
}

#[test]
fn a_deploy_by_lines_that_is_stopped_offers_to_remove_what_it_created() {
    let screen = Screen::deploying_by_lines();
    screen.press(CTRL_C);
    screen.until_told("Type harbour to remove that again");
    screen.press("harbour\r");
    screen.ends_with(INTERRUPTED, "deleted");
}

#[test]
fn what_a_stopped_deploy_created_is_left_where_that_is_wanted_and_the_way_is_named() {
    for keys in [ENTER, CTRL_C] {
        let screen = Screen::deploying_by_lines();
        screen.press(CTRL_C);
        screen.until_told("This run created bucket");
        screen.until_told("Type harbour to remove that again");
        screen.press(keys);
        screen.ends_with(INTERRUPTED, "To remove just that: sitecast destroy harbour.toml --sandbox");
    }
}

#[test]
fn at_a_prompt_a_site_is_made_without_taking_the_screen() {
    let screen = Screen::sitecast(&["--inline"]);
    screen.until_told("What kind of site is it?");
    screen.press("docs\r");
    screen.until_told("Name of the site");
    screen.press("harbour\r");
    screen.until_told("Stage 1 of 5");
    screen.press("region\r");
    screen.until_told("Where the bucket lives");
    screen.press("frankfurt\r");
    screen.until_told("Saved. Region: eu-central-1");
    screen.press("[leave]\r");
    let file = screen.folder.path().join("harbour.toml");
    screen.until_told("saved in harbour.toml");
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains("name = \"harbour\"") && text.contains("region = \"eu-central-1\""), "{text}");
    screen.ends_with(0, "next: sitecast plan harbour.toml");
}

#[test]
fn ctrl_c_at_a_prompt_leaves_what_was_answered() {
    let screen = Screen::sitecast(&["--inline", "new"]);
    screen.until_told("What kind of site is it?");
    screen.press(CTRL_C);
    screen.ends_with(INTERRUPTED, "stopped");
}

#[test]
fn what_was_answered_line_by_line_is_deployed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("public")).unwrap();
    std::fs::write(folder.path().join("public/index.html"), "<h1>Harbour</h1>").unwrap();
    std::fs::write(
        folder.path().join("harbour.toml"),
        "schema = 1\nname = \"harbour\"\n[distribution]\nfolder = \"public\"\nregion = \"eu-west-1\"\n",
    )
    .unwrap();
    let sandbox = ["--sandbox", "--sandbox-dir", "account", "--pace", "instant"];
    let arguments = [&sandbox[..], &["--line", "edit", "harbour.toml"]].concat();
    let screen = Screen::in_folder(Path::new(env!("CARGO_BIN_EXE_sitecast")), &arguments, folder);
    for stage in 1..=5 {
        screen.until_told(&format!("Stage {stage} of 5"));
        screen.press(ENTER);
    }
    screen.until_told("d to deploy");
    screen.press("d\r");
    screen.until_told("Carry this out");
    screen.press("y\r");
    screen.ends_with(0, "cloudfront.net");
}

#[test]
fn lines_and_prompts_say_first_why_there_is_no_screen() {
    let screen = Screen::sitecast(&["--line", "new", "shop"]);
    screen.until_told("Line mode, because --line or SITECAST_LINE asks for it: ");
    screen.until_told("Type its number, or press Enter for 1:");
    screen.press("\r\r");
    screen.until_told("Not taken: a site can't be without a name");
    screen.press("harbour\rq\r");
    screen.ends_with(0, "next: sitecast plan shop.toml");
    let (terminal, folder) = (Terminal::new(120, 9), tempfile::tempdir().unwrap());
    let screen = Screen::on(terminal, Path::new(env!("CARGO_BIN_EXE_sitecast")), &["new"], folder);
    screen.until_told("Prompts instead of the whole screen, because the terminal is too small for it.");
    screen.until_told("What kind of site is it?");
    screen.press(CTRL_C);
    screen.ends_with(INTERRUPTED, "stopped");
}

#[test]
fn ctrl_c_during_a_deploy_offers_to_detach_and_the_second_time_leaves() {
    let screen = Screen::on_provisioning();
    screen.press(CTRL_C);
    screen.until_told("Stop? AWS keeps what it already accepted.");
    screen.press(CTRL_C);
    screen.ends_with(INTERRUPTED, "go on with: sitecast");
}

#[test]
fn signals_end_the_program_on_every_screen() {
    for signal in ["TERM", "HUP"] {
        let screen = Screen::sitecast(&[]);
        screen.until_told("What would you like to do?");
        screen.signal(signal);
        screen.ends_with(INTERRUPTED, "");
        let screen = Screen::on_provisioning();
        screen.signal(signal);
        screen.ends_with(INTERRUPTED, "");
    }
}

#[test]
fn a_storm_of_sizes_leaves_a_whole_screen() {
    let screen = Screen::on_stage(&["--pace", "instant"]);
    for number in 0..60_u16 {
        screen.resize(1 + number * 37 % 300, 1 + number * 17 % 100);
        screen.press("\x1b[B");
    }
    screen.resize(9, 3);
    screen.resize(100, 30);
    screen.until("whole frame", |screen| {
        let rows: Vec<String> = screen.rows(0, 100).collect();
        rows[0].ends_with("saved") && rows[29].contains("Ctrl-P more") && rows[28] == "─".repeat(100)
    });
    screen.press(CTRL_C);
    screen.until_told("Leave? Everything is saved.");
    screen.press("y");
    screen.ends_with(0, "");
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_is_told() {
    let this = std::env::current_exe().unwrap();
    let panicking = ["--ignored", "--exact", "panicking", "--nocapture"];
    Screen::of(&this, &panicking).ends_with(101, "on purpose");
}

/// Not a test of its own, but what the one before runs on a terminal.
#[test]
#[ignore = "run by another test, on a terminal"]
fn panicking() {
    let _taken = sitecast::tui::terminal::take().unwrap();
    assert!(!Path::new("/").exists(), "on purpose");
}

#[test]
fn line_mode_tells_a_folder_that_is_not_there_and_goes_on() {
    let screen = Screen::sitecast(&["--line", "new", "harbour.toml"]);
    screen.until_told("Type its number");
    screen.press("1\rharbour\r2\rnowhere\r");
    screen.until_told("Warning: there is no folder nowhere yet");
    screen.press("\r\r\r\r\r");
    screen.until_told("Warning with distribution.folder: there is no folder nowhere yet.");
    screen.until_told("The profile is complete and saved.");
    screen.press("\r");
    screen.ends_with(0, "next: sitecast");
}
