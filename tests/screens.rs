//! Every screen as text, in every size and on every kind of terminal; and the whole way from an empty folder to a
//! deployed site, through the real loop.

#![expect(clippy::unwrap_used, reason = "a test that can't do what it describes has failed")]

mod screen;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use screen::{ASCII, COLOUR, Driver, FakeWorker, NO_COLOUR, SIZES, painted, picture, script, setup};
use sitecast::apply::event::RunOutcome;
use sitecast::blueprint::dns::{Check, Outcome};
use sitecast::profile::question::Stage;
use sitecast::tui::lookup::{FoundBucket, Tagged};
use sitecast::tui::message::{FoundProfile, LastRun, LastState, Replaced, WantedRecord};
use sitecast::tui::own_code::CodeFinding;
use sitecast::tui::rows::Row;
use sitecast::tui::state::{Leaving, Overlay, Planning, Screen, Start};
use sitecast::tui::{Command, Message, State, Theme, run};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

const SHOP: &str = include_str!("../presets/everything.toml");

fn with_shop() -> FakeWorker {
    let text = SHOP.replace("my-site", "shop");
    // Until there is more to plan, a site on its own names can't be planned whole.
    FakeWorker { files: [("shop.toml".into(), text)].into(), ..FakeWorker::default() }
}

/// An account with buckets of this site, of another, and of nobody that sitecast knows.
fn with_buckets() -> FakeWorker {
    let bucket = |name: &str, tagged| FoundBucket {
        name: name.to_owned(),
        region: Some("eu-west-1".to_owned()),
        tagged,
    };
    let buckets = vec![
        bucket("holiday-photos", Tagged::Nobody),
        bucket("docs-123456789012-eu-west-1-an", Tagged::Site("docs".to_owned())),
        bucket("shop-before-the-move", Tagged::Site("shop".to_owned())),
    ];
    FakeWorker { buckets, ..with_shop() }
}

/// A deploy that would take two domains from where they lead.
fn asking() -> FakeWorker {
    let replaced = |name: &str| Replaced {
        name: name.to_owned(),
        words: format!("{name} leads elsewhere: A 192.0.2.7, AAAA 2001:db8::7"),
    };
    FakeWorker { replaces: ["shop.example.com", "www.shop.example.com"].map(replaced).into(), ..with_shop() }
}

fn blocked() -> FakeWorker {
    let obstacle = "these credentials may not create distributions; add the statement to the policy";
    FakeWorker { obstacles: vec![obstacle.to_owned()], ..with_shop() }
}

fn drifted() -> FakeWorker {
    FakeWorker { drifted: true, ..with_shop() }
}

/// A run that waits for the person to add two records.
fn awaiting_dns() -> FakeWorker {
    let check = |(what, outcome): (&str, Outcome)| Check { what: what.to_owned(), outcome };
    let record = |name: &str, verdict: &str, seen: Outcome| WantedRecord {
        kind: "CNAME".to_owned(),
        name: name.to_owned(),
        value: "_a1b2c3.acm-validations.aws".to_owned(),
        checks: [
            ("name servers", seen),
            ("1.1.1.1", seen),
            ("8.8.8.8", Outcome::Unknown),
            ("delegation", Outcome::Right),
            ("CAA", Outcome::Right),
        ]
        .map(check)
        .to_vec(),
        is_right: seen == Outcome::Right,
        verdict: verdict.to_owned(),
    };
    let records = vec![
        record("_3f9a.shop.example.com", "_3f9a.shop.example.com is right everywhere", Outcome::Right),
        record("_77c0.www.shop.example.com", "there is no name _77c0.www.shop.example.com", Outcome::Wrong),
    ];
    FakeWorker { records, holds_runs: true, ..with_shop() }
}

/// A folder with one profile, and two that were opened elsewhere.
fn with_recent() -> FakeWorker {
    let found = |name: &str, state, seconds_ago| FoundProfile {
        path: format!("/home/ada/{name}/site.toml").into(),
        name: name.to_owned(),
        about: format!("{name}.example.com"),
        problems: 0,
        elsewhere: true,
        last: Some(LastRun { state, seconds_ago }),
    };
    let recent = vec![found("docs", LastState::Live, 120), found("harbour", LastState::Unfinished, 7_300)];
    FakeWorker { recent, ..with_shop() }
}

/// From the welcome screen into the profile that is there.
const INTO_SHOP: &str = "<down><down><enter>";

/// From a stage to what a teardown would remove.
const TEAR_DOWN: &str = "<ctrl-p>tear down<enter>";

/// A site to which domains still lead.
fn led() -> FakeWorker {
    FakeWorker { still_led: vec!["shop.example.com".into()], ..with_shop() }
}

/// Each screen: its name, the worker, and the keys that lead there.
fn screens() -> Vec<(&'static str, FakeWorker, String)> {
    let signed_out = FakeWorker { signed_out: true, ..FakeWorker::default() };
    let holding = FakeWorker { holds_runs: true, ..with_shop() };
    let shop = |keys: &str| (with_shop(), format!("{INTO_SHOP}{keys}"));
    let row = |name, (worker, keys): (FakeWorker, String)| (name, worker, keys);
    vec![
        row("welcome", (with_shop(), String::new())),
        row("welcome_recent", (with_recent(), "<down><down><down>".into())),
        row("welcome_signed_out", (signed_out, String::new())),
        row("presets", (with_shop(), "<enter>".into())),
        row("name", (with_shop(), "<enter><enter>-<enter>".into())),
        row("distribution", shop("")),
        row("buckets", (with_buckets(), format!("{INTO_SHOP}<down><down><down><enter>"))),
        row("failover_wrong", shop("<alt-2><down><enter>frank<enter><down><down><down><down>9<tab>")),
        row("regions", shop("<alt-2><down><enter>")),
        row("edge", shop("<alt-3>")),
        row("edge_function", shop("<alt-3><enter>")),
        row("edge_code", shop("<alt-3><enter><down><enter>")),
        row("caching", shop("<alt-4><pgdn>/search/?q=ships")),
        row("caching_proposal", shop("<alt-4><pgdn><up>")),
        row("caching_rule", shop("<alt-4><down><down><down><down><down><down><down><enter>")),
        row("https", shop("<alt-5>")),
        row(
            "https_refused",
            (FakeWorker { lookups_refused: true, ..with_shop() }, format!("{INTO_SHOP}<alt-5>")),
        ),
        row("domains", shop("<alt-5><enter>")),
        row("help", shop("<alt-5><f1>")),
        row("palette", shop("<ctrl-p>stage")),
        row("problems", shop("<alt-2><down><down><down><down><down>9<tab><alt-6>")),
        row("review", shop("<alt-6>")),
        row("review_asks", (asking(), format!("{INTO_SHOP}<alt-6>rshop.example.com<enter>"))),
        row("replace_question", (asking(), format!("{INTO_SHOP}<alt-6>rshop<enter>"))),
        row("review_blocked", (blocked(), format!("{INTO_SHOP}<alt-6>a"))),
        row("review_drift", (drifted(), format!("{INTO_SHOP}<alt-6>"))),
        row("review_changes", (drifted(), format!("{INTO_SHOP}<alt-6> "))),
        row("records", (awaiting_dns(), format!("{INTO_SHOP}<alt-6>ay<right>"))),
        row("toml", shop("<down><down><down><down>5<tab><alt-6>d")),
        row("deploy_question", shop("<alt-6>a")),
        row("provisioning", (holding.clone(), format!("{INTO_SHOP}<alt-6>ay"))),
        row("stop_question", (holding.clone(), format!("{INTO_SHOP}<alt-6>ay<ctrl-c>"))),
        row("undo_question", (holding.clone(), format!("{INTO_SHOP}<alt-6>ay<ctrl-c>u"))),
        row("undone", (holding.clone(), format!("{INTO_SHOP}<alt-6>ay<ctrl-c>ushop<enter>"))),
        row("done", shop("<alt-6>ay")),
        row("quit_question", shop("<ctrl-c>")),
        row("teardown", shop(TEAR_DOWN)),
        row("teardown_typed", shop(&format!("{TEAR_DOWN}kb<enter>shopp<enter>"))),
        row("teardown_led", (led(), format!("{INTO_SHOP}{TEAR_DOWN}<enter>"))),
        row("teardown_running", (holding, format!("{INTO_SHOP}{TEAR_DOWN}b<enter>shop<enter>"))),
        row("torn_down", shop(&format!("{TEAR_DOWN}<enter>shop<enter>"))),
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

/// The screens of which there are pictures, and what each is called.
const PICTURES: [(&str, &str); 6] = [
    ("welcome", "The welcome screen"),
    ("distribution", "The first stage of questions"),
    ("caching", "Caching, path by path, with a tester for an address"),
    ("review", "The plan before it is carried out"),
    ("records", "A deploy that waits for two DNS records"),
    ("done", "The site is live"),
];

/// `UPDATE=1` draws them anew.
#[test]
fn pictures_show_the_screens_as_they_are() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screens");
    let of_a_row = |(name, title)| {
        let (_, worker, keys) = screens().into_iter().find(|(screen, ..)| *screen == name).unwrap();
        (name, title, worker, keys, (100, 30))
    };
    let dashboard = ("dashboard", "The live site", with_shop(), "<down><down>s".to_owned(), (120, 36));
    for (name, title, worker, keys, size) in PICTURES.map(of_a_row).into_iter().chain([dashboard]) {
        let mut driver = Driver::new(worker, COLOUR, size);
        driver.press(&keys);
        let svg = picture::svg(&driver.frame(), title);
        let path = folder.join(format!("{name}.svg"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &svg).unwrap();
        }
        let is_same = std::fs::read_to_string(&path).is_ok_and(|drawn| drawn == svg);
        assert!(is_same, "{name} looks otherwise by now: UPDATE=1 cargo test --test screens pictures");
    }
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
        "<ctrl-n><pgdn><up><up><up><enter>/fonts/*<tab>365d<tab> <esc><alt-up>",
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
fn each_thing_that_is_lost_is_agreed_to_on_its_own() {
    let mut driver = Driver::new(asking(), COLOUR, (80, 24));
    driver.press(INTO_SHOP).press("<alt-6>ay");
    assert_eq!(driver.worker.deploys, 0);
    driver.press("rshop<enter><esc>ay");
    assert_eq!((driver.worker.deploys, driver.state.agreed.len()), (0, 0));
    driver.press("rshop.example.com<enter>ay");
    assert_eq!((driver.worker.deploys, driver.state.agreed.len()), (0, 1));
    driver.press("rwww.shop.example.com<enter>ay");
    assert_eq!((driver.worker.deploys, driver.state.agreed.len()), (1, 2));
}

#[test]
fn another_site_is_replaced_only_by_its_own_key() {
    let words = "shop was deployed from another folder: site then, public now".to_owned();
    let takeover = Some(Replaced { name: "shop".into(), words });
    let mut driver = Driver::new(FakeWorker { takeover, ..with_shop() }, COLOUR, (80, 24));
    driver.press(INTO_SHOP).press("<alt-6>ay");
    assert_eq!(driver.worker.deploys, 0);
    driver.press("rsho<enter>");
    assert!(driver.state.agreed.is_empty());
    driver.press("p<enter>ay");
    assert_eq!(driver.worker.deploys, 1);
}

#[test]
fn a_record_is_copied_by_value_or_name_and_printed_plainly() {
    let mut driver = Driver::new(awaiting_dns(), COLOUR, (80, 24));
    driver.press(INTO_SHOP).press("<alt-6>ayc<right>n");
    assert_eq!(driver.worker.copied, ["_a1b2c3.acm-validations.aws", "_77c0.www.shop.example.com"]);
    driver.press("p");
    assert!(driver.state.away);
    assert!(driver.worker.printed.contains(&"Name   _77c0.www.shop.example.com".to_owned()));
    driver.press("xd<down>");
    assert!(driver.state.away && driver.state.overlay.is_none());
    driver.press("<enter>");
    assert!(!driver.state.away && driver.state.redraw);
}

#[test]
fn a_proposed_rule_holds_once_it_is_taken_and_can_be_taken_back() {
    let mut driver = Driver::new(with_shop(), COLOUR, (80, 24));
    driver.press(INTO_SHOP).press("<alt-4>");
    let profile = |driver: &Driver| driver.worker.files[std::path::Path::new("shop.toml")].clone();
    let before = profile(&driver);
    let proposed = |driver: &Driver| {
        let proposals = driver.state.editing.as_ref().unwrap().proposals.iter();
        proposals.map(|rule| rule.path.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(proposed(&driver), ["/made/*", "/fonts/*"]);
    driver.press("<pgdn><up><up><enter>");
    assert_eq!(proposed(&driver), ["/fonts/*"]);
    let taken = profile(&driver);
    assert!(taken.contains("path = \"/made/*\"\nbrowser = \"365d\"\nimmutable = true"), "{taken}");
    driver.press("<ctrl-z>");
    assert_eq!((profile(&driver), proposed(&driver).len()), (before, 2));
}

#[test]
fn what_was_looked_up_stands_below_its_answer_and_so_does_why_it_could_not_be() {
    let told = |worker: FakeWorker, keys: &str| {
        let mut driver = Driver::new(worker, COLOUR, (120, 60));
        driver.press(INTO_SHOP).press(keys);
        painted(&driver.frame(), false)
            .split(['|', ' ', '\n'])
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let https = told(with_shop(), "<alt-5>");
    assert!(https.contains("example.com: zone example.com"), "{https}");
    assert!(https.contains("certificate 1a2b waits"), "{https}");
    let listed = told(with_shop(), "<alt-5><enter>shop.io<enter>");
    assert!(listed.contains("shop.io no zone found: manual DNS"), "{listed}");
    let reserved = told(with_shop(), "<alt-5><enter>example.net<enter>");
    assert!(reserved.contains("example.net kept for examples"), "{reserved}");
    let refused = told(FakeWorker { lookups_refused: true, ..with_shop() }, "<alt-5>");
    assert!(refused.contains("these credentials may"), "{refused}");
    assert!(told(with_shop(), "<alt-1>").contains("is there, and this site's"));
    assert!(!told(FakeWorker { signed_out: true, ..with_shop() }, "<alt-5>").contains("zone"));
    let mut without_page = with_shop();
    without_page.files.values_mut().for_each(|text| *text = text.replace("404.html", "lost.html"));
    let distribution = told(without_page, "<alt-1>");
    assert!(distribution.contains("there is no lost.html in the folder"), "{distribution}");
    assert!(
        distribution.contains("!1 Distribution") && distribution.contains("1 problem here"),
        "{distribution}"
    );
}

#[test]
fn own_code_is_checked_while_its_stage_is_shown() {
    let edge = "\n[[edge]]\nname = \"greet\"\nfunction = \"greet.mjs\"\nevent = \"viewer-request\"\n";
    let told = |code: Vec<CodeFinding>| {
        let mut worker = FakeWorker { code, signed_out: true, ..with_shop() };
        worker.files.values_mut().for_each(|text| text.push_str(edge));
        let mut driver = Driver::new(worker, COLOUR, (80, 24));
        driver.press(INTO_SHOP).press("<alt-3><pgdn><up><enter>");
        painted(&driver.frame(), false)
    };
    let broken = CodeFinding { is_error: true, told: "greet.mjs:3: there is no handler".into() };
    let broken = told(vec![broken]);
    assert!(broken.contains("✗ greet.mjs:3: there is no handler") && broken.contains("3 !1"), "{broken}");
    let code = vec![CodeFinding { is_error: true, told: "gone".into() }];
    let mut worker = FakeWorker { code, ..with_shop() };
    worker.files.values_mut().for_each(|text| text.push_str(edge));
    let mut driver = Driver::new(worker, COLOUR, (80, 24));
    driver.press(INTO_SHOP).press("<alt-3><alt-2>");
    let left = painted(&driver.frame(), false);
    assert!(left.contains("3 !1"), "{left}");
    driver.worker.code.clear();
    driver.press("<alt-3>");
    let mended = painted(&driver.frame(), false);
    assert!(mended.contains("3 ●"), "{mended}");
    let sound = told(Vec::new());
    assert!(sound.contains("✓ nothing was found") && sound.contains("3 ●"), "{sound}");
}

#[test]
fn nobody_leaves_unasked_while_an_answer_is_in_no_file() {
    let mut driver = Driver::new(with_shop(), COLOUR, (80, 24));
    driver.press(INTO_SHOP).press("<alt-2><down><down><down><down><down>9<tab><esc>");
    assert_eq!(driver.state.screen, Screen::Welcome);
    driver.press("q");
    let asked = painted(&driver.frame(), false);
    assert!(
        asked.contains("1 answer can't be kept as it stands") && driver.state.leaving.is_none(),
        "{asked}"
    );
    driver.press("y");
    assert_eq!(driver.state.leaving, Some(Leaving::Quit));
}

#[test]
fn the_index_page_is_chosen_from_the_one_that_holds() {
    let mut worker = with_shop();
    let index = "index = \"index.html\"\n";
    worker.files.values_mut().for_each(|text| *text = text.replace(index, ""));
    let mut driver = Driver::new(worker, COLOUR, (80, 24));
    driver.press(INTO_SHOP).press("<alt-1><down><down><down><down><enter>");
    let Some(Overlay::Choose { key, list }) = &driver.state.overlay else { panic!("no list") };
    let focused = list.focused().map(|pick| pick.value);
    assert_eq!((key.as_str(), focused.as_deref()), ("distribution.index", Some("index.html")));
}

#[test]
fn what_stands_in_the_way_leads_to_its_answer() {
    let mut driver = Driver::new(with_shop(), COLOUR, (80, 24));
    driver.press(INTO_SHOP).press("<alt-2><down><down><down><down><down>9<tab><alt-4>9z<tab><alt-6>");
    let faults = painted(&driver.frame(), false);
    assert!(faults.contains("▸ Failover · Connection attempts"), "{faults}");
    driver.press("<down><enter>");
    assert_eq!(driver.state.page().unwrap().stage, Stage::Caching);
    driver.press("<esc>");
    assert_eq!(driver.state.screen, Screen::Review);
    driver.press("<down><enter><ctrl-u>1d<alt-6><enter>");
    let row = driver.state.focused();
    assert!(matches!(&row, Some(Row::Answer { key, .. }) if key == "failover.connect_attempts"), "{row:?}");
    driver.press("<ctrl-u>2<alt-6>");
    assert!(matches!(driver.state.planning, Planning::Made(_)), "{:?}", driver.state.planning);
}

#[test]
fn what_somebody_changed_is_taken_over_or_set_back_and_the_taking_can_be_undone() {
    let mut driver = Driver::new(drifted(), COLOUR, (80, 24));
    driver.press(INTO_SHOP).press("<alt-6>");
    let profile = |driver: &Driver| driver.worker.files[std::path::Path::new("shop.toml")].clone();
    let drift = |driver: &Driver| driver.worker.planned.as_ref().unwrap().drift.len();
    let before = profile(&driver);
    assert_eq!(drift(&driver), 2);
    driver.press("<right>t");
    assert!(driver.state.notice.as_ref().unwrap().contains("only be set back"));
    driver.press("k<left>t");
    assert!(profile(&driver).contains("price_class = \"200\""));
    assert_eq!((drift(&driver), driver.state.kept.len()), (0, 1));
    driver.press("<ctrl-z>");
    assert_eq!((profile(&driver), drift(&driver)), (before, 2));
}

#[test]
fn what_a_run_made_is_taken_back_once_its_name_was_typed() {
    let mut driver = Driver::new(FakeWorker { holds_runs: true, ..with_shop() }, COLOUR, (80, 24));
    driver.press(INTO_SHOP).press("<alt-6>ay<ctrl-c>u<enter><enter>");
    assert_eq!((driver.worker.undone, driver.state.running().is_some()), (0, true));
    driver.press("shop<enter>");
    assert!(driver.worker.undone > 5);
    let run = driver.state.run.as_ref().unwrap();
    assert!(run.undoes() && !run.can_be_undone());
    assert_eq!(run.ended.as_ref().unwrap().as_ref().unwrap().outcome, RunOutcome::Done);
}

#[test]
fn what_is_in_the_way_keeps_from_deploying() {
    let mut driver = Driver::new(blocked(), COLOUR, (80, 24));
    driver.press(INTO_SHOP).press("<alt-6>ayrayay");
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

#[test]
fn nothing_is_torn_down_before_the_name_is_typed() {
    let mut driver = Driver::new(with_shop(), COLOUR, (80, 24));
    driver
        .press(INTO_SHOP)
        .press(TEAR_DOWN)
        .press(&"<enter>".repeat(20))
        .press("y<enter>shopp<enter>sho<enter>");
    assert!(driver.worker.teardowns.is_empty());
    driver.press("<esc><enter>shop<enter>");
    assert_eq!(driver.worker.teardowns.len(), 1);
}

#[test]
fn domains_that_still_lead_here_hold_a_teardown_back() {
    let mut driver = Driver::new(led(), COLOUR, (80, 24));
    driver.press(INTO_SHOP).press(TEAR_DOWN).press("<enter>shop<enter>");
    assert!(driver.worker.teardowns.is_empty());
    driver.press("l<enter>shop<enter>");
    assert_eq!(driver.worker.teardowns.len(), 1);
}

#[test]
fn what_is_chosen_is_what_is_carried_out() {
    use sitecast::blueprint::plan::Action;
    use sitecast::blueprint::resource::Kind;
    let run = |keys: &str| {
        let mut driver = Driver::new(with_shop(), COLOUR, (80, 24));
        driver.press(INTO_SHOP).press(TEAR_DOWN).press(keys).press("<enter>shop<enter>");
        let plan = driver.worker.teardowns.pop().unwrap();
        let has =
            |kind, action| plan.steps.iter().any(|step| step.resource.kind == kind && step.action == action);
        (has(Kind::Bucket, Action::Delete), has(Kind::Release, Action::BackUp))
    };
    assert_eq!(
        [run(""), run("k"), run("b"), run("kkb")],
        [(true, false), (false, false), (true, true), (true, true)]
    );
}
