//! Every screen as text, in every size and on every kind of terminal; and the whole way from an empty folder to a
//! deployed site, through the real loop.

#![expect(clippy::unwrap_used, reason = "a test that can't do what it describes has failed")]

mod screen;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use screen::{ASCII, COLOUR, Driver, FakeWorker, NO_COLOUR, SIZES, painted, script, setup};
use sitecast::apply::event::RunOutcome;
use sitecast::tui::state::{Leaving, Screen, Start};
use sitecast::tui::{Command, Message, State, Theme, run};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

const SHOP: &str = include_str!("../presets/everything.toml");

fn with_shop() -> FakeWorker {
    let text = SHOP.replace("my-site", "shop");
    // Until there is more to plan, a site on its own names can't be planned whole.
    FakeWorker { files: [("shop.toml".into(), text)].into(), ..FakeWorker::default() }
}

/// From the welcome screen into the profile that is there.
const INTO_SHOP: &str = "<down><down><enter>";

/// Each screen: its name, the worker, and the keys that lead there.
fn screens() -> Vec<(&'static str, FakeWorker, String)> {
    let signed_out = FakeWorker { signed_out: true, ..FakeWorker::default() };
    let holding = FakeWorker { holds_runs: true, ..with_shop() };
    let shop = |keys: &str| (with_shop(), format!("{INTO_SHOP}{keys}"));
    let row = |name, (worker, keys): (FakeWorker, String)| (name, worker, keys);
    vec![
        row("welcome", (with_shop(), String::new())),
        row("welcome_signed_out", (signed_out, String::new())),
        row("presets", (with_shop(), "<enter>".into())),
        row("name", (with_shop(), "<enter><enter>-<enter>".into())),
        row("distribution", shop("")),
        row("failover_wrong", shop("<alt-2><down><enter>frank<enter><down><down><down><down>9<tab>")),
        row("regions", shop("<alt-2><down><enter>")),
        row("edge", shop("<alt-3>")),
        row("edge_function", shop("<alt-3><enter>")),
        row("edge_code", shop("<alt-3><enter><down><enter>")),
        row("caching", shop("<alt-4><pgdn>/search/?q=ships")),
        row("caching_rule", shop("<alt-4><down><down><down><down><down><down><down><enter>")),
        row("https", shop("<alt-5>")),
        row("domains", shop("<alt-5><enter>")),
        row("help", shop("<alt-5><f1>")),
        row("palette", shop("<ctrl-p>stage")),
        row("problems", shop("<alt-2><down><down><down><down><down>9<tab><alt-6>")),
        row("review", shop("<alt-6>")),
        row("toml", shop("<down><down><down><down>5<tab><alt-6>d")),
        row("deploy_question", shop("<alt-6>a")),
        row("provisioning", (holding.clone(), format!("{INTO_SHOP}<alt-6>ay"))),
        row("stop_question", (holding, format!("{INTO_SHOP}<alt-6>ay<ctrl-c>"))),
        row("done", shop("<alt-6>ay")),
        row("quit_question", shop("<ctrl-c>")),
    ]
}

fn looks_as_it_should(kind: &str, theme: Theme, with_styles: bool) {
    for (name, worker, keys) in screens() {
        let frames = SIZES.map(|size| {
            let mut driver = Driver::new(worker.clone(), theme, (120, 36));
            driver.press(&keys);
            driver.state.size = size;
            painted(&driver.frame(), with_styles)
        });
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "screen/snapshots" }, {
            insta::assert_snapshot!(format!("{name}-{kind}"), frames.join("\n"));
        });
    }
}

#[test]
fn every_screen_in_colour() {
    looks_as_it_should("colour", COLOUR, true);
}

#[test]
fn every_screen_without_colour() {
    looks_as_it_should("no-colour", NO_COLOUR, true);
}

#[test]
fn every_screen_in_ascii() {
    looks_as_it_should("ascii", ASCII, false);
}

/// Runs the real loop with these keys, and a worker that answers whatever is asked.
async fn played(keys: &str, mut worker: FakeWorker, start: Start) -> (State, FakeWorker) {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let (commands, mut wanted) = unbounded_channel::<Command>();
    let (messages, told) = unbounded_channel::<Message>();
    let (keys_in, input) = unbounded_channel();
    let player = tokio::spawn(play(script(keys), keys_in, messages.clone()));
    let working = tokio::spawn(async move {
        while let Some(command) = wanted.recv().await {
            worker.perform(command).into_iter().for_each(|message| drop(messages.send(message)));
        }
        worker
    });
    let input = futures::stream::unfold(input, async |mut input| Some((input.recv().await?, input)));
    let state = run(&mut terminal, setup(COLOUR, start), Box::pin(input), commands, told).await.unwrap();
    player.abort();
    (state, working.await.unwrap())
}

/// Gives the keys one by one, each after the worker had its turn.
async fn play(
    keys: Vec<crossterm::event::Event>,
    to: UnboundedSender<std::io::Result<crossterm::event::Event>>,
    _keeps_open: UnboundedSender<Message>,
) {
    for key in keys {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        drop(to.send(Ok(key)));
    }
    to.closed().await;
}

#[tokio::test(start_paused = true)]
async fn from_an_empty_folder_to_a_deployed_site() {
    let keys = [
        // A new site from the first preset, under its own name.
        "<enter><enter><ctrl-u>harbour<enter>",
        // Distribution: another folder and region.
        "<down><ctrl-u>site<tab><enter>stockholm<enter>",
        // Failover: on, in the region nearest to it.
        "<ctrl-n> <down><enter><enter>",
        // Edge: a ready function, which knows its name and its event.
        "<ctrl-n><enter><down><enter>security<enter><esc>",
        // Caching: a rule of its own, before the one that is there.
        "<ctrl-n><pgdn><up><enter>/fonts/*<tab>365d<tab> <esc><alt-up>",
        // HTTPS stays off; the review, the deploy, and out.
        "<ctrl-n><ctrl-n>ay<esc><ctrl-c>y",
    ];
    let (state, worker) = played(&keys.concat(), FakeWorker::default(), Start::Welcome).await;
    assert_eq!(state.leaving, Some(Leaving::Quit));
    assert_eq!(worker.deploys, 1);
    assert_eq!(state.run.unwrap().ended.unwrap().unwrap().outcome, RunOutcome::Done);
    insta::assert_snapshot!(worker.files[std::path::Path::new("harbour.toml")]);
}

#[tokio::test(start_paused = true)]
async fn a_profile_can_be_opened_at_once_and_everything_else_is_left_as_it_was() {
    let keys = "<alt-2><down><down><down><down>3<tab><alt-1><ctrl-z><ctrl-c><ctrl-c>";
    let start = Start::Edit { path: "shop.toml".into() };
    let (state, worker) = played(keys, with_shop(), start).await;
    assert_eq!(state.leaving, Some(Leaving::Interrupted));
    assert_eq!(worker.files, with_shop().files);
}

#[test]
fn escape_leads_to_the_welcome_screen_from_everywhere() {
    for (name, worker, keys) in screens().into_iter().filter(|(_, worker, _)| !worker.holds_runs) {
        let mut driver = Driver::new(worker, COLOUR, (80, 24));
        driver.press(&keys).press(&"<esc>".repeat(6));
        assert_eq!((driver.state.screen, driver.state.overlay.is_none()), (Screen::Welcome, true), "{name}");
    }
}

#[test]
fn enter_alone_never_deploys() {
    let mut driver = Driver::new(with_shop(), COLOUR, (80, 24));
    driver.press(INTO_SHOP).press("<alt-6>a").press(&"<enter>".repeat(20));
    assert_eq!(driver.worker.deploys, 0);
}

#[test]
fn a_pasted_line_end_answers_nothing() {
    let mut driver = Driver::new(FakeWorker::default(), COLOUR, (80, 24));
    driver.press("<enter><enter><ctrl-u>");
    driver.happen(crossterm::event::Event::Paste("shop\n".into()));
    assert!(driver.worker.files.is_empty());
    driver.press("<enter>");
    assert!(driver.worker.files.contains_key(std::path::Path::new("shop.toml")));
}
